package btyd

import (
	"math"
)

// maxParams is the largest number of parameters searched for at once.
const maxParams = 4

type (
	vector [maxParams]float64
	matrix [maxParams][maxParams]float64
)

// objective gives the mean log-likelihood of a customer at the logarithms u of the
// parameters, with its gradient and Hessian with respect to u.
type objective func(u vector) (value float64, gradient vector, hessian matrix)

// farthest bounds the logarithm of a parameter: e^±18 in the unit of the search,
// in which times are about 1, is as good as 0 or infinity.
const farthest = 18.0

// tolerance is the Newton decrement, in log-likelihood of all customers together,
// below which a better fit could not be told apart.
const tolerance = 1e-12

// crawl is the decrement below which a search that no longer gains digits at every step, as
// it does near a top, is taken to follow a ridge without end.
const crawl = 1e-6

// maxEvaluations is far above what a search needs (7 to 15) unless there is no top.
const maxEvaluations = 200

// summit is where a search ended.
type summit struct {
	u           vector
	value       float64
	hessian     matrix
	evaluations int
	converged   bool
}

// climb maximises f over n parameters by Newton's method in log-parameters, damped as
// Levenberg does: where the Hessian is not negative definite, or a step does not
// climb, the step bends towards the gradient and shortens. A parameter at the bound that the
// gradient pushes outwards stays there. customers scales the stopping rule: f is a mean.
func climb(n int, start vector, customers float64, f objective) summit {
	at := summit{u: start}
	value, g, h := f(start)
	at.value, at.hessian, at.evaluations = value, h, 1
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return at
	}
	const gentle = 1e-9
	damping, before := gentle, math.Inf(1)
	for at.evaluations < maxEvaluations {
		step, ok := ascent(n, at.u, g, at.hessian, damping)
		if !ok {
			damping = math.Max(damping*10, 1e-6)
			if damping > 1e12 {
				return at
			}
			continue
		}
		decrement := 0.0
		for i := range n {
			decrement += step[i] * g[i]
		}
		// A full step from here gains half the decrement.
		gain := decrement * customers
		if damping <= 1e-6 && (gain < tolerance || gain < crawl && gain > before/100) {
			at.converged = true
			return at
		}
		next := at.u
		for i := range n {
			next[i] = max(-farthest, min(farthest, at.u[i]+max(-3, min(3, step[i]))))
		}
		if next == at.u { // as close as numbers get
			at.converged = true
			return at
		}
		value, ng, nh := f(next)
		at.evaluations++
		if !(value >= at.value) || math.IsInf(value, 0) { // worse, or no number
			if gain < 1e-10*math.Max(1, math.Abs(at.value)*customers) { // as high as arithmetic goes
				at.converged = true
				return at
			}
			if damping > 1e12 {
				return at
			}
			damping = math.Max(damping*10, 1e-6)
			continue
		}
		at.u, at.value, at.hessian, g, before = next, value, nh, ng, gain
		if damping /= 10; damping < gentle {
			damping = gentle
		}
	}
	return at
}

// ascent solves (D − H) s = g, where D is the damping on the scale of the diagonal, for
// the parameters that are free to follow the gradient; the others have s = 0.
// ok is false where the left side is not positive definite.
func ascent(n int, u, g vector, h matrix, damping float64) (s vector, ok bool) {
	var m matrix
	for i := range n {
		if stuck(u[i], g[i]) {
			m[i][i], g[i] = 1, 0
			continue
		}
		for j := range n {
			if !stuck(u[j], g[j]) {
				m[i][j] = -h[i][j]
			}
		}
		m[i][i] += damping * (math.Abs(h[i][i]) + 1e-12)
	}
	l, ok := cholesky(n, m)
	if !ok {
		return s, false
	}
	return solve(n, l, g), true
}

// stuck tells whether a parameter is at the bound and pushed against it.
func stuck(u, g float64) bool {
	return u <= -farthest && g <= 0 || u >= farthest && g >= 0
}

// cholesky is the lower triangle L of m = L Lᵀ; ok is false where m is not positive definite.
func cholesky(n int, m matrix) (l matrix, ok bool) {
	for i := range n {
		for j := 0; j <= i; j++ {
			sum := m[i][j]
			for k := range j {
				sum -= l[i][k] * l[j][k]
			}
			if i != j {
				l[i][j] = sum / l[j][j]
				continue
			}
			if !(sum > 0) {
				return l, false
			}
			l[i][i] = math.Sqrt(sum)
		}
	}
	return l, true
}

// solve gives x of L Lᵀ x = b.
func solve(n int, l matrix, b vector) (x vector) {
	for i := range n {
		sum := b[i]
		for k := range i {
			sum -= l[i][k] * x[k]
		}
		x[i] = sum / l[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		sum := x[i]
		for k := i + 1; k < n; k++ {
			sum -= l[k][i] * x[k]
		}
		x[i] = sum / l[i][i]
	}
	return x
}

// logErrors are the standard errors of the log-parameters: the roots of the diagonal of
// the inverse observed information of all customers; NaN where there is none.
func (at summit) logErrors(n int, customers float64) (se vector) {
	return at.logErrorsOf(n, customers, [maxParams]bool{})
}

// logErrorsOf takes the parameters in known as known: theirs are NaN, and those of the others
// are smaller for it.
func (at summit) logErrorsOf(n int, customers float64, known [maxParams]bool) (se vector) {
	var info matrix
	for i := range n {
		for j := range n {
			if !known[i] && !known[j] {
				info[i][j] = -at.hessian[i][j] * customers
			}
		}
		if known[i] {
			info[i][i] = 1
		}
	}
	l, ok := cholesky(n, info)
	for i := range n {
		if !ok || known[i] {
			se[i] = math.NaN()
			continue
		}
		var e vector
		e[i] = 1
		se[i] = math.Sqrt(solve(n, l, e)[i])
	}
	return se
}
