package insight

import "testing"

func TestQuality_says_in_words_how_right_the_forecast_was(t *testing.T) {
	number := func(v float64) *float64 { return &v }
	checks := func(mine, ece float64) *Holdout {
		return &Holdout{Cut: on("2026-01-01"), Horizon: 90, Customers: 1000, Returned: 400, Likely: 300, Came: 0.8,
			Bins: []HeldBin{{0.5, 1, 300, 0.75, 0.8}, {0, 0.5, 700, 0.2, 160. / 700}},
			Checks: []Check{{Name: "return", LogLoss: number(mine), AUC: number(0.8), ECE: number(ece)},
				{Name: "hiatus", Baseline: true, LogLoss: number(0.5)}, {Name: "last_window", Baseline: true}}}
	}
	v := viewOf(bookOf("2026-03-31"))
	for _, tc := range []struct {
		name      string
		mine, ece float64
		want      Verdict
	}{
		{"better, and as said", 0.4, 0.02, Trusted},
		{"better, but the chances are off", 0.4, 0.09, Ordered},
		{"no better than a simple rule", 0.5, 0.01, Doubted},
	} {
		v.Model = &Model{Basis: ByModel, Chosen: "return", Holdout: checks(tc.mine, tc.ece)}
		if got := quality(v).Check.Verdict; got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
	c := quality(v).Check
	same(t, "of the likely and of the others", c.Said, Said{Cut: "2026-01-01", Days: 90, Likely: 300, Came: 0.8, Unlikely: 700, Anyway: 160. / 700}, near)
	same(t, "foretold and came", []float64{c.Foretold, float64(c.Returned)}, []float64{365, 400}, near)
	same(t, "the method that speaks", []bool{c.Methods[0].Chosen, c.Methods[1].Simple, c.Methods[2].LogLoss == nil}, []bool{true, true, true})
	v.Model.Holdout = checks(0.4, 0.02)
	same(t, "a fifth better", quality(v).Check.Gain, 0.2, near)
}

func TestQuality_without_a_check_says_what_is_missing(t *testing.T) {
	v := viewOf(bookOf("2026-03-31", []string{"2026-03-01"}))
	q := quality(v)
	if q.Check != nil || q.Basis != ByRule {
		t.Errorf("got %+v, want the rule and no check", q)
	}
	same(t, "missing", q.Missing, Missing{Customers: 499, Repeaters: 100, Days: 179})
}
