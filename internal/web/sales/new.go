package sales

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	ids "github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// found is how many customers are offered while one types.
const found = 8

// pickPage is the first step: who bought.
type pickPage struct {
	Query string
	Found []customer.Summary
}

// recordForm is the second: what they bought.
type recordForm struct {
	Form   *form.Form
	Buyer  *customer.Summary // nil: a walk-in
	Store  org.Store
	Stores []ui.Option
	Staff  []ui.Option
	Lines  []recordLine
	Sum    string // what it comes to, as far as it can be read
	Today  string
}

// recordLine is a line as it was typed.
type recordLine struct {
	N                     int
	Name, Quantity, Price string
	Wrong                 string
}

// maxTyped is how many lines a person types by hand.
const maxTyped = 50

func (h Pages) newPage(w http.ResponseWriter, r *http.Request) error {
	q := web.Query(r)
	if q.Text("customer") == "" && q.Text("walk_in") == "" {
		return h.pick(w, r, q.Text("q"))
	}
	f := form.Of("customer", q.Text("customer"), "store", q.Text("store"), "day", web.Today(r), "quantity", "1", "name", "", "price", "",
		"staff", web.Actor(r).ID().String())
	return h.showRecord(w, r, f)
}

// pick asks who bought. Searching happens in the page of the same address.
func (h Pages) pick(w http.ResponseWriter, r *http.Request, q string) error {
	p := pickPage{Query: q}
	var err error
	if q != "" {
		if p.Found, err = h.Customers.Search(r.Context(), web.Actor(r), q, found); err != nil {
			return err
		}
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "sales.record"), Body: pickBody(p), Fragment: pickFound(p)})
}

func (h Pages) showRecord(w http.ResponseWriter, r *http.Request, f *form.Form) error {
	ctx, actor := r.Context(), web.Actor(r)
	n, err := h.names(ctx)
	if err != nil {
		return err
	}
	p := recordForm{Form: f, Stores: n.storeOptions(actor), Today: web.Today(r)}
	if len(p.Stores) == 0 {
		return web.Render(w, r, web.Page{Title: web.T(r, "sales.record"), Body: noStore()})
	}
	p.Store = pickStore(n, actor, p.Stores, f.Text("store"))
	seller, _ := ids.Parse[org.Staff](f.Text("staff")) // what is no id is nobody
	p.Staff = n.staffOptions(ctx, p.Store.ID, seller)
	if id, err := ids.Parse[customer.Customer](f.Text("customer")); err == nil {
		list, err := h.Customers.Summaries(ctx, h.Customers.DB, []customer.ID{id})
		if err != nil {
			return err
		}
		if len(list) == 0 || !actor.Scope().Allows(list[0].OwnerID, list[0].StoreID) {
			return notFound
		}
		p.Buyer = &list[0]
	}
	p.Lines = typed(f)
	p.Sum = sumOf(f, p.Store.Currency, web.Printer(r).Money)
	return web.Render(w, r, web.Page{Title: web.T(r, "sales.record"), Body: recordBody(p), Form: f})
}

// typed are the lines of the form.
func typed(f *form.Form) []recordLine {
	at := func(list []string, i int) string {
		if i < len(list) {
			return strings.TrimSpace(list[i])
		}
		return ""
	}
	var list []recordLine
	for i := range min(len(f.All("name")), maxTyped) {
		list = append(list, recordLine{
			N: i + 1, Name: at(f.All("name"), i), Quantity: at(f.All("quantity"), i), Price: at(f.All("price"), i),
			Wrong: f.Error("lines." + strconv.Itoa(i+1)),
		})
	}
	return list
}

// blank reports whether nothing was typed into the line.
func (l recordLine) blank() bool { return l.Name == "" && l.Price == "" }

// parse reads the line. A return gives goods back, so its quantity is negative.
func (l recordLine) parse(c money.Currency, back bool) (purchase.NewLine, error) {
	quantity := l.Quantity
	if quantity == "" {
		quantity = "1"
	}
	q, err := money.ParseQuantity(quantity)
	if err != nil {
		return purchase.NewLine{}, err
	}
	if l.Price == "" {
		return purchase.NewLine{}, errs.New(errs.Invalid, "sales.price_missing")
	}
	price, err := money.ParsePrice(l.Price, c)
	if err != nil {
		return purchase.NewLine{}, err
	}
	if back && q > 0 {
		q = -q
	}
	return purchase.NewLine{Name: l.Name, Quantity: q, UnitPrice: price}, nil
}

// sumOf is what the lines come to, as far as they can be read.
func sumOf(f *form.Form, c money.Currency, write func(int64, string) string) string {
	var sum int64
	for _, l := range typed(f) {
		if l.blank() {
			continue
		}
		line, err := l.parse(c, f.Bool("back"))
		if err != nil {
			continue
		}
		if amount, err := money.LineAmount(line.UnitPrice, line.Quantity, c); err == nil {
			sum += amount
		}
	}
	return write(sum, string(c))
}

// line is one more line of the form.
func (h Pages) line(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, web.Page{Title: web.T(r, "sales.record"), Body: lineFields(recordLine{Quantity: "1"})})
}

// sum is what the form comes to, while it is typed.
func (h Pages) sum(w http.ResponseWriter, r *http.Request) error {
	n, err := h.names(r.Context())
	if err != nil {
		return err
	}
	q := web.Query(r)
	options := n.storeOptions(web.Actor(r))
	if len(options) == 0 {
		return notFound
	}
	store := pickStore(n, web.Actor(r), options, q.Text("store"))
	return web.Render(w, r, web.Page{Title: web.T(r, "sales.record"), Body: ui.Text(sumOf(q, store.Currency, web.Printer(r).Money))})
}

// record writes the receipt; a form sent twice, by its key, is one receipt.
func (h Pages) record(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	if f.Text("more") != "" {
		f.Values.Add("name", "")
		f.Values.Add("quantity", "1")
		f.Values.Add("price", "")
		return h.showRecord(w, r, f)
	}
	n, err := h.names(r.Context())
	if err != nil {
		return err
	}
	store := n.stores[form.Parse(f, "store", ids.Parse[org.Store])]
	if store.ID == 0 {
		f.Wrong("store", "error.required")
		return h.showRecord(w, r, f)
	}
	in := purchase.NewReceipt{
		Store: store.ID, Number: f.Text("number"), Staff: form.Parse(f, "staff", ids.Parse[org.Staff]),
		Customer: form.Parse(f, "customer", ids.Parse[customer.Customer]), SoldAt: soldAt(f, store, web.Now(r)),
		Key: f.Text("request_key"),
	}
	if on := form.Parse(f, "delivered_on", day.ParseAny); on != 0 {
		in.DeliveredOn = on.String()
	}
	if len(f.All("name")) > maxTyped {
		f.Wrong("lines", "purchase.lines_wrong", "max", maxTyped)
	}
	for _, l := range typed(f) {
		if l.blank() {
			continue
		}
		line, err := l.parse(store.Currency, f.Bool("back"))
		if err != nil {
			lineWrong(f, l.N, err)
			continue
		}
		in.Lines = append(in.Lines, line)
	}
	if len(in.Lines) == 0 && f.OK() {
		f.Wrong("lines", "sales.nothing_typed")
	}
	if !f.OK() {
		return h.showRecord(w, r, f)
	}
	done, err := h.Purchases.Record(r.Context(), web.Actor(r), in)
	if err != nil {
		if !f.Refused(err) {
			return err
		}
		return h.showRecord(w, r, f)
	}
	web.Say(r, ui.Success, web.T(r, "sales.recorded", "amount", done.Receipt.Net))
	return web.Redirect(w, r, receiptPath(done.Receipt.Customer, done.Receipt.ID))
}

// lineWrong records what is wrong with a line.
func lineWrong(f *form.Form, n int, err error) {
	name := "lines." + strconv.Itoa(n)
	var e *errs.Error
	if !errors.As(err, &e) {
		f.Wrong(name, "error.field_invalid")
		return
	}
	pairs := make([]any, 0, 2*len(e.Args))
	for k, v := range e.Args {
		pairs = append(pairs, k, v)
	}
	f.Wrong(name, e.Key, pairs...)
}

// soldAt is the moment of the purchase: now on the day itself, noon on another.
func soldAt(f *form.Form, store org.Store, now time.Time) time.Time {
	d := form.Parse(f, "day", day.ParseAny)
	zone := store.Location()
	if d == 0 || d == day.Of(now, zone) {
		return now
	}
	return d.Start(zone).Add(12 * time.Hour)
}
