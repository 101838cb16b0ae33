package purchase

import (
	"context"
	"errors"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/once"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/text"
)

// Deliver notes a delivery, promised or made, or brings one noted before (by
// its ID) up to date. The customer and the receipt are the delivery's own.
func (s *Service) Deliver(ctx context.Context, actor org.Actor, in Delivery) (Delivery, error) {
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		in, err = s.DeliverTx(ctx, tx, actor, in)
		return err
	})
	return in, err
}

// DeliverTx is Deliver within a transaction.
func (s *Service) DeliverTx(ctx context.Context, tx *db.Tx, actor org.Actor, in Delivery) (Delivery, error) {
	if in.Customer > 0 { // locked: of two who note it at once, the second sees the first's
		if err := s.Customers.LockTx(ctx, tx, []customer.ID{in.Customer}); err != nil {
			return in, err
		}
		if err := s.Customers.ReachTx(ctx, tx, actor, in.Customer); err != nil {
			return in, err
		}
	}
	r, err := db.One(ctx, tx, scanReceipt, sqlOneReceipt, int64(in.Customer), int64(in.Receipt))
	if isNoRows(err) || err == nil && r.WalkIn() && !actor.Scope().AllowsStore(r.Store) {
		return in, errs.New(errs.NotFound, "purchase.not_found")
	}
	if err != nil {
		return in, err
	}
	var bad errs.Fields
	for name, d := range map[string]string{"promised_on": in.PromisedOn, "delivered_on": in.DeliveredOn} {
		if d != "" && !validDay(d) {
			bad.Add(name, "purchase.date_impossible")
		}
	}
	if in.PromisedOn == "" && in.DeliveredOn == "" {
		bad.Add("delivered_on", "error.required")
	}
	in.What, in.Gift = text.Line(in.What), text.Line(in.Gift)
	for name, words := range map[string]string{"what": in.What, "gift": in.Gift} {
		if tooLong(words, maxText) {
			bad.Add(name, "error.too_long", "max", maxText)
		}
	}
	if in.GiftCost.Minor < 0 || in.GiftCost.Minor > maxMinor {
		bad.Add("gift_cost", "money.too_large")
	}
	if err := bad.Err(); err != nil {
		return in, err
	}
	in.GiftCost.Currency = r.Net.Currency
	if in.ID == 0 {
		return s.note(ctx, tx, actor, r, in)
	}
	before, err := db.One(ctx, tx, scanDelivery(r.Net.Currency), sqlOneDelivery, int64(in.Customer), int64(in.ID))
	if isNoRows(err) || err == nil && before.Receipt != in.Receipt {
		return in, errs.New(errs.NotFound, "purchase.not_found")
	}
	if err != nil {
		return in, err
	}
	if _, err := tx.Exec(ctx, `UPDATE delivery SET promised_on = ?, delivered_on = ?, what = ?, gift = ?, gift_cost = ? WHERE customer_id = ? AND id = ?`,
		in.PromisedOn, in.DeliveredOn, in.What, in.Gift, in.GiftCost.Minor, int64(in.Customer), int64(in.ID)); err != nil {
		return in, err
	}
	if before.DeliveredOn != "" {
		if err := s.removeDeliveryEntry(ctx, tx, r.Store, before); err != nil {
			return in, err
		}
	}
	return in, s.addDeliveryEntry(ctx, tx, r.Store, in)
}

// note writes a new delivery, unless the same request has done so before.
func (s *Service) note(ctx context.Context, tx *db.Tx, actor org.Actor, r Receipt, in Delivery) (Delivery, error) {
	made, _, err := once.Do(ctx, tx, requestKey(actor, "delivery", in.Key), func() (string, error) {
		in.ID = id.New[Delivery]()
		_, err := s.insertDelivery(ctx, tx, r, in, 0)
		return in.ID.String(), err
	})
	if err != nil {
		return in, err
	}
	in.ID, err = id.Parse[Delivery](made)
	return in, err
}

// insertDelivery notes a delivery unless it is noted already, and says whether
// it was new.
func (s *Service) insertDelivery(ctx context.Context, tx *db.Tx, r Receipt, v Delivery, run RunID) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO delivery (customer_id, id, receipt_id, promised_on, delivered_on, what, gift, gift_cost, import_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		int64(v.Customer), int64(v.ID), int64(v.Receipt), v.PromisedOn, v.DeliveredOn, v.What, v.Gift, v.GiftCost.Minor, int64(run))
	if err != nil || n == 0 {
		return false, err
	}
	return true, s.addDeliveryEntry(ctx, tx, r.Store, v)
}

func (s *Service) deliveryEntry(ctx context.Context, store org.StoreID, v Delivery) (customer.Entry, error) {
	st, err := s.Org.Store(ctx, store)
	return customer.Entry{Customer: v.Customer, At: startOfDay(v.DeliveredOn, st.Location()), Ref: int64(v.ID), Kind: EntryDelivery, Store: store,
		Data: map[string]any{"what": v.What, "gift": v.Gift}}, err
}

func (s *Service) addDeliveryEntry(ctx context.Context, tx *db.Tx, store org.StoreID, v Delivery) error {
	if v.DeliveredOn == "" || v.Customer < 0 {
		return nil
	}
	e, err := s.deliveryEntry(ctx, store, v)
	if err != nil {
		return err
	}
	return s.Customers.AppendTimelineTx(ctx, tx, e)
}

func (s *Service) removeDeliveryEntry(ctx context.Context, tx *db.Tx, store org.StoreID, v Delivery) error {
	if v.DeliveredOn == "" || v.Customer < 0 {
		return nil
	}
	e, err := s.deliveryEntry(ctx, store, v)
	if err != nil {
		return err
	}
	return s.Customers.RemoveTimelineTx(ctx, tx, e.Customer, e.At, e.Ref, e.Kind)
}

const sqlDeliveryColumns = `customer_id, id, receipt_id, promised_on, delivered_on, what, gift, gift_cost`

const (
	sqlOneDelivery         = `SELECT ` + sqlDeliveryColumns + ` FROM delivery WHERE customer_id = ? AND id = ?`
	sqlDeliveriesOfReceipt = `SELECT ` + sqlDeliveryColumns + ` FROM delivery WHERE customer_id = ? AND receipt_id = ? ORDER BY id`
)

func scanDelivery(c money.Currency) func(db.Scanner) (Delivery, error) {
	return func(row db.Scanner) (v Delivery, err error) {
		v.GiftCost.Currency = c
		err = row.Scan(&v.Customer, &v.ID, &v.Receipt, &v.PromisedOn, &v.DeliveredOn, &v.What, &v.Gift, &v.GiftCost.Minor)
		return v, err
	}
}

func isNoRows(err error) bool { return errors.Is(err, db.ErrNoRows) }

func itoa(n int) string { return strconv.Itoa(n) }
