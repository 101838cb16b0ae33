package demo

import (
	"math/rand/v2"
	"sort"
	"time"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/org"
)

// season knows how busy each day of the chain's past was, per trade.
type season struct {
	from, to day.Day             // the first and the last day with receipts
	upto     map[trade][]float64 // running total of the weights
}

func newSeason(from, to day.Day) season {
	s := season{from: from, to: to, upto: map[trade][]float64{}}
	for _, t := range []trade{org.Furniture, org.Fashion, org.Workshop} {
		total := 0.0
		list := make([]float64, 0, to.Sub(from)+1)
		for d := from; d <= to; d = d.AddDays(1) {
			total += busy(t, d)
			list = append(list, total)
		}
		s.upto[t] = list
	}
	return s
}

// between draws a day of the range, busy days more often. The range is cut to
// the season's; ok is false when nothing of it is left.
func (s season) between(rng *rand.Rand, t trade, from, to day.Day) (d day.Day, ok bool) {
	from, to = max(from, s.from), min(to, s.to)
	if from > to {
		return 0, false
	}
	list := s.upto[t]
	lo, hi := from.Sub(s.from), to.Sub(s.from)
	below := 0.0
	if lo > 0 {
		below = list[lo-1]
	}
	x := below + rng.Float64()*(list[hi]-below)
	i := lo + sort.SearchFloat64s(list[lo:hi], x)
	return s.from.AddDays(i), true
}

// busy is how many buy on a day, compared with a usual weekday.
func busy(t trade, d day.Day) float64 {
	w := 1.0
	switch d.Weekday() {
	case time.Saturday, time.Sunday:
		w = 1.9
		if t == org.Workshop {
			w = 1.4
		}
	case time.Friday:
		w = 1.2
	}
	_, month, dom := d.Date()
	in := func(m time.Month, from, to int) bool { return month == m && dom >= from && dom <= to }
	pick := func(furniture, fashion, workshop float64) {
		w *= map[trade]float64{org.Furniture: furniture, org.Fashion: fashion, org.Workshop: workshop}[t]
	}
	switch untilNewYear := untilSpringFestival(d); {
	case untilNewYear >= 3 && untilNewYear <= 24: // new clothes, and the car made ready for the way home
		pick(1.2, 2.0, 1.7)
	case untilNewYear >= -4 && untilNewYear <= 1: // nobody is out
		pick(0.1, 0.35, 0.05)
	case untilNewYear >= -12 && untilNewYear <= -5:
		pick(0.5, 0.9, 0.6)
	}
	switch {
	case in(time.November, 1, 11): // Double 11
		pick(1.8, 2.6, 1.2)
	case in(time.December, 8, 12):
		pick(1.2, 1.5, 1)
	case in(time.June, 10, 18):
		pick(1.4, 1.6, 1)
	case in(time.May, 1, 5), in(time.October, 1, 7):
		pick(2.0, 1.5, 0.8)
	case in(time.March, 5, 8):
		pick(1, 1.7, 1)
	case in(time.September, 20, 30):
		pick(1.2, 1.1, 1.5)
	}
	return w
}

// untilSpringFestival is the number of days to the nearest Spring Festival,
// negative after it.
func untilSpringFestival(d day.Day) int {
	best := 1000
	if l, ok := d.Lunar(); ok {
		for _, year := range []int{l.Year, l.Year + 1} {
			if f, err := (day.Lunar{Year: year, Month: 1, Day: 1}).Solar(); err == nil && abs(f.Sub(d)) < abs(best) {
				best = f.Sub(d)
			}
		}
	}
	return best
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// warm is how far the month is from winter: 0 in January, 1 in July.
func warm(d day.Day) float64 {
	_, month, _ := d.Date()
	return [...]float64{0, 0, 0.05, 0.3, 0.5, 0.75, 0.9, 1, 1, 0.8, 0.5, 0.25, 0.05}[month]
}

// minute draws the time of a sale: the shops are fullest after lunch and work.
func minute(rng *rand.Rand, t trade) int {
	peak, spread := 15*60.0, 130.0
	switch {
	case t == org.Workshop:
		peak, spread = 10*60+30, 120
	case rng.IntN(5) < 2:
		peak, spread = 19*60, 60
	}
	return min(max(int(peak+spread*rng.NormFloat64()), 10*60), 21*60+25)
}
