package replenish

import (
	"fmt"
	"math"
)

// Household is what the rice merchant asks at the first visit. Amounts are in one unit, whatever it is:
// kilograms, litres, tablets.
type Household struct {
	People   float64 // who eat from the jar
	Daily    float64 // what one of them uses a day
	Capacity float64 // of the jar; 0 if nobody knows
}

// Refill is something put into the jar.
type Refill struct {
	Day    int32
	Amount float64 // put in; 0 says filled to the brim, which needs a capacity
	// Left is what was still in the jar just before. Negative says that nobody looked, and the
	// usual reserve is taken for it. The first refill finds the jar empty unless Left says otherwise.
	Left float64
}

// JarOptions say how far to trust what. Deviations are of natural logarithms: 0.1 is about 10 %. Zero takes the
// value in brackets.
type JarOptions struct {
	Prior   float64 // [0.4] of a household's real use from People × Daily
	Chance  float64 // [0.2] of the use between two refills from the household's own
	Drift   float64 // [0.2] by which a household's use wanders in a year
	Reserve float64 // [0.1] share of the jar still full when a refill is bought and nobody looked, give or take as much
}

// Jar is a jar at a customer's: it tells when it will be empty.
//
// The logarithm of the daily use is normal. It begins at ln(People × Daily) with deviation
// Prior. Each refill tells what was used since the one before, and moves the mean by the share
//
//	K = V / (V + Chance² + the uncertainty about what was in the jar),
//
// where V is the variance so far, grown by Drift² a year. That is Kalman's filter for a level that wanders; exponential
// smoothing with a weight that falls from nearly 1 to what the drift leaves as refills
// teach more than the first answers did.
//
// A Jar is changed by its methods and not safe for concurrent use; make it from its refills
// when it is needed.
type Jar struct {
	household Household
	options   JarOptions
	log       float64 // mean of the logarithm of the daily use
	variance  float64 // of the same

	refills int
	day     int32   // of the last refill
	level   float64 // then
	unsure  float64 // variance of the logarithm of level
}

// NewJar is a jar that has never been filled. People, Daily and Capacity must be numbers, the
// first two above 0.
func NewJar(h Household, o JarOptions) (*Jar, error) {
	if !(h.People > 0 && h.Daily > 0 && h.Capacity >= 0) || math.IsInf(h.People*h.Daily+h.Capacity, 0) {
		return nil, fmt.Errorf("replenish: a jar of %v for %v people who use %v a day", h.Capacity, h.People, h.Daily)
	}
	for value, usual := range map[*float64]float64{&o.Prior: 0.4, &o.Chance: 0.2, &o.Drift: 0.2, &o.Reserve: 0.1} {
		if *value == 0 {
			*value = usual
		}
		if !(*value > 0 && *value < 10) {
			return nil, fmt.Errorf("replenish: jar options of %+v", o)
		}
	}
	if o.Reserve > 0.5 {
		return nil, fmt.Errorf("replenish: a reserve of %v of the jar", o.Reserve)
	}
	return &Jar{household: h, options: o, log: math.Log(h.People * h.Daily), variance: o.Prior * o.Prior}, nil
}

// Refill takes note of a refill, and corrects the daily use by it. Refills come in the order of
// their days; several of a day are one.
func (j *Jar) Refill(r Refill) error {
	if r.Amount == 0 && j.household.Capacity == 0 {
		return fmt.Errorf("replenish: filled to the brim a jar of unknown size")
	}
	if !(r.Amount >= 0) || math.IsInf(r.Amount, 0) || math.IsNaN(r.Left) || math.IsInf(r.Left, 0) {
		return fmt.Errorf("replenish: a refill of %v to %v left", r.Amount, r.Left)
	}
	if j.refills > 0 && r.Day < j.day {
		return fmt.Errorf("replenish: a refill on day %d after one on day %d", r.Day, j.day)
	}
	left, unsure := j.leftBefore(r)
	if j.refills > 0 && r.Day > j.day {
		j.learn(float64(r.Day)-float64(j.day), left, unsure)
	}
	level := left + r.Amount
	if c := j.household.Capacity; c > 0 && (r.Amount == 0 || level > c) {
		level, unsure = c, 0
	}
	j.refills++
	j.day, j.level = r.Day, level
	j.unsure = (unsure / level) * (unsure / level)
	return nil
}

// leftBefore is what was in the jar before a refill, and its deviation.
func (j *Jar) leftBefore(r Refill) (left, unsure float64) {
	switch {
	case r.Left >= 0:
		return r.Left, 0
	case j.refills == 0:
		return 0, 0
	case r.Day == j.day:
		return j.level, j.level * math.Sqrt(j.unsure)
	}
	left = j.options.Reserve * j.level
	unsure = left
	if c := j.household.Capacity; c > 0 && r.Amount > 0 { // it cannot have held more than there was room for
		left = min(left, max(0, c-r.Amount))
	}
	return left, unsure
}

// leastUsed is the share of the jar that counts as used where even less was: on logarithms
// nothing is infinitely far from something.
const leastUsed = 0.05

// learn corrects the daily use by what was used in so many days, until so much was left.
func (j *Jar) learn(days, left, unsure float64) {
	used := max(j.level-left, leastUsed*j.level)
	// Both ends of the subtraction may be guesses.
	guess := (unsure*unsure + j.unsure*j.level*j.level) / (used * used)
	j.variance += j.wandering(days)
	share := j.variance / (j.variance + j.options.Chance*j.options.Chance + guess)
	j.log += share * (math.Log(used/days) - j.log)
	j.variance *= 1 - share
}

// wandering is the variance that so many days, of ten years at most, add to what is known of the use.
func (j *Jar) wandering(days float64) float64 {
	return j.options.Drift * j.options.Drift * min(days/365.25, 10)
}

// SetPeople takes note that so many eat from the jar now: a child was born, a son moved out. What refills
// taught about each of them stays; half of the change is taken to be uncertain.
func (j *Jar) SetPeople(people float64) error {
	if !(people > 0) || math.IsInf(people, 0) {
		return fmt.Errorf("replenish: %v people", people)
	}
	change := math.Log(people / j.household.People)
	j.log += change
	j.variance += change * change / 4
	j.household.People = people
	return nil
}

// Use is the daily use of the household as now believed, and its 10 % and 90 % quantiles.
func (j *Jar) Use() (daily, low, high float64) {
	const tenth = 1.2815515655446004
	e := math.Exp(tenth * math.Sqrt(j.variance))
	daily = math.Exp(j.log)
	return daily, daily / e, daily * e
}

// Learnt is how much of what is believed comes from real refills rather than from the first answers:
// 0 before the second refill, towards 1 as they go on.
func (j *Jar) Learnt() float64 {
	return max(0, 1-j.variance/(j.options.Prior*j.options.Prior))
}

// Empty tells when the jar is empty: day is that of the last refill, and from there it lasts
// for gap; gap.Quantile(0.5) is the number of days to name, 0.1 and 0.9 the interval to give with it.
// ok is false if the jar was never filled.
func (j *Jar) Empty() (day int32, gap Gap, ok bool) {
	if j.refills == 0 {
		return 0, Gap{}, false
	}
	lasts := math.Log(j.level) - j.log
	variance := j.variance + j.unsure + j.options.Chance*j.options.Chance + j.wandering(math.Exp(lasts))
	return j.day, Gap{Log: lasts, Sigma: math.Sqrt(variance)}, true
}
