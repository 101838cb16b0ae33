package btyd

import "errors"

// Model is a fitted (or assumed) model of when customers buy and when they stop.
// Methods are pure and safe for concurrent use. Times are in the unit of the fit.
type Model interface {
	// Name is the short name: bgnbd, mbgnbd, paretonbd, bgcnbdk, mbgcnbdk.
	Name() string
	// Parameters are named as in the papers, in their order.
	Parameters() []Parameter
	// LogLikelihood is the logarithm of the likelihood of one history.
	LogLikelihood(h History) float64
	// Alive is P(alive): the probability that the customer has not stopped buying.
	// As a score of who will come back it misleads (see the package comment): use Active.
	Alive(h History) float64
	// Active is P(active): the probability of at least one purchase within the next t.
	Active(h History, t float64) float64
	// Expected is the expected number of purchases within the next t, given the history.
	Expected(h History, t float64) float64
	// ExpectedNew is the expected number of repeat purchases of a new customer in the time t after the first purchase.
	ExpectedNew(t float64) float64
	// Probability is P(X(t)=n): that a new customer makes exactly n repeat purchases in t.
	Probability(n int, t float64) float64
	// ConditionalProbability is the probability of exactly n purchases within the next t, given the history.
	ConditionalProbability(h History, n int, t float64) float64
	// Surprise is the probability that the customer, had he stayed, would have bought again by now.
	Surprise(h History) float64
	// NextPurchase is the time from now within which the next purchase comes with probability q;
	// +Inf when q ≥ P(alive) (or as near as makes no difference), for then it may never come.
	NextPurchase(h History, q float64) float64
	// Score fills the columns of dst that are not nil, each as long as h. It uses
	// all processors and, for a given h and t, allocates nothing per customer.
	Score(dst Scores, h *Histories, t float64)
}

// Scores are columns to be filled by [Model.Score]; a nil column is left out.
type Scores struct {
	Alive    []float64
	Active   []float64
	Expected []float64
}

// Parameter is a parameter of a model.
type Parameter struct {
	Name  string // r, alpha, a, b, s, beta, p, q, gamma or k
	Value float64
}

// Estimate is a fitted parameter. SE is its standard error by the observed
// information; NaN where the likelihood does not determine it (a warning says why).
type Estimate struct {
	Name  string
	Value float64
	SE    float64
}

// Fit is a fitted model with what tells how far to trust it.
type Fit[M any] struct {
	Model       M
	Estimates   []Estimate
	LL          float64 // log-likelihood of the data at the estimates
	Customers   int
	Evaluations int // evaluations of the likelihood over all customers
	Warnings    []Warning
}

// Warning is something to know before believing a fit. Code is for programs
// (to translate, to branch on), Text for people.
type Warning struct {
	Code  WarningCode
	Param string // the parameter it is about, or ""; of a [Return], with its model before it: paretonbd.s
	Text  string
}

// WarningCode names a kind of warning.
type WarningCode string

// The warnings.
const (
	// Boundary: the likelihood keeps rising, or falls by no more than chance explains, as the parameter goes to 0
	// or to infinity: the data show none of what it describes. The estimate is where the search stopped.
	Boundary WarningCode = "boundary"
	// Flat: some combination of parameters can change without the likelihood noticing.
	Flat WarningCode = "flat"
	// NotConverged: the search stopped before the top.
	NotConverged WarningCode = "not_converged"
	// Clockwork: k is the largest that was tried, and might be larger still.
	Clockwork WarningCode = "clockwork"
	// InfiniteMean: q ≤ 1 in the spend model, so that expected spend is infinite.
	InfiniteMean WarningCode = "infinite_mean"
	// Correlated: spend rises or falls with the number of purchases, against the spend model's assumption.
	Correlated WarningCode = "correlated"
	// Dropped: rows that the model cannot use were left out.
	Dropped WarningCode = "dropped"
)

// Options change how a model is fitted. The zero value is right for most.
type Options struct {
	// Start is where the search begins: the parameters of an earlier fit, in the
	// order of the paper (a warm start). Nil lets the data choose.
	Start []float64

	// K fixes the regularity of [BGCNBD] and [MBGCNBD]; 0 lets the likelihood choose. A start is one for K,
	// or for K = 1 where that is to be chosen.
	K int
}

// ErrTooFew means that there are not enough customers, or not enough repeat
// purchases, to fit anything.
var ErrTooFew = errors.New("btyd: too few customers or repeat purchases to fit")
