package purchase

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/money"
)

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		name     string
		quantity money.Quantity
		net      int64
		want     Kind
	}{
		{"a sale", 2000, 500, Sale},
		{"a cancellation", -2000, -500, Return},
		{"stock written off, no money", -2000, 0, Sale},
		{"a bad debt, no goods", 1000, -1106206, Sale},
		{"an exchange in the customer's favour", 0, -100, Sale},
		{"an exchange for something dearer", -1000, 100, Sale},
	} {
		if got := KindOf(c.quantity, c.net); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func receiptsOn(kind Kind, days ...string) []sold {
	var list []sold
	for i, d := range days {
		at, _ := time.Parse(time.DateOnly, d)
		list = append(list, sold{ReceiptID(i + 1), kind, at.UnixMilli(), d, "CNY", 100})
	}
	return list
}

func TestStatOf(t *testing.T) {
	for name, c := range map[string]struct {
		in   []sold
		want Stat
	}{
		"nothing": {nil, Stat{Customer: 7}},
		"one sale": {receiptsOn(Sale, "2024-02-01"), Stat{Customer: 7, Currency: "CNY", Receipts: 1, Net: money.Amount{Minor: 100, Currency: "CNY"},
			Days: 1, FirstDay: "2024-02-01", LastDay: "2024-02-01", LastReceipt: 1}},
		"two sales of one day make no gap": {receiptsOn(Sale, "2024-02-01", "2024-02-01"), Stat{Customer: 7, Currency: "CNY", Receipts: 2,
			Net: money.Amount{Minor: 200, Currency: "CNY"}, Days: 1, FirstDay: "2024-02-01", LastDay: "2024-02-01", LastReceipt: 2}},
		"a median of two gaps may be a half": {receiptsOn(Sale, "2024-02-01", "2024-02-11", "2024-03-03"), Stat{Customer: 7, Currency: "CNY", Receipts: 3,
			Net: money.Amount{Minor: 300, Currency: "CNY"}, Days: 3, FirstDay: "2024-02-01", LastDay: "2024-03-03", LastReceipt: 3, MedianGap: 31}},
		"three gaps of 10 cool on the 16th day": {receiptsOn(Sale, "2024-02-01", "2024-02-11", "2024-02-21", "2024-03-02"), Stat{Customer: 7, Currency: "CNY", Receipts: 4,
			Net: money.Amount{Minor: 400, Currency: "CNY"}, Days: 4, FirstDay: "2024-02-01", LastDay: "2024-03-02", LastReceipt: 4, MedianGap: 20, CoolOn: "2024-03-18"}},
		"returns only": {receiptsOn(Return, "2024-02-01"), Stat{Customer: 7, Currency: "CNY", Returns: 1, Net: money.Amount{Minor: 100, Currency: "CNY"}}},
	} {
		if diff := cmp.Diff(c.want, statOf(7, c.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	mixed := receiptsOn(Sale, "2024-02-01", "2024-02-11")
	mixed[0].currency = "HKD"
	if got := statOf(7, mixed); got.Net != (money.Amount{Minor: 100, Currency: "CNY"}) || got.Receipts != 2 {
		t.Errorf("two currencies: %+v", got)
	}
}

func TestStatOfDoesNotDependOnTheOrderOfReceipts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "n")
		var list []sold
		for i := range n {
			d := rapid.IntRange(730000, 730060).Draw(t, "day")
			list = append(list, sold{ReceiptID(i + 1), rapid.SampledFrom([]Kind{Sale, Return}).Draw(t, "kind"),
				int64(d)*86400000 + rapid.Int64Range(0, 3).Draw(t, "at"), dayOf(d), "CNY", rapid.Int64Range(-50, 500).Draw(t, "net")})
		}
		want := statOf(1, slices.Clone(list))
		rand.Shuffle(n, func(i, j int) { list[i], list[j] = list[j], list[i] })
		if diff := cmp.Diff(want, statOf(1, list)); diff != "" {
			t.Fatal(diff)
		}
		if want.Receipts+want.Returns != n || want.Days > want.Receipts || (want.CoolOn != "") != (want.Days > minGaps) {
			t.Fatalf("%+v of %d receipts", want, n)
		}
		if want.CoolOn != "" {
			silence := float64(dayNumber(want.CoolOn) - dayNumber(want.LastDay))
			if limit := 1.5 * float64(want.MedianGap) / 2; silence <= limit || silence-1 > limit {
				t.Fatalf("cools after %v days, the limit being %v", silence, limit)
			}
		}
	})
}

func TestDayNumberCountsAsTheCalendarDoes(t *testing.T) {
	for at := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2030; at = at.AddDate(0, 0, 13) {
		d, later := at.Format(time.DateOnly), at.AddDate(0, 0, 13).Format(time.DateOnly)
		if dayOf(dayNumber(d)) != d || dayNumber(later)-dayNumber(d) != 13 {
			t.Fatalf("%s is day %d, 13 days later %d", d, dayNumber(d), dayNumber(later))
		}
	}
}

func TestDigestsDoNotDependOnTheOrderOfLinesAndNeverChange(t *testing.T) {
	at := time.UnixMilli(1291192000000)
	a, b := lineDigest(1, 6000, 1530), lineDigest(2, -1000, -339)
	if receiptDigest(at, "GBP", a+b) != receiptDigest(at, "GBP", b+a) {
		t.Error("the order counts")
	}
	if receiptDigest(at, "GBP", a+b) == receiptDigest(at, "EUR", a+b) || a == lineDigest(1, 6000, 1531) {
		t.Error("a difference was not seen")
	}
	if got, want := receiptDigest(at, "GBP", a+b), int64(-6135960880224633241); got != want {
		t.Errorf("the digest is %d, want %d: digests are stored, and changing them makes every known receipt differ", got, want)
	}
}
