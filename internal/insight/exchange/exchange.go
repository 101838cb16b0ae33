// Package exchange reckons the money of a company's other currencies in its main
// one, at rates that the company has set: amounts of several currencies cannot be
// added, and those without a rate are left out. It holds rules alone.
package exchange

import (
	"math"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
)

// Rates are what one unit of each other currency is worth in the main one, in
// millionths: 910000 for HKD where the main one is CNY.
type Rates map[money.Currency]int64

// one is a rate at which nothing changes.
const one = 1_000_000

// mostRate is more than any unit is worth in any other.
const mostRate = 1_000_000 * one

// Check names the rates that cannot be.
func (r Rates) Check() (bad errs.Fields) {
	for c, rate := range r {
		name := "rates." + string(c)
		if known, err := money.ParseCurrency(string(c)); err != nil || known != c {
			bad.Add(name, "money.unknown_currency", "code", string(c))
		} else if rate < 1 || rate > mostRate {
			bad.Add(name, "error.between", "min", 1, "max", int64(mostRate))
		}
	}
	return bad
}

// Table reckons in a main currency.
type Table struct {
	main   money.Currency
	minor  map[money.Currency]float64
	prices map[money.Currency]float64
}

// In is the table for a main currency.
func (r Rates) In(main money.Currency) Table {
	t := Table{main: main, minor: make(map[money.Currency]float64), prices: make(map[money.Currency]float64)}
	for c, rate := range r {
		worth := float64(rate) / one
		t.prices[c] = worth
		t.minor[c] = worth * math.Pow10(main.Digits()-c.Digits())
	}
	return t
}

// Known reports whether amounts of a currency can be reckoned.
func (t Table) Known(c money.Currency) bool { return c == t.main || t.minor[c] > 0 }

// Minor is an amount of minor units in those of the main currency.
func (t Table) Minor(c money.Currency, v int64) int64 { return in(v, c == t.main, t.minor[c]) }

// Price is a price, in millionths of the major unit.
func (t Table) Price(c money.Currency, v int64) int64 { return in(v, c == t.main, t.prices[c]) }

func in(v int64, same bool, rate float64) int64 {
	if same {
		return v
	}
	return int64(math.Round(float64(v) * rate))
}
