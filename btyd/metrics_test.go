package btyd

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAssess_gives_what_a_hand_gives(t *testing.T) {
	// Ten customers; the two at 0.6 and the three at 0.1 are tied.
	active := []float64{0.9, 0.8, 0.6, 0.6, 0.4, 0.3, 0.2, 0.1, 0.1, 0.1}
	expected := []float64{4, 3, 2, 1, 0.5, 0.4, 0.3, 0.2, 0.1, 0}
	bought := []int32{5, 0, 2, 0, 1, 0, 0, 0, 1, 0}
	q, err := Assess(active, expected, bought)
	if err != nil {
		t.Fatal(err)
	}
	// Of the 4×6 pairs of one who came and one who did not: 0.9 wins 6; 0.6 wins 4, one tie;
	// 0.4 wins 4; 0.1 ties 2.
	if got, want := q.AUC, (6+4.5+4+1)/24; math.Abs(got-want) > 1e-12 {
		t.Errorf("AUC: got %v, want %v", got, want)
	}
	brier := (0.01 + 0.64 + 0.16 + 0.36 + 0.36 + 0.09 + 0.04 + 0.01 + 0.81 + 0.01) / 10
	if math.Abs(q.Brier-brier) > 1e-12 {
		t.Errorf("Brier: got %v, want %v", q.Brier, brier)
	}
	loss := -(math.Log(0.9) + math.Log(0.2) + math.Log(0.6) + math.Log(0.4) + math.Log(0.4) +
		math.Log(0.7) + math.Log(0.8) + 2*math.Log(0.9) + math.Log(0.1)) / 10
	if math.Abs(q.LogLoss-loss) > 1e-12 {
		t.Errorf("log loss: got %v, want %v", q.LogLoss, loss)
	}
	if got, want := q.Bias, 11.5/9-1; math.Abs(got-want) > 1e-12 {
		t.Errorf("bias: got %v, want %v", got, want)
	}
	if got, want := q.MAE, (1+3+0+1+0.5+0.4+0.3+0.2+0.9+0)/10; math.Abs(got-want) > 1e-12 {
		t.Errorf("MAE: got %v, want %v", got, want)
	}
	if got, want := q.RMSE, math.Sqrt((1+9+0+1+0.25+0.16+0.09+0.04+0.81)/10); math.Abs(got-want) > 1e-12 {
		t.Errorf("RMSE: got %v, want %v", got, want)
	}
	if got, want := q.TopDecile, 5.0/9; math.Abs(got-want) > 1e-12 {
		t.Errorf("top decile: got %v, want %v", got, want)
	}
	// Cumulated shares by expected: 5 5 7 7 8 8 8 8 9 9; perfect: 5 7 8 9 9 9 9 9 9 9 (of 9).
	area := func(shares ...float64) float64 {
		sum, before := 0.0, 0.0
		for _, s := range shares {
			sum += (before + s) / 9 / 10
			before = s
		}
		return sum - 1
	}
	if got, want := q.Gini, area(5, 5, 7, 7, 8, 8, 8, 8, 9, 9)/area(5, 7, 8, 9, 9, 9, 9, 9, 9, 9); math.Abs(got-want) > 1e-12 {
		t.Errorf("normalised Gini: got %v, want %v", got, want)
	}
	if q.Likely != 4 || q.LikelyActive != 0.5 || math.Abs(q.Accuracy-0.6) > 1e-12 {
		t.Errorf("likely: got %d, %v came, accuracy %v", q.Likely, q.LikelyActive, q.Accuracy)
	}
	actual := []float64{1, 0, 0.5, 0.5, 1, 0, 0, 1.0 / 3, 1.0 / 3, 1.0 / 3}
	for k, b := range q.Bins {
		if b.Customers != 1 || math.Abs(b.Actual-actual[k]) > 1e-12 || b.Predicted != active[k] || b.From != active[k] || b.To != active[k] {
			t.Errorf("bin %d: got %+v, want %v of %v", k, b, actual[k], active[k])
		}
	}
	if got, want := q.ECE, (0.1+0.8+0.1+0.1+0.6+0.3+0.2+3*(1.0/3-0.1))/10; math.Abs(got-want) > 1e-12 {
		t.Errorf("ECE: got %v, want %v", got, want)
	}
}

func TestAssess_does_not_depend_on_the_order_of_customers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "customers")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		active, expected, bought := make([]float64, n), make([]float64, n), make([]int32, n)
		for i := range n {
			active[i] = float64(random.IntN(8)) / 7 // many ties
			expected[i] = float64(random.IntN(5))
			bought[i] = int32(max(0, random.IntN(6)-3))
		}
		want, err := Assess(active, expected, bought)
		if err != nil {
			t.Fatal(err)
		}
		order := random.Perm(n)
		got, err := Assess(pick(active, order), pick(expected, order), pick(bought, order))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Measures(), got.Measures(), near); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(want.Bins, got.Bins, near); diff != "" {
			t.Fatal(diff)
		}
		customers := 0.0
		for _, b := range got.Bins {
			customers += b.Customers
			if b.From > b.Predicted+1e-12 || b.Predicted > b.To+1e-12 || b.Actual < 0 || b.Actual > 1+1e-12 {
				t.Fatalf("bin %+v", b)
			}
		}
		if math.Abs(customers-float64(n)) > 1e-9 {
			t.Fatalf("%v customers in bins, not %d", customers, n)
		}
		// By pairs, the slow way.
		pairs, before := 0.0, 0.0
		for i := range n {
			for j := range n {
				if bought[i] > 0 && bought[j] == 0 {
					pairs++
					switch {
					case active[i] > active[j]:
						before++
					case active[i] == active[j]:
						before += 0.5
					}
				}
			}
		}
		if pairs > 0 && math.Abs(got.AUC-before/pairs) > 1e-12 {
			t.Fatalf("AUC: got %v, want %v", got.AUC, before/pairs)
		}
	})
}

func TestAssess_of_edges(t *testing.T) {
	q, err := Assess([]float64{0.2, 1}, []float64{0, 1}, []int32{0, 0})
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(q.AUC) || !math.IsNaN(q.Bias) || math.IsInf(q.LogLoss, 0) || math.IsNaN(q.Brier) {
		t.Errorf("nobody came: %+v", q)
	}
	if q, err = Assess([]float64{0.5}, nil, []int32{3}); err != nil || !math.IsNaN(q.RMSE) || math.IsNaN(q.LogLoss) {
		t.Errorf("without expected: %+v, %v", q, err)
	}
	if slices.ContainsFunc(q.Measures(), func(m Measure) bool { return math.IsNaN(m.Value) || m.Name == "rmse" }) {
		t.Errorf("measures that were not taken: %+v", q.Measures())
	}
	for name, err := range map[string]error{
		"no customers":      second(Assess(nil, nil, nil)),
		"unequal columns":   second(Assess([]float64{0.1}, nil, []int32{1, 2})),
		"no probability":    second(Assess([]float64{math.NaN()}, nil, []int32{1})),
		"beyond certainty":  second(Assess([]float64{1.1}, nil, []int32{1})),
		"negative purchase": second(Assess(nil, []float64{-1}, []int32{1})),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func second[A any](_ A, err error) error { return err }
