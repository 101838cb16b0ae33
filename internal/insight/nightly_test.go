package insight

import (
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
)

func TestEachNightRefreshesAsOfTheDayThatEnded(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		now := at
		clock := func() time.Time { return now }
		d.Clock, sh.Now = clock, clock
		sh.buys(sh.customer("Ann", sh.a, 0), sh.a, 100, "2026-02-20")
		queue, workers := &jobs.Queue{DB: d, Now: clock}, &jobs.Workers{}
		sh.Register(workers)
		runner := &jobs.Runner{Queue: queue, Workers: workers, PeriodicNow: sh.Nights}
		for _, tc := range []struct {
			now  time.Time
			ran  int
			asOf string
		}{
			{at, 1, "2026-03-01"}, // the night that passed before there was a schedule is made good
			{at.Add(time.Hour), 0, "2026-03-01"},
			{time.Date(2026, 3, 3, 3, 39, 0, 0, time.UTC), 0, "2026-03-01"},
			{time.Date(2026, 3, 3, 3, 40, 0, 0, time.UTC), 1, "2026-03-02"},
		} {
			now = tc.now
			if n, err := runner.RunDue(t.Context()); err != nil || n != tc.ran {
				t.Errorf("at %s %d jobs ran, %v, want %d", tc.now, n, err, tc.ran)
			}
			m, err := sh.Model(t.Context(), org.System)
			if err != nil || m.AsOf != on(tc.asOf) {
				t.Errorf("at %s the version is as of %s, %v, want %s", tc.now, m.AsOf, err, tc.asOf)
			}
		}
	})
}
