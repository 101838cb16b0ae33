package replenish

import (
	"math"
	"sort"
)

// view is what may be known on a day of who buys what next: nothing of it looks at a
// purchase after that day.
type view struct {
	pairs     *Pairs
	day       int32
	rhythm    *Rhythm // of pairs
	customers []customerView
	products  []productView
}

type customerView struct {
	visits         []int32 // days with a purchase of anything, up to the view's
	lately, season float64 // of those, within the last 28 and 91 days
	lines, first   float64 // products bought, each day anew; of which for the first time
	lines28        float64 // lines within the last 28 days
	next           Gap     // from the last visit to the next
}

type productView struct {
	buyers, repeaters float64 // customers who bought it, and who bought it again
	lately, season    float64 // purchases within the last 28 and 91 days
	last              int32   // day it was last bought by anybody
	rate              gammaRate
}

// gammaRate is a gamma distribution of purchase rates among the customers of a product.
type gammaRate struct{ shape, time float64 }

const (
	lately = 28 // days: four weeks, so that weekdays weigh the same
	season = 91
)

// newView looks at p on a day. It returns [ErrNoGaps] if nothing was bought twice by then.
func newView(p *Pairs, day int32) (*view, error) {
	day = max(-farDay, min(farDay, day))
	rhythm, err := FitRhythm(p, day)
	if err != nil {
		return nil, err
	}
	v := &view{
		pairs: p, day: day, rhythm: rhythm,
		customers: make([]customerView, p.customers()), products: make([]productView, p.products),
	}
	v.countVisits()
	rates := make([]moments, p.products)
	var every moments
	for i := range p.Len() {
		days := upTo(p.Days(i), day)
		if len(days) == 0 {
			continue
		}
		c, q := p.Pair(i)
		w, x := &v.customers[c], &v.products[q]
		k, recent := float64(len(days)), since(days, day-lately)
		w.lines += k
		w.first++
		w.lines28 += recent
		x.buyers++
		x.lately += recent
		x.season += since(days, day-season)
		x.last = max(x.last, days[len(days)-1])
		if k > 1 {
			x.repeaters++
			rate := k / float64(day-days[0]+1)
			rates[q].add(rate)
			every.add(rate)
		}
	}
	// A product leans on all products as if ten customers more had bought it at their rates.
	ten := every.scaled(10 / every.n)
	for q := range v.products {
		v.products[q].rate = rates[q].plus(ten).gamma()
	}
	return v, nil
}

// countVisits fills what depends on the days a customer came, whatever was bought.
func (v *view) countVisits() {
	var between []gaps
	for c := range v.customers {
		w := &v.customers[c]
		w.visits = upTo(v.pairs.visits(int32(c)), v.day)
		w.lately, w.season = since(w.visits, v.day-lately), since(w.visits, v.day-season)
		if g := gapsOf(w.visits); g.n > 0 {
			g.customer = int32(c)
			between = append(between, g)
		}
	}
	// Visits are a rhythm of their own: that of one product, whatever it is.
	visiting := fitRhythm(between, 1, len(v.customers))
	for c := range v.customers {
		v.customers[c].next = visiting.Next(int32(c), 0, v.customers[c].visits)
	}
}

// since counts the days after day.
func since(days []int32, day int32) float64 {
	return float64(len(days) - sort.Search(len(days), func(i int) bool { return days[i] > day }))
}

// moments are the number of values, their sum and the sum of their squares.
type moments struct{ n, sum, square float64 }

func (m *moments) add(v float64) { *m = m.plus(moments{1, v, v * v}) }

func (m moments) plus(o moments) moments {
	return moments{m.n + o.n, m.sum + o.sum, m.square + o.square}
}

func (m moments) scaled(f float64) moments { return moments{m.n * f, m.sum * f, m.square * f} }

// gamma is the gamma distribution of that mean and variance.
func (m moments) gamma() gammaRate {
	mean := m.sum / m.n
	variance := max(m.square/m.n-mean*mean, 1e-3*mean*mean)
	return gammaRate{shape: mean * mean / variance, time: mean / variance}
}

// leastPurchases is how often a customer must have bought a product to be expected to buy it
// again.
const leastPurchases = 2

// candidate tells whether pair i is one to predict.
func (v *view) candidate(i int) bool {
	days := v.pairs.Days(i)
	return len(days) >= leastPurchases && days[leastPurchases-1] <= v.day
}

// dueFeatures is the number of features of a pair.
const dueFeatures = 27

// features fills row with what is known of candidate i that bears on a purchase within the
// next days. Counts and times enter by their logarithm. Besides
// the pair's own, they are those of Bhagat, Muralidharan, Lobzhanidze & Vishwanath (2018, KDD, "Buy it again"): the
// share of customers who buy a product again (RCP), the Poisson-gamma rate (PG) and the one
// corrected for the time since the last purchase (MPG).
func (v *view) features(row []float64, i int, within float64) {
	days := upTo(v.pairs.Days(i), v.day)
	c, q := v.pairs.Pair(i)
	w, x := &v.customers[c], &v.products[q]
	k := float64(len(days))
	first, last := days[0], days[len(days)-1]
	silent, age := float64(v.day-last), float64(v.day-first)
	mean := float64(last-first) / (k - 1)
	gap := v.rhythm.Next(c, q, days)
	visits := since(w.visits, first-1) // since the pair's first purchase, and with it
	share := k / visits
	ago := float64(v.day - w.visits[len(w.visits)-1])
	comes := w.next.Within(ago, within)

	pg := (k + x.rate.shape) / (age + 1 + x.rate.time)
	mpg := pg
	if silent < 2*mean {
		mpg = (k + x.rate.shape) / (float64(last-first) + 2*math.Abs(mean-silent) + x.rate.time)
	}

	_ = row[dueFeatures-1]
	// The pair.
	row[0] = math.Log(k)
	row[1] = math.Log1p(silent)
	row[2] = math.Log1p(age)
	row[3] = gap.Log
	row[4] = (math.Log(silent+0.5) - gap.Log) / gap.Sigma // how much overdue
	row[5] = gap.Within(silent, within)
	row[6] = -math.Expm1(-pg * within)
	row[7] = -math.Expm1(-mpg * within)
	row[8] = math.Log1p(since(days, v.day-season))
	// The pair among the customer's visits.
	row[9] = share
	row[10] = (since(days, v.day-season) + share) / (w.season + 1)
	// The customer.
	row[11] = math.Log(float64(len(w.visits)))
	row[12] = math.Log1p(w.lately)
	row[13] = math.Log1p(w.season)
	row[14] = math.Log1p(ago)
	row[15] = (math.Log(ago+0.5) - w.next.Log) / w.next.Sigma
	row[16] = comes
	row[17] = math.Log(w.lines / float64(len(w.visits)))
	row[18] = 1 - w.first/w.lines // share of purchases that are repeated ones
	row[19] = math.Log1p(w.lines28)
	row[20] = math.Log(w.first)
	// The product.
	row[21] = (x.repeaters + 1) / (x.buyers + 5) // RCP
	row[22] = math.Log1p(x.lately)
	row[23] = math.Log1p(float64(v.day - x.last))
	row[24] = math.Log((x.lately + 1) / (x.season*lately/season + 1)) // rising or falling
	row[25] = math.Log1p(x.season / x.buyers)
	// Comes, and takes it.
	row[26] = math.Log1p(comes * (k + 0.3) / (visits + 1))
}
