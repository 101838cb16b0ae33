package api

import (
	"context"
	"math"
	"net/http"
	"strconv"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/insight/factors"
	"github.com/ricejar/ricejar/internal/insight/roll"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// reportOf is a report as the last refresh made it.
type reportOf[T any] struct {
	AsOf     day.Day         `json:"as_of" doc:"The day of the last refresh"`
	Newest   day.Day         `json:"newest,omitzero" doc:"The day of the newest purchase in it"`
	Behind   int             `json:"days_behind" doc:"How long before as_of that was, where it is so long that nothing newer was imported; else 0"`
	Basis    insight.Basis   `json:"basis" doc:"What forecasts rest on: model, or rule while there is too little data for one"`
	Missing  insight.Missing `json:"missing" doc:"What is missing for a model, and for shares that say much: customers who have bought, those who came back, days of purchases; empty: nothing"`
	Store    org.StoreID     `json:"store,omitzero" doc:"Missing: all stores"`
	Currency money.Currency  `json:"currency" doc:"Of all amounts"`
	Report   decimals[T]     `json:"report"`
}

func (a *API) insightRoutes() {
	insightReport[insight.Overview](a, "overview")
	insightReport[insight.Concentration](a, "concentration")
	insightReport[insight.Cohorts](a, "cohorts")
	insightReport[insight.Flow](a, "flow")
	insightReport[insight.Distribution](a, "distribution")
	rhythm := Route{ID: "insight_rhythm", Method: http.MethodGet, Path: "/insight/rhythm", Tag: "insight", Right: org.ReportsRead}
	add(a, rhythm, a.insightRhythm)
	insightReport[insight.RFM](a, "rfm")
	insightReport[insight.Quality](a, "model")
	insightReport[insight.Stores](a, "stores")
	insightReport[insight.Economics](a, "economics")
	insightReport[insight.LostCustomers](a, "lost")
	insightReport[insight.LoyaltyTotal](a, "loyalty")
	add(a, Route{ID: "insight_flow_between", Method: http.MethodGet, Path: "/insight/flow/between", Tag: "insight", Right: org.ReportsRead, Slow: true}, a.flowBetween)
	add(a, Route{ID: "insight_refresh", Method: http.MethodPost, Path: "/insight/refresh", Tag: "insight", Right: org.SettingsWrite, Slow: true}, a.refreshInsight)
	add(a, Route{ID: "get_insight_setting", Method: http.MethodGet, Path: "/insight/setting", Tag: "insight", Right: org.SettingsWrite}, a.getInsightSetting)
	add(a, Route{ID: "set_insight_setting", Method: http.MethodPut, Path: "/insight/setting", Tag: "insight", Right: org.SettingsWrite}, a.setInsightSetting)
	add(a, Route{ID: "insight_what_if", Method: http.MethodPost, Path: "/insight/what-if", Tag: "insight", Right: org.ReportsRead}, a.whatIf)
	add(a, Route{ID: "list_best", Method: http.MethodGet, Path: "/insight/best", Tag: "insight", Right: org.CustomersRead}, a.listBest)
	add(a, Route{ID: "list_people", Method: http.MethodGet, Path: "/insight/people", Tag: "insight", Right: org.CustomersRead}, a.listPeople)
	add(a, Route{ID: "list_warned", Method: http.MethodGet, Path: "/insight/warned", Tag: "insight", Right: org.CustomersRead}, a.listWarned)

	add(a, Route{ID: "get_customer_insight", Method: http.MethodGet, Path: "/customers/{customer}/insight", Tag: "customers", Right: org.CustomersRead}, a.customerInsight)
	add(a, Route{ID: "get_customer_loyalty", Method: http.MethodGet, Path: "/customers/{customer}/loyalty", Tag: "customers", Right: org.CustomersRead}, a.customerLoyalty)
	add(a, Route{ID: "list_lost_reasons", Method: http.MethodGet, Path: "/customers/{customer}/lost-reasons", Tag: "customers", Right: org.CustomersRead}, a.listReasons)
	add(a, Route{ID: "add_lost_reason", Method: http.MethodPost, Path: "/customers/{customer}/lost-reasons", Tag: "customers", Right: org.CustomersWrite, Status: http.StatusCreated}, a.addReason)
	add(a, Route{ID: "remove_lost_reason", Method: http.MethodDelete, Path: "/customers/{customer}/lost-reasons/{reason}", Tag: "customers", Right: org.CustomersWrite, Status: http.StatusNoContent}, a.removeReason)

	add(a, Route{ID: "list_visits", Method: http.MethodGet, Path: "/stores/{store}/visits", Tag: "stores", Right: org.ReportsRead}, a.listVisits)
	add(a, Route{ID: "set_visits", Method: http.MethodPut, Path: "/stores/{store}/visits/{month}", Tag: "stores", Right: org.VisitsWrite, Status: http.StatusNoContent}, a.setVisits)
	add(a, Route{ID: "remove_visits", Method: http.MethodDelete, Path: "/stores/{store}/visits/{month}", Tag: "stores", Right: org.VisitsWrite, Status: http.StatusNoContent}, a.removeVisits)
}

// OfStore narrows a report to one store.
type OfStore struct {
	Store Ref[org.Store] `query:"store" doc:"Left out: all stores, or the caller's own for those who do not see all"`
}

// of is the store that is meant; 0: all of them.
func (in OfStore) of(actor org.Actor) org.StoreID {
	if in.Store.Of == 0 && !actor.Scope().All() {
		return actor.Staff.StoreID
	}
	return in.Store.Of
}

// insightReport registers a report under its name.
func insightReport[T any](a *API, name string) {
	rt := Route{ID: "insight_" + name, Method: http.MethodGet, Path: "/insight/" + name, Tag: "insight", Right: org.ReportsRead}
	add(a, rt, func(ctx context.Context, actor org.Actor, in *OfStore) (*one[reportOf[T]], error) {
		v, d, err := insight.ReportOf[T](ctx, a.Insight, actor, name, in.of(actor))
		if err != nil {
			return nil, err
		}
		return &one[reportOf[T]]{reportOf[T]{AsOf: d.AsOf, Newest: d.Newest, Behind: d.Behind, Basis: d.Basis, Missing: d.Missing, Store: d.Store, Currency: d.Currency, Report: decimals[T]{v, d.Currency}}}, nil
	})
}

// insightRhythm is a part of the distribution under a name of its own.
func (a *API) insightRhythm(ctx context.Context, actor org.Actor, in *OfStore) (*one[reportOf[insight.Rhythm]], error) {
	v, d, err := insight.ReportOf[insight.Distribution](ctx, a.Insight, actor, "distribution", in.of(actor))
	if err != nil {
		return nil, err
	}
	return &one[reportOf[insight.Rhythm]]{reportOf[insight.Rhythm]{AsOf: d.AsOf, Newest: d.Newest, Behind: d.Behind, Basis: d.Basis, Missing: d.Missing, Store: d.Store, Currency: d.Currency, Report: decimals[insight.Rhythm]{v.Rhythm(), d.Currency}}}, nil
}

type whatIfIn struct {
	Body struct {
		Currency string    `json:"currency,omitempty" doc:"Of all amounts: how many decimals they have. Left out: two"`
		From     whatIfMix `json:"from" doc:"What the sales are made of now"`
		To       whatIfMix `json:"to" doc:"What they would be made of"`
	}
}

// whatIfMix is factors.Mix as it is sent.
type whatIfMix struct {
	New whatIfGroup `json:"new"`
	Old whatIfGroup `json:"old"`
}

type whatIfGroup struct {
	Visitors   float64 `json:"visitors"`
	Conversion float64 `json:"conversion" doc:"Purchases per visitor"`
	Ticket     string  `json:"ticket" doc:"Amount per purchase, with as many decimals as you like" example:"168.50"`
}

func (v whatIfGroup) traffic(bad *errs.Fields, name string, digits int) factors.Traffic {
	ticket, err := strconv.ParseFloat(v.Ticket, 64)
	if err != nil {
		bad.Add(name+".ticket", "error.field_invalid")
	}
	return factors.Traffic{Visitors: v.Visitors, Conversion: v.Conversion, Ticket: ticket * math.Pow10(digits)}
}

// whatIf takes the difference between two mixes apart. It changes nothing.
func (a *API) whatIf(_ context.Context, _ org.Actor, in *whatIfIn) (*one[decimals[factors.Explained]], error) {
	currency := money.Currency("CNY") // for its two decimals
	if in.Body.Currency != "" {
		var err error
		if currency, err = money.ParseCurrency(in.Body.Currency); err != nil {
			return nil, err
		}
	}
	var bad errs.Fields
	mixOf := func(m whatIfMix, name string) factors.Mix {
		return factors.Mix{New: m.New.traffic(&bad, name+".new", currency.Digits()), Old: m.Old.traffic(&bad, name+".old", currency.Digits())}
	}
	from, to := mixOf(in.Body.From, "from"), mixOf(in.Body.To, "to")
	if err := bad.Err(); err != nil {
		return nil, err
	}
	e, err := factors.WhatIf(from, to)
	if err != nil {
		return nil, err
	}
	return &one[decimals[factors.Explained]]{decimals[factors.Explained]{e, currency}}, nil
}

type flowIn struct {
	OfStore
	From string `query:"from" required:"true" format:"date" doc:"The first of the two days"`
	To   string `query:"to" required:"true" format:"date"`
}

func (a *API) flowBetween(ctx context.Context, actor org.Actor, in *flowIn) (*one[decimals[insight.FlowSpan]], error) {
	var bad errs.Fields
	var days [2]day.Day
	for i, text := range [2]string{in.From, in.To} {
		var err error
		if days[i], err = day.Parse(text); err != nil {
			bad.AddErr([2]string{"from", "to"}[i], err)
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	f, err := a.Insight.FlowBetween(ctx, actor, in.of(actor), days[0], days[1])
	if err != nil {
		return nil, err
	}
	return &one[decimals[insight.FlowSpan]]{decimals[insight.FlowSpan]{f, money.Currency(f.Currency)}}, nil
}

type refreshIn struct {
	Body struct {
		AsOf string `json:"as_of" format:"date" doc:"The last day to look at"`
	}
}

// refreshInsight computes everything anew. It may be sent again: of two at once
// the later wins, and the same purchases give the same again.
func (a *API) refreshInsight(ctx context.Context, actor org.Actor, in *refreshIn) (*one[insight.Refreshed], error) {
	asOf, err := day.Parse(in.Body.AsOf)
	if err != nil {
		var bad errs.Fields
		bad.AddErr("as_of", err)
		return nil, bad.Err()
	}
	done, err := a.Insight.Refresh(ctx, actor, asOf)
	if err != nil {
		return nil, err
	}
	return &one[insight.Refreshed]{done}, nil
}

type insightSetting struct {
	insight.Setting

	Version int64 `json:"version" doc:"Send it back with a change; 0: nobody has decided anything yet"`
}

func (a *API) getInsightSetting(ctx context.Context, _ org.Actor, _ *nothing) (*one[insightSetting], error) {
	set, version, err := a.Insight.Setting(ctx)
	if err != nil {
		return nil, err
	}
	return &one[insightSetting]{insightSetting{set, version}}, nil
}

type insightSettingIn struct{ Body insightSetting }

func (a *API) setInsightSetting(ctx context.Context, actor org.Actor, in *insightSettingIn) (*one[insightSetting], error) {
	if err := a.Insight.SaveSetting(ctx, actor, in.Body.Setting, in.Body.Version); err != nil {
		return nil, err
	}
	return a.getInsightSetting(ctx, actor, nil)
}

// listed is a customer on a list: who may be leaving, the best, a stage, a group.
type listed struct {
	Customer string          `json:"customer_id"`
	Stage    insight.Stage   `json:"stage"`
	Best     bool            `json:"best" doc:"Among those who bought most in the last year"`
	Last     day.Day         `json:"last_day"`
	Active   float64         `json:"active" doc:"Chance of a purchase within the horizon"`
	Currency money.Currency  `json:"currency"`
	Spent    string          `json:"spent" doc:"In the last 365 days, less what was brought back"`
	Value    string          `json:"value" doc:"To expect in the next 365 days, less what will be brought back"`
	Stake    string          `json:"at_stake" doc:"Of that, what may be lost: times the chance that they do not come within the horizon. The warned are listed by it"`
	Warning  insight.Warning `json:"warning" doc:"Empty: no sign of leaving"`
	Text     string          `json:"text" doc:"The warning as a sentence, in the language asked for"`
}

func newListed(p i18n.Printer) func(insight.Scored) listed {
	return func(k insight.Scored) listed {
		return listed{k.Customer.String(), k.Stage, k.VIP, k.Last, k.Active, k.Currency, money.Decimal(k.Spent, k.Currency), money.Decimal(k.Value, k.Currency), money.Decimal(k.Stake, k.Currency), k.Warning, k.Warning.Text(p)}
	}
}

type listIn struct {
	Paging
	Store Ref[org.Store] `query:"store" doc:"Only those of this store"`
}

type peopleIn struct {
	Paging
	Store Ref[org.Store] `query:"store" doc:"Only those of this store"`
	Stage string         `query:"stage" enum:"new,forming,old,cooling,lost,won_back"`
	Group string         `query:"group" enum:"champions,loyal,almost_loyal,promising,fresh,needs_attention,cannot_lose,at_risk,about_to_sleep,sleeping,gone" doc:"Of the RFM grid"`
	Sign  string         `query:"sign" enum:"unhappy,returned,silent,fading" doc:"Why they may be leaving"`
	Tenth int            `query:"tenth" minimum:"0" maximum:"10" doc:"By the sales to expect, 1 the most; 0: all"`
	Top   float64        `query:"top" enum:"1,2.5,5,10,20" doc:"The first so many percent by all they ever bought"`
}

func (a *API) listPeople(ctx context.Context, actor org.Actor, in *peopleIn) (*pageOut[listed], error) {
	among := roll.Among{Group: in.Group, Sign: insight.Sign(in.Sign), Tenth: in.Tenth, Top: in.Top}
	if in.Stage != "" {
		if err := among.Stage.UnmarshalText([]byte(in.Stage)); err != nil {
			return nil, errs.Wrap(err, errs.NotFound, "insight.no_list")
		}
	}
	return a.peopleOf(ctx, actor, among, &listIn{in.Paging, in.Store})
}

func (a *API) listWarned(ctx context.Context, actor org.Actor, in *listIn) (*pageOut[listed], error) {
	return a.peopleOf(ctx, actor, roll.Among{Warned: true}, in)
}

func (a *API) listBest(ctx context.Context, actor org.Actor, in *listIn) (*pageOut[listed], error) {
	return a.peopleOf(ctx, actor, roll.Among{Best: true}, in)
}

// peopleOf is a page of a list, whoever is worth most first.
func (a *API) peopleOf(ctx context.Context, actor org.Actor, among roll.Among, in *listIn) (*pageOut[listed], error) {
	at, err := cursor[roll.Cursor](in.After)
	if err != nil {
		return nil, err
	}
	among.Store = in.Store.Of
	p, err := roll.Read(ctx, a.Insight.DB, actor, among, at, in.Limit)
	if err != nil {
		return nil, err
	}
	return newPage(each(p.List, newListed(i18n.From(ctx))), p.Next)
}

func (a *API) customerInsight(ctx context.Context, actor org.Actor, in *CustomerPath) (*one[insight.Insight], error) {
	v, err := a.Insight.Customer(ctx, actor, in.Customer.Of)
	if err != nil {
		return nil, err
	}
	return &one[insight.Insight]{v}, nil
}

func (a *API) customerLoyalty(ctx context.Context, actor org.Actor, in *CustomerPath) (*one[insight.Loyalty], error) {
	v, err := a.Insight.Loyalty(ctx, actor, in.Customer.Of)
	if err != nil {
		return nil, err
	}
	return &one[insight.Loyalty]{v}, nil
}

func (a *API) listReasons(ctx context.Context, actor org.Actor, in *CustomerPath) (*pageOut[insight.Told], error) {
	list, err := a.Insight.ReasonsOf(ctx, actor, in.Customer.Of)
	if err != nil {
		return nil, err
	}
	return newPage(list, "")
}

type reasonIn struct {
	Idempotent
	CustomerPath
	Body struct {
		Reason insight.Reason `json:"reason" enum:"moved,price,service_fault,product_fault,competitor,need_ended,died,do_not_disturb,other"`
		Note   string         `json:"note,omitempty" maxLength:"1000" doc:"In the words of who asked"`
	}
}

func (a *API) addReason(ctx context.Context, actor org.Actor, in *reasonIn) (*one[insight.Told], error) {
	asked := []any{in.Customer.Of, in.Body}
	made, err := makeOnce(ctx, a, in.Idempotent, "add_lost_reason", asked, func(ctx context.Context, tx *db.Tx) (insight.ReasonID, error) {
		t, err := a.Insight.RecordReasonTx(ctx, tx, actor, in.Customer.Of, in.Body.Reason, in.Body.Note)
		return t.ID, err
	})
	if err != nil {
		return nil, err
	}
	list, err := a.Insight.ReasonsOf(ctx, actor, in.Customer.Of)
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		if t.ID == made {
			return &one[insight.Told]{t}, nil
		}
	}
	return nil, errs.New(errs.NotFound, "api.gone")
}

type reasonPath struct {
	CustomerPath
	Reason Ref[insight.Told] `path:"reason"`
}

func (a *API) removeReason(ctx context.Context, actor org.Actor, in *reasonPath) (*nothing, error) {
	return nil, a.Insight.ForgetReason(ctx, actor, in.Customer.Of, in.Reason.Of)
}

func (a *API) listVisits(ctx context.Context, actor org.Actor, in *StorePath) (*pageOut[insight.Visits], error) {
	list, err := a.Insight.VisitsOf(ctx, actor, in.Store.Of)
	if err != nil {
		return nil, err
	}
	return newPage(list, "")
}

// VisitsPath names a month of a store.
type VisitsPath struct {
	StorePath
	Month string `path:"month" maxLength:"7" example:"2026-03"`
}

type visitsIn struct {
	VisitsPath
	Body struct {
		New int64 `json:"new_visitors" minimum:"0" doc:"Who had never bought"`
		Old int64 `json:"old_visitors" minimum:"0" doc:"Who had"`
	}
}

func (a *API) setVisits(ctx context.Context, actor org.Actor, in *visitsIn) (*nothing, error) {
	return nil, a.Insight.SetVisits(ctx, actor, insight.Visits{Store: in.Store.Of, Month: in.Month, New: in.Body.New, Old: in.Body.Old})
}

func (a *API) removeVisits(ctx context.Context, actor org.Actor, in *VisitsPath) (*nothing, error) {
	return nil, a.Insight.ForgetVisits(ctx, actor, in.Store.Of, in.Month)
}
