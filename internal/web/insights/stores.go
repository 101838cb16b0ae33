package insights

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// storesPage is what the stores sold to new and old customers, why it differs, and
// what would be if.
type storesPage struct {
	*opened
	insight.Stores

	With  string // compared with: before, year, usual
	Lines table
	Parts table
	What  whatIf
}

// whatIf is a calculation that anybody may change: what the sales are made of now,
// and what they would be made of.
type whatIf struct {
	Form *form.Form // the factors by name: now_new_visitors … then_old_ticket
	From insight.Mix
	To   insight.Mix
	insight.Explained

	Counted bool // by visitors
	Begun   bool // somebody has changed something
}

// comparisons are what a store can be compared with.
var comparisons = []string{"before", "year", "usual"}

func drawStores(o *opened, rep insight.Stores) view {
	o.Currency = rep.Currency
	p := storesPage{opened: o, Stores: rep, With: o.Query.Text("with")}
	if !slices.Contains(comparisons, p.With) {
		p.With = comparisons[0]
	}
	p.Lines = table{Name: "stores", Label: o.t("insights.chart.stores"), Head: []string{o.t("insights.head.store"), o.t("insights.head.period"), o.t("insights.head.sales"),
		o.t("insights.head.new_buyers"), o.t("insights.head.new_purchases"), o.t("insights.head.new_sales"),
		o.t("insights.head.old_buyers"), o.t("insights.head.old_purchases"), o.t("insights.head.old_sales")}}
	p.Parts = table{Name: "why", Label: o.t("insights.chart.why"), Head: []string{o.t("insights.head.store"), o.t("insights.head.what"), o.t("insights.head.amount")}}
	for _, l := range p.lines() {
		for _, period := range []struct {
			months insight.Months
			insight.StorePeriod
		}{{rep.Now, l.Now}, {rep.Before, l.Before}, {rep.YearAgo, l.Year}} {
			s := period.StorePeriod
			p.Lines.Rows = append(p.Lines.Rows, []cell{o.text(p.name(l)), o.text(p.span(period.months)), o.amount(s.New.Sales + s.Old.Sales),
				o.number(s.New.Customers), o.number(s.New.Purchases), o.amount(s.New.Sales),
				o.number(s.Old.Customers), o.number(s.Old.Purchases), o.amount(s.Old.Sales)})
		}
		if c := p.compared(l); c != nil {
			for _, step := range p.steps(c) {
				p.Parts.Rows = append(p.Parts.Rows, []cell{o.text(p.name(l)), o.text(step.Name), o.amount(step.Amount)})
			}
		}
	}
	p.What = p.whatIf()
	return view{Body: storesBody(p), Tables: []table{p.Lines, p.Parts}}
}

// lines are all stores together, if they are, and then each.
func (p storesPage) lines() []insight.StoreLine {
	var list []insight.StoreLine
	if p.All != nil && len(p.Stores.Stores) > 1 {
		list = append(list, *p.All)
	}
	return append(list, p.Stores.Stores...)
}

func (p storesPage) name(l insight.StoreLine) string {
	if l.Store == 0 {
		return p.t("insights.all_stores")
	}
	return cmp.Or(l.Name, l.Code)
}

func (p storesPage) span(m insight.Months) string {
	if m.From == m.To {
		return p.p.Month(m.From)
	}
	return p.p.Month(m.From) + "–" + p.p.Month(m.To)
}

// compared is the comparison that was chosen; nil where it cannot be made.
func (p storesPage) compared(l insight.StoreLine) *insight.Comparison {
	switch p.With {
	case "year":
		return l.SinceYear
	case "usual":
		return l.Usual
	}
	return l.SinceBefore
}

// links are the comparisons that at least one store has, but not that of a store with itself.
func (p storesPage) links() (list []ui.Link, current string) {
	for _, with := range comparisons {
		if with == "usual" && len(p.lines()) < 2 {
			continue
		}
		other := p
		other.With = with
		if !slices.ContainsFunc(p.lines(), func(l insight.StoreLine) bool { return other.compared(l) != nil }) && with != p.With {
			continue
		}
		href := p.link("stores", "with", with)
		if with == p.With {
			current = href
		}
		list = append(list, ui.Link{Label: p.t("insights.with." + with), Href: href})
	}
	return list, current
}

// steps are the way from one total to the other.
func (p storesPage) steps(c *insight.Comparison) []ui.FallStep {
	return p.way(c.Explained, c.Counted, p.t("insights.with_from."+p.With), p.t("insights.this_now"))
}

func (p storesPage) way(e insight.Explained, counted bool, from, to string) []ui.FallStep {
	list := []ui.FallStep{{Name: from, Text: p.money(e.From), Amount: e.From, Total: true}}
	for _, part := range e.Parts {
		list = append(list, ui.FallStep{Name: p.factor(part.Group, part.Factor, counted), Text: p.signed(part.Amount), Amount: part.Amount})
	}
	return append(list, ui.FallStep{Name: to, Text: p.money(e.To), Amount: e.To, Total: true})
}

// factor names what the sales are made of: visitors where they are counted, and
// else customers and how often they buy.
func (p storesPage) factor(group, factor string, counted bool) string {
	if !counted && factor != "ticket" {
		factor += "_bought"
	}
	return p.t("insights.factor." + group + "." + factor)
}

func (o *opened) signed(minor int64) string {
	if minor > 0 {
		return "+" + o.money(minor)
	}
	return o.money(minor)
}

func (p storesPage) bars() ui.RowBars {
	c := ui.RowBars{Label: p.t("insights.chart.stores")}
	for _, l := range p.Stores.Stores {
		sales := l.Now.New.Sales + l.Now.Old.Sales
		share := 0.0
		if sales > 0 {
			share = float64(l.Now.New.Sales) / float64(sales)
		}
		c.Items = append(c.Items, ui.RowBar{Name: p.name(l), Text: p.short(sales), Value: float64(sales),
			Note: p.t("insights.store_note", "customers", l.Now.New.Customers+l.Now.Old.Customers, "share", p.percent(share))})
	}
	return c
}

// factors are the fields of the what-if in their order.
var factors = []struct{ group, factor string }{
	{"new", "visitors"}, {"new", "conversion"}, {"new", "ticket"}, {"old", "visitors"}, {"old", "conversion"}, {"old", "ticket"},
}

// digits is how much a unit of the currency is in minor units.
func (o *opened) unit() float64 { return math.Pow10(money.Currency(o.Currency).Digits()) }

// whatIf reads what was typed; what was not is as it is in the store chosen first.
func (p storesPage) whatIf() whatIf {
	var now insight.Mix
	counted := true
	if list := p.lines(); len(list) > 0 {
		now, counted = list[0].Now.Mix()
	}
	switch p.Query.Text("by") {
	case "visitors":
		counted = true
	case "customers":
		counted = false
	}
	w := whatIf{Form: form.Of(), Counted: counted, Begun: p.Query.Text("then_new_visitors") != ""}
	read := func(side string, m *insight.Mix) {
		for _, f := range factors {
			name := side + "_" + f.group + "_" + f.factor
			at := p.at(m, f.group, f.factor)
			shown := *at
			switch {
			case f.factor == "ticket":
				shown /= p.unit()
			case f.factor == "conversion" && counted:
				shown *= 100
			}
			text := strconv.FormatFloat(math.Round(shown*100)/100, 'f', -1, 64)
			if typed := p.Query.Text(name); typed != "" {
				if v, err := strconv.ParseFloat(typed, 64); err == nil && v >= 0 && v <= 1e12 {
					text, shown = typed, v
				}
				switch {
				case f.factor == "ticket":
					shown *= p.unit()
				case f.factor == "conversion" && counted:
					shown /= 100
				}
				*at = shown
			}
			w.Form.Values.Set(name, text)
		}
	}
	w.From, w.To = now, now
	read("now", &w.From)
	read("then", &w.To)
	w.Explained = insight.Explain(w.From, w.To)
	return w
}

// countings are what one can calculate with: how many came in, or how many bought.
func (p storesPage) countings() (list []ui.Link, current string) {
	for _, by := range []string{"visitors", "customers"} {
		href := p.link("stores", "by", by) + "#what-if"
		if by == p.counting() {
			current = href
		}
		list = append(list, ui.Link{Label: p.t("insights.by." + by), Href: href})
	}
	return list, current
}

func (p storesPage) counting() string {
	if p.What.Counted {
		return "visitors"
	}
	return "customers"
}

// at is a factor of a mix.
func (p storesPage) at(m *insight.Mix, group, factor string) *float64 {
	t := &m.New
	if group == "old" {
		t = &m.Old
	}
	switch factor {
	case "visitors":
		return &t.Visitors
	case "conversion":
		return &t.Conversion
	}
	return &t.Ticket
}
