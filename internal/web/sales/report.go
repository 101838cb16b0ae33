package sales

import (
	"net/http"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/sheet"
	"github.com/ricejar/ricejar/internal/web"
)

// figure is one figure of the report with what it means.
type figure struct {
	Label, Value, Meaning string

	cell any // as a spreadsheet adds it up
}

func (h Pages) report(w http.ResponseWriter, r *http.Request) error {
	t, err := h.Purchases.Purchases(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	p := web.Printer(r)
	return web.Render(w, r, web.Page{Title: web.T(r, "sales.report"), Body: reportBody(t, web.T(r, "web.reach."+string(web.Actor(r).Reach)), allFigures(p, t), cleanFigures(p, t))})
}

// download is the report as a file.
func (h Pages) download(w http.ResponseWriter, r *http.Request) error {
	format := web.Query(r).Text("format")
	if format != "csv" && format != "xlsx" {
		return errs.New(errs.Invalid, "sheet.unknown_format", "format", format)
	}
	t, err := h.Purchases.Purchases(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	p := web.Printer(r)
	head := w.Header()
	head.Set("Cache-Control", "no-store")
	head.Set("Content-Type", "text/csv; charset=utf-8")
	if format == "xlsx" {
		head.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	}
	head.Set("Content-Disposition", `attachment; filename="purchases-`+web.Today(r)+"."+format+`"`)
	out, err := sheet.NewWriter(w, format)
	if err != nil {
		return err
	}
	rows := append([]figure{{Label: p.T("sales.column.figure"), cell: p.T("sales.column.value"), Meaning: p.T("sales.column.meaning")}},
		append(allFigures(p, t), cleanFigures(p, t)...)...)
	for _, f := range rows {
		if err := out.Write(f.Label, f.cell, f.Meaning); err != nil {
			panic(http.ErrAbortHandler) // half a file must not look whole
		}
	}
	if err := out.Close(); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func count(p i18n.Printer, key string, n int64) figure {
	return figure{Label: p.T("sales.figure." + key), Value: p.Number(n), Meaning: p.T("sales.meaning." + key), cell: n}
}

func amount(p i18n.Printer, key string, a money.Amount) figure {
	return figure{Label: p.T("sales.figure." + key), Value: p.Money(a.Minor, string(a.Currency)), Meaning: p.T("sales.meaning." + key), cell: sheet.Number(a.String())}
}

func share(p i18n.Printer, key string, v float64) figure {
	return figure{Label: p.T("sales.figure." + key), Value: p.Percent(v), Meaning: p.T("sales.meaning." + key), cell: p.Percent(v)}
}

// allFigures are about every receipt there is.
func allFigures(p i18n.Printer, t purchase.Totals) []figure {
	return []figure{
		amount(p, "net_total", t.NetTotal), amount(p, "net_total_customers", t.NetTotalCustomer),
		count(p, "receipts", t.Receipts), count(p, "returns", t.Returns), count(p, "customers", t.Customers),
		count(p, "products", t.Products), count(p, "lines", t.Lines), count(p, "lines_without_customer", t.LinesNoCustomer),
	}
}

// cleanFigures are about purchases proper.
func cleanFigures(p i18n.Printer, t purchase.Totals) []figure {
	c := t.Clean
	return []figure{
		amount(p, "clean_total", c.Total), count(p, "clean_receipts", c.Receipts), count(p, "clean_customers", c.Customers),
		count(p, "clean_lines", c.Lines), share(p, "top_share", c.TopShare), share(p, "repeat_share", c.RepeatShare),
	}
}
