package btyd

import (
	"math"
	"sync/atomic"
)

// Score fills the columns of dst; see [Model]. It panics when a column is not as long as h; rows
// that [Histories.Check] refuses get NaN. What depends on x and one time alone is worked out once
// for all customers who share them when h.Step is set.
func (m ParetoNBD) Score(dst Scores, h *Histories, t float64) {
	dst.check(h.Len())
	p := newParetoScorer(m, h, t)
	inParallel(h.Len(), scoreStretch, func(_, from, to int) {
		for i := from; i < to; i++ {
			alive := p.alive(i)
			if dst.Alive != nil {
				dst.Alive[i] = alive
			}
			if dst.Active != nil {
				dst.Active[i] = alive * p.active(i)
			}
			if dst.Expected != nil {
				dst.Expected[i] = ofAlive(alive, p.expected(i))
			}
		}
	})
}

// paretoScorer scores rows of one Histories. When times are whole steps it keeps tables: of
// logarithms and lifetimes by step, and of probabilities by purchases and step, filled as they are
// asked for.
type paretoScorer struct {
	m       ParetoNBD
	h       *Histories
	t       float64
	perStep float64
	steps   int       // times on the grid, or 0
	rank    []int32   // by x: its row in the tables
	logA    []float64 // ln(α+τ)
	logB    []float64 // ln(β+τ)
	lives   []float64 // of who is alive at τ, expected time alive within t, over α+τ
	lapses  memo      // R(x, τ)
	actives memo      // of who is alive at τ after x purchases, P(active within t)
}

func newParetoScorer(m ParetoNBD, h *Histories, t float64) *paretoScorer {
	p := &paretoScorer{m: m, h: h, t: t}
	steps, largest := gridOf(h), int32(0)
	for _, x := range h.X {
		largest = max(largest, x)
	}
	if steps == 0 || !m.proper(History{}) || !(t >= 0) || int(largest) > 4*h.Len()+1024 {
		return p
	}
	p.perStep, p.rank = 1/h.Step, make([]int32, largest+1)
	for i, x := range h.X {
		tx, t := h.Tx[i], h.T[i]
		if !(x >= 0 && 0 <= tx && tx <= t && p.whole(tx) && p.whole(t)) || (x == 0 && tx > 0) {
			return p
		}
		p.rank[x] = 1
	}
	distinct := int32(0)
	for x, occurs := range p.rank {
		p.rank[x] = distinct
		distinct += occurs
	}
	cells := int(distinct) * steps
	if cells > 4*h.Len()+1024 { // a table would be longer than the data
		return p
	}
	p.steps = steps
	p.logA, p.logB, p.lives = make([]float64, steps), make([]float64, steps), make([]float64, steps)
	for d := range steps {
		now := m.at(0, float64(d)*h.Step)
		p.logA[d], p.logB[d] = math.Log(now.Alpha), math.Log(now.Beta)
		p.lives[d] = now.lifetimeWithin(t) / now.Alpha
	}
	p.lapses, p.actives = make(memo, cells), make(memo, cells)
	return p
}

func (p *paretoScorer) alive(i int) float64 {
	if p.steps == 0 {
		return p.m.Alive(p.h.At(i))
	}
	x, then, now := p.h.X[i], p.step(p.h.Tx[i]), p.step(p.h.T[i])
	if then == now {
		return 1
	}
	decay := (p.m.R+float64(x))*(p.logA[now]-p.logA[then]) + p.m.S*(p.logB[now]-p.logB[then])
	dead := p.dies(x, then)
	if decay < 700 {
		dead *= math.Exp(decay)
	} else { // the factor might overflow, the product need not
		dead = math.Exp(decay + math.Log(dead))
	}
	return math.Min(1, 1/(1-p.dies(x, now)+dead))
}

func (p *paretoScorer) dies(x int32, d int) float64 {
	cell := &p.lapses[int(p.rank[x])*p.steps+d]
	if known := cell.Load(); known != 0 {
		return math.Float64frombits(known)
	}
	return cell.keep(p.living(x, d).dies())
}

func (p *paretoScorer) active(i int) float64 {
	if p.steps == 0 {
		return p.m.at(int(p.h.X[i]), p.h.T[i]).activeNew(p.t)
	}
	x, d := p.h.X[i], p.step(p.h.T[i])
	cell := &p.actives[int(p.rank[x])*p.steps+d]
	if known := cell.Load(); known != 0 {
		return math.Float64frombits(known)
	}
	return cell.keep(p.living(x, d).activeNew(p.t))
}

func (p *paretoScorer) expected(i int) float64 {
	if p.steps == 0 {
		return p.m.at(int(p.h.X[i]), p.h.T[i]).ExpectedNew(p.t)
	}
	return (p.m.R + float64(p.h.X[i])) * p.lives[p.step(p.h.T[i])]
}

// living is the model of who is alive d steps after the first of x+1 purchases.
func (p *paretoScorer) living(x int32, d int) ParetoNBD { return p.m.at(int(x), float64(d)*p.h.Step) }

func (p *paretoScorer) whole(t float64) bool {
	return math.Abs(t*p.perStep-float64(p.step(t))) < 1e-6
}

func (p *paretoScorer) step(t float64) int { return int(t*p.perStep + 0.5) }

// memo remembers values; 0 is not remembered. Two processors may work out the same value at
// the same time: they store the same.
type memo []remembered

type remembered struct{ atomic.Uint64 }

func (r *remembered) keep(value float64) float64 {
	r.Store(math.Float64bits(value))
	return value
}
