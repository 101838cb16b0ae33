package care_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// withTask is a shop where 李娜 has one task, for a delivery of a week ago.
func withTask(t *testing.T, f func(t *testing.T, s *shop, it care.Item)) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7")
		c := s.customer(s.li, "王丽", female, phone(t, "13812345678"))
		s.delivers(s.buys(c, today.AddDays(-12), "橡木床", 3000), today.AddDays(-7), "")
		s.plan()
		items := s.list(s.li)
		if len(items) != 1 {
			t.Fatalf("%d tasks, want 1", len(items))
		}
		f(t, s, items[0])
	})
}

// outcome is what somebody records of an item as they saw it.
func outcome(it care.Item, kind care.OutcomeKind) care.NewOutcome {
	return care.NewOutcome{Customer: it.Task.Customer, Task: it.ID, Kind: kind, Version: it.Version}
}

func (s *shop) record(as org.Actor, in care.NewOutcome) care.Recorded {
	s.t.Helper()
	r, err := s.Record(s.t.Context(), as, in)
	s.must(err)
	return r
}

// story is the customer's timeline as kinds and data, the latest first.
func (s *shop) story(c customer.ID, kind customer.EntryKind) []map[string]any {
	s.t.Helper()
	list, _, err := s.Customers.Timeline(s.t.Context(), org.System, c, customer.TimelineCursor{}, 50)
	s.must(err)
	var out []map[string]any
	for _, e := range list {
		if e.Kind == kind {
			out = append(out, e.Data)
		}
	}
	return out
}

func (s *shop) counts(as org.Actor) care.Counts {
	s.t.Helper()
	c, err := s.Counts(s.t.Context(), as, care.Filter{})
	s.must(err)
	return c
}

func TestRecord_done_takes_the_task_off_the_list_and_tells_the_timeline(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		if got := s.counts(s.li); got != (care.Counts{ToDo: 1}) {
			t.Errorf("before: %+v", got)
		}
		in := outcome(it, care.Reached)
		in.Text = "床很结实，很满意"
		r := s.record(s.li, in)
		if r.Task.State != care.Done || r.FollowUp != nil || r.Repeated {
			t.Errorf("got %+v", r)
		}
		if left := s.list(s.li); len(left) != 0 {
			t.Errorf("still on the list: %v", told(left))
		}
		want := []map[string]any{{"rule": "delivery_7", "outcome": "done", "text": "床很结实，很满意"}}
		if diff := cmp.Diff(want, s.story(it.Task.Customer, care.EntryContact)); diff != "" {
			t.Error(diff)
		}
		if got := s.counts(s.li); got != (care.Counts{Done: 1}) {
			t.Errorf("after: %+v", got)
		}
		if got := s.counts(s.wu); got != (care.Counts{}) {
			t.Errorf("a colleague's counters: %+v", got)
		}
		if got := s.counts(s.manager); got.Done != 1 {
			t.Errorf("the manager's counters: %+v", got)
		}
	})
}

func TestRecord_no_answer_comes_back_tomorrow_and_is_given_up_after_three(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		for attempt := 1; attempt <= 3; attempt++ {
			items := s.list(s.li)
			if len(items) != 1 {
				t.Fatalf("attempt %d: %d tasks on the list", attempt, len(items))
			}
			r := s.record(s.li, outcome(items[0], care.NoAnswer))
			if r.Task.Attempts != attempt {
				t.Errorf("attempts %d, want %d", r.Task.Attempts, attempt)
			}
			if len(s.list(s.li)) != 0 {
				t.Error("still on today's list")
			}
			if want := map[bool]care.State{true: care.Missed, false: care.Open}[attempt == 3]; r.Task.State != want {
				t.Errorf("attempt %d: state %s, want %s", attempt, r.Task.State, want)
			}
			s.clock = s.clock.AddDate(0, 0, 1)
		}
		if n := len(s.story(it.Task.Customer, care.EntryContact)); n != 3 {
			t.Errorf("%d contacts on the timeline, want 3", n)
		}
	})
}

func TestRecord_call_back_comes_first_when_its_time_has_come(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		rich := s.customer(s.li, "大客户")
		s.delivers(s.buys(rich, today.AddDays(-12), "全屋家具", 90000), today.AddDays(-7), "")
		s.plan()
		in := outcome(it, care.CallBack)
		in.CallAt = s.clock.Add(6 * time.Hour) // at four this afternoon
		s.record(s.li, in)
		if diff := cmp.Diff([]string{"delivery_7 大客户"}, told(s.list(s.li))); diff != "" {
			t.Errorf("before the time: %s", diff)
		}
		page, err := s.List(t.Context(), s.li, care.Filter{}, care.Cursor{}, 50)
		s.must(err)
		if diff := cmp.Diff([]string{"delivery_7 王丽"}, told(page.Later)); diff != "" {
			t.Errorf("later today: %s", diff)
		}
		s.clock = s.clock.Add(6 * time.Hour)
		items := s.list(s.li)
		if diff := cmp.Diff([]string{"delivery_7 王丽", "delivery_7 大客户"}, told(items)); diff != "" {
			t.Fatalf("at the time: %s", diff)
		}
		if !items[0].CallNow(s.clock) || items[1].CallNow(s.clock) {
			t.Error("the promised call is not told from the others")
		}
		s.record(s.li, outcome(items[0], care.Reached))
		if diff := cmp.Diff([]string{"delivery_7 大客户"}, told(s.list(s.li))); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRecord_call_back_next_week_leaves_the_list_until_then(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		in := outcome(it, care.CallBack)
		in.CallAt = s.clock.AddDate(0, 0, 20)
		r := s.record(s.li, in)
		if want := today.AddDays(20); r.Task.Due != want || r.Task.Until <= want {
			t.Errorf("due %s until %s, want due %s and time to spare", r.Task.Due, r.Task.Until, want)
		}
		s.clock = s.clock.AddDate(0, 0, 10)
		s.plan()
		if len(s.list(s.li)) != 0 {
			t.Error("on the list too early")
		}
		s.clock = s.clock.AddDate(0, 0, 10).Add(time.Minute)
		s.plan()
		if len(s.list(s.li)) != 1 {
			t.Error("not on the list when the time has come")
		}
	})
}

func TestRecord_wants_makes_a_task_for_who_keeps_the_customer(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		in := outcome(it, care.Wants)
		in.Text = "同款床头柜一对"
		r := s.record(s.manager, in)
		if r.FollowUp == nil || r.FollowUp.Staff != s.li.ID() || r.FollowUp.Due != today.AddDays(1) {
			t.Fatalf("follow-up %+v, want one for 李娜 tomorrow", r.FollowUp)
		}
		s.clock = s.clock.AddDate(0, 0, 1)
		items := s.list(s.li)
		if diff := cmp.Diff([]string{"wants 王丽"}, told(items)); diff != "" {
			t.Fatal(diff)
		}
		if got, want := items[0].ReasonText(zh), "周强2026年3月18日记下的需求：同款床头柜一对"; got != want {
			t.Errorf("reason %q, want %q", got, want)
		}
		if got := items[0].Value.String(); got != "6000.00" { // 3000 a year, times 200 percent
			t.Errorf("value %s", got)
		}
		if got := items[0].Script(zh, "李娜", today.AddDays(1)); !strings.Contains(got, "同款床头柜一对") {
			t.Errorf("script %q", got)
		}
	})
}

func TestRecord_unhappy_makes_a_task_for_the_manager_the_same_day(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		in := outcome(it, care.Unhappy)
		in.Text = "床板响"
		r := s.record(s.li, in)
		if r.FollowUp == nil || r.FollowUp.Staff != s.manager.ID() || r.FollowUp.Due != today {
			t.Fatalf("follow-up %+v, want one for the manager today", r.FollowUp)
		}
		if diff := cmp.Diff([]string{"unhappy 王丽"}, told(s.list(s.manager))); diff != "" {
			t.Error(diff)
		}
		if left := s.list(s.li); len(left) != 0 {
			t.Errorf("the associate still has %v", told(left))
		}
	})
}

func TestRecord_do_not_contact_withdraws_consent_and_closes_all_tasks(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		s.only("delivery_7", "birthday")
		_, month, dom := today.AddDays(2).Date()
		s.customer(s.li, "别人", born(day.SolarCalendar, int(month), dom))
		s.delivers(s.buys(customer.Customer{ID: it.Task.Customer}, today.AddDays(-12), "床垫", 800), today.AddDays(-7), "")
		s.plan()
		if n := len(s.list(s.li)); n != 2 {
			t.Fatalf("%d customers, want 2", n)
		}
		r := s.record(s.li, outcome(it, care.DoNotContact))
		if diff := cmp.Diff([]string{"birthday 别人"}, told(s.list(s.li))); diff != "" {
			t.Error(diff)
		}
		c, err := s.Customers.Get(t.Context(), s.li, it.Task.Customer)
		s.must(err)
		if !c.DoNotContact {
			t.Error("consent is not withdrawn")
		}
		if p := s.plan(); p.Made != 0 {
			t.Errorf("planned %d more", p.Made)
		}
		_, err = s.Undo(t.Context(), s.li, c.ID, r.ID)
		s.must(err)
		if n := count(t, s.db, "state = 'open'"); n != 3 {
			t.Errorf("after undoing %d tasks, want 3 again", n)
		}
		if c, err = s.Customers.Get(t.Context(), s.li, c.ID); err != nil || c.DoNotContact {
			t.Errorf("after undoing the customer still may not be contacted (%v)", err)
		}
	})
}

func TestRecord_learns_the_answer_to_the_one_question(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		if it.Customer.Question == nil || it.Customer.Question.Code != customer.FieldBirthday {
			t.Fatalf("question %+v, want the birthday", it.Customer.Question)
		}
		in := outcome(it, care.NoAnswer)
		in.Patch = &customer.Patch{Birth: customer.Birth{Calendar: day.LunarCalendar, Month: 8, Day: 15}}
		in.Answer = &customer.Answer{Field: "hobby", Value: "钓鱼"}
		s.record(s.li, in)
		s.clock = s.clock.AddDate(0, 0, 1)
		next := s.list(s.li)[0].Customer
		if next.Birth.Key() != "l-08-15" || next.Question.Code == customer.FieldBirthday {
			t.Errorf("learnt %+v, next question %s", next.Birth, next.Question.Code)
		}
		if len(next.Facts) != 1 || next.Facts[0].Value != "钓鱼" {
			t.Errorf("facts %+v", next.Facts)
		}
	})
}

func TestRecord_by_who_holds_the_task_works_for_anybodys_customer(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7")
		c := s.customer(s.li, "没主的", nobodys)
		s.delivers(s.buys(c, today.AddDays(-9), "床", 90), today.AddDays(-7), "")
		s.plan()
		it := s.list(s.wu)[0]
		in := outcome(it, care.Wants)
		in.Text, in.Answer = "床垫", &customer.Answer{Field: "hobby", Value: "下棋"}
		if r := s.record(s.wu, in); r.FollowUp.Staff != s.wu.ID() {
			t.Errorf("the follow-up is %v's, want who heard it where nobody owns the customer", r.FollowUp.Staff)
		}
	})
}

func TestRecord_refuses_what_makes_no_sense(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		with := func(kind care.OutcomeKind, f func(*care.NewOutcome)) care.NewOutcome {
			in := outcome(it, kind)
			f(&in)
			return in
		}
		for _, tc := range []struct {
			name string
			as   org.Actor
			in   care.NewOutcome
			want errs.Kind
		}{
			{"wants nothing", s.li, outcome(it, care.Wants), errs.Invalid},
			{"call back some time", s.li, outcome(it, care.CallBack), errs.Invalid},
			{"call back yesterday", s.li, with(care.CallBack, func(in *care.NewOutcome) { in.CallAt = s.clock.AddDate(0, 0, -1) }), errs.Invalid},
			{"call back next year", s.li, with(care.CallBack, func(in *care.NewOutcome) { in.CallAt = s.clock.AddDate(1, 0, 0) }), errs.Invalid},
			{"no such outcome", s.li, outcome(it, "shrug"), errs.Invalid},
			{"a novel", s.li, with(care.Reached, func(in *care.NewOutcome) { in.Text = strings.Repeat("很", 1001) }), errs.Invalid},
			{"somebody else's task", s.wu, outcome(it, care.Reached), errs.NotFound},
			{"another store's", s.chen, outcome(it, care.Reached), errs.NotFound},
			{"nobody's task", s.li, with(care.Reached, func(in *care.NewOutcome) { in.Task++ }), errs.NotFound},
			{"without the right", s.li.Only(org.Rights{org.TasksRead}), outcome(it, care.Reached), errs.Forbidden},
			{"a wrong answer spoils all", s.li, with(care.Reached, func(in *care.NewOutcome) {
				in.Answer = &customer.Answer{Field: "household_size", Value: "many"}
			}), errs.Invalid},
		} {
			if _, err := s.Record(t.Context(), tc.as, tc.in); errs.KindOf(err) != tc.want || err == nil {
				t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
			}
		}
		if len(s.list(s.li)) != 1 || len(s.story(it.Task.Customer, care.EntryContact)) != 0 {
			t.Error("something was recorded nevertheless")
		}
	})
}

func TestRecord_twice_by_the_same_person_is_once(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		for _, tc := range []struct {
			name string
			in   care.NewOutcome
		}{
			{"as it was seen", outcome(it, care.NoAnswer)},
			{"whatever it is", care.NewOutcome{Customer: it.Task.Customer, Task: it.ID, Kind: care.NoAnswer}},
		} {
			first := s.record(s.li, tc.in)
			second := s.record(s.li, tc.in)
			if !second.Repeated || second.ID != first.ID || second.Task.Attempts != 1 {
				t.Errorf("%s: %+v, want the first again", tc.name, second)
			}
			_, err := s.Undo(t.Context(), s.li, it.Task.Customer, first.ID)
			s.must(err)
		}
		if _, err := s.Record(t.Context(), s.li, outcome(it, care.Reached)); !errs.Is(err, errs.Conflict) {
			t.Errorf("recorded of a task that has changed since it was seen: %v", err)
		}
		in := outcome(s.list(s.li)[0], care.Wants)
		in.Text, in.RequestKey = "柜子", "k1"
		first, second := s.record(s.li, in), s.record(s.li, in)
		if !second.Repeated || second.FollowUp == nil || second.FollowUp.ID != first.FollowUp.ID {
			t.Errorf("by request key: %+v, want %+v", second, first)
		}
		if n := count(t, s.db, "TRUE"); n != 2 {
			t.Errorf("%d tasks, want the task and one follow-up", n)
		}
	})
}

func TestRecord_by_two_at_once_has_one_winner_and_tells_the_other_who(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		type try struct {
			as   org.Actor
			kind care.OutcomeKind
			err  error
		}
		tries := []try{{as: s.li, kind: care.Reached}, {as: s.manager, kind: care.NoAnswer}, {as: s.boss, kind: care.Unhappy}}
		var all sync.WaitGroup
		for i := range tries {
			all.Go(func() { _, tries[i].err = s.Record(context.Background(), tries[i].as, outcome(it, tries[i].kind)) })
		}
		all.Wait()
		var winner *try
		for i := range tries {
			if tries[i].err == nil && winner != nil {
				t.Errorf("both %s and %s won", winner.kind, tries[i].kind)
			}
			if tries[i].err == nil {
				winner = &tries[i]
			}
		}
		if winner == nil {
			t.Fatalf("nobody won: %v", tries)
		}
		for _, x := range tries {
			if x.err == nil {
				continue
			}
			var e *errs.Error
			if !errors.As(x.err, &e) || e.Kind != errs.Conflict || e.Args["who"] != winner.as.Staff.Name {
				t.Errorf("%s lost with %v, want a conflict that names %s", x.kind, x.err, winner.as.Staff.Name)
			}
		}
		if n := len(s.story(it.Task.Customer, care.EntryContact)); n != 1 {
			t.Errorf("%d contacts on the timeline, want 1", n)
		}
	})
}

func TestRecord_by_many_taps_at_once_is_one_outcome(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		in := outcome(it, care.Unhappy)
		in.RequestKey = "tap"
		var all sync.WaitGroup
		ids := make([]care.OutcomeID, 5)
		for i := range ids {
			all.Go(func() {
				r, err := s.Record(context.Background(), s.li, in)
				if err != nil {
					t.Error(err)
				}
				ids[i] = r.ID
			})
		}
		all.Wait()
		for _, got := range ids {
			if got != ids[0] {
				t.Errorf("outcomes %v, want one", ids)
			}
		}
		if n := count(t, s.db, "TRUE"); n != 2 {
			t.Errorf("%d tasks, want the task and one follow-up", n)
		}
	})
}

func TestOne_call_settles_all_that_was_due_for_the_customer(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		s.only("delivery_7", "purchase_7")
		s.crowd(today.AddDays(-7))
		c := customer.Customer{ID: it.Task.Customer}
		s.buys(c, today.AddDays(-7), "衣柜", 6000)
		s.buys(c, today.AddDays(-7), "台灯", 5000) // the same visit
		s.plan()
		items := s.list(s.li)
		if diff := cmp.Diff([]string{"purchase_7 王丽"}, told(items)); diff != "" {
			t.Fatalf("a customer stands on the list once: %s", diff)
		}
		if got := items[0].Reason.Product; got != "衣柜" {
			t.Errorf("the reason names %s, want the larger purchase of the visit", got)
		}
		if also := items[0].Also; len(also) != 1 || also[0].Rule.Code != "delivery_7" {
			t.Fatalf("also %+v, want the delivery", also)
		}
		if got := s.counts(s.li); got.ToDo != 1 {
			t.Errorf("counters %+v, want one customer", got)
		}
		r := s.record(s.li, outcome(items[0], care.Reached))
		if left := s.list(s.li); len(left) != 0 {
			t.Errorf("still on the list: %v", told(left))
		}
		if _, err := s.Record(t.Context(), s.manager, care.NewOutcome{Customer: c.ID, Task: items[0].Also[0].Task.ID, Kind: care.NoAnswer}); !errs.Is(err, errs.Conflict) {
			t.Errorf("another outcome of the settled one: %v", err)
		}
		_, err := s.Undo(t.Context(), s.li, c.ID, r.ID)
		s.must(err)
		if again := s.list(s.li); len(again) != 1 || len(again[0].Also) != 1 {
			t.Errorf("after undoing: %v", told(again))
		}
		in := outcome(s.list(s.li)[0], care.CallBack)
		in.CallAt = s.clock.Add(time.Hour)
		s.record(s.li, in)
		page, err := s.List(t.Context(), s.li, care.Filter{}, care.Cursor{}, 50)
		s.must(err)
		if len(page.Items) != 0 || len(page.Later) != 1 {
			t.Errorf("with a promised call: %v now and %v later, want the call alone", told(page.Items), told(page.Later))
		}
	})
}

func TestThe_brief_tells_what_others_are_in_touch_about(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		s.only("delivery_7", "birthday")
		s.record(s.li, outcome(it, care.Unhappy))
		s.delivers(s.buys(customer.Customer{ID: it.Task.Customer}, today.AddDays(-12), "床垫", 800), today.AddDays(-6), "")
		s.clock = s.clock.AddDate(0, 0, 1)
		s.plan()
		items := s.list(s.li)
		if len(items) != 1 || len(items[0].Others) != 1 {
			t.Fatalf("got %v", told(items))
		}
		lines := items[0].BriefLines(zh, today.AddDays(1))
		if want := "周强也在跟进这位顾客：顾客不满意。"; !slices.Contains(lines, want) {
			t.Errorf("brief %q, want %q among it", lines, want)
		}
	})
}

func TestUndo_puts_everything_back(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		for _, kind := range care.Outcomes() {
			in := outcome(s.list(s.li)[0], kind)
			in.Text = "原话"
			if kind == care.CallBack {
				in.CallAt = s.clock.Add(48 * time.Hour)
			}
			r := s.record(s.li, in)
			after, err := s.Undo(t.Context(), s.li, it.Task.Customer, r.ID)
			s.must(err)
			want := it.Task
			want.Version = after.Version
			if diff := cmp.Diff(want, after); diff != "" {
				t.Errorf("%s: %s", kind, diff)
			}
			if _, err := s.Undo(t.Context(), s.li, it.Task.Customer, r.ID); err != nil {
				t.Errorf("%s undone twice: %v", kind, err)
			}
			if n := len(s.story(it.Task.Customer, care.EntryContact)); n != 0 {
				t.Errorf("%s: %d contacts on the timeline", kind, n)
			}
			if n := count(t, s.db, "TRUE"); n != 1 {
				t.Errorf("%s: %d tasks, want 1", kind, n)
			}
			if got := s.counts(s.li); got != (care.Counts{ToDo: 1}) {
				t.Errorf("%s: counters %+v", kind, got)
			}
		}
	})
}

func TestUndo_is_refused_when_it_is_too_late(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		in := outcome(it, care.Unhappy)
		r := s.record(s.li, in)
		if _, err := s.Undo(t.Context(), s.wu, it.Task.Customer, r.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("a colleague undoes it: %v", err)
		}
		follow := s.list(s.manager)[0]
		worked := s.record(s.manager, outcome(follow, care.NoAnswer))
		if _, err := s.Undo(t.Context(), s.li, it.Task.Customer, r.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("undone although the manager has worked on it: %v", err)
		}
		_, err := s.Undo(t.Context(), s.manager, it.Task.Customer, worked.ID)
		s.must(err)
		s.clock = s.clock.AddDate(0, 0, 1)
		if _, err := s.Undo(t.Context(), s.li, it.Task.Customer, r.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("undone the next day: %v", err)
		}
	})
}

func TestUndo_by_the_manager_of_what_an_associate_recorded(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		r := s.record(s.li, outcome(it, care.Reached))
		_, err := s.Undo(t.Context(), s.manager, it.Task.Customer, r.ID)
		s.must(err)
		if len(s.list(s.li)) != 1 {
			t.Error("the task is not back on the associate's list")
		}
	})
}

func TestTasks_follow_their_customer_to_a_new_owner(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		s.Customers.OnMoved(s.CustomerMovedTx)
		if _, err := s.Customers.HandOver(t.Context(), org.System, s.li.Staff, s.wu.Staff); err != nil {
			t.Fatal(err)
		}
		if len(s.list(s.li)) != 0 || len(s.list(s.wu)) != 1 {
			t.Errorf("after the hand-over 李娜 has %v, 吴敏 has %v", told(s.list(s.li)), told(s.list(s.wu)))
		}
	})
}

func TestTasks_go_with_the_receipts_of_an_undone_import(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		c := s.customer(s.li, "李四")
		r := s.buys(c, today.AddDays(-8), "桌", 100)
		s.delivers(r, today.AddDays(-7), "")
		s.plan()
		s.must(s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return s.ReceiptsUndoneTx(ctx, tx, []purchase.Receipt{r})
		}))
		if diff := cmp.Diff([]string{"delivery_7 王丽"}, told(s.list(s.li))); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTel_is_shown_to_who_holds_the_task_and_put_on_record(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		if got := it.Customer.Phone.Masked(); got != "138****5678" {
			t.Errorf("the list shows %q", got)
		}
		k, err := s.Tel(t.Context(), s.li, it.Task.Customer, it.ID)
		s.must(err)
		if k.Value != "+8613812345678" {
			t.Errorf("got %q", k.Value)
		}
		if _, err := s.Tel(t.Context(), s.wu, it.Task.Customer, it.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("a colleague without the task: %v", err)
		}
		if _, err := s.Tel(t.Context(), s.li.Only(org.Rights{org.TasksRead}), it.Task.Customer, it.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("without the right: %v", err)
		}
	})
}
