package insight

import (
	"cmp"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
)

// LostCustomers tells who is lost, since when, what they were worth, why, and
// what has won others back. Worth is what somebody bought in the 365 days up to
// their last purchase, in minor units.
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
	LostSudden   LostCode = "sudden"   // kept the rhythm, and then no more: nothing is to be seen
)

var lostCodes = []LostCode{LostUnhappy, LostReturned, LostOnce, LostFading, LostSudden}

// LostBecause is how many told one reason.
type LostBecause struct {
	Reason    Reason `json:"reason"`
	Customers int    `json:"customers"`
	Worth     int64  `json:"worth"`
	Warned    int    `json:"warned"` // of them, those whom a warning stood against when they were asked
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

// WonBackBy is what came of the contacts of one rule with the lost: how many
// bought within winBackDays of the first contact, against how many would have
// anyway. The base are those nobody contacted, after as long a silence; it is no
// experiment, because whom to call was not left to chance.
type WonBackBy struct {
	Rule     string  `json:"rule"`     // code of the rule; empty: all rules together
	Contacts int     `json:"contacts"` // times that somebody lost was reached
	Returned int     `json:"returned"` // of them, who bought within the days
	Share    float64 `json:"share"`
	Base     float64 `json:"base"`  // the share to expect without a contact
	Extra    float64 `json:"extra"` // how many more than that came
}

// lostListed is how many lost customers are named.
const lostListed = 500

// winBackDays is how long after a contact a purchase counts as its doing.
const winBackDays = 60

// spell is a time of being lost.
type spell struct {
	since day.Day
	back  day.Day // of the purchase that ended it; 0: it goes on
}

// spells are the times of being lost within a life.
func (l Life) spells(dst []spell) []spell {
	for _, t := range l.Transitions {
		if t.Stage == Lost {
			dst = append(dst, spell{since: t.Day})
		} else if n := len(dst); t.Was == Lost && n > 0 {
			dst[n-1].back = t.Day
		}
	}
	return dst
}

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
	back := newWinBack(b.AsOf)
	var life Life
	var days []day.Day
	var list []spell
	for i := range v.Scores {
		row := b.whole(i)
		days = v.All.Days(days[:0], row)
		v.Setting.Rules.replay(&life, days, v.shopGap(), b.AsOf)
		list = life.spells(list[:0])
		for _, s := range list {
			if m := monthOf(s.since); m >= first {
				out.Months[m-first].Lost++
			}
			if m := monthOf(s.back); s.back != 0 && m >= first {
				out.Months[m-first].WonBack++
			}
			back.add(s, a.contactsOf(row))
		}
		if v.Scores[i].Stage == Lost {
			out.add(v, a, i, days, reasons)
		}
	}
	out.WonBack = back.result()
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
func (l *LostCustomers) add(v *View, a *Asked, i int, days []day.Day, reasons map[Reason]*LostBecause) {
	s := &v.Scores[i]
	row := v.Book.whole(i)
	told := a.Reasons[int32(row)]
	one := LostOne{Customer: s.Customer, Since: s.Since.String(), Last: s.Last.String(), Days: int(s.Days), Worth: v.Book.lastYear(i),
		Total: v.Book.Total(i), Active: s.Active, Reason: told.reason, Sign: lostBecause(days, a.Faults[int32(row)], v.Setting.Rules.LeastGap)}
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
	if told.warned {
		r.Warned++
	}
}

// lostBecause reads from the purchases why somebody stays away.
func lostBecause(days []day.Day, f fault, leastGap int) LostCode {
	last := days[len(days)-1]
	latest, before := fading(days)
	switch {
	case f.complained >= last:
		return LostUnhappy
	case f.returned >= last:
		return LostReturned
	case len(days) == 1:
		return LostOnce
	case latest >= fadingFactor*max(before, 2*leastGap):
		return LostFading
	}
	return LostSudden
}
