package life

import (
	"fmt"
	"slices"

	"github.com/ricejar/ricejar/internal/day"
)

// Stage is where a customer's life with the company stands.
type Stage uint8

// The stages, in the order in which a life passes them.
const (
	Prospect Stage = iota // has bought nothing yet
	Newcomer              // bought on one day, lately
	Forming               // bought on few days, and keeps the rhythm
	Old                   // bought on many days, and keeps the rhythm
	Cooling               // silent for longer than the rhythm explains
	Lost                  // silent for so long that winning back begins
	WonBack               // was lost and has bought again lately
)

// Count is how many stages there are.
const Count = int(WonBack) + 1

// Stages are all stages in order.
func Stages() []Stage { return []Stage{Prospect, Newcomer, Forming, Old, Cooling, Lost, WonBack} }

var codes = [Count]string{"prospect", "new", "forming", "old", "cooling", "lost", "won_back"}

// String is the stage's code.
func (s Stage) String() string { return codes[s] }

// MarshalText writes the code.
func (s Stage) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the code.
func (s *Stage) UnmarshalText(b []byte) error {
	i := slices.Index(codes[:], string(b))
	if i < 0 {
		return fmt.Errorf("life: no stage %q", b)
	}
	*s = Stage(i)
	return nil
}

// Scan reads the code from a row.
func (s *Stage) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return s.UnmarshalText([]byte(v))
	case []byte:
		return s.UnmarshalText(v)
	}
	return fmt.Errorf("life: cannot read a stage from %T", src)
}

// Here reports whether a customer in the stage is one the company has: somebody
// who has bought and is not lost.
func (s Stage) Here() bool { return s != Prospect && s != Lost }

// Rules are where the stages begin: numbers a clerk can check by hand. The gap
// that counts is the customer's own median gap once there are OwnGaps of them,
// and the shop's until then.
type Rules struct {
	NewDays     int     `json:"new_days"`      // how long a first purchase makes a new customer, at least
	OldDays     int     `json:"old_days"`      // purchase days that make an old customer
	OwnGaps     int     `json:"own_gaps"`      // gaps from which on the customer's own rhythm counts
	LeastGap    int     `json:"least_gap"`     // days: a quicker rhythm is taken for this one
	CoolFactor  float64 `json:"cool_factor"`   // gaps of silence after which a customer is cooling
	LostFactor  float64 `json:"lost_factor"`   // gaps of silence after which a customer is lost
	LostLeast   int     `json:"lost_least"`    // days of silence before which nobody is lost, however quick their rhythm was
	LostDays    int     `json:"lost_days"`     // days of silence after which anybody is lost
	WonBackDays int     `json:"won_back_days"` // how long somebody counts as won back
}

// DefaultRules are the rules a new company begins with.
func DefaultRules() Rules {
	return Rules{NewDays: 90, OldDays: 4, OwnGaps: 3, LeastGap: 7, CoolFactor: 1.5, LostFactor: 3, LostLeast: 90, LostDays: 365, WonBackDays: 180}
}

// Transition is a customer's entry into a stage.
type Transition struct {
	Day   day.Day `json:"day"`
	Stage Stage   `json:"stage"`
	Was   Stage   `json:"was"`
}

// Way is a customer's way through the stages.
type Way struct {
	Transitions []Transition // the earliest first; days ascend
	Gap         int          // own median gap at the end, times two; 0: fewer than two purchase days
	Counts      int          // the gap that counts at the end, times two
	Gaps        int          // how many gaps there are
}

// At is the stage on a day, and since when.
func (w Way) At(d day.Day) (Stage, day.Day) {
	i, found := slices.BinarySearchFunc(w.Transitions, d, func(t Transition, d day.Day) int { return int(t.Day) - int(d) })
	if !found {
		i--
	}
	if i < 0 {
		return Prospect, 0
	}
	return w.Transitions[i].Stage, w.Transitions[i].Day
}

// Replay follows a customer through the stages up to and including asOf. days are
// the distinct purchase days, ascending; those after asOf are not looked at. gap is
// the shop's median gap, times two.
func (r Rules) Replay(days []day.Day, gap int, asOf day.Day) Way {
	var w Way
	r.Follow(&w, days, gap, asOf)
	return w
}

// Follow is Replay into a Way whose slice is used again.
func (r Rules) Follow(w *Way, days []day.Day, shop int, asOf day.Day) {
	*w = Way{Transitions: w.Transitions[:0]}
	var buf [64]int32
	gaps := buf[:0]
	var wonBack day.Day // the last return from being lost
	stage := Prospect
	enter := func(on day.Day, s Stage) {
		if on > asOf || s == stage {
			return
		}
		w.Transitions = append(w.Transitions, Transition{Day: on, Stage: s, Was: stage})
		stage = s
	}
	for i, d := range days {
		if d > asOf {
			break
		}
		if i > 0 {
			g := int32(d.Sub(days[i-1]))
			at, _ := slices.BinarySearch(gaps, g)
			gaps = slices.Insert(gaps, at, g)
		}
		if stage == Lost {
			wonBack = d
		}
		w.Gaps, w.Gap = len(gaps), Middle(gaps)
		w.Counts = r.counting(w.Gap, w.Gaps, shop)
		cool, lost := r.limits(i+1, w.Counts)
		until := asOf
		if i+1 < len(days) {
			until = min(until, days[i+1].AddDays(-1))
		}
		kept := r.kept(i + 1)
		if wonBack != 0 && d.Sub(wonBack) <= r.WonBackDays {
			enter(d, WonBack)
			if end := wonBack.AddDays(r.WonBackDays + 1); end <= until && end.Sub(d) <= min(cool, lost) {
				enter(end, kept)
			}
		} else {
			enter(d, kept)
		}
		if on := d.AddDays(cool + 1); cool < lost && on <= until {
			enter(on, Cooling)
		}
		if on := d.AddDays(lost + 1); on <= until {
			enter(on, Lost)
		}
	}
}

// kept is the stage of somebody who keeps the rhythm, by their purchase days.
func (r Rules) kept(days int) Stage {
	switch {
	case days >= r.OldDays:
		return Old
	case days > 1:
		return Forming
	}
	return Newcomer
}

// Usual is the gap that is usual for somebody, times two: their own median, once
// there are enough gaps for one, and until then the shop's. Whatever speaks of how
// often somebody usually comes takes it from here.
func (r Rules) Usual(median, gaps, shop int) (gap int, own bool) {
	if gaps < r.OwnGaps || median == 0 {
		return shop, false
	}
	return median, true
}

// counting is the gap that a silence is measured by, times two: the usual one, but
// not less than the least.
func (r Rules) counting(own, gaps, shop int) int {
	usual, _ := r.Usual(own, gaps, shop)
	return max(usual, 2*r.LeastGap)
}

// limits are how many days of silence a customer with so many purchase days may
// have without cooling, and without being lost.
func (r Rules) limits(days, gap int) (cool, lost int) {
	const hair = 1e-9 // 1.4 × 5 is 7, whatever the computer says
	cool = int(r.CoolFactor*float64(gap)/2 + hair)
	lost = min(max(int(r.LostFactor*float64(gap)/2+hair), r.LostLeast), r.LostDays)
	if days == 1 {
		cool, lost = max(cool, r.NewDays), max(lost, r.NewDays)
	}
	return cool, lost
}

// Middle is twice the median of sorted gaps; 0 for none.
func Middle(gaps []int32) int {
	n := len(gaps)
	if n == 0 {
		return 0
	}
	return int(gaps[(n-1)/2]) + int(gaps[n/2])
}

// Kept reports whether the stage is one of those who keep their rhythm.
func (s Stage) Kept() bool { return s != Cooling && s != Lost }

// Spell is a time of being lost.
type Spell struct {
	Since day.Day
	Back  day.Day // of the purchase that ended it; 0: it goes on
}

// Spells appends the times of being lost within a life.
func (w Way) Spells(dst []Spell) []Spell {
	for _, t := range w.Transitions {
		if t.Stage == Lost {
			dst = append(dst, Spell{Since: t.Day})
		} else if n := len(dst); t.Was == Lost && n > 0 {
			dst[n-1].Back = t.Day
		}
	}
	return dst
}
