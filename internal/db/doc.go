// Package db is one SQL for two engines: SQLite, embedded, and PostgreSQL.
//
// A context writes its SQL once, with ? placeholders and the portable subset
// tabled in docs/architecture.md; this package opens the database, migrates it,
// carries transactions and knows the six places where the engines differ (see
// dialect). It knows no table.
//
// Invariants:
//   - On SQLite there is one writer connection and a pool of readers; Write
//     waits its turn instead of failing as "busy".
//   - A transaction inside a transaction is an error at once, not a deadlock.
//   - Every row a transaction writes carries the same instant, Tx.Now.
package db
