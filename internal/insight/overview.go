package insight

import (
	"math"
	"slices"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight/life"
	"github.com/ricejar/ricejar/internal/org"
)

// Overview is the state of the customer base on one screen. Money is in minor
// units; a year is 365 days.
type Overview struct {
	Currency   string  `json:"currency"`
	AsOf       string  `json:"as_of"`       // YYYY-MM-DD
	Newest     string  `json:"newest"`      // YYYY-MM-DD: of the newest purchase; empty: there is none
	Behind     int     `json:"days_behind"` // how long before AsOf that was; 0: so lately that nothing need be said
	Customers  int     `json:"customers"`   // who have ever bought
	Repeaters  int     `json:"repeaters"`   // of them, on two days or more
	RepeatRate float64 `json:"repeat_rate"` // the share of those

	Year YearFigures  `json:"year"`        // the last year
	Last *YearFigures `json:"year_before"` // the one before; null: the purchases do not reach back so far

	Here    int       `json:"here"`     // customers whom the company has: not lost
	VIPs    int       `json:"vips"`     // the best: of those who spent anything in the year, the share in the settings (2.5 %, rounded down) who spent most; of a store, there
	VIPPart float64   `json:"vip_part"` // their share of what all of those spent, less what was brought back
	Stages  []InStage `json:"stages"`

	Value     int64 `json:"value"`      // sales to expect of all of them in the coming year
	Warned    int   `json:"warned"`     // who may be leaving
	AtRisk    int64 `json:"at_risk"`    // what those bought in the last year
	LostSpent int64 `json:"lost_spent"` // what the lost bought in the year up to their last purchase

	Months []MonthFigures `json:"months"` // the last of them, the earliest first; at most overviewMonths
	Said   *Said          `json:"said"`   // how right the forecast was; null: it has not been checked yet
}

// YearFigures are those of one year.
type YearFigures struct {
	From      string `json:"from"` // YYYY-MM-DD
	To        string `json:"to"`
	Sales     int64  `json:"sales"`
	Purchases int    `json:"purchases"`
	Active    int    `json:"active"`    // customers who bought
	New       int    `json:"new"`       // customers who bought for the first time, anywhere
	NewKnown  bool   `json:"new_known"` // the purchases reach back far enough to tell; else some of the new are old
	Lost      int    `json:"lost"`      // times that somebody was lost
	WonBack   int    `json:"won_back"`  // times that somebody lost came back
	Ticket    int64  `json:"ticket"`    // sales per purchase
}

// MonthFigures are those of a month of the calendar.
type MonthFigures struct {
	Month     string `json:"month"` // YYYY-MM
	Sales     int64  `json:"sales"`
	New       int64  `json:"new_sales"` // of them, on the day of the customer's first purchase
	Customers int    `json:"customers"` // who bought
	Fresh     int    `json:"new_customers"`
	NewKnown  bool   `json:"new_known"` // the purchases reach back far enough to tell who is new; else some of them are old
	Partial   bool   `json:"partial"`   // the month is not over, or began before the first purchase
}

// Said is what came of a forecast: of those whom it called likely to return, and of the others.
type Said struct {
	Cut      string  `json:"cut"`      // YYYY-MM-DD: nothing after it was known
	Days     int     `json:"days"`     // for which was foretold
	Likely   int     `json:"likely"`   // customers with a chance above a half …
	Came     float64 `json:"came"`     // … and the share of them who bought
	Unlikely int     `json:"unlikely"` // the others …
	Anyway   float64 `json:"anyway"`   // … and the share of them who bought all the same
	Company  bool    `json:"company"`  // it is of the whole company's customers, though one store was asked for
}

// overviewMonths is how many months the report shows.
const overviewMonths = 24

func overview(v *View) Overview {
	b := v.Book
	out := Overview{Currency: string(b.Currency), AsOf: b.AsOf.String(), Customers: b.Len(), Months: months(v), Said: said(v.Model.Holdout, v.Store)}
	out.Newest, out.Behind = b.Ends().String(), behind(b.Ends(), b.AsOf)
	out.Year = v.yearTo(b.AsOf)
	if begun := v.All.Begins(); begun != 0 && begun <= b.AsOf.AddDays(1-2*year) {
		before := v.yearTo(b.AsOf.AddDays(-year))
		out.Last = &before
	}
	var counts [life.Count]int
	for i := range v.Scores {
		s := &v.Scores[i]
		counts[s.Stage]++
		out.Value += s.Value
		if b.First(i) != b.Last(i) {
			out.Repeaters++
		}
		if s.Stage.Here() {
			out.Here++
		}
		if s.Warning.Sign != "" {
			out.Warned++
			out.AtRisk += s.Spent
		}
		if s.Stage == Lost {
			out.LostSpent += v.lastYear(i)
		}
	}
	out.RepeatRate = share(int64(out.Repeaters), int64(out.Customers))
	out.VIPs, out.VIPPart = v.best()
	out.Stages = inStages(counts[:])
	return out
}

// best are the best of a year: how many, and what share of what everybody spent is
// theirs. Of all stores they are those that are called so everywhere; of one, those
// of its customers who spent most there, so many of a hundred as of the company's.
func (v *View) best() (n int, part float64) {
	spent := make([]int64, 0, len(v.Scores))
	var sum, theirs int64
	for i := range v.Scores {
		s := v.spentYear(i)
		if s <= 0 {
			continue
		}
		sum += s
		if spent = append(spent, s); v.Store == 0 && v.Scores[i].VIP {
			n++
			theirs += s
		}
	}
	if v.Store != 0 {
		slices.Sort(spent)
		n = len(spent) * int(v.Setting.VIPShare) / ppm
		for _, s := range spent[len(spent)-n:] {
			theirs += s
		}
	}
	return n, share(theirs, sum)
}

// newKnown reports whether the purchases reach back so far before a day that who
// came for the first time from then on is new: at their beginning everybody
// looks it.
func (v *View) newKnown(from day.Day) bool {
	begun := v.All.Begins()
	return begun != 0 && begun.AddDays(unknownDays) <= from
}

// began is the day of a customer's first purchase anywhere.
func (v *View) began(i int) day.Day { return v.All.First(v.Book.whole(i)) }

// lastYear is what a customer bought in the year up to their last purchase, less
// the part of all they bought that they brought back.
func (v *View) lastYear(i int) int64 {
	b, row := v.Book, v.Book.whole(i)
	last := b.Last(i)
	part := share(v.All.Net(row), v.All.Total(row))
	return int64(math.Round(part * float64(b.Spent(i, last.AddDays(1-year), last))))
}

// spentYear is what a customer spent in the last 365 days, less the part of it
// that was brought back: to whichever store.
func (v *View) spentYear(i int) int64 {
	if v.Book == v.All {
		return v.All.SpentYear(i)
	}
	row, since := v.Book.whole(i), v.Book.AsOf.AddDays(1-year)
	part := share(v.All.SpentYear(row), v.All.Spent(row, since, v.Book.AsOf))
	return int64(math.Round(part * float64(v.Book.Spent(i, since, v.Book.AsOf))))
}

// yearTo are the figures of the year that ends with a day.
func (v *View) yearTo(to day.Day) YearFigures {
	b := v.Book
	from := to.AddDays(1 - year)
	y := YearFigures{From: from.String(), To: to.String()}
	y.NewKnown = v.newKnown(from)
	within := func(d day.Day) bool { return d >= from && d <= to }
	var way Way
	var days []day.Day
	for i := range b.Customers {
		bought := false
		start, end := b.Purchases(i)
		for k := start; k < end; k++ {
			if within(b.Day[k]) {
				bought = true
				y.Purchases++
				y.Sales += b.Amount[k]
			}
		}
		if bought {
			y.Active++
		}
		if first := b.First(i); within(first) && first == v.began(i) {
			y.New++
		}
		days = v.All.Days(days[:0], b.whole(i))
		v.Setting.Rules.Follow(&way, days, v.shopGap(), to)
		for _, t := range way.Transitions {
			switch {
			case !within(t.Day):
			case t.Stage == Lost:
				y.Lost++
			case t.Was == Lost:
				y.WonBack++
			}
		}
	}
	if y.Purchases > 0 {
		y.Ticket = y.Sales / int64(y.Purchases)
	}
	return y
}

// months are the figures of the last months.
func months(v *View) []MonthFigures {
	b := v.Book
	begun := b.Begins()
	if begun == 0 {
		return []MonthFigures{}
	}
	last := monthOf(b.AsOf)
	first := max(monthOf(begun), last-overviewMonths+1)
	list := make([]MonthFigures, last-first+1)
	for i := range list {
		list[i].Month, list[i].NewKnown = (first + month(i)).String(), v.newKnown((first + month(i)).begins())
	}
	if monthOf(begun) == first && monthOf(begun.AddDays(-1)) == first {
		list[0].Partial = true
	}
	if monthOf(b.AsOf.AddDays(1)) == last {
		list[len(list)-1].Partial = true
	}
	for i := range b.Customers {
		seen := month(-1)
		began := v.began(i)
		from, to := b.Purchases(i)
		for k := from; k < to; k++ {
			m := monthOf(b.Day[k])
			if m < first {
				continue
			}
			at := &list[m-first]
			at.Sales += b.Amount[k]
			if b.Day[k] == began {
				at.New += b.Amount[k]
			}
			if m != seen {
				seen = m
				at.Customers++
				if m == monthOf(began) && b.First(i) == began {
					at.Fresh++
				}
			}
		}
	}
	return list
}

// said puts the check into sentences; nil without one.
func said(h *Holdout, store org.StoreID) *Said {
	if h == nil || h.Customers == 0 {
		return nil
	}
	s := &Said{Cut: h.Cut.String(), Days: h.Horizon, Likely: h.Likely, Came: h.Came, Unlikely: h.Customers - h.Likely, Company: store != 0}
	if s.Unlikely > 0 {
		came := math.Round(h.Came * float64(h.Likely))
		s.Anyway = max(0, float64(h.Returned)-came) / float64(s.Unlikely)
	}
	return s
}
