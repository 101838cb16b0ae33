package customers

import (
	"context"
	"net/http"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/paths"
)

// Pages are the customers' pages.
type Pages struct {
	Customers *customer.Service
	Purchases *purchase.Service
	Care      *care.Service
	Org       *org.Service
	Insight   *insight.Service
}

// Routes registers the pages to the site.
func (h Pages) Routes(s *web.Site) {
	s.Handle("GET /customers", org.CustomersRead, h.list)
	s.Handle("GET /customers/search", org.CustomersRead, h.suggest)
	s.Handle("GET /customers/export", org.CustomersExport, h.export, web.Slow())
	s.Handle("GET /customers/new", org.CustomersWrite, h.newPage)
	s.Handle("GET /customers/new/phone", org.CustomersWrite, h.checkPhone)
	s.Handle("POST /customers", org.CustomersWrite, h.create)

	s.Handle("GET /customers/{customer}", org.CustomersRead, h.file)
	s.Handle("GET /customers/{customer}/peek", org.CustomersRead, h.peek)
	s.Handle("GET /customers/{customer}/timeline", org.CustomersRead, h.timeline)
	s.Handle("GET /customers/{customer}/purchases", org.PurchasesRead, h.purchases)
	s.Handle("POST /customers/{customer}/reveal", org.CustomersReveal, h.reveal)

	s.Handle("GET /customers/{customer}/edit", org.CustomersWrite, h.editPage)
	s.Handle("POST /customers/{customer}/edit", org.CustomersWrite, h.edit)
	s.Handle("POST /customers/{customer}/answer", org.CustomersWrite, h.answer)
	s.Handle("GET /customers/{customer}/facts/{field}", org.CustomersRead, h.fact)
	s.Handle("POST /customers/{customer}/facts/{field}", org.CustomersWrite, h.learn)
	s.Handle("POST /customers/{customer}/notes", org.CustomersWrite, h.addNote)
	s.Handle("POST /customers/{customer}/notes/{note}/remove", org.CustomersWrite, h.removeNote)
	s.Handle("POST /customers/{customer}/notes/{note}/restore", org.CustomersWrite, h.restoreNote)
	s.Handle("GET /customers/{customer}/loyalty", org.CustomersRead, h.loyalty)
	s.Handle("POST /customers/{customer}/reasons", org.CustomersWrite, h.noteReason)
	s.Handle("POST /customers/{customer}/reasons/{reason}/forget", org.CustomersWrite, h.forgetReason)
	s.Handle("GET /customers/{customer}/consent", org.CustomersRead, h.consentPage)
	s.Handle("POST /customers/{customer}/consent", org.CustomersWrite, h.consent)
	s.Handle("GET /customers/{customer}/relatives", org.CustomersWrite, h.relativesPage)
	s.Handle("POST /customers/{customer}/household", org.CustomersWrite, h.addToHousehold)
	s.Handle("POST /customers/{customer}/household/leave", org.CustomersWrite, h.leaveHousehold)
	s.Handle("POST /customers/{customer}/household/{household}/return", org.CustomersWrite, h.returnToHousehold)
	s.Handle("POST /customers/{customer}/referrer", org.CustomersWrite, h.setReferrer)
}

// id is the customer of the page's path.
func id(r *http.Request) (customer.ID, error) { return web.ID[customer.Customer](r, "customer") }

// path is where a customer's file is, with what follows.
func path(c customer.ID, rest string) string { return paths.Customer(c) + rest }

// names tells what stores and people are called.
type names struct {
	stores map[org.StoreID]org.Store
	staff  map[org.StaffID]org.Staff
}

func (h Pages) names(ctx context.Context) (names, error) {
	stores, err := h.Org.StoresByID(ctx)
	if err != nil {
		return names{}, err
	}
	staff, err := h.Org.StaffByID(ctx)
	return names{stores, staff}, err
}

func (n names) store(s org.StoreID) string  { return n.stores[s].Name }
func (n names) person(p org.StaffID) string { return n.staff[p].Name }

// elsewhere is the store's name where it is not the customer's own.
func (n names) elsewhere(home, s org.StoreID) string {
	if s == home {
		return ""
	}
	return n.store(s)
}
