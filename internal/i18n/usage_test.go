package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sources is what the Go and templ files of the program say about messages.
type sources struct {
	literals map[string]bool   // every string literal
	prefixes []string          // literals ending in a dot: "care.rule."
	asked    map[string]string // literals given to a call that wants a key → where
}

// keyArgument says, for a called function's name, which argument is a key.
var keyArgument = map[string]int{
	"T": 0, "Args": 0, // Printer.T, Printer.Args; i18n.T has the context first
	"New": 1, "Wrap": 2, // errs
	"Add": 1, // errs.Fields
	"Key": 0, // i18n.Key
}

var (
	keyShape    = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)
	prefixShape = regexp.MustCompile(`^[a-z][a-z0-9_]*\.([a-z0-9_]+\.)*$`)
	quoted      = regexp.MustCompile("\"([^\"\\\\\n]*)\"|`([^`\n]*)`")
	templCall   = regexp.MustCompile(`\bT\((?:ctx, )?"([^"]+)"`)
)

func readSources(t *testing.T, root string) sources {
	t.Helper()
	s := sources{literals: map[string]bool{}, asked: map[string]string{}}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "bin" || d.Name() == "testdata"):
			return filepath.SkipDir
		case strings.HasSuffix(path, "_templ.go"), strings.HasSuffix(path, "_test.go"):
			return nil
		case strings.HasSuffix(path, ".go"):
			return s.readGo(path)
		case strings.HasSuffix(path, ".templ"):
			return s.readTempl(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *sources) literal(v string) {
	s.literals[v] = true
	if prefixShape.MatchString(v) {
		s.prefixes = append(s.prefixes, v)
	}
}

func (s *sources) readGo(path string) error {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if v, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				s.literal(v)
			}
		case *ast.CallExpr:
			s.call(fset, n)
		}
		return true
	})
	return nil
}

// call notes the key of a call that wants one, when it is a plain literal.
func (s *sources) call(fset *token.FileSet, c *ast.CallExpr) {
	var name, on string
	switch f := c.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if x, ok := f.X.(*ast.Ident); ok {
			on = x.Name
		}
	}
	at, ok := keyArgument[name]
	if !ok || ((name == "New" || name == "Wrap") && on != "errs") {
		return
	}
	if name == "T" && on == "i18n" {
		at = 1
	}
	if at >= len(c.Args) {
		return
	}
	lit, ok := c.Args[at].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return
	}
	if v, err := strconv.Unquote(lit.Value); err == nil && keyShape.MatchString(v) {
		s.asked[v] = fset.Position(lit.Pos()).String()
	}
}

func (s *sources) readTempl(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, m := range quoted.FindAllSubmatch(raw, -1) {
		s.literal(string(m[1]) + string(m[2]))
	}
	for _, m := range templCall.FindAllSubmatch(raw, -1) {
		if key := string(m[1]); keyShape.MatchString(key) {
			s.asked[key] = path
		}
	}
	return nil
}

func (s sources) uses(key string) bool {
	return s.literals[key] || slices.ContainsFunc(s.prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

func TestEveryMessageIsUsed(t *testing.T) {
	s := readSources(t, "../..")
	for key := range catalog() {
		if !s.uses(key) {
			t.Errorf("%s is in the catalog and no source asks for it: remove it, or use it", key)
		}
	}
}

func TestEveryMessageAskedForExists(t *testing.T) {
	s := readSources(t, "../..")
	for key, where := range s.asked {
		if !Has(key) {
			t.Errorf("%s: the message %s does not exist: add it to messages/%s.json in three languages", where, key, strings.Split(key, ".")[0])
		}
	}
}
