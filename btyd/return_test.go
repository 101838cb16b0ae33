package btyd

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/btyd/btydtest"
)

// returnTargets are what the return model must reach on the holdouts of cdnowHoldouts; the best of the
// parametric models stands at 0.5053 and 0.7712, 0.5123 and 0.7627, 0.4208 and 0.7998.
var returnTargets = []struct{ logLoss, auc, bias float64 }{
	{0.495, 0.765, 0.15}, // a tenth of the customers
	{0.495, 0.765, 0.10},
	{0.420, 0.805, 0.10},
}

func TestReturn_beats_the_models_on_CDNOW(t *testing.T) {
	for i, c := range cdnowHoldouts {
		t.Run(c.name, func(t *testing.T) {
			l := logOfData(t, c.data)
			r, err := Evaluate(l, Window{End: float64(date(c.end)), Unit: 7}, c.horizon, Candidates()...)
			if err != nil {
				t.Fatal(err)
			}
			one, _ := r.Of("return")
			q, want := one.Quality, returnTargets[i]
			t.Logf("log loss %.4f, AUC %.4f, Brier %.4f, ECE %.3f, RMSE %.4f, bias %+.1f %%, Gini %.3f, top decile %.3f, accuracy %.4f; %d called likely, %.3f of them came",
				q.LogLoss, q.AUC, q.Brier, q.ECE, q.RMSE, 100*q.Bias, q.Gini, q.TopDecile, q.Accuracy, q.Likely, q.LikelyActive)
			if one.Err != nil || !(q.LogLoss < want.logLoss && q.AUC > want.auc && math.Abs(q.Bias) < want.bias) {
				t.Errorf("log loss %.4f, AUC %.4f, bias %+.3f, %v; want < %v, > %v, within ±%v", q.LogLoss, q.AUC, q.Bias, one.Err, want.logLoss, want.auc, want.bias)
			}
			for _, other := range r.Results {
				if o := other.Quality; other.Name != "return" && (o.LogLoss <= q.LogLoss || o.AUC >= q.AUC) {
					t.Errorf("%s: log loss %.4f, AUC %.4f", other.Name, o.LogLoss, o.AUC)
				}
			}
		})
	}
}

func TestChoose_takes_the_return_model_on_CDNOW(t *testing.T) {
	l := logOfData(t, cdnowMaster)
	p, err := NewPast(l, Window{End: float64(date("1997-12-31")), Unit: 7}, 26)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Choose(p, 3, Candidates()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("log loss over the origins: %v", c.LogLoss)
	if c.Name != "return" || c.Scorer.Name != "return" || len(c.Reports) != 1 {
		t.Errorf("got %s by %v", c.Name, c.LogLoss)
	}
}

// simulatedLog is the log of a crowd in weeks, with days from 0.
func simulatedLog(t testing.TB, c *crowd) *Log {
	t.Helper()
	l, err := NewLog(Events{Customer: c.Customer, Day: c.Day}, len(c.Stopped))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestReturn_comes_near_the_truth_of_made_up_customers(t *testing.T) {
	view := scene{arrivals: 91, end: 130, days: 7}
	for name, c := range map[string]struct {
		live btydtest.Life
		base string
		true Model
	}{
		"at random": {btydtest.Geometric(0.6, 6, 0.8, 1.5, 1, true), "mbgcnbdk", MBGNBD{0.6, 6, 0.8, 1.5}},
		"in rhythm": {btydtest.Geometric(1.2, 2.5, 0.5, 1.5, 3, true), "mbgcnbdk", MBGCNBD{3, 1.2, 2.5, 0.5, 1.5}},
		"Pareto":    {btydtest.Pareto(0.55, 10.6, 0.6, 11.7), "paretonbd", ParetoNBD{0.55, 10.6, 0.6, 11.7}},
	} {
		l := simulatedLog(t, simulate(7, 10_000, c.live, view))
		truth := Scorer{Name: "truth", Score: func(p *Past, dst Scores) error {
			c.true.Score(dst, p.Histories, p.Horizon)
			return nil
		}}
		r, err := Evaluate(l, Window{End: 104 * 7, Unit: 7}, 20, ReturnScorer(), truth)
		if err != nil {
			t.Fatal(name, err)
		}
		got, best := r.Results[0], r.Results[1].Quality
		if got.Err != nil {
			t.Fatal(name, got.Err)
		}
		q := got.Quality
		t.Logf("%s: log loss %.4f against %.4f, ECE %.4f, bias %+.3f", name, q.LogLoss, best.LogLoss, q.ECE, q.Bias)
		if q.LogLoss > best.LogLoss*1.01 || q.ECE > 0.02 || math.Abs(q.Bias) > 0.1 {
			t.Errorf("%s: log loss %.4f, the truth's %.4f; ECE %.4f, bias %+.3f", name, q.LogLoss, best.LogLoss, q.ECE, q.Bias)
		}
		p, err := NewPast(l, Window{End: 104 * 7, Unit: 7}, 20)
		if err != nil {
			t.Fatal(err)
		}
		fit, err := FitReturn(p)
		if err != nil {
			t.Fatal(err)
		}
		if len(fit.Lessons) != 3 || (fit.Base != c.base && name != "at random") {
			t.Errorf("%s: learnt on %s from %+v", name, fit.Base, fit.Lessons)
		}
	}
}

func TestReturn_of_a_short_past_is_the_model_uncorrected(t *testing.T) {
	l := simulatedLog(t, simulate(3, 60, btydtest.Geometric(1, 4, 0.8, 1.5, 1, true), scene{arrivals: 40, end: 60, days: 7}))
	p, err := NewPast(l, Window{End: 60 * 7, Unit: 7}, 10)
	if err != nil {
		t.Fatal(err)
	}
	r, err := FitReturn(p)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Warnings, func(w Warning) bool { return w.Code == Unlearned }) || len(r.Lessons) != 0 {
		t.Errorf("warnings %v, lessons %v", r.Warnings, r.Lessons)
	}
	n := p.Histories.Len()
	got := Scores{Active: make([]float64, n), Expected: make([]float64, n)}
	if err := r.Score(p, got); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		h := p.Histories.At(i)
		active, expected := r.Pareto.Active(h, 10), r.Pareto.Expected(h, 10)
		if math.Abs(got.Active[i]-active) > 2e-4 || math.Abs(got.Expected[i]-expected) > 1e-3*(1+expected) {
			t.Fatalf("%+v: got %v and %v, want %v and %v", h, got.Active[i], got.Expected[i], active, expected)
		}
	}
}

func TestReturn_is_kept_and_scores_later_days_but_no_other_question(t *testing.T) {
	l := logOfData(t, cdnowSample)
	w := Window{End: float64(date("1997-12-31")), Unit: 7}
	p, err := NewPast(l, w, 13)
	if err != nil {
		t.Fatal(err)
	}
	r, err := FitReturn(p)
	if err != nil {
		t.Fatal(err)
	}
	// Kept as text in between, as a program would.
	kept, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	r = &Return{}
	if err := json.Unmarshal(kept, r); err != nil {
		t.Fatal(err)
	}
	w.End += 7
	later, err := NewPast(l, w, 13)
	if err != nil {
		t.Fatal(err)
	}
	n := later.Histories.Len()
	dst := Scores{Active: make([]float64, n), Expected: make([]float64, n)}
	if err := r.Score(later, dst); err != nil {
		t.Fatal(err)
	}
	if q, err := Assess(dst.Active, dst.Expected, later.Outcomes(l)); err != nil || q.AUC < 0.78 {
		t.Errorf("a week later: %+v, %v", q, err)
	}
	later.Horizon = 26
	if err := r.Score(later, dst); err == nil {
		t.Error("another horizon was scored")
	}
	later.Horizon, later.Window.Unit = 13, 1
	if err := r.Score(later, dst); err == nil {
		t.Error("another unit was scored")
	}
	if err := r.Score(p, Scores{Alive: make([]float64, n)}); err == nil {
		t.Error("P(alive) was scored")
	}
}

func TestReturn_knows_only_the_past(t *testing.T) {
	l := logOfData(t, cdnowSample)
	w := Window{End: float64(date("1997-12-31")), Unit: 7}
	var fits [2]*Return
	for i, from := range []*Log{l, l.Until(w.End)} {
		p, err := NewPast(from, w, 26)
		if err != nil {
			t.Fatal(err)
		}
		if fits[i], err = FitReturn(p); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(fits[0], fits[1], near); diff != "" {
		t.Error(diff)
	}
}

// A return model and the baselines never give anything but a probability, however strange the shop.
func FuzzReturn(f *testing.F) {
	for seed := range uint64(25) {
		f.Add(seed)
	}
	f.Fuzz(checkReturn)
}

// checkReturn makes up a shop of some strange kind, and fits and scores a return model of it.
func checkReturn(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 11))
	customers, days := 1+random.IntN(300), 1+random.IntN(400)
	n := random.IntN(6 * customers)
	e := Events{Customer: make([]int32, n), Spend: make([]float64, n)}
	byTime := random.IntN(2) == 0
	for i := range n {
		e.Customer[i] = int32(random.IntN(customers))
		if random.IntN(2) == 0 {
			e.Customer[i] /= 8 // some come often
		}
		day := random.IntN(days)
		if random.IntN(4) == 0 {
			day -= day % 30 // all on one day
		}
		if byTime {
			e.Time = append(e.Time, float64(day)+random.Float64()*float64(random.IntN(2)))
		} else {
			e.Day = append(e.Day, int32(day))
		}
		e.Spend[i] = float64(random.IntN(5)-1) * math.Pow(10, float64(random.IntN(8)))
	}
	if !byTime && e.Day == nil {
		e.Day = []int32{}
	}
	l, err := NewLog(e, customers)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPast(l, Window{End: float64(random.IntN(days + 30)), Unit: float64(1 + random.IntN(7))}, 0.5+random.Float64()*40)
	if errors.Is(err, ErrTooFew) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(Baselines(), ReturnScorer()) {
		rows := p.Histories.Len()
		dst := Scores{Active: make([]float64, rows), Expected: make([]float64, rows)}
		err := s.Score(p, dst)
		if errors.Is(err, ErrTooFew) {
			continue
		}
		if err != nil {
			t.Fatal(s.Name, err)
		}
		for i, a := range dst.Active {
			if e := dst.Expected[i]; !(a >= 0 && a <= 1 && e >= 0) || math.IsInf(e, 0) {
				t.Fatalf("%s: seed %d, customer %+v: P(active) %v, expected %v", s.Name, seed, p.Histories.At(i), a, e)
			}
		}
	}
}

// Online Retail shows hardly anyone leaving, so that the models underneath lie on their boundaries, and
// its last autumn is like no season before it.
func TestReturn_stays_ahead_where_the_models_are_on_their_boundary(t *testing.T) {
	data := onlineRetail(t)
	l, err := NewLog(data.Events, data.Len())
	if err != nil {
		t.Fatal(err)
	}
	past, err := NewPast(l, Window{End: float64(date("2011-09-09"))}, 91)
	if err != nil {
		t.Fatal(err)
	}
	fit, err := FitReturn(past)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(fit.Warnings, func(w Warning) bool { return w.Code == Boundary && w.Param == "paretonbd.s" }) {
		t.Errorf("warnings: %+v", fit.Warnings)
	}
	for _, w := range fit.Warnings { // it names the model it is of, and does not send the reader where he is
		if model, _, _ := strings.Cut(w.Param, "."); !strings.HasPrefix(w.Text, model+", one of the two") || strings.Contains(w.Text, "Return") {
			t.Errorf("%s: %q", w.Param, w.Text)
		}
	}
	for _, horizon := range []float64{45, 91} {
		r, err := Evaluate(l, Window{End: float64(date("2011-09-09"))}, horizon, ReturnScorer(), ModelScorer("paretonbd", FitParetoNBD), ModelScorer("mbgnbd", FitMBGNBD))
		if err != nil {
			t.Fatal(err)
		}
		q := r.Results[0].Quality
		t.Logf("%v days: log loss %.4f, AUC %.4f, ECE %.3f, bias %+.1f %%", horizon, q.LogLoss, q.AUC, q.ECE, 100*q.Bias)
		for _, other := range r.Results[1:] {
			if o := other.Quality; other.Err != nil || o.LogLoss <= q.LogLoss || o.AUC >= q.AUC {
				t.Errorf("%v days: %s: log loss %.4f, AUC %.4f, %v", horizon, other.Name, o.LogLoss, o.AUC, other.Err)
			}
		}
	}
}

// One customer who spent two hundred times what others do, and once: customer 12346 of Online Retail bought for
// 77,183.60, and returned it.
func TestReturn_is_not_carried_away_by_one_extreme_spend(t *testing.T) {
	c := simulate(5, 4000, btydtest.Geometric(0.6, 6, 0.8, 1.5, 1, true), scene{arrivals: 91, end: 104, days: 7})
	random := rand.New(rand.NewPCG(5, 2))
	usual := make([]float64, len(c.Stopped)) // of those who come again, more
	for i, x := range c.Histories.X {
		usual[i] = 20 * (1 + 0.5*float64(min(x, 3))) * math.Exp(0.5*random.NormFloat64())
	}
	spend := make([]float64, len(c.Customer))
	for i, customer := range c.Customer {
		spend[i] = usual[customer] * math.Exp(0.3*random.NormFloat64())
	}
	once := slices.Index(c.Histories.X, 0)
	row := slices.Index(c.Customer, int32(once))
	score := func(paid float64) (active []float64) {
		spend[row] = paid
		l, err := NewLog(Events{Customer: c.Customer, Day: c.Day, Spend: spend}, len(c.Stopped))
		if err != nil {
			t.Fatal(err)
		}
		p, err := NewPast(l, Window{End: 104 * 7, Unit: 7}, 20)
		if err != nil {
			t.Fatal(err)
		}
		r, err := FitReturn(p)
		if err != nil {
			t.Fatal(err)
		}
		if v := newViewer(p); v.relative(paid) > math.Log(lavish+0.1) {
			t.Errorf("a spend of %v counts as %v", paid, v.relative(paid))
		}
		active = make([]float64, p.Histories.Len())
		if err := r.Score(p, Scores{Active: active}); err != nil {
			t.Fatal(err)
		}
		return active
	}
	well, extreme := score(100), score(1e6)
	for i := range well {
		if d := math.Abs(extreme[i] - well[i]); d > 0.02 {
			t.Fatalf("customer %d: P(active) moved from %.4f to %.4f", i, well[i], extreme[i])
		}
	}
}
