package care

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/text"
)

// RuleID is a rule's id, derived from its code.
type RuleID = id.Of[Rule]

// Trigger is the kind of event a rule waits for.
type Trigger string

// The triggers.
const (
	Delivery Trigger = "delivery" // days after something was brought home
	Purchase Trigger = "purchase" // days after a high-value purchase
	Sample   Trigger = "sample"   // the day after, a random share of the small purchases
	Birthday Trigger = "birthday" // ahead of a birthday, solar or lunar
	Festival Trigger = "festival" // ahead of a festival, the store's best old customers
	Cooling  Trigger = "cooling"  // silent for longer than their own rhythm explains
	Refill   Trigger = "refill"   // ahead of the day on which they run out of something
	Outcome  Trigger = "outcome"  // what was said at an earlier contact
)

// Triggers are those an administrator can make a rule of. Outcome is not among
// them: the rules wants and unhappy are all there are.
func Triggers() []Trigger {
	return []Trigger{Delivery, Purchase, Sample, Birthday, Festival, Cooling, Refill}
}

// Codes of the rules that outcomes make tasks by.
const (
	CodeWants   = "wants"
	CodeUnhappy = "unhappy"
)

// Rule says when a contact is due and how much it counts.
type Rule struct {
	ID       RuleID
	Code     string
	Trigger  Trigger
	Params   Params
	Weight   int64 // percent of the customer's yearly net
	KeepDays int   // how long after its day a task still makes sense
	Names    map[string]string
	Scripts  map[string]string
	Active   bool
	Version  int64
}

// Params are the numbers of a rule. Each trigger reads its own few; see Uses.
type Params struct {
	Days          int      `json:"days,omitempty"`           // after the event
	Lead          int      `json:"lead,omitempty"`           // ahead of the event
	TopPercent    int      `json:"top_percent,omitempty"`    // how large a share of a store's sales is high value
	SamplePercent int      `json:"sample_percent,omitempty"` // share of small purchases that is called
	MinReceipts   int      `json:"min_receipts,omitempty"`   // purchases that make an old customer
	Chance        int      `json:"chance,omitempty"`         // percent: how likely they have to be to buy it again
	PerStore      int      `json:"per_store,omitempty"`      // at most so many customers of a store, the most valuable ones
	Festivals     []string `json:"festivals,omitempty"`      // day.FestivalCodes
	Lookback      int      `json:"lookback,omitempty"`       // missed nights that are caught up with
	Attempts      int      `json:"attempts,omitempty"`       // unanswered calls before a task is given up
}

// Param names one of Params, as the form and the API do.
type Param string

// The parameters.
const (
	ParamDays          Param = "days"
	ParamLead          Param = "lead"
	ParamTopPercent    Param = "top_percent"
	ParamSamplePercent Param = "sample_percent"
	ParamMinReceipts   Param = "min_receipts"
	ParamPerStore      Param = "per_store"
	ParamChance        Param = "chance"
	ParamLookback      Param = "lookback"
	ParamAttempts      Param = "attempts"
)

// bounds are the least and the greatest value of each parameter.
var bounds = map[Param][2]int{
	ParamDays: {0, 730}, ParamLead: {0, 60}, ParamTopPercent: {1, 100}, ParamSamplePercent: {1, 100},
	ParamMinReceipts: {1, 1000}, ParamChance: {1, 99}, ParamPerStore: {1, 100_000}, ParamLookback: {0, 30}, ParamAttempts: {1, 10},
}

// Bounds are the least and the greatest value the parameter may have.
func (p Param) Bounds() (least, greatest int) { return bounds[p][0], bounds[p][1] }

// Uses are the numbers a rule of the trigger reads, in the order of its form.
// Festivals have a field of their own.
func (t Trigger) Uses() []Param {
	switch t {
	case Delivery:
		return []Param{ParamDays, ParamLookback, ParamAttempts}
	case Purchase:
		return []Param{ParamDays, ParamTopPercent, ParamLookback, ParamAttempts}
	case Sample:
		return []Param{ParamSamplePercent, ParamTopPercent, ParamLookback, ParamAttempts}
	case Birthday:
		return []Param{ParamLead, ParamLookback, ParamAttempts}
	case Festival:
		return []Param{ParamLead, ParamMinReceipts, ParamPerStore, ParamLookback, ParamAttempts}
	case Cooling:
		return []Param{ParamLookback, ParamAttempts}
	case Refill:
		return []Param{ParamLead, ParamChance, ParamLookback, ParamAttempts}
	case Outcome:
		return []Param{ParamDays, ParamAttempts}
	}
	return nil
}

// Number is the place of a parameter, for forms that go through Uses; nil for
// one that is not a number.
func (p *Params) Number(name Param) *int {
	switch name {
	case ParamDays:
		return &p.Days
	case ParamLead:
		return &p.Lead
	case ParamTopPercent:
		return &p.TopPercent
	case ParamSamplePercent:
		return &p.SamplePercent
	case ParamMinReceipts:
		return &p.MinReceipts
	case ParamPerStore:
		return &p.PerStore
	case ParamChance:
		return &p.Chance
	case ParamLookback:
		return &p.Lookback
	case ParamAttempts:
		return &p.Attempts
	}
	return nil
}

// ahead reports whether the trigger's contact comes before its event.
func (t Trigger) ahead() bool { return t == Refill || t.greets() }

// greets reports whether the trigger's event is one to be wished well for.
func (t Trigger) greets() bool { return t == Birthday || t == Festival }

const (
	lookback = 3 // a server that was off over a weekend
	attempts = 3
)

// defaults are the rules a new company begins with.
func defaults() []Rule {
	rule := func(code string, t Trigger, weight int64, keep int, p Params) Rule {
		p.Lookback, p.Attempts = lookback, attempts
		if t == Outcome {
			p.Lookback = 0
		}
		return Rule{ID: ruleID(code), Code: code, Trigger: t, Params: p, Weight: weight, KeepDays: keep, Active: true, Version: 1}
	}
	return []Rule{
		rule("delivery_7", Delivery, 120, 7, Params{Days: 7}),
		rule("purchase_7", Purchase, 100, 7, Params{Days: 7, TopPercent: 10}),
		rule("purchase_90", Purchase, 100, 14, Params{Days: 90, TopPercent: 10}),
		rule("sample_1", Sample, 60, 2, Params{SamplePercent: 5, TopPercent: 10}),
		rule("birthday", Birthday, 100, 0, Params{Lead: 3}),
		rule("festival", Festival, 50, 0, Params{Lead: 3, MinReceipts: 3, PerStore: 100,
			Festivals: []string{"new_year", "spring_festival", "dragon_boat", "mid_autumn"}}),
		rule("cooling", Cooling, 150, 14, Params{}),
		rule("refill", Refill, 100, 7, Params{Lead: 3, Chance: 30}),
		rule(CodeWants, Outcome, 200, 7, Params{Days: 1}),
		rule(CodeUnhappy, Outcome, 400, 3, Params{}),
	}
}

func ruleID(code string) RuleID { return id.Derive[Rule]("care_rule", code) }

// limits of a rule's own words, in characters.
const (
	maxRuleName   = 40
	maxRuleScript = 600
)

var ruleCode = regexp.MustCompile(`^[a-z][a-z0-9_]{1,31}$`)

// check returns what is wrong with a rule that somebody wants to save.
func (r Rule) check() error {
	var f errs.Fields
	if !ruleCode.MatchString(r.Code) {
		f.Add("code", "care.code_wrong")
	}
	if !slices.Contains(append(Triggers(), Outcome), r.Trigger) {
		f.Add("trigger", "error.field_invalid")
	}
	for _, name := range r.Trigger.Uses() {
		if least, greatest := name.Bounds(); *r.Params.Number(name) < least || *r.Params.Number(name) > greatest {
			f.Add(string(name), "error.between", "min", least, "max", greatest)
		}
	}
	if r.Trigger == Festival {
		if len(r.Params.Festivals) == 0 {
			f.Add("festivals", "care.festival_missing")
		}
		for _, code := range r.Params.Festivals {
			if !slices.Contains(day.FestivalCodes(), code) {
				f.Add("festivals", "error.field_invalid")
			}
		}
	}
	if r.Weight < 1 || r.Weight > 1000 {
		f.Add("weight", "error.between", "min", 1, "max", 1000)
	}
	if r.KeepDays < 0 || r.KeepDays > 90 {
		f.Add("keep_days", "error.between", "min", 0, "max", 90)
	}
	checkWords(&f, "name", r.Names, maxRuleName)
	checkWords(&f, "script", r.Scripts, maxRuleScript)
	for locale, text := range r.Scripts {
		if unknown := unknownPlaceholder(text); unknown != "" {
			f.Add("script."+locale, "care.placeholder_unknown", "given", unknown, "known", "{"+strings.Join(placeholders, "} {")+"}")
		}
	}
	return f.Err()
}

func checkWords(f *errs.Fields, field string, words map[string]string, longest int) {
	for locale, text := range words {
		if _, ok := i18n.ParseLocale(locale); !ok {
			f.Add(field, "error.field_invalid")
		}
		if utf8.RuneCountInString(text) > longest {
			f.Add(field+"."+locale, "error.too_long", "max", longest)
		}
	}
}

// clean keeps only the parameters the trigger reads and the words that were
// written, so that a rule is stored one way.
func (r Rule) clean() Rule {
	var p Params
	for _, name := range r.Trigger.Uses() {
		*p.Number(name) = *r.Params.Number(name)
	}
	if r.Trigger == Festival {
		p.Festivals = r.Params.Festivals
	}
	r.Params = p
	r.Names, r.Scripts = cleanWords(r.Names), cleanWords(r.Scripts)
	return r
}

func cleanWords(words map[string]string) map[string]string {
	out := make(map[string]string, len(words))
	for locale, said := range words {
		if said = text.Clean(said); said != "" {
			out[locale] = said
		}
	}
	return out
}
