package btyd

import "math"

// ParetoNBD is the model of Schmittlein, Morrison & Colombo (1987, Management Science 33,
// 1-24): while alive a customer buys at random at a rate λ, and dies at random at a rate
// μ, at any time; over customers λ is gamma distributed with shape R and rate Alpha,
// μ with shape S and rate Beta, independently. Alpha and Beta are times, in the unit of the
// histories: the mean rates are R/Alpha and S/Beta. R and S have no unit.
//
// Equations are numbered as in Hardie's note 009 (brucehardie.com/notes/009).
type ParetoNBD struct {
	R, Alpha, S, Beta float64
}

var _ Model = ParetoNBD{}

// Name is paretonbd.
func (m ParetoNBD) Name() string { return "paretonbd" }

// Parameters are r, alpha (a time), s and beta (a time).
func (m ParetoNBD) Parameters() []Parameter {
	return []Parameter{{"r", m.R}, {"alpha", m.Alpha}, {"s", m.S}, {"beta", m.Beta}}
}

// proper tells whether m is a model and h a history; elsewhere answers are NaN.
func (m ParetoNBD) proper(h History) bool {
	return positive(m.R) && positive(m.Alpha) && positive(m.S) && positive(m.Beta) &&
		h.X >= 0 && h.Tx >= 0 && h.Tx <= h.T && !math.IsInf(h.T, 0) && (h.X > 0 || h.Tx == 0)
}

// at is the model of a customer who is alive at age t after x repeat purchases. What λ
// and μ may be is then again gamma and independent, so that the customer is as good as new: whatever
// the model tells of new customers holds, under these parameters, for the living.
func (m ParetoNBD) at(x int, t float64) ParetoNBD {
	return ParetoNBD{R: m.R + float64(x), Alpha: m.Alpha + t, S: m.S, Beta: m.Beta + t}
}

// dies is the probability that death comes before the next purchase of a new customer.
func (m ParetoNBD) dies() float64 { return lapse(m.R, m.S, m.Alpha, m.Beta) }

// buys is 1 − dies.
func (m ParetoNBD) buys() float64 {
	if dies := m.dies(); dies < 0.9 {
		return 1 - dies
	}
	return lapse(m.S, m.R, m.Beta, m.Alpha) // the same with the two rates in each other's place
}

// decay is −ln of the probability that a new customer neither buys nor dies within t.
func (m ParetoNBD) decay(t float64) float64 {
	return m.R*math.Log1p(t/m.Alpha) + m.S*math.Log1p(t/m.Beta)
}

// deathInSilence is ln {Y(t_x) R(x,t_x) / Y(T)}, see LogLikelihood: how much likelier it was, at the last
// purchase, to die before the next than to live to T without one.
func (m ParetoNBD) deathInSilence(h History) float64 {
	then := m.at(h.X, h.Tx)
	return math.Log(then.dies()) + then.decay(h.T-h.Tx)
}

// LogLikelihood is ln L (equations 18 to 20). Let Y(t) = (α+t)^-(r+x) (β+t)^-s, and R(x, t) be the
// probability that who is alive at t, after x repeat purchases, dies before the next. A customer who bought
// last at t_x is alive at T, in proportion to Y(T), or died in between: before the next
// purchase, Y(t_x) R(x,t_x), less those who do so only after T, Y(T) R(x,T). Together
//
//	L = Γ(r+x)/Γ(r) α^r β^s { Y(T) (1 − R(x,T)) + Y(t_x) R(x,t_x) }.
func (m ParetoNBD) LogLikelihood(h History) float64 {
	if !m.proper(h) {
		return math.NaN()
	}
	x := float64(h.X)
	return lnRising(m.R, x) - m.decay(h.T) - x*math.Log(m.Alpha+h.T) +
		logAddExp(math.Log(m.at(h.X, h.T).buys()), m.deathInSilence(h))
}

// Alive is P(alive) (equations 36 and 37): Y(T) over the braces of [ParetoNBD.LogLikelihood].
func (m ParetoNBD) Alive(h History) float64 {
	if !m.proper(h) {
		return math.NaN()
	}
	if h.Tx == h.T {
		return 1
	}
	return math.Min(1, 1/(m.at(h.X, h.T).buys()+math.Exp(m.deathInSilence(h))))
}

// never is how many times Alpha or Beta a time is taken for endless: powers of it are still numbers.
const never = 1e100

// Active is P(active): the probability of a purchase within (T, T+t].
func (m ParetoNBD) Active(h History, t float64) float64 {
	return m.Alive(h) * m.at(h.X, h.T).activeNew(t)
}

// activeNew is the probability that a new customer buys again within t: that the next
// purchase comes before death, less that it does so after t; rounding must not make it more than the
// purchases to be expected.
func (m ParetoNBD) activeNew(t float64) float64 {
	switch {
	case !(t >= 0):
		return math.NaN()
	case math.IsInf(t, 1):
		return m.buys()
	}
	return math.Max(0, math.Min(m.R/m.Alpha*m.lifetimeWithin(t), m.buys()-math.Exp(-m.decay(t))*m.at(0, t).buys()))
}

// Expected is E[Y(t)], the expected number of purchases in (T, T+t] (equation 41).
func (m ParetoNBD) Expected(h History, t float64) float64 {
	return ofAlive(m.Alive(h), m.at(h.X, h.T).ExpectedNew(t))
}

// ExpectedNew is E[X(t)] (equation 27), at s = 1 too.
func (m ParetoNBD) ExpectedNew(t float64) float64 {
	if !m.proper(History{}) || !(t >= 0) {
		return math.NaN()
	}
	return m.R / m.Alpha * m.lifetimeWithin(t)
}

// lifetimeWithin is the expected time that a new customer lives within the next t:
// β/(s−1) [1 − (β/(β+t))^(s−1)].
func (m ParetoNBD) lifetimeWithin(t float64) float64 {
	if math.IsInf(t, 1) {
		if m.S <= 1 {
			return t
		}
		return m.Beta / (m.S - 1)
	}
	log := math.Log1p(t / m.Beta)
	return m.Beta * log * expm1Ratio((1-m.S)*log)
}

// Surprise is the probability that the customer, had he stayed, would have bought again by
// now: 1 − ((α+t_x)/(α+T))^(r+x). Near 1 the silence is out of character.
func (m ParetoNBD) Surprise(h History) float64 {
	if !m.proper(h) {
		return math.NaN()
	}
	return -math.Expm1(-(m.R + float64(h.X)) * math.Log1p((h.T-h.Tx)/(m.Alpha+h.Tx)))
}

// NextPurchase is the time from the end of observation within which the next purchase comes
// with probability q: Active solved for t. +Inf when it may never come with that probability, or only after more than
// 10^100 times the age, which is the same.
func (m ParetoNBD) NextPurchase(h History, q float64) float64 {
	alive, living := m.Alive(h), m.at(h.X, h.T)
	switch {
	case math.IsNaN(alive) || !(q >= 0 && q <= 1):
		return math.NaN()
	case q == 0:
		return 0
	}
	farthest := never * min(living.Alpha, living.Beta)
	if q/alive >= living.activeNew(farthest) {
		return math.Inf(1)
	}
	return living.activeQuantile(q/alive, farthest)
}

// activeQuantile is the t at which activeNew reaches q, which it does before most: Newton's method for ln activeNew over
// ln t, with halving where a step would leave what is known. The derivative of activeNew is the density of the
// next purchase: the probability that none and no death came by t, by the rate then to be expected.
func (m ParetoNBD) activeQuantile(q, most float64) float64 {
	low, high := math.Inf(-1), math.Log(most) // of ln t
	// No more than r/α purchases are to be expected in a unit of time.
	u := min(high, math.Log(q)+math.Log(m.Alpha)-math.Log(m.R))
	for range 200 {
		t := math.Exp(u)
		active := m.activeNew(t)
		if active < q {
			low = u
		} else {
			high = u
		}
		slope := t * math.Exp(-m.decay(t)) * m.R / (m.Alpha + t) / active
		next := u - math.Log(active/q)/slope
		if !(next > low && next < high) {
			next = low + (high-low)/2
			if math.IsInf(low, -1) {
				next = high - 1
			}
		}
		if math.Abs(next-u) <= 1e-15*max(1, math.Abs(u)) || next <= low || next >= high {
			break
		}
		u = next
	}
	return math.Exp(u)
}

// expm1Ratio is (e^v − 1)/v, at v = 0 too.
func expm1Ratio(v float64) float64 {
	if v == 0 {
		return 1
	}
	return math.Expm1(v) / v
}

// Probability is P(X(t)=n): of the customers alive at t those of the negative binomial, of
// the others those that had bought so often when they died.
func (m ParetoNBD) Probability(n int, t float64) float64 {
	switch {
	case !m.proper(History{}) || !(t >= 0):
		return math.NaN()
	case n < 0 || (t == 0 && n > 0):
		return 0
	case n == 0:
		return 1 - m.activeNew(t)
	}
	count := float64(n)
	t = min(t, never*min(m.Alpha, m.Beta))
	constant := lnRising(m.R, count) - lnGamma(count+1)
	// The negative binomial at τ, given λ's distribution, and the share alive at τ.
	bought := func(tau float64) float64 {
		return constant - m.R*math.Log1p(tau/m.Alpha) - count*math.Log1p(m.Alpha/tau)
	}
	alive := func(tau float64) float64 { return -m.S * math.Log1p(tau/m.Beta) }
	sharp := 1/(count+1) + 1/(m.R+m.S+1) // variance of ln τ where the integrand is largest, or less
	died := integrate(t, m.Alpha, sharp, func(tau float64) float64 {
		return m.S / (m.Beta + tau) * math.Exp(bought(tau)+alive(tau))
	})
	return math.Exp(bought(t)+alive(t)) + died
}

// ConditionalProbability is P(X(T,T+t)=n | x, t_x, T): that the customer makes exactly n
// purchases within the next t (Fader & Hardie's note 028, equation 16).
func (m ParetoNBD) ConditionalProbability(h History, n int, t float64) float64 {
	alive := m.Alive(h)
	p := alive * m.at(h.X, h.T).Probability(n, t)
	if n == 0 {
		p += 1 - alive
	}
	return p
}

// integrate is the integral from 0 to b of f, which falls off at least like τ below scale: the trapezoidal rule after
// τ = b/(1+e^-u), which counts τ by its logarithm, so that it does not matter how far b is from scale. As a function
// of ln τ, f is a peak of at least this variance, or smooth.
func integrate(b, scale, variance float64, f func(float64) float64) float64 {
	step := min(0.25, 0.7*math.Sqrt(variance))
	from := math.Log(min(1, scale/b)) - 25 // the square of e^-25 is next to nothing
	sum := 0.0
	for i := range int((45-from)/step) + 1 {
		q := math.Exp(-(from + step*float64(i)))
		share := 1 / (1 + q)
		sum += f(b*share) * share * share * q
	}
	return sum * step * b
}

// ofAlive is what is expected of a customer who is alive, times the probability that he is: nothing of
// who is gone, even where the other is infinite.
func ofAlive(alive, expected float64) float64 {
	if alive == 0 && math.IsInf(expected, 1) {
		return 0
	}
	return alive * expected
}
