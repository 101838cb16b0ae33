package customers

import (
	"context"
	"net/http"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// suggested is how many customers are shown while one types.
const suggested = 8

// hit is a customer found, and the receipt they were found by if it was one.
type hit struct {
	customer.Summary
	Receipt string
}

// find is the one search of the program's pages: any part of a name, its pinyin
// or initials, a phone or card, an e-mail, or the beginning of a receipt's number.
func (h Pages) find(ctx context.Context, actor org.Actor, q string, limit int) ([]hit, error) {
	list, err := h.Customers.Search(ctx, actor, q, limit)
	if err != nil {
		return nil, err
	}
	hits := make([]hit, 0, limit)
	for _, c := range list {
		hits = append(hits, hit{Summary: c})
	}
	if len(hits) >= limit || !mayBeReceipt(q) || !actor.May(org.PurchasesRead) {
		return hits, nil
	}
	receipts, err := h.Purchases.FindByNumber(ctx, actor, q, limit-len(hits))
	if err != nil {
		return nil, err
	}
	var who []customer.ID
	number := map[customer.ID]string{}
	for _, r := range receipts {
		known := slices.ContainsFunc(hits, func(x hit) bool { return x.ID == r.Customer })
		if _, twice := number[r.Customer]; !known && !twice && !r.WalkIn() {
			who = append(who, r.Customer)
			number[r.Customer] = r.Number
		}
	}
	found, err := h.Customers.Summaries(ctx, h.Customers.DB, who)
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		if actor.Scope().Allows(c.OwnerID, c.StoreID) {
			hits = append(hits, hit{Summary: c, Receipt: number[c.ID]})
		}
	}
	return hits, nil
}

// mayBeReceipt reports whether it is worth looking among the receipts: their
// numbers have digits, and one or two characters begin far too many.
func mayBeReceipt(q string) bool {
	digit := false
	for _, r := range q {
		digit = digit || unicode.IsDigit(r)
	}
	return digit && utf8.RuneCountInString(q) >= 3
}

// suggestPage is what the search box shows.
type suggestPage struct {
	Rows   []row
	Query  string
	MayAdd bool
	today  string
}

func (h Pages) suggest(w http.ResponseWriter, r *http.Request) error {
	q := web.Query(r).Text("q")
	if !web.Fragment(r) {
		return web.Redirect(w, r, "/customers"+query(web.Query(r), "after", ""))
	}
	p := suggestPage{Query: q, MayAdd: web.Actor(r).May(org.CustomersWrite), today: web.Today(r)}
	hits, err := h.find(r.Context(), web.Actor(r), q, suggested)
	if err != nil {
		return err
	}
	n, err := h.names(r.Context())
	if err != nil {
		return err
	}
	if p.Rows, err = h.rows(r.Context(), n, hits); err != nil {
		return err
	}
	return web.Render(w, r, web.Page{Body: suggestions(p)})
}

func (p suggestPage) list(ctx context.Context) []ui.Suggestion {
	list := make([]ui.Suggestion, 0, len(p.Rows))
	for _, r := range p.Rows {
		s := ui.Suggestion{Href: path(r.ID, ""), Title: title(ctx, r.Customer), Seed: int64(r.ID), Note: r.Phone.Masked()}
		if r.Receipt != "" {
			s.Note = i18n.T(ctx, "customers.receipt_no", "number", r.Receipt)
		}
		if s.Note == "" && r.Card != "" && r.Name != "" {
			s.Note = i18n.T(ctx, "customers.card_no", "card", r.Card)
		}
		s.Note = joinWords(s.Note, r.Place)
		if r.Stat.LastDay != "" {
			s.End = i18n.From(ctx).DayNear(r.Stat.LastDay, p.today)
		}
		list = append(list, s)
	}
	return list
}

// note says how much of the company the list shows.
func (p listPage) note(ctx context.Context) string {
	if p.Query != "" {
		return i18n.T(ctx, "customers.found", "n", len(p.Rows), "q", p.Query)
	}
	return p.ReachTo
}

func (p listPage) addButton(ctx context.Context) templ.Component {
	if !p.MayAdd {
		return nil
	}
	label := i18n.T(ctx, "customers.add")
	if p.Query != "" {
		label = i18n.T(ctx, "customers.add_this", "q", p.Query)
	}
	return ui.Button{Label: label, Icon: "user-plus", Tone: ui.Primary, Href: newAddress(p.Query)}
}
