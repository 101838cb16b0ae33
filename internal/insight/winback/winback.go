package winback

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight/life"
)

// Days is how long after a contact a purchase counts as its doing.
const Days = 60

// Contact is that somebody was called or visited.
type Contact struct {
	Day  day.Day
	Rule string // code; empty: of no rule
}

// By is what came of the contacts of one rule with the lost: how many
// bought within Days of the first contact, against how many would have
// anyway. The base are those nobody contacted, after as long a silence; it is no
// experiment, because whom to call was not left to chance.
type By struct {
	Rule     string  `json:"rule"`     // code of the rule; empty: all rules together
	Contacts int     `json:"contacts"` // times that somebody lost was reached
	Returned int     `json:"returned"` // of them, who bought within the days
	Share    float64 `json:"share"`
	Base     float64 `json:"base"`  // the share to expect without a contact
	Extra    float64 `json:"extra"` // how many more than that came
}

// Ledger compares the lost who were contacted with those who were not, after as
// long a silence.
type Ledger struct {
	asOf  day.Day
	alone [spans]returns            // nobody contacted them: by how long they had been lost
	by    map[string]*contactedLost // by rule; "" for all
}

// spans is how many spans of Days are told apart; the last holds all longer ones.
const spans = 12

// returns is of how many so many came back within Days.
type returns struct{ of, back int }

// contactedLost is the contacts of one rule: by how long the contacted had been lost.
type contactedLost struct {
	returns
	spans [spans]int
}

// New is a ledger as of a day.
func New(asOf day.Day) *Ledger {
	return &Ledger{asOf: asOf, by: make(map[string]*contactedLost)}
}

// span is the span a day within a time of being lost belongs to.
func span(days int) int { return min(days/Days, spans-1) }

// Add looks at one time of being lost, with all contacts of the customer in which
// they were reached, by day.
func (w *Ledger) Add(s life.Spell, contacts iter.Seq[Contact]) {
	if w.asOf.Sub(s.Since) > 2*365 {
		return
	}
	until := w.asOf
	if s.Back != 0 {
		until = s.Back
	}
	var first day.Day // of the first contact within it
	seen := make(map[string]bool)
	for c := range contacts {
		if c.Day < s.Since || c.Day > until || s.Back != 0 && c.Day == s.Back {
			continue
		}
		if first == 0 {
			first = c.Day
			w.contacted("", s, c.Day)
		}
		if !seen[c.Rule] && c.Rule != "" {
			seen[c.Rule] = true
			w.contacted(c.Rule, s, c.Day)
		}
	}
	// Until somebody contacts them, they are to be compared with.
	for at := s.Since; ; at = at.AddDays(Days) {
		end := at.AddDays(Days)
		if end > w.asOf || s.Back != 0 && s.Back <= at || first != 0 && first < end {
			return
		}
		r := &w.alone[span(at.Sub(s.Since))]
		r.of++
		if s.Back != 0 && s.Back <= end {
			r.back++
		}
	}
}

// contacted counts a contact whose days are over.
func (w *Ledger) contacted(rule string, s life.Spell, on day.Day) {
	if on.AddDays(Days) > w.asOf {
		return
	}
	c := w.by[rule]
	if c == nil {
		c = &contactedLost{}
		w.by[rule] = c
	}
	c.of++
	c.spans[span(on.Sub(s.Since))]++
	if s.Back != 0 && s.Back.Sub(on) <= Days {
		c.back++
	}
}

// base is the share of those nobody contacted who came back within the days, by
// how long they had been lost; where there are none so long, that of all.
func (w *Ledger) base() (base [spans]float64) {
	var all returns
	for _, r := range w.alone {
		all.of += r.of
		all.back += r.back
	}
	for i, r := range w.alone {
		if r.of == 0 {
			r = all
		}
		base[i] = share(r.back, r.of)
	}
	return base
}

// Result is a row for each rule, all together first.
func (w *Ledger) Result() []By {
	list := []By{}
	base := w.base()
	for _, rule := range slices.Sorted(maps.Keys(w.by)) {
		c := w.by[rule]
		r := By{Rule: rule, Contacts: c.of, Returned: c.back, Share: share(c.back, c.of)}
		expected := 0.0
		for i, n := range c.spans {
			expected += float64(n) * base[i]
		}
		r.Base, r.Extra = expected/float64(c.of), float64(c.back)-expected
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b By) int {
		if (a.Rule == "") != (b.Rule == "") {
			return cmp.Compare(len(a.Rule), len(b.Rule))
		}
		return cmp.Compare(b.Contacts, a.Contacts)
	})
	return list
}

// share is a part of a whole; 0 of nothing.
func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
