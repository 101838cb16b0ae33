package insight

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"github.com/ricejar/ricejar/btyd"
	"github.com/ricejar/ricejar/btyd/replenish"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/purchase"
)

// RefillBasis is what a refill date rests on.
type RefillBasis string

// The bases of a refill date.
const (
	ByJar    RefillBasis = "jar"    // how many eat from it, how much a day, and how much it holds
	ByRhythm RefillBasis = "rhythm" // of the customer's purchases of the product
)

// Refill is when a customer's jar of a product runs out.
type Refill struct {
	Product purchase.ProductID `json:"product"`
	SKU     string             `json:"sku"`
	Name    string             `json:"name"`
	Last    day.Day            `json:"last"` // day of the last purchase
	Due     day.Day            `json:"due"`
	Low     day.Day            `json:"low"` // four times in five it is between
	High    day.Day            `json:"high"`
	Chance  float64            `json:"chance"` // that they buy it within 14 days of the refresh
	Basis   RefillBasis        `json:"basis"`
}

// Jar is a product that customers use up at home, as the company describes it: what
// is bought fills the jar, and those at home empty it.
type Jar struct {
	Category string  `json:"category"`  // of the products that fill it
	PerPiece float64 `json:"per_piece"` // how much one piece holds: 5 for a bag of 5 kg
	Daily    float64 `json:"daily"`     // what one person uses a day, where nobody asked
	People   string  `json:"people"`    // the field that says how many use it
	Use      string  `json:"use"`       // the field that says how much one of them uses a day; empty: none
	Capacity string  `json:"capacity"`  // the field that says how much the jar holds; empty: none
}

const (
	fortnight   = 14  // days that the chance of a refill is about
	refillPast  = 30  // days that a date may have passed and still be told
	refillAhead = 120 // days ahead that a date is told
	refillsEach = 5   // of a customer, the likeliest
	leastChance = 0.02
)

// refillOf is a refill of a customer, on its way into the table.
type refillOf struct {
	customer customer.ID
	Refill
}

// rhythms foretells refills from the rhythm of purchases, part by part: what each
// part gives is handed to keep.
func (l *lines) rhythms(asOf day.Day, keep func([]refillOf) error) error {
	if len(l.product) == 0 {
		return nil
	}
	n := l.parts()
	var due *replenish.Due
	for k := range n {
		part, rows := l.part(k, n)
		pairs, err := replenish.NewPairs(part)
		if err != nil {
			return err
		}
		rhythm, err := replenish.FitRhythm(pairs, int32(asOf))
		if errors.Is(err, replenish.ErrNoGaps) {
			continue
		}
		if err != nil {
			return err
		}
		if k == 0 { // what it learns from one part holds for all: they are alike
			due, err = replenish.FitDue(pairs, int32(asOf), fortnight, replenish.DueOptions{})
			if err != nil && !errors.Is(err, btyd.ErrTooFew) {
				return err
			}
			if err != nil {
				due = nil
			}
		}
		chance := make([]float64, pairs.Len())
		if due != nil {
			if err := due.Score(chance, pairs, int32(asOf)); err != nil {
				return err
			}
		}
		if err := keep(l.told(pairs, rows, rhythm, chance, due != nil, asOf)); err != nil {
			return err
		}
	}
	return nil
}

// told are the refills of a part that are worth telling.
func (l *lines) told(pairs *replenish.Pairs, rows []int, rhythm *replenish.Rhythm, chance []float64, learnt bool, asOf day.Day) []refillOf {
	var all, mine []refillOf
	for i := range pairs.Len() {
		c, p := pairs.Pair(i)
		if days := pairs.Days(i); len(days) > 1 {
			gap := rhythm.Next(c, p, days)
			last := day.Day(days[len(days)-1])
			if !learnt {
				chance[i] = gap.Within(float64(asOf.Sub(last)), fortnight)
			}
			r, ok := refillAt(last, gap, chance[i], asOf)
			if ok {
				r.Product, r.Basis = l.products[p], ByRhythm
				mine = append(mine, refillOf{l.customers[rows[c]], r})
			}
		}
		if i+1 == pairs.Len() || next(pairs, i) != c {
			all = append(all, likeliest(mine)...)
			mine = mine[:0]
		}
	}
	return all
}

// next is the customer of the pair after i.
func next(pairs *replenish.Pairs, i int) int32 {
	c, _ := pairs.Pair(i + 1)
	return c
}

// refillAt is when something bought last on a day runs out; ok is false when that
// is too far off, too long ago or too unlikely to be told.
func refillAt(last day.Day, gap replenish.Gap, chance float64, asOf day.Day) (r Refill, ok bool) {
	after := func(q float64) day.Day {
		return last.AddDays(int(math.Round(min(gap.Quantile(q), 36500))))
	}
	r = Refill{Last: last, Due: after(0.5), Low: after(0.1), High: after(0.9), Chance: min(1, max(0, chance))}
	return r, chance >= leastChance && r.Due >= asOf.AddDays(-refillPast) && r.Due <= asOf.AddDays(refillAhead)
}

// likeliest are the few of a customer's refills that are told.
func likeliest(mine []refillOf) []refillOf {
	slices.SortFunc(mine, func(a, b refillOf) int {
		return cmp.Or(cmp.Compare(b.Chance, a.Chance), cmp.Compare(a.Product, b.Product))
	})
	return mine[:min(len(mine), refillsEach)]
}

// filled is what one customer put into a jar on a day.
type filled struct {
	day     day.Day
	product purchase.ProductID
	amount  float64
}

// household is what was told of a jar's home: zeros where nobody asked.
type household struct{ people, daily, capacity float64 }

// jarRefill is when a customer's jar is empty, from what they told and every refill
// so far, the earliest first; ok is false when nobody asked how many they are.
func (j Jar) jarRefill(h household, refills []filled, asOf day.Day) (r Refill, ok bool) {
	if h.daily == 0 {
		h.daily = j.Daily
	}
	jar, err := replenish.NewJar(replenish.Household{People: h.people, Daily: h.daily, Capacity: h.capacity}, replenish.JarOptions{})
	if err != nil || len(refills) == 0 {
		return r, false // no number of people, or nothing bought
	}
	for _, f := range refills {
		if f.amount > 0 {
			if err := jar.Refill(replenish.Refill{Day: int32(f.day), Amount: f.amount, Left: -1}); err != nil {
				return r, false
			}
		}
	}
	last, gap, ok := jar.Empty()
	if !ok {
		return r, false
	}
	silent := float64(asOf.Sub(day.Day(last)))
	r, ok = refillAt(day.Day(last), gap, gap.Within(silent, fortnight), asOf)
	r.Product, r.Basis = refills[len(refills)-1].product, ByJar
	return r, ok
}
