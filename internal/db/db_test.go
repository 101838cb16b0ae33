package db_test

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
)

// The tests use request_key: a table with a key and two more columns.

func put(ctx context.Context, tx *db.Tx, key, result string) error {
	_, err := tx.Exec(ctx, "INSERT INTO request_key (key, result, at) VALUES (?, ?, ?)", key, result, db.Millis(tx.Now()))
	return err
}

func keys(t *testing.T, d *db.DB) []string {
	t.Helper()
	list, err := db.All(t.Context(), d, db.Value[string], "SELECT key || '=' || result FROM request_key ORDER BY key")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWrite_commits_all_or_nothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return put(ctx, tx, "a", "1") }); err != nil {
			t.Fatal(err)
		}
		stop := errors.New("stop")
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(put(ctx, tx, "b", "1"), stop)
		})
		if !errors.Is(err, stop) {
			t.Errorf("got %v, want the function's own error", err)
		}
		func() {
			defer func() { recover() }()
			_ = d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				_ = put(ctx, tx, "c", "1")
				panic("a bug")
			})
		}()
		if got, want := keys(t, d), []string{"a=1"}; !cmp.Equal(got, want) {
			t.Errorf("after an error and a panic: %v, want %v", got, want)
		}
	})
}

func TestWrite_inside_a_transaction_is_an_error_that_names_both(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, _ *db.Tx) error {
			return d.Read(ctx, func(context.Context, *db.Tx) error { return nil })
		})
		if err == nil || strings.Count(err.Error(), "db_test.go") != 2 {
			t.Errorf("got %v, want an error that names both callers", err)
		}
	})
}

func TestRead_cannot_write_and_sees_one_moment(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if err := d.Read(ctx, func(ctx context.Context, tx *db.Tx) error { return put(ctx, tx, "a", "1") }); err == nil {
			t.Error("a read transaction wrote")
		}
		err := d.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			count := func() int {
				n, err := db.One(ctx, tx, db.Value[int], "SELECT count(*) FROM request_key")
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			before := count()
			if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return put(ctx, tx, "x", "1") }); err != nil {
				t.Fatal(err)
			}
			if after := count(); after != before {
				t.Errorf("a write in between shows: %d rows, then %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestIsUnique_knows_a_taken_key_from_other_failures(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(put(ctx, tx, "a", "1"), put(ctx, tx, "a", "2"))
		})
		if !db.IsUnique(err) {
			t.Errorf("a taken key: IsUnique(%v) = false", err)
		}
		err = d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO request_key (key, at) VALUES (?, ?)", "b", 1)
			return err
		})
		if err == nil || db.IsUnique(err) {
			t.Errorf("a missing value: IsUnique(%v) = true", err)
		}
	})
}

func TestBulk_fails_skips_or_replaces_on_a_taken_key(t *testing.T) {
	rows := func(values ...string) iter.Seq2[[]any, error] {
		return db.Rows(values, func(v string) []any { return []any{v, "new", int64(1)} })
	}
	for _, c := range []struct {
		name     string
		conflict db.Conflict
		written  int64
		want     []string
		fails    bool
	}{
		{"fail", db.Fail, 0, []string{"b=old"}, true},
		{"skip", db.Skip, 2, []string{"a=new", "b=old", "c=new"}, false},
		{"replace", db.Replace, 3, []string{"a=new", "b=new", "c=new"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				ctx := t.Context()
				if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return put(ctx, tx, "b", "old") }); err != nil {
					t.Fatal(err)
				}
				err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					// twice in one transaction: the second starts from an empty staging table
					if _, err := tx.Bulk(ctx, db.Bulk{Table: "request_key", Columns: []string{"key", "result", "at"}, Conflict: c.conflict, Key: []string{"key"}}, rows()); err != nil {
						return err
					}
					n, err := tx.Bulk(ctx, db.Bulk{Table: "request_key", Columns: []string{"key", "result", "at"}, Conflict: c.conflict, Key: []string{"key"}}, rows("a", "b", "c"))
					if err == nil && n != c.written {
						t.Errorf("wrote %d rows, want %d", n, c.written)
					}
					return err
				})
				if (err != nil) != c.fails {
					t.Fatalf("got error %v", err)
				}
				if c.fails && !db.IsUnique(err) {
					t.Errorf("IsUnique(%v) = false", err)
				}
				if got := keys(t, d); !cmp.Equal(got, c.want) {
					t.Errorf("got %v, want %v", got, c.want)
				}
			})
		})
	}
}

func TestBulk_ends_with_the_error_of_its_rows(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		broken := errors.New("row 2 is broken")
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Bulk(ctx, db.Bulk{Table: "request_key", Columns: []string{"key", "result", "at"}}, func(yield func([]any, error) bool) {
				_ = yield([]any{"a", "1", int64(1)}, nil) && yield(nil, broken)
			})
			return err
		})
		if !errors.Is(err, broken) {
			t.Errorf("got %v, want %v", err, broken)
		}
		if got := keys(t, d); len(got) != 0 {
			t.Errorf("left behind: %v", got)
		}
	})
}

func TestWrite_from_many_goroutines_loses_nothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		const writers, each = 8, 25
		ctx := t.Context()
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO request_key (key, result, at) VALUES (?, ?, ?)", "sum", "", 0)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for range each {
					err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
						_, err := tx.Exec(ctx, "UPDATE request_key SET at = at + 1 WHERE key = ?", "sum")
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		got, err := db.One(ctx, d, db.Value[int64], "SELECT at FROM request_key WHERE key = ?", "sum")
		if err != nil || got != writers*each {
			t.Errorf("counted to %d, %v; want %d", got, err, writers*each)
		}
	})
}

func TestText_sorts_the_same_on_both_engines(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(put(ctx, tx, "a", ""), put(ctx, tx, "B", ""), put(ctx, tx, "_", ""), put(ctx, tx, "王", ""))
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := keys(t, d), []string{"B=", "_=", "a=", "王="}; !cmp.Equal(got, want) {
			t.Errorf("got %v, want the order of bytes %v", got, want)
		}
	})
}

func TestOpen_refuses_what_is_no_database(t *testing.T) {
	for _, url := range []string{"", "mysql://x", "sqlite:", "sqlite:/dev/null/x.db", "postgres://localhost:1/none"} {
		if d, err := db.Open(t.Context(), url); err == nil {
			t.Errorf("Open(%q) succeeded", url)
			_ = d.Close()
		}
	}
}

func TestOpen_makes_a_file_that_only_its_owner_reads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	d, err := db.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, name := range []string{path, path + "-wal"} {
		if st, err := os.Stat(name); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v; want 0600", filepath.Base(name), st.Mode().Perm(), err)
		}
	}
}

func TestOpen_by_several_programs_at_once_makes_one_schema(t *testing.T) {
	urls := map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + filepath.Join(t.TempDir(), "new.db") },
		"postgres": func() string { return dbtest.EmptyPostgresURL(t) },
	}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			at := url()
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					d, err := db.Open(t.Context(), at)
					if err != nil {
						t.Error(err)
						return
					}
					if n, err := db.One(t.Context(), d, db.Value[int], "SELECT count(*) FROM audit_head"); err != nil || n != 1 {
						t.Errorf("%d rows of what a migration inserts, %v; want 1", n, err)
					}
					if err := d.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestQuery_within_many_transactions_does_not_wait_for_their_connections(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					_, err := db.All(ctx, d, db.Value[string], "SELECT key FROM request_key")
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func TestAfterCommit_may_use_the_database(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := d.Write(ctx, func(_ context.Context, tx *db.Tx) error {
			tx.AfterCommit(func() {
				if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return put(ctx, tx, "a", "1") }); err != nil {
					t.Error(err)
				}
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := keys(t, d), []string{"a=1"}; !cmp.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
