package replenish

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func jarOf(t testing.TB, h Household, refills ...Refill) *Jar {
	t.Helper()
	j, err := NewJar(h, JarOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range refills {
		if err := j.Refill(r); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

// fourOfThem eat 1.2 kg a day from a jar of 50 kg, they say.
var fourOfThem = Household{People: 4, Daily: 0.3, Capacity: 50}

func TestJar_begins_with_what_the_household_says(t *testing.T) {
	t.Parallel()
	j := jarOf(t, fourOfThem)
	if _, _, ok := j.Empty(); ok {
		t.Error("a jar never filled has a date")
	}
	if err := j.Refill(Refill{Day: 100}); err != nil { // to the brim
		t.Fatal(err)
	}
	day, gap, ok := j.Empty()
	if days := gap.Quantile(0.5); !ok || day != 100 || math.Abs(days-50/1.2) > 1e-9 {
		t.Errorf("day %d, %v days, %v; want %v days from 100", day, days, ok, 50/1.2)
	}
	if low, high := gap.Quantile(0.1), gap.Quantile(0.9); low > 30 || high < 60 {
		t.Errorf("from words alone, %v to %v days is too sure", low, high)
	}
	if j.Learnt() != 0 {
		t.Errorf("learnt %v from one refill", j.Learnt())
	}
}

func TestJar_follows_real_refills(t *testing.T) {
	t.Parallel()
	// They say 1.2 kg a day; a full jar lasts 25 days: 2 kg.
	j := jarOf(t, fourOfThem, Refill{Day: 0})
	_, before, _ := j.Empty()
	last := 50 / 1.2
	for k := range 6 {
		if err := j.Refill(Refill{Day: int32(25 * (k + 1)), Left: 0}); err != nil {
			t.Fatal(err)
		}
		_, gap, _ := j.Empty()
		days := gap.Quantile(0.5)
		if !(days < last && days > 25) {
			t.Errorf("after %d refills: %v days, %v before", k+1, days, last)
		}
		last = days
	}
	if math.Abs(last-25) > 1 {
		t.Errorf("after six refills of 25 days: %v", last)
	}
	_, after, _ := j.Empty()
	if after.Sigma > before.Sigma*0.6 || j.Learnt() < 0.9 {
		t.Errorf("sigma %v after %v, learnt %v", after.Sigma, before.Sigma, j.Learnt())
	}
	if daily, low, high := j.Use(); !(low < daily && daily < high) || math.Abs(daily-2) > 0.1 {
		t.Errorf("use of %v (%v to %v), want about 2", daily, low, high)
	}
}

func TestJar_update_is_that_of_Bayes(t *testing.T) {
	t.Parallel()
	o := JarOptions{Prior: 0.5, Chance: 0.25, Drift: 1e-9, Reserve: 0.1}
	j, err := NewJar(Household{People: 1, Daily: 1}, o)
	if err != nil {
		t.Fatal(err)
	}
	// 10 put in each time, and gone when the next comes: n observations of ln(10/days).
	logs := 0.0
	day := int32(0)
	gaps := []int32{8, 12, 20}
	for _, gap := range append([]int32{0}, gaps...) {
		day += gap
		if err := j.Refill(Refill{Day: day, Amount: 10}); err != nil {
			t.Fatal(err)
		}
		if gap > 0 {
			logs += math.Log(10 / float64(gap))
		}
	}
	n, prior, chance := 3.0, 0.25, 0.0625
	want := prior * logs / (n*prior + chance) // the prior mean is ln 1 = 0
	if daily, _, _ := j.Use(); math.Abs(math.Log(daily)-want) > 1e-9 {
		t.Errorf("log use %v, want %v", math.Log(daily), want)
	}
	if v := prior * chance / (n*prior + chance); math.Abs(j.variance-v) > 1e-9 {
		t.Errorf("variance %v, want %v", j.variance, v)
	}
}

func TestJar_takes_what_was_left_into_account(t *testing.T) {
	t.Parallel()
	measured := jarOf(t, fourOfThem, Refill{Day: 0}, Refill{Day: 20, Left: 20})
	guessed := jarOf(t, fourOfThem, Refill{Day: 0}, Refill{Day: 20, Left: -1})
	m, _, _ := measured.Use()
	g, _, _ := guessed.Use()
	if !(m < g) { // 30 kg in 20 days, against 45
		t.Errorf("use %v with 20 kg left, %v with the usual reserve", m, g)
	}
	if measured.variance >= guessed.variance {
		t.Errorf("variance %v measured, %v guessed", measured.variance, guessed.variance)
	}
	// Half of a jar added to a quarter of one lasts for three quarters.
	j := jarOf(t, fourOfThem, Refill{Day: 0, Amount: 25, Left: 12.5})
	if _, gap, _ := j.Empty(); math.Abs(gap.Quantile(0.5)-37.5/1.2) > 1e-9 {
		t.Errorf("37.5 kg last for %v days", gap.Quantile(0.5))
	}
	// Never more than fits, and two deliveries of a day are one.
	j = jarOf(t, fourOfThem, Refill{Day: 0, Amount: 30}, Refill{Day: 0, Amount: 30, Left: -1})
	if _, gap, _ := j.Empty(); math.Abs(gap.Quantile(0.5)-50/1.2) > 1e-9 || j.Learnt() != 0 {
		t.Errorf("60 kg in a jar of 50 last for %v days", gap.Quantile(0.5))
	}
}

func TestJar_of_a_family_that_grows(t *testing.T) {
	t.Parallel()
	j := jarOf(t, fourOfThem, Refill{Day: 0}, Refill{Day: 40, Left: 0})
	before, _, _ := j.Use()
	sure := j.variance
	if err := j.SetPeople(5); err != nil {
		t.Fatal(err)
	}
	if after, _, _ := j.Use(); math.Abs(after/before-1.25) > 1e-9 || j.variance <= sure {
		t.Errorf("use %v → %v, variance %v → %v", before, after, sure, j.variance)
	}
}

func TestJar_refuses_what_cannot_be(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for _, h := range []Household{{}, {People: -1, Daily: 1}, {People: 1, Daily: nan}, {People: 1, Daily: inf}, {1, 1, nan}, {1, 1, -1}} {
		if _, err := NewJar(h, JarOptions{}); err == nil {
			t.Errorf("%+v: no error", h)
		}
	}
	for _, o := range []JarOptions{{Prior: -1}, {Chance: nan}, {Drift: inf}, {Reserve: 0.9}} {
		if _, err := NewJar(fourOfThem, o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	j := jarOf(t, fourOfThem, Refill{Day: 10})
	for _, r := range []Refill{{Day: 9}, {Day: 11, Amount: -1}, {Day: 11, Amount: nan}, {Day: 11, Left: nan}, {Day: 11, Amount: inf}} {
		if err := j.Refill(r); err == nil {
			t.Errorf("%+v: no error", r)
		}
	}
	small := jarOf(t, Household{People: 1, Daily: 1})
	if err := small.Refill(Refill{}); err == nil {
		t.Error("filled to the brim a jar of unknown size")
	}
	for _, people := range []float64{0, -1, nan, inf} {
		if err := j.SetPeople(people); err == nil {
			t.Errorf("%v people: no error", people)
		}
	}
}

// Of households whose use is not what they say, eighty in a hundred run out within the interval, and the error is a
// fraction of what it was before the first refill.
func TestJar_intervals_hold_what_they_promise(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	const households, refills = 4000, 6
	in, off, offAtFirst := 0.0, 0.0, 0.0
	for range households {
		said := 1.2
		use := math.Log(said) + 0.4*random.NormFloat64()
		j := jarOf(t, fourOfThem, Refill{})
		day := 0.0
		for k := range refills {
			emptyAfter := 50 / math.Exp(use+0.2*random.NormFloat64())
			_, gap, _ := j.Empty()
			e := math.Abs(math.Log(gap.Quantile(0.5) / emptyAfter))
			if k == 0 {
				offAtFirst += e
			}
			if k == refills-1 {
				off += e
				if emptyAfter >= gap.Quantile(0.1) && emptyAfter <= gap.Quantile(0.9) {
					in++
				}
			}
			share := 0.05 + 0.1*random.Float64() // left when they refill
			days := math.Round(emptyAfter * (1 - share))
			day += max(1, days)
			use += 0.2 * random.NormFloat64() * math.Sqrt(days/365)
			if err := j.Refill(Refill{Day: int32(day), Left: -1}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if s := in / households; s < 0.77 || s > 0.86 {
		t.Errorf("%.3f within the 80 %% interval", s)
	}
	if off > 0.6*offAtFirst {
		t.Errorf("off by %.3f after %d refills, %.3f before", off/households, refills, offAtFirst/households)
	}
}

func TestJar_always_has_a_date(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		positive := rapid.Float64Range(1e-3, 1e6)
		h := Household{positive.Draw(t, "people"), positive.Draw(t, "daily"), rapid.SampledFrom([]float64{0, 1, 50, 1e6}).Draw(t, "capacity")}
		j, err := NewJar(h, JarOptions{})
		if err != nil {
			t.Fatal(err)
		}
		day := int32(0)
		for range rapid.IntRange(1, 20).Draw(t, "refills") {
			day += rapid.Int32Range(0, 1000).Draw(t, "days")
			r := Refill{Day: day, Amount: positive.Draw(t, "amount"), Left: rapid.SampledFrom([]float64{-1, 0, 0.5, 100}).Draw(t, "left")}
			if err := j.Refill(r); err != nil {
				t.Fatal(err)
			}
			at, gap, ok := j.Empty()
			low, days, high := gap.Quantile(0.1), gap.Quantile(0.5), gap.Quantile(0.9)
			if !ok || at != day || !(0 < low && low < days && days < high) || math.IsInf(high, 0) || !(j.variance > 0) {
				t.Fatalf("%+v: %v %v %v", j, low, days, high)
			}
		}
	})
}
