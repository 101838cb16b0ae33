package btyd

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
)

// Events are purchases in any order, column by column: row i of every column is
// the same purchase.
type Events struct {
	// Customer numbers the customers from 0.
	Customer []int32
	// Day is the day of the purchase, counted from anywhere (days since 1970-01-01, say).
	// Rows of one customer on one day are one purchase, as in the papers.
	Day []int32
	// Time stands instead of Day where days are too coarse: a time in any unit. Rows
	// of one customer at one instant are one purchase.
	Time []float64
	// Spend is what was spent; nil where nobody asks.
	Spend []float64
}

// Log holds the purchases of each customer in order of time, those of one day (or
// one instant) merged into one with their spend added. It never changes, and is
// safe for concurrent use.
type Log struct {
	offsets []int32   // purchases of customer i: offsets[i] to offsets[i+1]
	days    []int32   // when, by days …
	times   []float64 // … or by time; the other is nil
	spend   []float64 // or nil
}

// moment is when something was bought.
type moment interface{ int32 | float64 }

// NewLog sorts the events of customers 0 to customers-1. It returns an error if
// columns differ in length, a customer is out of range, or a time or spend is no number.
//
// Time is linear in the events. Beside the log it takes as much memory again while it
// sorts, and leaves e alone.
func NewLog(e Events, customers int) (*Log, error) {
	n := len(e.Customer)
	switch {
	case customers < 0 || customers > math.MaxInt32-1 || n > math.MaxInt32:
		return nil, fmt.Errorf("btyd: %d customers with %d events are more than a log holds", customers, n)
	case e.Day != nil && e.Time != nil:
		return nil, errors.New("btyd: events have either days or times")
	case len(e.Day) != n && len(e.Time) != n, e.Spend != nil && len(e.Spend) != n:
		return nil, errors.New("btyd: event columns of unequal length")
	}
	l := &Log{}
	var err error
	if e.Time != nil {
		l.offsets, l.times, l.spend, err = arrange(e.Customer, e.Time, e.Spend, customers)
	} else {
		l.offsets, l.days, l.spend, err = arrange(e.Customer, e.Day, e.Spend, customers)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Customers is the number of customers, those without a purchase included.
func (l *Log) Customers() int { return len(l.offsets) - 1 }

// Len is the number of purchases after merging.
func (l *Log) Len() int { return len(l.days) + len(l.times) }

// Last is the time of the last purchase of all; NaN when there is none.
func (l *Log) Last() float64 {
	switch {
	case len(l.days) > 0:
		return float64(slices.Max(l.days))
	case len(l.times) > 0:
		return slices.Max(l.times)
	}
	return math.NaN()
}

// First is the time of the first purchase of all; NaN when there is none.
func (l *Log) First() float64 {
	switch {
	case len(l.days) > 0:
		return float64(slices.Min(l.days))
	case len(l.times) > 0:
		return slices.Min(l.times)
	}
	return math.NaN()
}

// Times appends the times of a customer's purchases to buf, the first one first.
func (l *Log) Times(customer int, buf []float64) []float64 {
	from, to := l.offsets[customer], l.offsets[customer+1]
	if l.times != nil {
		return append(buf, l.times[from:to]...)
	}
	for _, d := range l.days[from:to] {
		buf = append(buf, float64(d))
	}
	return buf
}

// Spends are the spends of a customer's purchases, in the order of [Log.Times]; nil if the
// events told none. The slice is the log's own: read it only.
func (l *Log) Spends(customer int) []float64 {
	if l.spend == nil {
		return nil
	}
	return l.spend[l.offsets[customer]:l.offsets[customer+1]]
}

// Until is the log as it was at cut: without the purchases after it.
func (l *Log) Until(cut float64) *Log { return l.between(math.Inf(-1), cut) }

// between is the log without the purchases before start and after end.
func (l *Log) between(start, end float64) *Log {
	b := &Log{}
	if l.times != nil {
		b.offsets, b.times, b.spend = keepBetween(l, l.times, start, end)
	} else {
		b.offsets, b.days, b.spend = keepBetween(l, l.days, start, end)
	}
	return b
}

func keepBetween[T moment](l *Log, at []T, start, end float64) (offsets []int32, kept []T, spend []float64) {
	n := l.Customers()
	offsets = make([]int32, n+1)
	for i := range n {
		first, last := inside(at, l.offsets[i], l.offsets[i+1], start, end)
		offsets[i+1] = offsets[i] + last - first
	}
	kept = make([]T, offsets[n])
	if l.spend != nil {
		spend = make([]float64, offsets[n])
	}
	inParallel(n, stretch(n), func(_, from, to int) {
		for i := from; i < to; i++ {
			first, _ := inside(at, l.offsets[i], l.offsets[i+1], start, end)
			copy(kept[offsets[i]:offsets[i+1]], at[first:])
			if spend != nil {
				copy(spend[offsets[i]:offsets[i+1]], l.spend[first:])
			}
		}
	})
	return offsets, kept, spend
}

// inside are the bounds of those of the purchases from … to that are from start to end.
func inside[T moment](at []T, from, to int32, start, end float64) (first, last int32) {
	for to > from && float64(at[to-1]) > end {
		to--
	}
	for from < to && float64(at[from]) < start {
		from++
	}
	return from, to
}

// Counts are the purchases of each of the customers after one time and until another,
// that included: what a prediction for this while is to be compared with. Nil customers are all.
func (l *Log) Counts(customers []int32, after, until float64) []int32 {
	n := l.Customers()
	if customers != nil {
		n = len(customers)
	}
	counts := make([]int32, n)
	inParallel(n, stretch(n), func(_, from, to int) {
		for i := from; i < to; i++ {
			c := int32(i)
			if customers != nil {
				c = customers[i]
			}
			begin, end := l.offsets[c], l.offsets[c+1]
			if l.times != nil {
				counts[i] = countAfter(l.times[begin:end], after, until)
			} else {
				counts[i] = countAfter(l.days[begin:end], after, until)
			}
		}
	})
	return counts
}

func countAfter[T moment](at []T, after, until float64) (n int32) {
	for i := len(at) - 1; i >= 0 && float64(at[i]) > after; i-- {
		if float64(at[i]) <= until {
			n++
		}
	}
	return n
}

// occasion is one event on its way into the log.
type occasion[T moment] struct {
	customer int32
	at       T
}

// errEvent is the first event found impossible.
type errEvent struct {
	row  int
	what string
}

func (e *errEvent) Error() string { return fmt.Sprintf("btyd: event %d: %s", e.row, e.what) }

// bucketCustomers is how many customers are sorted together, as a power of two: so many
// counters stay in the nearest cache.
const bucketCustomers = 12

// arrange sorts events by customer and time, and merges those of one moment: a pass that
// deals the events into buckets of neighbouring customers (each processor its own
// part of the input), then a counting sort of each bucket, which fits in the cache.
func arrange[T moment](customer []int32, at []T, spend []float64, customers int) ([]int32, []T, []float64, error) {
	n := len(customer)
	shift := bucketCustomers
	for customers>>shift > 512 { // more buckets than this cost more than they save
		shift++
	}
	buckets := customers>>shift + 1
	size := stretch(n)
	parts := stretches(n, size)
	sizes := make([][]int32, parts)
	failures := make([]*errEvent, parts)
	inParallel(n, size, func(part, from, to int) {
		sizes[part] = make([]int32, buckets)
		failures[part] = countBuckets(sizes[part], customer, at, spend, from, to, customers, shift)
	})
	for _, failure := range failures {
		if failure != nil {
			return nil, nil, nil, failure
		}
	}
	bounds := make([]int32, buckets+1)
	next := int32(0)
	for b := range buckets {
		bounds[b] = next
		for part := range parts {
			sizes[part][b], next = next, next+sizes[part][b]
		}
	}
	bounds[buckets] = next
	dealt := make([]occasion[T], n)
	var dealtSpend []float64
	if spend != nil {
		dealtSpend = make([]float64, n)
	}
	inParallel(n, size, func(part, from, to int) {
		place := sizes[part]
		for i := from; i < to; i++ {
			b := customer[i] >> shift
			p := place[b]
			place[b]++
			dealt[p] = occasion[T]{customer[i], at[i]}
			if spend != nil {
				dealtSpend[p] = spend[i]
			}
		}
	})

	s := sorter[T]{offsets: make([]int32, customers+1), at: make([]T, n), dealt: dealt, dealtSpend: dealtSpend, shift: shift}
	if spend != nil {
		s.spend = make([]float64, n)
	}
	kept := make([]int32, buckets) // what is left of each bucket after merging
	inParallel(buckets, 8, func(_, from, to int) {
		var counts []int32
		for b := from; b < to; b++ {
			counts = append(counts[:0], make([]int32, min(customers-b<<shift, 1<<shift)+1)...)
			kept[b] = s.sort(b, bounds[b], bounds[b+1], counts)
		}
	})
	offsets, sorted, paid := s.closeUp(bounds, kept)
	return offsets, sorted, paid, nil
}

// countBuckets counts into sizes how many of the events from … to go into each bucket,
// and tells the first that is impossible.
func countBuckets[T moment](sizes, customer []int32, at []T, spend []float64, from, to, customers, shift int) *errEvent {
	for i := from; i < to; i++ {
		if c := customer[i]; c < 0 || int(c) >= customers {
			return &errEvent{i, fmt.Sprintf("customer %d of %d", c, customers)}
		}
		if t := float64(at[i]); t-t != 0 { // NaN or infinite
			return &errEvent{i, fmt.Sprintf("time %v", t)}
		}
		sizes[customer[i]>>shift]++
	}
	if spend != nil {
		for i := from; i < to; i++ {
			if s := spend[i]; s-s != 0 {
				return &errEvent{i, fmt.Sprintf("spend %v", s)}
			}
		}
	}
	return nil
}

// sorter sorts the buckets into the columns of a log.
type sorter[T moment] struct {
	offsets    []int32 // of customer i+1: its purchases, until closeUp adds them up
	at         []T
	spend      []float64
	dealt      []occasion[T]
	dealtSpend []float64
	shift      int
}

// sort sorts bucket b, which was dealt the events from … to, into the same place of the
// columns, and returns how many are left after merging. counts is scratch, all zero.
func (s *sorter[T]) sort(b int, from, to int32, counts []int32) int32 {
	first := int32(b << s.shift)
	for _, o := range s.dealt[from:to] {
		counts[o.customer-first+1]++
	}
	counts[0] = from
	for i := range len(counts) - 1 {
		counts[i+1] += counts[i]
	}
	for i, o := range s.dealt[from:to] {
		p := counts[o.customer-first]
		counts[o.customer-first]++
		s.at[p] = o.at
		if s.spend != nil {
			s.spend[p] = s.dealtSpend[int(from)+i]
		}
	}
	kept, begin := from, from
	for i, end := range counts[:len(counts)-1] {
		n := s.merge(begin, end, kept)
		s.offsets[int(first)+i+1] = n
		kept, begin = kept+n, end
	}
	return kept - from
}

// merge sorts the purchases begin … end of one customer, moves them to kept, those of one
// moment as one, and returns how many they are.
func (s *sorter[T]) merge(begin, end, kept int32) int32 {
	if end-begin <= 1 { // most customers came once
		if begin < end && kept < begin {
			s.at[kept] = s.at[begin]
			if s.spend != nil {
				s.spend[kept] = s.spend[begin]
			}
		}
		return end - begin
	}
	var spend []float64
	if s.spend != nil {
		spend = s.spend[begin:end]
	}
	byTime(s.at[begin:end], spend)
	last := kept
	for i := begin; i < end; i++ {
		switch {
		case i == begin:
		case s.at[i] == s.at[last]:
			if s.spend != nil {
				s.spend[last] += s.spend[i]
			}
			continue
		default:
			last++
		}
		s.at[last] = s.at[i]
		if s.spend != nil {
			s.spend[last] = s.spend[i]
		}
	}
	return last - kept + 1
}

// byTime sorts the purchases of one customer, keeping the order of those of one moment.
func byTime[T moment](at []T, spend []float64) {
	if len(at) <= 32 { // nearly all customers
		for i := 1; i < len(at); i++ {
			j, t := i, at[i]
			for ; j > 0 && t < at[j-1]; j-- {
				at[j] = at[j-1]
			}
			at[j] = t
			if spend != nil && j < i {
				paid := spend[i]
				copy(spend[j+1:i+1], spend[j:i])
				spend[j] = paid
			}
		}
		return
	}
	if spend == nil {
		slices.Sort(at)
		return
	}
	type paid struct {
		at    T
		spend float64
	}
	both := make([]paid, len(at))
	for i := range both {
		both[i] = paid{at[i], spend[i]}
	}
	slices.SortStableFunc(both, func(a, b paid) int { return cmp.Compare(a.at, b.at) })
	for i, p := range both {
		at[i], spend[i] = p.at, p.spend
	}
}

// closeUp closes the holes that merging left between the buckets.
func (s *sorter[T]) closeUp(bounds, kept []int32) (offsets []int32, at []T, spend []float64) {
	end := int32(0)
	for b, n := range kept {
		if end != bounds[b] {
			copy(s.at[end:end+n], s.at[bounds[b]:])
			if s.spend != nil {
				copy(s.spend[end:end+n], s.spend[bounds[b]:])
			}
		}
		end += n
	}
	for i := range len(s.offsets) - 1 {
		s.offsets[i+1] += s.offsets[i]
	}
	if s.spend != nil {
		s.spend = s.spend[:end]
	}
	return s.offsets, s.at[:end], s.spend
}

// stretch is the length of the stretches n rows are cut into for the processors.
func stretch(n int) int { return max(2048, stretches(n, runtime.GOMAXPROCS(0))) }
