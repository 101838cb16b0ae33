package btyd

import "math"

// GammaGamma is the model of what a purchase is worth of Colombo & Jiang (1999) and
// Fader, Hardie & Lee (2005, JMR 42, 415-430): the values of a customer's purchases are gamma
// distributed with shape P and a rate ν of the customer's own, which is Gamma(Q, Gamma) over
// customers. Gamma is money; P and Q have no unit. Spend must not depend on how
// often customers buy.
//
// Equations are numbered as in Hardie's note 025 (brucehardie.com/notes/025).
type GammaGamma struct {
	P, Q, Gamma float64
}

// Parameters are p, q and gamma (money).
func (g GammaGamma) Parameters() []Parameter {
	return []Parameter{{"p", g.P}, {"q", g.Q}, {"gamma", g.Gamma}}
}

func (g GammaGamma) proper() bool { return positive(g.P) && positive(g.Q) && positive(g.Gamma) }

// LogLikelihood is the logarithm of the density of a mean spend over x purchases (equation 1a).
func (g GammaGamma) LogLikelihood(x int, mean float64) float64 {
	if !g.proper() || x < 1 || !positive(mean) {
		return math.NaN()
	}
	px := g.P * float64(x)
	spent := mean * float64(x)
	return lnRising(px, g.Q) - lnGamma(g.Q) - math.Log(mean) -
		px*math.Log1p(g.Gamma/spent) - g.Q*math.Log1p(spent/g.Gamma)
}

// Mean is the expected spend of a purchase over all customers, pγ/(q−1) (equation 3).
// +Inf when q ≤ 1.
func (g GammaGamma) Mean() float64 {
	switch {
	case !g.proper():
		return math.NaN()
	case g.Q <= 1:
		return math.Inf(1)
	}
	return g.P * g.Gamma / (g.Q - 1)
}

// Expected is the expected spend of a purchase of a customer who spent mean on average over x purchases,
// p(γ+xm)/(px+q−1) (equation 5): between that mean and [GammaGamma.Mean], and the closer to
// the former the more purchases there were. Without purchases, or when they were worth nothing, it is Mean;
// when they were worth less than nothing, NaN.
func (g GammaGamma) Expected(x int, mean float64) float64 {
	if x == 0 || mean == 0 {
		return g.Mean()
	}
	if !g.proper() || x < 0 || !positive(mean) {
		return math.NaN()
	}
	rest := g.P*float64(x) + g.Q - 1
	if rest <= 0 {
		return math.Inf(1)
	}
	return g.P * (g.Gamma + mean*float64(x)) / rest
}

// Score fills dst with [GammaGamma.Expected] of h.Purchases and h.Spend. It panics when dst is not
// as long as they are.
func (g GammaGamma) Score(dst []float64, h *Histories) {
	Scores{Expected: dst}.check(len(h.Spend))
	inParallel(len(dst), scoreStretch, func(_, from, to int) {
		for i := from; i < to; i++ {
			dst[i] = g.Expected(int(h.Purchases[i]), h.Spend[i])
		}
	})
}
