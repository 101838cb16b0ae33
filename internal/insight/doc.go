// Package insight tells what the purchases say about the customers: who will come
// back, who is leaving and why, what they will be worth, when their jars run out,
// and how the whole customer base stands.
//
// Tables: insight_head, insight_model, insight_score, insight_stage,
// insight_refill, insight_price, insight_report, insight_setting, store_traffic,
// lost_reason.
//
// A refresh reads every clean purchase once into a Book and computes all else from
// it: models (package btyd), scores, stages, warnings, reports. Reports and rules
// are pure functions of a View, which is a Book with what was found out about its
// customers. To fill the book, the refresh reads receipts, lines, customers, facts
// and outcomes in its own SQL, all of them at once (docs/adr/0010); it never writes there.
//
// What needs no more than days, lines or numbers has a package of its own beneath:
// life (stages), basket (lines), refill (jars), factors (what sales are made of),
// winback, exchange (currencies), lean (memory); outward writes reports for others.
// The stages have their names here, too, because every page speaks of them.
//
// Invariants:
//   - Readers see one whole version: a refresh writes the half of the rows that
//     nobody reads, and turns the head in the transaction of model and reports.
//     (The dates of the stages alone are kept by their differences, and so are
//     some minutes ahead while a refresh writes.)
//   - Of two refreshes at once the one begun later wins; the other stops, and
//     nothing of it is read.
//   - The same purchases and the same day give the same scores, whenever they are
//     computed: the day is an argument, no clock is read.
//   - A stage is a rule a clerk can read, and its past is replayed from the
//     purchases, not remembered.
package insight
