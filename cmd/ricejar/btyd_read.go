package main

import (
	"bytes"
	"cmp"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/btyd"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/sheet"
)

// purchasesFile says where a file of purchases is and which of its columns tell what.
type purchasesFile struct {
	File      string `arg:"" help:"A .csv, .csv.gz, .tsv or .xlsx file, or a text with columns separated by spaces: a row per purchase, or per line of one."`
	Customer  string `help:"Column that tells the customer: its name, or its number from 1." required:"" placeholder:"COL"`
	Date      string `help:"Column that tells the date." required:"" placeholder:"COL"`
	Spend     string `help:"Column that tells what was spent; Quantity*UnitPrice multiplies two. Rows below 0 are returns and left out; rows of 0 count as purchases." placeholder:"COL"`
	PaidOnly  bool   `help:"Leave out rows of 0 too: gifts, samples, free lines."`
	NoHeader  bool   `help:"The first row is data already: name the columns by their numbers."`
	DateOrder choice `help:"What 3/4/2024 means: dmy or mdy. Asked for where it matters." enum:",dmy,mdy" default:""`
}

// choice is one of a few words, however it is written: BG/NBD is bgnbd, and Gamma-Gamma gammagamma.
type choice string

// UnmarshalText leaves the small letters.
func (c *choice) UnmarshalText(text []byte) error { //nolint:unparam // as encoding.TextUnmarshaler has it
	*c = choice(strings.NewReplacer("/", "", "-", "", "_", "", " ", "").Replace(strings.ToLower(string(text))))
	return nil
}

// maxRowProblems is how many of the rows that could not be used are told one by one.
const maxRowProblems = 100

// rowProblem is a row that could not be used.
type rowProblem struct {
	Row     int    `json:"row"`
	Message string `json:"message"`
}

// rowCounts says what became of the rows of a file.
type rowCounts struct {
	Read      int          `json:"read"`
	Anonymous int          `json:"anonymous"` // without a customer
	Returns   int          `json:"returns"`
	Free      int          `json:"free"` // of 0, left out only where that was asked for
	Bad       int          `json:"bad"`
	Problems  []rowProblem `json:"problems"` // the first of the bad ones

	paidOnly bool // the free ones were left out
}

// purchasesRead are the purchases of a file.
type purchasesRead struct {
	log   *btyd.Log
	names []string // of the customers, by their number in the log
	rows  rowCounts
}

// textTable is a file cut into cells; also one whose columns are parted by blanks.
type textTable struct {
	*sheet.Reader
	blanks bool
	header []string
	cells  [][]byte
}

func openTable(path string) (*textTable, error) {
	r, err := sheet.Open(path, sheet.Options{})
	if err != nil {
		return nil, err
	}
	t := &textTable{Reader: r, header: r.Header()}
	if len(t.header) == 1 {
		if names := strings.Fields(t.header[0]); len(names) > 1 {
			t.header, t.blanks = names, true
		}
	}
	return t, nil
}

// row is the current row; its cells are valid until the next.
func (t *textTable) row() [][]byte {
	cells := t.Row().Cells
	if !t.blanks {
		return cells
	}
	t.cells = t.cells[:0]
	for _, cell := range cells {
		for field := range bytes.FieldsSeq(cell) {
			t.cells = append(t.cells, field)
		}
	}
	return t.cells
}

// column finds a column by its name or its number.
func (t *textTable) column(name string, byNumber bool) (int, error) {
	if !byNumber {
		for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
			var found []string // their numbers
			at := 0
			for i, h := range t.header {
				if same(h, name) {
					at = i
					found = append(found, strconv.Itoa(i+1))
				}
			}
			switch len(found) {
			case 0:
				continue
			case 1:
				return at, nil
			}
			return 0, errs.New(errs.Invalid, "btyd.column_twice", "column", name, "numbers", strings.Join(found, ", "))
		}
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(t.header) {
		return n - 1, nil
	}
	return 0, errs.New(errs.Invalid, "import.column_missing", "column", name, "columns", strings.Join(t.header, ", "))
}

// data tells whether the first row is data that was taken for names, by a cell of it: a date where the date is to be, or an
// amount where the spend is. Numbers of columns are looked at too: 2 may name none and stand in a cell by chance.
func (t *textTable) data(date, spend string) (cell string, yes bool) {
	named := func(name string) bool {
		return slices.ContainsFunc(t.header, func(h string) bool { return strings.EqualFold(h, name) })
	}
	for i, name := range t.header {
		number := strconv.Itoa(i + 1)
		if number == date || strings.EqualFold(name, date) {
			_, asDay := purchase.ParseDay([]byte(name), purchase.DayFirst)
			_, asMonth := purchase.ParseDay([]byte(name), purchase.MonthFirst)
			if asDay || asMonth {
				return name, true
			}
		}
		for part := range strings.SplitSeq(spend, "*") {
			if part = strings.TrimSpace(part); number == part && !named(part) { // some programs write 0,1,2,3 for names
				if _, ok := amount([]byte(name)); ok {
					return name, true
				}
			}
		}
	}
	return "", false
}

// columns are those of a product of columns.
func (t *textTable) columns(product string, byNumber bool) ([]int, error) {
	if whole, err := t.column(product, byNumber); err == nil {
		return []int{whole}, nil
	}
	var list []int
	for name := range strings.SplitSeq(product, "*") {
		i, err := t.column(strings.TrimSpace(name), byNumber)
		if err != nil {
			return nil, err
		}
		list = append(list, i)
	}
	return list, nil
}

// reading is a file of purchases half read.
type reading struct {
	purchasesFile
	print          i18n.Printer
	customer, date int
	spend          []int
	numbers        map[string]int32
	sums           btyd.Summarizer
	out            *purchasesRead
}

// read reads the whole file; memory follows the purchases, not the rows.
func (f purchasesFile) read(app *App) (*purchasesRead, error) {
	t, err := openTable(f.File)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	rows := rowCounts{Problems: []rowProblem{}, paidOnly: f.PaidOnly}
	r := &reading{purchasesFile: f, print: app.Printer, numbers: map[string]int32{}, out: &purchasesRead{rows: rows}}
	if cell, yes := t.data(f.Date, f.Spend); yes && !f.NoHeader {
		return nil, errs.New(errs.Invalid, "btyd.header_is_data", "cell", cell)
	}
	if r.customer, err = t.column(f.Customer, f.NoHeader); err != nil {
		return nil, err
	}
	if r.date, err = t.column(f.Date, f.NoHeader); err != nil {
		return nil, err
	}
	if f.Spend != "" {
		if r.spend, err = t.columns(f.Spend, f.NoHeader); err != nil {
			return nil, err
		}
	}
	if f.NoHeader {
		var first [][]byte
		for _, name := range t.header {
			first = append(first, []byte(name))
		}
		if err := r.take(1, first, ""); err != nil {
			return nil, err
		}
	}
	for t.Next() {
		if err := r.take(t.Row().No, t.row(), t.Row().Fault); err != nil {
			return nil, err
		}
		if r.out.rows.Read%(1<<16) == 0 && app.Context.Err() != nil { // Ctrl-C
			return nil, app.Context.Err()
		}
	}
	if err := t.Err(); err != nil {
		return nil, err
	}
	if r.out.log, err = r.sums.Log(); err != nil {
		return nil, err
	}
	if r.out.log.Len() == 0 {
		r.out.rows.print(app.Err, app.Printer)
		return nil, errs.New(errs.Invalid, "btyd.no_purchases", "n", r.out.rows.Read)
	}
	return r.out, nil
}

// take takes a row. What it cannot use it counts, and tells the first of it; a date that may mean two days ends it.
func (r *reading) take(no int, cells [][]byte, fault string) error {
	r.out.rows.Read++
	if fault != "" {
		r.bad(no, fault)
		return nil
	}
	cell := func(i int) []byte {
		if i < len(cells) {
			return bytes.TrimSpace(cells[i])
		}
		return nil
	}
	name := cell(r.customer)
	if len(name) == 0 {
		r.out.rows.Anonymous++
		return nil
	}
	on, ok, err := r.day(no, cell(r.date))
	if err != nil {
		return err
	}
	if !ok {
		r.bad(no, "btyd.row.date", "text", string(cell(r.date)))
		return nil
	}
	spend := 0.0
	for i, column := range r.spend {
		v, ok := amount(cell(column))
		if !ok {
			r.bad(no, "btyd.row.amount", "text", string(cell(column)))
			return nil
		}
		if v < 0 {
			r.out.rows.Returns++
			return nil
		}
		if i == 0 {
			spend = 1
		}
		spend *= v
	}
	if len(r.spend) > 0 && spend == 0 {
		if r.out.rows.Free++; r.PaidOnly {
			return nil
		}
	}
	number, known := r.numbers[string(name)]
	if !known {
		number = int32(len(r.numbers))
		r.numbers[string(name)] = number
		r.out.names = append(r.out.names, string(name))
	}
	if err := r.sums.Add(number, int32(on), spend); err != nil {
		r.bad(no, "btyd.row.amount", "text", r.Spend) // the product is too large for a number
	}
	return nil
}

// day reads a date. Where the year stands last and nobody said whether the day or the month stands first, a
// date that makes sense both ways is an error: to guess would be to get some days of the file wrong in silence.
func (r *reading) day(no int, cell []byte) (on day.Day, ok bool, err error) {
	on, ok = purchase.ParseDay(cell, purchase.DateOrder(r.DateOrder))
	digits := len(cell) - len(bytes.TrimLeft(cell, "0123456789"))
	if r.DateOrder != "" || digits == 0 || digits > 2 {
		return on, ok, nil
	}
	other, ok2 := purchase.ParseDay(cell, purchase.MonthFirst)
	switch {
	case ok && ok2 && on != other:
		return 0, false, errs.New(errs.Invalid, "btyd.date_order", "row", no, "text", string(cell), "dmy", on, "mdy", other)
	case !ok:
		return other, ok2, nil
	}
	return on, true, nil
}

func (r *reading) bad(no int, key string, pairs ...any) {
	r.out.rows.Bad++
	if len(r.out.rows.Problems) < maxRowProblems {
		r.out.rows.Problems = append(r.out.rows.Problems, rowProblem{no, r.print.T(key, pairs...)})
	}
}

// amount reads a number as programs write it, or as tills do, also with the sign of a currency. 12,50 it does not read: that
// is twelve and a half to one and 1,250 to another.
func amount(cell []byte) (float64, bool) {
	cell = bytes.Trim(cell, "$€£¥￥ \u00a0")
	v, err := strconv.ParseFloat(string(cell), 64)
	if err != nil {
		price, err := money.ParsePrice(string(cell), "CNY")
		return float64(price) / 1e6, err == nil
	}
	return v, !math.IsNaN(v) && !math.IsInf(v, 0)
}

// print tells people what became of the rows, where that is not simply "used".
func (c rowCounts) print(w io.Writer, p i18n.Printer) {
	line := func(key string, pairs ...any) { _, _ = io.WriteString(w, p.T(key, pairs...)+"\n") }
	if cmp.Or(c.Anonymous, c.Returns, c.Bad) > 0 {
		line("btyd.rows", "n", c.Read, "anonymous", c.Anonymous, "returns", p.T("btyd.returns", "n", c.Returns), "bad", c.Bad)
	}
	switch {
	case c.Free > 0 && c.paidOnly:
		line("btyd.rows.free_out", "n", c.Free)
	case c.Free > 0:
		line("btyd.rows.free", "n", c.Free)
	}
	for i, bad := range c.Problems {
		if i == printedProblems {
			line("import.report.more_problems", "n", c.Bad-printedProblems)
			break
		}
		line("import.report.problem", "row", bad.Row, "reason", bad.Message)
	}
}
