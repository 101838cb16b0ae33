package settings

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

const insightPath = "/settings/insight"

// insightPage is the rules and prices that the numbers about customers rest on.
type insightPage struct {
	Form     *form.Form
	Currency money.Currency // of the costs
	Model    insight.Model  // what is read now; zero: nothing was computed yet
	Ask      []string       // who may change it, for a reader who may not
}

// unit is how a number of the settings is written.
type unit int

const (
	days     unit = iota
	gaps          // between purchases
	times         // so many gaps
	share         // percent, kept in millionths
	cost          // money
	maxShare = 100
)

// knob is a number of the settings. Its name is that of the setting's own field
// in JSON; its texts are settings.insight.<name> and settings.insight_hint.<name>.
type knob struct {
	Name string
	Unit unit
	get  func(*insight.Setting) any // *int, *int64 or *float64
}

// knobs are all that can be set here, by card.
var knobs = map[string][]knob{
	"ahead": {
		{"horizon", days, func(s *insight.Setting) any { return &s.Horizon }},
		{"vip_share", share, func(s *insight.Setting) any { return &s.VIPShare }},
	},
	"money": {
		{"margin", share, func(s *insight.Setting) any { return &s.Margin }},
		{"discount", share, func(s *insight.Setting) any { return &s.Discount }},
		{"cost_to_win", cost, func(s *insight.Setting) any { return &s.CostToWin }},
		{"cost_to_contact", cost, func(s *insight.Setting) any { return &s.CostPerContact }},
	},
	"rhythm": {
		{"own_gaps", gaps, func(s *insight.Setting) any { return &s.Rules.OwnGaps }},
		{"least_gap", days, func(s *insight.Setting) any { return &s.Rules.LeastGap }},
	},
	"stages": {
		{"new_days", days, func(s *insight.Setting) any { return &s.Rules.NewDays }},
		{"old_days", days, func(s *insight.Setting) any { return &s.Rules.OldDays }},
		{"cool_factor", times, func(s *insight.Setting) any { return &s.Rules.CoolFactor }},
		{"lost_factor", times, func(s *insight.Setting) any { return &s.Rules.LostFactor }},
		{"lost_least", days, func(s *insight.Setting) any { return &s.Rules.LostLeast }},
		{"lost_days", days, func(s *insight.Setting) any { return &s.Rules.LostDays }},
		{"won_back_days", days, func(s *insight.Setting) any { return &s.Rules.WonBackDays }},
	},
}

// insightCards are the cards in their order, with their icons.
var insightCards = []struct{ Name, Icon string }{{"stages", "git-branch"}, {"rhythm", "repeat"}, {"ahead", "telescope"}, {"money", "coins"}}

func (h Pages) insight(w http.ResponseWriter, r *http.Request) error {
	p, err := h.insightPage(r)
	if err != nil {
		return err
	}
	set, version, err := h.Insight.Setting(r.Context())
	if err != nil {
		return err
	}
	p.Form = form.Of("version", strconv.FormatInt(version, 10))
	for _, list := range knobs {
		for _, k := range list {
			p.Form.Values.Set(k.Name, k.text(&set, p.Currency))
		}
	}
	return h.showInsight(w, r, p)
}

// insightPage is what the page knows before its form is filled in.
func (h Pages) insightPage(r *http.Request) (insightPage, error) {
	ctx := r.Context()
	var p insightPage
	var err error
	if !web.Actor(r).May(org.SettingsWrite) {
		if p.Ask, err = h.administrators(ctx); err != nil {
			return p, err
		}
	}
	p.Model, err = h.Insight.Model(ctx, web.Actor(r))
	if err != nil && !errs.Is(err, errs.NotFound) {
		return p, err
	}
	if p.Currency = p.Model.Currency; p.Currency != "" {
		return p, nil
	}
	stores, err := h.Org.Stores(ctx)
	if err != nil {
		return p, err
	}
	for _, s := range stores {
		if s.Active && p.Currency == "" {
			p.Currency = s.Currency
		}
	}
	if p.Currency == "" {
		p.Currency = "CNY"
	}
	return p, nil
}

// administrators are the names of those who may change the settings.
func (h Pages) administrators(ctx context.Context) ([]string, error) {
	people, err := h.Org.StaffByID(ctx)
	var names []string
	for _, s := range people {
		if s.Active && s.Role.Rights().Has(org.SettingsWrite) {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names[:min(len(names), fewNames)], err
}

// fewNames are enough to ask.
const fewNames = 3

func nameList(ctx context.Context, names []string) string {
	return strings.Join(names, i18n.T(ctx, "customer.comma"))
}

func (h Pages) showInsight(w http.ResponseWriter, r *http.Request, p insightPage) error {
	body := insightBody(p)
	if !web.Actor(r).May(org.SettingsWrite) {
		body = insightFacts(p)
	}
	return show(w, r, insightPath, web.T(r, "settings.section.insight"), p.Form, body)
}

func (h Pages) saveInsight(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	p, err := h.insightPage(r)
	if err != nil {
		return err
	}
	p.Form = f
	set, _, err := h.Insight.Setting(r.Context()) // what is not on the page stays
	if err != nil {
		return err
	}
	for _, list := range knobs {
		for _, k := range list {
			k.read(f, &set, p.Currency)
		}
	}
	if err := set.Check(); err != nil && !f.Refused(err) { // every fault at once, beside those of reading
		return err
	}
	if f.OK() {
		err := h.Insight.SaveSetting(r.Context(), web.Actor(r), set, f.Int("version"))
		if err == nil {
			web.Say(r, ui.Success, web.T(r, "settings.insight_saved"))
			return web.Redirect(w, r, insightPath)
		}
		if !f.Refused(err) {
			return err
		}
	}
	return h.showInsight(w, r, p)
}

// text is the number as it stands in its box.
func (k knob) text(set *insight.Setting, c money.Currency) string {
	decimal := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	switch v := k.get(set).(type) {
	case *int:
		return strconv.Itoa(*v)
	case *float64:
		return decimal(*v)
	case *int64:
		if k.Unit == cost {
			return money.Decimal(*v, c)
		}
		return decimal(float64(*v) * maxShare / million)
	}
	return ""
}

// million is one as shares are kept.
const million = 1_000_000

// read puts the number that was typed into the setting.
func (k knob) read(f *form.Form, set *insight.Setting, c money.Currency) {
	if f.Text(k.Name) == "" {
		f.Wrong(k.Name, "error.required")
		return
	}
	switch v := k.get(set).(type) {
	case *int:
		*v = int(f.Int(k.Name))
	case *float64:
		*v = form.Parse(f, k.Name, parseDecimal)
	case *int64:
		if k.Unit == cost {
			*v = form.Parse(f, k.Name, func(s string) (money.Amount, error) { return money.Parse(s, c) }).Minor
			k.within(f, *v, 0, mostCost, func(n int64) any { return money.Amount{Minor: n, Currency: c} })
			return
		}
		percent := form.Parse(f, k.Name, func(s string) (float64, error) {
			return parseDecimal(strings.TrimRight(s, "%％ "))
		})
		*v = int64(math.Round(percent / maxShare * million))
		least, most := int64(0), int64(million)
		if k.Name == "vip_share" {
			least, most = 1000, million/2
		}
		k.within(f, *v, least, most, func(n int64) any { return float64(n) * maxShare / million })
	}
}

// mostCost is the greatest cost that the setting takes.
const mostCost = 1e12

// within says what is wrong with a number in the unit in which it was typed: the
// setting itself knows only the one in which it is kept.
func (k knob) within(f *form.Form, v, least, most int64, tell func(int64) any) {
	if v < least || v > most {
		f.Wrong(k.Name, "error.between", "min", tell(least), "max", tell(most))
	}
}

func parseDecimal(s string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > 1e9 {
		return 0, errs.New(errs.Invalid, "error.not_a_number")
	}
	return math.Round(v*1e4) / 1e4, nil
}

// facts are the numbers of a card with their units, to be read.
func (p insightPage) facts(ctx context.Context, card string) ui.Facts {
	var f ui.Facts
	for _, k := range knobs[card] {
		value, unit := p.Form.Text(k.Name), p.unit(ctx, k)
		switch k.Unit {
		case share:
			value += unit
		case cost:
			value = unit + value
		default:
			value += " " + unit
		}
		f.Items = append(f.Items, ui.Fact{Label: i18n.T(ctx, "settings.insight."+k.Name), Value: value})
	}
	return f
}

// unit is what stands behind the number.
func (p insightPage) unit(ctx context.Context, k knob) string {
	switch k.Unit {
	case days:
		return i18n.T(ctx, "settings.unit_days")
	case times:
		return i18n.T(ctx, "settings.unit_times")
	case share:
		return "%"
	case cost:
		return i18n.From(ctx).Symbol(string(p.Currency))
	}
	return i18n.T(ctx, "settings.unit_gaps")
}
