package btyd

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// fields are the value and the derivatives of a jet, with their names.
func (j lapseJet) fields() map[string]float64 {
	return map[string]float64{
		"ln R": j.f, "p": j.p, "s": j.s, "l": j.l,
		"pp": j.pp, "ps": j.ps, "pl": j.pl, "ss": j.ss, "sl": j.sl, "ll": j.ll,
	}
}

func TestLapse_equals_the_40_digit_oracle(t *testing.T) {
	for _, c := range []struct {
		p, s, rho float64
		want      lapseJet
	}{
		{3.5, 0.6, 0.9, lapseJet{-1.994917324950684, -0.2503601802528993, 1.43668969316025, 0.7013858699476901, 0.06205890712837374, 0.05795114668799154, 0.06104781060980788, -2.723652503462006, -0.1297671300285166, -0.1420942931986984}},
		{26.5, 0.6, 0.95, lapseJet{-3.858796957243587, -0.03700229096752959, 1.631451563691228, 0.9455754356511438, 0.001368911556904254, 0.001305046026085548, 0.001948127581190578, -2.776533614213746, -0.0321582145650428, -0.04806332995474195}},
		{0.55, 0.6, 0.5, lapseJet{-0.8445835604887034, -1.13387670312628, 0.8750201005672587, 0.3037948673240381, 1.003956310832143, 0.8270014185628117, 0.4168755272733894, -2.089544912812743, -0.1053009988532937, -0.06825031231348914}},
		{0.25, 2.5, 4, lapseJet{-0.03268213571194852, -0.127276933998499, 0.01606523539516745, 0.02740687547746671, 0.02629862627740642, 0.06048685614756731, 0.1050177875761221, -0.01499225848581006, -0.01103376864849365, -0.0201935865306042}},
		{1000.5, 0.3, 0.25, lapseJet{-9.497847673070771, -0.001000174542509171, 3.333083102038517, 0.9996747807578426, 1.00034862691206e-6, 2.504626341075641e-7, 3.254383508636163e-7, -11.11111104840141, -0.0002500871660430068, -0.0003249505683119687}},
		{2, 1, 1, lapseJet{-1.09861228866811, -0.3333333333333333, 0.6666666666666667, 0.5, 0.1111111111111111, 0.1111111111111111, 0.125, -0.8888888888888889, -0.125, -0.15}},
		{0.05, 0.02, 0.04, lapseJet{-1.408680823648927, -17.33327876647194, 35.78235772345266, 0.04950787026754585, 206.8856136348518, 205.3777080312852, 0.9825810484225598, -2296.018383701383, -0.006798381129615829, -0.0003438728880769242}},
		{12.25, 0.01, 0.125, lapseJet{-9.117049209660994, -0.08773766720804699, 99.98813442857215, 0.9881680899042776, 0.007682138648744203, 0.001122558984359579, 0.001104025437535055, -9999.999834935041, -0.01155262889558931, -0.0113762866547152}},
		{1.5, 40, 0.0078125, lapseJet{-1.34523806201575, -0.6419278479272923, 0.01555791752170054, 0.6176061808519582, 0.264754333864378, 0.005778616342927536, 0.2316770260752868, -0.0004799294651018573, -0.003543024375032174, -0.1425537323690224}},
		{3.25, 0.6, 0.0009765625, lapseJet{-8.254469363930023, -0.4434694547558524, 1.665893324342146, 0.998765693022832, 0.1960320940587297, 0.0006015941240926152, 0.0009548953974300006, -2.777774503489771, -0.0007663680935516243, -0.001220538639359823}},
		{3.25, 0.6, 1024, lapseJet{-0.06196210827804885, -0.01162083738898074, 0.2496799838256805, 0.03521377840637521, 0.001663086792014529, 0.03290910880642716, 0.00644793325381077, -1.225739502532679, -0.09555530676702615, -0.01935829368046857}},
		{0.5, 200, 0.001953125, lapseJet{-0.4838402761470282, -0.8761902458358831, 0.00129048728679158, 0.2574197627601945, 0.3470312301958852, 0.002232424229320513, 0.4456215773858055, -8.463237644668504e-6, -0.0003984010473963416, -0.07960675353178829}},
		{150, 3, 100, lapseJet{-0.4794342861117549, -0.002332565121493043, 0.1410113344504035, 0.3489709848736487, 6.778392414944251e-6, 0.0004610376843605796, 0.001315556180778533, -0.07889145812867833, -0.06879530872464801, -0.1963859420010132}},
	} {
		// Only the ratio of the two times matters.
		got := lapseDerivatives(c.p, c.s, 38.86*c.rho, 38.86).fields()
		for name, want := range c.want.fields() {
			// What is left of a second derivative by the integral is a difference.
			if math.Abs(got[name]-want) > 1e-12*math.Abs(want)+1e-15*math.Max(1, 1/(c.s*c.s)) {
				t.Errorf("R(%v, %v; %v) %s = %.16g, want %.16g", c.p, c.s, c.rho, name, got[name], want)
			}
		}
		expectNear(t, "R", lapse(c.p, c.s, c.rho, 1), math.Exp(c.want.f), 4e-15)
	}
}

func TestLapse_by_series_and_by_integral_agree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, from, to float64) float64 {
			return math.Exp(rapid.Float64Range(math.Log(from), math.Log(to)).Draw(t, name))
		}
		p, s, rho := draw("p", 0.05, 2000), draw("s", 0.001, 200), draw("rho", 0.04, 25)
		series, integral := lapseDerivatives(p, s, rho, 1).fields(), lapseByIntegral(p, s, rho).fields()
		for name, want := range series {
			if d := math.Abs(integral[name] - want); d > 1e-10*(math.Abs(want)+math.Max(1, 1/(s*s))) {
				t.Fatalf("%s: series %v, integral %v", name, want, integral[name])
			}
		}
		// Either the purchase is first or death is.
		if both := lapse(p, s, rho, 1) + lapse(s, p, 1, rho); math.Abs(both-1) > 1e-13 {
			t.Fatalf("the two probabilities add up to %v", both)
		}
		other := lapseDerivatives(s, p, 1, rho).swap().fields()
		if dies := lapse(p, s, rho, 1); dies > 0.99 { // the complement cancels
			return
		}
		for name, want := range lapseDerivatives(p, s, rho, 1).complement().fields() {
			if d := math.Abs(other[name] - want); d > 1e-10*(math.Abs(want)+math.Max(1, 1/(s*s))) {
				t.Fatalf("complement %s: %v, swapped %v", name, want, other[name])
			}
		}
	})
}

// With p+s next to nothing the integrand hardly falls off, and the rest is taken as a geometric series.
func TestLapse_of_next_to_nothing_is_the_limit(t *testing.T) {
	expectNear(t, "R", lapse(0.02, 0.01, 1.0/128, 1), 0.302794205517359, 1e-12)
	// As p and s go to 0, R goes to s/(p+s), whatever the times.
	expectNear(t, "R", lapse(1e-8, 3e-8, 1e-3, 1), 0.749999948191838, 1e-9)
	expectNear(t, "R", lapse(1e-8, 1e-8, 1e3, 1), 0.500000034538775, 1e-9)
}

// Either death or a purchase comes first, whatever the rates.
func TestLapse_and_its_contrary_sum_to_1(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, from, to float64) float64 {
			return math.Exp(rapid.Float64Range(math.Log(from), math.Log(to)).Draw(t, name))
		}
		p, s, rho := draw("p", 1e-8, 1e4), draw("s", 1e-8, 1e4), draw("rho", 1e-16, 1e16)
		if sum := lapse(p, s, rho, 1) + lapse(s, p, 1, rho); math.Abs(sum-1) > 1e-12 {
			t.Fatalf("sum = 1 %+.3g", sum-1)
		}
	})
}

func TestDiscountedLife_equals_the_30_digit_oracle(t *testing.T) {
	for _, c := range []struct{ s, w, want float64 }{
		{0.4, 0.3, 2.12123994212651204},
		{0.4, 1e-5, 1487.54046372639129},
		{1, 0.01, 4.07851144345642583},
		{5, 0.999, 0.191556911968195116},
		{30, 0.5, 0.0338781831098756858},
		{0.01, 0.99, 1.00406332595420301},
		{2.5, 1, 0.343829541521749475},
		{300, 1.5, 0.00332773156114484804},
		{1e-6, 3, 0.333333245972105856},
	} {
		expectNear(t, "e^w E_s(w)", discountedLife(c.s, c.w), c.want, 2e-15)
	}
}
