package insight

import (
	"github.com/ricejar/ricejar/btyd/replenish"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/purchase"
)

// lines are the clean lines of the last two years, column by column, by customer:
// what they bought, when, and at which price.
type lines struct {
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

// line is one of them as it is read.
type line struct {
	product  purchase.ProductID // 0: the till named none
	price    int64
	quantity int64
	day      day.Day
}

// priced is how many lines a product was sold in at a price.
type priced struct {
	product int32
	usualPrice
}

type pricedAt struct {
	product int32
	price   int64
}

// linesBack is how far back lines are looked at, in days.
const linesBack = 2 * year

func newLines(asOf day.Day) *lines {
	return &lines{after: asOf.AddDays(-linesBack), index: make(map[purchase.ProductID]int32), found: make(map[pricedAt]int32)}
}

// add puts a line in; customers come in ascending order.
func (l *lines) add(c customer.ID, x line) {
	if x.day <= l.after {
		return
	}
	if n := len(l.customers); n == 0 || l.customers[n-1] != c {
		l.customers, l.quantity, l.start = append(l.customers, c), append(l.quantity, 0), append(l.start, int32(len(l.product)))
	}
	l.quantity[len(l.quantity)-1] += x.quantity
	if x.product == 0 {
		return
	}
	p, known := l.index[x.product]
	if !known {
		p = int32(len(l.products))
		l.index[x.product] = p
		l.products = append(l.products, x.product)
	}
	at := pricedAt{p, x.price}
	i, known := l.found[at]
	if !known {
		i = int32(len(l.prices))
		l.found[at] = i
		l.prices = append(l.prices, priced{product: p, usualPrice: usualPrice{price: x.price}})
	}
	l.prices[i].lines++
	l.product, l.day, l.price = append(l.product, p), append(l.day, int32(x.day)), append(l.price, i)
}

// done ends the adding.
func (l *lines) done() {
	l.start = append(l.start, int32(len(l.product)))
	l.index, l.found = nil, nil
}

// usual is what each product usually costs, by its index.
func (l *lines) usual() []usualPrice {
	of := make([][]usualPrice, len(l.products))
	for _, p := range l.prices {
		of[p.product] = append(of[p.product], p.usualPrice)
	}
	list := make([]usualPrice, len(of))
	for i, prices := range of {
		list[i] = usualOf(prices)
	}
	return list
}

// habits are those of the customers of a book, in its order. category is a bit for
// the category of each product.
func (l *lines) habits(b *Book, usual []usualPrice, category map[purchase.ProductID]uint64) []habit {
	list := make([]habit, b.Len())
	low := make([]bool, len(l.prices))
	for i, p := range l.prices {
		low[i] = isLow(p.price, usual[p.product].price)
	}
	bits := make([]uint64, len(l.products))
	for i, p := range l.products {
		bits[i] = category[p]
	}
	row := 0
	for i, c := range l.customers {
		for b.Customers[row] != c { // who bought lately is in the book
			row++
		}
		h := &list[row]
		h.quantity = l.quantity[i]
		for k := l.start[i]; k < l.start[i+1]; k++ {
			h.categories |= bits[l.product[k]]
			h.lines++
			if low[l.price[k]] {
				h.low++
			}
		}
	}
	return list
}

// partLines is how many lines are looked at together: what bounds the memory.
// Customers are dealt in turn, so that every part is like the whole.
const partLines = 4_000_000

// parts is how many parts the lines are looked at in.
func (l *lines) parts() int { return len(l.product)/partLines + 1 }

// part are the lines of every nth customer, beginning with the kth, with the rows
// of these customers.
func (l *lines) part(k, n int) (replenish.Lines, []int) {
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
