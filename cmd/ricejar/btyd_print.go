package main

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/ricejar/ricejar/btyd"
	"github.com/ricejar/ricejar/internal/day"
)

// figure is a number in JSON: null where there is none.
type figure float64

// MarshalJSON writes the number or null.
func (f figure) MarshalJSON() ([]byte, error) {
	if v := float64(f); !math.IsNaN(v) && !math.IsInf(v, 0) {
		return json.Marshal(v)
	}
	return []byte("null"), nil
}

// fitJSON is a fit for scripts.
type fitJSON struct {
	Model          string            `json:"model"`
	Base           string            `json:"base,omitempty"` // of return: the model that it corrects, whose parameters these are
	Unit           string            `json:"unit"`
	CalibrationEnd day.Day           `json:"calibration_end"`
	Horizon        figure            `json:"horizon"`
	Customers      int               `json:"customers"`
	Params         map[string]figure `json:"params"`
	SE             map[string]figure `json:"se"`
	LL             figure            `json:"ll"`
	Weights        map[string]figure `json:"weights,omitempty"` // of return
	Holdout        *holdoutJSON      `json:"holdout,omitempty"`
	Baselines      []baselineJSON    `json:"baselines,omitempty"`
	Warnings       []warningJSON     `json:"warnings"`
	Rows           rowCounts         `json:"rows"`
}

// holdoutJSON is what the check measured; see btyd.Quality.
type holdoutJSON struct {
	AUC       figure `json:"auc"`
	LogLoss   figure `json:"log_loss"`
	Brier     figure `json:"brier"`
	Bias      figure `json:"bias"`
	RMSE      figure `json:"rmse"`
	MAE       figure `json:"mae"`
	Gini      figure `json:"ngini"`
	TopDecile figure `json:"top_decile"`
	ECE       figure `json:"ece"`
}

type baselineJSON struct {
	Model   string       `json:"model"`
	Holdout *holdoutJSON `json:"holdout"` // null where there was too little before the day
}

type warningJSON struct {
	Code  btyd.WarningCode `json:"code"`
	Param string           `json:"param,omitempty"`
	Text  string           `json:"text"`
}

func holdoutOf(r btyd.Result) *holdoutJSON {
	if r.Err != nil {
		return nil
	}
	q := r.Quality
	return &holdoutJSON{figure(q.AUC), figure(q.LogLoss), figure(q.Brier), figure(q.Bias), figure(q.RMSE), figure(q.MAE), figure(q.Gini),
		figure(q.TopDecile), figure(q.ECE)}
}

// printFit prints a fit and, where it was checked, how that went.
func (a *App) printFit(s *study, f fitted, report *btyd.Report) error {
	out := fitJSON{Model: string(s.flags.Model), Unit: string(s.flags.Unit), CalibrationEnd: day.Day(s.past.Window.End), Horizon: figure(s.past.Horizon),
		Customers: f.customers, Params: map[string]figure{}, SE: map[string]figure{}, LL: figure(f.ll), Warnings: []warningJSON{}, Rows: s.rows}
	for _, e := range f.estimates {
		out.Params[e.Name], out.SE[e.Name] = figure(e.Value), figure(e.SE)
	}
	if r := f.returns; r != nil {
		out.Base, out.Weights = r.Base, map[string]figure{"bias": figure(r.Bias)}
		for _, w := range r.Weights {
			out.Weights[w.Name] = figure(w.Value)
		}
	}
	for _, w := range f.warnings {
		out.Warnings = append(out.Warnings, warningJSON{w.Code, w.Param, w.Text})
	}
	if report != nil {
		out.Holdout = holdoutOf(report.Results[0])
		for _, one := range report.Results[1:] {
			out.Baselines = append(out.Baselines, baselineJSON{one.Name, holdoutOf(one)})
		}
	}
	if s.flags.JSON {
		return a.PrintJSON(out)
	}
	p := a.Printer
	fmt.Fprintln(a.Out, p.T("btyd.fitted", "model", out.Model, "customers", p.T("btyd.customers", "n", out.Customers), "day", out.CalibrationEnd, "unit", p.T("btyd.unit."+out.Unit)))
	if out.Base != "" {
		fmt.Fprintln(a.Out, p.T("btyd.base", "model", out.Base))
	}
	for _, e := range f.estimates {
		if math.IsNaN(e.SE) {
			fmt.Fprintf(a.Out, "%8s  %.6g\n", e.Name, e.Value)
		} else {
			fmt.Fprintf(a.Out, "%8s  %-12.6g ± %.3g\n", e.Name, e.Value, e.SE)
		}
	}
	if !math.IsNaN(f.ll) {
		fmt.Fprintln(a.Out, p.T("btyd.likelihood", "ll", p.Decimal(f.ll, 3)))
	}
	if report != nil {
		a.printHoldout(report)
	}
	printWarnings(a.Out, p, f.warnings)
	s.rows.print(a.Out, p)
	return nil
}

// printHoldout prints the check as a table: the names of the measures are those of the literature.
func (a *App) printHoldout(r *btyd.Report) {
	p, q := a.Printer, r.Results[0].Quality
	fmt.Fprintln(a.Out, p.T("btyd.holdout", "customers", p.T("btyd.customers", "n", q.Customers), "share", p.Percent(q.Active),
		"purchases", p.T("btyd.purchases", "n", int64(q.Purchases))))
	for i, one := range r.Results {
		if one.Err != nil { // too little before the day
			fmt.Fprintf(a.Out, "%-12s %10s\n", one.Name, "–")
			continue
		}
		measures := one.Quality.Measures()
		if i == 0 {
			fmt.Fprintf(a.Out, "%-12s", "")
			for _, m := range measures {
				fmt.Fprintf(a.Out, " %10s", m.Name)
			}
			fmt.Fprintln(a.Out)
		}
		fmt.Fprintf(a.Out, "%-12s", one.Name)
		for _, m := range measures {
			fmt.Fprintf(a.Out, " %10.4f", m.Value)
		}
		fmt.Fprintln(a.Out)
	}
}
