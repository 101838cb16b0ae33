package btyd

import "math"

// geometricPurchases is the expected number of purchases within the time t = tau (alpha+T) of a
// customer who is alive, buys at a rate that is Gamma(s, alpha+T) and stops after each purchase
// with a probability that is Beta(a, b):
//
//	(a+b-1)/(a-1) [1 - (1-z)^s 2F1(s, b; a+b-1; z)],  z = tau/(1+tau)
//
// (Fader, Hardie & Lee 2005, eq. 10 with b+x for b and r+x for s). Written like that it overflows for large s
// and has poles at a = 1 and a+b = 1. By Euler's transformation (DLMF 15.8.1), with the factor
// a-1 pulled out of the series, neither is left.
func geometricPurchases(a, b, s, tau float64) float64 {
	if tau == 0 {
		return 0
	}
	if math.IsInf(tau, 1) {
		if a <= 1 {
			return math.Inf(1)
		}
		return (a + b - 1) / (a - 1)
	}
	c := a + b - 1
	d := c - s
	// Where terms are many, of both signs, or add up to much more than the answer: integrate.
	if tau > 50 || a > 30 || d < -6 || math.Abs(c) > 1e3*s {
		return geometricPurchasesByIntegral(a, b, s, tau)
	}
	z, l, e := tau/(1+tau), -math.Log1p(tau), a-1
	u := d * z
	sum := u
	for k := 1.0; math.Abs(u) > 1e-17*math.Abs(sum)*(1-z); k++ {
		u *= (d + k) * (a + k - 1) / ((c + k) * (k + 1)) * z
		sum += u
	}
	first := -c * l
	if e != 0 {
		first = -c * math.Expm1(e*l) / e
	}
	return first - math.Exp(e*l)*sum
}

// geometricPurchasesByIntegral is the mean over p of (1 - (1+p tau)^-s)/p.
func geometricPurchasesByIntegral(a, b, s, tau float64) float64 {
	all := min(s*tau, math.MaxFloat64) // purchases of those who never stop, kept a number
	return meanOverBeta(a, b, max(all, tau), func(p float64) float64 {
		if p == 0 {
			return all
		}
		return -math.Expm1(-s*math.Log1p(p*tau)) / p
	})
}

// meanOverBeta is the mean of f(p) over p, which is Beta(a, b), by the trapezoid rule in v = logit p,
// which converges exponentially. Weights are normalised by the same rule, so that no beta
// function of huge arguments is needed; beyond the last nodes both sums are geometric
// series. p times bend is where f, near p = 0, begins to bend.
func meanOverBeta(a, b, bend float64, f func(p float64) float64) float64 {
	step := min(0.2, 0.7*math.Sqrt(1/a+1/b))
	mode := math.Log(a / b)
	// at gives the density at v relative to the mode, and f.
	top := -a*softplus(-mode) - b*softplus(mode)
	at := func(v float64) (weight, value float64) {
		return math.Exp(-a*softplus(-v) - b*softplus(v) - top), f(1 / (1 + math.Exp(-v)))
	}
	weights, sum := at(mode)
	sum *= weights
	// Left of here p is as good as 0, right of here 1-p.
	left := -41 - math.Log(max(1, b, bend))
	right := 41 + math.Log(max(1, a))
	side := func(direction, rate, limit float64) {
		for j := 1.0; ; j++ {
			v := mode + direction*j*step
			w, e := at(v)
			weights += w
			sum += w * e
			if w < 1e-18*weights && w*e < 1e-18*sum {
				return
			}
			if direction*(v-limit) > 0 {
				rest := w / math.Expm1(rate*step)
				weights += rest
				sum += rest * e
				return
			}
		}
	}
	side(-1, a, left)
	side(1, b, right)
	return sum / weights
}

const (
	// manyEvents is how many events make counting them one by one pointless.
	manyEvents = 1e5
	// farAhead is how many times the age, alpha counted in, one may look ahead for events to be counted: some 40
	// times as many terms are summed. Only a fit that has gone astray looks farther, from a customer of yesterday.
	farAhead = 1e4
)

// regularPurchases is geometricPurchases where only every k-th event is a purchase and j events
// have passed since the last. There is no closed form; but given the number M of events
// to come, which is negative binomial, purchase n is made when M ≥ nk - j and none
// of the n-1 before was the last, so that the expectation is a sum over M.
func regularPurchases(a, b, s, tau float64, k, j int) float64 {
	if tau == 0 || math.IsInf(tau, 1) {
		return geometricPurchases(a, b, s, tau)
	}
	mean := s * tau
	if mean > manyEvents || tau > farAhead {
		// So far ahead it does not matter that purchases are regular: relative error about k/mean.
		return geometricPurchases(a, b, s, tau/float64(k))
	}
	z := tau / (1 + tau)
	m := math.Floor(max(0, mean-9*math.Sqrt(mean*(1+tau))-float64(10*k)))
	// Purchases made by m events, the chance to be there for the next, and the mean number made.
	made, survive, total := 0, 1.0, 0.0
	// Probabilities are relative to that of the first m.
	p, all, sum := 1.0, 0.0, 0.0
	for ; ; m++ {
		for float64(made+1)*float64(k) <= m+float64(j) {
			total += survive
			survive *= (b + float64(made)) / (a + b + float64(made))
			made++
		}
		all += p
		sum += p * total
		if m > mean && (p == 0 || p < 1e-17*all*(1-z) && p*total < 1e-17*sum*(1-z)) {
			return sum / all
		}
		p *= (s + m) / (m + 1) * z
		if p > 1e200 {
			p, all, sum = p*1e-200, all*1e-200, sum*1e-200
		}
	}
}

// lnNegBinomial is the logarithm of the probability of n events in the time tau beta of a Poisson
// process whose rate is Gamma(s, beta).
func lnNegBinomial(n, s, tau float64) float64 {
	if n == 0 {
		return -s * math.Log1p(tau)
	}
	if tau == 0 || math.IsInf(tau, 1) {
		return math.Inf(-1)
	}
	return lnRising(s, n) - lnGamma(n+1) - s*math.Log1p(tau) - n*math.Log1p(1/tau)
}

// negBinomialTail is the probability of n events or more. Summed from n away from the mean, where
// terms fall.
func negBinomialTail(n, s, tau float64) float64 {
	if n <= 0 || math.IsInf(tau, 1) {
		return 1
	}
	if tau == 0 {
		return 0
	}
	if n == 1 {
		return -math.Expm1(-s * math.Log1p(tau))
	}
	z := tau / (1 + tau)
	if n > s*tau && n < tau && tau > 1000 {
		// Terms fall too slowly for their sum. Here s is small: 1 - (1+tau)^-s (1 + s Σ_(0<m<n) (s+1)_(m-1)/m! z^m)
		// hardly cancels, when the 1 is taken out first.
		term, sum := z, z
		for m := 1.0; m < n-1; m++ {
			term *= (s + m) / (m + 1) * z
			sum += term
		}
		l := s * math.Log1p(tau)
		return -math.Expm1(-l) - math.Exp(-l)*s*sum
	}
	// Terms relative to the first.
	term, sum := 1.0, 1.0
	if n > s*tau {
		for m := n; term > 1e-17*sum*(1-z); m++ {
			term *= (s + m) / (m + 1) * z
			sum += term
		}
		return min(1, sum*math.Exp(lnNegBinomial(n, s, tau)))
	}
	for m := n - 1; m > 0 && term > 1e-17*sum; m-- {
		term *= m / ((s + m - 1) * z)
		sum += term
	}
	return max(0, 1-sum*math.Exp(lnNegBinomial(n-1, s, tau)))
}
