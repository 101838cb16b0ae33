package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// TestGenerated_rows_are_what_the_services_write makes a small world in bulk,
// has the services write the same people and purchases one by one into another
// database, and compares the rows.
func TestGenerated_rows_are_what_the_services_write(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		o := options{customers: 150, purchases: 1200, seed: 3, today: day.MustParse("2026-11-22"), password: "jar-of-rice-bench"}
		w := generated(t, d, o)
		again := dbtest.SQLite(t)
		r := &replay{t: t, w: w, db: again, customers: customer.New(again), ids: map[int64]customer.ID{}}
		r.run(t.Context())
		for _, q := range []string{
			`SELECT name, gender, birth_calendar, birth_year, birth_month, birth_day, birth_leap, birth_key, card_no, owner_id, origin,
				completeness, version, created_at, updated_at FROM customer`,
			`SELECT c.name, k.kind, k.value, k.label, k.main FROM contact k JOIN customer c ON c.customer_id = k.customer_id`,
			`SELECT c.name, k.kind, k.value FROM contact_key k JOIN customer c ON c.customer_id = k.customer_id`,
			`SELECT c.name, k.term, k.owner_id FROM search_term k JOIN customer c ON c.customer_id = k.customer_id`,
			`SELECT c.name, k.field, k.value, k.status, k.noted_by, k.noted_at, k.source, k.current FROM fact k JOIN customer c ON c.customer_id = k.customer_id`,
			`SELECT c.name, k.body, k.staff_id, k.at FROM note k JOIN customer c ON c.customer_id = k.customer_id`,
			`SELECT c.name, k.purpose, k.channel, k.granted, k.source, k.wording, k.staff_id, k.at FROM consent k JOIN customer c ON c.customer_id = k.customer_id`,
			`SELECT number, receipt_id, digest, parts, missing FROM receipt_key`,
			`SELECT id, number, kind, sold_at, day, staff_id, currency, net, lines FROM receipt`,
			// Not the till's words: an import leaves them out where they are the product's name, Record cannot.
			`SELECT receipt_id, line, product_id, quantity, unit_price, amount FROM receipt_line`,
			`SELECT id, sku, name, category FROM product p WHERE EXISTS (SELECT 1 FROM receipt_line l WHERE l.product_id = p.id)`,
			`SELECT receipt_id, promised_on, delivered_on, what FROM delivery`,
			`SELECT c.name, k.at, k.kind, k.staff_id, k.data FROM timeline k JOIN customer c ON c.customer_id = k.customer_id`,
			`SELECT c.name, k.currency, k.receipts, k.returns, k.net, k.days, k.first_day, k.last_day, k.last_receipt, k.median_gap, k.cool_on
				FROM purchase_stat k JOIN customer c ON c.customer_id = k.customer_id`,
		} {
			if diff := gocmp.Diff(dump(t, again, q), dump(t, d, q)); diff != "" {
				t.Errorf("%s\n(-services +generated):\n%.3000s", q, diff)
			}
		}
	})
}

func generated(t *testing.T, d *db.DB, o options) *world {
	t.Helper()
	if err := generate(t.Context(), d, o, t.Logf); err != nil {
		t.Fatal(err)
	}
	// The world again, with the stores and sellers as they were written.
	w := newWorld(o)
	var err error
	w.stores, err = (&org.Service{DB: d}).Stores(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	people, err := (&org.Service{DB: d}).ListStaff(t.Context(), org.StaffFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range w.stores {
		var sellers []org.StaffID
		for _, p := range people {
			if p.StoreID == s.ID && p.Role == org.Associate {
				sellers = append(sellers, p.ID)
			}
		}
		w.sellers = append(w.sellers, sellers)
	}
	w.sell()
	return w
}

// dump is a query's rows as text, sorted.
func dump(t *testing.T, d *db.DB, query string) []string {
	t.Helper()
	var list []string
	rows, err := d.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for i, v := range values {
			if is, ok := v.(bool); ok { // SQLite has no booleans
				v = map[bool]int64{true: 1}[is]
			}
			fmt.Fprintf(&b, "%s=%v ", columns[i], v)
		}
		list = append(list, b.String())
	}
	slices.Sort(list)
	return list
}

// replay has the services write a world.
type replay struct {
	t         *testing.T
	w         *world
	db        *db.DB
	customers *customer.Service
	purchases *purchase.Service
	ids       map[int64]customer.ID
}

// step is one thing that somebody did.
type step struct {
	at int64
	do func(context.Context) error
}

func (r *replay) run(ctx context.Context) {
	company := &org.Service{DB: r.db}
	l := &loader{db: r.db, say: r.t.Logf}
	region, err := company.CreateRegion(ctx, org.System, "一")
	if err != nil {
		r.t.Fatal(err)
	}
	stores := slices.Clone(r.w.stores)
	var staff []org.Staff
	for i := range stores {
		stores[i].RegionID = region.ID
		for _, s := range r.w.sellers[i] {
			staff = append(staff, org.Staff{ID: s, Code: s.String(), Name: "x", Role: org.Associate, Reach: org.ReachOwn, StoreID: stores[i].ID, Active: true})
		}
	}
	if err := l.writeCompany(ctx, stores, staff); err != nil {
		r.t.Fatal(err)
	}
	r.purchases = purchase.New(r.db, r.customers, company, func() time.Time { return r.db.Clock() })
	var steps []step
	for i := range r.w.customers {
		steps = append(steps, r.steps(i)...)
	}
	for i := range r.w.walkIns {
		steps = append(steps, r.sale(&r.w.walkIns[i])...)
	}
	// Files that came after a purchase are opened before it is recorded: the
	// generator's tills knew their customers all along.
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.at, b.at) })
	for _, s := range steps {
		at := time.UnixMilli(max(s.at, -s.at))
		r.db.Clock = func() time.Time { return at }
		if err := s.do(ctx); err != nil {
			r.t.Fatal(err)
		}
	}
}

// steps of a customer; opening files comes first, so their instants are negative.
func (r *replay) steps(i int) []step {
	p := r.w.file(i)
	by := org.System
	by.Staff = org.Staff{ID: p.owner}
	list := []step{{-p.created, func(ctx context.Context) error {
		c, err := r.customers.Create(ctx, by, customer.NewCustomer{
			Name: p.name, Gender: customer.Gender(p.gender), Birth: p.birth, Card: p.card, Contacts: p.contacts,
			StoreID: r.w.stores[p.store].ID, OwnerID: p.owner, Origin: customer.OriginWalkIn,
		})
		r.ids[p.id] = c.ID
		return err
	}}}
	if len(p.facts) > 0 {
		list = append(list, step{p.facts[0].at, func(ctx context.Context) error {
			var answers []customer.Answer
			for _, f := range p.facts {
				answers = append(answers, customer.Answer{Field: f.field, Value: f.value})
			}
			return r.customers.Learn(ctx, by, r.ids[p.id], answers, customer.FromTalk)
		}})
	}
	if p.consent != 0 {
		list = append(list, step{p.consent, func(ctx context.Context) error {
			return r.customers.SetConsent(ctx, by, r.ids[p.id],
				customer.Consent{Purpose: customer.ForCare, Channel: customer.AllChannels, Granted: true, Source: customer.FromTalk})
		}})
	}
	if p.note != 0 {
		list = append(list, step{p.note, func(ctx context.Context) error {
			return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := r.customers.AddNoteTx(ctx, tx, by, r.ids[p.id], noteText)
				return err
			})
		}})
	}
	for _, one := range r.w.receipts(i, p.id) {
		list = append(list, r.sale(&one)...)
	}
	return list
}

func (r *replay) sale(one *receipt) []step {
	in := purchase.NewReceipt{Store: r.w.stores[one.store].ID, Number: one.number(r.w), SoldAt: time.UnixMilli(one.at), Staff: one.staff}
	for _, l := range one.lines[:one.n] {
		in.Lines = append(in.Lines, purchase.NewLine{
			SKU: l.product.sku, Name: l.product.name, Category: l.product.group,
			Quantity: money.Quantity(l.quantity), UnitPrice: money.Price(l.product.price * 10_000),
		})
	}
	return []step{{one.at, func(ctx context.Context) error {
		if one.customer > 0 {
			in.Customer = r.ids[one.customer]
		}
		done, err := r.purchases.Record(ctx, org.System, in)
		if err != nil {
			return err
		}
		v, ok := r.w.delivery(one)
		if !ok {
			return nil
		}
		_, err = r.purchases.Deliver(ctx, org.System, purchase.Delivery{
			Customer: done.Receipt.Customer, Receipt: done.Receipt.ID,
			PromisedOn: v.promised, DeliveredOn: v.done, What: v.what,
		})
		return err
	}}}
}

func TestGenerate_makes_as_much_as_it_was_asked_for(t *testing.T) {
	d := dbtest.SQLite(t)
	o := options{customers: 700, purchases: 4001, seed: 1, today: day.MustParse("2026-11-22"), password: "jar-of-rice-bench"}
	generated(t, d, o)
	count := func(query string) int64 {
		n, err := db.One(t.Context(), d, db.Value[int64], query)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for query, want := range map[string]int64{
		"SELECT count(*) FROM customer":                         700,
		"SELECT count(*) FROM receipt":                          4001,
		"SELECT count(*) FROM receipt_key":                      4001,
		"SELECT count(*) FROM receipt WHERE customer_id < 0":    200,
		"SELECT count(*) FROM receipt WHERE day > '2026-11-21'": 0,
	} {
		if got := count(query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	indexes := func(d *db.DB) map[string]bool {
		list := dump(t, d, "SELECT name FROM sqlite_master WHERE type = 'index'")
		return maps.Collect(func(yield func(string, bool) bool) {
			for _, name := range list {
				if !yield(name, true) {
					return
				}
			}
		})
	}
	if diff := gocmp.Diff(indexes(dbtest.SQLite(t)), indexes(d)); diff != "" {
		t.Errorf("indexes (-before +after):\n%s", diff)
	}
	if err := generate(t.Context(), d, o, t.Logf); err == nil {
		t.Error("a database with customers was filled again")
	}
}
