package insight

import (
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight/life"
)

// forecast is what the customers of a book are expected to do, row by row.
type forecast struct {
	active   []float64 // chance of a purchase within the horizon
	expected []float64 // purchases within the horizon
	value    []float64 // sales of the next 365 days, discounted, in minor units
}

func newForecast(n int) forecast {
	return forecast{active: make([]float64, n), expected: make([]float64, n), value: make([]float64, n)}
}

// tally is how those fared who stood in one stage: of so many, how many came back
// within the horizon, and on how many days.
type tally struct{ customers, returned, days float64 }

// byRule foretells without a model: whoever stands in a stage today will do as
// those did who stood in it one horizon ago. It needs no more than a few
// customers, and says of every customer what happened to those before.
func byRule(b *Book, s Setting, gap int) forecast {
	f := newForecast(b.Len())
	cut := b.AsOf.AddDays(-s.Horizon)
	var all tally
	var stages [life.Count]tally
	var days []day.Day
	var way Way
	for i := range b.Customers {
		if b.First(i) > cut {
			continue
		}
		days = b.Days(days[:0], i)
		s.Rules.Follow(&way, days, gap, cut)
		stage, _ := way.At(cut)
		came := 0
		for k := len(days) - 1; days[k] > cut; k-- {
			came++
		}
		for _, t := range []*tally{&all, &stages[stage]} {
			t.customers++
			t.days += float64(came)
			if came > 0 {
				t.returned++
			}
		}
	}
	// A few made-up customers like the average keep the share of a small group sane.
	const like = 4
	base, rate := (all.returned+1)/(all.customers+2), (all.days+1)/(all.customers+2)
	spend := spends(b)
	for i := range b.Customers {
		s.Rules.Follow(&way, b.Days(days[:0], i), gap, b.AsOf)
		stage, _ := way.At(b.AsOf)
		t := stages[stage]
		f.active[i] = (t.returned + like*base) / (t.customers + like)
		f.expected[i] = (t.days + like*rate) / (t.customers + like)
		f.value[i] = f.expected[i] * year / float64(s.Horizon) * spend[i] * s.halfYear()
	}
	return f
}

// halfYear is what an amount in the middle of the coming year is worth today.
func (s Setting) halfYear() float64 { return 1 / (1 + float64(s.Discount)/ppm/2) }

// spends is what each customer can be expected to spend on a day with a purchase:
// their own mean, drawn to everybody's the more, the fewer the purchases.
func spends(b *Book) []float64 {
	total, count := 0.0, 0.0
	list := make([]float64, b.Len())
	n := make([]float64, b.Len())
	for i := range list {
		list[i], n[i] = float64(b.Total(i)), float64(purchaseDays(b, i))
		total += list[i]
		count += n[i]
	}
	const like = 2 // as though everybody had made so many purchases of the usual size
	for i := range list {
		list[i] = (list[i] + like*total/count) / (n[i] + like)
	}
	return list
}

// purchaseDays is on how many days a customer bought.
func purchaseDays(b *Book, i int) int {
	from, to := b.Purchases(i)
	n := 0
	for k := from; k < to; k++ {
		if k == from || b.Day[k] != b.Day[k-1] {
			n++
		}
	}
	return n
}
