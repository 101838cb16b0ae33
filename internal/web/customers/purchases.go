package customers

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	ids "github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
)

// historySize is how many receipts are shown at once.
const historySize = 8

// historyPart is a page of a customer's receipts.
type historyPart struct {
	names

	Customer customer.ID
	Home     org.StoreID // the customer's own store, which goes without saying
	Receipts []purchase.Receipt
	Next     string // address of the next part; empty: this is the last
}

func receiptPath(c customer.ID, r purchase.ReceiptID) string {
	return path(c, "/receipts/"+r.String())
}

func (h Pages) readHistory(r *http.Request, head customer.Customer, after purchase.Cursor) (historyPart, error) {
	c := head.ID
	p := historyPart{Customer: c, Home: head.StoreID}
	var err error
	if p.names, err = h.names(r.Context()); err != nil {
		return p, err
	}
	var next purchase.Cursor
	p.Receipts, next, err = h.Purchases.History(r.Context(), web.Actor(r), c, after, historySize)
	if next != (purchase.Cursor{}) {
		p.Next = path(c, fmt.Sprintf("/purchases?after=%d-%s", next.SoldAt, next.ID))
	}
	return p, err
}

// historyCursor reads what readHistory wrote; anything else is the beginning.
func historyCursor(f *form.Form) purchase.Cursor {
	at, rest, _ := strings.Cut(f.Text("after"), "-")
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

// purchases is a further part of the receipts.
func (h Pages) purchases(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	head, err := h.Customers.Get(r.Context(), web.Actor(r), c)
	if err != nil {
		return err
	}
	p, err := h.readHistory(r, head, historyCursor(web.Query(r)))
	if err != nil {
		return err
	}
	name := title(r.Context(), head)
	return web.Render(w, r, web.Page{Title: name, Body: partPage(c, name, web.T(r, "customers.purchases"), receiptLines(p)), Fragment: receiptLines(p)})
}
