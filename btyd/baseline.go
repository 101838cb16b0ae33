package btyd

import (
	"cmp"
	"slices"
)

// Baselines are what a model must beat to be worth its name. Each learns from the last
// window of the past that has come true:
//
//   - base_rate: everybody comes back with the share that came back then;
//   - hiatus: those silent for longer than a cut-off are gone. The cut-off is the one that would
//     have classified most customers rightly then (Wuebben & von Wangenheim 2008, Journal of
//     Marketing 72(3), 82-93);
//   - last_window: as many repeat purchases as in the last time of this length, with the share that came
//     back then of those with as many.
func Baselines() []Scorer {
	return []Scorer{
		{Name: "base_rate", Score: scoreBaseRate},
		{Name: "hiatus", Score: scoreHiatus},
		{Name: "last_window", Score: scoreLastWindow},
	}
}

// share counts what came of a group of customers.
type share struct{ customers, active, purchases float64 }

func (s *share) add(purchases int32) {
	s.customers++
	s.purchases += float64(purchases)
	if purchases > 0 {
		s.active++
	}
}

// fill predicts the share for row i. Half a customer of each kind keeps the shares of small
// groups away from certainty.
func (s share) fill(dst Scores, i int) {
	if dst.Active != nil {
		dst.Active[i] = (s.active + 0.5) / (s.customers + 1)
	}
	if dst.Expected != nil {
		dst.Expected[i] = s.purchases / max(1, s.customers)
	}
}

func scoreBaseRate(p *Past, dst Scores) error {
	then, err := p.earlier()
	if err != nil {
		return err
	}
	var all share
	for _, k := range then.outcomes {
		all.add(k)
	}
	for i := range p.Histories.X {
		all.fill(dst, i)
	}
	return nil
}

// silence is how long customer i has not come, in horizons.
func (p *Past) silence(i int) float64 {
	return (p.Histories.T[i] - p.Histories.Tx[i]) / p.Horizon
}

func scoreHiatus(p *Past, dst Scores) error {
	then, err := p.earlier()
	if err != nil {
		return err
	}
	cutoff, recent, silent := tuneHiatus(then)
	for i := range p.Histories.X {
		if p.silence(i) <= cutoff {
			recent.fill(dst, i)
		} else {
			silent.fill(dst, i)
		}
	}
	return nil
}

// tuneHiatus finds the cut-off, in horizons, that classifies most customers rightly as those who come back
// and those who do not, and counts both groups.
func tuneHiatus(l lesson) (cutoff float64, recent, silent share) {
	type gone struct {
		silence   float64
		purchases int32
	}
	rows := make([]gone, len(l.outcomes))
	for i, k := range l.outcomes {
		rows[i] = gone{l.silence(i), k}
		silent.add(k)
	}
	slices.SortFunc(rows, func(a, b gone) int { return cmp.Compare(a.silence, b.silence) })
	whole := silent
	cutoff = -1 // nobody comes back
	best, recentNow := 0.0, share{}
	for i, r := range rows {
		recentNow.add(r.purchases)
		if i+1 < len(rows) && rows[i+1].silence == r.silence {
			continue
		}
		// Rightly told apart, beyond what is right when nobody is expected.
		if gain := 2*recentNow.active - recentNow.customers; gain > best {
			best, cutoff, recent = gain, r.silence, recentNow
		}
	}
	silent = share{whole.customers - recent.customers, whole.active - recent.active, whole.purchases - recent.purchases}
	return cutoff, recent, silent
}

// recentCounts are the repeat purchases of each customer in the last horizon.
func (p *Past) recentCounts() []int32 {
	span := p.Horizon * p.Window.unit()
	counts := p.Log.Counts(p.Histories.Customer, p.Window.End-span, p.Window.End)
	for i, t := range p.Histories.T {
		if t < p.Horizon && counts[i] > 0 {
			counts[i]-- // the first one is none
		}
	}
	return counts
}

func scoreLastWindow(p *Past, dst Scores) error {
	then, err := p.earlier()
	if err != nil {
		return err
	}
	var by [4]share // 0, 1, 2, 3 and more
	for i, k := range then.recentCounts() {
		by[min(int(k), 3)].add(then.outcomes[i])
	}
	for i, k := range p.recentCounts() {
		by[min(int(k), 3)].fill(dst, i)
		if dst.Expected != nil {
			dst.Expected[i] = float64(k)
		}
	}
	return nil
}
