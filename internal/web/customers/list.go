package customers

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	ids "github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/phone"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// pageSize is how many customers a page of the list holds: more than a screen,
// and quick to fetch over a poor signal.
const pageSize = 40

// row is a customer on a list.
type row struct {
	customer.Summary
	Stat    purchase.Stat // zero: nothing bought
	Place   string        // the store's name
	Keeper  string        // the owning associate's
	Receipt string        // the number of the receipt they were found by
}

func (r row) bought() bool { return r.Stat.Receipts+r.Stat.Returns > 0 }

// listPage is the list of customers, or what a search found.
type listPage struct {
	Rows    []row
	Query   string // what was searched for; empty: the list
	Form    *form.Form
	Stores  []ui.Option // to filter by; fewer than two: not offered
	Owners  []ui.Option
	Next    string
	First   string
	Export  string // address of the download without its format; empty: may not
	MayAdd  bool
	Places  bool   // there are several stores, so each row names its own
	Keepers bool   // there are several people, so each row names its own
	ReachTo string // how far the reader sees, in words
}

func (h Pages) list(w http.ResponseWriter, r *http.Request) error {
	ctx, actor, f := r.Context(), web.Actor(r), web.Query(r)
	p := listPage{Form: f, Query: f.Text("q"), MayAdd: actor.May(org.CustomersWrite), ReachTo: web.T(r, "web.reach."+string(actor.Reach))}
	n, err := h.names(ctx)
	if err != nil {
		return err
	}
	p.Keepers = actor.Reach != org.ReachOwn
	p.Places = severalStores(actor, n)
	var next customer.Cursor
	if p.Query != "" {
		hits, err := h.find(ctx, actor, p.Query, pageSize)
		if err != nil {
			return err
		}
		if len(hits) == 1 && isPhone(p.Query) {
			return web.Redirect(w, r, path(hits[0].ID, ""))
		}
		p.Rows, err = h.rows(ctx, n, hits)
		if err != nil {
			return err
		}
	} else {
		filter, after := listFilter(f), parseCursor(f.Text("after"))
		list, cursor, err := h.Customers.List(ctx, actor, filter, after, pageSize)
		if err != nil {
			return err
		}
		hits := make([]hit, len(list))
		for i, c := range list {
			hits[i] = hit{Summary: c}
		}
		if p.Rows, err = h.rows(ctx, n, hits); err != nil {
			return err
		}
		next = cursor
		p.Stores, p.Owners = h.filters(r, n, filter)
		if actor.May(org.CustomersExport) {
			p.Export = "/customers/export" + query(f, "format", "")
		}
	}
	if next.ID != 0 {
		p.Next = "/customers" + query(f, "after", fmt.Sprintf("%d-%s", next.At, next.ID))
	}
	if f.Text("after") != "" {
		p.First = "/customers" + query(f, "after", "")
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "customers.title"), Body: listBody(p), Search: p.Query})
}

// severalStores reports whether the reader sees customers of more than one store.
func severalStores(a org.Actor, n names) bool {
	return (a.Reach == org.ReachRegion || a.Reach == org.ReachAll) && len(n.stores) > 1
}

// isPhone reports whether what was typed is a whole telephone number: whoever
// types one wants that person, not a list.
func isPhone(q string) bool {
	_, err := phone.Parse(q, customer.DefaultRegion)
	return err == nil
}

func listFilter(f *form.Form) customer.Filter {
	store, _ := ids.Parse[org.Store](f.Text("store")) // what is no id filters nothing
	owner, _ := ids.Parse[org.Staff](f.Text("owner"))
	return customer.Filter{Store: store, Owner: owner}
}

// parseCursor reads what list wrote; anything else is the beginning.
func parseCursor(s string) customer.Cursor {
	at, c, _ := strings.Cut(s, "-")
	var cur customer.Cursor
	if _, err := fmt.Sscan(at, &cur.At); err != nil {
		return customer.Cursor{}
	}
	id, err := ids.Parse[customer.Customer](c)
	if err != nil {
		return customer.Cursor{}
	}
	cur.ID = id
	return cur
}

// query is the page's own query with one value changed.
func query(f *form.Form, name, value string) string {
	v := url.Values{}
	for k, all := range f.Values {
		if k != "after" && len(all) > 0 && all[0] != "" {
			v.Set(k, all[0])
		}
	}
	v.Del(name)
	if value != "" {
		v.Set(name, value)
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// rows adds what the list says of each customer beside their file.
func (h Pages) rows(ctx context.Context, n names, hits []hit) ([]row, error) {
	list := make([]row, len(hits))
	who := make([]customer.ID, len(hits))
	for i, c := range hits {
		who[i] = c.ID
	}
	stats, err := h.Purchases.Stats(ctx, h.Purchases.DB, who)
	if err != nil {
		return nil, err
	}
	for i, c := range hits {
		list[i] = row{Summary: c.Summary, Stat: stats[c.ID], Place: n.store(c.StoreID), Keeper: n.person(c.OwnerID), Receipt: c.Receipt}
	}
	return list, nil
}

// filters are the stores and people the reader can choose from: those in reach.
func (h Pages) filters(r *http.Request, n names, now customer.Filter) (stores, owners []ui.Option) {
	actor := web.Actor(r)
	scope := actor.Scope()
	if actor.Reach == org.ReachOwn {
		return nil, nil
	}
	for _, s := range n.stores {
		if scope.AllowsStore(s.ID) && (s.Active || s.ID == now.Store) {
			stores = append(stores, ui.Option{Value: s.ID.String(), Label: s.Name})
		}
	}
	if now.Store == 0 && actor.Reach != org.ReachStore && len(n.staff) > mostOwners {
		return withAll(stores, web.T(r, "customers.all_stores")), nil
	}
	for _, p := range n.staff {
		seen := scope.AllowsStore(p.StoreID) || p.StoreID == 0 && actor.Reach == org.ReachAll
		if seen && (p.Active || p.ID == now.Owner) && (now.Store == 0 || p.StoreID == now.Store) {
			owners = append(owners, ui.Option{Value: p.ID.String(), Label: p.Name})
		}
	}
	return withAll(stores, web.T(r, "customers.all_stores")), withAll(owners, web.T(r, "customers.all_owners"))
}

// mostOwners is how many people a filter can offer. Of a larger company it offers
// those of a store, once one is chosen.
const mostOwners = 100

// withAll sorts options and puts the one that means all of them first.
func withAll(list []ui.Option, all string) []ui.Option {
	slices.SortFunc(list, func(a, b ui.Option) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Value, b.Value)) })
	return slices.Insert(list, 0, ui.Option{Label: all})
}

// peek is the short form of a file, shown beside the list where there is room.
func (h Pages) peek(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	if !web.Fragment(r) {
		return web.Redirect(w, r, path(c, ""))
	}
	p, err := h.read(r, c)
	if err != nil {
		return err
	}
	return web.Render(w, r, web.Page{Title: p.Title, Body: peekBody(p)})
}

// notFound is the answer for an address that names nothing.
var notFound = errs.New(errs.NotFound, "web.not_found")
