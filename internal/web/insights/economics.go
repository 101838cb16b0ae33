package insights

import (
	"github.com/ricejar/ricejar/internal/insight"
)

// economicsPage is what it costs to win, serve and keep a customer.
type economicsPage struct {
	*opened
	insight.Economics

	Lines map[string][]line
}

// line is a figure of a calculation with how it comes about.
type line struct {
	Label, Value, Formula string
	Result                bool // what the lines above lead to
}

// sections are the calculations in their order.
var sections = []string{"win", "serve", "save", "refer"}

func drawEconomics(o *opened, rep insight.Economics) view {
	o.Currency = rep.Currency
	p := economicsPage{opened: o, Economics: rep, Lines: map[string][]line{}}
	w := rep.Win
	p.add("win", "cost", p.perhaps(w.Cost), false)
	p.add("win", "first_purchase", o.money(w.FirstPurchase), false)
	p.add("win", "first_year", o.money(w.FirstYear), false)
	p.add("win", "break_even", p.times(w.BreakEven), true)
	p.add("win", "break_even_days", p.days(w.BreakEvenDays), false)
	p.add("win", "return", p.fold(w.ReturnOfSpent), true)
	p.add("win", "per_year", p.perhaps(w.SpentPerYear), false)
	s := rep.Serve
	p.add("serve", "contacts", o.count(s.Contacts), false)
	p.add("serve", "gifts", o.money(s.Gifts), false)
	p.add("serve", "cost", o.money(s.Cost), true)
	p.add("serve", "per_customer", o.money(s.PerCustomer), false)
	p.add("serve", "of_margin", p.part(s.OfMargin), true)
	k := rep.Save
	p.add("save", "kept", o.money(k.Kept), false)
	p.add("save", "lost", o.money(k.LostMean), false)
	p.add("save", "worth", o.money(k.Worth), true)
	p.add("save", "calls", p.times(k.Calls), true)
	p.add("save", "at_stake", o.money(k.AtStake), false)
	p.add("save", "win_ratio", p.fold(k.WinRatio), false)
	f := rep.Refer
	p.add("refer", "referred", o.count(f.Referred), false)
	p.add("refer", "sales", o.money(f.Sales), false)
	p.add("refer", "first_year", p.perhaps(f.FirstYear), false)
	p.add("refer", "others", p.perhaps(f.Others), false)
	p.add("refer", "worth", p.perhaps(f.Worth), true)
	p.add("refer", "per_one", p.perhaps(f.PerOne), false)
	t := table{Name: "economics", Label: o.t("insights.room.economics"), Head: []string{o.t("insights.head.figure"), o.t("insights.head.value_of"), o.t("insights.head.how")}}
	for _, section := range sections {
		for _, l := range p.Lines[section] {
			t.Rows = append(t.Rows, []cell{o.text(l.Label), o.text(l.Value), o.text(l.Formula)})
		}
	}
	return view{Body: economicsBody(p, t), Tables: []table{t}}
}

func (p economicsPage) add(section, name, value string, result bool) {
	p.Lines[section] = append(p.Lines[section], line{Label: p.t("insights.econ." + section + "." + name), Value: value,
		Formula: p.t("insights.formula." + section + "." + name), Result: result})
}

// unknown is a figure that nobody can tell.
const unknown = "–"

func (p economicsPage) perhaps(minor *int64) string {
	if minor == nil {
		return unknown
	}
	return p.money(*minor)
}

func (p economicsPage) times(v *float64) string {
	if v == nil {
		return unknown
	}
	return p.t("insights.times", "n", p.p.Decimal(*v, 1))
}

func (p economicsPage) fold(v *float64) string {
	if v == nil {
		return unknown
	}
	return p.t("insights.fold", "n", p.p.Decimal(*v, 1))
}

func (p economicsPage) days(v *int) string {
	if v == nil {
		return unknown
	}
	return p.t("insights.days", "n", *v)
}

func (p economicsPage) part(v *float64) string {
	if v == nil {
		return unknown
	}
	return p.percent(*v)
}
