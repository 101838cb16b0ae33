package insight

import (
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
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
	same(t, "the reasons", l.Reasons, []LostBecause{{Reason: TooDear, Customers: 1, Worth: 100, Warned: 1}})
	n := 0
	for _, m := range l.Months {
		n += m.Lost
	}
	if n != 4 {
		t.Errorf("%d were lost within the last two years, want 4", n)
	}
}

func TestLostBecause_names_the_gravest_first(t *testing.T) {
	rhythm := ons("2026-01-01", "2026-01-31", "2026-03-02")
	for _, tc := range []struct {
		name string
		days []day.Day
		f    fault
		want LostCode
	}{
		{"complained and returned", rhythm, fault{complained: on("2026-03-05"), returned: on("2026-03-05")}, LostUnhappy},
		{"returned", rhythm, fault{returned: on("2026-03-05")}, LostReturned},
		{"a complaint before the last purchase", rhythm, fault{complained: on("2026-02-05")}, LostSudden},
		{"one purchase", rhythm[:1], fault{}, LostOnce},
	} {
		if got := lostBecause(tc.days, tc.f, 7); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestWinBack_compares_with_those_nobody_contacted(t *testing.T) {
	w := newWinBack(on("2026-03-31"))
	call := func(rule, day string) contact { return contact{day: on(day), rule: rule, reached: true} }
	since := on("2025-06-01")
	// Four whom nobody contacted: one came back within 60 days, one after 100.
	w.add(spell{since: since, back: since.AddDays(30)}, nil)
	w.add(spell{since: since, back: since.AddDays(100)}, nil)
	w.add(spell{since: since}, nil)
	w.add(spell{since: since}, nil)
	// Four who were contacted in the first weeks: three came back in time.
	w.add(spell{since: since, back: since.AddDays(20)}, []contact{call("cooling", "2025-06-11")})
	w.add(spell{since: since, back: since.AddDays(70)}, []contact{call("cooling", "2025-06-11"), call("cooling", "2025-07-11")})
	w.add(spell{since: since, back: since.AddDays(200)}, []contact{call("cooling", "2025-06-11"), call("birthday", "2025-06-12")})
	w.add(spell{since: since}, []contact{{day: on("2025-06-11"), rule: "cooling"}}) // nobody answered: not contacted
	// Not to be judged yet: the 60 days are not over.
	w.add(spell{since: since}, []contact{call("cooling", "2026-03-01")})
	same(t, "the first 60 days of those nobody reached", []int{w.alone[0].of, w.alone[0].back}, []int{6, 1})
	got := w.result()
	same(t, "all rules together", got[0], WonBackBy{Contacts: 3, Returned: 2, Share: 2. / 3, Base: 1. / 6, Extra: 1.5}, near)
	same(t, "by rule", []any{got[1].Rule, got[1].Contacts, got[2].Rule, got[2].Contacts, got[2].Returned}, []any{"cooling", 3, "birthday", 1, 0})
}

func TestLife_tells_its_times_of_being_lost(t *testing.T) {
	days := ons("2024-01-01", "2025-06-01", "2025-06-20")
	got := DefaultRules().Replay(days, 60, on("2026-03-31")).spells(nil)
	if len(got) != 2 || got[0].back != on("2025-06-01") || got[1].back != 0 {
		t.Errorf("got %+v, want one that ended in June 2025 and one that goes on", got)
	}
}
