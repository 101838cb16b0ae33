package btyd

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// Quality is how predictions compared with what happened. The mean absolute error is
// there for comparison only: where most customers do not come back, it is best for those who
// predict nothing for everybody.
type Quality struct {
	Customers int
	Active    float64 // share who came back
	Purchases float64 // of all customers together

	// Of the expected number of purchases:

	Bias      float64 // of the total: predicted / actual − 1
	RMSE      float64 // root of the mean squared error
	MAE       float64 // mean absolute error
	Gini      float64 // normalised Gini: 1 ranks perfectly, 0 by chance
	TopDecile float64 // share of the purchases by the tenth predicted to buy most

	// Of the probability to come back at all, P(active):

	LogLoss  float64 // mean −ln of the probability given to what happened
	Brier    float64 // mean squared error
	AUC      float64 // probability that who came back was ranked before who did not
	Accuracy float64 // share right, if those above ½ are called likely to come back
	ECE      float64 // expected calibration error: mean |predicted − actual| of the bins
	Bins     []Bin   // reliability: a tenth of the customers each, the likeliest first

	Likely       int     // customers above ½ …
	LikelyActive float64 // … and the share of them who came back
}

// Measure is one of the numbers of a [Quality] by its name.
type Measure struct {
	Name  string
	Value float64
}

// Measures are the numbers under the names that tables and programs know them by: auc, log_loss,
// brier, bias, rmse, mae, ngini, top_decile, ece, accuracy. Those that are NaN are left out.
func (q Quality) Measures() []Measure {
	all := []Measure{
		{"auc", q.AUC}, {"log_loss", q.LogLoss}, {"brier", q.Brier}, {"bias", q.Bias}, {"rmse", q.RMSE},
		{"mae", q.MAE}, {"ngini", q.Gini}, {"top_decile", q.TopDecile}, {"ece", q.ECE}, {"accuracy", q.Accuracy},
	}
	return slices.DeleteFunc(all, func(m Measure) bool { return math.IsNaN(m.Value) })
}

// Bin is a row of the reliability table. Where customers of one probability would fall into
// two bins, each of the two gets its part of what they did.
type Bin struct {
	From      float64 // the least P(active)
	To        float64 // the greatest
	Customers float64 // a tenth of all, whole or not
	Predicted float64 // mean P(active)
	Actual    float64 // share who came back
}

// tenths is the number of bins of a reliability table.
const tenths = 10

// Assess compares predictions with the purchases that followed. Either of active and expected
// may be nil: what is measured by it is then NaN. It returns an error if columns differ in
// length or a prediction is no number.
func Assess(active, expected []float64, purchases []int32) (Quality, error) {
	n := len(purchases)
	nan := math.NaN()
	q := Quality{
		Customers: n, Bias: nan, RMSE: nan, MAE: nan, Gini: nan, TopDecile: nan,
		LogLoss: nan, Brier: nan, AUC: nan, Accuracy: nan, ECE: nan,
	}
	if n == 0 || (active != nil && len(active) != n) || (expected != nil && len(expected) != n) {
		return q, errors.New("btyd: predictions and outcomes of unequal length, or none")
	}
	for _, k := range purchases {
		q.Purchases += float64(k)
		if k > 0 {
			q.Active += 1 / float64(n)
		}
	}
	for i := range n {
		if active != nil && !(active[i] >= 0 && active[i] <= 1) {
			return q, errors.New("btyd: a P(active) is not between 0 and 1")
		}
		if expected != nil && (!(expected[i] >= 0) || math.IsInf(expected[i], 0)) {
			return q, errors.New("btyd: an expected number of purchases is no number, or negative")
		}
	}
	if active != nil {
		q.assessActive(active, purchases)
	}
	if expected != nil {
		q.assessExpected(expected, purchases)
	}
	return q, nil
}

func (q *Quality) assessActive(active []float64, purchases []int32) {
	n := float64(len(active))
	q.LogLoss, q.Brier, q.Accuracy = 0, 0, 0
	likelyCame := 0.0
	for i, p := range active {
		came := 0.0
		if purchases[i] > 0 {
			came = 1
		}
		q.LogLoss += surprise(p, came) / n
		q.Brier += (p - came) * (p - came) / n
		if (p > 0.5) == (came > 0) {
			q.Accuracy += 1 / n
		}
		if p > 0.5 {
			q.Likely++
			likelyCame += came
		}
	}
	if q.Likely > 0 {
		q.LikelyActive = likelyCame / float64(q.Likely)
	}
	q.AUC = rankedBefore(active, purchases)
	q.Bins = reliability(active, purchases)
	q.ECE = 0
	for _, b := range q.Bins {
		q.ECE += math.Abs(b.Predicted-b.Actual) / tenths
	}
}

// reliability cuts the customers, the likeliest first, into tenths.
func reliability(active []float64, purchases []int32) []Bin {
	table := make([]Bin, tenths)
	size := float64(len(active)) / tenths
	order := byScore(active)
	ties(order, active, func(from, to int) {
		came := 0.0
		for _, i := range order[from:to] {
			if purchases[i] > 0 {
				came++
			}
		}
		p := active[order[from]]
		for k := int(float64(from) / size); k < tenths; k++ {
			part := min(float64(to), float64(k+1)*size) - max(float64(from), float64(k)*size)
			if !(part > 0) {
				if float64(k)*size >= float64(to) {
					break
				}
				continue
			}
			b := &table[k]
			if b.Customers == 0 {
				b.To = p
			}
			b.From = p
			b.Customers += part
			b.Predicted += p * part
			b.Actual += came * part / float64(to-from)
		}
	})
	for k := range table {
		table[k].Predicted /= table[k].Customers
		table[k].Actual /= table[k].Customers
	}
	return table
}

// surprise is −ln of the probability p gave to what came (1) or did not (0). Certainty that was
// wrong costs that of one in a million million, not infinity.
func surprise(p, came float64) float64 {
	const least = 1e-12
	if came > 0 {
		return -math.Log(max(p, least))
	}
	return -math.Log(max(1-p, least))
}

// rankedBefore is the area under the ROC curve by the rank sum (Mann & Whitney 1947); those
// ranked alike count half. NaN where all came back, or none.
func rankedBefore(score []float64, purchases []int32) float64 {
	order := byScore(score)
	came, ranks := 0.0, 0.0
	ties(order, score, func(from, to int) {
		rank := float64(from+to+1) / 2 // mean of the ranks from+1 … to
		for _, i := range order[from:to] {
			if purchases[i] > 0 {
				came++
				ranks += rank
			}
		}
	})
	n := float64(len(score))
	// Ranks count from the best: the fewer the better.
	return 1 - (ranks-came*(came+1)/2)/(came*(n-came))
}

func (q *Quality) assessExpected(expected []float64, purchases []int32) {
	n := float64(len(expected))
	total := 0.0
	q.RMSE, q.MAE = 0, 0
	actual := make([]float64, len(expected))
	for i, e := range expected {
		actual[i] = float64(purchases[i])
		total += e
		q.RMSE += (e - actual[i]) * (e - actual[i]) / n
		q.MAE += math.Abs(e-actual[i]) / n
	}
	q.RMSE = math.Sqrt(q.RMSE)
	if q.Purchases == 0 {
		return // nothing to be shared out
	}
	q.Bias = total/q.Purchases - 1
	lorenz, top := shares(expected, actual)
	perfect, _ := shares(actual, actual)
	q.TopDecile = top
	if perfect > 0 {
		q.Gini = lorenz / perfect
	}
}

// shares ranks customers by score, the highest first, and returns the Gini coefficient of
// actual in this order – twice the area between the curve of cumulated shares and the diagonal – and
// the share of the first tenth. Those of one score share alike.
func shares(score, actual []float64) (gini, top float64) {
	total := 0.0
	for _, a := range actual {
		total += a
	}
	n := float64(len(score))
	tenth := n / 10
	order := byScore(score)
	before := 0.0 // of the better ranked
	ties(order, score, func(from, to int) {
		group := 0.0
		for _, i := range order[from:to] {
			group += actual[i]
		}
		size := float64(to - from)
		gini += size / n * (2*before + group) / total
		if part := min(1, (tenth-float64(from))/size); part > 0 {
			top += part * group / total
		}
		before += group
	})
	return gini - 1, top
}

// byScore are the rows in falling order of their score.
func byScore(score []float64) []int32 {
	order := make([]int32, len(score))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(score[b], score[a]) })
	return order
}

// ties calls do for each run of rows with one score.
func ties(order []int32, score []float64, do func(from, to int)) {
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && score[order[to]] == score[order[from]] {
			to++
		}
		do(from, to)
		from = to
	}
}
