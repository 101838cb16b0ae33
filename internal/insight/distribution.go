package insight

import (
	"slices"
)

// Distribution tells how unlike the customers are in what they will bring, how
// often they come and how long they stay away in between.
type Distribution struct {
	Currency  string   `json:"currency"`
	Value     []Tenth  `json:"value"`     // tenths of the customers by the sales to expect, the best first
	Frequency []Bucket `json:"frequency"` // by distinct days with a purchase
	Gaps      []Bucket `json:"gaps"`      // by the days between one purchase and the next
	Active    []Bucket `json:"active"`    // by the chance of a purchase within the horizon, in percent

	Repeaters  int     `json:"repeaters"`   // who bought on two days or more
	RepeatRate float64 `json:"repeat_rate"` // the share of them among all customers
	MedianGap  float64 `json:"median_gap"`  // the usual gap, in days: the median of the customers' own; 0: nobody has come back
}

// Tenth is a tenth of the customers.
type Tenth struct {
	Customers int     `json:"customers"`
	Value     int64   `json:"value"` // all of theirs, minor units
	Share     float64 `json:"share"` // of everybody's
	Mean      int64   `json:"mean"`  // of one of them
	Least     int64   `json:"least"` // of the last of them
}

// Bucket counts what lies between two bounds.
type Bucket struct {
	From  int `json:"from"`
	To    int `json:"to"` // inclusive; 0: there is no end
	Count int `json:"count"`
}

// The bounds of the buckets: where each begins.
var (
	frequencyFrom = []int{1, 2, 3, 4, 5, 6, 8, 11, 21, 51}
	gapFrom       = []int{1, 8, 15, 31, 61, 91, 181, 366}
	activeFrom    = []int{0, 10, 20, 30, 40, 50, 60, 70, 80, 90}
)

func distribution(v *View) Distribution {
	b := v.Book
	out := Distribution{Currency: string(b.Currency), Value: tenths(v.Scores),
		Frequency: bucketsFrom(frequencyFrom), Gaps: bucketsFrom(gapFrom), Active: bucketsFrom(activeFrom)}
	for i := range b.Customers {
		n := 1
		from, to := b.Purchases(i)
		for k := from + 1; k < to; k++ {
			if gap := b.Day[k].Sub(b.Day[k-1]); gap > 0 {
				n++
				put(out.Gaps, gap)
			}
		}
		put(out.Frequency, n)
		if n > 1 {
			out.Repeaters++
		}
	}
	for i := range v.Scores {
		put(out.Active, int(v.Scores[i].Active*100))
	}
	if out.Repeaters > 0 {
		out.MedianGap = float64(shopGap(b)) / 2
	}
	out.RepeatRate = share(int64(out.Repeaters), int64(b.Len()))
	return out
}

// tenths are the tenths of the customers by the sales to expect, the best first.
func tenths(scores []Score) []Tenth {
	values := make([]int64, len(scores))
	var total int64
	for i := range scores {
		values[i] = scores[i].Value
		total += scores[i].Value
	}
	slices.SortFunc(values, func(a, b int64) int { return int(min(1, max(-1, b-a))) })
	list := []Tenth{}
	for k := range 10 {
		part := values[k*len(values)/10 : (k+1)*len(values)/10]
		if len(part) == 0 {
			continue
		}
		t := Tenth{Customers: len(part), Least: part[len(part)-1]}
		for _, value := range part {
			t.Value += value
		}
		t.Share, t.Mean = share(t.Value, total), t.Value/int64(len(part))
		list = append(list, t)
	}
	return list
}

// bucketsFrom are empty buckets that begin at the bounds.
func bucketsFrom(bounds []int) []Bucket {
	list := make([]Bucket, len(bounds))
	for i, from := range bounds {
		list[i].From = from
		if i+1 < len(bounds) {
			list[i].To = bounds[i+1] - 1
		}
	}
	return list
}

// put counts n in its bucket.
func put(list []Bucket, n int) {
	for i := len(list) - 1; i >= 0; i-- {
		if n >= list[i].From {
			list[i].Count++
			return
		}
	}
}

// Rhythm tells how many come again, and after how long.
type Rhythm struct {
	Repeaters  int      `json:"repeaters"`   // who bought on two days or more
	RepeatRate float64  `json:"repeat_rate"` // the share of them among all customers
	MedianGap  float64  `json:"median_gap"`  // the usual gap, in days; 0: nobody has come back
	Gaps       []Bucket `json:"gaps"`        // by the days between one purchase and the next
}

// Rhythm is the part of the report that tells it.
func (d Distribution) Rhythm() Rhythm {
	return Rhythm{Repeaters: d.Repeaters, RepeatRate: d.RepeatRate, MedianGap: d.MedianGap, Gaps: d.Gaps}
}
