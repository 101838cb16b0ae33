package insights

import (
	"net/http"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// loyaltyPage is how loyal the customers are, sign by sign.
type loyaltyPage struct {
	*opened
	insight.LoyaltyTotal

	Fields []customer.Field
	Signs  table
	Counts table
	Told   table
}

// drawLoyalty draws the report with the questions as the company words them.
func drawLoyalty(h Pages, r *http.Request, o *opened) (view, error) {
	rep, err := report[insight.LoyaltyTotal](h, r, o)
	if err != nil {
		return view{}, err
	}
	o.Currency = rep.Currency
	p := loyaltyPage{opened: o, LoyaltyTotal: rep}
	if p.Fields, err = h.Customers.Fields(r.Context()); err != nil {
		return view{}, err
	}
	p.Signs = table{Name: "signs", Label: o.t("insights.chart.loyal_signs"), Head: []string{o.t("insights.head.signs"), o.t("insights.head.customers"), o.t("insights.head.of"), o.t("insights.head.share")}}
	for _, s := range p.signs() {
		share := o.share(s.Share)
		if s.Of == 0 {
			share = o.none()
		}
		p.Signs.Rows = append(p.Signs.Rows, []cell{o.text(s.Label), o.counted(s.Count), o.counted(s.Of), share})
	}
	p.Counts = table{Name: "by_signs", Label: o.t("insights.chart.by_signs"), Head: []string{o.t("insights.head.signs"), o.t("insights.head.customers"), o.t("insights.head.share")}}
	for _, b := range rep.BySigns {
		p.Counts.Rows = append(p.Counts.Rows, []cell{o.counted(b.Signs), o.counted(b.Customers), o.share(part(b.Customers, rep.Customers))})
	}
	p.Told = table{Name: "asked", Label: o.t("insights.chart.asked"), Head: []string{o.t("insights.head.question"), o.t("insights.head.answer"), o.t("insights.head.customers")}}
	for _, a := range rep.Asked {
		for _, one := range a.Answers {
			p.Told.Rows = append(p.Told.Rows, []cell{o.text(p.asks(a.Field)), o.text(p.answer(a.Field, one.Value)), o.counted(one.Customers)})
		}
	}
	return view{Body: loyaltyBody(p), Tables: []table{p.Signs, p.Counts, p.Told}}, nil
}

// sign is one sign of loyalty and how many show it.
type sign struct {
	Label, Note string
	insight.Counted
}

func (p loyaltyPage) signs() []sign {
	repeat := insight.Counted{Count: p.Repeaters, Of: p.Customers, Share: p.Rate}
	list := []sign{{p.t("insights.came_more"), p.t("insights.loyal_note.repeat"), repeat},
		{i18n.Sentence(p.t("insight.loyal.repeat")), p.t("insight.loyal_often"), p.Often}}
	for _, s := range []struct {
		name string
		insight.Counted
	}{{"unbroken", p.Unbroken}, {"whole", p.WholeSets}, {"refers", p.Referrers}, {"price", p.PriceCalm}, {"price_keen", p.PriceKeen}, {"forgives", p.Forgave}} {
		list = append(list, sign{i18n.Sentence(p.t("insight.loyal." + s.name)), p.t("insights.loyal_note." + s.name), s.Counted})
	}
	return list
}

// told is how many show several signs, and how many none.
func (p loyaltyPage) told() (sentence, note string) {
	several, none := 0, 0
	for _, b := range p.BySigns {
		if b.Signs >= severalSigns {
			several += b.Customers
		}
		if b.Signs == 0 {
			none += b.Customers
		}
	}
	return p.t("insights.loyal_told", "all", p.Customers, "n", several, "share", p.percent(part(several, p.Customers)), "signs", severalSigns),
		p.t("insights.loyal_none", "n", none, "share", p.percent(part(none, p.Customers)))
}

// severalSigns is from how many signs on somebody is called loyal in a sentence.
const severalSigns = 3

func (p loyaltyPage) signBars() ui.RowBars {
	c := ui.RowBars{Label: p.t("insights.chart.loyal_signs"), Of: 1}
	for _, s := range p.signs() {
		text, value := p.t("insights.of_customers", "some", s.Count, "all", s.Of), p.percent(s.Share)
		if s.Of == 0 {
			text, value = p.t("insights.cannot_tell"), "–"
		}
		c.Items = append(c.Items, ui.RowBar{Name: s.Label, Value: s.Share, Text: value, Note: joined(text, s.Note)})
	}
	return c
}

func (p loyaltyPage) countBars() ui.RowBars {
	c := ui.RowBars{Label: p.t("insights.chart.by_signs")}
	for _, b := range p.BySigns {
		c.Items = append(c.Items, ui.RowBar{Name: p.t("insights.signs_shown", "n", b.Signs), Value: float64(b.Customers), Tone: ui.Gold,
			Text: p.t("insights.count_share", "n", b.Customers, "share", p.percent(part(b.Customers, p.Customers)))})
	}
	return c
}

// question is what a field is called, and its answers in words.
func (p loyaltyPage) question(code string) (customer.Field, bool) {
	for _, f := range p.Fields {
		if f.Code == code {
			return f, true
		}
	}
	return customer.Field{}, false
}

// asks is what a field is called; one that the company took out has its code alone.
func (p loyaltyPage) asks(code string) string {
	if f, ok := p.question(code); ok {
		return f.Label(p.p)
	}
	return code
}

func (p loyaltyPage) answer(code, value string) string {
	if f, ok := p.question(code); ok {
		return f.Tell(p.p, value)
	}
	return value
}

func (p loyaltyPage) answers(a insight.AskedField) ui.RowBars {
	c := ui.RowBars{Label: p.asks(a.Field)}
	for _, one := range a.Answers {
		c.Items = append(c.Items, ui.RowBar{Name: p.answer(a.Field, one.Value), Value: float64(one.Customers), Tone: ui.Info, Text: p.t("insights.people", "n", one.Customers)})
	}
	return c
}
