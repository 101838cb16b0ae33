package today

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// Pages are today's list and what is done from it.
type Pages struct {
	Care      *care.Service
	Customers *customer.Service
	Org       *org.Service
}

const taskPath = paths.Today + "/{who}/{task}"

// Routes registers the pages.
func (p Pages) Routes(s *web.Site) {
	s.Handle("GET "+paths.Today, org.TasksRead, p.list)
	s.Handle("POST "+paths.Today+"/plan", org.PlanRun, p.plan, web.Slow())
	s.Handle("POST "+taskPath+"/outcome", org.TasksWrite, p.record)
	s.Handle("POST "+taskPath+"/phone", org.CustomersReveal, p.phone)
	s.Handle("POST "+paths.Today+"/{who}/outcomes/{outcome}/undo", org.TasksWrite, p.undo)
}

// pageTasks is how many tasks a page shows: what one does in an hour, and a page
// that a cheap phone draws at once.
const pageTasks = 10

// page is the list as it is shown.
type page struct {
	care.Page
	Counts care.Counts
	Actor  org.Actor
	Fields []customer.Field
	Filter *form.Form // store, staff, date
	Stores []ui.Option
	People []ui.Option
	Next   string // address of the next page; empty: this is the last
	First  string // address of the first page; empty: this is it
	Typed  typed
}

// typed is what somebody sent about a task and cannot be taken as it is.
type typed struct {
	Task care.TaskID
	Form *form.Form
}

// of is the form of a task: with faults for the one that was sent, else empty.
func (t typed) of(task care.Task) *form.Form {
	if t.Form != nil && t.Task == task.ID {
		return t.Form
	}
	return form.Of()
}

// chosen is what is to be shown of an outcome's own form: open when it was sent.
func (t typed) chosen(task care.Task, kind care.OutcomeKind) bool {
	return t.Form != nil && t.Task == task.ID && t.Form.Text("outcome") == string(kind)
}

// text is what was written along.
func (t typed) text() string { return t.Form.Text("text_" + t.Form.Text("outcome")) }

// lost is what is wrong with what was sent, when the task it was about stands on
// the list no more: somebody else was faster.
func (p page) lost() string {
	if p.Typed.Form == nil {
		return ""
	}
	for _, it := range slices.Concat(p.Items, p.Later) {
		if it.ID == p.Typed.Task {
			return "" // it is said there
		}
	}
	return p.Typed.Form.Summary()
}

// list is today's list.
func (p Pages) list(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, r, web.Query(r), typed{})
}

// show answers with the list under the filter that was sent along.
func (p Pages) show(w http.ResponseWriter, r *http.Request, filter *form.Form, sent typed) error {
	view, err := p.read(r, filter)
	if err != nil {
		return err
	}
	view.Typed = sent
	return web.Render(w, r, web.Page{Title: web.T(r, "today.title"), Body: body(view), Fragment: tasks(view), Form: sent.Form})
}

func (p Pages) read(r *http.Request, filter *form.Form) (page, error) {
	ctx, actor := r.Context(), web.Actor(r)
	view := page{Actor: actor, Filter: filter}
	f := care.Filter{
		Store: form.Parse(filter, "store", id.Parse[org.Store]),
		Staff: form.Parse(filter, "staff", id.Parse[org.Staff]),
		Day:   form.Parse(filter, "date", day.Parse),
	}
	var err error
	if view.Page, err = p.Care.List(ctx, actor, f, cursor(filter.Text("after")), pageTasks); err != nil {
		return view, err
	}
	if view.Counts, err = p.Care.Counts(ctx, actor, f); err != nil {
		return view, err
	}
	if view.Fields, err = p.Customers.Fields(ctx); err != nil {
		return view, err
	}
	if view.Stores, view.People, err = p.choices(r, f); err != nil {
		return view, err
	}
	at := func(after string) string {
		return paths.With(paths.Today, "store", filter.Text("store"), "staff", filter.Text("staff"), "date", filter.Text("date"), "after", after)
	}
	if filter.Text("after") != "" {
		view.First = at("")
	}
	if next := view.Page.Next; next != (care.Cursor{}) {
		view.Next = at(strconv.FormatInt(next.Value, 10) + "." + next.Customer.String() + "." + next.Task.String())
	}
	return view, nil
}

// choices are the stores and people the reader may narrow the list to.
func (p Pages) choices(r *http.Request, now care.Filter) (stores, people []ui.Option, err error) {
	actor, scope := web.Actor(r), web.Actor(r).Scope()
	if actor.Reach == org.ReachOwn {
		return nil, nil, nil
	}
	all, err := p.Org.Stores(r.Context())
	if err != nil {
		return nil, nil, err
	}
	store, only := now.Store, org.StoreID(0)
	for _, s := range all {
		if s.Active && scope.AllowsStore(s.ID) {
			stores = append(stores, ui.Option{Value: s.ID.String(), Label: s.Name})
			only = s.ID
		}
	}
	if store == 0 && len(stores) == 1 {
		store = only
	}
	if store != 0 {
		staff, err := p.Org.ListStaff(r.Context(), org.StaffFilter{StoreID: store, ActiveOnly: true})
		if err != nil {
			return nil, nil, err
		}
		for _, s := range staff {
			people = append(people, ui.Option{Value: s.ID.String(), Label: s.Name})
		}
		people = slices.Insert(people, 0, ui.Option{Label: web.T(r, "today.everybody")})
	}
	stores = slices.Insert(stores, 0, ui.Option{Label: web.T(r, "today.all_stores")})
	return stores, people, nil
}

// record notes what came of a contact and answers with what is left to do.
func (p Pages) record(w http.ResponseWriter, r *http.Request) error {
	who, task, err := taskOf(r)
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	in := care.NewOutcome{
		Customer: who, Task: task, Kind: care.OutcomeKind(f.Text("outcome")), Text: f.Text("text_" + f.Text("outcome")),
		Version: f.Int("version"), RequestKey: f.Text("request_key"),
	}
	in.Answer, in.Patch = learnt(f)
	if in.Kind == care.CallBack {
		in.CallAt = form.Parse(f, cmp.Or(chosenTime(f), "call_at"), func(s string) (time.Time, error) { return localTime(s, web.Zone(r)) })
	}
	if f.OK() {
		done, err := p.Care.Record(r.Context(), web.Actor(r), in)
		if err == nil {
			web.SayUndo(r, said(r, done), paths.Today+"/"+who.String()+"/outcomes/"+done.ID.String()+"/undo")
			return p.after(w, r, f)
		}
		if !f.Refused(err) {
			return err
		}
	}
	return p.show(w, r, f, typed{task, f})
}

// said is what the page says of an outcome that was noted.
func said(r *http.Request, done care.Recorded) string {
	text := web.T(r, "today.noted", "outcome", done.Kind.Key())
	switch {
	case done.FollowUp == nil:
	case done.FollowUp.Staff == 0: // a store without a manager
		text += web.T(r, "today.follow_up.anyone")
	default:
		text += web.T(r, "today.follow_up."+string(done.Kind))
	}
	return text
}

// after shows the list as it now is: in place where there is script.
func (p Pages) after(w http.ResponseWriter, r *http.Request, filter *form.Form) error {
	if !web.Fragment(r) {
		return web.Redirect(w, r, paths.With(paths.Today, "store", filter.Text("store"), "staff", filter.Text("staff"), "date", filter.Text("date")))
	}
	return p.show(w, r, filter, typed{})
}

// plan makes the day's tasks now, for those who cannot wait for the night.
func (p Pages) plan(w http.ResponseWriter, r *http.Request) error {
	d, err := day.Parse(web.Today(r))
	if err != nil {
		return err
	}
	planned, err := p.Care.PlanFor(r.Context(), web.Actor(r), d)
	if err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "today.planned", "n", planned.Made))
	return web.Redirect(w, r, paths.Today)
}

// undo takes an outcome back.
func (p Pages) undo(w http.ResponseWriter, r *http.Request) error {
	who, err := web.ID[customer.Customer](r, "who")
	if err != nil {
		return err
	}
	which, err := web.ID[care.Recorded](r, "outcome")
	if err != nil {
		return err
	}
	if _, err := p.Care.Undo(r.Context(), web.Actor(r), who, which); err != nil {
		if !errs.Is(err, errs.Conflict) {
			return err
		}
		web.Say(r, ui.Warning, web.Printer(r).Err(err))
		return web.Redirect(w, r, paths.Today)
	}
	web.Say(r, ui.Success, web.T(r, "today.undone"))
	return web.Redirect(w, r, paths.Today)
}

// phone shows the number to dial, and puts on record who saw it and for what.
func (p Pages) phone(w http.ResponseWriter, r *http.Request) error {
	who, task, err := taskOf(r)
	if err != nil {
		return err
	}
	contact, err := p.Care.Tel(r.Context(), web.Actor(r), who, task)
	if err != nil {
		return err
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "today.call"), Body: numberPage(contact), Fragment: number(contact)})
}

func taskOf(r *http.Request) (customer.ID, care.TaskID, error) {
	who, err := web.ID[customer.Customer](r, "who")
	if err != nil {
		return 0, 0, err
	}
	task, err := web.ID[care.Task](r, "task")
	return who, task, err
}

var errNotATime = errs.New(errs.Invalid, "care.call_when")

// chosenTime is the field that says when to call: a time of one's own counts
// before a proposed one.
func chosenTime(f *form.Form) string {
	if f.Text("call_at_own") != "" {
		return "call_at_own"
	}
	return ""
}

// localTime reads what a date-time field sends: 2026-11-23T15:30, by the clock of
// the shop.
func localTime(s string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation("2006-01-02T15:04", s, zone)
	if err != nil {
		return t, errNotATime
	}
	return t, nil
}

// callTimes proposes when to call again: in an hour, this evening, tomorrow morning.
func callTimes(ctx context.Context) []ui.Option {
	now := ui.From(ctx).Now.In(ui.From(ctx).Zone)
	at := func(days, hour int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, hour, 0, 0, 0, now.Location())
	}
	list := []ui.Option{{Value: stamp(now.Add(time.Hour)), Label: i18n.T(ctx, "today.in_an_hour")}}
	if evening := at(0, 19); evening.After(now.Add(time.Hour)) {
		list = append(list, ui.Option{Value: stamp(evening), Label: i18n.T(ctx, "today.this_evening")})
	}
	return append(list, ui.Option{Value: stamp(at(1, 10)), Label: i18n.T(ctx, "today.tomorrow_morning")})
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04") }

// cursor reads where a page begins; anything else is the beginning.
func cursor(s string) (c care.Cursor) {
	value, rest, _ := strings.Cut(s, ".")
	who, task, _ := strings.Cut(rest, ".")
	var err error
	if c.Value, err = strconv.ParseInt(value, 10, 64); err != nil {
		return care.Cursor{}
	}
	if c.Customer, err = id.Parse[customer.Customer](who); err != nil {
		return care.Cursor{}
	}
	if c.Task, err = id.Parse[care.Task](task); err != nil {
		return care.Cursor{}
	}
	return c
}

// title is what a customer is called on the list.
func title(ctx context.Context, it care.Item) string {
	return cmp.Or(it.Customer.Name, it.Customer.Card, i18n.T(ctx, "today.unnamed"))
}
