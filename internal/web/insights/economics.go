package insights

import (
	"math"

	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/money"
)

// economicsPage is what it costs to win, serve and keep a customer.
type economicsPage struct {
	*opened
	insight.Economics

	Lines map[string][]line
}

// line is a figure of a calculation with how it comes about.
type line struct {
	Label   string
	Value   cell
	Formula string
	Result  bool // what the lines above lead to
}

// sections are the calculations in their order.
var sections = []string{"win", "serve", "save", "refer", "wallet"}

func drawEconomics(o *opened, rep insight.Economics) view {
	o.Currency = rep.Currency
	p := economicsPage{opened: o, Economics: rep, Lines: map[string][]line{}}
	w := rep.Win
	cost := p.perhaps(w.Cost)
	if w.Cost == nil {
		cost.Text = o.t("insights.not_given") // by the company: everything else that is unknown follows from it
	}
	p.add("win", "cost", cost, false)
	switch {
	case w.Customers > 0:
		p.add("win", "first_purchase", p.perhaps(w.FirstPurchase), false)
		p.add("win", "first_year", p.perhaps(w.FirstYear), false)
	case w.SoFar != nil: // nobody's first year is over: what can be said by now
		p.add("win", "first_purchase", o.amount(w.SoFar.First), false)
		p.put("win", o.t("insights.econ.win.so_far", "days", w.SoFar.Days), o.t("insights.formula.win.so_far", "n", w.SoFar.Customers, "days", w.SoFar.Days, "missing", w.Missing),
			o.amount(w.SoFar.Margin), false)
	default:
		p.add("win", "first_purchase", o.none(), false)
		p.add("win", "first_year", o.none(), false)
	}
	p.add("win", "break_even", p.times(w.BreakEven), true)
	p.add("win", "break_even_days", p.days(w.BreakEvenDays), false)
	p.add("win", "return", p.fold(w.ReturnOfSpent), true)
	p.add("win", "per_year", p.perhaps(w.SpentPerYear), false)
	s := rep.Serve
	p.add("serve", "contacts", o.counted(s.Contacts), false)
	p.add("serve", "gifts", o.amount(s.Gifts), false)
	p.add("serve", "cost", o.amount(s.Cost), true)
	p.add("serve", "per_customer", p.perhaps(s.PerCustomer), false)
	p.add("serve", "of_margin", p.part(s.OfMargin), true)
	k := rep.Save
	p.add("save", "kept", p.perhaps(k.Kept), false)
	p.add("save", "lost", p.perhaps(k.LostMean), false)
	p.add("save", "worth", p.perhaps(k.Worth), true)
	p.add("save", "calls", p.calls(k.Calls), true)
	p.add("save", "at_stake", o.amount(k.AtStake), false)
	p.add("save", "win_ratio", p.fold(k.WinRatio), false)
	f := rep.Refer
	p.add("refer", "referred", o.counted(f.Referred), false)
	p.add("refer", "sales", o.amount(f.Sales), false)
	p.add("refer", "first_year", p.perhaps(f.FirstYear), false)
	p.add("refer", "others", p.perhaps(f.Others), false)
	p.add("refer", "worth", p.perhaps(f.Worth), true)
	p.add("refer", "per_one", p.perhaps(f.PerOne), false)
	l := rep.Wallet
	p.add("wallet", "customers", o.counted(l.Customers), false)
	p.add("wallet", "share", p.part(l.Share), false)
	for _, f := range []struct {
		name   string
		amount int64
	}{{"sales", l.Sales}, {"elsewhere", l.Elsewhere}, {"margin", l.Margin}} {
		value := o.none()
		if l.Customers > 0 {
			value = o.amount(f.amount)
		}
		p.add("wallet", f.name, value, f.name == "elsewhere")
	}
	t := table{Name: "economics", Label: o.t("insights.room.economics"), Head: []string{o.t("insights.head.section"), o.t("insights.head.figure"), o.t("insights.head.value_of"), o.t("insights.head.how")}}
	for _, section := range sections {
		for _, l := range p.Lines[section] {
			t.Rows = append(t.Rows, []cell{o.text(o.t("insights.chart.econ." + section)), o.text(l.Label), l.Value, o.text(l.Formula)})
		}
	}
	return view{Body: economicsBody(p, t), Tables: []table{t}}
}

// worth is what keeping somebody is worth, in round figures: it is a mean of many.
func (p economicsPage) worth() string {
	amount := p.short(money.Rough(*p.Save.Worth))
	if *p.Save.Calls > manyCalls {
		return p.t("insights.save_much", "amount", amount)
	}
	return p.t("insights.save_told", "amount", amount, "n", p.p.Decimal(math.Floor(*p.Save.Calls), 0))
}

// manyCalls are more than anybody should be called: nobody is told to.
const manyCalls = 20

// rests says which margin the sentence rests on, and whether somebody set it.
func (p economicsPage) rests() string {
	key := "insights.save_note"
	if p.Margin == float64(insight.DefaultSetting().Margin)/1e6 {
		key = "insights.save_guess"
	}
	return p.t(key, "margin", p.percent(p.Margin))
}

// calls are how many contacts pay; more than anybody should be called are not counted out.
func (p economicsPage) calls(v *float64) cell {
	c := p.times(v)
	if v != nil && *v > manyCalls {
		c.Text = p.t("insights.calls_many")
	}
	return c
}

func (p economicsPage) add(section, name string, value cell, result bool) {
	p.put(section, p.t("insights.econ."+section+"."+name), p.t("insights.formula."+section+"."+name), value, result)
}

func (p economicsPage) put(section, label, formula string, value cell, result bool) {
	p.Lines[section] = append(p.Lines[section], line{Label: label, Value: value, Formula: formula, Result: result})
}

func (p economicsPage) perhaps(minor *int64) cell {
	if minor == nil {
		return p.none()
	}
	return p.amount(*minor)
}

// worded is a number with the word for what is counted, one decimal.
func (p economicsPage) worded(key string, v *float64) cell {
	if v == nil {
		return p.none()
	}
	c := p.decimal(*v, 1)
	c.Text = p.t(key, "n", c.Text)
	return c
}

func (p economicsPage) times(v *float64) cell { return p.worded("insights.times", v) }
func (p economicsPage) fold(v *float64) cell  { return p.worded("insights.fold", v) }

func (p economicsPage) days(v *int) cell {
	if v == nil {
		return p.none()
	}
	return cell{p.t("insights.days", "n", *v), *v}
}

func (p economicsPage) part(v *float64) cell {
	if v == nil {
		return p.none()
	}
	c := p.share(*v)
	c.Text = p.percent(*v)
	return c
}
