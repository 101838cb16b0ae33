package sales

import (
	"cmp"
	"context"
	"net/http"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// receiptPage is a receipt with all that hangs on it.
type receiptPage struct {
	purchase.Whole
	names

	Buyer    *customer.Summary // nil: a walk-in
	MayWrite bool
	Form     *form.Form // of a delivery
}

// receipt is a customer's receipt; as a part of their file it is its lines alone.
func (h Pages) receipt(w http.ResponseWriter, r *http.Request) error {
	c, err := web.ID[customer.Customer](r, "customer")
	if err != nil {
		return err
	}
	return h.showReceipt(w, r, c, nil)
}

// walkIn is the receipt of somebody nobody knows.
func (h Pages) walkIn(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID[purchase.Receipt](r, "receipt")
	if err != nil {
		return err
	}
	return h.showReceipt(w, r, -customer.ID(id), nil)
}

func (h Pages) showReceipt(w http.ResponseWriter, r *http.Request, c customer.ID, f *form.Form) error {
	ctx, actor := r.Context(), web.Actor(r)
	id, err := web.ID[purchase.Receipt](r, "receipt")
	if err != nil {
		return err
	}
	p := receiptPage{Form: f, MayWrite: actor.May(org.PurchasesWrite)}
	if p.names, err = h.names(ctx); err != nil {
		return err
	}
	if p.Whole, err = h.Purchases.Receipt(ctx, actor, c, id); err != nil {
		return err
	}
	buyers, err := h.buyers(ctx, actor, []purchase.Receipt{p.Receipt})
	if err != nil {
		return err
	}
	if b, ok := buyers[c]; ok {
		p.Buyer = &b
	}
	if p.Form == nil {
		p.Form = form.Of("delivered_on", day.Of(web.Now(r), p.stores[p.Store].Location()).String(), "what", p.MainItem())
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "sales.receipt_no", "number", p.Number), Body: receiptBody(p), Fragment: receiptPart(p), Form: p.Form})
}

func (h Pages) deliver(w http.ResponseWriter, r *http.Request) error {
	c, err := web.ID[customer.Customer](r, "customer")
	if err != nil {
		return err
	}
	return h.addDelivery(w, r, c)
}

func (h Pages) deliverWalkIn(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID[purchase.Receipt](r, "receipt")
	if err != nil {
		return err
	}
	return h.addDelivery(w, r, -customer.ID(id))
}

// addDelivery notes that something was brought, or is promised for a day. A
// delivery with an id is one that was promised before.
func (h Pages) addDelivery(w http.ResponseWriter, r *http.Request, c customer.ID) error {
	id, err := web.ID[purchase.Receipt](r, "receipt")
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	whole, err := h.Purchases.Receipt(r.Context(), web.Actor(r), c, id)
	if err != nil {
		return err
	}
	in := purchase.Delivery{Customer: c, Receipt: id, What: f.Text("what"), Gift: f.Text("gift"), Key: f.Text("request_key")}
	on := form.Parse(f, "delivered_on", day.ParseAny)
	in.DeliveredOn = on.String()
	if f.Text("when") == "promised" {
		in.PromisedOn, in.DeliveredOn = on.String(), ""
	}
	in.GiftCost = form.Parse(f, "gift_cost", func(s string) (money.Amount, error) { return money.Parse(s, whole.Net.Currency) })
	for _, d := range whole.Deliveries {
		if d.ID.String() == f.Text("delivery") {
			in.ID, in.PromisedOn, in.What = d.ID, d.PromisedOn, cmp.Or(in.What, d.What)
			if in.Gift == "" { // the button that says it has arrived says nothing of the gift
				in.Gift, in.GiftCost = d.Gift, d.GiftCost
			}
		}
	}
	if f.OK() {
		if _, err = h.Purchases.Deliver(r.Context(), web.Actor(r), in); err != nil && (errs.Is(err, errs.NotFound) || !f.Refused(err)) {
			return err
		}
	}
	if !f.OK() {
		return h.showReceipt(w, r, c, f)
	}
	web.Say(r, ui.Success, web.T(r, "sales.delivery_noted"))
	return web.Redirect(w, r, receiptPath(c, id)+"#deliveries")
}

// lineName is what a line is about.
func lineName(ctx context.Context, l purchase.Line) string {
	return cmp.Or(l.Text, l.SKU, i18n.T(ctx, "sales.unnamed"))
}

// lineDetail is how many of it, at what price.
func lineDetail(ctx context.Context, l purchase.Line) string {
	p := i18n.From(ctx)
	price := p.Symbol(string(l.Amount.Currency)) + p.Decimal(float64(l.UnitPrice)/1e6, 4)
	text := i18n.T(ctx, "sales.times_price", "quantity", l.Quantity, "price", price)
	if l.SKU != "" && l.SKU != l.Text {
		text += " · " + l.SKU
	}
	return text
}
