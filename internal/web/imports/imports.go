package imports

import (
	"context"
	"errors"
	"maps"
	"net/http"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// Pages are the pages of this package.
type Pages struct {
	Purchases *purchase.Service
	Customers *customer.Service
	Org       *org.Service
}

const (
	pageRows     = 30
	pageProblems = 25

	// maxFile is what the upload takes at most; a form's own few bytes come on top.
	maxFile = 2 << 30
	maxBody = maxFile + 1<<20
)

// Routes registers the pages.
func (p Pages) Routes(s *web.Site) {
	run := paths.Imports + "/{import}"
	s.Handle("GET "+paths.Imports, org.ImportsRun, p.list)
	s.Handle("GET "+paths.NewImport, org.ImportsRun, p.newPage)
	s.Handle("POST "+paths.Imports, org.ImportsRun, p.upload, web.MaxBody(maxBody))
	s.Handle("GET "+run, org.ImportsRun, p.show)
	s.Handle("GET "+run+"/progress", org.ImportsRun, p.progress)
	s.Handle("GET "+run+"/problems.csv", org.ImportsRun, p.download, web.Slow())
	s.Handle("POST "+run+"/look", org.ImportsRun, p.look)
	s.Handle("POST "+run+"/check", org.ImportsRun, p.check)
	s.Handle("POST "+run+"/start", org.ImportsRun, p.act(p.Purchases.Start))
	s.Handle("POST "+run+"/undo", org.ImportsRun, p.act(p.Purchases.StartUndo))
	s.Handle("POST "+run+"/discard", org.ImportsRun, p.discard)
}

func runID(r *http.Request) (purchase.RunID, error) { return web.ID[purchase.Run](r, "import") }

// act is a step that needs nothing but the import; its page shows what comes of it.
func (p Pages) act(step func(context.Context, org.Actor, purchase.RunID) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := runID(r)
		if err != nil {
			return err
		}
		err = step(r.Context(), web.Actor(r), id)
		if errs.Is(err, errs.Conflict) {
			// Pressed twice: the page shows that it is under way.
			if run, gone := p.Purchases.Run(r.Context(), web.Actor(r), id); gone == nil && run.State.Busy() {
				err = nil
			}
		}
		if err != nil {
			return err
		}
		return web.Redirect(w, r, paths.Import(id))
	}
}

func (p Pages) list(w http.ResponseWriter, r *http.Request) error {
	q := web.Query(r)
	var after purchase.Run
	if q.Text("after") != "" {
		var err error
		if after, err = p.runAt(r, q.Text("after")); err != nil {
			return err
		}
	}
	runs, err := p.Purchases.Runs(r.Context(), web.Actor(r), after, pageRows+1)
	if err != nil {
		return err
	}
	v := listView{runs: runs}
	if len(runs) > pageRows {
		v.runs = runs[:pageRows]
		v.pager.Next = paths.With(paths.Imports, "after", v.runs[pageRows-1].ID.String())
	}
	if after.ID != 0 {
		v.pager.First = paths.Imports
	}
	if v.names, err = p.names(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "imports.title"), Body: listPage(v)})
}

// names are what the people are called who import.
func (p Pages) names(ctx context.Context) (map[org.StaffID]string, error) {
	staff, err := p.Org.StaffByID(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[org.StaffID]string, len(staff))
	for id, s := range staff {
		names[id] = s.Name
	}
	return names, nil
}

// labels tells what the fields are called that a column can tell.
func (p Pages) labels(r *http.Request, kind purchase.FileKind) (func(code string) string, error) {
	printer := web.Printer(r)
	own := map[string]string{}
	if kind == purchase.Customers {
		fields, err := p.Customers.Fields(r.Context())
		if err != nil {
			return nil, err
		}
		for _, f := range fields {
			own[f.Code] = f.Label(printer)
		}
	}
	return func(code string) string {
		if i18n.Has("import.field." + code) {
			return printer.T("import.field." + code)
		}
		if label, ok := own[code]; ok {
			return label
		}
		return code
	}, nil
}

// explain is a problem in words, the field before the reason.
func explain(p i18n.Printer, label func(string) string, bad purchase.Problem) string {
	reason := p.Args(bad.Reason, bad.Args)
	if bad.Field == "" {
		return reason
	}
	return p.T("import.problem", "field", label(bad.Field), "reason", reason)
}

// named is err with the field in it called as the page calls it.
func named(label func(string) string, err error) error {
	var e *errs.Error
	if !errors.As(err, &e) {
		return err
	}
	code, ok := e.Args["field"].(string)
	if !ok {
		return err
	}
	again := *e
	again.Args = maps.Clone(e.Args)
	again.Args["field"] = label(code)
	return &again
}

func (p Pages) discard(w http.ResponseWriter, r *http.Request) error {
	id, err := runID(r)
	if err != nil {
		return err
	}
	if err := p.Purchases.Discard(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "imports.discarded"))
	return web.Redirect(w, r, paths.Imports)
}
