package btyd

// BGNBD is the beta-geometric/NBD model of Fader, Hardie & Lee, "Counting your customers
// the easy way" (Marketing Science 24(2), 2005, 275-284; FHL below): while alive, a customer
// buys at random at a rate that is Gamma(R, Alpha) over customers; after each repeat
// purchase he stops for good with a probability that is Beta(A, B).
//
// Alpha is a time, in the unit of the histories; R/Alpha is the mean rate. The others have no unit.
// A customer without a repeat purchase had no chance to stop, so that his P(alive) is 1, however
// long ago he came: see [MBGNBD].
type BGNBD struct {
	R, Alpha, A, B float64
}

var _ Model = BGNBD{}

func (m BGNBD) core() geometric {
	return geometric{r: m.R, alpha: m.Alpha, a: m.A, b: m.B, k: 1, modified: false}
}

// Name is bgnbd.
func (m BGNBD) Name() string { return "bgnbd" }

// Parameters are r, alpha (a time), a and b.
func (m BGNBD) Parameters() []Parameter {
	return []Parameter{{"r", m.R}, {"alpha", m.Alpha}, {"a", m.A}, {"b", m.B}}
}

// LogLikelihood is FHL eq. 6 in the stable form of Hardie's note 027: ln Γ(r+x)/Γ(r) + ln B(a,b+x)/B(a,b) +
// r ln alpha - (r+x) ln(alpha+T) + ln(1 + 1{x>0} a/(b+x-1) ((alpha+T)/(alpha+t_x))^(r+x)).
func (m BGNBD) LogLikelihood(h History) float64 { return m.core().logLikelihood(h) }

// Alive is P(alive) = 1/(1 + 1{x>0} a/(b+x-1) ((alpha+T)/(alpha+t_x))^(r+x)) (Hardie's note 021).
func (m BGNBD) Alive(h History) float64 { return m.core().alive(h) }

// Active is P(alive) [1 - ((alpha+T)/(alpha+T+t))^(r+x)]: the customer is alive and buys within t (Hardie's note 039).
func (m BGNBD) Active(h History, t float64) float64 { return m.core().active(h, t) }

// Expected is FHL eq. 10, computed without its overflow for large x and its poles at a = 1 and a+b+x = 1.
func (m BGNBD) Expected(h History, t float64) float64 { return m.core().expected(h, t) }

// ExpectedNew is FHL eq. 9: (a+b-1)/(a-1) [1 - (alpha/(alpha+t))^r 2F1(r, b; a+b-1; t/(alpha+t))].
func (m BGNBD) ExpectedNew(t float64) float64 { return m.core().expectedNew(t) }

// Probability is FHL eq. 8.
func (m BGNBD) Probability(n int, t float64) float64 { return m.core().probability(n, t) }

// ConditionalProbability is the probability of exactly n purchases within t, given the history.
func (m BGNBD) ConditionalProbability(h History, n int, t float64) float64 {
	return m.core().conditional(h, n, t)
}

// Surprise is the probability that the customer, had he stayed, would have bought again by now:
// 1 - ((alpha+t_x)/(alpha+T))^(r+x). Near 1 the silence is out of character: it is the "overdue" of a
// churn warning and, unlike P(alive), needs no belief about why customers leave.
func (m BGNBD) Surprise(h History) float64 { return m.core().surprise(h) }

// NextPurchase is the time from the end of observation within which the next purchase comes with
// probability q: (alpha+T) ((1-q/P(alive))^(-1/(r+x)) - 1). +Inf when q ≥ P(alive), for then it may never come.
func (m BGNBD) NextPurchase(h History, q float64) float64 { return m.core().next(h, q) }

// Score fills the columns of dst; see [Model]. It panics when a column is not as long as h; rows
// that [Histories.Check] refuses get NaN. What depends on x and T alone is worked out once
// for all customers who share them when h.Step is set.
func (m BGNBD) Score(dst Scores, h *Histories, t float64) { m.core().score(dst, h, t) }
