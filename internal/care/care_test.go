package care_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// today is the day the tests happen on: ten in the morning of a Wednesday.
var (
	today    = day.MustParse("2026-03-18")
	shanghai = mustZone("Asia/Shanghai")
)

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// shop is a database with a chain: two stores, three associates, a manager.
type shop struct {
	*care.Service
	t       *testing.T
	db      *db.DB
	clock   time.Time
	home    org.Store
	other   org.Store
	li, wu  org.Actor // associates of home
	chen    org.Actor // an associate of other
	manager org.Actor // of home
	boss    org.Actor // sees everything
	numbers int
}

func run(t *testing.T, f func(t *testing.T, s *shop)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) { f(t, newShop(t, d)) })
}

func newShop(t *testing.T, d *db.DB) *shop {
	t.Helper()
	s := &shop{t: t, db: d, clock: today.Start(shanghai).Add(10 * time.Hour)}
	d.Clock = func() time.Time { return s.clock }
	o := &org.Service{DB: d, Now: d.Clock}
	customers := customer.New(d)
	s.Service = care.New(d, o, customers, purchase.New(d, customers, o, d.Clock))
	s.Now = d.Clock
	region, err := o.CreateRegion(t.Context(), org.System, "华东")
	s.must(err)
	store := func(code, name string) org.Store {
		st, err := o.CreateStore(t.Context(), org.System, org.Store{Code: code, Name: name, RegionID: region.ID, Currency: "CNY", Zone: "Asia/Shanghai"})
		s.must(err)
		return st
	}
	s.home, s.other = store("SH1", "静安店"), store("SH2", "徐汇店")
	person := func(code, name string, role org.Role, st org.Store) org.Actor {
		p, err := o.CreateStaff(t.Context(), org.System, org.Staff{Code: code, Name: name, Role: role, Reach: role.DefaultReach(), StoreID: st.ID, Active: true})
		s.must(err)
		a, err := o.Actor(t.Context(), p.ID)
		s.must(err)
		return a
	}
	s.li, s.wu = person("li", "李娜", org.Associate, s.home), person("wu", "吴敏", org.Associate, s.home)
	s.chen = person("chen", "陈静", org.Associate, s.other)
	s.manager, s.boss = person("zhou", "周强", org.Manager, s.home), person("he", "何总", org.Executive, s.home)
	s.must(s.EnsureDefaults(t.Context()))
	return s
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// customer opens a file of the associate's.
func (s *shop) customer(owner org.Actor, name string, more ...func(*customer.NewCustomer)) customer.Customer {
	s.t.Helper()
	in := customer.NewCustomer{Name: name, OwnerID: owner.ID(), StoreID: owner.Staff.StoreID, Origin: customer.OriginWalkIn}
	for _, f := range more {
		f(&in)
	}
	c, err := s.Customers.Create(s.t.Context(), org.System, in)
	s.must(err)
	return c
}

func female(in *customer.NewCustomer) { in.Gender = customer.Female }

func nobodys(in *customer.NewCustomer) { in.OwnerID = 0 }

func born(calendar day.Calendar, month, dom int) func(*customer.NewCustomer) {
	return func(in *customer.NewCustomer) {
		in.Birth = day.Birth{Calendar: calendar, Month: month, Day: dom}
	}
}

func phone(t *testing.T, raw string) func(*customer.NewCustomer) {
	return func(in *customer.NewCustomer) {
		k, err := customer.ParseContact(customer.Phone, raw)
		if err != nil {
			t.Fatal(err)
		}
		in.Contacts = append(in.Contacts, k)
	}
}

// buys records a purchase of so many yuan, in the customer's home store or, for
// a walk-in (0), in the first.
func (s *shop) buys(c customer.Customer, on day.Day, what string, yuan int64) purchase.Receipt {
	s.t.Helper()
	return s.buysAt(s.home, c, on, what, yuan)
}

func (s *shop) buysAt(st org.Store, c customer.Customer, on day.Day, what string, yuan int64) purchase.Receipt {
	s.t.Helper()
	s.numbers++
	minor := yuan * 100
	r, err := s.Purchases.Record(s.t.Context(), org.System, purchase.NewReceipt{
		Store: st.ID, Number: fmt.Sprintf("R%04d", s.numbers), SoldAt: on.Start(shanghai).Add(15 * time.Hour), Customer: c.ID,
		Lines: []purchase.NewLine{
			{SKU: "BAG", Name: "纸袋", Quantity: money.One, Amount: new(int64)},
			{SKU: what, Name: what, Quantity: money.One, Amount: &minor},
		},
	})
	s.must(err)
	return r.Receipt
}

// returns records that something was brought back.
func (s *shop) returns(c customer.Customer, on day.Day, what string, yuan int64) {
	s.t.Helper()
	s.numbers++
	minor := -yuan * 100
	_, err := s.Purchases.Record(s.t.Context(), org.System, purchase.NewReceipt{
		Store: s.home.ID, Number: fmt.Sprintf("R%04d", s.numbers), SoldAt: on.Start(shanghai).Add(16 * time.Hour), Customer: c.ID,
		Lines: []purchase.NewLine{{SKU: what, Name: what, Quantity: -money.One, Amount: &minor}},
	})
	s.must(err)
}

func (s *shop) delivers(r purchase.Receipt, on day.Day, what string) {
	s.t.Helper()
	_, err := s.Purchases.Deliver(s.t.Context(), org.System, purchase.Delivery{
		Customer: r.Customer, Receipt: r.ID, DeliveredOn: on.String(), What: what,
	})
	s.must(err)
}

// crowd lets walk-ins buy small things over the days before, so that a store
// knows what much is.
func (s *shop) crowd(upTo day.Day) {
	s.t.Helper()
	for i := range 30 {
		s.buys(customer.Customer{}, upTo.AddDays(-2*i), "毛巾", int64(20+i))
	}
}

// plan plans the day it is.
func (s *shop) plan() care.Planned {
	s.t.Helper()
	return s.planOn(day.Of(s.clock, shanghai))
}

func (s *shop) planOn(d day.Day) care.Planned {
	s.t.Helper()
	p, err := s.Plan(s.t.Context(), d)
	s.must(err)
	return p
}

// list is the first page of somebody's list today.
func (s *shop) list(actor org.Actor) []care.Item {
	s.t.Helper()
	p, err := s.List(s.t.Context(), actor, care.Filter{}, care.Cursor{}, 50)
	s.must(err)
	return p.Items
}

// rules are the codes and names of a list, in its order.
func told(items []care.Item) []string {
	var out []string
	for _, it := range items {
		out = append(out, it.RuleOf.Code+" "+it.Customer.Name)
	}
	return out
}

// only switches every other rule off.
func (s *shop) only(codes ...string) {
	s.t.Helper()
	rules, err := s.Rules(s.t.Context())
	s.must(err)
	for _, r := range rules {
		keep := r.Trigger == care.Outcome
		for _, code := range codes {
			keep = keep || r.Code == code
		}
		if keep == r.Active {
			continue
		}
		r.Active = keep
		_, err := s.SaveRule(s.t.Context(), org.System, r)
		s.must(err)
	}
}

func (s *shop) rule(code string) care.Rule {
	s.t.Helper()
	r, err := s.RuleByCode(s.t.Context(), code)
	s.must(err)
	return r
}

// count counts tasks in the database.
func count(t *testing.T, q db.Querier, where string) int {
	t.Helper()
	n, err := db.One(context.Background(), q, db.Value[int], "SELECT COUNT(*) FROM task WHERE "+where)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
