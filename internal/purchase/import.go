package purchase

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/sheet"
)

// File is a file to be imported: where it lies and what people call it.
type File struct {
	Kind FileKind
	Path string
	Name string // empty: the base of Path
}

// Report is what an import, or its dry run, comes to.
type Report struct {
	Run      Run
	DryRun   bool
	Resumed  bool         // it went on where an earlier attempt had stopped
	NewStore string       // code of a store the import created, or would
	Preview  []PreviewRow // the first rows as understood
	Problems []Problem    // the first of them
	Map      map[string]string
}

// PreviewRow is a row as understood.
type PreviewRow struct {
	Row    int               `json:"row"`
	Fields map[string]string `json:"fields"`
}

const (
	previewRows    = 20
	shownProblems  = 1000
	pendingMost    = 5000 // problems that are listed at once, with the next chunk
	pollEvery      = 4096 // rows between looks at the clock
	progressEvery  = 500 * time.Millisecond
	uniqueAttempts = 4
)

// importKind is what differs between kinds of file.
type importKind interface {
	row(ctx context.Context, r *sheet.Row) error
	take() []Problem                           // the problems of the rows since
	again(row int) bool                        // whether the row was read before a break
	due() bool                                 // whether a chunk is worth writing
	choose(all bool)                           // settle what the next chunk holds
	look(ctx context.Context) (outcome, error) // a chunk of a dry run
	write(ctx context.Context, tx *db.Tx) (outcome, error)
	written() // the chunk is committed
	checkpoint(row int) string
	resume(checkpoint string) (fromRow int, err error)
}

// importing is an import at work.
type importing struct {
	s        *Service
	actor    org.Actor
	run      *Run
	reader   *sheet.Reader
	kind     importKind
	dry      bool
	latest   int64 // the last instant a till's clock may show
	from     int   // rows before it are passed over
	limit    int   // rows to be read at most; 0: all
	problems []Problem
	report   *Report
	tell     func(Run)
	told     time.Time
	people   *customer.Matcher                               // dry run: whose cards and phones are, or would be by then
	stored   func(ctx context.Context, list []Problem) error // dry run of an upload: where problems go
}

// Import reads a file into the database, to its end. If an import of the same
// file with the same options was broken off, it goes on from there. tell, if
// given, hears of progress.
func (s *Service) Import(ctx context.Context, actor org.Actor, f File, o Options, tell func(Run)) (Report, error) {
	return s.importFile(ctx, actor, f, o, tell, false)
}

// DryRun does the same without writing anything.
func (s *Service) DryRun(ctx context.Context, actor org.Actor, f File, o Options, tell func(Run)) (Report, error) {
	return s.importFile(ctx, actor, f, o, tell, true)
}

func (s *Service) importFile(ctx context.Context, actor org.Actor, f File, o Options, tell func(Run), dry bool) (Report, error) {
	if err := actor.Need(org.ImportsRun); err != nil {
		return Report{}, err
	}
	if f.Name == "" {
		f.Name = filepath.Base(f.Path)
	}
	run := Run{Kind: f.Kind, FileName: f.Name, Options: o, Staff: actor.ID()}
	im, err := s.prepare(ctx, actor, f.Path, &run, dry)
	if err != nil {
		return Report{}, err
	}
	defer im.reader.Close()
	im.tell = tell
	if dry {
		err := im.pass(ctx)
		im.sortProblems()
		return *im.report, err
	}
	if run.FileHash, err = hashFile(f.Path); err != nil {
		return Report{}, err
	}
	if err := im.begin(ctx); err != nil {
		return Report{}, err
	}
	return im.perform(ctx)
}

// perform runs an import that is ours to its end, or notes why it stopped.
func (im *importing) perform(ctx context.Context) (Report, error) {
	active.Store(im.run.ID, struct{}{})
	defer active.Delete(im.run.ID)
	err := im.pass(ctx)
	if err != nil {
		im.fail(ctx, err)
	}
	im.report.Run = *im.run
	im.sortProblems()
	return *im.report, err
}

// sortProblems puts them in the order of the file: some show with the row, some
// when its receipt is written.
func (im *importing) sortProblems() {
	slices.SortStableFunc(im.report.Problems, func(a, b Problem) int { return a.Row - b.Row })
}

// prepare opens the file and finds out what its columns mean.
func (s *Service) prepare(ctx context.Context, actor org.Actor, path string, run *Run, dry bool) (*importing, error) {
	so, err := run.Options.sheet()
	if err != nil {
		return nil, err
	}
	so.Name = run.FileName // an upload lies under another
	reader, err := sheet.Open(path, so)
	if err != nil {
		return nil, err
	}
	im := &importing{s: s, actor: actor, run: run, reader: reader, dry: dry, report: &Report{DryRun: dry},
		latest: s.Now().Add(latest).UnixMilli(), people: customer.NewMatcher()}
	run.Header = reader.Header()
	_, run.BytesAll = reader.Progress()
	if err := im.understand(ctx, path, so); err != nil {
		reader.Close()
		return nil, err
	}
	return im, nil
}

// understand settles the mapping and makes the kind's reader of rows.
func (im *importing) understand(ctx context.Context, path string, so sheet.Options) error {
	if im.run.Kind != Receipts && im.run.Kind != Customers {
		return errs.New(errs.Invalid, "import.no_such_kind", "kind", string(im.run.Kind))
	}
	more, err := im.s.customerFields(ctx, im.run.Kind)
	if err != nil {
		return err
	}
	allowed := func(field string) bool {
		return slices.Contains(FieldsOf(im.run.Kind), field) || slices.Contains(more, field)
	}
	header, o := im.run.Header, &im.run.Options
	if len(o.Map) == 0 {
		o.Map = guessMap(im.run.Kind, header, more)
	}
	cols, err := columns(header, o.Map, allowed)
	if err != nil {
		return err
	}
	im.report.Map = maps.Clone(o.Map)
	if o.DateOrder == "" {
		if o.DateOrder, err = guessOrder(path, so, cols[im.dateField()]); err != nil {
			return err
		}
	}
	switch im.run.Kind {
	case Receipts:
		im.kind, err = newReceiptImport(ctx, im, cols)
	case Customers:
		im.kind, err = newCustomerImport(ctx, im, cols)
	}
	return err
}

func (im *importing) dateField() string {
	if im.run.Kind == Customers {
		return fieldBirthday
	}
	return fieldSoldAt
}

// guessOrder looks for a date in the column that can only be read one way.
func guessOrder(path string, so sheet.Options, column int) (DateOrder, error) {
	r, err := sheet.Open(path, so)
	if err != nil {
		return "", err
	}
	defer r.Close()
	for n := 0; n < 2000 && r.Next(); n++ {
		if cells := r.Row().Cells; column < len(cells) {
			if order := orderOf(cells[column : column+1]); order != "" {
				return order, nil
			}
			if len(cells[column]) > 4 && cells[column][2] != '/' && cells[column][1] != '/' && cells[column][2] != '.' && cells[column][1] != '.' &&
				cells[column][2] != '-' && cells[column][1] != '-' {
				return "", nil // the year comes first: no question
			}
		}
	}
	return "", nil // what ends the reading is met, and told, by the import itself
}

// store finds a store by its code. The one the options name is created if it
// does not exist; one that a row names must exist.
func (im *importing) store(ctx context.Context, code string) (org.Store, error) {
	st, err := im.s.Org.StoreByCode(ctx, code)
	o := im.run.Options
	if code != o.Store {
		return st, err
	}
	if errs.Is(err, errs.NotFound) {
		im.report.NewStore = code
		if im.dry {
			cur, err := money.ParseCurrency(string(o.Currency))
			if err != nil {
				return st, err
			}
			return org.Store{Code: code, Name: code, Currency: cur, Zone: o.Zone}, nil
		}
	}
	return im.s.Org.EnsureStore(ctx, im.actor, code, string(o.Currency), o.Zone)
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", errs.Wrap(err, errs.Invalid, "sheet.cannot_open", "file", filepath.Base(path))
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", errs.Wrap(err, errs.Invalid, "sheet.cannot_open", "file", filepath.Base(path))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// begin makes the run ours: a new one, or one that was broken off.
func (im *importing) begin(ctx context.Context) error {
	run := im.run
	err := im.s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		earlier, err := unfinished(ctx, tx, run.Kind, run.FileHash)
		if err != nil {
			return err
		}
		for _, e := range earlier {
			if e.State.Busy() && !e.abandoned(tx.Now()) {
				return errs.New(errs.Conflict, "import.running", "file", e.FileName)
			}
			if e.State == Undoing {
				return errs.New(errs.Conflict, "import.undo_unfinished", "file", e.FileName, "run", e.ID.String())
			}
			if e.checkpoint != "" && marshal(e.Options) == marshal(run.Options) {
				run.ID, run.Counts, run.checkpoint, run.CreatedAt = e.ID, e.Counts, e.checkpoint, e.CreatedAt
				run.RowsDone, run.BytesDone, run.FilePath = e.RowsDone, e.BytesDone, e.FilePath
				return im.lease(ctx, tx)
			}
			if e.State == Running { // dead, and other options this time: what it wrote is known, receipt by receipt
				e.State, e.LeasedBy, e.Error = Failed, "", errs.New(errs.Invalid, "import.broken_off")
				if err := saveState(ctx, tx, &e); err != nil {
					return err
				}
			}
		}
		run.State, run.LeasedBy, run.LeasedTill = Running, ourName(), tx.Now().Add(leaseTime)
		return insertRun(ctx, tx, run)
	})
	if db.IsUnique(err) {
		return errs.New(errs.Conflict, "import.running", "file", run.FileName)
	}
	if err != nil {
		return err
	}
	return im.goOn()
}

// lease takes a run that waits or was broken off.
func (im *importing) lease(ctx context.Context, tx *db.Tx) error {
	im.run.State, im.run.LeasedBy, im.run.LeasedTill = Running, ourName(), tx.Now().Add(leaseTime)
	im.run.Error = nil
	return saveState(ctx, tx, im.run)
}

// goOn takes up the checkpoint, if there is one.
func (im *importing) goOn() error {
	if im.run.checkpoint == "" {
		return nil
	}
	var err error
	im.report.Resumed = true
	im.from, err = im.kind.resume(im.run.checkpoint)
	return err
}

// pass reads the file from where it stands to its end.
func (im *importing) pass(ctx context.Context) error {
	n := 0
	for im.reader.Next() {
		row := im.reader.Row()
		if row.No < im.from {
			continue
		}
		if n++; n%pollEvery == 0 {
			if err := im.pause(ctx); err != nil {
				return err
			}
		}
		again := im.kind.again(row.No)
		if err := im.kind.row(ctx, row); err != nil {
			return err
		}
		bad := im.kind.take()
		if again {
			continue
		}
		im.run.RowsDone = int64(row.No)
		im.run.Counts.Rows++
		if len(bad) > 0 {
			im.run.Counts.ProblemRows++
			im.list(bad)
		}
		if im.run.Counts.Rows == im.limit && im.limit > 0 {
			break
		}
		if im.kind.due() || len(im.problems) >= pendingMost {
			if err := im.commit(ctx, false); err != nil {
				return err
			}
		}
	}
	if err := im.reader.Err(); err != nil {
		return err
	}
	return im.commit(ctx, true)
}

// pause is the moment to stop when asked to, and to say how far it is.
func (im *importing) pause(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return errs.Wrap(err, errs.Unavailable, "import.interrupted")
	}
	if now := time.Now(); im.tell != nil && now.Sub(im.told) > progressEvery {
		im.told = now
		im.run.BytesDone, _ = im.reader.Progress()
		im.tell(*im.run)
	}
	return nil
}

func (im *importing) list(bad []Problem) {
	if room := shownProblems - len(im.report.Problems); room > 0 {
		im.report.Problems = append(im.report.Problems, bad[:min(room, len(bad))]...)
	}
	if !im.dry || im.stored != nil {
		im.problems = append(im.problems, bad...)
	}
}

// commit writes a chunk and the checkpoint in one transaction; the last one
// also ends the run.
func (im *importing) commit(ctx context.Context, last bool) error {
	im.kind.choose(last)
	im.run.BytesDone, _ = im.reader.Progress()
	if im.dry {
		out, err := im.kind.look(ctx)
		if err != nil {
			return err
		}
		im.kind.written()
		im.settle(*im.run, out)
		if im.stored != nil {
			err = im.stored(ctx, append(im.problems, out.problems...))
			im.problems = im.problems[:0]
		}
		im.report.Run = *im.run
		return err
	}
	out, next, err := im.writeChunk(ctx, last)
	if err != nil {
		return err
	}
	im.kind.written()
	im.settle(next, outcome{problems: out.problems})
	im.problems = im.problems[:0]
	if im.tell != nil {
		im.told = time.Now()
		im.tell(*im.run)
	}
	return nil
}

// settle takes over what a chunk came to.
func (im *importing) settle(next Run, out outcome) {
	next.Counts = next.Counts.plus(out.counts)
	*im.run = next
	if room := shownProblems - len(im.report.Problems); room > 0 {
		im.report.Problems = append(im.report.Problems, out.problems[:min(room, len(out.problems))]...)
	}
}

// finish ends the run, in the transaction of its last chunk.
func (im *importing) finish(ctx context.Context, tx *db.Tx, run *Run) error {
	run.State, run.LeasedBy, run.checkpoint, run.FilePath = Done, "", "", ""
	if err := saveState(ctx, tx, run); err != nil {
		return err
	}
	if err := rememberShape(ctx, tx, shapeOf(run.Kind, run.Header), run.Options); err != nil {
		return err
	}
	return im.s.audit(ctx, tx, im.actor, "import.run", "import:"+run.ID.String(), map[string]any{"file": run.FileName, "kind": run.Kind, "rows": run.Counts.Rows})
}

// fail notes why the run stopped, as well as it can: the disk may be full. What
// is committed stays; running it again goes on from there.
func (im *importing) fail(ctx context.Context, cause error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	run := *im.run
	run.State, run.LeasedBy = Failed, ""
	e, ok := asError(cause)
	if !ok || e.Kind == errs.Internal {
		e = errs.New(errs.Internal, "import.broken_off")
	}
	run.Error = e
	if err := im.s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		stored, err := getRun(ctx, tx, run.ID)
		if err != nil || stored.LeasedBy != im.run.LeasedBy {
			return errors.Join(err, nil) // taken over by another process: theirs to tell
		}
		// The checkpoint and its counts are those of the last commit.
		stored.State, stored.LeasedBy, stored.Error = run.State, run.LeasedBy, run.Error
		run = stored
		return saveState(ctx, tx, &stored)
	}); err == nil {
		*im.run = run
	}
}

// dryMemory is how many receipts and how many cards and phones a dry run
// remembers to have met. In a larger file it may count one twice; the import does not.
const dryMemory = 500_000

// know looks up whose the cards and phones of a dry run's chunk are.
func (im *importing) know(ctx context.Context, keys []customer.ImportKey) error {
	if im.people.Len() > dryMemory {
		im.people.Forget()
	}
	return im.people.Load(ctx, im.s.DB, keys)
}

// plus adds counts up.
func (c Counts) plus(d Counts) Counts {
	c.ProblemRows += d.ProblemRows
	c.Remarks += d.Remarks
	c.Lines += d.Lines
	c.ReceiptsNew += d.ReceiptsNew
	c.ReceiptsUnchanged += d.ReceiptsUnchanged
	c.ReceiptsCompleted += d.ReceiptsCompleted
	c.ReceiptsDiffering += d.ReceiptsDiffering
	c.Returns += d.Returns
	c.WalkIns += d.WalkIns
	c.ProductsNew += d.ProductsNew
	c.DeliveriesNew += d.DeliveriesNew
	c.CustomersNew += d.CustomersNew
	c.CustomersUpdated += d.CustomersUpdated
	c.CustomersUnchanged += d.CustomersUnchanged
	c.Net = maps.Clone(c.Net)
	for cur, minor := range d.Net {
		c.addNet(cur, minor)
	}
	if len(d.UnknownStaff) > 0 {
		c.UnknownStaff = slices.Compact(slices.Sorted(slices.Values(slices.Concat(c.UnknownStaff, d.UnknownStaff))))
		c.UnknownStaff = c.UnknownStaff[:min(20, len(c.UnknownStaff))]
	}
	return c
}

// sheet are the options that say how the file is to be read.
func (o Options) sheet() (sheet.Options, error) {
	so := sheet.Options{Encoding: o.Encoding, Sheet: o.Sheet}
	switch o.Delimiter {
	case "":
	case `\t`, "tab":
		so.Delimiter = '\t'
	case ",", ";", "|", "\t":
		so.Delimiter = o.Delimiter[0]
	default:
		return so, errs.New(errs.Invalid, "import.delimiter_wrong", "delimiter", o.Delimiter)
	}
	return so, nil
}
