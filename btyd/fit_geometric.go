package btyd

import "math"

// rowsTogether is how many rows are summed into one part of the likelihood.
const rowsTogether = 4096

// atTime is what the likelihood needs at a time: the logarithm and the inverse of alpha + time.
type atTime struct{ ln, inv float64 }

// perX is the part of the likelihood that customers with equal x share, with respect to the
// logarithms of r, a and b, and the constants of their rows.
type perX struct {
	value    float64 // ln Γ(r+kx)/Γ(r) + ln B(a,b+n)/B(a,b)
	gradient vector
	hessian  matrix

	shape float64 // r + kx
	odds  float64 // ln a - ln(b+n-1); -Inf without a chance to stop
	db    float64 // derivative of odds with respect to ln b: -b/(b+n-1)
}

// likelihood is the mean log-likelihood of a geometric model over groups, as a function of the
// logarithms of r, alpha (in units of the groups' scale), a and b.
type likelihood struct {
	g        *groups
	k        int
	modified bool

	table []atTime
	xs    []perX
	parts []part
	sums  []partSum
}

// part is a stretch of rows within one run.
type part struct{ run, from, to int }

type partSum struct {
	value    float64
	gradient vector
	hessian  matrix
}

func newLikelihood(g *groups, k int, modified bool) *likelihood {
	l := &likelihood{g: g, k: k, modified: modified, table: make([]atTime, len(g.times)), xs: make([]perX, len(g.runs))}
	for i, r := range g.runs {
		for from := r.from; from < r.to; from += rowsTogether {
			l.parts = append(l.parts, part{run: i, from: from, to: min(r.to, from+rowsTogether)})
		}
	}
	l.sums = make([]partSum, len(l.parts))
	return l
}

// at is the objective of the search.
func (l *likelihood) at(u vector) (value float64, gradient vector, hessian matrix) {
	m := geometric{r: math.Exp(u[0]), alpha: math.Exp(u[1]), a: math.Exp(u[2]), b: math.Exp(u[3]), k: l.k, modified: l.modified}
	inParallel(len(l.table), rowsTogether, func(_, from, to int) {
		for i := from; i < to; i++ {
			at := m.alpha + l.g.times[i]
			l.table[i] = atTime{math.Log(at), 1 / at}
		}
	})
	l.share(m)
	inParallel(len(l.parts), 16, func(_, from, to int) {
		for i := from; i < to; i++ {
			if l.k == 1 {
				l.sums[i] = l.sum(m, l.parts[i])
			} else {
				l.sums[i] = l.sumRegular(m, l.parts[i])
			}
		}
	})
	// r ln alpha of every customer.
	c := l.g.customers
	value = c * m.r * u[1]
	gradient[0], gradient[1] = c*m.r*u[1], c*m.r
	hessian[0][0], hessian[0][1] = c*m.r*u[1], c*m.r
	for i := range l.parts {
		add(&value, &gradient, &hessian, 1, &l.sums[i])
	}
	for i, r := range l.g.runs {
		x := &l.xs[i]
		add(&value, &gradient, &hessian, r.n, &partSum{x.value, x.gradient, x.hessian})
	}
	value /= c
	for i := range maxParams {
		gradient[i] /= c
		for j := i; j < maxParams; j++ {
			hessian[i][j] /= c
			hessian[j][i] = hessian[i][j]
		}
	}
	return value, gradient, hessian
}

// add adds n times s, whose Hessian is an upper triangle.
func add(value *float64, gradient *vector, hessian *matrix, n float64, s *partSum) {
	*value += n * s.value
	for i := range maxParams {
		gradient[i] += n * s.gradient[i]
		for j := i; j < maxParams; j++ {
			hessian[i][j] += n * s.hessian[i][j]
		}
	}
}

// share works out the part for each x. Γ(r+kx)/Γ(r) is a product of kx factors and
// B(a,b+n)/B(a,b) one of n: from one x to the next the factors between are added, so that
// nothing cancels however large or small a parameter is.
func (l *likelihood) share(m geometric) {
	var lnR, r1, r2 float64             // Σ ln(r+i), Σ 1/(r+i), Σ 1/(r+i)²
	var lnB, b1, b2, sum1, sum2 float64 // Σ ln((b+i)/(a+b+i)), Σ a/((b+i)(a+b+i)), Σ 1/(b+i)², Σ 1/(a+b+i), Σ 1/(a+b+i)²
	events, chances := 0.0, 0.0
	for i, run := range l.g.runs {
		to := float64(l.k) * float64(run.x)
		if to-events > 4096 {
			from, end := m.r+events, m.r+to
			lnR += lnRising(from, to-events)
			r1 += digamma(end) - digamma(from)
			r2 += trigamma(from) - trigamma(end)
		} else {
			for ; events < to; events++ {
				v := m.r + events
				lnR += math.Log(v)
				r1 += 1 / v
				r2 += 1 / (v * v)
			}
		}
		events = to
		to = m.chances(run.x)
		if ab := m.a + m.b; to-chances > 4096 {
			from, end := m.b+chances, m.b+to
			lnB += lnRising(from, to-chances) - lnRising(from+m.a, to-chances)
			b1 += digamma(end) - digamma(from) - digamma(end+m.a) + digamma(from+m.a)
			b2 += trigamma(from) - trigamma(end)
			sum1 += digamma(end+m.a) - digamma(from+m.a)
			sum2 += trigamma(from+m.a) - trigamma(end+m.a)
		} else {
			for ; chances < to; chances++ {
				v, w := m.b+chances, ab+chances
				lnB -= math.Log1p(m.a / v)
				b1 += m.a / (v * w)
				b2 += 1 / (v * v)
				sum1 += 1 / w
				sum2 += 1 / (w * w)
			}
		}
		chances = to
		x := &l.xs[i]
		*x = perX{value: lnR + lnB, shape: m.shape(run.x), odds: math.Inf(-1)}
		x.gradient = vector{m.r * r1, 0, -m.a * sum1, m.b * b1}
		// d²/du² = θ² d²/dθ² + θ d/dθ for u = ln θ.
		x.hessian[0][0] = m.r*r1 - m.r*m.r*r2
		x.hessian[2][2] = m.a*m.a*sum2 - m.a*sum1
		x.hessian[2][3] = m.a * m.b * sum2
		x.hessian[3][3] = m.b*m.b*(sum2-b2) + m.b*b1
		if to > 0 {
			x.odds = math.Log(m.a) - math.Log(m.b+(to-1))
			x.db = -m.b / (m.b + (to - 1))
		}
	}
}

// sum adds over rows with one x, for k = 1,
//
//	-(r+x) ln(alpha+T) + ln(1 + e^d),  d = odds + (r+x) ln((alpha+T)/(alpha+t_x)),
//
// where ln(1+e^d) has the gradient w d' and the Hessian w d” + w(1-w) d' d'ᵀ, w = e^d/(1+e^d) being
// the probability that the customer is gone. The parts of d' that vary from row to row
// are summed here and put together by fold.
func (l *likelihood) sum(m geometric, p part) partSum {
	x := &l.xs[p.run]
	var t ageSums
	if math.IsInf(x.odds, -1) {
		for _, row := range l.g.rows[p.from:p.to] {
			t.add(row.n, l.table[row.t])
		}
		var s partSum
		t.fold(m, x, &s)
		return s
	}
	var g goneSums
	product := 1.0 // of 1 + e^-|d|, so that one logarithm serves many rows
	for _, row := range l.g.rows[p.from:p.to] {
		age, last, n := l.table[row.t], l.table[row.tx], row.n
		t.add(n, age)
		ln, inv := age.ln-last.ln, age.inv-last.inv
		d := x.odds + x.shape*ln
		e := math.Exp(-math.Abs(d))
		w := 1 / (1 + e)
		v := n * e * w * w
		if d > 0 {
			g.value += n * d
		} else {
			w *= e
		}
		w *= n
		switch f := 1 + e; n {
		case 1:
			product *= f
		case 2:
			product *= f * f
		case 3:
			product *= f * f * f
		default:
			g.value += n * math.Log(f)
		}
		if product > 1e290 {
			g.value += math.Log(product)
			product = 1
		}
		g.w += w
		g.wLn += w * ln
		g.wInv += w * inv
		g.wInv2 += w * inv * (age.inv + last.inv)
		g.v += v
		g.vLn += v * ln
		g.vInv += v * inv
		g.vLnLn += v * ln * ln
		g.vLnInv += v * ln * inv
		g.vInvInv += v * inv * inv
	}
	g.value += math.Log(product)
	var s partSum
	t.fold(m, x, &s)
	g.fold(m, x, &s)
	return s
}

// ageSums are sums over rows of what -(r+kx) ln(alpha+T) needs.
type ageSums struct{ n, ln, inv, inv2 float64 }

func (t *ageSums) add(n float64, age atTime) {
	t.n += n
	t.ln += n * age.ln
	t.inv += n * age.inv
	t.inv2 += n * age.inv * age.inv
}

func (t *ageSums) fold(m geometric, x *perX, s *partSum) {
	s.value -= x.shape * t.ln
	s.gradient[0] -= m.r * t.ln
	s.gradient[1] -= x.shape * m.alpha * t.inv
	s.hessian[0][0] -= m.r * t.ln
	s.hessian[0][1] -= m.r * m.alpha * t.inv
	s.hessian[1][1] += x.shape * (m.alpha*m.alpha*t.inv2 - m.alpha*t.inv)
}

// goneSums are sums over rows of w and of v = w(1-w), times what varies in the derivatives of d:
// ln = ln((alpha+T)/(alpha+t_x)), inv = 1/(alpha+T) - 1/(alpha+t_x), inv2 the same of the squares.
type goneSums struct {
	value                                float64
	w, wLn, wInv, wInv2                  float64
	v, vLn, vInv, vLnLn, vLnInv, vInvInv float64
}

func (g *goneSums) fold(m geometric, x *perX, s *partSum) {
	// d' = (r ln, alpha shape inv, 1, db).
	dr, da := m.r, m.alpha*x.shape
	s.value += g.value
	s.gradient[0] += dr * g.wLn
	s.gradient[1] += da * g.wInv
	s.gradient[2] += g.w
	s.gradient[3] += x.db * g.w
	h := &s.hessian
	h[0][0] += dr*g.wLn + dr*dr*g.vLnLn
	h[0][1] += dr*m.alpha*g.wInv + dr*da*g.vLnInv
	h[0][2] += dr * g.vLn
	h[0][3] += dr * x.db * g.vLn
	h[1][1] += da*(g.wInv-m.alpha*g.wInv2) + da*da*g.vInvInv
	h[1][2] += da * g.vInv
	h[1][3] += da * x.db * g.vInv
	h[2][2] += g.v
	h[2][3] += x.db * g.v
	h[3][3] += (x.db+x.db*x.db)*g.w + x.db*x.db*g.v
}

// sumRegular is sum for k > 1: ln(S1 + S2) = q + ln(1 + e^d) with q = ln S2 and d = odds + (r+kx)
// ln((alpha+T)/(alpha+t_x)) - q, where S2 is a polynomial in y = (T-t_x)/(alpha+T)
// whose coefficients Γ(r+kx+j)/(Γ(r+kx) j!) depend on x alone.
func (l *likelihood) sumRegular(m geometric, p part) partSum {
	x := &l.xs[p.run]
	c := make([]coefficient, l.k)
	c[0].c = 1
	for j := 1; j < l.k; j++ {
		f, i := x.shape+float64(j-1), 1/float64(j)
		c[j] = coefficient{c[j-1].c * f * i, (c[j-1].d1*f + c[j-1].c) * i, (c[j-1].d2*f + 2*c[j-1].d1) * i}
	}
	var t ageSums
	var s partSum
	for _, row := range l.g.rows[p.from:p.to] {
		age, last, n := l.table[row.t], l.table[row.tx], row.n
		t.add(n, age)
		q := silenceOf(c, (l.g.times[row.t]-l.g.times[row.tx])*age.inv, age.inv, m)
		// d' and d'' with respect to the logarithms, as in fold, less those of q.
		ln, inv := age.ln-last.ln, age.inv-last.inv
		da := m.alpha * x.shape
		d1 := vector{m.r*ln - q.r, da*inv - q.a, 1, x.db}
		var w, v float64
		s.value += n * q.value
		if d := x.odds + x.shape*ln - q.value; !math.IsInf(d, -1) {
			s.value += n * softplus(d)
			w = sigmoid(d)
			v = n * w * (1 - w)
		}
		stay, gone := n*(1-w), n*w
		s.gradient[0] += stay*q.r + gone*m.r*ln
		s.gradient[1] += stay*q.a + gone*da*inv
		s.gradient[2] += gone
		s.gradient[3] += gone * x.db
		h := &s.hessian
		h[0][0] += stay*q.rr + gone*m.r*ln
		h[0][1] += stay*q.ra + gone*m.r*m.alpha*inv
		h[1][1] += stay*q.aa + gone*da*inv*(1-m.alpha*(age.inv+last.inv))
		h[3][3] += gone * (x.db + x.db*x.db)
		for i := range maxParams {
			for j := i; j < maxParams; j++ {
				h[i][j] += v * d1[i] * d1[j]
			}
		}
	}
	t.fold(m, x, &s)
	return s
}

// coefficient is one of S2 with its derivatives with respect to r.
type coefficient struct{ c, d1, d2 float64 }

// silence is q = ln S2 with its derivatives with respect to ln r and ln alpha.
type silence struct{ value, r, a, rr, ra, aa float64 }

// silenceOf takes inv = 1/(alpha+T), of which y is a multiple: dy/dalpha = -y inv.
func silenceOf(c []coefficient, y, inv float64, m geometric) silence {
	var s, sr, srr, sy, sry, syy float64 // S2 and its derivatives with respect to r and y
	power, below, twice := 1.0, 0.0, 0.0 // y^j, j y^(j-1), j(j-1) y^(j-2)
	for _, c := range c {
		s += c.c * power
		sr += c.d1 * power
		srr += c.d2 * power
		sy += c.c * below
		sry += c.d1 * below
		syy += c.c * twice
		power, below, twice = power*y, below*y+power, twice*y+2*below
	}
	qr, qy := sr/s, sy/s
	ya := -m.alpha * inv * y        // dy/d ln alpha
	yaa := ya * (1 - 2*m.alpha*inv) // d²y/d(ln alpha)²
	q := silence{value: math.Log(s), r: m.r * qr, a: ya * qy}
	q.rr = m.r*m.r*(srr/s-qr*qr) + q.r
	q.ra = m.r * ya * (sry/s - qr*qy)
	q.aa = ya*ya*(syy/s-qy*qy) + yaa*qy
	return q
}
