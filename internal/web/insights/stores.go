package insights

import (
	"cmp"
	"slices"

	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/insight/factors"
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

// comparisons are what a store can be compared with.
var comparisons = []string{"before", "year", "usual"}

func drawStores(o *opened, rep insight.Stores) view {
	o.Currency = rep.Currency
	p := storesPage{opened: o, Stores: rep, With: o.Query.Text("with")}
	if !slices.Contains(comparisons, p.With) {
		p.With = comparisons[0]
	}
	p.Lines = table{Name: "stores", Label: o.t("insights.chart.stores"), Head: []string{o.t("insights.head.store"), o.t("insights.head.period"), o.t("insights.head.sales"),
		o.t("insights.head.new_buyers"), o.t("insights.head.new_purchases"), o.t("insights.head.new_sum"),
		o.t("insights.head.old_buyers"), o.t("insights.head.old_purchases"), o.t("insights.head.old_sum")}}
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
		label := p.t("insights.with." + with)
		if span := map[string]insight.Months{"before": p.Before, "year": p.YearAgo}[with]; span.From != "" {
			label = p.t("insights.with_named", "label", label, "span", p.span(span))
		}
		list = append(list, ui.Link{Label: label, Href: href})
	}
	return list, current
}

// told is what was sold, against before, and what made the difference.
func (p storesPage) told() (sentence, note string) {
	l := p.lines()[0]
	pairs := []any{"store", p.name(l), "span", p.span(p.Now), "sales", p.short(l.Now.New.Sales + l.Now.Old.Sales)}
	c, before := l.SinceBefore, p.Before
	if c == nil {
		c, before = l.SinceYear, p.YearAgo
	}
	if c == nil {
		return p.t("insights.stores_told.plain", pairs...), ""
	}
	way := "same"
	if c.Difference > 0 {
		way = "more"
	} else if c.Difference < 0 {
		way = "less"
	}
	sentence = p.t("insights.stores_told."+way, append(pairs, "before", p.span(before), "difference", p.short(max(c.Difference, -c.Difference)))...)
	most := slices.MaxFunc(c.Parts, func(a, b factors.Part) int { return cmp.Compare(max(a.Amount, -a.Amount), max(b.Amount, -b.Amount)) })
	if most.Amount != 0 {
		note = p.t("insights.stores_most", "factor", p.factor(most.Group, most.Factor, c.Counted), "amount", p.signedShort(most.Amount))
	}
	return sentence, note
}

// steps are the way from one total to the other.
func (p storesPage) steps(c *insight.Comparison) []ui.FallStep {
	from := p.t("insights.with_from.usual")
	switch p.With {
	case "before":
		from = p.span(p.Before)
	case "year":
		from = p.span(p.YearAgo)
	}
	return p.way(c.Explained, c.Counted, from, p.span(p.Now))
}

func (p storesPage) way(e factors.Explained, counted bool, from, to string) []ui.FallStep {
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

// signedShort is for a sentence.
func (o *opened) signedShort(minor int64) string {
	if minor > 0 {
		return "+" + o.short(minor)
	}
	return o.short(minor)
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
