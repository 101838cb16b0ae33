package imports

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/text"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// runAt is the import whose id was given in a query.
func (p Pages) runAt(r *http.Request, given string) (purchase.Run, error) {
	run, err := id.Parse[purchase.Run](given)
	if err != nil {
		return purchase.Run{}, errs.Wrap(err, errs.NotFound, "web.not_found")
	}
	return p.Purchases.Run(r.Context(), web.Actor(r), run)
}

// run is the import of the page's path.
func (p Pages) run(r *http.Request) (purchase.Run, error) {
	run, err := runID(r)
	if err != nil {
		return purchase.Run{}, err
	}
	return p.Purchases.Run(r.Context(), web.Actor(r), run)
}

// show is an import as it stands: its columns, its progress, or its report.
func (p Pages) show(w http.ResponseWriter, r *http.Request) error {
	run, err := p.run(r)
	if err != nil {
		return err
	}
	q := web.Query(r)
	if run.State == purchase.Waiting || run.State == purchase.Checked && q.Bool("columns") {
		return p.showColumns(w, r, run, nil)
	}
	v := runView{run: run, hidden: !run.ReadableBy(web.Actor(r))}
	names, err := p.names(r.Context())
	if err != nil {
		return err
	}
	if v.by = names[run.Staff]; v.by == "" {
		v.by = web.T(r, "imports.by_command")
	}
	if v.label, err = p.labels(r, run.Kind); err != nil {
		return err
	}
	if !run.State.Busy() && run.State != purchase.Undone {
		if err := p.problems(r, &v, q.Int("row")); err != nil {
			return err
		}
	}
	if run.State == purchase.Checked && run.FilePath != "" {
		look, err := p.Purchases.Look(r.Context(), web.Actor(r), run.ID, nil)
		if err != nil {
			return err
		}
		v.fields, v.preview = look.Fields, look.Preview
	}
	return web.Render(w, r, web.Page{Title: run.FileName, Body: runPage(v), Again: run.State.Busy()})
}

// problems reads a page of the rows that were not taken.
func (p Pages) problems(r *http.Request, v *runView, after int64) error {
	list, err := p.Purchases.Problems(r.Context(), web.Actor(r), v.run.ID, int(after), pageProblems+1)
	if err != nil {
		return err
	}
	if len(list) > pageProblems {
		// A row with several problems stays on one page.
		cut := pageProblems
		for cut > 1 && list[cut-1].Row == list[cut].Row {
			cut--
		}
		list = list[:cut]
		v.more = paths.With(paths.Import(v.run.ID), "row", strconv.Itoa(list[cut-1].Row)) + "#problems"
	}
	v.problems = list
	return nil
}

// progress answers the bar's question how far it is by now; when there is
// nothing to wait for any more, by opening the page anew.
func (p Pages) progress(w http.ResponseWriter, r *http.Request) error {
	run, err := p.run(r)
	if err != nil {
		return err
	}
	if !run.State.Busy() {
		return web.Redirect(w, r, paths.Import(run.ID))
	}
	return web.Render(w, r, web.Page{Title: run.FileName, Body: working(run)})
}

// download sends the rows with problems as a file with the reasons, to be mended.
func (p Pages) download(w http.ResponseWriter, r *http.Request) error {
	run, err := p.run(r)
	if err != nil {
		return err
	}
	label, err := p.labels(r, run.Kind)
	if err != nil {
		return err
	}
	if !run.ReadableBy(web.Actor(r)) {
		return errs.New(errs.Forbidden, "import.rows_hidden")
	}
	name := strings.TrimSuffix(strings.TrimSuffix(run.FileName, ".gz"), ".csv") + "-problems.csv"
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=problems.csv; filename*=UTF-8''%s", url.PathEscape(name)))
	h.Set("Cache-Control", "no-store")
	printer := web.Printer(r)
	if err := p.Purchases.WriteProblems(r.Context(), web.Actor(r), run.ID, w, "csv", func(bad purchase.Problem) string {
		return explain(printer, label, bad)
	}); err != nil {
		// Half a file must not look whole: the connection is cut.
		panic(http.ErrAbortHandler)
	}
	return nil
}

// showColumns shows the mapping: as it is kept, or as it was just typed into f.
func (p Pages) showColumns(w http.ResponseWriter, r *http.Request, run purchase.Run, f *form.Form) error {
	stores, err := p.storeOptions(r, run.Kind)
	if err != nil {
		return err
	}
	o := run.Options
	if f != nil {
		o = optionsOf(f)
	} else if o.Store == "" && o.Map[storeField] == "" {
		o.Store = p.likelyStore(r)
	}
	look, err := p.Purchases.Look(r.Context(), web.Actor(r), run.ID, &o)
	if err != nil {
		return err
	}
	if f == nil && run.Error != nil {
		look.Err = run.Error // why the last check of the whole file did not come to its end
	}
	v := columnsView{form: f, stores: stores, columns: columnOptions(r, look), look: lookView{Look: look, fresh: f == nil && run.Error == nil || f != nil && !f.OK()}}
	if v.look.label, err = p.labels(r, run.Kind); err != nil {
		return err
	}
	if f == nil {
		v.form = formOf(look.Run.Options, stores)
	}
	return web.Render(w, r, web.Page{Title: run.FileName, Body: columnsPage(v), Fragment: lookPart(v.look), Form: f})
}

// look tries what was chosen on the first rows, as one chooses.
func (p Pages) look(w http.ResponseWriter, r *http.Request) error {
	run, err := p.run(r)
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	return p.showColumns(w, r, run, f)
}

// check begins the dry run of the whole file.
func (p Pages) check(w http.ResponseWriter, r *http.Request) error {
	run, err := p.run(r)
	if err != nil {
		return err
	}
	if run.State.Busy() {
		return web.Redirect(w, r, paths.Import(run.ID)) // pressed twice
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	label, err := p.labels(r, run.Kind)
	if err != nil {
		return err
	}
	o := optionsOf(f)
	look, err := p.Purchases.Look(r.Context(), web.Actor(r), run.ID, &o)
	if err == nil && look.Err != nil {
		err = named(label, look.Err) // a column missing, a store unknown: known before the whole file is read
	}
	if err == nil {
		err = p.Purchases.Check(r.Context(), web.Actor(r), run.ID, o)
	}
	switch {
	case err == nil:
		return web.Redirect(w, r, paths.Import(run.ID))
	case f.Refused(err):
		return p.showColumns(w, r, run, f)
	default:
		return err
	}
}

// storeField is the field of a column that tells the store.
const storeField = "store"

// mapPrefix begins the names of the fields that say which column tells what.
const mapPrefix = "map."

// optionsOf reads how the file is to be understood.
func optionsOf(f *form.Form) purchase.Options {
	o := purchase.Options{
		Map: map[string]string{}, Store: f.Text("store"), DateOrder: purchase.DateOrder(f.Text("date_order")), Overwrite: f.Bool("overwrite"),
		Encoding: f.Text("encoding"), Delimiter: f.Text("delimiter"), Sheet: f.Text("sheet"),
	}
	if o.Store == newStore {
		o.Store, o.Currency, o.Zone = f.Text("new_store"), money.Currency(strings.ToUpper(f.Text("currency"))), f.Text("tz")
	}
	for name := range f.Values {
		if field, ok := strings.CutPrefix(name, mapPrefix); ok {
			o.Map[field] = f.Values.Get(name) // as it stands: a header may begin with a blank
		}
	}
	return o
}

// formOf is the form that says the same; stores are those that can be chosen.
func formOf(o purchase.Options, stores []ui.Option) *form.Form {
	f := form.Of("store", o.Store, "date_order", string(o.DateOrder), "encoding", o.Encoding, "delimiter", o.Delimiter, "sheet", o.Sheet)
	if o.Store == "" && len(stores) <= 2 && o.Map[storeField] == "" {
		f.Values.Set("store", newStore) // there is none yet
	}
	known := o.Store == "" || slices.ContainsFunc(stores, func(s ui.Option) bool { return s.Value == o.Store })
	if !known {
		f.Values.Set("store", newStore)
		f.Values.Set("new_store", o.Store)
		f.Values.Set("currency", string(o.Currency))
		f.Values.Set("tz", o.Zone)
	}
	if o.Overwrite {
		f.Values.Set("overwrite", "1")
	}
	for field, column := range o.Map {
		f.Values.Set(mapPrefix+field, column)
	}
	return f
}

// columnOptions are the columns of the file to choose from, each with what
// stands in it first.
func columnOptions(r *http.Request, look purchase.Look) []ui.Option {
	options := []ui.Option{{Label: web.T(r, "imports.column_none")}}
	for i, h := range look.Run.Header {
		o := ui.Option{Value: h, Label: h}
		if h == "" || strings.TrimSpace(h) != h || slices.Index(look.Run.Header, h) != i {
			o.Value = "#" + strconv.Itoa(i+1) // its name does not tell it from others
			o.Label = strings.TrimSpace(o.Value + " " + h)
		}
		filled := slices.IndexFunc(look.Sample, func(row []string) bool { return i < len(row) && strings.TrimSpace(row[i]) != "" })
		if filled >= 0 {
			o.Label += ": " + text.Clip(strings.TrimSpace(look.Sample[filled][i]), 20)
		}
		options = append(options, o)
	}
	return options
}

// likelyStore is the store a file is of that does not tell it: the reader's own,
// or the only one.
func (p Pages) likelyStore(r *http.Request) string {
	if st, err := p.Org.Store(r.Context(), web.Actor(r).Staff.StoreID); err == nil {
		return st.Code
	}
	if stores, err := p.Org.Stores(r.Context()); err == nil && len(stores) == 1 {
		return stores[0].Code
	}
	return ""
}

// storeOptions are the stores a file can be of.
func (p Pages) storeOptions(r *http.Request, kind purchase.FileKind) ([]ui.Option, error) {
	stores, err := p.Org.Stores(r.Context())
	if err != nil {
		return nil, err
	}
	options := []ui.Option{{Label: web.T(r, "imports.store_in_file")}}
	for _, s := range stores {
		if s.Active {
			options = append(options, ui.Option{Value: s.Code, Label: s.Code + " " + s.Name})
		}
	}
	if kind == purchase.Receipts {
		options = append(options, ui.Option{Value: newStore, Label: web.T(r, "imports.store_new")})
	}
	return options, nil
}
