package main

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/btyd"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
)

// btydCmd is package btyd for any file, without a database.
type btydCmd struct {
	Fit      btydFitCmd      `cmd:"" help:"Fit a model and print its parameters."`
	Score    btydScoreCmd    `cmd:"" help:"Fit a model and write what it says of each customer as a CSV file."`
	Evaluate btydEvaluateCmd `cmd:"" help:"Fit a model to the time before a day and compare what it says with what came after, and with simple rules."`
}

// Help shows how it is called.
func (btydFitCmd) Help() string {
	return "Example: ricejar btyd fit sales.csv --customer CardNo --date SoldAt --model mbgnbd --unit week\n\n" + btydHelp
}

// Help shows how it is called.
func (btydScoreCmd) Help() string {
	return "Example: ricejar btyd score sales.csv --customer CardNo --date SoldAt --spend Total -o scores.csv\n\n" +
		"Columns: customer; x, t_x and T (purchases after the first, time from the first to the last and to the end); p_alive; " +
		"p_active, the probability to buy at least once within the horizon: rank by this; expected purchases within it; and with " +
		"--spend what a purchase is worth and the value of the months to come (clv). What the model cannot tell is left empty.\n\n" + btydHelp
}

// Help shows how it is called.
func (btydEvaluateCmd) Help() string {
	return "Example: ricejar btyd evaluate sales.csv --customer CardNo --date SoldAt --calibration-end 2025-06-30 --model return\n\n" + btydHelp
}

const btydHelp = "Rows of one customer on one day are one purchase. Comma, semicolon, tab or bar; UTF-8, GBK or Big5."

// modelFlags say what to fit to which days.
type modelFlags struct {
	purchasesFile
	CalibrationEnd string `help:"The last day the model may know, YYYY-MM-DD; the last of the file when left out." placeholder:"D"`
	HoldoutEnd     string `help:"The last day to predict, YYYY-MM-DD." placeholder:"D"`
	Horizon        int    `help:"How many units ahead to predict, where no --holdout-end says so; 91 days or 13 weeks when left out." placeholder:"N"`
	Unit           choice `help:"Unit of time: day or week. Parameters that are times are in it." enum:"day,week" default:"week"`
	Model          choice `help:"return (best at who comes back); mbgnbd, paretonbd, bgnbd; mbgcnbdk, bgcnbdk (customers in a rhythm); gammagamma (spend alone)." enum:"bgnbd,mbgnbd,paretonbd,bgcnbdk,mbgcnbdk,gammagamma,return" default:"mbgnbd"`
	K              int    `help:"Fix k of bgcnbdk and mbgcnbdk, 1 to 50; chosen by likelihood when left out." placeholder:"K"`
	JSON           bool   `help:"Print what there is to say of the fit as JSON." name:"json"`
}

// study is a file read, with the window and horizon it is looked at through.
type study struct {
	*purchasesRead
	app      *App
	flags    *modelFlags
	past     *btyd.Past
	holdout  float64 // its last day, or 0
	warnings []btyd.Warning
}

// mostMonths is a century, the longest that a customer's value may look ahead.
const mostMonths = 1200

// mostK is the largest k of the regular models.
const mostK = 50

// afterData warns of days without data that count as silence.
const afterData btyd.WarningCode = "after_data"

// quietDays is how many days of them nobody needs to be told of.
const quietDays = 14

// open reads the file and finds the days.
func (f *modelFlags) open(app *App) (*study, error) {
	end, err := flagDay(f.CalibrationEnd)
	if err != nil {
		return nil, err
	}
	holdout, err := flagDay(f.HoldoutEnd)
	if err != nil {
		return nil, err
	}
	if end != 0 && holdout != 0 && holdout <= end {
		return nil, errs.New(errs.Invalid, "btyd.holdout_first", "end", end, "holdout", holdout)
	}
	if f.Horizon < 0 {
		return nil, errs.New(errs.Invalid, "btyd.no_horizon")
	}
	if f.K != 0 && (f.K < 1 || f.K > mostK || f.Model != "bgcnbdk" && f.Model != "mbgcnbdk") {
		return nil, errs.New(errs.Invalid, "btyd.no_k")
	}
	if f.Model == "gammagamma" && f.Spend == "" {
		return nil, errs.New(errs.Invalid, "btyd.no_spend")
	}
	if f.PaidOnly && f.Spend == "" {
		return nil, errs.New(errs.Invalid, "btyd.paid_only")
	}
	read, err := f.read(app)
	if err != nil {
		return nil, err
	}
	s := &study{purchasesRead: read, app: app, flags: f, holdout: float64(holdout)}
	w := btyd.Window{End: cmp.Or(float64(end), read.log.Last()), Unit: 1}
	horizon := 91.0
	if f.Unit == "week" {
		w.Unit, horizon = 7, 13
	}
	last := day.Day(read.log.Last())
	if holdout != 0 && s.holdout <= w.End {
		return nil, s.refuse("btyd.holdout_first", "end", last, "holdout", holdout)
	}
	if n := end.Sub(last); end != 0 && n > quietDays {
		s.warnings = append(s.warnings, btyd.Warning{Code: afterData, Text: fmt.Sprintf(
			"the file ends on %s, %d days before the end of calibration: they count as days on which nobody came.", last, n)})
	}
	switch {
	case holdout != 0:
		horizon = (s.holdout - w.End) / w.Unit
	case f.Horizon > 0:
		horizon = float64(f.Horizon)
	}
	s.past, err = btyd.NewPast(read.log, w, horizon)
	return s, s.explain(err)
}

// flagDay is the day a flag names, 0 for none.
func flagDay(text string) (day.Day, error) {
	if text == "" {
		return 0, nil
	}
	d, err := day.Parse(text)
	if err != nil {
		return 0, errs.New(errs.Invalid, "cli.wrong_date", "date", text)
	}
	return d, nil
}

// explain puts into words why nothing could be fitted.
func (s *study) explain(err error) error {
	if errors.Is(err, btyd.ErrTooFew) {
		p := s.app.Printer
		return s.refuse("btyd.too_few", "customers", p.T("btyd.customers", "n", len(s.names)), "purchases", p.T("btyd.purchases", "n", s.log.Len()))
	}
	return err
}

// refuse is the error of a file that gives too little. It tells first which rows could not be read: they may be why.
func (s *study) refuse(key string, pairs ...any) error {
	s.rows.print(s.app.Err, s.app.Printer)
	return errs.New(errs.Invalid, key, pairs...)
}

// fitted is a fitted model, of whatever kind.
type fitted struct {
	estimates []btyd.Estimate
	customers int
	ll        float64
	warnings  []btyd.Warning

	timing  btyd.Model // of the models of when customers buy
	spend   btyd.GammaGamma
	returns *btyd.Return
}

// fit fits the model that the flags name to all that may be known.
func (s *study) fit() (fitted, error) {
	f, err := s.flags.fit(s.past)
	f.warnings = append(s.warnings, f.warnings...)
	return f, s.explain(err)
}

// fit fits the model that the flags name.
func (f *modelFlags) fit(p *btyd.Past) (fitted, error) {
	h, o := p.Histories, btyd.Options{K: f.K}
	switch f.Model {
	case "bgnbd":
		return timing(btyd.FitBGNBD(h, o))
	case "mbgnbd":
		return timing(btyd.FitMBGNBD(h, o))
	case "paretonbd":
		return timing(btyd.FitParetoNBD(h, o))
	case "bgcnbdk":
		return timing(btyd.FitBGCNBD(h, o))
	case "mbgcnbdk":
		return timing(btyd.FitMBGCNBD(h, o))
	case "gammagamma":
		g, err := btyd.FitGammaGamma(h, o)
		return fitted{estimates: g.Estimates, customers: g.Customers, ll: g.LL, warnings: g.Warnings, spend: g.Model}, err
	}
	r, err := btyd.FitReturn(p)
	if err != nil {
		return fitted{}, err
	}
	out := fitted{customers: h.Len(), ll: math.NaN(), warnings: r.Warnings, returns: r}
	base := r.Pareto.Parameters()
	if r.Base == r.Regular.Name() {
		base = r.Regular.Parameters()
	}
	for _, one := range base {
		out.estimates = append(out.estimates, btyd.Estimate{Name: one.Name, Value: one.Value, SE: math.NaN()})
	}
	return out, nil
}

func timing[M btyd.Model](f btyd.Fit[M], err error) (fitted, error) {
	return fitted{estimates: f.Estimates, customers: f.Customers, ll: f.LL, warnings: f.Warnings, timing: f.Model}, err
}

// score fills the columns that are not nil.
func (f *fitted) score(p *btyd.Past, dst btyd.Scores) error {
	if f.returns != nil {
		return f.returns.Score(p, dst)
	}
	f.timing.Score(dst, p.Histories, p.Horizon)
	return nil
}

type btydFitCmd struct{ modelFlags }

// Run fits.
func (c *btydFitCmd) Run(app *App) error {
	s, err := c.open(app)
	if err != nil {
		return err
	}
	f, err := s.fit()
	if err != nil {
		return err
	}
	return app.printFit(s, f, nil)
}

type btydEvaluateCmd struct{ modelFlags }

// Run evaluates.
func (c *btydEvaluateCmd) Run(app *App) error {
	if c.Model == "gammagamma" {
		return errs.New(errs.Invalid, "btyd.spend_alone")
	}
	if c.CalibrationEnd == "" {
		return errs.New(errs.Invalid, "btyd.no_calibration_end")
	}
	s, err := c.open(app)
	if err != nil {
		return err
	}
	last := s.log.Last()
	if s.holdout == 0 && c.Horizon == 0 { // to the end of the file
		if s.past.Horizon = (last - s.past.Window.End) / s.past.Window.Unit; s.past.Horizon <= 0 {
			return s.refuse("btyd.no_holdout", "last", day.Day(last))
		}
	}
	var f fitted
	report, err := btyd.Evaluate(s.log, s.past.Window, s.past.Horizon, btyd.Scorer{Name: string(c.Model), Score: func(p *btyd.Past, dst btyd.Scores) (err error) {
		if f, err = c.fit(p); err != nil {
			return err
		}
		return f.score(p, dst)
	}})
	if err != nil { // the past was looked at already, so it is the time after it that is too short
		return s.refuse("btyd.no_holdout", "last", day.Day(last))
	}
	if err := report.Results[0].Err; err != nil {
		return s.explain(err)
	}
	return app.printFit(s, f, report)
}

type btydScoreCmd struct {
	modelFlags
	Out      string  `help:"The CSV file to write; without it, the scores are printed." short:"o" placeholder:"FILE"`
	Months   int     `help:"How many months of purchases to come make the customer's value (clv), up to 1200." default:"12"`
	Discount float64 `help:"What money loses of its value in a year, for the customer's value." default:"0.1"`
}

// Run scores.
func (c *btydScoreCmd) Run(app *App) (err error) {
	if c.Months < 1 || c.Months > mostMonths || !(c.Discount > -1 && c.Discount < 100) {
		return errs.New(errs.Invalid, "btyd.no_value")
	}
	if sameFile(c.Out, c.File) {
		return errs.New(errs.Invalid, "btyd.out_is_file", "file", filepath.Base(c.File))
	}
	s, err := c.open(app)
	if err != nil {
		return err
	}
	f, err := s.fit()
	if err != nil {
		return err
	}
	columns, warnings, err := c.columns(s, f)
	if err != nil {
		return err
	}
	f.warnings = append(f.warnings, warnings...)
	if c.Out == "" {
		printWarnings(app.Err, app.Printer, f.warnings)
		s.rows.print(app.Err, app.Printer)
		return writeScores(app.Out, s, columns)
	}
	file, err := os.Create(c.Out)
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "sheet.cannot_open", "file", filepath.Base(c.Out))
	}
	err = writeScores(file, s, columns)
	if e := file.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return app.printFit(s, f, nil)
}

// sameFile tells whether two paths lead to one file.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(one, other)
}

// scoreColumn is a column of the file written by score: NaN leaves a cell empty.
type scoreColumn struct {
	name   string
	values []float64
}

// columns works out the scores, and what is to be known of the spend model used for them.
func (c *btydScoreCmd) columns(s *study, f fitted) (list []scoreColumn, warnings []btyd.Warning, err error) {
	h := s.past.Histories
	n := h.Len()
	add := func(name string) []float64 {
		values := make([]float64, n)
		for i := range values {
			values[i] = math.NaN()
		}
		list = append(list, scoreColumn{name, values})
		return values
	}
	dst := btyd.Scores{Alive: add("p_alive"), Active: add("p_active"), Expected: add("expected")}
	if f.returns != nil {
		dst.Alive = nil // it knows none
	}
	if f.returns != nil || f.timing != nil {
		if err := f.score(s.past, dst); err != nil {
			return nil, nil, err
		}
	}
	if h.Spend == nil {
		return list, nil, nil
	}
	spend, value := add("spend"), add("clv")
	if f.spend == (btyd.GammaGamma{}) {
		g, err := btyd.FitGammaGamma(h, btyd.Options{})
		if err != nil {
			return nil, nil, s.explain(err)
		}
		f.spend, warnings = g.Model, g.Warnings
	}
	f.spend.Score(spend, h)
	if f.timing != nil {
		month := 365.25 / 12 / s.past.Window.Unit
		z := btyd.Horizon{Periods: c.Months, Length: month, Rate: math.Pow(1+c.Discount, 1.0/12) - 1}
		err = btyd.CLV(value, f.timing, f.spend, h, z)
	}
	return list, warnings, err
}

// writeScores writes a row for each customer.
func writeScores(w io.Writer, s *study, columns []scoreColumn) error {
	out := csv.NewWriter(w)
	row := []string{"customer", "x", "t_x", "T"}
	for _, c := range columns {
		row = append(row, c.name)
	}
	err := out.Write(row)
	h := s.past.Histories
	for i := 0; i < h.Len() && err == nil; i++ {
		row = append(row[:0], s.names[h.Customer[i]], strconv.Itoa(int(h.X[i])), cellOf(h.Tx[i]), cellOf(h.T[i]))
		for _, c := range columns {
			row = append(row, cellOf(c.values[i]))
		}
		err = out.Write(row)
	}
	out.Flush()
	return cmp.Or(err, out.Error())
}

// cellOf writes a number with ten digits, and nothing for none.
func cellOf(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 10, 64)
}

// spendParams are the parameters of gammagamma: they tell nothing of who leaves.
var spendParams = []string{"p", "q", "gamma"}

// printWarnings says what to know before believing a fit: an English reader gets the library's own words.
// What concerns several parameters alike is said once.
func printWarnings(w io.Writer, p i18n.Printer, warnings []btyd.Warning) {
	alike := slices.ContainsFunc(warnings, func(w btyd.Warning) bool { return w.Code == btyd.Boundary && w.Param == "alpha" })
	said := func(one btyd.Warning) string {
		if p.Locale == i18n.English {
			return one.Text
		}
		model, _, underneath := strings.Cut(one.Param, ".") // paretonbd.s, of return
		switch {
		case one.Code == btyd.NotConverged && model != "":
			return p.T("btyd.warning.underneath_not_converged", "model", model)
		case underneath:
			return p.T("btyd.warning.underneath", "model", model)
		case one.Code == btyd.Boundary && slices.Contains(spendParams, one.Param):
			return p.T("btyd.warning.boundary_spend")
		case one.Code == btyd.Boundary && alike && (one.Param == "r" || one.Param == "alpha"): // r alone tells something else
			return p.T("btyd.warning.boundary_rate")
		}
		return p.T("btyd.warning." + string(one.Code))
	}
	for i := 0; i < len(warnings); {
		text, about := said(warnings[i]), warnings[i].Param
		for i++; i < len(warnings) && said(warnings[i]) == text; i++ {
			about += ", " + warnings[i].Param
		}
		if about != "" {
			text = about + ": " + text
		}
		fmt.Fprintln(w, "!", text)
	}
}
