package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
)

// till is an export of receipts with three lines each, for a fifth as many
// customers; every line costs 2.50.
func till(t *testing.T, receipts int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "till.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "receipt,sold_at,sku,product,quantity,unit_price,customer")
	begin := time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC)
	for r := range receipts {
		for line := range 3 {
			fmt.Fprintf(w, "R%06d,%s,SKU%d,Rice %d,1,2.50,C%05d\n", r,
				begin.Add(time.Duration(r)*3*time.Minute).Format(time.DateTime), (r+line)%200, (r+line)%200, r%(receipts/5))
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// printed runs a command of the program and decodes the JSON it prints.
func printed(t *testing.T, database string, into any, args ...string) {
	t.Helper()
	cmd := exec.Command(builtProgram(t), append(args, "--db", database, "--json")...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
}

// makeDatabase has the program make its tables: commands that only read make none.
func makeDatabase(t *testing.T, database string) {
	t.Helper()
	cmd := exec.Command(builtProgram(t), "user", "add", "boss", "--name", "Boss", "--role", "administrator", "--db", database)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make the database: %v\n%s", err, out)
	}
}

// TestAnImportThatIsKilledGoesOnAndLosesNothing kills the real process with a
// signal it cannot catch, as soon as it has written something.
func TestAnImportThatIsKilledGoesOnAndLosesNothing(t *testing.T) {
	const receipts = 30_000
	file := till(t, receipts)
	for engine, database := range map[string]string{"sqlite": dbtest.SQLiteURL(t), "postgres": dbtest.PostgresURL(t)} {
		t.Run(engine, func(t *testing.T) {
			importArgs := []string{"import", "receipts", file, "--store", "S1", "--currency", "CNY", "--tz", "Asia/Shanghai"}
			d, err := db.Open(t.Context(), database)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			cmd := exec.Command(builtProgram(t), append(importArgs, "--db", database)...)
			cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() {
				_ = cmd.Wait() // killed, and so in error
				close(ended)
			}()
			for written := false; !written; {
				if written, err = db.One(t.Context(), d, db.Value[bool], "SELECT EXISTS (SELECT 1 FROM receipt)"); err != nil {
					t.Fatal(err)
				}
				select {
				case <-ended:
					t.Fatal("the import ended before it could be killed: give it more receipts")
				default:
				}
			}
			_ = cmd.Process.Kill()
			<-ended

			var half, whole struct {
				Lines    int64
				Receipts int64
				NetTotal string `json:"net_total"`
			}
			printed(t, database, &half, "report", "purchases")
			if half.Receipts == 0 || half.Receipts >= receipts {
				t.Fatalf("%d receipts after the kill, want some and not all", half.Receipts)
			}
			if half.Lines != 3*half.Receipts {
				t.Errorf("%d lines of %d receipts: a receipt is half there", half.Lines, half.Receipts)
			}
			var again struct{ Resumed, Changed bool }
			printed(t, database, &again, importArgs...)
			if !again.Resumed || !again.Changed {
				t.Errorf("the second run says %+v, want that it went on", again)
			}
			printed(t, database, &whole, "report", "purchases")
			if whole.Receipts != receipts || whole.Lines != 3*receipts || whole.NetTotal != fmt.Sprintf("%d.00", receipts*3*5/2) {
				t.Errorf("after going on: %+v, want every receipt once", whole)
			}
			var third struct{ Changed bool }
			printed(t, database, &third, importArgs...)
			if third.Changed {
				t.Error("a third run changes something")
			}
		})
	}
}
