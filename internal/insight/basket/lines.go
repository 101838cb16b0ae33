package basket

import (
	"slices"

	"github.com/ricejar/ricejar/btyd/replenish"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/purchase"
)

// Lines are the clean lines of the last two years, column by column, by customer:
// what they bought, when, and at which price.
type Lines struct {
	after     day.Day // what was bought up to then is left out
	customers []customer.ID
	quantity  []int64 // of customer i, in thousandths
	start     []int32 // the lines of customer i: [start[i], start[i+1])
	product   []int32 // index into products
	day       []int32
	price     []int32 // index into prices
	products  []purchase.ProductID
	prices    []priced

	index map[purchase.ProductID]int32
	found map[pricedAt]int32
}

// Line is one of them as it is read.
type Line struct {
	Product  purchase.ProductID // 0: the till named none
	Price    int64
	Quantity int64
	Day      day.Day
}

// priced is how many lines a product was sold in at a price.
type priced struct {
	product int32
	of      Price
}

type pricedAt struct {
	product int32
	price   int64
}

// Back is how far back lines are looked at, in days.
const Back = 2 * 365

// New are no lines yet; those looked at end with a day.
func New(asOf day.Day) *Lines {
	return &Lines{after: asOf.AddDays(-Back), index: make(map[purchase.ProductID]int32), found: make(map[pricedAt]int32)}
}

// Add puts a line in; customers come in ascending order.
func (l *Lines) Add(c customer.ID, x Line) {
	if x.Day <= l.after {
		return
	}
	if n := len(l.customers); n == 0 || l.customers[n-1] != c {
		l.customers, l.quantity, l.start = append(l.customers, c), append(l.quantity, 0), append(l.start, int32(len(l.product)))
	}
	l.quantity[len(l.quantity)-1] += x.Quantity
	if x.Product == 0 {
		return
	}
	p, known := l.index[x.Product]
	if !known {
		p = int32(len(l.products))
		l.index[x.Product] = p
		l.products = append(l.products, x.Product)
	}
	at := pricedAt{p, x.Price}
	i, known := l.found[at]
	if !known {
		i = int32(len(l.prices))
		l.found[at] = i
		l.prices = append(l.prices, priced{product: p, of: Price{Price: x.Price}})
	}
	l.prices[i].of.Lines++
	l.product, l.day, l.price = append(l.product, p), append(l.day, int32(x.Day)), append(l.price, i)
}

// Done ends the adding.
func (l *Lines) Done() {
	l.start = append(l.start, int32(len(l.product)))
	l.index, l.found = nil, nil
}

// Usual is what each product usually costs, by its index.
func (l *Lines) Usual() []Price {
	of := make([][]Price, len(l.products))
	for _, p := range l.prices {
		of[p.product] = append(of[p.product], p.of)
	}
	list := make([]Price, len(of))
	for i, prices := range of {
		list[i] = UsualOf(prices)
	}
	return list
}

// Habits are those of customers, in their order: all who are in the lines are among
// them. category is a bit for the category of each product.
func (l *Lines) Habits(customers []customer.ID, usual []Price, category map[purchase.ProductID]uint64) []Habit {
	list := make([]Habit, len(customers))
	low := make([]bool, len(l.prices))
	for i, p := range l.prices {
		low[i] = IsLow(p.of.Price, usual[p.product].Price)
	}
	bits := make([]uint64, len(l.products))
	for i, p := range l.products {
		bits[i] = category[p]
	}
	row := 0
	for i, c := range l.customers {
		for customers[row] != c {
			row++
		}
		h := &list[row]
		h.Quantity = l.quantity[i]
		for k := l.start[i]; k < l.start[i+1]; k++ {
			h.Categories |= bits[l.product[k]]
			h.Lines++
			if low[l.price[k]] {
				h.Low++
			}
		}
	}
	return list
}

// partLines is how many lines are looked at together: what bounds the memory.
// Customers are dealt in turn, so that every part is like the whole.
const partLines = 4_000_000

// Len is how many lines name a product.
func (l *Lines) Len() int { return len(l.product) }

// Products are what the lines of a part count in.
func (l *Lines) Products() []purchase.ProductID { return l.products }

// Customer is the one in a row, as Part gives it.
func (l *Lines) Customer(row int) customer.ID { return l.customers[row] }

// Parts is how many parts the lines are looked at in.
func (l *Lines) Parts() int { return len(l.product)/partLines + 1 }

// Part are the lines of every nth customer, beginning with the kth, with the rows
// of these customers.
func (l *Lines) Part(k, n int) (replenish.Lines, []int) {
	var out replenish.Lines
	var rows []int
	for i := k; i < len(l.customers); i += n {
		from, to := l.start[i], l.start[i+1]
		for range to - from {
			out.Customer = append(out.Customer, int32(len(rows)))
		}
		out.Product, out.Day = append(out.Product, l.product[from:to]...), append(out.Day, l.day[from:to]...)
		rows = append(rows, i)
	}
	return out, rows
}

// Habit is how a customer bought in the last Back days.
type Habit struct {
	Lines      int32  // whose product has a usual price
	Low        int32  // of them, those below it
	Quantity   int64  // of all lines, in thousandths
	Categories uint64 // a bit for each; the few beyond 64 share theirs
}

// Price is what a product usually costs: the price that half of its lines
// were at or above, in millionths of the major unit.
type Price struct {
	Price int64
	Lines int64
}

// lowPrice is the part of the usual price below which a price is low.
const lowPrice = 0.95

// IsLow reports whether a price is well below what the product usually costs.
func IsLow(price, usual int64) bool { return float64(price) < lowPrice*float64(usual) }

// UsualOf is the usual price among prices with their lines.
func UsualOf(prices []Price) Price {
	slices.SortFunc(prices, func(a, b Price) int { return int(min(1, max(-1, b.Price-a.Price))) }) // the highest first
	var all, seen int64
	for _, p := range prices {
		all += p.Lines
	}
	for _, p := range prices {
		if seen += p.Lines; 2*seen >= all {
			return Price{p.Price, all}
		}
	}
	return Price{}
}
