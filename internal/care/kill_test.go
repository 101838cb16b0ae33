package care_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// planURL makes this program a planner of that database instead of a test.
const planURL = "RICEJAR_TEST_PLAN_URL"

func TestMain(m *testing.M) {
	url := os.Getenv(planURL)
	if url == "" {
		os.Exit(m.Run())
	}
	if err := planAndTell(url); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// planAndTell plans in small steps. After each it writes a line and waits for
// one, so that it cannot be through before anybody has had time to kill it.
func planAndTell(url string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, url)
	if err != nil {
		return err
	}
	o, c := &org.Service{DB: d}, customer.New(d)
	s := care.New(d, o, c, purchase.New(d, c, o, nil))
	s.Chunk = 1
	leave := bufio.NewScanner(os.Stdin)
	s.Progress = func(rule string, made int64) {
		fmt.Println(rule, made)
		leave.Scan()
	}
	_, err = s.Plan(ctx, today)
	return err
}

// planner starts the program as a planner: it writes a line per step, and goes on
// when it is sent one.
func planner(t *testing.T, url string) (cmd *exec.Cmd, lines *bufio.Scanner, leave io.Writer) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), planURL+"="+url)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out), in
}

func TestPlan_killed_anywhere_goes_on_and_loses_nothing(t *testing.T) {
	for engine, makeURL := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		t.Run(engine, func(t *testing.T) {
			url := makeURL(t)
			d, err := db.Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			s := newShop(t, d)
			s.fillAll()
			want := s.plan().Made
			s.exec("DELETE FROM task")
			s.exec("DELETE FROM plan_run")
			for kills := 1; ; kills++ {
				cmd, lines, leave := planner(t, url)
				for steps := 0; steps < 1+kills%3 && lines.Scan(); steps++ {
					_, _ = io.WriteString(leave, "\n") // it may be through by now
				}
				_ = cmd.Process.Kill() // at once after it went on: in the middle of a step
				if err := cmd.Wait(); err == nil {
					if kills < 4 {
						t.Errorf("through after %d runs: the kills came too late to test anything", kills)
					}
					break
				}
				if kills == 100 {
					t.Fatal("the plan does not get any further")
				}
			}
			if p := s.plan(); p.Made != 0 {
				t.Errorf("a run after the killed ones still made %d", p.Made)
			}
			if n := count(t, d, "TRUE"); int64(n) != want {
				t.Errorf("%d tasks, want %d", n, want)
			}
		})
	}
}
