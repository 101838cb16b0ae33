package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/id"
)

// ID identifies a job.
type ID = id.Of[Info]

// Args are what a job is to work on. They are kept as JSON, so a field once
// used keeps its meaning: jobs enqueued by the last version are still there.
type Args interface {
	// Kind names the job for good: import.receipts, plan.day.
	Kind() string
}

// Options say how a job is to be run.
type Options struct {
	UniqueKey   string    // not empty: at most one unfinished job per key
	RunAt       time.Time // zero: at once
	MaxAttempts int       // zero: 5
}

const defaultAttempts = 5

// State is where a job stands.
type State string

// The states.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed" // its attempts are used up; a person may retry it
	Cancelled State = "cancelled"
)

// Finished reports whether the job has come to its end.
func (s State) Finished() bool { return s == Done || s == Failed || s == Cancelled }

// Info is a job as it stands in the table.
type Info struct {
	ID          ID
	Kind        string
	Args        json.RawMessage
	UniqueKey   string
	State       State
	RunAt       time.Time
	Attempt     int
	MaxAttempts int
	Done, All   int64  // progress; All is 0 when it is not known
	Error       string // of the last attempt, for an administrator
	CreatedAt   time.Time
	FinishedAt  time.Time // zero: not yet
}

// Job is a job in the hands of its worker.
type Job[T Args] struct {
	Info
	Args T

	held *held
}

// held is a lease on a job.
type held struct {
	queue *Queue
	job   ID
	by    string
	tries int
	lease time.Duration
	last  time.Time // when progress was last written
}

// ErrLost is returned to a worker that no longer holds its job: it was
// cancelled, or the lease ran out and somebody else has it. It should stop.
var ErrLost = errors.New("jobs: the job is no longer ours")

// progressEvery is how often Progress is written.
const progressEvery = 500 * time.Millisecond

// Progress tells how far the job has come: done of all units. It may be called
// as often as one likes.
func (j *Job[T]) Progress(ctx context.Context, done, all int64) error {
	now := j.held.queue.now()
	if now.Sub(j.held.last) < progressEvery && done != all {
		return context.Cause(ctx)
	}
	return j.held.queue.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return j.ProgressTx(ctx, tx, done, all) })
}

// ProgressTx is Progress within the transaction of the work itself. It renews
// the lease, and ends the transaction with ErrLost when there is none to renew.
func (j *Job[T]) ProgressTx(ctx context.Context, tx *db.Tx, done, all int64) error {
	j.held.last = j.held.queue.now()
	return j.held.progress(ctx, tx, done, all)
}

// Permanent marks an error that another attempt would only meet again: the job
// fails at once.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanent{err}
}

type permanent struct{ error }

func (p *permanent) Unwrap() error { return p.error }

// Workers know how to run each kind of job. The zero value knows none.
type Workers struct {
	byKind map[string]func(ctx context.Context, info Info, h *held) error
}

// Register says how jobs with the args T are run. Two workers for one kind are
// a programming error.
func Register[T Args](w *Workers, work func(ctx context.Context, job *Job[T]) error) {
	var zero T
	kind := zero.Kind()
	if _, twice := w.byKind[kind]; twice {
		panic("jobs: two workers for " + kind)
	}
	if w.byKind == nil {
		w.byKind = make(map[string]func(context.Context, Info, *held) error)
	}
	w.byKind[kind] = func(ctx context.Context, info Info, h *held) error {
		job := &Job[T]{Info: info, held: h}
		if err := json.Unmarshal(info.Args, &job.Args); err != nil {
			return Permanent(fmt.Errorf("read the arguments of %s: %w", kind, err))
		}
		return work(ctx, job)
	}
}

// kinds are the kinds that can be run, in order.
func (w *Workers) kinds() []string {
	var list []string
	for kind := range w.byKind {
		list = append(list, kind)
	}
	slices.Sort(list)
	return list
}

// backoff is how long to wait after the nth failed attempt: 10 s, 20 s, 40 s, …
// up to an hour.
func backoff(attempt int) time.Duration {
	const first, longest = 10 * time.Second, time.Hour
	wait := first
	for n := 1; n < attempt && wait < longest; n++ {
		wait *= 2
	}
	return min(wait, longest)
}
