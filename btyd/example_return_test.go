package btyd_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/ricejar/ricejar/btyd"
)

// twoYears are those of a made-up shop: 600 customers in two years of days, each with an own mean time
// between purchases and an own day of leaving, and spend that goes with neither.
func twoYears() btyd.Events {
	random := rand.New(rand.NewPCG(1, 2))
	var e btyd.Events
	for customer := range int32(600) {
		day := random.Float64() * 600
		pause := 10 + 60*random.Float64()
		leaves := day - 200*math.Log(1-random.Float64())
		for ; day < min(leaves, 730); day -= pause * math.Log(1-random.Float64()) {
			e.Customer = append(e.Customer, customer)
			e.Day = append(e.Day, int32(day))
			e.Spend = append(e.Spend, math.Round(20+80*random.Float64()))
		}
	}
	return e
}

func ExampleSummarize() {
	// Two customers; the first bought on days 0, 10 (twice) and 24, the second on day 3.
	events := btyd.Events{
		Customer: []int32{0, 1, 0, 0, 0},
		Day:      []int32{24, 3, 10, 0, 10},
		Spend:    []float64{30, 12, 5, 8, 15},
	}
	h, err := btyd.Summarize(events, 2, btyd.Window{End: 28})
	if err != nil {
		panic(err)
	}
	for i := range h.X {
		one := h.At(i)
		fmt.Printf("customer %d: x=%d t_x=%g T=%g, spent %g on average\n", h.Customer[i], one.X, one.Tx, one.T, h.Spend[i])
	}
	// Output:
	// customer 0: x=2 t_x=24 T=28, spent 25 on average
	// customer 1: x=0 t_x=0 T=25, spent 0 on average
}

func ExampleLog_Histories() {
	events := btyd.Events{Customer: []int32{0, 0, 1, 0}, Day: []int32{0, 14, 20, 35}}
	log, err := btyd.NewLog(events, 2)
	if err != nil {
		panic(err)
	}
	then := log.Histories(btyd.Window{End: 14, Unit: 7}) // in weeks; customer 1 had not come yet
	now := log.Histories(btyd.Window{End: 42, Unit: 7})
	fmt.Println(then.Len(), then.At(0).X, then.At(0).T)
	fmt.Println(now.Len(), now.At(0).X, now.At(0).T)
	fmt.Println("bought since:", log.Counts(then.Customer, 14, 42))
	// Output:
	// 1 1 2
	// 2 2 6
	// bought since: [1]
}

func ExampleSummarizer() {
	var s btyd.Summarizer
	for _, line := range []struct {
		customer, day int32
		spend         float64
	}{{0, 9, 5}, {0, 1, 7}, {0, 9, 3}} { // receipts line by line, in any order
		if err := s.Add(line.customer, line.day, line.spend); err != nil {
			panic(err)
		}
	}
	h, err := s.Histories(btyd.Window{End: 10})
	if err != nil {
		panic(err)
	}
	fmt.Println(h.X[0], h.Tx[0], h.T[0], h.Spend[0])
	// Output: 1 8 9 8
}

func ExampleAssess() {
	active := []float64{0.9, 0.6, 0.3, 0.1} // predicted
	expected := []float64{3, 1, 0.4, 0.1}
	bought := []int32{2, 1, 1, 0} // what came
	q, err := btyd.Assess(active, expected, bought)
	if err != nil {
		panic(err)
	}
	fmt.Printf("AUC %.2f, log loss %.3f, predicted %+.0f %% too many purchases\n", q.AUC, q.LogLoss, 100*q.Bias)
	fmt.Printf("%d called likely to come back, %.0f %% of them did\n", q.Likely, 100*q.LikelyActive)
	// Output:
	// AUC 1.00, log loss 0.481, predicted +12 % too many purchases
	// 2 called likely to come back, 100 % of them did
}

func ExampleEvaluate() {
	log, err := btyd.NewLog(twoYears(), 600)
	if err != nil {
		panic(err)
	}
	// As if it were day 639: who comes within the next 13 weeks?
	report, err := btyd.Evaluate(log, btyd.Window{End: 639, Unit: 7}, 13,
		btyd.ReturnScorer(), btyd.ModelScorer("paretonbd", btyd.FitParetoNBD))
	if err != nil {
		panic(err)
	}
	for _, r := range report.Results {
		fmt.Printf("%-11s log loss %.2f, AUC %.2f\n", r.Name, r.Quality.LogLoss, r.Quality.AUC)
	}
	// Output:
	// return      log loss 0.24, AUC 0.94
	// paretonbd   log loss 0.24, AUC 0.94
	// base_rate   log loss 0.51, AUC 0.50
	// hiatus      log loss 0.33, AUC 0.82
	// last_window log loss 0.33, AUC 0.87
}

func ExampleChoose() {
	log, err := btyd.NewLog(twoYears(), 600)
	if err != nil {
		panic(err)
	}
	today, err := btyd.NewPast(log, btyd.Window{End: 729, Unit: 7}, 13)
	if err != nil {
		panic(err)
	}
	choice, err := btyd.Choose(today, 2, btyd.ReturnScorer(), btyd.ModelScorer("bgnbd", btyd.FitBGNBD))
	if err != nil {
		panic(err)
	}
	fmt.Println(choice.Name, "won over", len(choice.Reports), "origins")
	// Output:
	// return won over 2 origins
}

func ExampleFitReturn() {
	log, err := btyd.NewLog(twoYears(), 600)
	if err != nil {
		panic(err)
	}
	today, err := btyd.NewPast(log, btyd.Window{End: 729, Unit: 7}, 13)
	if err != nil {
		panic(err)
	}
	model, err := btyd.FitReturn(today)
	if err != nil {
		panic(err)
	}
	n := today.Histories.Len()
	scores := btyd.Scores{Active: make([]float64, n), Expected: make([]float64, n)}
	if err := model.Score(today, scores); err != nil {
		panic(err)
	}
	for i := range 3 {
		h := today.Histories.At(i)
		fmt.Printf("customer %d, purchases %d, silent for %.0f weeks: P(active) %.1f\n",
			today.Histories.Customer[i], h.X+1, h.T-h.Tx, scores.Active[i])
	}
	// Output:
	// customer 0, purchases 3, silent for 28 weeks: P(active) 0.0
	// customer 1, purchases 12, silent for 12 weeks: P(active) 0.3
	// customer 2, purchases 1, silent for 40 weeks: P(active) 0.0
}
