// Package audit keeps the record of who did and saw what, in a form that cannot
// be edited quietly.
//
// Tables: audit_entry, audit_head. Both are local to the coordinator of a cluster.
//
// Invariants:
//   - An entry is written in the transaction of the act: the act without its
//     entry, or the entry without its act, cannot be.
//   - Entries are numbered 1, 2, 3, … and each one's hash covers the hash of the
//     one before. Editing, removing or slipping one in breaks the chain, which
//     Verify finds.
//   - Appending locks the end of the chain until the transaction ends. A use
//     case therefore appends last, and a long one appends in a short
//     transaction of its own.
//
// Somebody with the database's password could write the whole chain anew. Verify
// therefore returns the hash at its end: kept outside, it proves them wrong.
package audit
