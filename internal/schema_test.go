package internal_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
)

// table is what an engine's catalogue says about one of our tables.
type table struct {
	name     string
	notNull  map[string]bool
	primary  []string
	uniques  map[string][]string // by index
	foreign  []foreignKey
	drawn    []string // columns whose values the database makes up
	triggers []string
}

type foreignKey struct {
	name     string // "" when the schema gives none
	columns  []string
	to       string
	toColumn []string
}

// TestTheSchemaCouldBeSpreadOverACluster checks, from the catalogue of each
// engine, the rules that a distributed PostgreSQL would enforce too late.
func TestTheSchemaCouldBeSpreadOverACluster(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		tables := catalogue(t, d)
		for name := range db.Classes {
			if tables[name] == nil {
				t.Errorf("db.Classes names table %s, which does not exist", name)
			}
		}
		for _, tab := range tables {
			class, declared := db.Classes[tab.name]
			if !declared {
				t.Errorf("table %s has no class: declare it in internal/db/class.go", tab.name)
				continue
			}
			checkKeys(t, class, tab)
			checkForeignKeys(t, class, tab)
			for _, c := range tab.drawn {
				t.Errorf("%s.%s is filled by the database: ids are made by the program (internal/id)", tab.name, c)
			}
			for _, trigger := range tab.triggers {
				t.Errorf("table %s has trigger %s: what follows a change is written by the program", tab.name, trigger)
			}
		}
	})
}

func checkKeys(t *testing.T, class db.Class, tab *table) {
	t.Helper()
	if len(tab.primary) == 0 {
		t.Errorf("table %s has no primary key", tab.name)
		return
	}
	first := tab.primary[0]
	switch {
	case class == db.CustomerOwned && (first != "customer_id" || !tab.notNull["customer_id"]):
		t.Errorf("customer-owned table %s: its primary key is %v, want customer_id first and never null", tab.name, tab.primary)
	case class == db.KeyTable && first == "customer_id":
		t.Errorf("key table %s is keyed by customer_id: its key is the value that is looked up", tab.name)
	}
	if class != db.CustomerOwned && class != db.KeyTable {
		return
	}
	for index, columns := range tab.uniques {
		if columns[0] != first {
			t.Errorf("%s table %s: unique index %s is over %v, want %s first: nothing else is unique across machines",
				class, tab.name, index, columns, first)
		}
	}
}

// mayReferTo lists, per class, the classes a foreign key may lead to.
var mayReferTo = map[db.Class][]db.Class{
	db.CustomerOwned: {db.CustomerOwned, db.Reference},
	db.Reference:     {db.Reference},
	db.Local:         {db.Local, db.Reference},
}

func checkForeignKeys(t *testing.T, class db.Class, tab *table) {
	t.Helper()
	for _, fk := range tab.foreign {
		if fk.name == "" {
			t.Errorf("table %s: the foreign key over %v has no name: moving to a cluster drops and restores it by name", tab.name, fk.columns)
		}
		to := db.Classes[fk.to]
		if !slices.Contains(mayReferTo[class], to) {
			t.Errorf("%s table %s refers to %s table %s: want one of %v", class, tab.name, to, fk.to, mayReferTo[class])
		}
		if class == db.CustomerOwned && to == db.CustomerOwned {
			from, target := slices.Index(fk.columns, "customer_id"), slices.Index(fk.toColumn, "customer_id")
			if from < 0 || from != target {
				t.Errorf("table %s: foreign key %s leads from %v to %v: customer_id must meet customer_id",
					tab.name, fk.name, fk.columns, fk.toColumn)
			}
		}
	}
}

func catalogue(t *testing.T, d *db.DB) map[string]*table {
	t.Helper()
	tables := make(map[string]*table)
	get := func(name string) *table {
		if tables[name] == nil {
			tables[name] = &table{name: name, notNull: make(map[string]bool), uniques: make(map[string][]string)}
		}
		return tables[name]
	}
	if d.Engine() == db.PostgreSQL {
		readPostgres(t, d, get)
	} else {
		readSQLite(t, d, get)
	}
	delete(tables, "goose_db_version") // the migration runner's own
	return tables
}

// each scans every row of a catalogue query into dest and calls f.
func each(t *testing.T, d *db.DB, f func(), query string, args []any, dest ...any) {
	t.Helper()
	err := db.Each(context.Background(), d, func(s db.Scanner) error {
		if err := s.Scan(dest...); err != nil {
			return err
		}
		f()
		return nil
	}, query, args...)
	if err != nil {
		t.Fatal(err)
	}
}

func readPostgres(t *testing.T, d *db.DB, get func(string) *table) {
	t.Helper()
	var tab, column, def string
	var notNull, identity bool
	each(t, d, func() {
		get(tab).notNull[column] = notNull
		if identity || strings.Contains(def, "nextval(") {
			get(tab).drawn = append(get(tab).drawn, column)
		}
	}, `SELECT c.relname, a.attname, a.attnotnull, a.attidentity <> '', COALESCE(pg_get_expr(x.adbin, x.adrelid), '')
	   FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	   LEFT JOIN pg_attrdef x ON x.adrelid = c.oid AND x.adnum = a.attnum
	   WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace`, nil,
		&tab, &column, &notNull, &identity, &def)

	var index, columns string
	var primary bool
	each(t, d, func() {
		if list := strings.Split(columns, ","); primary {
			get(tab).primary = list
		} else {
			get(tab).uniques[index] = list
		}
	}, `SELECT c.relname, i.relname, x.indisprimary,
	      (SELECT string_agg(COALESCE(a.attname, '(expression)'), ',' ORDER BY k.n)
	       FROM unnest(x.indkey::int[]) WITH ORDINALITY AS k(num, n)
	       LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num)
	   FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
	   WHERE x.indisunique AND c.relnamespace = 'public'::regnamespace`, nil,
		&tab, &index, &primary, &columns)

	var name, to, toColumns string
	each(t, d, func() {
		if strings.HasSuffix(name, "_fkey") {
			name = "" // PostgreSQL's own choice
		}
		get(tab).foreign = append(get(tab).foreign, foreignKey{name, strings.Split(columns, ","), to, strings.Split(toColumns, ",")})
	}, `SELECT c.relname, k.conname, f.relname,
	      (SELECT string_agg(a.attname, ',' ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY AS u(num, n)
	       JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num),
	      (SELECT string_agg(a.attname, ',' ORDER BY n) FROM unnest(k.confkey) WITH ORDINALITY AS u(num, n)
	       JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num)
	   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
	   WHERE k.contype = 'f'`, nil, &tab, &name, &to, &columns, &toColumns)

	each(t, d, func() { get(tab).triggers = append(get(tab).triggers, name) },
		`SELECT c.relname, g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid WHERE NOT g.tgisinternal`, nil,
		&tab, &name)
}

// namedForeignKey finds the names that SQLite keeps only in the table's text.
var namedForeignKey = regexp.MustCompile(`(?i)CONSTRAINT\s+(\w+)\s+(?:FOREIGN KEY\s*\([^)]*\)\s*)?REFERENCES\s+(\w+)`)

func readSQLite(t *testing.T, d *db.DB, get func(string) *table) {
	t.Helper()
	texts := make(map[string]string)
	var name, text string
	each(t, d, func() { texts[name] = text },
		`SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`, nil, &name, &text)
	for name, text := range texts {
		if strings.Contains(strings.ToUpper(text), "AUTOINCREMENT") {
			get(name).drawn = append(get(name).drawn, "AUTOINCREMENT")
		}
		var column string
		var notNull bool
		var position, sequence int
		primary := make(map[int]string)
		each(t, d, func() {
			get(name).notNull[column] = notNull
			if position > 0 {
				primary[position] = column
			}
		}, `SELECT name, "notnull", pk FROM pragma_table_info(?)`, []any{name}, &column, &notNull, &position)
		for i := range len(primary) {
			get(name).primary = append(get(name).primary, primary[i+1])
		}

		var index, origin string
		each(t, d, func() {
			if origin != "pk" {
				get(name).uniques[index] = append(get(name).uniques[index], column)
			}
		}, `SELECT l.name, l.origin, COALESCE(i.name, '(expression)')
		   FROM pragma_index_list(?) l JOIN pragma_index_info(l.name) i WHERE l."unique" ORDER BY l.name, i.seqno`,
			[]any{name}, &index, &origin, &column)

		var id int
		var to, toColumn string
		named := namedForeignKey.FindAllStringSubmatch(text, -1)
		keys := make(map[int]*foreignKey)
		each(t, d, func() {
			if sequence == 0 {
				keys[id] = &foreignKey{to: to}
				for _, m := range named {
					if m[2] == to {
						keys[id].name = m[1]
					}
				}
			}
			keys[id].columns = append(keys[id].columns, column)
			keys[id].toColumn = append(keys[id].toColumn, toColumn)
		}, `SELECT id, seq, "table", "from", COALESCE("to", '') FROM pragma_foreign_key_list(?) ORDER BY id, seq`,
			[]any{name}, &id, &sequence, &to, &column, &toColumn)
		for _, fk := range keys {
			get(name).foreign = append(get(name).foreign, *fk)
		}
	}
	var tab string
	each(t, d, func() { get(tab).triggers = append(get(tab).triggers, name) },
		`SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'`, nil, &tab, &name)
}
