package purchase

import (
	"context"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// Day is a page of a store's receipts of one business day, the latest first, and
// where the next page begins: the zero cursor when this is the last. Whoever
// sees only their own customers has what they sold, what their customers bought
// and the walk-ins.
func (s *Service) Day(ctx context.Context, actor org.Actor, store org.StoreID, day string, after Cursor, limit int) ([]Receipt, Cursor, error) {
	where, args, err := ofDay(actor, store, day)
	if err != nil {
		return nil, Cursor{}, err
	}
	if after != (Cursor{}) {
		where += ` AND (r.sold_at, r.id) < (?, ?)`
		args = append(args, after.SoldAt, int64(after.ID))
	}
	list, err := db.All(ctx, s.DB, scanReceipt, `SELECT `+sqlReceiptColumns+` FROM receipt r WHERE `+where+
		` ORDER BY r.sold_at DESC, r.id DESC LIMIT ?`, append(args, limit+1)...)
	if err != nil || len(list) <= limit {
		return list, Cursor{}, err
	}
	last := list[limit-1]
	return list[:limit], Cursor{db.Millis(last.SoldAt), last.ID}, nil
}

// DayTotal is what a store took on a day.
type DayTotal struct {
	Receipts int64
	Net      []money.Amount // by currency; most stores know one
}

// DayTotal sums up what Day lists.
func (s *Service) DayTotal(ctx context.Context, actor org.Actor, store org.StoreID, day string) (DayTotal, error) {
	var t DayTotal
	where, args, err := ofDay(actor, store, day)
	if err != nil {
		return t, err
	}
	err = db.Each(ctx, s.DB, func(row db.Scanner) error {
		var n int64
		var net money.Amount
		err := row.Scan(&net.Currency, &n, &net.Minor)
		t.Receipts += n
		t.Net = append(t.Net, net)
		return err
	}, `SELECT r.currency, COUNT(*), CAST(SUM(r.net) AS BIGINT) FROM receipt r WHERE `+where+` GROUP BY r.currency ORDER BY r.currency`, args...)
	return t, err
}

// ofDay is the condition for a receipt to be of the day and within the actor's sight.
func ofDay(actor org.Actor, store org.StoreID, day string) (where string, args []any, err error) {
	if !actor.Scope().AllowsStore(store) {
		return "", nil, errs.New(errs.NotFound, "purchase.not_found")
	}
	where, args = `r.day = ? AND r.store_id = ?`, []any{day, int64(store)}
	if actor.Reach == org.ReachOwn {
		where += ` AND (r.customer_id < 0 OR r.staff_id = ? OR EXISTS (
			SELECT 1 FROM customer c WHERE c.customer_id = r.customer_id AND c.owner_id = ?))`
		args = append(args, int64(actor.ID()), int64(actor.ID()))
	}
	return where, args, nil
}
