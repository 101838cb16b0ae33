package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
)

type fact struct {
	Field   string          `json:"field"`
	Value   string          `json:"value" doc:"Choices are a JSON array; an address is masked, unless revealed"`
	Refused bool            `json:"refused,omitempty" doc:"They were asked and would rather not tell"`
	NotedBy org.StaffID     `json:"noted_by,omitzero"`
	NotedAt time.Time       `json:"noted_at"`
	Source  customer.Source `json:"source"`
}

// hiddenValue stands for what is sensitive where the caller may not see it.
const hiddenValue = "***"

// newFact is a fact as the caller may see it: revealed says that an address may
// be whole, open that a sensitive field may be told at all.
func newFact(f customer.Fact, fields []customer.Field, revealed, open bool) fact {
	sensitive := slices.ContainsFunc(fields, func(x customer.Field) bool { return x.Code == f.Field && x.Sensitive })
	if sensitive && !open && f.Value != "" {
		f.Value = hiddenValue
	}
	if f.Field == customer.FieldAddress && !revealed && f.Value != "" {
		f.Value = customer.MaskAddress(f.Value)
	}
	return fact{f.Field, f.Value, f.Refused, f.NotedBy, f.NotedAt, f.Source}
}

// answer is what was learnt about one field.
type answer struct {
	Field   string `json:"field" maxLength:"40"`
	Value   string `json:"value,omitempty" maxLength:"1000" doc:"Empty, and not refused: what was noted is no longer so"`
	Refused bool   `json:"refused,omitempty"`
}

func (x answer) domain() customer.Answer { return customer.Answer(x) }

type consent struct {
	Purpose customer.Purpose `json:"purpose" enum:"care,marketing,all"`
	Channel string           `json:"channel" enum:"phone,sms,email,wechat,all"`
	Granted bool             `json:"granted"`
	Source  customer.Source  `json:"source,omitempty" enum:"talk,phone,import,api,till" doc:"Left out: api"`
	Wording string           `json:"wording,omitempty" maxLength:"4000" doc:"What the customer was told"`
	StaffID org.StaffID      `json:"staff_id,omitzero" readOnly:"true"`
	At      *time.Time       `json:"at,omitempty" readOnly:"true"`
}

func (a *API) factRoutes() {
	add(a, Route{ID: "list_facts", Method: http.MethodGet, Path: "/customers/{customer}/facts", Tag: "customers", Right: org.CustomersRead}, a.listFacts)
	add(a, Route{ID: "add_facts", Method: http.MethodPost, Path: "/customers/{customer}/facts", Tag: "customers", Right: org.CustomersWrite}, a.addFacts)
	add(a, Route{ID: "list_consents", Method: http.MethodGet, Path: "/customers/{customer}/consents", Tag: "customers", Right: org.CustomersRead}, a.listConsents)
	add(a, Route{ID: "set_consent", Method: http.MethodPost, Path: "/customers/{customer}/consents", Tag: "customers", Right: org.CustomersWrite}, a.setConsent)
}

type factsIn struct {
	CustomerPath
	Field string `query:"field" maxLength:"40" doc:"All that was ever noted in this field, the latest first; left out: what is known now"`
}

func (a *API) listFacts(ctx context.Context, actor org.Actor, in *factsIn) (*pageOut[fact], error) {
	fields, err := a.Customers.Fields(ctx)
	if err != nil {
		return nil, err
	}
	var list []customer.Fact
	if in.Field != "" {
		if list, err = a.Customers.FactHistory(ctx, actor, in.Customer.Of, in.Field); err != nil {
			return nil, err
		}
	} else {
		f, err := a.Customers.File(ctx, actor, in.Customer.Of)
		if err != nil {
			return nil, err
		}
		list = f.Facts
	}
	return newPage(each(list, func(f customer.Fact) fact { return newFact(f, fields, false, actor.May(org.CustomersReveal)) }), "")
}

type answersIn struct {
	CustomerPath
	Body struct {
		Facts  []answer        `json:"facts" minItems:"1" maxItems:"100"`
		Source customer.Source `json:"source,omitempty" enum:"talk,phone,import,api,till" doc:"Left out: api"`
	}
}

// addFacts needs no key: noting the same again changes nothing.
func (a *API) addFacts(ctx context.Context, actor org.Actor, in *answersIn) (*pageOut[fact], error) {
	source := in.Body.Source
	if source == "" {
		source = customer.FromAPI
	}
	if err := a.Customers.Learn(ctx, actor, in.Customer.Of, each(in.Body.Facts, answer.domain), source); err != nil {
		return nil, err
	}
	return a.listFacts(ctx, actor, &factsIn{CustomerPath: in.CustomerPath})
}

func (a *API) listConsents(ctx context.Context, actor org.Actor, in *CustomerPath) (*pageOut[consent], error) {
	f, err := a.Customers.File(ctx, actor, in.Customer.Of)
	if err != nil {
		return nil, err
	}
	return newPage(each(f.Consents, func(c customer.Consent) consent {
		return consent{c.Purpose, c.Channel, c.Granted, c.Source, c.Wording, c.Staff, instant(c.At)}
	}), "")
}

type consentIn struct {
	CustomerPath
	Body consent
}

func (a *API) setConsent(ctx context.Context, actor org.Actor, in *consentIn) (*pageOut[consent], error) {
	c := customer.Consent{Purpose: in.Body.Purpose, Channel: in.Body.Channel, Granted: in.Body.Granted, Source: in.Body.Source, Wording: in.Body.Wording}
	if c.Source == "" {
		c.Source = customer.FromAPI
	}
	if err := a.Customers.SetConsent(ctx, actor, in.Customer.Of, c); err != nil {
		return nil, err
	}
	return a.listConsents(ctx, actor, &in.CustomerPath)
}

type field struct {
	Code      string            `json:"code"`
	Label     string            `json:"label" readOnly:"true" doc:"In the language asked for"`
	Labels    map[string]string `json:"labels,omitempty" doc:"Of one's own field: zh-Hans, zh-Hant, en"`
	Questions map[string]string `json:"questions,omitempty" doc:"How to ask, in one's own words"`
	Group     customer.Group    `json:"group" enum:"hard,soft"`
	Type      customer.Type     `json:"type" enum:"text,number,date,choice,choices,yes_no,head"`
	Unit      string            `json:"unit,omitempty" maxLength:"20"`
	Choices   []string          `json:"choices,omitempty" maxItems:"100"`
	Min       string            `json:"min,omitempty" maxLength:"30"`
	Max       string            `json:"max,omitempty" maxLength:"30"`
	Pattern   string            `json:"pattern,omitempty" maxLength:"200" doc:"A regular expression a text must match whole"`
	Weight    int               `json:"weight" minimum:"0" maximum:"10" doc:"Share within its group's completeness; 0: not counted"`
	Sensitive bool              `json:"sensitive,omitempty"`
	Position  int               `json:"position" doc:"Order in forms, and in which things are asked"`
	Builtin   bool              `json:"builtin" readOnly:"true"`
	Active    bool              `json:"active"`
}

func newField(p i18n.Printer, f customer.Field) field {
	return field{
		f.Code, f.Label(p), f.Labels, f.Questions, f.Group, f.Type, f.Unit, f.Choices, f.Min, f.Max, f.Pattern,
		f.Weight, f.Sensitive, f.Position, f.Builtin, f.Active,
	}
}

func (a *API) fieldRoutes() {
	add(a, Route{ID: "list_fields", Method: http.MethodGet, Path: "/fields", Tag: "fields", Right: org.CustomersRead}, a.listFields)
	add(a, Route{ID: "save_field", Method: http.MethodPut, Path: "/fields/{field}", Tag: "fields", Right: org.SettingsWrite}, a.saveField)
}

func (a *API) listFields(ctx context.Context, _ org.Actor, _ *nothing) (*pageOut[field], error) {
	list, err := a.Customers.Fields(ctx)
	if err != nil {
		return nil, err
	}
	p := i18n.From(ctx)
	return newPage(each(list, func(f customer.Field) field { return newField(p, f) }), "")
}

type fieldFields struct {
	Labels    map[string]string `json:"labels,omitempty" doc:"zh-Hans, zh-Hant, en"`
	Questions map[string]string `json:"questions,omitempty" doc:"How to ask, in one's own words"`
	Group     customer.Group    `json:"group" enum:"hard,soft"`
	Type      customer.Type     `json:"type" enum:"text,number,date,choice,choices,yes_no,head"`
	Unit      string            `json:"unit,omitempty" maxLength:"20"`
	Choices   []string          `json:"choices,omitempty" maxItems:"100"`
	Min       string            `json:"min,omitempty" maxLength:"30"`
	Max       string            `json:"max,omitempty" maxLength:"30"`
	Pattern   string            `json:"pattern,omitempty" maxLength:"200"`
	Weight    int               `json:"weight,omitempty" minimum:"0" maximum:"10"`
	Sensitive bool              `json:"sensitive,omitempty"`
	Position  int               `json:"position,omitempty"`
	Active    *bool             `json:"active,omitempty" doc:"Left out: true"`
}

type fieldIn struct {
	Field string `path:"field" maxLength:"40"`
	Body  fieldFields
}

func (a *API) saveField(ctx context.Context, actor org.Actor, in *fieldIn) (*one[field], error) {
	b := in.Body
	f := customer.Field{
		Code: in.Field, Labels: b.Labels, Questions: b.Questions, Group: b.Group, Type: b.Type, Unit: b.Unit,
		Choices: b.Choices, Min: b.Min, Max: b.Max, Pattern: b.Pattern, Weight: b.Weight, Sensitive: b.Sensitive,
		Position: b.Position, Active: true,
	}
	set(&f.Active, b.Active)
	if err := a.Customers.SaveField(ctx, actor, f); err != nil {
		return nil, err
	}
	list, err := a.Customers.Fields(ctx)
	if err != nil {
		return nil, err
	}
	for _, saved := range list {
		if saved.Code == f.Code {
			f = saved
		}
	}
	return &one[field]{newField(i18n.From(ctx), f)}, nil
}
