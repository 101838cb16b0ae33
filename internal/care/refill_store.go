package care

import (
	"context"
	"strconv"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
)

// refills are the customers whose jar of something is about to run out.
type refills struct {
	p    *planner
	r    Rule
	w    window
	half int64 // which half of the refills is read: see internal/insight
}

func refillSource(ctx context.Context, q db.Querier, p *planner, r Rule, w window) (source, error) {
	half, err := db.One(ctx, q, db.Value[int64], `SELECT half FROM insight_head WHERE id = 1`)
	return refills{p, r, w, half}, err
}

const sqlRefills = `SELECT ` + known + `, f.due_on, f.last_day, f.product_id, CASE WHEN p.name = '' THEN p.sku ELSE p.name END
	FROM insight_refill f
	JOIN customer c ON c.customer_id = f.customer_id
	JOIN product p ON p.id = f.product_id
	LEFT JOIN purchase_stat s ON s.customer_id = f.customer_id
	LEFT JOIN receipt r ON r.customer_id = s.customer_id AND r.id = s.last_receipt
	WHERE f.half = ? AND f.due_on >= ? AND f.due_on <= ? AND (f.due_on, f.customer_id, f.product_id) > (?, ?, ?)
		AND f.chance >= ? AND c.do_not_contact = FALSE
	ORDER BY f.due_on, f.customer_id, f.product_id LIMIT ?`

// perPercent is how chances are kept: in millionths.
const perPercent = 10_000

func (src refills) next(ctx context.Context, q db.Querier, cursor string, limit int) (list []candidate, after string, last bool, err error) {
	var on string
	var who, product int64
	if err := decodeCursor(cursor, &on, &who, &product); err != nil {
		return nil, "", false, err
	}
	list, err = db.All(ctx, q, func(row db.Scanner) (candidate, error) {
		var due, bought day.Day
		var name string
		c, _, err := scanKnown(row, src.p.day, &due, &bought, &product, &name)
		if err != nil {
			return c, err
		}
		on, who = due.String(), int64(c.who)
		// One jar is filled once: who has bought since has another date.
		c.event, c.receipt = due, 0
		c.anchor = "refill:" + strconv.FormatInt(product, 10) + ":" + bought.String()
		c.reason.Day, c.reason.Product, c.reason.Days = due, name, src.p.day.Sub(bought)
		return c, nil
	}, sqlRefills, src.half, src.w.from, src.w.to, on, who, product, src.r.Params.Chance*perPercent, limit)
	return list, encodeCursor(on, who, product), len(list) < limit, err
}
