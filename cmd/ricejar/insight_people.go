package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/insight/factors"
	"github.com/ricejar/ricejar/internal/insight/outward"
	"github.com/ricejar/ricejar/internal/insight/roll"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/text"
)

// insightPeopleCmds are the lists of customers that the pages of insight show, and
// its calculation.
type insightPeopleCmds struct {
	Warned insightWarnedCmd `cmd:"" help:"List who may be leaving and why, the most valuable first."`
	Best   insightBestCmd   `cmd:"" help:"List who spent the most in the last year."`
	People insightPeopleCmd `cmd:"" help:"List the customers of a stage, a group or a rank."`
	WhatIf insightWhatIfCmd `cmd:"" name:"what-if" help:"Calculate what sales would be with other visitors, conversions or average sales."`
}

// peopleFlags are those of every list.
type peopleFlags struct {
	reportFlags
	Limit int `help:"How many at most." default:"30"`
}

// listed is a customer on a list, as JSON has it.
type listed struct {
	Customer customer.ID   `json:"customer_id"`
	Name     string        `json:"name"`
	Card     string        `json:"card"`
	Stage    insight.Stage `json:"stage"`
	Last     day.Day       `json:"last_day"`
	Active   float64       `json:"active"`
	Currency string        `json:"currency"`
	Spent    string        `json:"spent"`
	Value    string        `json:"value"`
	Stake    string        `json:"at_stake"` // of that, what may be lost
	Text     string        `json:"text"`     // the warning as a sentence
}

// printPeople prints a list, with what stands for each at the front.
func (c *peopleFlags) printPeople(app *App, among roll.Among) error {
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	store, err := s.storeOf(app.Context, c.Store)
	if err != nil {
		return err
	}
	among.Store = store.ID
	page, err := roll.Read(app.Context, s.DB, org.System, among, roll.Cursor{}, max(1, c.Limit))
	if err != nil {
		return err
	}
	people := page.List
	ids := make([]customer.ID, len(people))
	for i, k := range people {
		ids[i] = k.Customer
	}
	summaries, err := s.Customers.Summaries(app.Context, s.DB, ids)
	if err != nil {
		return err
	}
	names := make(map[customer.ID]customer.Summary, len(summaries))
	for _, n := range summaries {
		names[n.ID] = n
	}
	list := make([]listed, len(people))
	for i, k := range people {
		n := names[k.Customer]
		list[i] = listed{k.Customer, n.Name, n.Card, k.Stage, k.Last, k.Active, string(k.Currency), money.Decimal(k.Spent, k.Currency), money.Decimal(k.Value, k.Currency), money.Decimal(k.Stake, k.Currency), k.Warning.Text(app.Printer)}
	}
	if c.JSON {
		return app.PrintJSON(list)
	}
	for i, k := range list {
		fmt.Fprintf(app.Out, "%16s  %s  %s\n", app.Printer.Money(among.Worth(people[i]), string(people[i].Currency)), cmp.Or(k.Name, k.Card, k.Customer.String()), k.Text)
	}
	return nil
}

type insightWarnedCmd struct{ peopleFlags }

// Run lists the warned.
func (c *insightWarnedCmd) Run(app *App) error {
	return c.printPeople(app, roll.Among{Warned: true})
}

type insightBestCmd struct{ peopleFlags }

// Run lists the best.
func (c *insightBestCmd) Run(app *App) error {
	return c.printPeople(app, roll.Among{Best: true})
}

type insightPeopleCmd struct {
	peopleFlags
	Stage string  `help:"Of this stage: new, forming, old, cooling, lost, won_back." enum:",new,forming,old,cooling,lost,won_back" default:""`
	Group string  `help:"Of this group, by its code in insight rfm --json."`
	Sign  string  `help:"Who may be leaving because of this: unhappy, returned, silent, fading." enum:",unhappy,returned,silent,fading" default:""`
	Tenth int     `help:"Of this one of ten groups by the sales to expect, group 1 the most." placeholder:"1-10"`
	Top   float64 `help:"The top so many percent by all they ever bought: 1, 2.5, 5, 10 or 20." placeholder:"PERCENT"`
}

// Run lists them.
func (c *insightPeopleCmd) Run(app *App) error {
	among := roll.Among{Group: c.Group, Sign: insight.Sign(c.Sign), Tenth: c.Tenth, Top: c.Top}
	if c.Stage != "" {
		if err := among.Stage.UnmarshalText([]byte(c.Stage)); err != nil {
			return errs.Wrap(err, errs.NotFound, "insight.no_list")
		}
	}
	return c.printPeople(app, among)
}

type insightWhatIfCmd struct {
	New   string `help:"New visitors, conversion in percent and average sale now: 4000,10,500." required:"" placeholder:"V,C,T"`
	Old   string `help:"The same for returning customers." required:"" placeholder:"V,C,T"`
	ToNew string `help:"New visitors, conversion and average sale as they would be; as now when left out." placeholder:"V,C,T"`
	ToOld string `help:"The same for returning customers." placeholder:"V,C,T"`
	JSON  bool   `help:"Print as JSON, in minor units." name:"json"`
}

// Run calculates what the sales would be, and what each change is worth. It needs no database.
func (c *insightWhatIfCmd) Run(app *App) error {
	var from, to factors.Mix
	for _, f := range []struct {
		text string
		to   *factors.Traffic
	}{{c.New, &from.New}, {c.Old, &from.Old}, {cmp.Or(c.ToNew, c.New), &to.New}, {cmp.Or(c.ToOld, c.Old), &to.Old}} {
		var v [3]money.Quantity
		parts := strings.Split(f.text, ",")
		if len(parts) != len(v) {
			return errs.New(errs.Invalid, "cli.three_numbers", "value", text.Quote(f.text))
		}
		for i, part := range parts {
			var err error
			if v[i], err = money.ParseQuantity(strings.TrimSpace(part)); err != nil {
				return err
			}
		}
		one := float64(money.One)
		*f.to = factors.Traffic{Visitors: float64(v[0]) / one, Conversion: float64(v[1]) / one / 100, Ticket: float64(v[2]) / one * 100}
	}
	e, err := factors.WhatIf(from, to)
	if err != nil {
		return err
	}
	if c.JSON {
		text, err := outward.JSON(e, "CNY") // which has two decimals, as what was given is read
		if err != nil {
			return err
		}
		return app.PrintJSON(json.RawMessage(text))
	}
	l := lines{App: app}
	l.put(l.money(e.From), app.Printer.T("insights.side.now"))
	for _, part := range e.Parts {
		l.put(l.money(part.Amount), "    "+app.Printer.T("insights.factor."+part.Group+"."+part.Factor))
	}
	l.put(l.money(e.To), app.Printer.T("insights.side.then"))
	return nil
}
