package insights

import (
	"net/http"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
)

// peopleSize is how many stand on a page.
const peopleSize = 30

// peoplePage is a list of customers, whoever is worth most first: those who may be
// leaving, or those who bought most. It is made of people and not of a report: who
// sees customers sees theirs.
type peoplePage struct {
	*opened

	List    []insight.Scored
	Names   map[customer.ID]customer.Summary
	First   string
	Next    string
	Horizon int
	Total   *insight.Overview // of the store shown; nil for who has no reports
}

// warnings are the customers who may be leaving.
func (h Pages) warnings(w http.ResponseWriter, r *http.Request) error {
	return h.people(w, r, "warnings", func(o *opened, at int64, after customer.ID) ([]insight.Scored, int64, customer.ID, error) {
		list, next, err := h.Insight.Warned(r.Context(), o.Actor, o.Store, insight.WarnedCursor{Value: at, Customer: after}, peopleSize)
		return list, next.Value, next.Customer, err
	})
}

// best are the customers who bought most in a year.
func (h Pages) best(w http.ResponseWriter, r *http.Request) error {
	return h.people(w, r, "best", func(o *opened, at int64, after customer.ID) ([]insight.Scored, int64, customer.ID, error) {
		list, next, err := h.Insight.Best(r.Context(), o.Actor, o.Store, insight.BestCursor{Spent: at, Customer: after}, peopleSize)
		return list, next.Spent, next.Customer, err
	})
}

// people shows a page of the list that read gives, from a place on.
func (h Pages) people(w http.ResponseWriter, r *http.Request, name string,
	read func(o *opened, at int64, after customer.ID) ([]insight.Scored, int64, customer.ID, error)) error {
	o, err := h.openFor(r, roomOf(name))
	if err != nil {
		return err
	}
	asOf, err := h.Insight.AsOf(r.Context(), o.Actor)
	if err != nil {
		return err
	}
	if asOf == 0 {
		return web.Render(w, r, web.Page{Title: o.title(), Body: emptyRoom(o)})
	}
	o.AsOf = asOf.String()
	var after customer.ID
	if text := o.Query.Text("after"); text != "" {
		if after, err = id.Parse[customer.Customer](text); err != nil {
			return errs.Wrap(err, errs.NotFound, "web.not_found")
		}
	}
	p := peoplePage{opened: o}
	list, at, next, err := read(o, o.Query.Int("value"), after)
	if err != nil {
		return err
	}
	p.List = list
	today, err := day.Parse(web.Today(r))
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Warning = list[i].Warning.On(asOf, today)
	}
	ids := make([]customer.ID, len(list))
	for i, k := range list {
		ids[i] = k.Customer
	}
	if p.Names, err = h.names(r, ids); err != nil {
		return err
	}
	if after != 0 {
		p.First = o.link(name)
	}
	if next != 0 {
		p.Next = o.link(name, "after", next.String(), "value", strconv.FormatInt(at, 10))
	}
	set, _, err := h.Insight.Setting(r.Context())
	if err != nil {
		return err
	}
	p.Horizon = set.Horizon
	if o.Actor.May(org.ReportsRead) {
		total, doc, err := insight.ReportOf[insight.Overview](r.Context(), h.Insight, o.Actor, "overview", o.Store)
		switch {
		case err == nil:
			p.Total, o.Currency, o.Newest, o.Behind = &total, total.Currency, doc.Newest.String(), doc.Behind
		case !errs.Is(err, errs.NotFound): // a store that has sold nothing
			return err
		}
	}
	return web.Render(w, r, web.Page{Title: o.title(), Body: frame(o, peopleBody(p))})
}

// told is the finding over the list.
func (p peoplePage) told() string {
	switch {
	case p.Room.Name == "best" && p.Total != nil && p.Total.VIPs > 0:
		return p.t("insights.best_told", "n", p.Total.VIPs, "share", p.percent(p.Total.VIPPart))
	case p.Room.Name == "best":
		return p.t("insights.best_list")
	case p.Total != nil && p.Total.Warned > 0:
		return p.t("insights.warned_told", "n", p.Total.Warned, "amount", p.short(p.Total.AtRisk))
	}
	return p.t("insights.warnings_told")
}

// worth is what stands at the end of a row: what they brought, or will.
func (p peoplePage) worth(k insight.Scored) (amount, of string) {
	if p.Room.Name == "best" {
		return p.p.MoneyShort(k.Spent, string(k.Currency)), p.t("insights.last_year")
	}
	return p.p.MoneyShort(k.Value, string(k.Currency)), p.t("insights.next_year")
}

// names are the customers of a list whom the reader may see.
func (h Pages) names(r *http.Request, ids []customer.ID) (map[customer.ID]customer.Summary, error) {
	list, err := h.Customers.Summaries(r.Context(), h.Customers.DB, ids)
	if err != nil {
		return nil, err
	}
	scope := web.Actor(r).Scope()
	seen := make(map[customer.ID]customer.Summary, len(list))
	for _, c := range list {
		if scope.Allows(c.OwnerID, c.StoreID) {
			seen[c.ID] = c
		}
	}
	return seen, nil
}

// title is what a customer is called; a till knows a card, not a name.
func title(p i18n.Printer, c customer.Summary) string {
	switch {
	case c.Name != "":
		return c.Name
	case c.Card != "":
		return p.T("insights.card", "card", c.Card)
	}
	return p.T("insights.nameless")
}

// openFor is open for a page that those may see as well who have no reports: they
// have no store to choose, their reach narrows the list.
func (h Pages) openFor(r *http.Request, rm room) (*opened, error) {
	if web.Actor(r).May(org.ReportsRead) {
		return h.open(r, rm)
	}
	return &opened{Room: rm, Rooms: []room{rm}, Query: web.Query(r), Actor: web.Actor(r), p: web.Printer(r)}, nil
}

func roomOf(name string) room {
	for _, rm := range rooms {
		if rm.Name == name {
			return rm
		}
	}
	return room{Name: name}
}
