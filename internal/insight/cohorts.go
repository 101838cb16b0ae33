package insight

import (
	"time"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
)

// Cohorts tells, for the customers of each month of first purchase, how many of
// them bought in each month after it.
type Cohorts struct {
	Currency string     `json:"currency"`
	Months   int        `json:"months"`  // the longest row
	Cohorts  []Cohort   `json:"cohorts"` // the earliest first; at most mostCohorts
	All      []Retained `json:"all"`     // all cohorts together, by months since the first purchase
}

// Cohort is everybody whose first purchase was in a month.
type Cohort struct {
	Month     string  `json:"month"`     // YYYY-MM
	Customers int     `json:"customers"` // the size
	Buyers    []int   `json:"buyers"`    // who bought in the month of the first purchase, the next, …
	Sales     []int64 `json:"sales"`     // what they bought in it, minor units
	Partial   bool    `json:"partial"`   // the last month is not over
	NewKnown  bool    `json:"new_known"` // the purchases reach back far enough to tell who is new; else many of them are old customers
}

// Retained is the retention curve at a distance from the first purchase.
type Retained struct {
	Month     int     `json:"month"`     // months since the one of the first purchase
	Customers int     `json:"customers"` // of the cohorts old enough to tell
	Buyers    int     `json:"buyers"`
	Share     float64 `json:"share"`
}

// mostCohorts is how far back the report looks: three years say all there is to see.
const mostCohorts = 36

// cohorts is the report. Months are those of the calendar.
func cohorts(v *View) Cohorts {
	b := v.Book
	out := Cohorts{Currency: string(b.Currency), Cohorts: []Cohort{}, All: []Retained{}}
	if b.Len() == 0 {
		return out
	}
	last := monthOf(b.AsOf)
	first := max(monthOf(b.Begins()), last-mostCohorts+1)
	partial := monthOf(b.AsOf.AddDays(1)) == last
	for m := first; m <= last; m++ {
		n := int(last-m) + 1
		out.Cohorts = append(out.Cohorts, Cohort{Month: m.String(), Buyers: make([]int, n), Sales: make([]int64, n), Partial: partial, NewKnown: v.newKnown(m.begins())})
	}
	out.Months = int(last-first) + 1
	for i := range b.Customers {
		came := monthOf(b.First(i))
		if came < first {
			continue
		}
		c := &out.Cohorts[came-first]
		c.Customers++
		seen := month(-1)
		from, to := b.Purchases(i)
		for k := from; k < to; k++ {
			m := monthOf(b.Day[k])
			if m != seen {
				c.Buyers[m-came]++
				seen = m
			}
			c.Sales[m-came] += b.Amount[k]
		}
	}
	out.All = retainedOf(out.Cohorts, out.Months)
	return out
}

// retainedOf puts the cohorts together. A month that is not over tells nothing yet.
func retainedOf(list []Cohort, months int) []Retained {
	all := make([]Retained, 0, months)
	for at := range months {
		k := Retained{Month: at}
		for _, c := range list {
			known := len(c.Buyers)
			if c.Partial {
				known--
			}
			if at < known {
				k.Customers += c.Customers
				k.Buyers += c.Buyers[at]
			}
		}
		if k.Customers == 0 {
			continue
		}
		k.Share = share(int64(k.Buyers), int64(k.Customers))
		all = append(all, k)
	}
	return all
}

// month counts the months of the calendar.
type month int

func monthOf(d day.Day) month {
	year, m, _ := d.Date()
	return month(year*12 + int(m) - 1)
}

// parseMonth reads YYYY-MM.
func parseMonth(text string) (month, error) {
	t, err := time.Parse("2006-01", text)
	if err != nil {
		return 0, errs.Wrap(err, errs.Invalid, "insight.month_wrong")
	}
	return month(t.Year()*12 + int(t.Month()) - 1), nil
}

// begins is its first day.
func (m month) begins() day.Day {
	return day.Of(time.Date(int(m)/12, time.Month(int(m)%12+1), 1, 0, 0, 0, 0, time.UTC), time.UTC)
}

// String is YYYY-MM.
func (m month) String() string {
	return time.Date(int(m)/12, time.Month(int(m)%12+1), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}
