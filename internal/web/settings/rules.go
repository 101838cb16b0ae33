package settings

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

const rulesPath = "/settings/rules"

// rulesPage is all care rules, those at work first.
type rulesPage struct {
	Used, Off []care.Rule
}

func (h Pages) rules(w http.ResponseWriter, r *http.Request) error {
	list, err := h.Care.Rules(r.Context())
	if err != nil {
		return err
	}
	// In the order in which the triggers are explained, outcomes last.
	order := append(care.Triggers(), care.Outcome)
	slices.SortStableFunc(list, func(a, b care.Rule) int {
		return cmp.Or(slices.Index(order, a.Trigger)-slices.Index(order, b.Trigger), a.Params.Days-b.Params.Days)
	})
	var p rulesPage
	for _, rule := range list {
		if rule.Active {
			p.Used = append(p.Used, rule)
		} else {
			p.Off = append(p.Off, rule)
		}
	}
	return show(w, r, rulesPath, web.T(r, "rules.title"), nil, rulesBody(p))
}

// ruleForm is a rule being made or changed, and what it would do.
type ruleForm struct {
	Form    *form.Form
	Rule    care.Rule // of a changed one as it is kept, of a new one its usual numbers
	New     bool
	Preview *care.Preview
	Shown   care.Rule // what the preview is of
}

func (h Pages) newRule(w http.ResponseWriter, r *http.Request) error {
	t := care.Trigger(web.Query(r).Text("trigger"))
	if !slices.Contains(care.Triggers(), t) {
		return show(w, r, rulesPath, web.T(r, "rules.new"), nil, chooseTrigger())
	}
	rule := care.NewRule(t)
	return h.showRule(w, r, ruleForm{Form: formOf(rule), Rule: rule, New: true})
}

func (h Pages) editRule(w http.ResponseWriter, r *http.Request) error {
	rule, err := h.Care.RuleByCode(r.Context(), r.PathValue("rule"))
	if err != nil {
		return err
	}
	return h.showRule(w, r, ruleForm{Form: formOf(rule), Rule: rule})
}

func formOf(rule care.Rule) *form.Form {
	f := form.Of("trigger", string(rule.Trigger), "weight", strconv.FormatInt(rule.Weight, 10), "keep_days", strconv.Itoa(rule.KeepDays),
		"version", strconv.FormatInt(rule.Version, 10))
	if rule.Active {
		f.Values.Set("active", "1")
	}
	for _, name := range rule.Trigger.Uses() {
		f.Values.Set(string(name), strconv.Itoa(*rule.Params.Number(name)))
	}
	f.Values["festivals"] = rule.Params.Festivals
	for _, l := range i18n.Locales {
		f.Values.Set("name."+string(l), rule.Names[string(l)])
		f.Values.Set("script."+string(l), rule.Scripts[string(l)])
	}
	return f
}

func (h Pages) showRule(w http.ResponseWriter, r *http.Request, p ruleForm) error {
	title := web.T(r, "rules.new")
	if !p.New {
		title = p.Rule.Name(web.Printer(r))
	}
	return show(w, r, rulesPath, title, p.Form, ruleBody(p, title))
}

// typedRule puts what was typed into the rule.
func typedRule(f *form.Form, rule care.Rule) care.Rule {
	rule.Weight, rule.KeepDays, rule.Active, rule.Version = f.Int("weight"), int(f.Int("keep_days")), f.Bool("active"), f.Int("version")
	for _, name := range rule.Trigger.Uses() {
		*rule.Params.Number(name) = int(f.Int(string(name)))
	}
	rule.Params.Festivals = f.All("festivals")
	rule.Names, rule.Scripts = map[string]string{}, map[string]string{}
	for _, l := range i18n.Locales {
		rule.Names[string(l)] = f.Text("name." + string(l))
		rule.Scripts[string(l)] = f.Text("script." + string(l))
	}
	return rule
}

func (h Pages) createRule(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	usual := care.NewRule(care.Trigger(f.Text("trigger")))
	rule := typedRule(f, usual)
	rule.Code, rule.Version = f.Text("code"), 0
	return h.putRule(w, r, ruleForm{Form: f, Rule: usual, New: true}, rule)
}

func (h Pages) saveRule(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	rule, err := h.Care.RuleByCode(r.Context(), r.PathValue("rule"))
	if err != nil {
		return err
	}
	return h.putRule(w, r, ruleForm{Form: f, Rule: rule}, typedRule(f, rule))
}

// putRule saves a rule, once its maker has seen what it would do. Other words
// change nothing about who is contacted and are saved at once.
func (h Pages) putRule(w http.ResponseWriter, r *http.Request, p ruleForm, rule care.Rule) error {
	changes := p.New || numbers(rule) != numbers(p.Rule)
	seen := p.Form.Text("seen") == numbers(rule) && p.Form.Text("do") != "preview"
	if p.Form.OK() && (changes || p.Form.Text("do") == "preview") && !seen && rule.Trigger != care.Outcome {
		return h.previewRule(w, r, p, rule)
	}
	if p.Form.OK() {
		_, err := h.Care.SaveRule(r.Context(), web.Actor(r), rule)
		if err == nil {
			web.Say(r, ui.Success, web.T(r, "rules.saved", "rule", rule.Name(web.Printer(r))))
			return web.Redirect(w, r, rulesPath)
		}
		if !p.Form.Refused(err) {
			return err
		}
	}
	return h.showRule(w, r, p)
}

func (h Pages) previewRule(w http.ResponseWriter, r *http.Request, p ruleForm, rule care.Rule) error {
	today, err := day.Parse(web.Today(r))
	if err != nil {
		return err
	}
	preview, err := h.Care.Preview(r.Context(), web.Actor(r), rule, today)
	if err != nil && !p.Form.Refused(err) {
		return err
	}
	if err == nil {
		p.Preview, p.Shown = &preview, rule
	}
	return h.showRule(w, r, p)
}

// numbers is all of a rule that decides who is contacted, as one text.
func numbers(rule care.Rule) string {
	var b strings.Builder
	fmt.Fprint(&b, rule.Active, " ", rule.KeepDays)
	for _, name := range rule.Trigger.Uses() {
		fmt.Fprint(&b, " ", name, "=", *rule.Params.Number(name))
	}
	if rule.Trigger == care.Festival {
		fmt.Fprint(&b, " ", slices.Sorted(slices.Values(rule.Params.Festivals)))
	}
	return b.String()
}

// aboutRule says in a line when a rule makes tasks and how much they count.
func aboutRule(ctx context.Context, rule care.Rule) string {
	return i18n.T(ctx, "rules.about."+ruleKind(rule)) + " · " + i18n.T(ctx, "rules.weight_is", "n", rule.Weight)
}

// ruleKind names what is said of a rule: its trigger, or what came of a contact.
func ruleKind(rule care.Rule) string {
	if rule.Trigger == care.Outcome {
		return rule.Code
	}
	return string(rule.Trigger)
}

func festivalOptions(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, code := range day.FestivalCodes() {
		list = append(list, ui.Option{Value: code, Label: i18n.T(ctx, "day.festival."+code)})
	}
	return list
}

// previewLine says how many tasks a rule would make, beside those it makes now.
func previewLine(ctx context.Context, p ruleForm) string {
	v := p.Preview
	if v.More {
		return i18n.T(ctx, "rules.would_make_many", "from", i18n.Day(v.From.String()), "to", i18n.Day(v.To.String()), "n", v.Tasks)
	}
	text := i18n.T(ctx, "rules.would_make", "from", i18n.Day(v.From.String()), "to", i18n.Day(v.To.String()), "n", v.Tasks)
	if !p.New {
		text += i18n.T(ctx, "rules.makes_now", "n", v.Before)
	}
	return text
}

func ruleAction(p ruleForm) string {
	if p.New {
		return rulesPath
	}
	return rulesPath + "/" + p.Rule.Code
}
