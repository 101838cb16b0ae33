package insights

import (
	"slices"
	"strconv"

	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// cohortsPage is who of the customers of a month came back in those after it.
type cohortsPage struct {
	*opened
	insight.Cohorts

	As       string // what the fields show: count, share, sales
	Buyers   table
	Retained table
}

// ways are what the fields of the cohorts can show.
var ways = []string{"count", "share", "sales"}

func drawCohorts(o *opened, rep insight.Cohorts) view {
	o.Currency = rep.Currency
	p := cohortsPage{opened: o, Cohorts: rep, As: o.Query.Text("as")}
	if !slices.Contains(ways, p.As) {
		p.As = ways[0]
	}
	// Months in which nobody came for the first time say nothing.
	p.Cohorts.Cohorts = slices.DeleteFunc(slices.Clone(rep.Cohorts), func(c insight.Cohort) bool { return c.Customers == 0 })
	p.Months = 0
	for _, c := range p.Cohorts.Cohorts {
		p.Months = max(p.Months, len(c.Buyers))
	}
	p.Buyers = table{Name: "cohorts", Label: o.t("insights.chart.cohorts"), Head: []string{o.t("insights.head.first_month")}}
	for k := range p.Months {
		p.Buyers.Head = append(p.Buyers.Head, p.after(k))
	}
	for _, c := range p.Cohorts.Cohorts {
		row := []cell{{o.p.Month(c.Month), c.Month}}
		for k := range p.Months {
			switch {
			case k >= len(c.Buyers):
				row = append(row, cell{"", ""})
			case p.As == "share":
				row = append(row, o.share(part(c.Buyers[k], c.Customers)))
			case p.As == "sales":
				row = append(row, o.amount(c.Sales[k]))
			default:
				row = append(row, o.counted(c.Buyers[k]))
			}
		}
		p.Buyers.Rows = append(p.Buyers.Rows, row)
	}
	p.Retained = table{Name: "retained", Label: o.t("insights.chart.retained"), Head: []string{o.t("insights.head.months_after"),
		o.t("insights.head.customers"), o.t("insights.head.came_again"), o.t("insights.head.share")}}
	for _, k := range rep.All {
		p.Retained.Rows = append(p.Retained.Rows, []cell{o.counted(k.Month), o.counted(k.Customers), o.counted(k.Buyers), o.share(k.Share)})
	}
	return view{Body: cohortsBody(p), Tables: []table{p.Buyers, p.Retained}}
}

func part(some, all int) float64 { return float64(some) / float64(max(all, 1)) }

// after is what stands over the month at a distance from the first.
func (p cohortsPage) after(k int) string {
	if k == 0 {
		return p.t("insights.month_first")
	}
	return "+" + strconv.Itoa(k)
}

// sheet is the figures, whose download holds what the fields show.
func (p cohortsPage) sheet(t table) ui.Figures {
	f := p.figures(t)
	if p.As != ways[0] {
		f.Download += "&as=" + p.As
	}
	return f
}

func (p cohortsPage) links() (list []ui.Link, current string) {
	for _, way := range ways {
		href := p.link("cohorts")
		if way != ways[0] {
			href = p.link("cohorts", "as", way)
		}
		if way == p.As {
			current = href
		}
		list = append(list, ui.Link{Label: p.t("insights.cohorts_as." + way), Href: href})
	}
	return list, current
}

// grid is the cohorts, the darker the more of them came again.
func (p cohortsPage) grid() ui.Heat {
	g := ui.Heat{Label: p.t("insights.chart.cohorts"), Corner: p.t("insights.head.first_month")}
	for k := range p.Months {
		g.Head = append(g.Head, p.after(k))
	}
	most := 0.0
	for _, c := range p.Cohorts.Cohorts {
		for k := 1; k < len(c.Buyers); k++ {
			most = max(most, part(c.Buyers[k], c.Customers))
		}
	}
	for _, c := range p.Cohorts.Cohorts {
		row := ui.HeatRow{Name: p.p.Month(c.Month)}
		for k, n := range c.Buyers {
			share := part(n, c.Customers)
			f := ui.HeatCell{Text: p.count(n), Share: share / max(most, 1e-9), Faint: c.Partial && k == len(c.Buyers)-1,
				Title: p.t("insights.cohort_title", "month", p.p.Month(c.Month), "all", c.Customers, "k", k, "n", n, "share", p.percent(share), "sales", p.money(c.Sales[k]))}
			switch p.As {
			case "share":
				f.Text = p.whole(share)
			case "sales":
				f.Text = p.short(c.Sales[k])
			}
			if k == 0 {
				f.Share = 0
			}
			row.Cells = append(row.Cells, f)
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// curve is how many of all cohorts together came again, by months.
func (p cohortsPage) curve() ui.Curve {
	c := ui.Curve{Label: p.t("insights.chart.retained"), XName: p.t("insights.head.months_after")}
	if len(p.All) < 2 {
		return c
	}
	top := 0.0
	for _, k := range p.All[1:] {
		top = max(top, k.Share)
	}
	top = nice(top)
	l := ui.Line{Name: p.t("insights.head.came_again"), Tone: ui.Primary, Area: true, Dots: true}
	last := float64(p.All[len(p.All)-1].Month)
	for _, k := range p.All[1:] {
		x := 0.0
		if last > 1 {
			x = (float64(k.Month) - 1) / (last - 1)
		}
		l.Points = append(l.Points, ui.Spot{X: x, Y: k.Share / top, Text: p.t("insights.retained_title", "k", k.Month, "share", p.percent(k.Share), "n", k.Buyers, "all", k.Customers)})
		if k.Month == 1 || k.Month%3 == 0 || float64(k.Month) == last && k.Month%3 != 1 {
			c.X = append(c.X, ui.Tick{At: x, Text: strconv.Itoa(k.Month)})
		}
	}
	c.Lines = []ui.Line{l}
	for _, at := range []float64{0, 0.5, 1} {
		c.Y = append(c.Y, ui.Tick{At: at, Text: p.p.Decimal(top*at*100, 1) + "%"})
	}
	return c
}

// nice is the round share above one at which an axis ends.
func nice(top float64) float64 {
	for _, at := range []float64{0.02, 0.04, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8} {
		if top <= at {
			return at
		}
	}
	return 1
}

// latest is the last cohort whose next month is over: the news.
func (p cohortsPage) latest() (c insight.Cohort, ok bool) {
	for _, k := range p.Cohorts.Cohorts {
		if len(k.Buyers) > 2 || len(k.Buyers) == 2 && !k.Partial {
			c, ok = k, true
		}
	}
	return c, ok
}
