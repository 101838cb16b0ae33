package insight

import (
	"errors"
	"strconv"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/insight/exchange"
	"github.com/ricejar/ricejar/internal/insight/refill"
)

// Setting is what the company decided. Money is in minor units of the currency
// that most receipts are in.
type Setting struct {
	Horizon        int          `json:"horizon"`         // days ahead for which the chance of a purchase is given
	Discount       int64        `json:"discount"`        // a year's discount rate, in millionths
	Margin         int64        `json:"margin"`          // what is left of a sale, in millionths
	CostToWin      int64        `json:"cost_to_win"`     // of a new customer; 0: not known
	CostPerContact int64        `json:"cost_to_contact"` // of one call or message by a person
	VIPShare       int64        `json:"vip_share"`       // the share of customers that counts as best, in millionths
	Rules          Rules        `json:"rules"`
	Jars           []refill.Jar `json:"jars"` // products that customers use up at home

	Rates exchange.Rates `json:"rates,omitempty"` // what other currencies are worth; receipts of those without a rate are left out
}

// DefaultSetting is what a new company begins with.
func DefaultSetting() Setting {
	return Setting{Horizon: 90, Discount: 100_000, Margin: 400_000, CostPerContact: 500, VIPShare: 25_000, Rules: DefaultRules()}
}

// ppm is one as probabilities and shares are kept.
const ppm = 1_000_000

// Check says what is wrong with a setting that somebody wants to save.
func (s Setting) Check() error {
	var bad errs.Fields
	between := func(name string, v, least, greatest float64) {
		if !(v >= least && v <= greatest) {
			bad.Add(name, "error.between", "min", least, "max", greatest)
		}
	}
	r := s.Rules
	between("horizon", float64(s.Horizon), 7, 365)
	between("discount", float64(s.Discount), 0, ppm)
	between("margin", float64(s.Margin), 0, ppm)
	between("cost_to_win", float64(s.CostToWin), 0, 1e12)
	between("cost_to_contact", float64(s.CostPerContact), 0, 1e12)
	between("vip_share", float64(s.VIPShare), 1000, ppm/2)
	between("new_days", float64(r.NewDays), 1, 730)
	between("old_days", float64(r.OldDays), 2, 100)
	between("own_gaps", float64(r.OwnGaps), 1, 20)
	between("least_gap", float64(r.LeastGap), 1, 90)
	between("cool_factor", r.CoolFactor, 1, 10)
	between("lost_factor", r.LostFactor, r.CoolFactor, 20)
	between("lost_least", float64(r.LostLeast), 0, 730)
	between("lost_days", float64(r.LostDays), float64(max(30, r.LostLeast)), 3650)
	between("won_back_days", float64(r.WonBackDays), 0, 730)
	bad = append(bad, s.checkJars()...)
	bad = append(bad, s.Rates.Check()...)
	return bad.Err()
}

// checkJars names what is wrong by the jar's place: jars.0.daily. A product fills
// one jar.
func (s Setting) checkJars() (bad errs.Fields) {
	seen := make(map[string]bool, len(s.Jars))
	for i, j := range s.Jars {
		at := "jars." + strconv.Itoa(i) + "."
		var e *errs.Error
		if errors.As(j.Check(), &e) {
			for _, f := range e.Fields {
				bad.Add(at+f.Name, f.Key)
				bad[len(bad)-1].Args = f.Args
			}
		}
		if seen[j.Category] {
			bad.Add(at+"category", "insight.jar_twice")
		}
		seen[j.Category] = true
	}
	return bad
}
