package refill

import (
	"errors"

	"github.com/ricejar/ricejar/btyd"
	"github.com/ricejar/ricejar/btyd/replenish"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/purchase"
)

// Told is a refill of a customer of a part.
type Told struct {
	Customer int32 // as the part numbers them
	Refill
}

// Teller foretells refills from the rhythm of purchases, part by part. Every part is
// like the whole: what it learns from the first holds for all.
type Teller struct {
	AsOf     day.Day
	Products []purchase.ProductID // what the parts count in

	begun bool
	due   *replenish.Due // nil: too little to learn from, the rhythm alone has to do
}

// Tell foretells the refills of the customers of a part.
func (t *Teller) Tell(part replenish.Lines) ([]Told, error) {
	pairs, err := replenish.NewPairs(part)
	if err != nil {
		return nil, err
	}
	rhythm, err := replenish.FitRhythm(pairs, int32(t.AsOf))
	if errors.Is(err, replenish.ErrNoGaps) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !t.begun {
		t.begun = true
		due, err := replenish.FitDue(pairs, int32(t.AsOf), fortnight, replenish.DueOptions{})
		switch {
		case err == nil:
			t.due = due
		case !errors.Is(err, btyd.ErrTooFew):
			return nil, err
		}
	}
	chance := make([]float64, pairs.Len())
	if t.due != nil {
		if err := t.due.Score(chance, pairs, int32(t.AsOf)); err != nil {
			return nil, err
		}
	}
	return t.worthTelling(pairs, rhythm, chance), nil
}

func (t *Teller) worthTelling(pairs *replenish.Pairs, rhythm *replenish.Rhythm, chance []float64) []Told {
	var all, mine []Told
	for i := range pairs.Len() {
		c, p := pairs.Pair(i)
		if days := pairs.Days(i); len(days) > 1 {
			gap := rhythm.Next(c, p, days)
			last := day.Day(days[len(days)-1])
			if t.due == nil {
				chance[i] = gap.Within(float64(t.AsOf.Sub(last)), fortnight)
			}
			if r, ok := at(last, gap, chance[i], t.AsOf); ok {
				r.Product, r.Basis = t.Products[p], ByRhythm
				mine = append(mine, Told{c, r})
			}
		}
		if i+1 == pairs.Len() || customerOf(pairs, i+1) != c {
			all = append(all, likeliest(mine)...)
			mine = mine[:0]
		}
	}
	return all
}

func customerOf(pairs *replenish.Pairs, i int) int32 {
	c, _ := pairs.Pair(i)
	return c
}
