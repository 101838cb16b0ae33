package auth

import (
	"context"
	"errors"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
)

// Throttling: so many failures are free, each further one doubles the wait. An
// address is given more, because a whole store shares one.
const (
	freePerLogin   = 5
	freePerAddress = 25
	firstLock      = 30 * time.Second
	longestLock    = 15 * time.Minute // so that a stranger cannot lock somebody out for the day
	forgetAfter    = 24 * time.Hour
)

// lockAfter is how long to wait after the nth failure in a row.
func lockAfter(failures, free int64) time.Duration {
	lock := firstLock
	for n := free; n < failures && lock < longestLock; n++ {
		lock *= 2
	}
	if failures < free {
		return 0
	}
	return min(lock, longestLock)
}

// subject is whom failures are counted for.
type subject struct {
	name string
	free int64
}

func subjects(login, addr string) []subject {
	list := []subject{{"login:" + login, freePerLogin}}
	if addr != "" {
		list = append(list, subject{"addr:" + addr, freePerAddress})
	}
	return list
}

// The attempt counts as a failure until it has succeeded: otherwise a hundred
// guesses sent at once would all pass before the first is counted.
const sqlCountAttempt = `INSERT INTO sign_in_failure (subject, failures, last_at, locked_until) VALUES (?, 1, ?, 0)
	ON CONFLICT (subject) DO UPDATE SET
		failures = CASE WHEN sign_in_failure.last_at < ? THEN 1 ELSE sign_in_failure.failures + 1 END,
		last_at = excluded.last_at
	WHERE sign_in_failure.locked_until <= excluded.last_at
	RETURNING failures`

// attempt counts an attempt, or refuses it while a subject is locked.
func (s *Service) attempt(ctx context.Context, login, addr string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.now()
		for _, who := range subjects(login, addr) {
			failures, err := db.One(ctx, tx, db.Value[int64], sqlCountAttempt,
				who.name, db.Millis(now), db.Millis(now.Add(-forgetAfter)))
			if errors.Is(err, db.ErrNoRows) {
				return locked(ctx, tx, who.name, now)
			}
			if err != nil {
				return err
			}
			if lock := lockAfter(failures, who.free); lock > 0 {
				if _, err := tx.Exec(ctx, "UPDATE sign_in_failure SET locked_until = ? WHERE subject = ?",
					db.Millis(now.Add(lock)), who.name); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func locked(ctx context.Context, tx *db.Tx, name string, now time.Time) error {
	until, err := db.One(ctx, tx, db.Value[int64], "SELECT locked_until FROM sign_in_failure WHERE subject = ?", name)
	if err != nil {
		return err
	}
	seconds := int64(db.Time(until).Sub(now).Seconds()) + 1
	return errs.New(errs.TooMany, "auth.locked", "n", (seconds+59)/60)
}

// succeeded takes back what attempt counted. The address keeps its earlier
// failures: one known password must not buy guesses at others.
func (s *Service) succeeded(ctx context.Context, tx *db.Tx, login, addr string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM sign_in_failure WHERE subject = ?", "login:"+login); err != nil {
		return err
	}
	if addr == "" {
		return nil
	}
	_, err := tx.Exec(ctx, "UPDATE sign_in_failure SET failures = failures - 1, locked_until = 0 WHERE subject = ? AND failures > 0", "addr:"+addr)
	return err
}
