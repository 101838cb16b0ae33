package insight

import (
	"context"
	"fmt"
	"time"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
)

// RefreshJob is a refresh in the background: as of a day that somebody asked for,
// or else of the usual one (see UsualDay) in a zone.
type RefreshJob struct {
	Zone  string  `json:"zone"`
	AsOf  day.Day `json:"as_of,omitzero"`
	Night bool    `json:"night,omitzero"` // the nightly one: nobody asked for it
}

// Kind names the job for good.
func (RefreshJob) Kind() string { return "insight.refresh" }

// refreshAt is when the day's tasks are planned and nobody works yet.
const refreshAt = "03:40"

// Register tells the workers how to refresh.
func (s *Service) Register(w *jobs.Workers) {
	jobs.Register(w, func(ctx context.Context, job *jobs.Job[RefreshJob]) error {
		zone, err := time.LoadLocation(job.Args.Zone)
		if err != nil {
			return jobs.Permanent(err)
		}
		asOf := job.Args.AsOf
		if asOf == 0 {
			u, err := s.usualDay(ctx, zone)
			if err != nil {
				return err
			}
			if job.Args.Night {
				if done, err := s.nothingToDo(ctx, zone, u); err != nil || done {
					return err
				}
			}
			asOf = u.Day
		}
		night := *s // its progress is this job's alone
		night.Progress = func(_ string, done, all int64) {
			// A lost lease is not fatal: of two refreshes the later one wins.
			_ = job.Progress(ctx, done, all)
		}
		_, err = night.Refresh(ctx, org.System, asOf)
		return err
	})
}

// Usual is the day that a refresh looks at unless somebody asks for another.
type Usual struct {
	Day    day.Day `json:"day"`
	Newest day.Day `json:"newest"` // of the newest purchase up to yesterday; 0: there is none
	Old    bool    `json:"old"`    // it is that day, because nothing has been reported since
}

// usualOf is the rule: the day that has just ended, unless the newest purchase of
// the whole company lies farther back than holidays explain. No till has reported
// anything since: data are missing, rather than that everybody has left, and what
// the last day with data says is what can be said.
func usualOf(yesterday, newest day.Day) Usual {
	if behind(newest, yesterday) > 0 {
		return Usual{Day: newest, Newest: newest, Old: true}
	}
	return Usual{Day: yesterday, Newest: newest}
}

// UsualDay is the day a refresh looks at unless somebody asks for another, where
// most stores are. In a store farther west it may go on: what is still sold on it
// counts the night after.
func (s *Service) UsualDay(ctx context.Context) (Usual, error) {
	name, err := s.zone(ctx)
	if err != nil {
		return Usual{}, err
	}
	zone, err := time.LoadLocation(name) // "" is UTC
	if err != nil {
		return Usual{}, fmt.Errorf("insight: the zone of most stores: %w", err)
	}
	return s.usualDay(ctx, zone)
}

func (s *Service) usualDay(ctx context.Context, zone *time.Location) (Usual, error) {
	yesterday := day.Of(s.now(), zone).AddDays(-1)
	newest, err := db.One(ctx, s.DB, db.Value[day.Day], `SELECT COALESCE(MAX(day), '') FROM receipt WHERE day <= ?`, yesterday)
	return usualOf(yesterday, newest), err
}

// nothingToDo reports whether the night may be left out. Nobody has bought
// anything yet; or a version was made since the night's hour, which a server that
// was not running then would make good: what somebody has made by hand, as of
// whichever day, is theirs until the next night.
func (s *Service) nothingToDo(ctx context.Context, zone *time.Location, u Usual) (bool, error) {
	made, err := db.All(ctx, s.DB, db.Value[int64], `SELECT m.fitted_at FROM insight_head h JOIN insight_model m ON m.id = h.model_id WHERE h.id = 1`)
	if err != nil || len(made) == 0 {
		return u.Newest == 0, err
	}
	return !db.Time(made[0]).Before(lastNight(s.now(), zone)), nil
}

// lastNight is when the latest night's refresh was due.
func lastNight(now time.Time, zone *time.Location) time.Time {
	at, err := time.Parse("15:04", refreshAt)
	if err != nil {
		panic(err)
	}
	local := now.In(zone)
	due := time.Date(local.Year(), local.Month(), local.Day(), at.Hour(), at.Minute(), 0, 0, zone)
	if due.After(now) {
		due = due.AddDate(0, 0, -1)
	}
	return due
}

// Nights is the nightly refresh, in the zone where most stores are; it goes into
// jobs.Runner.PeriodicNow. A company without a store has none.
func (s *Service) Nights(ctx context.Context) ([]jobs.Periodic, error) {
	zone, err := s.zone(ctx)
	if err != nil || zone == "" {
		return nil, err
	}
	return []jobs.Periodic{{Name: "insight.refresh", At: refreshAt, Zone: zone, Args: RefreshJob{Zone: zone, Night: true}}}, nil
}

// zone is where most stores are; empty where there is none.
func (s *Service) zone(ctx context.Context) (string, error) {
	stores, err := s.Org.Stores(ctx)
	if err != nil {
		return "", err
	}
	count := make(map[string]int)
	most := ""
	for _, st := range stores {
		if st.Active {
			if count[st.Zone]++; count[st.Zone] > count[most] {
				most = st.Zone
			}
		}
	}
	return most, nil
}
