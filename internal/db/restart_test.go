package db_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
)

// ownCluster is a PostgreSQL server that a test may stop, and an open database on it.
func ownCluster(t *testing.T) (*dbtest.Cluster, *db.DB) {
	t.Helper()
	cluster, err := dbtest.StartCluster()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { runtime.KeepAlive(cluster) }) // it ends when it is collected
	d, err := db.Open(t.Context(), cluster.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return cluster, d
}

// atOnce does something many times at once, until all have begun.
func atOnce(t *testing.T, n int, f func(ctx context.Context, begun func()) error) {
	t.Helper()
	var all, begun sync.WaitGroup
	begun.Add(n)
	for range n {
		all.Go(func() {
			once := sync.OnceFunc(begun.Done)
			defer once()
			err := f(t.Context(), func() { once(); begun.Wait() })
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// fill fills both pools with connections that are still warm: one that has
// rested for a second is looked at by the driver before it is used.
func fill(t *testing.T, d *db.DB) {
	t.Helper()
	atOnce(t, 16, func(ctx context.Context, begun func()) error {
		return d.Read(ctx, func(context.Context, *db.Tx) error { begun(); return nil })
	})
	atOnce(t, 8, func(ctx context.Context, begun func()) error {
		return d.Write(ctx, func(context.Context, *db.Tx) error { begun(); return nil })
	})
}

// uses are the ways to use a database.
var uses = map[string]func(ctx context.Context, d *db.DB) error{
	"a query": func(ctx context.Context, d *db.DB) error {
		_, err := db.All(ctx, d, db.Value[string], "SELECT key FROM request_key")
		return err
	},
	"a read":  func(ctx context.Context, d *db.DB) error { return d.Read(ctx, nothing) },
	"a write": func(ctx context.Context, d *db.DB) error { return d.Write(ctx, nothing) },
}

func nothing(context.Context, *db.Tx) error { return nil }

func TestConnections_that_broke_while_they_rested_are_replaced_without_a_word(t *testing.T) {
	d := dbtest.Postgres(t)
	for name, use := range uses {
		t.Run(name, func(t *testing.T) {
			fill(t, d)
			if _, err := db.All(t.Context(), d, db.Value[bool], terminate); err != nil {
				t.Fatal(err)
			}
			atOnce(t, 16, func(ctx context.Context, begun func()) error { begun(); return use(ctx, d) })
		})
	}
}

// terminate ends every connection but the one that asks for it.
const terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

func TestRows_that_break_off_are_told_as_a_lost_connection(t *testing.T) {
	d := dbtest.Postgres(t)
	n := 0
	err := db.Each(t.Context(), d, func(db.Scanner) error {
		if n++; n > 1 {
			return nil
		}
		return db.Each(t.Context(), d, func(db.Scanner) error { return nil }, terminate)
	}, "SELECT repeat('rice', 1000) FROM generate_series(1, 20000)") // more than any buffer holds
	if errs.KindOf(err) != errs.Unavailable {
		t.Errorf("after %d rows: %v, want unavailable", n, err)
	}
}

func TestA_server_that_was_started_anew_is_used_again_at_once(t *testing.T) {
	cluster, d := ownCluster(t)
	fill(t, d)
	if err := cluster.Restart(); err != nil {
		t.Fatal(err)
	}
	for name, use := range uses {
		atOnce(t, 16, func(ctx context.Context, begun func()) error {
			begun()
			if err := use(ctx, d); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
}

func TestWrite_that_loses_its_connection_is_not_run_again(t *testing.T) {
	cluster, d := ownCluster(t)
	runs := 0
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		runs++
		if err := put(ctx, tx, fmt.Sprint("run ", runs), ""); err != nil {
			return err
		}
		if err := cluster.Restart(); err != nil {
			return err
		}
		return put(ctx, tx, "lost", "")
	})
	if runs != 1 || errs.KindOf(err) != errs.Unavailable {
		t.Errorf("run %d times, %v; want once, and unavailable", runs, err)
	}
	if got := keys(t, d); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}

func TestQuery_cannot_write(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		_, err := db.All(t.Context(), d, db.Value[string], "INSERT INTO request_key (key, result, at) VALUES ('a', '', 0) RETURNING key")
		if err == nil {
			t.Error("it wrote")
		}
		if got := keys(t, d); len(got) != 0 {
			t.Errorf("left behind: %v", got)
		}
	})
}
