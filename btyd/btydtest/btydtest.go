// Package btydtest makes up customers whose lives are known: what the tests and benchmarks of package btyd are run on, and
// good for testing whatever else looks at customers.
package btydtest

import (
	"math"
	"math/rand/v2"
)

// A Life makes up one customer: the times of the purchases after the first, ascending
// and not beyond the horizon, appended to times; and when the customer stopped
// buying for good (+Inf: not before the horizon). Times count from the first purchase.
type Life func(rng *rand.Rand, times []float64, horizon float64) (purchases []float64, stopped float64)

// A Crowd is a made-up customer base, with what no shop knows: who has stopped, and who will come.
type Crowd struct {
	// Customer and Day are the purchases up to the end in random order, several rows
	// of a customer on one day left as they fell. Days count from the first first purchase.
	Customer, Day []int32

	// Histories at the end, as in btyd.Histories: same-day purchases merged when the crowd lives in whole days.
	X              []int32
	Tx, T, LogGaps []float64
	Step           float64

	Stopped []bool  // before the end
	Later   []int32 // purchases within the time after the end
}

// A Scene says when the customers of a crowd come and how they are observed, in
// the unit of the life.
type Scene struct {
	Arrivals float64 // first purchases are uniform over this time
	End      float64 // observation ends
	Later    float64 // how far the crowd looks beyond the end
	Days     float64 // whole days in one unit, or 0: continuous time, without Customer and Day
}

// Simulate makes up n customers. The same arguments give the same crowd.
func Simulate(seed uint64, n int, live Life, s Scene) *Crowd {
	rng := rand.New(rand.NewPCG(seed, 0))
	c := &Crowd{
		X: make([]int32, n), Tx: make([]float64, n), T: make([]float64, n), LogGaps: make([]float64, n),
		Stopped: make([]bool, n), Later: make([]int32, n),
	}
	if s.Days > 0 {
		c.Step = 1 / s.Days
	}
	var times []float64
	for i := range n {
		first := rng.Float64() * s.Arrivals
		whole := func(t float64) float64 { return math.Floor((first+t)*s.Days) / s.Days }
		age := s.End - first
		if s.Days > 0 { // the last day counts: it is the day on which observation ends
			age = s.End - whole(0)
		}
		var stopped float64
		times, stopped = live(rng, times[:0], s.End-first+s.Later)
		c.Stopped[i] = stopped <= s.End-first
		c.T[i] = age
		last := 0.0
		if s.Days > 0 {
			c.add(i, whole(0)*s.Days)
		}
		for _, t := range times {
			if first+t > s.End {
				c.Later[i]++
				continue
			}
			if s.Days > 0 {
				c.add(i, whole(t)*s.Days)
				t = whole(t) - whole(0)
				if math.Round((t-last)*s.Days) == 0 {
					continue
				}
			}
			c.LogGaps[i] += math.Log(t - last)
			c.X[i]++
			c.Tx[i], last = t, t
		}
		if c.Step > 0 { // exactly whole steps, as summaries give them
			c.Tx[i] = math.Round(c.Tx[i]*s.Days) / s.Days
			c.T[i] = math.Round(c.T[i]*s.Days) / s.Days
		}
	}
	rng.Shuffle(len(c.Customer), func(i, j int) {
		c.Customer[i], c.Customer[j] = c.Customer[j], c.Customer[i]
		c.Day[i], c.Day[j] = c.Day[j], c.Day[i]
	})
	return c
}

func (c *Crowd) add(customer int, day float64) {
	c.Customer = append(c.Customer, int32(customer))
	c.Day = append(c.Day, int32(math.Round(day)))
}

// Geometric is the life of the BG/NBD (modified false) and the MBG/NBD family:
// every k-th event of a Poisson process is a purchase, and after a purchase the
// customer stops with a probability of his own; in the modified models after the first, too.
func Geometric(r, alpha, a, b float64, k int, modified bool) Life {
	return func(rng *rand.Rand, times []float64, horizon float64) ([]float64, float64) {
		rate := Gamma(rng, r) / alpha
		p := beta(rng, a, b)
		t := 0.0
		for first := true; ; first = false {
			if (modified || !first) && rng.Float64() < p {
				return times, t
			}
			for range k {
				t += rng.ExpFloat64() / rate
			}
			if !(t <= horizon) {
				return times, math.Inf(1)
			}
			times = append(times, t)
		}
	}
}

// Pareto is the life of the Pareto/NBD: a Poisson process until a time that is
// exponential, both rates gamma.
func Pareto(r, alpha, s, beta float64) Life {
	return func(rng *rand.Rand, times []float64, horizon float64) ([]float64, float64) {
		rate := Gamma(rng, r) / alpha
		stopped := rng.ExpFloat64() / (Gamma(rng, s) / beta)
		for t := rng.ExpFloat64() / rate; t <= min(stopped, horizon); t += rng.ExpFloat64() / rate {
			times = append(times, t)
		}
		if stopped > horizon {
			stopped = math.Inf(1)
		}
		return times, stopped
	}
}

// Gamma draws from the gamma distribution with rate 1 (Marsaglia & Tsang 2000).
func Gamma(rng *rand.Rand, shape float64) float64 {
	boost := 1.0
	if shape < 1 {
		boost = math.Pow(1-rng.Float64(), 1/shape)
		shape++
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		z := rng.NormFloat64()
		v := 1 + c*z
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-rng.Float64()) < z*z/2+d-d*v+d*math.Log(v) {
			return boost * d * v
		}
	}
}

// beta draws from the beta distribution.
func beta(rng *rand.Rand, a, b float64) float64 {
	u, v := Gamma(rng, a), Gamma(rng, b)
	if u+v == 0 { // both underflowed: all the weight is at the ends
		if rng.Float64() < a/(a+b) {
			return 1
		}
		return 0
	}
	return u / (u + v)
}

// CDNOW makes up n customers with the BG/NBD parameters of the CDNOW sample, observed in weeks, in whole days: first
// purchases over 728 days, and a look 39 weeks beyond. All published timings of package btyd are on them.
func CDNOW(n int) *Crowd {
	return Simulate(1, n, Geometric(0.2426, 4.4136, 0.7929, 2.4259, 1, false), Scene{Arrivals: 104, End: 104, Later: 39, Days: 7})
}
