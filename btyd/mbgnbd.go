package btyd

// MBGNBD is the modified BG/NBD model of Batislam, Denizel & Filiztekin (IJRM 24(3), 2007, 201-209; with
// the erratum of Wagner & Hoppe, IJRM 25(3), 2008), which is the CBG/NBD of Hoppe & Wagner: as [BGNBD], but a
// customer may stop after the first purchase, too, so that one who came once and long ago
// counts as gone.
//
// Alpha is a time, in the unit of the histories; R/Alpha is the mean rate. The others have no unit.
type MBGNBD struct {
	R, Alpha, A, B float64
}

var _ Model = MBGNBD{}

func (m MBGNBD) core() geometric {
	return geometric{r: m.R, alpha: m.Alpha, a: m.A, b: m.B, k: 1, modified: true}
}

// Name is mbgnbd.
func (m MBGNBD) Name() string { return "mbgnbd" }

// Parameters are r, alpha (a time), a and b.
func (m MBGNBD) Parameters() []Parameter {
	return []Parameter{{"r", m.R}, {"alpha", m.Alpha}, {"a", m.A}, {"b", m.B}}
}

// LogLikelihood is ln Γ(r+x)/Γ(r) + ln B(a,b+x+1)/B(a,b) + r ln alpha - (r+x) ln(alpha+T) +
// ln(1 + a/(b+x) ((alpha+T)/(alpha+t_x))^(r+x)).
func (m MBGNBD) LogLikelihood(h History) float64 { return m.core().logLikelihood(h) }

// Alive is P(alive) = 1/(1 + a/(b+x) ((alpha+T)/(alpha+t_x))^(r+x)) (Batislam et al. 2007, appendix A, eq. 5).
func (m MBGNBD) Alive(h History) float64 { return m.core().alive(h) }

// Active is P(alive) [1 - ((alpha+T)/(alpha+T+t))^(r+x)]: the customer is alive and buys within t.
func (m MBGNBD) Active(h History, t float64) float64 { return m.core().active(h, t) }

// Expected is P(alive) (a+b+x)/(a-1) [1 - ((alpha+T)/(alpha+T+t))^(r+x) 2F1(r+x, b+x+1; a+b+x; t/(alpha+T+t))],
// computed without its overflow for large x and its pole at a = 1.
func (m MBGNBD) Expected(h History, t float64) float64 { return m.core().expected(h, t) }

// ExpectedNew is b/(a-1) [1 - (alpha/(alpha+t))^r 2F1(r, b+1; a+b; t/(alpha+t))].
func (m MBGNBD) ExpectedNew(t float64) float64 { return m.core().expectedNew(t) }

// Probability is as in [BGNBD] with B(a,b+n+1) for B(a,b+n), and the chance to have stopped at n = 0, too.
func (m MBGNBD) Probability(n int, t float64) float64 { return m.core().probability(n, t) }

// ConditionalProbability is the probability of exactly n purchases within t, given the history.
func (m MBGNBD) ConditionalProbability(h History, n int, t float64) float64 {
	return m.core().conditional(h, n, t)
}

// Surprise is the probability that the customer, had he stayed, would have bought again by now:
// 1 - ((alpha+t_x)/(alpha+T))^(r+x). Near 1 the silence is out of character: it is the "overdue" of a
// churn warning and, unlike P(alive), needs no belief about why customers leave.
func (m MBGNBD) Surprise(h History) float64 { return m.core().surprise(h) }

// NextPurchase is the time from the end of observation within which the next purchase comes with
// probability q: (alpha+T) ((1-q/P(alive))^(-1/(r+x)) - 1). +Inf when q ≥ P(alive), for then it may never come.
func (m MBGNBD) NextPurchase(h History, q float64) float64 { return m.core().next(h, q) }

// Score fills the columns of dst; see [Model]. It panics when a column is not as long as h; rows
// that [Histories.Check] refuses get NaN. What depends on x and T alone is worked out once
// for all customers who share them when h.Step is set.
func (m MBGNBD) Score(dst Scores, h *Histories, t float64) { m.core().score(dst, h, t) }
