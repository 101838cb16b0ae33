package main

import (
	"fmt"

	"github.com/ricejar/ricejar/internal/org"
)

// reportCmd prints figures.
type reportCmd struct {
	Purchases reportPurchasesCmd `cmd:"" help:"All purchases, summed up."`
}

type reportPurchasesCmd struct {
	JSON bool `help:"Print as JSON." name:"json"`
}

// Run prints the totals.
func (c *reportPurchasesCmd) Run(app *App) error {
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	t, err := s.Purchases.Purchases(app.Context, org.System)
	if err != nil {
		return err
	}
	if c.JSON {
		return app.PrintJSON(t)
	}
	p := app.Printer
	money := func(minor int64) string { return p.Money(minor, string(t.Currency)) }
	fmt.Fprintln(app.Out, p.T("purchase.report.all", "receipts", t.Receipts, "returns", t.Returns, "lines", t.Lines,
		"customers", t.Customers, "products", t.Products, "net", money(t.NetTotal.Minor)))
	fmt.Fprintln(app.Out, p.T("purchase.report.known", "anonymous", t.LinesNoCustomer, "net", money(t.NetTotalCustomer.Minor)))
	fmt.Fprintln(app.Out, p.T("purchase.report.clean", "receipts", t.Clean.Receipts, "lines", t.Clean.Lines, "customers", t.Clean.Customers,
		"total", money(t.Clean.Total.Minor), "top", p.Percent(t.Clean.TopShare), "repeat", p.Percent(t.Clean.RepeatShare)))
	return nil
}
