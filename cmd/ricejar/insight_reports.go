package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/insight/outward"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// reportFlags are those of every report.
type reportFlags struct {
	Store string `help:"The code of the store; all stores when left out." placeholder:"S"`
	JSON  bool   `help:"Print as JSON." name:"json"`
}

// insightReportCmds are the reports that the last refresh made.
type insightReportCmds struct {
	Overview      insightOverviewCmd      `cmd:"" help:"Print the state of the customer base."`
	Concentration insightConcentrationCmd `cmd:"" help:"Print what share of the sales the best customers bring."`
	Cohorts       insightCohortsCmd       `cmd:"" help:"Print how many of each month's new customers came again."`
	Flow          insightFlowCmd          `cmd:"" help:"Print how customers went from stage to stage."`
	Distribution  insightDistributionCmd  `cmd:"" help:"Print how unlike the customers are in value and frequency."`
	Rhythm        insightRhythmCmd        `cmd:"" help:"Print how many come again, and after how long."`
	RFM           insightRFMCmd           `cmd:"" name:"rfm" help:"Print the groups by recency, frequency and value."`
	Stores        insightStoresCmd        `cmd:"" help:"Print why stores sell more or less than before and than the average."`
	Economics     insightEconomicsCmd     `cmd:"" help:"Print what it costs to win, look after and keep a customer."`
	Lost          insightLostCmd          `cmd:"" help:"Print who is lost, why, and what won others back."`
	Loyalty       insightLoyaltyCmd       `cmd:"" help:"Print the signs of loyalty."`
	Visits        insightVisitsCmd        `cmd:"" help:"List or set how many people came into a store in a month."`
}

// lines prints figures, one a line: the number first, because labels are of
// unlike width in every language.
type lines struct {
	*App
	currency string
}

// say prints a figure and the message that names it.
func (l lines) say(value, key string, pairs ...any) {
	l.put(value, l.Printer.T(key, pairs...))
}

func (l lines) put(value, label string) { fmt.Fprintf(l.Out, "%16s  %s\n", value, label) }

func (l lines) money(minor int64) string { return l.Printer.Money(minor, l.currency) }

// maybe is an amount, or a dash where it is not known.
func (l lines) maybe(minor *int64) string {
	if minor == nil {
		return "–"
	}
	return l.money(*minor)
}

func (l lines) number(n int) string { return l.Printer.Number(int64(n)) }

// printReport reads a report and prints it.
func printReport[T any](app *App, f reportFlags, name string, show func(l lines, v T)) error {
	return printPart(app, f, name, nil, show)
}

// printPart prints a part of a report that has a name of its own: as JSON what
// part makes of the document.
func printPart[T any](app *App, f reportFlags, name string, part func(d *insight.Document, v T) error, show func(l lines, v T)) error {
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	store, err := s.storeOf(app.Context, f.Store)
	if err != nil {
		return err
	}
	v, d, err := insight.ReportOf[T](app.Context, s.Insight, org.System, name, store.ID)
	if err != nil {
		return err
	}
	switch {
	case f.JSON && part != nil:
		err = part(&d, v)
	case f.JSON:
		d.Body, err = outward.JSON(v, d.Currency)
	}
	if f.JSON && err == nil {
		return app.PrintJSON(d)
	}
	if err != nil {
		return err
	}
	m, err := s.Insight.Model(app.Context, org.System)
	if err != nil {
		return err
	}
	p := app.Printer
	fmt.Fprintln(app.Out, p.T("insight.report.head", "store", cmp.Or(store.Name, store.Code, p.T("insight.report.all_stores")), "day", d.AsOf))
	app.sayStale(d.Newest, d.Behind)
	show(lines{app, string(m.Currency)}, v)
	return nil
}

// sayStale says that nothing newer than a day was imported; behind is 0 where
// nothing need be said.
func (a *App) sayStale(newest day.Day, behind int) {
	if behind > 0 {
		fmt.Fprintln(a.Out, "!", a.Printer.T("insight.report.stale", "newest", newest.String(), "n", behind))
	}
}

// storeOf is the store with a code; the zero store, which stands for all of them,
// without one.
func (s *Services) storeOf(ctx context.Context, code string) (org.Store, error) {
	if code == "" {
		return org.Store{}, nil
	}
	return s.Org.StoreByCode(ctx, code)
}

type insightOverviewCmd struct{ reportFlags }

// Run prints the overview.
func (c *insightOverviewCmd) Run(app *App) error {
	return printReport(app, c.reportFlags, "overview", func(l lines, v insight.Overview) {
		p := l.Printer
		l.say(l.number(v.Customers), "insight.report.customers", "rate", p.Percent(v.RepeatRate))
		l.say(l.money(v.Year.Sales), "insight.report.sales", "n", v.Year.Active)
		if v.Last != nil {
			l.say(l.money(v.Last.Sales), "insight.report.sales_before", "n", v.Last.Active)
		}
		if v.Year.NewKnown {
			l.say(l.number(v.Year.New), "insight.report.new")
		} else {
			l.say(l.number(v.Year.New), "insight.report.new_at_most")
		}
		l.say(l.number(v.Year.Lost), "insight.report.lost")
		l.say(l.number(v.Year.WonBack), "insight.report.won_back")
		l.say(l.number(v.Here), "insight.report.here")
		l.say(p.Percent(v.VIPPart), "insight.report.vips", "n", v.VIPs)
		l.say(l.money(v.Value), "insight.report.value")
		l.say(l.money(v.AtRisk), "insight.report.at_risk", "n", v.Warned)
		if v.Said != nil {
			l.say(p.Percent(v.Said.Came), "insight.report.said", "n", v.Said.Likely, "anyway", p.Percent(v.Said.Anyway))
			if v.Said.Company {
				l.say("", "insight.whole_company")
			}
		}
		for _, k := range v.Stages[insight.Newcomer:] {
			l.say(l.number(k.Customers), "insight.stage."+k.Stage.String())
		}
	})
}

type insightConcentrationCmd struct{ reportFlags }

// Run prints the concentration.
func (c *insightConcentrationCmd) Run(app *App) error {
	return printReport(app, c.reportFlags, "concentration", func(l lines, v insight.Concentration) {
		p := l.Printer
		for _, t := range v.Top {
			l.say(fmt.Sprintf("%.2f%%", t.Share*100), "insight.report.top", "percent", p.Decimal(t.Percent, 1), "n", t.Customers, "total", l.money(t.Total))
		}
		l.say(fmt.Sprintf("%.3f", v.Gini), "insight.report.gini")
	})
}

type insightCohortsCmd struct{ reportFlags }

// Run prints the cohorts: month, customers, and the share of them in each month after.
func (c *insightCohortsCmd) Run(app *App) error {
	return printReport(app, c.reportFlags, "cohorts", func(l lines, v insight.Cohorts) {
		fmt.Fprintln(l.Out, l.Printer.T("insight.report.cohorts"))
		for _, k := range v.Cohorts {
			var row strings.Builder
			for _, n := range k.Buyers {
				fmt.Fprintf(&row, " %5d", n)
			}
			fmt.Fprintf(l.Out, "%s %7d |%s\n", k.Month, k.Customers, row.String())
		}
		for _, r := range v.All[min(1, len(v.All)):] {
			l.say(l.Printer.Percent(r.Share), "insight.report.retained", "n", r.Month)
		}
	})
}

type insightFlowCmd struct {
	reportFlags
	From string `help:"The first of two days, YYYY-MM-DD; with it, the flow between any two." placeholder:"D"`
	To   string `help:"The second of them; the day of the last refresh when left out." placeholder:"D"`
}

// Run prints the flow over fixed spans, or between two days.
func (c *insightFlowCmd) Run(app *App) error {
	if c.From == "" && c.To == "" {
		return printReport(app, c.reportFlags, "flow", func(l lines, v insight.Flow) {
			for _, f := range v.Spans {
				l.flow(f)
			}
		})
	}
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	store, err := s.storeOf(app.Context, c.Store)
	if err != nil {
		return err
	}
	from, err := day.Parse(c.From)
	if err != nil {
		return err
	}
	to := day.Day(1 << 30) // later than any: that of the last refresh
	if c.To != "" {
		if to, err = day.Parse(c.To); err != nil {
			return err
		}
	}
	f, err := s.Insight.FlowBetween(app.Context, org.System, store.ID, from, to)
	if err != nil {
		return err
	}
	if c.JSON {
		text, err := outward.JSON(f, money.Currency(f.Currency))
		if err != nil {
			return err
		}
		return app.PrintJSON(json.RawMessage(text))
	}
	lines{App: app}.flow(f)
	return nil
}

// flow prints the moves between two days.
func (l lines) flow(f insight.FlowSpan) {
	p := l.Printer
	fmt.Fprintln(l.Out, p.T("insight.report.between", "from", f.From, "to", f.To))
	for _, m := range f.Moves {
		from := p.T("insight.stage." + m.From.String())
		if m.From != m.To {
			from += " → " + p.T("insight.stage."+m.To.String())
		}
		l.put(l.number(m.Customers), from)
	}
}

type insightDistributionCmd struct{ reportFlags }

// Run prints the distribution.
func (c *insightDistributionCmd) Run(app *App) error {
	return printReport(app, c.reportFlags, "distribution", func(l lines, v insight.Distribution) {
		for i, t := range v.Value {
			l.say(l.Printer.Percent(t.Share), "insight.report.tenth", "n", i+1, "mean", l.money(t.Mean))
		}
		for _, k := range v.Frequency {
			l.say(l.number(k.Count), "insight.report.frequency", "days", span(k))
		}
	})
}

// span writes the bounds of a bucket.
func span(b insight.Bucket) string {
	switch {
	case b.To == 0:
		return fmt.Sprintf("≥ %d", b.From)
	case b.To == b.From:
		return fmt.Sprint(b.From)
	}
	return fmt.Sprintf("%d–%d", b.From, b.To)
}

type insightRhythmCmd struct{ reportFlags }

// Run prints the rhythm, which the report of the distribution holds.
func (c *insightRhythmCmd) Run(app *App) error {
	return printPart(app, c.reportFlags, "distribution", func(d *insight.Document, v insight.Distribution) (err error) {
		d.Name = "rhythm"
		d.Body, err = json.Marshal(v.Rhythm())
		return err
	}, func(l lines, v insight.Distribution) {
		l.say(l.Printer.Percent(v.RepeatRate), "insight.report.repeat", "n", v.Repeaters)
		l.say(l.Printer.Decimal(v.MedianGap, 1), "insight.report.gap")
		for _, k := range v.Gaps {
			l.say(l.number(k.Count), "insight.report.gaps", "days", span(k))
		}
	})
}

type insightRFMCmd struct{ reportFlags }

// Run prints the groups.
func (c *insightRFMCmd) Run(app *App) error {
	return printReport(app, c.reportFlags, "rfm", func(l lines, v insight.RFM) {
		if v.Missing > 0 {
			l.say(l.number(v.Missing), "insight.report.few_grouped")
			return
		}
		for _, g := range v.Groups {
			l.say(l.number(g.Customers), "insight.report.group", "group", l.Printer.T("insight.rfm."+g.Group), "spent", l.money(g.Spent), "active", l.Printer.Percent(g.Active))
		}
	})
}

type insightStoresCmd struct{ reportFlags }

// Run prints the comparison of the stores.
func (c *insightStoresCmd) Run(app *App) error {
	return printReport(app, c.reportFlags, "stores", func(l lines, v insight.Stores) {
		fmt.Fprintln(l.Out, l.Printer.T("insight.report.months", "from", v.Now.From, "to", v.Now.To))
		list := v.Stores
		if v.All != nil && len(list) > 1 {
			list = append([]insight.StoreLine{*v.All}, list...)
		}
		for _, s := range list {
			name := cmp.Or(s.Name, s.Code, l.Printer.T("insight.report.all_stores"))
			l.put(l.money(s.Now.New.Sales+s.Now.Old.Sales), name)
			l.comparison(s.SinceBefore, "insight.report.since_before")
			l.comparison(s.SinceYear, "insight.report.since_year")
			l.comparison(s.Usual, "insight.report.against_usual")
		}
	})
}

// comparison prints where a difference comes from; nothing where there is none.
func (l lines) comparison(c *insight.Comparison, key string) {
	if c == nil {
		return
	}
	l.say(l.money(c.Difference), key)
	for _, part := range c.Parts {
		if part.Amount == 0 {
			continue
		}
		factor := part.Factor
		if !c.Counted && factor != "ticket" {
			factor += "_of_customers" // visitors are not known
		}
		l.put(l.money(part.Amount), "    "+l.Printer.T("insight.part."+part.Group)+" · "+l.Printer.T("insight.factor."+factor))
	}
}

type insightEconomicsCmd struct{ reportFlags }

// Run prints the economics.
func (c *insightEconomicsCmd) Run(app *App) error {
	return printReport(app, c.reportFlags, "economics", func(l lines, v insight.Economics) {
		p := l.Printer
		l.say(l.maybe(v.Win.Cost), "insight.report.cost_to_win", "n", v.Win.NewPerYear)
		if v.Win.Customers > 0 {
			l.say(l.maybe(v.Win.FirstYear), "insight.report.first_year", "first", l.maybe(v.Win.FirstPurchase), "n", v.Win.Customers)
		}
		if s := v.Win.SoFar; s != nil {
			l.say(l.money(s.Margin), "insight.report.so_far", "days", s.Days, "first", l.money(s.First), "n", s.Customers, "missing", v.Win.Missing)
		}
		if v.Win.BreakEven != nil {
			l.say(p.Decimal(*v.Win.BreakEven, 1), "insight.report.break_even")
		}
		if v.Win.BreakEvenDays != nil {
			l.say(l.number(*v.Win.BreakEvenDays), "insight.report.break_even_days")
		}
		l.say(l.maybe(v.Serve.PerCustomer), "insight.report.cost_to_serve", "n", v.Serve.Customers, "contacts", v.Serve.Contacts, "gifts", l.money(v.Serve.Gifts))
		l.say(l.maybe(v.Save.Worth), "insight.report.worth_saved", "kept", l.maybe(v.Save.Kept), "lost", l.maybe(v.Save.LostMean))
		l.say(l.money(v.Save.AtStake), "insight.report.at_stake", "n", v.Save.Warned)
		if v.Save.Calls != nil {
			l.say(p.Decimal(*v.Save.Calls, 0), "insight.report.calls")
		}
		l.say(l.maybe(v.Refer.Worth), "insight.report.referral", "n", v.Refer.Referred, "by", v.Refer.Referrers)
		if v.Wallet.Share != nil {
			l.say(l.money(v.Wallet.Elsewhere), "insight.report.elsewhere", "n", v.Wallet.Customers, "share", p.Percent(*v.Wallet.Share))
		}
	})
}

type insightLostCmd struct{ reportFlags }

// Run prints the lost; names are for the pages, where it is known who asks.
func (c *insightLostCmd) Run(app *App) error {
	return printReport(app, c.reportFlags, "lost", func(l lines, v insight.LostCustomers) {
		p := l.Printer
		l.say(l.number(v.Count), "insight.report.lost_now", "worth", l.money(v.Worth))
		for _, s := range v.Signs {
			l.put(l.number(s.Customers), p.T("insight.lost."+string(s.Sign)))
		}
		l.say(l.number(v.Asked), "insight.report.asked")
		for _, r := range v.Reasons {
			l.put(l.number(r.Customers), p.T("insight.reason."+string(r.Reason)))
		}
		for _, w := range v.WonBack {
			l.say(p.Percent(w.Share), "insight.report.won_by", "rule", cmp.Or(w.Rule, p.T("insight.report.any_rule")), "n", w.Contacts, "base", p.Percent(w.Base))
		}
	})
}

type insightLoyaltyCmd struct{ reportFlags }

// Run prints the signs of loyalty.
func (c *insightLoyaltyCmd) Run(app *App) error {
	return printReport(app, c.reportFlags, "loyalty", func(l lines, v insight.LoyaltyTotal) {
		p := l.Printer
		l.say(p.Percent(v.Rate), "insight.report.repeat", "n", v.Repeaters)
		l.say(p.Percent(v.LowPrice), "insight.report.low_price")
		for _, k := range []struct {
			insight.Counted
			sign string
		}{{v.PriceCalm, "price"}, {v.PriceKeen, "price_keen"}, {v.Forgave, "forgives"}, {v.Unbroken, "unbroken"}, {v.WholeSets, "whole"}, {v.Referrers, "refers"}} {
			if k.Of == 0 {
				continue // there is nobody of whom it could be told
			}
			l.say(p.Percent(k.Share), "insight.report.of", "what", p.T("insight.loyal."+k.sign), "n", k.Count, "all", k.Of)
		}
		for _, f := range v.Asked {
			l.put(l.number(f.Known), p.T("field."+f.Field))
		}
	})
}

type insightVisitsCmd struct {
	Store  string `arg:"" help:"The code of the store."`
	Month  string `arg:"" optional:"" help:"The month to set, YYYY-MM; all months are listed when left out."`
	New    int64  `help:"How many came who had never bought." default:"-1" placeholder:"N"`
	Old    int64  `help:"How many came who had." default:"-1" placeholder:"N"`
	Forget bool   `help:"Clear the month's count."`
	JSON   bool   `help:"Print as JSON." name:"json"`
}

// Run sets the visitors of a month, if one is given, and lists them.
func (c *insightVisitsCmd) Run(app *App) error {
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	store, err := s.Org.StoreByCode(app.Context, c.Store)
	if err != nil {
		return err
	}
	switch {
	case c.Forget && c.Month != "":
		err = s.Insight.ForgetVisits(app.Context, org.System, store.ID, c.Month)
	case c.Month != "":
		err = s.Insight.SetVisits(app.Context, org.System, insight.Visits{Store: store.ID, Month: c.Month, New: c.New, Old: c.Old})
	case c.Forget || c.New >= 0 || c.Old >= 0:
		err = errs.New(errs.Invalid, "insight.month_wrong")
	}
	if err != nil {
		return err
	}
	list, err := s.Insight.VisitsOf(app.Context, org.System, store.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return app.PrintJSON(list)
	}
	for _, v := range list {
		fmt.Fprintln(app.Out, app.Printer.T("insight.report.visits", "month", v.Month, "new", v.New, "old", v.Old))
	}
	return nil
}
