package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	ownedBy     = regexp.MustCompile(`^--\s*Owned by (.*)`)
	ownerName   = regexp.MustCompile(`internal/\w+`)
	createTable = regexp.MustCompile(`(?i)^CREATE TABLE (\w+)`)
	writesTable = regexp.MustCompile(`(?i)\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(\w+)`)
)

// owners reads from the migrations who owns each table: the latest line
// "-- Owned by internal/x" above it says so.
func owners(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("db/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations found: %v", err)
	}
	table := make(map[string][]string)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var owner []string
		for line := range strings.Lines(string(text)) {
			if m := ownedBy.FindStringSubmatch(line); m != nil {
				owner = ownerName.FindAllString(m[1], -1)
			}
			if m := createTable.FindStringSubmatch(line); m != nil {
				if owner == nil {
					t.Errorf("%s: table %s has no owner: write \"-- Owned by internal/x\" above it", name, m[1])
				}
				table[m[1]] = owner
			}
		}
	}
	return table
}

// TestOnlyTheOwnerWritesATable looks at every string of the program for SQL
// that writes, and at every db.Bulk for its table.
func TestOnlyTheOwnerWritesATable(t *testing.T) {
	owner := owners(t)
	written := make(map[string]bool)
	for _, p := range packages(t) {
		if room(p.path) == "bench" || p.path == "internal/db" {
			continue // load generators fill tables as no program would; db knows no table
		}
		for _, name := range p.GoFiles {
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Error(err)
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				for _, table := range tablesWritten(n) {
					who, known := owner[table]
					if !known {
						continue // not SQL after all, or a temporary table
					}
					written[table] = true
					if !slices.Contains(who, p.path) {
						t.Errorf("%s: %s writes table %s, which belongs to %s: ask its owner",
							fset.Position(n.Pos()), p.path, table, strings.Join(who, ", "))
					}
				}
				return true
			})
		}
	}
	for table, who := range owner {
		if !written[table] {
			t.Errorf("no SQL of %s writes table %s: nobody needs it, or its owner is named wrongly", strings.Join(who, ", "), table)
		}
	}
}

func tablesWritten(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.BasicLit:
		if n.Kind != token.STRING {
			return nil
		}
		text, err := strconv.Unquote(n.Value)
		if err != nil {
			return nil
		}
		var list []string
		for _, m := range writesTable.FindAllStringSubmatch(text, -1) {
			list = append(list, m[1])
		}
		return list
	case *ast.KeyValueExpr: // db.Bulk{Table: "receipt", …}
		if key, ok := n.Key.(*ast.Ident); !ok || key.Name != "Table" {
			return nil
		}
		if lit, ok := n.Value.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				return []string{text}
			}
		}
	}
	return nil
}
