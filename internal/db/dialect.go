package db

import (
	"context"
	"database/sql"
	"iter"
)

// Engine names a database engine.
type Engine string

// The two engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// dialect is all that the engines do differently. A seventh method needs a
// decision record: most differences vanish when the SQL avoids them.
type dialect interface {
	// rebind turns ? placeholders into the engine's own.
	rebind(query string) string
	// tokens fills the {{…}} of a migration.
	tokens() map[string]string
	// classify says what a driver error means to us.
	classify(err error) failure
	// bulk writes many rows the fastest way the engine has.
	bulk(ctx context.Context, tx *Tx, b Bulk, rows iter.Seq2[[]any, error]) (int64, error)
	// skipLocked is appended to a SELECT that claims rows other claimers must pass over.
	skipLocked() string
	// lockMigrations keeps two servers that start together from migrating both.
	lockMigrations(ctx context.Context, conn *sql.Conn) (unlock func(), err error)
}

// failure is what a driver error means to us.
type failure uint8

const (
	other     failure = iota
	unique            // a row with that key exists
	transient         // a serialization failure, deadlock or lost lock: the same transaction may succeed
	lost              // the connection broke: the server is gone or going away, or has come back since
	down              // no connection can be made
	full              // the disk is full
	badText           // a text holds what the engine cannot store: a NUL, bytes that are no UTF-8
)
