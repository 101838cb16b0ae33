package auth

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/text"
)

// Session is somebody signed in on one device.
type Session struct {
	ID        string // names the session in a list; signs nobody in
	StaffID   int64
	Device    string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time

	// MustChange asks for a new password before anything else is done.
	MustChange bool
}

const (
	maxDevice      = 200
	sessionColumns = "token_hash, staff_id, created_at, seen_at, expires_at, device"

	sqlSession = `SELECT s.token_hash, s.staff_id, s.created_at, s.seen_at, s.expires_at, s.device, COALESCE(c.must_change, FALSE)
		FROM session s LEFT JOIN credential c ON c.staff_id = s.staff_id`
)

func scanSession(row db.Scanner) (Session, error) {
	var s Session
	var hash []byte
	var created, seen, expires int64
	err := row.Scan(&hash, &s.StaffID, &created, &seen, &expires, &s.Device, &s.MustChange)
	s.ID = hex.EncodeToString(hash)
	s.CreatedAt, s.SeenAt, s.ExpiresAt = db.Time(created), db.Time(seen), db.Time(expires)
	return s, err
}

// open begins a session and returns its token.
func (s *Service) open(ctx context.Context, tx *db.Tx, staff int64, device string) (string, Session, error) {
	secret, hash := token()
	now := s.now()
	device = text.Clip(text.Line(device), maxDevice)
	session := Session{
		ID: hex.EncodeToString(hash), StaffID: staff, Device: device,
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(s.absolute()),
	}
	_, err := tx.Exec(ctx, "INSERT INTO session ("+sessionColumns+") VALUES (?, ?, ?, ?, ?, ?)",
		hash, staff, db.Millis(now), db.Millis(now), db.Millis(session.ExpiresAt), device)
	return secret, session, err
}

// Session is the living session of the token, marked as seen.
func (s *Service) Session(ctx context.Context, token string) (Session, error) {
	if token == "" {
		return Session{}, errSignedOut()
	}
	hash := hashToken(token)
	session, err := db.One(ctx, s.DB, scanSession, sqlSession+" WHERE s.token_hash = ?", hash)
	if errors.Is(err, db.ErrNoRows) {
		return Session{}, errSignedOut()
	}
	if err != nil {
		return Session{}, err
	}
	now := s.now()
	if !now.Before(session.ExpiresAt) || now.Sub(session.SeenAt) >= s.idle() {
		return Session{}, errSignedOut()
	}
	if now.Sub(session.SeenAt) < touchEvery {
		return session, nil
	}
	session.SeenAt = now
	s.seen(ctx, session.ID, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE session SET seen_at = ? WHERE token_hash = ?", db.Millis(now), hash)
		return err
	})
	return session, nil
}

// Sessions are a person's living sessions, the latest seen first.
func (s *Service) Sessions(ctx context.Context, staff int64) ([]Session, error) {
	now := s.now()
	return db.All(ctx, s.DB, scanSession,
		sqlSession+" WHERE s.staff_id = ? AND s.expires_at > ? AND s.seen_at > ? ORDER BY s.seen_at DESC, s.token_hash",
		staff, db.Millis(now), db.Millis(now.Add(-s.idle())))
}

// SignOut ends the session of the token; an unknown one has ended already.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM session WHERE token_hash = ?", hashToken(token))
		return err
	})
}

// EndSession ends one of the person's sessions by its ID.
func (s *Service) EndSession(ctx context.Context, staff int64, sessionID string) error {
	hash, err := hex.DecodeString(sessionID)
	if err != nil {
		return errs.New(errs.NotFound, "auth.session_unknown")
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM session WHERE token_hash = ? AND staff_id = ?", hash, staff)
		if err == nil && n == 0 {
			return errs.New(errs.NotFound, "auth.session_unknown")
		}
		return err
	})
}

// SignOutEverywhere ends all of a person's sessions but the one with the ID
// keep (empty: all), and says how many ended. by is who asked for it.
func (s *Service) SignOutEverywhere(ctx context.Context, by, staff int64, keep string) (ended int64, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if ended, err = endSessions(ctx, tx, staff, keep); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "auth.sign_out_everywhere", staffSubject(staff), map[string]int64{"sessions": ended})
	})
	return ended, err
}

func endSessions(ctx context.Context, tx *db.Tx, staff int64, keep string) (int64, error) {
	kept, err := hex.DecodeString(keep)
	if err != nil {
		return 0, errs.New(errs.NotFound, "auth.session_unknown")
	}
	return tx.Exec(ctx, "DELETE FROM session WHERE staff_id = ? AND token_hash <> ?", staff, kept)
}

// Prune removes what time has ended: sessions, and failures long forgotten. It
// is a nightly job.
func (s *Service) Prune(ctx context.Context) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.now()
		if _, err := tx.Exec(ctx, "DELETE FROM session WHERE expires_at <= ? OR seen_at <= ?",
			db.Millis(now), db.Millis(now.Add(-s.idle()))); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DELETE FROM sign_in_failure WHERE last_at < ?", db.Millis(now.Add(-forgetAfter)))
		return err
	})
}
