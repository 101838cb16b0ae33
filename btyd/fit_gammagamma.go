package btyd

import (
	"fmt"
	"math"
)

// FitGammaGamma fits a [GammaGamma] by maximum likelihood to h.Spend, the mean over
// h.Purchases purchases of each customer; the other columns are not read. Customers without such a purchase tell
// nothing and are passed over in silence, those with a spend of 0 or less with
// the warning [Dropped]. LL is the sum of the logarithms of the density of the means.
//
// [InfiniteMean] warns of q ≤ 1, [Correlated] of spend that changes with the number of purchases.
// It returns [ErrTooFew] when fewer than four customers remain or they spent all the same,
// and an error for spend that is no number.
func FitGammaGamma(h *Histories, o Options) (Fit[GammaGamma], error) {
	var fit Fit[GammaGamma]
	f, dropped, err := newSpending(h)
	if err != nil {
		return fit, err
	}
	start := vector{math.Log(2), math.Log(3), 0} // the mean of all is 1
	if o.Start != nil {
		if start, err = logStart(o.Start, len(spendNames)); err != nil {
			return fit, err
		}
		start[2] -= math.Log(f.scale)
	}
	at := climb(len(spendNames), start, f.customers, f.at)
	fit = Fit[GammaGamma]{
		Model: GammaGamma{P: math.Exp(at.u[0]), Q: math.Exp(at.u[1]), Gamma: math.Exp(at.u[2]) * f.scale},
		LL:    at.value*f.customers - f.customers*math.Log(f.scale), Customers: int(f.customers), Evaluations: at.evaluations,
	}
	var se vector
	fit.Warnings, se = judge(spendNames, at, f.customers, f.at, spendEscapes)
	for i, p := range fit.Model.Parameters() {
		fit.Estimates = append(fit.Estimates, Estimate{Name: p.Name, Value: p.Value, SE: p.Value * se[i]})
	}
	if fit.Model.Q <= 1 {
		fit.Warnings = append(fit.Warnings, Warning{Code: InfiniteMean, Param: "q", Text: fmt.Sprintf(
			"q is %.3g: with q ≤ 1 the expected spend of a new customer is infinite. Spend is too uneven for this model: "+
				"leave out the few largest customers (wholesale, perhaps), or use the median.", fit.Model.Q)})
	}
	if r := f.correlation; math.Abs(r) >= correlated && math.Abs(r)*math.Sqrt(f.customers) > 3 {
		more := "more"
		if r < 0 {
			more = "less"
		}
		fit.Warnings = append(fit.Warnings, Warning{Code: Correlated, Text: fmt.Sprintf(
			"those who buy more often spend %s on a purchase (correlation %.2f), which the model takes not to happen: "+
				"the value of frequent customers comes out wrong. Fit groups of customers apart, or compare with their own means.", more, r)})
	}
	if dropped > 0 {
		fit.Warnings = append(fit.Warnings, Warning{Code: Dropped, Text: fmt.Sprintf(
			"left out for a mean spend of 0 or less: %d of the customers with purchases. "+
				"Take returns out of the spend, and gifts out of the purchases.", dropped)})
	}
	return fit, nil
}

// correlated is the correlation between spend and the number of purchases from which on it is
// worth a warning: at it, one explains 2 % of the other.
const correlated = 0.15

// spendNames are the parameters searched for, in their order.
var spendNames = []string{"p", "q", "gamma"}

// spendEscapes are how the model degenerates.
var spendEscapes = []escape{
	{vector{0, 1, 1}, []string{"q", "gamma"}, "q and gamma go to infinity together: customers do not differ in what they spend on a purchase. " +
		"Expected spend is the mean of all."},
	{vector{1, 0, -1}, []string{"p", "gamma"}, "p goes to infinity and gamma to 0: each customer spends the same on every purchase. " +
		"Expected spend is the customer's own mean."},
}

// spending is the mean log-likelihood of spend. Rows are sorted by purchases, so that gamma
// functions are worked out once for each number of them.
type spending struct {
	spent       []float64 // total spend, in the mean spend of all purchases
	runs        []spendRun
	scale       float64
	customers   float64
	correlation float64
}

// spendRun are rows with x purchases: the values of some customers, and as many as they are.
type spendRun struct {
	x        float64
	from, to int
	logs     float64 // sum of ln x and of what else does not depend on the parameters
}

func newSpending(h *Histories) (f *spending, dropped int, err error) {
	if len(h.Spend) != len(h.Purchases) {
		return nil, 0, fmt.Errorf("btyd: columns of unequal length")
	}
	// The customers who tell something, and the means and products of purchases and spend.
	used := make([]int32, len(h.Spend)) // purchases, or 0
	var n, sum, sumX, sumMean, sumXX, sumXMean, sumMeanMean float64
	for i, mean := range h.Spend {
		switch x := h.Purchases[i]; {
		case math.IsNaN(mean) || math.IsInf(mean, 0) || x < 0:
			return nil, 0, fmt.Errorf("btyd: customer %d spent %v on average over %d purchases", i, mean, x)
		case x == 0:
		case mean <= 0:
			dropped++
		default:
			used[i] = x
			n++
			sum += float64(x) * mean
			sumX += float64(x)
			sumMean += mean
		}
	}
	if n < 4 {
		return nil, dropped, ErrTooFew
	}
	f = &spending{scale: sum / sumX, customers: n}
	at := newTally(used)
	buckets := placeRuns([]*tally{at})
	idle := 0
	if buckets[0].x == 0 {
		idle, buckets = buckets[0].to, buckets[1:]
	}
	for i := range buckets {
		buckets[i].from -= idle
		buckets[i].to -= idle
	}
	f.spent = make([]float64, int(n))
	for i, x := range used {
		if x == 0 {
			continue
		}
		mean := h.Spend[i]
		f.spent[at.next(x)-idle] = mean * float64(x) / f.scale
		dx, dm := float64(x)-sumX/n, mean-sumMean/n
		sumXX += dx * dx
		sumXMean += dx * dm
		sumMeanMean += dm * dm
	}
	if sumMeanMean <= 1e-20*sumMean*sumMean/n {
		return nil, dropped, ErrTooFew
	}
	if sumXX > 0 {
		f.correlation = sumXMean / math.Sqrt(sumXX*sumMeanMean)
	}
	for _, b := range buckets {
		for from := b.from; from < b.to; from += scoreStretch {
			f.runs = append(f.runs, spendRun{x: float64(b.x), from: from, to: min(b.to, from+scoreStretch)})
		}
	}
	inParallel(len(f.runs), 1, func(i, _, _ int) {
		run := &f.runs[i]
		for _, spent := range f.spent[run.from:run.to] {
			run.logs += math.Log(spent)
		}
	})
	return f, dropped, nil
}

// at is an objective. In the logarithms of p, q and γ, of one customer with v = γ + mx and g = γ/v,
//
//	ln L = ln Γ(px+q) − ln Γ(px) − ln Γ(q) + q ln γ − (px+q) ln v + px ln(mx) − ln m.
func (f *spending) at(u vector) (value float64, gradient vector, hessian matrix) {
	p, q, gamma := math.Exp(u[0]), math.Exp(u[1]), math.Exp(u[2])
	type sums struct{ logs, shares, squares float64 } // of ln v, g, g²
	parts := make([]sums, len(f.runs))
	inParallel(len(f.runs), 1, func(i, _, _ int) {
		var s sums
		for _, spent := range f.spent[f.runs[i].from:f.runs[i].to] {
			v := gamma + spent
			g := gamma / v
			s.logs += math.Log(v)
			s.shares += g
			s.squares += g * g
		}
		parts[i] = s
	})
	lnGammaQ, digammaQ, trigammaQ := lnGamma(q), digamma(q), trigamma(q)
	var rising, digammas, trigammas, digammaPX, trigammaPX float64
	last := 0.0
	for i, run := range f.runs {
		x, n, s := run.x, float64(run.to-run.from), parts[i]
		px := p * x
		if x != last { // runs of one x stand side by side
			rising, digammas, trigammas = lnRising(px, q), digamma(px+q), trigamma(px+q)
			digammaPX, trigammaPX = digamma(px), trigamma(px)
			last = x
		}
		logs := n*u[2] - s.logs // sum of ln γ/v
		value += n*(rising-lnGammaQ+math.Log(x)) + q*logs + px*(run.logs-s.logs) - run.logs
		byP := px * (n*(digammas-digammaPX) + run.logs - s.logs)
		byQ := q * (n*(digammas-digammaQ) + logs)
		gradient[0] += byP
		gradient[1] += byQ
		gradient[2] += q*n - (px+q)*s.shares
		hessian[0][0] += byP + px*px*n*(trigammas-trigammaPX)
		hessian[0][1] += px * q * n * trigammas
		hessian[0][2] -= px * s.shares
		hessian[1][1] += byQ + q*q*n*(trigammas-trigammaQ)
		hessian[1][2] += q * (n - s.shares)
		hessian[2][2] -= (px + q) * (s.shares - s.squares)
	}
	for i := range 3 {
		gradient[i] /= f.customers
		for j := i; j < 3; j++ {
			hessian[i][j] /= f.customers
			hessian[j][i] = hessian[i][j]
		}
	}
	return value / f.customers, gradient, hessian
}
