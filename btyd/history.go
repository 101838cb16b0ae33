package btyd

import (
	"fmt"
	"math"
)

// History is what the models need to know of one customer. Times are in the
// unit of the fit (days, weeks: whatever the caller counts in), from the
// customer's first purchase.
type History struct {
	X  int     // repeat purchases: those after the first
	Tx float64 // time of the last purchase; 0 when X is 0
	T  float64 // age: time from the first purchase to the end of observation

	// LogGaps is the sum of the logarithms of the X times between purchases.
	// Only the regular models (those with K) read it.
	LogGaps float64
}

// Histories are the histories of many customers, column by column: row i of
// every column is the same customer. X, Tx and T have one length; LogGaps and
// Spend may be nil where no model asks for them.
type Histories struct {
	X       []int32
	Tx      []float64
	T       []float64
	LogGaps []float64 // see [History]

	// Spend is the mean spend of a purchase, over the Purchases[i] purchases it is
	// taken from: by the papers, those after the first. Only [GammaGamma] reads them.
	Spend     []float64
	Purchases []int32

	// Customer tells whose history a row is: the customer's number in the [Log] it was
	// taken from. Nil where row i is customer i; no model reads it.
	Customer []int32

	// Step is the grain of Tx and T when all of them are whole multiples of one:
	// 1 for whole days counted in days, 1.0/7 for whole days counted in weeks.
	// Equal rows are then fitted and scored once. 0 says times are continuous.
	Step float64
}

// Len is the number of customers.
func (h *Histories) Len() int { return len(h.X) }

// At is the history of customer i.
func (h *Histories) At(i int) History {
	one := History{X: int(h.X[i]), Tx: h.Tx[i], T: h.T[i]}
	if h.LogGaps != nil {
		one.LogGaps = h.LogGaps[i]
	}
	return one
}

// Check tells what is wrong with the columns, or with the first impossible row: columns of unequal
// length, a step that is none, a negative count, 0 ≤ Tx ≤ T violated, a purchase time without a
// repeat purchase, or something that is no number.
func (h *Histories) Check() error {
	n := len(h.X)
	if len(h.Tx) != n || len(h.T) != n || (h.LogGaps != nil && len(h.LogGaps) != n) ||
		(h.Customer != nil && len(h.Customer) != n) || len(h.Spend) != len(h.Purchases) || (h.Spend != nil && len(h.Spend) != n) {
		return fmt.Errorf("btyd: columns of unequal length")
	}
	if !(h.Step >= 0) || math.IsInf(h.Step, 0) {
		return fmt.Errorf("btyd: times in steps of %v", h.Step)
	}
	for i, x := range h.X {
		tx, t := h.Tx[i], h.T[i]
		switch {
		case x < 0:
			return fmt.Errorf("btyd: customer %d has %d repeat purchases", i, x)
		case !(0 <= tx && tx <= t) || math.IsInf(t, 0):
			return fmt.Errorf("btyd: customer %d bought last at %v of an age of %v", i, tx, t)
		case x == 0 && tx != 0:
			return fmt.Errorf("btyd: customer %d has no repeat purchase but one at %v", i, tx)
		}
	}
	return nil
}
