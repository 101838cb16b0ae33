package jobs_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/jobs"
)

func TestPeriodic_runs_once_a_day_at_its_time_in_its_zone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := newClock() // 09:00 UTC is 17:00 in Shanghai
		q := &jobs.Queue{DB: d, Now: c.now}
		ran := 0
		r := newRunner(q, func(context.Context, *jobs.Job[bowl]) error { ran++; return nil })
		r.Periodic = []jobs.Periodic{{Name: "fill", At: "18:30", Zone: "Asia/Shanghai", Args: bowl{1}}}
		steps := []struct {
			name    string
			advance time.Duration
			want    int
		}{
			{"first start: yesterday's is made good", 0, 1},
			{"again", 0, 1},
			{"just before", 90*time.Minute - time.Millisecond, 1},
			{"on time", time.Millisecond, 2},
			{"later that day", 5 * time.Hour, 2},
			{"after three days down: one run makes good for all", 72 * time.Hour, 3},
			{"again", time.Minute, 3},
		}
		for _, s := range steps {
			c.advance(s.advance)
			if _, err := r.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			if ran != s.want {
				t.Fatalf("%s: ran %d times, want %d", s.name, ran, s.want)
			}
		}
	})
}

func TestPeriodic_is_enqueued_once_by_two_servers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := newClock()
		var mu sync.Mutex
		ran := 0
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				r := newRunner(&jobs.Queue{DB: d, Now: c.now}, func(context.Context, *jobs.Job[bowl]) error {
					mu.Lock()
					defer mu.Unlock()
					ran++
					return nil
				})
				r.Periodic = []jobs.Periodic{{Name: "fill", At: "03:10", Zone: "Asia/Shanghai", Args: bowl{1}}}
				if _, err := r.RunDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if ran != 1 {
			t.Errorf("ran %d times, want once", ran)
		}
	})
}

func TestPeriodic_with_a_wrong_time_or_zone_is_an_error_and_keeps_nothing_else_waiting(t *testing.T) {
	d := dbtest.SQLite(t)
	for _, p := range []jobs.Periodic{{Name: "a", At: "25:00", Zone: "UTC", Args: bowl{}}, {Name: "b", At: "03:10", Zone: "Mars/North", Args: bowl{}}} {
		q := &jobs.Queue{DB: d}
		r := newRunner(q, func(context.Context, *jobs.Job[bowl]) error { return nil })
		r.Periodic = []jobs.Periodic{p}
		enqueue(t, q, 1, jobs.Options{})
		enqueue(t, q, 2, jobs.Options{})
		if n, err := r.RunDue(t.Context()); err == nil || n != 2 {
			t.Errorf("%s: ran %d, %v; want both jobs, and an error", p.Name, n, err)
		}
	}
}
