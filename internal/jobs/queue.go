package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
)

// Queue is where jobs wait.
type Queue struct {
	DB  *db.DB
	Now func() time.Time // nil: time.Now

	mu      sync.Mutex
	wakers  map[chan struct{}]bool // of the runners of this process
	running map[ID]running         // in this process
}

// running is a job in the hands of a runner of this process.
type running struct {
	by     string
	cancel context.CancelCauseFunc
}

func (q *Queue) now() time.Time {
	if q.Now == nil {
		return time.Now()
	}
	return q.Now()
}

// Enqueue puts a job in the queue and returns its id, or that of the unfinished
// job with the same unique key.
func (q *Queue) Enqueue(ctx context.Context, args Args, opts Options) (ID, error) {
	var job ID
	err := q.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		job, err = q.EnqueueTx(ctx, tx, args, opts)
		return err
	})
	return job, err
}

// EnqueueTx is Enqueue within a transaction: the job exists once it commits.
func (q *Queue) EnqueueTx(ctx context.Context, tx *db.Tx, args Args, opts Options) (ID, error) {
	raw, err := json.Marshal(args)
	if err != nil {
		return 0, fmt.Errorf("write the arguments of %s: %w", args.Kind(), err)
	}
	now := q.now()
	info := Info{
		Kind: args.Kind(), Args: raw, UniqueKey: opts.UniqueKey, State: Queued,
		RunAt: opts.RunAt, MaxAttempts: opts.MaxAttempts, CreatedAt: now,
	}
	if info.RunAt.IsZero() {
		info.RunAt = now
	}
	if info.MaxAttempts <= 0 {
		info.MaxAttempts = defaultAttempts
	}
	// The other job may finish between our look and our write; then try again.
	for range 3 {
		info.ID = id.New[Info]()
		n, err := insert(ctx, tx, info)
		if err != nil {
			return 0, err
		}
		if n == 1 {
			tx.AfterCommit(q.wake)
			return info.ID, nil
		}
		other, err := db.One(ctx, tx, db.Value[int64],
			"SELECT id FROM job WHERE unique_key = ? AND state IN ('queued', 'running')", info.UniqueKey)
		if err == nil {
			return ID(other), nil
		}
		if !errors.Is(err, db.ErrNoRows) {
			return 0, err
		}
	}
	return 0, fmt.Errorf("jobs: %s with the key %q comes and goes too fast to be enqueued", info.Kind, info.UniqueKey)
}

// wake has the runners of this process look for work.
func (q *Queue) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for c := range q.wakers {
		select {
		case c <- struct{}{}:
		default: // it has been told already
		}
	}
}

// listen returns a channel that is told when there may be work.
func (q *Queue) listen() (c chan struct{}, stop func()) {
	c = make(chan struct{}, 1)
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.wakers == nil {
		q.wakers = make(map[chan struct{}]bool)
	}
	q.wakers[c] = true
	return c, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.wakers, c)
	}
}

// Get is the job with the id.
func (q *Queue) Get(ctx context.Context, job ID) (Info, error) {
	info, err := db.One(ctx, q.DB, scanInfo, "SELECT "+columns+" FROM job WHERE id = ?", int64(job))
	if errors.Is(err, db.ErrNoRows) {
		return Info{}, errs.New(errs.NotFound, "jobs.unknown")
	}
	return info, err
}

// Filter chooses jobs.
type Filter struct {
	State  State  // empty: any
	Kind   string // empty: any
	Before ID     // the id before which the page begins; 0: the newest
	Limit  int    // 0: 50
}

// List is a page of jobs, the newest first. The next page begins before the
// last id of this one.
func (q *Queue) List(ctx context.Context, f Filter) ([]Info, error) {
	cond, args := []string{"id > 0"}, []any(nil)
	add := func(c string, arg any) {
		cond, args = append(cond, c), append(args, arg)
	}
	if f.State != "" {
		add("state = ?", string(f.State))
	}
	if f.Kind != "" {
		add("kind = ?", f.Kind)
	}
	if f.Before != 0 {
		add("id < ?", int64(f.Before))
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	return db.All(ctx, q.DB, scanInfo,
		"SELECT "+columns+" FROM job WHERE "+strings.Join(cond, " AND ")+" ORDER BY id DESC LIMIT ?", append(args, f.Limit)...)
}

// Retry puts a failed or cancelled job back in the queue, with all its attempts
// before it again.
func (q *Queue) Retry(ctx context.Context, job ID) error {
	err := q.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE job SET state = 'queued', run_at = ?, attempt = 0, error = '', finished_at = NULL
			WHERE id = ? AND state IN ('failed', 'cancelled')`, db.Millis(q.now()), int64(job))
		if err == nil && n == 0 {
			return errs.New(errs.Conflict, "jobs.not_retryable")
		}
		tx.AfterCommit(q.wake)
		return err
	})
	if db.IsUnique(err) {
		return errs.New(errs.Conflict, "jobs.same_running")
	}
	return err
}

// Cancel ends a job that has not finished. A worker in this process is told at
// once, one elsewhere when it next renews its lease.
func (q *Queue) Cancel(ctx context.Context, job ID) error {
	return q.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE job SET state = 'cancelled', finished_at = ?, leased_by = '', leased_until = NULL
			WHERE id = ? AND state IN ('queued', 'running')`, db.Millis(q.now()), int64(job))
		if err == nil && n == 0 {
			return errs.New(errs.Conflict, "jobs.already_finished")
		}
		tx.AfterCommit(func() { q.interrupt(job, ErrLost) })
		return err
	})
}

// interrupt ends the context of a job that runs in this process.
func (q *Queue) interrupt(job ID, why error) {
	q.mu.Lock()
	r := q.running[job]
	q.mu.Unlock()
	if r.cancel != nil {
		r.cancel(why)
	}
}

func (q *Queue) began(job ID, by string, cancel context.CancelCauseFunc) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.running == nil {
		q.running = make(map[ID]running)
	}
	q.running[job] = running{by, cancel}
}

func (q *Queue) ended(job ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.running, job)
}

// heldBy are the jobs that a runner of this process is working on.
func (q *Queue) heldBy(runner string) (list []ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for job, r := range q.running {
		if r.by == runner {
			list = append(list, job)
		}
	}
	return list
}

// Prune removes jobs that finished well before the instant. Failed ones stay
// until somebody has retried them, or they are a year old.
func (q *Queue) Prune(ctx context.Context, before time.Time) error {
	return q.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM job WHERE state IN ('done', 'cancelled') AND finished_at < ?", db.Millis(before)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DELETE FROM job WHERE state = 'failed' AND finished_at < ?", db.Millis(before.AddDate(-1, 0, 0)))
		return err
	})
}
