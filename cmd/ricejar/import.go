package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// importCmd reads files into the database.
type importCmd struct {
	Receipts  importReceiptsCmd  `cmd:"" help:"Import receipts: one row per line of a receipt."`
	Customers importCustomersCmd `cmd:"" help:"Import customers: one row per person."`
	Undo      importUndoCmd      `cmd:"" help:"Take back all that an import wrote."`
	List      importListCmd      `cmd:"" help:"List imports, the latest first."`
	Problems  importProblemsCmd  `cmd:"" help:"Write the rows that an import left out to a file, to be corrected and imported."`
}

// fileFlags say how a file is to be understood.
type fileFlags struct {
	File      string `arg:"" help:"A .csv, .csv.gz, .tsv or .xlsx file."`
	Map       string `help:"Which column tells what: receipt=InvoiceNo,sku=StockCode,… Without it, columns are guessed by their headers." placeholder:"FIELD=COLUMN,…"`
	Store     string `help:"Code of the store, where no column tells it. Receipts: created if it does not exist."`
	Currency  string `help:"Currency of a store that is created, e.g. CNY."`
	Tz        string `help:"Time zone of a store that is created, e.g. Asia/Shanghai."`
	DateOrder string `help:"What 3/4/2024 means: dmy or mdy." enum:",dmy,mdy" default:""`
	Encoding  string `help:"utf-8, gb18030, big5, utf-16le, utf-16be. Found out if not told."`
	Delimiter string `help:"Comma, semicolon, tab or bar. Guessed if not told."`
	Sheet     string `help:"Name of the worksheet of an .xlsx file. The first if not told."`
	DryRun    bool   `help:"Read and check everything, write nothing."`
	JSON      bool   `help:"Print the report as JSON." name:"json"`
}

type importReceiptsCmd struct{ fileFlags }

type importCustomersCmd struct {
	fileFlags
	Overwrite bool `help:"Where the file and what is known differ, the file counts."`
}

// Run imports receipts.
func (c *importReceiptsCmd) Run(app *App) error { return c.run(app, purchase.Receipts, false) }

// Run imports customers.
func (c *importCustomersCmd) Run(app *App) error { return c.run(app, purchase.Customers, c.Overwrite) }

func (c *fileFlags) run(app *App, kind purchase.FileKind, overwrite bool) error {
	columns, err := purchase.ParseMap(c.Map)
	if err != nil {
		return err
	}
	open := app.OpenOrCreate
	if c.DryRun && app.missing() != "" { // a trial leaves nothing behind, not even an empty database
		dir, err := os.MkdirTemp("", "ricejar")
		if err != nil {
			return errs.Wrap(err, errs.Unavailable, "db.cannot_open")
		}
		defer os.RemoveAll(dir)
		open = func() (*Services, error) { return app.OpenURL("sqlite:" + filepath.Join(dir, "trial.db")) }
	}
	s, err := open()
	if err != nil {
		return err
	}
	defer s.Close()
	o := purchase.Options{Map: columns, Store: c.Store, Currency: money.Currency(strings.ToUpper(c.Currency)), Zone: c.Tz,
		DateOrder: purchase.DateOrder(c.DateOrder), Overwrite: overwrite, Encoding: c.Encoding, Delimiter: c.Delimiter, Sheet: c.Sheet}
	do := s.Purchases.Import
	if c.DryRun {
		do = s.Purchases.DryRun
	}
	show, clear := app.progress()
	r, err := do(app.Context, org.System, purchase.File{Kind: kind, Path: c.File}, o, show)
	clear()
	if err != nil {
		if errs.Is(err, errs.Invalid) && r.Run.Counts.Changed() {
			fmt.Fprintln(app.Err, "ricejar:", app.Printer.T("import.kept_so_far", "run", r.Run.ID.String()))
		}
		return err
	}
	if c.JSON {
		return app.PrintJSON(reportJSON(app.Printer, r))
	}
	app.printReport(r)
	return nil
}

// progress shows a percentage while a person looks on, and clears it.
func (a *App) progress() (show func(purchase.Run), clear func()) {
	f, ok := a.Err.(*os.File)
	if !ok {
		return nil, func() {}
	}
	if st, err := f.Stat(); err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return nil, func() {}
	}
	return func(r purchase.Run) { fmt.Fprintf(f, "\r%3d%%  %s", r.Percent(), a.Printer.Number(r.RowsDone)) },
		func() { fmt.Fprint(f, "\r\x1b[K") }
}

// problemJSON is a problem for scripts and people.
type problemJSON struct {
	purchase.Problem
	Message string `json:"message"`
}

// importJSON is the report of an import for scripts.
type importJSON struct {
	Run      string            `json:"run,omitempty"`
	Kind     purchase.FileKind `json:"kind"`
	File     string            `json:"file"`
	State    purchase.RunState `json:"state,omitempty"`
	DryRun   bool              `json:"dry_run"`
	Resumed  bool              `json:"resumed"`
	Changed  bool              `json:"changed"`
	NewStore string            `json:"new_store,omitempty"`
	purchase.Counts
	NetByCurrency map[money.Currency]string `json:"net"` // decimal
	Map           map[string]string         `json:"map"`
	Preview       []purchase.PreviewRow     `json:"preview,omitempty"`
	Problems      []problemJSON             `json:"problems"`
}

func reportJSON(p i18n.Printer, r purchase.Report) importJSON {
	out := importJSON{Run: r.Run.ID.String(), Kind: r.Run.Kind, File: r.Run.FileName, State: r.Run.State, DryRun: r.DryRun, Resumed: r.Resumed,
		Changed: r.Run.Counts.Changed(), NewStore: r.NewStore, Counts: r.Run.Counts, Map: r.Map, Preview: r.Preview,
		NetByCurrency: map[money.Currency]string{}, Problems: []problemJSON{}}
	for c, minor := range r.Run.Counts.Net {
		out.NetByCurrency[c] = money.Decimal(minor, c)
	}
	out.Counts.Net = nil
	for _, bad := range r.Problems {
		out.Problems = append(out.Problems, problemJSON{bad, explainProblem(p, bad)})
	}
	return out
}

// explainProblem is a problem's reason in words, the field before it.
func explainProblem(p i18n.Printer, bad purchase.Problem) string {
	text := p.Args(bad.Reason, bad.Args)
	if bad.Field == "" {
		return text
	}
	field := bad.Field
	if slices.Contains(purchase.FieldsOf(purchase.Receipts), field) || slices.Contains(purchase.FieldsOf(purchase.Customers), field) {
		field = p.T("import.field." + field)
	}
	return p.T("import.problem", "field", field, "reason", text)
}

const printedProblems = 20

func (a *App) printReport(r purchase.Report) {
	p, c := a.Printer, r.Run.Counts
	line := func(key string, pairs ...any) { fmt.Fprintln(a.Out, p.T(key, pairs...)) }
	if r.Resumed {
		line("import.report.resumed")
	}
	if r.NewStore != "" {
		key := "import.report.new_store"
		if r.DryRun {
			key = "import.report.would_create_store"
		}
		line(key, "store", r.NewStore)
	}
	switch {
	case r.DryRun:
		line("import.report.dry_run", "file", r.Run.FileName)
	case !c.Changed():
		line("import.report.nothing_changed", "file", r.Run.FileName)
	default:
		line("import.report.done", "file", r.Run.FileName, "run", r.Run.ID.String())
	}
	line("import.report.rows", "rows", c.Rows, "problems", c.ProblemRows)
	if r.Run.Kind == purchase.Receipts {
		line("import.report.receipts", "new", c.ReceiptsNew, "returns", c.Returns, "unchanged", c.ReceiptsUnchanged,
			"completed", c.ReceiptsCompleted, "differing", c.ReceiptsDiffering)
		line("import.report.new", "lines", c.Lines, "customers", c.CustomersNew, "products", c.ProductsNew, "deliveries", c.DeliveriesNew)
		for cur, minor := range c.Net {
			line("import.report.net", "net", p.Money(minor, string(cur)))
		}
	} else {
		line("import.report.customers", "new", c.CustomersNew, "updated", c.CustomersUpdated, "unchanged", c.CustomersUnchanged)
	}
	if c.Remarks > 0 {
		line("import.report.remarks", "n", c.Remarks)
	}
	if len(c.UnknownStaff) > 0 {
		line("import.report.unknown_staff", "codes", strings.Join(c.UnknownStaff, ", "))
	}
	for i, bad := range r.Problems {
		if i == printedProblems {
			line("import.report.more_problems", "n", c.ProblemRows+c.Remarks-printedProblems)
			break
		}
		line("import.report.problem", "row", bad.Row, "reason", explainProblem(p, bad))
	}
	if len(r.Problems) > 0 && !r.DryRun {
		line("import.report.problems_file", "run", r.Run.ID.String())
	}
}

type importUndoCmd struct {
	Run_ string `arg:"" name:"run" help:"Number of the import, as its report says."`
	JSON bool   `help:"Print the report as JSON." name:"json"`
}

// Run undoes an import.
func (c *importUndoCmd) Run(app *App) error {
	run, err := parseRun(c.Run_)
	if err != nil {
		return err
	}
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	r, err := s.Purchases.Undo(app.Context, org.System, run, nil)
	if err != nil {
		return err
	}
	if c.JSON {
		return app.PrintJSON(reportJSON(app.Printer, purchase.Report{Run: r}))
	}
	fmt.Fprintln(app.Out, app.Printer.T("import.report.undone", "receipts", r.Counts.Undone, "gone", r.Counts.CustomersGone, "kept", r.Counts.CustomersKept))
	return nil
}

type importListCmd struct {
	Limit int  `help:"How many." default:"20"`
	JSON  bool `help:"Print as JSON." name:"json"`
}

// Run lists imports.
func (c *importListCmd) Run(app *App) error {
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	runs, err := s.Purchases.Runs(app.Context, org.System, purchase.Run{}, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		list := []importJSON{}
		for _, r := range runs {
			list = append(list, reportJSON(app.Printer, purchase.Report{Run: r}))
		}
		return app.PrintJSON(list)
	}
	for _, r := range runs {
		fmt.Fprintln(app.Out, r.ID, r.CreatedAt.Format("2006-01-02 15:04"), app.Printer.T("import.state."+string(r.State)), r.FileName)
	}
	return nil
}

type importProblemsCmd struct {
	Run_ string `arg:"" name:"run" help:"Number of the import, as its report says."`
	Out  string `help:"The file to write, .csv or .xlsx." short:"o" required:"" placeholder:"FILE"`
}

// Run writes the rows that were not taken.
func (c *importProblemsCmd) Run(app *App) (err error) {
	run, err := parseRun(c.Run_)
	if err != nil {
		return err
	}
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Purchases.Run(app.Context, org.System, run); err != nil {
		return err
	}
	f, err := os.Create(c.Out)
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "sheet.cannot_open", "file", filepath.Base(c.Out))
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	return s.Purchases.WriteProblems(app.Context, org.System, run, f, strings.TrimPrefix(strings.ToLower(filepath.Ext(c.Out)), "."),
		func(bad purchase.Problem) string { return explainProblem(app.Printer, bad) })
}

func parseRun(text string) (purchase.RunID, error) {
	var run purchase.RunID
	if err := run.UnmarshalText([]byte(text)); err != nil || run == 0 {
		return 0, errs.New(errs.NotFound, "import.not_found")
	}
	return run, nil
}
