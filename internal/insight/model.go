package insight

import (
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
)

// ModelID identifies a version: what one refresh found out.
type ModelID = id.Of[Model]

// Basis is what the chances of a version rest on.
type Basis string

// The bases.
const (
	ByModel Basis = "model" // models fitted to the company's own purchases
	ByRule  Basis = "rule"  // too little data: how those fared who had been silent as long
)

// What a model needs before its numbers are worth more than the rule's.
const (
	needCustomers = 500
	needRepeaters = 100
	needDays      = 180
)

// Missing is how much is missing for a model; all zero when nothing is.
type Missing struct {
	Customers int `json:"customers,omitempty"` // who have bought
	Repeaters int `json:"repeaters,omitempty"` // who have bought on two days or more
	Days      int `json:"days,omitempty"`      // from the first purchase to the newest
}

// Model is a version: which model says what, and how it did on purchases that it
// had not seen.
type Model struct {
	ID         ModelID                       `json:"id"`
	AsOf       day.Day                       `json:"as_of"`
	FittedAt   time.Time                     `json:"fitted_at"`
	Basis      Basis                         `json:"basis"`
	Chosen     string                        `json:"chosen"` // mbgnbd, paretonbd, bgnbd, return; hiatus for the rule
	Currency   money.Currency                `json:"currency"`
	Customers  int                           `json:"customers"`
	Repeaters  int                           `json:"repeaters"`
	Days       int                           `json:"days"`   // from the first purchase to the newest
	Newest     day.Day                       `json:"newest"` // of the newest purchase; 0: there is none
	Gap        float64                       `json:"gap"`    // the shop's median gap, in days
	Parameters map[string]map[string]float64 `json:"parameters"`
	Holdout    *Holdout                      `json:"holdout"` // nil: too little data
	Warnings   []ModelWarning                `json:"warnings"`
	Missing    Missing                       `json:"missing"`
	LeftOut    []LeftOut                     `json:"left_out"` // receipts in currencies without a rate
}

// shopGap is the usual gap of the company's customers, times two; 0 while nobody
// has come back.
func (m *Model) shopGap() int {
	if m.Repeaters == 0 {
		return 0
	}
	return int(m.Gap*2 + 0.5)
}

// ModelWarning is something to know before believing a model.
type ModelWarning struct {
	Model string `json:"model"`
	Code  string `json:"code"` // of package btyd: boundary, flat, …
	Param string `json:"param,omitempty"`
	Text  string `json:"text"`
}

// staleDays is how many days may lie between the newest purchase and the day looked
// at before it is said that nothing newer was imported: holidays are shorter.
const staleDays = 14

// behind is how many days before the day looked at the newest purchase was, where
// that is so long ago that every number is about a past that may be over; else 0.
func behind(newest, asOf day.Day) int {
	if n := asOf.Sub(newest); newest != 0 && n > staleDays {
		return n
	}
	return 0
}

// Behind is how many days before AsOf the newest purchase was, where that is long
// ago: then probably nothing newer was imported, and whoever seems lost may not be.
func (m Model) Behind() int { return behind(m.Newest, m.AsOf) }

// Concerns are the warnings worth telling: those about the model that speaks and
// about the spend, and what failed; one of each kind.
func (m Model) Concerns() []ModelWarning {
	var list []ModelWarning
	for _, w := range m.Warnings {
		worth := w.Model == m.Chosen || w.Model == spendModel || w.Code == fitFailed
		if worth && !slices.ContainsFunc(list, func(o ModelWarning) bool { return o.Model == w.Model && o.Code == w.Code }) {
			list = append(list, w)
		}
	}
	return list
}

// Holdout is the check: everything up to Cut was known, and what came within the
// Horizon was foretold.
type Holdout struct {
	Cut       day.Day   `json:"cut"`
	Horizon   int       `json:"horizon"`
	Customers int       `json:"customers"`
	Returned  int       `json:"returned"` // of them, within the horizon
	Checks    []Check   `json:"checks"`   // of each model and each baseline; the best by LogLoss first
	Bins      []HeldBin `json:"bins"`     // of the chosen model: ten tenths of the customers, the likeliest first
	Likely    int       `json:"likely"`   // those to whom it gave a chance above a half …
	Came      float64   `json:"came"`     // … and the share of them who did buy
}

// Check is how well one of them foretold. Fields it does not speak of are nil.
type Check struct {
	Name     string   `json:"name"`     // mbgnbd, paretonbd, bgnbd, return; base_rate, hiatus, last_window
	Baseline bool     `json:"baseline"` // no model: what a model has to beat
	AUC      *float64 `json:"auc"`
	LogLoss  *float64 `json:"log_loss"`
	Brier    *float64 `json:"brier"`
	Bias     *float64 `json:"bias"` // of the total number of purchases: 0.1 is 10 % too many
	RMSE     *float64 `json:"rmse"`
	MAE      *float64 `json:"mae"`
	Gini     *float64 `json:"ngini"`
	TopTenth *float64 `json:"top_decile"` // share of the purchases by the tenth foretold to buy most
	ECE      *float64 `json:"ece"`
}

// HeldBin is customers to whom about the same chance was given.
type HeldBin struct {
	From      float64 `json:"from"` // the least chance given
	To        float64 `json:"to"`
	Customers float64 `json:"customers"` // a tenth of all, whole or not
	Foretold  float64 `json:"foretold"`  // mean chance given
	Came      float64 `json:"came"`      // the share who did buy
}

// count says what the book holds, and what is missing for a model.
func (m *Model) count(b *Book) {
	m.AsOf, m.Currency, m.Customers, m.LeftOut = b.AsOf, b.Currency, b.Len(), b.LeftOut
	for i := range b.Customers {
		if b.First(i) != b.Last(i) {
			m.Repeaters++
		}
	}
	// Not to the day looked at: what happened since the newest purchase nobody knows
	// who has only imported an old file.
	if begun := b.Begins(); begun != 0 {
		m.Newest = b.Ends()
		m.Days = m.Newest.Sub(begun) + 1
	}
	m.Missing = Missing{
		Customers: max(0, needCustomers-m.Customers), Repeaters: max(0, needRepeaters-m.Repeaters), Days: max(0, needDays-m.Days),
	}
}

// foretell fits what can be fitted to the book.
func foretell(src *sources) (Model, findings) {
	var m Model
	b := src.book
	m.count(b)
	gap := shopGap(b)
	m.Gap = float64(gap) / 2
	f := findings{setting: src.setting, gap: gap, troubles: src.troubles}
	m.Basis, m.Chosen = ByRule, hiatus
	f.forecast = byRule(b, src.setting, gap)
	if m.Missing == (Missing{}) {
		if better, ok := byModel(src, &m, f.forecast); ok {
			m.Basis, f.forecast, f.tried = ByModel, better, m.Holdout != nil
		}
	}
	for i, part := range b.keptShares() {
		f.forecast.value[i] *= part
	}
	return m, f
}

// hiatus is the name of the rule.
const hiatus = "hiatus"
