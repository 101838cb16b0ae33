package insight

import (
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight/life"
	"github.com/ricejar/ricejar/internal/money"
)

// Score is what was found out about one customer. Money is in minor units of the
// book's currency.
type Score struct {
	Customer  customer.ID
	Stage     Stage
	Since     day.Day // when the stage began
	VIP       bool    // among the best by the purchases of a year
	Recency   int8    // 1 to 5: how lately, compared with the others
	Frequency int8    // 1 to 5: on how many days
	Monetary  int8    // 1 to 5: for how much in all, less what was brought back
	Days      int32   // distinct days with a purchase
	First     day.Day
	Last      day.Day
	Gap       float32 // own median gap, in days; 0: fewer than two purchase days
	Overdue   float32 // silence in gaps: 1 is just now, by the gap that counts
	Active    float64 // chance of a purchase within the horizon
	Expected  float64 // purchases to expect within the horizon
	Spent     int64   // in the last 365 days, less what was brought back
	Value     int64   // sales to expect in the next 365 days, less what will be brought back, discounted
	Warning   Warning // why they may be leaving; the zero Warning: they are not
}

// Year is how long the purchases of a year are.
const year = 365

// findings are what scores are made of besides the book.
type findings struct {
	setting  Setting
	gap      int // the shop's median gap, times two
	forecast forecast
	tried    bool // the chances are a model's that was tried on the past
	troubles map[customer.ID]trouble
}

// scores are the scores of all customers of a book, in its order.
func scores(b *Book, f findings) []Score {
	list := make([]Score, b.Len())
	rules := f.setting.Rules
	var way Way
	var days []day.Day
	totals := make([]int64, b.Len())
	for i := range list {
		s := &list[i]
		days = b.Days(days[:0], i)
		rules.Follow(&way, days, f.gap, b.AsOf)
		s.Customer, s.First, s.Last, s.Days = b.Customers[i], days[0], days[len(days)-1], int32(len(days))
		s.Stage, s.Since = way.At(b.AsOf)
		s.Gap = float32(way.Gap) / 2
		usual, own := rules.Usual(way.Gap, way.Gaps, f.gap)
		s.Overdue = float32(b.AsOf.Sub(s.Last)) / (float32(way.Counts) / 2)
		s.Spent = b.SpentYear(i)
		s.Active, s.Expected, s.Value = f.forecast.active[i], f.forecast.expected[i], money.Rough(int64(f.forecast.value[i])) // what hardly changes by night is not written into indexes again
		s.Warning = leaving(rules, s, days, way, usual, own, b.AsOf, f.troubles[s.Customer], f.tried)
		totals[i] = b.Net(i)
	}
	recency := upperQuintiles(list, func(_ int, s *Score) int64 { return int64(s.Last) })
	frequency := quintiles(list, func(_ int, s *Score) int64 { return int64(s.Days) })
	monetary := quintiles(list, func(i int, _ *Score) int64 { return totals[i] })
	least := topSpent(list, f.setting.VIPShare)
	for i := range list {
		s := &list[i]
		s.Recency, s.Frequency, s.Monetary = recency(int64(s.Last)), frequency(int64(s.Days)), monetary(totals[i])
		s.VIP = s.Spent > 0 && s.Spent >= least
	}
	return list
}

// quintiles tells, for a value, which fifth of the customers it belongs to: 5 for
// the highest. Equal values are in one fifth, the lowest they reach into: where most
// have bought once, they are all in the first.
func quintiles(list []Score, value func(i int, s *Score) int64) func(int64) int8 {
	sorted := sortedValues(list, value)
	return func(v int64) int8 {
		below, _ := slices.BinarySearch(sorted, v)
		return int8(1 + 5*below/max(len(sorted), 1))
	}
}

// upperQuintiles is quintiles with equal values in the highest fifth they reach
// into: nobody came later than those who came on the newest day, however many.
func upperQuintiles(list []Score, value func(i int, s *Score) int64) func(int64) int8 {
	sorted := sortedValues(list, value)
	return func(v int64) int8 {
		upTo, _ := slices.BinarySearch(sorted, v+1)
		return int8(5 - 5*(len(sorted)-upTo)/max(len(sorted), 1))
	}
}

func sortedValues(list []Score, value func(i int, s *Score) int64) []int64 {
	sorted := make([]int64, len(list))
	for i := range list {
		sorted[i] = value(i, &list[i])
	}
	slices.Sort(sorted)
	return sorted
}

// topSpent is what the best share of those who bought in the last year have spent
// at least.
func topSpent(list []Score, share int64) int64 {
	var spent []int64
	for i := range list {
		if list[i].Spent > 0 {
			spent = append(spent, list[i].Spent)
		}
	}
	n := len(spent) * int(share) / ppm
	if n == 0 {
		return 1 << 62 // too few customers for anybody to stand out
	}
	slices.Sort(spent)
	return spent[len(spent)-n]
}

// noRhythm is the gap, in days, of a shop to which nobody has come back yet.
const noRhythm = 90

// shopGap is the median of the customers' own median gaps, times two: what silence
// is measured by where a customer's own rhythm is not known.
func shopGap(b *Book) int {
	var own []int32
	var days []day.Day
	var gaps []int32
	for i := range b.Customers {
		if days = b.Days(days[:0], i); len(days) < 2 {
			continue
		}
		gaps = gaps[:0]
		for k, d := range days[1:] {
			gaps = append(gaps, int32(d.Sub(days[k])))
		}
		slices.Sort(gaps)
		own = append(own, int32(life.Middle(gaps)))
	}
	if len(own) == 0 {
		return 2 * noRhythm
	}
	slices.Sort(own)
	return life.Middle(own) / 2
}
