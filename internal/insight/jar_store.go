package insight

import (
	"context"
	"math"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/insight/refill"
	"github.com/ricejar/ricejar/internal/purchase"
)

// Categories are what the products of the company are sorted into, by name.
func (s *Service) Categories(ctx context.Context) ([]string, error) {
	return db.All(ctx, s.DB, db.Value[string], `SELECT DISTINCT category FROM product WHERE category <> '' ORDER BY category LIMIT 1000`)
}

// Sized is a product that fills a jar, and how much a piece of it holds.
type Sized struct {
	Product purchase.ProductID
	Name    string
	Amount  float64 // in the jar's unit
	Told    bool    // its name says so
}

const sqlOfCategory = `SELECT id, CASE WHEN name = '' THEN sku ELSE name END FROM product WHERE category = ? ORDER BY id LIMIT ?`

// JarProducts are some of the products that fill a jar.
func (s *Service) JarProducts(ctx context.Context, j refill.Jar, limit int) ([]Sized, error) {
	return jarProducts(ctx, s.DB, j, limit)
}

func jarProducts(ctx context.Context, q db.Querier, j refill.Jar, limit int) ([]Sized, error) {
	return db.All(ctx, q, func(row db.Scanner) (p Sized, err error) {
		err = row.Scan(&p.Product, &p.Name)
		p.Amount, p.Told = j.Holds(p.Name)
		return p, err
	}, sqlOfCategory, j.Category, limit)
}

// pieces are how much a piece of each product holds that fills a jar.
func pieces(ctx context.Context, q db.Querier, j refill.Jar) (map[purchase.ProductID]float64, error) {
	list, err := jarProducts(ctx, q, j, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	m := make(map[purchase.ProductID]float64, len(list))
	for _, p := range list {
		m[p.Product] = p.Amount
	}
	return m, nil
}
