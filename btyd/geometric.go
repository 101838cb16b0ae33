package btyd

import "math"

// geometric is the family of BG/NBD, MBG/NBD and their regular forms: while alive, a
// customer buys at every k-th event of a Poisson process whose rate is Gamma(r, alpha);
// after a purchase he stops for good with a probability p of his own, which is
// Beta(a, b). In the modified models he may do so after the first purchase, too.
//
// The formulas of the four models are one when written with the number n of chances to
// stop that a customer who is still alive let pass: x, or in the modified models x + 1.
type geometric struct {
	r, alpha, a, b float64
	k              int
	modified       bool
}

// chances is n.
func (m geometric) chances(x int) float64 {
	if m.modified {
		return float64(x) + 1
	}
	return float64(x)
}

// shape is the first parameter of the Gamma posterior of the rate: r + kx.
func (m geometric) shape(x int) float64 { return m.r + float64(m.k)*float64(x) }

// valid tells whether m and h are what the formulas are made for; elsewhere the
// answers are NaN.
func (m geometric) valid(h History) bool {
	return m.proper() && h.X >= 0 && h.Tx >= 0 && h.Tx <= h.T && !math.IsInf(h.T, 0) && (h.X > 0 || h.Tx == 0)
}

// mostEvents bounds k: beyond it the terms of S2 could overflow. Purchases as regular as that keep a calendar.
const mostEvents = 50

func (m geometric) proper() bool {
	return positive(m.r) && positive(m.alpha) && positive(m.a) && positive(m.b) && m.k >= 1 && m.k <= mostEvents
}

func positive(x float64) bool { return x > 0 && !math.IsInf(x, 1) }

// silence is S2, in which the k-1 events that may have passed unseen since the last purchase
// are summed over (Reutterer, Platzer & Schroeder 2021): term j is proportional to the
// probability of j of them, given that the customer is alive. 1 when k is 1.
func (m geometric) silence(h History, terms []float64) float64 {
	sum, term := 1.0, 1.0
	s, y := m.shape(h.X), (h.T-h.Tx)/(m.alpha+h.T)
	for j := range m.k {
		if j > 0 {
			term *= (s + float64(j-1)) / float64(j) * y
			sum += term
		}
		if terms != nil {
			terms[j] = term
		}
	}
	return sum
}

// logOddsGone is the logarithm of the odds that the customer has stopped:
// a/(b+n-1) ((alpha+T)/(alpha+t_x))^(r+kx) / S2; -Inf without a chance to stop.
func (m geometric) logOddsGone(h History) float64 {
	n := m.chances(h.X)
	if n == 0 {
		return math.Inf(-1)
	}
	return math.Log(m.a) - math.Log(m.b+(n-1)) +
		m.shape(h.X)*math.Log1p((h.T-h.Tx)/(m.alpha+h.Tx)) - math.Log(m.silence(h, nil))
}

func (m geometric) logLikelihood(h History) float64 {
	if !m.valid(h) {
		return math.NaN()
	}
	n, kx := m.chances(h.X), float64(m.k)*float64(h.X)
	ll := lnRising(m.r, kx) - m.r*math.Log1p(h.T/m.alpha) - kx*math.Log(m.alpha+h.T) +
		lnRising(m.b, n) - lnRising(m.a+m.b, n) +
		math.Log(m.silence(h, nil)) + softplus(m.logOddsGone(h))
	if m.k > 1 {
		ll += float64(m.k-1)*h.LogGaps - float64(h.X)*lnGamma(float64(m.k))
	}
	return ll
}

func (m geometric) alive(h History) float64 {
	if !m.valid(h) {
		return math.NaN()
	}
	return 1 / (1 + math.Exp(m.logOddsGone(h)))
}

// surprise is the probability that a customer who had stayed would have bought
// again by now: 1 - S2 ((alpha+t_x)/(alpha+T))^(r+kx).
func (m geometric) surprise(h History) float64 {
	if !m.valid(h) {
		return math.NaN()
	}
	return negBinomialTail(float64(m.k), m.shape(h.X), (h.T-h.Tx)/(m.alpha+h.Tx))
}

// comesWithin is the probability that a customer who is alive buys within t.
// terms has room for k numbers.
func (m geometric) comesWithin(h History, t float64, terms []float64) float64 {
	tau := t / (m.alpha + h.T)
	sum := m.silence(h, terms)
	p := 0.0
	for j, w := range terms {
		p += w / sum * negBinomialTail(float64(m.k-j), m.shape(h.X)+float64(j), tau)
	}
	return min(1, p)
}

func (m geometric) active(h History, t float64) float64 {
	if !m.valid(h) || !(t >= 0) {
		return math.NaN()
	}
	return m.alive(h) * m.comesWithin(h, t, make([]float64, m.k))
}

func (m geometric) expected(h History, t float64) float64 {
	if !m.valid(h) || !(t >= 0) {
		return math.NaN()
	}
	return ofAlive(m.alive(h), m.comes(h, t, make([]float64, m.k)))
}

// comes is the expected number of purchases within t of a customer who is alive, over the events
// that may have passed unseen. terms has room for k numbers.
func (m geometric) comes(h History, t float64, terms []float64) float64 {
	tau := t / (m.alpha + h.T)
	sum := m.silence(h, terms)
	e := 0.0
	for j, w := range terms {
		if w > 0 { // the other factor may be infinite
			e += w / sum * m.purchases(h.X, j, tau)
		}
	}
	return e
}

// purchases is the expected number of purchases to come in the time tau (alpha+T) of a
// customer who is alive, with x repeat purchases and j events since the last.
func (m geometric) purchases(x, j int, tau float64) float64 {
	s := m.shape(x) + float64(j)
	b := m.b + m.chances(x)
	if m.k == 1 {
		return geometricPurchases(m.a, b, s, tau)
	}
	return regularPurchases(m.a, b, s, tau, m.k, j)
}

func (m geometric) expectedNew(t float64) float64 {
	if !m.proper() || !(t >= 0) {
		return math.NaN()
	}
	e := m.purchases(0, 0, t/m.alpha)
	if m.modified {
		return m.b / (m.a + m.b) * e
	}
	return e
}

// probability adds those who are alive after n purchases and have not made the next, and those
// who stopped after the n-th: Fader, Hardie & Lee 2005, eq. 8, for every k.
func (m geometric) probability(n int, t float64) float64 {
	if !m.proper() || !(t >= 0) {
		return math.NaN()
	}
	if n < 0 {
		return 0
	}
	tau, passed, from := t/m.alpha, m.chances(n), float64(m.k)*float64(n)
	reached := negBinomialTail(from, m.r, tau)
	stay := 0.0
	for j := range m.k { // summed: the difference of two tails would cancel
		stay += math.Exp(lnNegBinomial(from+float64(j), m.r, tau))
	}
	stay *= math.Exp(lnRising(m.b, passed) - lnRising(m.a+m.b, passed))
	stop := 0.0
	if passed > 0 {
		stop = m.a / (m.b + (passed - 1)) * math.Exp(lnRising(m.b, passed)-lnRising(m.a+m.b, passed)) * reached
	}
	return stay + stop
}

// conditional is the probability of exactly n purchases within t, given the history: a customer who is
// alive is a new one with what is known of him for parameters.
func (m geometric) conditional(h History, n int, t float64) float64 {
	if !m.valid(h) || !(t >= 0) {
		return math.NaN()
	}
	if n < 0 {
		return 0
	}
	alive := m.alive(h)
	if n == 0 {
		return 1 - alive*m.comesWithin(h, t, make([]float64, m.k))
	}
	tau, b := t/(m.alpha+h.T), m.b+m.chances(h.X)
	survive := math.Exp(lnRising(b, float64(n)) - lnRising(m.a+b, float64(n)))
	stop := m.a / (b + float64(n-1))
	terms := make([]float64, m.k)
	sum := m.silence(h, terms)
	p := 0.0
	for j, w := range terms {
		s, from := m.shape(h.X)+float64(j), float64(m.k*n-j)
		made := stop * negBinomialTail(from, s, tau)
		for i := range m.k {
			made += math.Exp(lnNegBinomial(from+float64(i), s, tau))
		}
		p += w / sum * made
	}
	return alive * survive * p
}

// next is the time within which the next purchase comes with probability q.
func (m geometric) next(h History, q float64) float64 {
	alive := m.alive(h)
	switch {
	case math.IsNaN(alive) || !(q >= 0 && q <= 1):
		return math.NaN()
	case q == 0:
		return 0
	case q >= alive:
		return math.Inf(1)
	}
	if m.k == 1 { // the Lomax quantile
		return (m.alpha + h.T) * math.Expm1(-math.Log1p(-q/alive)/m.shape(h.X))
	}
	terms := make([]float64, m.k)
	come := func(t float64) float64 { return m.comesWithin(h, t, terms) }
	high := m.alpha + h.T
	for come(high) < q/alive {
		if high *= 2; !(high < never*(m.alpha+h.T)) {
			return math.Inf(1)
		}
	}
	low := 0.0
	for range 200 {
		mid := low + (high-low)/2
		if mid <= low || mid >= high {
			break
		}
		if come(mid) < q/alive {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}
