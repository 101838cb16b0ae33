package care

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
)

// outcome is a row of task_outcome.
type outcome struct {
	ID      OutcomeID
	in      NewOutcome
	task    Task // after; of a row that was read only the store
	at      time.Time
	day     day.Day
	by      org.StaffID
	restore restore
	undone  bool
}

// restore is what undoing an outcome needs to know.
type restore struct {
	Tasks     []taskBefore `json:"tasks"` // the one it was recorded of, and those the same call settled
	FollowUp  TaskID       `json:"follow_up,omitempty"`
	Cancelled []TaskID     `json:"cancelled,omitempty"`
	Consent   bool         `json:"consent,omitempty"`
}

// taskBefore is what an outcome changes in a task, as it was; Version is the one
// it left.
type taskBefore struct {
	ID        TaskID      `json:"id"`
	Version   int64       `json:"version"`
	Due       day.Day     `json:"due"`
	Until     day.Day     `json:"until"`
	Outcome   OutcomeKind `json:"outcome,omitempty"`
	OutcomeAt int64       `json:"outcome_at,omitempty"`
	OutcomeBy org.StaffID `json:"outcome_by,omitempty"`
	Attempts  int         `json:"attempts,omitempty"`
	CallAt    int64       `json:"call_at,omitempty"`
}

func beforeOutcome(t Task) taskBefore {
	return taskBefore{
		ID: t.ID, Version: t.Version + 1, Due: t.Due, Until: t.Until, Outcome: t.Outcome, OutcomeAt: db.Millis(t.OutcomeAt), OutcomeBy: t.OutcomeBy,
		Attempts: t.Attempts, CallAt: db.Millis(t.CallAt),
	}
}

// onto is the task as it was, with one more version.
func (b taskBefore) onto(t Task) Task {
	t.State, t.Version = Open, t.Version+1
	t.Due, t.Until, t.Outcome, t.OutcomeBy, t.Attempts = b.Due, b.Until, b.Outcome, b.OutcomeBy, b.Attempts
	t.OutcomeAt, t.CallAt = db.Time(b.OutcomeAt), db.Time(b.CallAt)
	return t
}

func insertOutcome(ctx context.Context, tx *db.Tx, o outcome) error {
	text, err := json.Marshal(o.restore)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO task_outcome
			(customer_id, id, task_id, rule_id, outcome, body, call_at, at, day, store_id, staff_id, restore)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		int64(o.in.Customer), int64(o.ID), int64(o.in.Task), int64(o.task.Rule), string(o.in.Kind), o.in.Text, orNull(o.in.CallAt),
		db.Millis(o.at), o.day, int64(o.task.Store), int64(o.by), string(text))
	return err
}

func orNull(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: db.Millis(t), Valid: !t.IsZero()}
}

const sqlOutcome = `SELECT o.customer_id, o.id, o.task_id, o.outcome, o.body, COALESCE(o.call_at, 0), o.at, o.day, o.store_id, o.staff_id,
	o.restore, o.undone_at IS NOT NULL FROM task_outcome o `

func scanOutcome(row db.Scanner) (outcome, error) {
	var o outcome
	var callAt, at int64
	var text string
	if err := row.Scan(&o.in.Customer, &o.ID, &o.in.Task, &o.in.Kind, &o.in.Text, &callAt, &at, &o.day, &o.task.Store, &o.by,
		&text, &o.undone); err != nil {
		return o, err
	}
	o.in.CallAt, o.at = db.Time(callAt), db.Time(at)
	return o, json.Unmarshal([]byte(text), &o.restore)
}

func findOutcome(ctx context.Context, q db.Querier, query string, args ...any) (outcome, bool, error) {
	o, err := db.One(ctx, q, scanOutcome, query, args...)
	if errors.Is(err, db.ErrNoRows) {
		return o, false, nil
	}
	return o, err == nil, err
}

func outcomeByID(ctx context.Context, q db.Querier, c customer.ID, id OutcomeID) (outcome, bool, error) {
	return findOutcome(ctx, q, sqlOutcome+`WHERE o.customer_id = ? AND o.id = ?`, int64(c), int64(id))
}

// lastOutcome is the outcome that the task shows: recorded of it, or of another
// task of the customer that the same call settled.
func lastOutcome(ctx context.Context, q db.Querier, t Task) (outcome, bool, error) {
	return findOutcome(ctx, q, sqlOutcome+`WHERE o.customer_id = ? AND o.at = ? AND o.undone_at IS NULL ORDER BY o.id DESC LIMIT 1`,
		int64(t.Customer), db.Millis(t.OutcomeAt))
}

// moveTask writes the task as it is after, unless it is no longer as before.
func moveTask(ctx context.Context, tx *db.Tx, before, after Task) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE task SET state = ?, due = ?, until = ?, outcome = ?, outcome_at = ?, outcome_by = ?, attempts = ?,
			call_at = ?, version = ?
		WHERE customer_id = ? AND id = ? AND version = ? AND state = ?`,
		string(after.State), after.Due, after.Until, string(after.Outcome), orNull(after.OutcomeAt), int64(after.OutcomeBy), after.Attempts,
		orNull(after.CallAt), after.Version, int64(before.Customer), int64(before.ID), before.Version, string(before.State))
	return n == 1, err
}

// cancelTasks closes the open tasks of a customer who does not want to be
// contacted, and says which those were.
func cancelTasks(ctx context.Context, tx *db.Tx, c customer.ID) ([]TaskID, error) {
	list, err := db.All(ctx, tx, db.Value[TaskID], `SELECT id FROM task WHERE customer_id = ? AND state = 'open' ORDER BY id`, int64(c))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	_, err = tx.Exec(ctx, `UPDATE task SET state = 'cancelled', version = version + 1 WHERE customer_id = ? AND state = 'open'`, int64(c))
	return list, err
}

// statOf are the customer's statistics; none yet is all zero.
func statOf(ctx context.Context, q db.Querier, c customer.ID) (stat, error) {
	st, err := db.One(ctx, q, func(row db.Scanner) (st stat, err error) {
		err = row.Scan(&st.net, &st.first, &st.last, &st.currency, &st.receipts)
		return st, err
	}, `SELECT net, first_day, last_day, currency, receipts FROM purchase_stat WHERE customer_id = ?`, int64(c))
	if errors.Is(err, db.ErrNoRows) {
		return stat{}, nil
	}
	return st, err
}
