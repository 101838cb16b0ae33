package care_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
)

func TestRecord_of_a_page_from_before_midnight_does_not_overwrite_what_came_then(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		s.clock = today.Start(shanghai).Add(23*time.Hour + 58*time.Minute)
		in := outcome(it, care.CallBack)
		in.CallAt = s.clock.Add(10 * time.Hour)
		s.record(s.manager, in)
		s.clock = s.clock.Add(5 * time.Minute) // tomorrow
		_, err := s.Record(t.Context(), s.li, outcome(it, care.NoAnswer))
		var e *errs.Error
		if !errors.As(err, &e) || e.Key != "care.task_changed" {
			t.Errorf("got %v, want to hear that the task has changed", err)
		}
		if n := count(t, s.db, "state = 'open' AND call_at IS NOT NULL"); n != 1 {
			t.Errorf("%d promised calls are left, want 1", n)
		}
	})
}

func TestRecord_with_a_key_that_was_used_for_something_else_is_refused(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		other := s.customer(s.li, "李四")
		s.delivers(s.buys(other, today.AddDays(-9), "桌", 100), today.AddDays(-7), "")
		s.plan()
		items := s.list(s.li)
		in := outcome(items[0], care.NoAnswer)
		in.RequestKey = "k"
		first := s.record(s.li, in)
		for name, change := range map[string]func(*care.NewOutcome){
			"another outcome":  func(in *care.NewOutcome) { in.Kind = care.Reached },
			"other words":      func(in *care.NewOutcome) { in.Text = "改天" },
			"another customer": func(in *care.NewOutcome) { in.Customer, in.Task = items[1].Task.Customer, items[1].ID },
		} {
			again := in
			change(&again)
			if _, err := s.Record(t.Context(), s.li, again); !errs.Is(err, errs.Conflict) {
				t.Errorf("%s: %v, want a conflict", name, err)
			}
		}
		if again := s.record(s.li, in); !again.Repeated || again.ID != first.ID {
			t.Errorf("the same again: %+v", again)
		}
	})
}

func TestPlan_does_not_give_up_a_task_for_which_a_call_is_being_promised(t *testing.T) {
	d := dbtest.Postgres(t) // SQLite writes one after the other
	s := newShop(t, d)
	s.only("delivery_7")
	c := s.customer(s.li, "王丽")
	s.delivers(s.buys(c, today.AddDays(-9), "床", 90), today.AddDays(-7), "")
	s.plan()
	it := s.list(s.li)[0]
	late := it.Until.AddDays(1)
	s.clock = late.Start(shanghai).Add(10 * time.Hour)
	planned := make(chan error)
	s.must(d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		// An outcome that is being recorded: its row is written and not committed.
		if _, err := tx.Exec(ctx, `UPDATE task SET until = ?, version = version + 1 WHERE customer_id = ?`, late.AddDays(7), int64(c.ID)); err != nil {
			return err
		}
		go func() {
			_, err := s.Plan(context.Background(), late)
			planned <- err
		}()
		for waiting := 0; waiting == 0; {
			var err error
			waiting, err = db.One(context.Background(), d, db.Value[int], `SELECT COUNT(*) FROM pg_stat_activity
				WHERE datname = current_database() AND wait_event_type = 'Lock'`)
			if err != nil {
				return err
			}
		}
		return nil
	}))
	s.must(<-planned)
	if n := count(t, d, "state = 'open'"); n != 1 {
		t.Errorf("%d open tasks, want the one for which a call was promised", n)
	}
}

func TestPlan_that_made_much_tells_postgres_so(t *testing.T) {
	d := dbtest.Postgres(t)
	s := newShop(t, d)
	s.only("delivery_7")
	known := func() int {
		n, err := db.One(t.Context(), d, db.Value[int], `SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE relname = 'task'`)
		s.must(err)
		return n
	}
	for i := range 3 {
		s.delivers(s.buys(s.customer(s.li, "王丽"), today.AddDays(-9), "床", int64(90+i)), today.AddDays(-7), "")
	}
	s.Chunk = 2
	s.plan()
	if n := known(); n != 3 {
		t.Errorf("the statistics know of %d tasks, want 3", n)
	}
}
