package api

import (
	"context"
	"net/http"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
)

type rule struct {
	Code     string            `json:"code"`
	Name     string            `json:"name" doc:"In the language asked for"`
	Trigger  care.Trigger      `json:"trigger"`
	Numbers  map[string]int    `json:"numbers" doc:"Those its trigger has: days, lead, top_percent, …"`
	Festival []string          `json:"festivals,omitempty"`
	Weight   int64             `json:"weight" doc:"Percent of the customer's yearly purchases: what lists are ordered by"`
	KeepDays int               `json:"keep_days" doc:"How long after its day a task still makes sense"`
	Names    map[string]string `json:"names" doc:"The company's own, by language; missing: the program's"`
	Scripts  map[string]string `json:"scripts" doc:"The company's own, by language; missing: the program's"`
	Active   bool              `json:"active"`
	Version  int64             `json:"version" doc:"Send it back with a change"`
}

func newRule(p i18n.Printer, r care.Rule) rule {
	out := rule{
		Code: r.Code, Name: r.Name(p), Trigger: r.Trigger, Numbers: map[string]int{}, Festival: r.Params.Festivals, Weight: r.Weight,
		KeepDays: r.KeepDays, Names: r.Names, Scripts: r.Scripts, Active: r.Active, Version: r.Version,
	}
	for _, name := range r.Trigger.Uses() {
		out.Numbers[string(name)] = *r.Params.Number(name)
	}
	return out
}

func (a *API) ruleRoutes() {
	add(a, Route{ID: "list_rules", Method: http.MethodGet, Path: "/rules", Tag: "rules", Right: org.SettingsWrite}, a.listRules)
	add(a, Route{ID: "create_rule", Method: http.MethodPost, Path: "/rules", Tag: "rules", Right: org.SettingsWrite, Status: http.StatusCreated}, a.createRule)
	add(a, Route{ID: "update_rule", Method: http.MethodPatch, Path: "/rules/{rule}", Tag: "rules", Right: org.SettingsWrite}, a.updateRule)
	add(a, Route{ID: "preview_rule", Method: http.MethodPost, Path: "/rules/{rule}/preview", Tag: "rules", Right: org.SettingsWrite, Slow: true}, a.previewRule)
}

func (a *API) listRules(ctx context.Context, _ org.Actor, _ *nothing) (*pageOut[rule], error) {
	list, err := a.Care.Rules(ctx)
	if err != nil {
		return nil, err
	}
	p := i18n.From(ctx)
	return newPage(each(list, func(r care.Rule) rule { return newRule(p, r) }), "")
}

// RuleFields are those a rule can be given or changed; what is left out stays as
// it is, or is the usual of the trigger.
type RuleFields struct {
	Days          *int              `json:"days,omitempty" doc:"After the event"`
	Lead          *int              `json:"lead,omitempty" doc:"Days ahead of the event"`
	TopPercent    *int              `json:"top_percent,omitempty" doc:"How large a share of a store's sales is high value"`
	SamplePercent *int              `json:"sample_percent,omitempty" doc:"Share of the small purchases"`
	MinReceipts   *int              `json:"min_receipts,omitempty" doc:"Purchases that make an old customer"`
	PerStore      *int              `json:"per_store,omitempty" doc:"At most so many customers of a store, the most valuable ones"`
	Lookback      *int              `json:"lookback,omitempty" doc:"Missed nights that are caught up with"`
	Attempts      *int              `json:"attempts,omitempty" doc:"Unanswered calls before a task is given up"`
	Festivals     []string          `json:"festivals,omitempty" doc:"new_year, spring_festival, dragon_boat, mid_autumn, …"`
	Weight        *int64            `json:"weight,omitempty"`
	KeepDays      *int              `json:"keep_days,omitempty"`
	Names         map[string]string `json:"names,omitempty" doc:"zh-Hans, zh-Hant, en"`
	Scripts       map[string]string `json:"scripts,omitempty" doc:"zh-Hans, zh-Hant, en"`
	Active        *bool             `json:"active,omitempty"`
}

// apply puts the fields into a rule. A number that its trigger does not have is
// an error: it would be taken for one that counts.
func (f RuleFields) apply(r *care.Rule) error {
	var bad errs.Fields
	uses := make(map[care.Param]bool)
	for _, name := range r.Trigger.Uses() {
		uses[name] = true
	}
	for name, v := range map[care.Param]*int{
		care.ParamDays: f.Days, care.ParamLead: f.Lead, care.ParamTopPercent: f.TopPercent, care.ParamSamplePercent: f.SamplePercent,
		care.ParamMinReceipts: f.MinReceipts, care.ParamPerStore: f.PerStore, care.ParamLookback: f.Lookback, care.ParamAttempts: f.Attempts,
	} {
		if v != nil && !uses[name] {
			bad.Add(string(name), "api.rule.unexpected")
		}
		set(r.Params.Number(name), v)
	}
	if f.Festivals != nil {
		if r.Trigger != care.Festival {
			bad.Add("festivals", "api.rule.unexpected")
		}
		r.Params.Festivals = f.Festivals
	}
	set(&r.Weight, f.Weight)
	set(&r.KeepDays, f.KeepDays)
	set(&r.Active, f.Active)
	if f.Names != nil {
		r.Names = f.Names
	}
	if f.Scripts != nil {
		r.Scripts = f.Scripts
	}
	return bad.Err()
}

type newRuleIn struct {
	Body struct {
		RuleFields
		Code    string       `json:"code" maxLength:"32" doc:"It never changes: tasks tell of it" example:"delivery_30"`
		Trigger care.Trigger `json:"trigger" enum:"delivery,purchase,sample,birthday,festival,cooling,refill"`
	}
}

// A rule's code is taken once: a request that is sent twice is refused the second
// time, and needs no key.
func (a *API) createRule(ctx context.Context, actor org.Actor, in *newRuleIn) (*one[rule], error) {
	r := care.NewRule(in.Body.Trigger)
	r.Code = in.Body.Code
	if err := in.Body.apply(&r); err != nil {
		return nil, err
	}
	return a.saveRule(ctx, actor, r)
}

// RulePath names a care rule.
type RulePath struct {
	Rule string `path:"rule" maxLength:"32" example:"delivery_7"`
}

type ruleIn struct {
	RulePath
	Body struct {
		RuleFields
		Version int64 `json:"version" doc:"The rule's as it was seen: refused when somebody else was faster"`
	}
}

func (a *API) updateRule(ctx context.Context, actor org.Actor, in *ruleIn) (*one[rule], error) {
	r, err := a.Care.RuleByCode(ctx, in.Rule)
	if err != nil {
		return nil, err
	}
	if err := in.Body.apply(&r); err != nil {
		return nil, err
	}
	if r.Version = in.Body.Version; r.Version == 0 { // which would make a new one
		return nil, errs.New(errs.Conflict, "care.rule_changed")
	}
	return a.saveRule(ctx, actor, r)
}

func (a *API) saveRule(ctx context.Context, actor org.Actor, r care.Rule) (*one[rule], error) {
	r, err := a.Care.SaveRule(ctx, actor, r)
	if err != nil {
		return nil, err
	}
	return &one[rule]{newRule(i18n.From(ctx), r)}, nil
}

type previewIn struct {
	RulePath
	Body struct{ RuleFields }
}

type preview struct {
	From   day.Day   `json:"from" doc:"The first of the days that were looked at: a week, or that of the next festival"`
	To     day.Day   `json:"to"`
	Tasks  int       `json:"tasks" doc:"What the rule would make on them"`
	Before int       `json:"before" doc:"What it makes as it is"`
	More   bool      `json:"more" doc:"There are more than were counted"`
	Sample []sampled `json:"sample" nullable:"false"`
}

type sampled struct {
	Customer string `json:"customer" doc:"Their name; may be empty"`
	Reason   string `json:"reason"`
}

// previewRule says what a change of a rule would do, and writes nothing.
func (a *API) previewRule(ctx context.Context, actor org.Actor, in *previewIn) (*one[preview], error) {
	r, err := a.Care.RuleByCode(ctx, in.Rule)
	if err != nil {
		return nil, err
	}
	if err := in.Body.apply(&r); err != nil {
		return nil, err
	}
	today, err := a.Care.Today(ctx, actor.Staff.StoreID)
	if err != nil {
		return nil, err
	}
	v, err := a.Care.Preview(ctx, actor, r, today)
	if err != nil {
		return nil, err
	}
	p := i18n.From(ctx)
	return &one[preview]{preview{v.From, v.To, v.Tasks, v.Before, v.More,
		each(v.Sample, func(s care.Sampled) sampled { return sampled{s.Name, r.ReasonText(p, s.Task.Reason, "")} })}}, nil
}
