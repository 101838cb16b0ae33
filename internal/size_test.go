package internal_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	maxFile    = 600  // lines of a file
	maxPackage = 6000 // lines of a package, without its tests
)

// largeFiles may be longer than maxFile, each for the reason it carries.
var largeFiles = map[string]string{}

// sources are the files people write, relative to the top of the repository.
func sources(t *testing.T, extensions ...string) map[string][]byte {
	t.Helper()
	list := make(map[string][]byte)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel("..", path)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if slices.Contains([]string{".git", "bin", "build", "demo", "node_modules", "internal/web/static/dist"}, rel) {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		if len(extensions) == 0 || slices.Contains(extensions, filepath.Ext(path)) {
			list[rel], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestFilesAndPackagesStaySmall(t *testing.T) {
	perPackage := make(map[string]int)
	for path, text := range sources(t, ".go", ".templ", ".sql", ".js", ".css") {
		n := bytes.Count(text, []byte("\n"))
		if n > maxFile && largeFiles[path] == "" {
			t.Errorf("%s has %d lines, want at most %d: cut it where its sections are, or give a reason in largeFiles", path, n, maxFile)
		}
		if ext := filepath.Ext(path); (ext == ".go" || ext == ".templ") && !strings.HasSuffix(path, "_test.go") {
			perPackage[filepath.Dir(path)] += n
		}
	}
	for dir, n := range perPackage {
		if n > maxPackage {
			t.Errorf("package %s has %d lines, want at most %d: it holds more than one thing", dir, n, maxPackage)
		}
	}
	for path := range largeFiles {
		if _, err := os.Stat(filepath.Join("..", path)); err != nil {
			t.Errorf("largeFiles names %s, which does not exist", path)
		}
	}
}

func TestEveryPackageSaysWhatItPromises(t *testing.T) {
	for _, p := range packages(t) {
		files := p.GoFiles
		if len(files) == 0 {
			files = slices.Concat(p.TestGoFiles, p.XTestGoFiles)
		}
		var docs []string
		for _, name := range files {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Errorf("%s: %v", p.path, err)
				continue
			}
			if doc := docText(f); doc != "" {
				docs = append(docs, name)
			}
		}
		switch len(docs) {
		case 1:
		case 0:
			t.Errorf("package %s has no package comment: say what it owns and what it never does, in doc.go", p.path)
		default:
			t.Errorf("package %s has %d package comments (%v), want one", p.path, len(docs), docs)
		}
	}
}

// docText is the package comment; a generated file's header is none.
func docText(f *ast.File) string {
	if f.Doc == nil || ast.IsGenerated(f) {
		return ""
	}
	return strings.TrimSpace(f.Doc.Text())
}

// homePath matches a path of somebody's own machine, which works nowhere else.
var homePath = regexp.MustCompile(`(?:^|[^\w.~/-])(/(?:root|home|Users|wor` + `k|tmp/plan)/[\w.-]+)`)

func TestNothingPointsIntoSomebodysMachine(t *testing.T) {
	for path, text := range sources(t) {
		if bytes.IndexByte(text, 0) >= 0 {
			continue // a picture, a spreadsheet
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			if m := homePath.FindSubmatch(line); m != nil {
				t.Errorf("%s:%d: %s is a path of one machine", path, i+1, m[1])
			}
		}
	}
}
