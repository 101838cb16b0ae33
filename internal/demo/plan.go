package demo

import (
	"math/rand/v2"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/demo/names"
)

// seed makes every demo of a day the same. The digits mean nothing.
const seed = 20_260_108

// history is how many days of receipts there are: two years.
const history = 730

// newPlan makes up a chain with receipts up to the day before today, with a
// percentage of the usual number of customers.
func newPlan(today day.Day, scale int) *planner {
	rng := rand.New(rand.NewPCG(seed, 1))
	p := &planner{rng: rng, names: names.New(rng), today: today, scale: scale, from: today.AddDays(-history)}
	p.season = newSeason(p.from, today.AddDays(-1))
	p.population()
	p.trading()
	return p
}
