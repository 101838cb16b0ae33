package insights

import (
	"math"

	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// modelPage is how right the forecast was.
type modelPage struct {
	*opened
	insight.Quality

	Bins, Methods table
}

func drawModel(o *opened, rep insight.Quality) view {
	p := modelPage{opened: o, Quality: rep}
	if rep.Check == nil {
		return view{Body: modelBody(p)}
	}
	p.Bins = table{Name: "bins", Label: o.t("insights.chart.calibration"), Head: []string{o.t("insights.head.group"), o.t("insights.head.customers"),
		o.t("insights.head.foretold"), o.t("insights.head.came")}}
	for i, b := range rep.Check.Bins {
		p.Bins.Rows = append(p.Bins.Rows, []cell{o.counted(i + 1), o.decimal(b.Customers, 0), o.share(b.Foretold), o.share(b.Came)})
	}
	p.Methods = table{Name: "methods", Label: o.t("insights.chart.methods"), Head: []string{o.t("insights.head.method"), o.t("insights.head.order"),
		o.t("insights.head.top_tenth"), o.t("insights.head.bias"), o.t("insights.head.off"), o.t("insights.head.log_loss")}}
	for _, m := range rep.Check.Methods {
		row := []cell{o.text(p.method(m))}
		for i, v := range []*float64{m.Order, m.TopTenth, m.Bias, m.Off, m.LogLoss} {
			switch {
			case v == nil:
				row = append(row, o.none())
			case i < 3:
				row = append(row, o.share(*v))
			case i == 3:
				row = append(row, o.decimal(*v, 1))
			default:
				row = append(row, o.decimal(*v, 4))
			}
		}
		p.Methods.Rows = append(p.Methods.Rows, row)
	}
	return view{Body: modelBody(p), Tables: []table{p.Bins, p.Methods}}
}

// method is what a method is called, with a mark if it is the one that speaks.
func (p modelPage) method(m insight.Method) string {
	name := p.t("insights.method." + m.Name)
	if m.Chosen {
		return p.t("insights.method_chosen", "name", name)
	}
	return name
}

// hundred is a share said of a hundred people.
func hundred(share float64) int { return int(math.Round(share * 100)) }

// way is how the chances were off: fewer came than they said, or more.
func (p modelPage) way() string {
	if p.Check.Foretold < float64(p.Check.Returned) {
		return "less"
	}
	return "more"
}

// calibration is what was foretold against what came.
func (p modelPage) calibration() ui.Curve {
	l := ui.Line{Name: p.t("insights.curve.tenths"), Tone: ui.Primary, Dots: true}
	for i := len(p.Check.Bins) - 1; i >= 0; i-- {
		b := p.Check.Bins[i]
		l.Points = append(l.Points, ui.Spot{X: b.Foretold, Y: b.Came,
			Text: p.t("insights.bin_title", "said", hundred(b.Foretold), "came", hundred(b.Came), "n", int(math.Round(b.Customers)))})
	}
	return ui.Curve{Label: p.t("insights.chart.calibration"), Lines: []ui.Line{l}, Tall: true, Diagonal: p.t("insights.curve.right"),
		XName: p.t("insights.head.foretold"), YName: p.t("insights.head.came"), X: hundredths(), Y: hundredths()[1:]}
}

// groups are the tenths of the customers in words, the likeliest first.
func (p modelPage) groups() ui.RowBars {
	c := ui.RowBars{Label: p.t("insights.chart.tenths"), Of: 1}
	for i, b := range p.Check.Bins {
		c.Items = append(c.Items, ui.RowBar{Name: p.t("insights.tenth", "k", i+1), Value: b.Came, Text: p.t("insights.of_hundred", "n", hundred(b.Came)),
			Note: p.t("insights.tenth_said", "n", hundred(b.Foretold))})
	}
	return c
}

// missing is what is missing for a forecast, a line for each.
func (p modelPage) missing() []ui.Fact {
	list := make([]ui.Fact, 0, 3)
	add := func(name string, has, needs, missing int) {
		f := ui.Fact{Label: p.t("insights.need." + name), Value: p.t("insights.have_of", "has", has, "needs", needs)}
		if missing > 0 {
			f.Note = p.t("insights.still_missing", "n", missing)
		}
		list = append(list, f)
	}
	add("customers", p.Customers, p.Needs.Customers, p.Missing.Customers)
	add("repeaters", p.Repeaters, p.Needs.Repeaters, p.Missing.Repeaters)
	add("days", p.Days, p.Needs.Days, p.Missing.Days)
	return list
}
