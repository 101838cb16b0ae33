package insights

import (
	"math"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/insight/factors"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// whatIf is a calculation that anybody may change: what the sales are made of now,
// and what they would be made of.
type whatIf struct {
	Form *form.Form // the factors by name: now_new_visitors … then_old_ticket
	From factors.Mix
	To   factors.Mix
	factors.Explained

	Counted bool // by visitors
	Begun   bool // somebody has changed something
}

// fields are the fields of the what-if in their order.
var fields = []struct{ group, factor string }{
	{"new", "visitors"}, {"new", "conversion"}, {"new", "ticket"}, {"old", "visitors"}, {"old", "conversion"}, {"old", "ticket"},
}

// whatIf reads what was typed; what was not is as it is in the store shown first,
// as far as that is known.
func (p storesPage) whatIf() whatIf {
	w := whatIf{Form: p.Query, Counted: true}
	by := p.Query.Text("by")
	if list := p.lines(); len(list) > 0 {
		now := list[0].Now
		switch w.From, w.Counted = now.Mix(); {
		case by == "customers":
			w.From = now.Customers
		case by == "visitors" && !w.Counted:
			w.From = factors.Mix{} // nobody counts them here: the fields are empty
		}
	}
	if by == "visitors" || by == "customers" {
		w.Counted = by == "visitors"
	}
	w.To = w.From
	for _, side := range sides {
		m := &w.From
		if side == "then" {
			m = &w.To
		}
		for _, f := range fields {
			at, name := factorOf(m, f.group, f.factor), side+"_"+f.group+"_"+f.factor
			unit := w.unit(p.opened, f.factor)
			begin := ""
			if *at > 0 {
				begin = strconv.FormatFloat(math.Round(*at/unit*100)/100, 'f', -1, 64)
			}
			typed := p.Query.Text(name)
			w.Begun = w.Begun || typed != ""
			switch typed {
			case "":
				p.Query.Values.Set(name, begin)
			case begin: // as it was: to the last digit, not to the two that are shown
			default:
				v := form.Parse(p.Query, name, parseFactor)
				switch {
				case v < 0:
					p.Query.Wrong(name, "insight.not_negative")
				case f.factor == "conversion" && w.Counted && v > 100*money.One:
					p.Query.Wrong(name, "insights.conversion_over")
				}
				*at = float64(v) / float64(money.One) * unit
			}
		}
	}
	if p.Query.OK() {
		var err error
		if w.Explained, err = factors.WhatIf(w.From, w.To); err != nil {
			p.Query.Refused(err)
		}
	}
	return w
}

// parseFactor reads a number as people write it, with or without the sign of percent.
func parseFactor(s string) (money.Quantity, error) {
	return money.ParseQuantity(strings.TrimSuffix(strings.TrimSuffix(s, "%"), "％"))
}

// sides are what is compared: what is, and what would be.
var sides = []string{"now", "then"}

// unit is how much of a factor one is that somebody types: a percent of the
// visitors, a yuan of the ticket.
func (w whatIf) unit(o *opened, factor string) float64 {
	switch {
	case factor == "ticket":
		return math.Pow10(money.Currency(o.Currency).Digits())
	case factor == "conversion" && w.Counted:
		return 0.01
	}
	return 1
}

// suffix is the unit that stands behind a factor's name.
func (w whatIf) suffix(o *opened, factor string) string {
	switch {
	case factor == "ticket":
		return strings.TrimSpace(o.p.Symbol(o.Currency))
	case factor == "conversion" && w.Counted:
		return "%"
	}
	return ""
}

// wrong is what is wrong with what was typed, a sentence for each number or one
// for all of them.
func (w whatIf) wrong() (list []string) {
	for _, side := range sides {
		for _, f := range fields {
			if s := w.Form.Error(side + "_" + f.group + "_" + f.factor); s != "" {
				list = append(list, s)
			}
		}
	}
	if s := w.Form.Summary(); s != "" && len(list) == 0 {
		list = append(list, s)
	}
	return list
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

// factorOf is a factor of a mix.
func factorOf(m *factors.Mix, group, factor string) *float64 {
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
