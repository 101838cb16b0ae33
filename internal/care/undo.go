package care

import (
	"context"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

// Undo takes an outcome back on the day it was recorded: the task stands as
// before, its line on the timeline and its follow-up are gone, a refusal of all
// contact was never said. What was learnt stays learnt. Undoing twice is once.
func (s *Service) Undo(ctx context.Context, actor org.Actor, c customer.ID, which OutcomeID) (Task, error) {
	if err := actor.Need(org.TasksWrite); err != nil {
		return Task{}, err
	}
	var t Task
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		t, err = s.undoTx(ctx, tx, actor, c, which)
		return err
	})
	return t, err
}

var errUndoTooLate = errs.New(errs.Conflict, "care.undo_too_late")

func (s *Service) undoTx(ctx context.Context, tx *db.Tx, actor org.Actor, c customer.ID, which OutcomeID) (Task, error) {
	o, ok, err := outcomeByID(ctx, tx, c, which)
	if err != nil || !ok {
		return Task{}, orNotFound(err)
	}
	t, err := taskByID(ctx, tx, c, o.in.Task)
	if err != nil {
		return Task{}, err
	}
	// One's own outcome, or that of somebody one looks after.
	if o.by != actor.ID() && (actor.Reach == org.ReachOwn || !visible(actor, t)) {
		return Task{}, errNoTask
	}
	if o.undone {
		return t, nil
	}
	zone, err := s.zone(ctx, t.Store)
	if err != nil {
		return Task{}, err
	}
	last, ok, err := lastOutcome(ctx, tx, t)
	if err != nil {
		return Task{}, err
	}
	if !ok || last.ID != o.ID || day.Of(s.now(), zone) != o.day {
		return Task{}, errUndoTooLate
	}
	var after Task
	for i, before := range o.restore.Tasks {
		if t, err = taskByID(ctx, tx, c, before.ID); err != nil {
			return Task{}, err
		}
		was := before.onto(t)
		moved, err := moveTask(ctx, tx, t, was)
		if err != nil {
			return Task{}, err
		}
		if !moved || t.Version != before.Version {
			return Task{}, errUndoTooLate
		}
		if i == 0 {
			after = was
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE task_outcome SET undone_at = ? WHERE customer_id = ? AND id = ?`,
		db.Millis(s.now().Truncate(time.Millisecond)), int64(c), int64(which)); err != nil {
		return Task{}, err
	}
	return after, s.takeBack(ctx, tx, o)
}

func orNotFound(err error) error {
	if err == nil {
		return errNoTask
	}
	return err
}

// takeBack undoes the consequences of an outcome.
func (s *Service) takeBack(ctx context.Context, tx *db.Tx, o outcome) error {
	c := int64(o.in.Customer)
	if o.restore.FollowUp != 0 {
		// Version 1: nobody has worked on it.
		n, err := tx.Exec(ctx, `DELETE FROM task WHERE customer_id = ? AND id = ? AND version = 1`, c, int64(o.restore.FollowUp))
		if err != nil {
			return err
		}
		if n == 0 {
			return errUndoTooLate
		}
	}
	for _, t := range o.restore.Cancelled {
		if _, err := tx.Exec(ctx, `UPDATE task SET state = 'open', version = version + 1 WHERE customer_id = ? AND id = ? AND state = 'cancelled'`,
			c, int64(t)); err != nil {
			return err
		}
	}
	if o.restore.Consent {
		if err := s.Customers.TakeBackRefusalTx(ctx, tx, o.in.Customer); err != nil {
			return err
		}
	}
	return s.Customers.RemoveTimelineTx(ctx, tx, o.in.Customer, o.at, int64(o.ID), EntryContact)
}
