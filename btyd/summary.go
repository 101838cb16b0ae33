package btyd

import (
	"errors"
	"fmt"
	"math"
	"sync"
)

// Window is the while that histories are taken from.
type Window struct {
	// End is the end of observation, that day (or instant) included, in the time of the events.
	End float64
	// Start leaves out the purchases before it, as though nobody had recorded them;
	// 0 leaves out none.
	Start float64
	// Unit is how much time of the events is one unit of the histories: 7 turns days
	// into weeks. 0 stands for 1.
	Unit float64
	// FirstSpend counts the spend of the first purchase too. The papers do not: first
	// purchases differ (Fader, Hardie & Lee 2005, JMR 42, 415-430).
	FirstSpend bool
}

// unit is Unit, or 1 for 0.
func (w Window) unit() float64 {
	if w.Unit == 0 {
		return 1
	}
	return w.Unit
}

// start is Start, or before everything for 0.
func (w Window) start() float64 {
	if w.Start == 0 {
		return math.Inf(-1)
	}
	return w.Start
}

// Check tells what is wrong with a window.
func (w Window) Check() error {
	switch {
	case math.IsNaN(w.End) || math.IsInf(w.End, 0):
		return errors.New("btyd: a window needs an end")
	case math.IsNaN(w.Start) || w.start() > w.End:
		return errors.New("btyd: a window ends before it starts")
	case !(w.unit() > 1e-200) || math.IsInf(w.Unit, 0): // below, times would overflow
		return errors.New("btyd: the unit of a window is a positive time")
	}
	return nil
}

// Summarize is [NewLog] and [Log.Histories] in one.
func Summarize(e Events, customers int, w Window) (*Histories, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	l, err := NewLog(e, customers)
	if err != nil {
		return nil, err
	}
	return l.Histories(w), nil
}

// Histories summarises the purchases in the window, customer by customer in the order of
// their numbers. Customers who bought nothing in it are absent: Histories.Customer
// tells who is who. As in the papers, X counts the days (or instants) with a
// purchase after the first, Tx and T are the time from the first to the last of them and to
// the end of the window, and Spend is the mean over those X purchases.
// A window that [Window.Check] refuses has no histories.
func (l *Log) Histories(w Window) *Histories {
	if w.Check() != nil {
		return &Histories{}
	}
	if l.times != nil {
		return summarize(l, l.times, w)
	}
	h := summarize(l, l.days, w)
	h.Step = 1 / w.unit()
	return h
}

func summarize[T moment](l *Log, at []T, w Window) *Histories {
	n, start := l.Customers(), w.start()
	size := stretch(n)
	sizes := make([]int, stretches(n, size))
	inParallel(n, size, func(part, from, to int) {
		for i := from; i < to; i++ {
			if first, last := inside(at, l.offsets[i], l.offsets[i+1], start, w.End); first < last {
				sizes[part]++
			}
		}
	})
	total := 0
	for part, rows := range sizes {
		sizes[part], total = total, total+rows
	}
	h := &Histories{
		X: make([]int32, total), Tx: make([]float64, total), T: make([]float64, total),
		LogGaps: make([]float64, total), Customer: make([]int32, total),
	}
	if l.spend != nil {
		h.Spend, h.Purchases = make([]float64, total), make([]int32, total)
	}
	inParallel(n, size, func(part, from, to int) {
		row, unit, logUnit, gaps := sizes[part], w.unit(), math.Log(w.unit()), logsOfDays()
		for i := from; i < to; i++ {
			first, end := inside(at, l.offsets[i], l.offsets[i+1], start, w.End)
			if first == end {
				continue
			}
			x := end - first - 1
			h.X[row] = x
			h.Tx[row] = (float64(at[end-1]) - float64(at[first])) / unit
			h.T[row] = (w.End - float64(at[first])) / unit
			h.Customer[row] = int32(i)
			for j := first + 1; j < end; j++ {
				h.LogGaps[row] += logOf(float64(at[j])-float64(at[j-1]), gaps) - logUnit
			}
			if l.spend != nil {
				h.Spend[row], h.Purchases[row] = meanSpend(l.spend[first:end], w.FirstSpend)
			}
			row++
		}
	})
	return h
}

// meanSpend is the mean spend of the purchases, the first left out unless it counts.
func meanSpend(spend []float64, first bool) (mean float64, purchases int32) {
	if !first {
		spend = spend[1:]
	}
	if len(spend) == 0 {
		return 0, 0
	}
	for _, s := range spend {
		mean += s
	}
	return mean / float64(len(spend)), int32(len(spend))
}

// logsOfDays are the logarithms of small whole numbers: nearly all gaps between days.
var logsOfDays = sync.OnceValue(func() []float64 {
	logs := make([]float64, 2048)
	for d := range logs {
		logs[d] = math.Log(float64(d))
	}
	return logs
})

func logOf(gap float64, logs []float64) float64 {
	if d := int(gap); gap < 2048 && float64(d) == gap {
		return logs[d]
	}
	return math.Log(gap)
}

// Summarizer takes purchases one at a time, in any order, for when they are too many to
// be held as [Events]: rows of one customer on one day (the lines of a receipt, say)
// are merged on the way, so that memory follows the purchases and not the rows.
// The zero value is ready. It is not safe for concurrent use.
type Summarizer struct {
	events    Events
	customers int
	spends    bool
	merged    int // events that were left by the last merging
	added     int // events so far
}

// mergeFrom is the number of events from which merging them is worth its while.
const mergeFrom = 1 << 18

// Add takes a purchase of a customer, numbered from 0, on a day. Spend is 0 where nobody asks. A negative customer, or a
// spend that is no number, is an error that counts the purchases from 0, and is not taken.
func (s *Summarizer) Add(customer, day int32, spend float64) error {
	s.added++
	switch {
	case customer < 0:
		return &errEvent{s.added - 1, fmt.Sprintf("customer %d", customer)}
	case spend-spend != 0:
		return &errEvent{s.added - 1, fmt.Sprintf("spend %v", spend)}
	}
	if n := len(s.events.Customer); n >= mergeFrom && n >= 2*s.merged {
		if err := s.merge(); err != nil {
			return err
		}
	}
	s.customers = max(s.customers, int(customer)+1)
	s.spends = s.spends || spend != 0
	s.events.Customer = append(s.events.Customer, customer)
	s.events.Day = append(s.events.Day, day)
	s.events.Spend = append(s.events.Spend, spend)
	return nil
}

// merge makes one event of those of one customer and day.
func (s *Summarizer) merge() error {
	l, err := NewLog(s.events, s.customers)
	if err != nil {
		return err
	}
	s.merged = l.Len()
	for i := range l.Customers() {
		for j := l.offsets[i]; j < l.offsets[i+1]; j++ {
			s.events.Customer[j] = int32(i)
		}
	}
	copy(s.events.Day, l.days)
	copy(s.events.Spend, l.spend)
	s.events.Customer = s.events.Customer[:s.merged]
	s.events.Day = s.events.Day[:s.merged]
	s.events.Spend = s.events.Spend[:s.merged]
	return nil
}

// Log is what was added so far. More may be added after.
func (s *Summarizer) Log() (*Log, error) {
	e := s.events
	if !s.spends {
		e.Spend = nil
	}
	return NewLog(e, s.customers)
}

// Histories are the histories of what was added so far, by the rules of [Log.Histories].
func (s *Summarizer) Histories(w Window) (*Histories, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	l, err := s.Log()
	if err != nil {
		return nil, err
	}
	return l.Histories(w), nil
}
