package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// importOptions say how a file is to be understood; what is left out is guessed
// or, where there is nothing to guess from, asked for.
type importOptions struct {
	Map       map[string]string  `json:"map,omitempty" doc:"Which column tells a field: {\"receipt\": \"InvoiceNo\"}; #3 is the third column. Left out: guessed"`
	Store     string             `json:"store,omitempty" maxLength:"32" doc:"The store's code, where no column tells it; it is created if it does not exist"`
	Currency  money.Currency     `json:"currency,omitempty" doc:"Left out: the store's"`
	Zone      string             `json:"tz,omitempty" doc:"Left out: the store's"`
	DateOrder purchase.DateOrder `json:"date_order,omitempty" enum:",dmy,mdy" doc:"Where 3/4/2026 could be either. Left out: guessed"`
	Overwrite bool               `json:"overwrite,omitempty" doc:"Customers: the file counts more than what is known"`
	Encoding  string             `json:"encoding,omitempty" doc:"Left out: recognised"`
	Delimiter string             `json:"delimiter,omitempty" doc:"Left out: recognised"`
	Sheet     string             `json:"sheet,omitempty" doc:"Of a workbook. Left out: the first"`
}

type importRun struct {
	ID         purchase.RunID    `json:"id"`
	Kind       purchase.FileKind `json:"kind"`
	FileName   string            `json:"file"`
	State      purchase.RunState `json:"state" doc:"waiting, checking, checked, running, done, failed, undoing, undone"`
	Percent    int               `json:"percent" doc:"How far a busy one has come"`
	Header     []string          `json:"header" nullable:"false" doc:"The columns of the file"`
	Options    importOptions     `json:"options"`
	Counts     importCounts      `json:"counts" doc:"The report so far; of a checked one, what would be"`
	Error      *importError      `json:"error,omitempty" doc:"Why it failed, or cannot begin"`
	StaffID    org.StaffID       `json:"staff_id,omitzero"`
	CreatedAt  time.Time         `json:"created_at"`
	FinishedAt *time.Time        `json:"finished_at,omitempty"`
}

type importError struct {
	Code   string `json:"code"`
	Detail string `json:"detail" doc:"In the language asked for"`
}

type importCounts struct {
	Rows               int               `json:"rows" doc:"Read, without the header and blank ones"`
	ProblemRows        int               `json:"problem_rows" doc:"Listed, nothing of them taken"`
	Remarks            int               `json:"remarks" doc:"Rows listed that were taken all the same: all but a card or a phone"`
	Lines              int               `json:"lines"`
	ReceiptsNew        int               `json:"receipts_new"`
	ReceiptsUnchanged  int               `json:"receipts_unchanged"`
	ReceiptsCompleted  int               `json:"receipts_completed" doc:"Known, lines that were missing added"`
	ReceiptsDiffering  int               `json:"receipts_differing" doc:"Known with other content: listed, left alone"`
	Returns            int               `json:"returns"`
	WalkIns            int               `json:"walk_ins"`
	ProductsNew        int               `json:"products_new"`
	DeliveriesNew      int               `json:"deliveries_new"`
	CustomersNew       int               `json:"customers_new"`
	CustomersUpdated   int               `json:"customers_updated"`
	CustomersUnchanged int               `json:"customers_unchanged"`
	Net                map[string]string `json:"net,omitempty" doc:"Of what was written, by currency"`
	UnknownStaff       []string          `json:"unknown_staff,omitempty"`
	ReceiptsUndone     int               `json:"receipts_undone,omitempty"`
	CustomersGone      int               `json:"customers_gone,omitempty" doc:"Files closed again by undo"`
	CustomersKept      int               `json:"customers_kept,omitempty" doc:"Files to which something has happened since"`
}

func newCounts(c purchase.Counts) importCounts {
	out := importCounts{
		c.Rows, c.ProblemRows, c.Remarks, c.Lines, c.ReceiptsNew, c.ReceiptsUnchanged, c.ReceiptsCompleted, c.ReceiptsDiffering, c.Returns,
		c.WalkIns, c.ProductsNew, c.DeliveriesNew, c.CustomersNew, c.CustomersUpdated, c.CustomersUnchanged, nil, c.UnknownStaff,
		c.Undone, c.CustomersGone, c.CustomersKept,
	}
	for currency, minor := range c.Net {
		if out.Net == nil {
			out.Net = make(map[string]string, len(c.Net))
		}
		out.Net[string(currency)] = money.Decimal(minor, currency)
	}
	return out
}

func newRun(p i18n.Printer, r purchase.Run) importRun {
	out := importRun{
		ID: r.ID, Kind: r.Kind, FileName: r.FileName, State: r.State, Percent: r.Percent(), Header: r.Header,
		Options: importOptions(r.Options), Counts: newCounts(r.Counts), StaffID: r.Staff, CreatedAt: r.CreatedAt, FinishedAt: instant(r.FinishedAt),
	}
	if out.Header == nil {
		out.Header = []string{}
	}
	if r.Error != nil {
		out.Error = &importError{r.Error.Key, p.Err(r.Error)}
	}
	return out
}

type importProblem struct {
	Row    int    `json:"row" doc:"As the file counts; the header is row 1"`
	Field  string `json:"field,omitempty"`
	Code   string `json:"code"`
	Detail string `json:"detail" doc:"In the language asked for"`
}

func newImportProblem(p i18n.Printer) func(purchase.Problem) importProblem {
	return func(x purchase.Problem) importProblem {
		return importProblem{x.Row, x.Field, x.Reason, p.Args(x.Reason, x.Args)}
	}
}

func (a *API) importRoutes() {
	add(a, Route{ID: "list_imports", Method: http.MethodGet, Path: "/imports", Tag: "imports", Right: org.ImportsRun}, a.listImports)
	add(a, Route{ID: "upload_import", Method: http.MethodPost, Path: "/imports", Tag: "imports", Right: org.ImportsRun, Status: http.StatusCreated, Slow: true, Takes: "application/octet-stream"}, a.uploadImport)
	add(a, Route{ID: "get_import", Method: http.MethodGet, Path: "/imports/{import}", Tag: "imports", Right: org.ImportsRun}, a.getImport)
	add(a, Route{ID: "discard_import", Method: http.MethodDelete, Path: "/imports/{import}", Tag: "imports", Right: org.ImportsRun, Status: http.StatusNoContent}, a.discardImport)
	add(a, Route{ID: "preview_import", Method: http.MethodPost, Path: "/imports/{import}/preview", Tag: "imports", Right: org.ImportsRun}, a.previewImport)
	add(a, Route{ID: "check_import", Method: http.MethodPost, Path: "/imports/{import}/check", Tag: "imports", Right: org.ImportsRun, Status: http.StatusAccepted}, a.checkImport)
	add(a, Route{ID: "run_import", Method: http.MethodPost, Path: "/imports/{import}/run", Tag: "imports", Right: org.ImportsRun, Status: http.StatusAccepted}, a.runImport)
	add(a, Route{ID: "undo_import", Method: http.MethodPost, Path: "/imports/{import}/undo", Tag: "imports", Right: org.ImportsRun, Status: http.StatusAccepted}, a.undoImport)
	add(a, Route{ID: "list_import_problems", Method: http.MethodGet, Path: "/imports/{import}/problems", Tag: "imports", Right: org.ImportsRun}, a.listProblems)
	add(a, Route{ID: "download_import_problems", Method: http.MethodGet, Path: "/imports/{import}/problems.csv", Tag: "imports", Right: org.ImportsRun, Slow: true, Gives: "text/csv"}, a.downloadProblems)
}

// runCursor is where a list of imports continues.
type runCursor struct {
	At int64
	ID purchase.RunID
}

func (a *API) listImports(ctx context.Context, actor org.Actor, in *Paging) (*pageOut[importRun], error) {
	c, err := cursor[runCursor](in.After)
	if err != nil {
		return nil, err
	}
	var after purchase.Run
	if c.ID != 0 {
		after.ID, after.CreatedAt = c.ID, time.UnixMilli(c.At)
	}
	list, err := a.Purchases.Runs(ctx, actor, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	var next runCursor
	if len(list) > in.Limit {
		list = list[:in.Limit]
		last := list[in.Limit-1]
		next = runCursor{last.CreatedAt.UnixMilli(), last.ID}
	}
	p := i18n.From(ctx)
	return newPage(each(list, func(r purchase.Run) importRun { return newRun(p, r) }), next)
}

// uploadIn takes the file as the request's body, as it comes: it may be larger
// than the memory.
type uploadIn struct {
	Idempotent
	Kind purchase.FileKind `query:"kind" required:"true" enum:"receipts,customers"`
	Name string            `query:"name" required:"true" minLength:"1" maxLength:"200" doc:"The file's name: till.csv, till.csv.gz, till.xlsx"`

	file io.Reader
}

// Resolve takes the body before huma would read it.
func (in *uploadIn) Resolve(hc huma.Context) []error {
	in.file = hc.BodyReader()
	return nil
}

func (a *API) uploadImport(ctx context.Context, actor org.Actor, in *uploadIn) (*one[importRun], error) {
	if in.file == nil {
		return nil, errs.New(errs.Invalid, "api.file_missing")
	}
	r, err := a.Purchases.Receive(ctx, actor, in.Kind, in.Name, in.file)
	if err != nil {
		return nil, err
	}
	asked := []any{in.Kind, in.Name, r.FileHash}
	made, err := makeOnce(ctx, a, in.Idempotent, "upload_import", asked, func(ctx context.Context, tx *db.Tx) (purchase.RunID, error) {
		err := a.Purchases.AcceptTx(ctx, tx, &r)
		return r.ID, err
	})
	if err != nil || made != r.ID { // refused, or sent before
		a.Purchases.Drop(r)
	}
	if err != nil {
		return nil, err
	}
	return a.getImport(ctx, actor, &ImportPath{ref(made)})
}

// ImportPath names an import.
type ImportPath struct {
	Import Ref[purchase.Run] `path:"import"`
}

func (a *API) getImport(ctx context.Context, actor org.Actor, in *ImportPath) (*one[importRun], error) {
	r, err := a.Purchases.Run(ctx, actor, in.Import.Of)
	if err != nil {
		return nil, err
	}
	return &one[importRun]{newRun(i18n.From(ctx), r)}, nil
}

func (a *API) discardImport(ctx context.Context, actor org.Actor, in *ImportPath) (*nothing, error) {
	return nil, a.Purchases.Discard(ctx, actor, in.Import.Of)
}

type importOptionsIn struct {
	ImportPath
	Body importOptions
}

type importPreview struct {
	Options  importOptions   `json:"options" doc:"With what was guessed filled in"`
	Fields   []string        `json:"fields" nullable:"false" doc:"That a column can tell"`
	Rows     []previewRow    `json:"rows" nullable:"false" doc:"The first rows as understood; phones masked"`
	Counts   importCounts    `json:"counts" doc:"Of the first rows"`
	Problems []importProblem `json:"problems" nullable:"false" doc:"Of the first rows"`
	Error    *importError    `json:"error,omitempty" doc:"Why these options do not do"`
	Hidden   bool            `json:"hidden,omitempty" doc:"What the rows say is left out: it is told to whoever brought the file, and with customers.reveal"`
}

type previewRow struct {
	Row    int               `json:"row"`
	Fields map[string]string `json:"fields"`
}

func (a *API) previewImport(ctx context.Context, actor org.Actor, in *importOptionsIn) (*one[importPreview], error) {
	o := purchase.Options(in.Body)
	look, err := a.Purchases.Look(ctx, actor, in.Import.Of, &o)
	if err != nil {
		return nil, err
	}
	p := i18n.From(ctx)
	out := importPreview{
		Options: importOptions(look.Run.Options), Fields: look.Fields, Counts: newCounts(look.Counts),
		Rows:     each(look.Preview, func(r purchase.PreviewRow) previewRow { return previewRow(r) }),
		Problems: each(look.Bad, newImportProblem(p)), Hidden: look.Hidden,
	}
	if look.Err != nil {
		why := problemOf(p, look.Err)
		out.Error = &importError{why.Code, why.Detail}
	}
	return &one[importPreview]{out}, nil
}

func (a *API) checkImport(ctx context.Context, actor org.Actor, in *importOptionsIn) (*one[importRun], error) {
	if err := a.Purchases.Check(ctx, actor, in.Import.Of, purchase.Options(in.Body)); err != nil {
		return nil, err
	}
	return a.getImport(ctx, actor, &in.ImportPath)
}

func (a *API) runImport(ctx context.Context, actor org.Actor, in *ImportPath) (*one[importRun], error) {
	if err := a.Purchases.Start(ctx, actor, in.Import.Of); err != nil {
		return nil, err
	}
	return a.getImport(ctx, actor, in)
}

func (a *API) undoImport(ctx context.Context, actor org.Actor, in *ImportPath) (*one[importRun], error) {
	if err := a.Purchases.StartUndo(ctx, actor, in.Import.Of); err != nil {
		return nil, err
	}
	return a.getImport(ctx, actor, in)
}

// mostPerRow is how many things can be wrong with one row: each of its fields.
const mostPerRow = 50

type problemsIn struct {
	ImportPath
	Paging
}

// listProblems is told without the cells of the rows: they hold what the file
// says of people. The download has them, to be mended.
func (a *API) listProblems(ctx context.Context, actor org.Actor, in *problemsIn) (*pageOut[importProblem], error) {
	after, err := cursor[int](in.After)
	if err != nil {
		return nil, err
	}
	list, err := a.Purchases.Problems(ctx, actor, in.Import.Of, after, in.Limit+mostPerRow)
	if err != nil {
		return nil, err
	}
	// A page ends with a whole row: the next one begins after it.
	next := 0
	for i := in.Limit; i < len(list); i++ {
		if list[i].Row != list[i-1].Row {
			next, list = list[i-1].Row, list[:i]
			break
		}
	}
	return newPage(each(list, newImportProblem(i18n.From(ctx))), next)
}

type download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        func(huma.Context)
}

func (a *API) downloadProblems(ctx context.Context, actor org.Actor, in *ImportPath) (*download, error) {
	run, err := a.Purchases.Run(ctx, actor, in.Import.Of)
	if err != nil {
		return nil, err
	}
	if !run.ReadableBy(actor) {
		return nil, errs.New(errs.Forbidden, "import.rows_hidden")
	}
	p := i18n.From(ctx)
	return &download{
		ContentType: "text/csv; charset=utf-8",
		Disposition: "attachment; filename=" + strconv.Quote("problems-"+in.Import.Of.String()+".csv"),
		Body: func(hc huma.Context) {
			err := a.Purchases.WriteProblems(ctx, actor, in.Import.Of, hc.BodyWriter(), "csv", func(x purchase.Problem) string {
				return p.T("import.problem", "field", x.Field, "reason", p.Args(x.Reason, x.Args))
			})
			if err != nil { // half of it is sent, and must not look whole
				a.Log.Error("API download failed", "import", in.Import.Of.String(), slog.Any("error", err))
				panic(http.ErrAbortHandler)
			}
		},
	}, nil
}
