package btyd

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// groups are histories made ready for a search: checked, equal rows merged into one
// with a weight, those with as many purchases side by side, and times scaled to about 1.
type groups struct {
	times     []float64 // the times that rows point to; times[0] is 0
	rows      []row
	runs      []run // by x, ascending
	scale     float64
	customers float64
	purchases float64 // sum of x
	logGaps   float64 // sum of LogGaps in the caller's unit; 0 when there are none
}

// row stands for n customers who bought last at times[tx] of an age of times[t].
type row struct {
	tx, t int32
	n     float64
}

// run is the stretch of rows, and the number of customers, with x repeat purchases.
type run struct {
	x        int
	from, to int
	n        float64
}

// group checks and groups h. Times in whole steps are merged; others are kept one by one.
func group(h *Histories) (*groups, error) {
	if err := h.Check(); err != nil {
		return nil, err
	}
	g := &groups{customers: float64(h.Len())}
	age, last, logGaps := 0.0, 0.0, 0.0
	for i, x := range h.X {
		g.purchases += float64(x)
		age += h.T[i]
		last = max(last, h.T[i])
		if h.LogGaps != nil {
			logGaps += h.LogGaps[i]
		}
	}
	g.logGaps = logGaps
	if g.purchases == 0 || age == 0 {
		return nil, ErrTooFew
	}
	g.scale = age / g.customers
	buckets := bucketsOf(h.X)
	// A table of times longer than the data would only cost.
	if steps := last / h.Step; h.Step > 0 && steps < float64(4*h.Len()+1024) {
		return g, g.merge(h, buckets, int(math.Round(steps))+1)
	}
	g.list(h, buckets)
	return g, nil
}

// bucket is where the customers with x repeat purchases are put.
type bucket struct {
	x, from, to int
}

// bucketsOf is a bucket for each number of purchases that occurs, ascending.
func bucketsOf(x []int32) []bucket {
	few := make([]int, 1024)
	many := map[int]int{}
	for _, x := range x {
		if int(x) < len(few) {
			few[x]++
		} else {
			many[int(x)]++
		}
	}
	var all []bucket
	for x, n := range few {
		if n > 0 {
			all = append(all, bucket{x: x, to: n})
		}
	}
	for x, n := range many {
		all = append(all, bucket{x: x, to: n})
	}
	slices.SortFunc(all, func(a, b bucket) int { return a.x - b.x })
	at := 0
	for i := range all {
		all[i].from, all[i].to = at, at+all[i].to
		at = all[i].to
	}
	return all
}

// places tells for each x where the next customer of its bucket goes.
type places struct {
	few  []int
	many map[int]int
}

func placesIn(buckets []bucket) places {
	p := places{few: make([]int, 1024), many: map[int]int{}}
	for _, b := range buckets {
		if b.x < len(p.few) {
			p.few[b.x] = b.from
		} else {
			p.many[b.x] = b.from
		}
	}
	return p
}

func (p *places) next(x int32) int {
	if int(x) < len(p.few) {
		p.few[x]++
		return p.few[x] - 1
	}
	p.many[int(x)]++
	return p.many[int(x)] - 1
}

// list keeps every customer as a row of weight 1.
func (g *groups) list(h *Histories, buckets []bucket) {
	g.rows = make([]row, h.Len())
	g.times = make([]float64, 1, 1+2*h.Len())
	at := placesIn(buckets)
	for i, x := range h.X {
		r := row{t: int32(len(g.times)), n: 1}
		g.times = append(g.times, h.T[i]/g.scale)
		if h.Tx[i] > 0 {
			r.tx = int32(len(g.times))
			g.times = append(g.times, h.Tx[i]/g.scale)
		}
		g.rows[at.next(x)] = r
	}
	for _, b := range buckets {
		g.runs = append(g.runs, run{x: b.x, from: b.from, to: b.to, n: float64(b.to - b.from)})
	}
}

// merge makes one row of equal ones. Times are 0, 1, … steps-1 steps.
func (g *groups) merge(h *Histories, buckets []bucket, steps int) error {
	perStep := 1 / h.Step
	base := uint64(steps)
	// Those who bought once differ by age alone: counting replaces sorting.
	once := make([]float64, steps)
	first := 0
	if buckets[0].x == 0 {
		first = buckets[0].to
	}
	for i := range buckets {
		buckets[i].from -= first
		buckets[i].to -= first
	}
	keys := make([]uint64, h.Len()-first)
	at := placesIn(buckets)
	for i, x := range h.X {
		t, tx := h.T[i]*perStep, h.Tx[i]*perStep
		nt, ntx := math.Floor(t+0.5), math.Floor(tx+0.5)
		if math.Abs(t-nt) > 1e-3 || math.Abs(tx-ntx) > 1e-3 {
			return fmt.Errorf("btyd: times of customer %d (%v, %v) are no multiples of the step %v", i, h.Tx[i], h.T[i], h.Step)
		}
		if x == 0 {
			once[int(nt)]++
		} else {
			keys[at.next(x)] = uint64(ntx)*base + uint64(nt)
		}
	}
	spare := make([]uint64, len(keys))
	distinct := make([]int, len(buckets))
	inParallel(len(buckets), 1, func(i, _, _ int) {
		b := buckets[i]
		if b.x > 0 {
			distinct[i] = countEqual(keys[b.from:b.to], spare[b.from:b.to], base*base)
		}
	})

	g.times = make([]float64, steps)
	for i := range g.times {
		g.times[i] = float64(i) * h.Step / g.scale
	}
	total := steps
	for _, n := range distinct {
		total += n
	}
	g.rows = make([]row, 0, total)
	for i, b := range buckets {
		start := len(g.rows)
		if b.x == 0 {
			for t, n := range once {
				if n > 0 {
					g.rows = append(g.rows, row{t: int32(t), n: n})
				}
			}
		}
		for j := b.from; j < b.from+distinct[i]; j++ {
			g.rows = append(g.rows, row{tx: int32(keys[j] / base), t: int32(keys[j] % base), n: float64(spare[j])})
		}
		g.runs = append(g.runs, run{x: b.x, from: start, to: len(g.rows), n: float64(b.to - b.from)})
	}
	return nil
}

// countEqual sorts keys, all below limit, and leaves the n distinct ones in keys[:n]
// and how often each occurs in spare[:n].
func countEqual(keys, spare []uint64, limit uint64) (n int) {
	radixSort(keys, spare, bits.Len64(limit-1))
	for i := 0; i < len(keys); n++ {
		j := i + 1
		for j < len(keys) && keys[j] == keys[i] {
			j++
		}
		keys[n], spare[n] = keys[i], uint64(j-i)
		i = j
	}
	return n
}

// radixSort sorts keys of so many bits, 11 at a time from the lowest up.
func radixSort(keys, spare []uint64, width int) {
	const digit = 11
	if len(keys) < 400 { // clearing the counters would cost more
		slices.Sort(keys)
		return
	}
	from, to := keys, spare
	for shift := 0; shift < width; shift += digit {
		var start [1 << digit]int
		for _, key := range from {
			start[key>>shift&(1<<digit-1)]++
		}
		sum := 0
		for i, n := range start {
			start[i] = sum
			sum += n
		}
		for _, key := range from {
			d := key >> shift & (1<<digit - 1)
			to[start[d]] = key
			start[d]++
		}
		from, to = to, from
	}
	if &from[0] != &keys[0] {
		copy(keys, from)
	}
}

// sample is about one row in so many, spread over all: enough to start a search from.
func (g *groups) sample(every int) *groups {
	s := &groups{times: g.times, scale: g.scale, rows: make([]row, 0, len(g.rows)/every+1)}
	next := 0
	for _, whole := range g.runs {
		part := run{x: whole.x, from: len(s.rows)}
		for ; next < whole.to; next += every {
			s.rows = append(s.rows, g.rows[next])
			part.n += g.rows[next].n
		}
		part.to = len(s.rows)
		if part.to > part.from {
			s.runs = append(s.runs, part)
			s.customers += part.n
			s.purchases += part.n * float64(part.x)
		}
	}
	return s
}
