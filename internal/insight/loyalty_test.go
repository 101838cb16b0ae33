package insight

import (
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/insight/basket"
)

func TestLoyalty_counts_each_sign(t *testing.T) {
	b := bookOf("2026-03-31",
		[]string{"2025-11-20", "2025-12-20", "2026-01-20", "2026-02-20", "2026-03-20"}, // never left the rhythm
		[]string{"2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2026-03-01"}, // did, and came back
		[]string{"2026-03-01"})
	a := &Asked{
		Habits:   []basket.Habit{{Lines: 10, Low: 1, Quantity: 5000, Categories: 0b111}, {Lines: 10, Low: 8, Quantity: 1000, Categories: 0b1}, {Lines: 4}},
		Faults:   map[int32]fault{0: {returned: on("2025-12-21")}, 2: {complained: on("2026-03-02")}},
		Referrer: map[int32]customer.ID{1: 1, 2: 1},
		Answers: []answered{{0, 1, "most"}, {1, 1, "most"}, {2, 1, "little"},
			{0, 2, "the mill"}, {1, 2, "the mill"}, {2, 2, "my cousin Chen, Lane 5"}},
	}
	l := loyalty(viewOf(b), a)
	same(t, "repeaters", []any{l.Repeaters, l.Rate, l.MeanDays, l.Quantity}, []any{2, 2. / 3, 11. / 3, 2.0}, near)
	same(t, "at a low price", l.LowPrice, 9./24, near)
	for name, c := range map[string][2]Counted{
		"calm about prices": {l.PriceCalm, {1, 2, 0.5}},
		"keen on prices":    {l.PriceKeen, {1, 2, 0.5}},
		"often":             {l.Often, {2, 3, 2. / 3}},
		"forgave":           {l.Forgave, {1, 2, 0.5}},
		"unbroken":          {l.Unbroken, {1, 2, 0.5}},
		"whole sets":        {l.WholeSets, {1, 2, 0.5}},
		"referrers":         {l.Referrers, {1, 3, 1. / 3}},
	} {
		same(t, name, c[0], c[1], near)
	}
	same(t, "referred", l.Referred, 2)
	shown := 0
	for _, n := range l.BySigns {
		shown += n.Signs * n.Customers
	}
	same(t, "signs shown by anybody, and the sum of each sign", shown, l.Often.Count+l.Unbroken.Count+l.WholeSets.Count+l.Referrers.Count+l.PriceCalm.Count+l.Forgave.Count)
	same(t, "by signs: the first shows all six", []int{l.BySigns[0].Customers, l.BySigns[1].Customers, l.BySigns[6].Customers}, []int{1, 1, 1})
	same(t, "what they told", l.Asked[1], AskedField{Field: "wallet_share", Known: 3, Answers: []AskedAnswer{{"most", 2}, {"little", 1}}})
	same(t, "what one alone said in their own words is not listed", l.Asked[2], AskedField{Field: spokenField, Known: 3, Answers: []AskedAnswer{{"the mill", 2}}})
}

func TestStreak_ends_with_the_last_silence(t *testing.T) {
	asOf := on("2026-03-31")
	for _, tc := range []struct {
		name string
		days []string
		want int
	}{
		{"never left", []string{"2026-01-20", "2026-02-20", "2026-03-20"}, 3},
		{"came back", []string{"2024-01-01", "2024-02-01", "2026-02-25", "2026-03-20"}, 2},
		{"silent now", []string{"2024-01-01", "2024-02-01"}, 0},
	} {
		days := ons(tc.days...)
		if got := streak(days, DefaultRules().Replay(days, 60, asOf)); got != tc.want {
			t.Errorf("%s: got %d, want %d", tc.name, got, tc.want)
		}
	}
}
