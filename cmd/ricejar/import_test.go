package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
)

// asProgram makes the test binary the program itself, so that it can be killed.
const asProgram = "RICEJAR_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// program is the program with arguments, as a process of its own.
func program(t *testing.T, url string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, append([]string{"--db", url, "--lang", "en"}, args...)...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// mustRun runs the program to its end and reads the JSON it prints.
func mustRun(t *testing.T, url string, into any, args ...string) {
	t.Helper()
	cmd := program(t, url, args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		t.Fatalf("ricejar %s: %v\n%s", strings.Join(args, " "), err, errOut.String())
	}
	if err := json.Unmarshal(out.Bytes(), into); err != nil {
		t.Fatalf("ricejar %s printed %s: %v", strings.Join(args, " "), out.String(), err)
	}
}

// export writes a till's export of enough lines for several chunks.
func export(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n")
	for r := range 40000 {
		card := ""
		if r%4 > 0 {
			card = fmt.Sprint(10000+r*7%1500, ".0")
		}
		for l := range 1 + r%8 {
			fmt.Fprintf(&b, "%d,S%d,thing %d,%d,2025-%02d-%02d 10:%02d:00,%d.%02d,%s\n", 500000+r, r*l%900, r*l%900, 1+l, 1+r/3400, 1+r/120%28, r%60, l, r%100, card)
		}
	}
	path := filepath.Join(t.TempDir(), "till.csv")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// killOnTheWay starts an import and kills it when its first chunk is committed.
func killOnTheWay(t *testing.T, d *db.DB, url string, args ...string) {
	t.Helper()
	cmd := program(t, url, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for {
		n, err := db.One(t.Context(), d, db.Value[int64], `SELECT COUNT(*) FROM import_run WHERE state = 'running' AND checkpoint <> ''`)
		if err == nil && n > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no chunk was committed: %v", err)
		}
		time.Sleep(time.Millisecond) // the other process tells nobody but the database
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var killed *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &killed) {
		t.Fatalf("the import was over before it could be killed: %v", err)
	}
}

func TestAKilledImportGoesOnOrIsUndone(t *testing.T) {
	file := export(t)
	args := []string{"import", "receipts", file, "--store", "T1", "--currency", "GBP", "--tz", "Europe/London", "--json"}
	report := func(url string) (v any) {
		mustRun(t, url, &v, "report", "purchases", "--json")
		return v
	}
	calm := dbtest.SQLiteURL(t)
	var r importJSON
	mustRun(t, calm, &r, args...)
	want := report(calm)
	for name, url := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			url := url(t)
			d, err := db.Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			empty := report(url)

			killOnTheWay(t, d, url, args...)
			var runs []importJSON
			mustRun(t, url, &runs, "import", "list", "--json")
			var undone importJSON
			mustRun(t, url, &undone, "import", "undo", runs[0].Run, "--json")
			if undone.State != "undone" || undone.Undone == 0 {
				t.Errorf("undo says %+v", undone)
			}
			if diff := cmp.Diff(empty, report(url)); diff != "" {
				t.Errorf("after the undo (-empty +undone):\n%s", diff)
			}

			killOnTheWay(t, d, url, args...)
			var again importJSON
			mustRun(t, url, &again, args...)
			if !again.Resumed || again.Rows != r.Rows || again.ReceiptsNew != r.ReceiptsNew {
				t.Errorf("resumed: %v, %d rows, %d receipts; want %d and %d", again.Resumed, again.Rows, again.ReceiptsNew, r.Rows, r.ReceiptsNew)
			}
			if diff := cmp.Diff(want, report(url)); diff != "" {
				t.Errorf("after the kill (-undisturbed +killed):\n%s", diff)
			}
			var second importJSON
			mustRun(t, url, &second, args...)
			if second.Changed || second.ReceiptsUnchanged != r.ReceiptsNew {
				t.Errorf("the second run says %+v", second.Counts)
			}
		})
	}
}

func TestImportExitsWith2ForAFileThatCannotBeRead(t *testing.T) {
	url := dbtest.SQLiteURL(t)
	dir := t.TempDir()
	for name, c := range map[string]struct{ content, args, says string }{
		"missing.csv":  {"", "", "no file"},
		"binary.csv":   {"\x00\x01\x02\x03", "", "not a table"},
		"old.xls":      {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "", "old Excel"},
		"cut.csv.gz":   {"\x1f\x8b\x08\x00\x00\x00", "", "damaged"},
		"column.csv":   {"a,b\n1,2\n", "--map=receipt=InvoiceNo", "no column “InvoiceNo”"},
		"one.csv":      {"a^b\n1^2\n", "--map=receipt=a", "Check the delimiter"},
		"latin.csv":    {"Name,Stra\xDFe\nM\xFCller,G\xF6thestr\n", "", "encoding"},
		"mapping.csv":  {"a,b\n1,2\n", "--map=receipt", "not understood"},
		"required.csv": {"receipt,sku,quantity\n1,2,3\n", "", "sold_at"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			if c.content != "" {
				if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			args := []string{"--db", url, "--lang", "en", "import", "receipts", path, "--store", "T1", "--currency", "GBP", "--tz", "Europe/London"}
			if c.args != "" {
				args = append(args, c.args)
			}
			var out, errOut bytes.Buffer
			if code := run(args, &out, &errOut); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			if !strings.Contains(errOut.String(), c.says) {
				t.Errorf("it says %q, want something with %q", errOut.String(), c.says)
			}
			if strings.Contains(errOut.String(), "level=") {
				t.Errorf("a mistake of the person is logged besides: %q", errOut.String())
			}
		})
	}
}

func TestWhoeverTypesNothingIsToldWhatThereIs(t *testing.T) {
	t.Setenv("RICEJAR_LANG", "en")
	for _, c := range []struct {
		args []string
		want string
	}{{nil, "Print whom to contact"}, {[]string{"today", "--nonsense"}, "ricejar today --help"}} {
		var out, errOut bytes.Buffer
		if code := run(c.args, &out, &errOut); code != 2 || out.Len() > 0 {
			t.Errorf("%q: exit code %d and on standard output %q, want 2 and nothing", c.args, code, &out)
		}
		if !strings.Contains(errOut.String(), c.want) {
			t.Errorf("%q says %q, want %q in it", c.args, &errOut, c.want)
		}
	}
}
