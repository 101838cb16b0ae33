package factors

import (
	"cmp"
	"math"
	"slices"
)

// Traffic is what came of the people who entered a store: how many did, what part
// of them bought, and for how much. Where nobody counts visitors, customers take
// their place, and purchases per customer that of the conversion.
type Traffic struct {
	Visitors   float64 `json:"visitors"`
	Conversion float64 `json:"conversion"`          // purchases per visitor
	Ticket     float64 `json:"ticket" money:"true"` // minor units per purchase
}

// Sales are visitors × conversion × ticket, in minor units.
func (t Traffic) Sales() float64 { return t.Visitors * t.Conversion * t.Ticket }

// TrafficOf is the traffic that gave these sales (in minor units), of which the
// product is they.
func TrafficOf(visitors, purchases, sales int64) Traffic {
	t := Traffic{Visitors: float64(visitors)}
	if visitors > 0 && purchases > 0 {
		t.Conversion = float64(purchases) / float64(visitors)
		t.Ticket = float64(sales) / float64(purchases)
	}
	return t
}

// Mix is the sales of a store or a period: those to new and those to old customers.
//
//	sales = new visitors × conversion × ticket + old customers × conversion × ticket
type Mix struct {
	New Traffic `json:"new"`
	Old Traffic `json:"old"`
}

// Sales are those to both, in whole minor units.
func (m Mix) Sales() int64 { return int64(math.Round(within(m.New.Sales() + m.Old.Sales()))) }

// within keeps an amount that somebody made up in a what-if where whole numbers can
// be reckoned with.
func within(v float64) float64 {
	const most = 1 << 59
	if math.IsNaN(v) {
		return 0
	}
	return min(most, max(-most, v))
}

// Part is what one factor contributes to the difference of two mixes, in minor units.
type Part struct {
	Group  string `json:"group"`  // new, old
	Factor string `json:"factor"` // visitors, conversion, ticket
	Amount int64  `json:"amount"`
}

// Explained is the difference between two mixes, taken apart without residue.
type Explained struct {
	From       int64  `json:"from"` // sales of the one
	To         int64  `json:"to"`   // sales of the other
	Difference int64  `json:"difference"`
	Parts      []Part `json:"parts"` // they add up to the difference
}

// Explain takes the difference apart. The share of a factor is its Shapley value
// (L. S. Shapley 1953): what changing it adds, averaged over all orders in which the three
// factors of a group can be changed, so that nothing is left over and no order is preferred.
// Whole minor units are shared out by the largest remainder. Where one of the two has no
// visitors, or no purchases, the factors that it says nothing of explain nothing.
func Explain(from, to Mix) Explained {
	e := Explained{From: from.Sales(), To: to.Sales()}
	e.Difference = e.To - e.From
	exact := make([]float64, 0, 6)
	for _, g := range []struct {
		name string
		a, b Traffic
	}{{"new", from.New, to.New}, {"old", from.Old, to.Old}} {
		v, c, t := shapley(g.a.filled(g.b), g.b.filled(g.a))
		exact = append(exact, v, c, t)
		for _, factor := range []string{"visitors", "conversion", "ticket"} {
			e.Parts = append(e.Parts, Part{Group: g.name, Factor: factor})
		}
	}
	for i, amount := range wholes(exact, e.Difference) {
		e.Parts[i].Amount = amount
	}
	return e
}

// filled is the traffic with what it cannot tell taken from another: where nobody
// came in, nobody knows what part of them would have bought, and for how much. The
// sales are the same: nothing.
func (t Traffic) filled(from Traffic) Traffic {
	if t.Visitors == 0 {
		t.Conversion = from.Conversion
	}
	if t.Visitors == 0 || t.Conversion == 0 {
		t.Ticket = from.Ticket
	}
	return t
}

// shapley is what each factor of a product of three contributes to its change.
func shapley(a, b Traffic) (visitors, conversion, ticket float64) {
	of := func(from, to, x1, x2, y1, y2 float64) float64 {
		return (to - from) * ((x1*y1+x2*y2)/3 + (x1*y2+x2*y1)/6)
	}
	visitors = of(a.Visitors, b.Visitors, a.Conversion, b.Conversion, a.Ticket, b.Ticket)
	conversion = of(a.Conversion, b.Conversion, a.Visitors, b.Visitors, a.Ticket, b.Ticket)
	ticket = of(a.Ticket, b.Ticket, a.Visitors, b.Visitors, a.Conversion, b.Conversion)
	return visitors, conversion, ticket
}

// wholes rounds amounts so that they add up to a total they nearly add up to:
// down, and then up again where most was lost.
func wholes(exact []float64, total int64) []int64 {
	list := make([]int64, len(exact))
	order := make([]int, len(exact))
	rest := total
	for i, v := range exact {
		list[i] = int64(math.Floor(within(v)))
		rest -= list[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(exact[b]-math.Floor(exact[b]), exact[a]-math.Floor(exact[a]))
	})
	each := rest / int64(len(list)) // none, but where the amounts are larger than a float can tell apart
	for i := range list {
		list[i] += each
	}
	for k, n := 0, rest%int64(len(list)); n != 0; k++ {
		step := int64(1)
		if n < 0 {
			step = -1
		}
		list[order[k]] += step
		n -= step
	}
	return list
}
