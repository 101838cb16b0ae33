package purchase

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
)

const sqlRunColumns = `id, kind, file_name, file_hash, file_path, options, state, staff_id, leased_by, leased_until, header, checkpoint,
	rows_done, bytes_done, bytes_all, counts, error, created_at, finished_at`

const sqlOneRun = `SELECT ` + sqlRunColumns + ` FROM import_run WHERE id = ?`

// storedError is an error as a run keeps it.
type storedError struct {
	Kind errs.Kind `json:"kind"`
	Key  string    `json:"key"`
	Args errs.Args `json:"args,omitempty"`
}

func scanRun(row db.Scanner) (r Run, err error) {
	var options, header, counts, failure string
	var until, created int64
	var finished sql.NullInt64
	err = row.Scan(&r.ID, &r.Kind, &r.FileName, &r.FileHash, &r.FilePath, &options, &r.State, &r.Staff, &r.LeasedBy, &until, &header,
		&r.checkpoint, &r.RowsDone, &r.BytesDone, &r.BytesAll, &counts, &failure, &created, &finished)
	if err != nil {
		return r, err
	}
	r.LeasedTill, r.CreatedAt, r.FinishedAt = db.Time(until), db.Time(created), db.NullMillis(finished)
	if failure != "" {
		var e storedError
		err = json.Unmarshal([]byte(failure), &e)
		r.Error = &errs.Error{Kind: e.Kind, Key: e.Key, Args: e.Args}
	}
	return r, errors.Join(err, json.Unmarshal([]byte(options), &r.Options), json.Unmarshal([]byte(header), &r.Header),
		json.Unmarshal([]byte(counts), &r.Counts))
}

func getRun(ctx context.Context, q db.Querier, run RunID) (Run, error) {
	r, err := db.One(ctx, q, scanRun, sqlOneRun, int64(run))
	if isNoRows(err) {
		return r, errs.New(errs.NotFound, "import.not_found")
	}
	return r, err
}

// Run is an import as it stands; the progress of a busy one is in it.
func (s *Service) Run(ctx context.Context, actor org.Actor, run RunID) (Run, error) {
	if err := actor.Need(org.ImportsRun); err != nil {
		return Run{}, err
	}
	return getRun(ctx, s.DB, run)
}

// Runs lists imports, the latest first, after the one given (the zero Run: from
// the beginning).
func (s *Service) Runs(ctx context.Context, actor org.Actor, after Run, limit int) ([]Run, error) {
	if err := actor.Need(org.ImportsRun); err != nil {
		return nil, err
	}
	query, args := `SELECT `+sqlRunColumns+` FROM import_run`, []any{}
	if after.ID != 0 {
		query += ` WHERE (created_at, id) < (?, ?)`
		args = append(args, db.Millis(after.CreatedAt), int64(after.ID))
	}
	return db.All(ctx, s.DB, scanRun, query+` ORDER BY created_at DESC, id DESC LIMIT ?`, append(args, limit)...)
}

// insertRun begins the record of an import.
func insertRun(ctx context.Context, tx *db.Tx, r *Run) error {
	r.ID = id.New[Run]()
	r.CreatedAt = tx.Now()
	_, err := tx.Exec(ctx, `INSERT INTO import_run (id, kind, file_name, file_hash, file_path, options, state, staff_id, leased_by, leased_until,
		header, bytes_all, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		int64(r.ID), string(r.Kind), r.FileName, r.FileHash, r.FilePath, marshal(r.Options), string(r.State), int64(r.Staff),
		r.LeasedBy, db.Millis(r.LeasedTill), marshal(r.Header), r.BytesAll, db.Millis(r.CreatedAt))
	return err
}

// saveProgress writes the checkpoint, within the transaction of the chunk it is of.
func saveProgress(ctx context.Context, tx *db.Tx, r *Run) error {
	n, err := tx.Exec(ctx, `UPDATE import_run SET checkpoint = ?, rows_done = ?, bytes_done = ?, counts = ?, leased_until = ?
		WHERE id = ? AND state = ? AND leased_by = ?`,
		r.checkpoint, r.RowsDone, r.BytesDone, marshal(r.Counts), db.Millis(tx.Now().Add(leaseTime)), int64(r.ID), string(r.State), r.LeasedBy)
	if err == nil && n == 0 {
		return errs.New(errs.Conflict, "import.taken_over")
	}
	return err
}

// saveState writes how a run stands after a step: done, failed, undone, …
func saveState(ctx context.Context, tx *db.Tx, r *Run) error {
	failure, finished := "", sql.NullInt64{}
	if r.Error != nil {
		failure = marshal(storedError{r.Error.Kind, r.Error.Key, r.Error.Args})
	}
	if !r.State.Busy() && r.State != Waiting {
		r.FinishedAt = tx.Now()
		finished = sql.NullInt64{Int64: db.Millis(r.FinishedAt), Valid: true}
	}
	_, err := tx.Exec(ctx, `UPDATE import_run SET options = ?, state = ?, leased_by = ?, leased_until = ?, header = ?, checkpoint = ?, rows_done = ?,
		bytes_done = ?, bytes_all = ?, counts = ?, error = ?, finished_at = ?, file_path = ? WHERE id = ?`,
		marshal(r.Options), string(r.State), r.LeasedBy, db.Millis(r.LeasedTill), marshal(r.Header), r.checkpoint, r.RowsDone,
		r.BytesDone, r.BytesAll, marshal(r.Counts), failure, finished, r.FilePath, int64(r.ID))
	return err
}

// insertProblems lists rows. A row listed before, by a chunk that is being done
// again, is not listed twice.
func insertProblems(ctx context.Context, tx *db.Tx, run RunID, list []Problem) error {
	if len(list) == 0 {
		return nil
	}
	seq, row := 0, 0
	_, err := tx.Bulk(ctx, db.Bulk{Table: "import_problem", Columns: []string{"run_id", "row_no", "seq", "field", "reason", "args", "cells"}, Conflict: db.Skip},
		func(yield func([]any, error) bool) {
			for _, p := range list {
				if seq++; p.Row != row {
					row, seq = p.Row, 0
				}
				if !yield([]any{int64(run), p.Row, seq, p.Field, p.Reason, marshal(p.Args), marshal(p.Cells)}, nil) {
					return
				}
			}
		})
	return err
}

func clearProblems(ctx context.Context, tx *db.Tx, run RunID) error {
	_, err := tx.Exec(ctx, `DELETE FROM import_problem WHERE run_id = ?`, int64(run))
	return err
}

func scanProblem(row db.Scanner) (p Problem, err error) {
	var args, cells string
	if err := row.Scan(&p.Row, &p.seq, &p.Field, &p.Reason, &args, &cells); err != nil {
		return p, err
	}
	return p, errors.Join(json.Unmarshal([]byte(args), &p.Args), json.Unmarshal([]byte(cells), &p.Cells))
}

// Problems lists the rows of an import that were not taken, after the row given;
// what they say only to whom it may be shown.
func (s *Service) Problems(ctx context.Context, actor org.Actor, run RunID, afterRow, limit int) ([]Problem, error) {
	r, err := s.Run(ctx, actor, run)
	if err != nil {
		return nil, err
	}
	list, err := db.All(ctx, s.DB, scanProblem, `SELECT row_no, seq, field, reason, args, cells FROM import_problem
		WHERE run_id = ? AND row_no > ? ORDER BY row_no, seq LIMIT ?`, int64(run), afterRow, limit)
	if !r.ReadableBy(actor) {
		for i, p := range list {
			list[i] = p.hidden()
		}
	}
	return list, err
}

// problems yields all of them, in pages.
func (s *Service) problems(ctx context.Context, run RunID) iter.Seq2[Problem, error] {
	return func(yield func(Problem, error) bool) {
		var last Problem
		for {
			list, err := db.All(ctx, s.DB, scanProblem, `SELECT row_no, seq, field, reason, args, cells FROM import_problem
				WHERE run_id = ? AND (row_no, seq) > (?, ?) ORDER BY row_no, seq LIMIT 1000`, int64(run), last.Row, last.seq)
			if err != nil {
				yield(Problem{}, err)
				return
			}
			for _, last = range list {
				if !yield(last, nil) {
					return
				}
			}
			if len(list) == 0 {
				return
			}
		}
	}
}

// unfinished finds the runs of a file that somebody is at, or that stopped on
// the way, the latest first.
func unfinished(ctx context.Context, q db.Querier, kind FileKind, hash string) ([]Run, error) {
	return db.All(ctx, q, scanRun, `SELECT `+sqlRunColumns+` FROM import_run WHERE kind = ? AND file_hash = ?
		AND state IN ('running', 'undoing', 'failed') ORDER BY created_at DESC, id DESC`, string(kind), hash)
}

// rememberShape keeps how a file of this shape was understood.
func rememberShape(ctx context.Context, tx *db.Tx, shape string, o Options) error {
	_, err := tx.Exec(ctx, `INSERT INTO import_shape (shape, options, at) VALUES (?, ?, ?)
		ON CONFLICT (shape) DO UPDATE SET options = excluded.options, at = excluded.at`, shape, marshal(o), db.Millis(tx.Now()))
	return err
}

func recallShape(ctx context.Context, q db.Querier, shape string) (o Options, ok bool, err error) {
	text, err := db.One(ctx, q, db.Value[string], `SELECT options FROM import_shape WHERE shape = ?`, shape)
	if isNoRows(err) {
		return o, false, nil
	}
	if err != nil {
		return o, false, err
	}
	return o, true, json.Unmarshal([]byte(text), &o)
}

func asError(err error) (*errs.Error, bool) {
	var e *errs.Error
	ok := errors.As(err, &e)
	return e, ok
}

// leaseTime is how long a process may be silent before it is taken for dead.
const leaseTime = 60 * time.Second
