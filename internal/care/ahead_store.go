package care

import (
	"container/heap"
	"context"
	"slices"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
)

// known are the columns by which customers are found who did not just buy: with
// the store of their last purchase, for those without a home store.
const known = `c.customer_id, c.name, c.store_id, c.owner_id, COALESCE(r.store_id, 0),
		COALESCE(s.net, 0), COALESCE(s.first_day, ''), COALESCE(s.last_day, ''), COALESCE(s.currency, ''), COALESCE(s.receipts, 0),
		COALESCE(s.last_receipt, 0)`

func scanKnown(row db.Scanner, on day.Day, more ...any) (candidate, stat, error) {
	var c candidate
	var st stat
	err := row.Scan(append([]any{
		&c.who, &c.name, &c.home, &c.owner, &c.bought,
		&st.net, &st.first, &st.last, &st.currency, &st.receipts, &c.receipt,
	}, more...)...)
	if err == nil {
		err = c.fill(st, on)
	}
	return c, st, err
}

type birthdays struct {
	p *planner
	r Rule
	w window
}

const sqlBirthdays = `SELECT ` + known + `
	FROM customer c
	LEFT JOIN purchase_stat s ON s.customer_id = c.customer_id
	LEFT JOIN receipt r ON r.customer_id = c.customer_id AND r.id = s.last_receipt
	WHERE c.birth_key <> '' AND c.birth_key = ? AND c.customer_id > ? AND c.do_not_contact = FALSE
	ORDER BY c.customer_id LIMIT ?`

// next goes through the days of the window, the keys of each day, and the
// customers of each key.
func (src birthdays) next(ctx context.Context, q db.Querier, cursor string, limit int) (list []candidate, after string, last bool, err error) {
	d, key, who := src.w.from, 0, int64(0)
	if err := decodeCursor(cursor, &d, &key, &who); err != nil {
		return nil, "", false, err
	}
	for d <= src.w.to && len(list) < limit {
		keys := day.BirthKeys(d)
		if key >= len(keys) {
			d, key, who = d.AddDays(1), 0, 0
			continue
		}
		part, err := db.All(ctx, q, func(row db.Scanner) (candidate, error) {
			c, _, err := scanKnown(row, src.p.day)
			c.event, c.anchor, c.reason = d, birthdayAnchor(keys[key], d), birthdayReason(keys[key], d, src.r.Params.Lead)
			c.receipt = 0
			return c, err
		}, sqlBirthdays, keys[key], who, limit-len(list))
		if err != nil {
			return nil, "", false, err
		}
		list = append(list, part...)
		if len(list) == limit {
			who = int64(list[limit-1].who)
			break
		}
		key, who = key+1, 0
	}
	return list, encodeCursor(d, key, who), d > src.w.to, nil
}

func lunarKey(key string) bool { return key[0] == 'l' }

// birthdayAnchor names the year of the birthday in its own calendar: a solar
// year may have a lunar birthday twice, or not at all.
func birthdayAnchor(key string, d day.Day) string {
	if l, ok := d.Lunar(); ok && lunarKey(key) {
		return "birthday:lunar-" + strconv.Itoa(l.Year)
	}
	return "birthday:" + strconv.Itoa(d.Year())
}

func birthdayReason(key string, d day.Day, lead int) Reason {
	return Reason{Day: d, Days: lead, Lunar: lunarKey(key)}
}

// festivals are the old customers of each store before a festival.
type festivals struct {
	p      *planner
	r      Rule
	on     []day.Festival // those of the window
	floors map[org.StoreID]int64
}

// The same bound on both tables, or PostgreSQL may merge the second from its
// beginning with each page of the first.
const sqlOldCustomers = `SELECT ` + known + `
	FROM purchase_stat s
	JOIN customer c ON c.customer_id = s.customer_id
	LEFT JOIN receipt r ON r.customer_id = s.customer_id AND r.id = s.last_receipt
	WHERE s.customer_id > ? AND c.customer_id > ? AND s.receipts >= ? AND c.do_not_contact = FALSE
	ORDER BY s.customer_id LIMIT ?`

func festivalSource(ctx context.Context, q db.Querier, p *planner, r Rule, w window) (source, error) {
	src := festivals{p: p, r: r}
	for year := w.from.Year(); year <= w.to.Year(); year++ {
		for _, f := range day.Festivals(year) {
			if slices.Contains(r.Params.Festivals, f.Code) && f.Day >= w.from && f.Day <= w.to {
				src.on = append(src.on, f)
			}
		}
	}
	if len(src.on) == 0 {
		return nothing{}, nil
	}
	best := make(map[org.StoreID]*lowest)
	err := src.each(ctx, q, 0, -1, func(c candidate) {
		store := p.place(c)
		if best[store] == nil {
			best[store] = &lowest{}
		}
		best[store].keep(c.yearly, r.Params.PerStore)
	})
	src.floors = make(map[org.StoreID]int64, len(best))
	for store, b := range best {
		if b.Len() == r.Params.PerStore {
			src.floors[store] = b.list[0]
		}
	}
	return src, err
}

// each reads old customers after one, all of them for a negative limit.
func (src festivals) each(ctx context.Context, q db.Querier, after customer.ID, limit int, f func(candidate)) error {
	if limit < 0 {
		limit = 1 << 40
	}
	return db.Each(ctx, q, func(row db.Scanner) error {
		c, st, err := scanKnown(row, src.p.day)
		if err != nil {
			return err
		}
		c.reason.Receipts = st.receipts
		f(c)
		return nil
	}, sqlOldCustomers, int64(after), int64(after), src.r.Params.MinReceipts, limit)
}

func (src festivals) next(ctx context.Context, q db.Querier, cursor string, limit int) (list []candidate, after string, last bool, err error) {
	var who customer.ID
	var n int
	if err := decodeCursor(cursor, (*int64)(&who)); err != nil {
		return nil, "", false, err
	}
	for !last && len(list) < limit {
		n = 0
		if err := src.each(ctx, q, who, festivalScan, func(c candidate) {
			n, who = n+1, c.who
			list = append(list, src.greetings(c)...)
		}); err != nil {
			return nil, "", false, err
		}
		last = n < festivalScan
	}
	return list, encodeCursor(int64(who)), last, nil
}

// festivalScan is how many old customers are looked at in one query. Few of them
// are among the best of their store, so it is more than a chunk.
const festivalScan = 2000

// greetings are the candidates that a customer is: one per festival, or none.
// Customers with the same value as the last that fits are all in: better one
// contact too many than one at random.
func (src festivals) greetings(c candidate) (list []candidate) {
	if c.yearly < src.floors[src.p.place(c)] {
		return nil
	}
	c.receipt = 0
	for _, f := range src.on {
		c.event, c.anchor = f.Day, "festival:"+f.Code+":"+strconv.Itoa(f.Day.Year())
		c.reason.Day, c.reason.Days, c.reason.Festival = f.Day, src.r.Params.Lead, f.Code
		list = append(list, c)
	}
	return list
}

// lowest keeps the largest of many values, the least of them at hand.
type lowest struct{ list []int64 }

func (l *lowest) Len() int           { return len(l.list) }
func (l *lowest) Less(i, j int) bool { return l.list[i] < l.list[j] }
func (l *lowest) Swap(i, j int)      { l.list[i], l.list[j] = l.list[j], l.list[i] }
func (l *lowest) Push(v any)         { l.list = append(l.list, v.(int64)) }
func (l *lowest) Pop() any {
	v := l.list[len(l.list)-1]
	l.list = l.list[:len(l.list)-1]
	return v
}

func (l *lowest) keep(v int64, most int) {
	switch {
	case len(l.list) < most:
		heap.Push(l, v)
	case v > l.list[0]:
		l.list[0] = v
		heap.Fix(l, 0)
	}
}

// coolings are those whose silence has become longer than their rhythm explains.
type coolings struct {
	p *planner
	r Rule
	w window
}

const sqlCooling = `SELECT ` + known + `, s.cool_on, s.median_gap
	FROM purchase_stat s
	JOIN customer c ON c.customer_id = s.customer_id
	LEFT JOIN receipt r ON r.customer_id = s.customer_id AND r.id = s.last_receipt
	WHERE s.cool_on <> '' AND s.cool_on >= ? AND s.cool_on <= ? AND (s.cool_on, s.customer_id) > (?, ?) AND c.do_not_contact = FALSE
	ORDER BY s.cool_on, s.customer_id LIMIT ?`

func (src coolings) next(ctx context.Context, q db.Querier, cursor string, limit int) (list []candidate, after string, last bool, err error) {
	var on string
	var who int64
	if err := decodeCursor(cursor, &on, &who); err != nil {
		return nil, "", false, err
	}
	list, err = db.All(ctx, q, func(row db.Scanner) (candidate, error) {
		var coolOn string
		var gap int64
		c, st, err := scanKnown(row, src.p.day, &coolOn, &gap)
		if err != nil {
			return c, err
		}
		if c.event, err = day.Parse(coolOn); err != nil {
			return c, err
		}
		// One silence has one last purchase: who buys and falls silent again is
		// another matter.
		c.anchor = "silence:" + strconv.FormatInt(c.receipt, 10)
		c.reason.Day, err = dayOrNone(st.last)
		c.reason.Gap, c.reason.Receipts, c.reason.Days = float64(gap)/2, st.receipts, c.event.Sub(c.reason.Day)
		return c, err
	}, sqlCooling, src.w.from, src.w.to, on, who, limit)
	if len(list) > 0 {
		end := list[len(list)-1]
		cursor = encodeCursor(end.event, int64(end.who))
	}
	return list, cursor, len(list) < limit, err
}
