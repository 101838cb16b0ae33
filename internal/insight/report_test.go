package insight

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/customer"
)

// viewOf is the view of all stores, with what a refresh finds out.
func viewOf(b *Book) *View {
	set := DefaultSetting()
	m, f := foretell(&sources{setting: set, book: b})
	return &View{Book: b, All: b, Scores: scores(b, f), Setting: set, Model: &m}
}

// in is the view of one store, by its row.
func (v *View) in(store int) *View {
	b := v.Book.In(store)
	part := make([]Score, b.Len())
	for k, row := range b.Whole {
		part[k] = v.Scores[row]
	}
	return &View{Book: b, All: v.All, Store: v.Book.Stores[store].ID, Scores: part, Setting: v.Setting, Model: v.Model}
}

// at puts the purchases of a row into a store, from the nth on.
func (b *Book) at(row, nth int, store int32) *Book {
	for k := int(b.Start[row]) + nth; k < int(b.Start[row+1]); k++ {
		b.Store[k] = store
	}
	return b
}

// near compares shares.
var near = cmpopts.EquateApprox(0, 1e-9)

func TestConcentration_says_what_the_best_bring(t *testing.T) {
	b := bookOf("2026-03-31", []string{"2026-01-01"}, []string{"2026-01-02"}, []string{"2026-01-03", "2026-01-04"},
		[]string{"2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"})
	c := concentration(viewOf(b))
	same(t, "total", c.Total, int64(800))
	same(t, "the top half", c.Top[len(c.Top)-1], TopShare{Percent: 50, Customers: 2, Total: 600, Share: 0.75, Least: 200})
	same(t, "the top percent of four", c.Top[0], TopShare{Percent: 1})
	same(t, "Gini", c.Gini, 0.3125, near)
	same(t, "the curve's middle", c.Lorenz[50], Point{X: 0.5, Y: 0.25}, near)
	same(t, "the curve's end", c.Lorenz[100], Point{X: 1, Y: 1}, near)
}

func TestConcentration_lies_between_equal_and_all_for_one(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := anyBook(t)
		c := concentration(viewOf(b))
		if c.Gini < 0 || c.Gini >= 1 {
			t.Errorf("Gini %v", c.Gini)
		}
		for i := 1; i < len(c.Lorenz); i++ {
			if c.Lorenz[i].Y < c.Lorenz[i-1].Y || c.Lorenz[i].Y > c.Lorenz[i].X+1e-9 {
				t.Errorf("the curve at %v is %v, before %v", c.Lorenz[i].X, c.Lorenz[i].Y, c.Lorenz[i-1].Y)
			}
		}
		for i := 1; i < len(c.Top); i++ {
			if c.Top[i].Share < c.Top[i-1].Share {
				t.Errorf("the top %v %% bring less than the top %v %%", c.Top[i].Percent, c.Top[i-1].Percent)
			}
		}
	})
}

// anyBook is a book of a few customers in two stores.
func anyBook(t *rapid.T) *Book {
	b := bookOf("2026-03-31")
	b.Start = nil
	start := on("2024-01-01")
	for i := range rapid.IntRange(1, 12).Draw(t, "customers") {
		var list []bought
		for range rapid.IntRange(1, 8).Draw(t, "purchases") {
			list = append(list, bought{day: start.AddDays(rapid.IntRange(0, 800).Draw(t, "day")),
				store: rapid.Int32Range(0, 1).Draw(t, "store"), amount: rapid.Int64Range(1, 1e6).Draw(t, "amount")})
		}
		b.add(customer.ID(i+1), list, returned{ever: rapid.Int64Range(0, 1e5).Draw(t, "returned")})
	}
	b.Start = append(b.Start, int32(len(b.Day)))
	return b
}

func TestReports_of_an_empty_book_are_empty_and_do_not_fail(t *testing.T) {
	v := viewOf(bookOf("2026-03-31"))
	for name, make := range reports {
		if text, err := json.Marshal(make(v, &Asked{})); err != nil || len(text) < 3 {
			t.Errorf("%s: got %s, %v", name, text, err)
		}
	}
}

func TestReports_add_up_whatever_was_bought(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := viewOf(anyBook(t))
		b := v.Book
		var total int64
		for _, amount := range b.Amount {
			total += amount
		}
		people := func(what string, n int) {
			if n != b.Len() {
				t.Errorf("%s: %d customers of %d", what, n, b.Len())
			}
		}
		o := overview(v)
		n := 0
		for _, s := range o.Stages {
			n += s.Customers
		}
		people("the stages of the overview", n)
		n = 0
		for _, g := range rfm(v).Groups {
			n += g.Customers
		}
		people("the RFM groups and whom they leave out", n+min(rfm(v).Missing, 1)*b.Len())
		n = 0
		for _, c := range cohorts(v).Cohorts {
			n += c.Customers
		}
		people("the cohorts", n)
		for _, span := range flow(v).Spans {
			n = 0
			for _, m := range span.Moves {
				n += m.Customers
			}
			people("the flow", n)
		}
		n = 0
		for _, k := range loyalty(v, &Asked{}).BySigns {
			n += k.Customers
		}
		people("the signs of loyalty", n)
		l := lost(v, &Asked{})
		n = 0
		for _, s := range l.Signs {
			n += s.Customers
		}
		if n != l.Count || l.Count != o.Stages[Lost].Customers {
			t.Errorf("%d are lost, %d by sign, %d by stage", l.Count, n, o.Stages[Lost].Customers)
		}
		var sold int64
		for store := range b.Stores {
			in := v.in(store)
			sold += concentration(in).Total
			for name, report := range reports {
				for _, of := range []*View{v, in} {
					if _, err := json.Marshal(report(of, &Asked{})); err != nil {
						t.Errorf("%s: %v", name, err) // a number that is none
					}
				}
			}
		}
		if sold != total || concentration(v).Total != total {
			t.Errorf("the stores sold %d, all of them %d, want %d", sold, concentration(v).Total, total)
		}
		for _, line := range stores(v, &Asked{}).Stores {
			for _, c := range []*Comparison{line.SinceBefore, line.SinceYear, line.Usual} {
				if c == nil {
					continue
				}
				var sum int64
				for _, p := range c.Parts {
					sum += p.Amount
				}
				if sum != c.Difference || c.To != line.Now.New.Sales+line.Now.Old.Sales {
					t.Errorf("%s: parts of %d for a difference of %d", line.Code, sum, c.Difference)
				}
			}
		}
	})
}

func TestCohorts_follow_each_month_of_first_purchase(t *testing.T) {
	b := bookOf("2026-03-31",
		[]string{"2026-01-05", "2026-02-03", "2026-02-10", "2026-03-01"},
		[]string{"2026-01-20", "2026-03-15"},
		[]string{"2026-02-11"})
	c := cohorts(viewOf(b))
	same(t, "the cohorts", c.Cohorts, []Cohort{
		{Month: "2026-01", Customers: 2, Buyers: []int{2, 1, 2}, Sales: []int64{200, 200, 200}},
		{Month: "2026-02", Customers: 1, Buyers: []int{1, 0}, Sales: []int64{100, 0}},
		{Month: "2026-03", Buyers: []int{0}, Sales: []int64{0}},
	})
	same(t, "all together", c.All, []Retained{{0, 3, 3, 1}, {1, 3, 1, 1. / 3}, {2, 2, 2, 1}}, near)
	b.AsOf = on("2026-03-30")
	c = cohorts(viewOf(b))
	same(t, "a month that is not over tells nothing: all together", c.All, []Retained{{0, 3, 3, 1}, {1, 2, 1, 0.5}}, near)
}

func TestRFM_names_every_field(t *testing.T) {
	for _, tc := range []struct {
		recency, frequency, monetary int8
		want                         string
	}{
		{5, 5, 5, Champions}, {5, 1, 1, Fresh}, {1, 1, 1, Gone}, {1, 5, 5, CannotLose}, {2, 4, 4, AtRisk}, {3, 3, 3, NeedsAttention},
		{4, 4, 5, Loyal}, {5, 2, 3, AlmostLoyal}, {3, 1, 2, AboutToSleep}, {2, 1, 1, Sleeping}, {4, 1, 2, Promising},
	} {
		if got := GroupOf(&Score{Recency: tc.recency, Frequency: tc.frequency, Monetary: tc.monetary}); got != tc.want {
			t.Errorf("%d %d %d: got %s, want %s", tc.recency, tc.frequency, tc.monetary, got, tc.want)
		}
	}
	for _, row := range rfmGrid {
		for _, name := range row {
			if !slices.Contains(rfmGroups, name) {
				t.Errorf("%q is no group", name)
			}
		}
	}
}

func TestRFM_counts_customers_and_what_they_spent(t *testing.T) {
	b := bookOf("2026-03-31", slices.Repeat([][]string{{"2026-03-01"}}, enoughGrouped)...)
	v := &View{Book: b, All: b, Scores: []Score{
		{Recency: 5, Frequency: 5, Monetary: 4, Spent: 300, Active: 0.8, Value: 500}, {Recency: 5, Frequency: 5, Monetary: 5, Spent: 100, Active: 0.6, Value: 100},
		{Recency: 1, Frequency: 1, Monetary: 1},
	}}
	r := rfm(v)
	same(t, "the best", r.Groups[0], RFMGroup{Group: Champions, Customers: 2, Share: 2. / 3, Spent: 400, Active: 0.7, Value: 600}, near)
	same(t, "the field in the corner", r.Cells[0], RFMCell{Recency: 5, Weight: 5, Group: Champions, Customers: 2, Spent: 400})
	few := rfm(&View{Book: b.In(0), All: bookOf("2026-03-31", []string{"2026-03-01"}), Scores: v.Scores})
	same(t, "of too few nobody is in a group", []any{few.Missing, few.Groups[0].Customers, groupIn(&v.Scores[0], 1)}, []any{enoughGrouped - 1, 0, ""})
	same(t, "the other corner", r.Cells[24], RFMCell{Recency: 1, Weight: 1, Group: Gone, Customers: 1})
}

func TestDistribution_counts_gaps_and_frequencies(t *testing.T) {
	b := bookOf("2026-03-31", []string{"2026-01-01"}, []string{"2026-01-01", "2026-01-01", "2026-01-08"}, []string{"2026-01-01", "2026-01-11", "2026-03-01"})
	d := distribution(viewOf(b))
	same(t, "repeaters", d.Repeaters, 2)
	same(t, "repeat rate", d.RepeatRate, 2./3, near)
	same(t, "the usual gap, that of the company: of the customers' own, 7 and 29.5", d.MedianGap, 18.0)
	same(t, "one, two, three days", []int{d.Frequency[0].Count, d.Frequency[1].Count, d.Frequency[2].Count}, []int{1, 1, 1})
	same(t, "gaps", d.Gaps[:4], []Bucket{{1, 7, 1}, {8, 14, 1}, {15, 30, 0}, {31, 60, 1}})
	same(t, "tenths of three", len(d.Value), 3)
}

func TestFlow_shows_who_went_from_where_to_where(t *testing.T) {
	b := bookOf("2026-03-31", []string{"2026-03-20"}, []string{"2025-01-01"}, []string{"2025-12-20", "2026-01-20", "2026-03-20"})
	f := flow(viewOf(b)).Spans[1]
	same(t, "the span", []string{f.From, f.To}, []string{"2025-12-31", "2026-03-31"})
	same(t, "the moves", f.Moves, []Move{
		{From: Prospect, To: Newcomer, Customers: 1, Spent: 100}, {From: Newcomer, To: Forming, Customers: 1, Spent: 300}, {From: Lost, To: Lost, Customers: 1},
	})
	same(t, "before", f.Before[Lost], InStage{Stage: Lost, Customers: 1, Share: 0.5})
	same(t, "after", f.After[Lost], InStage{Stage: Lost, Customers: 1, Share: 1. / 3}, near)
}

func TestOverview_puts_the_year_beside_the_year_before(t *testing.T) {
	b := bookOf("2026-03-31",
		[]string{"2024-01-15", "2025-02-15", "2025-06-01", "2026-03-01"}, // came back after a year
		[]string{"2024-05-01", "2024-05-20"},                             // lost since
		[]string{"2026-03-10"})
	v := viewOf(b)
	o := overview(v)
	same(t, "the year", o.Year, YearFigures{From: "2025-04-01", To: "2026-03-31", Sales: 300, Purchases: 3, Active: 2, New: 1, NewKnown: true, Lost: 1, Ticket: 100})
	if o.Last == nil {
		t.Fatal("the year before is missing")
	}
	same(t, "the year before", *o.Last, YearFigures{From: "2024-04-01", To: "2025-03-31", Sales: 300, Purchases: 3, Active: 2, New: 1, Lost: 1, WonBack: 1, Ticket: 100})
	same(t, "customers and repeaters", []int{o.Customers, o.Repeaters, o.Here}, []int{3, 2, 2})
	same(t, "what the lost bought in their last year", o.LostSpent, int64(200))
	same(t, "the last month", o.Months[len(o.Months)-1], MonthFigures{Month: "2026-03", Sales: 200, New: 100, Customers: 2, Fresh: 1, NewKnown: true})
	same(t, "two years of months", []any{len(o.Months), o.Months[0].Month}, []any{24, "2024-04"})
	b = bookOf("2026-03-31", []string{"2025-05-01"})
	if o := overview(viewOf(b)); o.Last != nil || !slices.Equal([]string{o.Months[0].Month}, []string{"2025-05"}) || o.Months[0].Partial {
		t.Errorf("of less than two years: got %+v", o)
	}
}

func TestOverview_of_a_store_counts_the_new_of_that_store(t *testing.T) {
	b := bookOf("2026-03-31", []string{"2026-01-05", "2026-02-05"}, []string{"2026-02-10"}).at(0, 1, 1).at(1, 0, 1)
	v := viewOf(b)
	o := overview(v.in(1))
	same(t, "store B", []int{o.Year.Active, o.Year.New, o.Customers}, []int{2, 1, 2})
	same(t, "store B's February", o.Months[0], MonthFigures{Month: "2026-02", Sales: 200, New: 100, Customers: 2, Fresh: 1, Partial: true})
}

func TestOverview_of_a_store_has_the_best_of_that_store(t *testing.T) {
	var days [][]string
	for range 41 {
		days = append(days, []string{"2025-06-01", "2026-02-10"})
	}
	days = append(days, []string{"2024-01-01"})
	b := bookOf("2026-03-31", days...)
	b.Amount[2*3], b.Amount[2*7+1] = 5_000, 3_000 // the fourth spends most, in A; the eighth in B
	for row := range 41 {
		b.at(row, 1, 1)
	}
	v := viewOf(b)
	all, in := overview(v), overview(v.in(1))
	same(t, "of all stores: one of the 41 who bought within a year", []any{all.VIPs, all.VIPPart}, []any{1, 5_100. / 16_000}, near)
	same(t, "of B: one of 41, too, but another", []any{in.VIPs, in.VIPPart}, []any{1, 3_000. / 7_000}, near)
	b.Returned, b.ReturnedYear = make([]int64, b.Len()), make([]int64, b.Len())
	b.Returned[7], b.ReturnedYear[7] = 3_100, 3_100
	v = viewOf(b)
	in = overview(v.in(1))
	same(t, "of B, when that was brought back", []any{in.VIPs, in.VIPPart}, []any{1, 100. / 4_000}, near)
}

func TestReports_say_whose_check_they_tell_and_who_may_be_new(t *testing.T) {
	v := viewOf(bookOf("2026-03-31", []string{"2025-10-05", "2026-02-05"}, []string{"2026-02-10"}))
	v.Model.Holdout = &Holdout{Customers: 2}
	for _, tc := range []struct {
		v    *View
		want bool
	}{{v, false}, {v.in(0), true}} {
		if o, q := overview(tc.v), quality(tc.v); o.Said.Company != tc.want || q.Company != tc.want || q.Check.Company != tc.want {
			t.Errorf("it is of the company though a store was asked for: got %v, %v, %v, want %v", o.Said.Company, q.Company, q.Check.Company, tc.want)
		}
	}
	var months, figures []bool
	for _, c := range cohorts(v).Cohorts {
		months = append(months, c.NewKnown)
	}
	for _, m := range overview(v).Months {
		figures = append(figures, m.NewKnown)
	}
	same(t, "who came in the first three months may be old", months, []bool{false, false, false, false, true, true})
	same(t, "in the figures of the months, too", figures, months)
}
