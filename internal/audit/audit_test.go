package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
)

func record(t *testing.T, d *db.DB, staff int64, action, subject string, detail any) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return audit.Record(ctx, tx, staff, action, subject, detail)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, d *db.DB) audit.Report {
	t.Helper()
	r, err := (&audit.Service{DB: d}).Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAppend_by_many_at_once_gives_one_unbroken_chain(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		if r := verify(t, d); r.Broken != 0 || r.Entries != 0 {
			t.Errorf("empty: got %+v", r)
		}
		const writers, each = 8, 10
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
						err := audit.Record(ctx, tx, int64(w), "customer.reveal", fmt.Sprintf("customer:%d", i), nil)
						if err == nil && i == 5 {
							return errRefused // what is rolled back must leave no gap
						}
						return err
					})
					if err != nil && !errors.Is(err, errRefused) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		want := int64(writers * (each - 1))
		if r := verify(t, d); r.Broken != 0 || r.Entries != want || len(r.Hash) != 64 {
			t.Errorf("got %+v, want %d entries in one chain", r, want)
		}
	})
}

var errRefused = errors.New("refused")

func TestVerify_finds_what_was_edited_removed_or_slipped_in(t *testing.T) {
	cases := []struct {
		name, sql string
		broken    int64
	}{
		{"an edited subject", "UPDATE audit_entry SET subject = 'customer:9' WHERE id = 3", 3},
		{"an edited detail", "UPDATE audit_entry SET detail = '{}' WHERE id = 2", 2},
		{"an edited instant", "UPDATE audit_entry SET at = at + 1 WHERE id = 1", 1},
		{"an edited person", "UPDATE audit_entry SET staff_id = 8 WHERE id = 5", 5},
		{"one removed", "DELETE FROM audit_entry WHERE id = 4", 4},
		{"the last removed", "DELETE FROM audit_entry WHERE id = 5", 5},
		{"all removed", "DELETE FROM audit_entry", 1},
		{"one slipped in at the end", "INSERT INTO audit_entry (id, at, staff_id, action, subject, hash) SELECT 6, at, staff_id, action, subject, hash FROM audit_entry WHERE id = 5", 6},
		{"the head moved back", "UPDATE audit_head SET entries = 4", 6},
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for i := range 5 {
			record(t, d, 7, "customer.reveal", fmt.Sprintf("customer:%d", i), map[string]int{"phones": i})
		}
		if r := verify(t, d); r.Broken != 0 {
			t.Fatalf("got %+v before anything was edited", r)
		}
		undo := errors.New("undo")
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				// Edited and looked at on a copy of the tables' content.
				var entries [][]any
				save(t, d, &entries)
				err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					n, err := tx.Exec(ctx, c.sql)
					if err == nil && n == 0 {
						return undo
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				if r := verify(t, d); r.Broken != c.broken {
					t.Errorf("got %+v, want it broken at %d", r, c.broken)
				}
				restore(t, d, entries)
			})
		}
		if r := verify(t, d); r.Broken != 0 {
			t.Fatalf("got %+v after all was restored", r)
		}
	})
}

func save(t *testing.T, d *db.DB, rows *[][]any) {
	t.Helper()
	err := db.Each(t.Context(), d, func(row db.Scanner) error {
		var id, at, staff int64
		var action, subject, detail string
		var hash []byte
		err := row.Scan(&id, &at, &staff, &action, &subject, &detail, &hash)
		*rows = append(*rows, []any{id, at, staff, action, subject, detail, hash})
		return err
	}, "SELECT id, at, staff_id, action, subject, detail, hash FROM audit_entry ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
}

func restore(t *testing.T, d *db.DB, rows [][]any) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM audit_entry"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE audit_head SET entries = ?", len(rows)); err != nil {
			return err
		}
		for _, r := range rows {
			if _, err := tx.Exec(ctx, "INSERT INTO audit_entry (id, at, staff_id, action, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)", r...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestList_pages_newest_first_through_what_matches(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		d.Clock = func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }
		for i := range 6 {
			record(t, d, int64(1+i%2), []string{"customer.reveal", "import.undo", "customer.export"}[i%3], "customer:1", nil)
		}
		s := &audit.Service{DB: d}
		ids := func(f audit.Filter) (got []int64) {
			list, err := s.List(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				got = append(got, e.ID)
			}
			return got
		}
		cases := []struct {
			name   string
			filter audit.Filter
			want   []int64
		}{
			{"all", audit.Filter{}, []int64{6, 5, 4, 3, 2, 1}},
			{"first page", audit.Filter{Limit: 2}, []int64{6, 5}},
			{"next page", audit.Filter{Limit: 2, Before: 5}, []int64{4, 3}},
			{"one person", audit.Filter{Staff: 2}, []int64{6, 4, 2}},
			{"one action", audit.Filter{Action: "import.undo"}, []int64{5, 2}},
			{"one action of a person", audit.Filter{Action: "import.undo", Staff: 2}, []int64{2}},
			{"another subject", audit.Filter{Subject: "customer:2"}, nil},
		}
		for _, c := range cases {
			if diff := cmp.Diff(c.want, ids(c.filter)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
		list, err := s.List(t.Context(), audit.Filter{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		want := []audit.Entry{{ID: 6, At: d.Clock(), Staff: 2, Action: "customer.export", Subject: "customer:1", Detail: json.RawMessage("{}")}}
		if diff := cmp.Diff(want, list); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
