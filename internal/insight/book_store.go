package insight

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/insight/basket"
	"github.com/ricejar/ricejar/internal/insight/exchange"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// A clean purchase is what purchase.CleanTotals counts: a line of a known customer
// with a quantity and a price above zero. Below zero it was brought back. Lines come in the order of their key, so that
// neither engine sorts millions of rows first. (What is appended to the day keeps
// SQLite from beginning with the index by day.)
const sqlBook = `SELECT l.customer_id, l.receipt_id, l.product_id, l.unit_price, l.quantity, l.amount, r.day, r.store_id, r.currency
	FROM receipt_line l
	JOIN receipt r ON r.customer_id = l.customer_id AND r.id = l.receipt_id
	WHERE l.customer_id > 0 AND l.quantity <> 0 AND l.unit_price > 0 AND r.day || '' <= ?
	ORDER BY l.customer_id, l.receipt_id`

// readBook reads all clean purchases up to and including a day, once, and with them
// the lines of the last two years. Memory is 16 bytes a purchase, 12 a line and about
// 120 a customer, whatever the database is.
func (s *Service) readBook(ctx context.Context, tx *db.Tx, asOf day.Day, rates exchange.Rates) (*Book, *basket.Lines, error) {
	r := &reader{book: &Book{AsOf: asOf}, year: asOf.AddDays(1 - year), lines: basket.New(asOf), stores: make(map[org.StoreID]int32), days: make(dayCache)}
	b := r.book
	var err error
	if b.Stores, err = s.Org.Stores(ctx); err != nil {
		return nil, nil, err
	}
	for i, st := range b.Stores {
		r.stores[st.ID] = int32(i)
	}
	if err := b.chooseCurrency(ctx, tx, rates); err != nil {
		return nil, nil, err
	}
	if err := db.Each(ctx, tx, r.line, sqlBook, asOf); err != nil {
		return nil, nil, err
	}
	b.add(r.customer, r.buf, r.back)
	r.lines.Done()
	if len(b.Day) > math.MaxInt32 || r.lines.Len() > math.MaxInt32 {
		return nil, nil, errors.New("insight: more purchases than a book can hold")
	}
	b.Start = append(b.Start, int32(len(b.Day)))
	return b, r.lines, nil
}

// reader puts lines into the book as they come.
type reader struct {
	book     *Book
	lines    *basket.Lines
	stores   map[org.StoreID]int32
	days     dayCache
	customer customer.ID
	receipt  purchase.ReceiptID
	buf      []bought // the purchases of the customer so far
	back     returned // what they brought back so far
	year     day.Day  // the first of the last 365
}

// line reads one line.
func (r *reader) line(row db.Scanner) error {
	var c customer.ID
	var receipt purchase.ReceiptID
	var x basket.Line
	var amount int64
	var on string
	var store org.StoreID
	var currency money.Currency
	if err := row.Scan(&c, &receipt, &x.Product, &x.Price, &x.Quantity, &amount, &on, &store, &currency); err != nil {
		return err
	}
	if !r.book.rates.Known(currency) {
		return nil
	}
	x.Price, amount = r.book.rates.Price(currency, x.Price), r.book.rates.Minor(currency, amount)
	if c != r.customer {
		r.book.add(r.customer, r.buf, r.back)
		r.customer, r.receipt, r.buf, r.back = c, 0, r.buf[:0], returned{}
	}
	var err error
	if x.Day, err = r.days.parse(on); err != nil {
		return err
	}
	if x.Quantity < 0 {
		r.back.ever -= amount
		if x.Day >= r.year {
			r.back.year -= amount
		}
		return nil
	}
	r.lines.Add(c, x)
	if receipt == r.receipt {
		r.buf[len(r.buf)-1].amount += amount
		return nil
	}
	at, known := r.stores[store]
	if !known {
		return fmt.Errorf("insight: a receipt of store %d, which does not exist", store)
	}
	r.receipt = receipt
	r.buf = append(r.buf, bought{day: x.Day, store: at, amount: amount})
	return nil
}

const sqlCurrencies = `SELECT currency, COUNT(*) FROM receipt WHERE customer_id > 0 AND day <= ? GROUP BY currency ORDER BY COUNT(*) DESC, currency`

// chooseCurrency takes the currency of most receipts for the main one, that of the
// stores where there are none; notes the receipts that are left out; and takes the
// memory at once: growing bit by bit takes several times as much.
func (b *Book) chooseCurrency(ctx context.Context, tx *db.Tx, rates exchange.Rates) error {
	list, err := db.All(ctx, tx, func(row db.Scanner) (l LeftOut, err error) {
		err = row.Scan(&l.Currency, &l.Receipts)
		return l, err
	}, sqlCurrencies, b.AsOf)
	switch {
	case err != nil:
		return err
	case len(list) > 0:
		b.Currency = list[0].Currency
	case len(b.Stores) > 0:
		b.Currency = b.Stores[0].Currency
	}
	b.rates = rates.In(b.Currency)
	n := 0
	for _, l := range list {
		if b.rates.Known(l.Currency) {
			n += l.Receipts
		} else {
			b.LeftOut = append(b.LeftOut, l)
		}
	}
	b.Day, b.Store, b.Amount = make([]day.Day, 0, n), make([]int32, 0, n), make([]int64, 0, n)
	return nil
}

// bought is a receipt on its way into the book.
type bought struct {
	day    day.Day
	store  int32
	amount int64
}

// returned is what somebody brought back: ever, and in the last 365 days.
type returned struct{ ever, year int64 }

// add puts a customer's purchases into the book, in order, with what they brought
// back. Whoever only brought something back has bought nothing that is known.
func (b *Book) add(c customer.ID, list []bought, back returned) {
	if len(list) == 0 {
		return
	}
	slices.SortFunc(list, func(x, y bought) int {
		return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(x.store, y.store), cmp.Compare(x.amount, y.amount))
	})
	b.Customers = append(b.Customers, c)
	b.Start = append(b.Start, int32(len(b.Day)))
	b.Returned, b.ReturnedYear = append(b.Returned, max(0, back.ever)), append(b.ReturnedYear, max(0, back.year))
	for _, p := range list {
		b.Day, b.Store, b.Amount = append(b.Day, p.day), append(b.Store, p.store), append(b.Amount, p.amount)
	}
}

// dayCache parses each day once: millions of purchases are made on a few thousand days.
type dayCache map[string]day.Day

func (c dayCache) parse(text string) (day.Day, error) {
	if d, ok := c[text]; ok {
		return d, nil
	}
	d, err := day.Parse(text)
	if err == nil {
		c[text] = d
	}
	return d, err
}
