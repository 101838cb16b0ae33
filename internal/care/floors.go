package care

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
)

// floorDays is how many days of a store's sales say what is much there.
const floorDays = 90

type floorKey struct {
	day   day.Day
	store org.StoreID
}

// floors say, per store and day, what a purchase of that day had to reach to be
// among the store's largest of the 90 days up to then. They depend on the day of
// the purchase and not on that of the planning, so that the contacts after 7 and
// after 90 days are about the same purchases.
type floors map[floorKey]int64

// high reports whether a sale is a high-value purchase.
func (f floors) high(d day.Day, store org.StoreID, net int64) bool {
	floor, ok := f[floorKey{d, store}]
	return ok && net >= floor
}

// least is what any high-value purchase reaches.
func (f floors) least() int64 {
	least := int64(math.MaxInt64)
	for v := range maps.Values(f) {
		least = min(least, v)
	}
	return least
}

// The index over (day, store_id, net, …) holds all this asks for. What was sold
// has a positive net; walk-ins count, for a store's measure is all it sells.
const sqlDayNets = `SELECT day, store_id, net FROM receipt WHERE day >= ? AND day <= ? AND net > 0 ORDER BY day, store_id, net`

// highFloors reads the floors of each day of a window.
func highFloors(ctx context.Context, q db.Querier, w window, percent int) (floors, error) {
	type sold struct {
		day  day.Day
		nets []int64
	}
	stores := make(map[org.StoreID][]sold)
	var text string // rows come by day: parse each once
	var d day.Day
	err := db.Each(ctx, q, func(row db.Scanner) error {
		var on string
		var store org.StoreID
		var net int64
		err := row.Scan(&on, &store, &net)
		if err == nil && on != text {
			text = on
			d, err = day.Parse(on)
		}
		if err != nil {
			return err
		}
		list := stores[store]
		if len(list) == 0 || list[len(list)-1].day != d {
			list = append(list, sold{day: d})
		}
		today := &list[len(list)-1]
		today.nets = append(today.nets, net)
		stores[store] = list
		return nil
	}, sqlDayNets, w.from.AddDays(1-floorDays), w.to)
	if err != nil {
		return nil, err
	}
	out := make(floors)
	var nets []int64
	for store, list := range stores {
		for d := range w.days() {
			nets = nets[:0]
			for _, s := range list {
				if s.day > d.AddDays(-floorDays) && s.day <= d {
					nets = append(nets, s.nets...)
				}
			}
			if len(nets) == 0 {
				continue
			}
			if least, ok := floor(nets, percent); ok {
				out[floorKey{d, store}] = least
			}
		}
	}
	return out, nil
}

// floor is what the top percent of the amounts reach, at most so many of them: a
// price that many paid stands out nowhere. ok is false when none does. It sorts
// the amounts, of which there is at least one.
func floor(nets []int64, percent int) (least int64, ok bool) {
	slices.Sort(nets)
	at := len(nets) - (len(nets)*percent+99)/100
	for at > 0 && at < len(nets) && nets[at] == nets[at-1] {
		at++
	}
	if at == len(nets) {
		return 0, false
	}
	return nets[at], true
}
