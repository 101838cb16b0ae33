package insights

import (
	"net/http"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
)

// warningsSize is how many stand on a page.
const warningsSize = 30

// warningsPage is who may be leaving, the most valuable first.
type warningsPage struct {
	*opened

	List    []insight.Scored
	Names   map[customer.ID]customer.Summary
	First   string
	Next    string
	Horizon int
}

// warnings is a list of people and no report: who sees customers sees theirs.
func (h Pages) warnings(w http.ResponseWriter, r *http.Request) error {
	rm := roomOf("warnings")
	o, err := h.openFor(r, rm)
	if err != nil {
		return err
	}
	var after insight.WarnedCursor
	if o.Query.Text("after") != "" {
		after.Value = o.Query.Int("value")
		if after.Customer, err = id.Parse[customer.Customer](o.Query.Text("after")); err != nil {
			return errs.Wrap(err, errs.NotFound, "web.not_found")
		}
	}
	p := warningsPage{opened: o}
	list, next, err := h.Insight.Warned(r.Context(), o.Actor, o.Store, after, warningsSize)
	if err != nil {
		return err
	}
	p.List = list
	ids := make([]customer.ID, len(list))
	for i, k := range list {
		ids[i] = k.Customer
	}
	if p.Names, err = h.names(r, ids); err != nil {
		return err
	}
	if after.Customer != 0 {
		p.First = o.link("warnings")
	}
	if next.Customer != 0 {
		p.Next = o.link("warnings", "after", next.Customer.String(), "value", strconv.FormatInt(next.Value, 10))
	}
	set, _, err := h.Insight.Setting(r.Context())
	if err != nil {
		return err
	}
	p.Horizon = set.Horizon
	return web.Render(w, r, web.Page{Title: o.title(), Body: frame(o, warningsBody(p))})
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
