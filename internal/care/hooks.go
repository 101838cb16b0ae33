package care

import (
	"context"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// ContactForbiddenTx closes the open tasks of a customer who no longer wants to
// be contacted: a hook for the context that keeps consent.
func (s *Service) ContactForbiddenTx(ctx context.Context, tx *db.Tx, c customer.ID) error {
	_, err := cancelTasks(ctx, tx, c)
	return err
}

// CustomerMovedTx hands a customer's open tasks to who keeps the customer now: a
// hook for the context that keeps owners and home stores. A complaint stays with
// the manager of the store it is about.
func (s *Service) CustomerMovedTx(ctx context.Context, tx *db.Tx, c customer.ID, store org.StoreID, owner org.StaffID) error {
	_, err := tx.Exec(ctx, `UPDATE task SET staff_id = ?, store_id = CASE WHEN CAST(? AS BIGINT) = 0 THEN store_id ELSE ? END
		WHERE customer_id = ? AND state = 'open' AND rule_id <> ?`, int64(owner), int64(store), int64(store), int64(c), int64(ruleID(CodeUnhappy)))
	return err
}

// ReceiptsUndoneTx takes away the tasks that follow receipts which an undone
// import takes out: a hook for the context that keeps receipts, called while its
// deliveries are still there. What somebody has worked on stays.
func (s *Service) ReceiptsUndoneTx(ctx context.Context, tx *db.Tx, gone []purchase.Receipt) error {
	stmt, err := tx.Prepare(ctx, `DELETE FROM task WHERE customer_id = ? AND state = 'open' AND version = 1
		AND (anchor = ? OR anchor = ? OR anchor LIKE ? OR anchor IN (
			SELECT 'delivery:' || d.id FROM delivery d WHERE d.customer_id = ? AND d.receipt_id = ?))`)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for _, r := range gone {
		if r.WalkIn() {
			continue
		}
		number := strconv.FormatInt(int64(r.ID), 10)
		if _, err := stmt.Exec(ctx, int64(r.Customer), "receipt:"+number, "silence:"+number, "refill:%:"+r.Day, int64(r.Customer), int64(r.ID)); err != nil {
			return err
		}
	}
	return nil
}
