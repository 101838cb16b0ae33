package care_test

import (
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
)

func TestEach_zones_night_plans_its_day_once(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7")
		_, err := s.Org.CreateStore(t.Context(), org.System, org.Store{Code: "LON", Currency: "GBP", Zone: "Europe/London"})
		s.must(err)
		s.delivers(s.buys(s.customer(s.li, "今天"), today.AddDays(-12), "床", 3000), today.AddDays(-7), "")
		s.delivers(s.buys(s.customer(s.li, "明天"), today.AddDays(-12), "床", 3000), today.AddDays(-6), "")

		queue := &jobs.Queue{DB: s.db, Now: s.db.Clock}
		workers := &jobs.Workers{}
		s.Register(workers)
		runner := &jobs.Runner{Queue: queue, Workers: workers, PeriodicNow: s.Nights}
		due := func(want int) {
			t.Helper()
			if n, err := runner.RunDue(t.Context()); err != nil || n != want {
				t.Errorf("%d jobs ran, %v, want %d", n, err, want)
			}
		}
		due(2) // nights that passed before there was a schedule are made good
		if n := count(t, s.db, "TRUE"); n != 1 {
			t.Errorf("%d tasks, want that of today", n)
		}
		due(0)
		s.clock = today.AddDays(1).Start(shanghai).Add(3*time.Hour + 9*time.Minute)
		due(1) // London's night of today, which is yesterday in Shanghai
		if n := count(t, s.db, "TRUE"); n != 1 {
			t.Errorf("%d tasks before Shanghai's night, want 1", n)
		}
		s.clock = s.clock.Add(time.Minute)
		due(1)
		if n := count(t, s.db, "TRUE"); n != 2 {
			t.Errorf("%d tasks after Shanghai's night, want 2", n)
		}
		s.clock = today.AddDays(1).Start(mustZone("Europe/London")).Add(3*time.Hour + 10*time.Minute)
		due(1)
		if n := count(t, s.db, "TRUE"); n != 2 {
			t.Errorf("%d tasks after London's night, want the same 2", n)
		}
	})
}
