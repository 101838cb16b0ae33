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

// BenchmarkReturn fits the return model to 1,000,000 customers, and scores them.
func BenchmarkReturn(b *testing.B) {
	c := million()
	l, err := NewLog(Events{Customer: c.Customer, Day: c.Day}, 1_000_000)
	if err != nil {
		b.Fatal(err)
	}
	p, err := NewPast(l, Window{End: 728, Unit: 7}, 39)
	if err != nil {
		b.Fatal(err)
	}
	r, err := FitReturn(p)
	if err != nil {
		b.Fatal(err)
	}
	n := p.Histories.Len()
	dst := Scores{Active: make([]float64, n), Expected: make([]float64, n)}
	b.Run("fit", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := FitReturn(p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("score", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := r.Score(p, dst); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("assess", func(b *testing.B) {
		for b.Loop() {
			if _, err := Assess(dst.Active, dst.Expected, c.Later); err != nil {
				b.Fatal(err)
			}
		}
	})
}
