package btyd

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The oracles below were computed at 40 digits.

// nears fails unless got is want within a relative error.
func nears(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(math.Abs(want), 1e-300)) && got != want {
		t.Errorf("%s = %.14g, want %.14g", what, got, want)
	}
}

var (
	oracleBG  = BGNBD{R: 0.2426, Alpha: 4.4137, A: 0.7930, B: 2.4262}
	oracleMBG = MBGNBD{R: 0.5248, Alpha: 6.1831, A: 0.8914, B: 1.6140}
)

func TestModels_equal_the_40_digit_oracle(t *testing.T) {
	for _, c := range []struct {
		model                       Model
		h                           History
		ll, alive, expected, active float64
	}{
		{oracleBG, History{X: 0, Tx: 0, T: 38.86}, -0.5538149753233, 1, 0.1947861410465, 0.1443313431157},
		{oracleBG, History{X: 1, Tx: 1.71, T: 38.86}, -4.470455145492, 0.2122367660279, 0.2032592971199, 0.1167178809295},
		{oracleBG, History{X: 2, Tx: 30.43, T: 38.86}, -9.459670789535, 0.726606636654, 1.225895485711, 0.5546056307613},
		{oracleBG, History{X: 7, Tx: 29.43, T: 38.86}, -21.8648228948, 0.6417811895137, 3.337060006456, 0.6356656663393},
		{oracleBG, History{X: 26, Tx: 30.86, T: 31}, -37.72851983912, 0.9689158904936, 20.74965401023, 0.9689158871553},
		{oracleBG, History{X: 10, Tx: 20, T: 39}, -24.28512964847, 0.03812137745217, 0.2766984113411, 0.03806768549028},
		{oracleBG, History{X: 25, Tx: 20, T: 39}, -31.51020582966, 1.630332434229e-5, 2.864031278913e-4, 1.63033228097e-5},
		{oracleBG, History{X: 200, Tx: 38, T: 39}, 99.99860288499, 0.7049484116255, 96.95789407924, 0.7049484116255},
		{oracleBG, History{X: 500, Tx: 38.5, T: 39}, 715.5185423769, 0.6580484769937, 225.8251915044, 0.6580484769937},
		{oracleBG, History{X: 1000, Tx: 10, T: 100}, 3225.159821589, 0, 0, 0},
		{oracleMBG, History{X: 0, Tx: 0, T: 38.86}, -0.5395655819734, 0.3897245332572, 0.153945160254, 0.1087912595345},
		{oracleMBG, History{X: 1, Tx: 1.71, T: 38.86}, -4.460543031996, 0.1708245049421, 0.188788714342, 0.1048278666476},
		{oracleMBG, History{X: 2, Tx: 30.43, T: 38.86}, -9.485906692522, 0.7061180002643, 1.262626705853, 0.559908654094},
		{oracleMBG, History{X: 26, Tx: 30.86, T: 31}, -38.32390123701, 0.9655512522124, 19.44765352192, 0.9655512469407},
		{oracleMBG, History{X: 10, Tx: 20, T: 39}, -24.31869708171, 0.04010773358334, 0.2815655190356, 0.04005033348922},
		{oracleMBG, History{X: 500, Tx: 38.5, T: 39}, 696.6842169203, 0.6820195760555, 219.9645930886, 0.6820195760555},
		{MBGNBD{R: 0.25, Alpha: 4, A: 0.8, B: 2.5}, History{X: 0, Tx: 0, T: 40}, -0.41792826, math.NaN(), math.NaN(), math.NaN()},
		{MBGNBD{R: 0.25, Alpha: 4, A: 0.8, B: 2.5}, History{X: 200, Tx: 38, T: 40}, 100.7869, math.NaN(), math.NaN(), math.NaN()},
	} {
		digits := 1e-12
		if math.IsNaN(c.alive) {
			digits = 1e-6 // published to fewer
			nears(t, c.model.Name()+" LL", c.model.LogLikelihood(c.h), c.ll, digits)
			continue
		}
		nears(t, c.model.Name()+" LL", c.model.LogLikelihood(c.h), c.ll, digits)
		nears(t, c.model.Name()+" alive", c.model.Alive(c.h), c.alive, digits)
		nears(t, c.model.Name()+" expected", c.model.Expected(c.h, 39), c.expected, digits)
		nears(t, c.model.Name()+" active", c.model.Active(c.h, 39), c.active, digits)
	}
}

func TestExpected_has_no_poles_and_does_not_overflow(t *testing.T) {
	a1 := BGNBD{R: 0.25, Alpha: 4.5, A: 1, B: 2.4}
	h := History{X: 3, Tx: 20, T: 39}
	nears(t, "at a = 1", a1.Expected(h, 39)/a1.Alive(h), 2.2946027902829, 1e-12)
	a1.A = 1 - 1e-6
	nears(t, "below a = 1", a1.Expected(h, 39), 0.9295877346767, 1e-12)
	a1.A = 1 + 1e-6
	nears(t, "above a = 1", a1.Expected(h, 39), 0.9295862633239, 1e-12)
	nears(t, "at a+b < 1", BGNBD{R: 0.11, Alpha: 2.24, A: 0.31, B: 0.5}.Expected(History{T: 1}, 30), 0.5645886155328, 1e-12)
	nears(t, "at a+b = 1", BGNBD{R: 0.11, Alpha: 2.24, A: 0.4, B: 0.6}.Expected(History{T: 10}, 30), 0.1969180015121, 1e-12)
	nears(t, "a century ahead", oracleBG.Expected(History{X: 1, Tx: 0.3, T: 0.5}, 5200), 26.9180984383, 1e-12)
	nears(t, "of x = 3000", oracleBG.Expected(History{X: 3000, Tx: 99.9, T: 100}, 39), 979.656113007, 1e-12)
}

func TestSeries_and_integral_agree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Float64Range(0.01, 30).Draw(t, "a")
		b := rapid.Float64Range(0.01, 500).Draw(t, "b")
		s := rapid.Float64Range(0.05, 500).Draw(t, "s")
		tau := math.Exp(rapid.Float64Range(-7, 3.9).Draw(t, "ln tau"))
		if d := a + b - 1 - s; d < -6 {
			t.Skip()
		}
		series, integral := geometricPurchases(a, b, s, tau), geometricPurchasesByIntegral(a, b, s, tau)
		if math.Abs(series-integral) > 1e-11*integral {
			t.Fatalf("series %v, integral %v", series, integral)
		}
	})
}
