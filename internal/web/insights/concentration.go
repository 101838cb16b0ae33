package insights

import (
	"strconv"

	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// concentrationPage is what share of the sales the best customers bring.
type concentrationPage struct {
	*opened
	insight.Concentration

	Shares, Curve table
}

func drawConcentration(o *opened, rep insight.Concentration) view {
	o.Currency = rep.Currency
	p := concentrationPage{opened: o, Concentration: rep}
	p.Shares = table{Name: "top", Label: o.t("insights.chart.top"), Head: []string{o.t("insights.head.top"), o.t("insights.head.customers"),
		o.t("insights.head.sales"), o.t("insights.head.share_of_sales"), o.t("insights.head.least")}}
	for _, t := range rep.Top {
		p.Shares.Rows = append(p.Shares.Rows, []cell{o.share(t.Percent / 100), o.counted(t.Customers), o.amount(t.Total), o.share(t.Share), o.amount(t.Least)})
	}
	p.Curve = table{Name: "curve", Label: o.t("insights.chart.lorenz"), Head: []string{o.t("insights.head.lower"), o.t("insights.head.share_of_sales")}}
	for _, at := range rep.Lorenz {
		p.Curve.Rows = append(p.Curve.Rows, []cell{o.share(at.X), o.share(at.Y)})
	}
	return view{Body: concentrationBody(p), Tables: []table{p.Shares, p.Curve}}
}

// top is one of the groups; the zero TopShare when it is not among them.
func (p concentrationPage) top(percent float64) insight.TopShare {
	for _, t := range p.Top {
		if t.Percent == percent {
			return t
		}
	}
	return insight.TopShare{}
}

// exact is a share to the hundredth of a percent.
func (o *opened) exact(v float64) string { return o.p.Decimal(v*100, 2) + "%" }

func (p concentrationPage) bars() ui.RowBars {
	c := ui.RowBars{Label: p.t("insights.chart.top"), Of: 1}
	for _, t := range p.Top {
		if t.Customers > 0 {
			href := ""
			if t.Percent <= 20 { // more is nobody's list
				href = p.toPeople(t.Customers, "top", strconv.FormatFloat(t.Percent, 'f', -1, 64))
			}
			c.Items = append(c.Items, ui.RowBar{Name: p.t("insights.top_name", "percent", p.p.Decimal(t.Percent, 1), "n", t.Customers),
				Text: p.exact(t.Share), Value: t.Share, Href: href, Note: p.t("insights.top_least", "amount", p.money(t.Least))})
		}
	}
	return c
}

// lorenz is the curve, from those who buy least to those who buy most.
func (p concentrationPage) lorenz() ui.Curve {
	l := ui.Line{Name: p.t("insights.curve.ours"), Tone: ui.Primary, Area: true}
	for _, at := range p.Lorenz {
		l.Points = append(l.Points, ui.Spot{X: at.X, Y: at.Y})
	}
	return ui.Curve{Label: p.t("insights.chart.lorenz"), Lines: []ui.Line{l}, Tall: true, Diagonal: p.t("insights.curve.equal"),
		XName: p.t("insights.head.lower"), YName: p.t("insights.head.share_of_sales"), X: hundredths(), Y: hundredths()[1:]}
}

// hundredths are the figures of an axis from 0 to 100 percent.
func hundredths() []ui.Tick {
	return []ui.Tick{{At: 0, Text: "0"}, {At: 0.25, Text: "25%"}, {At: 0.5, Text: "50%"}, {At: 0.75, Text: "75%"}, {At: 1, Text: "100%"}}
}
