package btyd_test

import (
	"fmt"
	"math"

	"github.com/ricejar/ricejar/btyd"
)

// Fifteen customers of a shop in weeks: how often they came back, when last, and how long ago they first came.
var shop = &btyd.Histories{
	X:  []int32{0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 5, 8, 12},
	Tx: []float64{0, 0, 0, 0, 0, 0, 3, 10, 21, 5, 30, 22, 36, 14, 37},
	T:  []float64{39, 38, 36, 35, 33, 30, 39, 38, 31, 36, 34, 33, 38, 37, 39},
}

func ExampleFitMBGNBD() {
	fit, err := btyd.FitMBGNBD(shop, btyd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range fit.Estimates {
		fmt.Printf("%-5s %.2f ± %.2f\n", e.Name, e.Value, e.SE)
	}
	for _, w := range fit.Warnings {
		fmt.Println(w.Code, w.Param)
	}
	fmt.Printf("log-likelihood %.2f\n", fit.LL)
	// Output:
	// r     0.77 ± 1.42
	// alpha 5.22 ± 6.89
	// a     0.80 ± NaN
	// b     2.57 ± NaN
	// flat a
	// flat b
	// log-likelihood -113.25
}

// Fifteen customers are few: the fit says what they do not tell.
func ExampleFitBGNBD() {
	fit, err := btyd.FitBGNBD(shop, btyd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range fit.Estimates {
		if math.IsNaN(e.SE) {
			fmt.Printf("%s is not determined\n", e.Name)
			continue
		}
		fmt.Printf("%s = %.2f ± %.2f\n", e.Name, e.Value, e.SE)
	}
	for _, w := range fit.Warnings {
		fmt.Println(w.Code, w.Param)
	}
	// Output:
	// r = 0.40 ± 0.19
	// alpha = 3.67 ± 2.63
	// a is not determined
	// b is not determined
	// boundary a
	// boundary b
}

// Yesterday's fit is where today's search begins.
func ExampleOptions() {
	before, err := btyd.FitBGNBD(shop, btyd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	m := before.Model
	after, err := btyd.FitBGNBD(shop, btyd.Options{Start: []float64{m.R, m.Alpha, m.A, m.B}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(after.Evaluations < before.Evaluations, math.Abs(after.LL-before.LL) < 1e-9)
	// Output: true true
}

// The parameters of the CDNOW sample, in weeks (Fader, Hardie & Lee 2005).
func ExampleBGNBD() {
	m := btyd.BGNBD{R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}
	customer := btyd.History{X: 2, Tx: 30.43, T: 38.86}
	fmt.Printf("alive %.4f\n", m.Alive(customer))
	fmt.Printf("comes back within 39 weeks %.4f\n", m.Active(customer, 39))
	fmt.Printf("purchases to be expected by then %.4f\n", m.Expected(customer, 39))
	fmt.Printf("purchases of a new customer in a year %.4f\n", m.ExpectedNew(52))
	fmt.Printf("a new customer makes none in 39 weeks %.4f\n", m.Probability(0, 39))
	// Output:
	// alive 0.7266
	// comes back within 39 weeks 0.5546
	// purchases to be expected by then 1.2260
	// purchases of a new customer in a year 1.4461
	// a new customer makes none in 39 weeks 0.5738
}

// A customer who came once and long ago: the BG/NBD is sure that he is still one, the MBG/NBD doubts it.
func ExampleMBGNBD() {
	once := btyd.History{X: 0, T: 38.86}
	fmt.Printf("BG/NBD  %.2f\n", btyd.BGNBD{R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}.Alive(once))
	fmt.Printf("MBG/NBD %.2f\n", btyd.MBGNBD{R: 0.525, Alpha: 6.183, A: 0.891, B: 1.614}.Alive(once))
	// Output:
	// BG/NBD  1.00
	// MBG/NBD 0.39
}

// Two customers with ten purchases, the last 9 weeks ago: to one who comes at random that happens, one
// who comes like clockwork is gone.
func ExampleMBGCNBD() {
	h := btyd.History{X: 10, Tx: 30, T: 39, LogGaps: 10 * math.Log(3)}
	for _, k := range []int{1, 4} {
		m := btyd.MBGCNBD{K: k, R: 4, Alpha: 12 / float64(k), A: 0.5, B: 5}
		fmt.Printf("k = %d: overdue %.3f, alive %.2f\n", k, m.Surprise(h), m.Alive(h))
	}
	// Output:
	// k = 1: overdue 0.934, alive 0.66
	// k = 4: overdue 0.995, alive 0.13
}

func ExampleBGCNBD() {
	m := btyd.BGCNBD{K: 3, R: 1.2, Alpha: 2, A: 0.6, B: 3}
	h := btyd.History{X: 4, Tx: 20, T: 24, LogGaps: 4 * math.Log(5)}
	fmt.Printf("expected within 20 weeks: %.2f\n", m.Expected(h, 20))
	fmt.Printf("half of such customers come within %.1f weeks\n", m.NextPurchase(h, 0.5))
	// Output:
	// expected within 20 weeks: 2.86
	// half of such customers come within 3.2 weeks
}

// Times to the next purchase have a share of customers for whom there is none.
func ExampleBGNBD_NextPurchase() {
	m := btyd.BGNBD{R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}
	h := btyd.History{X: 2, Tx: 30.43, T: 38.86}
	fmt.Printf("%.1f\n", m.NextPurchase(h, 0.25))
	fmt.Printf("%.1f\n", m.NextPurchase(h, 0.50))
	fmt.Printf("%.1f\n", m.NextPurchase(h, 0.75)) // alive with probability 0.73
	// Output:
	// 9.0
	// 29.5
	// +Inf
}

// Columns are filled for all customers at once; those left nil cost nothing.
func ExampleMBGNBD_Score() {
	m := btyd.MBGNBD{R: 0.525, Alpha: 6.183, A: 0.891, B: 1.614}
	active := make([]float64, shop.Len())
	m.Score(btyd.Scores{Active: active}, shop, 13)
	best := 0
	for i := range active {
		if active[i] > active[best] {
			best = i
		}
	}
	fmt.Printf("customer %d comes within 13 weeks with probability %.2f\n", best, active[best])
	// Output:
	// customer 14 comes within 13 weeks with probability 0.86
}

func ExampleFitMBGCNBD() {
	h := &btyd.Histories{ // who come about every fourth week
		X:       []int32{9, 8, 9, 6, 3, 0, 1, 2},
		Tx:      []float64{37, 33, 36, 22, 13, 0, 5, 7},
		T:       []float64{39, 35, 38, 37, 39, 36, 37, 38},
		LogGaps: []float64{11.1, 9.9, 10.9, 6.7, 3.9, 0, 1.6, 2.2},
	}
	fit, err := btyd.FitMBGCNBD(h, btyd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("k =", fit.Model.K)
	// Output:
	// k = 3
}

func ExampleFitBGCNBD() {
	_, err := btyd.FitBGCNBD(shop, btyd.Options{K: 2})
	fmt.Println(err)
	// Output: btyd: a regular model needs LogGaps
}
