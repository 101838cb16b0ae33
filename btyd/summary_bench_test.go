package btyd

import (
	"testing"
)

// BenchmarkSummarize is events to histories: 1,000,000 customers, 2.3 million purchases, shuffled.
func BenchmarkSummarize(b *testing.B) {
	c := million()
	e := Events{Customer: c.Customer, Day: c.Day}
	spent := e
	spent.Spend = make([]float64, len(e.Customer))
	for i := range spent.Spend {
		spent.Spend[i] = float64(i % 100)
	}
	for name, e := range map[string]Events{"dates": e, "dates and spend": spent} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				h, err := Summarize(e, 1_000_000, Window{End: 728, Unit: 7})
				if err != nil || h.Len() != 1_000_000 {
					b.Fatal(h.Len(), err)
				}
			}
		})
	}
}
