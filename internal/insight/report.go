package insight

import (
	"github.com/ricejar/ricejar/internal/org"
)

// View is what a report is made of: the purchases that count, and what was found
// out about the customers who made them.
type View struct {
	Book    *Book
	All     *Book       // of all stores: the same, where the view is of all
	Store   org.StoreID // 0: all stores
	Scores  []Score     // of each customer of the Book, in its order; of all their purchases, in whichever store
	Setting Setting
	Model   *Model
}

// shopGap is the shop's median gap in days, times two.
func (v *View) shopGap() int { return int(v.Model.Gap*2 + 0.5) }

// reports are all reports by name. Each is a pure function whose result is kept as
// a JSON document, with money in whole minor units; others are given decimals (see
// package outward for what is money).
var reports = map[string]func(*View, *Asked) any{
	"overview":      func(v *View, _ *Asked) any { return overview(v) },
	"concentration": func(v *View, _ *Asked) any { return concentration(v) },
	"cohorts":       func(v *View, _ *Asked) any { return cohorts(v) },
	"flow":          func(v *View, _ *Asked) any { return flow(v) },
	"rfm":           func(v *View, _ *Asked) any { return rfm(v) },
	"distribution":  func(v *View, _ *Asked) any { return distribution(v) },
	"model":         func(v *View, _ *Asked) any { return quality(v) },
	"stores":        func(v *View, a *Asked) any { return stores(v, a) },
	"economics":     func(v *View, a *Asked) any { return economics(v, a) },
	"lost":          func(v *View, a *Asked) any { return lost(v, a) },
	"loyalty":       func(v *View, a *Asked) any { return loyalty(v, a) },
}
