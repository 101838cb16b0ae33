package insight

import (
	"slices"
	"sync"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight/exchange"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// Book is every clean purchase up to and including a day, column by column: the
// receipts of known customers with what they bought at a price above zero, reckoned
// in the currency most receipts are in. Row i of the customers' columns is one customer,
// row k of the purchases' columns one receipt. It is only for reading.
type Book struct {
	AsOf     day.Day
	Currency money.Currency
	LeftOut  []LeftOut   // receipts in currencies without a rate
	Stores   []org.Store // what Store counts in; ascending by code

	Customers []customer.ID // ascending
	Start     []int32       // the purchases of customer i are [Start[i], Start[i+1])

	Day    []day.Day // of a customer, ascending
	Store  []int32   // index into Stores
	Amount []int64   // minor units

	// What each customer brought back, in minor units: ever, and in the last 365 days.
	// Purchases are clean ones, whatever became of them; what somebody is worth is less
	// by it. Only in the book of all stores: goods are brought back to any store.
	Returned, ReturnedYear []int64

	// Whole is, in the book of one store, the row of each customer in the book of
	// all stores; nil in that book itself.
	Whole []int32

	bounds       sync.Once
	begins, ends day.Day

	rates exchange.Table // in the book's currency

	byStore  sync.Once
	storeRow []int32 // purchases ordered by store, then as they are
	storeEnd []int32 // where each store's begin; one more than there are stores
}

// LeftOut is how many receipts of known customers are in a currency that has no rate.
type LeftOut struct {
	Currency money.Currency `json:"currency"`
	Receipts int            `json:"receipts"`
}

// Len is the number of customers.
func (b *Book) Len() int { return len(b.Customers) }

// Purchases are the rows of a customer's purchases: from one up to but without the other.
func (b *Book) Purchases(i int) (from, to int) { return int(b.Start[i]), int(b.Start[i+1]) }

// First is the day of a customer's first purchase.
func (b *Book) First(i int) day.Day { return b.Day[b.Start[i]] }

// Last is the day of a customer's last purchase.
func (b *Book) Last(i int) day.Day { return b.Day[b.Start[i+1]-1] }

// Days appends the distinct days on which a customer bought, ascending.
func (b *Book) Days(dst []day.Day, i int) []day.Day {
	from, to := b.Purchases(i)
	for k := from; k < to; k++ {
		if k == from || b.Day[k] != b.Day[k-1] {
			dst = append(dst, b.Day[k])
		}
	}
	return dst
}

// Spent is what a customer bought from one day to another, both inclusive.
func (b *Book) Spent(i int, from, to day.Day) int64 {
	var sum int64
	start, end := b.Purchases(i)
	for k := end - 1; k >= start && b.Day[k] >= from; k-- {
		if b.Day[k] <= to {
			sum += b.Amount[k]
		}
	}
	return sum
}

// Total is what a customer bought in all.
func (b *Book) Total(i int) int64 {
	var sum int64
	for _, v := range b.Amount[b.Start[i]:b.Start[i+1]] {
		sum += v
	}
	return sum
}

// SpentYear is what a customer spent in the last 365 days, less what was brought
// back in them.
func (b *Book) SpentYear(i int) int64 {
	spent := b.Spent(i, b.AsOf.AddDays(1-year), b.AsOf)
	if b.ReturnedYear != nil {
		spent = max(0, spent-b.ReturnedYear[i])
	}
	return spent
}

// Net is what a customer bought in all, less what was brought back.
func (b *Book) Net(i int) int64 {
	total := b.Total(i)
	if b.Returned != nil {
		total = max(0, total-b.Returned[i])
	}
	return total
}

// keptShares are what part of what they buy the customers can be expected to keep:
// their own past with one purchase more, of the usual size, of which as much is
// kept as the mean customer keeps. So nobody's is quite nothing, one jar brought back
// does not speak for a life, and one huge order that was cancelled not for the others.
func (b *Book) keptShares() []float64 {
	list := make([]float64, b.Len())
	var net, usual float64
	for i := range list {
		list[i] = share(b.Net(i), b.Total(i))
		usual += list[i] / float64(len(list))
		net += float64(b.Net(i))
	}
	mean := net / float64(max(len(b.Amount), 1))
	for i := range list {
		if total := float64(b.Total(i)); total+mean > 0 {
			list[i] = (list[i]*total + mean*usual) / (total + mean)
		}
	}
	return list
}

// Begins is the day of the first purchase of anybody; 0 for an empty book.
func (b *Book) Begins() day.Day {
	b.bounds.Do(b.findBounds)
	return b.begins
}

// Ends is the day of the newest purchase of anybody; 0 for an empty book.
func (b *Book) Ends() day.Day {
	b.bounds.Do(b.findBounds)
	return b.ends
}

func (b *Book) findBounds() {
	for i := range b.Customers {
		if d := b.First(i); b.begins == 0 || d < b.begins {
			b.begins = d
		}
		b.ends = max(b.ends, b.Last(i))
	}
}

// In is the book of the purchases made in one store, an index into Stores.
func (b *Book) In(store int) *Book {
	b.byStore.Do(b.sortByStore)
	rows := b.storeRow[b.storeEnd[store]:b.storeEnd[store+1]]
	n := len(rows)
	in := &Book{AsOf: b.AsOf, Currency: b.Currency, Stores: b.Stores, Day: make([]day.Day, n), Store: make([]int32, n), Amount: make([]int64, n)}
	i := 0 // the customer of a row: rows ascend within a store, so it only moves on
	last := -1
	for at, k := range rows {
		for b.Start[i+1] <= k {
			i++
		}
		if i != last {
			last = i
			in.Customers, in.Whole, in.Start = append(in.Customers, b.Customers[i]), append(in.Whole, int32(i)), append(in.Start, int32(at))
		}
		in.Day[at], in.Store[at], in.Amount[at] = b.Day[k], b.Store[k], b.Amount[k]
	}
	in.Start = append(in.Start, int32(n))
	return in
}

// sortByStore orders the purchases by store, once for all stores.
func (b *Book) sortByStore() {
	b.storeEnd = make([]int32, len(b.Stores)+1)
	for _, s := range b.Store {
		b.storeEnd[s+1]++
	}
	for s := range b.Stores {
		b.storeEnd[s+1] += b.storeEnd[s]
	}
	next := slices.Clone(b.storeEnd)
	b.storeRow = make([]int32, len(b.Store))
	for k, s := range b.Store {
		b.storeRow[next[s]] = int32(k)
		next[s]++
	}
}

// whole is the row of a customer in the book of all stores.
func (b *Book) whole(i int) int {
	if b.Whole == nil {
		return i
	}
	return int(b.Whole[i])
}
