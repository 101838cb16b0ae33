package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// ReceiptHead is a receipt as a list shows it.
type ReceiptHead struct {
	ID         purchase.ReceiptID `json:"id"`
	CustomerID customer.ID        `json:"customer_id,omitzero" doc:"Missing: a walk-in"`
	StoreID    org.StoreID        `json:"store_id"`
	Number     string             `json:"number"`
	Kind       purchase.Kind      `json:"kind" doc:"sale or return"`
	SoldAt     time.Time          `json:"sold_at"`
	Day        string             `json:"day" doc:"Business day in the store's zone"`
	StaffID    org.StaffID        `json:"staff_id,omitzero"`
	Currency   string             `json:"currency"`
	Net        string             `json:"net" doc:"Negative for a return"`
	Lines      int                `json:"lines"`
}

func newReceiptHead(r purchase.Receipt) ReceiptHead {
	out := ReceiptHead{r.ID, r.Customer, r.Store, r.Number, r.Kind, r.SoldAt, r.Day, r.Staff, string(r.Net.Currency), r.Net.String(), r.Lines}
	if r.WalkIn() {
		out.CustomerID = 0
	}
	return out
}

type receipt struct {
	ReceiptHead

	Items      []receiptLine `json:"items" nullable:"false"`
	Deliveries []delivery    `json:"deliveries" nullable:"false"`
}

type receiptLine struct {
	Line      int    `json:"line"`
	SKU       string `json:"sku"`
	Text      string `json:"text"`
	Quantity  string `json:"quantity" doc:"To a thousandth"`
	UnitPrice string `json:"unit_price" doc:"To a millionth: tills have sub-penny prices"`
	Amount    string `json:"amount"`
}

type delivery struct {
	ID          purchase.DeliveryID `json:"id"`
	PromisedOn  string              `json:"promised_on,omitempty"`
	DeliveredOn string              `json:"delivered_on,omitempty" doc:"Missing: not yet"`
	What        string              `json:"what"`
	Gift        string              `json:"gift,omitempty" doc:"A small surprise"`
	GiftCost    string              `json:"gift_cost,omitempty"`
}

func newDelivery(d purchase.Delivery) delivery {
	out := delivery{ID: d.ID, PromisedOn: d.PromisedOn, DeliveredOn: d.DeliveredOn, What: d.What, Gift: d.Gift}
	if d.Gift != "" {
		out.GiftCost = d.GiftCost.String()
	}
	return out
}

func newReceipt(w purchase.Whole) receipt {
	return receipt{
		ReceiptHead: newReceiptHead(w.Receipt),
		Items: each(w.Items, func(l purchase.Line) receiptLine {
			return receiptLine{l.Line, l.SKU, l.Text, l.Quantity.String(), l.UnitPrice.String(), l.Amount.String()}
		}),
		Deliveries: each(w.Deliveries, newDelivery),
	}
}

func (a *API) receiptRoutes() {
	add(a, Route{ID: "record_receipt", Method: http.MethodPost, Path: "/receipts", Tag: "receipts", Right: org.PurchasesWrite, Status: http.StatusCreated}, a.recordReceipt)
	add(a, Route{ID: "find_receipts", Method: http.MethodGet, Path: "/receipts", Tag: "receipts", Right: org.PurchasesRead}, a.findReceipts)
	add(a, Route{ID: "get_walk_in_receipt", Method: http.MethodGet, Path: "/receipts/{receipt}", Tag: "receipts", Right: org.PurchasesRead}, a.getWalkIn)
	add(a, Route{ID: "list_receipts", Method: http.MethodGet, Path: "/customers/{customer}/receipts", Tag: "receipts", Right: org.PurchasesRead}, a.listReceipts)
	add(a, Route{ID: "get_receipt", Method: http.MethodGet, Path: "/customers/{customer}/receipts/{receipt}", Tag: "receipts", Right: org.PurchasesRead}, a.getReceipt)
	add(a, Route{ID: "add_delivery", Method: http.MethodPost, Path: "/customers/{customer}/receipts/{receipt}/deliveries", Tag: "receipts", Right: org.PurchasesWrite, Status: http.StatusCreated}, a.addDelivery)
}

type receiptIn struct {
	Idempotent
	Body struct {
		StoreID     org.StoreID     `json:"store_id,omitempty" doc:"Or store"`
		Store       string          `json:"store,omitempty" maxLength:"32" doc:"The store's code"`
		Number      string          `json:"number,omitempty" maxLength:"64" doc:"The till's: recording the same again changes nothing. Left out: one is made up"`
		SoldAt      time.Time       `json:"sold_at"`
		StaffID     org.StaffID     `json:"staff_id,omitempty" doc:"Or staff"`
		Staff       string          `json:"staff,omitempty" maxLength:"32" doc:"The code of who sold it"`
		CustomerID  customer.ID     `json:"customer_id,omitempty" doc:"Left out: a walk-in"`
		Currency    string          `json:"currency,omitempty" doc:"Left out: the store's"`
		Lines       []receiptLineIn `json:"lines" minItems:"1" maxItems:"2000"`
		DeliveredOn string          `json:"delivered_on,omitempty" format:"date" doc:"When all of it was delivered"`
	}
}

type receiptLineIn struct {
	SKU       string `json:"sku,omitempty" maxLength:"64"`
	Name      string `json:"name,omitempty" maxLength:"400"`
	Category  string `json:"category,omitempty" maxLength:"80"`
	Quantity  string `json:"quantity,omitempty" doc:"Negative for what came back. Left out: 1"`
	UnitPrice string `json:"unit_price,omitempty"`
	Amount    string `json:"amount,omitempty" doc:"Left out: unit price × quantity"`
}

// recorded is 201 with a receipt that is new, 200 with one recorded before.
type recorded struct {
	Status int
	Body   receipt
}

func (a *API) recordReceipt(ctx context.Context, actor org.Actor, in *receiptIn) (*recorded, error) {
	n, err := a.newReceipt(ctx, in)
	if err != nil {
		return nil, err
	}
	out := &recorded{Status: http.StatusOK}
	made, err := makeOnce(ctx, a, in.Idempotent, "record_receipt", in.Body, func(ctx context.Context, tx *db.Tx) (purchase.ReceiptID, error) {
		r, err := a.Purchases.RecordTx(ctx, tx, actor, n)
		if r.New {
			out.Status = http.StatusCreated
		}
		return r.Receipt.ID, err
	})
	if err != nil {
		return nil, err
	}
	whose := n.Customer
	if whose == 0 {
		whose = walkIn(made)
	}
	whole, err := a.Purchases.Receipt(ctx, actor, whose, made)
	out.Body = newReceipt(whole)
	return out, err
}

// walkIn is the customer of a receipt without one.
func walkIn(r purchase.ReceiptID) customer.ID { return customer.ID(-r) }

func (a *API) newReceipt(ctx context.Context, in *receiptIn) (purchase.NewReceipt, error) {
	b := in.Body
	n := purchase.NewReceipt{
		Store: b.StoreID, Number: b.Number, SoldAt: b.SoldAt, Staff: b.StaffID, Currency: money.Currency(b.Currency),
		Customer: b.CustomerID, DeliveredOn: b.DeliveredOn,
	}
	store, err := a.Org.Store(ctx, b.StoreID)
	if b.Store != "" {
		store, err = a.Org.StoreByCode(ctx, b.Store)
	}
	if err != nil {
		return n, err
	}
	n.Store = store.ID
	if b.Staff != "" {
		p, err := a.Org.StaffByCode(ctx, b.Staff)
		if err != nil {
			return n, err
		}
		n.Staff = p.ID
	}
	if n.Currency == "" {
		n.Currency = store.Currency
	}
	var bad errs.Fields
	for i, l := range b.Lines {
		line, err := l.parse(n.Currency)
		bad.AddErr("lines["+strconv.Itoa(i)+"]", err)
		n.Lines = append(n.Lines, line)
	}
	return n, bad.Err()
}

func (l receiptLineIn) parse(c money.Currency) (purchase.NewLine, error) {
	out := purchase.NewLine{SKU: l.SKU, Name: l.Name, Category: l.Category, Quantity: money.One}
	var err error
	if l.Quantity != "" {
		if out.Quantity, err = money.ParseQuantity(l.Quantity); err != nil {
			return out, err
		}
	}
	if l.UnitPrice != "" {
		if out.UnitPrice, err = money.ParsePrice(l.UnitPrice, c); err != nil {
			return out, err
		}
	}
	if l.Amount != "" {
		amount, err := money.Parse(l.Amount, c)
		if err != nil {
			return out, err
		}
		out.Amount = &amount.Minor
	} else if l.UnitPrice == "" {
		return out, errs.New(errs.Invalid, "api.price_or_amount")
	}
	return out, nil
}

type findReceiptsIn struct {
	Number string `query:"number" required:"true" minLength:"1" maxLength:"64" doc:"The beginning of its number"`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

func (a *API) findReceipts(ctx context.Context, actor org.Actor, in *findReceiptsIn) (*pageOut[ReceiptHead], error) {
	list, err := a.Purchases.FindByNumber(ctx, actor, in.Number, in.Limit)
	if err != nil {
		return nil, err
	}
	return newPage(each(list, newReceiptHead), "")
}

type receiptListIn struct {
	CustomerPath
	Paging
}

func (a *API) listReceipts(ctx context.Context, actor org.Actor, in *receiptListIn) (*pageOut[ReceiptHead], error) {
	after, err := cursor[purchase.Cursor](in.After)
	if err != nil {
		return nil, err
	}
	list, next, err := a.Purchases.History(ctx, actor, in.Customer.Of, after, in.Limit)
	if err != nil {
		return nil, err
	}
	return newPage(each(list, newReceiptHead), next)
}

// ReceiptPath names a customer's receipt.
type ReceiptPath struct {
	CustomerPath
	Receipt Ref[purchase.Receipt] `path:"receipt"`
}

func (a *API) getReceipt(ctx context.Context, actor org.Actor, in *ReceiptPath) (*one[receipt], error) {
	w, err := a.Purchases.Receipt(ctx, actor, in.Customer.Of, in.Receipt.Of)
	if err != nil {
		return nil, err
	}
	return &one[receipt]{newReceipt(w)}, nil
}

type walkInPath struct {
	Receipt Ref[purchase.Receipt] `path:"receipt"`
}

func (a *API) getWalkIn(ctx context.Context, actor org.Actor, in *walkInPath) (*one[receipt], error) {
	w, err := a.Purchases.Receipt(ctx, actor, walkIn(in.Receipt.Of), in.Receipt.Of)
	if err != nil {
		return nil, err
	}
	return &one[receipt]{newReceipt(w)}, nil
}

type deliveryIn struct {
	Idempotent
	ReceiptPath
	Body struct {
		PromisedOn  string `json:"promised_on,omitempty" format:"date"`
		DeliveredOn string `json:"delivered_on,omitempty" format:"date" doc:"Left out: not yet"`
		What        string `json:"what,omitempty" maxLength:"400"`
		Gift        string `json:"gift,omitempty" maxLength:"400"`
		GiftCost    string `json:"gift_cost,omitempty" doc:"In the receipt's currency"`
	}
}

func (a *API) addDelivery(ctx context.Context, actor org.Actor, in *deliveryIn) (*one[receipt], error) {
	w, err := a.Purchases.Receipt(ctx, actor, in.Customer.Of, in.Receipt.Of)
	if err != nil {
		return nil, err
	}
	b := in.Body
	d := purchase.Delivery{Customer: in.Customer.Of, Receipt: in.Receipt.Of, PromisedOn: b.PromisedOn, DeliveredOn: b.DeliveredOn, What: b.What, Gift: b.Gift}
	if b.GiftCost != "" {
		if d.GiftCost, err = money.Parse(b.GiftCost, w.Net.Currency); err != nil {
			return nil, err
		}
	}
	asked := []any{in.Receipt, b}
	_, err = makeOnce(ctx, a, in.Idempotent, "add_delivery", asked, func(ctx context.Context, tx *db.Tx) (purchase.DeliveryID, error) {
		made, err := a.Purchases.DeliverTx(ctx, tx, actor, d)
		return made.ID, err
	})
	if err != nil {
		return nil, err
	}
	return a.getReceipt(ctx, actor, &in.ReceiptPath)
}
