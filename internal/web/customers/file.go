package customers

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
)

// filePage is a customer's own page.
type filePage struct {
	customer.File
	names

	Title   string
	Tab     string // what a phone shows: one of tabs
	Actor   org.Actor
	Now     time.Time
	Today   string
	Stat    purchase.Stat
	Last    purchase.Whole // the last sale; zero: none
	Tasks   []care.Item    // what is still to be done for them
	History historyPart
	Story   storyPart
	Insight insight.Panel
	Silence insight.Told // why nobody may contact them, where they told or it is known; the zero Told: it was not noted

	// What was typed and not taken.
	Asked    *form.Form // the answer to the question
	Noted    *form.Form // the note
	Why      *form.Form // the reason why they stay away
	Open     string     // the field whose fact is shown with all there is to say of it
	Opened   factPanel
	Revealed []customer.Contact
}

// tabs are what a phone shows one at a time; a desk shows them all.
var tabs = []string{"brief", "facts", "purchases", "story"}

func (p filePage) may(r org.Right) bool { return p.Actor.May(r) }

// contactable reports whether there is anything to reveal.
func (p filePage) contactable() bool {
	_, address := p.Fact(customer.FieldAddress)
	return len(p.Contacts) > 0 || address
}

func (h Pages) file(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	p, err := h.readAll(r, c)
	if err != nil {
		return err
	}
	return h.showFile(w, r, p)
}

func (h Pages) showFile(w http.ResponseWriter, r *http.Request, p filePage) error {
	wrong := p.Asked
	for _, f := range []*form.Form{p.Noted, p.Why, p.Opened.Form} {
		if f != nil && !f.OK() {
			wrong = f
		}
	}
	return web.Render(w, r, web.Page{Title: p.Title, Body: fileBody(p), Form: wrong})
}

// read is what the head and the brief of a file need.
func (h Pages) read(r *http.Request, c customer.ID) (filePage, error) {
	ctx := r.Context()
	p := filePage{Actor: web.Actor(r), Now: web.Now(r), Today: web.Today(r), Tab: tabs[0]}
	if tab := web.Query(r).Text("tab"); slices.Contains(tabs, tab) {
		p.Tab = tab
	}
	var err error
	if p.names, err = h.names(ctx); err != nil {
		return p, err
	}
	if p.File, err = h.Customers.File(ctx, p.Actor, c); err != nil {
		return p, err
	}
	p.Title = title(ctx, p.Customer)
	if err := h.readSilence(ctx, &p); err != nil {
		return p, err
	}
	if err := h.readBrief(ctx, &p); err != nil {
		return p, err
	}
	return p, nil
}

// readBrief adds what they bought last and what is still to be done for them.
func (h Pages) readBrief(ctx context.Context, p *filePage) error {
	c := p.Customer.ID
	if p.may(org.PurchasesRead) {
		stats, err := h.Purchases.Stats(ctx, h.Purchases.DB, []customer.ID{c})
		if err != nil {
			return err
		}
		p.Stat = stats[c]
		if p.Stat.LastReceipt != 0 {
			p.Last, err = h.Purchases.Receipt(ctx, p.Actor, c, p.Stat.LastReceipt)
			if err != nil && !errs.Is(err, errs.NotFound) { // an import undone this instant
				return err
			}
		}
	}
	if !p.may(org.TasksRead) {
		return nil
	}
	var err error
	p.Tasks, err = h.Care.Open(ctx, p.Actor, c)
	return err
}

// readAll is all that the page shows.
func (h Pages) readAll(r *http.Request, c customer.ID) (filePage, error) {
	p, err := h.read(r, c)
	if err != nil {
		return p, err
	}
	if err := h.readInsight(r.Context(), &p); err != nil {
		return p, err
	}
	if p.may(org.PurchasesRead) {
		if p.History, err = h.readHistory(r, p.Customer, purchase.Cursor{}); err != nil {
			return p, err
		}
	}
	p.Story, err = h.readStory(r, p.Customer, p.Fields, customer.TimelineCursor{})
	return p, err
}

// missing are the most telling fields nobody has filled in yet.
func (p filePage) missing(most int) []customer.Field {
	var list []customer.Field
	for _, f := range p.Fields {
		if f.Active && !f.Sensitive && f.Weight > 0 && !p.Settled(f.Code) {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b customer.Field) int { return cmp.Compare(b.Weight, a.Weight) })
	return list[:min(most, len(list))]
}

// field is the field with the code; ok is false when there is none.
func (p filePage) field(code string) (customer.Field, bool) {
	i := slices.IndexFunc(p.Fields, func(f customer.Field) bool { return f.Code == code })
	if i < 0 {
		return customer.Field{}, false
	}
	return p.Fields[i], true
}

// refusedSince is when the customer asked not to be contacted, and who heard it.
func (p filePage) refusedSince() (customer.Consent, bool) {
	i := slices.IndexFunc(p.Consents, func(c customer.Consent) bool {
		return c.Purpose == customer.ForAll && c.Channel == customer.AllChannels && !c.Granted
	})
	if i < 0 {
		return customer.Consent{}, false
	}
	return p.Consents[i], true
}

// reveal shows the contacts and the address whole, once, and puts it on record.
// The answer is a page of its own: to send the reader back would show them
// masked again.
func (h Pages) reveal(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	why := f.Text("why")
	if !slices.Contains(revealReasons, why) {
		return errs.New(errs.Invalid, "customers.why_needed")
	}
	p, err := h.read(r, c)
	if err != nil {
		return err
	}
	if p.Revealed, err = h.Customers.Reveal(r.Context(), p.Actor, c, why); err != nil {
		return err
	}
	return web.Render(w, r, web.Page{Title: p.Title, Body: revealedBody(p), Fragment: revealedContacts(p)})
}

// revealReasons are why somebody may want to see a number.
var revealReasons = []string{"call", "message", "delivery", "check"}
