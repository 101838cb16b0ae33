package btyd

// BGCNBD is the BG/CNBD-k model of Reutterer, Platzer & Schroeder (IJRM 38(1), 2021, 194-215): as
// [BGNBD], but only every K-th event of the customer's Poisson process is a purchase, so that times between
// purchases are Erlang-K and the more regular the larger K is. Its silences say
// more: a customer who came like clockwork and did not is gone.
//
// Alpha is a time, in the unit of the histories; R/Alpha is the mean rate of events, K times that of
// purchases. Expectations, which have no closed form and which the R package BTYDplus takes from K = 1, are
// exact here: sums over the number of events to come.
type BGCNBD struct {
	K              int // every K-th event is a purchase, 1 to 50; 1 is [BGNBD]
	R, Alpha, A, B float64
}

var _ Model = BGCNBD{}

func (m BGCNBD) core() geometric {
	return geometric{r: m.R, alpha: m.Alpha, a: m.A, b: m.B, k: m.K, modified: false}
}

// Name is bgcnbdk.
func (m BGCNBD) Name() string { return "bgcnbdk" }

// Parameters are k (events in a purchase), r, alpha (a time), a and b.
func (m BGCNBD) Parameters() []Parameter {
	return []Parameter{{"k", float64(m.K)}, {"r", m.R}, {"alpha", m.Alpha}, {"a", m.A}, {"b", m.B}}
}

// LogLikelihood is (k-1) LogGaps - x ln (k-1)! + ln Γ(r+kx)/Γ(r) + ln B(a,b+x)/B(a,b) + r ln alpha - (r+kx) ln(alpha+T) +
// ln(S1+S2), S1 = 1{x>0} a/(b+x-1) ((alpha+T)/(alpha+t_x))^(r+kx), S2 = Σ_(j<k) Γ(r+kx+j)/(Γ(r+kx) j!) ((T-t_x)/(alpha+T))^j.
// For K > 1 it needs [History].LogGaps.
func (m BGCNBD) LogLikelihood(h History) float64 { return m.core().logLikelihood(h) }

// Alive is P(alive) = S2/(S1+S2), with S1 and S2 of the likelihood.
func (m BGCNBD) Alive(h History) float64 { return m.core().alive(h) }

// Active is P(alive) times the probability that the events which are missing for a purchase come within t.
func (m BGCNBD) Active(h History, t float64) float64 { return m.core().active(h, t) }

// Expected is P(alive) Σ_n P(purchase n comes within t) P(no stop before it), given the history.
// With more than 100,000 events expected it is that of K = 1, which is then the same to 4 digits and more; likewise, for want of
// a sum that ends, where t is more than 10,000 times alpha+T.
func (m BGCNBD) Expected(h History, t float64) float64 { return m.core().expected(h, t) }

// ExpectedNew is Σ_n P(purchase n comes within t) P(no stop before it) of a new customer.
func (m BGCNBD) ExpectedNew(t float64) float64 { return m.core().expectedNew(t) }

// Probability adds those who made n purchases and not yet the next, and those who stopped after the n-th.
func (m BGCNBD) Probability(n int, t float64) float64 { return m.core().probability(n, t) }

// ConditionalProbability is the probability of exactly n purchases within t, given the history.
func (m BGCNBD) ConditionalProbability(h History, n int, t float64) float64 {
	return m.core().conditional(h, n, t)
}

// Surprise is the probability that the customer, had he stayed, would have bought again by now:
// 1 - S2 ((alpha+t_x)/(alpha+T))^(r+kx). Near 1 the silence is out of character: it is the "overdue" of a
// churn warning and, unlike P(alive), needs no belief about why customers leave.
func (m BGCNBD) Surprise(h History) float64 { return m.core().surprise(h) }

// NextPurchase is the time from the end of observation within which the next purchase comes with
// probability q: solved by bisection when K > 1. +Inf when q ≥ P(alive), for then it may never come.
func (m BGCNBD) NextPurchase(h History, q float64) float64 { return m.core().next(h, q) }

// Score fills the columns of dst; see [Model]. It panics when a column is not as long as h; rows
// that [Histories.Check] refuses get NaN. What depends on x and T alone is worked out once
// for all customers who share them when h.Step is set.
func (m BGCNBD) Score(dst Scores, h *Histories, t float64) { m.core().score(dst, h, t) }

// MBGCNBD is the MBG/CNBD-k model of Reutterer, Platzer & Schroeder (IJRM 38(1), 2021, 194-215): as
// [MBGNBD], but only every K-th event of the customer's Poisson process is a purchase, so that times between
// purchases are Erlang-K and the more regular the larger K is. Its silences say
// more: a customer who came like clockwork and did not is gone.
//
// Alpha is a time, in the unit of the histories; R/Alpha is the mean rate of events, K times that of
// purchases. Expectations, which have no closed form and which the R package BTYDplus takes from K = 1, are
// exact here: sums over the number of events to come.
type MBGCNBD struct {
	K              int // every K-th event is a purchase, 1 to 50; 1 is [MBGNBD]
	R, Alpha, A, B float64
}

var _ Model = MBGCNBD{}

func (m MBGCNBD) core() geometric {
	return geometric{r: m.R, alpha: m.Alpha, a: m.A, b: m.B, k: m.K, modified: true}
}

// Name is mbgcnbdk.
func (m MBGCNBD) Name() string { return "mbgcnbdk" }

// Parameters are k (events in a purchase), r, alpha (a time), a and b.
func (m MBGCNBD) Parameters() []Parameter {
	return []Parameter{{"k", float64(m.K)}, {"r", m.R}, {"alpha", m.Alpha}, {"a", m.A}, {"b", m.B}}
}

// LogLikelihood is (k-1) LogGaps - x ln (k-1)! + ln Γ(r+kx)/Γ(r) + ln B(a,b+x+1)/B(a,b) + r ln alpha - (r+kx) ln(alpha+T) +
// ln(S1+S2), S1 = a/(b+x) ((alpha+T)/(alpha+t_x))^(r+kx), S2 = Σ_(j<k) Γ(r+kx+j)/(Γ(r+kx) j!) ((T-t_x)/(alpha+T))^j.
// For K > 1 it needs [History].LogGaps.
func (m MBGCNBD) LogLikelihood(h History) float64 { return m.core().logLikelihood(h) }

// Alive is P(alive) = S2/(S1+S2), with S1 and S2 of the likelihood.
func (m MBGCNBD) Alive(h History) float64 { return m.core().alive(h) }

// Active is P(alive) times the probability that the events which are missing for a purchase come within t.
func (m MBGCNBD) Active(h History, t float64) float64 { return m.core().active(h, t) }

// Expected is P(alive) Σ_n P(purchase n comes within t) P(no stop before it), given the history.
// With more than 100,000 events expected it is that of K = 1, which is then the same to 4 digits and more; likewise, for want of
// a sum that ends, where t is more than 10,000 times alpha+T.
func (m MBGCNBD) Expected(h History, t float64) float64 { return m.core().expected(h, t) }

// ExpectedNew is Σ_n P(purchase n comes within t) P(no stop before it) of a new customer.
func (m MBGCNBD) ExpectedNew(t float64) float64 { return m.core().expectedNew(t) }

// Probability adds those who made n purchases and not yet the next, and those who stopped after the n-th.
func (m MBGCNBD) Probability(n int, t float64) float64 { return m.core().probability(n, t) }

// ConditionalProbability is the probability of exactly n purchases within t, given the history.
func (m MBGCNBD) ConditionalProbability(h History, n int, t float64) float64 {
	return m.core().conditional(h, n, t)
}

// Surprise is the probability that the customer, had he stayed, would have bought again by now:
// 1 - S2 ((alpha+t_x)/(alpha+T))^(r+kx). Near 1 the silence is out of character: it is the "overdue" of a
// churn warning and, unlike P(alive), needs no belief about why customers leave.
func (m MBGCNBD) Surprise(h History) float64 { return m.core().surprise(h) }

// NextPurchase is the time from the end of observation within which the next purchase comes with
// probability q: solved by bisection when K > 1. +Inf when q ≥ P(alive), for then it may never come.
func (m MBGCNBD) NextPurchase(h History, q float64) float64 { return m.core().next(h, q) }

// Score fills the columns of dst; see [Model]. It panics when a column is not as long as h; rows
// that [Histories.Check] refuses get NaN. What depends on x and T alone is worked out once
// for all customers who share them when h.Step is set.
func (m MBGCNBD) Score(dst Scores, h *Histories, t float64) { m.core().score(dst, h, t) }
