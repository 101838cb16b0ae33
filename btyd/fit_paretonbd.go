package btyd

import (
	"math"
	"slices"
	"sync"
)

// FitParetoNBD fits a [ParetoNBD] by maximum likelihood.
//
// Newton's method climbs the mean log-likelihood in the logarithms of the parameters, with all second
// derivatives, from which the standard errors follow. The likelihood is the exact one of
// [ParetoNBD.LogLikelihood]: of a customer, one term of (x, T) and one of (x, t_x). A million customers
// share some ten thousand of each when h.Step is set; the search begins on a sample of large data.
//
// It returns [ErrTooFew] when there is nothing to fit and an error when the histories are
// impossible (see [Histories.Check]). Where the data show no customers dying, or no differences between them, parameters
// go to their boundary: warnings say so and what to do, and predictions stay sensible.
func FitParetoNBD(h *Histories, o Options) (Fit[ParetoNBD], error) {
	var fit Fit[ParetoNBD]
	g, err := group(h)
	if err != nil {
		return fit, err
	}
	if len(g.rows) <= len(paretoNames) {
		return fit, ErrTooFew
	}
	f := newParetoObjective(g)
	start := paretoStart(g)
	if o.Start != nil {
		if start, err = logStart(o.Start, len(paretoNames)); err != nil {
			return fit, err
		}
		start[1] -= math.Log(g.scale)
		start[3] -= math.Log(g.scale)
	} else if every := len(g.rows) / enoughRows; every > 1 {
		few := g.sample(every)
		if near := climb(len(paretoNames), start, few.customers, newParetoObjective(few).at); near.converged {
			start = near.u
		}
	}
	at := climb(len(paretoNames), start, g.customers, f.at)
	fit = Fit[ParetoNBD]{
		Model: ParetoNBD{
			R: math.Exp(at.u[0]), Alpha: math.Exp(at.u[1]) * g.scale,
			S: math.Exp(at.u[2]), Beta: math.Exp(at.u[3]) * g.scale,
		},
		LL:        at.value*g.customers - g.purchases*math.Log(g.scale),
		Customers: int(g.customers), Evaluations: at.evaluations,
	}
	var se vector
	fit.Warnings, se = judge(paretoNames, at, g.customers, f.at, paretoEscapes)
	for i, p := range fit.Model.Parameters() {
		fit.Estimates = append(fit.Estimates, Estimate{Name: p.Name, Value: p.Value, SE: p.Value * se[i]})
	}
	return fit, nil
}

// paretoNames are the parameters searched for, in their order.
var paretoNames = []string{"r", "alpha", "s", "beta"}

// paretoEscapes are how the model degenerates.
var paretoEscapes = []escape{
	{vector{0, 0, -1, 1}, []string{"s", "beta"}, "s/beta, the rate of dying, goes to 0: the data show no customer dying whom chance does not explain, so the model has become one of " +
		"purchases without an end, and P(alive) is near 1 for all. Do not use P(alive); P(active) remains usable. " +
		"For a better answer fit MBGNBD or Return, or observe longer."},
	{vector{0, 0, 1, 1}, []string{"s", "beta"}, "s and beta go to infinity together: customers do not differ in how fast they die. " +
		"Only s/beta, their common rate, means anything; predictions remain usable."},
	{vector{0, 0, -1, -1}, []string{"s", "beta"}, "s and beta go to 0 together: the data show those who die at once and those who never do, nothing between. " +
		"Look at predictions for the far future with doubt."},
	{vector{1, 1, 0, 0}, []string{"r", "alpha"}, "r and alpha go to infinity together: customers do not differ in how often they buy. " +
		"Only r/alpha, their common rate, means anything; predictions remain usable, if the data are not a selection of customers by their purchases."},
	{vector{0, 0, 0, -1}, []string{"beta"}, "beta goes to 0: most customers seem to die at once. " +
		"Check that purchases of a customer are found under one number; predictions of purchases will be low."},
	{vector{0, 0, 1, 0}, []string{"s"}, "s goes to infinity: everybody seems to die at once. " +
		"Check that purchases of a customer are found under one number; predictions of purchases will be near 0."},
	{vector{-1, 0, 0, 0}, []string{"r"}, "r goes to 0: hardly anybody buys at all, and the few who do show no common rate. " +
		"There is too little to learn from; observe longer."},
}

// paretoStart begins with the rate that customers show, and a half of them dead by the typical age.
func paretoStart(g *groups) vector {
	rate := g.purchases / g.customers // in the typical age
	return vector{-0.5, -1 - math.Log(rate), -0.5, -0.7}
}

// paretoObjective is the mean log-likelihood of grouped histories.
type paretoObjective struct {
	g      *groups
	blocks []paretoBlock
	spare  sync.Pool // of *[]jet, for the terms of a block
}

// paretoBlock is some rows of one x, with the times that occur in them: the costly functions of
// a time are worked out once a block.
type paretoBlock struct {
	x    int
	last []int32 // times of last purchases, as indices of groups.times
	now  []int32 // ages
	rows []paretoRow
}

// paretoRow stands for n customers: last and now index those of the block.
type paretoRow struct {
	last, now int32
	n         float64
}

// blockRows is how many rows make a block: many, for more of them share their times,
// but few enough for all processors to have work and the terms to stay in the cache.
const blockRows = 4096

func newParetoObjective(g *groups) *paretoObjective {
	f := &paretoObjective{g: g}
	f.spare.New = func() any { return new([]jet) }
	last, now := newPlacing(g.times), newPlacing(g.times)
	for _, run := range g.runs {
		for from := run.from; from < run.to; from += blockRows {
			block := paretoBlock{x: run.x, rows: make([]paretoRow, min(blockRows, run.to-from))}
			for i := range block.rows {
				r := g.rows[from+i]
				block.rows[i] = paretoRow{last: last.of(r.tx), now: now.of(r.t), n: r.n}
			}
			block.last, block.now = last.take(), now.take()
			f.blocks = append(f.blocks, block)
		}
	}
	return f
}

// placing numbers the times it is shown in the order of first appearance.
type placing struct {
	shown []int32
	at    []int32 // by time: its number + 1, or 0
}

func newPlacing(times []float64) *placing { return &placing{at: make([]int32, len(times))} }

func (p *placing) of(time int32) int32 {
	if p.at[time] == 0 {
		p.shown = append(p.shown, time)
		p.at[time] = int32(len(p.shown))
	}
	return p.at[time] - 1
}

// take gives the times shown since it was last called, and begins anew.
func (p *placing) take() []int32 {
	times := slices.Clone(p.shown)
	for _, time := range times {
		p.at[time] = 0
	}
	p.shown = p.shown[:0]
	return times
}

// jet is a function of the four log-parameters r, α, s, β with its derivatives;
// of the Hessian the upper triangle, row by row.
type jet struct {
	f float64
	g [4]float64
	h [10]float64
}

// at is an objective: the mean log-likelihood at u with its gradient and Hessian. Blocks are added up in their
// order, so that the result does not depend on the number of processors.
func (f *paretoObjective) at(u vector) (value float64, gradient vector, hessian matrix) {
	m := ParetoNBD{R: math.Exp(u[0]), Alpha: math.Exp(u[1]), S: math.Exp(u[2]), Beta: math.Exp(u[3])}
	sums := make([]jet, len(f.blocks))
	inParallel(len(f.blocks), 1, func(i, _, _ int) {
		terms := f.spare.Get().(*[]jet)
		sums[i] = m.block(f.blocks[i], f.g.times, terms)
		f.spare.Put(terms)
	})
	total := m.constants(f.g, u)
	for _, sum := range sums {
		total.add(1, &sum)
	}
	k := 0
	for i := range 4 {
		gradient[i] = total.g[i] / f.g.customers
		for j := i; j < 4; j++ {
			hessian[i][j] = total.h[k] / f.g.customers
			hessian[j][i] = hessian[i][j]
			k++
		}
	}
	return total.f / f.g.customers, gradient, hessian
}

// add adds n times o.
func (t *jet) add(n float64, o *jet) {
	t.f += n * o.f
	for i := range t.g {
		t.g[i] += n * o.g[i]
	}
	for i := range t.h {
		t.h[i] += n * o.h[i]
	}
}

// constants sums what depends on x alone: ln Γ(r+x) − ln Γ(r) + r ln α + s ln β.
func (m ParetoNBD) constants(g *groups, u vector) jet {
	r, n := m.R, g.customers
	t := jet{f: n * (r*u[1] + m.S*u[3])}
	first, second := r*n*u[1], 0.0 // r ∂/∂r, r² ∂²/∂r²
	for _, run := range g.runs {
		if run.x == 0 {
			continue
		}
		x := float64(run.x)
		t.f += run.n * lnRising(r, x)
		first += run.n * r * (digamma(r+x) - digamma(r))
		second += run.n * r * r * (trigamma(r+x) - trigamma(r))
	}
	t.g = [4]float64{first, n * r, n * m.S * u[3], n * m.S}
	t.h[0], t.h[1] = first+second, n*r
	t.h[7], t.h[8] = n*m.S*u[3], n*m.S
	return t
}

// block sums ln {Y(T) (1−R(x,T)) + Y(t_x) R(x,t_x)} over the rows of a block. Each of the two
// terms is taken as its logarithm with derivatives; w is the second's share. spare is room for them.
func (m ParetoNBD) block(b paretoBlock, times []float64, spare *[]jet) (total jet) {
	terms := (*spare)[:0]
	for _, t := range b.last {
		terms = append(terms, m.term(b.x, times[t], true))
	}
	for _, t := range b.now {
		terms = append(terms, m.term(b.x, times[t], false))
	}
	*spare = terms
	last, now := terms[:len(b.last)], terms[len(b.last):]
	for _, row := range b.rows {
		d, a := &last[row.last], &now[row.now]
		odds := math.Exp(-math.Abs(d.f - a.f))
		small := odds / (1 + odds)
		w := small
		if d.f > a.f {
			w = 1 - small
		}
		n, both := row.n, row.n*small*(1-small)
		total.f += n * (math.Max(a.f, d.f) + math.Log1p(odds))
		alive, died := n*(1-w), n*w
		var e [4]float64
		for i := range e {
			total.g[i] += alive*a.g[i] + died*d.g[i]
			e[i] = d.g[i] - a.g[i]
		}
		k := 0
		for i := range e {
			be := both * e[i]
			for j := i; j < 4; j++ {
				total.h[k] += alive*a.h[k] + died*d.h[k] + be*e[j]
				k++
			}
		}
	}
	return total
}

// term is ln {Y(t) R(x,t)} or, for the living, ln {Y(t) (1−R(x,t))}.
func (m ParetoNBD) term(x int, t float64, died bool) jet {
	p, s, a, b := m.R+float64(x), m.S, m.Alpha+t, m.Beta+t
	j := lapseDerivatives(p, s, a, b)
	switch {
	case died:
	case j.f < -0.1:
		j = j.complement()
	default: // 1 − R is little: R with the two rates in each other's place
		j = lapseDerivatives(s, p, b, a).swap()
	}
	// By the logarithms of r, α, s and β; l = ln(α+t) − ln(β+t).
	r, ca, cb := m.R, m.Alpha/a, m.Beta/b
	logA, logB := math.Log(a), math.Log(b)
	// Y = (α+t)^-p (β+t)^-s adds −p ln(α+t) − s ln(β+t).
	return jet{
		f: j.f - p*logA - s*logB,
		g: [4]float64{r * (j.p - logA), ca * (j.l - p), s * (j.s - logB), -cb * (j.l + s)},
		h: [10]float64{
			r*r*j.pp + r*(j.p-logA), r * ca * (j.pl - 1), r * s * j.ps, -r * cb * j.pl,
			ca*ca*j.ll + ca*(1-ca)*(j.l-p), ca * s * j.sl, -ca * cb * j.ll,
			s*s*j.ss + s*(j.s-logB), -s * cb * (j.sl + 1),
			cb*cb*j.ll - cb*(1-cb)*(j.l+s),
		},
	}
}
