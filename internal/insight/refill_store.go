package insight

import (
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/insight/basket"
	"github.com/ricejar/ricejar/internal/insight/refill"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/purchase"
)

const sqlRefills = `SELECT f.product_id, p.sku, p.name, f.last_day, f.due_on, f.low_on, f.high_on, f.chance, f.basis
	FROM insight_refill f
	JOIN product p ON p.id = f.Product_id
	WHERE f.customer_id = ? AND f.half = ? ORDER BY f.due_on, f.product_id LIMIT 50`

// refills are when a customer's jars run out, the next first.
func refills(ctx context.Context, q db.Querier, h head, c customer.ID) ([]refill.Refill, error) {
	return db.All(ctx, q, func(row db.Scanner) (refill.Refill, error) {
		var r refill.Refill
		var chance int64
		err := row.Scan(&r.Product, &r.SKU, &r.Name, &r.Last, &r.Due, &r.Low, &r.High, &chance, &r.Basis)
		r.Chance = float64(chance) / ppm
		return r, err
	}, sqlRefills, int64(c), h.half)
}

const sqlFilled = `SELECT l.customer_id, l.product_id, r.day, CAST(SUM(l.quantity) AS BIGINT)
	FROM receipt_line l
	JOIN receipt r ON r.customer_id = l.customer_id AND r.id = l.receipt_id
	JOIN product p ON p.id = l.product_id
	JOIN fact f ON f.customer_id = l.customer_id AND f.field = ? AND f.current
	WHERE l.customer_id > 0 AND p.category = ? AND r.day > ? AND r.day <= ?
	GROUP BY l.customer_id, r.day, l.product_id ORDER BY l.customer_id, r.day, l.product_id`

// readJars reads what was put into the jars of those who told how many they are,
// and foretells when each is empty.
func readJars(ctx context.Context, q db.Querier, jars []refill.Jar, asOf day.Day) ([]refillOf, error) {
	var out []refillOf
	for _, j := range jars {
		homes, err := readHomes(ctx, q, j)
		if err != nil {
			return nil, err
		}
		holds, err := pieces(ctx, q, j)
		if err != nil {
			return nil, err
		}
		var of customer.ID
		var list []refill.Filling
		done := func() {
			r, soon := j.Refill(homes[of], list, asOf)
			if r.Last != 0 { // somebody asked: no rhythm speaks of what fills this jar
				out = append(out, refillOf{customer: of, Refill: r, late: !soon, filled: productsOf(list)})
			}
			list = list[:0]
		}
		err = db.Each(ctx, q, func(row db.Scanner) error {
			var c customer.ID
			var f refill.Filling
			var quantity money.Quantity
			if err := row.Scan(&c, &f.Product, &f.Day, &quantity); err != nil {
				return err
			}
			if c != of {
				done()
				of = c
			}
			f.Amount = float64(quantity) / float64(money.One) * holds[f.Product]
			list = append(list, f)
			return nil
		}, sqlFilled, j.People, j.Category, asOf.AddDays(-basket.Back), asOf)
		if err != nil {
			return nil, err
		}
		done()
	}
	return out, nil
}

// readHomes reads what was told of a jar's homes.
func readHomes(ctx context.Context, q db.Querier, j refill.Jar) (map[customer.ID]refill.Home, error) {
	m := make(map[customer.ID]refill.Home)
	err := db.Each(ctx, q, func(row db.Scanner) error {
		var c customer.ID
		var field, value string
		if err := row.Scan(&c, &field, &value); err != nil {
			return err
		}
		if v, err := strconv.ParseFloat(value, 64); err == nil && !math.IsNaN(v) { // else: taken back, refused, or no number
			h := m[c]
			switch field {
			case j.People:
				h.People = v
			case j.Use:
				h.Daily = v
			case j.Capacity:
				h.Capacity = v
			}
			m[c] = h
		}
		return nil
	}, `SELECT customer_id, field, value FROM fact WHERE current AND field IN (?, ?, ?) AND value <> ''`, j.People, j.Use, j.Capacity)
	return m, err
}

// refillOf is a refill of a customer, on its way into the table.
type refillOf struct {
	customer customer.ID
	refill.Refill
	late   bool                 // so far off, or past, that it is not told
	filled []purchase.ProductID // all that went into the jar
}

// productsOf are what filled a jar, each once.
func productsOf(list []refill.Filling) []purchase.ProductID {
	var out []purchase.ProductID
	for _, f := range list {
		if !slices.Contains(out, f.Product) {
			out = append(out, f.Product)
		}
	}
	return out
}

// writeRefills foretells and writes when the jars run out, those of the jars first; it
// returns how many.
func (s *Service) writeRefills(ctx context.Context, v *version, l *basket.Lines, jars []refillOf) (n int, err error) {
	s.progress("refill", 0, 0)
	type key struct {
		customer customer.ID
		product  purchase.ProductID
	}
	told := make(map[key]bool, len(jars))
	for _, r := range jars {
		for _, p := range r.filled {
			told[key{r.customer, p}] = true
		}
	}
	jars = slices.DeleteFunc(jars, func(r refillOf) bool { return r.late })
	write := func(list []refillOf) error {
		for from := 0; from < len(list); from += chunk {
			part := list[from:min(from+chunk, len(list))]
			if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				if err := v.holdTx(ctx, tx); err != nil {
					return err
				}
				return v.insertRefills(ctx, tx, part)
			}); err != nil {
				return err
			}
			n += len(part)
			s.progress("refill", int64(n), 0)
		}
		return nil
	}
	if err = write(jars); err != nil {
		return n, err
	}
	teller := refill.Teller{AsOf: v.asOf, Products: l.Products()}
	parts := l.Parts()
	for k := range parts {
		part, rows := l.Part(k, parts)
		list, err := teller.Tell(part)
		if err != nil {
			return n, err
		}
		var kept []refillOf
		for _, r := range list {
			c := l.Customer(rows[r.Customer])
			if !told[key{c, r.Product}] { // what they told counts for more than their rhythm
				kept = append(kept, refillOf{customer: c, Refill: r.Refill})
			}
		}
		if err := write(kept); err != nil {
			return n, err
		}
	}
	return n, nil
}

var refillColumns = []string{"customer_id", "half", "product_id", "model_id", "last_day", "due_on", "low_on", "high_on", "chance", "basis"}

func (v *version) insertRefills(ctx context.Context, tx *db.Tx, list []refillOf) error {
	_, err := tx.Bulk(ctx, db.Bulk{Table: "insight_refill", Columns: refillColumns, Conflict: db.Replace, Key: []string{"customer_id", "half", "product_id"}},
		db.Rows(list, func(r refillOf) []any {
			return []any{int64(r.customer), v.half, int64(r.Product), int64(v.id), r.Last.String(), r.Due.String(), r.Low.String(), r.High.String(),
				int64(math.Round(r.Chance * ppm)), string(r.Basis)}
		}))
	return err
}
