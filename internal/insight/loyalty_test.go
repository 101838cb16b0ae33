package insight

import (
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
)

func TestLoyalty_counts_each_sign(t *testing.T) {
	b := bookOf("2026-03-31",
		[]string{"2025-11-20", "2025-12-20", "2026-01-20", "2026-02-20", "2026-03-20"}, // never left the rhythm
		[]string{"2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2026-03-01"}, // did, and came back
		[]string{"2026-03-01"})
	a := &Asked{
		Habits:   []habit{{lines: 10, low: 1, quantity: 5000, categories: 0b111}, {lines: 10, low: 8, quantity: 1000, categories: 0b1}, {lines: 4}},
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
		"forgave":           {l.Forgave, {1, 2, 0.5}},
		"unbroken":          {l.Unbroken, {1, 2, 0.5}},
		"whole sets":        {l.WholeSets, {1, 2, 0.5}},
		"referrers":         {l.Referrers, {1, 3, 1. / 3}},
	} {
		same(t, name, c[0], c[1], near)
	}
	same(t, "referred", l.Referred, 2)
	same(t, "by signs: the first shows all six", []int{l.BySigns[0].Customers, l.BySigns[1].Customers, l.BySigns[6].Customers}, []int{1, 1, 1})
	same(t, "what they told", l.Asked[1], AskedField{Field: "wallet_share", Known: 3, Answers: []AskedAnswer{{"most", 2}, {"little", 1}}})
	same(t, "what one alone said in their own words is not listed", l.Asked[2], AskedField{Field: spokenField, Known: 3, Answers: []AskedAnswer{{"the mill", 2}}})
}

func TestUsualOf_is_the_price_half_of_the_lines_reached(t *testing.T) {
	for _, tc := range []struct {
		name   string
		prices []usualPrice
		want   int64
	}{
		{"one price", []usualPrice{{100, 3}}, 100},
		{"mostly the full price", []usualPrice{{80, 2}, {100, 3}}, 100},
		{"mostly reduced", []usualPrice{{100, 2}, {80, 3}}, 80},
		{"half and half", []usualPrice{{80, 2}, {100, 2}}, 100},
		{"none", nil, 0},
	} {
		if got := usualOf(tc.prices).price; got != tc.want {
			t.Errorf("%s: got %d, want %d", tc.name, got, tc.want)
		}
	}
	if isLow(95, 100) || !isLow(94, 100) {
		t.Error("a price is low from more than a twentieth below the usual one")
	}
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
