package insights

import (
	"slices"
	"strconv"

	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// rfmPage is the customers in groups: how lately they came against how often and
// for how much.
type rfmPage struct {
	*opened
	insight.RFM

	Cells, Groups table
}

func drawRFM(o *opened, rep insight.RFM) view {
	o.Currency = rep.Currency
	p := rfmPage{opened: o, RFM: rep}
	p.Groups = table{Name: "groups", Label: o.t("insights.chart.groups"), Head: []string{o.t("insights.head.group_of"), o.t("insights.head.customers"), o.t("insights.head.share"),
		o.t("insights.head.spent"), o.t("insights.head.chance"), o.t("insights.head.value")}}
	for _, g := range rep.Groups {
		p.Groups.Rows = append(p.Groups.Rows, []cell{o.text(o.group(g.Group)), o.counted(g.Customers), o.share(g.Share), o.amount(g.Spent), o.share(g.Active), o.amount(g.Value)})
	}
	p.Cells = table{Name: "grid", Label: o.t("insights.chart.rfm"), Head: []string{o.t("insights.head.group_of"), o.t("insights.head.recency"), o.t("insights.head.weight"),
		o.t("insights.head.customers"), o.t("insights.head.spent")}}
	for _, c := range rep.Cells {
		p.Cells.Rows = append(p.Cells.Rows, []cell{o.text(o.group(c.Group)), o.counted(c.Recency), o.counted(c.Weight), o.counted(c.Customers), o.amount(c.Spent)})
	}
	return view{Body: rfmBody(p), Tables: []table{p.Groups, p.Cells}}
}

// of sums some groups up.
func (p rfmPage) of(names ...string) (g insight.RFMGroup) {
	for _, one := range p.RFM.Groups {
		if slices.Contains(names, one.Group) {
			g.Customers += one.Customers
			g.Share += one.Share
			g.Spent += one.Spent
		}
	}
	return g
}

// told is who brings the sales, and how many of those who did stay away.
func (p rfmPage) told() (sentence, note string) {
	var spent int64
	for _, g := range p.RFM.Groups {
		spent += g.Spent
	}
	best, going := p.of(insight.Champions, insight.Loyal), p.of(insight.CannotLose, insight.AtRisk)
	sentence = p.t("insights.rfm_told", "n", best.Customers, "of", p.percent(best.Share), "share", p.percent(float64(best.Spent)/float64(max(spent, 1))))
	if going.Customers > 0 {
		note = p.t("insights.rfm_going", "n", going.Customers, "amount", p.short(going.Spent))
	}
	return sentence, note
}

func (o *opened) group(code string) string { return o.t("insight.rfm." + code) }

// grid is the field of five by five, the best at its upper left.
func (p rfmPage) grid() ui.Heat {
	g := ui.Heat{Label: p.t("insights.chart.rfm"), Corner: p.t("insights.rfm_corner"), Fixed: true}
	for weight := 5; weight > 0; weight-- {
		g.Head = append(g.Head, p.t("insights.rfm_weight."+strconv.Itoa(weight)))
	}
	most := 1
	for _, c := range p.RFM.Cells {
		most = max(most, c.Customers)
	}
	for k, c := range p.RFM.Cells {
		if k%5 == 0 {
			g.Rows = append(g.Rows, ui.HeatRow{Name: p.t("insights.rfm_recency." + strconv.Itoa(c.Recency))})
		}
		row := &g.Rows[len(g.Rows)-1]
		row.Cells = append(row.Cells, ui.HeatCell{Text: p.count(c.Customers), Note: p.group(c.Group), Share: float64(c.Customers) / float64(most),
			Title: p.t("insights.rfm_title", "group", p.group(c.Group), "n", c.Customers, "amount", p.money(c.Spent)), Href: p.toPeople(c.Customers, "group", c.Group)})
	}
	return g
}

func (p rfmPage) bars() ui.RowBars {
	c := ui.RowBars{Label: p.t("insights.chart.groups")}
	for _, g := range p.RFM.Groups {
		c.Items = append(c.Items, ui.RowBar{Name: p.group(g.Group), Href: p.toPeople(g.Customers, "group", g.Group), Value: float64(g.Customers), Tone: groupTone(g.Group), Quiet: groupTone(g.Group) == ui.Plain, Text: p.t("insights.count_share", "n", g.Customers, "share", p.percent(g.Share)),
			Note: p.t("insights.group_note", "do", p.t("insights.group_do."+g.Group), "amount", p.short(g.Spent), "n", hundred(g.Active))})
	}
	return c
}

func groupTone(group string) ui.Tone {
	switch group {
	case insight.Champions, insight.Loyal, insight.AlmostLoyal:
		return ui.Primary
	case insight.Promising, insight.Fresh:
		return ui.Info
	case insight.NeedsAttention, insight.CannotLose, insight.AtRisk:
		return ui.Warning
	}
	return ui.Plain
}
