// Package purchase keeps what customers bought: receipts with their lines,
// returns, deliveries, products, and per customer the statistics that care and
// the lists rest on. It also imports files, of receipts and of customers.
//
// It owns the tables product, receipt_key, receipt, receipt_line,
// receipt_addition, delivery, purchase_stat, import_run, import_problem,
// import_change and import_shape.
//
// What always holds:
//   - A store's receipt number is recorded once: receipt_key says so, and a
//     receipt's id is derived from both. Recording the same again changes nothing.
//   - A receipt's net is the sum of its lines' amounts, its lines column their
//     number. It is a return when both its quantity and its net are below zero.
//   - A walk-in's receipt belongs to customer minus its own id.
//   - purchase_stat is what statOf makes of the customer's receipts, at the end
//     of every transaction; RebuildStats gives the same values.
//   - An import is committed receipt by whole receipt, with its checkpoint in the
//     same transaction: whenever it is killed it can go on, or be undone.
package purchase
