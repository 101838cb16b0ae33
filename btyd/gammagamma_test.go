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

// The estimates of BTYD for the CDNOW sample.
var cdnowSpend = GammaGamma{P: 6.249349, Q: 3.744256, Gamma: 15.444307}

func TestGammaGamma_equals_the_published_customers(t *testing.T) {
	expectNear(t, "E[M|m=40,x=2]", cdnowSpend.Expected(2, 40), 39.13052, 1e-6)
	expectNear(t, "E[M|m=35,x=3]", cdnowSpend.Expected(3, 35), 35.02177, 1e-6)
	// The first ten customers of Hardie's note 025.
	p := cdnowSample(t)
	h := weeksTo(t, p, "1997-09-30")
	f, err := FitGammaGamma(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float64, h.Len())
	f.Model.Score(got, h)
	for i, want := range []float64{24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17} {
		if math.Abs(got[i]-want) > 0.01 {
			t.Errorf("customer %d is expected to spend %.3f, want %.2f", i+1, got[i], want)
		}
	}
}

func TestFitGammaGamma_of_CDNOW_equals_the_published(t *testing.T) {
	names := []string{"p", "q", "gamma"}
	f, err := FitGammaGamma(sampleWeeks(t), Options{})
	expectEstimates(t, f, err, names, []float64{6.249572, 3.744225, 15.443521}, []float64{1.190055, 0.2901331, 4.159423}, -4055.917695, 1e-6, 1e-6)
	expectNear(t, "mean", f.Model.Mean(), 35.1704, 1e-6)
	for i, want := range []float64{1.1897, 0.2902, 4.1600} { // of lifetimes, from a numeric Hessian
		expectNear(t, "SE of "+names[i], f.Estimates[i].SE, want, 5e-4)
	}
	if f.Customers != 946 {
		t.Errorf("%d customers with repeat purchases, want 946", f.Customers)
	}

	f, err = FitGammaGamma(weeksTo(t, cdnowMaster(t), "1997-09-30"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{6.27536, 3.62445, 14.9837} {
		expectNear(t, names[i], f.Estimates[i].Value, want, 2e-6)
	}
	expectNear(t, "mean", f.Model.Mean(), 35.8277, 2e-6)
	if len(f.Warnings) != 1 || f.Warnings[0].Code != Dropped { // one customer had everything for nothing
		t.Errorf("warnings %v, want one of a customer left out", f.Warnings)
	}

	retail := onlineRetail(t)
	h, err := Summarize(retail.Events, retail.Len(), Window{End: float64(date("2011-12-09"))})
	if err != nil {
		t.Fatal(err)
	}
	f, err = FitGammaGamma(h, Options{})
	if err != nil || len(f.Warnings) > 0 {
		t.Fatal(err, f.Warnings)
	}
	for i, want := range []float64{2.10338, 3.45118, 485.888} {
		expectNear(t, names[i], f.Estimates[i].Value, want, 2e-6)
	}
	expectNear(t, "mean", f.Model.Mean(), 416.947, 3e-6)
}

// simulateSpend makes up customers of g, who buy by a geometric distribution.
func simulateSpend(seed uint64, n int, g GammaGamma) *Histories {
	rng := rand.New(rand.NewPCG(seed, 2))
	h := &Histories{Spend: make([]float64, n), Purchases: make([]int32, n)}
	for i := range n {
		rate := btydtest.Gamma(rng, g.Q) / g.Gamma
		for rng.Float64() < 0.7 {
			h.Purchases[i]++
			h.Spend[i] += btydtest.Gamma(rng, g.P) / rate
		}
		if h.Purchases[i] > 0 {
			h.Spend[i] /= float64(h.Purchases[i])
		}
	}
	return h
}

func TestFitGammaGamma_recovers_the_parameters_of_simulated_customers(t *testing.T) {
	for _, g := range []GammaGamma{{6.25, 3.74, 15.44}, {0.8, 2.5, 300}, {20, 6, 1e6}} {
		h := simulateSpend(1, 20_000, g)
		f, err := FitGammaGamma(h, Options{})
		if err != nil || len(f.Warnings) > 0 {
			t.Fatal(err, f.Warnings)
		}
		for i, p := range g.Parameters() {
			e := f.Estimates[i]
			if math.Abs(e.Value-p.Value) > 3.5*e.SE || e.SE > 0.2*p.Value {
				t.Errorf("%+v: %s = %v ± %v", g, e.Name, e.Value, e.SE)
			}
		}
		// The likelihood is the sum over customers, in whatever order and currency.
		sum := 0.0
		for i, x := range h.Purchases {
			if x > 0 {
				sum += f.Model.LogLikelihood(int(x), h.Spend[i])
			}
		}
		expectNear(t, "LL", f.LL, sum, 1e-12)
		cents := &Histories{Spend: slices.Clone(h.Spend), Purchases: slices.Clone(h.Purchases)}
		slices.Reverse(cents.Purchases)
		slices.Reverse(cents.Spend)
		for i := range cents.Spend {
			cents.Spend[i] *= 100
		}
		again, err := FitGammaGamma(cents, Options{Start: []float64{1, 1, 1}})
		if err != nil {
			t.Fatal(err)
		}
		expectNear(t, "p in cents", again.Model.P, f.Model.P, 1e-6)
		expectNear(t, "q in cents", again.Model.Q, f.Model.Q, 1e-6)
		expectNear(t, "gamma in cents", again.Model.Gamma, 100*f.Model.Gamma, 1e-6)
		expectNear(t, "SE of gamma in cents", again.Estimates[2].SE, 100*f.Estimates[2].SE, 1e-5)
	}
}

func TestFitGammaGamma_gradient_and_Hessian_equal_finite_differences(t *testing.T) {
	f, _, err := newSpending(simulateSpend(2, 200, GammaGamma{6, 3.7, 15}))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		var u vector
		for i := range 3 {
			u[i] = rapid.Float64Range(-3, 3).Draw(t, "u")
		}
		_, gradient, hessian := f.at(u)
		const step = 1e-5
		for i := range 3 {
			up, down := u, u
			up[i] += step
			down[i] -= step
			above, ga, _ := f.at(up)
			below, gb, _ := f.at(down)
			if d := (above - below) / (2 * step); math.Abs(d-gradient[i]) > 1e-7*(1+math.Abs(d)) {
				t.Fatalf("gradient %d = %v, differences give %v", i, gradient[i], d)
			}
			for j := range 3 {
				if d := (ga[j] - gb[j]) / (2 * step); math.Abs(d-hessian[i][j]) > 1e-6*(1+math.Abs(d)) {
					t.Fatalf("Hessian %d %d = %v, differences give %v", i, j, hessian[i][j], d)
				}
			}
		}
	})
}

func TestFitGammaGamma_warns_of_what_it_cannot_know(t *testing.T) {
	warned := func(h *Histories) (codes []WarningCode, f Fit[GammaGamma]) {
		t.Helper()
		f, err := FitGammaGamma(h, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range f.Warnings {
			if w.Text == "" {
				t.Errorf("%s without a text", w.Code)
			}
			codes = append(codes, w.Code)
		}
		return codes, f
	}
	// Spend so uneven that it has no mean.
	codes, f := warned(simulateSpend(3, 5000, GammaGamma{2, 0.8, 10}))
	if !slices.Equal(codes, []WarningCode{InfiniteMean}) || !math.IsInf(f.Model.Mean(), 1) {
		t.Errorf("q = %v: %v, mean %v", f.Model.Q, codes, f.Model.Mean())
	}
	// Frequent customers spend more.
	h := simulateSpend(4, 5000, GammaGamma{6, 4, 15})
	for i, x := range h.Purchases {
		h.Spend[i] *= 1 + 0.2*float64(x)
	}
	if codes, _ := warned(h); !slices.Equal(codes, []WarningCode{Correlated}) {
		t.Errorf("correlated spend: %v", codes)
	}
	// Returns and gifts.
	h = simulateSpend(5, 5000, GammaGamma{6, 4, 15})
	n := 0
	for _, x := range h.Purchases {
		n += int(min(x, 1))
	}
	for i := range 10 {
		h.Spend[i], h.Purchases[i] = float64(-i), int32(1+i)
	}
	if codes, f := warned(h); !slices.Equal(codes, []WarningCode{Dropped}) || f.Customers > n || f.Customers < n-10 {
		t.Errorf("returns: %v, %d customers of %d", codes, f.Customers, n)
	}
	// Nobody varies: each customer has a price of his own, or all have the same.
	own := &Histories{}
	common := &Histories{}
	rng := rand.New(rand.NewPCG(6, 3))
	for range 3000 {
		x := int32(1 + rng.IntN(20))
		own.Purchases, own.Spend = append(own.Purchases, x), append(own.Spend, 10/btydtest.Gamma(rng, 3))
		sum := 0.0
		for range x {
			sum += btydtest.Gamma(rng, 2)
		}
		common.Purchases, common.Spend = append(common.Purchases, x), append(common.Spend, sum/float64(x))
	}
	codes, f = warned(common)
	if !slices.Contains(codes, Boundary) && !slices.Contains(codes, Flat) {
		t.Errorf("customers who do not differ: %v, %+v", codes, f.Estimates)
	}
	expectNear(t, "the mean of all", f.Model.Expected(3, 5), 2, 0.05)
	if _, f = warned(own); math.Abs(f.Model.Expected(3, 50)-50) > 1 {
		t.Errorf("customers with prices of their own: %+v", f)
	}
}

func TestFitGammaGamma_refuses_nothing_to_fit_and_nonsense(t *testing.T) {
	for name, h := range map[string]*Histories{
		"nothing":      {},
		"no repeats":   {Spend: []float64{0, 0, 0, 0, 0}, Purchases: []int32{0, 0, 0, 0, 0}},
		"three":        {Spend: []float64{1, 2, 3}, Purchases: []int32{1, 1, 2}},
		"all the same": {Spend: []float64{5, 5, 5, 5, 5}, Purchases: []int32{1, 1, 2, 3, 4}},
	} {
		if _, err := FitGammaGamma(h, Options{}); !errors.Is(err, ErrTooFew) {
			t.Errorf("%s: %v, want ErrTooFew", name, err)
		}
	}
	for name, h := range map[string]*Histories{
		"NaN":      {Spend: []float64{math.NaN()}, Purchases: []int32{1}},
		"infinite": {Spend: []float64{math.Inf(1)}, Purchases: []int32{1}},
		"negative": {Spend: []float64{1}, Purchases: []int32{-1}},
		"unequal":  {Spend: []float64{1, 2}, Purchases: []int32{1}},
	} {
		if _, err := FitGammaGamma(h, Options{}); err == nil || errors.Is(err, ErrTooFew) {
			t.Errorf("%s: %v, want an error", name, err)
		}
	}
	if _, err := FitGammaGamma(simulateSpend(1, 100, cdnowSpend), Options{Start: []float64{1, 2}}); err == nil {
		t.Error("a start of two parameters went through")
	}
	for _, got := range []float64{
		GammaGamma{}.Mean(), GammaGamma{}.Expected(1, 1), cdnowSpend.Expected(-1, 1), cdnowSpend.Expected(1, -1), cdnowSpend.LogLikelihood(0, 1), cdnowSpend.LogLikelihood(1, math.NaN()),
	} {
		if !math.IsNaN(got) {
			t.Errorf("an impossible question gives %v", got)
		}
	}
	if got := (GammaGamma{0.1, 0.5, 1}).Expected(2, 3); !math.IsInf(got, 1) {
		t.Errorf("without a mean, expected %v", got)
	}
}

func TestGammaGamma_expects_between_the_own_mean_and_that_of_all(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, from, to float64) float64 {
			return math.Exp(rapid.Float64Range(math.Log(from), math.Log(to)).Draw(t, name))
		}
		g := GammaGamma{P: draw("p", 0.1, 50), Q: 1 + draw("q-1", 0.1, 50), Gamma: draw("gamma", 0.01, 1e6)}
		x, mean := rapid.IntRange(1, 3000).Draw(t, "x"), draw("m", 0.01, 1e6)
		low, high := min(mean, g.Mean()), max(mean, g.Mean())
		if e := g.Expected(x, mean); e < low*(1-1e-12) || e > high*(1+1e-12) {
			t.Fatalf("expected %v, own %v, all %v", e, mean, g.Mean())
		}
	})
	if got := cdnowSpend.Expected(0, 0); got != cdnowSpend.Mean() {
		t.Errorf("a new customer spends %v, all %v", got, cdnowSpend.Mean())
	}
}

func FuzzGammaGamma(f *testing.F) {
	f.Add(6.25, 3.74, 15.44, 2, 40.0)
	f.Add(1e-8, 1e-8, 1e8, 3000, 1e-9)
	f.Add(1e8, 1e8, 1e-8, 1, 1e9)
	f.Fuzz(func(t *testing.T, p, q, gamma float64, x int, mean float64) {
		for _, v := range []float64{p, q, gamma} {
			if !(v >= 1e-8 && v <= 1e8) {
				return
			}
		}
		if x < 1 || x > 100_000 || !(mean >= 1e-9 && mean <= 1e12) {
			return
		}
		g := GammaGamma{P: p, Q: q, Gamma: gamma}
		if e := g.Expected(x, mean); !(e > 0) {
			t.Errorf("%+v expects %v of %d at %v", g, e, x, mean)
		}
		if ll := g.LogLikelihood(x, mean); math.IsNaN(ll) || math.IsInf(ll, 0) {
			t.Errorf("%+v: LL %v of %d at %v", g, ll, x, mean)
		}
	})
}
