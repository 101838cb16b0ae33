// Package learn holds the learners that the predictions of btyd are corrected by: logistic regression, and
// boosted trees.
package learn

import (
	"math"
)

// Samples are what the learners learn from: n rows of Width features, row by row,
// with the outcome of each.
type Samples struct {
	Width int
	X     []float64 // X[i*Width : (i+1)*Width] is row i
	Y     []float64 // outcome: 0 or 1, or a share between them
	// Weight counts a row as so many; nil counts each as one.
	Weight []float64
	// Offset is added to what is learnt, on the scale of log-odds; nil is 0.
	Offset []float64
}

// Len is the number of rows.
func (s *Samples) Len() int { return len(s.Y) }

// Row is row i.
func (s *Samples) Row(i int) []float64 { return s.X[i*s.Width : (i+1)*s.Width : (i+1)*s.Width] }

func (s *Samples) weightOf(i int) float64 {
	if s.Weight == nil {
		return 1
	}
	return s.Weight[i]
}

func (s *Samples) offsetOf(i int) float64 {
	if s.Offset == nil {
		return 0
	}
	return s.Offset[i]
}

// Sigmoid is the probability of log-odds m.
func Sigmoid(m float64) float64 {
	if m < 0 {
		e := math.Exp(m)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-m))
}

// Logit is the log-odds of a probability, kept finite.
func Logit(p float64) float64 {
	const least = 1e-9
	p = max(least, min(1-least, p))
	return math.Log(p / (1 - p))
}

// Logistic is a logistic regression: the log-odds are Bias + Σ Weights[j]·x[j]. In
// training, features are brought to mean 0 and deviation 1, so that one ridge is fair to
// all of them; the weights here are back in the features' own units.
type Logistic struct {
	Bias    float64
	Weights []float64
}

// Margin are the log-odds of a row; an offset given in training is to be added.
func (l *Logistic) Margin(row []float64) float64 {
	m := l.Bias
	for j, w := range l.Weights {
		m += w * row[j]
	}
	return m
}

// Probability is P(outcome = 1) of a row.
func (l *Logistic) Probability(row []float64) float64 { return Sigmoid(l.Margin(row)) }

// FitLogistic maximises the penalised likelihood by Newton's method (iteratively
// reweighted least squares), halving steps that do not climb. ridge is the penalty
// ½·ridge·w² on each standardised weight, in rows' worth of information: 1 is next to
// nothing and still keeps separable data finite. The bias is not penalised. Features must be
// finite; a constant feature gets weight 0.
func FitLogistic(s *Samples, ridge float64) Logistic {
	p := s.Width
	mean, scale := s.moments()
	z := make([]float64, p+1) // a standardised row, with the 1 of the bias last
	z[p] = 1
	w := make([]float64, p+1)
	w[p] = s.Level()
	ridge = max(ridge, 1e-6)

	objective := func(w []float64) float64 {
		sum := 0.0
		for i := range s.Y {
			m := w[p] + s.offsetOf(i)
			for j, v := range s.Row(i) {
				m += w[j] * (v - mean[j]) * scale[j]
			}
			// y·m − ln(1+e^m)
			sum += s.weightOf(i) * (s.Y[i]*m - math.Max(m, 0) - math.Log1p(math.Exp(-math.Abs(m))))
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
		for i := range s.Y {
			m := w[p] + s.offsetOf(i)
			for j, v := range s.Row(i) {
				z[j] = (v - mean[j]) * scale[j]
				m += w[j] * z[j]
			}
			q, n := Sigmoid(m), s.weightOf(i)
			d, c := n*(s.Y[i]-q), n*q*(1-q)
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

	l := Logistic{Bias: w[p], Weights: make([]float64, p)}
	for j := range p {
		l.Weights[j] = w[j] * scale[j]
		l.Bias -= l.Weights[j] * mean[j]
	}
	return l
}

// moments are the mean of each feature and 1 / its standard deviation, 0 where it is constant.
func (s *Samples) moments() (mean, scale []float64) {
	mean, scale = make([]float64, s.Width), make([]float64, s.Width)
	total := 0.0
	for i := range s.Y {
		n := s.weightOf(i)
		total += n
		for j, v := range s.Row(i) {
			mean[j] += n * v
		}
	}
	for j := range mean {
		mean[j] /= max(total, 1e-300)
	}
	for i := range s.Y {
		n := s.weightOf(i)
		for j, v := range s.Row(i) {
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

// MeanOutcome is the share of ones.
func (s *Samples) MeanOutcome() float64 {
	sum, total := 0.0, 0.0
	for i, y := range s.Y {
		sum += s.weightOf(i) * y
		total += s.weightOf(i)
	}
	return sum / max(total, 1e-300)
}

// Level is the constant that fits the outcomes best, given the offsets.
func (s *Samples) Level() float64 {
	start := Logit(s.MeanOutcome())
	if s.Offset == nil {
		return start
	}
	start = 0
	for range 50 {
		slope, curve := 0.0, 1e-9
		for i, y := range s.Y {
			p := Sigmoid(start + s.Offset[i])
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
