package winback

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight/life"
)

func TestWinBack_compares_with_those_nobody_contacted(t *testing.T) {
	none := slices.Values([]Contact(nil))
	w := New(on("2026-03-31"))
	call := func(rule, day string) Contact { return Contact{Day: on(day), Rule: rule} }
	since := on("2025-06-01")
	// Four whom nobody contacted: one came back within 60 days, one after 100.
	w.Add(life.Spell{Since: since, Back: since.AddDays(30)}, none)
	w.Add(life.Spell{Since: since, Back: since.AddDays(100)}, none)
	w.Add(life.Spell{Since: since}, none)
	w.Add(life.Spell{Since: since}, none)
	// Four who were contacted in the first weeks: three came back in time.
	w.Add(life.Spell{Since: since, Back: since.AddDays(20)}, slices.Values([]Contact{call("cooling", "2025-06-11")}))
	w.Add(life.Spell{Since: since, Back: since.AddDays(70)}, slices.Values([]Contact{call("cooling", "2025-06-11"), call("cooling", "2025-07-11")}))
	w.Add(life.Spell{Since: since, Back: since.AddDays(200)}, slices.Values([]Contact{call("cooling", "2025-06-11"), call("birthday", "2025-06-12")}))
	w.Add(life.Spell{Since: since}, none)
	// Not to be judged yet: the 60 days are not over.
	w.Add(life.Spell{Since: since}, slices.Values([]Contact{call("cooling", "2026-03-01")}))
	same(t, "the first 60 days of those nobody reached", []int{w.alone[0].of, w.alone[0].back}, []int{6, 1})
	got := w.Result()
	same(t, "all rules together", got[0], By{Contacts: 3, Returned: 2, Share: 2. / 3, Base: 1. / 6, Extra: 1.5}, cmpopts.EquateApprox(0, 1e-9))
	same(t, "by rule", []any{got[1].Rule, got[1].Contacts, got[2].Rule, got[2].Contacts, got[2].Returned}, []any{"cooling", 3, "birthday", 1, 0})
}

// on reads a day.
func on(text string) day.Day { return day.MustParse(text) }

func same(t *testing.T, what string, got, want any, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
