package insight

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
)

func TestLists_of_customers_are_read_forth_and_back_within_reach(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		sh.Now = func() time.Time { return at.AddDate(0, 1, 0) }
		wang := sh.hire("W", sh.a)
		var ids []customer.ID // the later, the more they bought
		for i := range 10 {
			store := sh.a
			if i%2 == 1 {
				store = sh.b
			}
			c := sh.customer("C"+string(rune('0'+i)), store, wang.ID)
			sh.buys(c, store, int64(100*(i+1)), "2025-11-01", "2025-12-01", "2025-12-31", "2026-01-20")
			ids = append(ids, c)
		}
		if _, err := sh.Refresh(t.Context(), org.System, on("2026-03-15")); err != nil {
			t.Fatal(err)
		}
		pages := func(among Among) (forth, back []customer.ID) {
			var at PeopleCursor
			for {
				p, err := sh.People(t.Context(), org.System, among, at, 3)
				if err != nil {
					t.Fatal(err)
				}
				for _, k := range p.List {
					forth = append(forth, k.Customer)
				}
				if at = p.Next; at != (PeopleCursor{}) {
					continue
				}
				if at = p.Prev; at == (PeopleCursor{}) {
					return forth, nil
				}
				break
			}
			for at != (PeopleCursor{}) {
				p, err := sh.People(t.Context(), org.System, among, at, 3)
				if err != nil {
					t.Fatal(err)
				}
				page := make([]customer.ID, 0, 3)
				for _, k := range p.List {
					page = append(page, k.Customer)
				}
				back, at = append(page, back...), p.Prev
			}
			return forth, back
		}
		want := make([]customer.ID, 10)
		for i := range want {
			want[i] = ids[9-i]
		}
		forth, back := pages(Among{Stage: Cooling})
		same(t, "a stage, whoever is worth most first", forth, want)
		same(t, "and back to its first page", back, want[:9])
		forth, _ = pages(Among{Stage: Cooling, Store: sh.b.ID})
		same(t, "of one store", forth, []customer.ID{ids[9], ids[7], ids[5], ids[3], ids[1]})
		forth, _ = pages(Among{Tenth: 2})
		same(t, "a tenth", forth, []customer.ID{ids[8]})
		forth, _ = pages(Among{Top: 20})
		same(t, "those who ever bought most", forth, []customer.ID{ids[9], ids[8]})
		forth, _ = pages(Among{Group: Fresh})
		same(t, "a group", forth, []customer.ID{ids[1], ids[0]})
		if n, err := sh.CountPeople(t.Context(), org.System, Among{Warned: true, Sign: Silent}); n != 10 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		for _, wrong := range []Among{{Group: "rich"}, {Tenth: 11}, {Top: 50}, {Sign: "sad"}} {
			if _, err := sh.People(t.Context(), org.System, wrong, PeopleCursor{}, 3); err == nil {
				t.Errorf("there is a list %+v", wrong)
			}
		}
	})
}

func TestLists_of_customers_are_read_by_their_index(t *testing.T) {
	d := dbtest.SQLite(t)
	sh := setup(t, d)
	sh.Now = func() time.Time { return at.AddDate(0, 1, 0) }
	if _, err := sh.Refresh(t.Context(), org.System, on("2026-03-15")); err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		among Among
		index string
	}{
		{Among{Stage: Lost}, "insight_score_stage"}, {Among{Group: Loyal}, "insight_score_rfm"}, {Among{Tenth: 1}, "insight_score_"},
		{Among{Warned: true}, "insight_score_warned"}, {Among{Best: true}, "insight_score_best"}, {Among{Top: 20}, "insight_score_top"},
	} {
		err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			from, args, err := one.among.from(ctx, tx)
			if err != nil {
				return err
			}
			query, args := one.among.page(from, args, org.System.Scope(), PeopleCursor{At: 1, Customer: 1}, 20)
			steps, err := db.All(ctx, tx, func(row db.Scanner) (detail string, err error) {
				var skip any
				err = row.Scan(&skip, &skip, &skip, &detail)
				return detail, err
			}, "EXPLAIN QUERY PLAN "+query, args...)
			if plan := strings.Join(steps, "\n"); !strings.Contains(plan, one.index) || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%+v: want %s and nothing sorted, got\n%s", one.among, one.index, plan)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
