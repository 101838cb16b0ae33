package btyd

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// FitBGNBD fits a [BGNBD] by maximum likelihood.
//
// Newton's method climbs the mean log-likelihood in the logarithms of the parameters, with all second
// derivatives, from which the standard errors follow. Equal histories are counted once when
// h.Step is set; the search begins on a sample of large data.
//
// It returns [ErrTooFew] when there is nothing to fit and an error when the histories are
// impossible (see [Histories.Check]). Where the data show no customers leaving, or no differences between them, parameters
// go to their boundary: warnings say so and what to do, and predictions stay sensible.
func FitBGNBD(h *Histories, o Options) (Fit[BGNBD], error) {
	f, err := fitGeometric(h, o, []int{1}, false)
	if err != nil {
		return Fit[BGNBD]{}, err
	}
	m := f.Model
	return Fit[BGNBD]{
		Model: BGNBD{R: m.r, Alpha: m.alpha, A: m.a, B: m.b}, Estimates: f.Estimates[1:],
		LL: f.LL, Customers: f.Customers, Evaluations: f.Evaluations, Warnings: f.Warnings,
	}, nil
}

// FitMBGNBD fits an [MBGNBD] by maximum likelihood, as [FitBGNBD] does.
func FitMBGNBD(h *Histories, o Options) (Fit[MBGNBD], error) {
	f, err := fitGeometric(h, o, []int{1}, true)
	if err != nil {
		return Fit[MBGNBD]{}, err
	}
	m := f.Model
	return Fit[MBGNBD]{
		Model: MBGNBD{R: m.r, Alpha: m.alpha, A: m.a, B: m.b}, Estimates: f.Estimates[1:],
		LL: f.LL, Customers: f.Customers, Evaluations: f.Evaluations, Warnings: f.Warnings,
	}, nil
}

// FitBGCNBD fits a [BGCNBD] by maximum likelihood, as [FitBGNBD] does. K is o.K or, when that is 0, the one of the highest
// likelihood: 1, 2, … are tried until two in a row are no better than the best, or 12 is reached, which [Clockwork] warns of.
// The histories need LogGaps for K > 1.
func FitBGCNBD(h *Histories, o Options) (Fit[BGCNBD], error) {
	f, err := fitGeometric(h, o, regularities(o), false)
	if err != nil {
		return Fit[BGCNBD]{}, err
	}
	m := f.Model
	return Fit[BGCNBD]{
		Model: BGCNBD{K: m.k, R: m.r, Alpha: m.alpha, A: m.a, B: m.b}, Estimates: f.Estimates,
		LL: f.LL, Customers: f.Customers, Evaluations: f.Evaluations, Warnings: f.Warnings,
	}, nil
}

// FitMBGCNBD fits an [MBGCNBD], as [FitBGCNBD] does.
func FitMBGCNBD(h *Histories, o Options) (Fit[MBGCNBD], error) {
	f, err := fitGeometric(h, o, regularities(o), true)
	if err != nil {
		return Fit[MBGCNBD]{}, err
	}
	m := f.Model
	return Fit[MBGCNBD]{
		Model: MBGCNBD{K: m.k, R: m.r, Alpha: m.alpha, A: m.a, B: m.b}, Estimates: f.Estimates,
		LL: f.LL, Customers: f.Customers, Evaluations: f.Evaluations, Warnings: f.Warnings,
	}, nil
}

// regularities are the k to try.
func regularities(o Options) []int {
	if o.K != 0 {
		return []int{o.K}
	}
	return []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
}

// geometricNames are the parameters searched for, in their order.
var geometricNames = []string{"r", "alpha", "a", "b"}

// geometricEscapes are how a geometric model degenerates.
var geometricEscapes = []escape{
	{vector{0, 0, -1, 1}, []string{"a"}, "a, against b, is as good as 0: silences here are no longer than chance makes them, " +
		"so that nobody can be said to have left. " +
		"The model has become one of purchases without an end, in which P(alive) is near 1 for all: do not use P(alive). " +
		"P(active) remains usable. For a better answer fit Return or a regular model, or observe longer."},
	{vector{0, 0, 1, 1}, []string{"a", "b"}, "a and b are as good as infinite: " +
		"customers do not differ in how likely they leave after a purchase. " +
		"Only a/(a+b), that likelihood, means anything; predictions remain usable."},
	{vector{0, 0, -1, -1}, []string{"a", "b"}, "a and b are as good as 0: " +
		"there are those who leave at the first chance and those who never do, and nothing between. " +
		"Only a/(a+b), the share of the former, means anything; doubt predictions for the far future."},
	{vector{1, 1, 0, 0}, []string{"r", "alpha"}, "r and alpha are as good as infinite: " +
		"customers do not differ in how often they buy. " +
		"Only r/alpha, their common rate, means anything; predictions remain usable, unless customers were selected by their purchases."},
	{vector{0, 0, 1, -1}, []string{"a"}, "a is as good as infinite: everybody seems to leave at the first chance. " +
		"Check that purchases of one customer stand under one number; predicted purchases will be near 0."},
	{vector{0, 0, 0, -1}, []string{"b"}, "b is as good as 0: most customers seem to leave at the first chance. " +
		"Check that purchases of one customer stand under one number; predicted purchases will be few."},
	{vector{-1, 0, 0, 0}, []string{"r"}, "r is as good as 0: hardly anybody buys at all, and those who do show no common rate. " +
		"There is too little to learn from; observe longer."},
}

// enoughRows is how many rows a search begins on when there are many more.
const enoughRows = 16_000

// fitGeometric tries the given k and keeps the best. Estimates begin with k.
func fitGeometric(h *Histories, o Options, ks []int, modified bool) (Fit[geometric], error) {
	var best Fit[geometric]
	g, err := group(h)
	if err != nil {
		return best, err
	}
	if len(g.rows) <= len(geometricNames) {
		return best, ErrTooFew
	}
	for _, k := range ks {
		if k < 1 || k > mostEvents {
			return best, fmt.Errorf("btyd: k is 1 to %d, not %d", mostEvents, k)
		}
	}
	logGaps := 0.0
	if slices.Max(ks) > 1 {
		if len(h.LogGaps) != h.Len() {
			return best, errors.New("btyd: a regular model needs LogGaps")
		}
		for i, l := range h.LogGaps {
			if math.IsNaN(l) || math.IsInf(l, 0) {
				return best, fmt.Errorf("btyd: customer %d has LogGaps %v: two purchases at one time are one", i, l)
			}
			logGaps += l
		}
	}
	few := g
	if every := len(g.rows) / enoughRows; every > 1 {
		few = g.sample(every)
	}
	start := geometricStart(g)
	if o.Start != nil {
		if start, err = logStart(o.Start, len(geometricNames)); err != nil {
			return best, err
		}
		start[1] -= math.Log(g.scale)
		few = g // a start worth giving is better than a sample
	}
	falls := 0
	for i, k := range ks {
		found, u := searchGeometric(g, few, k, modified, start, o.Start != nil)
		found.LL += float64(k-1) * logGaps
		if i == 0 || found.LL > best.LL {
			found.Evaluations += best.Evaluations
			best, falls = found, 0
		} else {
			best.Evaluations += found.Evaluations
			if falls++; falls == 2 {
				break
			}
		}
		if len(found.Warnings) == 0 {
			start = u
		}
		// Events of the next k are that much closer together.
		start[1] += math.Log(float64(k) / float64(k+1))
	}
	if k := best.Model.k; len(ks) > 1 && k == ks[len(ks)-1] {
		best.Warnings = append(best.Warnings, Warning{Code: Clockwork, Param: "k", Text: fmt.Sprintf(
			"k is %d, the largest that was tried: customers come by the clock or the calendar, every week or every month, which "+
				"such a model only comes near to. Predictions remain usable; around the day somebody is due they are too vague. "+
				"A larger k, up to %d, may be given (Options.K).", k, mostEvents)})
	}
	return best, nil
}

// geometricStart begins with the rate that customers show, and few of them leaving.
func geometricStart(g *groups) vector {
	rate := g.purchases / g.customers // in the typical age
	return vector{-0.7, -0.7 - math.Log(rate), -0.3, 0.9}
}

// elsewhere are starts for data that leave much open, of whose likelihood there may be several tops: those where customers leave
// at once or never, where they hardly differ, and where hardly anybody leaves.
func elsewhere(g *groups) []vector {
	rate := math.Log(g.purchases / g.customers)
	return []vector{{-0.7, -1 - rate, -4, -3.5}, {2, 1 - rate, 1, 0}, {-2, -4 - rate, 1.5, 0.7}, {0, -rate, -3, 3}}
}

// openRows is how many rows are so few, and so quickly searched, that one start is not trusted.
const openRows = 2000

// searchGeometric climbs on few first, then on all, and gives the end of the search, too. Where the end is no ordinary
// top, or rows are few and the start is not trusted, it climbs from elsewhere, too, and keeps the highest. LL
// lacks the term in LogGaps.
func searchGeometric(g, few *groups, k int, modified bool, start vector, trusted bool) (Fit[geometric], vector) {
	const n = 4
	l := newLikelihood(g, k, modified)
	part := l
	if few != g {
		part = newLikelihood(few, k, modified)
		if near := climb(n, start, few.customers, part.at); near.converged {
			start = near.u
		}
	}
	at := climb(n, start, g.customers, l.at)
	evaluations := at.evaluations
	warnings, se := judge(geometricNames, at, g.customers, l.at, geometricEscapes)
	if len(warnings) > 0 || !trusted && len(g.rows) < openRows {
		height, _, _ := part.at(at.u)
		for _, start := range elsewhere(g) {
			other := climb(n, start, few.customers, part.at)
			evaluations += other.evaluations
			if other.converged && (other.value-height)*few.customers > 1e-6 {
				if few != g {
					other = climb(n, other.u, g.customers, l.at)
				}
				if other.value > at.value {
					at = other
					height, _, _ = part.at(at.u)
					warnings, se = judge(geometricNames, at, g.customers, l.at, geometricEscapes)
				}
			}
		}
	}
	f := Fit[geometric]{
		Model: geometric{
			r: math.Exp(at.u[0]), alpha: math.Exp(at.u[1]) * g.scale, a: math.Exp(at.u[2]), b: math.Exp(at.u[3]),
			k: k, modified: modified,
		},
		LL:        at.value*g.customers - g.purchases*(float64(k)*math.Log(g.scale)+lnGamma(float64(k))),
		Customers: int(g.customers), Evaluations: evaluations, Warnings: warnings,
	}
	f.Estimates = []Estimate{{Name: "k", Value: float64(k), SE: math.NaN()}}
	for i, v := range []float64{f.Model.r, f.Model.alpha, f.Model.a, f.Model.b} {
		f.Estimates = append(f.Estimates, Estimate{Name: geometricNames[i], Value: v, SE: v * se[i]})
	}
	return f, at.u
}
