package btyd

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

var oraclePareto = ParetoNBD{R: 0.5533, Alpha: 10.5776, S: 0.6062, Beta: 11.6679}

func TestParetoNBD_equals_the_40_digit_oracle(t *testing.T) {
	atOne, equal := ParetoNBD{0.5, 10, 1, 12}, ParetoNBD{0.5, 10, 0.75, 10}
	for _, c := range []struct {
		m                           ParetoNBD
		h                           History
		ll, alive, expected, active float64
	}{
		{oraclePareto, History{X: 0, Tx: 0, T: 38.86}, -0.5212277429233, 0.2950992595254, 0.1070657481566, 0.0692700713721},
		{oraclePareto, History{X: 1, Tx: 1.71, T: 38.86}, -4.449691704616, 0.1678733014832, 0.1709852863269, 0.0865815978468},
		{oraclePareto, History{X: 2, Tx: 30.43, T: 38.86}, -9.554294202035, 0.8691210957041, 1.455137064007, 0.5919148972401},
		{oraclePareto, History{X: 10, Tx: 20, T: 39}, -24.67024417101, 0.08038976934208, 0.5549606166893, 0.07598686807526},
		{oraclePareto, History{X: 26, Tx: 30.86, T: 31}, -39.13065283168, 0.9979179892218, 20.11598407133, 0.9761818975600},
		{oraclePareto, History{X: 200, Tx: 38, T: 39}, 78.09855536787, 0.85128667392228, 111.680858799395, 0.8487760707153},
		{oraclePareto, History{X: 500, Tx: 38.5, T: 39}, 654.7384948784, 0.84101430744984, 275.376458590861, 0.8400188428106},
		{oraclePareto, History{X: 1000, Tx: 10, T: 100}, 2876.160489018599, 0, 0, 0}, // 1e-728
		{oraclePareto, History{X: 3000, Tx: 99.9, T: 100}, 6900.156449731576, 0.9971858991121926, 960.6677154738676, 0.996986444509389},
		{atOne, History{X: 3, Tx: 20, T: 39}, -12.30418323067549, 0.3737360087619293, 0.7732914607158424, 0.2714752673993919},
		{equal, History{X: 3, Tx: 20, T: 39}, -12.22541594299332, 0.4457574547527865, 0.9837376566401092, 0.3366112336554142},
		{ParetoNBD{2, 500, 0.75, 2}, History{X: 3, Tx: 20, T: 39}, -17.59861659457757, 0.601691816558067, 0.1664963051629505, 0.1380511737603636},
		{ParetoNBD{0.25, 0.5, 0.1, 900}, History{X: 30, Tx: 20, T: 39}, -30.21040355479056, 3.170492837833754e-5, 0.000944996739758664, 3.170037613340029e-5},
	} {
		expectNear(t, "LL", c.m.LogLikelihood(c.h), c.ll, 1e-12)
		expectNear(t, "alive", c.m.Alive(c.h), c.alive, 1e-12)
		expectNear(t, "expected", c.m.Expected(c.h, 39), c.expected, 1e-12)
		expectNear(t, "active", c.m.Active(c.h, 39), c.active, 1e-12)
	}
	for n, want := range map[int]float64{
		0: 0.5935173520531541, 1: 0.1655879011952603, 2: 0.08250692831192928, 7: 0.01071271381421443, 40: 1.489942715175783e-6, 200: 1.474315789341818e-23,
	} {
		expectNear(t, "P(X(39)=n)", oraclePareto.Probability(n, 39), want, 1e-12)
	}
	expectNear(t, "P(X(1)=3)", oraclePareto.Probability(3, 1), 0.000216076518654517, 1e-12)
	expectNear(t, "P(X(520)=3)", oraclePareto.Probability(3, 520), 0.04317908681686449, 1e-12)
	for n, want := range map[int]float64{0: 0.4080851027598863, 1: 0.2192664075603485, 3: 0.09565393942506897} {
		expectNear(t, "P(n more in 39)", oraclePareto.ConditionalProbability(History{X: 2, Tx: 30.43, T: 38.86}, n, 39), want, 1e-12)
	}
}

func TestParetoNBD_equals_published_customers_and_curves(t *testing.T) {
	// The curve of BTYD's documentation, at the parameters given there.
	m := ParetoNBD{R: 0.55, Alpha: 10.56, S: 0.61, Beta: 11.64}
	for at, want := range []float64{0, 0.05077821, 0.09916088, 0.14542507, 0.18979930, 0.23247466, 0.27361274, 0.31335159, 0.35181024, 0.38909211} {
		expectNear(t, "E[X(t)]", m.ExpectedNew(float64(at)), want, 1e-7)
	}
	// Customer 1516 of CDNOW and the increasing-frequency paradox, at parameters that are published rounded.
	h := History{X: 26, Tx: 30.857142857142858, T: 31}
	expectNear(t, "E[Y(52)] of 1516", oraclePareto.Expected(h, 52), 25.45647, 1e-4)
	expectNear(t, "P(alive) of 1516", oraclePareto.Alive(h), 0.997874, 1e-6)
	expectNear(t, "E[X(52)]", oraclePareto.ExpectedNew(52), 1.473434, 1e-4)
	expectNear(t, "E[Y(39)] of customer 1", oraclePareto.Expected(History{X: 2, Tx: 30.43, T: 38.86}, 39), 1.4551, 1e-4)
	for x, want := range map[int]float64{10: 0.7062289, 15: 0.1442396, 20: 0.02250658, 25: 0.00309267} {
		expectNear(t, "the paradox", oraclePareto.Expected(History{X: x, Tx: 20, T: 39}, 52), want, 1e-3)
	}
	// Where packages underflowed or overflowed.
	m = ParetoNBD{R: 0.55, Alpha: 10.58, S: 0.61, Beta: 11.67}
	expectNear(t, "x = 132", m.Expected(History{X: 132, Tx: 200, T: 200}, 10), 6.206052, 1e-6)
	expectNear(t, "x = 133", m.Expected(History{X: 133, Tx: 200, T: 200}, 10), 6.252872, 1e-6)
	for _, c := range []struct {
		m ParetoNBD
		h History
	}{
		{ParetoNBD{0.5143, 2.8845, 0.2856, 14.1087}, History{X: 221, Tx: 103.42857, T: 103.57143}},
		{ParetoNBD{0.5143, 2.8845, 0.2856, 14.1087}, History{X: 254, Tx: 97.14286, T: 97.28571}},
		{ParetoNBD{0.5143, 2.8845, 0.2856, 14.1087}, History{X: 161, Tx: 94.71429, T: 98}},
		{ParetoNBD{0.5143, 2.8845, 0.2856, 14.1087}, History{X: 204, Tx: 98.57143, T: 99.42857}},
		{ParetoNBD{10.465, 0.00798565181, 3.0516, 2.820}, History{X: 400, Tx: 5, T: 6}},
		{ParetoNBD{10.465, 0.00798565181, 3.0516, 2.820}, History{X: 500, Tx: 1, T: 37}},
		{ParetoNBD{10.465, 0.00798565181, 3.0516, 2.820}, History{X: 500, Tx: 4, T: 37}},
	} {
		if p := c.m.Alive(c.h); !(p >= 0 && p <= 1) {
			t.Errorf("P(alive) of %+v is %v", c.h, p)
		}
	}
}

// Mean and total holdout purchases of the CDNOW sample, as BTYD's documentation has them.
func TestParetoNBD_predicts_CDNOW_as_published(t *testing.T) {
	p := cdnowSample(t)
	h := weeksTo(t, p, "1997-09-30")
	fit, err := FitParetoNBD(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	expected := make([]float64, h.Len())
	fit.Model.Score(Scores{Expected: expected}, h, 39)
	var n, sum [8]float64
	total := 0.0
	for i, e := range expected {
		x := min(7, h.X[i])
		n[x]++
		sum[x] += e
		total += e
	}
	for x, want := range []float64{0.1384, 0.5994, 1.1958, 1.7138, 2.3983, 2.9071, 3.8185, 6.4029} {
		expectNear(t, "mean of x", sum[x]/n[x], want, 5e-4)
	}
	expectNear(t, "total", total, 1665.4, 1e-4)

	// Repeat purchases of the cohort by the end of a week. T is the time to day 272 of 1997.
	cohort := func(until float64) (sum float64) {
		for i := range h.Len() {
			if since := h.T[i] - until; since > 0 {
				sum += fit.Model.ExpectedNew(since)
			}
		}
		return sum
	}
	for week, want := range map[float64]float64{13: 698.8, 26: 1733.1, 39: 2524.9, 52: 3184.4, 65: 3757.9, 78: 4270.0} {
		expectNear(t, "purchases of the cohort", cohort(39-week), want, 1e-4)
	}
	// BTYD counts weeks from the day of the first purchase.
	for week, want := range map[float64]float64{20: 1308.856, 21: 1385.275, 22: 1459.923, 23: 1532.906, 24: 1604.32, 25: 1674.253} {
		expectNear(t, "purchases of the cohort, by BTYD", cohort(272.0/7-week), want, 1e-4)
	}
}

// drawPareto draws parameters, from hardly any heterogeneity to a lot.
func drawPareto(t *rapid.T) ParetoNBD {
	draw := func(name string, from, to float64) float64 {
		return math.Exp(rapid.Float64Range(math.Log(from), math.Log(to)).Draw(t, name))
	}
	return ParetoNBD{R: draw("r", 0.05, 20), Alpha: draw("alpha", 0.5, 50), S: draw("s", 0.05, 20), Beta: draw("beta", 0.5, 500)}
}

func TestParetoNBD_probabilities_sum_to_1_and_have_the_expected_mean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawPareto(t), drawHistory(t)
		at := (m.Alpha + h.T) * rapid.Float64Range(0, 5).Draw(t, "t")
		sum, mean := 0.0, 0.0
		for n := 0; n < 3000; n++ {
			p := m.ConditionalProbability(h, n, at)
			sum += p
			mean += float64(n) * p
			if n > 50 && p < 1e-13 {
				break
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("sum %v", sum)
		}
		if want := m.Expected(h, at); math.Abs(mean-want) > 1e-6*(1+want) {
			t.Fatalf("mean %v, expected %v", mean, want)
		}
		if none, active := m.ConditionalProbability(h, 0, at), m.Active(h, at); math.Abs(none+active-1) > 1e-12 {
			t.Fatalf("no purchase %v, active %v", none, active)
		}
	})
}

func TestParetoNBD_active_grows_with_time_and_expected_exceeds_it(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawPareto(t), drawHistory(t)
		alive, before, purchases := m.Alive(h), 0.0, 0.0
		if !(alive >= 0 && alive <= 1) {
			t.Fatalf("alive %v", alive)
		}
		for at := 0.0; at < 1e6; at = 3*at + 0.1 {
			p, e := m.Active(h, at), m.Expected(h, at)
			if !(p >= before*(1-1e-12) && p <= alive*(1+1e-12)) || !(e >= p*(1-1e-9)) || !(e >= purchases*(1-1e-9)) {
				t.Fatalf("within %v: active %v after %v, alive %v, expected %v after %v", at, p, before, alive, e, purchases)
			}
			before, purchases = p, e
		}
		if p := m.Active(h, math.Inf(1)); p < before*(1-1e-12) || p > alive {
			t.Fatalf("active for ever %v, alive %v", p, alive)
		}
	})
}

// As time goes by without a purchase, the customer is the less likely to be alive; a purchase proves it.
func TestParetoNBD_alive_falls_in_silence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawPareto(t), drawHistory(t)
		if p := m.Alive(History{X: h.X, Tx: h.Tx, T: h.Tx}); p != 1 {
			t.Fatalf("alive %v at the time of a purchase", p)
		}
		later := h
		later.T += rapid.Float64Range(0, 100).Draw(t, "silence")
		if now, then := m.Alive(h), m.Alive(later); then > now+1e-14 {
			t.Fatalf("alive %v, later %v", now, then)
		}
	})
}

func TestParetoNBD_next_purchase_is_the_inverse_of_active(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawPareto(t), drawHistory(t)
		ever := m.Active(h, math.Inf(1))
		q := ever * rapid.Float64Range(0.01, 0.9).Draw(t, "q of ever")
		if q == 0 {
			return
		}
		if next := m.NextPurchase(h, q); !math.IsInf(next, 1) && math.Abs(m.Active(h, next)-q) > 1e-9*q {
			t.Fatalf("active within next(%v) is %v", q, m.Active(h, next))
		}
		if m.NextPurchase(h, 0) != 0 || ever < 1 && !math.IsInf(m.NextPurchase(h, math.Min(1, ever*1.0001)), 1) {
			t.Fatal("the ends of next")
		}
	})
	// Nobody dies within reason: with α + T = 10 and r + x = 2, the median time is 10 (√2 - 1).
	m := ParetoNBD{R: 2, Alpha: 4, S: 1e-9, Beta: 1}
	expectNear(t, "median", m.NextPurchase(History{T: 6}, 0.5), 10*(math.Sqrt2-1), 1e-6)
	expectNear(t, "surprise", m.Surprise(History{X: 1, Tx: 6, T: 16}), 1-1.0/8, 1e-14)
}

func TestParetoNBD_answers_impossible_questions_with_NaN(t *testing.T) {
	good := History{X: 2, Tx: 3, T: 5}
	for _, h := range []History{
		{X: -1, T: 5}, {X: 0, Tx: 1, T: 5}, {X: 1, Tx: 6, T: 5}, {X: 1, Tx: math.NaN(), T: 5}, {X: 1, Tx: 1, T: math.NaN()}, {X: 1, Tx: 1, T: math.Inf(1)},
	} {
		m := oraclePareto
		for _, got := range []float64{
			m.LogLikelihood(h), m.Alive(h), m.Active(h, 1), m.Expected(h, 1), m.Surprise(h), m.NextPurchase(h, 0.1), m.DERT(h, 0.1), m.ConditionalProbability(h, 1, 1),
		} {
			if !math.IsNaN(got) {
				t.Errorf("%+v gives %v", h, got)
			}
		}
	}
	for _, m := range []ParetoNBD{{}, {1, -1, 1, 1}, {1, 1, math.Inf(1), 1}, {1, 1, 1, math.NaN()}} {
		for _, got := range []float64{m.LogLikelihood(good), m.Alive(good), m.Active(good, 1), m.Expected(good, 1), m.ExpectedNew(1), m.Probability(1, 1), m.DERT(good, 1)} {
			if !math.IsNaN(got) {
				t.Errorf("%+v gives %v", m, got)
			}
		}
	}
	for _, at := range []float64{-1, math.NaN()} {
		m := oraclePareto
		if !math.IsNaN(m.Active(good, at)) || !math.IsNaN(m.Expected(good, at)) || !math.IsNaN(m.ExpectedNew(at)) || !math.IsNaN(m.Probability(0, at)) {
			t.Errorf("t = %v gives an answer", at)
		}
	}
	if !math.IsNaN(oraclePareto.NextPurchase(good, 1.1)) || oraclePareto.Probability(-1, 1) != 0 || oraclePareto.Probability(1, 0) != 0 {
		t.Error("impossible probabilities")
	}
}

func TestParetoNBD_score_equals_one_by_one(t *testing.T) {
	days := cdnowLike(1000).Histories
	days.X[0], days.Tx[0], days.T[0] = 3000, 100, 104
	days.X[1], days.Tx[1], days.T[1] = 2, 3, 3
	days.X[2], days.Tx[2], days.T[2] = 0, 0, 0
	days.X[3], days.Tx[3], days.T[3] = 900, 8, 104 // died for certain
	uneven := picked(days, []int{5, 6, 7, 0, 1, 2, 3})
	uneven.T[0] += uneven.Step / 3
	const impossible = 2
	uneven.X[impossible], uneven.Tx[impossible] = 1, uneven.T[impossible]+1
	continuous := *days
	continuous.Step = 0
	for _, m := range []ParetoNBD{oraclePareto, {0.8, 70, 0.2, 1e9}, {1, 500, 1, 2}} {
		for _, h := range []*Histories{days, &continuous, uneven, {Step: 1}, {}} {
			n := h.Len()
			s := Scores{Alive: make([]float64, n), Active: make([]float64, n), Expected: make([]float64, n)}
			m.Score(s, h, 39)
			for i := range n {
				one := h.At(i)
				if h == uneven && i == impossible {
					if !math.IsNaN(s.Alive[i]) || !math.IsNaN(s.Active[i]) || !math.IsNaN(s.Expected[i]) {
						t.Errorf("%+v got scores", one)
					}
					continue
				}
				expectNear(t, "alive", s.Alive[i], m.Alive(one), 1e-10)
				expectNear(t, "active", s.Active[i], m.Active(one, 39), 1e-10)
				expectNear(t, "expected", s.Expected[i], m.Expected(one, 39), 1e-10)
			}
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a short column went through")
		}
	}()
	oraclePareto.Score(Scores{Alive: make([]float64, 999)}, days, 10)
}

func FuzzParetoNBD(f *testing.F) {
	f.Add(0.5533, 10.5776, 0.6062, 11.6679, 2, 30.43, 38.86, 39.0)
	f.Add(0.5, 6.0, 1.0, 6.0, 1000, 10.0, 100.0, 1e9)
	f.Add(1e-8, 1e8, 1e8, 1e-8, 0, 0.0, 0.0, 0.0)
	f.Add(1e8, 1e-8, 1e-8, 1e8, 3000, 39.0, 39.0, 1e-9)
	f.Add(0.8, 70.0, 1e-8, 1e8, 3, 39.0, 300.0, 90.0)
	f.Fuzz(func(t *testing.T, r, alpha, s, beta float64, x int, tx, age, at float64) {
		m, h := ParetoNBD{R: r, Alpha: alpha, S: s, Beta: beta}, History{X: x, Tx: tx, T: age}
		for _, p := range []float64{r, alpha, s, beta} {
			if !(p >= 1e-8 && p <= 1e8) { // a fit ends within
				return
			}
		}
		if !m.proper(h) || x > 100_000 || age > 1e9 || !(at >= 0 && at < 1e9) {
			return
		}
		alive, active, expected := m.Alive(h), m.Active(h, at), m.Expected(h, at)
		if !(alive >= 0 && alive <= 1) || !(active >= 0 && active <= alive) || !(expected >= 0) || math.IsInf(expected, 0) {
			t.Errorf("%+v of %+v: alive %v, active %v, expected %v", m, h, alive, active, expected)
		}
		if ll := m.LogLikelihood(h); math.IsNaN(ll) || math.IsInf(ll, 1) {
			t.Errorf("%+v of %+v: LL %v", m, h, ll)
		}
		if p := m.Probability(min(x, 1000), at); !(p >= 0 && p <= 1+1e-9) {
			t.Errorf("%+v: probability %v", m, p)
		}
		if d := m.DERT(h, 0.0027); !(d >= 0) || math.IsInf(d, 0) {
			t.Errorf("%+v of %+v: DERT %v", m, h, d)
		}
		for _, v := range lapseDerivatives(r+float64(max(0, x)), s, alpha+age, beta+age).fields() {
			if math.IsNaN(v) {
				t.Errorf("%+v of %+v: a derivative is no number", m, h)
			}
		}
	})
}
