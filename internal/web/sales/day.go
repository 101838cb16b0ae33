package sales

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	ids "github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// daySize is how many receipts of a day are shown at once.
const daySize = 50

// dayPage is a store's receipts of a day.
type dayPage struct {
	names

	Store    org.Store
	Stores   []ui.Option
	Day      string
	Prev     string // addresses of the days beside; empty: none
	After    string
	Today    string
	Receipts []purchase.Receipt
	Buyers   map[customer.ID]customer.Summary
	Total    purchase.DayTotal
	Next     string // address of the next part
	First    string
	MayWrite bool
	Whole    bool // the total is the store's, not only what the reader sees of it
}

// net is what the day came to, by currency: nothing at all is nothing of the store's.
func (p dayPage) net() []money.Amount {
	if len(p.Total.Net) == 0 {
		return []money.Amount{{Currency: p.Store.Currency}}
	}
	return p.Total.Net
}

func (h Pages) day(w http.ResponseWriter, r *http.Request) error {
	ctx, actor, q := r.Context(), web.Actor(r), web.Query(r)
	n, err := h.names(ctx)
	if err != nil {
		return err
	}
	p := dayPage{names: n, Stores: n.storeOptions(actor), MayWrite: actor.May(org.PurchasesWrite), Whole: actor.Reach != org.ReachOwn}
	if len(p.Stores) == 0 {
		return web.Render(w, r, web.Page{Title: web.T(r, "sales.title"), Body: noStore()})
	}
	p.Store = pickStore(n, actor, p.Stores, q.Text("store"))
	today := day.Of(web.Now(r), p.Store.Location())
	d, err := day.Parse(q.Text("day"))
	if err != nil {
		d = today // nothing asked for, or nothing that is a day
	}
	p.Day, p.Today = d.String(), today.String()
	at := func(d day.Day) string { return paths.With("/sales", "store", p.Store.ID.String(), "day", d.String()) }
	p.Prev = at(d.AddDays(-1))
	if d < today {
		p.After = at(d.AddDays(1))
	}
	cursor := parseCursor(q.Text("after"))
	list, next, err := h.Purchases.Day(ctx, actor, p.Store.ID, p.Day, cursor, daySize)
	if err != nil {
		return err
	}
	p.Receipts = list
	if next != (purchase.Cursor{}) {
		p.Next = paths.With("/sales", "store", p.Store.ID.String(), "day", p.Day, "after", fmt.Sprintf("%d-%s", next.SoldAt, next.ID))
	}
	if cursor != (purchase.Cursor{}) {
		p.First = at(d)
	}
	if p.Buyers, err = h.buyers(ctx, actor, list); err != nil {
		return err
	}
	if p.Total, err = h.Purchases.DayTotal(ctx, actor, p.Store.ID, p.Day); err != nil {
		return err
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "sales.title"), Body: dayBody(p)})
}

// pickStore is the store asked for, else the reader's own, else the first in reach.
func pickStore(n names, a org.Actor, inReach []ui.Option, asked string) org.Store {
	for _, want := range []string{asked, a.Staff.StoreID.String(), inReach[0].Value} {
		for _, o := range inReach {
			if o.Value == want {
				id, _ := ids.Parse[org.Store](want) // an option's value is an id
				return n.stores[id]
			}
		}
	}
	return org.Store{}
}

// parseCursor reads what the address of the next part holds; anything else is
// the beginning.
func parseCursor(s string) purchase.Cursor {
	at, rest, _ := strings.Cut(s, "-")
	var c purchase.Cursor
	if _, err := fmt.Sscan(at, &c.SoldAt); err != nil {
		return purchase.Cursor{}
	}
	receipt, err := ids.Parse[purchase.Receipt](rest)
	if err != nil {
		return purchase.Cursor{}
	}
	c.ID = receipt
	return c
}
