package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is the size of SQLite's read pool: enough to keep the processors busy
// while one or two wait for the disk or for a slow download. With more, requests
// take turns on the processors instead of ending one after the other: the same
// work, but the pages with many statements become the slowest by far.
var readers = max(4, runtime.NumCPU()+2)

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
// over the tables, and a page that falls out is written and read again. The
// driver's allocator takes twice as much; 32,000 were measured to save nothing.
const writerCache = "-16000"

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if path == "" {
		return nil, errors.New("sqlite: no file named: want sqlite:PATH")
	}
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, fmt.Errorf("sqlite: %w", err)
		}
	}
	// SQLite would let everybody on the machine read it; its other files take
	// their mode from this one.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
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
	return func() {}, nil // there is none to be had; see Migrate
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

// rowsPerInsert is how many rows one statement of bulk holds. Measured: 16 cost
// a third of single rows sent through database/sql; 4 and 50 cost more.
const rowsPerInsert = 16

// bulk runs prepared statements of rowsPerInsert rows each, past database/sql,
// whose bookkeeping per call would cost more than SQLite's own work. The driver
// starts a goroutine per statement that can be cancelled; here, cancellation is
// looked at between statements.
func (sqliteDialect) bulk(ctx context.Context, tx *Tx, b Bulk, rows iter.Seq2[[]any, error]) (n int64, err error) {
	err = tx.conn.Raw(func(driverConn any) (err error) {
		w := &bulkWriter{conn: driverConn.(driver.ConnPrepareContext), bulk: b}
		defer func() { err = errors.Join(err, w.close()) }()
		for row, err := range rows {
			if err != nil {
				return err
			}
			if err := w.add(ctx, row); err != nil {
				return fmt.Errorf("bulk insert into %s: %w", b.Table, err)
			}
		}
		if err := w.rest(ctx); err != nil {
			return fmt.Errorf("bulk insert into %s: %w", b.Table, err)
		}
		n = w.changed
		return nil
	})
	return n, err
}

// bulkWriter gathers rows into statements.
type bulkWriter struct {
	conn    driver.ConnPrepareContext
	bulk    Bulk
	many    driver.Stmt // of rowsPerInsert rows
	args    []driver.NamedValue
	changed int64
}

func (w *bulkWriter) add(ctx context.Context, row []any) error {
	if len(row) != len(w.bulk.Columns) {
		return fmt.Errorf("a row has %d values for %d columns", len(row), len(w.bulk.Columns))
	}
	for _, v := range row {
		switch x := v.(type) {
		case nil, int64, string, bool, []byte, float64:
		case int:
			v = int64(x)
		default:
			var err error
			if v, err = driver.DefaultParameterConverter.ConvertValue(v); err != nil {
				return err
			}
		}
		w.args = append(w.args, driver.NamedValue{Ordinal: len(w.args) + 1, Value: v})
	}
	if len(w.args) < rowsPerInsert*len(w.bulk.Columns) {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.many == nil {
		var err error
		if w.many, err = w.conn.PrepareContext(ctx, w.bulk.insert(rowsPerInsert)); err != nil {
			return err
		}
	}
	return w.run(w.many)
}

// rest writes the rows that did not fill a statement.
func (w *bulkWriter) rest(ctx context.Context) (err error) {
	if len(w.args) == 0 {
		return nil
	}
	stmt, err := w.conn.PrepareContext(ctx, w.bulk.insert(len(w.args)/len(w.bulk.Columns)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stmt.Close()) }()
	return w.run(stmt)
}

func (w *bulkWriter) run(stmt driver.Stmt) error {
	res, err := stmt.(driver.StmtExecContext).ExecContext(context.Background(), w.args)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	w.changed += n
	w.args = w.args[:0]
	return err
}

func (w *bulkWriter) close() error {
	if w.many == nil {
		return nil
	}
	return w.many.Close()
}
