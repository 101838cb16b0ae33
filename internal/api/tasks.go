package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
)

// TaskHead is a task by itself. Its id is told with the customer's, as all that
// belongs to a customer is found by: 123-456.
type TaskHead struct {
	ID       string           `json:"id"`
	State    care.State       `json:"state"`
	Due      day.Day          `json:"due"`
	Until    day.Day          `json:"until" doc:"The last day on which it still makes sense"`
	Value    string           `json:"value" doc:"What the list is ordered by"`
	Currency string           `json:"currency"`
	StoreID  org.StoreID      `json:"store_id,omitzero"`
	StaffID  org.StaffID      `json:"staff_id,omitzero" doc:"Who is to do it; missing: anyone of the store"`
	Attempts int              `json:"attempts"`
	CallAt   *time.Time       `json:"call_at,omitempty" doc:"When the customer was promised a call"`
	Outcome  care.OutcomeKind `json:"outcome,omitempty" doc:"The last one"`
	Version  int64            `json:"version" doc:"Send it back with an outcome"`
}

func taskID(t care.Task) string { return t.Customer.String() + "-" + t.ID.String() }

func newTaskHead(t care.Task) TaskHead {
	return TaskHead{
		taskID(t), t.State, t.Due, t.Until, t.Value.String(), string(t.Value.Currency), t.Store, t.Staff, t.Attempts,
		instant(t.CallAt), t.Outcome, t.Version,
	}
}

// task is a task with all that one needs to do it.
type task struct {
	TaskHead

	Customer taskCustomer `json:"customer"`
	Rule     taskRule     `json:"rule"`
	Reason   string       `json:"reason" doc:"Why, in a sentence"`
	Brief    []string     `json:"brief" nullable:"false" doc:"What to know before speaking, in sentences"`
	Script   string       `json:"script" doc:"What to say, filled in"`
	Question *question    `json:"question,omitempty" doc:"The one thing to ask"`
}

type taskCustomer struct {
	ID    customer.ID `json:"id"`
	Name  string      `json:"name"`
	Phone string      `json:"phone" doc:"Masked; see reveal_task_phone"`
	VIP   bool        `json:"vip"`
	File  bool        `json:"file" doc:"Whether this caller finds the customer's file: a task that is nobody's may be about a customer whom only the manager sees"`
}

type taskRule struct {
	Code string `json:"code"`
	Name string `json:"name" doc:"In the language asked for"`
}

func newTask(p i18n.Printer, actor org.Actor, it care.Item, today day.Day) task {
	c := newSummary(it.Customer.Summary)
	out := task{
		TaskHead: newTaskHead(it.Task), Customer: taskCustomer{c.ID, c.Name, c.Phone, c.VIP, it.FileSeenBy(actor)},
		Rule: taskRule{it.RuleOf.Code, it.RuleOf.Name(p)}, Reason: it.ReasonText(p), Brief: it.BriefLines(p, today),
		Script: it.Script(p, cmp.Or(it.StaffOf.Name, actor.Staff.Name), today),
	}
	if out.Brief == nil {
		out.Brief = []string{}
	}
	if q := it.Customer.Question; q != nil {
		out.Question = &question{q.Code, q.Ask(p)}
	}
	return out
}

func (a *API) taskRoutes() {
	add(a, Route{ID: "list_tasks", Method: http.MethodGet, Path: "/tasks", Tag: "tasks", Right: org.TasksRead}, a.listTasks)
	add(a, Route{ID: "get_task", Method: http.MethodGet, Path: "/tasks/{task}", Tag: "tasks", Right: org.TasksRead}, a.getTask)
	add(a, Route{ID: "list_customer_tasks", Method: http.MethodGet, Path: "/customers/{customer}/tasks", Tag: "tasks", Right: org.TasksRead}, a.listCustomerTasks)
	add(a, Route{ID: "reveal_task_phone", Method: http.MethodPost, Path: "/tasks/{task}/phone", Tag: "tasks", Right: org.CustomersReveal}, a.revealTaskPhone)
	add(a, Route{ID: "record_outcome", Method: http.MethodPost, Path: "/tasks/{task}/outcomes", Tag: "tasks", Right: org.TasksWrite}, a.recordOutcome)
	add(a, Route{ID: "undo_outcome", Method: http.MethodDelete, Path: "/tasks/{task}/outcomes/{outcome}", Tag: "tasks", Right: org.TasksWrite}, a.undoOutcome)
	add(a, Route{ID: "plan_day", Method: http.MethodPost, Path: "/plans", Tag: "tasks", Right: org.PlanRun, Slow: true}, a.planDay)
}

type taskListIn struct {
	Paging
	Date  string         `query:"date" format:"date" doc:"Left out: today in the store"`
	Store Ref[org.Store] `query:"store"`
	Staff Ref[org.Staff] `query:"staff" doc:"The list as this person has it"`
}

// taskPage is a page of a list, and on the first page what is not to be forgotten.
type taskPage struct {
	Items []task `json:"items" nullable:"false"`
	Later []task `json:"later" nullable:"false" doc:"Calls that were promised for later in the day, the earliest first; on the first page only"`
	Next  string `json:"next,omitempty" doc:"The after of the next page; missing on the last"`
}

func (a *API) listTasks(ctx context.Context, actor org.Actor, in *taskListIn) (*one[taskPage], error) {
	after, err := cursor[care.Cursor](in.After)
	if err != nil {
		return nil, err
	}
	f := care.Filter{Store: in.Store.Of, Staff: in.Staff.Of}
	if in.Date != "" {
		if f.Day, err = day.Parse(in.Date); err != nil {
			return nil, err
		}
	}
	list, err := a.Care.List(ctx, actor, f, after, in.Limit)
	if err != nil {
		return nil, err
	}
	p := i18n.From(ctx)
	told := func(it care.Item) task { return newTask(p, actor, it, list.Day) }
	out, err := newPage(each(list.Items, told), list.Next)
	if err != nil {
		return nil, err
	}
	return &one[taskPage]{taskPage{out.Body.Items, each(list.Later, told), out.Body.Next}}, nil
}

// TaskPath names a task.
type TaskPath struct {
	Task string `path:"task" maxLength:"50"`
}

func (in TaskPath) parse() (customer.ID, care.TaskID, error) {
	whose, which, _ := strings.Cut(in.Task, "-")
	c, err := id.Parse[customer.Customer](whose)
	if err == nil {
		var t care.TaskID
		if t, err = id.Parse[care.Task](which); err == nil {
			return c, t, nil
		}
	}
	return 0, 0, errs.Wrap(err, errs.NotFound, "api.task_unknown")
}

func (a *API) getTask(ctx context.Context, actor org.Actor, in *TaskPath) (*one[task], error) {
	c, t, err := in.parse()
	if err != nil {
		return nil, err
	}
	it, err := a.Care.Task(ctx, actor, c, t)
	if err != nil {
		return nil, err
	}
	today, err := a.Care.Today(ctx, it.Store)
	if err != nil {
		return nil, err
	}
	return &one[task]{newTask(i18n.From(ctx), actor, it, today)}, nil
}

func (a *API) listCustomerTasks(ctx context.Context, actor org.Actor, in *CustomerPath) (*pageOut[task], error) {
	list, err := a.Care.Open(ctx, actor, in.Customer.Of)
	if err != nil {
		return nil, err
	}
	var today day.Day
	if len(list) > 0 {
		if today, err = a.Care.Today(ctx, list[0].Store); err != nil {
			return nil, err
		}
	}
	p := i18n.From(ctx)
	return newPage(each(list, func(it care.Item) task { return newTask(p, actor, it, today) }), "")
}

type taskPhone struct {
	Phone string `json:"phone" doc:"In full, to be dialled"`
}

// revealTaskPhone needs no key: each time a number is seen is put on record.
func (a *API) revealTaskPhone(ctx context.Context, actor org.Actor, in *TaskPath) (*one[taskPhone], error) {
	c, t, err := in.parse()
	if err != nil {
		return nil, err
	}
	k, err := a.Care.Tel(ctx, actor, c, t)
	if err != nil {
		return nil, err
	}
	return &one[taskPhone]{taskPhone{k.Value}}, nil
}

type outcomeIn struct {
	Idempotent
	TaskPath
	Body struct {
		Outcome  care.OutcomeKind `json:"outcome" enum:"done,no_answer,call_back,wants,unhappy,do_not_contact"`
		Text     string           `json:"text,omitempty" maxLength:"1000" doc:"What was said; wants cannot do without"`
		CallAt   *time.Time       `json:"call_at,omitempty" doc:"For call_back"`
		Answer   *answer          `json:"answer,omitempty" doc:"To the one question"`
		Name     string           `json:"name,omitempty" maxLength:"80" doc:"The answer, when their name was asked for"`
		Phone    string           `json:"phone,omitempty" maxLength:"40" doc:"The answer, when their phone was asked for"`
		Gender   customer.Gender  `json:"gender,omitempty" enum:"female,male" doc:"The answer, when their gender was asked for"`
		Birthday *birthday        `json:"birthday,omitempty" doc:"The answer, when their birthday was asked for"`
		Version  int64            `json:"version,omitempty" doc:"The task's as it was seen: refused when somebody else was faster. Left out: whatever it is"`
	}
}

type outcome struct {
	ID       care.OutcomeID   `json:"id" doc:"To undo it by, on the same day"`
	Outcome  care.OutcomeKind `json:"outcome"`
	Task     TaskHead         `json:"task" doc:"As it is now"`
	FollowUp *TaskHead        `json:"follow_up,omitempty" doc:"The task that came of it"`
	Repeated bool             `json:"repeated" doc:"It was on record already; nothing changed"`
}

func (a *API) recordOutcome(ctx context.Context, actor org.Actor, in *outcomeIn) (*one[outcome], error) {
	c, t, err := in.parse()
	if err != nil {
		return nil, err
	}
	b := in.Body
	n := care.NewOutcome{Customer: c, Task: t, Kind: b.Outcome, Text: b.Text, Version: b.Version}
	if in.Key != "" {
		n.RequestKey = digest(actor.ID().String(), in.Key)
	}
	if b.CallAt != nil {
		n.CallAt = *b.CallAt
	}
	if b.Answer != nil {
		known := b.Answer.domain()
		n.Answer = &known
	}
	if b.Name != "" || b.Phone != "" || b.Gender != "" || b.Birthday != nil {
		n.Patch = &customer.Patch{Name: b.Name, Gender: b.Gender}
		if b.Birthday != nil {
			n.Patch.Birth = customer.Birth(*b.Birthday)
		}
		if b.Phone != "" {
			var bad errs.Fields
			k, err := customer.ParseContact(customer.Phone, b.Phone)
			if bad.AddErr("phone", err); bad.Err() != nil {
				return nil, bad.Err()
			}
			n.Patch.Contacts = []customer.Contact{k}
		}
	}
	r, err := a.Care.Record(ctx, actor, n)
	if err != nil {
		return nil, err
	}
	out := outcome{ID: r.ID, Outcome: r.Kind, Task: newTaskHead(r.Task), Repeated: r.Repeated}
	if r.FollowUp != nil {
		head := newTaskHead(*r.FollowUp)
		out.FollowUp = &head
	}
	return &one[outcome]{out}, nil
}

type undoOutcomeIn struct {
	TaskPath
	Outcome Ref[care.Recorded] `path:"outcome"`
}

func (a *API) undoOutcome(ctx context.Context, actor org.Actor, in *undoOutcomeIn) (*one[TaskHead], error) {
	c, _, err := in.parse()
	if err != nil {
		return nil, err
	}
	t, err := a.Care.Undo(ctx, actor, c, in.Outcome.Of)
	if err != nil {
		return nil, err
	}
	return &one[TaskHead]{newTaskHead(t)}, nil
}

type planIn struct {
	Body struct {
		Day string `json:"day,omitempty" format:"date" doc:"Left out: today"`
	}
}

type planned struct {
	Day    day.Day       `json:"day"`
	Made   int64         `json:"made" doc:"New tasks; planning a day twice makes none twice"`
	Missed int64         `json:"missed" doc:"Tasks whose moment had passed"`
	Rules  []plannedRule `json:"rules" nullable:"false"`
}

type plannedRule struct {
	Rule string `json:"rule"`
	Made int64  `json:"made"`
}

// planDay needs no key: a rule never makes the same task twice.
func (a *API) planDay(ctx context.Context, actor org.Actor, in *planIn) (*one[planned], error) {
	d, err := a.Care.Today(ctx, actor.Staff.StoreID)
	if in.Body.Day != "" {
		d, err = day.Parse(in.Body.Day)
	}
	if err != nil {
		return nil, err
	}
	r, err := a.Care.PlanFor(ctx, actor, d)
	if err != nil {
		return nil, err
	}
	return &one[planned]{planned{r.Day, r.Made, r.Missed, each(r.Rules, func(x care.PlannedRule) plannedRule { return plannedRule{x.Code, x.Made} })}}, nil
}
