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

func TestTheNightIsThatOfMostStores(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d) // two stores in UTC
		for _, st := range []org.Store{{Code: "S1", Zone: "Asia/Shanghai"}, {Code: "S2", Zone: "Asia/Shanghai"}, {Code: "S3", Zone: "Asia/Shanghai"}, {Code: "N", Zone: "America/New_York"}} {
			st.Currency = "CNY"
			if _, err := sh.Org.CreateStore(t.Context(), org.System, st); err != nil {
				t.Fatal(err)
			}
		}
		now := at
		clock := func() time.Time { return now }
		d.Clock, sh.Now = clock, clock
		queue, workers := &jobs.Queue{DB: d, Now: clock}, &jobs.Workers{}
		sh.Register(workers)
		runner := &jobs.Runner{Queue: queue, Workers: workers, PeriodicNow: sh.Nights}
		for _, tc := range []struct {
			now  time.Time
			asOf string
		}{
			{time.Date(2026, 3, 2, 19, 39, 0, 0, time.UTC), "2026-03-02"}, // 03:39 in Shanghai on the third: yesterday's is made good, late
			{time.Date(2026, 3, 2, 19, 40, 0, 0, time.UTC), "2026-03-02"},
			{time.Date(2026, 3, 3, 19, 40, 0, 0, time.UTC), "2026-03-03"}, // in New York it is still the third
		} {
			now = tc.now
			if _, err := runner.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			if m, err := sh.Model(t.Context(), org.System); err != nil || m.AsOf != on(tc.asOf) {
				t.Errorf("at %s the version is as of %s, %v, want %s", tc.now, m.AsOf, err, tc.asOf)
			}
		}
	})
}
