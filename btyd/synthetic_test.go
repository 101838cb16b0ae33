package btyd

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/ricejar/ricejar/btyd/btydtest"
)

// A crowd are made-up customers with their histories.
type crowd struct {
	*btydtest.Crowd
	Histories *Histories
}

// A scene is a btydtest.Scene.
type scene struct{ arrivals, end, later, days float64 }

// simulate makes up n customers. The same arguments give the same crowd.
func simulate(seed uint64, n int, live btydtest.Life, s scene) *crowd {
	return historiesOf(btydtest.Simulate(seed, n, live, btydtest.Scene{Arrivals: s.arrivals, End: s.end, Later: s.later, Days: s.days}))
}

func historiesOf(c *btydtest.Crowd) *crowd {
	return &crowd{Crowd: c, Histories: &Histories{X: c.X, Tx: c.Tx, T: c.T, LogGaps: c.LogGaps, Step: c.Step}}
}

// million are 1,000,000 customers with the BG/NBD parameters of the CDNOW sample: what the
// benchmarks run on. Made once.
var million = sync.OnceValue(func() *crowd { return cdnowLike(1_000_000) })

// cdnowLike are n customers as in million.
func cdnowLike(n int) *crowd { return historiesOf(btydtest.CDNOW(n)) }

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
