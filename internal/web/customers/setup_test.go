package customers_test

import (
	"context"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web/customers"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

// now is a Sunday afternoon.
var now = time.Date(2026, 11, 22, 6, 30, 0, 0, time.UTC)

// shop is a company of two stores with its pages. Li and Wu are associates of
// the first store who see only their own customers.
type shop struct {
	t    testing.TB
	db   *db.DB
	site webtest.Site

	customers *customer.Service
	purchases *purchase.Service
	org       *org.Service
	insight   *insight.Service

	east, west             org.Store
	li, wu, manager, admin org.Actor
	marketer, executive    org.Actor
}

func run(t *testing.T, f func(t *testing.T, s shop)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) { f(t, open(t, d)) })
}

func open(t *testing.T, d *db.DB) shop {
	s := wire(t, d)
	h := customers.Pages{Customers: s.customers, Purchases: s.purchases, Care: care.New(d, s.org, s.customers, s.purchases), Org: s.org, Insight: s.insight}
	s.site = webtest.New(t, h.Routes, webtest.At(now), webtest.Org(s.org),
		webtest.Reach(func(ctx context.Context, a org.Actor, c int64) error {
			return s.customers.Reach(ctx, a, customer.ID(c))
		}))
	return s
}

func wire(t testing.TB, d *db.DB) shop {
	d.Clock = func() time.Time { return now }
	s := shop{t: t, db: d, org: &org.Service{DB: d, Now: d.Clock}, customers: customer.New(d)}
	s.purchases = purchase.New(d, s.customers, s.org, d.Clock)
	s.insight = insight.New(d, s.org, s.customers)
	s.insight.Now, s.insight.Audit = d.Clock, audit.Record
	s.east, s.west = s.store("E1", "南京路店"), s.store("W1", "静安店")
	s.li, s.wu = s.staff("li", "李敏", org.Associate), s.staff("wu", "吴强", org.Associate)
	s.manager, s.admin = s.staff("ma", "马店长", org.Manager), s.staff("admin", "管理员", org.Administrator)
	s.marketer, s.executive = s.staff("mk", "会员小王", org.Marketer), s.staff("ex", "总经理", org.Executive)
	return s
}

func (s shop) store(code, name string) org.Store {
	s.t.Helper()
	st, err := s.org.CreateStore(s.t.Context(), org.System, org.Store{Code: code, Name: name, Kind: org.Furniture, Currency: "CNY", Zone: "Asia/Shanghai"})
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

func (s shop) staff(code, name string, role org.Role) org.Actor {
	s.t.Helper()
	p, err := s.org.CreateStaff(s.t.Context(), org.System, org.Staff{Code: code, Name: name, Role: role, StoreID: s.east.ID, Locale: "zh-Hans"})
	if err != nil {
		s.t.Fatal(err)
	}
	return org.NewActor(p, 0, nil)
}

// customer opens a file of Li's, unless the actor is another.
func (s shop) customer(by org.Actor, name, phone string, change ...func(*customer.NewCustomer)) customer.Customer {
	s.t.Helper()
	in := customer.NewCustomer{Name: name, Origin: customer.OriginWalkIn, OwnerID: by.ID(), StoreID: s.east.ID}
	if phone != "" {
		k, err := customer.ParseContact(customer.Phone, phone)
		if err != nil {
			s.t.Fatal(err)
		}
		in.Contacts = []customer.Contact{k}
	}
	for _, c := range change {
		c(&in)
	}
	c, err := s.customers.Create(s.t.Context(), by, in)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// sell records a purchase so many days ago.
func (s shop) sell(c customer.ID, number string, daysAgo int, yuan int64, items ...string) purchase.Receipt {
	s.t.Helper()
	in := purchase.NewReceipt{Store: s.east.ID, Number: number, SoldAt: now.AddDate(0, 0, -daysAgo), Staff: s.li.ID(), Customer: c}
	for _, item := range items {
		amount := yuan * 100 / int64(len(items))
		in.Lines = append(in.Lines, purchase.NewLine{SKU: item, Name: item, Quantity: quantity(yuan), Amount: &amount})
	}
	r, err := s.purchases.Record(s.t.Context(), s.admin, in)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.Receipt
}

func quantity(yuan int64) money.Quantity {
	if yuan < 0 {
		return -1000
	}
	return 1000
}

func (s shop) learn(c customer.ID, field, value string) {
	s.t.Helper()
	if err := s.customers.Learn(s.t.Context(), s.li, c, []customer.Answer{{Field: field, Value: value}}, customer.FromTalk); err != nil {
		s.t.Fatal(err)
	}
}

func (s shop) file(c customer.ID) customer.File {
	s.t.Helper()
	f, err := s.customers.File(s.t.Context(), s.admin, c)
	if err != nil {
		s.t.Fatal(err)
	}
	return f
}

// onRecord is how often an action stands in the audit trail.
func (s shop) onRecord(action string) int {
	s.t.Helper()
	list, err := (&audit.Service{DB: s.db}).List(s.t.Context(), audit.Filter{Action: action})
	if err != nil {
		s.t.Fatal(err)
	}
	return len(list)
}

func pathOf(c customer.ID, rest string) string { return "/customers/" + c.String() + rest }
