package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/jobs"
)

// clock is a time that only moves when told to.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// bowl is the job of these tests.
type bowl struct {
	Fill int `json:"fill"`
}

func (bowl) Kind() string { return "test.bowl" }

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func newRunner(q *jobs.Queue, work func(context.Context, *jobs.Job[bowl]) error) *jobs.Runner {
	w := &jobs.Workers{}
	jobs.Register(w, work)
	// Only a wake-up or a free hand makes it look: the poll is for other servers.
	return &jobs.Runner{Queue: q, Workers: w, PollInterval: time.Hour, Log: quiet}
}

func enqueue(t *testing.T, q *jobs.Queue, n int, opts jobs.Options) jobs.ID {
	t.Helper()
	job, err := q.Enqueue(t.Context(), bowl{n}, opts)
	if err != nil {
		t.Fatal(err)
	}
	return job
}

func runDue(t *testing.T, r *jobs.Runner, want int) {
	t.Helper()
	if n, err := r.RunDue(t.Context()); err != nil || n != want {
		t.Fatalf("ran %d jobs, %v; want %d", n, err, want)
	}
}

func state(t *testing.T, q *jobs.Queue, job jobs.ID) jobs.Info {
	t.Helper()
	info, err := q.Get(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestEnqueueTx_that_is_rolled_back_leaves_nothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		q := &jobs.Queue{DB: d}
		boom := errors.New("boom")
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := q.EnqueueTx(ctx, tx, bowl{1}, jobs.Options{}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if list, err := q.List(t.Context(), jobs.Filter{}); err != nil || len(list) != 0 {
			t.Errorf("got %v, %v", list, err)
		}
	})
}

func TestJob_is_run_with_its_arguments_when_its_time_has_come(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := newClock()
		q := &jobs.Queue{DB: d, Now: c.now}
		var ran []int
		r := newRunner(q, func(_ context.Context, j *jobs.Job[bowl]) error {
			ran = append(ran, j.Args.Fill)
			return nil
		})
		enqueue(t, q, 3, jobs.Options{RunAt: c.now().Add(time.Hour)})
		enqueue(t, q, 1, jobs.Options{})
		last := enqueue(t, q, 2, jobs.Options{})
		runDue(t, r, 2)
		c.advance(time.Hour)
		runDue(t, r, 1)
		if diff := cmp.Diff([]int{1, 2, 3}, ran); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		got := state(t, q, last)
		if got.State != jobs.Done || got.Attempt != 1 || got.FinishedAt.IsZero() {
			t.Errorf("got %+v", got)
		}
	})
}

func TestEnqueue_with_a_unique_key_finds_the_unfinished_one(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		q := &jobs.Queue{DB: d}
		var wg sync.WaitGroup
		ids := make([]jobs.ID, 8)
		for i := range ids {
			wg.Go(func() {
				var err error
				if ids[i], err = q.Enqueue(t.Context(), bowl{i}, jobs.Options{UniqueKey: "file:1"}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, job := range ids {
			if job != ids[0] {
				t.Fatalf("got %v, want one and the same job", ids)
			}
		}
		r := newRunner(q, func(context.Context, *jobs.Job[bowl]) error { return nil })
		runDue(t, r, 1)
		if again := enqueue(t, q, 9, jobs.Options{UniqueKey: "file:1"}); again == ids[0] {
			t.Error("a finished job still holds its key")
		}
		if other := enqueue(t, q, 9, jobs.Options{UniqueKey: "file:2"}); other == ids[0] {
			t.Error("another key found the same job")
		}
	})
}

func TestFailure_is_tried_again_later_and_at_last_left_to_a_person(t *testing.T) {
	cases := []struct {
		name  string
		work  func() error
		text  string
		waits []time.Duration // before each further attempt
	}{
		{"error", func() error { return errors.New("no rice") }, "no rice", []time.Duration{10 * time.Second, 20 * time.Second}},
		{"panic", func() error { panic("jar broke") }, "panic: jar broke", []time.Duration{10 * time.Second, 20 * time.Second}},
		{"permanent", func() error { return fmt.Errorf("cook: %w", jobs.Permanent(errors.New("no jar"))) }, "no jar", nil},
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				c := newClock()
				q := &jobs.Queue{DB: d, Now: c.now}
				fails := true
				r := newRunner(q, func(context.Context, *jobs.Job[bowl]) error {
					if fails {
						return tc.work()
					}
					return nil
				})
				job := enqueue(t, q, 1, jobs.Options{MaxAttempts: 3})
				runDue(t, r, 1)
				for _, wait := range tc.waits {
					if got := state(t, q, job); got.State != jobs.Queued || !strings.Contains(got.Error, tc.text) {
						t.Fatalf("got %+v", got)
					}
					c.advance(wait - time.Millisecond)
					runDue(t, r, 0)
					c.advance(time.Millisecond)
					runDue(t, r, 1)
				}
				if got := state(t, q, job); got.State != jobs.Failed || !strings.Contains(got.Error, tc.text) {
					t.Fatalf("got %+v, want it failed", got)
				}
				failed, err := q.List(t.Context(), jobs.Filter{State: jobs.Failed, Kind: "test.bowl"})
				if err != nil || len(failed) != 1 || failed[0].ID != job {
					t.Errorf("got %v, %v; want the failed job", failed, err)
				}
				fails = false
				if err := q.Retry(t.Context(), job); err != nil {
					t.Fatal(err)
				}
				runDue(t, r, 1)
				if got := state(t, q, job); got.State != jobs.Done || got.Error != "" {
					t.Errorf("after the retry: got %+v", got)
				}
				if err := q.Retry(t.Context(), job); err == nil {
					t.Error("a job that is done can be retried")
				}
			})
		}
	})
}

func TestRunner_wakes_when_a_job_is_committed_and_runs_several_at_a_time(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		q := &jobs.Queue{DB: d}
		together := make(chan int, 2)
		proceed := make(chan struct{})
		r := newRunner(q, func(ctx context.Context, j *jobs.Job[bowl]) error {
			together <- j.Args.Fill
			<-proceed
			return nil
		})
		ctx, stop := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		go func() { defer close(stopped); r.Run(ctx) }()
		first, second := enqueue(t, q, 1, jobs.Options{}), enqueue(t, q, 2, jobs.Options{})
		<-together
		<-together // the second began although the first has not ended
		third := enqueue(t, q, 3, jobs.Options{})
		close(proceed)
		<-together
		stop()
		<-stopped
		for _, job := range []jobs.ID{first, second, third} {
			if got := state(t, q, job); got.State != jobs.Done {
				t.Errorf("after a stop: %s is %s, want what began to be done", got.Args, got.State)
			}
		}
	})
}

func TestStop_puts_back_what_does_not_finish_in_time(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		q := &jobs.Queue{DB: d}
		began := make(chan struct{})
		r := newRunner(q, func(ctx context.Context, _ *jobs.Job[bowl]) error {
			close(began)
			<-ctx.Done()
			return ctx.Err()
		})
		r.Grace = time.Nanosecond
		ctx, stop := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		go func() { defer close(stopped); r.Run(ctx) }()
		job := enqueue(t, q, 1, jobs.Options{MaxAttempts: 1})
		<-began
		stop()
		<-stopped
		if got := state(t, q, job); got.State != jobs.Queued || got.Attempt != 0 {
			t.Errorf("got %+v, want it back in the queue as if never begun", got)
		}
	})
}

func TestCancel_ends_a_job_queued_or_running(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		q := &jobs.Queue{DB: d}
		began, why := make(chan struct{}), make(chan error, 1)
		r := newRunner(q, func(ctx context.Context, _ *jobs.Job[bowl]) error {
			close(began)
			<-ctx.Done()
			why <- context.Cause(ctx)
			return ctx.Err()
		})
		waiting := enqueue(t, q, 1, jobs.Options{RunAt: time.Now().Add(time.Hour)})
		if err := q.Cancel(t.Context(), waiting); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		go func() { defer close(stopped); r.Run(ctx) }()
		job := enqueue(t, q, 2, jobs.Options{})
		<-began
		if err := q.Cancel(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		if err := <-why; !errors.Is(err, jobs.ErrLost) {
			t.Errorf("its context ended with %v", err)
		}
		stop()
		<-stopped
		for _, id := range []jobs.ID{waiting, job} {
			if got := state(t, q, id); got.State != jobs.Cancelled {
				t.Errorf("got %s, want cancelled", got.State)
			}
			if err := q.Cancel(t.Context(), id); err == nil {
				t.Error("cancelled twice")
			}
		}
	})
}

func TestProgress_is_seen_and_ends_the_transaction_of_who_lost_the_job(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := newClock()
		q := &jobs.Queue{DB: d, Now: c.now}
		var seen jobs.Info
		var lost error
		r := newRunner(q, func(ctx context.Context, j *jobs.Job[bowl]) error {
			if err := j.Progress(ctx, 40, 100); err != nil {
				return err
			}
			if err := j.Progress(ctx, 41, 100); err != nil { // too soon to be written
				return err
			}
			seen = state(t, q, j.ID)
			// It stalls beyond its lease, and another runner gets the job.
			c.advance(2 * time.Minute)
			taken := false
			runDue(t, newRunner(q, func(context.Context, *jobs.Job[bowl]) error { taken = true; return nil }), 1)
			if !taken {
				t.Error("not taken over")
			}
			lost = j.Progress(ctx, 100, 100)
			return lost
		})
		job := enqueue(t, q, 1, jobs.Options{})
		runDue(t, r, 1)
		if seen.Done != 40 || seen.All != 100 || seen.State != jobs.Running {
			t.Errorf("got %+v", seen)
		}
		if !errors.Is(lost, jobs.ErrLost) {
			t.Errorf("the one who stalled writes on: %v", lost)
		}
		if got := state(t, q, job); got.State != jobs.Done || got.Attempt != 2 {
			t.Errorf("got %+v, want it done by the second", got)
		}
	})
}

func TestJob_that_kills_every_worker_fails_at_last(t *testing.T) {
	d := dbtest.SQLite(t)
	c := newClock()
	q := &jobs.Queue{DB: d, Now: c.now}
	job := enqueue(t, q, 1, jobs.Options{MaxAttempts: 2})
	for range 2 {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { // claimed, and then the worker is gone
			_, err := tx.Exec(ctx, "UPDATE job SET state = 'running', attempt = attempt + 1, leased_by = 'gone', leased_until = ?", db.Millis(c.now().Add(time.Minute)))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c.advance(time.Minute)
		q2 := newRunner(q, func(context.Context, *jobs.Job[bowl]) error { return jobs.ErrLost })
		q2.Workers = &jobs.Workers{}
		jobs.Register(q2.Workers, func(context.Context, *jobs.Job[other]) error { return nil })
		runDue(t, q2, 0) // rescues, and cannot run it itself
	}
	if got := state(t, q, job); got.State != jobs.Failed {
		t.Errorf("got %+v, want it failed", got)
	}
}

type other struct{}

func (other) Kind() string { return "test.other" }

func TestFailure_is_written_down_whatever_it_quotes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		q := &jobs.Queue{DB: d}
		r := newRunner(q, func(context.Context, *jobs.Job[bowl]) error {
			return errors.New("row 7: \xff\x00 is no rice " + strings.Repeat("饭", 1<<20))
		})
		job := enqueue(t, q, 1, jobs.Options{MaxAttempts: 1})
		runDue(t, r, 1)
		if got := state(t, q, job); got.State != jobs.Failed || !strings.HasPrefix(got.Error, "row 7:  is no rice 饭") || len(got.Error) > 30_000 {
			t.Errorf("got %s, %d bytes: %.60q", got.State, len(got.Error), got.Error)
		}
	})
}

func TestRunDue_keeps_its_lease_while_a_job_takes_long(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := newClock()
		q := &jobs.Queue{DB: d, Now: c.now}
		leased := func() int64 {
			until, err := db.One(t.Context(), d, db.Value[int64], "SELECT leased_until FROM job")
			if err != nil {
				t.Error(err)
			}
			return until
		}
		r := newRunner(q, func(ctx context.Context, _ *jobs.Job[bowl]) error {
			first := leased()
			c.advance(time.Hour)
			for leased() == first {
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			return nil
		})
		r.Lease = 30 * time.Millisecond
		job := enqueue(t, q, 1, jobs.Options{MaxAttempts: 1})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if n, err := r.RunDue(ctx); n != 1 || err != nil {
			t.Errorf("ran %d, %v", n, err)
		}
		if got := state(t, q, job); got.State != jobs.Done {
			t.Errorf("got %+v, want it done under a lease that was renewed", got)
		}
	})
}

// TestALeaseIsNotRenewedForAJobThatIsOver has a database that cannot take down
// how a job ended, as when its server is started anew at that moment: another
// worker must get the job, however long this one goes on with others.
func TestALeaseIsNotRenewedForAJobThatIsOver(t *testing.T) {
	d := dbtest.SQLite(t)
	c := newClock()
	q := &jobs.Queue{DB: d, Now: c.now}
	until := func(job jobs.ID) int64 {
		ms, err := db.One(t.Context(), d, db.Value[int64], "SELECT leased_until FROM job WHERE id = ?", int64(job))
		if err != nil {
			t.Fatal(err)
		}
		return ms
	}
	if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "CREATE TRIGGER no_end BEFORE UPDATE ON job WHEN NEW.state = 'done' BEGIN SELECT RAISE(ABORT, 'not now'); END")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var over jobs.ID
	ran := 0
	r := newRunner(q, func(_ context.Context, j *jobs.Job[bowl]) error {
		if ran++; ran == 1 {
			over = j.ID
			return nil
		}
		left := until(over)
		for range 2 { // renewals of this job's lease
			before := until(j.ID)
			c.advance(time.Millisecond)
			for until(j.ID) == before {
				if err := t.Context().Err(); err != nil {
					return err
				}
			}
		}
		if got := until(over); got != left {
			t.Errorf("the lease of the job that is over went from %d to %d", left, got)
		}
		return nil
	})
	r.Lease = 30 * time.Millisecond
	enqueue(t, q, 1, jobs.Options{})
	enqueue(t, q, 2, jobs.Options{})
	runDue(t, r, 2)
}

func TestPrune_removes_what_finished_long_ago_but_not_failures(t *testing.T) {
	d := dbtest.SQLite(t)
	c := newClock()
	q := &jobs.Queue{DB: d, Now: c.now}
	fail := true
	r := newRunner(q, func(context.Context, *jobs.Job[bowl]) error {
		if fail {
			return jobs.Permanent(errors.New("no"))
		}
		return nil
	})
	failed := enqueue(t, q, 1, jobs.Options{})
	runDue(t, r, 1)
	fail = false
	enqueue(t, q, 2, jobs.Options{})
	runDue(t, r, 1)
	c.advance(48 * time.Hour)
	if err := q.Prune(t.Context(), c.now().Add(-24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	list, err := q.List(t.Context(), jobs.Filter{})
	if err != nil || len(list) != 1 || list[0].ID != failed {
		t.Errorf("got %v, %v; want only the failed one", list, err)
	}
}
