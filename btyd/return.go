package btyd

import (
	"errors"
	"fmt"

	"github.com/ricejar/ricejar/btyd/internal/learn"
)

// Unlearned is the warning of a [Return] whose past is too short to have taught it anything:
// it says what the model underneath says.
const Unlearned WarningCode = "unlearned"

// Return tells who comes back within the horizon, and how often. It takes what two models say,
// a [ParetoNBD] and an [MBGCNBD], looks how that turned out at an earlier day for customers
// whose silence, counts and spend are known besides, and corrects it by a logistic regression (stacking;
// Wolpert 1992, Neural Networks 5, 241-259). What is learnt is rolled forward: the models
// are fitted anew today, the correction is that of the earlier window.
//
// The earlier window resembles today: its horizon is to the time before it as the horizon is
// to the past today, and every time is counted in horizons. So what is learnt from a cohort
// that is still being acquired holds when all of it has been. A past of at least three horizons
// teaches by two such windows, of four and more by three.
//
// A Return is good for the log it was fitted on at later days, too, as long as the horizon and the
// unit stay: fit it once a week, score every night.
type Return struct {
	Horizon float64 // in the unit of the histories
	Unit    float64 // see [Window]

	Pareto  ParetoNBD // all 0 when it could not be fitted
	Regular MBGCNBD   // likewise
	Base    string    // the name of the model that is corrected: the better one in the earlier windows, once calibrated

	// Bias and Weights are added to the log-odds of the base model, feature by
	// feature of [ReturnFeatures]; all 0 when nothing could be learnt.
	Bias    float64
	Weights []Parameter

	// Purchases is what the expected number of purchases was to be multiplied by
	// in the earlier windows, beyond the correction of P(active).
	Purchases float64

	Lessons  []Lesson
	Warnings []Warning // of the two models underneath, and [Unlearned]
}

// Lesson is an earlier window that a [Return] has learnt from.
type Lesson struct {
	End       float64 // its last known day, in the time of the events
	Horizon   float64 // how far it looked ahead from there, in the unit of the histories
	Customers int
	Active    float64 // share who came back
}

const (
	// modelWorth is the number of customers that the uncorrected model counts for beside
	// what is observed: small shops stay close to it.
	modelWorth = 300
	// purchasesWorth is the same in purchases, for the expected number.
	purchasesWorth = 100
	// lessonRidge keeps weights from growing for little; see fitLogistic.
	lessonRidge = 5
	// lessonRows is the number of customers of a window that is enough to learn from.
	lessonRows = 100_000
	// leastLesson is the number of customers, and the tenth of it the number of those who came back
	// and of those who did not, below which nothing is learnt.
	leastLesson = 100
	// surest bounds the probabilities that are corrected: a model's 10^-9 is a figure of speech.
	surest = 1e-4
)

// FitReturn fits a [Return] to the past. It returns [ErrTooFew] if neither model can be fitted to it. It
// may fail for one of the models: the other then does alone.
func FitReturn(p *Past) (*Return, error) {
	r := &Return{Horizon: p.Horizon, Unit: p.Window.unit(), Purchases: 1}
	now, err := fitBoth(p.Histories)
	if err != nil {
		return nil, err
	}
	r.Pareto, r.Regular, r.Warnings = now.pareto, now.regular, now.warnings
	lessons := p.lessons(now.usable())
	base := chooseBase(now.usable(), lessons)
	r.Base = [2]string{r.Pareto.Name(), r.Regular.Name()}[base]
	r.learn(lessons, base)
	return r, nil
}

// ReturnScorer fits a [Return] and scores with it, for [Evaluate] and [Choose].
func ReturnScorer() Scorer {
	return Scorer{Name: "return", Score: func(p *Past, dst Scores) error {
		r, err := FitReturn(p)
		if err != nil {
			return err
		}
		return r.Score(p, dst)
	}}
}

// Score fills dst.Active and dst.Expected, where they are not nil, for the rows of p.Histories. Alive is not its
// business. It returns an error if p counts in another unit or looks at another horizon.
func (r *Return) Score(p *Past, dst Scores) error {
	if p.Horizon != r.Horizon || p.Window.unit() != r.Unit {
		return fmt.Errorf("btyd: a return model for %v ahead, in units of %v, was asked for %v in units of %v",
			r.Horizon, r.Unit, p.Horizon, p.Window.unit())
	}
	if dst.Alive != nil {
		return errors.New("btyd: a return model has no P(alive)")
	}
	dst.check(p.Histories.Len())
	both := twoModels{pareto: r.Pareto, regular: r.Regular}
	b := both.beliefs(p, r.base())
	line := r.line()
	v := newViewer(p)
	inParallel(p.Histories.Len(), stretch(p.Histories.Len()), func(_, from, to int) {
		var row [returnFeatures]float64
		var times []float64
		for i := from; i < to; i++ {
			times = v.features(&row, times, i, b)
			active := sigmoid(b.offset(i) + line.Margin(row[:]))
			if dst.Active != nil {
				dst.Active[i] = active
			}
			if dst.Expected != nil {
				dst.Expected[i] = active * b.ifActive(p, i) * r.Purchases
			}
		}
	})
	return nil
}

// base is the index of the base model: 0 for Pareto, 1 for Regular.
func (r *Return) base() int {
	if r.Base == r.Regular.Name() {
		return 1
	}
	return 0
}

func (r *Return) line() learn.Logistic {
	l := learn.Logistic{Bias: r.Bias, Weights: make([]float64, returnFeatures)}
	for j, w := range r.Weights {
		l.Weights[j] = w.Value
	}
	return l
}

// taught is a lesson with the models as they were fitted then.
type taught struct {
	lesson
	models twoModels
}

// lessons are the windows to learn from, the latest first: none where there is too little.
func (p *Past) lessons(usable [2]bool) (lessons []taught) {
	wanted := max(1, min(3, int(p.span()/p.Horizon)-1))
	for q := p; len(lessons) < wanted; {
		l, err := q.earlier()
		if err != nil {
			break
		}
		active := 0
		for _, k := range l.outcomes {
			if k > 0 {
				active++
			}
		}
		if n := len(l.outcomes); n < leastLesson || min(active, n-active) < leastLesson/10 {
			break
		}
		then, err := fitBoth(l.Histories)
		if err != nil || then.usable() != usable {
			break
		}
		lessons = append(lessons, taught{l, then})
		q = l.Past
	}
	return lessons
}

// chooseBase takes the model whose P(active), once set right in level and spread, had the lesser
// log loss in the lessons: that is how it will be used.
func chooseBase(usable [2]bool, lessons []taught) int {
	switch {
	case !usable[0]:
		return 1
	case !usable[1]:
		return 0
	}
	var loss [2]float64
	for _, l := range lessons {
		b := l.models.beliefs(l.Past, 0)
		for m := range loss {
			loss[m] += calibratedLoss(b.active[m], l.outcomes)
		}
	}
	if loss[1] < loss[0] {
		return 1
	}
	return 0
}

// skipped leaves out rows of n, evenly, so that lessonRows remain.
func skipped(i, n int) bool {
	return n > lessonRows && i*lessonRows/n == (i+1)*lessonRows/n
}

// calibratedLoss is the log loss of all outcomes together after the best linear
// change of the log-odds (Platt 1999).
func calibratedLoss(active []float64, outcomes []int32) (loss float64) {
	s := &learn.Samples{Width: 1}
	for i, p := range active {
		if skipped(i, len(active)) {
			continue
		}
		s.X = append(s.X, sureLogit(p))
		s.Y = append(s.Y, min(1, float64(outcomes[i])))
	}
	line := learn.FitLogistic(s, lessonRidge)
	for i, y := range s.Y {
		loss += surprise(line.Probability(s.Row(i)), y)
	}
	return loss
}

// learn fits the correction of the base model to the lessons.
func (r *Return) learn(lessons []taught, base int) {
	r.Weights = make([]Parameter, returnFeatures)
	for j, name := range ReturnFeatures() {
		r.Weights[j].Name = name
	}
	s := &learn.Samples{Width: returnFeatures}
	var bought, ifActive []float64
	for _, l := range lessons {
		n := len(l.outcomes)
		b := l.models.beliefs(l.Past, base)
		v := newViewer(l.Past)
		var row [returnFeatures]float64
		var times []float64
		active := 0.0
		for i, k := range l.outcomes {
			if k > 0 {
				active += 1 / float64(n)
			}
			if skipped(i, n) {
				continue
			}
			times = v.features(&row, times, i, b)
			s.X = append(s.X, row[:]...)
			s.Y = append(s.Y, min(1, float64(k)))
			s.Offset = append(s.Offset, b.offset(i))
			bought = append(bought, float64(k))
			ifActive = append(ifActive, b.ifActive(l.Past, i))
		}
		r.Lessons = append(r.Lessons, Lesson{End: l.Window.End, Horizon: l.Horizon, Customers: n, Active: active})
	}
	if len(lessons) == 0 {
		r.Warnings = append(r.Warnings, Warning{Code: Unlearned, Text: "the past is too short, or has too few customers, " +
			"to check the model on an earlier day: predictions are those of " + r.Base + " uncorrected"})
		return
	}
	// Every customer came back once as observed, and a little as the model said.
	n := float64(len(s.Y))
	little := modelWorth / n
	for i, y := range s.Y {
		s.Y[i] = (y + little*sigmoid(s.Offset[i])) / (1 + little)
		s.Weight = append(s.Weight, 1+little)
	}
	line := learn.FitLogistic(s, lessonRidge)
	r.Bias = line.Bias
	for j, w := range line.Weights {
		r.Weights[j].Value = w
	}
	actual, predicted := float64(purchasesWorth), float64(purchasesWorth)
	for i := range bought {
		actual += bought[i]
		predicted += sigmoid(s.Offset[i]+line.Margin(s.Row(i))) * ifActive[i]
	}
	r.Purchases = actual / predicted
}

// twoModels are the models that are corrected.
type twoModels struct {
	pareto   ParetoNBD
	regular  MBGCNBD
	warnings []Warning
}

// usable tells which of them were fitted: parameters are never 0.
func (m twoModels) usable() [2]bool { return [2]bool{m.pareto.R > 0, m.regular.R > 0} }

func fitBoth(h *Histories) (twoModels, error) {
	var both twoModels
	pareto, err := FitParetoNBD(h, Options{})
	if err == nil {
		both.pareto = pareto.Model
		both.note(pareto.Model, pareto.Warnings)
	}
	regular, err2 := FitMBGCNBD(h, Options{})
	if err2 == nil {
		both.regular = regular.Model
		both.note(regular.Model, regular.Warnings)
	}
	if both.usable() == [2]bool{} {
		return both, errors.Join(err, err2)
	}
	return both, nil
}

// note keeps the warnings of a model. What they advise is for those who use it by itself.
func (m *twoModels) note(one Model, warnings []Warning) {
	for _, w := range warnings {
		name := one.Name()
		param, text := name, name+", one of the two models underneath, could not determine it from these data; "+
			"P(active) remains usable. To know more, fit "+name+" by itself."
		if w.Param != "" {
			param += "." + w.Param
		}
		if w.Code == NotConverged {
			text = name + ", one of the two models underneath, did not converge: let Evaluate compare with others before use."
		}
		m.warnings = append(m.warnings, Warning{Code: w.Code, Param: param, Text: text})
	}
}

// beliefs is what the models say of each customer of a past.
type beliefs struct {
	active   [2][]float64 // P(active) by Pareto and by Regular, both of the base where one is missing
	expected []float64    // by the base
	base     int
}

func (m twoModels) beliefs(p *Past, base int) *beliefs {
	n := p.Histories.Len()
	b := &beliefs{base: base, expected: make([]float64, n)}
	usable := m.usable()
	for k, one := range []Model{m.pareto, m.regular} {
		if !usable[k] {
			continue
		}
		b.active[k] = make([]float64, n)
		dst := Scores{Active: b.active[k]}
		if k == base {
			dst.Expected = b.expected
		}
		one.Score(dst, p.Histories, p.Horizon)
	}
	for k := range b.active {
		if b.active[k] == nil {
			b.active[k] = b.active[base]
		}
	}
	return b
}

// sureLogit are the log-odds of P(active), away from certainty; NaN counts as the least.
func sureLogit(active float64) float64 {
	if !(active > surest) {
		active = surest
	}
	return logit(min(1-surest, active))
}

// logOdds are those of a model's P(active).
func (b *beliefs) logOdds(model, i int) float64 { return sureLogit(b.active[model][i]) }

// offset are the log-odds that are corrected.
func (b *beliefs) offset(i int) float64 { return b.logOdds(b.base, i) }

// ifActive is the expected number of purchases of customer i, if he comes back at all: where the base's
// P(active) is too small to divide by, that of one who goes on as before.
func (b *beliefs) ifActive(p *Past, i int) float64 {
	if active := b.active[b.base][i]; active > 1e-100 {
		return max(1, b.expected[i]/active)
	}
	if p.Histories.X[i] == 0 {
		return 1
	}
	return max(1, float64(p.Histories.X[i])/p.Histories.T[i]*p.Horizon)
}
