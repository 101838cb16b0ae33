package insights

import (
	"net/http"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// lostSize is how many of the lost stand on a page.
const lostSize = 25

// lostPage is who is lost, why, and what won others back.
type lostPage struct {
	*opened
	insight.LostCustomers

	Rules insight.Rules
	Names map[customer.ID]customer.Summary
	Told  map[customer.ID]insight.Told // what was noted since the report was made, too
	Shown []insight.LostOne
	First string
	Next  string

	Months, Signs, Reasons, WonBack table
}

// drawLost draws the report with the names of those on its list.
func drawLost(h Pages, r *http.Request, o *opened) (view, error) {
	rep, err := report[insight.LostCustomers](h, r, o)
	if err != nil {
		return view{}, err
	}
	o.Currency = rep.Currency
	set, _, err := h.Insight.Setting(r.Context())
	if err != nil {
		return view{}, err
	}
	p := lostPage{opened: o, LostCustomers: rep, Rules: set.Rules}
	from := int(min(max(0, o.Query.Int("from")), int64(max(0, len(rep.List)-1)/lostSize*lostSize)))
	p.Shown = rep.List[from:min(from+lostSize, len(rep.List))]
	if from > 0 {
		p.First = o.link("lost") + "#people"
	}
	if from+lostSize < len(rep.List) {
		p.Next = o.link("lost", "from", strconv.Itoa(from+lostSize)) + "#people"
	}
	if o.Actor.May(org.CustomersRead) {
		if err := h.readLost(r, &p); err != nil {
			return view{}, err
		}
	}
	p.Months = table{Name: "months", Label: o.t("insights.chart.lost_months"), Head: []string{o.t("insights.head.month"), o.t("insights.head.lost"), o.t("insights.head.won_back")}}
	for _, m := range rep.Months {
		p.Months.Rows = append(p.Months.Rows, []cell{{o.p.Month(m.Month), m.Month}, o.counted(m.Lost), o.counted(m.WonBack)})
	}
	p.Signs = table{Name: "signs", Label: o.t("insights.chart.lost_signs"), Head: []string{o.t("insights.head.sign"), o.t("insights.head.customers"), o.t("insights.head.worth")}}
	for _, s := range rep.Signs {
		p.Signs.Rows = append(p.Signs.Rows, []cell{o.text(o.sign(s.Sign)), o.counted(s.Customers), o.amount(s.Worth)})
	}
	p.Reasons = table{Name: "reasons", Label: o.t("insights.chart.lost_reasons"), Head: []string{o.t("insights.head.reason"), o.t("insights.head.customers"),
		o.t("insights.head.worth"), o.t("insights.head.foreseen")}}
	for _, s := range rep.Reasons {
		foreseen := o.none()
		if s.Warned != nil {
			foreseen = o.counted(*s.Warned)
		}
		p.Reasons.Rows = append(p.Reasons.Rows, []cell{o.text(o.reason(s.Reason)), o.counted(s.Customers), o.amount(s.Worth), foreseen})
	}
	p.WonBack = table{Name: "won_back", Label: o.t("insights.chart.won_back"), Head: []string{o.t("insights.head.contact"), o.t("insights.head.contacted"),
		o.t("insights.head.returned"), o.t("insights.head.share"), o.t("insights.head.anyway"), o.t("insights.head.extra")}}
	for _, b := range rep.WonBack {
		p.WonBack.Rows = append(p.WonBack.Rows, []cell{o.text(o.rule(b.Rule)), o.counted(b.Contacts), o.counted(b.Returned), o.share(b.Share), o.share(b.Base), o.decimal(b.Extra, 1)})
	}
	return view{Body: lostBody(p), Tables: []table{p.Months, p.Signs, p.Reasons, p.WonBack}}, nil
}

// definition is what is called lost here, as the settings have it.
func (p lostPage) definition() string {
	return p.t("insights.lost_rule", "factor", p.p.Decimal(p.Rules.LostFactor, 1), "least", p.Rules.LostLeast, "days", p.Rules.LostDays)
}

// readLost reads the names and the reasons of those shown.
func (h Pages) readLost(r *http.Request, p *lostPage) (err error) {
	ids := make([]customer.ID, len(p.Shown))
	for i, l := range p.Shown {
		ids[i] = l.Customer
	}
	if p.Names, err = h.names(r, ids); err != nil {
		return err
	}
	p.Told, err = h.Insight.LatestReasons(r.Context(), p.Actor, ids)
	return err
}

func (o *opened) reason(r insight.Reason) string { return o.t("insight.reason." + string(r)) }

// sign is what the purchases tell of somebody lost.
func (o *opened) sign(s insight.LostCode) string {
	return i18n.Sentence(o.t("insight.lost." + string(s)))
}

// rule is what a rule of care is called; one that the company made has its code alone.
func (o *opened) rule(code string) string {
	if code == "" {
		return o.t("insights.all_rules")
	}
	if key := "care.rule." + code; i18n.Has(key) {
		return o.t(key)
	}
	return code
}

// why is the reason of a lost customer as they told it, with who asked; empty: nobody has asked.
func (p lostPage) why(l insight.LostOne) string {
	if t, ok := p.Told[l.Customer]; ok {
		return joined(p.reason(t.Reason), t.Note)
	}
	return ""
}

func joined(a, b string) string {
	if b == "" {
		return a
	}
	return a + " · " + b
}

func (p lostPage) reasons() []ui.Option {
	list := []ui.Option{{Label: p.t("insights.choose_reason")}}
	for _, r := range insight.Reasons() {
		list = append(list, ui.Option{Value: string(r), Label: p.reason(r)})
	}
	return list
}

// here is the list as it is shown.
func (p lostPage) here() string {
	if from := p.Query.Text("from"); from != "" {
		return p.link("lost", "from", from) + "#people"
	}
	return p.link("lost") + "#people"
}

func (p lostPage) mayAsk(c customer.ID) bool {
	_, seen := p.Names[c]
	return seen && p.Actor.May(org.CustomersWrite)
}

// months is how many were lost and how many came back.
func (p lostPage) months() ui.Stacks {
	c := ui.Stacks{Label: p.t("insights.chart.lost_months"), Side: true,
		Series: []ui.Series{{Name: p.t("insights.head.lost"), Tone: ui.Danger}, {Name: p.t("insights.head.won_back"), Tone: ui.Info}}} // red and blue: everybody can tell them apart
	top := 0
	for _, m := range p.LostCustomers.Months {
		top = max(top, m.Lost, m.WonBack)
		c.Columns = append(c.Columns, ui.Column{Label: shortMonth(p.p, m.Month), Group: m.Month[:min(4, len(m.Month))], Parts: []int64{int64(m.Lost), int64(m.WonBack)}, Quiet: p.unfinished(m.Month),
			Title: p.t("insights.lost_month_title", "month", p.p.Month(m.Month), "lost", m.Lost, "back", m.WonBack)})
	}
	c.Top = p.count(top)
	return c
}

// unfinished reports whether a month is not over on the day looked at.
func (o *opened) unfinished(month string) bool {
	d, err := day.Parse(o.AsOf)
	return err == nil && month == o.AsOf[:7] && d.AddDays(1).String()[:7] == month
}

func (p lostPage) signBars() ui.RowBars {
	c := ui.RowBars{Label: p.t("insights.chart.lost_signs")}
	for _, s := range p.LostCustomers.Signs {
		c.Items = append(c.Items, ui.RowBar{Name: p.sign(s.Sign), Value: float64(s.Customers), Tone: ui.Warning,
			Text: p.t("insights.people", "n", s.Customers), Note: p.t("insights.worth_year", "amount", p.short(s.Worth))})
	}
	return c
}

func (p lostPage) reasonBars() ui.RowBars {
	c := ui.RowBars{Label: p.t("insights.chart.lost_reasons")}
	for _, s := range p.LostCustomers.Reasons {
		note := p.t("insights.worth_year", "amount", p.short(s.Worth))
		if s.Warned != nil && *s.Warned > 0 {
			note = p.t("insights.reason_note", "amount", p.short(s.Worth), "n", *s.Warned)
		}
		c.Items = append(c.Items, ui.RowBar{Name: p.reason(s.Reason), Value: float64(s.Customers), Tone: ui.Info, Text: p.t("insights.people", "n", s.Customers), Note: note})
	}
	return c
}

func (p lostPage) backBars() ui.RowBars {
	c := ui.RowBars{Label: p.t("insights.chart.won_back"), Of: 1}
	for _, b := range p.LostCustomers.WonBack {
		c.Items = append(c.Items, ui.RowBar{Name: p.rule(b.Rule), Value: b.Share, Tone: ui.Success, Text: p.t("insights.of_contacted", "n", b.Returned, "all", b.Contacts),
			Note: p.t("insights.back_note", "share", p.percent(b.Share), "base", p.percent(b.Base))})
	}
	return c
}
