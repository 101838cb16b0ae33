package insight

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ricejar/ricejar/internal/day"
)

// winBack compares the lost who were contacted with those who were not, after as
// long a silence.
type winBack struct {
	asOf  day.Day
	alone [winBackSpans]returns     // nobody contacted them: by how long they had been lost
	by    map[string]*contactedLost // by rule; "" for all
}

// winBackSpans is how many spans of winBackDays are told apart; the last holds all longer ones.
const winBackSpans = 12

// returns is of how many so many came back within winBackDays.
type returns struct{ of, back int }

// contactedLost is the contacts of one rule: by how long the contacted had been lost.
type contactedLost struct {
	returns
	spans [winBackSpans]int
}

func newWinBack(asOf day.Day) *winBack {
	return &winBack{asOf: asOf, by: make(map[string]*contactedLost)}
}

// winBackSpan is the span a day within a time of being lost belongs to.
func winBackSpan(days int) int { return min(days/winBackDays, winBackSpans-1) }

// add looks at one time of being lost, with all contacts of the customer by day.
func (w *winBack) add(s spell, contacts []contact) {
	if w.asOf.Sub(s.since) > 2*year {
		return
	}
	until := w.asOf
	if s.back != 0 {
		until = s.back
	}
	var first day.Day // of the first contact within it
	seen := make(map[string]bool)
	for _, c := range contacts {
		if !c.reached || c.day < s.since || c.day > until || s.back != 0 && c.day == s.back {
			continue
		}
		if first == 0 {
			first = c.day
			w.contacted("", s, c.day)
		}
		if !seen[c.rule] && c.rule != "" {
			seen[c.rule] = true
			w.contacted(c.rule, s, c.day)
		}
	}
	// Until somebody contacts them, they are to be compared with.
	for at := s.since; ; at = at.AddDays(winBackDays) {
		end := at.AddDays(winBackDays)
		if end > w.asOf || s.back != 0 && s.back <= at || first != 0 && first < end {
			return
		}
		r := &w.alone[winBackSpan(at.Sub(s.since))]
		r.of++
		if s.back != 0 && s.back <= end {
			r.back++
		}
	}
}

// contacted counts a contact whose days are over.
func (w *winBack) contacted(rule string, s spell, on day.Day) {
	if on.AddDays(winBackDays) > w.asOf {
		return
	}
	c := w.by[rule]
	if c == nil {
		c = &contactedLost{}
		w.by[rule] = c
	}
	c.of++
	c.spans[winBackSpan(on.Sub(s.since))]++
	if s.back != 0 && s.back.Sub(on) <= winBackDays {
		c.back++
	}
}

// base is the share of those nobody contacted who came back within the days, by
// how long they had been lost; where there are none so long, that of all.
func (w *winBack) base() (base [winBackSpans]float64) {
	var all returns
	for _, r := range w.alone {
		all.of += r.of
		all.back += r.back
	}
	for i, r := range w.alone {
		if r.of == 0 {
			r = all
		}
		base[i] = share(int64(r.back), int64(r.of))
	}
	return base
}

// result is a row for each rule, all together first.
func (w *winBack) result() []WonBackBy {
	list := []WonBackBy{}
	base := w.base()
	for _, rule := range slices.Sorted(maps.Keys(w.by)) {
		c := w.by[rule]
		r := WonBackBy{Rule: rule, Contacts: c.of, Returned: c.back, Share: share(int64(c.back), int64(c.of))}
		expected := 0.0
		for i, n := range c.spans {
			expected += float64(n) * base[i]
		}
		r.Base, r.Extra = expected/float64(c.of), float64(c.back)-expected
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b WonBackBy) int {
		if (a.Rule == "") != (b.Rule == "") {
			return cmp.Compare(len(a.Rule), len(b.Rule))
		}
		return cmp.Compare(b.Contacts, a.Contacts)
	})
	return list
}
