package insight

import (
	"cmp"
	"slices"

	"github.com/ricejar/ricejar/internal/insight/factors"
	"github.com/ricejar/ricejar/internal/org"
)

// Stores compares what stores sold to new and to old customers, with each other
// and with themselves in earlier months. Money is in minor units.
//
// A purchase is a new customer's on the day of their first purchase anywhere, and
// an old customer's ever after: so a door counter would tell them apart, too.
// Walk-ins are in none of it.
type Stores struct {
	Currency string      `json:"currency"`
	Now      Months      `json:"now"`      // the last full months
	Before   Months      `json:"before"`   // as many before them
	YearAgo  Months      `json:"year_ago"` // the same a year before
	Stores   []StoreLine `json:"stores"`   // those that sold anything in any of them; the most sales first
	All      *StoreLine  `json:"all"`      // of the stores together; null when it is one store that was asked for
}

// Months are some months in a row, both inclusive.
type Months struct {
	From string `json:"from"` // YYYY-MM
	To   string `json:"to"`
	Full bool   `json:"full"` // the purchases reach back to all of them

	NewKnown bool `json:"new_known"` // and far enough before them to tell who is new; else some of the new are old
}

// StoreLine is one store.
type StoreLine struct {
	Store  org.StoreID `json:"store"` // 0: all together
	Code   string      `json:"code"`
	Name   string      `json:"name"`
	Now    StorePeriod `json:"now"`
	Before StorePeriod `json:"before"`
	Year   StorePeriod `json:"year_ago"`

	SinceBefore *Comparison `json:"since_before"`  // why it sells more or less than before; null: those months are not full
	SinceYear   *Comparison `json:"since_year"`    // and than a year ago
	Usual       *Comparison `json:"against_usual"` // and than the mean of the stores that sell; null for one store alone, and for all together
}

// StorePeriod is what was sold in some months.
type StorePeriod struct {
	New       Sold         `json:"new"`
	Old       Sold         `json:"old"`
	Customers factors.Mix  `json:"customers"` // the sales as customers × purchases per customer × ticket
	Visitors  *factors.Mix `json:"visitors"`  // the sales as visitors × conversion × ticket; null: the visitors of some month are not known
}

// Sold is sales to a group of customers.
type Sold struct {
	Visitors  int64 `json:"visitors" count:"true"`  // as they were counted; 0 where they are not known
	Customers int64 `json:"customers" count:"true"` // who bought
	Purchases int64 `json:"purchases" count:"true"`
	Sales     int64 `json:"sales"`
}

// Comparison is a difference of sales, taken apart.
type Comparison struct {
	Counted bool `json:"counted"` // by visitors; else by customers, because some visitors are not known
	factors.Explained
}

// Compare takes the difference between two stores or two periods apart: by
// visitors where both know them, else by customers.
func Compare(from, to StorePeriod) Comparison {
	if from.Visitors != nil && to.Visitors != nil {
		return Comparison{Counted: true, Explained: factors.Explain(*from.Visitors, *to.Visitors)}
	}
	return Comparison{Explained: factors.Explain(from.Customers, to.Customers)}
}

// Mix is what the sales are made of: visitors where they are known, else
// customers. A what-if changes a copy of it and asks factors.Explain for the difference.
func (p StorePeriod) Mix() (m factors.Mix, counted bool) {
	if p.Visitors != nil {
		return *p.Visitors, true
	}
	return p.Customers, false
}

// storeMonths is how many months are compared.
const storeMonths = 3

func stores(v *View, a *Asked) Stores {
	b := v.Book
	out := Stores{Currency: string(b.Currency), Stores: []StoreLine{}}
	spans := storeSpans(v)
	out.Now, out.Before, out.YearAgo = spans[0].months, spans[1].months, spans[2].months
	sold := soldIn(v, spans)
	var usual [2]Sold // the sums over the stores that sell now
	selling, counted := 0, true
	all := len(b.Stores)
	for i, st := range b.Stores {
		if sold[0][i] == (groups{}) && sold[1][i] == (groups{}) && sold[2][i] == (groups{}) {
			continue
		}
		for p := range spans {
			a.visited(&sold[p][i], &sold[p][all], st.ID, spans[p])
		}
		if sold[0][i].sales() > 0 { // a store that is closed by now is nobody's measure
			selling++
			counted = counted && sold[0][i].period().Visitors != nil
			for g := range usual {
				usual[g].add(sold[0][i].of[g])
			}
		}
		out.Stores = append(out.Stores, lineOf(st.ID, st.Code, st.Name, spans, sold[0][i], sold[1][i], sold[2][i]))
	}
	slices.SortStableFunc(out.Stores, func(x, y StoreLine) int { return cmp.Compare(y.Now.sales(), x.Now.sales()) })
	if v.Store != 0 || len(out.Stores) == 0 {
		return out
	}
	mean := (groups{of: usual, blind: !counted}).period()
	mean.share(float64(max(selling, 1)))
	for i := range out.Stores {
		if selling > 1 && out.Stores[i].Now.sales() > 0 {
			c := Compare(mean, out.Stores[i].Now)
			out.Stores[i].Usual = &c
		}
	}
	line := lineOf(0, "", "", spans, sold[0][all], sold[1][all], sold[2][all])
	out.All = &line
	return out
}

// span is some months of the calendar.
type span struct {
	from, to month
	months   Months
}

// storeSpans are the months that are compared: the last full ones, those before,
// and the same a year ago.
func storeSpans(v *View) [3]span {
	b := v.All
	last := monthOf(b.AsOf.AddDays(1)) - 1
	begun := b.Begins()
	known := month(1 << 30) // the first month that is known whole
	if begun != 0 {
		if known = monthOf(begun); monthOf(begun.AddDays(-1)) == known {
			known++
		}
	}
	var list [3]span
	for i, back := range [3]month{0, storeMonths, 12} {
		s := span{from: last - back - storeMonths + 1, to: last - back}
		s.months = Months{From: s.from.String(), To: s.to.String(), Full: s.from >= known, NewKnown: v.newKnown(s.from.begins())}
		list[i] = s
	}
	return list
}

// groups are the sales to new (0) and to old customers (1).
type groups struct {
	of    [2]Sold
	blind bool // the visitors of some month are not known
}

// soldIn sums up what was sold in each span: by store, and last in all of them.
func soldIn(v *View, spans [3]span) [3][]groups {
	b := v.Book
	all := len(b.Stores)
	var sold [3][]groups
	var seen [3][][2]int32 // the customer who was counted last, plus one
	for p := range spans {
		sold[p], seen[p] = make([]groups, all+1), make([][2]int32, all+1)
	}
	for i := range b.Customers {
		began := v.began(i)
		from, to := b.Purchases(i)
		for k := from; k < to; k++ {
			m := monthOf(b.Day[k])
			p := slices.IndexFunc(spans[:], func(s span) bool { return m >= s.from && m <= s.to })
			if p < 0 {
				continue
			}
			g := 1
			if b.Day[k] == began {
				g = 0
			}
			for _, at := range [2]int{int(b.Store[k]), all} {
				s := &sold[p][at].of[g]
				s.Purchases++
				s.Sales += b.Amount[k]
				if seen[p][at][g] != int32(i)+1 {
					seen[p][at][g] = int32(i) + 1
					s.Customers++
				}
			}
		}
	}
	return sold
}

func (g groups) sales() int64 { return g.of[0].Sales + g.of[1].Sales }

func (s *Sold) add(o Sold) {
	s.Visitors += o.Visitors
	s.Customers += o.Customers
	s.Purchases += o.Purchases
	s.Sales += o.Sales
}

// visited puts the visitors into a store's sales, and into those of all stores.
func (a *Asked) visited(g, all *groups, st org.StoreID, s span) {
	for m := s.from; m <= s.to; m++ {
		n, known := a.Visits[visitKey{st, m}]
		if !known {
			g.blind, all.blind = true, true
		}
		for i := range n {
			g.of[i].Visitors += n[i]
			all.of[i].Visitors += n[i]
		}
	}
	if g.blind {
		g.of[0].Visitors, g.of[1].Visitors = 0, 0
	}
}

// period says what the sales are made of.
func (g groups) period() StorePeriod {
	p := StorePeriod{New: g.of[0], Old: g.of[1]}
	p.Customers = factors.Mix{New: factors.TrafficOf(p.New.Customers, p.New.Purchases, p.New.Sales), Old: factors.TrafficOf(p.Old.Customers, p.Old.Purchases, p.Old.Sales)}
	// Purchases of nobody who came in: somebody has miscounted.
	wrong := p.New.Visitors == 0 && p.New.Purchases > 0 || p.Old.Visitors == 0 && p.Old.Purchases > 0
	if g.blind || wrong {
		p.New.Visitors, p.Old.Visitors = 0, 0
		return p
	}
	p.Visitors = &factors.Mix{New: factors.TrafficOf(p.New.Visitors, p.New.Purchases, p.New.Sales), Old: factors.TrafficOf(p.Old.Visitors, p.Old.Purchases, p.Old.Sales)}
	return p
}

func (p StorePeriod) sales() int64 { return p.New.Sales + p.Old.Sales }

// share makes the sales of n stores those of one of them.
func (p *StorePeriod) share(n float64) {
	p.Customers.New.Visitors /= n
	p.Customers.Old.Visitors /= n
	if p.Visitors != nil {
		p.Visitors.New.Visitors /= n
		p.Visitors.Old.Visitors /= n
	}
}

func lineOf(id org.StoreID, code, name string, spans [3]span, now, before, year groups) StoreLine {
	l := StoreLine{Store: id, Code: code, Name: name, Now: now.period(), Before: before.period(), Year: year.period()}
	if spans[1].months.Full {
		c := Compare(l.Before, l.Now)
		l.SinceBefore = &c
	}
	if spans[2].months.Full {
		c := Compare(l.Year, l.Now)
		l.SinceYear = &c
	}
	return l
}
