package btyd

import (
	"math"
	"testing"
	"time"
)

// Whatever the parameters, the history and the time ahead, however far, answers are probabilities and numbers that
// agree with each other, one by one and in columns, and come soon.
func TestModels_answer_at_the_edges(t *testing.T) {
	var models []Model
	values := []float64{1e-8, 0.25, 1, 50, 1e8}
	for i := range 5 * 5 * 5 * 5 {
		if i%7 > 0 { // which leaves each pair of values
			continue
		}
		r, alpha, a, b := values[i%5], values[i/5%5], values[i/25%5], values[i/125%5]
		models = append(models, BGNBD{r, alpha, a, b}, MBGNBD{r, alpha, a, b}, ParetoNBD{r, alpha, a, b}, MBGCNBD{3, r, alpha, a, b})
	}
	h := &Histories{
		X:    []int32{0, 0, 0, 0, 1, 1, 3, 1000, 1000, 1_000_000},
		Tx:   []float64{0, 0, 0, 0, 1, 1, 20, 10, 100, 99},
		T:    []float64{0, 1e-9, 39, 1e9, 1, 39, 39, 100, 100, 100},
		Step: 0,
	}
	h.LogGaps = make([]float64, h.Len())
	n := h.Len()
	dst := Scores{Alive: make([]float64, n), Active: make([]float64, n), Expected: make([]float64, n)}
	for _, m := range models {
		begun := time.Now()
		before := make([]History, n) // Tx and T hold P(active) and the expectation for less time
		for _, ahead := range []float64{0, 39, 1e6, 1e300, math.Inf(1)} {
			m.Score(dst, h, ahead)
			for i := range n {
				one := h.At(i)
				alive, active, expected := dst.Alive[i], dst.Active[i], dst.Expected[i]
				if !(alive >= 0 && alive <= 1 && active >= 0 && active <= alive*(1+1e-9) && expected >= active*(1-1e-7)) {
					t.Errorf("%+v, %+v, %v ahead: alive %v, active %v, expected %v", m, one, ahead, alive, active, expected)
				}
				if active < before[i].Tx*(1-1e-7) || expected < before[i].T*(1-1e-7) {
					t.Errorf("%+v, %+v: falls from %v to %v, %v to %v by %v ahead", m, one, before[i].Tx, active, before[i].T, expected, ahead)
				}
				before[i].Tx, before[i].T = active, expected
				if single := m.Expected(one, ahead); !closeTo(single, expected) {
					t.Errorf("%+v, %+v, %v ahead: %v by itself, %v in the column", m, one, ahead, single, expected)
				}
				if one.X < 10 && ahead > 0 {
					for _, k := range []int{0, 1, 30} {
						if p := m.ConditionalProbability(one, k, ahead); !(p >= 0 && p <= 1+1e-9) {
							t.Errorf("%+v, %+v, %v ahead: %v with probability %v", m, one, ahead, k, p)
						}
					}
				}
			}
		}
		for i := range n {
			one := h.At(i)
			if ll, s := m.LogLikelihood(one), m.Surprise(one); math.IsNaN(ll) || math.IsInf(ll, 0) || !(s >= 0 && s <= 1) {
				t.Errorf("%+v, %+v: log-likelihood %v, surprise %v", m, one, ll, s)
			}
			for _, share := range []float64{0.1, 0.999} {
				q := share * dst.Alive[i]
				next := m.NextPurchase(one, q)
				if !(next >= 0) {
					t.Errorf("%+v, %+v: next purchase within %v with probability %v", m, one, next, q)
				} else if back := m.Active(one, next); !math.IsInf(next, 1) && math.Abs(back-q) > 1e-6*q {
					t.Errorf("%+v, %+v: next purchase within %v with probability %v, not %v", m, one, next, back, q)
				}
			}
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("%+v: took %v", m, took)
		}
	}
}

func closeTo(a, b float64) bool { return a == b || math.Abs(a-b) <= 1e-6*math.Abs(a) }

func TestParetoNBD_counts_purchases_in_times_far_ahead(t *testing.T) {
	for _, m := range []ParetoNBD{{0.55, 10.6, 0.6, 11.7}, {5, 0.1, 0.6, 1e3}, {2, 100, 3, 5}, {200, 100, 0.5, 5}} {
		for _, ahead := range []float64{1, 39, 1e4, 1e9} {
			for _, n := range []int{1, 5, 30, 500} {
				// Simpson's rule over ln τ.
				count, top := float64(n), math.Log(ahead)
				constant := lnRising(m.R, count) - lnGamma(count+1)
				bought := func(tau float64) float64 {
					return math.Exp(constant - m.R*math.Log1p(tau/m.Alpha) - count*math.Log1p(m.Alpha/tau) - m.S*math.Log1p(tau/m.Beta))
				}
				const intervals = 40_000
				step, want := (top+25)/intervals, bought(ahead)
				for i := range intervals + 1 {
					tau := math.Exp(-25 + step*float64(i))
					weight := float64(2 + i%2*2)
					if i == 0 || i == intervals {
						weight = 1
					}
					want += weight * step / 3 * tau * m.S / (m.Beta + tau) * bought(tau)
				}
				if got := m.Probability(n, ahead); math.Abs(got/want-1) > 1e-8 && want > 1e-60 {
					t.Errorf("%+v: P(X(%v)=%d) is %v, want %v", m, ahead, n, got, want)
				}
			}
		}
	}
}

// A date mistyped by centuries, or a time in the wrong unit, is one customer's.
func TestFits_are_not_carried_away_by_one_impossible_age(t *testing.T) {
	h := cdnowLike(2000).Histories
	want, err := FitBGNBD(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	pareto, err := FitParetoNBD(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	h.T[5], h.Step = 1e15, 0
	got, err := FitBGNBD(h, Options{})
	if err != nil || len(got.Warnings) > 0 || math.Abs(got.Model.R/want.Model.R-1) > 0.05 || math.Abs(got.Model.Alpha/want.Model.Alpha-1) > 0.1 {
		t.Errorf("got %+v, %v, want %+v; %v", got.Model, got.Warnings, want.Model, err)
	}
	again, err := FitParetoNBD(h, Options{})
	if err != nil || len(again.Warnings) > 0 || math.Abs(again.Model.R/pareto.Model.R-1) > 0.1 || math.Abs(again.Model.Alpha/pareto.Model.Alpha-1) > 0.15 {
		t.Errorf("got %+v, %v, want %+v; %v", again.Model, again.Warnings, pareto.Model, err)
	}
}

func TestA_parameter_at_the_edge_of_the_search_is_told(t *testing.T) {
	// A top of the likelihood beyond the edge.
	f := func(u vector) (value float64, gradient vector, hessian matrix) {
		hessian[0][0], hessian[1][1] = -1, -1
		gradient = vector{farthest + 5 - u[0], 1 - u[1]}
		return -gradient[0]*gradient[0]/2 - gradient[1]*gradient[1]/2, gradient, hessian
	}
	at := climb(2, vector{}, 100, f)
	warnings, se := judge([]string{"r", "alpha"}, at, 100, f, nil)
	if len(warnings) != 1 || warnings[0].Code != Boundary || warnings[0].Param != "r" || !math.IsNaN(se[0]) || math.Abs(se[1]-0.1) > 1e-9 {
		t.Errorf("at %v: %+v, errors %v", at.u, warnings, se)
	}
}
