package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// PostgreSQL's two pools. A transaction that writes may ask the read pool for
// something (a cached directory is read anew), but nothing in the read pool ever
// waits for a writer: with one pool for both, as many writers as there are
// connections would each wait for one more.
const (
	pgWriters = 8
	pgReaders = 16
)

// migrationLock is the advisory lock's number: the letters "rice".
const migrationLock = 0x72696365

func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	pool := func(config *pgx.ConnConfig, size int) *sql.DB {
		p := stdlib.OpenDB(*config)
		p.SetMaxOpenConns(size)
		p.SetMaxIdleConns(size)
		return p
	}
	reading := config.Copy()
	reading.RuntimeParams["default_transaction_read_only"] = "on" // so that a read may be tried again
	d := &DB{engine: PostgreSQL, dialect: postgresDialect{}, write: pool(config, pgWriters), read: pool(reading, pgReaders)}
	var encoding string
	if err := d.read.QueryRowContext(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return nil, errors.Join(fmt.Errorf("postgres: %w", err), d.Close())
	}
	if encoding != "UTF8" {
		return nil, errors.Join(fmt.Errorf("postgres: the database's encoding is %s, want UTF8", encoding), d.Close())
	}
	return d, nil
}

type postgresDialect struct{}

// rebind numbers the placeholders. A ? inside quotes is text and stays.
func (postgresDialect) rebind(query string) string {
	if !strings.Contains(query, "?") {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 16)
	n, quoted := 0, false
	for i := range len(query) {
		switch c := query[i]; {
		case c == '\'':
			quoted = !quoted
			b.WriteByte(c)
		case c == '?' && !quoted:
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (postgresDialect) tokens() map[string]string {
	return map[string]string{
		// COLLATE "C" sorts bytes, as SQLite does, whatever the database's locale.
		"bigint": "BIGINT", "text": `TEXT COLLATE "C"`, "bool": "BOOLEAN", "blob": "BYTEA",
		"heap": "", "clustered": "",
	}
}

func (postgresDialect) skipLocked() string { return " FOR UPDATE SKIP LOCKED" }

func (postgresDialect) lockMigrations(ctx context.Context, conn *sql.Conn) (func(), error) {
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return nil, err
	}
	return func() {
		// A lost connection has released the lock already.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock))
	}, nil
}

func (postgresDialect) classify(err error) failure {
	var c *pgconn.ConnectError
	if errors.As(err, &c) {
		return down // whatever the server said: that it starts or stops, or has no room
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		switch {
		case e.Code == "23505":
			return unique
		case e.Code == "40001", e.Code == "40P01":
			return transient
		case e.Code == "53100":
			return full
		case e.Code == "22021", e.Code == "22P05":
			return badText
		case strings.HasPrefix(e.Code, "57P"), strings.HasPrefix(e.Code, "08"):
			return lost
		}
		return other
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return other // nobody waits any more; it looks like a net.Error
	}
	var n net.Error
	if errors.As(err, &n) || pgconn.SafeToRetry(err) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.ErrUnexpectedEOF) {
		return lost
	}
	return other
}

// bulk copies the rows; where a conflict is not an error it copies them into a
// temporary table first and inserts from there.
func (d postgresDialect) bulk(ctx context.Context, tx *Tx, b Bulk, rows iter.Seq2[[]any, error]) (int64, error) {
	if b.Conflict == Fail {
		return d.copyInto(ctx, tx, b.Table, b.Columns, rows)
	}
	staging, cols := "bulk_"+b.Table, strings.Join(b.Columns, ", ")
	for _, statement := range []string{
		"DROP TABLE IF EXISTS pg_temp." + staging,
		"CREATE TEMPORARY TABLE " + staging + " ON COMMIT DROP AS SELECT " + cols + " FROM " + b.Table + " WITH NO DATA",
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return 0, err
		}
	}
	if _, err := d.copyInto(ctx, tx, staging, b.Columns, rows); err != nil {
		return 0, err
	}
	return tx.Exec(ctx, "INSERT INTO "+b.Table+" ("+cols+") SELECT "+cols+" FROM "+staging+b.onConflict())
}

func (postgresDialect) copyInto(ctx context.Context, tx *Tx, table string, columns []string, rows iter.Seq2[[]any, error]) (n int64, err error) {
	next, stop := iter.Pull2(copyRows(len(columns), rows))
	defer stop()
	source := &pieces{next: next}
	query := "COPY " + table + " (" + strings.Join(columns, ", ") + ") FROM STDIN BINARY"
	err = tx.conn.Raw(func(driverConn any) error {
		tag, err := driverConn.(*stdlib.Conn).Conn().PgConn().CopyFrom(ctx, source, query)
		n = tag.RowsAffected()
		return err
	})
	if source.err != nil {
		return n, source.err
	}
	if err != nil {
		return n, fmt.Errorf("copy into %s: %w", table, err)
	}
	return n, nil
}
