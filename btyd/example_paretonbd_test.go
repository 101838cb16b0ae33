package btyd_test

import (
	"fmt"

	"github.com/ricejar/ricejar/btyd"
)

// The Pareto/NBD of the CDNOW customers, in weeks, as published.
var cdnowPareto = btyd.ParetoNBD{R: 0.5533, Alpha: 10.5776, S: 0.6062, Beta: 11.6679}

func ExampleParetoNBD() {
	// Twice after the first purchase, the last time in week 30; now is week 39.
	h := btyd.History{X: 2, Tx: 30.43, T: 38.86}
	fmt.Printf("alive with probability %.3f\n", cdnowPareto.Alive(h))
	fmt.Printf("back within 39 weeks with probability %.3f, %.3f times on average\n",
		cdnowPareto.Active(h, 39), cdnowPareto.Expected(h, 39))
	fmt.Printf("exactly once with probability %.3f\n", cdnowPareto.ConditionalProbability(h, 1, 39))
	fmt.Printf("half of such customers are back within %.1f weeks\n", cdnowPareto.NextPurchase(h, 0.5))
	// Output:
	// alive with probability 0.869
	// back within 39 weeks with probability 0.592, 1.455 times on average
	// exactly once with probability 0.219
	// half of such customers are back within 23.8 weeks
}

func ExampleFitParetoNBD() {
	// Whole weeks. So few customers do not tell how fast they die: a warning says so.
	h := &btyd.Histories{
		X:    []int32{0, 0, 0, 1, 0, 2, 7, 0, 1, 3, 0, 12, 1, 0, 0, 5, 2, 0, 1, 0},
		Tx:   []float64{0, 0, 0, 3, 0, 30, 29, 0, 17, 35, 0, 38, 2, 0, 0, 11, 22, 0, 8, 0},
		T:    []float64{39, 38, 38, 39, 37, 38, 36, 31, 30, 39, 35, 39, 33, 29, 36, 37, 35, 32, 39, 30},
		Step: 1,
	}
	fit, err := btyd.FitParetoNBD(h, btyd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range fit.Estimates {
		fmt.Printf("%s %.2f\n", e.Name, e.Value)
	}
	for _, w := range fit.Warnings {
		fmt.Println(w.Code, w.Param)
	}
	back := make([]float64, h.Len())
	fit.Model.Score(btyd.Scores{Active: back}, h, 13)
	fmt.Printf("the best customer comes back within 13 weeks with probability %.2f\n", back[11])
	// Output:
	// r 0.71
	// alpha 9.00
	// s 0.50
	// beta 8.45
	// flat beta
	// the best customer comes back within 13 weeks with probability 0.91
}

func ExampleGammaGamma_Expected() {
	// CDNOW's customers, in dollars.
	spend := btyd.GammaGamma{P: 6.249349, Q: 3.744256, Gamma: 15.444307}
	fmt.Printf("of a new customer: %.2f\n", spend.Mean())
	fmt.Printf("of one who spent 100 once: %.2f\n", spend.Expected(1, 100))
	fmt.Printf("of one who spent 100 twenty times: %.2f\n", spend.Expected(20, 100))
	// Output:
	// of a new customer: 35.17
	// of one who spent 100 once: 80.22
	// of one who spent 100 twenty times: 98.61
}

func ExampleFitGammaGamma() {
	h := &btyd.Histories{
		Spend:     []float64{22.8, 0, 0, 48.6, 13.9, 31.7, 9.6, 0, 74.9, 27.5, 17.2, 55.1},
		Purchases: []int32{2, 0, 0, 1, 1, 7, 2, 0, 4, 3, 9, 1},
	}
	fit, err := btyd.FitGammaGamma(h, btyd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d customers, mean spend of all %.2f\n", fit.Customers, fit.Model.Mean())
	// Output:
	// 9 customers, mean spend of all 33.47
}

func ExampleParetoNBD_DERT() {
	h := btyd.History{X: 2, Tx: 30.43, T: 38.86}
	yearly := btyd.Horizon{Length: 52, Rate: 0.15} // 15 % a year of 52 weeks
	fmt.Printf("%.4f a week\n", yearly.Continuous())
	fmt.Printf("%.2f purchases at today's worth, in %.0f discounted weeks of life\n",
		cdnowPareto.DERT(h, yearly.Continuous()), cdnowPareto.ResidualLifetime(h, yearly.Continuous()))
	// Output:
	// 0.0027 a week
	// 6.50 purchases at today's worth, in 126 discounted weeks of life
}

func ExampleDiscounted() {
	h := &btyd.Histories{X: []int32{0, 2}, Tx: []float64{0, 30.43}, T: []float64{38.86, 38.86}}
	// Over a year, month by month at 1 % a month.
	months := btyd.Horizon{Periods: 12, Length: 52.0 / 12, Rate: 0.01}
	purchases := make([]float64, h.Len())
	if err := btyd.Discounted(purchases, cdnowPareto, h, months); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f\n", purchases)
	// Output:
	// [0.128 1.743]
}

func ExampleCLV() {
	spend := btyd.GammaGamma{P: 6.249349, Q: 3.744256, Gamma: 15.444307}
	h := &btyd.Histories{
		X: []int32{0, 2, 2}, Tx: []float64{0, 30.43, 30.43}, T: []float64{38.86, 38.86, 38.86},
		Purchases: []int32{0, 2, 2}, Spend: []float64{0, 22.35, 80},
	}
	value := make([]float64, h.Len())
	if err := btyd.CLV(value, cdnowPareto, spend, h, btyd.Horizon{Length: 52, Rate: 0.15}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f dollars\n", value)
	// Output:
	// [17 160 468] dollars
}

// Models without a closed form are valued by integration.
func ExampleDERT() {
	bg := btyd.BGNBD{R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}
	fmt.Printf("%.2f\n", btyd.DERT(bg, btyd.History{X: 2, Tx: 30.43, T: 38.86}, 0.0027))
	// Output:
	// 5.16
}
