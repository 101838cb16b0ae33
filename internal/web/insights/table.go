package insights

import (
	"cmp"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/sheet"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// table is the figures behind a chart, as the page shows them under it and as a
// spreadsheet adds them up.
type table struct {
	Name  string // in the address of the download
	Label string
	Head  []string
	Rows  [][]cell
}

// cell is a figure in words and as a spreadsheet's cell.
type cell struct {
	Text string
	Cell any // string, int, int64 or sheet.Number
}

func (o *opened) text(s string) cell { return cell{s, s} }

func (o *opened) number(n int64) cell { return cell{o.p.Number(n), n} }

func (o *opened) counted(n int) cell { return o.number(int64(n)) }

func (o *opened) amount(minor int64) cell {
	return cell{o.money(minor), sheet.Number(money.Amount{Minor: minor, Currency: money.Currency(o.Currency)}.String())}
}

// share is a part of a whole: 41.44% to people, 0.4144 to a spreadsheet.
func (o *opened) share(v float64) cell {
	return cell{o.p.Decimal(v*100, 2) + "%", sheet.Number(strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64))}
}

func (o *opened) decimal(v float64, decimals int) cell {
	return cell{o.p.Decimal(v, decimals), sheet.Number(strconv.FormatFloat(v, 'f', decimals, 64))}
}

// none is a figure that nobody can tell.
func (o *opened) none() cell { return cell{"–", ""} }

// figures is the table below its chart.
func (o *opened) figures(t table) ui.Figures {
	f := ui.Figures{Label: t.Label, Head: t.Head, Download: paths.With(paths.Insight("download/"+o.Room.Name), append(o.pairs(), "table", t.Name)...)}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = c.Text
		}
		f.Rows = append(f.Rows, cells)
	}
	return f
}

// download sends the figures behind a chart as a file.
func (h Pages) download(rm room) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		o, err := h.open(r, rm)
		if err != nil {
			return err
		}
		v, err := rm.draw(h, r, o)
		if err = cmp.Or(err, v.Wrong); err != nil {
			return err
		}
		for _, t := range v.Tables {
			if t.Name == o.Query.Text("table") {
				return t.send(w, o.fileName(t.Name))
			}
		}
		return errs.New(errs.NotFound, "web.not_found")
	}
}

// fileName is what a file of figures is called: of what, of which store, as of when.
func (o *opened) fileName(table string) string {
	parts := []string{o.Room.Name}
	if table != o.Room.Name {
		parts = append(parts, table)
	}
	if o.Store != 0 {
		parts = append(parts, o.storeName())
	}
	return strings.Join(append(parts, o.AsOf), "-") + ".csv"
}

func (t table) send(w http.ResponseWriter, name string) error {
	head := w.Header()
	head.Set("Cache-Control", "no-store")
	head.Set("Content-Type", "text/csv; charset=utf-8")
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name})) // Chinese as RFC 5987 says
	out, err := sheet.NewCSVWriter(w)
	if err != nil {
		return err
	}
	row := make([]any, len(t.Head))
	for i, h := range t.Head {
		row[i] = h
	}
	if err := out.Write(row...); err != nil {
		panic(http.ErrAbortHandler) // half a file must not look whole
	}
	for _, cells := range t.Rows {
		for i, c := range cells {
			row[i] = c.Cell
		}
		if err := out.Write(row...); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	if err := out.Close(); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}
