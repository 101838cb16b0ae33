package replenish_test

import (
	"fmt"

	"github.com/ricejar/ricejar/btyd/replenish"
)

// everySoOften are customers of whom number c buys product 0 every 10+c days.
func everySoOften(customers int, days int32) replenish.Lines {
	var l replenish.Lines
	for c := range int32(customers) {
		for day := c % 7; day <= days; day += 10 + c%30 {
			l.Customer = append(l.Customer, c)
			l.Product = append(l.Product, 0)
			l.Day = append(l.Day, day)
		}
	}
	return l
}

// When does customer 4 buy again, who comes every 14 days and came last on day 186?
func ExampleFitRhythm() {
	pairs, err := replenish.NewPairs(everySoOften(300, 200))
	if err != nil {
		fmt.Println(err)
		return
	}
	const today = 190
	rhythm, err := replenish.FitRhythm(pairs, today)
	if err != nil {
		fmt.Println(err)
		return
	}
	pair, _ := pairs.Find(4, 0)
	bought := pairs.Days(pair)
	bought = bought[:len(bought)-1] // the last of them, on day 200, is still to come
	last := bought[len(bought)-1]
	gap := rhythm.Next(4, 0, bought)
	fmt.Printf("last on day %d, next about day %.0f\n", last, float64(last)+gap.Quantile(0.5))
	fmt.Printf("within a week: %t\n", gap.Within(today-float64(last), 7) < 0.5)
	fmt.Printf("within two: %t\n", gap.Within(today-float64(last), 14) > 0.9)
	// Output:
	// last on day 186, next about day 200
	// within a week: true
	// within two: true
}

// Who buys what within a week? A probability for each pair, learnt from earlier weeks.
func ExampleFitDue() {
	pairs, err := replenish.NewPairs(everySoOften(300, 200))
	if err != nil {
		fmt.Println(err)
		return
	}
	const today = 190
	due, err := replenish.FitDue(pairs, today, 7, replenish.DueOptions{})
	if err != nil {
		fmt.Println(err) // too few purchases: go by the rhythm
		return
	}
	probabilities := make([]float64, pairs.Len())
	if err := due.Score(probabilities, pairs, today); err != nil {
		fmt.Println(err)
		return
	}
	for _, customer := range []int32{2, 20} { // who come every 12 and 30 days, last on days 182 and 186
		pair, _ := pairs.Find(customer, 0)
		fmt.Printf("customer %d: likely %t\n", customer, probabilities[pair] > 0.5)
	}
	// Output:
	// customer 2: likely true
	// customer 20: likely false
}

// How good would the probabilities have been a week ago?
func ExampleCheckDue() {
	pairs, err := replenish.NewPairs(everySoOften(300, 200))
	if err != nil {
		fmt.Println(err)
		return
	}
	quality, err := replenish.CheckDue(pairs, 190, 7, replenish.DueOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("AUC above 0.9: %t\n", quality.AUC > 0.9)
	fmt.Printf("total within 15 %%: %t\n", quality.Bias > -0.15 && quality.Bias < 0.15)
	// Output:
	// AUC above 0.9: true
	// total within 15 %: true
}

// Four people who say they eat 0.3 kg a day each, and a jar of 50 kg. It was empty sooner than they said.
func ExampleJar() {
	jar, err := replenish.NewJar(replenish.Household{People: 4, Daily: 0.3, Capacity: 50}, replenish.JarOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, refill := range []replenish.Refill{
		{Day: 0},            // filled to the brim
		{Day: 30, Left: 2},  // a look into the jar: 48 kg in 30 days
		{Day: 61, Left: -1}, // nobody looked
	} {
		if err := jar.Refill(refill); err != nil {
			fmt.Println(err)
			return
		}
		day, gap, _ := jar.Empty()
		fmt.Printf("filled on day %d: empty about day %.0f (%.0f to %.0f)\n", day,
			float64(day)+gap.Quantile(0.5), float64(day)+gap.Quantile(0.1), float64(day)+gap.Quantile(0.9))
	}
	fmt.Printf("%.0f %% learnt from refills\n", 100*jar.Learnt())
	// Output:
	// filled on day 0: empty about day 42 (23 to 74)
	// filled on day 30: empty about day 63 (53 to 77)
	// filled on day 61: empty about day 95 (85 to 108)
	// 87 % learnt from refills
}
