package life

import (
	"slices"

	"github.com/ricejar/ricejar/internal/day"
)

// Fading is seen once so many gaps are known, of which the latest few are compared
// with those before.
const (
	fadingGaps   = 7
	fadingLatest = 3
	fadingFactor = 2
)

// Fading reports whether somebody comes more and more seldom; with the median of
// their latest gaps and that of the gaps before, times two each: zeros while there
// are too few.
func (r Rules) Fading(days []day.Day) (latest, before int, yes bool) {
	n := len(days) - 1
	if n < fadingGaps {
		return 0, 0, false
	}
	gaps := make([]int32, n)
	for i := range gaps {
		gaps[i] = int32(days[i+1].Sub(days[i]))
	}
	late, early := gaps[n-fadingLatest:], gaps[:n-fadingLatest]
	slices.Sort(late)
	slices.Sort(early)
	latest, before = Middle(late), Middle(early)
	return latest, before, latest >= fadingFactor*max(before, 2*r.LeastGap)
}
