package insight

import (
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ricejar/ricejar/internal/customer"
)

func TestScoresCompareCustomersWithOneAnother(t *testing.T) {
	b := bookOf("2026-01-31",
		[]string{"2025-01-01"},
		[]string{"2025-01-01", "2025-06-01"},
		[]string{"2025-01-01", "2025-06-01", "2025-11-01"},
		[]string{"2025-01-01", "2025-06-01", "2025-11-01", "2025-12-01"},
		[]string{"2025-01-01", "2025-06-01", "2025-11-01", "2025-12-01", "2026-01-01"},
	)
	set := DefaultSetting()
	set.VIPShare = 250_000
	list := scores(b, findings{setting: set, gap: shopGap(b), forecast: newForecast(5), troubles: map[customer.ID]trouble{}})
	for i, s := range list {
		if want := int8(i + 1); s.Recency != want || s.Frequency != want || s.Monetary != want {
			t.Errorf("customer %d is in the fifths %d %d %d, want %d in all", i+1, s.Recency, s.Frequency, s.Monetary, want)
		}
		if s.VIP != (i == 4) {
			t.Errorf("customer %d is VIP: %v; the best quarter of the four who bought within a year are one", i+1, s.VIP)
		}
	}
	if list[0].Spent != 0 || list[4].Spent != 400 {
		t.Errorf("spent in a year: got %d and %d, want 0 and 400", list[0].Spent, list[4].Spent)
	}
}

func TestEqualValuesAreInOneFifth(t *testing.T) {
	b := bookOf("2026-01-31", []string{"2025-01-01"}, []string{"2025-01-01"}, []string{"2025-01-01"}, []string{"2025-01-01", "2025-06-01"})
	list := scores(b, findings{setting: DefaultSetting(), gap: 60, forecast: newForecast(4), troubles: nil})
	for i, want := range []int8{1, 1, 1, 4} {
		if list[i].Frequency != want {
			t.Errorf("customer %d: got fifth %d, want %d", i+1, list[i].Frequency, want)
		}
	}
}

func TestWhoCameOnTheNewestDayIsAmongTheLatest(t *testing.T) {
	for _, tc := range []struct {
		name string
		days [][]string
		want []int8
	}{
		{"one customer", [][]string{{"2026-01-30"}}, []int8{5}},
		{"all on one day", [][]string{{"2026-01-30"}, {"2026-01-30"}, {"2026-01-30"}}, []int8{5, 5, 5}},
		{"most on the newest", [][]string{{"2025-01-01"}, {"2025-06-01"}, {"2026-01-30"}, {"2026-01-30"}, {"2026-01-30"}}, []int8{1, 2, 5, 5, 5}},
	} {
		for i, s := range scores(bookOf("2026-01-31", tc.days...), findings{setting: DefaultSetting(), gap: 60, forecast: newForecast(len(tc.days))}) {
			if s.Recency != tc.want[i] {
				t.Errorf("%s: customer %d is in fifth %d, want %d", tc.name, i+1, s.Recency, tc.want[i])
			}
		}
	}
}

func TestTheRuleSaysWhatHappenedToThoseBefore(t *testing.T) {
	// Of ten who were new 90 days ago, six came back; today's newcomer is given about that.
	var customers [][]string
	for i := range 10 {
		days := []string{"2025-10-20"}
		if i < 6 {
			days = append(days, "2025-12-01")
		}
		customers = append(customers, days)
	}
	customers = append(customers, []string{"2026-01-25"})
	b := bookOf("2026-01-31", customers...)
	f := byRule(b, DefaultSetting(), 80)
	if got := f.active[10]; got < 0.57 || got > 0.60 {
		t.Errorf("a newcomer's chance: got %.3f, want near 0.6, drawn a little to a half", got)
	}
	if f.value[10] <= 0 {
		t.Errorf("a newcomer's value: got %v, want more than nothing", f.value[10])
	}
}

func TestTheShopsGapIsThatOfItsCustomers(t *testing.T) {
	b := bookOf("2026-01-31", []string{"2025-01-01"}, []string{"2025-01-01", "2025-01-11"}, []string{"2025-01-01", "2025-01-31"},
		[]string{"2025-01-01", "2025-03-02", "2025-05-01"})
	if got := shopGap(b); got != 60 {
		t.Errorf("got %d half days, want 60", got)
	}
	if got := shopGap(bookOf("2026-01-31", []string{"2025-01-01"})); got != 2*noRhythm {
		t.Errorf("where nobody came back: got %d, want %d", got, 2*noRhythm)
	}
}

func TestWhatWasBroughtBackIsWorthNothing(t *testing.T) {
	b := bookOf("2026-01-31", []string{"2025-06-01"}, []string{"2025-06-01"}, []string{"2024-06-01", "2025-06-01"}, []string{"2024-06-01"})
	b.Amount[1] = 1_000_000
	b.Returned, b.ReturnedYear = []int64{0, 1_000_000, 100, 200}, []int64{0, 1_000_000, 0, 200}
	set := DefaultSetting()
	set.VIPShare = 500_000
	list := scores(b, findings{setting: set, gap: 60, forecast: newForecast(4)})
	for i, want := range []int64{100, 0, 100, 0} {
		if list[i].Spent != want {
			t.Errorf("customer %d spent %d within a year, want %d", i+1, list[i].Spent, want)
		}
	}
	if list[1].VIP || list[1].Monetary > list[0].Monetary {
		t.Errorf("who brought everything back is best: %v, in fifth %d; who kept 100 in %d", list[1].VIP, list[1].Monetary, list[0].Monetary)
	}
	parts := b.keptShares()
	if parts[1] <= 0 || parts[1] > 0.1 || parts[0] < 0.5 || parts[2] >= parts[0] {
		t.Errorf("the parts kept are %v; of the second next to nothing, of the third less than of the first", parts)
	}
}

func TestTheCorrectionOfTheNextWeeksKeepsTheSumOfTheYear(t *testing.T) {
	value := []float64{100, 100, 200}
	redistribute(value, []float64{2, 1, 2}, []float64{1, 1, 1})
	same(t, "values", value, []float64{400. / 7 * 2, 400. / 7, 400. / 7 * 4}, cmpopts.EquateApprox(0, 1e-9))
	none := []float64{0, 0}
	redistribute(none, []float64{2, 1}, []float64{1, 1})
	same(t, "of nothing", none, []float64{0, 0})
}
