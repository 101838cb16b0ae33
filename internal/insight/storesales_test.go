package insight

import (
	"testing"

	"github.com/ricejar/ricejar/internal/insight/factors"
	"github.com/ricejar/ricejar/internal/org"
)

// twoStores is a book of two stores: A had two new customers of whom one came
// again, B an old one of A's.
func twoStores() *Book {
	return bookOf("2026-04-15",
		[]string{"2026-01-10", "2026-02-10", "2026-03-05"},
		[]string{"2026-03-20"},
		[]string{"2024-12-01", "2025-02-01", "2025-11-01", "2026-02-02", "2026-02-02"}).at(0, 2, 1).at(2, 3, 1)
}

func TestStores_tell_new_from_old_customers(t *testing.T) {
	s := stores(viewOf(twoStores()), &Asked{})
	same(t, "the last full months, those before, and a year ago", []Months{s.Now, s.Before, s.YearAgo},
		[]Months{{"2026-01", "2026-03", true, true}, {"2025-10", "2025-12", true, true}, {"2025-01", "2025-03", true, false}})
	if len(s.Stores) != 2 || s.All == nil {
		t.Fatalf("got %+v, want two stores and both together", s)
	}
	a, b := s.Stores[0], s.Stores[1]
	same(t, "A's new and old", []Sold{a.Now.New, a.Now.Old}, []Sold{{Customers: 2, Purchases: 2, Sales: 200}, {Customers: 1, Purchases: 1, Sales: 100}})
	same(t, "B's new and old", []Sold{b.Now.New, b.Now.Old}, []Sold{{}, {Customers: 2, Purchases: 3, Sales: 300}})
	same(t, "both together", s.All.Now.Old, Sold{Customers: 2, Purchases: 4, Sales: 400})
	same(t, "what B's old customers are made of", b.Now.Customers.Old, factors.Traffic{Visitors: 2, Conversion: 1.5, Ticket: 100})
	same(t, "A since the months before", []int64{a.SinceBefore.From, a.SinceBefore.To}, []int64{100, 300})
	same(t, "A against the mean", []int64{a.Usual.From, a.Usual.To}, []int64{300, 300})
	same(t, "A against the mean, taken apart", a.Usual.Parts, []factors.Part{
		{Group: "new", Factor: "visitors", Amount: 100}, {Group: "new", Factor: "conversion", Amount: 0}, {Group: "new", Factor: "ticket", Amount: 0},
		{Group: "old", Factor: "visitors", Amount: -58}, {Group: "old", Factor: "conversion", Amount: -42}, {Group: "old", Factor: "ticket", Amount: 0},
	})
	if a.Usual.Counted {
		t.Error("nobody has counted visitors")
	}
}

func TestStores_use_visitors_where_every_month_is_counted(t *testing.T) {
	v := viewOf(twoStores())
	a := &Asked{Visits: map[visitKey][2]int64{}}
	for _, m := range []string{"2026-01", "2026-02", "2026-03"} {
		at, err := parseMonth(m)
		if err != nil {
			t.Fatal(err)
		}
		a.Visits[visitKey{1, at}] = [2]int64{10, 5}
	}
	s := stores(v, a)
	one, two := s.Stores[0], s.Stores[1]
	if one.Now.Visitors == nil || two.Now.Visitors != nil || s.All.Now.Visitors != nil || one.Before.Visitors != nil {
		t.Fatalf("visitors are known of %+v, want of A's last months alone", s)
	}
	same(t, "A's new visitors", one.Now.Visitors.New, factors.Traffic{Visitors: 30, Conversion: 2. / 30, Ticket: 100}, near)
	same(t, "A's sales by visitors", one.Now.Visitors.Sales(), int64(300))
	if Compare(one.Now, two.Now).Counted || !Compare(one.Now, one.Now).Counted {
		t.Error("visitors are compared with visitors, and else customers with customers")
	}
	m, counted := one.Now.Mix()
	what := m
	what.New.Conversion *= 2
	same(t, "what if twice as many of the new bought", []any{counted, factors.Explain(m, what).Difference}, []any{true, int64(200)})
	for k := range a.Visits {
		a.Visits[k] = [2]int64{0, 5} // nobody new came in, and two bought: somebody has miscounted
	}
	if got := stores(v, a).Stores[0].Now; got.Visitors != nil || got.New.Visitors != 0 {
		t.Errorf("got %+v, want no visitors", got)
	}
}

func TestStores_of_one_store_show_no_other(t *testing.T) {
	s := stores(viewOf(twoStores()).in(1), &Asked{})
	if len(s.Stores) != 1 || s.Stores[0].Code != "B" || s.All != nil || s.Stores[0].Usual != nil {
		t.Errorf("got %+v, want B alone", s)
	}
}

func TestStores_do_not_compare_with_months_before_the_first_purchase(t *testing.T) {
	b := bookOf("2026-03-31", []string{"2025-10-02", "2026-01-01"})
	s := stores(viewOf(b), &Asked{})
	if s.Before.Full || s.Stores[0].SinceBefore != nil || s.Stores[0].SinceYear != nil {
		t.Errorf("got %+v, want no comparison: October began before the first purchase", s)
	}
	b = bookOf("2026-03-31", []string{"2025-10-01", "2026-01-01"})
	if s := stores(viewOf(b), &Asked{}); !s.Before.Full || s.Stores[0].SinceBefore == nil {
		t.Errorf("got %+v, want a comparison with the months before", s)
	}
}

func TestStores_are_measured_by_those_that_sell(t *testing.T) {
	b := bookOf("2026-04-15", []string{"2026-01-10", "2026-02-10"}, []string{"2025-11-01"}, []string{"2026-03-01"}).at(1, 0, 1).at(2, 0, 2)
	b.Stores = append(b.Stores, org.Store{ID: 3, Code: "C"})
	s := stores(viewOf(b), &Asked{})
	if len(s.Stores) != 3 || s.Stores[2].Code != "B" || s.Stores[2].Usual != nil {
		t.Fatalf("got %+v; want B, which has sold nothing since the autumn, last and measured by nobody", s.Stores)
	}
	same(t, "the mean of A and C alone", []int64{s.Stores[0].Usual.From, s.Stores[1].Usual.From}, []int64{150, 150})
}
