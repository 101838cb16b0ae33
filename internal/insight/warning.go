package insight

import (
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/i18n"
)

// Sign is what says that a customer may be leaving.
type Sign string

// The signs, the gravest first. The empty Sign is none.
const (
	Unhappy  Sign = "unhappy"  // complained, and has not bought since
	Returned Sign = "returned" // brought something back, and by now would have come again
	Silent   Sign = "silent"   // silent for longer than their rhythm explains
	Fading   Sign = "fading"   // still comes, but more and more seldom
)

// Warning is why a customer may be leaving, as numbers for a sentence: "came
// every 31 days, silent for 74; two complaints".
type Warning struct {
	Sign       Sign  `json:"sign,omitempty"`
	Gap        int32 `json:"gap,omitempty"`        // days between purchases, as it was
	Days       int32 `json:"days,omitempty"`       // of silence; for Fading, between the latest purchases
	Complaints int16 `json:"complaints,omitempty"` // of late
	Returns    int16 `json:"returns,omitempty"`    // of late
	Shop       bool  `json:"shop,omitempty"`       // the gap is what is usual here: theirs is not known yet
}

// trouble is what displeased a customer of late, or befell them.
type trouble struct {
	complaints, returns         int16
	lastComplaint, lastReturned day.Day
	dead                        bool
}

// troubleDays is how long a complaint or a return counts.
const troubleDays = 180

// surelyComes is the chance from which on nobody is warned of a silence: of a
// hundred such customers eighty come anyway, and a call would be one too many.
const surelyComes = 0.8

// leaving says whether a customer may be leaving. It is a rule and not the model's
// opinion, so that whoever calls can say why. The model speaks only against it, and
// only of silence: tried is whether its chances have been tried on the past. usual
// is the gap that is usual (see life.Rules.Usual), times two.
func leaving(r Rules, s *Score, days []day.Day, way Way, usual int, own bool, asOf day.Day, t trouble, tried bool) Warning {
	silent := asOf.Sub(s.Last)
	w := Warning{
		Gap: int32(usual+1) / 2, Days: int32(silent), Shop: !own, Complaints: t.complaints, Returns: t.returns,
	}
	latest, before, less := r.Fading(days)
	switch {
	case s.Stage == Lost || t.dead:
		return Warning{}
	case t.complaints > 0 && t.lastComplaint >= s.Last:
		w.Sign = Unhappy
	case t.returns > 0 && t.lastReturned >= s.Last && 2*silent > way.Counts:
		w.Sign = Returned
	case s.Stage == Cooling && !(tried && s.Active >= surelyComes):
		w.Sign = Silent
	case less:
		w.Sign, w.Gap, w.Days = Fading, int32(before+1)/2, int32(latest+1)/2
	default:
		return Warning{}
	}
	return w
}

// freshDays is how old a version may be for its silences to be counted on to the day
// on which they are read: a nightly one is a day old. An older one speaks of its own
// day alone.
const freshDays = 7

// grown is how many days of silence a day adds to those up to asOf.
func grown(asOf, today day.Day) int {
	if n := today.Sub(asOf); asOf != 0 && n > 0 && n <= freshDays {
		return n
	}
	return 0
}

// On is the warning as it reads on a later day: whoever is silent is so for longer.
// Every page counts silence to the day on which it is read, a refresh to the last
// day that was over.
func (w Warning) On(asOf, today day.Day) Warning {
	if w.Sign != "" && w.Sign != Fading {
		w.Days += int32(grown(asOf, today))
	}
	return w
}

// Text says the warning in a sentence; empty for none.
func (w Warning) Text(p i18n.Printer) string {
	if w.Sign == "" {
		return ""
	}
	key := "insight.warning." + string(w.Sign)
	if w.Shop && w.Sign == Silent {
		key = "insight.warning.silent_here"
	}
	text := p.T(key, "gap", int(w.Gap), "days", int(w.Days), "n", int(w.Days))
	// The one that gave the warning its sign was told with it.
	if w.Complaints > 1 || w.Complaints == 1 && w.Sign != Unhappy {
		text += p.T("insight.warning.complaints", "n", int(w.Complaints))
	}
	if w.Returns > 1 || w.Returns == 1 && w.Sign != Returned {
		text += p.T("insight.warning.returns", "n", int(w.Returns))
	}
	return text
}
