package insights

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// flowPage is how the customers went from stage to stage between two days.
type flowPage struct {
	*opened
	insight.FlowSpan

	Spans []insight.FlowSpan // that can be chosen with one tap
	Own   bool               // two days that somebody chose
	Wrong error              // why those cannot be shown
	Moves table
}

// drawFlow draws the flow of a usual span, or between two days that were chosen.
func drawFlow(h Pages, r *http.Request, o *opened) (view, error) {
	rep, err := report[insight.Flow](h, r, o)
	if err != nil {
		return view{}, err
	}
	p := flowPage{opened: o, Spans: rep.Spans}
	if len(rep.Spans) > 0 {
		p.FlowSpan = rep.Spans[min(1, len(rep.Spans)-1)]
	}
	for _, s := range rep.Spans {
		if strconv.Itoa(s.Days) == o.Query.Text("days") {
			p.FlowSpan = s
		}
	}
	if o.Query.Text("from") != "" || o.Query.Text("to") != "" {
		own, err := h.between(r, o)
		if err != nil && !errs.Is(err, errs.Invalid) {
			return view{}, err
		}
		if p.Wrong = err; err == nil {
			p.FlowSpan, p.Own = own, true
		}
	}
	p.Moves = table{Name: "moves", Label: o.t("insights.chart.flow"), Head: []string{o.t("insights.head.was"), o.t("insights.head.is"), o.t("insights.head.customers")}}
	for _, m := range p.FlowSpan.Moves {
		p.Moves.Rows = append(p.Moves.Rows, []cell{o.text(p.side(m.From)), o.text(p.side(m.To)), o.counted(m.Customers)})
	}
	return view{Body: flowBody(p), Tables: []table{p.Moves}, Wrong: p.Wrong}, nil
}

// between is the flow between the two days that were chosen.
func (h Pages) between(r *http.Request, o *opened) (insight.FlowSpan, error) {
	from, to := form.Parse(o.Query, "from", day.Parse), form.Parse(o.Query, "to", day.Parse)
	if !o.Query.OK() || o.Query.Text("from") == "" {
		return insight.FlowSpan{}, errs.New(errs.Invalid, "insights.days_wrong")
	}
	if o.Query.Text("to") == "" {
		to, _ = day.Parse(o.AsOf) // a day of the report itself
	}
	return h.Insight.FlowBetween(r.Context(), o.Actor, o.Store, from, to)
}

func (p flowPage) links() (list []ui.Link, current string) {
	for _, s := range p.Spans {
		href := p.link("flow", "days", strconv.Itoa(s.Days))
		if !p.Own && s.Days == p.Days {
			current = href
		}
		list = append(list, ui.Link{Label: p.t("insights.span_days", "n", s.Days), Href: href})
	}
	return list, current
}

// sheet is the figures, whose download is of the same days.
func (p flowPage) sheet() ui.Figures {
	f := p.figures(p.Moves)
	if p.Own {
		f.Download += "&from=" + p.From + "&to=" + p.To
	} else {
		f.Download += "&days=" + strconv.Itoa(p.Days)
	}
	return f
}

// chart is the moves as ribbons; whoever had not bought before is on the left, too.
func (p flowPage) chart() ui.Flow {
	c := ui.Flow{Label: p.t("insights.chart.flow"), Before: p.p.Day(p.From), After: p.p.Day(p.To)}
	var from, to []insight.Stage
	for _, s := range p.Before {
		if s.Customers > 0 {
			from = append(from, s.Stage)
			c.From = append(c.From, ui.FlowNode{Name: p.side(s.Stage), Text: p.count(s.Customers), Value: float64(s.Customers), Tone: ui.StageTone(s.Stage)})
		}
	}
	for _, s := range p.After {
		if s.Customers > 0 {
			to = append(to, s.Stage)
			href := "" // of another day there is no list
			if p.To == p.AsOf {
				href = p.toPeople(s.Customers, "stage", s.Stage.String())
			}
			c.To = append(c.To, ui.FlowNode{Name: p.stage(s.Stage), Href: href, Text: p.count(s.Customers), Value: float64(s.Customers), Tone: ui.StageTone(s.Stage)})
		}
	}
	for _, m := range p.FlowSpan.Moves {
		f, t := slices.Index(from, m.From), slices.Index(to, m.To)
		if f >= 0 && t >= 0 {
			c.Ribbons = append(c.Ribbons, ui.Ribbon{From: f, To: t, Value: float64(m.Customers),
				Title: p.t("insights.move_title", "from", p.side(m.From), "to", p.stage(m.To), "n", m.Customers)})
		}
	}
	return c
}

// side is a stage at the beginning: prospects are those who came after it.
func (p flowPage) side(s insight.Stage) string {
	if s == insight.Prospect {
		return p.t("insights.not_yet_customer")
	}
	return p.stage(s)
}

// moved is how many went from some stages to another.
func (p flowPage) moved(to insight.Stage, from ...insight.Stage) (n int) {
	for _, m := range p.FlowSpan.Moves {
		if m.To == to && slices.Contains(from, m.From) {
			n += m.Customers
		}
	}
	return n
}

// begins and ends are the days in the form: as they were typed, also when they are wrong.
func (p flowPage) begins() string { return cmp.Or(p.Query.Text("from"), p.From) }
func (p flowPage) ends() string   { return cmp.Or(p.Query.Text("to"), p.To) }

// grid is the moves as a table of stages by stages.
func (p flowPage) grid() ui.Heat {
	g := ui.Heat{Label: p.t("insights.chart.matrix"), Corner: p.t("insights.matrix_corner"), Fit: true}
	for _, s := range p.After {
		if s.Stage != insight.Prospect {
			g.Head = append(g.Head, p.stage(s.Stage))
		}
	}
	for _, b := range p.Before {
		if b.Customers == 0 {
			continue
		}
		row := ui.HeatRow{Name: p.side(b.Stage), Note: p.count(b.Customers)}
		for _, a := range p.After {
			if a.Stage != insight.Prospect {
				n := p.moved(a.Stage, b.Stage)
				share := part(n, b.Customers)
				f := ui.HeatCell{Text: p.count(n), Share: share, Title: p.t("insights.move_title", "from", p.side(b.Stage), "to", p.stage(a.Stage), "n", n)}
				if n > 0 {
					f.Note = p.whole(share)
				}
				row.Cells = append(row.Cells, f)
			}
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}
