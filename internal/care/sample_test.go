package care

import (
	"fmt"
	"math"
	"testing"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
)

func TestSample_is_a_fair_draw_in_every_store_on_every_day(t *testing.T) {
	const stores, days, receipts = 4, 5, 2000
	first := day.MustParse("2026-02-26") // over the end of a month
	// More than five standard deviations from the mean is no accident: no share of
	// a fair draw comes there once in a million tests.
	fair := func(what string, drawn, of, percent int) {
		t.Helper()
		p := float64(percent) / 100
		mean, dev := float64(of)*p, math.Sqrt(float64(of)*p*(1-p))
		if math.Abs(float64(drawn)-mean) > 5*dev {
			t.Errorf("%s: %d of %d drawn at %d percent, want about %.0f", what, drawn, of, percent, mean)
		}
	}
	for _, percent := range []int{1, 5, 30, 50} {
		all := 0
		for s := range stores {
			store := id.Derive[org.Store](fmt.Sprint("store ", s))
			ofStore := 0
			for d := first; d < first.AddDays(days); d++ {
				n := 0
				for r := range receipts {
					// As a till numbers them, and as they are kept: every id of a receipt is odd.
					if drawn(store, d, int64(id.Derive[struct{}](store.String(), fmt.Sprintf("R%06d", r))), percent) {
						n++
					}
				}
				fair(fmt.Sprintf("store %d on %s", s, d), n, receipts, percent)
				ofStore += n
			}
			fair(fmt.Sprintf("store %d", s), ofStore, days*receipts, percent)
			all += ofStore
		}
		fair("all", all, stores*days*receipts, percent)
	}
}

func TestSample_takes_all_at_a_hundred_percent_and_more_of_the_same_with_a_greater_share(t *testing.T) {
	store, on := org.StoreID(77), day.MustParse("2026-03-18")
	for r := range int64(1000) {
		if !drawn(store, on, r, 100) {
			t.Fatalf("receipt %d is not among a hundred percent", r)
		}
		if drawn(store, on, r, 5) && !drawn(store, on, r, 6) {
			t.Fatalf("receipt %d is among 5 percent and not among 6", r)
		}
	}
}
