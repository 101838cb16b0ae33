package purchase

import (
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/money"
)

// Stat is what a customer's receipts amount to.
type Stat struct {
	Customer    customer.ID
	Currency    money.Currency // of the latest receipt; Net counts receipts in it
	Receipts    int            // sales, without returns
	Returns     int
	Net         money.Amount // sales less returns
	Days        int          // distinct days with a sale
	FirstDay    string       // of a sale; empty: returns only
	LastDay     string
	LastReceipt ReceiptID // the last sale
	MedianGap   int       // days between sale days, times two; 0: fewer than two days
	CoolOn      string    // the first day on which the silence is too long; empty: fewer than minGaps gaps
}

// The rule of cooling off: silent for longer than coolNum/coolDen of the
// customer's own median gap, once there are enough gaps to know it.
const (
	minGaps = 3
	coolNum = 3
	coolDen = 2
)

// sold is what a receipt contributes to its customer's statistics.
type sold struct {
	id       ReceiptID
	kind     Kind
	at       int64
	day      string
	currency money.Currency
	net      int64
}

// statOf is the rule: the statistics of a customer's receipts, in any order.
func statOf(c customer.ID, receipts []sold) Stat {
	slices.SortFunc(receipts, func(a, b sold) int {
		if a.at != b.at {
			return int(min(1, max(-1, a.at-b.at)))
		}
		return int(min(1, max(-1, int64(a.id)-int64(b.id))))
	})
	st := Stat{Customer: c}
	if len(receipts) == 0 {
		return st
	}
	st.Currency = receipts[len(receipts)-1].currency
	st.Net.Currency = st.Currency
	days := make([]string, 0, len(receipts))
	for _, r := range receipts {
		if r.currency == st.Currency {
			st.Net.Minor += r.net
		}
		if r.kind == Return {
			st.Returns++
			continue
		}
		st.Receipts++
		st.LastReceipt = r.id
		days = append(days, r.day)
	}
	if len(days) == 0 {
		return st
	}
	slices.Sort(days) // instants ascend, days may not: two stores, two zones
	days = slices.Compact(days)
	st.Days, st.FirstDay, st.LastDay = len(days), days[0], days[len(days)-1]
	st.MedianGap = medianGap(days)
	if len(days) > minGaps {
		st.CoolOn = coolOn(st.LastDay, st.MedianGap)
	}
	return st
}

// medianGap is twice the median number of days between days, which ascend; 0
// when there are fewer than two.
func medianGap(days []string) int {
	if len(days) < 2 {
		return 0
	}
	gaps := make([]int, len(days)-1)
	before := dayNumber(days[0])
	for i, d := range days[1:] {
		n := dayNumber(d)
		gaps[i], before = n-before, n
	}
	slices.Sort(gaps)
	return gaps[(len(gaps)-1)/2] + gaps[len(gaps)/2]
}

// coolOn is the first day on which more than one and a half times the median
// gap has passed since the last sale.
func coolOn(last string, doubledGap int) string {
	return dayOf(dayNumber(last) + coolNum*doubledGap/(coolDen*2) + 1)
}

// dayNumber counts days; the day is known to be well formed.
func dayNumber(d string) int {
	n, err := day.Parse(d)
	if err != nil {
		return 0
	}
	return int(n)
}

func dayOf(n int) string { return day.Day(n).String() }
