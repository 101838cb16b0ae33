package insight

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// at is when the tests take place.
var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// shop is a company of two stores.
type shop struct {
	*Service
	t         *testing.T
	purchases *purchase.Service
	a, b      org.Store
}

func setup(t *testing.T, d *db.DB) *shop {
	t.Helper()
	d.Clock = func() time.Time { return at }
	now := func() time.Time { return at }
	o := &org.Service{DB: d, Now: now}
	c := customer.New(d)
	s := New(d, o, c)
	s.Now = now
	sh := &shop{Service: s, t: t, purchases: purchase.New(d, c, o, now)}
	for _, st := range []struct {
		code string
		to   *org.Store
	}{{"A", &sh.a}, {"B", &sh.b}} {
		made, err := o.CreateStore(t.Context(), org.System, org.Store{Code: st.code, Currency: "CNY", Zone: "UTC"})
		if err != nil {
			t.Fatal(err)
		}
		*st.to = made
	}
	return sh
}

// customer makes a customer kept by a store and perhaps a person.
func (sh *shop) customer(name string, st org.Store, owner org.StaffID) customer.ID {
	sh.t.Helper()
	c, err := sh.Customers.Create(sh.t.Context(), org.System, customer.NewCustomer{Name: name, StoreID: st.ID, OwnerID: owner})
	if err != nil {
		sh.t.Fatal(err)
	}
	return c.ID
}

// hire makes an associate of a store.
func (sh *shop) hire(code string, st org.Store) org.Staff {
	sh.t.Helper()
	p, err := sh.Org.CreateStaff(sh.t.Context(), org.System, org.Staff{Code: code, Name: code, Role: org.Associate, StoreID: st.ID})
	if err != nil {
		sh.t.Fatal(err)
	}
	return p
}

// buys has a customer buy something for an amount of the minor unit, on days.
func (sh *shop) buys(c customer.ID, st org.Store, amount int64, days ...string) {
	sh.t.Helper()
	for _, d := range days {
		one := money.One
		if amount < 0 {
			one = -one
		}
		_, err := sh.purchases.Record(sh.t.Context(), org.System, purchase.NewReceipt{
			Store: st.ID, SoldAt: on(d).Start(time.UTC).Add(10 * time.Hour), Customer: c,
			Lines: []purchase.NewLine{{SKU: "R1", Name: "Rice", Quantity: one, UnitPrice: money.Price(max(amount, -amount) * 10_000)}},
		})
		if err != nil {
			sh.t.Fatal(err)
		}
	}
}

// story is what the timeline says of one kind, the latest first.
func (sh *shop) story(c customer.ID, kind customer.EntryKind) []map[string]any {
	sh.t.Helper()
	list, _, err := sh.Customers.Timeline(sh.t.Context(), org.System, c, customer.TimelineCursor{}, 100)
	if err != nil {
		sh.t.Fatal(err)
	}
	var out []map[string]any
	for _, e := range list {
		if e.Kind == kind {
			out = append(out, e.Data)
		}
	}
	return out
}

// score is a customer's score as it is read.
func (sh *shop) score(c customer.ID) Scored {
	sh.t.Helper()
	h, err := readHead(sh.t.Context(), sh.DB)
	if err != nil {
		sh.t.Fatal(err)
	}
	k, err := db.One(sh.t.Context(), sh.DB, ScanScore, sqlOneScore, int64(c), h.half)
	if err != nil {
		sh.t.Fatal(err)
	}
	return k
}

// on reads a day.
func on(text string) day.Day { return day.MustParse(text) }

func ons(texts ...string) []day.Day {
	list := make([]day.Day, len(texts))
	for i, text := range texts {
		list[i] = on(text)
	}
	return list
}

// bookOf makes a book by hand: of each customer, the days on which they spent 100
// in the first store.
func bookOf(asOf string, customers ...[]string) *Book {
	b := &Book{AsOf: on(asOf), Currency: "CNY", Stores: []org.Store{{ID: 1, Code: "A"}, {ID: 2, Code: "B"}}}
	for i, days := range customers {
		var list []bought
		for _, d := range days {
			list = append(list, bought{day: on(d), amount: 100})
		}
		b.add(customer.ID(i+1), list, returned{})
	}
	b.Start = append(b.Start, int32(len(b.Day)))
	return b
}

func same(t *testing.T, what string, got, want any, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// realFile is the export of a British shop, where it is at hand.
func realFile(t testing.TB) purchase.File {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "online-retail", "online-retail.csv.gz")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the real data are not here: %v", err)
	}
	return purchase.File{Kind: purchase.Receipts, Path: path}
}

var realOptions = purchase.Options{Store: "UK1", Currency: "GBP", Zone: "Europe/London", Map: map[string]string{
	"receipt": "InvoiceNo", "sku": "StockCode", "product": "Description", "quantity": "Quantity", "sold_at": "InvoiceDate",
	"unit_price": "UnitPrice", "customer": "CustomerID"}}
