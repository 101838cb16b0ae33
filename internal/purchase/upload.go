package purchase

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/sheet"
)

// The way of an upload: Upload, Look (with another mapping, again), Check (the
// dry run, a job), Start (a job), and perhaps StartUndo (a job). Run tells its
// progress; closing the browser changes nothing.

// maxUpload is how large an uploaded file may be; larger ones are imported from
// the command line.
const maxUpload = 2 << 30

// Upload keeps a file to be imported. The run it makes waits, with the columns
// as they were understood the last time a file looked like this, else guessed.
func (s *Service) Upload(ctx context.Context, actor org.Actor, kind FileKind, name string, r io.Reader) (Run, error) {
	run, err := s.Receive(ctx, actor, kind, name, r)
	if err != nil {
		return Run{}, err
	}
	if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.AcceptTx(ctx, tx, &run) }); err != nil {
		s.Drop(run)
		return Run{}, err
	}
	return run, nil
}

// Receive is the long half of Upload: it keeps the file and understands it. The
// run does not exist before AcceptTx; else Drop it.
func (s *Service) Receive(ctx context.Context, actor org.Actor, kind FileKind, name string, r io.Reader) (Run, error) {
	if err := actor.Need(org.ImportsRun); err != nil {
		return Run{}, err
	}
	run := Run{Kind: kind, FileName: filepath.Base(name), State: Waiting, Staff: actor.ID()}
	if err := s.keep(&run, r); err != nil {
		return Run{}, err
	}
	if err := s.recognise(ctx, &run); err != nil {
		s.Drop(run)
		return Run{}, err
	}
	return run, nil
}

// AcceptTx makes a received file a run that waits.
func (s *Service) AcceptTx(ctx context.Context, tx *db.Tx, run *Run) error {
	return insertRun(ctx, tx, run)
}

// Drop forgets a received file that did not become a run.
func (s *Service) Drop(run Run) { removeUpload(run.FilePath) }

// recognise reads the header, and what a file with this one meant the last time.
func (s *Service) recognise(ctx context.Context, run *Run) error {
	reader, err := sheet.Open(run.FilePath, sheet.Options{Name: run.FileName})
	if err != nil {
		return err
	}
	run.Header = reader.Header()
	_, run.BytesAll = reader.Progress()
	if err := reader.Close(); err != nil {
		return err
	}
	known, ok, err := recallShape(ctx, s.DB, shapeOf(run.Kind, run.Header))
	if err != nil {
		return err
	}
	if run.Options = known; ok {
		return nil
	}
	more, err := s.customerFields(ctx, run.Kind)
	run.Options.Map = guessMap(run.Kind, run.Header, more)
	return err
}

// keep writes the upload into UploadDir.
func (s *Service) keep(run *Run, r io.Reader) (err error) {
	if err := os.MkdirAll(s.UploadDir, 0o700); err != nil {
		return errs.Wrap(err, errs.Unavailable, "import.cannot_keep")
	}
	f, err := os.CreateTemp(s.UploadDir, "import-*")
	if err != nil {
		return errs.Wrap(err, errs.Unavailable, "import.cannot_keep")
	}
	run.FilePath = f.Name()
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = errs.Wrap(e, errs.Unavailable, "import.cannot_keep")
		}
		if err != nil {
			err = errors.Join(err, os.Remove(run.FilePath))
		}
	}()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(r, maxUpload+1))
	switch {
	case err != nil:
		return errs.Wrap(err, errs.Unavailable, "import.cannot_keep")
	case n > maxUpload:
		return errs.New(errs.Invalid, "import.upload_too_big", "max", maxUpload>>20)
	}
	run.FileHash = hex.EncodeToString(h.Sum(nil))
	return nil
}

// customerFields are the codes of the fields of a customer's file that a column
// of a file of customers can tell.
func (s *Service) customerFields(ctx context.Context, kind FileKind) ([]string, error) {
	if kind != Customers {
		return nil, nil
	}
	fields, err := s.Customers.Fields(ctx)
	if err != nil {
		return nil, err
	}
	var more []string
	for _, f := range fields {
		if !f.Head() && f.Active {
			more = append(more, f.Code)
		}
	}
	return more, nil
}

// Look is what a person needs to correct the mapping of an upload.
type Look struct {
	Run     Run
	Fields  []string     // that a column can tell
	Sample  [][]string   // the first rows as they stand in the file
	Preview []PreviewRow // as understood with the options
	Counts  Counts       // of the first lookRows rows
	Bad     []Problem    // of these
	Err     error        // why the options do not do: a column missing, a store unknown
	Hidden  bool         // what the rows say is left out: it is not for this reader
}

const (
	lookRows   = 200
	sampleRows = 5
)

// Look tries options on the first rows of an upload; with nil, those it has.
func (s *Service) Look(ctx context.Context, actor org.Actor, id RunID, o *Options) (Look, error) {
	run, err := s.Run(ctx, actor, id)
	if err != nil {
		return Look{}, err
	}
	look, err := s.look(ctx, actor, run, o)
	if !run.ReadableBy(actor) {
		look.hide()
	}
	return look, err
}

func (s *Service) look(ctx context.Context, actor org.Actor, run Run, o *Options) (Look, error) {
	more, err := s.customerFields(ctx, run.Kind)
	if err != nil {
		return Look{}, err
	}
	look := Look{Run: run, Fields: append(slices.Clone(FieldsOf(run.Kind)), more...)}
	if run.FilePath == "" {
		return look, errs.New(errs.Conflict, "import.file_gone")
	}
	if o != nil {
		look.Run.Options = *o
	}
	so, err := look.Run.Options.sheet()
	if err != nil {
		look.Err = err
		return look, nil
	}
	so.Name = run.FileName
	reader, err := sheet.Open(run.FilePath, so)
	if err != nil {
		look.Err = err
		return look, nil
	}
	look.Run.Header = reader.Header()
	for len(look.Sample) < sampleRows && reader.Next() {
		look.Sample = append(look.Sample, reader.Row().Strings())
	}
	if err := reader.Close(); err != nil {
		return look, err
	}
	tried := look.Run
	tried.Counts = Counts{} // those of an earlier check would step over the limit
	im, err := s.prepare(ctx, actor, run.FilePath, &tried, true)
	if err != nil {
		look.Err = err
		return look, nil
	}
	defer im.reader.Close()
	im.limit = lookRows
	if look.Err = im.pass(ctx); errs.KindOf(look.Err) == errs.Internal && look.Err != nil {
		return look, look.Err
	}
	look.Preview, look.Counts, look.Bad = im.report.Preview, tried.Counts, im.report.Problems
	look.Run.Options.Map, look.Run.Options.DateOrder = im.report.Map, tried.Options.DateOrder
	return look, nil
}

// Check has the whole upload tried with the options, as a job: its problems and
// counts are the run's when it is Checked.
func (s *Service) Check(ctx context.Context, actor org.Actor, id RunID, o Options) error {
	return s.enqueue(ctx, actor, id, Checking, &o, Waiting, Checked)
}

// Start has a checked upload imported, as a job, or one that stopped go on.
func (s *Service) Start(ctx context.Context, actor org.Actor, id RunID) error {
	return s.enqueue(ctx, actor, id, Running, nil, Checked, Failed)
}

// StartUndo has an import undone, as a job.
func (s *Service) StartUndo(ctx context.Context, actor org.Actor, id RunID) error {
	return s.enqueue(ctx, actor, id, Undoing, nil, Done, Failed)
}

// Discard forgets an upload that has not been imported.
func (s *Service) Discard(ctx context.Context, actor org.Actor, id RunID) error {
	if err := actor.Need(org.ImportsRun); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		run, err := getRun(ctx, tx, id)
		if err != nil {
			return err
		}
		busy, err := s.worked(ctx, tx, &run)
		if err != nil {
			return err
		}
		if busy || run.State != Waiting && run.State != Checking && run.State != Checked {
			return errs.New(errs.Conflict, "import.not_now", "state", i18n.Key("import.state."+string(run.State)))
		}
		return forgetUpload(ctx, tx, run)
	})
}

// KeepUploads is how long an upload waits to be imported: it holds people's phones.
const KeepUploads = 30 * 24 * time.Hour

// Prune forgets uploads that nobody has imported for that long, and the files of
// imports that stopped and did not go on; it is run every night.
func (s *Service) Prune(ctx context.Context) error {
	old, err := db.All(ctx, s.DB, scanRun, `SELECT `+sqlRunColumns+` FROM import_run WHERE state IN ('waiting', 'checked', 'failed') AND file_path <> '' AND created_at < ?`,
		db.Millis(s.Now().Add(-KeepUploads)))
	if err != nil {
		return err
	}
	for _, r := range old {
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return forgetUpload(ctx, tx, r) }); err != nil {
			return err
		}
	}
	return nil
}

// forgetUpload forgets the file of a run; one that has written nothing goes with
// it. Somebody who has just begun it is left alone.
func forgetUpload(ctx context.Context, tx *db.Tx, r Run) error {
	query := `DELETE FROM import_run WHERE id = ? AND state = ?`
	if r.State == Failed {
		query = `UPDATE import_run SET file_path = '' WHERE id = ? AND state = ?`
	}
	n, err := tx.Exec(ctx, query, int64(r.ID), string(r.State))
	if err != nil || n == 0 {
		return err
	}
	tx.AfterCommit(func() { removeUpload(r.FilePath) })
	if r.State == Failed {
		return nil
	}
	return clearProblems(ctx, tx, r.ID)
}

// removeUpload is best effort: what is left over is a file in a folder of temporary ones.
func removeUpload(path string) {
	if path != "" {
		_ = os.Remove(path)
	}
}

// enqueue moves a run into a busy state and has a job go on from there.
func (s *Service) enqueue(ctx context.Context, actor org.Actor, id RunID, to RunState, o *Options, from ...RunState) error {
	if err := actor.Need(org.ImportsRun); err != nil {
		return err
	}
	name := ""
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		run, err := getRun(ctx, tx, id)
		if err != nil {
			return err
		}
		name = run.FileName
		busy, err := s.worked(ctx, tx, &run)
		if err != nil {
			return err
		}
		switch {
		case busy:
			return errs.New(errs.Conflict, "import.running", "file", run.FileName)
		case run.State == to, run.State == Running && to == Undoing: // whoever was at it is dead: once more
		case to == Running && run.State == Waiting:
			return errs.New(errs.Conflict, "import.check_first")
		case !slices.Contains(from, run.State):
			return errs.New(errs.Conflict, "import.not_now", "state", i18n.Key("import.state."+string(run.State)))
		case to != Undoing && run.FilePath == "":
			return errs.New(errs.Conflict, "import.file_gone")
		}
		if o != nil {
			run.Options = *o
		}
		if run.State == Waiting || run.State == Checked {
			run.Counts, run.RowsDone, run.BytesDone = Counts{}, 0, 0
			if err := clearProblems(ctx, tx, id); err != nil {
				return err
			}
		}
		if to == Undoing {
			run.checkpoint = ""
		}
		run.State, run.LeasedBy, run.Error = to, "", nil
		if err := saveState(ctx, tx, &run); err != nil {
			return err
		}
		_, err = s.Jobs.EnqueueTx(ctx, tx, RunJob{Run: id, By: actor.ID()}, jobs.Options{UniqueKey: jobKey(id)})
		return err
	})
	if db.IsUnique(err) {
		return errs.New(errs.Conflict, "import.running", "file", name)
	}
	return err
}

func jobKey(run RunID) string { return "import:" + run.String() }

// worked reports whether somebody is at work on a run, or a job waits to be.
func (s *Service) worked(ctx context.Context, tx *db.Tx, run *Run) (bool, error) {
	if !run.State.Busy() || !run.abandoned(tx.Now()) {
		return run.State.Busy(), nil
	}
	waiting, err := db.All(ctx, tx, db.Value[int64], `SELECT id FROM job WHERE unique_key = ? AND state IN ('queued', 'running')`, jobKey(run.ID))
	return len(waiting) > 0, err
}

// RunJob is the job that works on an import: whatever the run's state asks for,
// in the name of whoever asked for it last.
type RunJob struct {
	Run RunID       `json:"run"`
	By  org.StaffID `json:"by"`
}

// Kind names the job.
func (RunJob) Kind() string { return "purchase.import" }

// Work goes on with a run: the body of RunJob. What a person has to mend is
// told by the run's state and not returned: another attempt would not help.
func (s *Service) Work(ctx context.Context, job RunJob, tell func(Run)) error {
	run, err := getRun(ctx, s.DB, job.Run)
	if err != nil || !run.State.Busy() {
		return err
	}
	actor := org.System
	if job.By != 0 {
		if actor, err = s.Org.Actor(ctx, job.By); err != nil {
			return err
		}
	}
	switch run.State {
	case Undoing:
		_, err = s.Undo(ctx, actor, run.ID, tell)
	case Checking:
		err = s.check(ctx, actor, run)
	default:
		err = s.goOn(ctx, actor, run, tell)
	}
	switch errs.KindOf(err) {
	case errs.Forbidden: // they may no longer do what they asked for: somebody else may
		(&importing{s: s, run: &run}).fail(ctx, err)
		return nil
	case errs.Invalid, errs.Conflict, errs.NotFound:
		return nil
	}
	return err
}

// check is the dry run of an upload; it keeps the problems and counts.
func (s *Service) check(ctx context.Context, actor org.Actor, run Run) error {
	im, err := s.prepare(ctx, actor, run.FilePath, &run, true)
	if err == nil {
		defer im.reader.Close()
		im.stored = func(ctx context.Context, list []Problem) error {
			return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				return errors.Join(insertProblems(ctx, tx, run.ID, list), saveProgress(ctx, tx, im.run))
			})
		}
		if err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			run.Counts, run.RowsDone = Counts{}, 0
			run.LeasedBy, run.LeasedTill = ourName(), tx.Now().Add(leaseTime)
			return errors.Join(clearProblems(ctx, tx, run.ID), saveState(ctx, tx, &run))
		}); err == nil {
			err = im.pass(ctx)
		}
	}
	run.State, run.LeasedBy, run.Error = Checked, "", nil
	if err != nil {
		e, known := asError(err)
		if !known || e.Kind == errs.Internal || e.Kind == errs.Unavailable {
			return err // the job is tried again
		}
		run.State, run.Error = Waiting, e
	}
	return errors.Join(err, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return saveState(ctx, tx, &run) }))
}

// goOn begins or takes up the import of an upload.
func (s *Service) goOn(ctx context.Context, actor org.Actor, run Run, tell func(Run)) error {
	im, err := s.prepare(ctx, actor, run.FilePath, &run, false)
	if err != nil {
		(&importing{s: s, run: &run}).fail(ctx, err)
		return err
	}
	defer im.reader.Close()
	im.tell = tell
	path := run.FilePath
	if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := getRun(ctx, tx, run.ID)
		if err != nil {
			return err
		}
		if now.State != Running || !now.abandoned(tx.Now()) {
			return errs.New(errs.Conflict, "import.running", "file", run.FileName)
		}
		return im.lease(ctx, tx)
	}); err != nil {
		return err
	}
	if err := im.goOn(); err != nil {
		return err
	}
	_, err = im.perform(ctx)
	if err == nil {
		removeUpload(path)
	}
	return err
}

// RegisterJobs tells the runner how imports are worked on.
func (s *Service) RegisterJobs(w *jobs.Workers) {
	jobs.Register(w, func(ctx context.Context, job *jobs.Job[RunJob]) error {
		return s.Work(ctx, job.Args, func(r Run) {
			_ = job.Progress(ctx, r.BytesDone, r.BytesAll) // a lost lease ends ctx
		})
	})
}
