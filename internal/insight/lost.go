package insight

import (
	"cmp"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight/life"
	"github.com/ricejar/ricejar/internal/insight/winback"
)

// LostCustomers tells who is lost, since when, what they were worth, why, and
// what has won others back. Worth is what somebody bought in the 365 days up to
// their last purchase, less what was brought back, in minor units.
type LostCustomers struct {
	Currency string        `json:"currency"`
	Count    int           `json:"count"`    // lost now
	Worth    int64         `json:"worth"`    // all of theirs
	Asked    int           `json:"asked"`    // of them, those who told why
	List     []LostOne     `json:"list"`     // worth most first; at most lostListed
	Reasons  []LostBecause `json:"reasons"`  // as they told, the most frequent first
	Signs    []LostSign    `json:"signs"`    // as the purchases tell, of all the lost
	Months   []LostMonth   `json:"months"`   // the earliest first; at most overviewMonths
	WonBack  []WonBackBy   `json:"won_back"` // contacts while somebody was lost, by rule; the most contacts first
}

// LostOne is a lost customer. The page asks for the name, by who may see it.
type LostOne struct {
	Customer customer.ID `json:"customer"`
	Since    string      `json:"since"` // YYYY-MM-DD: the day they were lost
	Last     string      `json:"last"`  // of their last purchase
	Days     int         `json:"purchase_days"`
	Worth    int64       `json:"worth"`
	Total    int64       `json:"total"`            // of all they ever bought
	Active   float64     `json:"active"`           // chance that they come back within the horizon
	Sign     LostCode    `json:"sign"`             // as the purchases tell
	Reason   Reason      `json:"reason,omitempty"` // as they told, the latest; empty: not asked
}

// LostCode is what the purchases tell of why somebody stays away.
type LostCode string

// The signs, the gravest first: a customer's is the first that is true.
const (
	LostUnhappy  LostCode = "unhappy"  // complained, and has not bought since
	LostReturned LostCode = "returned" // brought something back, and has not bought since
	LostOnce     LostCode = "once"     // bought on one day and never again
	LostFading   LostCode = "fading"   // came more and more seldom before
	LostFew      LostCode = "few"      // came on too few days for a rhythm of their own
	LostSudden   LostCode = "sudden"   // kept their own rhythm, and then no more: nothing is to be seen
)

var lostCodes = []LostCode{LostUnhappy, LostReturned, LostOnce, LostFading, LostFew, LostSudden}

// LostBecause is how many told one reason.
type LostBecause struct {
	Reason    Reason `json:"reason"`
	Customers int    `json:"customers"`
	Worth     int64  `json:"worth"`
	Known     int    `json:"known"`  // of them, those lost since the company's first refresh: before, nobody was warned of anybody
	Warned    *int   `json:"warned"` // of those, whom a warning stood against before they were lost; null: Known is 0
}

// LostSign is how many show one sign.
type LostSign struct {
	Sign      LostCode `json:"sign"`
	Customers int      `json:"customers"`
	Worth     int64    `json:"worth"`
}

// LostMonth is what came and went in a month.
type LostMonth struct {
	Month   string `json:"month"` // YYYY-MM
	Lost    int    `json:"lost"`
	WonBack int    `json:"won_back"`
}

// WonBackBy is what came of the contacts of one rule with the lost: see package winback.
type WonBackBy = winback.By

// lostListed is how many lost customers are named.
const lostListed = 500

func lost(v *View, a *Asked) LostCustomers {
	b := v.Book
	out := LostCustomers{Currency: string(b.Currency), List: []LostOne{}, Reasons: []LostBecause{}, Signs: make([]LostSign, len(lostCodes)), Months: []LostMonth{}}
	for i, code := range lostCodes {
		out.Signs[i].Sign = code
	}
	if b.Len() == 0 {
		out.WonBack = []WonBackBy{}
		return out
	}
	last := monthOf(b.AsOf)
	first := max(monthOf(b.Begins()), last-overviewMonths+1)
	for m := first; m <= last; m++ {
		out.Months = append(out.Months, LostMonth{Month: m.String()})
	}
	reasons := make(map[Reason]*LostBecause)
	back := winback.New(b.AsOf)
	var way Way
	var days []day.Day
	var list []life.Spell
	for i := range v.Scores {
		row := b.whole(i)
		days = v.All.Days(days[:0], row)
		v.Setting.Rules.Follow(&way, days, v.shopGap(), b.AsOf)
		list = way.Spells(list[:0])
		for _, s := range list {
			if m := monthOf(s.Since); m >= first {
				out.Months[m-first].Lost++
			}
			if m := monthOf(s.Back); s.Back != 0 && m >= first {
				out.Months[m-first].WonBack++
			}
			back.Add(s, a.reachedOf(row))
		}
		if v.Scores[i].Stage == Lost {
			out.add(v, a, i, days, way, reasons)
		}
	}
	out.WonBack = back.Result()
	for _, r := range Reasons() {
		if x := reasons[r]; x != nil {
			out.Reasons = append(out.Reasons, *x)
		}
	}
	slices.SortStableFunc(out.Reasons, func(x, y LostBecause) int { return cmp.Compare(y.Customers, x.Customers) })
	slices.SortFunc(out.List, func(x, y LostOne) int {
		return cmp.Or(cmp.Compare(y.Worth, x.Worth), cmp.Compare(x.Customer, y.Customer))
	})
	out.List = out.List[:min(len(out.List), lostListed)]
	return out
}

// add counts a lost customer.
func (l *LostCustomers) add(v *View, a *Asked, i int, days []day.Day, way Way, reasons map[Reason]*LostBecause) {
	s := &v.Scores[i]
	row := v.Book.whole(i)
	told := a.Reasons[int32(row)]
	one := LostOne{Customer: s.Customer, Since: s.Since.String(), Last: s.Last.String(), Days: int(s.Days), Worth: v.lastYear(i),
		Total: v.Book.Total(i), Active: s.Active, Reason: told.reason, Sign: lostBecause(v.Setting.Rules, days, a.Faults[int32(row)])}
	l.List = append(l.List, one)
	l.Count++
	l.Worth += one.Worth
	at := &l.Signs[slices.Index(lostCodes, one.Sign)]
	at.Customers++
	at.Worth += one.Worth
	if one.Reason == "" {
		return
	}
	l.Asked++
	r := reasons[one.Reason]
	if r == nil {
		r = &LostBecause{Reason: one.Reason}
		reasons[one.Reason] = r
	}
	r.Customers++
	r.Worth += one.Worth
	if a.Since == 0 || s.Since <= a.Since {
		return
	}
	if r.Known++; r.Warned == nil {
		r.Warned = new(int)
	}
	// Whoever cooled first was warned of by their silence, night for night.
	if n := len(way.Transitions); told.warned || n > 0 && way.Transitions[n-1].Was == Cooling {
		*r.Warned++
	}
}

// lostBecause reads from the purchases why somebody stays away.
func lostBecause(r Rules, days []day.Day, f fault) LostCode {
	last := days[len(days)-1]
	_, _, less := r.Fading(days)
	switch {
	case f.complained >= last:
		return LostUnhappy
	case f.returned >= last:
		return LostReturned
	case len(days) == 1:
		return LostOnce
	case less:
		return LostFading
	case len(days) <= r.OwnGaps:
		return LostFew
	}
	return LostSudden
}
