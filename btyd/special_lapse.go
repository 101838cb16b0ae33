package btyd

import "math"

// All of the Pareto/NBD rests on one function. Take a customer who is alive at age t. The
// rate of purchases is then gamma (p, A), the rate of dying gamma (s, B), with A = α+t and
// B = β+t, and the probability that death comes before the next purchase is
//
//	R(p, s; A, B) = s ∫₀^∞ (A/(A+v))^p (B/(B+v))^s dv/(B+v).
//
// Of A and B only the ratio ρ = A/B matters. By Euler's integral (DLMF 15.6.1), after
// y = v/(B+v), with c = p+s+1,
//
//	R = ρ s/(p+s) ₂F₁(1, s+1; c; 1−ρ)     for ρ ≤ 1,
//	R =   s/(p+s) ₂F₁(1, p;   c; 1−1/ρ)   for ρ ≥ 1,
//
// series of positive terms, both. The hypergeometric functions of Schmittlein, Morrison & Colombo
// (1987) and of Hardie's note 009, equations 18 to 20, are these after Euler's
// transformation (DLMF 15.8.1), without their overflow: R lies in (0, 1). Close to
// argument 1, where the series is slow, the integral itself is summed.

// slowSeries is the argument of the series from which the integral is quicker.
const slowSeries = 0.97

// lapse is R(p, s; a, b) for p ≥ 0 and s, a, b > 0.
func lapse(p, s, a, b float64) float64 {
	first, z, front := s+1, (b-a)/b, s/(p+s)*(a/b)
	if a > b {
		first, z, front = p, (a-b)/a, s/(p+s)
	}
	if z > slowSeries {
		sum := 0.0
		lapseIntegral(p, s, a/b, func(weight, _, _, _ float64) { sum += weight })
		return math.Min(s*sum, 1)
	}
	third := p + s + 1
	term, sum := 1.0, 1.0
	for {
		term *= first / third * z
		sum += term
		if !(term > 1e-17*sum) { // or is no number
			return math.Min(front*sum, 1)
		}
		first++
		third++
	}
}

// lapseIntegral sums R/s = ∫₀^∞ (1+w/ρ)^-p (1+w)^-(s+1) dw by the trapezoidal rule, after
// w = w₀ exp(k − e^-k). The integrand is analytic for |Im k| < π/2 and falls off doubly
// exponentially to the left, by e^-(p+s)k or faster to the right, so that the error falls
// exponentially with 1/step (Takahasi & Mori 1974). add gets the weight of
// every node with what derivatives need: ln(1+w/ρ), ln(1+w) and w/(ρ+w).
func lapseIntegral(p, s, rho float64, add func(weight, logA, logB, share float64)) {
	const (
		step  = 0.2
		first = -20  // e^-k is 55 there
		last  = 3300 // e^k, over the least ratio of times, is almost too large a number
	)
	w0 := 1 / (p/rho + s + 1) // where the integrand begins to fall
	sum := 0.0
	for i := first; ; i++ {
		k := step * float64(i)
		e := math.Exp(-k)
		w := w0 * math.Exp(k-e)
		logA, logB := math.Log1p(w/rho), math.Log1p(w)
		weight := step * (1 + e) * w * math.Exp(-p*logA-(s+1)*logB)
		sum += weight
		add(weight, logA, logB, 1/(1+rho/w))
		if i > 0 && !(weight >= 1e-18*sum) {
			return
		}
		if i == last { // p+s is next to nothing; from here on the weights are a geometric series
			beyond := 1 / math.Expm1((p+s)*step)
			add(weight*beyond, logA+step*(1+beyond), logB+step*(1+beyond), 1)
			return
		}
	}
}

// lapseJet is ln R with its derivatives by p, s and l = ln ρ.
type lapseJet struct {
	f                      float64
	p, s, l                float64
	pp, ps, pl, ss, sl, ll float64
}

// lapseDerivatives is ln R(p, s; a, b) with all its first and second derivatives.
func lapseDerivatives(p, s, a, b float64) lapseJet {
	if math.Abs(b-a) > slowSeries*math.Max(a, b) {
		return lapseByIntegral(p, s, a/b)
	}
	c, rho := p+s+1, a/b
	if a <= b {
		// ln R = l + ln s − ln(p+s) + ln F(s+1, c; z), z = 1−ρ
		f := seriesDerivatives(s+1, c, (b-a)/b)
		j := lapseJet{
			f: math.Log(rho) + f.f,
			p: f.c, s: f.b + f.c, l: 1 - rho*f.z,
			pp: f.cc, ps: f.bc + f.cc, ss: f.bb + 2*f.bc + f.cc,
			pl: -rho * f.cz, sl: -rho * (f.bz + f.cz), ll: rho*rho*f.zz - rho*f.z,
		}
		return j.front(p, s)
	}
	// ln R = ln s − ln(p+s) + ln F(p, c; z), z = 1−1/ρ
	f := seriesDerivatives(p, c, (a-b)/a)
	inverse := b / a
	j := lapseJet{
		f: f.f,
		p: f.b + f.c, s: f.c, l: inverse * f.z,
		pp: f.bb + 2*f.bc + f.cc, ps: f.bc + f.cc, ss: f.cc,
		pl: inverse * (f.bz + f.cz), sl: inverse * f.cz, ll: inverse*inverse*f.zz - inverse*f.z,
	}
	return j.front(p, s)
}

// front adds ln s − ln(p+s).
func (j lapseJet) front(p, s float64) lapseJet {
	one, two := 1/(p+s), 1/((p+s)*(p+s))
	j.f += math.Log(s * one)
	j.p -= one
	j.s += 1/s - one
	j.pp += two
	j.ps += two
	j.ss += two - 1/(s*s)
	return j
}

// lapseByIntegral takes the derivatives under the integral: those of its logarithm are means and covariances
// of ln(1+w/ρ), ln(1+w) and w/(ρ+w) under the integrand.
func lapseByIntegral(p, s, rho float64) lapseJet {
	var sum, a, b, c, aa, ab, ac, bb, bc, cc float64
	lapseIntegral(p, s, rho, func(weight, logA, logB, share float64) {
		wa, wb, wc := weight*logA, weight*logB, weight*share
		sum += weight
		a += wa
		b += wb
		c += wc
		aa += wa * logA
		ab += wa * logB
		ac += wa * share
		bb += wb * logB
		bc += wb * share
		cc += wc * share
	})
	one := 1 / sum
	a, b, c = a*one, b*one, c*one
	return lapseJet{
		f: math.Log(s * sum),
		p: -a, s: 1/s - b, l: p * c,
		pp: aa*one - a*a, ps: ab*one - a*b, ss: bb*one - b*b - 1/(s*s),
		pl: c - p*(ac*one-a*c), sl: -p * (bc*one - b*c),
		ll: -p*(c-cc*one) + p*p*(cc*one-c*c),
	}
}

// seriesJet is ln F, F = ₂F₁(1, b; c; z), with its derivatives.
type seriesJet struct {
	f                      float64
	b, c, z                float64
	bb, bc, bz, cc, cz, zz float64
}

// seriesDerivatives sums F and its derivatives term by term: with t the k-th term,
// the derivatives of ln t by b and c are Σ 1/(b+j) and −Σ 1/(c+j) over j < k.
func seriesDerivatives(b, c, z float64) seriesJet {
	var (
		term    = 1.0 // (b)_k/(c)_k z^k
		eb, ebb float64
		ec, ecc float64
		f       = seriesJet{f: 1}
		k       = 0.0
	)
	for {
		ib, ic := 1/(b+k), 1/(c+k)
		ratio := (b + k) * ic
		// The next term, over z: what the derivatives by z are made of.
		eb, ebb = eb+ib, ebb+ib*ib
		ec, ecc = ec+ic, ecc+ic*ic
		k++
		rise := k * term * ratio
		f.z += rise
		f.bz += rise * eb
		f.cz -= rise * ec
		f.zz += (k + 1) * rise * (b + k) / (c + k)
		term *= ratio * z
		f.f += term
		f.b += term * eb
		f.c -= term * ec
		f.bb += term * (eb*eb - ebb)
		f.bc -= term * eb * ec
		f.cc += term * (ec*ec + ecc)
		// The slowest sum is that of zz.
		if !((k+1)*rise > 1e-17*f.z || term > 1e-17*f.f) {
			break
		}
	}
	one := 1 / f.f
	f.b, f.c, f.z = f.b*one, f.c*one, f.z*one
	f.bb = f.bb*one - f.b*f.b
	f.bc = f.bc*one - f.b*f.c
	f.bz = f.bz*one - f.b*f.z
	f.cc = f.cc*one - f.c*f.c
	f.cz = f.cz*one - f.c*f.z
	f.zz = f.zz*one - f.z*f.z
	f.f = math.Log(f.f)
	return f
}

// complement is ln(1−R) with its derivatives.
func (j lapseJet) complement() lapseJet {
	r := math.Exp(j.f)
	odds := r / (1 - r)
	second := odds * (1 + odds)
	return lapseJet{
		f: math.Log1p(-r),
		p: -odds * j.p, s: -odds * j.s, l: -odds * j.l,
		pp: -odds*j.pp - second*j.p*j.p,
		ps: -odds*j.ps - second*j.p*j.s,
		pl: -odds*j.pl - second*j.p*j.l,
		ss: -odds*j.ss - second*j.s*j.s,
		sl: -odds*j.sl - second*j.s*j.l,
		ll: -odds*j.ll - second*j.l*j.l,
	}
}

// swap is ln(1−R) of (p, s; A, B) when j is ln R of (s, p; B, A).
func (j lapseJet) swap() lapseJet {
	return lapseJet{
		f: j.f,
		p: j.s, s: j.p, l: -j.l,
		pp: j.ss, ps: j.ps, ss: j.pp,
		pl: -j.sl, sl: -j.pl, ll: j.ll,
	}
}
