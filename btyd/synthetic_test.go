package btyd

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
)

// A life makes up one customer: the times of the purchases after the first, ascending
// and not beyond the horizon, appended to times; and when the customer stopped
// buying for good (+Inf: not before the horizon). Times count from the first purchase.
type life func(rng *rand.Rand, times []float64, horizon float64) (purchases []float64, stopped float64)

// A crowd is a simulated customer base, with what no shop knows: who has stopped,
// and who will come.
type crowd struct {
	// Customer and Day are the purchases up to the end in random order, several rows
	// of a customer on one day left as they fell. Days count from the first first purchase.
	Customer, Day []int32
	Histories     *Histories // at the end, same-day purchases merged when the crowd lives in whole days
	Stopped       []bool     // before the end
	Later         []int32    // purchases within the time after the end
}

// A scene says when the customers of a crowd come and how they are observed, in
// the unit of the life.
type scene struct {
	arrivals float64 // first purchases are uniform over this time
	end      float64 // observation ends
	later    float64 // how far the crowd looks beyond the end
	days     float64 // whole days in one unit, or 0: continuous time
}

// simulate makes up n customers. The same arguments give the same crowd.
func simulate(seed uint64, n int, live life, s scene) *crowd {
	rng := rand.New(rand.NewPCG(seed, 0))
	c := &crowd{
		Histories: &Histories{
			X: make([]int32, n), Tx: make([]float64, n), T: make([]float64, n), LogGaps: make([]float64, n),
		},
		Stopped: make([]bool, n), Later: make([]int32, n),
	}
	h := c.Histories
	if s.days > 0 {
		h.Step = 1 / s.days
	}
	var times []float64
	for i := range n {
		first := rng.Float64() * s.arrivals
		whole := func(t float64) float64 { return math.Floor((first+t)*s.days) / s.days }
		age := s.end - first
		if s.days > 0 { // the last day counts: it is the day on which observation ends
			age = s.end - whole(0)
		}
		var stopped float64
		times, stopped = live(rng, times[:0], s.end-first+s.later)
		c.Stopped[i] = stopped <= s.end-first
		h.T[i] = age
		last := 0.0
		if s.days > 0 {
			c.add(i, whole(0)*s.days)
		}
		for _, t := range times {
			if first+t > s.end {
				c.Later[i]++
				continue
			}
			if s.days > 0 {
				c.add(i, whole(t)*s.days)
				t = whole(t) - whole(0)
				if math.Round((t-last)*s.days) == 0 {
					continue
				}
			}
			h.LogGaps[i] += math.Log(t - last)
			h.X[i]++
			h.Tx[i], last = t, t
		}
		if h.Step > 0 { // exactly whole steps, as summaries give them
			h.Tx[i] = math.Round(h.Tx[i]*s.days) / s.days
			h.T[i] = math.Round(h.T[i]*s.days) / s.days
		}
	}
	rng.Shuffle(len(c.Customer), func(i, j int) {
		c.Customer[i], c.Customer[j] = c.Customer[j], c.Customer[i]
		c.Day[i], c.Day[j] = c.Day[j], c.Day[i]
	})
	return c
}

func (c *crowd) add(customer int, day float64) {
	c.Customer = append(c.Customer, int32(customer))
	c.Day = append(c.Day, int32(math.Round(day)))
}

// geometricLife is the life of the BG/NBD (modified false) and the MBG/NBD family:
// every k-th event of a Poisson process is a purchase, and after a purchase the
// customer stops with a probability of his own; in the modified models after the first, too.
func geometricLife(r, alpha, a, b float64, k int, modified bool) life {
	return func(rng *rand.Rand, times []float64, horizon float64) ([]float64, float64) {
		rate := drawGamma(rng, r) / alpha
		p := drawBeta(rng, a, b)
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

// paretoLife is the life of the Pareto/NBD: a Poisson process until a time that is
// exponential, both rates gamma.
func paretoLife(r, alpha, s, beta float64) life {
	return func(rng *rand.Rand, times []float64, horizon float64) ([]float64, float64) {
		rate := drawGamma(rng, r) / alpha
		stopped := rng.ExpFloat64() / (drawGamma(rng, s) / beta)
		for t := rng.ExpFloat64() / rate; t <= min(stopped, horizon); t += rng.ExpFloat64() / rate {
			times = append(times, t)
		}
		if stopped > horizon {
			stopped = math.Inf(1)
		}
		return times, stopped
	}
}

// drawGamma draws from the gamma distribution with rate 1 (Marsaglia & Tsang 2000).
func drawGamma(rng *rand.Rand, shape float64) float64 {
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

// drawBeta draws from the beta distribution.
func drawBeta(rng *rand.Rand, a, b float64) float64 {
	u, v := drawGamma(rng, a), drawGamma(rng, b)
	if u+v == 0 { // both underflowed: all the weight is at the ends
		if rng.Float64() < a/(a+b) {
			return 1
		}
		return 0
	}
	return u / (u + v)
}

// cdnowWeeks is how the benchmarks' customers are observed: 728 days of first
// purchases, in whole days, counted in weeks.
var cdnowWeeks = scene{arrivals: 104, end: 104, later: 39, days: 7}

// million are 1,000,000 customers with the BG/NBD parameters of the CDNOW sample: what the
// benchmarks run on. Made once.
var million = sync.OnceValue(func() *crowd { return cdnowLike(1_000_000) })

// cdnowLike are n customers as in million.
func cdnowLike(n int) *crowd {
	return simulate(1, n, geometricLife(0.2426, 4.4136, 0.7929, 2.4259, 1, false), cdnowWeeks)
}

// shuffled is h with its rows in another order.
func shuffled(h *Histories, seed uint64) *Histories {
	order := make([]int, h.Len())
	for i := range order {
		order[i] = i
	}
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	return picked(h, order)
}

// picked is the rows of h that order names, in that order.
func picked(h *Histories, order []int) *Histories {
	return &Histories{
		X: pick(h.X, order), Tx: pick(h.Tx, order), T: pick(h.T, order), LogGaps: pick(h.LogGaps, order),
		Spend: pick(h.Spend, order), Purchases: pick(h.Purchases, order), Step: h.Step,
	}
}

func pick[E any](column []E, order []int) []E {
	if column == nil {
		return nil
	}
	out := make([]E, len(order))
	for i, from := range order {
		out[i] = column[from]
	}
	return out
}

// inUnit is h counted in another unit, c of which make one of the old.
func inUnit(h *Histories, c float64) *Histories {
	out := &Histories{
		X: h.X, Tx: slices.Clone(h.Tx), T: slices.Clone(h.T), LogGaps: slices.Clone(h.LogGaps),
		Spend: h.Spend, Purchases: h.Purchases, Step: h.Step * c,
	}
	for i := range out.T {
		out.Tx[i] *= c
		out.T[i] *= c
		if out.LogGaps != nil {
			out.LogGaps[i] += float64(h.X[i]) * math.Log(c)
		}
	}
	return out
}
