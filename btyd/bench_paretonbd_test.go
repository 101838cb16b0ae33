package btyd

import "testing"

var millionSpend = GammaGamma{P: 6.25, Q: 3.74, Gamma: 15.44}

func BenchmarkFitParetoNBD(b *testing.B) {
	h := million().Histories
	b.ReportAllocs()
	for b.Loop() {
		if f, err := FitParetoNBD(h, Options{}); err != nil || len(f.Warnings) > 0 {
			b.Fatal(f, err)
		}
	}
}

func BenchmarkFitParetoNBDContinuous(b *testing.B) {
	h := *million().Histories
	h.Step = 0
	for b.Loop() {
		if f, err := FitParetoNBD(&h, Options{}); err != nil || len(f.Warnings) > 0 {
			b.Fatal(f, err)
		}
	}
}

func BenchmarkFitParetoNBD4M(b *testing.B) {
	h := cdnowLike(4_000_000).Histories
	for b.Loop() {
		if f, err := FitParetoNBD(h, Options{}); err != nil || len(f.Warnings) > 0 {
			b.Fatal(f, err)
		}
	}
}

func BenchmarkScoreParetoNBD(b *testing.B) { benchmarkScore(b, oraclePareto, million().Histories) }

func BenchmarkScoreParetoNBDContinuous(b *testing.B) {
	h := *million().Histories
	h.Step = 0
	benchmarkScore(b, oraclePareto, &h)
}

func BenchmarkFitGammaGamma(b *testing.B) {
	h := simulateSpend(1, 1_000_000, millionSpend)
	b.ReportAllocs()
	for b.Loop() {
		if f, err := FitGammaGamma(h, Options{}); err != nil || len(f.Warnings) > 0 {
			b.Fatal(f, err)
		}
	}
}

// What a million customers are worth for ever, and over twelve months.
func BenchmarkDiscounted(b *testing.B) {
	h := million().Histories
	dst := make([]float64, h.Len())
	for _, c := range []struct {
		name string
		m    Model
		z    Horizon
	}{
		{"ParetoNBD", oraclePareto, Horizon{Length: 52, Rate: 0.15}},
		{"ParetoNBD in months", oraclePareto, Horizon{Periods: 12, Length: 4.345, Rate: 0.01}},
		{"MBGNBD", oracleMBG, Horizon{Length: 52, Rate: 0.15}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := Discounted(dst, c.m, h, c.z); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
