package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/text"
)

const columns = "id, kind, args, unique_key, state, run_at, attempt, max_attempts, done_units, all_units, error, created_at, finished_at"

func scanInfo(row db.Scanner) (Info, error) {
	var i Info
	var args string
	var unique sql.NullString
	var runAt, created int64
	var finished sql.NullInt64
	err := row.Scan(&i.ID, &i.Kind, &args, &unique, &i.State, &runAt, &i.Attempt, &i.MaxAttempts,
		&i.Done, &i.All, &i.Error, &created, &finished)
	i.Args, i.UniqueKey = json.RawMessage(args), unique.String
	i.RunAt, i.CreatedAt, i.FinishedAt = db.Time(runAt), db.Time(created), db.NullMillis(finished)
	return i, err
}

// insert writes a job unless an unfinished one has its unique key.
func insert(ctx context.Context, tx *db.Tx, i Info) (int64, error) {
	return tx.Exec(ctx, `INSERT INTO job (id, kind, args, unique_key, state, run_at, max_attempts, created_at)
		VALUES (?, ?, ?, ?, 'queued', ?, ?, ?) ON CONFLICT DO NOTHING`,
		int64(i.ID), i.Kind, string(i.Args), sql.NullString{String: i.UniqueKey, Valid: i.UniqueKey != ""},
		db.Millis(i.RunAt), i.MaxAttempts, db.Millis(i.CreatedAt))
}

// claim takes up to limit jobs that are due and of a kind the worker knows.
func claim(ctx context.Context, tx *db.Tx, by string, kinds []string, now, until time.Time, limit int) ([]Info, error) {
	args := append([]any{db.Millis(now)}, db.Args(kinds)...)
	args = append(args, limit, by, db.Millis(until))
	return db.All(ctx, tx, scanInfo, `WITH due AS MATERIALIZED (
			SELECT id FROM job WHERE state = 'queued' AND run_at <= ? AND kind IN (`+db.In(len(kinds))+`)
			ORDER BY run_at, id LIMIT ?`+tx.SkipLocked()+`)
		UPDATE job SET state = 'running', attempt = attempt + 1, leased_by = ?, leased_until = ?
		WHERE state = 'queued' AND id IN (SELECT id FROM due)
		RETURNING `+columns, args...)
}

// rescue puts jobs back whose worker has let the lease run out, and fails those
// that have taken every worker down with them.
func rescue(ctx context.Context, tx *db.Tx, now time.Time) error {
	if _, err := tx.Exec(ctx, `UPDATE job SET state = 'failed', finished_at = ?, leased_by = '', leased_until = NULL,
			error = 'its worker died each time'
		WHERE state = 'running' AND leased_until <= ? AND attempt >= max_attempts`, db.Millis(now), db.Millis(now)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE job SET state = 'queued', run_at = ?, leased_by = '', leased_until = NULL, error = 'its worker died'
		WHERE state = 'running' AND leased_until <= ?`, db.Millis(now), db.Millis(now))
	return err
}

// renew renews a runner's leases on these jobs and returns those it still
// holds. One that it has let go, but could not write down how it ended, is not
// among them, and goes to the next once its lease has run out.
func renew(ctx context.Context, tx *db.Tx, by string, mine []ID, until time.Time) ([]ID, error) {
	args := append([]any{db.Millis(until), by}, db.Args(mine)...)
	return db.All(ctx, tx, db.Value[ID],
		"UPDATE job SET leased_until = ? WHERE state = 'running' AND leased_by = ? AND id IN ("+db.In(len(mine))+") RETURNING id", args...)
}

func (h *held) progress(ctx context.Context, tx *db.Tx, done, all int64) error {
	n, err := tx.Exec(ctx, `UPDATE job SET done_units = ?, all_units = ?, leased_until = ?
		WHERE id = ? AND state = 'running' AND leased_by = ? AND attempt = ?`,
		done, all, db.Millis(h.queue.now().Add(h.lease)), int64(h.job), h.by, h.tries)
	return h.lost(n, err)
}

// finish ends the job.
func (h *held) finish(ctx context.Context, tx *db.Tx, state State, why string) error {
	n, err := tx.Exec(ctx, `UPDATE job SET state = ?, error = ?, finished_at = ?, leased_by = '', leased_until = NULL
		WHERE id = ? AND state = 'running' AND leased_by = ? AND attempt = ?`,
		string(state), storable(why), db.Millis(h.queue.now()), int64(h.job), h.by, h.tries)
	return h.lost(n, err)
}

// giveBack puts the job back for another attempt at runAt. An attempt that was
// not the job's fault does not count.
func (h *held) giveBack(ctx context.Context, tx *db.Tx, runAt time.Time, why string, counts bool) error {
	attempt := h.tries
	if !counts {
		attempt--
	}
	n, err := tx.Exec(ctx, `UPDATE job SET state = 'queued', run_at = ?, attempt = ?, error = ?, leased_by = '', leased_until = NULL
		WHERE id = ? AND state = 'running' AND leased_by = ? AND attempt = ?`,
		db.Millis(runAt), attempt, storable(why), int64(h.job), h.by, h.tries)
	return h.lost(n, err)
}

// maxError is how much of an error is kept: a panic's stack is within it.
const maxError = 8000

// storable is an error's text as it can be kept. It may quote a file, and one
// that could not be written down would leave the job running for good.
func storable(why string) string { return text.Clip(text.Clean(why), maxError) }

func (h *held) lost(n int64, err error) error {
	if err == nil && n == 0 {
		return ErrLost
	}
	return err
}
