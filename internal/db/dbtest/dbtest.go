// Package dbtest gives tests real databases: every store test runs on SQLite
// and on PostgreSQL, each on a fresh migrated database of its own.
//
// PostgreSQL is the server named by RICEJAR_TEST_POSTGRES (a postgres:// URL of
// a user who may create databases) or else a temporary cluster started from the
// installed binaries and gone with the test process. A missing engine is a
// failure, never a skip.
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ricejar/ricejar/internal/db"
)

// Run runs f as the subtests sqlite and postgres.
func Run(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite opens a fresh migrated SQLite database.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), SQLiteURL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeDB(t, d) })
	return d
}

// Postgres opens a fresh migrated PostgreSQL database.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeDB(t, d) })
	return d
}

func closeDB(t testing.TB, d *db.DB) {
	if err := d.Close(); err != nil {
		t.Errorf("close the database: %v", err)
	}
}

// migratedFile is a migrated SQLite file's content: copying it is ten times
// quicker than migrating again.
var migratedFile = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "ricejar-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	d, err := db.Open(context.Background(), "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil { // the last close folds the WAL into the file
		return nil, err
	}
	return os.ReadFile(path)
})

// SQLiteURL makes a fresh migrated file and returns its URL.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	content, err := migratedFile()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

var databases atomic.Int64

// PostgresURL makes a fresh migrated database and returns its URL.
func PostgresURL(t testing.TB) string {
	t.Helper()
	return postgresURL(t, func(s *pgServer) string { return s.template })
}

// EmptyPostgresURL makes a database without any table and returns its URL.
func EmptyPostgresURL(t testing.TB) string {
	t.Helper()
	return postgresURL(t, func(*pgServer) string { return "template0 ENCODING 'UTF8'" })
}

func postgresURL(t testing.TB, template func(*pgServer) string) string {
	t.Helper()
	s, err := server()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("ricejar_test_%d_%d", os.Getpid(), databases.Add(1))
	if err := s.exec("CREATE DATABASE " + name + " TEMPLATE " + template(s)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return s.url(name)
}

func withDatabase(raw, name string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	u.Path = "/" + name
	return u.String()
}
