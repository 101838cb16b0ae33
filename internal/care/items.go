package care

import (
	"context"
	"slices"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight/life"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

func itoa(n int) string { return strconv.Itoa(n) }

// items dresses tasks with all that one needs to do them: a few queries for the
// whole page, however long it is.
func (s *Service) items(ctx context.Context, tasks []Task, d day.Day) ([]Item, error) {
	if len(tasks) == 0 {
		return nil, nil
	}
	ids := make([]customer.ID, 0, len(tasks))
	for _, t := range tasks {
		ids = append(ids, t.Customer)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	p, err := s.planner(ctx, d)
	if err != nil {
		return nil, err
	}
	rules, err := s.Rules(ctx)
	if err != nil {
		return nil, err
	}
	briefs, err := s.Customers.Briefs(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	stats, err := s.Purchases.Stats(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	last, err := lastContacts(ctx, s.DB, p, ids)
	if err != nil {
		return nil, err
	}
	others, err := openTasks(ctx, s.DB, ids, d)
	if err != nil {
		return nil, err
	}
	byRule := byRuleID(rules)
	items := make([]Item, len(tasks))
	for i, t := range tasks {
		items[i] = Item{
			Task: t, RuleOf: byRule[t.Rule], Customer: briefs[t.Customer], StoreOf: p.stores[t.Store], StaffOf: p.staff[t.Staff],
			Stat: stats[t.Customer], Asked: p.staff[org.StaffID(t.Reason.Staff)].Name, Last: last[t.Customer],
		}
		for _, o := range others[t.Customer] {
			also := Also{Task: o, Rule: byRule[o.Rule], Asked: p.staff[org.StaffID(o.Reason.Staff)].Name, Staff: p.staff[o.Staff].Name}
			switch {
			case o.ID == t.ID:
			case o.sibling(t):
				items[i].Also = append(items[i].Also, also)
			default:
				items[i].Others = append(items[i].Others, also)
			}
		}
	}
	return items, nil
}

// lastContacts is what came of the latest contact with each customer.
func lastContacts(ctx context.Context, q db.Querier, p *planner, ids []customer.ID) (map[customer.ID]*LastContact, error) {
	out := make(map[customer.ID]*LastContact, len(ids))
	err := db.Each(ctx, q, func(row db.Scanner) error {
		o, err := scanOutcome(row)
		out[o.in.Customer] = &LastContact{Kind: o.in.Kind, Text: o.in.Text, At: o.at, Staff: p.staff[o.by].Name}
		return err
	}, sqlOutcome+`WHERE o.customer_id IN (`+db.In(len(ids))+`) AND o.undone_at IS NULL AND o.id = (
		SELECT MAX(x.id) FROM task_outcome x WHERE x.customer_id = o.customer_id AND x.undone_at IS NULL)`, db.Args(ids)...)
	return out, err
}

// openTasks are the tasks of the customers that stand on the lists of a day.
func openTasks(ctx context.Context, q db.Querier, ids []customer.ID, d day.Day) (map[customer.ID][]Task, error) {
	out := make(map[customer.ID][]Task, len(ids))
	err := db.Each(ctx, q, func(row db.Scanner) error {
		t, err := scanTask(row)
		out[t.Customer] = append(out[t.Customer], t)
		return err
	}, `SELECT `+sqlTask+` FROM task t WHERE t.customer_id IN (`+db.In(len(ids))+`) AND t.state = 'open' AND t.due <= ? AND t.until >= ?
		ORDER BY t.customer_id, t.value DESC, t.id`, append(db.Args(ids), d, d)...)
	return out, err
}

// Task is one task with all that one needs to do it. A closed one is part of the
// customer's history, and shown to those who see the customer.
func (s *Service) Task(ctx context.Context, actor org.Actor, c customer.ID, id TaskID) (Item, error) {
	if err := actor.Need(org.TasksRead); err != nil {
		return Item{}, err
	}
	t, err := taskByID(ctx, s.DB, c, id)
	if err != nil {
		return Item{}, err
	}
	if !visible(actor, t) {
		return Item{}, errNoTask
	}
	if t.State != Open {
		if err := s.Customers.Reach(ctx, actor, c); err != nil {
			return Item{}, err
		}
	}
	d, err := s.Today(ctx, t.Store)
	if err != nil {
		return Item{}, err
	}
	items, err := s.items(ctx, []Task{t}, d)
	if err != nil {
		return Item{}, err
	}
	if items[0].Customer.ID == 0 {
		return Item{}, errNoTask
	}
	return items[0], nil
}

// Open are the open tasks of one customer, for their own page: what is due, and
// what comes. Who does not want to be contacted has none.
func (s *Service) Open(ctx context.Context, actor org.Actor, c customer.ID) ([]Item, error) {
	head, err := s.Customers.Get(ctx, actor, c)
	if err != nil || head.DoNotContact {
		return nil, err
	}
	tasks, err := db.All(ctx, s.DB, scanTask, `SELECT `+sqlTask+` FROM task t WHERE t.customer_id = ? AND t.state = 'open'
		ORDER BY t.due, t.value DESC, t.id`, int64(c))
	if err != nil || len(tasks) == 0 {
		return nil, err
	}
	d, err := s.Today(ctx, tasks[0].Store)
	if err != nil {
		return nil, err
	}
	return s.items(ctx, tasks, d)
}

// Tel is the customer's main phone in full, to dial it: it is on record who saw
// it and for which task.
func (s *Service) Tel(ctx context.Context, actor org.Actor, c customer.ID, id TaskID) (customer.Contact, error) {
	t, err := taskByID(ctx, s.DB, c, id)
	if err != nil {
		return customer.Contact{}, err
	}
	if !visible(actor, t) {
		return customer.Contact{}, errNoTask
	}
	// Whoever holds the task may call, whosever the customer is, until it is done.
	as := actor
	as.Reach = org.ReachAll
	head, err := s.Customers.Get(ctx, as, c)
	if err != nil {
		return customer.Contact{}, err
	}
	if t.State != Open || head.DoNotContact {
		return customer.Contact{}, errTaskClosed
	}
	list, err := s.Customers.Reveal(ctx, as, c, "task:"+t.ID.String())
	if err != nil {
		return customer.Contact{}, err
	}
	for _, k := range list {
		if k.Kind == customer.Phone {
			return k, nil
		}
	}
	return customer.Contact{}, errs.New(errs.NotFound, "care.no_phone")
}

// Yearly is what the customer brings in a year as of a day: the value of the
// task without the weight of its rule.
func (it Item) Yearly(on day.Day) money.Amount {
	first, err := dayOrNone(it.Stat.FirstDay)
	if err != nil { // it was written by a program that had parsed it
		return money.Amount{}
	}
	return money.Amount{Minor: yearlyNet(it.Stat.Net.Minor, first, on), Currency: it.Stat.Currency}
}

// FileSeenBy reports whether the actor may open the customer's file. A task that
// is nobody's is on the lists of all the store, whose associates see no other
// files than those of their own customers: they have the brief.
func (it Item) FileSeenBy(actor org.Actor) bool {
	return actor.Scope().Allows(it.Customer.OwnerID, it.Customer.StoreID)
}

// ReasonText says in one sentence why the customer is to be contacted.
func (it Item) ReasonText(p i18n.Printer) string { return it.RuleOf.ReasonText(p, it.Reason, it.Asked) }

// Script is what speaker may say on a day, filled in.
func (it Item) Script(p i18n.Printer, speaker string, on day.Day) string {
	return it.RuleOf.Script(p, it.Reason, Voice{
		Name: it.Customer.Name, Gender: it.Customer.Gender, Store: it.StoreOf.Name, Staff: speaker, On: on,
	})
}

// BriefLines are the few facts to know before speaking, in sentences: what they
// bought and how often, what came of the last contact, what is promised.
func (it Item) BriefLines(p i18n.Printer, today day.Day) []string {
	var lines []string
	if st := it.Stat; st.Receipts > 0 {
		last := p.DayNear(st.LastDay, today.String())
		if st.LastDay > today.String() { // the list of a day gone by
			last = p.Day(st.LastDay)
		}
		key := "care.brief.bought"
		if st.Returns > 0 {
			key = "care.brief.bought_less_returns"
		}
		lines = append(lines, p.T(key, "n", st.Receipts, "returns", st.Returns, "day", last, "amount", st.Net))
		if gap, own := life.DefaultRules().Usual(st.MedianGap, st.Days-1, 0); own {
			lines = append(lines, p.T("care.brief.rhythm", "gap", (gap+1)/2))
		}
	}
	if l := it.Last; l != nil {
		key := "care.brief.contact"
		if l.Text != "" {
			key = "care.brief.contact_text"
		}
		lines = append(lines, p.T(key, "day", p.DayNear(day.Of(l.At, it.StoreOf.Location()).String(), today.String()),
			"outcome", l.Kind.Key(), "text", l.Text, "who", l.Staff))
	}
	for _, a := range it.Also {
		lines = append(lines, p.T("care.brief.also", "rule", a.Rule.Name(p), "reason", a.Rule.ReasonText(p, a.Task.Reason, a.Asked)))
	}
	for _, o := range it.Others {
		who := o.Staff
		if who == "" {
			who = p.T("care.brief.anyone")
		}
		lines = append(lines, p.T("care.brief.other", "who", who, "rule", o.Rule.Name(p)))
	}
	if n := it.Customer.Note; n != nil {
		lines = append(lines, p.T("care.brief.note", "text", n.Body))
	}
	return lines
}
