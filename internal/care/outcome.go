package care

import (
	"cmp"
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/once"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/text"
)

// OutcomeID is an outcome's id within its customer.
type OutcomeID = id.Of[Recorded]

// OutcomeKind is what came of a contact.
type OutcomeKind string

// The outcomes, in the order of their buttons.
const (
	Reached      OutcomeKind = "done"           // spoken to, all well
	NoAnswer     OutcomeKind = "no_answer"      // the task comes back tomorrow
	CallBack     OutcomeKind = "call_back"      // the customer asked to be called at a time
	Wants        OutcomeKind = "wants"          // a task for who keeps the customer
	Unhappy      OutcomeKind = "unhappy"        // a task for the manager, today
	DoNotContact OutcomeKind = "do_not_contact" // no contact any more
)

// Outcomes are all outcomes, in the order of their buttons.
func Outcomes() []OutcomeKind {
	return []OutcomeKind{Reached, NoAnswer, CallBack, Wants, Unhappy, DoNotContact}
}

// Key is the message that names the outcome.
func (k OutcomeKind) Key() i18n.Key { return i18n.Key("care.outcome." + string(k)) }

// EntryContact is the timeline's line of an outcome.
const EntryContact customer.EntryKind = "contact"

// NewOutcome is what somebody says came of a contact.
type NewOutcome struct {
	Customer customer.ID
	Task     TaskID
	Kind     OutcomeKind
	Text     string           // what was said; Wants cannot do without
	CallAt   time.Time        // for CallBack
	Answer   *customer.Answer // to the one question, if it was asked
	Patch    *customer.Patch  // the same where the answer stands in the head of the file: a name, a birthday

	// Version is that of the task as it was seen; 0: whatever it is.
	Version int64
	// RequestKey, when given, makes a repeated request find the first one's outcome.
	RequestKey string
}

// Recorded is an outcome on record.
type Recorded struct {
	ID       OutcomeID
	Kind     OutcomeKind
	Task     Task // as it is now
	FollowUp *Task
	Repeated bool // it was on record already; nothing changed
}

const (
	maxOutcomeText = 1000
	maxCallAhead   = 60 * 24 * time.Hour
	callSlack      = 5 * time.Minute // a time chosen while it passed
)

// check cleans the input and returns what is wrong with it.
func (in *NewOutcome) check(now time.Time) error {
	var f errs.Fields
	in.Text = text.Clean(in.Text)
	if in.CallAt = in.CallAt.Truncate(time.Minute); in.Kind != CallBack {
		in.CallAt = time.Time{}
	}
	switch in.Kind {
	case Reached, NoAnswer, Unhappy, DoNotContact:
	case Wants:
		if in.Text == "" {
			f.Add("text", "care.wants_what")
		}
	case CallBack:
		switch ahead := in.CallAt.Sub(now); {
		case in.CallAt.IsZero():
			f.Add("call_at", "care.call_when")
		case ahead < -callSlack:
			f.Add("call_at", "care.call_past")
		case ahead > maxCallAhead:
			f.Add("call_at", "care.call_too_far", "n", int(maxCallAhead.Hours()/24))
		}
	default:
		f.Add("outcome", "error.field_invalid")
	}
	if utf8.RuneCountInString(in.Text) > maxOutcomeText {
		f.Add("text", "error.too_long", "max", maxOutcomeText)
	}
	return f.Err()
}

// apply is the task after the outcome. Its zone is the store's.
func (t Task) apply(in NewOutcome, r Rule, by org.StaffID, now time.Time, zone *time.Location) Task {
	today := day.Of(now, zone)
	t.State, t.Outcome, t.OutcomeAt, t.OutcomeBy, t.CallAt = Done, in.Kind, now, by, time.Time{}
	t.Version++
	switch in.Kind {
	case NoAnswer:
		t.Attempts++
		if t.State = Missed; t.Attempts < cmp.Or(r.Params.Attempts, attempts) {
			t.State, t.Due = Open, today.AddDays(1)
			t.Until = max(t.Until, t.Due)
		}
	case CallBack:
		t.State, t.CallAt, t.Due = Open, in.CallAt, day.Of(in.CallAt, zone)
		t.Until = max(t.Until, t.Due.AddDays(callKeepDays))
	}
	return t
}

// callKeepDays is how long a promised call stays on the list: late is better than never.
const callKeepDays = 7

// Record notes what came of a contact, once: the task moves on, the timeline
// tells of it, a follow-up is made where one is due, and the answer to the one
// question is learnt, all in one transaction. The same outcome sent twice is
// recorded once; a different one by somebody else meanwhile is a conflict that
// says whose it was.
func (s *Service) Record(ctx context.Context, actor org.Actor, in NewOutcome) (Recorded, error) {
	if err := actor.Need(org.TasksWrite); err != nil {
		return Recorded{}, err
	}
	if err := in.check(s.now()); err != nil {
		return Recorded{}, err
	}
	var out Recorded
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		key := in.RequestKey
		if key != "" {
			key = actor.ID().String() + ":outcome:" + key
		}
		result, again, err := once.Do(ctx, tx, key, func() (string, error) {
			var err error
			out, err = s.recordTx(ctx, tx, actor, in)
			return out.ID.String(), err
		})
		if err != nil || !again {
			return err
		}
		before, err := id.Parse[Recorded](result)
		if err != nil {
			return fmt.Errorf("outcome of request %q: %w", in.RequestKey, err)
		}
		o, ok, err := outcomeByID(ctx, tx, in.Customer, before)
		if err != nil {
			return err
		}
		if !ok || o.in.Task != in.Task || o.in.Kind != in.Kind || o.in.Text != in.Text || !o.in.CallAt.Equal(in.CallAt) {
			return errs.New(errs.Conflict, "care.request_reused")
		}
		out, err = s.repeated(ctx, tx, o)
		return err
	})
	return out, err
}

func (s *Service) recordTx(ctx context.Context, tx *db.Tx, actor org.Actor, in NewOutcome) (Recorded, error) {
	t, err := taskByID(ctx, tx, in.Customer, in.Task)
	if err != nil {
		return Recorded{}, err
	}
	if !visible(actor, t) {
		return Recorded{}, errNoTask
	}
	zone, err := s.zone(ctx, t.Store)
	if err != nil {
		return Recorded{}, err
	}
	// The clock of the service, not of the transaction: they may differ in tests
	// and demonstrations, and the list was made with this one.
	now := s.now().UTC().Truncate(time.Millisecond)
	if t.State != Open || t.movedOn(in, actor, now, zone) {
		return s.tooLate(ctx, tx, actor, in, t, zone)
	}
	rules, err := db.All(ctx, tx, scanRule, sqlRules)
	if err != nil {
		return Recorded{}, err
	}
	rule := byRuleID(rules)[t.Rule]
	after := t.apply(in, rule, actor.ID(), now, zone)
	if moved, err := moveTask(ctx, tx, t, after); err != nil || !moved {
		if err == nil {
			if t, err = taskByID(ctx, tx, in.Customer, in.Task); err == nil {
				return s.tooLate(ctx, tx, actor, in, t, zone)
			}
		}
		return Recorded{}, err
	}
	o := outcome{ID: id.New[Recorded](), in: in, task: after, at: now, day: day.Of(now, zone), by: actor.ID()}
	o.restore.Tasks = []taskBefore{beforeOutcome(t)}
	also, err := s.settleSiblings(ctx, tx, &o, rules, zone)
	if err != nil {
		return Recorded{}, err
	}
	follow, err := s.consequences(ctx, tx, actor, &o, rules)
	if err != nil {
		return Recorded{}, err
	}
	if err := insertOutcome(ctx, tx, o); err != nil {
		return Recorded{}, err
	}
	data := map[string]any{"rule": rule.Code, "outcome": string(in.Kind)}
	if in.Text != "" {
		data["text"] = in.Text
	}
	if len(also) > 0 {
		data["also"] = also
	}
	if in.Kind == CallBack {
		data["call_at"] = in.CallAt.In(zone).Format("2006-01-02 15:04")
	}
	err = s.Customers.AppendTimelineTx(ctx, tx, customer.Entry{Customer: t.Customer, At: now, Ref: int64(o.ID), Kind: EntryContact,
		Store: t.Store, Staff: actor.ID(), Data: data})
	return Recorded{ID: o.ID, Kind: in.Kind, Task: after, FollowUp: follow}, err
}

// settleSiblings lets what else was due for the customer, from the same person or
// store, share the fate of the task: it was one call. It returns their rules.
func (s *Service) settleSiblings(ctx context.Context, tx *db.Tx, o *outcome, rules []Rule, zone *time.Location) (codes []string, err error) {
	due, err := openTasks(ctx, tx, []customer.ID{o.in.Customer}, o.day)
	if err != nil {
		return nil, err
	}
	for _, t := range due[o.in.Customer] {
		if t.ID == o.task.ID || !t.sibling(o.task) || !t.CallAt.IsZero() {
			continue // a promised call is a promise of its own
		}
		rule := byRuleID(rules)[t.Rule]
		after := t.apply(o.in, rule, o.by, o.at, zone)
		after.CallAt = time.Time{} // it comes back with the call that was promised
		moved, err := moveTask(ctx, tx, t, after)
		if err != nil {
			return nil, err
		}
		if moved {
			o.restore.Tasks = append(o.restore.Tasks, beforeOutcome(t))
			codes = append(codes, rule.Code)
		}
	}
	return codes, nil
}

// sibling reports whether two tasks of a customer are done in one call: those of
// the same person, or of the same store where they are nobody's.
func (t Task) sibling(other Task) bool { return t.Staff == other.Staff && t.Store == other.Store }

// consequences does what follows from an outcome, and notes it for the undoing.
func (s *Service) consequences(ctx context.Context, tx *db.Tx, actor org.Actor, o *outcome, rules []Rule) (follow *Task, err error) {
	// Whoever holds the task may note what the customer said, whosever the customer is.
	as := actor
	as.Reach = org.ReachAll
	if o.in.Answer != nil {
		if err := s.Customers.LearnTx(ctx, tx, as, o.in.Customer, []customer.Answer{*o.in.Answer}, customer.FromPhone); err != nil {
			return nil, err
		}
	}
	if o.in.Patch != nil {
		if _, err := s.Customers.PatchTx(ctx, tx, as, o.in.Customer, *o.in.Patch, false); err != nil {
			return nil, err
		}
	}
	switch o.in.Kind {
	case Wants:
		follow, err = s.followUp(ctx, tx, *o, rules, CodeWants)
	case Unhappy:
		follow, err = s.followUp(ctx, tx, *o, rules, CodeUnhappy)
	case DoNotContact:
		if o.restore.Cancelled, err = cancelTasks(ctx, tx, o.in.Customer); err != nil {
			return nil, err
		}
		err = s.Customers.SetConsentTx(ctx, tx, as, o.in.Customer, customer.Consent{
			Purpose: customer.ForAll, Channel: customer.AllChannels, Granted: false, Source: customer.FromPhone, Wording: o.in.Text,
		})
		o.restore.Consent = true
	}
	if follow != nil {
		o.restore.FollowUp = follow.ID
	}
	return follow, err
}

// followUp makes the task that an outcome asks for; nil when the company has
// switched its rule off.
func (s *Service) followUp(ctx context.Context, tx *db.Tx, o outcome, rules []Rule, code string) (*Task, error) {
	rule, ok := byCode(rules, code)
	if !ok || !rule.Active {
		return nil, nil
	}
	p, err := s.planner(ctx, o.day)
	if err != nil {
		return nil, err
	}
	heads, err := s.Customers.Summaries(ctx, tx, []customer.ID{o.in.Customer})
	if err != nil || len(heads) == 0 {
		return nil, err
	}
	c := candidate{
		who: o.in.Customer, home: o.task.Store, owner: heads[0].OwnerID, anchor: "outcome:" + o.ID.String(), event: o.day,
		reason: Reason{Day: o.day, Text: o.in.Text, Staff: int64(o.by), Product: o.task.Reason.Product},
	}
	if code == CodeUnhappy {
		c.owner = p.manager(o.task.Store)
	} else if !p.staff[c.owner].Active {
		c.owner = o.by
	}
	st, err := statOf(ctx, tx, o.in.Customer)
	if err != nil {
		return nil, err
	}
	if err := c.fill(st, o.day); err != nil {
		return nil, err
	}
	t := p.task(rule, c, o.at)
	if t.Value.Currency == "" {
		t.Value.Currency = o.task.Value.Currency
	}
	_, err = insertTasks(ctx, tx, []Task{t})
	return &t, err
}

// manager is who answers for the store; zero when it has nobody.
func (p *planner) manager(store org.StoreID) org.StaffID {
	var best org.StaffID
	for who, st := range p.staff {
		if st.Active && st.Role == org.Manager && st.StoreID == store && store != 0 && (best == 0 || who < best) {
			best = who
		}
	}
	return best
}

// visible reports whether the task stands on a list of the actor's: an associate
// has their own and those of their store that are nobody's.
func visible(actor org.Actor, t Task) bool {
	if actor.Reach == org.ReachOwn && t.Staff == 0 && t.Store != 0 && t.Store == actor.Staff.StoreID {
		return true
	}
	return actor.Scope().Allows(t.Staff, t.Store)
}

// movedOn reports whether an open task has changed since it was seen by who
// records an outcome, or has the same of today by a first tap on the button.
func (t Task) movedOn(in NewOutcome, actor org.Actor, now time.Time, zone *time.Location) bool {
	if in.Version != 0 {
		return in.Version != t.Version
	}
	return t.Outcome == in.Kind && t.OutcomeBy == actor.ID() && day.Of(t.OutcomeAt, zone) == day.Of(now, zone) &&
		(in.Kind == NoAnswer || in.Kind == CallBack && t.CallAt.Equal(in.CallAt))
}

// tooLate answers one who records an outcome of a task that moved on meanwhile.
func (s *Service) tooLate(ctx context.Context, tx *db.Tx, actor org.Actor, in NewOutcome, t Task, zone *time.Location) (Recorded, error) {
	before, ok, err := lastOutcome(ctx, tx, t)
	if err != nil {
		return Recorded{}, err
	}
	switch {
	case ok && t.State != Cancelled && day.Of(t.OutcomeAt, zone) == day.Of(s.now(), zone):
	case t.State == Open: // by an outcome of yesterday, or by taking one back
		return Recorded{}, errs.New(errs.Conflict, "care.task_changed")
	default:
		return Recorded{}, errTaskClosed
	}
	if before.by == actor.ID() && before.in.Kind == in.Kind && before.in.Text == in.Text && before.in.CallAt.Equal(in.CallAt) {
		return s.repeated(ctx, tx, before)
	}
	who, err := s.staffName(ctx, t.OutcomeBy)
	if err != nil {
		return Recorded{}, err
	}
	key := "care.recorded_by_other"
	if who == "" {
		key = "care.recorded_meanwhile"
	}
	return Recorded{}, errs.New(errs.Conflict, key, "who", who, "time", t.OutcomeAt.In(zone).Format("15:04"), "outcome", t.Outcome.Key())
}

// repeated is the answer to a request whose outcome is on record.
func (s *Service) repeated(ctx context.Context, q db.Querier, before outcome) (out Recorded, err error) {
	out = Recorded{ID: before.ID, Kind: before.in.Kind, Repeated: true}
	if out.Task, err = taskByID(ctx, q, before.in.Customer, before.in.Task); err != nil || before.restore.FollowUp == 0 {
		return out, err
	}
	follow, err := taskByID(ctx, q, before.in.Customer, before.restore.FollowUp)
	if errs.Is(err, errs.NotFound) { // undone since
		return out, nil
	}
	out.FollowUp = &follow
	return out, err
}
