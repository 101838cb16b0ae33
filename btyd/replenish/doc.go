// Package replenish tells when a customer buys a product again: when the jar is empty.
//
// [NewPairs] sorts who bought which product when. [FitRhythm] then names the day on which a
// customer buys a product again, with an interval; [FitDue] tells how likely it is within so
// many days, and [CheckDue] how far to believe that:
//
//	pairs, err := replenish.NewPairs(lines)
//	rhythm, err := replenish.FitRhythm(pairs, today)
//	due, err := replenish.FitDue(pairs, today, 14, replenish.DueOptions{})
//	err = due.Score(probabilities, pairs, today)
//
// Where the household itself is known, its people, what they use and how big the jar is, [Jar]
// follows it from refill to refill.
//
// Nothing here reads a database or a clock, and nothing looks at a purchase after the day it is
// asked about.
package replenish
