package internal_test

import (
	"context"
	"errors"
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
)

// sqlText is a SQL text the program holds as a constant.
type sqlText struct{ at, pkg, text string }

// statement is how a complete SQL text begins.
var statement = regexp.MustCompile(`(?is)^\s*(?:--[^\n]*\n\s*)*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b`)

// constantSQL collects the constant texts passed to internal/db (or to a helper
// of ours whose parameter is called query or sql), and the constants named sql….
// Texts put together at run time are not among them: the store tests run those.
func constantSQL() []sqlText {
	var texts []sqlText
	list, _ := loadTyped() // what does not compile fails a test of its own
	for _, p := range list {
		if p.path == "internal/db" || room(p.path) == "bench" {
			continue // db speaks to each engine in its own words; bench fills tables in its own way
		}
		add := func(n ast.Node, v constant.Value) {
			if v == nil || v.Kind() != constant.String {
				return
			}
			if text := constant.StringVal(v); statement.MatchString(text) {
				texts = append(texts, sqlText{p.at(n), p.path, text})
			}
		}
		for _, f := range p.files {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if i := queryParameter(p.info, n.Fun); i >= 0 && i < len(n.Args) {
						add(n.Args[i], p.info.Types[n.Args[i]].Value)
					}
				case *ast.ValueSpec:
					for i, name := range n.Names {
						if isSQLName(name.Name) && i < len(n.Values) {
							add(n.Values[i], p.info.Types[n.Values[i]].Value)
						}
					}
				}
				return true
			})
		}
	}
	slices.SortFunc(texts, func(a, b sqlText) int { return strings.Compare(a.text+a.at, b.text+b.at) })
	return slices.CompactFunc(texts, func(a, b sqlText) bool { return a.text == b.text && a.pkg == b.pkg })
}

func isSQLName(name string) bool {
	return len(name) > 3 && strings.HasPrefix(name, "sql") && name[3] >= 'A' && name[3] <= 'Z'
}

// queryParameter is which argument of a call is SQL; -1 for none.
func queryParameter(info *types.Info, fun ast.Expr) int {
	switch f := ast.Unparen(fun).(type) {
	case *ast.IndexExpr:
		return queryParameter(info, f.X) // db.All[Row](…)
	case *ast.IndexListExpr:
		return queryParameter(info, f.X)
	case *ast.SelectorExpr:
		return queryParameterOf(info.Uses[f.Sel])
	case *ast.Ident:
		return queryParameterOf(info.Uses[f])
	}
	return -1
}

func queryParameterOf(object types.Object) int {
	f, ok := object.(*types.Func)
	if !ok || f.Pkg() == nil || !strings.HasPrefix(f.Pkg().Path()+"/", module) {
		return -1
	}
	parameters := f.Signature().Params()
	for i := range parameters.Len() {
		v := parameters.At(i)
		basic, isBasic := v.Type().(*types.Basic)
		if (v.Name() == "query" || v.Name() == "sql") && isBasic && basic.Kind() == types.String {
			return i
		}
	}
	return -1
}

// errRollBack ends a transaction that was only looked at.
var errRollBack = errors.New("nothing to keep")

func TestBothEnginesUnderstandEverySQLText(t *testing.T) {
	texts := constantSQL()
	if len(texts) == 0 {
		t.Fatal("no SQL found: this test looks in the wrong place")
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for _, s := range texts {
			if err := prepare(d, s.text); err != nil {
				t.Errorf("%s: %v\n%s", s.at, err, s.text)
			}
		}
	})
}

func prepare(d *db.DB, text string) error {
	err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		stmt, err := tx.Prepare(ctx, text)
		if err != nil {
			return err
		}
		return errors.Join(errRollBack, stmt.Close())
	})
	if errors.Is(err, errRollBack) {
		return nil
	}
	return err
}

func TestPrepareFindsWhatOneEngineDoesNotUnderstand(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for _, tc := range []struct {
			text       string
			understood []db.Engine
		}{
			{"SELECT customer_id FROM customer WHERE customer_id = ?", []db.Engine{db.SQLite, db.PostgreSQL}},
			{"SELECT no_such_column FROM customer", nil},
			{"SELECT strftime('%Y', 'now')", []db.Engine{db.SQLite}},
			{"SELECT greatest(1, 2)", []db.Engine{db.PostgreSQL}},
		} {
			err := prepare(d, tc.text)
			if got, want := err == nil, slices.Contains(tc.understood, d.Engine()); got != want {
				t.Errorf("%s: understood = %v, want %v (%v)", tc.text, got, want, err)
			}
		}
	})
}

// The portable subset forbids some words although one engine or even both would
// take them: they read a clock, sort or count differently, or grow with the table.
var forbidden = []struct {
	words  *regexp.Regexp
	reason string
}{
	{regexp.MustCompile(`(?i)\bOFFSET\b`), "page by key (a, b) < (?, ?): OFFSET reads all that it skips"},
	{regexp.MustCompile(`(?i)\b(?:now\s*\(|CURRENT_(?:DATE|TIME|TIMESTAMP)\b)`), "the instant is Tx.Now, passed as an argument"},
	{regexp.MustCompile(`(?i)\bSELECT\s+(?:\w+\.)?\*`), "name the columns: a new one must not change what is scanned"},
	{regexp.MustCompile(`\$[0-9]`), "placeholders are ?: $1 is 60 times slower on the SQLite driver"},
	{regexp.MustCompile(`(?i)\b(?:GROUPING SETS|CUBE|RECURSIVE|ctid|rowid)\b`), "no distributed engine runs it across customers"},
	{regexp.MustCompile(`(?i)\bFOR\s+UPDATE\b`), "SQLite has no row locks: update conditionally, or use SkipLocked to claim"},
	{regexp.MustCompile(`(?i)\b(?:EXCEPT|INTERSECT)\b`), "combine by EXISTS and NOT EXISTS, which a cluster can run beside the rows"},
}

func TestSQLStaysInThePortableSubset(t *testing.T) {
	for _, s := range constantSQL() {
		for _, f := range forbidden {
			if m := f.words.FindString(s.text); m != "" {
				t.Errorf("%s: %q: %s\n%s", s.at, m, f.reason, s.text)
			}
		}
		for _, m := range sumColumn.FindAllStringIndex(s.text, -1) {
			// CAST(SUM(x) AS BIGINT), CAST(COALESCE(SUM(x), 0) AS BIGINT)
			if !strings.Contains(strings.ToUpper(s.text[max(0, m[0]-15):m[0]]), "CAST(") {
				t.Errorf("%s: SUM without CAST(… AS BIGINT): PostgreSQL's sum is a decimal\n%s", s.at, s.text)
			}
		}
	}
}

var sumColumn = regexp.MustCompile(`(?i)\bSUM\s*\(`)

var (
	tableName  = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)`)
	byCustomer = regexp.MustCompile(`(?i)\bcustomer_id\s*(?:=|IN\b)|\(\s*(?:\w+\.)?customer_id\b[^)]*\)\s*(?:=|IN\b)`)
	oneOfThem  = regexp.MustCompile(`(?i)\bcustomer_id\s*=\s*\?|\(\s*(?:\w+\.)?customer_id\b[^)]*\)\s*=\s*\(\s*\?`)
)

// TestCustomerOwnedTablesMeetByCustomer: a query about one customer names them
// on every customer-owned table, and a query about all joins these tables by
// customer_id. A table that is left out is looked up on every machine of a
// cluster, and by another index on one.
func TestCustomerOwnedTablesMeetByCustomer(t *testing.T) {
	for _, s := range constantSQL() {
		if strings.HasPrefix(strings.ToUpper(strings.TrimSpace(s.text)), "INSERT") {
			continue
		}
		var owned []string
		for _, m := range tableName.FindAllStringSubmatch(s.text, -1) {
			if db.Classes[m[1]] == db.CustomerOwned {
				owned = append(owned, m[1])
			}
		}
		want := len(owned)
		if !oneOfThem.MatchString(s.text) {
			want-- // the first table is what the query goes through
		}
		if n := len(byCustomer.FindAllString(s.text, -1)); n < want {
			t.Errorf("%s: names customer-owned tables %v and customer_id only %d times, want %d\n%s", s.at, owned, n, want, s.text)
		}
	}
}

func TestTheTestsAboveCatchWhatTheyAreFor(t *testing.T) {
	for _, tc := range []struct {
		name string
		got  bool
	}{
		{"statement", statement.MatchString("\n  SELECT 1") && !statement.MatchString("selected: 3") && statement.MatchString("-- why\nDELETE FROM x")},
		{"one customer", oneOfThem.MatchString("WHERE t.customer_id = ?") && !oneOfThem.MatchString("ON a.customer_id = b.customer_id")},
		{"offset", forbidden[0].words.MatchString("LIMIT ? OFFSET ?")},
		{"star", forbidden[2].words.MatchString("SELECT c.* FROM c") && !forbidden[2].words.MatchString("SELECT COUNT(*) FROM c")},
		{"named constant", isSQLName("sqlList") && !isSQLName("sqlite") && !isSQLName("sql")},
	} {
		if !tc.got {
			t.Errorf("the pattern for %s does not do what it says", tc.name)
		}
	}
}
