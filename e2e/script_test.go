package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ricejar/ricejar/internal/db/dbtest"
)

// TestScripts runs every script of testdata/script on both engines. A script
// finds the program on its PATH and the database in RICEJAR_DB, and has one
// command of ours:
//
//	json PATH PATTERN    a value of the JSON last printed, such as clean.lines or 0.customer,
//	                     matches the whole pattern; len is the number of elements
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	bin := filepath.Dir(builtProgram(t))
	engines := map[string]func(t *testing.T, work string) string{
		"sqlite":   func(_ *testing.T, work string) string { return "sqlite:" + filepath.Join(work, "shop.db") },
		"postgres": func(t *testing.T, _ string) string { return dbtest.PostgresURL(t) },
	}
	for engine, database := range engines {
		for _, script := range scripts {
			t.Run(engine, func(t *testing.T) {
				testscript.Run(t, testscript.Params{
					Files: []string{script},
					Setup: func(env *testscript.Env) error {
						env.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
						env.Setenv("RICEJAR_LANG", "en")
						env.Setenv("RICEJAR_DB", database(t, env.WorkDir))
						return nil
					},
					Cmds: map[string]func(*testscript.TestScript, bool, []string){"json": checkJSON},
				})
			})
		}
	}
}

func checkJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: json PATH PATTERN")
	}
	var v any
	text := ts.ReadFile("stdout")
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		ts.Fatalf("not JSON: %v\n%s", err, text)
	}
	got, err := pick(v, args[0])
	if err != nil {
		ts.Fatalf("%v\n%s", err, text)
	}
	if !regexp.MustCompile(`^(?:` + args[1] + `)$`).MatchString(got) {
		ts.Fatalf("%s is %s, want %s\n%s", args[0], got, args[1], text)
	}
}

// pick finds a value by a path of names and indexes and writes it as a person would.
func pick(v any, path string) (string, error) {
	for step := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[step]
			if !ok {
				return "", fmt.Errorf("there is no %s", path)
			}
			v = next
		case []any:
			if step == "len" {
				return strconv.Itoa(len(at)), nil
			}
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(at) {
				return "", fmt.Errorf("there is no %s: %d elements", path, len(at))
			}
			v = at[i]
		default:
			return "", fmt.Errorf("%s leads into a value", path)
		}
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	default:
		out, err := json.Marshal(v)
		return string(out), err
	}
}
