package insight

import (
	"slices"
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight/winback"
)

func TestLost_tells_who_since_when_worth_what_and_why(t *testing.T) {
	b := bookOf("2026-03-31",
		[]string{"2024-01-01"}, // once, and told why
		[]string{"2023-10-01", "2024-05-01", "2024-06-01", "2024-07-01", "2024-08-01"},                                           // sudden
		[]string{"2024-02-01", "2024-03-01", "2024-04-01"},                                                                       // brought the last back
		[]string{"2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22", "2024-01-29", "2024-03-05", "2024-04-20", "2024-06-10"}, // fading
		[]string{"2026-03-01"})
	a := &Asked{
		Faults:  map[int32]fault{2: {returned: on("2024-04-03")}, 1: {complained: on("2024-05-15")}}, // the complaint was made good
		Reasons: map[int32]toldReason{0: {reason: TooDear, warned: true}, 4: {reason: Moved}},        // the second is not lost
		Since:   on("2025-12-01"),
	}
	l := lost(viewOf(b), a)
	same(t, "count, worth, asked", []int64{int64(l.Count), l.Worth, int64(l.Asked)}, []int64{4, 1700, 1})
	var signs [][2]any
	for _, one := range l.List {
		signs = append(signs, [2]any{one.Customer, one.Sign})
	}
	same(t, "the most worth first, with the sign", signs, [][2]any{
		{customer.ID(4), LostFading}, {customer.ID(2), LostSudden}, {customer.ID(3), LostReturned}, {customer.ID(1), LostOnce},
	})
	same(t, "the one who told", []any{l.List[3].Reason, l.List[3].Last, l.List[3].Worth}, []any{TooDear, "2024-01-01", int64(100)})
	same(t, "the reasons", l.Reasons, []LostBecause{{Reason: TooDear, Customers: 1, Worth: 100}})
	a.Since = on("2024-02-01")
	one := 1
	same(t, "the reasons, where there were warnings already", lost(viewOf(b), a).Reasons, []LostBecause{{Reason: TooDear, Customers: 1, Worth: 100, Known: 1, Warned: &one}})
	n := 0
	for _, m := range l.Months {
		n += m.Lost
	}
	if n != 4 {
		t.Errorf("%d were lost within the last two years, want 4", n)
	}
}

func TestLostBecause_names_the_gravest_first(t *testing.T) {
	rhythm := ons("2025-12-02", "2026-01-01", "2026-01-31", "2026-03-02")
	for _, tc := range []struct {
		name string
		days []day.Day
		f    fault
		want LostCode
	}{
		{"complained and returned", rhythm, fault{complained: on("2026-03-05"), returned: on("2026-03-05")}, LostUnhappy},
		{"returned", rhythm, fault{returned: on("2026-03-05")}, LostReturned},
		{"a complaint before the last purchase", rhythm, fault{complained: on("2026-02-05")}, LostSudden},
		{"three purchases", rhythm[1:], fault{}, LostFew},
		{"one purchase", rhythm[:1], fault{}, LostOnce},
	} {
		if got := lostBecause(DefaultRules(), tc.days, tc.f); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestAContactThatNobodyAnsweredReachedNobody(t *testing.T) {
	a := &Asked{Contacts: []contact{{row: 0, day: 1, reached: true}, {row: 1, day: 2, rule: "cooling"}, {row: 1, day: 3, rule: "cooling", reached: true}, {row: 2, day: 4, reached: true}}}
	same(t, "who was reached", slices.Collect(a.reachedOf(1)), []winback.Contact{{Day: 3, Rule: "cooling"}})
}
