package care

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// candidate is somebody to whom a rule applies on a day.
type candidate struct {
	who     customer.ID
	name    string
	home    org.StoreID
	owner   org.StaffID
	bought  org.StoreID // where the purchase was; for those without a home store
	anchor  string
	event   day.Day
	yearly  int64
	curr    string
	receipt int64 // whose main product the reason names; 0: none
	reason  Reason
}

// source finds the candidates of one rule for one day, a chunk at a time. The
// cursor is where the chunk before ended, empty at the beginning; last says that
// nothing follows.
type source interface {
	next(ctx context.Context, q db.Querier, cursor string, limit int) (list []candidate, after string, last bool, err error)
}

// planner is what all rules need to know to plan a day.
type planner struct {
	day    day.Day
	stores map[org.StoreID]org.Store
	staff  map[org.StaffID]org.Staff
}

func (s *Service) planner(ctx context.Context, d day.Day) (*planner, error) {
	stores, err := s.Org.StoresByID(ctx)
	if err != nil {
		return nil, err
	}
	staff, err := s.Org.StaffByID(ctx)
	return &planner{day: d, stores: stores, staff: staff}, err
}

// window is the days of events that a rule looks at when it plans a day: the
// one that is due now, and those of nights that may have been missed.
type window struct{ from, to day.Day }

func (p *planner) window(r Rule) window {
	to := p.day.AddDays(-r.Params.Days)
	switch {
	case r.Trigger == Sample:
		to = p.day.AddDays(-1)
	case r.Trigger == Cooling:
		to = p.day
	case r.Trigger.ahead():
		to = p.day.AddDays(r.Params.Lead)
	}
	return window{to.AddDays(-r.Params.Lookback), to}
}

// days are the days of the window, the earliest first.
func (w window) days() iter.Seq[day.Day] {
	return func(yield func(day.Day) bool) {
		for d := w.from; d <= w.to; d++ {
			if !yield(d) {
				return
			}
		}
	}
}

// due is the day on which the contact for an event is due, and until the last on
// which it still makes sense.
func (r Rule) due(event day.Day) (due, until day.Day) {
	switch {
	case r.Trigger.ahead():
		return event.AddDays(-r.Params.Lead), event.AddDays(r.KeepDays)
	case r.Trigger == Sample:
		due = event.AddDays(1)
	case r.Trigger == Cooling:
		due = event
	default:
		due = event.AddDays(r.Params.Days)
	}
	return due, due.AddDays(r.KeepDays)
}

// task is the task that the rule makes of a candidate.
func (p *planner) task(r Rule, c candidate, now time.Time) Task {
	t := Task{
		ID: id.New[Task](), Customer: c.who, Rule: r.ID, Anchor: c.anchor, Store: p.place(c), Reason: c.reason,
		State: Open, CreatedAt: now,
	}
	t.Due, t.Until = r.due(c.event)
	// Whoever left the company does nothing more: the store does it.
	if p.staff[c.owner].Active {
		t.Staff = c.owner
	}
	t.Value.Minor, t.Value.Currency = r.value(c.yearly), p.stores[t.Store].Currency
	if c.curr != "" {
		t.Value.Currency = money.Currency(c.curr)
	}
	return t
}

// place is the store that keeps the customer, else the one that sold to them.
func (p *planner) place(c candidate) org.StoreID {
	if c.home != 0 {
		return c.home
	}
	return c.bought
}

// stat are a customer's statistics as a candidate's query reads them.
type stat struct {
	net      int64
	first    string
	last     string
	currency string
	receipts int64
}

// fill sets the candidate's value from the customer's statistics.
func (c *candidate) fill(s stat, on day.Day) error {
	first, err := dayOrNone(s.first)
	if err != nil {
		return err
	}
	c.yearly, c.curr = yearlyNet(s.net, first, on), s.currency
	return nil
}

func dayOrNone(text string) (day.Day, error) {
	if text == "" {
		return 0, nil
	}
	return day.Parse(text)
}

// cursors are kept as JSON arrays: what a source knows of where it is.
func encodeCursor(parts ...any) string {
	b, err := json.Marshal(parts)
	if err != nil {
		panic(fmt.Sprintf("care: a cursor of %v: %v", parts, err)) // texts and numbers cannot fail
	}
	return string(b)
}

// decodeCursor reads a cursor into parts, which keep their values when it is empty.
func decodeCursor(cursor string, parts ...any) error {
	if cursor == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(cursor), &parts); err != nil {
		return fmt.Errorf("care: cursor %q: %w", cursor, err)
	}
	return nil
}
