package purchase

import (
	"cmp"
	"context"
	"slices"

	"github.com/ricejar/ricejar/internal/db"
)

// product is a product as an import sees it. While it is shared by drafts, only
// the goroutine of the import touches it.
type product struct {
	id       ProductID
	sku      string
	name     string
	category string
	inTable  bool
	pending  bool // in catalog.fresh: there is more to say than the table knows
}

// catalog remembers products by SKU, so that an import asks for each but once.
type catalog struct {
	q     db.Querier
	bySKU map[string]*product
	fresh []*product // to be written with the next chunk
	whole bool       // everything that is in the table is in bySKU
}

// maxCatalog bounds the memory of an import that names ever new products.
const maxCatalog = 100_000

func newCatalog(ctx context.Context, q db.Querier) (*catalog, error) {
	c := &catalog{q: q, bySKU: make(map[string]*product)}
	err := db.Each(ctx, q, func(row db.Scanner) error {
		p := &product{inTable: true}
		err := row.Scan(&p.id, &p.sku, &p.name, &p.category)
		c.bySKU[p.sku] = p
		return err
	}, `SELECT id, sku, name, category FROM product ORDER BY id LIMIT ?`, maxCatalog/2)
	c.whole = len(c.bySKU) < maxCatalog/2
	return c, err
}

// get finds the product or makes it up for the next chunk to write.
func (c *catalog) get(ctx context.Context, sku []byte) (*product, error) {
	if p := c.bySKU[string(sku)]; p != nil {
		return p, nil
	}
	if len(c.bySKU) >= maxCatalog && len(c.fresh) == 0 {
		clear(c.bySKU)
		c.whole = false
	}
	p := &product{sku: string(sku)}
	p.id = productID(p.sku)
	if !c.whole {
		err := db.Each(ctx, c.q, func(row db.Scanner) error {
			p.inTable = true
			return row.Scan(&p.name, &p.category)
		}, `SELECT name, category FROM product WHERE id = ?`, int64(p.id))
		if err != nil {
			return nil, err
		}
	}
	if !p.inTable {
		c.changed(p)
	}
	c.bySKU[p.sku] = p
	return p, nil
}

// learn takes the first name and category a product without one is called by,
// and returns the words if they differ from its name.
func (c *catalog) learn(p *product, name, category []byte) string {
	if len(category) > 0 && p.category == "" {
		p.category = string(category)
		c.changed(p)
	}
	if len(name) == 0 || string(name) == p.name {
		return ""
	}
	if p.name == "" {
		p.name = string(name)
		c.changed(p)
		return ""
	}
	return string(name)
}

func (c *catalog) changed(p *product) {
	if !p.pending {
		p.pending = true
		c.fresh = append(c.fresh, p)
	}
}

// writeProducts writes products; what is not empty fills what was.
func writeProducts(ctx context.Context, tx *db.Tx, list []*product) (int, error) {
	if len(list) == 0 {
		return 0, nil
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b *product) int { return cmp.Compare(a.id, b.id) })
	list = slices.CompactFunc(list, func(a, b *product) bool { return a.id == b.id })
	n, err := tx.Bulk(ctx, db.Bulk{Table: "product", Columns: []string{"id", "sku", "name", "category"}, Conflict: db.Skip},
		db.Rows(list, func(p *product) []any { return []any{int64(p.id), p.sku, p.name, p.category} }))
	if err != nil || int(n) == len(list) {
		return int(n), err
	}
	stmt, err := tx.Prepare(ctx, `UPDATE product SET name = CASE WHEN name = '' THEN ? ELSE name END,
		category = CASE WHEN category = '' THEN ? ELSE category END WHERE id = ? AND (name = '' OR category = '')`)
	if err != nil {
		return int(n), err
	}
	defer stmt.Close()
	for _, p := range list {
		if _, err := stmt.Exec(ctx, p.name, p.category, int64(p.id)); err != nil {
			return int(n), err
		}
	}
	return int(n), nil
}

// Products lists products by SKU, from the one given on.
func (s *Service) Products(ctx context.Context, from string, limit int) ([]Product, error) {
	return db.All(ctx, s.DB, func(row db.Scanner) (p Product, err error) {
		err = row.Scan(&p.ID, &p.SKU, &p.Name, &p.Category)
		return p, err
	}, `SELECT id, sku, name, category FROM product WHERE sku >= ? ORDER BY sku LIMIT ?`, from, limit)
}
