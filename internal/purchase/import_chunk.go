package purchase

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
)

// patience is how long an import waits for a database that does not answer: a
// restart takes seconds.
const patience = time.Minute

// writeChunk writes what the kind has chosen, the problems and the checkpoint in
// one transaction, and tries again where that may help.
func (im *importing) writeChunk(ctx context.Context, last bool) (out outcome, next Run, err error) {
	begun := time.Now()
	for try := 1; ; try++ {
		err := im.s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			var err error
			if out, err = im.kind.write(ctx, tx); err != nil {
				return err
			}
			next = *im.run
			next.Counts = next.Counts.plus(out.counts)
			next.checkpoint = im.kind.checkpoint(int(next.RowsDone))
			if err := insertProblems(ctx, tx, next.ID, append(slices.Clip(im.problems), out.problems...)); err != nil {
				return err
			}
			if err := saveProgress(ctx, tx, &next); err != nil || !last {
				return err
			}
			return im.finish(ctx, tx, &next)
		})
		switch {
		case err == nil:
			return out, next, nil
		case (db.IsUnique(err) || errs.Is(err, errs.NotFound)) && try < uniqueAttempts:
			// Somebody recorded one of these receipts, or opened or closed one of
			// these customers' files, between our look and our write: look again.
			continue
		case !errs.Is(err, errs.Unavailable) || isFull(err) || time.Since(begun) > patience:
			return out, next, err
		}
		done, lookErr := im.committed(ctx, &next, begun)
		if lookErr != nil {
			return out, next, errors.Join(err, lookErr)
		}
		if done {
			return out, next, nil
		}
	}
}

// committed waits for the database to answer and tells whether the transaction
// whose end was not heard of went through. Writing it twice would double it.
func (im *importing) committed(ctx context.Context, next *Run, begun time.Time) (bool, error) {
	for {
		select {
		case <-ctx.Done():
			return false, errs.Wrap(ctx.Err(), errs.Unavailable, "import.interrupted")
		case <-time.After(200 * time.Millisecond):
		}
		stored, err := getRun(ctx, im.s.DB, im.run.ID)
		if err == nil {
			return next.ID != 0 && stored.checkpoint == next.checkpoint && stored.RowsDone == next.RowsDone && stored.State == next.State, nil
		}
		if time.Since(begun) > patience {
			return false, err
		}
	}
}

func isFull(err error) bool {
	e, ok := asError(err)
	return ok && e.Key == "db.disk_full"
}
