package roll

import (
	"context"
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
)

func TestLists_of_customers_are_read_by_their_index(t *testing.T) {
	d := dbtest.SQLite(t)
	s := insight.New(d, &org.Service{DB: d}, customer.New(d))
	if _, err := s.Refresh(t.Context(), org.System, 0); err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		among Among
		index string
	}{
		{Among{Stage: insight.Lost}, "insight_score_stage"}, {Among{Group: insight.Loyal}, "insight_score_rfm"},
		{Among{Tenth: 1}.perStage(org.System.Scope())[0], "insight_score_stage"},
		{Among{Warned: true}, "insight_score_warned"}, {Among{Best: true}, "insight_score_best"}, {Among{Top: 20}, "insight_score_total"},
		{Among{Store: 7}, "insight_score_store"}, {Among{Store: 7, Stage: insight.Lost}, "insight_score_store"}, {Among{Store: 7, Group: insight.Loyal}, "insight_score_store"},
		{Among{Store: 7, Warned: true}, "insight_score_store"}, {Among{Store: 7, Best: true}, "insight_score_store"}, {Among{Store: 7, Top: 20}, "insight_score_store"},
	} {
		err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			query, args, err := one.among.page(ctx, tx, org.System.Scope().Narrow(one.among.Store, 0), Cursor{At: 1, Customer: 1}, 20)
			if err != nil {
				return err
			}
			steps, err := db.All(ctx, tx, func(row db.Scanner) (detail string, err error) {
				var skip any
				err = row.Scan(&skip, &skip, &skip, &detail)
				return detail, err
			}, "EXPLAIN QUERY PLAN "+query, args...)
			if plan := strings.Join(steps, "\n"); !strings.Contains(plan, one.index) || strings.Contains(plan, "TEMP B-TREE") && one.among.Store == 0 {
				t.Errorf("%+v: want %s and nothing sorted but a store's customers, got\n%s", one.among, one.index, plan)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestLists_that_nobody_keeps_are_not_there(t *testing.T) {
	for _, wrong := range []Among{{Group: "rich"}, {Tenth: 11}, {Top: 50}, {Sign: "sad"}} {
		if _, err := Read(t.Context(), nil, org.System, wrong, Cursor{}, 3); err == nil {
			t.Errorf("there is a list %+v", wrong)
		}
	}
}
