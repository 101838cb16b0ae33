package insights

import (
	"context"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// Pages are the pages of insight.
type Pages struct {
	Insight   *insight.Service
	Customers *customer.Service
	Org       *org.Service
	Jobs      *jobs.Queue
}

// Routes registers the pages to the site.
func (h Pages) Routes(s *web.Site) {
	for _, rm := range rooms {
		if rm.draw == nil {
			continue
		}
		s.Handle("GET "+rm.path(), org.ReportsRead, h.show(rm))
		s.Handle("GET "+paths.Insight("download/"+rm.Name), org.ReportsRead, h.download(rm))
	}
	for _, name := range []string{"warnings", "best", "people"} {
		s.Handle("GET "+paths.Insight(name), org.CustomersRead, h.people(roomOf(name)))
		s.Handle("GET "+paths.Insight("download/"+name), org.CustomersExport, h.peopleFile(roomOf(name)), web.Slow())
	}
	s.Handle("GET "+paths.Insight("refresh"), org.SettingsWrite, h.progress)
	s.Handle("POST "+paths.Insight("refresh"), org.SettingsWrite, h.refresh)
}

// room is a page.
type room struct {
	Name string // of the report, and in the address; the texts are insights.room.<name>, insights.asks.<name>
	Icon string

	draw func(h Pages, r *http.Request, o *opened) (view, error) // nil: the page is not made of a report
}

// rooms are all pages in the order of their tabs, the overview first.
var rooms = []room{
	{"overview", "gauge", of(drawOverview)},
	{"concentration", "chart-pie", of(drawConcentration)},
	{"cohorts", "grid-3x3", of(drawCohorts)},
	{"warnings", "triangle-alert", nil},
	{"lost", "user-minus", drawLost},
	{"stores", "store", of(drawStores)},
	{"rfm", "layout-grid", of(drawRFM)},
	{"flow", "arrow-right-left", drawFlow},
	{"distribution", "chart-bar", of(drawDistribution)},
	{"loyalty", "heart", drawLoyalty},
	{"economics", "coins", of(drawEconomics)},
	{"model", "target", of(drawModel)},
}

func (rm room) path() string {
	if rm.Name == "overview" {
		return paths.Insights
	}
	return paths.Insight(rm.Name)
}

// view is what a room shows, and the figures behind it.
type view struct {
	Body   templ.Component
	Tables []table
	Wrong  error // what was asked for cannot be shown: the page says so, a file is not sent
}

// opened is a room at a moment: of which store, as of when, for whom.
type opened struct {
	Room     room
	Heading  string // of a list of people; empty: the room's own
	Rooms    []room
	Stores   []ui.Option      // to choose from; one or none is no choice
	Store    org.StoreID      // 0: all
	AsOf     string           // YYYY-MM-DD
	Newest   string           // of the newest purchase, YYYY-MM-DD
	Thin     *insight.Quality // too little is known for these figures to mean much; nil: there is enough
	Behind   int              // how many days before AsOf that was; 0: nothing need be said
	Query    *form.Form
	Actor    org.Actor
	Currency string

	p i18n.Printer
}

// of makes a room's drawing from the function that draws its report.
func of[T any](draw func(o *opened, rep T) view) func(Pages, *http.Request, *opened) (view, error) {
	return func(h Pages, r *http.Request, o *opened) (view, error) {
		rep, err := report[T](h, r, o)
		if err != nil {
			return view{}, err
		}
		return draw(o, rep), nil
	}
}

// report reads the room's report.
func report[T any](h Pages, r *http.Request, o *opened) (T, error) {
	rep, doc, err := insight.ReportOf[T](r.Context(), h.Insight, o.Actor, o.Room.Name, o.Store)
	if err == nil {
		o.AsOf, o.Newest, o.Behind = doc.AsOf.String(), doc.Newest.String(), doc.Behind
	}
	return rep, err
}

// open finds out of which store a room is to be shown.
func (h Pages) open(r *http.Request, rm room) (*opened, error) {
	o := &opened{Room: rm, Rooms: rooms, Query: web.Query(r), Actor: web.Actor(r), p: web.Printer(r)}
	stores, err := h.Org.Stores(r.Context())
	if err != nil {
		return nil, err
	}
	scope := o.Actor.Scope()
	if scope.All() {
		o.Stores = append(o.Stores, ui.Option{Label: o.p.T("insights.all_stores")})
	}
	for _, st := range stores {
		if scope.AllowsStore(st.ID) {
			o.Stores = append(o.Stores, ui.Option{Value: st.ID.String(), Label: st.Name})
		}
	}
	chosen := o.Query.Text("store")
	if chosen == "" && len(o.Stores) > 0 {
		chosen = o.Stores[0].Value
		if own := o.Actor.Staff.StoreID.String(); !scope.All() && slices.ContainsFunc(o.Stores, func(s ui.Option) bool { return s.Value == own }) {
			chosen = own
		}
	}
	if chosen == "" && !scope.All() {
		return nil, errs.New(errs.Forbidden, "insight.store_out_of_reach")
	}
	if err := h.readThin(r, o); err != nil {
		return nil, err
	}
	if chosen == "" {
		return o, nil
	}
	if o.Store, err = id.Parse[org.Store](chosen); err != nil {
		return nil, errs.Wrap(err, errs.NotFound, "web.not_found")
	}
	if !slices.ContainsFunc(stores, func(st org.Store) bool { return st.ID == o.Store }) {
		return nil, errs.New(errs.NotFound, "web.not_found")
	}
	return o, nil // whether it is within reach, the service says
}

// readThin tells whether the company has too little on record: a forecast then
// cannot be checked, and shares of few customers say nothing.
func (h Pages) readThin(r *http.Request, o *opened) error {
	store := org.StoreID(0)
	if !o.Actor.Scope().All() && len(o.Stores) > 0 { // the report is the same for every store
		var err error
		if store, err = id.Parse[org.Store](o.Stores[0].Value); err != nil {
			return err
		}
	}
	q, _, err := insight.ReportOf[insight.Quality](r.Context(), h.Insight, o.Actor, "model", store)
	switch {
	case errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden): // nothing was computed yet, or nothing of theirs
		return nil
	case err == nil && q.Check == nil && q.Missing != insight.Missing{}:
		o.Thin = &q
	}
	return err
}

// show renders a room; before the first refresh it says what to do.
func (h Pages) show(rm room) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		o, err := h.open(r, rm)
		if err != nil {
			return err
		}
		v, err := rm.draw(h, r, o)
		if errs.Is(err, errs.NotFound) {
			return h.notYet(w, r, o)
		}
		if err != nil {
			return err
		}
		return web.Render(w, r, web.Page{Title: o.title(), Body: frame(o, v.Body)})
	}
}

func (o *opened) title() string {
	if o.Heading != "" {
		return o.Heading
	}
	return o.p.T("insights.room." + o.Room.Name)
}

// storeName is the name of the store shown, or that it is all of them.
func (o *opened) storeName() string {
	for _, s := range o.Stores {
		if s.Value == "" && o.Store == 0 || s.Value == o.Store.String() {
			return s.Label
		}
	}
	return ""
}

// link is the address of a room, of the same store.
func (o *opened) link(name string, pairs ...string) string {
	path := paths.Insight(name)
	if name == "overview" {
		path = paths.Insights
	}
	return paths.With(path, append(o.pairs(), pairs...)...)
}

// pairs are what a link keeps of the query: the store.
func (o *opened) pairs() []string {
	if o.Store == 0 {
		return nil
	}
	return []string{"store", o.Store.String()}
}

// kept is what stays chosen when another store is: how the page looks at its report.
func (o *opened) kept() []string {
	return map[string][]string{"cohorts": {"as"}, "stores": {"with", "by"}, "flow": {"days", "from", "to"},
		"warnings": {"sign"}, "people": {"stage", "group", "tenth", "top"}}[o.Room.Name]
}

// The ways from a finding to the people it is about.

func (o *opened) toWarnings() ui.Link {
	return ui.Link{Label: o.t("insights.go.warnings"), Href: o.link("warnings")}
}

func (o *opened) toLost() ui.Link {
	return ui.Link{Label: o.t("insights.go.lost"), Href: o.link("lost") + "#people"}
}

func (o *opened) toBest() ui.Link {
	return ui.Link{Label: o.t("insights.go.best"), Href: o.link("best")}
}

// toPeople leads to the names behind a figure, where there are some and they may
// be seen.
func (o *opened) toPeople(n int, pairs ...string) string {
	if n == 0 || !o.Actor.May(org.CustomersRead) {
		return ""
	}
	return o.link("people", pairs...)
}

func (o *opened) toToday() ui.Link {
	return ui.Link{Label: o.t("insights.go.today"), Href: paths.Today}
}

// note says of what and as of when the room is.
func (o *opened) note(ctx context.Context) string {
	store := o.storeName()
	switch {
	case o.AsOf == "":
		return store
	case store == "": // their own customers, in whichever store
		return i18n.T(ctx, "insights.as_of_day", "day", i18n.Day(o.AsOf))
	}
	return i18n.T(ctx, "insights.as_of", "day", i18n.Day(o.AsOf), "store", store)
}

// money is an amount of minor units in full, short one for a tile.
func (o *opened) money(minor int64) string { return o.p.Money(minor, o.Currency) }
func (o *opened) short(minor int64) string { return o.p.MoneyShort(minor, o.Currency) }

// count is a number of things.
func (o *opened) count(n int) string { return o.p.Number(int64(n)) }

// percent is a share with at most one decimal; what is not nothing is not called 0%.
func (o *opened) percent(share float64) string {
	if share > 0 && share < 0.0005 {
		return "<" + o.p.Percent(0.001)
	}
	return o.p.Percent(share)
}

// whole is a share in whole percents, for where there is little room.
func (o *opened) whole(share float64) string {
	if share > 0 && share < 0.005 {
		return "<1%"
	}
	return o.p.Decimal(share*100, 0) + "%"
}

// t is a sentence of this section.
func (o *opened) t(key string, pairs ...any) string { return o.p.T(key, pairs...) }
