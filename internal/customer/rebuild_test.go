package customer_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
)

// many opens more files than are rebuilt in one transaction.
func (s shop) many() []customer.ID {
	s.t.Helper()
	var rows []customer.ImportRow
	for n := range 450 {
		rows = append(rows, customer.ImportRow{Store: 1, ImportKey: customer.ImportKey{
			Card: fmt.Sprintf("V%04d", n), Phone: "", Name: fmt.Sprintf("顾客%d号", n),
		}})
	}
	var ids []customer.ID
	if err := s.db.Write(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		m, err := s.MatchOrCreateTx(ctx, tx, customer.Imported{}, rows)
		for _, c := range m.IDs {
			ids = append(ids, c)
		}
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return append(ids, s.create(s.li, "王晓东", "13812345678").ID, s.create(s.wu, "李四", "13912345678").ID)
}

func (s shop) exec(query string, args ...any) {
	s.t.Helper()
	if err := s.db.Write(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
}

func TestRebuildSearch_gives_what_was_kept(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ids := s.many()
		s.compare()
		s.exec(`DELETE FROM search_term WHERE customer_id < ?`, int64(ids[100]))
		s.exec(`UPDATE search_term SET owner_id = 77 WHERE customer_id = ?`, int64(ids[200]))
		s.exec(`INSERT INTO search_term (term, customer_id, store_id, owner_id) VALUES ('138', ?, 1, 0), ('lost', 5, 1, 0)`, int64(ids[0]))
		n, err := s.RebuildSearch(t.Context())
		if err != nil || n != len(ids) {
			t.Errorf("rebuilt %d, %v; want %d", n, err, len(ids))
		}
		s.compare()
	})
}

// complete is how complete every file is.
func (s shop) complete() map[int64]int {
	s.t.Helper()
	out := map[int64]int{}
	if err := db.Each(s.t.Context(), s.db, func(row db.Scanner) error {
		var c int64
		var percent int
		err := row.Scan(&c, &percent)
		out[c] = percent
		return err
	}, `SELECT customer_id, completeness FROM customer`); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func TestCompleteness_is_recounted_when_the_fields_count_for_something_else(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		queue := &jobs.Queue{DB: s.db}
		s.Service.Jobs = queue
		work := func() int {
			t.Helper()
			var w jobs.Workers
			s.RegisterJobs(&w)
			n, err := (&jobs.Runner{Queue: queue, Workers: &w}).RunDue(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		ids := s.many()
		known := ids[len(ids)-2]
		if err := s.Learn(ctx, s.li, known, []customer.Answer{{Field: "hobby", Value: "钓鱼"}}, customer.FromTalk); err != nil {
			t.Fatal(err)
		}
		before := s.complete()
		save := func(weight int, asked string) {
			t.Helper()
			if err := s.SaveField(ctx, org.System, customer.Field{Code: "hobby", Weight: weight, Position: 120, Active: true, Questions: map[string]string{"zh-Hans": asked}}); err != nil {
				t.Fatal(err)
			}
		}
		save(2, "平时喜欢做什么？")
		if n := work(); n != 0 {
			t.Errorf("another wording of the question made %d jobs", n)
		}
		save(10, "")
		save(8, "") // the first job sees that it is overtaken
		if n := work(); n != 2 {
			t.Errorf("%d jobs, want 2", n)
		}
		after := s.complete()
		if after[int64(known)] <= before[int64(known)] {
			t.Errorf("whose hobby is known is complete to %d %%, was %d", after[int64(known)], before[int64(known)])
		}
		// Kept along the way, the figure is the same: note something and take it back.
		for _, c := range ids[:3] {
			for _, v := range []string{"教师", ""} {
				if err := s.Learn(ctx, org.System, c, []customer.Answer{{Field: "occupation", Value: v}}, customer.FromTalk); err != nil {
					t.Fatal(err)
				}
			}
		}
		kept := s.complete()
		s.exec(`UPDATE customer SET completeness = 99`)
		if n, err := s.RebuildCompleteness(ctx); err != nil || n != len(ids) {
			t.Errorf("rebuilt %d, %v; want %d", n, err, len(ids))
		}
		for c, percent := range s.complete() {
			if percent != kept[c] || percent != after[c] {
				t.Errorf("%d: rebuilt %d %%, kept %d, recounted %d", c, percent, kept[c], after[c])
			}
		}
	})
}
