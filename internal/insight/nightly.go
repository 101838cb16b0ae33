package insight

import (
	"cmp"
	"context"
	"time"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
)

// RefreshJob is the nightly job: it refreshes as of the day that has just ended
// where most stores are, unless somebody asked for another day. In a store farther
// west that day may go on: what is still sold on it counts the night after.
type RefreshJob struct {
	Zone string  `json:"zone"`
	AsOf day.Day `json:"as_of,omitzero"`
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
		night := *s // its progress is this job's alone
		night.Progress = func(_ string, done, all int64) {
			// A lost lease is not fatal: of two refreshes the later one wins.
			_ = job.Progress(ctx, done, all)
		}
		_, err = night.Refresh(ctx, org.System, cmp.Or(job.Args.AsOf, day.Of(s.now(), zone).AddDays(-1)))
		return err
	})
}

// Nights is the nightly refresh, in the zone where most stores are; it goes into
// jobs.Runner.PeriodicNow. A company without a store has none.
func (s *Service) Nights(ctx context.Context) ([]jobs.Periodic, error) {
	stores, err := s.Org.Stores(ctx)
	if err != nil {
		return nil, err
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
	if most == "" {
		return nil, nil
	}
	return []jobs.Periodic{{Name: "insight.refresh", At: refreshAt, Zone: most, Args: RefreshJob{Zone: most}}}, nil
}
