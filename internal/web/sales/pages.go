package sales

import (
	"cmp"
	"context"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// Pages are the pages of purchases.
type Pages struct {
	Customers *customer.Service
	Purchases *purchase.Service
	Org       *org.Service
}

// Routes registers the pages to the site.
func (h Pages) Routes(s *web.Site) {
	s.Handle("GET /sales", org.PurchasesRead, h.day)
	s.Handle("GET /sales/new", org.PurchasesWrite, h.newPage)
	s.Handle("POST /sales", org.PurchasesWrite, h.record)
	s.Handle("GET /sales/line", org.PurchasesWrite, h.line)
	s.Handle("GET /sales/sum", org.PurchasesWrite, h.sum)
	s.Handle("GET /sales/walk-ins/{receipt}", org.PurchasesRead, h.walkIn)
	s.Handle("POST /sales/walk-ins/{receipt}/deliveries", org.PurchasesWrite, h.deliverWalkIn)
	s.Handle("GET /customers/{customer}/receipts/{receipt}", org.PurchasesRead, h.receipt)
	s.Handle("POST /customers/{customer}/receipts/{receipt}/deliveries", org.PurchasesWrite, h.deliver)
	s.Handle("GET /sales/report", org.ReportsRead, h.report, web.Slow())
	s.Handle("GET /sales/report/download", org.ReportsRead, h.download, web.Slow())
	s.Handle("GET /reports", org.ReportsRead, h.report, web.Slow()) // where the navigation leads: the first of the reports
}

var notFound = errs.New(errs.NotFound, "web.not_found")

// receiptPath is where a receipt is: below its customer, or among the walk-ins.
func receiptPath(c customer.ID, r purchase.ReceiptID) string {
	if c < 0 {
		return "/sales/walk-ins/" + r.String()
	}
	return paths.CustomerPart(c, "receipts/"+r.String())
}

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

// storeOptions are the stores in reach.
func (n names) storeOptions(a org.Actor) []ui.Option {
	var list []org.Store
	for _, s := range n.stores {
		if a.Scope().AllowsStore(s.ID) && s.Active {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b org.Store) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID)) })
	options := make([]ui.Option, len(list))
	for i, s := range list {
		options[i] = ui.Option{Value: s.ID.String(), Label: s.Name}
	}
	return options
}

// staffOptions are the people of a store, who may have sold something.
func (n names) staffOptions(ctx context.Context, store org.StoreID, now org.StaffID) []ui.Option {
	var list []ui.Option
	for _, p := range n.staff {
		if p.Active && p.StoreID == store || p.ID == now && now != 0 {
			list = append(list, ui.Option{Value: p.ID.String(), Label: p.Name})
		}
	}
	slices.SortFunc(list, func(a, b ui.Option) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Value, b.Value)) })
	return slices.Insert(list, 0, ui.Option{Label: i18n.T(ctx, "sales.nobody")})
}

// title is what a customer is called; a till knows a card, not a name.
func title(ctx context.Context, c customer.Customer) string {
	switch {
	case c.Name != "":
		return c.Name
	case c.Card != "":
		return i18n.T(ctx, "sales.card_no", "card", c.Card)
	default:
		return i18n.T(ctx, "sales.nameless")
	}
}

// buyers are the customers of receipts whom the reader may see.
func (h Pages) buyers(ctx context.Context, actor org.Actor, receipts []purchase.Receipt) (map[customer.ID]customer.Summary, error) {
	var who []customer.ID
	for _, r := range receipts {
		if !r.WalkIn() && !slices.Contains(who, r.Customer) {
			who = append(who, r.Customer)
		}
	}
	list, err := h.Customers.Summaries(ctx, h.Customers.DB, who)
	if err != nil {
		return nil, err
	}
	seen := make(map[customer.ID]customer.Summary, len(list))
	for _, c := range list {
		if actor.Scope().Allows(c.OwnerID, c.StoreID) {
			seen[c.ID] = c
		}
	}
	return seen, nil
}
