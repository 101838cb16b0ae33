package refill

import (
	"cmp"
	"math"
	"slices"

	"github.com/ricejar/ricejar/btyd/replenish"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/purchase"
)

// Basis is what a date rests on.
type Basis string

// The bases of a date.
const (
	ByJar    Basis = "jar"    // how many eat from it, how much a day, and how much it holds
	ByRhythm Basis = "rhythm" // of the customer's purchases of the product
)

// Refill is when a customer runs out of a product.
type Refill struct {
	Product purchase.ProductID `json:"product"`
	SKU     string             `json:"sku"`
	Name    string             `json:"name"`
	Last    day.Day            `json:"last"` // day of the last purchase
	Due     day.Day            `json:"due"`
	Low     day.Day            `json:"low"` // four times in five it is between
	High    day.Day            `json:"high"`
	Chance  float64            `json:"chance"` // that they buy it within 14 days
	Basis   Basis              `json:"basis"`
}

const (
	fortnight   = 14  // days that the chance is about
	past        = 30  // days that a date may have passed and still be told
	ahead       = 120 // days ahead that a date is told
	each        = 5   // of a customer, the likeliest
	leastChance = 0.02
)

// at is when something bought last on a day runs out; ok is false when that is too
// far off, too long ago or too unlikely to be told.
func at(last day.Day, gap replenish.Gap, chance float64, asOf day.Day) (r Refill, ok bool) {
	after := func(q float64) day.Day {
		return last.AddDays(int(math.Round(min(gap.Quantile(q), 36500))))
	}
	r = Refill{Last: last, Due: after(0.5), Low: after(0.1), High: after(0.9), Chance: min(1, max(0, chance))}
	return r, chance >= leastChance && r.Due >= asOf.AddDays(-past) && r.Due <= asOf.AddDays(ahead)
}

// likeliest are the few of a customer's refills that are told.
func likeliest(mine []Told) []Told {
	slices.SortFunc(mine, func(a, b Told) int {
		return cmp.Or(cmp.Compare(b.Chance, a.Chance), cmp.Compare(a.Product, b.Product))
	})
	return mine[:min(len(mine), each)]
}
