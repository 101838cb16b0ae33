package btyd

import (
	"fmt"
	"math"
	"slices"
)

// An escape is a way in which the parameters of a model can run off to their boundary when
// the data show nothing of what they describe.
type escape struct {
	toward vector   // in log-parameters
	params []string // which of them run off; the others mean nothing then
	text   string   // what it means and what to do
}

const (
	// vague is the standard error of a log-parameter from which on the parameter can be called
	// undetermined: a factor of 50 to either side.
	vague = 2.0
	// remote is a log-parameter that no ordinary data lead to.
	remote = 9.0
	// indifferent is a difference in the log-likelihood of all customers well within chance.
	indifferent = 0.5
)

// judge tells how far to trust where a search over the parameters with these names has ended,
// and gives the standard errors of the log-parameters: NaN for those that ran off
// or are not determined. The escapes are tried in order.
func judge(names []string, at summit, customers float64, f objective, escapes []escape) (warnings []Warning, se vector) {
	n := len(names)
	se = at.logErrors(n, customers)
	sound := at.converged
	for i := range n {
		sound = sound && se[i] < vague && math.Abs(at.u[i]) < remote
	}
	if sound {
		return nil, se
	}
	var known [maxParams]bool
	gone := false
	for _, e := range escapes {
		taken, pressed := false, true
		further := at.u
		for i := range n {
			if e.toward[i] == 0 {
				continue
			}
			taken = taken || known[i]
			pressed = pressed && e.toward[i]*at.u[i] >= farthest
			further[i] += 3 * e.toward[i]
		}
		if taken { // explained already
			continue
		}
		value, _, _ := f(further)
		if !pressed && !((at.value-value)*customers < indifferent) {
			continue
		}
		gone = true
		for i, name := range names {
			if e.toward[i] == 0 {
				continue
			}
			known[i] = true
			if slices.Contains(e.params, name) {
				warnings = append(warnings, Warning{Code: Boundary, Param: name, Text: e.text})
			} else {
				warnings = append(warnings, Warning{Code: Flat, Param: name, Text: name + " means nothing where that is so."})
			}
		}
	}
	for i, name := range names {
		if !known[i] && math.Abs(at.u[i]) >= farthest {
			gone, known[i] = true, true
			warnings = append(warnings, Warning{Code: Boundary, Param: name, Text: fmt.Sprintf(
				"%s is as small or as large as is searched for: do not use the fit. Check the data for impossible ages.", name)})
		}
	}
	se = at.logErrorsOf(n, customers, known)
	for i, name := range names {
		if !known[i] && !(se[i] < vague) && at.converged {
			warnings = append(warnings, Warning{Code: Flat, Param: name, Text: fmt.Sprintf(
				"%s could be many times larger or smaller and fit as well, if the other parameters follow: "+
					"do not read it by itself. Predictions are not affected as long as they stay within the time observed.", name)})
			se[i] = math.NaN()
		}
	}
	if !at.converged && !gone {
		warnings = append(warnings, Warning{Code: NotConverged, Text: fmt.Sprintf(
			"the search stopped after %d evaluations before reaching the top: do not use the fit. "+
				"Check the data for impossible ages, or start elsewhere (Options.Start).", at.evaluations)})
	}
	return warnings, se
}

// logStart is the logarithms of n parameters given as a start.
func logStart(start []float64, n int) (u vector, err error) {
	if len(start) != n {
		return u, fmt.Errorf("btyd: %d parameters to start from, not %d", len(start), n)
	}
	for i, v := range start {
		if !positive(v) {
			return u, fmt.Errorf("btyd: parameter %d to start from is %v", i+1, v)
		}
		u[i] = math.Log(v)
	}
	return u, nil
}
