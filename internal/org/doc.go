// Package org knows the company: its regions and stores, the people who work
// there, what each role may do and how far each person can see.
//
// Tables: region, store, staff. All are reference tables: small, read all the
// time, seldom written.
//
// Invariants:
//   - A role's rights are written down once, in the matrix in rights.go; pages
//     and the API ask Actor.May and nothing else.
//   - Whoever reads customers for a person passes that person's Scope into the
//     SQL. The zero Scope and the zero Actor see and may do nothing.
//   - A store's code and a person's code are unique and never change meaning:
//     receipts of ten years ago still name them. People and stores are made
//     inactive, never deleted.
//   - A store's currency never changes: its receipts are written in it.
//
// Who may sign in, and with what password, is the business of package auth.
package org
