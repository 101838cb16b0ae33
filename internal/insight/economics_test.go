package insight

import (
	"slices"
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
)

func TestEconomics_weighs_what_customers_cost_and_bring(t *testing.T) {
	b := bookOf("2026-03-31",
		[]string{"2025-01-01", "2025-01-31", "2025-12-01"}, // 300 in the first year
		[]string{"2025-01-01"},                             // 100, sent by the first
		[]string{"2026-03-01"},                             // too new for a first year; sent by the first
		[]string{"2024-02-01"})                             // whose first year is long over
	v := viewOf(b)
	v.Setting.Margin, v.Setting.CostToWin, v.Setting.CostPerContact = 500_000, 90, 5
	a := &Asked{
		Referrer: map[int32]customer.ID{1: 1, 2: 1},
		Contacts: []contact{{customer: 1, row: 0, day: on("2026-01-01"), store: 1}, {customer: 1, row: 0, day: on("2026-02-01"), store: 1, reached: true},
			{customer: 2, row: 1, day: on("2025-03-31"), store: 1}}, // more than a year ago
		Gifts: []gift{{customer: 9, store: 2, cost: 20}},
	}
	e := economics(v, a)
	if e.Win.Cost == nil || e.Win.BreakEvenDays == nil || e.Win.BreakEven == nil || e.Win.PaysInYear == nil || e.Win.ReturnOfSpent == nil || e.Win.SpentPerYear == nil {
		t.Fatalf("something is not told: %+v", e.Win)
	}
	same(t, "first day and year", []int64{int64(e.Win.Customers), *e.Win.FirstPurchase, *e.Win.FirstYear, *e.Win.Ticket}, []int64{2, 50, 100, 100})
	same(t, "purchases to break even: 90 of margin 50 each", *e.Win.BreakEven, 1.8, near)
	same(t, "days to break even: 50 at once, 25 after a month, 25 after eleven", *e.Win.BreakEvenDays, 334)
	same(t, "it pays, and how well", []any{*e.Win.PaysInYear, *e.Win.ReturnOfSpent}, []any{true, 100. / 90}, near)
	same(t, "won in the year, and spent on it", []int64{int64(e.Win.NewPerYear), *e.Win.SpentPerYear}, []int64{1, 90})

	same(t, "contacts, gifts, cost, served, each", []int64{int64(e.Serve.Contacts), e.Serve.Gifts, e.Serve.Cost, int64(e.Serve.Customers), *e.Serve.PerCustomer},
		[]int64{2, 20, 30, 2, 15})
	same(t, "the year's sales, and the care's share of their margin", []any{e.Serve.Sales, *e.Serve.OfMargin}, []any{int64(200), 0.3}, near)

	r := e.Refer
	same(t, "referred, referrers, whole, sales", []int64{int64(r.Referred), int64(r.Referrers), int64(r.Whole), r.Sales}, []int64{2, 1, 1, 100})
	same(t, "first year of the sent and of the others, worth, per referrer", []int64{*r.FirstYear, *r.Others, *r.Worth, *r.PerOne}, []int64{50, 150, 140, 280})
	same(t, "share of the new", r.Share, new(1.0))
}

func TestEconomics_tells_the_worth_of_one_saved(t *testing.T) {
	v := viewOf(bookOf("2026-03-31"))
	v.Setting.Margin, v.Setting.CostPerContact, v.Setting.CostToWin = 400_000, 20, 300
	few := []Score{{Stage: Old, Value: 900}, {Stage: Forming, Value: 700}, {Stage: Lost, Value: 50}, {Stage: Cooling, Spent: 6, Warning: Warning{Sign: Silent}}}
	w := winCost(v, 0.4, YearFigures{}, &firstYear{})
	v.Scores = slices.Repeat(few, 40)
	serve := ServeCost{PerContact: 20, PerCustomer: new(int64(60))}
	same(t, "what it is worth to keep somebody", saveWorth(v, 0.4, w, serve), SaveWorth{Keeping: 80, Kept: new(int64(800)), Lost: 40, LostMean: new(int64(50)),
		Worth: new(int64(300)), Warned: 40, AtStake: 96, Calls: new(15.0), WinRatio: new(5.0)}, near)
	v.Scores = few
	if got := saveWorth(v, 0.4, w, serve); got.Worth != nil || got.Calls != nil || got.Missing != 97 || *got.Kept != 800 {
		t.Errorf("of three: got %+v, want no worth, and 97 customers missing", got)
	}
	v.Scores = slices.Repeat(few[:2], 60)
	if got := saveWorth(v, 0.4, w, serve); got.Worth != nil || got.LostMean != nil {
		t.Errorf("where nobody is lost: got %+v, want no worth", got)
	}
}

func TestEconomics_says_nothing_of_costs_that_nobody_told(t *testing.T) {
	v := viewOf(bookOf("2026-03-31", []string{"2025-01-01"}))
	v.Setting.CostToWin, v.Setting.CostPerContact = 0, 0
	e := economics(v, &Asked{})
	if e.Settled || e.Win.Cost != nil || e.Win.BreakEven != nil || e.Win.BreakEvenDays != nil || e.Save.Calls != nil || e.Save.WinRatio != nil || e.Refer.Worth != nil ||
		e.Win.FirstPurchase != nil || e.Win.FirstYear != nil || e.Win.Ticket != nil || e.Serve.PerCustomer != nil || e.Save.Kept != nil || e.Save.Worth != nil {
		t.Errorf("got %+v, want unknowns", e)
	}
}

func TestEconomics_takes_nobody_for_new_at_the_beginning_of_the_purchases(t *testing.T) {
	v := viewOf(bookOf("2026-03-31", []string{"2025-01-01"}, []string{"2025-03-20"}))
	if n := economics(v, &Asked{}).Win.Customers; n != 0 {
		t.Errorf("%d first years, want none", n)
	}
}

func TestEconomics_counts_a_store_by_its_own(t *testing.T) {
	b := bookOf("2026-03-31", []string{"2024-01-01", "2026-03-30"}, []string{"2025-01-02", "2025-01-03"}).at(1, 0, 1)
	v := viewOf(b)
	a := &Asked{Contacts: []contact{{customer: 1, day: on("2026-01-01"), store: 1}, {customer: 2, row: 1, day: on("2026-01-01"), store: 2}},
		Gifts: []gift{{2, 2, 7}, {1, 1, 5}}}
	e := economics(v.in(1), a)
	same(t, "store B", []int64{int64(e.Serve.Contacts), e.Serve.Gifts, int64(e.Win.Customers)}, []int64{1, 7, 1})
}

func TestEconomics_of_less_than_a_first_year_says_what_it_can(t *testing.T) {
	many := [][]string{{"2025-10-01", "2026-03-31"}} // the beginning: who came then may be an old customer
	for range 40 {
		many = append(many, []string{"2026-01-05", "2026-01-20"}) // 85 days ago
	}
	many = append(many, []string{"2025-12-31", "2026-03-20"}) // 90 days ago, one alone
	v := viewOf(bookOf("2026-03-31", many...))
	v.Setting.Margin, v.Setting.CostToWin = 500_000, 80
	w := economics(v, &Asked{}).Win
	same(t, "the first 30 days, because enough are through them", w.SoFar, &SoFar{Days: 30, Customers: 41, First: 50, Margin: 99})
	same(t, "missing: 455 days less 182", w.Missing, 273)
	if w.PaysInYear == nil || !*w.PaysInYear || w.BreakEvenDays == nil || *w.BreakEvenDays != 15 || w.ReturnOfSpent != nil {
		t.Errorf("got %+v; it pays already, after 15 days, and nobody knows how well", w)
	}
	v.Setting.CostToWin = 120
	if w := economics(v, &Asked{}).Win; w.PaysInYear != nil || w.BreakEvenDays != nil {
		t.Errorf("got %+v; whether it will pay within the year nobody knows yet", w)
	}
	few := viewOf(bookOf("2026-03-31", many[0], many[41]))
	same(t, "of few, the longest that anybody is through", economics(few, &Asked{}).Win.SoFar, &SoFar{Days: 90, Customers: 1, First: 40, Margin: 80})
	young := viewOf(bookOf("2026-03-31", []string{"2026-03-01"}, []string{"2026-03-31"}))
	if w := economics(young, &Asked{}).Win; w.SoFar != nil || w.Missing != 455-31 {
		t.Errorf("of a month of purchases: got %+v, want nothing but what is missing", w)
	}
}

func TestEconomics_tells_what_is_bought_elsewhere(t *testing.T) {
	v := viewOf(bookOf("2026-03-31", []string{"2026-03-01"}, []string{"2026-03-01", "2026-03-02"}, []string{"2026-03-31"}))
	v.Setting.Margin = 250_000
	field := int8(1)
	a := &Asked{Answers: []answered{{2, 2, "next door"}, {1, field, "little"}, {0, field, "half"}, {2, field, "no choice of ours"}}}
	half := 0.35
	same(t, "a half here of one, a fifth of two", economics(v, a).Wallet, WalletWorth{Customers: 2, Share: &half, Sales: 300, Elsewhere: 100 + 800, Margin: 225}, near)
	same(t, "nobody told", economics(v, &Asked{}).Wallet, WalletWorth{})
	same(t, "the field is asked for", LoyaltyFields[field], walletField)
}
