package customer

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/text"
)

// TestPages_are_read_in_the_order_of_an_index looks at what SQLite means to do,
// which knows nothing of how many rows there will be.
func TestPages_are_read_in_the_order_of_an_index(t *testing.T) {
	d := dbtest.SQLite(t)
	person := func(reach org.Reach, stores ...org.StoreID) org.Actor {
		return org.NewActor(org.Staff{ID: 11, Role: org.Associate, Reach: reach, StoreID: 1, Active: true}, 5, stores)
	}
	large := make([]org.StoreID, 50)
	for i := range large {
		large[i] = org.StoreID(i + 1)
	}
	for _, actor := range []struct {
		name  string
		actor org.Actor
		list  string // the index that a list is read by
		find  string // and a search
	}{
		{"own", person(org.ReachOwn), "customer_owner", "search_term_owner"},
		{"a store", person(org.ReachStore), "customer_store", "PRIMARY KEY (term"},
		{"a small region", person(org.ReachRegion, 1, 2), "customer_store", "PRIMARY KEY (term"},
		{"a large region", person(org.ReachRegion, large...), "customer_recent", "PRIMARY KEY (term"},
		{"everything", org.System, "customer_recent", "PRIMARY KEY (term"},
	} {
		scope := actor.actor.Scope()
		list, listArgs := listQuery(scope, false, Cursor{At: 1, ID: 1}, 21)
		one, oneArgs := listQuery(scope.Narrow(0, 12), true, Cursor{At: 1, ID: 1}, 21)
		find, findArgs := searchQuery(actor.actor, beginning("王"), 20)
		for _, q := range []struct {
			what, query, index string
			args               []any
		}{
			{"list", list, actor.list, listArgs}, {"list of one owner", one, "customer_", oneArgs}, {"search", find, actor.find, findArgs},
		} {
			steps, err := db.All(t.Context(), d, func(row db.Scanner) (detail string, err error) {
				var skip any
				err = row.Scan(&skip, &skip, &skip, &detail)
				return detail, err
			}, "EXPLAIN QUERY PLAN "+q.query, q.args...)
			if err != nil {
				t.Fatal(err)
			}
			plan, sorted := strings.Join(steps, "\n"), false
			for i := 1; i < len(steps); i++ { // a page of each part may be sorted, but not what is read from the table
				read := strings.HasPrefix(steps[i-1], "SEARCH c ") || strings.HasPrefix(steps[i-1], "SCAN c ") || strings.HasPrefix(steps[i-1], "SEARCH t ")
				sorted = sorted || read && strings.Contains(steps[i], "TEMP B-TREE")
			}
			if !strings.Contains(plan, q.index) || sorted {
				t.Errorf("%s of %s: want %s and nothing sorted, got\n%s", q.what, actor.name, q.index, plan)
			}
		}
	}
}

func TestTerms_are_short_text_whatever_the_name(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, card := text.Line(rapid.String().Draw(t, "name")), text.Line(rapid.String().Draw(t, "card"))
		for _, term := range terms(name, card, []Contact{{Kind: WeChat, Value: card}, {Kind: Email, Value: name + "@example.com"}}) {
			if term == "" || !utf8.ValidString(term) || strings.ContainsRune(term, 0) || utf8.RuneCountInString(strings.TrimPrefix(term, contactMark)) > maxTerm {
				t.Fatalf("%q has the term %q", name, term)
			}
		}
	})
}
