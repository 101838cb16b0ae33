// Package care owns what happens after the sale: rules that say when a customer
// is due a contact, the plan that turns them into a day's tasks, today's list,
// and what came of each contact.
//
// Tables: care_rule, task, task_outcome, plan_run.
//
// Planning reads receipt, receipt_line, product, delivery, purchase_stat,
// customer and insight_refill in its own SQL: a planner that asked its neighbours customer by
// customer could not plan a million of them (docs/adr/0010). It never writes
// there. Everything about one customer goes through the owners' packages.
//
// Invariants:
//   - A rule makes one task per customer and anchor, whoever plans how often:
//     the unique index over (customer_id, rule_id, anchor) decides.
//   - How far a plan has come is written in the transaction of its tasks, so a
//     killed run goes on and loses nothing.
//   - A customer who is not to be contacted gets no task and stands on no list.
//   - Of two outcomes recorded at once one wins, and the other learns whose it was.
//   - An outcome, its line on the timeline, its follow-up and its consent are one
//     transaction, and so is their undoing.
package care
