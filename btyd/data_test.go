package btyd

import (
	"testing"

	"github.com/ricejar/ricejar/btyd/internal/realdata"
)

// purchases are the events of a real file; see package realdata.
type purchases struct {
	Events
	customers []string
}

// Len is the number of customers.
func (p *purchases) Len() int { return len(p.customers) }

// date is the day number of "2006-01-02": days since 1970-01-01, as in all real data here.
func date(s string) int32 { return realdata.Date(s) }

func cdnowSample(t testing.TB) *purchases  { return eventsOf(realdata.CDNOWSample(t)) }
func cdnowMaster(t testing.TB) *purchases  { return eventsOf(realdata.CDNOWMaster(t)) }
func onlineRetail(t testing.TB) *purchases { return eventsOf(realdata.OnlineRetail(t)) }

func eventsOf(p *realdata.Purchases) *purchases {
	return &purchases{Events: Events{Customer: p.Customer, Day: p.Day, Spend: p.Spend}, customers: p.Customers}
}

func TestRealData_is_what_its_description_says(t *testing.T) {
	for _, c := range []struct {
		name            string
		data            func(testing.TB) *purchases
		customers, rows int
		spend           float64
		first, last     string
	}{
		{"CDNOW sample", cdnowSample, 2357, 6919, 244091.94, "1997-01-01", "1998-06-30"},
		{"CDNOW master", cdnowMaster, 23570, 69659, 2500315.63, "1997-01-01", "1998-06-30"},
		{"Online Retail", onlineRetail, 4338, 397884, 8911407.90, "2010-12-01", "2011-12-09"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := c.data(t)
			if got := p.Len(); got != c.customers {
				t.Errorf("customers: got %d, want %d", got, c.customers)
			}
			if got := len(p.Customer); got != c.rows {
				t.Errorf("rows: got %d, want %d", got, c.rows)
			}
			sum, first, last := 0.0, p.Day[0], p.Day[0]
			for i, s := range p.Spend {
				sum += s
				first, last = min(first, p.Day[i]), max(last, p.Day[i])
			}
			if d := sum - c.spend; d > 0.01 || d < -0.01 {
				t.Errorf("spend: got %.2f, want %.2f", sum, c.spend)
			}
			if first != date(c.first) || last != date(c.last) {
				t.Errorf("days: got %d to %d, want %d to %d", first, last, date(c.first), date(c.last))
			}
		})
	}
}
