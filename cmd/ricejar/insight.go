package main

import (
	"cmp"
	"fmt"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
)

// insightCmd computes and prints what the purchases say about the customers.
type insightCmd struct {
	Refresh  insightRefreshCmd  `cmd:"" help:"Work everything out again: models, scores, stages, refills, reports."`
	Customer insightCustomerCmd `cmd:"" help:"Print what is known about one customer."`
	Model    insightModelCmd    `cmd:"" help:"Print which model is used, and how right it was."`
	Reason   insightReasonCmd   `cmd:"" help:"Note why a customer stays away, as they told somebody."`

	insightReportCmds `embed:""`
	insightPeopleCmds `embed:""`
}

type insightRefreshCmd struct {
	AsOf string `help:"The last day to look at, YYYY-MM-DD; left out: yesterday, or the day of the newest purchase where that is more than two weeks older." name:"as-of" placeholder:"D"`
	JSON bool   `help:"Print as JSON." name:"json"`
}

// Run refreshes.
func (c *insightRefreshCmd) Run(app *App) error {
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	var asOf day.Day
	if c.AsOf != "" {
		asOf, err = app.day(s, c.AsOf)
	} else {
		asOf, err = c.usual(app, s)
	}
	if err != nil {
		return err
	}
	s.Insight.Progress = func(step string, done, all int64) { app.Log.Debug("refresh", "step", step, "done", done, "all", all) }
	done, err := s.Insight.Refresh(app.Context, org.System, asOf)
	if err != nil {
		return err
	}
	if c.JSON {
		return app.PrintJSON(done)
	}
	p := app.Printer
	fmt.Fprintln(app.Out, p.T("insight.refreshed", "day", asOf, "customers", done.Customers, "purchases", done.Purchases,
		"seconds", p.Decimal(done.Seconds, 1)))
	for _, stage := range insight.Stages() {
		if n := done.Stages[stage.String()]; n > 0 {
			fmt.Fprintf(app.Out, "%10s  %s\n", p.Number(int64(n)), p.T("insight.stage."+stage.String()))
		}
	}
	fmt.Fprintln(app.Out, p.T("insight.refreshed_more", "warned", done.Warned, "refills", done.Refills))
	app.sayStale(done.Model.Newest, done.Model.Behind())
	app.printModel(done.Model)
	return nil
}

// usual is the day looked at where none was asked for; people are told which one
// it is, and why.
func (c *insightRefreshCmd) usual(app *App, s *Services) (day.Day, error) {
	u, err := s.Insight.UsualDay(app.Context)
	if err != nil {
		return 0, err
	}
	if !c.JSON {
		key := "insight.day.yesterday"
		switch {
		case u.Newest == 0:
			key = "insight.day.empty"
		case u.Old:
			key = "insight.day.newest"
		}
		fmt.Fprintln(app.Out, app.Printer.T(key, "day", u.Day))
	}
	return u.Day, nil
}

// printModel says which model speaks and how right it was.
func (a *App) printModel(m insight.Model) {
	p := a.Printer
	for _, l := range m.LeftOut {
		fmt.Fprintln(a.Out, "!", p.T("insight.report.left_out", "n", l.Receipts, "currency", string(l.Currency)))
	}
	if m.Basis == insight.ByRule {
		fmt.Fprintln(a.Out, p.T("insight.model.rule", "customers", m.Missing.Customers, "repeaters", m.Missing.Repeaters, "days", m.Missing.Days))
		return
	}
	fmt.Fprintln(a.Out, p.T("insight.model.fitted", "model", p.T("insight.model.name."+m.Chosen)))
	if h := m.Holdout; h != nil {
		fmt.Fprintln(a.Out, p.T("insight.model.checked", "day", h.Cut, "days", h.Horizon, "customers", h.Customers,
			"likely", h.Likely, "came", p.Percent(h.Came)))
	}
	for _, w := range m.Concerns() {
		fmt.Fprintf(a.Out, "! %s: %s\n", p.T("insight.model.name."+w.Model), p.T("insight.model.warning."+w.Code))
	}
}

type insightModelCmd struct {
	JSON bool `help:"Print as JSON." name:"json"`
}

// Run prints the model.
func (c *insightModelCmd) Run(app *App) error {
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	m, err := s.Insight.Model(app.Context, org.System)
	if err != nil {
		return err
	}
	if c.JSON {
		return app.PrintJSON(m)
	}
	app.printModel(m)
	return nil
}

type insightCustomerCmd struct {
	ID   string `arg:"" help:"The customer's id, or the card number."`
	JSON bool   `help:"Print as JSON." name:"json"`
}

// Run prints what is known of the customer.
func (c *insightCustomerCmd) Run(app *App) error {
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	who, err := s.customer(app, c.ID)
	if err != nil {
		return err
	}
	v, err := s.Insight.Customer(app.Context, org.System, who.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return app.PrintJSON(v)
	}
	p := app.Printer
	name, stage := cmp.Or(who.Name, who.Card, who.ID.String()), p.T("insight.stage."+v.Stage.String())
	f := v.Score
	if f == nil {
		fmt.Fprintf(app.Out, "%s: %s\n", name, stage)
	} else {
		fmt.Fprintln(app.Out, p.T("insight.customer.head", "name", name, "stage", stage, "day", v.Since))
		fmt.Fprintln(app.Out, p.T("insight.customer.figures", "days", v.Horizon, "chance", p.Percent(f.Active), "expected", p.Decimal(f.Expected, 1),
			"value", f.Value, "spent", f.Spent))
	}
	if text := v.Warning.Text(p); text != "" {
		fmt.Fprintln(app.Out, "!", text)
	}
	for _, r := range v.Refills {
		fmt.Fprintln(app.Out, p.T("insight.customer.refill", "product", cmp.Or(r.Name, r.SKU), "day", r.Due,
			"low", r.Low, "high", r.High))
	}
	return nil
}

type insightReasonCmd struct {
	ID     string `arg:"" name:"customer" help:"The customer's id, or the card number."`
	Reason string `arg:"" optional:"" help:"One of: ${enum}. Left out: what was told so far is listed." enum:",price,service_fault,product_fault,competitor,moved,need_ended,do_not_disturb,died,other" default:""`
	Note   string `help:"In the words of who asked." placeholder:"TEXT"`
	Forget string `help:"Take back the reason with this id, noted by mistake." placeholder:"ID"`
	JSON   bool   `help:"Print as JSON." name:"json"`
}

// Run notes the reason, or takes one back, and lists what they told.
func (c *insightReasonCmd) Run(app *App) error {
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	who, err := s.customer(app, c.ID)
	if err != nil {
		return err
	}
	if c.Forget != "" {
		told, err := id.Parse[insight.Told](c.Forget)
		if err != nil {
			return errs.Wrap(err, errs.NotFound, "insight.reason_not_found")
		}
		if err := s.Insight.ForgetReason(app.Context, org.System, who.ID, told); err != nil {
			return err
		}
	}
	if c.Reason != "" {
		if _, err := s.Insight.RecordReason(app.Context, org.System, who.ID, insight.Reason(c.Reason), c.Note, ""); err != nil {
			return err
		}
	}
	list, err := s.Insight.ReasonsOf(app.Context, org.System, who.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return app.PrintJSON(list)
	}
	for _, t := range list {
		line := t.At.Format("2006-01-02") + "  " + app.Printer.T("insight.reason."+string(t.Reason))
		if t.Note != "" {
			line += " · " + t.Note
		}
		fmt.Fprintf(app.Out, "%s  (%s)\n", line, t.ID)
	}
	return nil
}

// customer finds a customer by id or card number.
func (s *Services) customer(app *App, text string) (customer.Customer, error) {
	if n, err := id.Parse[customer.Customer](text); err == nil {
		who, err := s.Customers.Get(app.Context, org.System, n)
		if err == nil || !errs.Is(err, errs.NotFound) {
			return who, err
		}
	}
	found, err := s.Customers.Search(app.Context, org.System, text, 20)
	if err != nil {
		return customer.Customer{}, err
	}
	for _, c := range found {
		if c.Card == text {
			return c.Customer, nil
		}
	}
	return customer.Customer{}, errs.New(errs.NotFound, "customer.not_found")
}
