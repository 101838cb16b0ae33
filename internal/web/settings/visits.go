package settings

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

const visitsPath = "/settings/visits"

// visitMonths is how many months the table shows.
const visitMonths = 12

// visitsPage is how many people came into the stores: one month to fill in, and
// the months of a year to see what is still missing.
type visitsPage struct {
	Form   *form.Form
	Month  string // the one to fill in, YYYY-MM
	Months []string
	Stores []org.Store
	Counts map[visitKey]insight.Visits
	Prev   string // months beside; empty: there is none
	Next   string
	Ask    []string // who gives a store to somebody who has none, for a reader who cannot
}

type visitKey struct {
	store org.StoreID
	month string
}

func (h Pages) visits(w http.ResponseWriter, r *http.Request) error {
	p, err := h.visitsPage(r, web.Query(r).Text("month"))
	if err != nil {
		return err
	}
	p.Form = form.Of("month", p.Month)
	for _, s := range p.Stores {
		if v, ok := p.Counts[visitKey{s.ID, p.Month}]; ok {
			p.Form.Values.Set("new."+s.ID.String(), strconv.FormatInt(v.New, 10))
			p.Form.Values.Set("old."+s.ID.String(), strconv.FormatInt(v.Old, 10))
		}
	}
	return show(w, r, visitsPath, web.T(r, "settings.section.visits"), p.Form, visitsBody(p))
}

// visitsPage reads the counts of a year that ends with the month now running. What
// is no month of the past is the last one that is over.
func (h Pages) visitsPage(r *http.Request, month string) (visitsPage, error) {
	ctx := r.Context()
	p := visitsPage{Month: month, Counts: map[visitKey]insight.Visits{}}
	running := firstOf(web.Now(r).In(web.Zone(r)))
	chosen, err := time.Parse(monthForm, month)
	if err != nil || chosen.After(running) || chosen.Year() < 2000 {
		chosen = running.AddDate(0, -1, 0)
		p.Month = chosen.Format(monthForm)
	}
	p.Prev = chosen.AddDate(0, -1, 0).Format(monthForm)
	if next := chosen.AddDate(0, 1, 0); !next.After(running) {
		p.Next = next.Format(monthForm)
	}
	last := running
	if chosen.Before(running.AddDate(0, 1-visitMonths, 0)) {
		last = chosen.AddDate(0, visitMonths-1, 0) // further back: the year that begins with it
	}
	for i := range visitMonths {
		p.Months = append(p.Months, last.AddDate(0, -i, 0).Format(monthForm))
	}
	list, err := h.Insight.VisitsSince(ctx, web.Actor(r), p.Months[visitMonths-1])
	if err != nil {
		return p, err
	}
	for _, v := range list {
		p.Counts[visitKey{v.Store, v.Month}] = v
	}
	stores, err := h.Org.Stores(ctx)
	if err != nil {
		return p, err
	}
	scope := web.Actor(r).Scope()
	for _, s := range stores {
		if _, counted := p.Counts[visitKey{s.ID, p.Month}]; scope.AllowsStore(s.ID) && (s.Active || counted) {
			p.Stores = append(p.Stores, s)
		}
	}
	if len(p.Stores) == 0 && !web.Actor(r).May(org.SettingsWrite) {
		if p.Ask, err = h.administrators(ctx); err != nil {
			return p, err
		}
	}
	slices.SortFunc(p.Stores, func(a, b org.Store) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID)) })
	return p, nil
}

const monthForm = "2006-01"

func firstOf(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }

// saveVisits keeps the month as it was typed: only what is different is written,
// and a store left empty is not known.
func (h Pages) saveVisits(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	p, err := h.visitsPage(r, f.Text("month"))
	if err != nil {
		return err
	}
	p.Form = f
	var counted []insight.Visits
	var emptied []org.StoreID
	for _, s := range p.Stores {
		v, given := readVisits(f, s.ID, p.Month)
		had, known := p.Counts[visitKey{s.ID, p.Month}]
		switch {
		case given && !(known && had.New == v.New && had.Old == v.Old):
			counted = append(counted, v)
		case !given && known:
			emptied = append(emptied, s.ID)
		}
	}
	if !f.OK() {
		return show(w, r, visitsPath, web.T(r, "settings.section.visits"), f, visitsBody(p))
	}
	if err := h.keepVisits(r.Context(), web.Actor(r), p.Month, counted, emptied); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "settings.visits_saved", "month", web.Printer(r).Month(p.Month)))
	return web.Redirect(w, r, monthPath(p.Month))
}

func (h Pages) keepVisits(ctx context.Context, actor org.Actor, month string, counted []insight.Visits, emptied []org.StoreID) error {
	for _, v := range counted {
		if err := h.Insight.SetVisits(ctx, actor, v); err != nil {
			return err
		}
	}
	for _, s := range emptied {
		if err := h.Insight.ForgetVisits(ctx, actor, s, month); err != nil {
			return err
		}
	}
	return nil
}

// readVisits reads the two numbers of a store; given is false where both are empty.
func readVisits(f *form.Form, store org.StoreID, month string) (v insight.Visits, given bool) {
	v = insight.Visits{Store: store, Month: month}
	names := [2]string{"new." + store.String(), "old." + store.String()}
	if f.Text(names[0]) == "" && f.Text(names[1]) == "" {
		return v, false
	}
	for i, to := range []*int64{&v.New, &v.Old} {
		if f.Text(names[i]) == "" {
			f.Wrong(names[i], "error.required")
		}
		if *to = f.Int(names[i]); *to < 0 || *to > insight.MostVisits {
			f.Wrong(names[i], "error.between", "min", 0, "max", insight.MostVisits)
		}
	}
	return v, true
}

func monthPath(month string) string { return paths.With(visitsPath, "month", month) }

// monthOf is in how many stores somebody counted, and how many came to these.
func (p visitsPage) monthOf(ctx context.Context, month string) (known int, visitors string) {
	var n int64
	for _, s := range p.Stores {
		if v, ok := p.Counts[visitKey{s.ID, month}]; ok {
			known++
			n += v.New + v.Old
		}
	}
	if known == 0 {
		return 0, "–"
	}
	return known, i18n.From(ctx).Number(n)
}

// visitors is how many came, or that nobody knows.
func (p visitsPage) visitors(ctx context.Context, s org.StoreID, month string) string {
	v, ok := p.Counts[visitKey{s, month}]
	if !ok {
		return "–"
	}
	return i18n.From(ctx).Number(v.New + v.Old)
}
