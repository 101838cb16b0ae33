// Package db is one SQL for two engines: SQLite, embedded, and PostgreSQL.
//
// A context writes its SQL once, with ? placeholders and the portable subset
// tabled in docs/architecture.md; this package opens the database, migrates it,
// carries transactions and knows the six places where the engines differ (see
// dialect). It knows no table.
//
// Invariants:
//   - Those who write and those who read have connections of their own, so that
//     neither waits for the other. On SQLite there is one to write with; Write
//     waits its turn instead of failing as "busy".
//   - A transaction inside a transaction is an error at once, not a deadlock.
//   - Every row a transaction writes carries the same instant, Tx.Now.
package db
