package btyd_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/ricejar/ricejar/btyd"
)

// From the purchases of a shop to who will come back, and what they are worth.
func Example() {
	// Two years of a shop with 2,000 customers; days count from the first. A program has a column
	// each in its database.
	rng := rand.New(rand.NewPCG(1, 1))
	var events btyd.Events
	const customers, today = 2000, 730
	for c := range int32(customers) {
		// This customer's days between purchases, basket, and inclination to leave.
		gap, basket, leaves := 20+100*rng.Float64(), 10+20*rng.ExpFloat64(), rng.Float64()*rng.Float64()
		for day := 600 * rng.Float64(); day <= today; day += gap * rng.ExpFloat64() {
			events.Customer = append(events.Customer, c)
			events.Day = append(events.Day, int32(day))
			events.Spend = append(events.Spend, basket*(0.5+rng.Float64()))
			if rng.Float64() < leaves { // and never came again
				break
			}
		}
	}

	log, err := btyd.NewLog(events, customers)
	if err != nil {
		fmt.Println(err)
		return
	}
	histories := log.Histories(btyd.Window{End: today, Unit: 7}) // in weeks
	fit, err := btyd.FitMBGNBD(histories, btyd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range fit.Warnings {
		fmt.Println(w.Code, w.Param, w.Text)
	}
	n := histories.Len()
	scores := btyd.Scores{Active: make([]float64, n), Expected: make([]float64, n)}
	fit.Model.Score(scores, histories, 13)

	spend, err := btyd.FitGammaGamma(histories, btyd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	worth := make([]float64, n)
	year := btyd.Horizon{Periods: 12, Length: 365.25 / 7 / 12, Rate: 0.01}
	if err := btyd.CLV(worth, fit.Model, spend.Model, histories, year); err != nil {
		fmt.Println(err)
		return
	}

	for i := range 3 {
		fmt.Printf("customer %d, purchases %d: the last %.0f weeks ago; P(active within 13 weeks) %.2f, worth %.0f in a year\n",
			histories.Customer[i], histories.X[i]+1, histories.T[i]-histories.Tx[i], scores.Active[i], worth[i])
	}
	// Output:
	// customer 0, purchases 2: the last 55 weeks ago; P(active within 13 weeks) 0.03, worth 2 in a year
	// customer 1, purchases 1: the last 57 weeks ago; P(active within 13 weeks) 0.02, worth 3 in a year
	// customer 2, purchases 9: the last 11 weeks ago; P(active within 13 weeks) 0.56, worth 183 in a year
}
