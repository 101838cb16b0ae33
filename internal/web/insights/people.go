package insights

import (
	"context"
	"mime"
	"net/http"
	"slices"
	"strconv"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/insight/roll"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/sheet"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// peopleSize is how many stand on a page, and chunkSize how many of a file are
// read at once.
const (
	peopleSize = 30
	chunkSize  = 500
)

// peoplePage is a list of customers, whoever is worth most first: those who may be
// leaving, those who bought most, a stage, a group. It is made of people and not of
// a report: who sees customers sees theirs.
type peoplePage struct {
	*opened

	Among   roll.Among
	People  roll.Page
	Count   int // to roll.CountedTo
	Names   map[customer.ID]customer.Summary
	Died    map[customer.ID]bool
	Horizon int
	Bought  bool              // anybody has bought anything
	Total   *insight.Overview // of the store shown; nil for who has no reports
}

// among is the list that the address of a room asks for.
func (o *opened) among() (roll.Among, error) {
	a := roll.Among{Store: o.Store, Sign: insight.Sign(o.Query.Text("sign"))}
	a.Warned, a.Best = o.Room.Name == "warnings", o.Room.Name == "best"
	if o.Room.Name != "people" {
		return a, a.Check()
	}
	a.Group, a.Tenth = o.Query.Text("group"), int(o.Query.Int("tenth"))
	if s := o.Query.Text("top"); s != "" {
		top, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return a, errs.Wrap(err, errs.NotFound, "web.not_found")
		}
		a.Top = top
	}
	if s := o.Query.Text("stage"); s != "" {
		if err := a.Stage.UnmarshalText([]byte(s)); err != nil {
			return a, errs.Wrap(err, errs.NotFound, "web.not_found")
		}
	}
	if a.Group == "" && a.Tenth == 0 && a.Top == 0 && a.Stage == insight.Prospect {
		return a, errs.New(errs.NotFound, "web.not_found")
	}
	return a, a.Check()
}

// asked are what a link keeps of the list.
func (o *opened) asked() (pairs []string) {
	for _, name := range []string{"sign", "stage", "group", "tenth", "top"} {
		if v := o.Query.Text(name); v != "" {
			pairs = append(pairs, name, v)
		}
	}
	return pairs
}

// heading is what a list is called.
func (o *opened) heading(a roll.Among) string {
	switch {
	case a.Group != "":
		return o.group(a.Group)
	case a.Stage != insight.Prospect:
		return o.stage(a.Stage)
	case a.Tenth != 0:
		return o.t("insights.people_tenth", "k", a.Tenth)
	case a.Top != 0:
		return o.t("insights.people_top", "percent", o.p.Decimal(a.Top, 1))
	}
	return o.t("insights.room." + o.Room.Name)
}

// openPeople opens a list; without a refresh AsOf stays empty.
func (h Pages) openPeople(r *http.Request, rm room) (*opened, roll.Among, day.Day, error) {
	o, err := h.openFor(r, rm)
	if err != nil {
		return nil, roll.Among{}, 0, err
	}
	a, err := o.among()
	if err != nil {
		return nil, a, 0, err
	}
	o.Heading = o.heading(a)
	asOf, err := roll.AsOf(r.Context(), h.Insight.DB, o.Actor)
	if err == nil && asOf != 0 {
		o.AsOf = asOf.String()
	}
	return o, a, asOf, err
}

// people shows a page of a list.
func (h Pages) people(rm room) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		o, among, asOf, err := h.openPeople(r, rm)
		if err != nil {
			return err
		}
		if asOf == 0 {
			return web.Render(w, r, web.Page{Title: o.title(), Body: emptyRoom(o)})
		}
		p := peoplePage{opened: o, Among: among}
		at, err := place(o)
		if err != nil {
			return err
		}
		if p.People, err = roll.Read(r.Context(), h.Insight.DB, o.Actor, among, at, peopleSize); err != nil {
			return err
		}
		if p.Count, err = roll.Count(r.Context(), h.Insight.DB, o.Actor, among); err != nil {
			return err
		}
		today, err := day.Parse(web.Today(r))
		if err != nil {
			return err
		}
		list := p.People.List
		ids := make([]customer.ID, len(list))
		for i := range list {
			ids[i], list[i].Warning = list[i].Customer, list[i].Warning.On(asOf, today)
		}
		if p.Names, err = h.names(r, ids); err != nil {
			return err
		}
		if err := h.readDied(r, &p); err != nil {
			return err
		}
		if err := h.readTotal(r, &p); err != nil {
			return err
		}
		return web.Render(w, r, web.Page{Title: o.title(), Body: frame(o, peopleBody(p))})
	}
}

// readDied finds who of the list has died: nothing is said of what they will do.
func (h Pages) readDied(r *http.Request, p *peoplePage) error {
	var silent []customer.ID
	for c, who := range p.Names {
		if who.DoNotContact {
			silent = append(silent, c)
		}
	}
	told, err := h.Insight.LatestReasons(r.Context(), p.Actor, silent)
	p.Died = make(map[customer.ID]bool, len(told))
	for c, t := range told {
		p.Died[c] = t.Reason == insight.Died
	}
	return err
}

// readTotal reads what the list is seen against.
func (h Pages) readTotal(r *http.Request, p *peoplePage) error {
	set, _, err := h.Insight.Setting(r.Context())
	if err != nil {
		return err
	}
	p.Horizon, p.Bought = set.Horizon, true
	if len(p.People.List) == 0 { // because nobody is so, or because there is nobody
		n, err := roll.Count(r.Context(), h.Insight.DB, p.Actor, roll.Among{Store: p.Store})
		if err != nil {
			return err
		}
		p.Bought = n > 0
	}
	if !p.Actor.May(org.ReportsRead) {
		return nil
	}
	total, doc, err := insight.ReportOf[insight.Overview](r.Context(), h.Insight, p.Actor, "overview", p.Store)
	if errs.Is(err, errs.NotFound) { // a store that has sold nothing
		return nil
	}
	if err != nil {
		return err
	}
	p.Total, p.Currency, p.Newest, p.Behind = &total, total.Currency, doc.Newest.String(), doc.Behind
	return nil
}

// place is where in the list the page begins.
func place(o *opened) (at roll.Cursor, err error) {
	for _, name := range []string{"after", "before"} {
		if text := o.Query.Text(name); text != "" {
			at.At, at.Back = o.Query.Int("value"), name == "before"
			if at.Customer, err = id.Parse[customer.Customer](text); err != nil {
				return at, errs.Wrap(err, errs.NotFound, "web.not_found")
			}
		}
	}
	return at, nil
}

// pager leads on and back.
func (p peoplePage) pager() ui.Pager {
	to := func(name string, at roll.Cursor) string {
		if at.Customer == 0 {
			return ""
		}
		return p.link(p.Room.Name, append(p.asked(), name, at.Customer.String(), "value", strconv.FormatInt(at.At, 10))...)
	}
	g := ui.Pager{Prev: to("before", p.People.Prev), Next: to("after", p.People.Next)}
	if g.Prev != "" {
		g.First = p.link(p.Room.Name, p.asked()...)
	}
	return g
}

// howMany is how many are on the list, in words.
func (p peoplePage) howMany() string {
	if p.Count > roll.CountedTo {
		return p.t("insights.people_more", "n", roll.CountedTo)
	}
	return p.t("insights.people", "n", p.Count)
}

// told is the finding over the list, and what to do with it.
func (p peoplePage) told() (sentence, note string) {
	a := p.Among
	switch {
	case a.Best && p.Store == 0 && p.Total != nil && p.Total.VIPs > 0:
		return p.t("insights.best_told", "n", p.Total.VIPs, "share", p.percent(p.Total.VIPPart)), p.t("insights.best_note")
	case a.Best:
		return p.t("insights.best_list"), p.t("insights.best_note")
	case a.Warned && a.Sign == "" && p.Total != nil && p.Total.Warned > 0:
		return p.t("insights.warned_told", "n", p.Total.Warned, "amount", p.short(p.Total.AtRisk)), p.t("insights.warnings_note")
	case a.Warned:
		return p.t("insights.warnings_told"), p.t("insights.warnings_note")
	case a.Group != "":
		return p.t("insights.people_told", "name", p.Heading, "count", p.howMany()), p.t("insights.group_do." + a.Group)
	case a.Stage != insight.Prospect:
		return p.t("insights.people_told", "name", p.Heading, "count", p.howMany()), p.t("insights.stage." + a.Stage.String())
	}
	note = p.t("insights.means.tenths_value")
	if a.Top != 0 {
		note = p.t("insights.means.top")
	}
	return p.t("insights.people_told", "name", p.Heading, "count", p.howMany()), note
}

// ways lead from a list to where something can be done about it.
func (p peoplePage) ways() []ui.Link {
	if p.Among.Warned && p.Actor.May(org.CustomersWrite) {
		return []ui.Link{p.toToday()}
	}
	return nil
}

// signs narrow the list of the leaving to one reason.
func (p peoplePage) signs() (list []ui.Link, current string) {
	add := func(label string, pairs ...string) {
		href := p.link("warnings", pairs...)
		if len(pairs) == 0 && p.Among.Sign == "" || len(pairs) > 0 && string(p.Among.Sign) == pairs[1] {
			current = href
		}
		list = append(list, ui.Link{Label: label, Href: href})
	}
	add(p.t("insights.sign.all"))
	for _, s := range roll.Signs {
		add(p.t("insights.sign."+string(s)), "sign", string(s))
	}
	return list, current
}

// file is the address of the list as a file; empty for who may not take one.
func (p peoplePage) file() string {
	if !p.Actor.May(org.CustomersExport) {
		return ""
	}
	return paths.With(paths.Insight("download/"+p.Room.Name), append(p.pairs(), p.asked()...)...)
}

// worth is what stands at the end of a row: what they brought, or will.
func (p peoplePage) worth(k insight.Scored) (amount, of string) {
	of = "insights.next_year"
	switch {
	case p.Among.Top != 0:
		of = "insights.in_all"
	case p.Among.Best:
		of = "insights.last_year"
	case p.Among.Warned:
		of = "insights.at_stake"
	}
	return p.p.MoneyShort(p.Among.Worth(k), string(k.Currency)), p.t(of)
}

// chance is how likely somebody comes again, in words. Of one who may be leaving
// and probably comes all the same it says so: it is no reason not to call.
func (p peoplePage) chance(k insight.Scored) string {
	switch fault := k.Warning.Sign == insight.Unhappy || k.Warning.Sign == insight.Returned; {
	case fault && k.Active >= 0.5:
		return p.t("insights.warned_fault")
	case k.Warning.Sign != "" && k.Active >= 0.5:
		return p.t("insights.warned_yet")
	}
	return p.t("insights.warned_chance", "days", p.Horizon, "n", hundred(k.Active))
}

// peopleFile is a list as a file. That it was taken, by whom and of which
// customers, is on record before the first row is sent.
func (h Pages) peopleFile(rm room) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		o, among, asOf, err := h.openPeople(r, rm)
		if err != nil {
			return err
		}
		if asOf == 0 {
			return errs.New(errs.NotFound, "insight.not_yet")
		}
		part, err := roll.Read(r.Context(), h.Insight.DB, o.Actor, among, roll.Cursor{}, chunkSize)
		if err != nil {
			return err
		}
		err = h.Insight.DB.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
			return audit.Append(ctx, tx, audit.Entry{
				Staff: int64(o.Actor.ID()), Action: "customer.export", Subject: "customers",
				Detail: map[string]any{"format": "csv", "list": o.Heading, "store": o.Store.String(), "reach": string(o.Actor.Reach)},
			})
		})
		if err != nil {
			return err
		}
		head := w.Header()
		head.Set("Cache-Control", "no-store")
		head.Set("Content-Type", "text/csv; charset=utf-8")
		head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": o.fileName(o.Heading)}))
		out, err := sheet.NewCSVWriter(w)
		if err != nil {
			return err
		}
		if err := h.writePeople(r, o, out, among, part); err != nil {
			panic(http.ErrAbortHandler) // half a file must not look whole
		}
		if err := out.Close(); err != nil {
			panic(http.ErrAbortHandler)
		}
		return nil
	}
}

func (h Pages) writePeople(r *http.Request, o *opened, out sheet.Writer, among roll.Among, part roll.Page) error {
	var titles []any
	for _, key := range []string{"customers.column.name", "customers.column.phone", "customers.column.card", "insights.head.stage", "insights.head.group_of",
		"customers.column.last_bought", "insights.head.chance", "insights.head.spent", "insights.head.value", "customers.column.currency", "insights.head.why"} {
		titles = append(titles, o.t(key))
	}
	if err := out.Write(titles...); err != nil {
		return err
	}
	for {
		ids := make([]customer.ID, len(part.List))
		for i, k := range part.List {
			ids[i] = k.Customer
		}
		names, err := h.names(r, ids)
		if err != nil {
			return err
		}
		for _, k := range part.List {
			c, seen := names[k.Customer]
			if !seen {
				continue
			}
			amount := func(minor int64) sheet.Number {
				return sheet.Number(money.Amount{Minor: minor, Currency: k.Currency}.String())
			}
			number := ""
			if c.Phone != "" {
				number = c.Phone.Format()
			}
			if err := out.Write(c.Name, number, c.Card, o.stage(k.Stage), o.group(insight.GroupOf(&k.Score)), k.Last.String(), o.share(k.Active).Cell,
				amount(k.Spent), amount(k.Value), string(k.Currency), k.Warning.Text(o.p)); err != nil {
				return err
			}
		}
		if part.Next.Customer == 0 {
			return nil
		}
		if part, err = roll.Read(r.Context(), h.Insight.DB, o.Actor, among, part.Next, chunkSize); err != nil {
			return err
		}
	}
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
	if !web.Actor(r).May(org.ReportsRead) {
		return &opened{Room: rm, Rooms: []room{rm}, Query: web.Query(r), Actor: web.Actor(r), p: web.Printer(r)}, nil
	}
	o, err := h.open(r, rm)
	if err == nil && !o.Actor.Scope().All() && !o.Actor.Scope().AllowsStore(o.Store) {
		return nil, errs.New(errs.Forbidden, "insight.store_out_of_reach")
	}
	return o, err
}

func roomOf(name string) room {
	i := slices.IndexFunc(rooms, func(rm room) bool { return rm.Name == name })
	if i < 0 {
		return room{Name: name}
	}
	return rooms[i]
}
