// Package customer owns the customer's file and everything noted in it: who
// they are, how to reach them, what is known about them, notes, consent, and
// the one timeline to which every other context adds.
//
// Tables: customer, contact, contact_key, search_term, field, fact, note,
// consent, timeline.
//
// Invariants:
//   - A phone, e-mail, messaging id or card belongs to one customer: its row in
//     contact_key is written in the transaction that gives it to them.
//   - Whatever a customer can be found by stands in search_term, and nothing
//     else: every change of a name, contact, card, store or owner goes through
//     reindex, and RebuildSearch makes the same rows.
//   - Nobody finds by what they see masked but its last digits, or all of it.
//   - Of each field one fact is current; older ones stay as history.
//   - completeness follows the facts in the same transaction, and the fields by
//     the job Recount.
//   - A reader sees only customers within their scope; a contact is shown
//     masked unless it is revealed, and revealing is on record.
package customer
