package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
)

// CookieName is the cookie that carries a session's token.
const CookieName = "ricejar_session"

// Service knows passwords, sessions and keys.
type Service struct {
	DB   *db.DB
	Now  func() time.Time // nil: time.Now
	Cost Cost             // of hashing a password; zero: DefaultCost

	Idle     time.Duration // a session unused for so long ends; zero: 14 days
	Absolute time.Duration // a session older than this ends; zero: 60 days

	// Active, when set, says whether a person still works for the company.
	Active func(ctx context.Context, staff int64) (bool, error)

	// Audit, when set, puts a change on record in the change's own transaction.
	Audit func(ctx context.Context, tx *db.Tx, staff int64, action, subject string, detail any) error
}

func (s *Service) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func (s *Service) idle() time.Duration {
	if s.Idle == 0 {
		return 14 * 24 * time.Hour
	}
	return s.Idle
}

func (s *Service) absolute() time.Duration {
	if s.Absolute == 0 {
		return 60 * 24 * time.Hour
	}
	return s.Absolute
}

func (s *Service) record(ctx context.Context, tx *db.Tx, staff int64, action, subject string, detail any) error {
	if s.Audit == nil {
		return nil
	}
	return s.Audit(ctx, tx, staff, action, subject, detail)
}

// token makes a secret of 256 random bits, and the hash it is stored as. The
// secret has so much chance in it that a fast hash is enough.
func token() (secret string, hash []byte) {
	b := make([]byte, 32)
	rand.Read(b) // never fails: crypto/rand aborts the process instead
	secret = base64.RawURLEncoding.EncodeToString(b)
	return secret, hashToken(secret)
}

func hashToken(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

// FoldLogin is a login as it is stored: lower case, and full-width letters of a
// Chinese keyboard made plain.
func FoldLogin(login string) string {
	return strings.ToLower(strings.TrimSpace(norm.NFKC.String(login)))
}

// errSignedOut is what an unknown, ended or revoked token gets.
func errSignedOut() error { return errs.New(errs.Unauthenticated, "auth.signed_out") }
