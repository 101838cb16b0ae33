package purchase

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

// undoChunk is how many receipts one transaction of an undo takes out.
const undoChunk = 1000

// Undo takes back all that an import wrote: receipts with their lines, keys,
// deliveries and timeline, lines it added to others' receipts, what it changed
// in known customers' files where nobody has changed it since, and the files it
// opened to which nothing has happened since. Statistics follow. It works in
// chunks; broken off, it goes on when it is called again.
func (s *Service) Undo(ctx context.Context, actor org.Actor, run RunID, tell func(Run)) (Run, error) {
	if err := actor.Need(org.ImportsRun); err != nil {
		return Run{}, err
	}
	r, err := s.beginUndo(ctx, run)
	if err != nil {
		return r, err
	}
	active.Store(r.ID, struct{}{})
	defer active.Delete(r.ID)
	for _, step := range []func(context.Context, *db.Tx, org.Actor, *Run) (bool, error){
		s.undoReceipts, s.undoAdditions, s.undoDeliveries, s.undoChanges, s.undoCustomers,
	} {
		for more := true; more; {
			if err := ctx.Err(); err != nil {
				return r, errs.Wrap(err, errs.Unavailable, "import.interrupted")
			}
			next := r
			if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				next = r
				var err error
				if more, err = step(ctx, tx, actor, &next); err != nil {
					return err
				}
				return saveProgress(ctx, tx, &next)
			}); err != nil {
				return r, s.leaveUndo(ctx, r, err)
			}
			if r = next; tell != nil {
				tell(r)
			}
		}
	}
	upload := r.FilePath // of an import that had stopped
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r.State, r.LeasedBy, r.checkpoint, r.FilePath = Undone, "", "", ""
		tx.AfterCommit(func() { removeUpload(upload) })
		return errors.Join(saveState(ctx, tx, &r), clearProblems(ctx, tx, r.ID), clearChanges(ctx, tx, r.ID),
			s.audit(ctx, tx, actor, "import.undo", "import:"+r.ID.String(), map[string]any{"file": r.FileName, "receipts": r.Counts.Undone}))
	})
	return r, err
}

// beginUndo takes the run for the undoing.
func (s *Service) beginUndo(ctx context.Context, run RunID) (Run, error) {
	var r Run
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if r, err = getRun(ctx, tx, run); err != nil {
			return err
		}
		switch {
		case r.State == Undone:
			return errs.New(errs.Conflict, "import.undone_already")
		case r.State == Waiting || r.State == Checking || r.State == Checked:
			return errs.New(errs.Conflict, "import.nothing_to_undo")
		case r.State.Busy() && !r.abandoned(tx.Now()):
			return errs.New(errs.Conflict, "import.running", "file", r.FileName)
		}
		if r.State != Undoing {
			r.checkpoint = ""
		}
		r.State, r.LeasedBy, r.LeasedTill, r.Error = Undoing, ourName(), tx.Now().Add(leaseTime), nil
		return saveState(ctx, tx, &r)
	})
	if db.IsUnique(err) {
		return r, errs.New(errs.Conflict, "import.running", "file", r.FileName)
	}
	return r, err
}

// leaveUndo frees a run whose undoing failed, for another try; it returns the cause.
func (s *Service) leaveUndo(ctx context.Context, r Run, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	r.LeasedBy = ""
	_ = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return saveState(ctx, tx, &r) }) // the cause counts more
	return cause
}

func (s *Service) undoReceipts(ctx context.Context, tx *db.Tx, _ org.Actor, run *Run) (more bool, err error) {
	list, err := db.All(ctx, tx, scanReceipt, `SELECT `+sqlReceiptColumns+` FROM receipt r
		WHERE r.import_id = ? AND r.import_id <> 0 ORDER BY r.customer_id, r.id LIMIT ?`, int64(run.ID), undoChunk)
	if err != nil || len(list) == 0 {
		return false, err
	}
	for _, f := range s.onUndone {
		if err := f(ctx, tx, list); err != nil {
			return false, err
		}
	}
	if err := s.removeReceipts(ctx, tx, list); err != nil {
		return false, err
	}
	run.Counts.Undone += len(list)
	return len(list) == undoChunk, nil
}

// removeReceipts takes receipts out with all that hangs on them.
func (s *Service) removeReceipts(ctx context.Context, tx *db.Tx, list []Receipt) error {
	var statements [5]*db.Stmt
	for i, query := range []string{
		`DELETE FROM receipt_line WHERE customer_id = ? AND receipt_id = ?`,
		`DELETE FROM receipt_addition WHERE customer_id = ? AND receipt_id = ?`,
		`DELETE FROM delivery WHERE customer_id = ? AND receipt_id = ?`,
		`DELETE FROM receipt WHERE customer_id = ? AND id = ?`,
		`DELETE FROM receipt_key WHERE number = ? AND store_id = ?`,
	} {
		stmt, err := tx.Prepare(ctx, query)
		if err != nil {
			return err
		}
		defer stmt.Close()
		statements[i] = stmt
	}
	var touched []customer.ID
	for _, r := range list {
		deliveries, err := db.All(ctx, tx, scanDelivery(r.Net.Currency), sqlDeliveriesOfReceipt, int64(r.Customer), int64(r.ID))
		if err != nil {
			return err
		}
		for _, v := range deliveries {
			if err := s.removeDeliveryEntry(ctx, tx, r.Store, v); err != nil {
				return err
			}
		}
		for _, stmt := range statements[:4] {
			if _, err := stmt.Exec(ctx, int64(r.Customer), int64(r.ID)); err != nil {
				return err
			}
		}
		if _, err := statements[4].Exec(ctx, r.Number, int64(r.Store)); err != nil {
			return err
		}
		if !r.WalkIn() {
			if err := s.Customers.RemoveTimelineTx(ctx, tx, r.Customer, r.SoldAt, int64(r.ID), r.entryKind()); err != nil {
				return err
			}
			touched = append(touched, r.Customer)
		}
	}
	return s.refreshStats(ctx, tx, touched)
}

// addition is a row of receipt_addition.
type addition struct {
	customer    customer.ID
	receipt     ReceiptID
	from, lines int
}

func (s *Service) undoAdditions(ctx context.Context, tx *db.Tx, _ org.Actor, run *Run) (more bool, err error) {
	list, err := db.All(ctx, tx, func(row db.Scanner) (a addition, err error) {
		err = row.Scan(&a.customer, &a.receipt, &a.from, &a.lines)
		return a, err
	}, `SELECT customer_id, receipt_id, first_line, lines FROM receipt_addition WHERE import_id = ? ORDER BY customer_id, receipt_id, first_line LIMIT ?`,
		int64(run.ID), undoChunk)
	if err != nil {
		return false, err
	}
	var touched []customer.ID
	for _, a := range list {
		if _, err := tx.Exec(ctx, `DELETE FROM receipt_line WHERE customer_id = ? AND receipt_id = ? AND line >= ? AND line < ?`,
			int64(a.customer), int64(a.receipt), a.from, a.from+a.lines); err != nil {
			return false, err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM receipt_addition WHERE customer_id = ? AND receipt_id = ? AND first_line = ?`,
			int64(a.customer), int64(a.receipt), a.from); err != nil {
			return false, err
		}
		r, err := db.One(ctx, tx, scanReceipt, sqlOneReceipt, int64(a.customer), int64(a.receipt))
		if err != nil {
			return false, err
		}
		keys, err := findKeys(ctx, tx, []string{r.Number})
		if err != nil {
			return false, err
		}
		if i := slices.IndexFunc(keys, func(k keyRow) bool { return k.store == r.Store }); i >= 0 {
			if err := s.resumReceipt(ctx, tx, r, max(1, keys[i].parts-1), keys[i].missing+a.lines); err != nil {
				return false, err
			}
		}
		touched = append(touched, a.customer)
	}
	return len(list) == undoChunk, s.refreshStats(ctx, tx, touched)
}

// undoDeliveries takes out what the import told about receipts recorded before it.
func (s *Service) undoDeliveries(ctx context.Context, tx *db.Tx, _ org.Actor, run *Run) (more bool, err error) {
	list, err := db.All(ctx, tx, scanDelivery(""), `SELECT `+sqlDeliveryColumns+` FROM delivery WHERE import_id = ? AND import_id <> 0
		ORDER BY customer_id, id LIMIT ?`, int64(run.ID), undoChunk)
	if err != nil {
		return false, err
	}
	for _, v := range list {
		r, err := db.One(ctx, tx, scanReceipt, sqlOneReceipt, int64(v.Customer), int64(v.Receipt))
		if err != nil && !isNoRows(err) {
			return false, err
		}
		if err == nil {
			if err := s.removeDeliveryEntry(ctx, tx, r.Store, v); err != nil {
				return false, err
			}
		}
		if _, err := tx.Exec(ctx, `DELETE FROM delivery WHERE customer_id = ? AND id = ?`, int64(v.Customer), int64(v.ID)); err != nil {
			return false, err
		}
	}
	return len(list) == undoChunk, nil
}

func (s *Service) insertChanges(ctx context.Context, tx *db.Tx, run RunID, list []customer.Patched) error {
	if len(list) == 0 {
		return nil
	}
	last, err := db.One(ctx, tx, db.Value[int64], `SELECT COALESCE(MAX(seq), 0) FROM import_change WHERE run_id = ?`, int64(run))
	if err != nil {
		return err
	}
	_, err = tx.Bulk(ctx, db.Bulk{Table: "import_change", Columns: []string{"run_id", "seq", "customer_id", "change"}},
		db.Rows(list, func(p customer.Patched) []any {
			last++
			return []any{int64(run), last, int64(p.Customer), marshal(p)}
		}))
	return err
}

func clearChanges(ctx context.Context, tx *db.Tx, run RunID) error {
	_, err := tx.Exec(ctx, `DELETE FROM import_change WHERE run_id = ?`, int64(run))
	return err
}

// undoChanges sets customers' files back, the latest change first.
func (s *Service) undoChanges(ctx context.Context, tx *db.Tx, actor org.Actor, run *Run) (more bool, err error) {
	type change struct {
		seq  int64
		text string
	}
	const chunk = 200
	list, err := db.All(ctx, tx, func(row db.Scanner) (c change, err error) {
		err = row.Scan(&c.seq, &c.text)
		return c, err
	}, `SELECT seq, change FROM import_change WHERE run_id = ? ORDER BY seq DESC LIMIT ?`, int64(run.ID), chunk)
	if err != nil {
		return false, err
	}
	for _, c := range list {
		var p customer.Patched
		if err := json.Unmarshal([]byte(c.text), &p); err != nil {
			return false, err
		}
		if err := s.Customers.UnpatchTx(ctx, tx, actor, p); err != nil && !errs.Is(err, errs.NotFound) {
			return false, err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM import_change WHERE run_id = ? AND seq = ?`, int64(run.ID), c.seq); err != nil {
			return false, err
		}
	}
	return len(list) == chunk, nil
}

// undoCustomers closes the files the import opened, where nothing has happened
// to them since. Its checkpoint is the last customer it has looked at.
func (s *Service) undoCustomers(ctx context.Context, tx *db.Tx, _ org.Actor, run *Run) (more bool, err error) {
	var at struct{ After customer.ID }
	if run.checkpoint != "" {
		if err := json.Unmarshal([]byte(run.checkpoint), &at); err != nil {
			return false, err
		}
	}
	gone, kept, last, err := s.Customers.ForgetImportedTx(ctx, tx, int64(run.ID), at.After, undoChunk)
	if err != nil {
		return false, err
	}
	run.Counts.CustomersGone += len(gone)
	run.Counts.CustomersKept += kept
	at.After = cmp.Or(last, at.After)
	run.checkpoint = marshal(at)
	return last != 0, nil
}
