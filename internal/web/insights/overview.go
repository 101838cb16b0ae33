package insights

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// overviewPage is how the customer base stands, on one screen.
type overviewPage struct {
	*opened
	insight.Overview

	Measures []ui.Measure
	Months   table
	Stages   table
}

func drawOverview(o *opened, rep insight.Overview) view {
	o.Currency = rep.Currency
	p := overviewPage{opened: o, Overview: rep}
	y := rep.Year
	p.Measures = []ui.Measure{
		p.measure("sales", o.short(y.Sales), func(b *insight.YearFigures) (string, ui.Tone) { return o.change(y.Sales, b.Sales) }),
		p.measure("active", o.count(y.Active), func(b *insight.YearFigures) (string, ui.Tone) {
			return o.change(int64(y.Active), int64(b.Active))
		}),
		p.measure("new", o.count(y.New), func(b *insight.YearFigures) (string, ui.Tone) {
			return o.change(int64(y.New), int64(b.New))
		}),
		p.measure("lost", o.count(y.Lost), nil),
		p.measure("repeat", o.percent(rep.RepeatRate), nil),
		p.measure("value", o.short(rep.Value), nil),
		p.measure("at_risk", o.short(rep.AtRisk), nil),
		p.measure("vips", o.percent(rep.VIPPart), nil),
	}
	if !y.NewKnown && y.New > 0 {
		p.Measures[2].Note = o.t("insights.new_at_most")
	}
	if y.NewKnown && p.Last != nil && !p.Last.NewKnown {
		p.Measures[2].Note, p.Measures[2].Tone = o.t("insights.new_before_unsure"), ui.Plain
	}
	p.Measures[3].Href = o.link("lost")
	p.Measures[3].Note = o.t("insights.lost_now", "n", lostNow(rep.Stages))
	p.Measures[4].Note = o.t("insights.of_customers", "some", rep.Repeaters, "all", rep.Customers)
	p.Measures[6].Note, p.Measures[6].Href = o.t("insights.warned", "n", rep.Warned), o.link("warnings")
	p.Measures[7].Note, p.Measures[7].Href = o.t("insights.vips", "n", rep.VIPs), o.link("best")
	if rep.VIPs == 0 {
		p.Measures = p.Measures[:7]
	}
	if rep.Warned == 0 {
		p.Measures[6].Note, p.Measures[6].Href = o.t("insights.warned_none"), ""
	}
	if o.Thin != nil {
		p.Measures = slices.Delete(p.Measures, 5, 6) // what a year will bring nobody can tell
	}

	p.Months = table{Name: "months", Label: o.t("insights.chart.months"), Head: []string{o.t("insights.head.month"), o.t("insights.head.sales"),
		o.t("insights.head.old_sales"), o.t("insights.head.new_sales"), o.t("insights.head.customers"), o.t("insights.head.new_customers")}}
	for _, m := range rep.Months {
		p.Months.Rows = append(p.Months.Rows, []cell{{o.p.Month(m.Month), m.Month}, o.amount(m.Sales), o.amount(m.Sales - m.New), o.amount(m.New),
			o.counted(m.Customers), o.counted(m.Fresh)})
	}
	p.Stages = stageTable(o, rep.Stages)
	return view{Body: overviewBody(p), Tables: []table{p.Months, p.Stages}}
}

// lostNow is how many stand among the lost.
func lostNow(list []insight.InStage) (n int) {
	for _, s := range list {
		if s.Stage == insight.Lost {
			n += s.Customers
		}
	}
	return n
}

// told is how the year went, in a sentence, and who to turn to now.
func (p overviewPage) told() (sentence, note string) {
	y := p.Year
	pairs := []any{"n", y.Active, "sales", p.short(y.Sales)}
	key := "insights.overview_told.plain"
	if p.Last != nil && p.Last.Sales > 0 {
		share := float64(y.Sales-p.Last.Sales) / float64(p.Last.Sales)
		key = "insights.overview_told." + moved(share)
		pairs = append(pairs, "share", p.percent(math.Abs(share)))
	}
	sentence, note = p.t(key, pairs...), p.t("insights.overview_calm")
	if p.Warned > 0 {
		note = p.t("insights.warned_told", "n", p.Warned, "amount", p.short(p.AtRisk))
	}
	return sentence, note
}

// moved says which way a figure went.
func moved(share float64) string {
	switch {
	case share >= 0.0005:
		return "more"
	case share <= -0.0005:
		return "less"
	}
	return "same"
}

// measure is a figure compared with the year before, where that is known.
func (p overviewPage) measure(name, value string, compare func(*insight.YearFigures) (string, ui.Tone)) ui.Measure {
	m := ui.Measure{Label: p.t("insights.measure." + name), Value: value, Meaning: p.t("insights.means." + name)}
	if compare != nil && p.Last != nil {
		m.Note, m.Tone = compare(p.Last)
	}
	return m
}

// change says how a figure, of which more is better, differs from that of the year
// before.
func (o *opened) change(now, before int64) (string, ui.Tone) {
	if before == 0 {
		return "", ui.Plain
	}
	share := float64(now-before) / float64(before)
	way := moved(share)
	tone := map[string]ui.Tone{"more": ui.Success, "less": ui.Danger}[way]
	return o.t("insights.than_before."+way, "share", o.percent(math.Abs(share))), tone
}

// chart is the sales of the months, to old and to new customers.
func (p overviewPage) chart() ui.Stacks {
	c := ui.Stacks{Label: p.t("insights.chart.months"),
		Series: []ui.Series{{Name: p.t("insights.head.old_sales"), Tone: ui.Primary}, {Name: p.t("insights.head.new_sales"), Tone: ui.Gold}}}
	var top int64
	for _, m := range p.Overview.Months {
		top = max(top, m.Sales)
		c.Columns = append(c.Columns, ui.Column{Label: shortMonth(p.p, m.Month), Group: m.Month[:min(4, len(m.Month))], Title: p.t("insights.month_title", "month", p.p.Month(m.Month),
			"sales", p.money(m.Sales), "new", p.money(m.New)), Parts: []int64{m.Sales - m.New, m.New}, Quiet: m.Partial})
	}
	c.Top = p.short(top)
	return c
}

// shortMonth is the month under a column, whose year stands below it: 11月, Nov.
func shortMonth(p i18n.Printer, month string) string {
	year, _, _ := strings.Cut(month, "-")
	return strings.TrimSpace(strings.NewReplacer(year+"年", "", year, "").Replace(p.Month(month)))
}

// said is the forecast and what came of it, in words.
func said(ctx context.Context, s *insight.Said) string {
	return i18n.T(ctx, "insights.said", "came", int(math.Round(s.Came*100)), "anyway", int(math.Round(s.Anyway*100)))
}

func stageTable(o *opened, list []insight.InStage) table {
	t := table{Name: "stages", Label: o.t("insights.chart.stages"), Head: []string{o.t("insights.head.stage"), o.t("insights.head.customers"), o.t("insights.head.share")}}
	for _, s := range list {
		if s.Stage != insight.Prospect {
			t.Rows = append(t.Rows, []cell{o.text(o.stage(s.Stage)), o.counted(s.Customers), o.share(s.Share)})
		}
	}
	return t
}

func (o *opened) stage(s insight.Stage) string { return o.t("insight.stage." + s.String()) }

// stageBars are how many stand in each stage, with what the stage means.
func stageBars(o *opened, list []insight.InStage) ui.RowBars {
	c := ui.RowBars{Label: o.t("insights.chart.stages"), Of: float64(stood(list))}
	for _, s := range list {
		if s.Stage != insight.Prospect {
			c.Items = append(c.Items, ui.RowBar{Name: o.stage(s.Stage), Href: o.toPeople(s.Customers, "stage", s.Stage.String()), Value: float64(s.Customers), Tone: ui.StageTone(s.Stage),
				Text: o.t("insights.count_share", "n", s.Customers, "share", o.percent(s.Share)), Note: o.t("insights.stage." + s.Stage.String())})
		}
	}
	return c
}

// stood is how many stand in any stage.
func stood(list []insight.InStage) (n int) {
	for _, s := range list {
		if s.Stage != insight.Prospect {
			n += s.Customers
		}
	}
	return n
}

// doors lead to the rooms, each with what it answers.
func (p overviewPage) doors() []room {
	var list []room
	for _, rm := range p.Rooms {
		if rm.Name != "overview" && p.Actor.May(org.ReportsRead) {
			list = append(list, rm)
		}
	}
	return list
}
