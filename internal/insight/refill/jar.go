package refill

import (
	"slices"

	"github.com/ricejar/ricejar/btyd/replenish"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/purchase"
)

// Jar is a product that customers use up at home, as the company describes it: what
// is bought fills the jar, and those at home empty it.
type Jar struct {
	Category string  `json:"category"` // of the products that fill it
	Unit     Unit    `json:"unit,omitempty"`
	PerPiece float64 `json:"per_piece"` // how much one piece holds whose name says no size: 5 for a bag of 5 kg
	Daily    float64 `json:"daily"`     // what one person uses a day, where nobody asked
	People   string  `json:"people"`    // the field that says how many use it
	Use      string  `json:"use"`       // the field that says how much one of them uses a day; empty: none
	Capacity string  `json:"capacity"`  // the field that says how much the jar holds; empty: none
}

// bounds of what a piece holds and of what a person uses a day, in the jar's unit.
const least, most = 1e-6, 1e6

// Check says what is wrong with a jar, by its fields' names in JSON.
func (j Jar) Check() error {
	var bad errs.Fields
	needed := func(name, v string) {
		if v == "" {
			bad.Add(name, "error.required")
		}
	}
	within := func(name string, v float64) {
		if !(v >= least && v <= most) {
			bad.Add(name, "error.between", "min", least, "max", most)
		}
	}
	needed("category", j.Category)
	if !slices.Contains(Units(), j.Unit) {
		bad.Add("unit", "error.field_invalid")
	}
	within("per_piece", j.PerPiece)
	within("daily", j.Daily)
	needed("people", j.People)
	if j.Use != "" && j.Use == j.People {
		bad.Add("use", "insight.jar_field_twice")
	}
	if j.Capacity != "" && (j.Capacity == j.People || j.Capacity == j.Use) {
		bad.Add("capacity", "insight.jar_field_twice")
	}
	return bad.Err()
}

// Lasts is for how many days an amount lasts so many people, where nobody asked
// how much they use.
func (j Jar) Lasts(amount, people float64) float64 { return amount / (people * j.Daily) }

// Filling is what one customer put into a jar on a day.
type Filling struct {
	Day     day.Day
	Product purchase.ProductID
	Amount  float64 // below zero: they brought it back
}

// kept are the fillings without what was brought back, which is taken from the
// latest of the same product.
func kept(fillings []Filling) []Filling {
	list := make([]Filling, 0, len(fillings))
	for _, f := range fillings {
		for i := len(list) - 1; i >= 0 && f.Amount < 0; i-- {
			if list[i].Product == f.Product {
				back := min(list[i].Amount, -f.Amount)
				list[i].Amount -= back
				f.Amount += back
			}
		}
		if f.Amount > 0 {
			list = append(list, f)
		}
	}
	return slices.DeleteFunc(list, func(f Filling) bool { return f.Amount < tiny })
}

// tiny is nothing that anybody would fill a jar with.
const tiny = 1e-9

// Home is what was told of a jar's home: zeros where nobody asked.
type Home struct{ People, Daily, Capacity float64 }

// Refill is when a customer's jar is empty, from what they told and every filling so
// far, the earliest first; ok is false when nobody asked how many they are.
func (j Jar) Refill(h Home, fillings []Filling, asOf day.Day) (r Refill, ok bool) {
	if h.Daily == 0 {
		h.Daily = j.Daily
	}
	jar, err := replenish.NewJar(replenish.Household{People: h.People, Daily: h.Daily, Capacity: h.Capacity}, replenish.JarOptions{})
	if fillings = kept(fillings); err != nil || len(fillings) == 0 {
		return r, false // no number of people, or nothing kept
	}
	for _, f := range fillings {
		if err := jar.Refill(replenish.Refill{Day: int32(f.Day), Amount: f.Amount, Left: -1}); err != nil {
			return r, false
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
