package main

import (
	"cmp"
	"fmt"
	"time"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
)

// todayCmd prints whom to contact.
type todayCmd struct {
	Store string `help:"The code of the store; all stores when left out." placeholder:"S"`
	Staff string `help:"The code of a person: the list as they have it." placeholder:"E"`
	Date  string `help:"The day, YYYY-MM-DD; today when left out." placeholder:"D"`
	Limit int    `help:"How many tasks to print at the most." default:"1000"`
	JSON  bool   `help:"Print as JSON." name:"json"`
}

// taskJSON is a task for scripts. Phones are masked: a list that is printed is
// a list that can be taken away.
type taskJSON struct {
	ID       string           `json:"id"`
	Customer taskCustomerJSON `json:"customer"`
	Rule     string           `json:"rule"`
	RuleName string           `json:"rule_name"`
	Reason   string           `json:"reason"`
	Due      day.Day          `json:"due"`
	Until    day.Day          `json:"until"`
	CallAt   *time.Time       `json:"call_at,omitempty"`
	Value    string           `json:"value"`
	Currency string           `json:"currency"`
	Brief    []string         `json:"brief"`
	Script   string           `json:"script"`
	Question string           `json:"question"` // empty: nothing is left to ask
	Field    string           `json:"field"`    // that the question is about
	Staff    string           `json:"staff"`    // empty: anyone of the store

	zone *time.Location // of the store
}

type taskCustomerJSON struct {
	ID    customer.ID `json:"id"`
	Name  string      `json:"name"`
	Card  string      `json:"card"`
	Phone string      `json:"phone"`
}

// Run prints the list, the most valuable first, and at its end the calls that
// were promised for later in the day.
func (c *todayCmd) Run(app *App) error {
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	filter, err := c.filter(app, s)
	if err != nil {
		return err
	}
	tasks, later := []taskJSON{}, []taskJSON{}
	var after care.Cursor
	for len(tasks) < c.Limit {
		page, err := s.Care.List(app.Context, org.System, filter, after, min(c.Limit-len(tasks), 200))
		if err != nil {
			return err
		}
		for _, it := range page.Items {
			tasks = append(tasks, newTaskJSON(app.Printer, it, filter.Day))
		}
		for _, it := range page.Later {
			later = append(later, newTaskJSON(app.Printer, it, filter.Day))
		}
		if after = page.Next; after == (care.Cursor{}) {
			break
		}
	}
	tasks = append(tasks, later...)
	if c.JSON {
		return app.PrintJSON(tasks)
	}
	app.printTasks(tasks)
	return nil
}

func (c *todayCmd) filter(app *App, s *Services) (f care.Filter, err error) {
	if f.Day, err = app.day(s, c.Date); err != nil {
		return f, err
	}
	if c.Store != "" {
		store, err := s.Org.StoreByCode(app.Context, c.Store)
		if err != nil {
			return f, err
		}
		f.Store = store.ID
		if c.Date == "" {
			if f.Day, err = s.Care.Today(app.Context, store.ID); err != nil {
				return f, err
			}
		}
	}
	if c.Staff != "" {
		p, err := s.Org.StaffByCode(app.Context, c.Staff)
		if err != nil {
			return f, err
		}
		f.Staff = p.ID
	}
	return f, nil
}

func newTaskJSON(p i18n.Printer, it care.Item, today day.Day) taskJSON {
	t := taskJSON{
		ID:       it.Task.Customer.String() + "-" + it.ID.String(),
		Customer: taskCustomerJSON{ID: it.Task.Customer, Name: it.Customer.Name, Card: it.Customer.Card},
		Rule:     it.RuleOf.Code, RuleName: it.RuleOf.Name(p), Reason: it.ReasonText(p),
		Due: it.Due, Until: it.Until, Value: it.Value.String(), Currency: string(it.Value.Currency),
		Brief: it.BriefLines(p, today), Script: it.Script(p, it.StaffOf.Name, today), Staff: it.StaffOf.Name, zone: it.StoreOf.Location(),
	}
	if it.Customer.Phone != "" {
		t.Customer.Phone = it.Customer.Phone.Masked()
	}
	if t.Brief == nil {
		t.Brief = []string{}
	}
	if !it.CallAt.IsZero() {
		t.CallAt = &it.CallAt
	}
	if q := it.Customer.Question; q != nil {
		t.Question, t.Field = q.Ask(p), q.Code
	}
	return t
}

// printTasks writes the list for a person to read.
func (a *App) printTasks(tasks []taskJSON) {
	p := a.Printer
	fmt.Fprintln(a.Out, p.T("cli.today", "n", len(tasks)))
	for i, t := range tasks {
		who := cmp.Or(t.Customer.Name, t.Customer.Card, t.Customer.Phone)
		fmt.Fprintf(a.Out, "\n%d. %s %s\n   %s\n", i+1, who, t.Customer.Phone, t.Reason)
		if t.CallAt != nil {
			fmt.Fprintln(a.Out, "  ", p.T("cli.call_at", "time", t.CallAt.In(t.zone).Format("15:04")))
		}
		for _, line := range t.Brief {
			fmt.Fprintln(a.Out, "   ·", line)
		}
		fmt.Fprintf(a.Out, "   「%s」\n", t.Script)
		if t.Question != "" {
			fmt.Fprintln(a.Out, "   ?", t.Question)
		}
	}
}
