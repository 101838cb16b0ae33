package learn

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// defaultBoosting is careful: small trees, slow learning, much averaging.
func defaultBoosting() Boosting {
	return Boosting{Rounds: 150, Rate: 0.08, Leaves: 12, Least: 10, Ridge: 5, Rows: 0.6, Features: 0.6, SmallGain: 0.5, Seed: 1}
}

// tossed are n rows of standard normal features whose outcome has the given log-odds.
func tossed(n, width int, seed uint64, odds func(row []float64) float64) *Samples {
	random := rand.New(rand.NewPCG(seed, 7))
	s := &Samples{Width: width}
	for range n {
		row := make([]float64, width)
		for j := range row {
			row[j] = random.NormFloat64()
		}
		s.X = append(s.X, row...)
		y := 0.0
		if random.Float64() < Sigmoid(odds(row)) {
			y = 1
		}
		s.Y = append(s.Y, y)
	}
	return s
}

// logLoss is the mean log loss of predictions.
func logLoss(s *Samples, predict func(row []float64) float64) float64 {
	sum := 0.0
	for i, y := range s.Y {
		p := predict(s.Row(i))
		sum -= y*math.Log(p) + (1-y)*math.Log(1-p)
	}
	return sum / float64(s.Len())
}

func TestLogisticRegressionFindsTheTruth(t *testing.T) {
	t.Parallel()
	s := tossed(40_000, 3, 1, func(x []float64) float64 { return -1 + 0.8*x[0] - 0.5*x[1] })
	for i := range s.Y { // the scale of a feature must not matter
		s.X[i*3+1] = 100 + s.X[i*3+1]*10
	}
	l := FitLogistic(s, 1)
	want := []float64{0.8, -0.05, 0}
	for j, w := range want {
		tolerance := 0.05
		if j == 1 {
			tolerance = 0.005
		}
		if math.Abs(l.Weights[j]-w) > tolerance {
			t.Errorf("weight %d: got %v, want about %v", j, l.Weights[j], w)
		}
	}
	if math.Abs(l.Bias-(-1+0.05*100)) > 0.4 {
		t.Errorf("bias: got %v, want about 4", l.Bias)
	}
	// At the top, the mean prediction is the mean outcome.
	mean := 0.0
	for i := range s.Y {
		mean += l.Probability(s.Row(i)) / float64(s.Len())
	}
	if math.Abs(mean-s.MeanOutcome()) > 1e-6 {
		t.Errorf("mean prediction %v, mean outcome %v", mean, s.MeanOutcome())
	}
}

func TestLogisticRegressionStaysFinite(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*Samples{
		"separable":        {Width: 1, X: []float64{-2, -1, 1, 2}, Y: []float64{0, 0, 1, 1}},
		"constant feature": {Width: 2, X: []float64{1, 5, 2, 5, 3, 5}, Y: []float64{0, 1, 1}},
		"the same twice":   {Width: 2, X: []float64{1, 1, 2, 2, 3, 3}, Y: []float64{0, 1, 0}},
		"all ones":         {Width: 1, X: []float64{1, 2, 3}, Y: []float64{1, 1, 1}},
		"nothing":          {Width: 1},
	} {
		l := FitLogistic(s, 1)
		row := make([]float64, s.Width)
		row[0] = 1.5
		if p := l.Probability(row); !(p >= 0 && p <= 1) {
			t.Errorf("%s: P = %v from %+v", name, p, l)
		}
	}
}

func TestWeightsCountRowsAsSoMany(t *testing.T) {
	t.Parallel()
	s := tossed(500, 2, 3, func(x []float64) float64 { return x[0] })
	twice := &Samples{Width: 2, X: append(append([]float64{}, s.X...), s.X...), Y: append(append([]float64{}, s.Y...), s.Y...)}
	weighted := &Samples{Width: 2, X: s.X, Y: s.Y, Weight: make([]float64, s.Len())}
	for i := range weighted.Weight {
		weighted.Weight[i] = 2
	}
	a, b := FitLogistic(twice, 1), FitLogistic(weighted, 1)
	for j := range a.Weights {
		if math.Abs(a.Weights[j]-b.Weights[j]) > 1e-6 {
			t.Errorf("weight %d: %v with rows twice, %v with rows counted twice", j, a.Weights[j], b.Weights[j])
		}
	}
}

func TestTreesLearnWhatALineCannot(t *testing.T) {
	t.Parallel()
	odds := func(x []float64) float64 { // two features in opposition, and a threshold
		m := 1.5
		if x[0]*x[1] > 0 {
			m = -1.5
		}
		if x[2] > 1 {
			m++
		}
		return m
	}
	train, test := tossed(20_000, 5, 1, odds), tossed(20_000, 5, 2, odds)
	b := FitBoosted(train, defaultBoosting())
	l := FitLogistic(train, 1)
	perfect := logLoss(test, func(x []float64) float64 { return Sigmoid(odds(x)) })
	got, line := logLoss(test, b.Probability), logLoss(test, l.Probability)
	if got > perfect+0.015 || line < perfect+0.1 {
		t.Errorf("log loss: trees %.4f, line %.4f, truth %.4f", got, line, perfect)
	}
	sum, ones := 0.0, 0.0
	for i, y := range test.Y {
		sum += b.Probability(test.Row(i))
		ones += y
	}
	if r := sum / ones; r < 0.97 || r > 1.03 {
		t.Errorf("predicted / actual = %v", r)
	}
}

func TestTreesTakeAnOffsetAndMissingValues(t *testing.T) {
	t.Parallel()
	s := tossed(20_000, 2, 5, func(x []float64) float64 { return 2*x[0] + 0.5 })
	s.Offset = make([]float64, s.Len())
	for i := range s.Y {
		s.Offset[i] = 2 * s.X[i*2] // all there is to know, but for the constant
		s.X[i*2] = math.NaN()
	}
	b := FitBoosted(s, defaultBoosting())
	for _, x := range []float64{-1, 0, 1, math.NaN()} {
		if m := b.Margin([]float64{math.NaN(), x}); math.Abs(m-0.5) > 0.25 {
			t.Errorf("margin beside the offset at %v: got %v, want about 0.5", x, m)
		}
	}
}

func TestTreesDoNotDependOnTheProcessors(t *testing.T) {
	s := tossed(5_000, 4, 9, func(x []float64) float64 { return x[0] * x[1] })
	o := defaultBoosting()
	o.Rounds = 20
	one := FitBoosted(s, o)
	old := runtime.GOMAXPROCS(1)
	two := FitBoosted(s, o)
	runtime.GOMAXPROCS(old)
	if diff := cmp.Diff(one, two, cmp.AllowUnexported(Boosted{}, node{})); diff != "" {
		t.Error(diff)
	}
}

func TestTreesOfLittleOrNothing(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*Samples{
		"nothing":  {Width: 2},
		"one row":  {Width: 2, X: []float64{1, 2}, Y: []float64{1}},
		"all ones": {Width: 1, X: []float64{1, 2, 3}, Y: []float64{1, 1, 1}},
		"no value": {Width: 1, X: []float64{math.NaN(), math.NaN()}, Y: []float64{1, 0}},
		"infinite": {Width: 1, X: []float64{math.Inf(-1), math.Inf(1), 0}, Y: []float64{1, 0, 1}},
	} {
		b := FitBoosted(s, defaultBoosting())
		if p := b.Probability(make([]float64, s.Width)); !(p >= 0 && p <= 1) {
			t.Errorf("%s: P = %v", name, p)
		}
	}
}

func TestBinEdgesPartValuesEvenly(t *testing.T) {
	t.Parallel()
	few := binEdges([]float64{3, 1, 1, 2, 3, 1})
	if diff := cmp.Diff([]float64{1.5, 2.5}, few); diff != "" {
		t.Error(diff)
	}
	values := make([]float64, 10_000)
	for i := range values {
		values[i] = float64(i * i % 9_973)
	}
	edges := binEdges(values)
	if len(edges) != maxBins-1 {
		t.Fatalf("%d edges", len(edges))
	}
	from := 0
	for i, e := range edges {
		to := from
		for to < len(values) && values[to] <= e {
			to++
		}
		if n := to - from; n < 100 || n > 220 {
			t.Errorf("bin %d holds %d of 10,000", i, n)
		}
		from = to
	}
}
