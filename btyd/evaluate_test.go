package btyd

import (
	"errors"
	"fmt"
	"math"
	"testing"
)

// logOfData is a log of real data; the test is skipped where they are absent.
func logOfData(t testing.TB, data func(testing.TB) *purchases) *Log {
	t.Helper()
	p := data(t)
	l, err := NewLog(p.Events, p.Len())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// cdnowHoldouts are the three checks on CDNOW that the literature and its users print, in weeks.
var cdnowHoldouts = []struct {
	name    string
	data    func(testing.TB) *purchases
	end     string
	horizon float64
}{
	{"sample, 39 and 39 weeks", cdnowSample, "1997-09-30", 39},
	{"master, 39 and 39 weeks", cdnowMaster, "1997-09-30", 39},
	{"master, 52 and 26 weeks", cdnowMaster, "1997-12-31", 181.0 / 7}, // to the last day of the data
}

// Computed once outside this package for these three holdouts: the mean absolute error, the root
// mean squared error, AUC, log loss and Brier score; and, where the two rank ties in
// different ways, to one in the last digit: bias in %, normalised Gini and calibration error.
var cdnowTables = []map[string]struct {
	exact           string
	bias, gini, ece float64
}{
	{
		"bgnbd":     {"0.7855 1.6080 0.7569 0.5056 0.1612", -12.2, 0.663, 0.054},
		"mbgnbd":    {"0.7648 1.6072 0.7601 0.5053 0.1614", -16.2, 0.664, 0.055},
		"paretonbd": {"0.7545 1.6028 0.7712 0.5084 0.1619", -11.5, 0.673, 0.068},
	}, {
		"bgnbd":     {"0.8187 1.7329 0.7466 0.5123 0.1654", -14.3, 0.663, 0.048},
		"mbgnbd":    {"0.7945 1.7396 0.7547 0.5149 0.1661", -19.1, 0.666, 0.062},
		"paretonbd": {"0.7938 1.7262 0.7627 0.5172 0.1656", -12.9, 0.673, 0.070},
	}, {
		"bgnbd":     {"0.5420 1.1147 0.7882 0.4244 0.1311", -2.8, 0.705, 0.031},
		"mbgnbd":    {"0.5291 1.1149 0.7931 0.4227 0.1309", -5.8, 0.709, 0.023},
		"paretonbd": {"0.5336 1.1158 0.7998 0.4208 0.1305", 1.3, 0.714, 0.035},
	},
}

func TestEvaluate_CDNOW_gives_the_known_tables(t *testing.T) {
	for i, c := range cdnowHoldouts {
		t.Run(c.name, func(t *testing.T) {
			l := logOfData(t, c.data)
			r, err := Evaluate(l, Window{End: float64(date(c.end)), Unit: 7}, c.horizon,
				ModelScorer("bgnbd", FitBGNBD), ModelScorer("mbgnbd", FitMBGNBD), ModelScorer("paretonbd", FitParetoNBD))
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range r.Results {
				q := one.Quality
				if one.Err != nil {
					t.Fatal(one.Name, one.Err)
				}
				got := fmt.Sprintf("%.4f %.4f %.4f %.4f %.4f", q.MAE, q.RMSE, q.AUC, q.LogLoss, q.Brier)
				t.Logf("%-11s %s, bias %+.1f %%, Gini %.3f, ECE %.3f, top decile %.3f, accuracy %.4f",
					one.Name, got, 100*q.Bias, q.Gini, q.ECE, q.TopDecile, q.Accuracy)
				want, ok := cdnowTables[i][one.Name]
				if !ok {
					continue
				}
				if got != want.exact {
					t.Errorf("%s: want %s", one.Name, want.exact)
				}
				if math.Abs(100*q.Bias-want.bias) > 0.1 || math.Abs(q.Gini-want.gini) > 0.0015 || math.Abs(q.ECE-want.ece) > 0.0015 {
					t.Errorf("%s: want bias %+.1f, Gini %.3f, ECE %.3f", one.Name, want.bias, want.gini, want.ece)
				}
			}
		})
	}
}

func TestEvaluate_hides_what_came_after(t *testing.T) {
	l := logOfData(t, cdnowSample)
	w := Window{End: float64(date("1997-09-30")), Unit: 7}
	curious := Scorer{Name: "curious", Score: func(p *Past, dst Scores) error {
		if last := p.Log.Last(); last > w.End {
			t.Errorf("the scorer sees day %v, after %v", last, w.End)
		}
		for i, x := range p.Histories.X {
			dst.Active[i], dst.Expected[i] = 0.5, float64(x)
		}
		return nil
	}}
	broken := Scorer{Name: "broken", Score: func(*Past, Scores) error { return ErrTooFew }}
	r, err := Evaluate(l, w, 39, curious, broken)
	if err != nil {
		t.Fatal(err)
	}
	if one, _ := r.Of("curious"); one.Err != nil || one.Quality.Customers != 2357 || math.Abs(one.Quality.LogLoss-math.Ln2) > 1e-12 {
		t.Errorf("got %+v", one)
	}
	if one, _ := r.Of("broken"); !errors.Is(one.Err, ErrTooFew) {
		t.Errorf("got %+v", one)
	}
	baselines := 0
	for _, one := range r.Results {
		if one.Baseline {
			baselines++
		}
	}
	if baselines != 3 {
		t.Errorf("%d baselines", baselines)
	}
	if _, err := Evaluate(l, w, 60, curious); err == nil {
		t.Error("a horizon that the log does not reach was evaluated")
	}
}

func TestPast_refuses_what_cannot_be(t *testing.T) {
	l, err := NewLog(Events{Customer: []int32{0}, Day: []int32{5}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		w       Window
		horizon float64
	}{
		"no horizon":         {Window{End: 9}, 0},
		"horizon no number":  {Window{End: 9}, math.NaN()},
		"window no number":   {Window{End: math.NaN()}, 1},
		"nobody has come":    {Window{End: 4}, 1},
		"nobody since start": {Window{Start: 6, End: 9}, 1},
	} {
		if _, err := NewPast(l, c.w, c.horizon); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	p, err := NewPast(l, Window{End: 5}, 1) // came today for the first time
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Baselines() {
		if err := s.Score(p, Scores{Active: make([]float64, 1)}); !errors.Is(err, ErrTooFew) {
			t.Errorf("%s without a past: %v", s.Name, err)
		}
	}
	if _, err := Choose(p, 3, Baselines()...); !errors.Is(err, ErrTooFew) {
		t.Errorf("a choice without a past: %v", err)
	}
}

func TestChoose_takes_the_least_log_loss_over_rolling_origins(t *testing.T) {
	l := logOfData(t, cdnowSample)
	p, err := NewPast(l, Window{End: float64(date("1998-06-30")), Unit: 7}, 13)
	if err != nil {
		t.Fatal(err)
	}
	failing := Scorer{Name: "failing", Score: func(*Past, Scores) error { return ErrTooFew }}
	c, err := Choose(p, 3, append(Baselines(), failing, ModelScorer("paretonbd", FitParetoNBD))...)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "paretonbd" || len(c.Reports) != 3 || !math.IsInf(c.LogLoss["failing"], 1) {
		t.Errorf("got %s of %v from %d origins", c.Name, c.LogLoss, len(c.Reports))
	}
	for k, r := range c.Reports {
		if want := p.Window.End - float64(k+1)*91; r.End != want || r.Horizon != 13 {
			t.Errorf("origin %d: got %v and %v ahead, want %v", k, r.End, r.Horizon, want)
		}
	}
	// With room for no more than one window, half of the past stands in.
	p, err = NewPast(l, Window{End: float64(date("1997-09-30")), Unit: 7}, 39)
	if err != nil {
		t.Fatal(err)
	}
	ends, horizon := p.Origins(3)
	if len(ends) != 1 || math.Abs(horizon-19.4) > 0.1 {
		t.Errorf("origins: got %v with %v ahead", ends, horizon)
	}
}
