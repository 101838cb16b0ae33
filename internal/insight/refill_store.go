package insight

import (
	"context"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
)

const sqlRefills = `SELECT f.product_id, p.sku, p.name, f.receipt_id, f.last_day, f.due_on, f.low_on, f.high_on, f.chance, f.basis
	FROM insight_refill f
	JOIN product p ON p.id = f.product_id
	WHERE f.customer_id = ? AND f.half = ? ORDER BY f.due_on, f.product_id LIMIT 50`

// refills are when a customer's jars run out, the next first.
func refills(ctx context.Context, q db.Querier, h head, c customer.ID) ([]Refill, error) {
	return db.All(ctx, q, func(row db.Scanner) (Refill, error) {
		var r Refill
		var chance int64
		err := row.Scan(&r.Product, &r.SKU, &r.Name, &r.Receipt, &r.Last, &r.Due, &r.Low, &r.High, &chance, &r.Basis)
		r.Chance = float64(chance) / ppm
		return r, err
	}, sqlRefills, int64(c), h.half)
}
