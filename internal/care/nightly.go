package care

import (
	"context"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/jobs"
)

// PlanDay is the nightly job: it plans the day it is in a zone when it runs. A
// chain with stores in several zones has one per zone. Each plans all stores:
// those where the day has not begun see its tasks when it does, and their own
// night adds what has come in until then.
type PlanDay struct {
	Zone string `json:"zone"`
}

// Kind names the job for good.
func (PlanDay) Kind() string { return "plan.day" }

// planAt is when the night's sales are in and nobody works yet.
const planAt = "03:10"

// Register tells the workers how to plan a day.
func (s *Service) Register(w *jobs.Workers) {
	jobs.Register(w, func(ctx context.Context, job *jobs.Job[PlanDay]) error {
		zone, err := time.LoadLocation(job.Args.Zone)
		if err != nil {
			return jobs.Permanent(err)
		}
		night := *s // its progress is this job's alone
		var made int64
		night.Progress = func(_ string, n int64) {
			made += n
			// A lost lease is not fatal: a second planner makes no task twice.
			_ = job.Progress(ctx, made, 0)
		}
		_, err = night.Plan(ctx, day.Of(s.now(), zone))
		return err
	})
}

// Nights are the nightly jobs, one for each zone that has a store; they go into
// jobs.Runner.PeriodicNow.
func (s *Service) Nights(ctx context.Context) ([]jobs.Periodic, error) {
	stores, err := s.Org.Stores(ctx)
	if err != nil {
		return nil, err
	}
	var zones []string
	for _, st := range stores {
		if st.Active {
			zones = append(zones, st.Zone)
		}
	}
	slices.Sort(zones)
	var list []jobs.Periodic
	for _, zone := range slices.Compact(zones) {
		list = append(list, jobs.Periodic{Name: "plan.day/" + zone, At: planAt, Zone: zone, Args: PlanDay{Zone: zone}})
	}
	return list, nil
}
