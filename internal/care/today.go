package care

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// Filter narrows today's list. The zero Filter is all that the actor sees, today.
type Filter struct {
	Store org.StoreID
	Staff org.StaffID // the list as this person has it
	Day   day.Day
}

// Cursor is where a list continues. The zero Cursor is the beginning.
type Cursor struct {
	Value    int64
	Customer customer.ID
	Task     TaskID
}

// Item is a task with all that one needs to do it.
type Item struct {
	Task
	RuleOf   Rule
	Customer customer.Brief
	StoreOf  org.Store
	StaffOf  org.Staff
	Stat     purchase.Stat // zero: has bought nothing yet
	Asked    string        // name of who noted the reason, for wants and unhappy
	Last     *LastContact
	Also     []Also // what else is due for the same customer: one call does for all
	Others   []Also // what others have to call the same customer for
}

// CallNow reports whether the customer was promised a call that is due.
func (it Item) CallNow(now time.Time) bool { return !it.CallAt.IsZero() && !it.CallAt.After(now) }

// LastContact is what came of the latest contact with a customer.
type LastContact struct {
	Kind  OutcomeKind
	Text  string
	At    time.Time
	Staff string
}

// Also is another open task of the same customer.
type Also struct {
	Task  Task
	Rule  Rule
	Asked string // name of who noted the reason
	Staff string // name of who is to do it; empty: anyone of the store
}

// Page is a page of today's list. The first page begins with the calls that were
// promised for a time that has come, however many there are, and then has the
// most valuable tasks. Calls promised for later in the day stand apart: not to be
// forgotten, and not to be made too early.
type Page struct {
	Day   day.Day
	Items []Item
	Later []Item // the earliest first
	Next  Cursor // the zero Cursor when this is the last page
}

// mostCalls bounds the promised calls of the first page.
const mostCalls = 50

// List is a page of today's list, the most valuable first.
func (s *Service) List(ctx context.Context, actor org.Actor, f Filter, after Cursor, limit int) (Page, error) {
	if err := actor.Need(org.TasksRead); err != nil {
		return Page{}, err
	}
	arms, err := s.arms(ctx, actor, f)
	if err != nil {
		return Page{}, err
	}
	now, err := s.moment(ctx, actor, &f)
	if err != nil {
		return Page{}, err
	}
	page := Page{Day: f.Day}
	var tasks, later []Task
	if after == (Cursor{}) {
		calls, err := s.calls(ctx, arms, f.Day)
		if err != nil {
			return Page{}, err
		}
		due := slices.IndexFunc(calls, func(t Task) bool { return t.CallAt.After(now) })
		if due < 0 {
			due = len(calls)
		}
		tasks, later = calls[:due], calls[due:]
	}
	list, err := s.byValue(ctx, arms, f.Day, after, limit+1)
	if err != nil {
		return Page{}, err
	}
	if len(list) > limit {
		list = list[:limit]
		end := list[limit-1]
		page.Next = Cursor{Value: end.Value.Minor, Customer: end.Customer, Task: end.ID}
	}
	tasks = slices.Concat(tasks, list)
	items, err := s.items(ctx, slices.Concat(tasks, later), f.Day)
	if err != nil {
		return Page{}, err
	}
	page.Items, page.Later = items[:len(tasks)], items[len(tasks):]
	return page, nil
}

// Counts are how a day stands: the tasks still to do, and what was recorded.
type Counts struct {
	ToDo, Done int
	More       bool // there are more to do than are counted
}

// mostCounted bounds the counting of what is to do, a look at two rows for each:
// beyond it the number does not help anybody. What is done is counted from an index.
const (
	mostCounted = 99
	mostDone    = 9999
)

// Counts says how the day stands.
func (s *Service) Counts(ctx context.Context, actor org.Actor, f Filter) (Counts, error) {
	if err := actor.Need(org.TasksRead); err != nil {
		return Counts{}, err
	}
	arms, err := s.arms(ctx, actor, f)
	if err != nil || len(arms) == 0 {
		return Counts{}, err
	}
	if _, err := s.moment(ctx, actor, &f); err != nil {
		return Counts{}, err
	}
	var parts []string
	var args []any
	for i, arm := range arms {
		parts = append(parts, `SELECT * FROM (SELECT 1 AS one FROM task t WHERE `+arm.where+` AND `+sqlDue+
			` AND (t.call_at IS NOT NULL OR `+sqlFirst+`) LIMIT ?) arm`+itoa(i))
		args = append(append(args, arm.args...), f.Day, f.Day, f.Day, f.Day, mostCounted+1)
	}
	where, more := doneBy(actor, f)
	args = append(append(args, more...), f.Day, mostDone)
	c, err := db.One(ctx, s.DB, func(row db.Scanner) (c Counts, err error) {
		err = row.Scan(&c.ToDo, &c.Done)
		return c, err
	}, `SELECT (SELECT COUNT(*) FROM (`+strings.Join(parts, ` UNION ALL `)+`) todo),
		(SELECT COUNT(*) FROM (SELECT 1 AS one FROM task_outcome o WHERE `+where+` AND o.day = ? AND o.undone_at IS NULL LIMIT ?) done)`, args...)
	if c.ToDo > mostCounted {
		c.ToDo, c.More = mostCounted, true
	}
	return c, err
}

// doneBy are the outcomes that count for the list: those a person recorded, or a
// store's.
func doneBy(actor org.Actor, f Filter) (string, []any) {
	staff := f.Staff
	if actor.Reach == org.ReachOwn {
		staff = actor.ID()
	}
	switch {
	case staff != 0:
		return "o.staff_id = ?", []any{int64(staff)}
	case f.Store != 0:
		return "o.store_id = ?", []any{int64(f.Store)}
	default:
		return actor.Scope().Where("o.staff_id", "o.store_id")
	}
}

// moment settles the day of the filter and the instant at which promised calls
// are due: now on the day it is, the whole day for another.
func (s *Service) moment(ctx context.Context, actor org.Actor, f *Filter) (time.Time, error) {
	zone, err := s.zone(ctx, cmp.Or(f.Store, actor.Staff.StoreID))
	if err != nil {
		return time.Time{}, err
	}
	now := s.now()
	today := day.Of(now, zone)
	f.Day = cmp.Or(f.Day, today)
	if f.Day != today {
		now = f.Day.AddDays(1).Start(zone)
	}
	return now, nil
}

// arm is a part of a list that one index yields in the list's order.
type arm struct {
	where string
	args  []any
}

// The list of a person has two arms: what is theirs, and what is nobody's in
// their store. That of a region has one per store.
func (s *Service) arms(ctx context.Context, actor org.Actor, f Filter) ([]arm, error) {
	const open = "t.state = 'open' AND "
	scope := actor.Scope()
	if f.Store != 0 && !scope.AllowsStore(f.Store) {
		return nil, errs.New(errs.Forbidden, "care.store_out_of_reach")
	}
	person, store := f.Staff, f.Store
	if actor.Reach == org.ReachOwn {
		if person != 0 && person != actor.ID() {
			return nil, errs.New(errs.Forbidden, "care.staff_out_of_reach")
		}
		person = actor.ID()
	}
	switch {
	case person != 0:
		return s.armsOf(ctx, actor, person, store)
	case store != 0:
		return []arm{{open + "t.store_id = ?", []any{int64(store)}}}, nil
	case scope.All():
		return []arm{{open + "TRUE", nil}}, nil
	}
	stores, err := s.Org.Stores(ctx)
	if err != nil {
		return nil, err
	}
	var list []arm
	for _, st := range stores {
		if scope.AllowsStore(st.ID) {
			list = append(list, arm{open + "t.store_id = ?", []any{int64(st.ID)}})
		}
	}
	return list, nil
}

// armsOf is the list as a person has it.
func (s *Service) armsOf(ctx context.Context, actor org.Actor, person org.StaffID, store org.StoreID) ([]arm, error) {
	home := actor.Staff.StoreID
	if person != actor.ID() {
		p, err := s.Org.Person(ctx, person)
		if err != nil {
			return nil, err
		}
		home = p.StoreID
		if store == 0 && !actor.Scope().AllowsStore(home) {
			return nil, errs.New(errs.Forbidden, "care.staff_out_of_reach")
		}
	}
	theirs := arm{"t.state = 'open' AND t.staff_id <> 0 AND t.staff_id = ?", []any{int64(person)}}
	if store != 0 {
		theirs.where += " AND t.store_id = ?"
		theirs.args = append(theirs.args, int64(store))
	} else if !actor.Scope().All() && actor.Reach != org.ReachOwn {
		where, args := actor.Scope().Where("t.staff_id", "t.store_id")
		theirs.where += " AND " + where
		theirs.args = append(theirs.args, args...)
	}
	list := []arm{theirs}
	if nobodys := cmp.Or(store, home); nobodys != 0 {
		list = append(list, arm{"t.state = 'open' AND t.staff_id = 0 AND t.store_id = ?", []any{int64(nobodys)}})
	}
	return list, nil
}

// sqlDue are the conditions for a task to stand on the list of a day: of a
// customer who may be contacted, and whose file was not taken back with its
// import. The empty text behind until keeps an engine from reading by the index
// over until and sorting: the lists' own indexes have the order.
const sqlDue = `t.due <= ? AND t.until || '' >= ? AND EXISTS (
	SELECT 1 FROM customer c WHERE c.customer_id = t.customer_id AND c.do_not_contact = FALSE)`

// sqlFirst lets a customer stand on a list once, with the most valuable of what
// one person or store has to call them for; a promised call goes before all.
const sqlFirst = `t.call_at IS NULL AND NOT EXISTS (
	SELECT 1 FROM task x WHERE x.customer_id = t.customer_id AND x.state = 'open' AND x.due <= ? AND x.until >= ?
		AND x.staff_id = t.staff_id AND x.store_id = t.store_id AND (x.call_at IS NOT NULL OR (x.value, x.id) > (t.value, t.id)))`

// calls are the promised calls of the day, the earliest first.
func (s *Service) calls(ctx context.Context, arms []arm, d day.Day) ([]Task, error) {
	var where []string
	var args []any
	for _, a := range arms {
		where = append(where, "(t.call_at IS NOT NULL AND "+a.where+")") // each by an index of its own
		args = append(args, a.args...)
	}
	if len(where) == 0 {
		return nil, nil
	}
	args = append(args, d, d, mostCalls)
	return db.All(ctx, s.DB, scanTask, `SELECT `+sqlTask+` FROM task t
		WHERE t.state = 'open' AND (`+strings.Join(where, " OR ")+`) AND `+sqlDue+`
		ORDER BY t.call_at, t.customer_id, t.id LIMIT ?`, args...)
}

// byValue merges the arms, each read in its index's order and no further than
// the page needs.
func (s *Service) byValue(ctx context.Context, arms []arm, d day.Day, after Cursor, limit int) ([]Task, error) {
	var parts []string
	var args []any
	for _, a := range arms {
		part := `SELECT ` + sqlTask + ` FROM task t WHERE ` + a.where + ` AND ` + sqlDue + ` AND ` + sqlFirst
		args = append(append(args, a.args...), d, d, d, d)
		if after.Customer != 0 {
			part += ` AND (t.value, t.customer_id, t.id) < (?, ?, ?)`
			args = append(args, after.Value, int64(after.Customer), int64(after.Task))
		}
		parts = append(parts, part+` ORDER BY t.value DESC, t.customer_id DESC, t.id DESC LIMIT ?`)
		args = append(args, limit)
	}
	switch len(parts) {
	case 0:
		return nil, nil
	case 1:
		return db.All(ctx, s.DB, scanTask, parts[0], args...)
	}
	for i, part := range parts {
		parts[i] = `SELECT * FROM (` + part + `) arm` + itoa(i)
	}
	return db.All(ctx, s.DB, scanTask, `SELECT * FROM (`+strings.Join(parts, ` UNION ALL `)+`) merged
		ORDER BY value DESC, customer_id DESC, id DESC LIMIT ?`, append(args, limit)...)
}
