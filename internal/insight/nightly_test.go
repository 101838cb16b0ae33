package insight

import (
	"context"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
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
		sh.buys(sh.customer("Ann", sh.a, 0), sh.a, 100, "2026-02-20")
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

func TestTheDayLookedAtIsYesterdayUnlessDataAreMissing(t *testing.T) {
	yesterday := on("2026-03-01")
	for _, tc := range []struct {
		name, newest, want string
		old                bool
	}{
		{"a live shop", "2026-03-01", "2026-03-01", false},
		{"a holiday of ten days", "2026-02-19", "2026-03-01", false},
		{"two weeks", "2026-02-15", "2026-03-01", false},
		{"an old import", "2011-12-09", "2011-12-09", true},
		{"nobody has bought anything", "", "2026-03-01", false},
	} {
		var newest day.Day
		if tc.newest != "" {
			newest = on(tc.newest)
		}
		same(t, tc.name, usualOf(yesterday, newest), Usual{Day: on(tc.want), Newest: newest, Old: tc.old})
	}
}

func TestANightLeavesWhatSomebodyAskedForUntilTheNext(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		now := at
		clock := func() time.Time { return now }
		d.Clock, sh.Now = clock, clock
		queue, workers := &jobs.Queue{DB: d, Now: clock}, &jobs.Workers{}
		sh.Register(workers)
		runner := &jobs.Runner{Queue: queue, Workers: workers, PeriodicNow: sh.Nights}
		night := func(what, want string) {
			t.Helper()
			if _, err := runner.RunDue(t.Context()); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			m, err := sh.Model(t.Context(), org.System)
			switch {
			case want == "" && !errs.Is(err, errs.NotFound):
				t.Errorf("%s: got %v, %v, want no version", what, m.AsOf, err)
			case want != "" && (err != nil || m.AsOf != on(want)):
				t.Errorf("%s: the version is as of %s, %v, want %s", what, m.AsOf, err, want)
			}
		}
		night("nobody has bought anything", "")
		if u, err := sh.UsualDay(t.Context()); err != nil || u != (Usual{Day: on("2026-03-01")}) {
			t.Errorf("nobody has bought anything: the day is %+v, %v", u, err)
		}

		sh.buys(sh.customer("Ann", sh.a, 0), sh.a, 100, "2011-06-01", "2011-12-09")
		if _, err := sh.Refresh(t.Context(), org.System, on("2011-06-30")); err != nil {
			t.Fatal(err)
		}
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { // as before the server was ever begun
			_, err := tx.Exec(ctx, `DELETE FROM job_schedule`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		night("the server begins on the day of a refresh by hand", "2011-06-30")
		if _, err := queue.Enqueue(t.Context(), RefreshJob{Zone: "UTC"}, jobs.Options{}); err != nil {
			t.Fatal(err)
		}
		night("somebody asks for the usual day of an old import", "2011-12-09")
		if _, err := sh.Refresh(t.Context(), org.System, on("2011-06-30")); err != nil {
			t.Fatal(err)
		}
		now = time.Date(2026, 3, 3, 3, 40, 0, 0, time.UTC)
		night("the night after, where the rule gives another day", "2011-12-09")
		sh.buys(sh.customer("Ben", sh.a, 0), sh.a, 100, "2026-03-02")
		now = now.AddDate(0, 0, 1)
		night("newer purchases have come", "2026-03-03")
		now = now.AddDate(0, 0, 10)
		night("a holiday of ten days", "2026-03-13")
		now = now.AddDate(0, 0, 10)
		night("nothing for three weeks", "2026-03-02")
	})
}
