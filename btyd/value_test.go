package btyd

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestDERT_equals_the_published(t *testing.T) {
	m := ParetoNBD{R: 0.5629966, Alpha: 12.5590370, S: 0.4081095, Beta: 10.5148048}
	expectNear(t, "DERT", m.DERT(History{X: 7, Tx: 35, T: 77.86}, 0.0027), 1.864183328, 1e-9)
	for i, want := range []float64{
		2.19915545, 2.843534406, 2.867128391, 2.445410079, 1.840501924, 1.262416472, 0.8096181195, 0.4948036194, 0.2920247016, 0.1679275086,
	} {
		expectNear(t, "DERT", m.DERT(History{X: i + 1, Tx: 30, T: 77.86}, 0.0027), want, 1e-8)
	}
	for _, c := range []struct {
		h    History
		want float64
	}{
		{History{X: 0, Tx: 0, T: 38.86}, 0.4769641171812},
		{History{X: 1, Tx: 1.71, T: 38.86}, 0.761717426423},
		{History{X: 2, Tx: 30.43, T: 38.86}, 6.482448187784},
		{History{X: 26, Tx: 30.86, T: 31}, 86.03269918881},
		{History{X: 10, Tx: 20, T: 39}, 2.473942974605},
		{History{X: 200, Tx: 38, T: 39}, 497.8588889284},
		{History{X: 500, Tx: 38.5, T: 39}, 1227.592796017},
	} {
		expectNear(t, "DERT", oraclePareto.DERT(c.h, 0.0027), c.want, 1e-10)
	}
}

// The integral that values the other models gives the closed form of this one.
func TestDERT_by_the_integral_equals_the_closed_form(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawPareto(t), drawHistory(t)
		delta := math.Exp(rapid.Float64Range(-9, 1).Draw(t, "ln delta"))
		integral := 0.0
		residual(func(y, weight float64) { integral += weight * m.Expected(h, y/delta) })
		if closed := m.DERT(h, delta); math.Abs(integral-closed) > 1e-9*closed {
			t.Fatalf("integral %v, closed form %v", integral, closed)
		}
	})
}

func TestDERT_by_the_mean_over_dropout_equals_the_integral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := drawModel(t), drawHistory(t)
		m.k = 1
		delta := math.Exp(rapid.Float64Range(-9, 1).Draw(t, "ln delta"))
		integral := 0.0
		residual(func(y, weight float64) { integral += weight * m.expected(h, y/delta) })
		model := Model(BGNBD{R: m.r, Alpha: m.alpha, A: m.a, B: m.b})
		if m.modified {
			model = MBGNBD{R: m.r, Alpha: m.alpha, A: m.a, B: m.b}
		}
		if got := DERT(model, h, delta); math.Abs(integral-got) > 1e-9*got {
			t.Fatalf("integral %v, mean over dropout %v", integral, got)
		}
	})
}

// A column is filled from curves through some ages; each value is that of the customer alone.
func TestDiscounted_for_ever_equals_one_by_one_for_many_customers(t *testing.T) {
	h := cdnowLike(20_000).Histories
	got := make([]float64, h.Len())
	for _, m := range []Model{oracleBG, oracleMBG, MBGNBD{R: 0.3, Alpha: 1e-4, A: 0.5, B: 30}, BGNBD{R: 40, Alpha: 900, A: 1, B: 0.05}} {
		for _, rate := range []float64{1e-4, 0.15, 20} {
			z := Horizon{Length: 52, Rate: rate}
			if err := Discounted(got, m, h, z); err != nil {
				t.Fatal(err)
			}
			for i := 0; i < h.Len(); i += 97 {
				expectNear(t, m.Name()+" for ever", got[i], DERT(m, h.At(i), z.Continuous()), 1e-11)
			}
		}
	}
}

func TestDiscounted_of_impossible_histories_is_NaN(t *testing.T) {
	h := &Histories{X: []int32{0, 0, 1, -1, 1, 2}, Tx: []float64{0, 0, 3, 1, math.NaN(), 5}, T: []float64{-7, 14, 2, 3, 3, 10}}
	got := make([]float64, h.Len())
	for _, m := range []Model{oracleBG, oracleMBG, oraclePareto, MBGCNBD{K: 2, R: 0.5, Alpha: 6, A: 0.8, B: 1.6}} {
		for _, h.Step = range []float64{1, 0, 0.3, math.Inf(1)} { // right, none, wrong and absurd
			if err := Discounted(got, m, h, Horizon{Rate: 0.1}); err != nil {
				t.Fatal(err)
			}
			for i, v := range got {
				if possible := i == 1 || i == 5; possible != (v > 0) || possible == math.IsNaN(v) {
					t.Errorf("%s in steps of %v: %v", m.Name(), h.Step, got)
				}
			}
		}
	}
}

// Without dying, a customer with r + x purchases in α + T brings that rate over δ.
func TestDERT_of_the_immortal_is_a_perpetuity(t *testing.T) {
	h := History{X: 3, Tx: 5, T: 6}
	expectNear(t, "Pareto/NBD", DERT(ParetoNBD{R: 1, Alpha: 2, S: 1e-12, Beta: 1}, h, 0.01), 4.0/8/0.01, 1e-9)
	expectNear(t, "BG/NBD", DERT(BGNBD{R: 1, Alpha: 2, A: 1e-8, B: 1e4}, h, 0.01), 4.0/8/0.01, 1e-6)
	if !math.IsNaN(DERT(oracleBG, h, 0)) || !math.IsNaN(DERT(oraclePareto, h, 0)) || !math.IsNaN(DERT(oracleBG, h, math.NaN())) {
		t.Error("no discount, and yet a value")
	}
}

func TestDiscounted_equals_one_by_one(t *testing.T) {
	h := cdnowLike(300).Histories
	continuous := *h
	continuous.Step = 0
	got := make([]float64, h.Len())
	for _, m := range []Model{oracleBG, oracleMBG, oraclePareto, BGCNBD{K: 2, R: 0.22692, Alpha: 1.46292, A: 0.94400, B: 2.07432}} {
		for _, h := range []*Histories{h, &continuous} {
			year := Horizon{Length: 52, Rate: 0.15}
			if err := Discounted(got, m, h, year); err != nil {
				t.Fatal(err)
			}
			for i := 0; i < h.Len(); i += 37 {
				expectNear(t, m.Name()+" for ever", got[i], DERT(m, h.At(i), year.Continuous()), 1e-10)
			}
			// A year in months, as lifetimes sums it.
			months := Horizon{Periods: 12, Length: 4.345, Rate: 0.01}
			if err := Discounted(got, m, h, months); err != nil {
				t.Fatal(err)
			}
			for i := 0; i < h.Len(); i += 37 {
				want, before := 0.0, 0.0
				for month := 1.0; month <= 12; month++ {
					expected := m.Expected(h.At(i), 4.345*month)
					want += (expected - before) / math.Pow(1.01, month)
					before = expected
				}
				expectNear(t, m.Name()+" over a year", got[i], want, 1e-10)
			}
		}
	}
}

// Many small periods are as good as continuous time.
func TestDiscounted_in_small_periods_nears_the_continuous(t *testing.T) {
	h := &Histories{X: []int32{2}, Tx: []float64{30.43}, T: []float64{38.86}}
	got := make([]float64, 1)
	if err := Discounted(got, oraclePareto, h, Horizon{Periods: 4000, Length: 0.5, Rate: 0.01}); err != nil {
		t.Fatal(err)
	}
	// Purchases count at the end of their half week, a quarter late on average.
	delta := Horizon{Length: 0.5, Rate: 0.01}.Continuous()
	expectNear(t, "value", got[0], DERT(oraclePareto, h.At(0), delta)*math.Exp(-delta/4), 1e-4)
	expectNear(t, "15 % a year by the week", Horizon{Length: 52, Rate: 0.15}.Continuous(), 0.0027, 0.01)
}

func TestCLV_is_purchases_by_spend(t *testing.T) {
	p := cdnowSample(t)
	h := weeksTo(t, p, "1997-09-30")
	f, err := FitGammaGamma(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	z := Horizon{Length: 52, Rate: 0.15}
	value, purchases := make([]float64, h.Len()), make([]float64, h.Len())
	if err := CLV(value, oraclePareto, f.Model, h, z); err != nil {
		t.Fatal(err)
	}
	if err := Discounted(purchases, oraclePareto, h, z); err != nil {
		t.Fatal(err)
	}
	for i := range value {
		expectNear(t, "value", value[i], purchases[i]*f.Model.Expected(int(h.Purchases[i]), h.Spend[i]), 1e-14)
		if !(value[i] >= 0) {
			t.Fatalf("customer %d is worth %v", i, value[i])
		}
	}
	if err := CLV(value, oraclePareto, f.Model, &Histories{X: h.X, Tx: h.Tx, T: h.T}, z); err == nil {
		t.Error("value without spend")
	}
}

func TestHorizon_refuses_what_has_no_value(t *testing.T) {
	for _, z := range []Horizon{{}, {Periods: -1}, {Periods: 1, Length: -1}, {Periods: 1, Length: math.NaN()}, {Periods: 1, Rate: -1}, {Rate: math.NaN()}, {Rate: -0.1}} {
		if err := Discounted(nil, oracleBG, &Histories{}, z); err == nil {
			t.Errorf("%+v went through", z)
		}
	}
	if err := Discounted(nil, oracleBG, &Histories{}, Horizon{Periods: 12}); err != nil {
		t.Errorf("no discount over twelve periods: %v", err)
	}
}
