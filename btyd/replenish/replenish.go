package replenish

import (
	"errors"
	"fmt"
	"slices"
	"sort"
)

// Lines are what customers bought, line by line in any order, column by column:
// row i of every column is the same line.
type Lines struct {
	Customer []int32 // numbers the customers from 0
	Product  []int32 // numbers the products from 0
	Day      []int32 // day of the purchase, counted from anywhere (days since 1970-01-01, say)
}

// farDay is the largest day number that is taken for one: days apart are then numbers too.
const farDay = 1 << 29

// Pairs are lines in the order replenishment reads them: by customer and product, a
// pair, the days on which the one bought the other. Lines of a pair on one day are one
// purchase. Pairs are numbered from 0, customer by customer, and within a customer product by product.
// They are immutable and safe for concurrent use.
type Pairs struct {
	customer, product []int32
	start             []int32 // pair i bought on day[start[i]:start[i+1]]
	day               []int32
	visitStart        []int32 // customer c came on visit[visitStart[c]:visitStart[c+1]]
	visit             []int32
	pairStart         []int32 // customer c has the pairs pairStart[c] to pairStart[c+1]
	products          int
	first, last       int32 // days of the first and the last line
}

// ErrColumns means that columns that belong together are of unequal length, or
// hold a number that cannot be.
var ErrColumns = errors.New("replenish: columns do not fit together")

// NewPairs sorts lines. The columns are only read.
func NewPairs(l Lines) (*Pairs, error) {
	n := len(l.Customer)
	if len(l.Product) != n || len(l.Day) != n {
		return nil, fmt.Errorf("%w: %d customers, %d products, %d days", ErrColumns, n, len(l.Product), len(l.Day))
	}
	p := &Pairs{start: []int32{0}, visitStart: []int32{0}, pairStart: []int32{0}}
	if n == 0 {
		return p, nil
	}
	p.first, p.last = slices.Min(l.Day), slices.Max(l.Day)
	if p.first < -farDay || p.last > farDay {
		return nil, fmt.Errorf("%w: days from %d to %d", ErrColumns, p.first, p.last)
	}
	if least := min(slices.Min(l.Customer), slices.Min(l.Product)); least < 0 {
		return nil, fmt.Errorf("%w: a customer or product is numbered %d", ErrColumns, least)
	}
	customers := int(slices.Max(l.Customer)) + 1
	p.products = int(slices.Max(l.Product)) + 1

	// Lines by customer, by counting; then each customer's by product and day.
	from := make([]int32, customers+1)
	for _, c := range l.Customer {
		from[c+1]++
	}
	for c := range customers {
		from[c+1] += from[c]
	}
	keys := make([]uint64, n) // product and day in one
	to := slices.Clone(from)
	for i, c := range l.Customer {
		keys[to[c]] = uint64(l.Product[i])<<32 | uint64(uint32(l.Day[i]-p.first))
		to[c]++
	}
	for c := range customers {
		mine := keys[from[c]:from[c+1]]
		slices.Sort(mine)
		visits := len(p.visit)
		for k, key := range mine {
			product, day := int32(key>>32), p.first+int32(uint32(key))
			if k > 0 && key == mine[k-1] {
				continue
			}
			if k == 0 || product != int32(mine[k-1]>>32) {
				p.customer = append(p.customer, int32(c))
				p.product = append(p.product, product)
				p.start = append(p.start, int32(len(p.day)))
			}
			p.day = append(p.day, day)
			p.start[len(p.start)-1] = int32(len(p.day))
			p.visit = append(p.visit, day)
		}
		slices.Sort(p.visit[visits:])
		p.visit = p.visit[:visits+len(slices.Compact(p.visit[visits:]))]
		p.visitStart = append(p.visitStart, int32(len(p.visit)))
		p.pairStart = append(p.pairStart, int32(len(p.customer)))
	}
	return p, nil
}

// Len is the number of pairs.
func (p *Pairs) Len() int { return len(p.customer) }

// Pair tells the customer and the product of pair i.
func (p *Pairs) Pair(i int) (customer, product int32) { return p.customer[i], p.product[i] }

// Days are the days on which pair i was bought, rising. The caller must not change them.
func (p *Pairs) Days(i int) []int32 { return p.day[p.start[i]:p.start[i+1]] }

// Find is the number of a pair; ok is false if the customer never bought the product.
func (p *Pairs) Find(customer, product int32) (pair int, ok bool) {
	if customer < 0 || int(customer) >= p.customers() {
		return 0, false
	}
	from, to := int(p.pairStart[customer]), int(p.pairStart[customer+1])
	k, ok := slices.BinarySearch(p.product[from:to], product)
	return from + k, ok
}

func (p *Pairs) customers() int { return len(p.visitStart) - 1 }

// visits are the days on which a customer bought anything, rising.
func (p *Pairs) visits(customer int32) []int32 {
	return p.visit[p.visitStart[customer]:p.visitStart[customer+1]]
}

// upTo are the days up to and including cut.
func upTo(days []int32, cut int32) []int32 {
	return days[:sort.Search(len(days), func(i int) bool { return days[i] > cut })]
}
