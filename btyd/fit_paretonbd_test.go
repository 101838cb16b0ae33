package btyd

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/btyd/btydtest"
)

func TestFitParetoNBD_of_CDNOW_equals_the_published(t *testing.T) {
	f, err := FitParetoNBD(sampleWeeks(t), Options{})
	expectEstimates(t, f, err, paretoNames,
		[]float64{0.5532770, 10.577683, 0.6062400, 11.668735}, []float64{0.0476279, 0.842723, 0.187281, 6.21111}, -9594.976179, 1e-6, 1e-6)
	// To the digits of Fader, Hardie & Lee and of CLVTools, whose search stops a little earlier.
	for i, want := range []float64{0.553, 10.578, 0.606, 11.669} {
		expectNear(t, paretoNames[i], f.Estimates[i].Value, want, 1e-3)
	}
	for i, want := range []float64{0.0476264, 0.8427222, 0.1872594, 6.2105448} {
		expectNear(t, "SE of "+paretoNames[i], f.Estimates[i].SE, want, 2e-4)
	}
	if f.Customers != 2357 || f.Evaluations > 20 {
		t.Errorf("%d customers, %d evaluations", f.Customers, f.Evaluations)
	}

	master := weeksTo(t, cdnowMaster(t), "1997-09-30")
	f, err = FitParetoNBD(master, Options{})
	expectEstimates(t, f, err, paretoNames, []float64{0.597419, 11.58565, 0.522184, 8.82773}, nil, -95415.1186, 1e-5, 1e-3)
	sum := 0.0
	expected := make([]float64, master.Len())
	f.Model.Score(Scores{Expected: expected}, master, 39)
	for _, e := range expected {
		sum += e
	}
	expectNear(t, "holdout of CDNOW master", sum, 17153.0, 2e-5)
}

func TestFitParetoNBD_LL_is_the_sum_over_customers(t *testing.T) {
	for _, days := range []float64{0, 7} {
		c := simulate(3, 500, btydtest.Pareto(0.8, 9, 0.7, 30), scene{arrivals: 20, end: 60, days: days})
		f, err := FitParetoNBD(c.Histories, Options{})
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i := range c.Histories.Len() {
			sum += f.Model.LogLikelihood(c.Histories.At(i))
		}
		expectNear(t, "LL", f.LL, sum, 1e-12)
	}
}

func TestFitParetoNBD_gradient_and_Hessian_equal_finite_differences(t *testing.T) {
	c := simulate(4, 300, btydtest.Pareto(0.8, 9, 0.7, 30), scene{arrivals: 20, end: 60, days: 7})
	g, err := group(c.Histories)
	if err != nil {
		t.Fatal(err)
	}
	f := newParetoObjective(g)
	rapid.Check(t, func(t *rapid.T) {
		var u vector
		for i := range u {
			u[i] = rapid.Float64Range(-4, 4).Draw(t, "u")
		}
		_, gradient, hessian := f.at(u)
		const step = 1e-5
		for i := range u {
			up, down := u, u
			up[i] += step
			down[i] -= step
			above, ga, _ := f.at(up)
			below, gb, _ := f.at(down)
			if d := (above - below) / (2 * step); math.Abs(d-gradient[i]) > 1e-8*(1+math.Abs(d)) {
				t.Fatalf("gradient %d = %v, differences give %v", i, gradient[i], d)
			}
			for j := range u {
				if d := (ga[j] - gb[j]) / (2 * step); math.Abs(d-hessian[i][j]) > 1e-7*(1+math.Abs(d)) {
					t.Fatalf("Hessian %d %d = %v, differences give %v", i, j, hessian[i][j], d)
				}
			}
		}
	})
}

func TestFitParetoNBD_does_not_depend_on_how_it_is_told(t *testing.T) {
	h := simulate(5, 3000, btydtest.Pareto(0.8, 9, 0.7, 30), scene{arrivals: 40, end: 80, days: 7}).Histories
	want, err := FitParetoNBD(h, Options{})
	if err != nil || len(want.Warnings) > 0 {
		t.Fatal(err, want.Warnings)
	}
	check := func(name string, f Fit[ParetoNBD], err error, unit float64) {
		t.Helper()
		if err != nil {
			t.Fatal(name, err)
		}
		m := f.Model
		expectNear(t, name+" r", m.R, want.Model.R, 1e-6)
		expectNear(t, name+" alpha", m.Alpha, want.Model.Alpha*unit, 1e-6)
		expectNear(t, name+" s", m.S, want.Model.S, 1e-6)
		expectNear(t, name+" beta", m.Beta, want.Model.Beta*unit, 1e-6)
		purchases := 0.0
		for _, x := range h.X {
			purchases += float64(x)
		}
		expectNear(t, name+" LL", f.LL, want.LL-purchases*math.Log(unit), 1e-10)
		for i, e := range f.Estimates {
			scale := []float64{1, unit, 1, unit}[i]
			expectNear(t, name+" SE of "+e.Name, e.SE, want.Estimates[i].SE*scale, 1e-5)
		}
	}
	f, err := FitParetoNBD(shuffled(h, 1), Options{})
	check("shuffled", f, err, 1)
	f, err = FitParetoNBD(inUnit(h, 7), Options{})
	check("in days", f, err, 7)
	ungrouped := *h
	ungrouped.Step = 0
	f, err = FitParetoNBD(&ungrouped, Options{})
	check("one by one", f, err, 1)
	f, err = FitParetoNBD(h, Options{Start: []float64{want.Model.R, want.Model.Alpha, want.Model.S, want.Model.Beta}})
	check("warm", f, err, 1)
	if f.Evaluations > 3 {
		t.Errorf("%d evaluations from the top", f.Evaluations)
	}
	f, err = FitParetoNBD(h, Options{Start: []float64{5, 1, 5, 1}})
	check("from afar", f, err, 1)
}

func TestFitParetoNBD_recovers_the_parameters_of_simulated_customers(t *testing.T) {
	for _, m := range []ParetoNBD{{0.55, 10.6, 0.6, 11.7}, {1.5, 10, 0.8, 60}, {3, 2, 2, 20}} {
		c := simulate(7, 20_000, btydtest.Pareto(m.R, m.Alpha, m.S, m.Beta), scene{arrivals: 50, end: 100})
		f, err := FitParetoNBD(c.Histories, Options{})
		if err != nil || len(f.Warnings) > 0 {
			t.Fatal(err, f.Warnings)
		}
		for i, p := range m.Parameters() {
			e := f.Estimates[i]
			if math.Abs(e.Value-p.Value) > 3.5*e.SE || e.SE > 0.3*p.Value {
				t.Errorf("%+v: %s = %v ± %v", m, e.Name, e.Value, e.SE)
			}
		}
	}
}

func TestFitParetoNBD_standard_errors_are_those_of_repeated_samples(t *testing.T) {
	const repeats = 60
	var values, errs [4][]float64
	for i := range repeats {
		c := simulate(uint64(200+i), 2000, btydtest.Pareto(1, 6, 0.9, 40), scene{arrivals: 50, end: 100, days: 7})
		f, err := FitParetoNBD(c.Histories, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for j, e := range f.Estimates {
			values[j] = append(values[j], math.Log(e.Value))
			errs[j] = append(errs[j], e.SE/e.Value)
		}
	}
	for j, v := range values {
		mean, square := 0.0, 0.0
		for _, v := range v {
			mean += v / repeats
		}
		for _, v := range v {
			square += (v - mean) * (v - mean) / (repeats - 1)
		}
		slices.Sort(errs[j])
		// The spread of 60 samples is known to about 10 %.
		if ratio := errs[j][repeats/2] / math.Sqrt(square); ratio < 0.7 || ratio > 1.4 {
			t.Errorf("SE of %s is %.2f times the spread of the estimates", paretoNames[j], ratio)
		}
	}
}

// Of customers whose P(alive) is about p, a share p is alive; likewise those who come, and how often.
func TestParetoNBD_scores_are_calibrated_on_customers_whose_fate_is_known(t *testing.T) {
	c := simulate(8, 60_000, btydtest.Pareto(0.8, 5, 0.7, 30), scene{arrivals: 52, end: 104, later: 39})
	f, err := FitParetoNBD(c.Histories, Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := c.Histories.Len()
	s := Scores{Alive: make([]float64, n), Active: make([]float64, n), Expected: make([]float64, n)}
	f.Model.Score(s, c.Histories, 39)
	expectCalibrated(t, c, s)
}

// Online Retail's customers are wholesalers with long pauses: the model finds that nobody died.
func TestFitParetoNBD_of_Online_Retail_says_that_it_is_at_the_boundary(t *testing.T) {
	p := onlineRetail(t)
	h, err := Summarize(p.Events, p.Len(), Window{End: float64(date("2011-12-09"))})
	if err != nil {
		t.Fatal(err)
	}
	f, err := FitParetoNBD(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(f.LL - -61823.59) > 0.01 {
		t.Errorf("LL = %.3f, want -61823.59", f.LL)
	}
	var warned []string
	for _, w := range f.Warnings {
		if w.Code == Boundary {
			warned = append(warned, w.Param)
		}
	}
	if !slices.Equal(warned, []string{"s", "beta"}) || len(f.Warnings) != 2 {
		t.Errorf("warnings %v, want s and beta at the boundary", f.Warnings)
	}
	for _, e := range f.Estimates {
		if known := e.Name == "r" || e.Name == "alpha"; known == math.IsNaN(e.SE) {
			t.Errorf("SE of %s = %v", e.Name, e.SE)
		}
	}
	n := h.Len()
	s := Scores{Alive: make([]float64, n), Active: make([]float64, n), Expected: make([]float64, n)}
	f.Model.Score(s, h, 90)
	for i := range n {
		// What is left is the NBD model.
		r, a := f.Model.R+float64(h.X[i]), f.Model.Alpha+h.T[i]
		expectNear(t, "alive", s.Alive[i], 1, 1e-3)
		expectNear(t, "expected", s.Expected[i], r*90/a, 1e-3)
		expectNear(t, "active", s.Active[i], 1-math.Pow(a/(a+90), r), 1e-3)
	}
}

func TestFitParetoNBD_of_degenerate_customers_is_refused_or_warned_of(t *testing.T) {
	once := &Histories{X: make([]int32, 100), Tx: make([]float64, 100), T: make([]float64, 100), Step: 1}
	for i := range once.T {
		once.T[i] = float64(i + 1)
	}
	for name, h := range map[string]*Histories{
		"nobody":       {},
		"one customer": {X: []int32{3}, Tx: []float64{20}, T: []float64{39}},
		"all one-time": once,
	} {
		if f, err := FitParetoNBD(h, Options{}); !errors.Is(err, ErrTooFew) {
			t.Errorf("%s: %+v, %v; want ErrTooFew", name, f, err)
		}
	}
	if _, err := FitParetoNBD(&Histories{X: []int32{1}, Tx: []float64{math.NaN()}, T: []float64{39}}, Options{}); err == nil || errors.Is(err, ErrTooFew) {
		t.Errorf("NaN: %v; want an error", err)
	}
	few := cdnowLike(200).Histories
	for _, start := range [][]float64{{1}, {1, 1, 0, 1}, {1, 1, math.NaN(), 1}} {
		if _, err := FitParetoNBD(few, Options{Start: start}); err == nil {
			t.Errorf("start %v went through", start)
		}
	}

	// Customers who differ in nothing but chance, and of whom nobody dies.
	alike := func(rng *rand.Rand, times []float64, horizon float64) ([]float64, float64) {
		for t := rng.ExpFloat64() * 5; t <= horizon; t += rng.ExpFloat64() * 5 {
			times = append(times, t)
		}
		return times, math.Inf(1)
	}
	c := simulate(10, 2000, alike, scene{arrivals: 20, end: 80, later: 20, days: 7})
	f, err := FitParetoNBD(c.Histories, Options{})
	if err != nil {
		t.Fatal(err)
	}
	warned := map[string]bool{}
	for _, w := range f.Warnings {
		if w.Code == Boundary && w.Text != "" {
			warned[w.Param] = true
		}
	}
	if !warned["s"] || !warned["r"] || !warned["alpha"] {
		t.Errorf("warnings %v; want s, r and alpha at the boundary", f.Warnings)
	}
	expectNear(t, "the rate of all", f.Model.R/f.Model.Alpha, 0.2, 0.03)
	expectNear(t, "the purchases of a customer", f.Model.Expected(c.Histories.At(0), 20), 4, 0.05)

	// Customers who do not differ in how fast they die.
	c = simulate(11, 4000, btydtest.Pareto(2, 4, 1e6, 2e7), scene{arrivals: 20, end: 80, later: 20, days: 7})
	if f, err = FitParetoNBD(c.Histories, Options{}); err != nil {
		t.Fatal(err)
	}
	expectNear(t, "the rate of dying", f.Model.S/f.Model.Beta, 0.05, 0.2)
	for _, w := range f.Warnings {
		if w.Code == NotConverged {
			t.Error(w)
		}
	}
}

// Whatever the customers, a fit arrives or says that it did not, and never gives nonsense for an answer.
func TestFitParetoNBD_of_any_customers_gives_no_nonsense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) float64 { return math.Exp(rapid.Float64Range(-3, 3).Draw(t, name)) }
		s := scene{arrivals: 50, end: 60, days: float64(7 * rapid.IntRange(0, 1).Draw(t, "in days"))}
		c := simulate(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 100).Draw(t, "n"),
			btydtest.Pareto(draw("r"), 10*draw("alpha"), draw("s"), 20*draw("beta")), s)
		f, err := FitParetoNBD(c.Histories, Options{})
		if err != nil {
			if !errors.Is(err, ErrTooFew) {
				t.Fatal(err)
			}
			return
		}
		if math.IsNaN(f.LL) || math.IsInf(f.LL, 0) || !f.Model.proper(History{}) {
			t.Fatalf("%+v", f)
		}
		for _, w := range f.Warnings {
			if w.Code == NotConverged {
				t.Fatalf("%+v", f)
			}
		}
		for i := range c.Histories.Len() {
			h := c.Histories.At(i)
			p, e := f.Model.Active(h, 30), f.Model.Expected(h, 30)
			if !(p >= 0 && p <= 1) || !(e >= p*(1-1e-9)) || math.IsInf(e, 0) {
				t.Fatalf("%+v of %+v: active %v, expected %v", f.Model, h, p, e)
			}
		}
	})
}
