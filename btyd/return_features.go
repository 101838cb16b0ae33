package btyd

import (
	"math"
	"slices"
)

// returnFeatures is the number of features of a [Return].
const returnFeatures = 12

// ReturnFeatures are the names of what a [Return] knows of a customer beside the base model, in the
// order of Return.Weights. Times are counted in horizons, and spend against that of the median
// customer, so that a feature means the same at an earlier day. More than three times as much counts as three times:
// a wholesaler's one order, or a slip of the till, is no news of who comes back.
//
//   - other_model: log-odds of P(active) by the other model, less those by the base model
//   - model: log-odds of P(active) by the base model
//   - model_once: the same for those who came once, else 0
//   - recent: ln(1 + repeat purchases in the last horizon)
//   - repeats: ln(1 + repeat purchases)
//   - repeated: 1 for those who came again, else 0
//   - silence: ln(0.05 + time since the last purchase)
//   - long_silence: time since the last purchase, at most 4
//   - overdue: ln(1 + time since the last purchase / mean time between purchases), 0 for those who came once
//   - spend: ln(0.1 + mean spend of a purchase, from 0 to 3)
//   - spend_once: the same for those who came once, else 0
//   - spend_last: the same of the last purchase
//
// The last three are 0 where the log knows no spend.
func ReturnFeatures() []string {
	return []string{
		"other_model", "model", "model_once", "recent", "repeats", "repeated", "silence", "long_silence", "overdue",
		"spend", "spend_once", "spend_last",
	}
}

// viewer sees the customers of a past as features.
type viewer struct {
	*Past
	typical float64 // mean spend of a purchase: that of the median customer
}

const (
	// lavish is how many times the typical spend more spend makes no more difference.
	lavish = 3
	// typicalOf is how many customers, taken evenly, are enough to tell the typical spend.
	typicalOf = 10_000
)

func newViewer(p *Past) *viewer {
	v := &viewer{Past: p}
	if p.Log.spend == nil {
		return v
	}
	var means []float64
	n := p.Histories.Len()
	for i := 0; i < n; i += 1 + n/typicalOf {
		if mean := meanOf(p.Log.Spends(int(p.Histories.Customer[i]))); mean > 0 {
			means = append(means, mean)
		}
	}
	if len(means) > 0 {
		slices.Sort(means)
		v.typical = means[len(means)/2]
	}
	return v
}

func meanOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// relative is a spend on the scale of the features.
func (v *viewer) relative(spend float64) float64 {
	if v.typical == 0 {
		return 0
	}
	return math.Log(0.1 + max(0, min(lavish, spend/v.typical)))
}

// features fills row with the features of customer i. buf is scratch, which it returns.
func (v *viewer) features(row *[returnFeatures]float64, buf []float64, i int, b *beliefs) []float64 {
	h := v.Histories
	customer := int(h.Customer[i])
	x := float64(h.X[i])
	silence := v.silence(i)
	base := b.offset(i)
	*row = [returnFeatures]float64{}
	row[0] = b.logOdds(1-b.base, i) - base
	row[1] = base
	row[4] = math.Log1p(x)
	row[6] = math.Log(0.05 + silence)
	row[7] = min(4, silence)
	if x > 0 {
		row[5] = 1
		row[8] = math.Log1p(silence / (h.Tx[i]/x/v.Horizon + 0.1))
		buf = v.Log.Times(customer, buf[:0])
		recent := 0.0
		for j := len(buf) - 1; j >= 1 && buf[j] > v.Window.End-v.Horizon*v.Window.unit(); j-- {
			recent++
		}
		row[3] = math.Log1p(recent)
	} else {
		row[2] = base
	}
	if spends := v.Log.Spends(customer); spends != nil {
		row[9] = v.relative(meanOf(spends))
		if x == 0 {
			row[10] = row[9]
		}
		row[11] = v.relative(spends[len(spends)-1])
	}
	return buf
}
