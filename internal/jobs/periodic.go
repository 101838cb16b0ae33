package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ricejar/ricejar/internal/db"
)

// Periodic is a job that is run once a day.
type Periodic struct {
	Name string // for good: it is the key of the schedule
	At   string // wall clock, "03:10"
	Zone string // IANA
	Args Args
}

// slot is the day whose run is the latest to be due at now.
func (p Periodic) slot(now time.Time) (string, error) {
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return "", err
	}
	at, err := time.Parse("15:04", p.At)
	if err != nil {
		return "", fmt.Errorf("want a time of day like 03:10: %w", err)
	}
	local := now.In(zone)
	due := time.Date(local.Year(), local.Month(), local.Day(), at.Hour(), at.Minute(), 0, 0, zone)
	if due.After(now) {
		local = local.AddDate(0, 0, -1)
	}
	return local.Format(time.DateOnly), nil
}

// enqueue puts the job in the queue unless its slot was run already, by this
// server or another.
func (p Periodic) enqueue(ctx context.Context, q *Queue, now time.Time) error {
	slot, err := p.slot(now)
	if err != nil {
		return err
	}
	ran, err := db.One(ctx, q.DB, db.Value[string], "SELECT ran_for FROM job_schedule WHERE name = ?", p.Name)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return err
	}
	if ran >= slot {
		return nil
	}
	return q.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO job_schedule (name, ran_for) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET ran_for = excluded.ran_for WHERE job_schedule.ran_for < excluded.ran_for`, p.Name, slot)
		if err != nil || n == 0 {
			return err
		}
		_, err = q.EnqueueTx(ctx, tx, p.Args, Options{UniqueKey: "periodic:" + p.Name})
		return err
	})
}
