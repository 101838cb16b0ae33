package btyd

import (
	"math"
)

// samples are what the learners learn from: n rows of width features, row by row,
// with the outcome of each.
type samples struct {
	width int
	x     []float64 // x[i*width : (i+1)*width] is row i
	y     []float64 // outcome: 0 or 1, or a share between them
	// weight counts a row as so many; nil counts each as one.
	weight []float64
	// offset is added to what is learnt, on the scale of log-odds; nil is 0.
	offset []float64
}

func (s *samples) len() int { return len(s.y) }

func (s *samples) row(i int) []float64 { return s.x[i*s.width : (i+1)*s.width : (i+1)*s.width] }

func (s *samples) weightOf(i int) float64 {
	if s.weight == nil {
		return 1
	}
	return s.weight[i]
}

func (s *samples) offsetOf(i int) float64 {
	if s.offset == nil {
		return 0
	}
	return s.offset[i]
}

// sigmoid is the probability of log-odds m.
func sigmoid(m float64) float64 {
	if m < 0 {
		e := math.Exp(m)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-m))
}

// logit is the log-odds of a probability, kept finite.
func logit(p float64) float64 {
	const least = 1e-9
	p = max(least, min(1-least, p))
	return math.Log(p / (1 - p))
}

// logistic is a logistic regression: the log-odds are bias + Σ weights[j]·x[j]. In
// training, features are brought to mean 0 and deviation 1, so that one ridge is fair to
// all of them; the weights here are back in the features' own units.
type logistic struct {
	bias    float64
	weights []float64
}

// margin are the log-odds of a row; an offset given in training is to be added.
func (l *logistic) margin(row []float64) float64 {
	m := l.bias
	for j, w := range l.weights {
		m += w * row[j]
	}
	return m
}

// probability is P(outcome = 1) of a row.
func (l *logistic) probability(row []float64) float64 { return sigmoid(l.margin(row)) }

// fitLogistic maximises the penalised likelihood by Newton's method (iteratively
// reweighted least squares), halving steps that do not climb. ridge is the penalty
// ½·ridge·w² on each standardised weight, in rows' worth of information: 1 is next to
// nothing and still keeps separable data finite. The bias is not penalised. Features must be
// finite; a constant feature gets weight 0.
func fitLogistic(s *samples, ridge float64) logistic {
	p := s.width
	mean, scale := s.moments()
	z := make([]float64, p+1) // a standardised row, with the 1 of the bias last
	z[p] = 1
	w := make([]float64, p+1)
	w[p] = s.startMargin()
	ridge = max(ridge, 1e-6)

	objective := func(w []float64) float64 {
		sum := 0.0
		for i := range s.y {
			m := w[p] + s.offsetOf(i)
			for j, v := range s.row(i) {
				m += w[j] * (v - mean[j]) * scale[j]
			}
			// y·m − ln(1+e^m)
			sum += s.weightOf(i) * (s.y[i]*m - math.Max(m, 0) - math.Log1p(math.Exp(-math.Abs(m))))
		}
		for _, v := range w[:p] {
			sum -= ridge / 2 * v * v
		}
		return sum
	}

	h := make([]float64, (p+1)*(p+1))
	g := make([]float64, p+1)
	next := make([]float64, p+1)
	value := objective(w)
	for range 50 {
		clear(h)
		clear(g)
		for i := range s.y {
			m := w[p] + s.offsetOf(i)
			for j, v := range s.row(i) {
				z[j] = (v - mean[j]) * scale[j]
				m += w[j] * z[j]
			}
			q, n := sigmoid(m), s.weightOf(i)
			d, c := n*(s.y[i]-q), n*q*(1-q)
			for j, v := range z {
				g[j] += d * v
				cv := c * v
				to := h[j*(p+1) : j*(p+1)+j+1]
				for k := range to {
					to[k] += cv * z[k]
				}
			}
		}
		for j := range p {
			g[j] -= ridge * w[j]
			h[j*(p+1)+j] += ridge
		}
		h[p*(p+1)+p] += 1e-9
		step := solvePositive(p+1, h, g)
		decrement := 0.0
		for j, v := range step {
			decrement += v * g[j]
		}
		if !(decrement > 1e-9) {
			break
		}
		climbed := false
		for range 30 {
			for j := range next {
				next[j] = w[j] + step[j]
			}
			if v := objective(next); v > value {
				value, climbed = v, true
				copy(w, next)
				break
			}
			for j := range step {
				step[j] /= 2
			}
		}
		if !climbed {
			break
		}
	}

	l := logistic{bias: w[p], weights: make([]float64, p)}
	for j := range p {
		l.weights[j] = w[j] * scale[j]
		l.bias -= l.weights[j] * mean[j]
	}
	return l
}

// moments are the mean of each feature and 1 / its standard deviation, 0 where it is constant.
func (s *samples) moments() (mean, scale []float64) {
	mean, scale = make([]float64, s.width), make([]float64, s.width)
	total := 0.0
	for i := range s.y {
		n := s.weightOf(i)
		total += n
		for j, v := range s.row(i) {
			mean[j] += n * v
		}
	}
	for j := range mean {
		mean[j] /= max(total, 1e-300)
	}
	for i := range s.y {
		n := s.weightOf(i)
		for j, v := range s.row(i) {
			scale[j] += n * (v - mean[j]) * (v - mean[j])
		}
	}
	for j, v := range scale {
		deviation := math.Sqrt(v / max(total, 1e-300))
		if deviation <= 1e-12*math.Max(1, math.Abs(mean[j])) {
			scale[j] = 0
			continue
		}
		scale[j] = 1 / deviation
	}
	return mean, scale
}

// meanOutcome is the share of ones.
func (s *samples) meanOutcome() float64 {
	sum, total := 0.0, 0.0
	for i, y := range s.y {
		sum += s.weightOf(i) * y
		total += s.weightOf(i)
	}
	return sum / max(total, 1e-300)
}

// startMargin is the constant that fits the outcomes best, given the offsets.
func (s *samples) startMargin() float64 {
	start := logit(s.meanOutcome())
	if s.offset == nil {
		return start
	}
	start = 0
	for range 50 {
		slope, curve := 0.0, 1e-9
		for i, y := range s.y {
			p := sigmoid(start + s.offset[i])
			slope += s.weightOf(i) * (y - p)
			curve += s.weightOf(i) * p * (1 - p)
		}
		step := max(-2, min(2, slope/curve))
		start += step
		if math.Abs(step) < 1e-9 {
			break
		}
	}
	return start
}

// solvePositive solves h·x = g for a symmetric positive definite h of n rows, given by
// its lower triangle, which it overwrites by its Cholesky factor. A pivot that rounding
// made 0 counts as very large: its direction is left alone.
func solvePositive(n int, h, g []float64) []float64 {
	for i := range n {
		for j := 0; j <= i; j++ {
			sum := h[i*n+j]
			for k := range j {
				sum -= h[i*n+k] * h[j*n+k]
			}
			switch {
			case i != j:
				h[i*n+j] = sum / h[j*n+j]
			case sum > 1e-12*math.Abs(h[i*n+i]):
				h[i*n+i] = math.Sqrt(sum)
			default:
				h[i*n+i] = 1e150
			}
		}
	}
	x := make([]float64, n)
	for i := range n {
		sum := g[i]
		for k := range i {
			sum -= h[i*n+k] * x[k]
		}
		x[i] = sum / h[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		sum := x[i]
		for k := i + 1; k < n; k++ {
			sum -= h[k*n+i] * x[k]
		}
		x[i] = sum / h[i*n+i]
	}
	return x
}
