package btyd

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tossed are n rows of standard normal features whose outcome has the given log-odds.
func tossed(n, width int, seed uint64, odds func(row []float64) float64) *samples {
	random := rand.New(rand.NewPCG(seed, 7))
	s := &samples{width: width}
	for range n {
		row := make([]float64, width)
		for j := range row {
			row[j] = random.NormFloat64()
		}
		s.x = append(s.x, row...)
		y := 0.0
		if random.Float64() < sigmoid(odds(row)) {
			y = 1
		}
		s.y = append(s.y, y)
	}
	return s
}

// logLoss is the mean log loss of predictions.
func logLoss(s *samples, predict func(row []float64) float64) float64 {
	sum := 0.0
	for i, y := range s.y {
		p := predict(s.row(i))
		sum -= y*math.Log(p) + (1-y)*math.Log(1-p)
	}
	return sum / float64(s.len())
}

func TestLogisticRegressionFindsTheTruth(t *testing.T) {
	t.Parallel()
	s := tossed(40_000, 3, 1, func(x []float64) float64 { return -1 + 0.8*x[0] - 0.5*x[1] })
	for i := range s.y { // the scale of a feature must not matter
		s.x[i*3+1] = 100 + s.x[i*3+1]*10
	}
	l := fitLogistic(s, 1)
	want := []float64{0.8, -0.05, 0}
	for j, w := range want {
		tolerance := 0.05
		if j == 1 {
			tolerance = 0.005
		}
		if math.Abs(l.weights[j]-w) > tolerance {
			t.Errorf("weight %d: got %v, want about %v", j, l.weights[j], w)
		}
	}
	if math.Abs(l.bias-(-1+0.05*100)) > 0.4 {
		t.Errorf("bias: got %v, want about 4", l.bias)
	}
	// At the top, the mean prediction is the mean outcome.
	mean := 0.0
	for i := range s.y {
		mean += l.probability(s.row(i)) / float64(s.len())
	}
	if math.Abs(mean-s.meanOutcome()) > 1e-6 {
		t.Errorf("mean prediction %v, mean outcome %v", mean, s.meanOutcome())
	}
}

func TestLogisticRegressionStaysFinite(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*samples{
		"separable":        {width: 1, x: []float64{-2, -1, 1, 2}, y: []float64{0, 0, 1, 1}},
		"constant feature": {width: 2, x: []float64{1, 5, 2, 5, 3, 5}, y: []float64{0, 1, 1}},
		"the same twice":   {width: 2, x: []float64{1, 1, 2, 2, 3, 3}, y: []float64{0, 1, 0}},
		"all ones":         {width: 1, x: []float64{1, 2, 3}, y: []float64{1, 1, 1}},
		"nothing":          {width: 1},
	} {
		l := fitLogistic(s, 1)
		row := make([]float64, s.width)
		row[0] = 1.5
		if p := l.probability(row); !(p >= 0 && p <= 1) {
			t.Errorf("%s: P = %v from %+v", name, p, l)
		}
	}
}

func TestWeightsCountRowsAsSoMany(t *testing.T) {
	t.Parallel()
	s := tossed(500, 2, 3, func(x []float64) float64 { return x[0] })
	twice := &samples{width: 2, x: append(append([]float64{}, s.x...), s.x...), y: append(append([]float64{}, s.y...), s.y...)}
	weighted := &samples{width: 2, x: s.x, y: s.y, weight: make([]float64, s.len())}
	for i := range weighted.weight {
		weighted.weight[i] = 2
	}
	a, b := fitLogistic(twice, 1), fitLogistic(weighted, 1)
	for j := range a.weights {
		if math.Abs(a.weights[j]-b.weights[j]) > 1e-6 {
			t.Errorf("weight %d: %v with rows twice, %v with rows counted twice", j, a.weights[j], b.weights[j])
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
	b := fitBoosted(train, defaultBoosting())
	l := fitLogistic(train, 1)
	perfect := logLoss(test, func(x []float64) float64 { return sigmoid(odds(x)) })
	got, line := logLoss(test, b.probability), logLoss(test, l.probability)
	if got > perfect+0.015 || line < perfect+0.1 {
		t.Errorf("log loss: trees %.4f, line %.4f, truth %.4f", got, line, perfect)
	}
	sum, ones := 0.0, 0.0
	for i, y := range test.y {
		sum += b.probability(test.row(i))
		ones += y
	}
	if r := sum / ones; r < 0.97 || r > 1.03 {
		t.Errorf("predicted / actual = %v", r)
	}
}

func TestTreesTakeAnOffsetAndMissingValues(t *testing.T) {
	t.Parallel()
	s := tossed(20_000, 2, 5, func(x []float64) float64 { return 2*x[0] + 0.5 })
	s.offset = make([]float64, s.len())
	for i := range s.y {
		s.offset[i] = 2 * s.x[i*2] // all there is to know, but for the constant
		s.x[i*2] = math.NaN()
	}
	b := fitBoosted(s, defaultBoosting())
	for _, x := range []float64{-1, 0, 1, math.NaN()} {
		if m := b.margin([]float64{math.NaN(), x}); math.Abs(m-0.5) > 0.25 {
			t.Errorf("margin beside the offset at %v: got %v, want about 0.5", x, m)
		}
	}
}

func TestTreesDoNotDependOnTheProcessors(t *testing.T) {
	s := tossed(5_000, 4, 9, func(x []float64) float64 { return x[0] * x[1] })
	o := defaultBoosting()
	o.rounds = 20
	one := fitBoosted(s, o)
	old := runtime.GOMAXPROCS(1)
	two := fitBoosted(s, o)
	runtime.GOMAXPROCS(old)
	if diff := cmp.Diff(one, two, cmp.AllowUnexported(boosted{}, node{})); diff != "" {
		t.Error(diff)
	}
}

func TestTreesOfLittleOrNothing(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*samples{
		"nothing":  {width: 2},
		"one row":  {width: 2, x: []float64{1, 2}, y: []float64{1}},
		"all ones": {width: 1, x: []float64{1, 2, 3}, y: []float64{1, 1, 1}},
		"no value": {width: 1, x: []float64{math.NaN(), math.NaN()}, y: []float64{1, 0}},
		"infinite": {width: 1, x: []float64{math.Inf(-1), math.Inf(1), 0}, y: []float64{1, 0, 1}},
	} {
		b := fitBoosted(s, defaultBoosting())
		if p := b.probability(make([]float64, s.width)); !(p >= 0 && p <= 1) {
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
