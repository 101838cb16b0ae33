package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is the size of SQLite's read pool: enough to keep a few cores busy.
const readers = 8

// pragmas are set on every connection and checked after opening, because the
// driver ignores what it does not understand without a word.
var pragmas = []struct{ name, set, want string }{
	{"busy_timeout", "10000", "10000"},
	{"foreign_keys", "1", "1"},
	{"synchronous", "NORMAL", "1"},
	{"temp_store", "MEMORY", "2"},
	{"cache_size", "-8000", "-8000"}, // KiB per connection; the operating system caches the file as well
}

// writerCache is the writer's page cache in KiB: an import touches pages all
// over the tables, and a page that falls out is written and read again.
const writerCache = "-32000"

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if path == "" {
		return nil, errors.New("sqlite: no file named: want sqlite:PATH")
	}
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, fmt.Errorf("sqlite: %w", err)
		}
	}
	write, err := sql.Open("sqlite", sqliteDSN(path, "_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	write.SetMaxOpenConns(1)
	if err := checkSQLite(ctx, write); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: %s: %w", path, err), write.Close())
	}
	if _, err := write.ExecContext(ctx, "PRAGMA cache_size = "+writerCache); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: %w", err), write.Close())
	}
	read, err := sql.Open("sqlite", sqliteDSN(path, "_pragma=query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: %w", err), write.Close())
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &DB{engine: SQLite, dialect: sqliteDialect{}, write: write, read: read, path: path, stmts: newStmtCache(read)}, nil
}

// sqliteDSN names the file and, per connection, the journal mode and pragmas.
func sqliteDSN(path, extra string) string {
	var b strings.Builder
	b.WriteString("file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=journal_mode(WAL)")
	for _, p := range pragmas {
		b.WriteString("&_pragma=" + p.name + "(" + p.set + ")")
	}
	return b.String() + "&" + extra
}

func checkSQLite(ctx context.Context, d *sql.DB) error {
	want := append([]struct{ name, set, want string }{{"journal_mode", "", "wal"}}, pragmas...)
	for _, p := range want {
		var got string
		if err := d.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&got); err != nil {
			return err
		}
		if got != p.want {
			return fmt.Errorf("pragma %s is %s, want %s", p.name, got, p.want)
		}
	}
	return nil
}

type sqliteDialect struct{}

func (sqliteDialect) rebind(query string) string { return query }

func (sqliteDialect) tokens() map[string]string {
	return map[string]string{
		"bigint": "INTEGER", "text": "TEXT", "bool": "INTEGER", "blob": "BLOB",
		"heap": "STRICT", "clustered": "STRICT, WITHOUT ROWID",
	}
}

func (sqliteDialect) skipLocked() string { return "" } // one writer: nothing is ever locked by another

func (sqliteDialect) lockMigrations(context.Context, *sql.Conn) (func(), error) {
	return func() {}, nil // goose's transactions take the one write lock
}

func (sqliteDialect) classify(err error) failure {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return other
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return unique
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return transient
	case sqlite3.SQLITE_FULL:
		return full
	}
	return other
}

// bulk runs one prepared single-row statement per row: on this driver that is
// faster than rows in one VALUES list, whose binding is quadratic.
func (sqliteDialect) bulk(ctx context.Context, tx *Tx, b Bulk, rows iter.Seq2[[]any, error]) (int64, error) {
	stmt, err := tx.Prepare(ctx, b.insert())
	if err != nil {
		return 0, err
	}
	defer stmt.Close()
	// The driver watches a context that can end anew for every row, which costs
	// as much as a third of the insert: watch it here instead, now and then.
	unwatched := context.WithoutCancel(ctx)
	var n, seen int64
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		if seen++; seen%1000 == 0 && ctx.Err() != nil {
			return n, ctx.Err()
		}
		changed, err := stmt.Exec(unwatched, row...)
		if err != nil {
			return n, fmt.Errorf("bulk insert into %s: %w", b.Table, err)
		}
		n += changed
	}
	return n, nil
}
