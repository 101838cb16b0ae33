package btyd

import "testing"

// The fits and scores of 1,000,000 customers, and of 4,000,000 to see that they grow as the customers do.

func BenchmarkFitBGNBD(b *testing.B) {
	h := million().Histories
	for b.Loop() {
		if f, err := FitBGNBD(h, Options{}); err != nil || len(f.Warnings) > 0 {
			b.Fatal(f, err)
		}
	}
}

func BenchmarkFitBGNBDWarm(b *testing.B) {
	h := million().Histories
	for b.Loop() {
		if f, err := FitBGNBD(h, Options{Start: []float64{0.25, 4.5, 0.8, 2.5}}); err != nil || len(f.Warnings) > 0 {
			b.Fatal(f, err)
		}
	}
}

func BenchmarkFitMBGNBD(b *testing.B) {
	h := million().Histories
	for b.Loop() {
		if _, err := FitMBGNBD(h, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFitBGCNBD(b *testing.B) {
	h := million().Histories
	for b.Loop() {
		if _, err := FitBGCNBD(h, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFitBGNBDContinuous(b *testing.B) {
	h := *million().Histories
	h.Step = 0
	for b.Loop() {
		if f, err := FitBGNBD(&h, Options{}); err != nil || len(f.Warnings) > 0 {
			b.Fatal(f, err)
		}
	}
}

func BenchmarkFitBGNBD4M(b *testing.B) {
	h := cdnowLike(4_000_000).Histories
	for b.Loop() {
		if f, err := FitBGNBD(h, Options{}); err != nil || len(f.Warnings) > 0 {
			b.Fatal(f, err)
		}
	}
}

func benchmarkScore(b *testing.B, m Model, h *Histories) {
	n := h.Len()
	s := Scores{Alive: make([]float64, n), Active: make([]float64, n), Expected: make([]float64, n)}
	for b.Loop() {
		m.Score(s, h, 39)
	}
}

func BenchmarkScoreBGNBD(b *testing.B)  { benchmarkScore(b, cdnowBG, million().Histories) }
func BenchmarkScoreMBGNBD(b *testing.B) { benchmarkScore(b, cdnowMBG, million().Histories) }

func BenchmarkScoreMBGCNBD(b *testing.B) {
	benchmarkScore(b, MBGCNBD{K: 2, R: 0.57991, Alpha: 2.28820, A: 1.13433, B: 1.58478}, million().Histories)
}

func BenchmarkScoreBGNBDContinuous(b *testing.B) {
	h := *million().Histories
	h.Step = 0
	benchmarkScore(b, cdnowBG, &h)
}
