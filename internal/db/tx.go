package db

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// Tx is a transaction. It is used by one goroutine.
type Tx struct {
	db   *DB
	tx   *sql.Tx
	conn *sql.Conn
	now  time.Time

	afterCommit []func()
}

// Now is the instant of the whole change, in UTC, whole milliseconds.
func (t *Tx) Now() time.Time { return t.now }

// AfterCommit has f called once the transaction is committed, and never when it
// is rolled back: to wake a worker or drop a cache, not to change the database.
func (t *Tx) AfterCommit(f func()) { t.afterCommit = append(t.afterCommit, f) }

// Engine says which engine the transaction runs on.
func (t *Tx) Engine() Engine { return t.db.engine }

// SkipLocked is appended to the sub-select by which several workers claim rows.
func (t *Tx) SkipLocked() string { return t.db.dialect.skipLocked() }

// Query runs a query in the transaction.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	t.db.trace(query)
	return t.tx.QueryContext(ctx, t.db.dialect.rebind(query), args...)
}

// Exec runs a statement and says how many rows it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	t.db.trace(query)
	res, err := t.tx.ExecContext(ctx, t.db.dialect.rebind(query), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Stmt is a prepared statement of a transaction.
type Stmt struct{ stmt *sql.Stmt }

// Prepare prepares a statement for many uses within the transaction.
func (t *Tx) Prepare(ctx context.Context, query string) (*Stmt, error) {
	stmt, err := t.tx.PrepareContext(ctx, t.db.dialect.rebind(query))
	return &Stmt{stmt}, err
}

// Exec runs the statement and says how many rows it changed.
func (s *Stmt) Exec(ctx context.Context, args ...any) (int64, error) {
	res, err := s.stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Query runs the statement as a query.
func (s *Stmt) Query(ctx context.Context, args ...any) (*sql.Rows, error) {
	return s.stmt.QueryContext(ctx, args...)
}

// Close releases the statement.
func (s *Stmt) Close() error { return s.stmt.Close() }

// Conflict says what Bulk does with a row whose key exists.
type Conflict uint8

// What to do with a row whose key exists.
const (
	Fail    Conflict = iota // end with an error for which IsUnique holds
	Skip                    // keep the old row
	Replace                 // overwrite all columns but the key
)

// Bulk describes rows to be written many at a time. The rows of one call must
// have different keys when Conflict is Replace.
type Bulk struct {
	Table    string
	Columns  []string
	Conflict Conflict
	Key      []string // the conflicting columns; needed for Replace only
}

// Bulk writes the rows and says how many were written. A row's slice is used
// only until the next one is asked for.
func (t *Tx) Bulk(ctx context.Context, b Bulk, rows iter.Seq2[[]any, error]) (int64, error) {
	return t.db.dialect.bulk(ctx, t, b, rows)
}

// insert is the statement for so many rows.
func (b Bulk) insert(rows int) string {
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES %s(%s)%s", b.Table, strings.Join(b.Columns, ", "),
		strings.Repeat("("+In(len(b.Columns))+"),", rows-1), In(len(b.Columns)), b.onConflict())
}

func (b Bulk) onConflict() string {
	switch b.Conflict {
	case Skip:
		return " ON CONFLICT DO NOTHING"
	case Replace:
		var set []string
		for _, c := range b.Columns {
			if !slices.Contains(b.Key, c) {
				set = append(set, c+" = excluded."+c)
			}
		}
		return " ON CONFLICT (" + strings.Join(b.Key, ", ") + ") DO UPDATE SET " + strings.Join(set, ", ")
	default:
		return ""
	}
}

// Rows turns a slice into the rows of a Bulk.
func Rows[T any](list []T, columns func(T) []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, v := range list {
			if !yield(columns(v), nil) {
				return
			}
		}
	}
}
