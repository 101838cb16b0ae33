package btydtest_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/ricejar/ricejar/btyd"
	"github.com/ricejar/ricejar/btyd/btydtest"
)

func TestCrowd_has_the_histories_of_its_purchases(t *testing.T) {
	c := btydtest.CDNOW(3000)
	h, err := btyd.Summarize(btyd.Events{Customer: c.Customer, Day: c.Day}, len(c.X), btyd.Window{End: 728, Unit: 7})
	if err != nil {
		t.Fatal(err)
	}
	if h.Len() != len(c.X) || h.Step != c.Step {
		t.Fatalf("%d customers in steps of %v, want %d and %v", h.Len(), h.Step, len(c.X), c.Step)
	}
	for i := range c.X {
		if h.X[i] != c.X[i] || math.Abs(h.Tx[i]-c.Tx[i]) > 1e-9 || math.Abs(h.T[i]-c.T[i]) > 1e-9 || math.Abs(h.LogGaps[i]-c.LogGaps[i]) > 1e-9 {
			t.Fatalf("customer %d: got %+v, want %v, %v, %v, %v", i, h.At(i), c.X[i], c.Tx[i], c.T[i], c.LogGaps[i])
		}
	}
}

func TestSimulate_lets_customers_stop_as_often_as_the_model_says(t *testing.T) {
	const n = 20_000
	for name, c := range map[string]struct {
		live  btydtest.Life
		model btyd.Model
	}{
		"MBG/NBD":    {btydtest.Geometric(0.6, 6, 0.8, 1.5, 1, true), btyd.MBGNBD{R: 0.6, Alpha: 6, A: 0.8, B: 1.5}},
		"BG/CNBD-2":  {btydtest.Geometric(1.2, 3, 0.5, 1.5, 2, false), btyd.BGCNBD{K: 2, R: 1.2, Alpha: 3, A: 0.5, B: 1.5}},
		"Pareto/NBD": {btydtest.Pareto(0.6, 10, 0.6, 12), btyd.ParetoNBD{R: 0.6, Alpha: 10, S: 0.6, Beta: 12}},
	} {
		crowd := btydtest.Simulate(3, n, c.live, btydtest.Scene{Arrivals: 10, End: 40, Later: 10})
		gone, expected, later, foretold := 0.0, 0.0, 0.0, 0.0
		for i, stopped := range crowd.Stopped {
			h := btyd.History{X: int(crowd.X[i]), Tx: crowd.Tx[i], T: crowd.T[i], LogGaps: crowd.LogGaps[i]}
			if stopped {
				gone++
			}
			expected += 1 - c.model.Alive(h)
			later += float64(crowd.Later[i])
			foretold += c.model.Expected(h, 10)
		}
		if math.Abs(gone-expected) > 4*math.Sqrt(n)/2 {
			t.Errorf("%s: %v stopped, want %.0f", name, gone, expected)
		}
		if math.Abs(later/foretold-1) > 0.1 {
			t.Errorf("%s: %v purchases later, want %.0f", name, later, foretold)
		}
	}
}

func ExampleSimulate() {
	crowd := btydtest.Simulate(1, 1000, btydtest.Pareto(0.55, 10.6, 0.6, 11.7), btydtest.Scene{Arrivals: 12, End: 39, Days: 7})
	h, err := btyd.Summarize(btyd.Events{Customer: crowd.Customer, Day: crowd.Day}, 1000, btyd.Window{End: 39 * 7, Unit: 7})
	if err != nil {
		panic(err)
	}
	fmt.Println(h.Len(), "customers, as many histories as were made up:", len(crowd.X))
	// Output: 1000 customers, as many histories as were made up: 1000
}
