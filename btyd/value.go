package btyd

import (
	"errors"
	"math"
)

// Horizon says how far ahead purchases are counted, and what later ones are worth today.
type Horizon struct {
	// Periods is the number of periods that count. 0 counts all purchases to come.
	Periods int
	// Length is the length of a period in the unit of the fit: where that is days, 30 or
	// 365.25/12 for months; where it is weeks, 365.25/7 for years. 0 stands for 1.
	Length float64
	// Rate is the discount for a period: 0.01 makes a purchase one period later worth 1/1.01.
	Rate float64
}

// length is Length, or 1 for 0.
func (z Horizon) length() float64 {
	if z.Length == 0 {
		return 1
	}
	return z.Length
}

// Continuous is the continuously compounded rate δ for a unit of time that equals Rate for a
// period: ln(1+Rate)/Length. 15 % for a year of 52 weeks is 0.0027 a week.
func (z Horizon) Continuous() float64 { return math.Log1p(z.Rate) / z.length() }

// Check tells what is wrong with a horizon.
func (z Horizon) Check() error {
	switch {
	case z.Periods < 0:
		return errors.New("btyd: a negative number of periods")
	case !positive(z.length()):
		return errors.New("btyd: a period is a positive time")
	case !(z.Rate > -1) || math.IsInf(z.Rate, 0):
		return errors.New("btyd: a discount rate that is none")
	case z.Periods == 0 && !(z.Rate > 0):
		return errors.New("btyd: without a discount, all purchases to come have no finite value")
	}
	return nil
}

// Discounted fills dst with the discounted expected number of purchases of each
// customer. Over n periods of length f at rate d it is
//
//	Σ (E[Y(if)] − E[Y((i−1)f)]) / (1+d)^i,  i = 1 … n,
//
// what is bought in a period counting at its end, as is usual. Without an end (Periods 0) it is the
// discounted expected residual transactions, DERT, of Fader, Hardie & Lee (2005, JMR 42,
// 415-430):
//
//	∫₀^∞ e^(−δt) dE[Y(t)] = ∫₀^∞ e^(−y) E[Y(y/δ)] dy,
//
// in closed form for [ParetoNBD] (see [ParetoNBD.DERT]), by one integral a number of purchases for [BGNBD] and
// [MBGNBD], and by the integral above, at 65 times the cost of scoring once, for the regular models. All are
// good to some 12 digits. It panics when dst is not as long as h.
func Discounted(dst []float64, m Model, h *Histories, z Horizon) error {
	if err := z.Check(); err != nil {
		return err
	}
	Scores{Expected: dst}.check(h.Len())
	if z.Periods > 0 {
		scratch := make([]float64, h.Len())
		clear(dst)
		for i := 1; i <= z.Periods; i++ {
			// Summed by parts: E[Y(if)] counts with the discount of i less that of i+1.
			weight := math.Pow(1+z.Rate, -float64(i))
			if i < z.Periods {
				weight -= math.Pow(1+z.Rate, -float64(i+1))
			}
			m.Score(Scores{Expected: scratch}, h, float64(i)*z.length())
			accumulate(dst, weight, scratch)
		}
		return nil
	}
	delta := z.Continuous()
	if p, ok := m.(ParetoNBD); ok {
		p.dert(dst, h, delta)
		return nil
	}
	if g, ok := irregular(m); ok {
		g.dert(dst, h, delta)
		return nil
	}
	scratch := make([]float64, h.Len())
	clear(dst)
	residual(func(y, weight float64) {
		m.Score(Scores{Expected: scratch}, h, y/delta)
		accumulate(dst, weight, scratch)
	})
	return nil
}

// DERT are the discounted expected residual transactions of one customer at the
// continuously compounded rate delta > 0 for a unit of time: [Discounted] without an end.
func DERT(m Model, h History, delta float64) float64 {
	if p, ok := m.(ParetoNBD); ok {
		return p.DERT(h, delta)
	}
	if !positive(delta) {
		return math.NaN()
	}
	if g, ok := irregular(m); ok {
		alive := g.alive(h)
		if alive == 0 || math.IsNaN(alive) {
			return alive
		}
		return alive * g.living(h.X, h.T, delta)
	}
	sum := 0.0
	residual(func(y, weight float64) { sum += weight * m.Expected(h, y/delta) })
	return sum
}

// residual gives the nodes and weights of ∫₀^∞ e^-y f(y) dy for an f that begins with 0 and grows
// no faster than y: the trapezoidal rule after y = y₀ exp(k − e^-k). What is expected bends where the
// time ahead is that behind the customer, at some hundredths or thousandths of y; y₀ is below.
func residual(add func(y, weight float64)) {
	const step, y0 = 0.25, 1e-4
	for i := -12; i <= 52; i++ {
		k := step * float64(i)
		e := math.Exp(-k)
		y := y0 * math.Exp(k-e)
		add(y, step*(1+e)*y*math.Exp(-y))
	}
}

func accumulate(sum []float64, weight float64, column []float64) {
	for i, v := range column {
		sum[i] += weight * v
	}
}

// DERT is the discounted expected residual transactions (JMR 2005; Hardie's note 009) at
// the continuously compounded rate delta > 0: the purchases to come, each worth e^(−δt) after a time t.
//
//	P(alive) (r+x)/(α+T) (β+T) w^(s−1) Ψ(s, s; w),  w = δ(β+T)
func (m ParetoNBD) DERT(h History, delta float64) float64 {
	return m.ResidualLifetime(h, delta) * (m.R + float64(h.X)) / (m.Alpha + h.T)
}

// ResidualLifetime is the expected time that the customer still lives, each moment of it
// discounted at the continuously compounded rate delta > 0.
func (m ParetoNBD) ResidualLifetime(h History, delta float64) float64 {
	if !positive(delta) {
		return math.NaN()
	}
	return m.Alive(h) * m.at(h.X, h.T).lifetime(delta)
}

// lifetime is the discounted expected lifetime of a new customer.
func (m ParetoNBD) lifetime(delta float64) float64 {
	return m.Beta * discountedLife(m.S, delta*m.Beta)
}

// dert fills a column with DERT.
func (m ParetoNBD) dert(dst []float64, h *Histories, delta float64) {
	m.Score(Scores{Alive: dst}, h, 0)
	steps := gridOf(h)
	lives := make([]float64, steps)
	for d := range lives {
		lives[d] = m.at(0, float64(d)*h.Step).lifetime(delta)
	}
	inParallel(h.Len(), scoreStretch, func(_, from, to int) {
		for i := from; i < to; i++ {
			x, t := int(h.X[i]), h.T[i]
			var living float64
			if d := t / h.Step; steps > 0 && d >= 0 && math.Abs(d-math.Round(d)) < 1e-6 {
				living = lives[int(math.Round(d))]
			} else {
				living = m.at(x, t).lifetime(delta)
			}
			dst[i] *= living * (m.R + float64(x)) / (m.Alpha + t)
		}
	})
}

// CLV fills dst with the customer lifetime value of each customer: the discounted expected number of
// purchases to come (see [Discounted]) by the expected spend of one (see [GammaGamma.Expected]).
// It is revenue, and without what was spent so far: multiply by the margin for profit.
//
// Spend is taken not to depend on how often and how long customers buy; a fit of the spend model
// that says it does ([Correlated]) makes values too low at one end and too high at the other.
func CLV(dst []float64, m Model, spend GammaGamma, h *Histories, z Horizon) error {
	if h.Spend == nil {
		return errors.New("btyd: the value of customers needs their spend")
	}
	if err := Discounted(dst, m, h, z); err != nil {
		return err
	}
	for i := range dst {
		if dst[i] != 0 { // nothing is worth nothing, even where the expected spend is infinite
			dst[i] *= spend.Expected(int(h.Purchases[i]), h.Spend[i])
		}
	}
	return nil
}
