package btyd

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"
)

// scoreStretch is how many customers are scored between two looks at the shared counter.
const scoreStretch = 8192

// fate is what the next t holds for a customer who is alive, by the number j of events since
// the last purchase. It depends on x and T alone: two years of days make 16,000 of them
// for a million customers.
type fate struct {
	buys, expected         float64   // for j = 0: P(at least one purchase), and how many
	moreBuys, moreExpected []float64 // for j = 1 … k-1
}

// scorer scores rows of one Histories. When times are whole steps it remembers fates by (x, T)
// and logarithms by time.
type scorer struct {
	m       geometric
	h       *Histories
	t       float64
	needs   Scores // which columns, so that nothing else is worked out
	perStep float64
	steps   int                    // times on the grid, or 0
	xs      int                    // purchases on the grid: 0 … xs-1
	fates   []atomic.Pointer[fate] // by x*steps + T
	logs    []float64              // ln(alpha + time)
	odds    []float64              // ln a - ln(b+n-1) by x; -Inf without a chance to stop
}

// gridOf is how many whole steps the longest time has, or 0 where times are continuous or
// a table of them would be longer than the data.
func gridOf(h *Histories) int {
	if !(h.Step > 0) || math.IsInf(h.Step, 1) {
		return 0
	}
	longest := 0.0
	for _, t := range h.T {
		if t > longest { // three times as fast as max; NaN fails row by row
			longest = t
		}
	}
	steps := longest / h.Step
	if !(steps < float64(4*h.Len()+1024)) || h.Len() == 0 {
		return 0
	}
	return int(steps+0.5) + 1
}

func (d Scores) check(n int) {
	for _, column := range [][]float64{d.Alive, d.Active, d.Expected} {
		if column != nil && len(column) != n {
			panic(fmt.Sprintf("btyd: a column of %d for the scores of %d customers", len(column), n))
		}
	}
}

func (m geometric) score(dst Scores, h *Histories, t float64) {
	dst.check(h.Len())
	s := &scorer{m: m, h: h, t: t, needs: dst}
	if m.proper() && t >= 0 {
		s.steps = gridOf(h)
	}
	if s.steps > 0 {
		s.perStep = 1 / h.Step
		s.xs = min(1024, max(0, int(slices.Max(h.X))+1), (4*h.Len()+1024)/s.steps+1)
		s.fates = make([]atomic.Pointer[fate], s.xs*s.steps)
		s.logs = make([]float64, s.steps)
		for i := range s.logs {
			s.logs[i] = math.Log(m.alpha + float64(i)*h.Step)
		}
		s.odds = make([]float64, s.xs)
		for x := range s.odds {
			s.odds[x] = math.Inf(-1)
			if n := m.chances(x); n > 0 {
				s.odds[x] = math.Log(m.a) - math.Log(m.b+(n-1))
			}
		}
	}
	inParallel(h.Len(), scoreStretch, func(_, from, to int) { s.stretch(from, to) })
}

// stretch scores the rows from … to-1.
func (s *scorer) stretch(from, to int) {
	m, h := s.m, s.h
	terms := make([]float64, max(1, m.k))
	for i := from; i < to; i++ {
		x, tx, t := int(h.X[i]), h.Tx[i]*s.perStep, h.T[i]*s.perStep
		if !(x >= 0 && x < s.xs && tx >= 0 && tx <= t && t < float64(s.steps)-0.5) || (x == 0 && tx > 0) {
			s.alone(i, terms)
			continue
		}
		nt, ntx := int(t+0.5), int(tx+0.5)
		if math.Abs(t-float64(nt)) > 1e-6 || math.Abs(tx-float64(ntx)) > 1e-6 {
			s.alone(i, terms)
			continue
		}
		cell := &s.fates[x*s.steps+nt]
		f := cell.Load()
		if f == nil {
			f = s.fate(x, float64(nt)*h.Step)
			cell.Store(f)
		}
		silence := 1.0
		if m.k > 1 {
			silence = m.silence(History{X: x, Tx: h.Tx[i], T: h.T[i]}, terms)
		}
		alive := 1.0
		if base := s.odds[x]; base >= -math.MaxFloat64 {
			alive = 1 / (1 + math.Exp(base+m.shape(x)*(s.logs[nt]-s.logs[ntx]))/silence)
		}
		if s.needs.Alive != nil {
			s.needs.Alive[i] = alive
		}
		if s.needs.Active != nil {
			s.needs.Active[i] = alive * mean(f.buys, f.moreBuys, terms, silence)
		}
		if s.needs.Expected != nil {
			s.needs.Expected[i] = ofAlive(alive, mean(f.expected, f.moreExpected, terms, silence))
		}
	}
}

// mean weighs the values by j with the terms of the silence, of which they are the sum.
func mean(first float64, more, terms []float64, silence float64) float64 {
	if len(more) == 0 {
		return first
	}
	for j, v := range more {
		if w := terms[j+1]; w > 0 { // v may be infinite
			first += w * v
		}
	}
	return first / silence
}

// fate works out what the next t holds for customers with x purchases of age T.
func (s *scorer) fate(x int, age float64) *fate {
	m, tau := s.m, s.t/(s.m.alpha+age)
	f := &fate{}
	if m.k > 1 {
		f.moreBuys, f.moreExpected = make([]float64, m.k-1), make([]float64, m.k-1)
	}
	for j := range m.k {
		var buys, expected float64
		if s.needs.Active != nil {
			buys = negBinomialTail(float64(m.k-j), m.shape(x)+float64(j), tau)
		}
		if s.needs.Expected != nil {
			expected = m.purchases(x, j, tau)
		}
		if j == 0 {
			f.buys, f.expected = buys, expected
		} else {
			f.moreBuys[j-1], f.moreExpected[j-1] = buys, expected
		}
	}
	return f
}

// alone scores row i without the grid. terms has room for k numbers.
func (s *scorer) alone(i int, terms []float64) {
	m, h := s.m, History{X: int(s.h.X[i]), Tx: s.h.Tx[i], T: s.h.T[i]}
	alive, buys, expected := math.NaN(), math.NaN(), math.NaN()
	if m.valid(h) {
		alive = m.alive(h)
		if s.t >= 0 && s.needs.Active != nil {
			buys = m.comesWithin(h, s.t, terms)
		}
		if s.t >= 0 && s.needs.Expected != nil {
			expected = m.comes(h, s.t, terms)
		}
	}
	if s.needs.Alive != nil {
		s.needs.Alive[i] = alive
	}
	if s.needs.Active != nil {
		s.needs.Active[i] = alive * buys
	}
	if s.needs.Expected != nil {
		s.needs.Expected[i] = ofAlive(alive, expected)
	}
}
