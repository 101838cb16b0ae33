package insight

import (
	"context"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/insight/life"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// The transitions of everybody who has a score, up to a day; with what they
// bought in the last year of it. Of one store: of those who bought there.
const (
	sqlFlow = `SELECT t.customer_id, t.day, t.stage, s.spent
		FROM insight_stage t
		JOIN insight_score s ON s.customer_id = t.customer_id AND s.half = ?
		WHERE t.day <= ? ORDER BY t.customer_id, t.day`
	sqlStoreFlow = `SELECT t.customer_id, t.day, t.stage, s.spent
		FROM insight_stage t
		JOIN insight_score s ON s.customer_id = t.customer_id AND s.half = ?
		WHERE t.day <= ? AND t.customer_id IN (SELECT r.customer_id FROM receipt r WHERE r.store_id = ? AND r.kind = 'sale' AND r.customer_id > 0 AND r.day <= ?)
		ORDER BY t.customer_id, t.day`
)

// FlowBetween is the flow between any two days, of one store or of all of them for
// store 0. A day after the last refresh is taken for that of the refresh.
func (s *Service) FlowBetween(ctx context.Context, actor org.Actor, store org.StoreID, from, to day.Day) (FlowSpan, error) {
	if err := actor.Need(org.ReportsRead); err != nil {
		return FlowSpan{}, err
	}
	if err := inReach(actor, store); err != nil {
		return FlowSpan{}, err
	}
	var f FlowSpan
	err := s.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, h, err := currentModel(ctx, tx)
		if err != nil {
			return err
		}
		if to = min(to, m.AsOf); from >= to {
			return errs.New(errs.Invalid, "insight.days_order")
		}
		query, args := sqlFlow, []any{h.half, to}
		if store != 0 {
			query, args = sqlStoreFlow, append(args, int64(store), m.AsOf)
		}
		f, err = readFlow(ctx, tx, from, to, m.Currency, query, args...)
		return err
	})
	return f, err
}

// readFlow sums the transitions of all customers up. Whoever had not bought by
// the last day is not in it.
func readFlow(ctx context.Context, q db.Querier, from, to day.Day, currency money.Currency, query string, args ...any) (FlowSpan, error) {
	var moves [life.Count][life.Count]Move
	var of customer.ID
	var spent int64
	var was, is Stage
	done := func() {
		if of != 0 {
			m := &moves[was][is]
			m.Customers++
			m.Spent += spent
		}
		was, is = Prospect, Prospect
	}
	err := db.Each(ctx, q, func(row db.Scanner) error {
		var c customer.ID
		var on day.Day
		var stage Stage
		var amount int64
		if err := row.Scan(&c, &on, &stage, &amount); err != nil {
			return err
		}
		if c != of {
			done()
			of, spent = c, amount
		}
		if is = stage; on <= from {
			was = stage
		}
		return nil
	}, query, args...)
	done()
	return spanOf(moves[:], to.Sub(from), from, to, currency), err
}
