package insight

import (
	"context"
	"math"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/purchase"
)

const sqlRefills = `SELECT f.product_id, p.sku, p.name, f.last_day, f.due_on, f.low_on, f.high_on, f.chance, f.basis
	FROM insight_refill f
	JOIN product p ON p.id = f.product_id
	WHERE f.customer_id = ? AND f.half = ? ORDER BY f.due_on, f.product_id LIMIT 50`

// refills are when a customer's jars run out, the next first.
func refills(ctx context.Context, q db.Querier, h head, c customer.ID) ([]Refill, error) {
	return db.All(ctx, q, func(row db.Scanner) (Refill, error) {
		var r Refill
		var chance int64
		err := row.Scan(&r.Product, &r.SKU, &r.Name, &r.Last, &r.Due, &r.Low, &r.High, &chance, &r.Basis)
		r.Chance = float64(chance) / ppm
		return r, err
	}, sqlRefills, int64(c), h.half)
}

// Clean lines, as in the book, that name a product; ordered by their key, as there.
const sqlLines = `SELECT l.customer_id, l.product_id, r.day
	FROM receipt_line l
	JOIN receipt r ON r.customer_id = l.customer_id AND r.id = l.receipt_id
	WHERE l.customer_id > 0 AND l.quantity > 0 AND l.unit_price > 0 AND l.product_id <> 0 AND r.day || '' > ? AND r.day || '' <= ?
	ORDER BY l.customer_id, l.receipt_id`

// readLines reads what was bought in the last two years. Its memory is 8 bytes a line.
func readLines(ctx context.Context, q db.Querier, asOf day.Day) (*lines, error) {
	from := asOf.AddDays(-refillHistory)
	n, err := db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM receipt WHERE day > ? AND day <= ? AND customer_id > 0`, from, asOf)
	if err != nil {
		return nil, err
	}
	n *= 2 // lines of a receipt, about: see makeRoom
	l := &lines{product: make([]int32, 0, n), day: make([]int32, 0, n)}
	index := make(map[purchase.ProductID]int32)
	days := make(dayCache)
	err = db.Each(ctx, q, func(row db.Scanner) error {
		var c customer.ID
		var p purchase.ProductID
		var on string
		if err := row.Scan(&c, &p, &on); err != nil {
			return err
		}
		if n := len(l.customers); n == 0 || l.customers[n-1] != c {
			l.customers, l.start = append(l.customers, c), append(l.start, len(l.product))
		}
		i, known := index[p]
		if !known {
			i = int32(len(l.products))
			index[p] = i
			l.products = append(l.products, p)
		}
		d, err := days.parse(on)
		l.product, l.day = append(l.product, i), append(l.day, int32(d))
		return err
	}, sqlLines, from, asOf)
	l.start = append(l.start, len(l.product))
	return l, err
}

const sqlFilled = `SELECT l.customer_id, l.product_id, r.day, CAST(SUM(l.quantity) AS BIGINT)
	FROM receipt_line l
	JOIN receipt r ON r.customer_id = l.customer_id AND r.id = l.receipt_id
	JOIN product p ON p.id = l.product_id
	JOIN fact f ON f.customer_id = l.customer_id AND f.field = ? AND f.current
	WHERE l.customer_id > 0 AND l.quantity > 0 AND p.category = ? AND r.day > ? AND r.day <= ?
	GROUP BY l.customer_id, r.day, l.product_id ORDER BY l.customer_id, r.day, l.product_id`

// readJars reads what was put into the jars of those who told how many they are,
// and foretells when each is empty.
func readJars(ctx context.Context, q db.Querier, jars []Jar, asOf day.Day) ([]refillOf, error) {
	var out []refillOf
	for _, j := range jars {
		homes, err := readHouseholds(ctx, q, j)
		if err != nil {
			return nil, err
		}
		var of customer.ID
		var list []filled
		done := func() {
			if r, ok := j.jarRefill(homes[of], list, asOf); ok {
				out = append(out, refillOf{of, r})
			}
			list = list[:0]
		}
		err = db.Each(ctx, q, func(row db.Scanner) error {
			var c customer.ID
			var f filled
			var quantity money.Quantity
			if err := row.Scan(&c, &f.product, &f.day, &quantity); err != nil {
				return err
			}
			if c != of {
				done()
				of = c
			}
			f.amount = float64(quantity) / float64(money.One) * j.PerPiece
			list = append(list, f)
			return nil
		}, sqlFilled, j.People, j.Category, asOf.AddDays(-refillHistory), asOf)
		if err != nil {
			return nil, err
		}
		done()
	}
	return out, nil
}

// readHouseholds reads what was told of a jar's homes.
func readHouseholds(ctx context.Context, q db.Querier, j Jar) (map[customer.ID]household, error) {
	m := make(map[customer.ID]household)
	err := db.Each(ctx, q, func(row db.Scanner) error {
		var c customer.ID
		var field, value string
		if err := row.Scan(&c, &field, &value); err != nil {
			return err
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(v) {
			return nil // taken back, refused, or no number
		}
		h := m[c]
		switch field {
		case j.People:
			h.people = v
		case j.Use:
			h.daily = v
		case j.Capacity:
			h.capacity = v
		}
		m[c] = h
		return nil
	}, `SELECT customer_id, field, value FROM fact WHERE current AND field IN (?, ?, ?) AND value <> ''`, j.People, j.Use, j.Capacity)
	return m, err
}

// writeRefills foretells and writes when the jars run out; it returns how many.
func (s *Service) writeRefills(ctx context.Context, v *version, set Setting) (n int, err error) {
	var l *lines
	var jars []refillOf
	s.progress("refill", 0, 0)
	if err = s.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if jars, err = readJars(ctx, tx, set.Jars, v.asOf); err != nil {
			return err
		}
		l, err = readLines(ctx, tx, v.asOf)
		return err
	}); err != nil {
		return 0, err
	}
	type key struct {
		customer customer.ID
		product  purchase.ProductID
	}
	told := make(map[key]bool, len(jars))
	for _, r := range jars {
		told[key{r.customer, r.Product}] = true
	}
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
	return n, l.rhythms(v.asOf, func(list []refillOf) error {
		kept := list[:0]
		for _, r := range list {
			if !told[key{r.customer, r.Product}] { // what they told counts for more than their rhythm
				kept = append(kept, r)
			}
		}
		return write(kept)
	})
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

const sqlOldRefills = `DELETE FROM insight_refill WHERE half = ? AND model_id <> ?`
