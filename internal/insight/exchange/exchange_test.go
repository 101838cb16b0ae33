package exchange

import (
	"testing"

	"github.com/ricejar/ricejar/internal/money"
)

func TestAmountsAreReckonedInTheMainCurrency(t *testing.T) {
	table := Rates{"HKD": 910_000, "JPY": 48_000, "KWD": 23_000_000}.In("CNY")
	for _, tc := range []struct {
		currency money.Currency
		minor    int64
		want     int64
	}{
		{"CNY", 12_345, 12_345},
		{"HKD", 10_000, 9_100},    // 100.00 of them
		{"JPY", 1_000, 4_800},     // yen have no cents
		{"KWD", 1_000, 2_300},     // dinars have a thousand fils
		{"CNY", 1 << 60, 1 << 60}, // to the last unit
	} {
		if got := table.Minor(tc.currency, tc.minor); got != tc.want || !table.Known(tc.currency) {
			t.Errorf("%d of %s: got %d, want %d", tc.minor, tc.currency, got, tc.want)
		}
	}
	if got := table.Price("JPY", 100_000_000); got != 4_800_000 {
		t.Errorf("a price of 100 yen: got %d millionths, want 4.8", got)
	}
	if table.Known("USD") {
		t.Error("a currency without a rate is reckoned")
	}
}

func TestOnlyRatesThatCanBeAreKept(t *testing.T) {
	for _, tc := range []struct {
		rates Rates
		wrong int
	}{
		{nil, 0}, {Rates{"HKD": 910_000}, 0}, {Rates{"HKD": 0}, 1}, {Rates{"hkd": 910_000}, 1}, {Rates{"XXQ": 1, "USD": -1}, 2}, {Rates{"USD": mostRate + 1}, 1},
	} {
		if bad := tc.rates.Check(); len(bad) != tc.wrong {
			t.Errorf("%v: got %v, want %d wrong", tc.rates, bad, tc.wrong)
		}
	}
}
