package insight

import (
	"math"
	"slices"
	"testing"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
)

// TestTheRealFileIsUnderstood imports the purchases of a real shop and looks at
// what is made of them. It is a hard case: the purchases show nobody leaving.
func TestTheRealFileIsUnderstood(t *testing.T) {
	f := realFile(t)
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		if _, err := sh.purchases.Import(t.Context(), org.System, f, realOptions, nil); err != nil {
			t.Fatal(err)
		}
		done, err := sh.Refresh(t.Context(), org.System, on("2011-12-09"))
		if err != nil {
			t.Fatal(err)
		}
		if done.Customers != 4338 || done.Purchases != 18532 || done.Model.Repeaters != 2790 || done.Model.Days != 374 {
			t.Errorf("got %d customers with %d purchases, %d of them back within %d days; want 4338, 18532, 2790, 374",
				done.Customers, done.Purchases, done.Model.Repeaters, done.Model.Days)
		}
		total := 0
		for _, n := range done.Stages {
			total += n
		}
		if total != 4338 {
			t.Errorf("%d customers stand in a stage, want 4338", total)
		}
		m := done.Model
		if m.Basis != ByModel || m.Chosen != combined {
			t.Errorf("%s speaks by %s, want the combined model", m.Chosen, m.Basis)
		}
		for _, name := range []string{"mbgnbd", "bgnbd", "paretonbd"} {
			if !slices.ContainsFunc(m.Warnings, func(w ModelWarning) bool { return w.Model == name && w.Code == "boundary" }) {
				t.Errorf("%s has no warning that the purchases show nobody leaving", name)
			}
		}
		if h := m.Holdout; h == nil || h.Customers != 3370 || h.Came < 0.75 || h.Checks[0].Name != m.Chosen || h.Checks[0].Baseline {
			t.Errorf("the check says %+v", h)
		}
		bad, err := db.One(t.Context(), d, db.Value[int], `SELECT COUNT(*) FROM insight_score WHERE active < 0 OR active > 1000000 OR expected < 0 OR value < 0 OR value > 1000000000`)
		if err != nil || bad != 0 {
			t.Errorf("%d scores are out of all reason, %v", bad, err)
		}
		// Card 16446 bought 80,995 pieces at once and cancelled them: £2.90 is left.
		found, err := sh.Customers.Search(t.Context(), org.System, "16446", 1)
		if err != nil || len(found) != 1 {
			t.Fatalf("card 16446: got %v, %v", found, err)
		}
		if k := sh.score(found[0].ID); k.Spent != 290 || k.VIP || k.Value > 100_000 || k.Monetary > 1 {
			t.Errorf("card 16446, who cancelled it all: spent %d, among the best %v, to expect %d, in fifth %d", k.Spent, k.VIP, k.Value, k.Monetary)
		}
		o, _, err := ReportOf[Overview](t.Context(), sh.Service, org.System, "overview", 0)
		if err != nil {
			t.Fatal(err)
		}
		if o.Value > o.Year.Sales {
			t.Errorf("those who are there will bring %d in a year, everybody brought %d in the last", o.Value, o.Year.Sales)
		}
		top, _, err := ReportOf[Concentration](t.Context(), sh.Service, org.System, "concentration", 0)
		if err != nil {
			t.Fatal(err)
		}
		if best := top.Top[1]; best.Percent != 2.5 || math.Round(best.Share*10000) != 4144 {
			t.Errorf("the top %v %% bring %.2f %%, want 2.5 and 41.44", best.Percent, best.Share*100)
		}
		months, _, err := ReportOf[Cohorts](t.Context(), sh.Service, org.System, "cohorts", 0)
		if err != nil {
			t.Fatal(err)
		}
		if first := months.Cohorts[0]; first.Month != "2010-12" || first.Customers != 885 || !slices.Equal(first.Buyers[:4], []int{885, 324, 286, 340}) {
			t.Errorf("the cohort of %s has %d customers, of whom bought %v; want 2010-12: 885, 324, 286, 340", first.Month, first.Customers, first.Buyers[:4])
		}
		if done.Refills < 1000 {
			t.Errorf("got %d refills, want thousands", done.Refills)
		}
	})
}
