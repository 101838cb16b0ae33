package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/ricejar/ricejar/internal/db"
)

// Runner runs the jobs of a queue in this process.
type Runner struct {
	Queue    *Queue
	Workers  *Workers
	Periodic []Periodic

	// PeriodicNow, when set, names further periodic jobs. It is asked each time,
	// because they come and go: a zone's night, with the first store in it.
	PeriodicNow func(context.Context) ([]Periodic, error)

	Parallel     int           // jobs at a time; zero: 2
	Lease        time.Duration // zero: one minute
	PollInterval time.Duration // how often to look unasked; zero: 5 s
	Grace        time.Duration // that running jobs are given to finish when stopping; zero: 10 s
	Log          *slog.Logger  // nil: slog.Default()

	name string // of this runner, among those of all servers
}

// setDefaults fills what the caller left open.
func (r *Runner) setDefaults() {
	if r.Parallel <= 0 {
		r.Parallel = 2
	}
	if r.Lease <= 0 {
		r.Lease = time.Minute
	}
	if r.PollInterval <= 0 {
		r.PollInterval = 5 * time.Second
	}
	if r.Grace <= 0 {
		r.Grace = 10 * time.Second
	}
	if r.Log == nil {
		r.Log = slog.Default()
	}
	if r.name == "" {
		r.name = rand.Text()
	}
}

// Run works until ctx ends. Then it takes no more jobs, lets the running ones
// finish within the grace, and puts back those that do not.
func (r *Runner) Run(ctx context.Context) {
	r.setDefaults()
	wake, stop := r.Queue.listen()
	defer stop()
	// Jobs outlive ctx for the time of the grace.
	jobs, interrupt := context.WithCancelCause(context.WithoutCancel(ctx))
	defer interrupt(nil)

	var running sync.WaitGroup
	freed := make(chan struct{}, 1)
	slots := make(chan struct{}, r.Parallel)
	renewals := make(chan struct{})
	go func() {
		defer close(renewals)
		r.renewLeases(jobs)
	}()
	poll := time.NewTicker(r.PollInterval)
	defer poll.Stop()
	for ctx.Err() == nil {
		claimed, err := r.take(ctx, r.Parallel-len(slots))
		if err != nil && ctx.Err() == nil {
			r.Log.Error("take jobs", "err", err)
		}
		for _, info := range claimed {
			slots <- struct{}{}
			running.Go(func() {
				r.work(jobs, info)
				<-slots
				select {
				case freed <- struct{}{}:
				default:
				}
			})
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-freed:
		case <-poll.C:
		}
	}
	r.stop(&running, interrupt)
	interrupt(nil)
	<-renewals
}

// errStopping is why a job's context ends when the runner stops.
var errStopping = errors.New("jobs: the server is stopping")

func (r *Runner) stop(running *sync.WaitGroup, interrupt context.CancelCauseFunc) {
	done := make(chan struct{})
	go func() {
		running.Wait()
		close(done)
	}()
	grace := time.NewTimer(r.Grace)
	defer grace.Stop()
	select {
	case <-done:
		return
	case <-grace.C:
	}
	interrupt(errStopping)
	<-done
}

// RunDue runs all that is due, one job after the other, in the caller's
// goroutine, and says how many it ran: for commands that do not serve.
func (r *Runner) RunDue(ctx context.Context) (n int, err error) {
	r.setDefaults()
	renewing, stop := context.WithCancel(ctx)
	renewals := make(chan struct{})
	go func() {
		defer close(renewals)
		r.renewLeases(renewing)
	}()
	defer func() {
		stop()
		<-renewals
	}()
	for ctx.Err() == nil {
		claimed, err := r.take(ctx, 1)
		for _, info := range claimed {
			r.work(ctx, info)
			n++
		}
		if len(claimed) == 0 {
			return n, err
		}
	}
	return n, ctx.Err()
}

// take makes periodic jobs that have come due, and claims up to free jobs. One
// that cannot be made, for a zone that this machine does not know, keeps no
// other waiting.
func (r *Runner) take(ctx context.Context, free int) ([]Info, error) {
	now := r.Queue.now()
	trouble := r.enqueueDue(ctx, now)
	claimed, err := r.claim(ctx, now, free)
	return claimed, errors.Join(trouble, err)
}

// enqueueDue makes the periodic jobs that have come due.
func (r *Runner) enqueueDue(ctx context.Context, now time.Time) (trouble error) {
	periodic := r.Periodic
	if r.PeriodicNow != nil {
		more, err := r.PeriodicNow(ctx)
		if err != nil {
			trouble = fmt.Errorf("list the periodic jobs: %w", err)
		}
		periodic = slices.Concat(periodic, more)
	}
	for _, p := range periodic {
		if err := p.enqueue(ctx, r.Queue, now); err != nil {
			trouble = errors.Join(trouble, fmt.Errorf("periodic job %s: %w", p.Name, err))
		}
	}
	return trouble
}

// claim takes up to free jobs from the queue.
func (r *Runner) claim(ctx context.Context, now time.Time, free int) (claimed []Info, err error) {
	kinds := r.Workers.kinds()
	if free <= 0 || len(kinds) == 0 {
		return nil, nil
	}
	// Most looks find nothing: a read does not keep SQLite's only writer waiting.
	due, err := r.anythingDue(ctx, now)
	if err != nil || !due {
		return nil, err
	}
	err = r.Queue.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := rescue(ctx, tx, now); err != nil {
			return err
		}
		claimed, err = claim(ctx, tx, r.name, kinds, now, now.Add(r.Lease), free)
		return err
	})
	return claimed, err
}

func (r *Runner) anythingDue(ctx context.Context, now time.Time) (bool, error) {
	_, err := db.One(ctx, r.Queue.DB, db.Value[int64],
		"SELECT id FROM job WHERE state = 'queued' AND run_at <= ? OR state = 'running' AND leased_until <= ? LIMIT 1",
		db.Millis(now), db.Millis(now))
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// work runs one job and writes down how it ended.
func (r *Runner) work(ctx context.Context, info Info) {
	h := &held{queue: r.Queue, job: info.ID, by: r.name, tries: info.Attempt, lease: r.Lease}
	job, cancel := context.WithCancelCause(ctx)
	r.Queue.began(info.ID, r.name, cancel)
	failure := r.call(job, info, h)
	r.Queue.ended(info.ID)
	why := context.Cause(job)
	cancel(nil)

	log := r.Log.With("job", info.ID.String(), "kind", info.Kind, "attempt", info.Attempt)
	err := r.Queue.DB.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		now := r.Queue.now()
		var final *permanent
		switch {
		case failure == nil:
			return h.finish(ctx, tx, Done, "")
		case why != nil && !errors.Is(why, ErrLost):
			tx.AfterCommit(r.Queue.wake)
			return h.giveBack(ctx, tx, now, "", false) // not its fault: the server stops
		case errors.As(failure, &final) || info.Attempt >= info.MaxAttempts:
			return h.finish(ctx, tx, Failed, failure.Error())
		default:
			return h.giveBack(ctx, tx, now.Add(backoff(info.Attempt)), failure.Error(), true)
		}
	})
	switch {
	case errors.Is(err, ErrLost):
		log.Info("job ended after it was cancelled or taken over", "err", failure)
	case err != nil:
		log.Error("write down how a job ended", "err", err, "failure", failure)
	case failure != nil && why == nil:
		log.Warn("job failed", "err", failure)
	}
}

// call runs the job's function and turns a panic into an error.
func (r *Runner) call(ctx context.Context, info Info, h *held) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return r.Workers.byKind[info.Kind](ctx, info, h)
}

// renewLeases keeps the jobs of this runner, and interrupts those it has lost.
func (r *Runner) renewLeases(ctx context.Context) {
	tick := time.NewTicker(r.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := r.renewOnce(ctx); err != nil && ctx.Err() == nil {
				r.Log.Error("renew the leases of running jobs", "err", err)
			}
		}
	}
}

func (r *Runner) renewOnce(ctx context.Context) error {
	// The list is made first: a job that begins while the leases are renewed is
	// not taken for a lost one.
	mine := r.Queue.heldBy(r.name)
	if len(mine) == 0 {
		return nil
	}
	var kept []ID
	err := r.Queue.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		kept, err = renew(ctx, tx, r.name, mine, r.Queue.now().Add(r.Lease))
		return err
	})
	if err != nil {
		return err
	}
	for _, job := range mine {
		if !slices.Contains(kept, job) {
			r.Queue.interrupt(job, ErrLost)
		}
	}
	return nil
}
