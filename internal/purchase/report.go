package purchase

import (
	"context"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// Totals is the report of all purchases in the currency most of them are in.
type Totals struct {
	Currency         money.Currency `json:"-"`
	Lines            int64          `json:"lines"`
	Receipts         int64          `json:"receipts"`
	Returns          int64          `json:"returns"`
	Customers        int64          `json:"customers"`
	Products         int64          `json:"products"`
	LinesNoCustomer  int64          `json:"lines_without_customer"`
	NetTotal         money.Amount   `json:"net_total"`
	NetTotalCustomer money.Amount   `json:"net_total_customers"`
	Clean            CleanTotals    `json:"clean"`
}

// CleanTotals count purchases proper: lines of a customer with a quantity and a
// price above zero.
type CleanTotals struct {
	Lines       int64        `json:"lines"`
	Receipts    int64        `json:"receipts"`
	Customers   int64        `json:"customers"`
	Total       money.Amount `json:"total"`
	TopShare    float64      `json:"top_2_5_percent_share"` // of Total, by the 2.5 % of customers who bought most
	RepeatShare float64      `json:"repeat_share"`          // of customers, those with two or more receipts
}

// Purchases sums up all purchases within the actor's reach. It reads every line:
// seconds for millions.
func (s *Service) Purchases(ctx context.Context, actor org.Actor) (Totals, error) {
	var t Totals
	if err := actor.Need(org.ReportsRead); err != nil {
		return t, err
	}
	err := s.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		t, err = purchases(ctx, tx, actor.Scope())
		return err
	})
	return t, err
}

func purchases(ctx context.Context, q db.Querier, scope org.Scope) (t Totals, err error) {
	where, args := scope.Where("r.staff_id", "r.store_id")
	t.Currency, err = db.One(ctx, q, db.Value[money.Currency], `SELECT r.currency FROM receipt r WHERE `+where+
		` GROUP BY r.currency ORDER BY COUNT(*) DESC, r.currency LIMIT 1`, args...)
	if isNoRows(err) {
		err = nil
	}
	if err != nil {
		return t, err
	}
	where += ` AND r.currency = ?`
	args = append(args, string(t.Currency))
	t.NetTotal.Currency, t.NetTotalCustomer.Currency, t.Clean.Total.Currency = t.Currency, t.Currency, t.Currency
	if _, err = db.One(ctx, q, func(row db.Scanner) (struct{}, error) {
		return struct{}{}, row.Scan(&t.Receipts, &t.Returns, &t.Lines, &t.LinesNoCustomer, &t.NetTotal.Minor, &t.NetTotalCustomer.Minor, &t.Customers)
	}, `SELECT COUNT(*), COUNT(CASE WHEN r.kind = 'return' THEN 1 END), CAST(COALESCE(SUM(r.lines), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN r.customer_id < 0 THEN r.lines ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(r.net), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN r.customer_id > 0 THEN r.net ELSE 0 END), 0) AS BIGINT),
		COUNT(DISTINCT CASE WHEN r.customer_id > 0 THEN r.customer_id END)
		FROM receipt r WHERE `+where, args...); err != nil {
		return t, err
	}
	if t.Products, err = db.One(ctx, q, db.Value[int64], `SELECT COUNT(DISTINCT l.product_id) FROM receipt_line l
		JOIN receipt r ON r.customer_id = l.customer_id AND r.id = l.receipt_id WHERE l.product_id <> 0 AND `+where, args...); err != nil {
		return t, err
	}
	return t, t.clean(ctx, q, where, args)
}

func (t *Totals) clean(ctx context.Context, q db.Querier, where string, args []any) error {
	var spent []int64
	c := &t.Clean
	var repeat int64
	err := db.Each(ctx, q, func(row db.Scanner) error {
		var who customer.ID
		var lines, receipts, total int64
		if err := row.Scan(&who, &lines, &receipts, &total); err != nil {
			return err
		}
		c.Lines += lines
		c.Receipts += receipts
		c.Total.Minor += total
		if receipts > 1 {
			repeat++
		}
		spent = append(spent, total)
		return nil
	}, `SELECT l.customer_id, COUNT(*), COUNT(DISTINCT l.receipt_id), CAST(SUM(l.amount) AS BIGINT) FROM receipt_line l
		JOIN receipt r ON r.customer_id = l.customer_id AND r.id = l.receipt_id
		WHERE l.customer_id > 0 AND l.quantity > 0 AND l.unit_price > 0 AND `+where+`
		GROUP BY l.customer_id ORDER BY l.customer_id`, args...)
	if err != nil || len(spent) == 0 {
		return err
	}
	c.Customers = int64(len(spent))
	slices.SortFunc(spent, func(a, b int64) int { return int(min(1, max(-1, b-a))) })
	var top int64
	for _, v := range spent[:len(spent)*25/1000] {
		top += v
	}
	if c.Total.Minor != 0 {
		c.TopShare = float64(top) / float64(c.Total.Minor)
	}
	c.RepeatShare = float64(repeat) / float64(len(spent))
	return nil
}
