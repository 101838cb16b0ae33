package replenish

import (
	"errors"
	"math"
)

// Rhythm tells when a customer buys a product again, from the gaps between purchases so far.
//
// The logarithm of a gap is a mean of all, plus what is particular to the product, to
// the customer and to the pair, plus chance, all of them normal:
//
//	ln gap = Mean + product + customer + pair + N(0, Within),
//	product ~ N(0, OfProduct), customer ~ N(0, OfCustomer), pair ~ N(0, OfPair).
//
// The variances come from the data (empirical Bayes), so that a pair with one gap leans on its product and
// customer and a pair with twenty on itself: with n gaps of mean logarithm m, expected e by its
// product and customer, the pair's mean is (n·OfPair·m + Within·e) / (n·OfPair + Within).
// Showing the pair's own mean gap instead, as is common, is the worst choice until about
// five gaps are known.
//
// A rhythm supposes that the customer does buy again: see [Due] for whether.
type Rhythm struct {
	Mean                                  float64 // of the logarithm of a gap in days
	OfProduct, OfCustomer, OfPair, Within float64 // variances

	products, customers []effect
}

// effect is what is known of one product or customer: the mean and variance of its deviation.
type effect struct{ mean, variance float64 }

// gaps sum up the logarithms of the gaps of one pair.
type gaps struct {
	product, customer int32
	n                 float64
	mean              float64
	square            float64 // Σ (ln gap − mean)²
}

// ErrNoGaps means that nobody bought anything twice yet.
var ErrNoGaps = errors.New("replenish: no customer bought a product twice")

// FitRhythm estimates the rhythm from the purchases up to and including the day asOf.
func FitRhythm(p *Pairs, asOf int32) (*Rhythm, error) {
	var all []gaps
	for i := range p.Len() {
		if g := gapsOf(upTo(p.Days(i), asOf)); g.n > 0 {
			g.customer, g.product = p.Pair(i)
			all = append(all, g)
		}
	}
	if len(all) == 0 {
		return nil, ErrNoGaps
	}
	return fitRhythm(all, p.products, p.customers()), nil
}

func gapsOf(days []int32) (g gaps) {
	for k := 1; k < len(days); k++ {
		g.add(math.Log(float64(days[k] - days[k-1])))
	}
	return g
}

// add counts one more gap (Welford's way, so that equal gaps have no variance at all).
func (g *gaps) add(log float64) {
	g.n++
	step := log - g.mean
	g.mean += step / g.n
	g.square += step * (log - g.mean)
}

// leastVariance keeps a variance from dying: a factor that seems to have no influence
// may yet be found to have some.
const leastVariance = 1e-4

// fitRhythm maximises the likelihood by expectation and maximisation, product, customer and pair in
// turn, each given what is now thought of the others (a variational approximation: their
// errors count as independent).
func fitRhythm(all []gaps, products, customers int) *Rhythm {
	r := &Rhythm{products: make([]effect, products), customers: make([]effect, customers)}
	total, square, within, free := 0.0, 0.0, 0.0, 0.0
	for _, g := range all {
		total += g.n
		r.Mean += g.n * g.mean
		within += g.square
		free += g.n - 1
	}
	r.Mean /= total
	for _, g := range all {
		square += g.square + g.n*(g.mean-r.Mean)*(g.mean-r.Mean)
	}
	spread := max(square/total, leastVariance)
	r.Within = spread / 2
	if free > 0 && within > 0 {
		r.Within = max(within/free, leastVariance)
	}
	r.OfProduct, r.OfCustomer, r.OfPair = spread/6, spread/6, spread/6

	byProduct, byCustomer := make([]evidence, products), make([]evidence, customers)
	for range 60 {
		before := [...]float64{r.OfProduct, r.OfCustomer, r.OfPair, r.Within}

		clear(byProduct)
		for _, g := range all {
			byProduct[g.product].add(g.mean-r.Mean-r.customers[g.customer].mean, r.noise(g))
		}
		r.OfProduct = weigh(r.products, byProduct, r.OfProduct)
		clear(byCustomer)
		for _, g := range all {
			byCustomer[g.customer].add(g.mean-r.Mean-r.products[g.product].mean, r.noise(g))
		}
		r.OfCustomer = weigh(r.customers, byCustomer, r.OfCustomer)

		var mean evidence
		ofPair, chance := 0.0, 0.0
		for _, g := range all {
			expected := r.products[g.product].mean + r.customers[g.customer].mean
			mean.add(g.mean-expected, r.noise(g))
			d := g.mean - r.Mean - expected
			share := r.OfPair / (r.OfPair + r.Within/g.n)
			rest := r.OfPair * (1 - share) // variance of the pair's own, given its gaps
			square := d*d + r.products[g.product].variance + r.customers[g.customer].variance
			ofPair += share*share*square + rest
			chance += g.square + g.n*((1-share)*(1-share)*square+rest)
		}
		r.Mean = mean.sum / mean.weight
		r.OfPair = max(ofPair/float64(len(all)), leastVariance)
		r.Within = max(chance/total, leastVariance)

		moved := 0.0
		for k, now := range [...]float64{r.OfProduct, r.OfCustomer, r.OfPair, r.Within} {
			moved = max(moved, math.Abs(math.Log(now/before[k])))
		}
		if moved < 1e-3 {
			break
		}
	}
	return r
}

// noise is the variance of a pair's mean around what its product and customer make expect.
func (r *Rhythm) noise(g gaps) float64 { return r.OfPair + r.Within/g.n }

// evidence are observations of one quantity, weighted by their precision.
type evidence struct{ sum, weight float64 }

func (e *evidence) add(value, variance float64) {
	e.sum += value / variance
	e.weight += 1 / variance
}

// weigh updates effects by their evidence, and returns the variance among those that have any.
func weigh(effects []effect, found []evidence, variance float64) float64 {
	sum, n := 0.0, 0.0
	for i, e := range found {
		v := 1 / (e.weight + 1/variance)
		effects[i] = effect{mean: e.sum * v, variance: v}
		if e.weight > 0 {
			sum += effects[i].mean*effects[i].mean + v
			n++
		}
	}
	return max(sum/max(n, 1), leastVariance)
}

// Gap is what is known of the time to a customer's next purchase of a product, in days from the
// last one: its logarithm is normal with mean Log and deviation Sigma.
type Gap struct{ Log, Sigma float64 }

// Next is the gap that follows the purchases on the given days, rising; product and customer
// may be ones that the fit has never seen.
func (r *Rhythm) Next(customer, product int32, days []int32) Gap {
	g := gapsOf(days)
	expected, variance := r.Mean, r.OfProduct+r.OfCustomer
	if product >= 0 && int(product) < len(r.products) {
		expected += r.products[product].mean
		variance += r.products[product].variance - r.OfProduct
	}
	if customer >= 0 && int(customer) < len(r.customers) {
		expected += r.customers[customer].mean
		variance += r.customers[customer].variance - r.OfCustomer
	}
	share := 0.0 // what the pair's own gaps weigh
	if g.n > 0 {
		share = r.OfPair / (r.OfPair + r.Within/g.n)
	}
	return Gap{
		Log:   expected + share*(g.mean-expected),
		Sigma: math.Sqrt(r.Within + (1-share)*r.OfPair + (1-share)*(1-share)*variance),
	}
}

// Quantile is the number of days from the last purchase within which the next comes with
// probability q; 0.5 gives the date to name. It is in (0, ∞) for q in (0, 1).
func (g Gap) Quantile(q float64) float64 {
	return math.Exp(g.Log + g.Sigma*math.Sqrt2*math.Erfinv(2*q-1))
}

// Survival is the probability that the gap is longer than t days.
func (g Gap) Survival(t float64) float64 {
	if t <= 0 {
		return 1
	}
	return math.Erfc((math.Log(t)-g.Log)/(g.Sigma*math.Sqrt2)) / 2
}

// Within is the probability that the purchase comes within t days more, none having
// come in the silent days since the last. 0 for t ≤ 0.
func (g Gap) Within(silent, t float64) float64 {
	still := g.Survival(silent)
	if still == 0 { // beyond what numbers tell: the hazard of a lognormal falls to 0
		return 0
	}
	return max(0, 1-g.Survival(silent+t)/still)
}

// QuantileAfter is [Gap.Quantile] for a purchase that has not come in the silent days
// since the last: still counted from the last purchase.
func (g Gap) QuantileAfter(silent, q float64) float64 {
	still := g.Survival(silent)
	if still == 0 {
		return math.Inf(1)
	}
	return max(silent, math.Exp(g.Log+g.Sigma*math.Sqrt2*upper((1-q)*still)))
}

// upper is the z of erfc(z)/2 = s, for small s to all digits: there 1-s has lost them.
func upper(s float64) float64 {
	if s > 0.1 || s == 0 {
		return math.Erfinv(1 - 2*s)
	}
	z := math.Sqrt(-math.Log(2 * s))
	for range 50 { // Newton's method for ln erfc, which is concave, from above
		tail := math.Erfc(z)
		step := math.Log(tail/(2*s)) * tail * math.Sqrt(math.Pi) / 2 * math.Exp(z*z)
		z += step
		if math.Abs(step) < 1e-15*z {
			break
		}
	}
	return z
}
