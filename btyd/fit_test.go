package btyd

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/btyd/btydtest"
)

// sampleWeeks are the 2,357 customers of the CDNOW sample as the papers see them: in weeks, to 1997-09-30.
func sampleWeeks(t testing.TB) *Histories { return weeksTo(t, cdnowSample(t), "1997-09-30") }

func weeksTo(t testing.TB, p *purchases, end string) *Histories {
	t.Helper()
	log, err := NewLog(p.Events, p.Len())
	if err != nil {
		t.Fatal(err)
	}
	return log.Histories(Window{End: float64(date(end)), Unit: 7})
}

// expectEstimates compares estimates, their errors (none when nil) and the likelihood.
func expectEstimates[M any](t *testing.T, f Fit[M], err error, names []string, values, ses []float64, ll, digits, llDigits float64) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Warnings) > 0 {
		t.Errorf("warnings: %v", f.Warnings)
	}
	for i, e := range f.Estimates {
		if e.Name != names[i] || math.Abs(e.Value-values[i]) > digits*values[i] {
			t.Errorf("%s = %v, want %s = %v", e.Name, e.Value, names[i], values[i])
		}
		if ses != nil && e.Name != "k" && math.Abs(e.SE-ses[i]) > 1e-4*ses[i] {
			t.Errorf("SE of %s = %v, want %v", e.Name, e.SE, ses[i])
		}
	}
	if math.Abs(f.LL-ll) > llDigits {
		t.Errorf("LL = %.6f, want %.6f", f.LL, ll)
	}
}

func TestFits_of_CDNOW_equal_the_published(t *testing.T) {
	h := sampleWeeks(t)
	plain := []string{"r", "alpha", "a", "b"}
	bg, err := FitBGNBD(h, Options{})
	expectEstimates(t, bg, err, plain,
		[]float64{0.2425945, 4.4136020, 0.7929220, 2.4259068}, []float64{0.012557, 0.378224, 0.185734, 0.705414}, -9582.429207, 1e-6, 1e-6)
	mbg, err := FitMBGNBD(h, Options{})
	expectEstimates(t, mbg, err, plain,
		[]float64{0.5248432, 6.1830853, 0.8913594, 1.6140022}, []float64{0.083268, 0.695621, 0.154790, 0.537495}, -9582.135716, 1e-6, 1e-6)

	regular := []string{"k", "r", "alpha", "a", "b"}
	bgc, err := FitBGCNBD(h, Options{K: 2})
	expectEstimates(t, bgc, err, regular, []float64{2, 0.22692, 1.46292, 0.94400, 2.07432}, nil, -9855.327, 2e-5, 1e-3)
	bgc, err = FitBGCNBD(h, Options{K: 3})
	expectEstimates(t, bgc, err, regular, []float64{3, 0.21948, 0.83344, 1.02606, 2.09406}, nil, -10393.565, 5e-5, 1e-3)
	mbgc, err := FitMBGCNBD(h, Options{K: 2})
	expectEstimates(t, mbgc, err, regular, []float64{2, 0.57991, 2.28820, 1.13433, 1.58478}, nil, -9853.253, 2e-4, 1e-3)
	// CDNOW's customers buy at random: k = 1 has the highest likelihood, and is the plain model.
	bgc, err = FitBGCNBD(h, Options{})
	if err != nil || bgc.Model.K != 1 || bgc.LL != bg.LL || bgc.Model.R != bg.Model.R {
		t.Errorf("BG/CNBD-k: %+v, %v; want k = 1", bgc, err)
	}

	master := weeksTo(t, cdnowMaster(t), "1997-09-30")
	bg, err = FitBGNBD(master, Options{})
	expectEstimates(t, bg, err, plain,
		[]float64{0.251624, 4.788941, 0.723430, 2.161077}, nil, -95368.4439, 1e-5, 1e-3)
	for i, want := range []float64{0.00420, 0.1313, 0.0539, 0.1986} {
		expectNear(t, "SE", bg.Estimates[i].SE, want, 2e-3)
	}
	sum := 0.0
	expected := make([]float64, master.Len())
	bg.Model.Score(Scores{Expected: expected}, master, 39)
	for _, e := range expected {
		sum += e
	}
	expectNear(t, "BG/NBD holdout of CDNOW master", sum, 16873.75, 1e-6)
	mbg, err = FitMBGNBD(master, Options{})
	expectEstimates(t, mbg, err, plain, []float64{0.63714, 7.31029, 0.80747, 1.22839}, nil, mbg.LL, 1e-5, 0)
	sum = 0
	mbg.Model.Score(Scores{Expected: expected}, master, 39)
	for _, e := range expected {
		sum += e
	}
	expectNear(t, "MBG/NBD holdout of CDNOW master", sum, 15933.6, 1e-5)
}

func TestFit_LL_is_the_sum_over_customers(t *testing.T) {
	c := simulate(3, 500, btydtest.Geometric(0.8, 9, 0.7, 2, 2, false), scene{arrivals: 20, end: 60, days: 7})
	extremes(c.Histories)
	check := func(name string, m Model, ll float64, err error) {
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i := range c.Histories.Len() {
			sum += m.LogLikelihood(c.Histories.At(i))
		}
		expectNear(t, name, ll, sum, 1e-12)
	}
	bg, err := FitBGNBD(c.Histories, Options{})
	check("BG/NBD", bg.Model, bg.LL, err)
	mbg, err := FitMBGNBD(c.Histories, Options{})
	check("MBG/NBD", mbg.Model, mbg.LL, err)
	for k := range 4 {
		bgc, err := FitBGCNBD(c.Histories, Options{K: k + 1})
		check("BG/CNBD-k", bgc.Model, bgc.LL, err)
		mbgc, err := FitMBGCNBD(c.Histories, Options{K: k + 1})
		check("MBG/CNBD-k", mbgc.Model, mbgc.LL, err)
	}
}

// extremes puts customers of age 0, just back, and with thousands of purchases into h.
func extremes(h *Histories) *Histories {
	h.X[0], h.Tx[0], h.T[0] = 0, 0, 0
	h.X[1], h.Tx[1] = 2, h.T[1]
	h.X[2], h.Tx[2] = 3000, h.T[2]
	h.X[3], h.Tx[3] = 20_000, h.T[3]
	return h
}

func TestGradient_and_Hessian_equal_finite_differences(t *testing.T) {
	c := simulate(4, 300, btydtest.Geometric(0.8, 9, 0.7, 2, 2, true), scene{arrivals: 20, end: 60, days: 7})
	g, err := group(extremes(c.Histories))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		l := newLikelihood(g, rapid.IntRange(1, 5).Draw(t, "k"), rapid.Bool().Draw(t, "modified"))
		var u vector
		for i := range u {
			u[i] = rapid.Float64Range(-3, 3).Draw(t, "u")
		}
		value, gradient, hessian := l.at(u)
		const step = 1e-5
		noise := 1e-9 * math.Abs(value)
		for i := range u {
			up, down := u, u
			up[i] += step
			down[i] -= step
			above, ga, _ := l.at(up)
			below, gb, _ := l.at(down)
			if d := (above - below) / (2 * step); math.Abs(d-gradient[i]) > 1e-8*(1+math.Abs(d))+noise {
				t.Fatalf("gradient %d = %v, differences give %v", i, gradient[i], d)
			}
			for j := range u {
				if d := (ga[j] - gb[j]) / (2 * step); math.Abs(d-hessian[i][j]) > 1e-7*(1+math.Abs(d))+noise {
					t.Fatalf("Hessian %d %d = %v, differences give %v", i, j, hessian[i][j], d)
				}
			}
		}
	})
}

// A search must end in the same place however the same customers are told.
func TestFit_does_not_depend_on_how_it_is_told(t *testing.T) {
	c := simulate(5, 3000, btydtest.Geometric(0.5, 6, 0.8, 2, 1, true), scene{arrivals: 30, end: 80, days: 7})
	h := c.Histories
	want, err := FitMBGNBD(h, Options{})
	if err != nil || len(want.Warnings) > 0 {
		t.Fatal(err, want.Warnings)
	}
	same := func(how string, got Fit[MBGNBD], err error, unit float64) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		m, w := got.Model, want.Model
		expectNear(t, how+": r", m.R, w.R, 1e-7)
		expectNear(t, how+": alpha", m.Alpha, w.Alpha*unit, 1e-7)
		expectNear(t, how+": a", m.A, w.A, 1e-7)
		expectNear(t, how+": b", m.B, w.B, 1e-7)
		purchases := 0.0
		for _, x := range h.X {
			purchases += float64(x)
		}
		expectNear(t, how+": LL", got.LL, want.LL-purchases*math.Log(unit), 1e-11)
		for i := range got.Estimates {
			expectNear(t, how+": SE", got.Estimates[i].SE/got.Estimates[i].Value, want.Estimates[i].SE/want.Estimates[i].Value, 1e-6)
		}
	}
	got, err := FitMBGNBD(shuffled(h, 1), Options{})
	same("another order", got, err, 1)
	for _, unit := range []float64{7, 1e-3, 604800} {
		got, err = FitMBGNBD(inUnit(h, unit), Options{})
		same("another unit", got, err, unit)
	}
	continuous := *h
	continuous.Step = 0
	got, err = FitMBGNBD(&continuous, Options{})
	same("without grouping", got, err, 1)
	got, err = FitMBGNBD(shuffled(&continuous, 2), Options{})
	same("without grouping in another order", got, err, 1)
	m := want.Model
	got, err = FitMBGNBD(h, Options{Start: []float64{m.R, m.Alpha, m.A, m.B}})
	same("warm start", got, err, 1)
	if got.Evaluations > 2 {
		t.Errorf("a warm start at the top took %d evaluations", got.Evaluations)
	}
	got, err = FitMBGNBD(h, Options{Start: []float64{50, 0.1, 20, 0.01}})
	same("a start far away", got, err, 1)
}

func TestFit_of_a_large_base_begins_on_a_sample(t *testing.T) {
	c := simulate(6, 120_000, btydtest.Geometric(0.5, 6, 0.8, 2, 1, false), scene{arrivals: 104, end: 104})
	whole, err := FitBGNBD(c.Histories, Options{})
	if err != nil || len(whole.Warnings) > 0 {
		t.Fatal(err, whole.Warnings)
	}
	g, err := group(c.Histories)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := searchGeometric(g, g, 1, false, geometricStart(g), false)
	expectNear(t, "r", whole.Model.R, f.Model.r, 1e-8)
	if whole.Evaluations >= f.Evaluations {
		t.Errorf("%d evaluations after a sample, %d without", whole.Evaluations, f.Evaluations)
	}
}

func TestFits_recover_the_parameters_of_simulated_customers(t *testing.T) {
	for _, c := range []struct {
		r, alpha, a, b float64
		k              int
		modified       bool
	}{
		{0.25, 4.4, 0.8, 2.4, 1, false},
		{1.5, 10, 0.4, 3, 1, false},
		{0.5, 6, 0.9, 1.6, 1, true},
		{0.8, 3, 0.5, 2, 2, false},
		{1.2, 1.5, 0.4, 1.1, 4, true},
	} {
		crowd := simulate(7, 20_000, btydtest.Geometric(c.r, c.alpha, c.a, c.b, c.k, c.modified), scene{arrivals: 50, end: 100})
		f, err := fitGeometric(crowd.Histories, Options{}, regularities(Options{}), c.modified)
		if err != nil || len(f.Warnings) > 0 {
			t.Fatal(err, f.Warnings)
		}
		if f.Model.k != c.k {
			t.Errorf("k = %d, want %d", f.Model.k, c.k)
		}
		for i, want := range []float64{c.r, c.alpha, c.a, c.b} {
			e := f.Estimates[i+1]
			if math.Abs(e.Value-want) > 3.5*e.SE || e.SE > 0.2*want {
				t.Errorf("k = %d: %s = %v ± %v, want %v", c.k, e.Name, e.Value, e.SE, want)
			}
		}
	}
}

// The standard errors are those of repeated samples.
func TestStandard_errors_are_those_of_repeated_samples(t *testing.T) {
	const repeats = 60
	var values, errs [4][]float64
	for i := range repeats {
		c := simulate(uint64(100+i), 2000, btydtest.Geometric(0.6, 6, 0.9, 2.5, 1, true), scene{arrivals: 50, end: 100})
		f, err := FitMBGNBD(c.Histories, Options{})
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
			t.Errorf("SE of %s is %.2f times the spread of the estimates", geometricNames[j], ratio)
		}
	}
}

// crowds of known death, one for each model.
var knownDeaths = sync.OnceValue(func() map[bool]*crowd {
	s := scene{arrivals: 52, end: 104, later: 39}
	return map[bool]*crowd{
		false: simulate(8, 60_000, btydtest.Geometric(0.6, 5, 0.8, 2.4, 1, false), s),
		true:  simulate(9, 60_000, btydtest.Geometric(0.9, 3, 0.7, 1.6, 3, true), s),
	}
})

// Of customers whose P(alive) is about p, a share p is alive; likewise those who come, and how often.
func TestScores_are_calibrated_on_customers_whose_fate_is_known(t *testing.T) {
	for modified, c := range knownDeaths() {
		k := 1
		if modified {
			k = 3
		}
		f, err := fitGeometric(c.Histories, Options{}, []int{k}, modified)
		if err != nil {
			t.Fatal(err)
		}
		n := c.Histories.Len()
		s := Scores{Alive: make([]float64, n), Active: make([]float64, n), Expected: make([]float64, n)}
		f.Model.score(s, c.Histories, 39)
		expectCalibrated(t, c, s)
	}
}

// expectCalibrated compares what a crowd was said to do with what it did.
func expectCalibrated(t *testing.T, c *crowd, s Scores) {
	t.Helper()
	for name, bins := range map[string][10]calibrated{
		"P(alive)":  calibrate(s.Alive, func(i int) float64 { return oneIf(!c.Stopped[i]) }),
		"P(active)": calibrate(s.Active, func(i int) float64 { return oneIf(c.Later[i] > 0) }),
	} {
		for i, b := range bins {
			if error := 4 * math.Sqrt(0.25/math.Max(b.n, 1)); b.n > 100 && math.Abs(b.predicted-b.actual) > error {
				t.Errorf("%s in [%.1f, %.1f): predicted %.4f, was %.4f of %v", name, float64(i)/10, float64(i+1)/10, b.predicted, b.actual, b.n)
			}
		}
	}
	predicted, actual := 0.0, 0.0
	for i := range s.Expected {
		predicted += s.Expected[i]
		actual += float64(c.Later[i])
	}
	expectNear(t, "purchases to come", predicted, actual, 0.02)
}

type calibrated struct{ n, predicted, actual float64 }

func calibrate(p []float64, actual func(int) float64) (bins [10]calibrated) {
	for i, p := range p {
		b := &bins[min(9, int(p*10))]
		b.n++
		b.predicted += p
		b.actual += actual(i)
	}
	for i := range bins {
		bins[i].predicted /= bins[i].n
		bins[i].actual /= bins[i].n
	}
	return bins
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Online Retail's customers are wholesalers with long pauses: no model of the family finds that anybody left.
func TestFit_of_Online_Retail_says_that_it_is_at_the_boundary(t *testing.T) {
	p := onlineRetail(t)
	log, err := NewLog(p.Events, p.Len())
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"2011-06-30", "2011-09-09", "2011-12-09"} {
		h := log.Histories(Window{End: float64(date(end))})
		for _, modified := range []bool{false, true} {
			f, err := fitGeometric(h, Options{}, []int{1}, modified)
			if err != nil {
				t.Fatal(err)
			}
			if len(f.Warnings) == 0 || f.Warnings[0].Code != Boundary || f.Warnings[0].Param != "a" {
				t.Errorf("to %s: %+v, %v; want a at the boundary", end, f.Estimates, f.Warnings)
			}
			for _, e := range f.Estimates {
				if known := e.Name == "r" || e.Name == "alpha"; known == math.IsNaN(e.SE) {
					t.Errorf("to %s: SE of %s = %v", end, e.Name, e.SE)
				}
			}
			n := h.Len()
			s := Scores{Alive: make([]float64, n), Active: make([]float64, n), Expected: make([]float64, n)}
			f.Model.score(s, h, 90)
			for i := range n {
				x := float64(h.X[i])
				// What is left is the NBD model: its expectation is (r+x) t/(alpha+T).
				nbd := (f.Model.r + x) * 90 / (f.Model.alpha + h.T[i])
				if s.Alive[i] < 0.7 || !(s.Active[i] > 0 && s.Active[i] <= 1) || math.Abs(s.Expected[i]/nbd-1) > 0.3 {
					t.Fatalf("customer %+v: alive %v, active %v, expected %v; NBD expects %v", h.At(i), s.Alive[i], s.Active[i], s.Expected[i], nbd)
				}
			}
		}
	}
}

func TestFit_of_degenerate_customers_is_refused_or_warned_of(t *testing.T) {
	once := func(n int) *Histories {
		h := &Histories{X: make([]int32, n), Tx: make([]float64, n), T: make([]float64, n), Step: 1}
		for i := range h.T {
			h.T[i] = float64(i + 1)
		}
		return h
	}
	for name, h := range map[string]*Histories{
		"nobody":             {},
		"one customer":       {X: []int32{3}, Tx: []float64{20}, T: []float64{39}},
		"all one-time":       once(100),
		"all new":            {X: make([]int32, 9), Tx: make([]float64, 9), T: make([]float64, 9), Step: 1},
		"equal customers":    {X: []int32{3, 3, 3, 3, 3, 3}, Tx: []float64{20, 20, 20, 20, 20, 20}, T: []float64{39, 39, 39, 39, 39, 39}, Step: 1},
		"a handful in weeks": {X: []int32{3, 1, 0}, Tx: []float64{20, 3, 0}, T: []float64{39, 39, 39}, Step: 1},
	} {
		if f, err := FitMBGNBD(h, Options{}); !errors.Is(err, ErrTooFew) {
			t.Errorf("%s: %+v, %v; want ErrTooFew", name, f, err)
		}
	}
	for name, h := range map[string]*Histories{
		"NaN":             {X: []int32{1}, Tx: []float64{math.NaN()}, T: []float64{39}},
		"NaN age":         {X: []int32{1}, Tx: []float64{3}, T: []float64{math.NaN()}},
		"infinite":        {X: []int32{1}, Tx: []float64{3}, T: []float64{math.Inf(1)}},
		"after the end":   {X: []int32{1}, Tx: []float64{40}, T: []float64{39}},
		"negative":        {X: []int32{-1}, Tx: []float64{0}, T: []float64{39}},
		"unequal columns": {X: []int32{1, 1}, Tx: []float64{3}, T: []float64{39}},
	} {
		if f, err := FitBGNBD(h, Options{}); err == nil || errors.Is(err, ErrTooFew) {
			t.Errorf("%s: %+v, %v; want an error", name, f, err)
		}
	}
	uneven := cdnowLike(200).Histories
	uneven.T[7] += uneven.Step / 2
	if _, err := FitBGNBD(uneven, Options{}); err == nil {
		t.Error("times between steps went through")
	}
	uneven.Step = 0
	for _, o := range []Options{{Start: []float64{1}}, {Start: []float64{1, 1, 0, 1}}, {Start: []float64{1, 1, math.NaN(), 1}}} {
		if _, err := FitBGNBD(uneven, o); err == nil {
			t.Errorf("start %v went through", o.Start)
		}
	}
	if _, err := FitBGCNBD(uneven, Options{K: -1}); err == nil {
		t.Error("k = -1 went through")
	}
	uneven.LogGaps = nil
	if _, err := FitBGCNBD(uneven, Options{K: 2}); err == nil {
		t.Error("k = 2 without LogGaps went through")
	}

	// Customers who differ in nothing but chance, and of whom nobody leaves.
	alike := func(rng *rand.Rand, times []float64, horizon float64) ([]float64, float64) {
		for t := rng.ExpFloat64() * 5; t <= horizon; t += rng.ExpFloat64() * 5 {
			times = append(times, t)
		}
		return times, math.Inf(1)
	}
	c := simulate(10, 2000, alike, scene{arrivals: 20, end: 80, later: 20, days: 7})
	f, err := FitBGNBD(c.Histories, Options{})
	if err != nil {
		t.Fatal(err)
	}
	warned := map[string]bool{}
	for _, w := range f.Warnings {
		if w.Code == Boundary && w.Text != "" {
			warned[w.Param] = true
		}
	}
	if !warned["a"] || !warned["r"] || !warned["alpha"] {
		t.Errorf("warnings %v; want a, r and alpha at the boundary", f.Warnings)
	}
	expectNear(t, "the rate of all", f.Model.R/f.Model.Alpha, 0.2, 0.03)
	expectNear(t, "the purchases of a customer", f.Model.Expected(c.Histories.At(0), 20), 4, 0.05)
}

// Small data can have several tops: no start may find a higher one than the fit did.
func TestFit_of_few_customers_finds_the_highest_top(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) float64 { return math.Exp(rapid.Float64Range(-2, 2).Draw(t, name)) }
		modified := rapid.Bool().Draw(t, "modified")
		c := simulate(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(20, 300).Draw(t, "n"),
			btydtest.Geometric(draw("r"), 5*draw("alpha"), draw("a"), draw("b"), 1, modified), scene{arrivals: 104, end: 104, later: 39, days: 7})
		f, err := fitGeometric(c.Histories, Options{}, []int{1}, modified)
		if err != nil {
			return
		}
		other, err := fitGeometric(c.Histories, Options{Start: []float64{draw("from r"), draw("from alpha"), draw("from a"), draw("from b")}}, []int{1}, modified)
		if err != nil || other.LL > f.LL+1e-3 {
			t.Fatalf("%+v is not as high as %+v, %v", f, other, err)
		}
	})
}

// Whatever the customers, a fit arrives or says that it did not, and never gives nonsense for an answer.
func TestFit_of_any_customers_gives_no_nonsense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) float64 { return math.Exp(rapid.Float64Range(-3, 3).Draw(t, name)) }
		k, modified := rapid.IntRange(1, 3).Draw(t, "k"), rapid.Bool().Draw(t, "modified")
		s := scene{arrivals: 50, end: 60, days: float64(7 * rapid.IntRange(0, 1).Draw(t, "in days"))}
		c := simulate(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 200).Draw(t, "n"),
			btydtest.Geometric(draw("r"), 10*draw("alpha"), draw("a"), draw("b"), k, modified), s)
		f, err := fitGeometric(c.Histories, Options{}, []int{k}, rapid.Bool().Draw(t, "fit modified"))
		if err != nil {
			if !errors.Is(err, ErrTooFew) {
				t.Fatal(err)
			}
			return
		}
		if math.IsNaN(f.LL) || math.IsInf(f.LL, 0) || !f.Model.proper() {
			t.Fatalf("%+v", f)
		}
		for _, w := range f.Warnings {
			if w.Code == NotConverged {
				t.Fatalf("%+v", f)
			}
		}
		for i := range c.Histories.Len() {
			h := c.Histories.At(i)
			p, e := f.Model.active(h, 30), f.Model.expected(h, 30)
			if !(p >= 0 && p <= 1) || !(e >= p*(1-1e-9)) || math.IsInf(e, 0) {
				t.Fatalf("%+v of %+v: active %v, expected %v", f.Model, h, p, e)
			}
		}
	})
}

func TestFit_of_customers_who_come_by_the_clock_says_that_k_may_be_larger(t *testing.T) {
	warned := func(k int) (chosen int, warned bool) {
		c := simulate(9, 1500, btydtest.Geometric(3, 3/float64(k), 0.5, 2, k, true), scene{arrivals: 20, end: 40})
		fit, err := FitMBGCNBD(c.Histories, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return fit.Model.K, slices.ContainsFunc(fit.Warnings, func(w Warning) bool { return w.Code == Clockwork && w.Param == "k" })
	}
	if k, yes := warned(25); k != 12 || !yes {
		t.Errorf("every 25th event: k is %d, warned %v", k, yes)
	}
	if k, yes := warned(3); k != 3 || yes {
		t.Errorf("every 3rd event: k is %d, warned %v", k, yes)
	}
}

func TestFit_refuses_steps_that_are_none(t *testing.T) {
	h := &Histories{X: []int32{0, 1, 2, 3, 1, 2}, Tx: []float64{0, 1, 2, 3, 4, 5}, T: []float64{6, 6, 6, 6, 6, 6}}
	for _, step := range []float64{-1, math.NaN(), math.Inf(1)} {
		h.Step = step
		if _, err := FitMBGNBD(h, Options{}); err == nil || errors.Is(err, ErrTooFew) {
			t.Errorf("step %v: %v", step, err)
		}
		if err := h.Check(); err == nil {
			t.Errorf("step %v is accepted", step)
		}
	}
}
