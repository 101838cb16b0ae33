package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/ricejar/ricejar/internal/errs"
)

// begin are the commands with which a company begins: they make a database that
// is not there. All others say that it is not.
var begin = map[string][]string{
	"serve":            nil, // serves: driven as a program, in e2e
	"demo":             nil, // has a folder of its own
	"import receipts":  {"import", "receipts", "FILE", "--store", "S1", "--currency", "CNY", "--tz", "Asia/Shanghai"},
	"import customers": {"import", "customers", "FILE"},
	"user add":         {"user", "add", "boss", "--name", "Boss", "--role", "administrator"},
	"btyd fit":         nil, // needs no database
	"btyd score":       nil,
	"btyd evaluate":    nil,
	"insight what-if":  nil,
}

// others are the arguments of the commands that take some.
var others = map[string][]string{
	"import undo":      {"import", "undo", "1"},
	"import problems":  {"import", "problems", "1", "-o", "FILE.csv"},
	"insight customer": {"insight", "customer", "1"},
	"insight reason":   {"insight", "reason", "1"},
	"insight visits":   {"insight", "visits", "S1"},
	"user reset":       {"user", "reset", "boss"},
}

func TestEveryCommand_but_those_a_company_begins_with_asks_for_a_database_that_is_there(t *testing.T) {
	var c cli
	var commands int
	for _, leaf := range kong.Must(&c, kong.Vars{"version": ""}).Model.Leaves(true) {
		path := strings.TrimSpace(leaf.Path())
		if _, ok := begin[path]; ok {
			continue
		}
		commands++
		t.Run(path, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "mistyped.db")
			args, ok := others[path]
			if !ok {
				args = strings.Fields(path)
			}
			code, text := ran(t, dir, file, args)
			if code != errs.NotFound.Exit() || !strings.Contains(text, "There is no database "+file) || !strings.Contains(text, "ricejar serve") {
				t.Errorf("exit %d: %s", code, text)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
				t.Errorf("it left %v, %v", left, err)
			}
		})
	}
	if commands < 20 {
		t.Errorf("only %d commands were tried", commands)
	}
}

func TestACompanyBegins_with_an_import_or_its_first_person(t *testing.T) {
	csv := filepath.Join(t.TempDir(), "file.csv")
	text := "receipt,sku,quantity,sold_at,unit_price,customer,name,phone\n1,A,2,2026-01-02 10:00,5,C1,Ann,13812345678\n"
	if err := os.WriteFile(csv, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, args := range begin {
		if args == nil {
			continue
		}
		t.Run(path, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "shop.db")
			for i, a := range args {
				if a == "FILE" {
					args[i] = csv
				}
			}
			if args[0] == "import" { // a trial leaves nothing
				if code, text := ran(t, dir, file, append(args, "--dry-run")); code != 0 || !strings.Contains(text, "nothing was written") {
					t.Errorf("a dry run: exit %d: %s", code, text)
				}
				if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
					t.Errorf("a dry run left %v, %v", left, err)
				}
			}
			if code, text := ran(t, dir, file, args); code != 0 {
				t.Errorf("exit %d: %s", code, text)
			}
			if _, err := os.Stat(file); err != nil {
				t.Error(err)
			}
		})
	}
}

// ran is what the program says of arguments in a folder, with a file as its database.
func ran(t *testing.T, dir, file string, args []string) (code int, text string) {
	t.Helper()
	t.Chdir(dir)
	var out bytes.Buffer
	code = run(append([]string{"--db", "sqlite:" + file, "--lang", "en"}, args...), &out, &out)
	return code, out.String()
}
