package insight

import (
	"math"
)

// Quality says how far the forecast can be trusted, from a check on the company's
// own purchases: everything up to a day was known, and what came after it was
// foretold. It is of all stores, whichever store it is asked for: Company says so.
type Quality struct {
	Basis     Basis          `json:"basis"`
	Method    string         `json:"method"`    // mbgnbd, paretonbd, bgnbd, return; hiatus for the rule
	Horizon   int            `json:"horizon"`   // days ahead that chances are given for
	Customers int            `json:"customers"` // what there is …
	Repeaters int            `json:"repeaters"`
	Days      int            `json:"days"`
	Needs     Missing        `json:"needs"`    // … what a model needs …
	Missing   Missing        `json:"missing"`  // … and what is missing
	Company   bool           `json:"company"`  // it is of the whole company, though one store was asked for
	LeftOut   []LeftOut      `json:"left_out"` // receipts in currencies without a rate
	Check     *Checked       `json:"check"`    // null: too little data
	Concerns  []ModelWarning `json:"concerns"`
}

// Checked is the check in numbers that can be said in a sentence.
type Checked struct {
	Said
	Customers int       `json:"customers"`
	Returned  int       `json:"returned"` // of them, within the days
	Foretold  float64   `json:"foretold"` // how many were to return, by the sum of the chances
	Verdict   Verdict   `json:"verdict"`
	Gain      float64   `json:"gain"`    // by how much the log loss is below that of the best simple rule: 0.1 is a tenth
	Off       float64   `json:"off"`     // how far the chances are off on average, in points of 100 (ECE × 100)
	Bins      []HeldBin `json:"bins"`    // tenths of the customers, the likeliest first
	Methods   []Method  `json:"methods"` // every method and every simple rule, the best first
}

// Method is how one method did in the check. A number it does not speak of is null.
type Method struct {
	Name     string   `json:"name"`
	Simple   bool     `json:"simple"`    // a rule of thumb, which a model has to beat
	Chosen   bool     `json:"chosen"`    // it speaks
	LogLoss  *float64 `json:"log_loss"`  // the less the better
	Order    *float64 `json:"order"`     // of one who came and one who did not, how often the first had the better chance (AUC)
	TopTenth *float64 `json:"top_tenth"` // the share of all purchases that the tenth foretold to buy most did make
	Bias     *float64 `json:"bias"`      // of the number of purchases: 0.1 is a tenth too many
	Off      *float64 `json:"off"`       // see Checked
}

// Verdict is the check in a word.
type Verdict string

// The verdicts.
const (
	Trusted Verdict = "trusted" // better than every simple rule, and chances are as said
	Ordered Verdict = "ordered" // the order of the customers is right, the chances themselves are off
	Doubted Verdict = "doubted" // no better than a simple rule
)

// fairlyOff is how far chances may be off on average and still be taken as said.
const fairlyOff = 0.05

func quality(v *View) Quality {
	m := v.Model
	q := Quality{Basis: m.Basis, Method: m.Chosen, Horizon: v.Setting.Horizon, Customers: m.Customers, Repeaters: m.Repeaters, Days: m.Days,
		Needs: Missing{Customers: needCustomers, Repeaters: needRepeaters, Days: needDays}, Missing: m.Missing, Company: v.Store != 0, Concerns: m.Concerns()}
	if q.Concerns == nil {
		q.Concerns = []ModelWarning{}
	}
	if q.LeftOut = m.LeftOut; q.LeftOut == nil {
		q.LeftOut = []LeftOut{}
	}
	if s := said(m.Holdout, v.Store); s != nil {
		q.Check = checked(m.Holdout, m.Chosen, *s)
	}
	return q
}

// checked puts the check of the method that speaks against those of the others.
func checked(h *Holdout, chosen string, s Said) *Checked {
	c := &Checked{Said: s, Customers: h.Customers, Returned: h.Returned, Bins: h.Bins, Methods: []Method{}, Verdict: Doubted}
	if c.Bins == nil {
		c.Bins = []HeldBin{}
	}
	for _, b := range h.Bins {
		c.Foretold += b.Customers * b.Foretold
	}
	simple, mine := math.Inf(1), math.Inf(1)
	for _, k := range h.Checks {
		m := Method{Name: k.Name, Simple: k.Baseline, Chosen: k.Name == chosen, LogLoss: k.LogLoss, Order: k.AUC, TopTenth: k.TopTenth, Bias: k.Bias}
		if k.ECE != nil {
			m.Off = known(*k.ECE * 100)
		}
		if m.Simple {
			simple = min(simple, k.loss())
		}
		if m.Chosen {
			mine = k.loss()
			if k.ECE != nil {
				c.Off = *k.ECE * 100
			}
		}
		c.Methods = append(c.Methods, m)
	}
	if mine < simple {
		c.Verdict = Trusted
		if c.Off > fairlyOff*100 {
			c.Verdict = Ordered
		}
	}
	if !math.IsInf(mine, 0) && !math.IsInf(simple, 0) && simple > 0 {
		c.Gain = 1 - mine/simple
	}
	return c
}
