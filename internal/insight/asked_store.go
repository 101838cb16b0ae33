package insight

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/insight/basket"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/purchase"
)

// ask reads what reports need besides the book.
func (s *Service) ask(ctx context.Context, q db.Querier, b *Book, l *basket.Lines) (*Asked, error) {
	a := &Asked{Visits: make(map[visitKey][2]int64), Faults: make(map[int32]fault), Reasons: make(map[int32]toldReason),
		Referrer: make(map[int32]customer.ID)}
	for _, read := range []func(context.Context, db.Querier, *Book) error{
		a.readVisits, a.readContacts, a.readGifts, a.readFaults, a.readReasons, a.readReferrers, a.readAnswers, a.readSince,
	} {
		if err := read(ctx, q, b); err != nil {
			return nil, err
		}
	}
	return a, a.readHabits(ctx, q, b, l)
}

// row is a customer's row; false for one who has bought nothing.
func (b *Book) row(c customer.ID) (int32, bool) {
	i, found := slices.BinarySearch(b.Customers, c)
	return int32(i), found
}

// readSince reads when the first refresh was made of which there is a version.
func (a *Asked) readSince(ctx context.Context, q db.Querier, _ *Book) error {
	made, err := db.All(ctx, q, db.Value[int64], `SELECT fitted_at FROM insight_model ORDER BY id LIMIT 1`)
	if err == nil && len(made) > 0 {
		a.Since = day.Of(db.Time(made[0]), time.UTC)
	}
	return err
}

func (a *Asked) readVisits(ctx context.Context, q db.Querier, b *Book) error {
	from := monthOf(b.AsOf) - 12 - 2*storeMonths
	return db.Each(ctx, q, func(row db.Scanner) error {
		v, err := scanVisits(row)
		if err != nil {
			return err
		}
		m, err := parseMonth(v.Month)
		a.Visits[visitKey{v.Store, m}] = [2]int64{v.New, v.Old}
		return err
	}, `SELECT store_id, month, new_visitors, old_visitors, staff_id, at FROM store_traffic WHERE month >= ?`, from.String())
}

const sqlContacts = `SELECT o.customer_id, o.day, o.store_id, o.outcome, COALESCE(r.code, '')
	FROM task_outcome o
	LEFT JOIN care_rule r ON r.id = o.rule_id
	WHERE o.undone_at IS NULL AND o.day > ? AND o.day <= ?`

func (a *Asked) readContacts(ctx context.Context, q db.Querier, b *Book) error {
	err := db.Each(ctx, q, func(row db.Scanner) error {
		var c contact
		var outcome string
		if err := row.Scan(&c.customer, &c.day, &c.store, &outcome, &c.rule); err != nil {
			return err
		}
		c.reached = outcome != "no_answer"
		at, known := b.row(c.customer)
		if c.row = -1; known {
			c.row = at
		}
		a.Contacts = append(a.Contacts, c)
		return nil
	}, sqlContacts, b.AsOf.AddDays(-contactDays), b.AsOf)
	slices.SortFunc(a.Contacts, func(x, y contact) int {
		return cmp.Or(cmp.Compare(x.row, y.row), cmp.Compare(x.day, y.day), cmp.Compare(x.rule, y.rule))
	})
	return err
}

const sqlGifts = `SELECT d.customer_id, r.store_id, r.currency, CAST(SUM(d.gift_cost) AS BIGINT)
	FROM delivery d
	JOIN receipt r ON r.customer_id = d.customer_id AND r.id = d.receipt_id
	WHERE d.delivered_on > ? AND d.delivered_on <= ? AND d.gift_cost > 0
	GROUP BY d.customer_id, r.store_id, r.currency ORDER BY d.customer_id, r.store_id, r.currency`

func (a *Asked) readGifts(ctx context.Context, q db.Querier, b *Book) error {
	return db.Each(ctx, q, func(row db.Scanner) error {
		var g gift
		var currency money.Currency
		err := row.Scan(&g.customer, &g.store, &currency, &g.cost)
		if b.rates.Known(currency) {
			g.cost = b.rates.Minor(currency, g.cost)
			a.Gifts = append(a.Gifts, g)
		}
		return err
	}, sqlGifts, b.AsOf.AddDays(-year), b.AsOf)
}

func (a *Asked) readFaults(ctx context.Context, q db.Querier, b *Book) error {
	scan := func(set func(f *fault, on day.Day)) func(db.Scanner) error {
		return func(row db.Scanner) error {
			var c customer.ID
			var on day.Day
			if err := row.Scan(&c, &on); err != nil {
				return err
			}
			if at, known := b.row(c); known {
				f := a.Faults[at]
				set(&f, on)
				a.Faults[at] = f
			}
			return nil
		}
	}
	err := db.Each(ctx, q, scan(func(f *fault, on day.Day) { f.complained = on }), `SELECT customer_id, MAX(day) FROM task_outcome
		WHERE outcome = 'unhappy' AND undone_at IS NULL AND day <= ? GROUP BY customer_id`, b.AsOf)
	if err != nil {
		return err
	}
	return db.Each(ctx, q, scan(func(f *fault, on day.Day) { f.returned = on }), `SELECT customer_id, MAX(day) FROM receipt
		WHERE kind = 'return' AND customer_id > 0 AND day <= ? GROUP BY customer_id`, b.AsOf)
}

func (a *Asked) readReasons(ctx context.Context, q db.Querier, b *Book) error {
	return db.Each(ctx, q, func(row db.Scanner) error {
		var c customer.ID
		var r toldReason
		var warning Sign
		if err := row.Scan(&c, &r.reason, &warning); err != nil {
			return err
		}
		if at, known := b.row(c); known {
			r.warned = warning != ""
			a.Reasons[at] = r // the later overwrites the earlier
		}
		return nil
	}, `SELECT customer_id, reason, warning FROM lost_reason ORDER BY customer_id, id`)
}

func (a *Asked) readReferrers(ctx context.Context, q db.Querier, b *Book) error {
	return db.Each(ctx, q, func(row db.Scanner) error {
		var c, by customer.ID
		if err := row.Scan(&c, &by); err != nil {
			return err
		}
		if at, known := b.row(c); known {
			a.Referrer[at] = by
		}
		return nil
	}, `SELECT customer_id, referrer_id FROM customer WHERE referrer_id <> 0`)
}

// readHabits works out what products usually cost, and how the customers buy.
func (a *Asked) readHabits(ctx context.Context, q db.Querier, b *Book, l *basket.Lines) error {
	category := make(map[purchase.ProductID]uint64)
	names := make(map[string]int)
	err := db.Each(ctx, q, func(row db.Scanner) error {
		var product purchase.ProductID
		var name string
		if err := row.Scan(&product, &name); err != nil {
			return err
		}
		i, known := names[name]
		if !known {
			i = len(names)
			names[name] = i
		}
		category[product] = 1 << (i % 64)
		return nil
	}, `SELECT id, category FROM product WHERE category <> ''`)
	usual := l.Usual()
	a.Habits = l.Habits(b.Customers, usual, category)
	a.Usual = make(map[int64]basket.Price, len(usual))
	for i, u := range usual {
		a.Usual[int64(l.Products()[i])] = u
	}
	return err
}

func (a *Asked) readAnswers(ctx context.Context, q db.Querier, b *Book) error {
	args := make([]any, len(LoyaltyFields))
	for i, code := range LoyaltyFields {
		args[i] = code
	}
	return db.Each(ctx, q, func(row db.Scanner) error {
		var c customer.ID
		var field string
		var x answered
		if err := row.Scan(&c, &field, &x.value); err != nil {
			return err
		}
		at, known := b.row(c)
		if known {
			x.row, x.field = at, int8(slices.Index(LoyaltyFields, field))
			a.Answers = append(a.Answers, x)
		}
		return nil
	}, `SELECT customer_id, field, value FROM fact WHERE current AND value <> '' AND field IN (`+db.In(len(args))+`) ORDER BY customer_id, field`, args...)
}

// writePrices keeps the usual prices, for the pages of customers.
func (s *Service) writePrices(ctx context.Context, v *version, usual map[int64]basket.Price) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := v.holdTx(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Bulk(ctx, db.Bulk{Table: "insight_price", Columns: []string{"product_id", "half", "model_id", "price", "lines"},
			Conflict: db.Replace, Key: []string{"product_id", "half"}}, func(yield func([]any, error) bool) {
			for product, u := range usual {
				if !yield([]any{product, v.half, int64(v.id), u.Price, u.Lines}, nil) {
					return
				}
			}
		})
		return err
	})
}

const sqlOldPrices = `DELETE FROM insight_price WHERE half = ? AND model_id <> ?`

// usualPrices are the usual prices of products, as of the version that is read.
func usualPrices(ctx context.Context, q db.Querier, h head, products []int64) (map[int64]int64, error) {
	m := make(map[int64]int64, len(products))
	for part := range slices.Chunk(products, 200) {
		args := make([]any, 0, len(part)+1)
		for _, p := range part {
			args = append(args, p)
		}
		err := db.Each(ctx, q, func(row db.Scanner) error {
			var product, price int64
			err := row.Scan(&product, &price)
			m[product] = price
			return err
		}, `SELECT product_id, price FROM insight_price WHERE product_id IN (`+db.In(len(part))+`) AND half = ?`, append(args, h.half)...)
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}
