package btyd

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The oracles below were computed at 40 digits.

// expectNear fails unless got is want within a relative error.
func expectNear(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(math.Abs(want), 1e-300)) && got != want {
		t.Errorf("%s = %.14g, want %.14g", what, got, want)
	}
}

var (
	oracleBG  = BGNBD{R: 0.2426, Alpha: 4.4137, A: 0.7930, B: 2.4262}
	oracleMBG = MBGNBD{R: 0.5248, Alpha: 6.1831, A: 0.8914, B: 1.6140}
)

func TestModels_equal_the_40_digit_oracle(t *testing.T) {
	for _, c := range []struct {
		model                       Model
		h                           History
		ll, alive, expected, active float64
	}{
		{oracleBG, History{X: 0, Tx: 0, T: 38.86}, -0.5538149753233, 1, 0.1947861410465, 0.1443313431157},
		{oracleBG, History{X: 1, Tx: 1.71, T: 38.86}, -4.470455145492, 0.2122367660279, 0.2032592971199, 0.1167178809295},
		{oracleBG, History{X: 2, Tx: 30.43, T: 38.86}, -9.459670789535, 0.726606636654, 1.225895485711, 0.5546056307613},
		{oracleBG, History{X: 7, Tx: 29.43, T: 38.86}, -21.8648228948, 0.6417811895137, 3.337060006456, 0.6356656663393},
		{oracleBG, History{X: 26, Tx: 30.86, T: 31}, -37.72851983912, 0.9689158904936, 20.74965401023, 0.9689158871553},
		{oracleBG, History{X: 10, Tx: 20, T: 39}, -24.28512964847, 0.03812137745217, 0.2766984113411, 0.03806768549028},
		{oracleBG, History{X: 25, Tx: 20, T: 39}, -31.51020582966, 1.630332434229e-5, 2.864031278913e-4, 1.63033228097e-5},
		{oracleBG, History{X: 200, Tx: 38, T: 39}, 99.99860288499, 0.7049484116255, 96.95789407924, 0.7049484116255},
		{oracleBG, History{X: 500, Tx: 38.5, T: 39}, 715.5185423769, 0.6580484769937, 225.8251915044, 0.6580484769937},
		{oracleBG, History{X: 1000, Tx: 10, T: 100}, 3225.159821589, 0, 0, 0},
		{oracleMBG, History{X: 0, Tx: 0, T: 38.86}, -0.5395655819734, 0.3897245332572, 0.153945160254, 0.1087912595345},
		{oracleMBG, History{X: 1, Tx: 1.71, T: 38.86}, -4.460543031996, 0.1708245049421, 0.188788714342, 0.1048278666476},
		{oracleMBG, History{X: 2, Tx: 30.43, T: 38.86}, -9.485906692522, 0.7061180002643, 1.262626705853, 0.559908654094},
		{oracleMBG, History{X: 26, Tx: 30.86, T: 31}, -38.32390123701, 0.9655512522124, 19.44765352192, 0.9655512469407},
		{oracleMBG, History{X: 10, Tx: 20, T: 39}, -24.31869708171, 0.04010773358334, 0.2815655190356, 0.04005033348922},
		{oracleMBG, History{X: 500, Tx: 38.5, T: 39}, 696.6842169203, 0.6820195760555, 219.9645930886, 0.6820195760555},
		{MBGNBD{R: 0.25, Alpha: 4, A: 0.8, B: 2.5}, History{X: 0, Tx: 0, T: 40}, -0.41792826, math.NaN(), math.NaN(), math.NaN()},
		{MBGNBD{R: 0.25, Alpha: 4, A: 0.8, B: 2.5}, History{X: 200, Tx: 38, T: 40}, 100.7869, math.NaN(), math.NaN(), math.NaN()},
	} {
		digits := 1e-12
		if math.IsNaN(c.alive) {
			digits = 1e-6 // published to fewer
			expectNear(t, c.model.Name()+" LL", c.model.LogLikelihood(c.h), c.ll, digits)
			continue
		}
		expectNear(t, c.model.Name()+" LL", c.model.LogLikelihood(c.h), c.ll, digits)
		expectNear(t, c.model.Name()+" alive", c.model.Alive(c.h), c.alive, digits)
		expectNear(t, c.model.Name()+" expected", c.model.Expected(c.h, 39), c.expected, digits)
		expectNear(t, c.model.Name()+" active", c.model.Active(c.h, 39), c.active, digits)
	}
}

func TestExpected_has_no_poles_and_does_not_overflow(t *testing.T) {
	a1 := BGNBD{R: 0.25, Alpha: 4.5, A: 1, B: 2.4}
	h := History{X: 3, Tx: 20, T: 39}
	expectNear(t, "at a = 1", a1.Expected(h, 39)/a1.Alive(h), 2.2946027902829, 1e-12)
	a1.A = 1 - 1e-6
	expectNear(t, "below a = 1", a1.Expected(h, 39), 0.9295877346767, 1e-12)
	a1.A = 1 + 1e-6
	expectNear(t, "above a = 1", a1.Expected(h, 39), 0.9295862633239, 1e-12)
	expectNear(t, "at a+b < 1", BGNBD{R: 0.11, Alpha: 2.24, A: 0.31, B: 0.5}.Expected(History{T: 1}, 30), 0.5645886155328, 1e-12)
	expectNear(t, "at a+b = 1", BGNBD{R: 0.11, Alpha: 2.24, A: 0.4, B: 0.6}.Expected(History{T: 10}, 30), 0.1969180015121, 1e-12)
	expectNear(t, "a century ahead", oracleBG.Expected(History{X: 1, Tx: 0.3, T: 0.5}, 5200), 26.9180984383, 1e-12)
	expectNear(t, "of x = 3000", oracleBG.Expected(History{X: 3000, Tx: 99.9, T: 100}, 39), 979.656113007, 1e-12)
}

func TestSeries_and_integral_agree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Float64Range(0.01, 30).Draw(t, "a")
		b := rapid.Float64Range(0.01, 500).Draw(t, "b")
		s := rapid.Float64Range(0.05, 500).Draw(t, "s")
		tau := math.Exp(rapid.Float64Range(-7, 3.9).Draw(t, "ln tau"))
		if d := a + b - 1 - s; d < -6 {
			t.Skip()
		}
		series, integral := geometricPurchases(a, b, s, tau), geometricPurchasesByIntegral(a, b, s, tau)
		if math.Abs(series-integral) > 1e-11*integral {
			t.Fatalf("series %v, integral %v", series, integral)
		}
	})
}

// The fits of the CDNOW sample, exact and as two R packages stop.
var (
	cdnowBG  = BGNBD{R: 0.24259452, Alpha: 4.41360202, A: 0.79292201, B: 2.42590675}
	cdnowMBG = MBGNBD{R: 0.52484316, Alpha: 6.18308528, A: 0.89135939, B: 1.61400224}
	btydBG   = BGNBD{R: 0.2425967, Alpha: 4.413659, A: 0.7929869, B: 2.426164}
	btydMBG  = MBGNBD{R: 0.524844, Alpha: 6.183093, A: 0.891388, B: 1.614048}
)

func TestModels_equal_published_customers_and_curves(t *testing.T) {
	best := History{X: 26, Tx: 216.0 / 7, T: 31} // customer 1516 of the CDNOW sample
	expectNear(t, "BG 1516 expected", btydBG.Expected(best, 52), 25.75659, 2e-7)
	expectNear(t, "BG 1516 alive", btydBG.Alive(best), 0.9688523, 1e-7)
	expectNear(t, "MBG 1516 expected", btydMBG.Expected(best, 52), 23.99789, 1e-7)
	expectNear(t, "MBG 1516 alive", btydMBG.Alive(best), 0.9654836, 1e-7)
	first := History{X: 2, Tx: 213.0 / 7, T: 272.0 / 7}
	expectNear(t, "BG customer 1", cdnowBG.Expected(first, 39), 1.226, 1e-3)
	expectNear(t, "MBG customer 1", cdnowMBG.Expected(first, 39), 1.2627, 1e-4)
	expectNear(t, "BG new", btydBG.ExpectedNew(52), 1.444004, 1e-6)
	expectNear(t, "MBG new", btydMBG.ExpectedNew(52), 1.418863, 6e-6)
	for i, at := range []float64{0.1429, 1, 3, 31.8571, 32, 78} {
		// The last was published as 1.8576; series and integral agree that it is not.
		want := []float64{0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8580}[i]
		if got := cdnowBG.ExpectedNew(at); math.Abs(got-want) > 6e-5 {
			t.Errorf("BG new(%v) = %v, want %v", at, got, want)
		}
	}
	// The increasing frequency paradox: who came more often and then as long not is less likely alive.
	for i, x := range []int{10, 15, 20, 25} {
		h := History{X: x, Tx: 20, T: 39}
		expectNear(t, "BG paradox", btydBG.Expected(h, 52), []float64{0.3474606, 0.04283391, 0.004158973, 0.0003583685}[i], 3e-7)
		expectNear(t, "MBG paradox", cdnowMBG.Expected(h, 52), []float64{0.3516813, 0.0497271, 0.0055716, 0.0005553}[i], 1e-4)
	}
}

func TestProbability_equals_the_published(t *testing.T) {
	m := BGNBD{R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}
	expectNear(t, "P(X(39)=0)", m.Probability(0, 39), 0.5737864, 1e-7)
	expectNear(t, "P(X(2)=10)", m.Probability(10, 2), 1.07869e-07, 1e-5)
	for i, want := range []float64{
		0.0019995214, 0.0015170236, 0.0011633150, 0.0009003148, 0.0007023638,
		0.0005517902, 0.0004361913, 0.0003467171, 0.0002769613, 0.0002222260,
	} {
		expectNear(t, "P(X(30)=n)", m.Probability(11+i, 30), want, 1e-6)
	}
	for n, want := range []float64{0.5826055, 0.1827646, 0.0868710, 0.0485508, 0.0297588, 0.0193756, 0.0131650, 0.0092337} {
		if got := btydMBG.Probability(n, 39); math.Abs(got-want) > 3e-7 {
			t.Errorf("MBG P(X(39)=%d) = %.8f, want %v", n, got, want)
		}
	}
	if p := m.Probability(200, 39); !(p > 0 && p < 1e-9) { // where Γ overflows
		t.Errorf("P(X(39)=200) = %v", p)
	}
}

func TestModels_predict_CDNOW_as_published(t *testing.T) {
	h := sampleWeeks(t)
	counts := [8]float64{}
	for _, age := range h.T {
		for n := range 7 {
			counts[n] += cdnowBG.Probability(n, age)
		}
	}
	counts[7] = float64(h.Len())
	for n := range 7 {
		counts[7] -= counts[n]
	}
	for n, want := range []float64{1407.7, 460.3, 192.5, 101.2, 59.8, 38.1, 25.5, 71.9} {
		if math.Abs(counts[n]-want) > 0.06 {
			t.Errorf("customers with %d repeat purchases: %.2f, want %v", n, counts[n], want)
		}
	}
	// BTYD counts time from the first customer's first purchase, 272 days before the end.
	for i, want := range []float64{1312.458, 1387.346, 1460.392, 1531.713, 1601.418, 1669.6} {
		sum := 0.0
		for _, age := range h.T {
			sum += btydBG.ExpectedNew(max(0, age+float64(20+i)-272.0/7))
		}
		if math.Abs(sum-want) > 0.06 {
			t.Errorf("BG/NBD: %.3f repeat purchases by week %d, want %v", sum, 20+i, want)
		}
	}
	for _, c := range []struct {
		model, rounded Model
		cohort         []float64 // cumulative repeat purchases at weeks 13, 26, …
		byX            []float64 // mean holdout purchases by x = 0 … 6, 7+
		total          float64
	}{
		{cdnowBG, btydBG, []float64{709.0, 1726.9, 2494.0, 3127.7, 3675.0, 4160.6},
			[]float64{0.2251, 0.5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.1570}, 1653.4},
		{cdnowMBG, btydMBG, []float64{711.1, 1726.1, 2475.6, 3083.0, 3598.9, 4049.9},
			[]float64{0.1852, 0.5514, 1.0489, 1.4929, 2.1043, 2.5635, 3.3608, 5.8484}, 1576.7},
	} {
		for i, want := range c.cohort {
			sum := 0.0
			for _, age := range h.T {
				sum += c.model.ExpectedNew(max(0, age+13*float64(i+1)-39))
			}
			if math.Abs(sum-want) > 0.06 {
				t.Errorf("%s: %.2f repeat purchases by week %d, want %v", c.model.Name(), sum, 13*(i+1), want)
			}
		}
		expected := make([]float64, h.Len())
		c.rounded.Score(Scores{Expected: expected}, h, 39)
		var sums, n [8]float64
		total := 0.0
		for i, e := range expected {
			sums[min(7, h.X[i])] += e
			n[min(7, h.X[i])]++
			total += e
		}
		for x, want := range c.byX {
			if got := sums[x] / n[x]; math.Abs(got-want) > 6e-5 {
				t.Errorf("%s: holdout purchases of x = %d: %.5f, want %v", c.model.Name(), x, got, want)
			}
		}
		if math.Abs(total-c.total) > 0.06 {
			t.Errorf("%s: %.2f holdout purchases, want %v", c.model.Name(), total, c.total)
		}
	}
}

// drawModel draws a model of the family, from hardly any heterogeneity to a lot.
func drawModel(t *rapid.T) geometric {
	draw := func(name string, from, to float64) float64 {
		return math.Exp(rapid.Float64Range(math.Log(from), math.Log(to)).Draw(t, name))
	}
	return geometric{
		r: draw("r", 0.05, 20), alpha: draw("alpha", 0.5, 50), a: draw("a", 0.05, 20), b: draw("b", 0.05, 20),
		k: rapid.IntRange(1, 6).Draw(t, "k"), modified: rapid.Bool().Draw(t, "modified"),
	}
}

func drawHistory(t *rapid.T) History {
	h := History{X: rapid.IntRange(0, 60).Draw(t, "x"), T: rapid.Float64Range(0, 150).Draw(t, "T")}
	if h.X > 0 {
		h.Tx = h.T * rapid.Float64Range(0, 1).Draw(t, "t_x/T")
	}
	return h
}

func TestProbabilities_sum_to_1_and_have_the_expected_mean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		at := rapid.Float64Range(0, 60).Draw(t, "t")
		sum, mean := 0.0, 0.0
		for n := 0; n < 200_000 && sum < 1-1e-13; n++ {
			p := m.probability(n, at)
			sum += p
			mean += float64(n) * p
			if n > 50 && p < 1e-15 {
				break
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("sum %v", sum)
		}
		if want := m.expectedNew(at); math.Abs(mean-want) > 1e-6*(1+want) {
			t.Fatalf("mean %v, expected %v", mean, want)
		}
	})
}

func TestConditional_probabilities_sum_to_1_and_have_the_expected_mean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawModel(t), drawHistory(t)
		at := rapid.Float64Range(0, 60).Draw(t, "t")
		sum, mean := 0.0, 0.0
		for n := 0; n < 50_000 && sum < 1-1e-13; n++ {
			p := m.conditional(h, n, at)
			sum += p
			mean += float64(n) * p
			if n > 5000 && p < 1e-15 {
				break
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("sum %v", sum)
		}
		if want := m.expected(h, at); math.Abs(mean-want) > 1e-6*(1+want) {
			t.Fatalf("mean %v, expected %v", mean, want)
		}
		// Nothing is known of a customer of age 0 that is not known of a new one.
		if n := rapid.IntRange(0, 20).Draw(t, "n"); math.Abs(m.conditional(History{}, n, at)-m.probability(n, at)) > 1e-12 {
			t.Fatalf("%d purchases: %v, new %v", n, m.conditional(History{}, n, at), m.probability(n, at))
		}
	})
}

// What is expected of a customer over t is what is expected by then and after, averaged over what may have
// happened; tested where nothing can have: a customer of age 0 is a new one, except for the chance to stop at once.
func TestExpected_of_a_customer_of_age_0_is_that_of_a_new_one(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, at := drawModel(t), rapid.Float64Range(0, 500).Draw(t, "t")
		if got, want := m.expected(History{}, at), m.expectedNew(at); math.Abs(got-want) > 1e-12*want {
			t.Fatalf("expected %v, new %v", got, want)
		}
	})
}

// The regular forms with K = 1, by their sums over events, are the plain models by their series.
func TestSum_over_events_equals_the_closed_form(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawModel(t), drawHistory(t)
		tau := math.Exp(rapid.Float64Range(-7, 3).Draw(t, "ln tau"))
		b, s := m.b+m.chances(h.X), m.r+float64(h.X)
		closed, sum := geometricPurchases(m.a, b, s, tau), regularPurchases(m.a, b, s, tau, 1, 0)
		if math.Abs(closed-sum) > 1e-10*closed {
			t.Fatalf("closed form %v, sum %v", closed, sum)
		}
	})
}

func TestActive_grows_with_time_to_alive_and_expected_exceeds_it(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawModel(t), drawHistory(t)
		alive, before, purchases := m.alive(h), 0.0, 0.0
		if !(alive >= 0 && alive <= 1) {
			t.Fatalf("alive %v", alive)
		}
		for at := 0.0; at < 1e6; at = 3*at + 0.1 {
			p, e := m.active(h, at), m.expected(h, at)
			if !(p >= before*(1-1e-12) && p <= alive*(1+1e-12)) || !(e >= p*(1-1e-9)) || !(e >= purchases*(1-1e-9)) {
				t.Fatalf("within %v: active %v after %v, alive %v, expected %v after %v", at, p, before, alive, e, purchases)
			}
			before, purchases = p, e
		}
		if p := m.active(h, math.Inf(1)); math.Abs(p-alive) > 1e-12 {
			t.Fatalf("active for ever %v, alive %v", p, alive)
		}
	})
}

func TestNextPurchase_is_the_inverse_of_Active(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawModel(t), drawHistory(t)
		alive := m.alive(h)
		q := alive * rapid.Float64Range(0.01, 0.9).Draw(t, "q/alive")
		if q == 0 {
			return
		}
		if got := m.active(h, m.next(h, q)); math.Abs(got-q) > 1e-9*q {
			t.Fatalf("active within next(%v) is %v", q, got)
		}
		if m.next(h, 0) != 0 || alive < 1 && !math.IsInf(m.next(h, alive), 1) {
			t.Fatal("the ends of next")
		}
	})
	// With alpha + T = 10 and r + x = 2, the median time of a customer surely alive is 10 (√2 - 1).
	m := BGNBD{R: 2, Alpha: 4, A: 1, B: 1}
	expectNear(t, "median", m.NextPurchase(History{T: 6}, 0.5), 10*(math.Sqrt2-1), 1e-15)
}

// Surprise is how P(active) would have been answered at the last purchase, by one who knew the customer to stay.
func TestSurprise_is_what_was_expected_at_the_last_purchase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawModel(t), drawHistory(t)
		then := History{X: h.X, Tx: h.Tx, T: h.Tx}
		want := m.comesWithin(then, h.T-h.Tx, make([]float64, m.k))
		if got := m.surprise(h); math.Abs(got-want) > 1e-12 {
			t.Fatalf("surprise %v, want %v", got, want)
		}
	})
}

func TestImpossible_questions_get_NaN(t *testing.T) {
	good := History{X: 2, Tx: 3, T: 5}
	for _, h := range []History{
		{X: -1, T: 5}, {X: 0, Tx: 1, T: 5}, {X: 1, Tx: 6, T: 5}, {X: 1, Tx: math.NaN(), T: 5}, {X: 1, Tx: 1, T: math.NaN()}, {X: 1, Tx: 1, T: math.Inf(1)},
	} {
		for _, got := range []float64{
			oracleBG.LogLikelihood(h), oracleBG.Alive(h), oracleBG.Active(h, 1), oracleBG.Expected(h, 1), oracleBG.Surprise(h), oracleBG.NextPurchase(h, 0.1), oracleBG.ConditionalProbability(h, 0, 1),
		} {
			if !math.IsNaN(got) {
				t.Errorf("%+v gives %v", h, got)
			}
		}
	}
	for _, m := range []Model{BGNBD{}, MBGNBD{R: 1, Alpha: -1, A: 1, B: 1}, BGCNBD{R: 1, Alpha: 1, A: 1, B: 1}, MBGCNBD{K: 1, R: 1, Alpha: 1, A: 1, B: math.NaN()}} {
		for _, got := range []float64{m.LogLikelihood(good), m.Alive(good), m.Active(good, 1), m.Expected(good, 1), m.ExpectedNew(1), m.Probability(1, 1)} {
			if !math.IsNaN(got) {
				t.Errorf("%+v gives %v", m, got)
			}
		}
	}
	for _, at := range []float64{-1, math.NaN()} {
		if !math.IsNaN(oracleBG.Active(good, at)) || !math.IsNaN(oracleBG.Expected(good, at)) || !math.IsNaN(oracleBG.ExpectedNew(at)) {
			t.Errorf("t = %v gives an answer", at)
		}
	}
	if !math.IsNaN(oracleBG.NextPurchase(good, 1.1)) || oracleBG.Probability(-1, 1) != 0 {
		t.Error("impossible probabilities")
	}
}

func FuzzGeometric(f *testing.F) {
	f.Add(0.2426, 4.4137, 0.793, 2.4262, byte(1), false, 2, 30.43, 38.86, 39.0)
	f.Add(0.5, 6.0, 1.0, 1.6, byte(3), true, 1000, 10.0, 100.0, 1e9)
	f.Add(1e-8, 1e8, 1e8, 1e-8, byte(12), true, 0, 0.0, 0.0, 0.0)
	f.Add(1e8, 1e-8, 1e-8, 1e8, byte(2), false, 3000, 39.0, 39.0, 1e-9)
	f.Add(0.02426, 30.8959, 92.793, 62.4262, byte(12), false, 169, 26.14, 86.86, 79.6) // tails too small for a number
	f.Fuzz(func(t *testing.T, r, alpha, a, b float64, k byte, modified bool, x int, tx, age, at float64) {
		m := geometric{r: r, alpha: alpha, a: a, b: b, k: int(k%16) + 1, modified: modified}
		h := History{X: x, Tx: tx, T: age}
		for _, p := range []float64{r, alpha, a, b} {
			if !(p >= 1e-8 && p <= 1e8) { // a fit ends within
				return
			}
		}
		if !m.valid(h) || x > 100_000 || age > 1e9 || !(at >= 0 && at < 1e9) {
			return
		}
		alive, active, expected := m.alive(h), m.active(h, at), m.expected(h, at)
		if !(alive >= 0 && alive <= 1) || !(active >= 0 && active <= alive) || !(expected >= 0) || math.IsInf(expected, 0) {
			t.Errorf("%+v of %+v: alive %v, active %v, expected %v", m, h, alive, active, expected)
		}
		if ll := m.logLikelihood(h); math.IsNaN(ll) || math.IsInf(ll, 1) {
			t.Errorf("%+v of %+v: LL %v", m, h, ll)
		}
		if s := m.surprise(h); !(s >= 0 && s <= 1) {
			t.Errorf("%+v of %+v: surprise %v", m, h, s)
		}
		if p := m.probability(min(x, 1000), at); !(p >= 0 && p <= 1+1e-9) {
			t.Errorf("%+v: probability %v", m, p)
		}
	})
}

// Where the rate is next to nothing and time is long, the terms of a negative binomial hardly fall.
func TestNegBinomialTail_far_out_equals_the_sum(t *testing.T) {
	for _, c := range []struct{ n, s, tau float64 }{{2, 1e-8, 1e4}, {7, 0.004, 1100}, {50, 0.03, 1500}, {900, 0.5, 1100}} {
		sum := 0.0
		for m := c.n; m < 60*c.tau; m++ {
			sum += math.Exp(lnNegBinomial(m, c.s, c.tau))
		}
		expectNear(t, "tail", negBinomialTail(c.n, c.s, c.tau), sum, 1e-9)
	}
	astray := BGCNBD{K: 7, R: 1.3e-8, Alpha: 1.5e6, A: 2e4, B: 1.5e-4}
	if next := astray.NextPurchase(History{T: 1e4}, 0.3); !math.IsInf(next, 1) {
		t.Errorf("the next purchase comes within %v", next)
	}
	if e := (MBGCNBD{K: 3, R: 1e-8, Alpha: 1e-6, A: 1, B: 1}).Expected(History{}, 1e4); !(e > 0 && e < 1) {
		t.Errorf("%v purchases expected", e)
	}
}
