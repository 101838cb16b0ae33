package care

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
)

// source is where the rule's candidates of the planner's day come from.
func (s *Service) source(ctx context.Context, q db.Querier, p *planner, r Rule) (source, error) {
	w := p.window(r)
	switch r.Trigger {
	case Delivery:
		return deliveries{p, r, w}, nil
	case Purchase, Sample:
		floors, err := highFloors(ctx, q, w, r.Params.TopPercent)
		if r.Trigger == Sample {
			return samples{p, r, w, floors}, err
		}
		return purchases{p, r, w, floors}, err
	case Birthday:
		return birthdays{p, r, w}, nil
	case Festival:
		return festivalSource(ctx, q, p, r, w)
	case Cooling:
		return coolings{p, r, w}, nil
	case Refill:
		return refillSource(ctx, q, p, r, w)
	}
	return nothing{}, nil
}

// nothing is the source of rules whose tasks do not come from planning.
type nothing struct{}

func (nothing) next(context.Context, db.Querier, string, int) ([]candidate, string, bool, error) {
	return nil, "", true, nil
}

type deliveries struct {
	p *planner
	r Rule
	w window
}

// sqlKept leaves out what the customer has brought back since: somebody who
// returned a sofa is not asked how it sits. A return names no purchase: it is the
// one of the same amount. (day || ” keeps SQLite with the customer's own receipts.)
const sqlKept = ` AND NOT EXISTS (SELECT 1 FROM receipt b
		WHERE b.customer_id = r.customer_id AND b.net < 0 AND b.net = -r.net AND b.day || '' >= r.day)`

const sqlDeliveries = `SELECT d.delivered_on, d.customer_id, d.id, d.receipt_id, d.what, COALESCE(r.store_id, 0),
		c.name, c.store_id, c.owner_id, COALESCE(s.net, 0), COALESCE(s.first_day, ''), COALESCE(s.currency, '')
	FROM delivery d
	JOIN customer c ON c.customer_id = d.customer_id
	LEFT JOIN receipt r ON r.customer_id = d.customer_id AND r.id = d.receipt_id
	LEFT JOIN purchase_stat s ON s.customer_id = d.customer_id
	WHERE d.delivered_on <> '' AND d.delivered_on >= ? AND d.delivered_on <= ? AND (d.delivered_on, d.customer_id, d.id) > (?, ?, ?)
		AND c.do_not_contact = FALSE` + sqlKept + `
	ORDER BY d.delivered_on, d.customer_id, d.id LIMIT ?`

func (src deliveries) next(ctx context.Context, q db.Querier, cursor string, limit int) (list []candidate, after string, last bool, err error) {
	var on string
	var who, id int64
	if err := decodeCursor(cursor, &on, &who, &id); err != nil {
		return nil, "", false, err
	}
	after, n := cursor, 0
	err = db.Each(ctx, q, func(row db.Scanner) error {
		var c candidate
		var st stat
		var delivery int64
		if err := row.Scan(&c.event, &c.who, &delivery, &c.receipt, &c.reason.Product, &c.bought,
			&c.name, &c.home, &c.owner, &st.net, &st.first, &st.currency); err != nil {
			return err
		}
		n, after = n+1, encodeCursor(c.event, int64(c.who), delivery)
		c.anchor = "delivery:" + strconv.FormatInt(delivery, 10)
		c.reason.Day, c.reason.Days = c.event, src.r.Params.Days
		if c.reason.Product != "" {
			c.receipt = 0 // who brought it wrote down what it was
		}
		list = append(list, c)
		return list[len(list)-1].fill(st, src.p.day)
	}, sqlDeliveries, src.w.from, src.w.to, on, who, id, limit)
	return list, after, n < limit, err
}

// sale is what the index by day knows of a sale: enough to decide about most
// without looking any further.
type sale struct {
	day          day.Day
	store        org.StoreID
	net, who, id int64
}

// What was sold has a positive net: see purchase.KindOf.
const sqlSales = `SELECT day, store_id, net, customer_id, id FROM receipt
	WHERE day >= ? AND day <= ? AND (day, store_id, net, customer_id, id) > (?, ?, ?, ?, ?) AND net > 0 AND net >= ? AND customer_id > 0
	ORDER BY day, store_id, net, customer_id, id LIMIT ?`

// salesScan is how many sales are looked at in one query. Most are decided about
// at once, so it is more than a chunk.
const salesScan = 5000

// sales finds the sales of a window that keep accepts, about limit of them.
func sales(ctx context.Context, q db.Querier, p *planner, w window, least int64, cursor string, limit int,
	keep func(sale) bool,
) (list []candidate, after string, last bool, err error) {
	var on string
	var at sale
	if err := decodeCursor(cursor, &on, (*int64)(&at.store), &at.net, &at.who, &at.id); err != nil {
		return nil, "", false, err
	}
	var kept []sale
	for !last && len(kept) < limit {
		n := 0
		err = db.Each(ctx, q, func(row db.Scanner) error {
			n++
			if err := row.Scan(&at.day, &at.store, &at.net, &at.who, &at.id); err != nil {
				return err
			}
			if keep(at) {
				kept = append(kept, at)
			}
			return nil
		}, sqlSales, w.from, w.to, on, int64(at.store), at.net, at.who, at.id, least, salesScan)
		if err != nil {
			return nil, "", false, err
		}
		last = n < salesScan
		on = at.day.String()
	}
	list, err = buyers(ctx, q, p, kept)
	return list, encodeCursor(on, int64(at.store), at.net, at.who, at.id), last, err
}

// buyers are the customers who made the sales. Of several sales to one customer
// on a day the largest counts: it was one visit, and one call. (day || ” keeps
// SQLite from reading all sales of the day to find those of the customer.)
func buyers(ctx context.Context, q db.Querier, p *planner, sales []sale) ([]candidate, error) {
	var list []candidate
	for part := range slices.Chunk(sales, receiptsAtOnce) {
		values, args := receiptValues(part, func(s sale) (int64, int64) { return s.who, s.id })
		by := make(map[[2]int64]sale, len(part))
		for _, s := range part {
			by[[2]int64{s.who, s.id}] = s
		}
		err := db.Each(ctx, q, func(row db.Scanner) error {
			var c candidate
			var st stat
			if err := row.Scan(&c.who, &c.receipt, &st.currency, &c.name, &c.home, &c.owner, &st.net, &st.first); err != nil {
				return err
			}
			s := by[[2]int64{int64(c.who), c.receipt}]
			c.event, c.bought = s.day, s.store
			c.anchor = "receipt:" + strconv.FormatInt(c.receipt, 10)
			c.reason.Day, c.reason.Net, c.reason.Currency = s.day, s.net, st.currency
			err := c.fill(st, p.day)
			list = append(list, c)
			return err
		}, `WITH k (who, receipt) AS (VALUES `+values+`)
			SELECT r.customer_id, r.id, r.currency, c.name, c.store_id, c.owner_id, COALESCE(s.net, 0), COALESCE(s.first_day, '')
			FROM k
			JOIN receipt r ON r.customer_id = k.who AND r.id = k.receipt
			JOIN customer c ON c.customer_id = r.customer_id
			LEFT JOIN purchase_stat s ON s.customer_id = r.customer_id
			WHERE c.do_not_contact = FALSE
				AND NOT EXISTS (SELECT 1 FROM receipt o
					WHERE o.customer_id = r.customer_id AND o.day || '' = r.day AND (o.net, o.id) > (r.net, r.id))`+sqlKept, args...)
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// receiptsAtOnce bounds the parameters of one look-up.
const receiptsAtOnce = 100

// receiptValues is a list of customers' receipts as rows of VALUES.
func receiptValues[T any](list []T, key func(T) (who, id int64)) (values string, args []any) {
	args = make([]any, 0, 2*len(list))
	for _, v := range list {
		who, id := key(v)
		args = append(args, who, id)
	}
	// The first row tells PostgreSQL the types of all.
	return "(CAST(? AS BIGINT), CAST(? AS BIGINT))" + strings.Repeat(", (?, ?)", len(list)-1), args
}

type purchases struct {
	p      *planner
	r      Rule
	w      window
	floors floors
}

func (src purchases) next(ctx context.Context, q db.Querier, cursor string, limit int) (list []candidate, after string, last bool, err error) {
	list, after, last, err = sales(ctx, q, src.p, src.w, src.floors.least(), cursor, limit,
		func(s sale) bool { return src.floors.high(s.day, s.store, s.net) })
	for i := range list {
		c := &list[i]
		c.reason.Days, c.reason.Top, c.reason.Floor = src.r.Params.Days, src.r.Params.TopPercent, src.floors[floorKey{c.event, c.bought}]
	}
	return list, after, last, err
}

// samples are the purchases that are not high value and that the draw picked.
type samples struct {
	p      *planner
	r      Rule
	w      window
	floors floors
}

func (src samples) next(ctx context.Context, q db.Querier, cursor string, limit int) (list []candidate, after string, last bool, err error) {
	list, after, last, err = sales(ctx, q, src.p, src.w, 1, cursor, limit,
		func(s sale) bool {
			return !src.floors.high(s.day, s.store, s.net) && drawn(s.store, s.day, s.id, src.r.Params.SamplePercent)
		})
	for i := range list {
		list[i].reason.Days = 1
	}
	return list, after, last, err
}

// drawn decides whether a receipt is in the sample. It is a draw anyone can
// repeat: the same store, day and receipt always give the same answer.
func drawn(store org.StoreID, d day.Day, receipt int64, percent int) bool {
	h := sha256.Sum256([]byte(store.String() + " " + d.String() + " " + strconv.FormatInt(receipt, 10)))
	return binary.BigEndian.Uint64(h[:8])%100 < uint64(percent)
}
