package btyd

import (
	"fmt"
	"maps"
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

// together is how many customers are read into one part of the groups.
const together = 1 << 16

// group checks and groups h. Times in whole steps are merged; others are kept one by one.
func group(h *Histories) (*groups, error) {
	n := h.Len()
	if len(h.Tx) != n || len(h.T) != n || !(h.Step >= 0) || math.IsInf(h.Step, 0) {
		return nil, h.Check()
	}
	counts := make([]count, stretches(n, together))
	inParallel(n, together, func(part, from, to int) { counts[part] = countPart(h, from, to) })
	g := &groups{customers: float64(n)}
	longest := 0.0
	for _, c := range counts {
		if c.wrong {
			return nil, h.Check()
		}
		g.purchases += c.purchases
		longest = max(longest, c.longest)
	}
	if g.purchases == 0 || longest == 0 {
		return nil, ErrTooFew
	}
	g.scale = typicalAge(h.T)
	parts := make([]*tally, len(counts))
	for i, c := range counts {
		parts[i] = c.byX
	}
	g.runs = placeRuns(parts)
	// A table of times longer than the data would only cost.
	if steps := longest / h.Step; h.Step > 0 && steps < float64(4*n+1024) {
		return g, g.merge(h, parts, int(math.Round(steps))+1)
	}
	g.list(h, parts)
	return g, nil
}

// typicalAge is the median of the ages above 0, or of a sample of many: one impossible age does not move it.
func typicalAge(t []float64) float64 {
	const enough = 1000
	ages := make([]float64, 0, enough+1)
	for every := 1 + len(t)/enough; ; every = 1 { // all, if the sample has none
		for i := 0; i < len(t); i += every {
			if t[i] > 0 {
				ages = append(ages, t[i])
			}
		}
		if len(ages) > 0 {
			slices.Sort(ages)
			return ages[len(ages)/2]
		}
	}
}

// count is what one part of the customers adds up to.
type count struct {
	purchases, longest float64
	wrong              bool
	byX                *tally
}

// tally is how many customers there are by x, and once they are placed the place of the next of them among
// all: few for x below its length, many for the others.
type tally struct {
	few  []int
	many map[int]int
}

func newTally(x []int32) *tally {
	t := &tally{few: make([]int, 1024), many: map[int]int{}}
	for _, x := range x {
		if int(x) < len(t.few) {
			t.few[x]++
		} else {
			t.many[int(x)]++
		}
	}
	return t
}

func countPart(h *Histories, from, to int) count {
	var c count
	part := Histories{X: h.X[from:to], Tx: h.Tx[from:to], T: h.T[from:to]}
	if part.Check() != nil {
		c.wrong = true
		return c
	}
	purchases, longest := 0, 0.0
	for i, t := range part.T {
		purchases += int(part.X[i])
		if t > longest {
			longest = t
		}
	}
	c.purchases, c.longest = float64(purchases), longest
	c.byX = newTally(part.X)
	return c
}

// placeRuns gives every x that occurs its places, within them the parts in their order, and returns
// the runs of these places.
func placeRuns(parts []*tally) (runs []run) {
	place := func(x, n int) {
		if n == 0 {
			return
		}
		if last := len(runs) - 1; last < 0 || runs[last].x != x {
			at := 0
			if last >= 0 {
				at = runs[last].to
			}
			runs = append(runs, run{x: x, from: at, to: at})
		}
		r := &runs[len(runs)-1]
		r.to += n
		r.n += float64(n)
	}
	many := map[int]bool{}
	for x := range parts[0].few {
		at := 0
		if len(runs) > 0 {
			at = runs[len(runs)-1].to
		}
		for _, t := range parts {
			n := t.few[x]
			t.few[x] = at
			at += n
			place(x, n)
		}
	}
	for _, t := range parts {
		for x := range t.many {
			many[x] = true
		}
	}
	for _, x := range slices.Sorted(maps.Keys(many)) {
		at := 0
		if len(runs) > 0 {
			at = runs[len(runs)-1].to
		}
		for _, t := range parts {
			n := t.many[x]
			t.many[x] = at
			at += n
			place(x, n)
		}
	}
	return runs
}

// next is the place of the next customer with x purchases.
func (t *tally) next(x int32) int {
	if int(x) < len(t.few) {
		t.few[x]++
		return t.few[x] - 1
	}
	t.many[int(x)]++
	return t.many[int(x)] - 1
}

// list keeps every customer as a row of weight 1.
func (g *groups) list(h *Histories, parts []*tally) {
	n, once := h.Len(), 0
	if g.runs[0].x == 0 {
		once = g.runs[0].to
	}
	g.rows = make([]row, n)
	g.times = make([]float64, 1+n+n-once) // 0, the ages, the last purchases of those who made one
	inParallel(n, together, func(part, from, to int) {
		for i := from; i < to; i++ {
			at := parts[part].next(h.X[i])
			r := row{t: int32(1 + at), n: 1}
			g.times[r.t] = h.T[i] / g.scale
			if h.X[i] > 0 {
				r.tx = int32(1 + n + at - once)
				g.times[r.tx] = h.Tx[i] / g.scale
			}
			g.rows[at] = r
		}
	})
}

// merge makes one row of equal ones. Times are 0, 1, … steps-1 steps.
func (g *groups) merge(h *Histories, parts []*tally, steps int) error {
	perStep, base := 1/h.Step, uint64(steps)
	keys := make([]uint64, h.Len())
	uneven := make([]int, len(parts)) // 1 + a customer whose times are between steps
	inParallel(h.Len(), together, func(part, from, to int) {
		for i := from; i < to; i++ {
			t, tx := h.T[i]*perStep, h.Tx[i]*perStep
			nt, ntx := uint64(t+0.5), uint64(tx+0.5)
			if math.Abs(t-float64(nt)) > 1e-3 || math.Abs(tx-float64(ntx)) > 1e-3 {
				uneven[part] = 1 + i
			}
			keys[parts[part].next(h.X[i])] = ntx*base + nt
		}
	})
	for _, i := range uneven {
		if i > 0 {
			return fmt.Errorf("btyd: times of customer %d (%v, %v) are no multiples of the step %v", i-1, h.Tx[i-1], h.T[i-1], h.Step)
		}
	}
	spare := make([]uint64, len(keys))
	distinct := make([]int, len(g.runs))
	inParallel(len(g.runs), 1, func(i, _, _ int) {
		limit := base * base
		if g.runs[i].x == 0 {
			limit = base
		}
		r := g.runs[i]
		distinct[i] = countEqual(keys[r.from:r.to], spare[r.from:r.to], limit)
	})

	g.times = make([]float64, steps)
	for i := range g.times {
		g.times[i] = float64(i) * h.Step / g.scale
	}
	total := 0
	for _, n := range distinct {
		total += n
	}
	g.rows = make([]row, total)
	from := make([]int, len(g.runs)) // among the keys
	at := 0
	for i := range g.runs {
		r := &g.runs[i]
		from[i] = r.from
		r.from, r.to = at, at+distinct[i]
		at = r.to
	}
	inParallel(len(g.runs), 1, func(i, _, _ int) {
		for j := range distinct[i] {
			key := keys[from[i]+j]
			g.rows[g.runs[i].from+j] = row{tx: int32(key / base), t: int32(key % base), n: float64(spare[from[i]+j])}
		}
	})
	return nil
}

// countEqual sorts keys, all below limit, and leaves the n distinct ones in keys[:n]
// and how often each occurs in spare[:n].
func countEqual(keys, spare []uint64, limit uint64) (n int) {
	if limit <= uint64(len(keys)) { // no need to sort
		times := make([]uint32, limit)
		for _, key := range keys {
			times[key]++
		}
		for key, many := range times {
			if many > 0 {
				keys[n], spare[n] = uint64(key), uint64(many)
				n++
			}
		}
		return n
	}
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
