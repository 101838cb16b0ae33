package btyd

import (
	"math"
	"testing"
)

func TestScore_equals_one_by_one(t *testing.T) {
	days := cdnowLike(3000).Histories
	days.X[0], days.Tx[0], days.T[0] = 3000, 100, 104 // off the grid
	days.X[1], days.Tx[1], days.T[1] = 2, 3, 3.5      // between steps
	days.X[2], days.Tx[2], days.T[2] = 2, 3, 3
	days.X[3], days.Tx[3], days.T[3] = 0, 0, 0
	impossible := 4
	days.X[impossible], days.Tx[impossible] = 1, days.T[impossible]+1
	continuous := *days
	continuous.Step = 0
	for _, m := range []Model{
		cdnowBG, cdnowMBG, BGCNBD{K: 3, R: 0.21948, Alpha: 0.83344, A: 1.02606, B: 2.09406}, MBGCNBD{K: 2, R: 0.57991, Alpha: 2.28820, A: 1.13433, B: 1.58478},
		BGNBD{R: 0.7, Alpha: 60, A: 1e-3, B: 6e7},
	} {
		for _, h := range []*Histories{days, &continuous, picked(days, []int{5}), {Step: 1}, {}} {
			n := h.Len()
			s := Scores{Alive: make([]float64, n), Active: make([]float64, n), Expected: make([]float64, n)}
			m.Score(s, h, 39)
			for i := range n {
				one := h.At(i)
				if i == impossible {
					if !math.IsNaN(s.Alive[i]) || !math.IsNaN(s.Active[i]) || !math.IsNaN(s.Expected[i]) {
						t.Errorf("%s: %+v got scores", m.Name(), one)
					}
					continue
				}
				expectNear(t, m.Name()+" alive", s.Alive[i], m.Alive(one), 1e-10)
				expectNear(t, m.Name()+" active", s.Active[i], m.Active(one, 39), 1e-10)
				expectNear(t, m.Name()+" expected", s.Expected[i], m.Expected(one, 39), 1e-10)
			}
		}
	}
}

func TestScore_fills_the_columns_asked_for(t *testing.T) {
	h := cdnowLike(500).Histories
	all := Scores{Alive: make([]float64, 500), Active: make([]float64, 500), Expected: make([]float64, 500)}
	cdnowBG.Score(all, h, 10)
	for name, one := range map[string]Scores{"alive": {Alive: make([]float64, 500)}, "active": {Active: make([]float64, 500)}, "expected": {Expected: make([]float64, 500)}} {
		cdnowBG.Score(one, h, 10)
		for i := range 500 {
			if one.Alive != nil && one.Alive[i] != all.Alive[i] || one.Active != nil && one.Active[i] != all.Active[i] ||
				one.Expected != nil && one.Expected[i] != all.Expected[i] {
				t.Fatalf("%s alone differs for customer %d", name, i)
			}
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a short column went through")
		}
	}()
	cdnowBG.Score(Scores{Alive: make([]float64, 499)}, h, 10)
}

func TestScore_of_nonsense_does_not_panic(t *testing.T) {
	h := &Histories{
		X: []int32{0, 1, -1, -1 << 31, 1 << 30}, Tx: []float64{0, math.NaN(), -3, 1, 5}, T: []float64{math.Inf(1), 1, 1e300, -1, 5}, Step: 1,
	}
	for _, step := range []float64{0, 1, 1e-300, math.NaN(), math.Inf(1), -1} {
		h.Step = step
		s := Scores{Alive: make([]float64, 5), Active: make([]float64, 5), Expected: make([]float64, 5)}
		cdnowMBG.Score(s, h, 39)
		MBGCNBD{K: 3, R: 1, Alpha: 1, A: 1, B: 1}.Score(s, h, 39)
		BGNBD{}.Score(s, h, math.NaN())
		for i := range s.Alive {
			if !math.IsNaN(s.Alive[i]) || !math.IsNaN(s.Active[i]) || !math.IsNaN(s.Expected[i]) {
				t.Errorf("customer %d scored %v by no model", i, s.Alive[i])
			}
		}
	}
}
