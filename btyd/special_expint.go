package btyd

import "math"

// discountedLife is e^w E_s(w) = ∫₀^∞ e^-wv (1+v)^-s dv for s, w > 0, E_s being the generalised
// exponential integral (DLMF 8.19.4): the expected life, each moment v of it worth e^-wv, of who
// dies at a rate that is Gamma(s, 1). In the papers it is w^(s-1) Ψ(s, s; w), Ψ being Tricomi's function, which
// by its usual series is the difference of two large numbers.
func discountedLife(s, w float64) float64 {
	if w >= 1 {
		return expintFraction(s, w)
	}
	// The trapezoidal rule after v = v₀ exp(k − e^-k), as in lapseIntegral.
	const (
		step  = 0.12
		first = -33
	)
	v0 := 1 / (s + w)
	sum := 0.0
	for i := first; ; i++ {
		k := step * float64(i)
		e := math.Exp(-k)
		v := v0 * math.Exp(k-e)
		term := step * (1 + e) * v * math.Exp(-w*v-s*math.Log1p(v))
		sum += term
		if i > 0 && !(term > 1e-18*sum) {
			return sum
		}
	}
}

// expintFraction is the continued fraction DLMF 8.19.17, contracted to its even part, by
// Lentz's method as modified by Thompson & Barnett. It converges the faster the larger w.
func expintFraction(s, w float64) float64 {
	b := w + s
	d := 1 / b
	c := math.Inf(1)
	f := d
	for k := 1.0; k < 10_000; k++ {
		a := -k * (s + k - 1)
		b += 2
		d = 1 / (b + a*d)
		c = b + a/c
		f *= c * d
		if math.Abs(c*d-1) < 1e-16 {
			break
		}
	}
	return f
}
