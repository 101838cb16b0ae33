package btyd

import "math"

// irregular is the BG/NBD or MBG/NBD of m, if m is one: also by another name, as a regular model with K = 1.
func irregular(m Model) (geometric, bool) {
	family, ok := m.(interface{ core() geometric })
	if !ok {
		return geometric{}, false
	}
	g := family.core()
	return g, g.k == 1
}

// living is the discounted expected number of purchases to come of a customer who is alive at age t
// after x repeat purchases. With rate λ and dropout p, purchase n comes after a time worth (λ/(λ+δ))^n, if none
// of the n-1 before was the last: λ/(δ+λp) in all. Over λ, which is Gamma(s, alpha+t), that is
//
//	s/p ∫₀^∞ e^(-wv/p) (1+v)^-(s+1) dv,  w = δ (alpha+t),
//
// and the mean over p is left to be integrated.
func (m geometric) living(x int, t, delta float64) float64 {
	s, w := m.shape(x), delta*(m.alpha+t)
	return meanOverBeta(m.a, m.b+m.chances(x), (s+1)/w, func(p float64) float64 {
		if w/p > 1e18 {
			return s / w
		}
		return s / p * discountedLife(s+1, w/p)
	})
}

// curve is living for one x as a function of the age: a sum of Chebyshev polynomials of u = ln(alpha+t).
type curve struct {
	customers         int
	youngest, oldest  float64 // their ages
	middle, half      float64 // of u
	values, weighings []float64
}

// dert fills a column with the discounted purchases to come. living is smooth in u: it has no singularity
// nearer than ±iπ, so that on an interval of half length h Chebyshev's polynomials converge like ρ^-n,
// ρ = y + √(1+y²), y = π/h. Some twenty values for each x stand for all customers with it.
func (m geometric) dert(dst []float64, h *Histories, delta float64) {
	m.score(Scores{Alive: dst}, h, 0)
	curves := map[int32]*curve{}
	var last *curve
	lastX := int32(-1)
	for i, x := range h.X {
		if !(dst[i] > 0) { // nothing to come, or no history
			continue
		}
		if x != lastX {
			if last = curves[x]; last == nil {
				last = &curve{youngest: h.T[i], oldest: h.T[i]}
				curves[x] = last
			}
			lastX = x
		}
		last.customers++
		last.youngest, last.oldest = min(last.youngest, h.T[i]), max(last.oldest, h.T[i])
	}
	type node struct {
		x int32
		c *curve
		i int
	}
	var nodes []node
	for x, c := range curves {
		from, to := math.Log(m.alpha+c.youngest), math.Log(m.alpha+c.oldest)
		c.middle, c.half = (from+to)/2, (to-from)/2
		n := 1
		if c.half > 0 {
			n = 3 + int(36/math.Asinh(math.Pi/c.half))
		}
		if n > c.customers { // one by one, then
			continue
		}
		c.values = make([]float64, n)
		for i := range n {
			nodes = append(nodes, node{x, c, i})
		}
	}
	inParallel(len(nodes), 4, func(_, from, to int) {
		for _, at := range nodes[from:to] {
			z := math.Cos(math.Pi * (float64(at.i) + 0.5) / float64(len(at.c.values)))
			at.c.values[at.i] = m.living(int(at.x), math.Exp(at.c.middle+at.c.half*z)-m.alpha, delta)
		}
	})
	for _, c := range curves {
		c.weighings = chebyshev(c.values)
	}
	inParallel(h.Len(), scoreStretch, func(_, from, to int) {
		for i := from; i < to; i++ {
			if !(dst[i] > 0) {
				continue
			}
			if c := curves[h.X[i]]; len(c.weighings) > 0 {
				dst[i] *= c.at(math.Log(m.alpha + h.T[i]))
			} else {
				dst[i] *= m.living(int(h.X[i]), h.T[i], delta)
			}
		}
	})
}

// chebyshev are the weights of the polynomials that pass through values at cos(π(i+½)/n).
func chebyshev(values []float64) []float64 {
	n := float64(len(values))
	weights := make([]float64, len(values))
	for k := range weights {
		for i, v := range values {
			weights[k] += 2 / n * v * math.Cos(math.Pi*float64(k)*(float64(i)+0.5)/n)
		}
	}
	return weights
}

// at sums the polynomials by Clenshaw's recurrence.
func (c *curve) at(u float64) float64 {
	z := 0.0
	if c.half > 0 {
		z = (u - c.middle) / c.half
	}
	one, two := 0.0, 0.0
	for k := len(c.weighings) - 1; k > 0; k-- {
		one, two = 2*z*one-two+c.weighings[k], one
	}
	return z*one - two + c.weighings[0]/2
}
