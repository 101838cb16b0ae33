package refill

import (
	"github.com/ricejar/ricejar/btyd/replenish"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/purchase"
)

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

// Filling is what one customer put into a jar on a day.
type Filling struct {
	Day     day.Day
	Product purchase.ProductID
	Amount  float64
}

// Home is what was told of a jar's home: zeros where nobody asked.
type Home struct{ People, Daily, Capacity float64 }

// Refill is when a customer's jar is empty, from what they told and every filling so
// far, the earliest first; ok is false when nobody asked how many they are.
func (j Jar) Refill(h Home, fillings []Filling, asOf day.Day) (r Refill, ok bool) {
	if h.Daily == 0 {
		h.Daily = j.Daily
	}
	jar, err := replenish.NewJar(replenish.Household{People: h.People, Daily: h.Daily, Capacity: h.Capacity}, replenish.JarOptions{})
	if err != nil || len(fillings) == 0 {
		return r, false // no number of people, or nothing bought
	}
	for _, f := range fillings {
		if f.Amount > 0 {
			if err := jar.Refill(replenish.Refill{Day: int32(f.Day), Amount: f.Amount, Left: -1}); err != nil {
				return r, false
			}
		}
	}
	last, gap, ok := jar.Empty()
	if !ok {
		return r, false
	}
	silent := float64(asOf.Sub(day.Day(last)))
	r, ok = at(day.Day(last), gap, gap.Within(silent, fortnight), asOf)
	r.Product, r.Basis = fillings[len(fillings)-1].Product, ByJar
	return r, ok
}
