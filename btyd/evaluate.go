package btyd

import (
	"errors"
	"fmt"
	"math"
)

// Past is what may be known when the future is predicted: the purchases up to a day, and
// none after it.
type Past struct {
	Log       *Log       // ends with the window
	Histories *Histories // of the window; predictions are for its rows
	Window    Window     // its End is today
	Horizon   float64    // how far to look ahead, in the unit of the histories
}

// NewPast is the log as it was at the end of w, from where to look horizon ahead, counted in the
// unit of w. What the log has after it is left out, so that nobody can peek.
func NewPast(l *Log, w Window, horizon float64) (*Past, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	if !(horizon > 0) || math.IsInf(horizon, 0) {
		return nil, errors.New("btyd: a horizon is a positive time")
	}
	known := l.between(w.start(), w.End)
	p := &Past{Log: known, Histories: known.Histories(w), Window: w, Horizon: horizon}
	if p.Histories.Len() == 0 {
		return nil, ErrTooFew
	}
	return p, nil
}

// Outcomes are the purchases that l, the whole log, has of each of the histories within the horizon.
func (p *Past) Outcomes(l *Log) []int32 {
	return l.Counts(p.Histories.Customer, p.Window.End, p.Window.End+p.Horizon*p.Window.unit())
}

// span is how long the histories go back, in their unit.
func (p *Past) span() float64 {
	longest := 0.0
	for _, t := range p.Histories.T {
		longest = max(longest, t)
	}
	return longest
}

// at is the past as it was at an earlier end.
func (p *Past) at(end, horizon float64) (*Past, error) {
	w := p.Window
	w.End = end
	return NewPast(p.Log, w, horizon)
}

// lesson is a past of the past: what was known at an earlier day, and what followed until today.
type lesson struct {
	*Past
	outcomes []int32
}

// earlier is a window of the past that has come true and resembles today: it ends today, and its
// horizon is to the time before it as the horizon is to the past today. Where the
// past is long that is the last horizon; where a cohort has been watched from its first day, it is the same
// cohort when it was younger, seen through the same glass. Times that are to be carried
// over to today are therefore counted in horizons.
func (p *Past) earlier() (lesson, error) {
	span := p.span()
	ahead := span * p.Horizon / (span + p.Horizon)
	if step := p.Histories.Step; step > 0 { // whole days
		ahead = math.Floor(ahead/step) * step
	}
	if !(ahead > 0) {
		return lesson{}, ErrTooFew
	}
	q, err := p.at(p.Window.End-ahead*p.Window.unit(), ahead)
	if err != nil {
		return lesson{}, err
	}
	return lesson{q, q.Outcomes(p.Log)}, nil
}

// Scorer is a way to predict: Score fills dst.Active and dst.Expected, where they are not nil,
// for the rows of p.Histories and the time p.Horizon ahead.
type Scorer struct {
	Name  string
	Score func(p *Past, dst Scores) error
}

// ModelScorer fits a model to the histories and scores them with it:
//
//	btyd.ModelScorer("mbgnbd", btyd.FitMBGNBD)
func ModelScorer[M Model](name string, fit func(*Histories, Options) (Fit[M], error)) Scorer {
	return Scorer{Name: name, Score: func(p *Past, dst Scores) error {
		f, err := fit(p.Histories, Options{})
		if err != nil {
			return err
		}
		f.Model.Score(dst, p.Histories, p.Horizon)
		return nil
	}}
}

// Result is how well one scorer did. Err says why it could not predict; Quality is then empty.
type Result struct {
	Name     string
	Baseline bool
	Quality  Quality
	Err      error
}

// Report is the check of predictions against what came.
type Report struct {
	End     float64 // last day known to the scorers, in the time of the events
	Horizon float64 // in the unit of the histories
	Results []Result
}

// Of is the result of a scorer by its name.
func (r *Report) Of(name string) (Result, bool) {
	for _, one := range r.Results {
		if one.Name == name {
			return one, true
		}
	}
	return Result{}, false
}

// Evaluate lets each scorer, and the three [Baselines] after them, predict from the end of w how the horizon
// (in the unit of w) goes, and compares that with what the log has in it. Purchases after the end
// are hidden from them. It returns an error if the log does not reach to the
// end of the horizon, give or take a twentieth of it.
func Evaluate(l *Log, w Window, horizon float64, scorers ...Scorer) (*Report, error) {
	p, err := NewPast(l, w, horizon)
	if err != nil {
		return nil, err
	}
	if reaches := (l.Last() - w.End) / w.unit(); !(reaches >= 0.95*horizon) {
		return nil, fmt.Errorf("btyd: the log reaches %.4g beyond the end, not %.4g", reaches, horizon)
	}
	r := &Report{End: w.End, Horizon: horizon}
	outcomes := p.Outcomes(l)
	for _, s := range scorers {
		r.Results = append(r.Results, p.assess(s, outcomes))
	}
	for _, s := range Baselines() {
		one := p.assess(s, outcomes)
		one.Baseline = true
		r.Results = append(r.Results, one)
	}
	return r, nil
}

func (p *Past) assess(s Scorer, outcomes []int32) Result {
	n := p.Histories.Len()
	dst := Scores{Active: make([]float64, n), Expected: make([]float64, n)}
	result := Result{Name: s.Name}
	if result.Err = s.Score(p, dst); result.Err == nil {
		result.Quality, result.Err = Assess(dst.Active, dst.Expected, outcomes)
	}
	return result
}

// Origins are up to n ends of windows, the latest first, from which the horizon ahead lies within the
// past and as much lies behind: rolling origins, a horizon apart. Where there is
// room for none, the one in the middle of the past with half of the past as its horizon.
func (p *Past) Origins(n int) (ends []float64, horizon float64) {
	unit := p.Window.unit()
	first := p.Window.End - p.span()*unit
	horizon = p.Horizon
	for k := 1; k <= n; k++ {
		end := p.Window.End - float64(k)*horizon*unit
		if end-first < horizon*unit {
			break
		}
		ends = append(ends, end)
	}
	if len(ends) == 0 && n > 0 {
		if q, err := p.earlier(); err == nil {
			return []float64{q.Window.End}, q.Horizon
		}
	}
	return ends, horizon
}

// Candidates are the ways to predict that are worth trying in any shop: the return model,
// the Pareto/NBD, the MBG/CNBD-k and the MBG/NBD.
func Candidates() []Scorer {
	return []Scorer{
		ReturnScorer(), ModelScorer("paretonbd", FitParetoNBD), ModelScorer("mbgcnbdk", FitMBGCNBD), ModelScorer("mbgnbd", FitMBGNBD),
	}
}

// Choice is which scorer to take for a shop, and why.
type Choice struct {
	Name    string             // the best
	Scorer  Scorer             // itself
	LogLoss map[string]float64 // by scorer: mean over the origins, +Inf where it failed
	Reports []*Report          // one for each origin, the latest first
}

// Choose evaluates the scorers at up to origins rolling origins inside the past and takes the
// one whose P(active) has the least mean log loss. A scorer that failed at any of them is
// not taken. If none can be taken, or there is no room for an origin, it returns [ErrTooFew].
func Choose(p *Past, origins int, scorers ...Scorer) (Choice, error) {
	ends, horizon := p.Origins(origins)
	c := Choice{LogLoss: map[string]float64{}}
	for _, end := range ends {
		q, err := p.at(end, horizon)
		if err != nil {
			continue
		}
		outcomes := q.Outcomes(p.Log)
		report := &Report{End: end, Horizon: horizon}
		for _, s := range scorers {
			report.Results = append(report.Results, q.assess(s, outcomes))
		}
		c.Reports = append(c.Reports, report)
	}
	for _, report := range c.Reports {
		for _, one := range report.Results {
			loss := one.Quality.LogLoss
			if one.Err != nil {
				loss = math.Inf(1)
			}
			c.LogLoss[one.Name] += loss / float64(len(c.Reports))
		}
	}
	best := math.Inf(1)         // which nobody who failed is below
	for _, s := range scorers { // in order: a draw goes to the first
		if loss, ok := c.LogLoss[s.Name]; ok && loss < best {
			c.Name, c.Scorer, best = s.Name, s, loss
		}
	}
	if c.Name == "" {
		return c, ErrTooFew
	}
	return c, nil
}
