package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/jobs"
)

func TestTwoRunners_never_run_the_same_job_at_once(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		const count = 120
		var mu sync.Mutex
		running, ran := map[jobs.ID]bool{}, map[jobs.ID]int{}
		all := make(chan struct{})
		work := func(_ context.Context, j *jobs.Job[bowl]) error {
			mu.Lock()
			if running[j.ID] {
				t.Errorf("job %d runs twice at once", j.Args.Fill)
			}
			running[j.ID] = true
			mu.Unlock()

			mu.Lock()
			defer mu.Unlock()
			running[j.ID] = false
			if ran[j.ID]++; len(ran) == count {
				select {
				case <-all:
				default:
					close(all)
				}
			}
			return nil
		}
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		servers := []*jobs.Queue{{DB: d}, {DB: d}} // two servers know nothing of each other
		for _, q := range servers {
			r := newRunner(q, work)
			r.Parallel, r.PollInterval = 3, 10*time.Millisecond
			wg.Go(func() { r.Run(ctx) })
		}
		for i := range count {
			enqueue(t, servers[i%2], i, jobs.Options{})
		}
		<-all
		stop()
		wg.Wait()
		for job, n := range ran {
			if n != 1 {
				t.Errorf("job %v ran %d times", job, n)
			}
		}
	})
}

// childURL asks this test binary to be a worker process, to be killed.
const childURL = "RICEJAR_JOBS_TEST_CHILD"

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		child(url)
		return
	}
	os.Exit(m.Run())
}

// child takes a job and does not come back from it.
func child(url string) {
	d, err := db.Open(context.Background(), url)
	if err != nil {
		fmt.Println(err)
		return
	}
	r := newRunner(&jobs.Queue{DB: d}, func(ctx context.Context, j *jobs.Job[bowl]) error {
		if err := j.Progress(ctx, 1, 2); err != nil {
			return err
		}
		fmt.Println("begun")
		select {}
	})
	r.Run(context.Background())
}

func TestKilledWorker_is_replaced_after_its_lease(t *testing.T) {
	urls := map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			at := url(t)
			d, err := db.Open(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			c := newClock()
			c.ms.Store(time.Now().UnixMilli())
			q := &jobs.Queue{DB: d, Now: c.now}
			job := enqueue(t, q, 1, jobs.Options{})

			cmd := exec.Command(os.Args[0], "-test.run=^$")
			cmd.Env = append(os.Environ(), childURL+"="+at)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			line, _ := bufio.NewReader(out).ReadString('\n')
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // it was killed: that is the error
			if line != "begun\n" {
				t.Fatalf("the worker says %q, want that it has begun", line)
			}

			ran := 0
			r := newRunner(q, func(_ context.Context, j *jobs.Job[bowl]) error {
				ran++
				if j.Done != 1 || j.Attempt != 2 {
					t.Errorf("got %+v, want the second attempt at a job half done", j.Info)
				}
				return nil
			})
			runDue(t, r, 0)
			if got := state(t, q, job); got.State != jobs.Running {
				t.Fatalf("before the lease has run out: %+v", got)
			}
			c.advance(2 * time.Minute)
			runDue(t, r, 1)
			if got := state(t, q, job); got.State != jobs.Done || ran != 1 {
				t.Errorf("got %+v after %d runs", got, ran)
			}
		})
	}
}
