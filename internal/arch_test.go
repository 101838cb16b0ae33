// Package internal_test holds the rules of the house that a compiler does not
// check: who may import whom, who may write which table, that every SQL text is
// understood by both engines, that the schema can be spread over a cluster, and
// how large a file may become. docs/architecture.md gives the reasons.
package internal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/ricejar/ricejar/"

// levels are the floors of the house, top first. A package imports only what
// lies on a lower floor. A folder stands for all packages below it.
var levels = [][]string{
	{"cmd", "e2e", "bench"},
	{"internal/web", "internal/api"},
	{"internal/demo"}, // makes up a chain through the same doors as a person would
	{"internal/campaign"},
	{"internal/segment"},
	{"internal/care", "internal/support", "internal/survey"},
	{"internal/loyalty", "internal/insight", "internal/experiment"},
	{"internal/purchase"},
	{"internal/customer"},
	{"internal/org", "internal/auth", "internal/audit", "internal/jobs", "internal/channel", "internal/sheet", "internal/once"},
	{"internal/db"},
	{"internal/i18n"}, // writes money and days the reader's way
	{"internal/id", "internal/money", "internal/phone", "internal/day", "internal/pinyin"},
	{"internal/errs", "internal/text"},
	{"btyd"},
}

// edges are what the outside world is spoken to with; only the top floors, and
// the one package that is a channel to the outside, may know them.
var edges = []string{"net/http", "html/template", "github.com/a-h/templ", "github.com/danielgtaylor/huma"}

// drivers belong to internal/db alone.
var drivers = []string{"github.com/jackc/pgx", "modernc.org/sqlite", "github.com/pressly/goose"}

// sharedPages are the packages below internal/web that every page may use. All
// others are sections, and a section never imports another.
var sharedPages = []string{"internal/web", "internal/web/ui", "internal/web/form", "internal/web/paths", "internal/web/static", "internal/web/webtest"}

type pkg struct {
	ImportPath, Dir, Name, Export      string
	GoFiles, TestGoFiles, XTestGoFiles []string
	Imports, TestImports, XTestImports []string
	Error                              *struct{ Err string }

	path string // below the module: internal/customer
}

// goList runs go list at the top of the module.
func goList(args ...string) ([]*pkg, error) {
	cmd := exec.Command("go", append([]string{"list", "-e"}, args...)...)
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var list []*pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(pkg)
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		p.path = strings.TrimPrefix(p.ImportPath, module)
		list = append(list, p)
	}
}

var ourPackages = sync.OnceValues(func() ([]*pkg, error) {
	return goList("-json=ImportPath,Dir,Name,GoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports", "./...")
})

func packages(t *testing.T) []*pkg {
	t.Helper()
	list, err := ourPackages()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return list
}

// within reports whether path is the folder or lies below it.
func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func level(path string) int {
	return slices.IndexFunc(levels, func(rooms []string) bool {
		return slices.ContainsFunc(rooms, func(r string) bool { return within(path, r) })
	})
}

// room is the folder of levels that the package is in.
func room(path string) string {
	for _, rooms := range levels {
		for _, r := range rooms {
			if within(path, r) {
				return r
			}
		}
	}
	return ""
}

func TestPackagesImportOnlyLowerFloors(t *testing.T) {
	for _, p := range packages(t) {
		if p.path == "internal" {
			continue // these tests
		}
		if level(p.path) < 0 {
			t.Errorf("%s has no floor: add it to levels in internal/arch_test.go and to docs/architecture.md", p.path)
			continue
		}
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			path, ours := strings.CutPrefix(imported, module)
			if !ours || path == p.path {
				continue
			}
			switch {
			case room(path) == room(p.path):
				if room(path) == "internal/web" && !slices.Contains(sharedPages, path) && !slices.Contains(sharedPages, p.path) {
					t.Errorf("%s imports %s: a section of pages imports no other section", p.path, path)
				}
			case level(path) == level(p.path):
				t.Errorf("%s imports %s: packages on one floor do not import each other", p.path, path)
			case level(path) < level(p.path):
				t.Errorf("%s imports %s: imports go down, never up", p.path, path)
			}
		}
		for _, imported := range p.Imports {
			isHelper := strings.HasPrefix(imported, module) && strings.HasSuffix(imported, "test") // dbtest, webtest
			if isHelper && !strings.HasSuffix(p.path, "test") && !within(p.path, "bench") {
				t.Errorf("%s imports %s outside of its tests", p.path, imported)
			}
		}
	}
}

func TestContextsKnowNeitherHTTPNorDrivers(t *testing.T) {
	web := level("internal/web")
	for _, p := range packages(t) {
		if p.path == "internal" {
			continue
		}
		for _, imported := range p.Imports {
			is := func(prefix string) bool { return within(imported, prefix) }
			if level(p.path) > web && room(p.path) != "internal/channel" && slices.ContainsFunc(edges, is) {
				t.Errorf("%s imports %s: a context knows nothing of HTTP and pages", p.path, imported)
			}
			if room(p.path) != "internal/db" && room(p.path) != "bench" && slices.ContainsFunc(drivers, is) {
				t.Errorf("%s imports %s: a driver is known to internal/db alone", p.path, imported)
			}
		}
	}
}

func TestThePublicPackageStandsAlone(t *testing.T) {
	for _, p := range packages(t) {
		if !within(p.path, "btyd") {
			continue
		}
		for _, imported := range p.Imports {
			if strings.Contains(imported, ".") && !strings.HasPrefix(imported, module+"btyd/") && imported != module+"btyd" {
				t.Errorf("%s imports %s: others use this package without the rest of the program", p.path, imported)
			}
		}
	}
}

// TestTheDocumentNamesEveryRoom keeps docs/architecture.md from forgetting one.
func TestTheDocumentNamesEveryRoom(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages(t) {
		if r := room(p.path); r != "" && !bytes.Contains(text, []byte("`"+r)) {
			t.Errorf("docs/architecture.md does not name the room `%s`", r)
		}
	}
}
