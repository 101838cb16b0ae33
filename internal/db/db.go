package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/errs"
)

// DB is an open, migrated database. It is safe for concurrent use.
type DB struct {
	engine  Engine
	dialect dialect
	write   *sql.DB    // SQLite: one connection
	read    *sql.DB    // connections that cannot write
	path    string     // SQLite's file
	stmts   *stmtCache // nil on PostgreSQL, whose driver has its own

	// Clock is what Tx.Now reads; tests set it.
	Clock func() time.Time

	// Trace, when set, hears of each query and statement before it is run: for
	// tests that count what a page asks for.
	Trace func(query string)
}

func (d *DB) trace(query string) {
	if d.Trace != nil {
		d.Trace(query)
	}
}

// Open opens "sqlite:PATH" or "postgres://…", creates what does not exist and
// migrates what is old.
func Open(ctx context.Context, url string) (*DB, error) {
	d, err := OpenUnmigrated(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// OpenUnmigrated opens the database as it is: for tests that look at migration itself.
func OpenUnmigrated(ctx context.Context, url string) (*DB, error) {
	var d *DB
	var err error
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		d, err = openSQLite(ctx, strings.TrimPrefix(strings.TrimPrefix(url, "sqlite:"), "//"))
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		d, err = openPostgres(ctx, url)
	default:
		return nil, fmt.Errorf("database %q: want sqlite:PATH or postgres://…", url)
	}
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "db.cannot_open")
	}
	d.Clock = time.Now
	return d, nil
}

// Close closes the database.
func (d *DB) Close() error {
	var err error
	if d.stmts != nil {
		err = d.stmts.close()
	}
	return errors.Join(err, d.read.Close(), d.write.Close())
}

// Engine says which engine this is.
func (d *DB) Engine() Engine { return d.engine }

// Ping checks that the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.read.PingContext(ctx) }

// stale is how many connections in a row may turn out to be broken before that
// is told: all that a pool keeps, since a server that is started anew leaves none
// of them whole. The next one is made for the occasion; when it cannot be, that
// is told at once.
const stale = pgReaders

// Query runs a query on the read pool. Within a transaction it sees what was
// committed before it: ask the Tx for what the transaction itself has written.
func (d *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	d.trace(query)
	for broken := 0; ; broken++ {
		rows, err := d.query(ctx, query, args)
		if err == nil {
			return rows, nil
		}
		if broken == stale || d.dialect.classify(err) != lost {
			return nil, d.explain(err)
		}
	}
}

func (d *DB) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if d.stmts != nil {
		stmt, err := d.stmts.get(ctx, query)
		if err != nil {
			return nil, err
		}
		if stmt != nil {
			return stmt.QueryContext(ctx, args...)
		}
	}
	return d.read.QueryContext(ctx, d.dialect.rebind(query), args...)
}

// Write runs f in a transaction that may write, commits it when f returns nil
// and rolls it back otherwise. A transaction that lost against another is run
// again, so f must have no effect outside of it. One whose connection breaks is
// not: nobody knows how far it came. A connection that is broken before f is
// called is replaced without a word.
func (d *DB) Write(ctx context.Context, f func(context.Context, *Tx) error) error {
	return d.transact(ctx, d.write, nil, f)
}

// Read runs f in a read-only transaction that sees one moment of the database.
func (d *DB) Read(ctx context.Context, f func(context.Context, *Tx) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if d.engine == PostgreSQL {
		opts.Isolation = sql.LevelRepeatableRead
	}
	return d.transact(ctx, d.read, opts, f)
}

// attempts is how often a transaction that loses against another is tried.
const attempts = 6

type inTransaction struct{}

func (d *DB) transact(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, f func(context.Context, *Tx) error) error {
	if outer, ok := ctx.Value(inTransaction{}).(string); ok {
		return fmt.Errorf("db: transaction begun at %s inside the one begun at %s: use the …Tx form", caller(), outer)
	}
	ctx = context.WithValue(ctx, inTransaction{}, caller())
	for lostRaces, broken := 0, 0; ; {
		tx, err := d.once(ctx, pool, opts, f)
		if err == nil {
			for _, f := range tx.afterCommit { // the connection is free again: f may want it
				f()
			}
			return nil
		}
		switch d.dialect.classify(err) {
		case transient:
			if lostRaces++; lostRaces == attempts {
				return d.explain(err)
			}
			if err := pause(ctx, lostRaces); err != nil {
				return err
			}
		case lost:
			if broken++; tx != nil || broken > stale {
				return d.explain(err)
			}
		default:
			return d.explain(err)
		}
	}
}

// once tries the transaction one time. It returns none when f was not called.
func (d *DB) once(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, f func(context.Context, *Tx) error) (*Tx, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	inner, err := conn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	// Rollback after Commit does nothing; after a panic it is what saves the writer.
	defer inner.Rollback()
	tx := &Tx{db: d, tx: inner, conn: conn, now: d.Clock().UTC().Truncate(time.Millisecond)}
	if err := f(ctx, tx); err != nil {
		return tx, err
	}
	err = inner.Commit()
	if err != nil && opts == nil && d.dialect.classify(err) == lost {
		err = errs.Wrap(err, errs.Unavailable, "db.unsure")
	}
	return tx, err
}

// pause waits a little longer after each lost race, by a random part so that
// two losers do not meet again.
func pause(ctx context.Context, try int) error {
	wait := time.Duration(try*try) * 5 * time.Millisecond
	timer := time.NewTimer(wait/2 + rand.N(wait))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// caller names the function outside this package that is running.
func caller() string {
	for skip := 2; skip < 10; skip++ {
		pc, file, line, ok := runtime.Caller(skip)
		if !ok {
			break
		}
		name := runtime.FuncForPC(pc).Name()
		if !strings.Contains(name, "/internal/db.") {
			return fmt.Sprintf("%s (%s:%d)", name[strings.LastIndexByte(name, '/')+1:], file[strings.LastIndexByte(file, '/')+1:], line)
		}
	}
	return "unknown"
}

// explain gives a failure of the machine a kind and a sentence; errors that are
// already ours, and those the caller must tell apart, pass unchanged.
func (d *DB) explain(err error) error {
	var ours *errs.Error
	if err == nil || errors.As(err, &ours) {
		return err
	}
	switch d.dialect.classify(err) {
	case full:
		return errs.Wrap(err, errs.Unavailable, "db.disk_full")
	case lost, down:
		return errs.Wrap(err, errs.Unavailable, "db.lost")
	case transient:
		return errs.Wrap(err, errs.Unavailable, "db.busy")
	case badText:
		return errs.Wrap(err, errs.Invalid, "db.bad_text")
	default:
		return err
	}
}

// IsUnique reports whether err says that a row with the same key exists.
func IsUnique(err error) bool {
	return sqliteDialect{}.classify(err) == unique || postgresDialect{}.classify(err) == unique
}
