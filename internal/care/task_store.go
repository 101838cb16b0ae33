package care

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
)

var taskColumns = []string{
	"customer_id", "id", "rule_id", "anchor", "store_id", "staff_id", "due", "until", "value", "currency", "reason", "state", "created_at",
}

// insertTasks writes the tasks that do not exist yet and says how many those were.
func insertTasks(ctx context.Context, tx *db.Tx, tasks []Task) (int64, error) {
	if len(tasks) == 0 {
		return 0, nil
	}
	return tx.Bulk(ctx, db.Bulk{Table: "task", Columns: taskColumns, Conflict: db.Skip}, taskRows(tasks))
}

func taskRows(tasks []Task) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, t := range tasks {
			reason, err := json.Marshal(t.Reason)
			row := []any{
				int64(t.Customer), int64(t.ID), int64(t.Rule), t.Anchor, int64(t.Store), int64(t.Staff), t.Due.String(), t.Until.String(),
				t.Value.Minor, string(t.Value.Currency), string(reason), string(t.State), db.Millis(t.CreatedAt),
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// sqlTask are the columns scanTask reads, of a table called t.
const sqlTask = `t.customer_id, t.id, t.rule_id, t.anchor, t.store_id, t.staff_id, t.due, t.until, t.value, t.currency, t.reason,
	t.state, t.outcome, COALESCE(t.outcome_at, 0), t.outcome_by, t.attempts, COALESCE(t.call_at, 0), t.version, t.created_at`

func scanTask(row db.Scanner) (Task, error) {
	var t Task
	var reason, currency string
	var outcomeAt, callAt, created int64
	if err := row.Scan(&t.Customer, &t.ID, &t.Rule, &t.Anchor, &t.Store, &t.Staff, &t.Due, &t.Until, &t.Value.Minor, &currency, &reason,
		&t.State, &t.Outcome, &outcomeAt, &t.OutcomeBy, &t.Attempts, &callAt, &t.Version, &created); err != nil {
		return t, err
	}
	t.Value.Currency = money.Currency(currency)
	t.OutcomeAt, t.CallAt, t.CreatedAt = db.Time(outcomeAt), db.Time(callAt), db.Time(created)
	if err := json.Unmarshal([]byte(reason), &t.Reason); err != nil {
		return t, fmt.Errorf("reason of task %s: %w", t.ID, err)
	}
	return t, nil
}

var (
	errNoTask     = errs.New(errs.NotFound, "care.task_unknown")
	errTaskClosed = errs.New(errs.Conflict, "care.task_closed")
)

func taskByID(ctx context.Context, q db.Querier, c customer.ID, id TaskID) (Task, error) {
	t, err := db.One(ctx, q, scanTask, `SELECT `+sqlTask+` FROM task t WHERE t.customer_id = ? AND t.id = ?`, int64(c), int64(id))
	if errors.Is(err, db.ErrNoRows) {
		return t, errNoTask
	}
	return t, err
}

// nameProducts finds for each candidate with a receipt the product that cost the
// most, which is what the purchase was about.
func nameProducts(ctx context.Context, q db.Querier, list []candidate) error {
	type receipt struct{ who, id int64 }
	type product struct {
		name   string
		amount int64
	}
	best := make(map[receipt]product)
	var wanted []receipt
	for _, c := range list {
		if r := (receipt{int64(c.who), c.receipt}); c.receipt != 0 {
			wanted = append(wanted, r)
		}
	}
	for part := range slices.Chunk(wanted, receiptsAtOnce) {
		values, args := receiptValues(part, func(r receipt) (int64, int64) { return r.who, r.id })
		err := db.Each(ctx, q, func(row db.Scanner) error {
			var r receipt
			var p product
			err := row.Scan(&r.who, &r.id, &p.amount, &p.name)
			if old, ok := best[r]; p.name != "" && (!ok || p.amount > old.amount) {
				best[r] = p
			}
			return err
		}, `WITH k (who, receipt) AS (VALUES `+values+`)
			SELECT l.customer_id, l.receipt_id, l.amount, COALESCE(l.text, p.name, '')
			FROM k
			JOIN receipt_line l ON l.customer_id = k.who AND l.receipt_id = k.receipt
			LEFT JOIN product p ON p.id = l.product_id
			ORDER BY l.customer_id, l.receipt_id, l.line`, args...)
		if err != nil {
			return err
		}
	}
	for i, c := range list {
		if c.receipt != 0 {
			list[i].reason.Product = best[receipt{int64(c.who), c.receipt}].name
		}
	}
	return nil
}
