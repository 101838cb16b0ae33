package factors

import (
	"github.com/ricejar/ricejar/internal/errs"
)

// MostSales is what a mix that somebody made up may come to in each of its groups,
// in minor units: up to here sums of sales are exact to the unit.
const MostSales = 1e15

// WhatIf is Explain for mixes that somebody made up: numbers below zero, and sales
// nobody has, are refused.
func WhatIf(from, to Mix) (Explained, error) {
	for _, t := range []Traffic{from.New, from.Old, to.New, to.Old} {
		if !(t.Visitors >= 0 && t.Conversion >= 0 && t.Ticket >= 0) {
			return Explained{}, errs.New(errs.Invalid, "insight.not_negative")
		}
		if !(t.Sales() <= MostSales) {
			return Explained{}, errs.New(errs.Invalid, "money.too_large")
		}
	}
	return Explain(from, to), nil
}
