package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/text"
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

	notes notes
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

// maxLogin bounds a login, in characters.
const maxLogin = 64

// FoldLogin is a login as it is stored: lower case, and full-width letters of a
// Chinese keyboard made plain. What is too long to be one comes back longer than
// any login, and no longer than that.
func FoldLogin(login string) string {
	login = strings.ToLower(text.Line(norm.NFKC.String(text.Clip(login, 2*maxLogin))))
	return text.Clip(login, maxLogin)
}

// touchEvery is how often a session in use, or a key, is written back as seen:
// a write for every request would make readers wait for the disk.
const touchEvery = time.Minute

// notes are when it was last tried to write something back as seen.
type notes struct {
	mu sync.Mutex
	at map[string]time.Time
}

// maxNotes bounds the memory for them.
const maxNotes = 10_000

// due reports whether it is time to write back that this was seen.
func (n *notes) due(of string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now.Sub(n.at[of]).Abs() < touchEvery {
		return false
	}
	if n.at == nil || len(n.at) >= maxNotes {
		n.at = make(map[string]time.Time)
	}
	n.at[of] = now
	return true
}

// seen writes back that something was seen. A reader does not wait long for it:
// an import may have the database's only writer, and it is done behind the
// reader's back then.
func (s *Service) seen(ctx context.Context, of string, write func(context.Context, *db.Tx) error) {
	const patience, most = 100 * time.Millisecond, 10 * time.Second
	if !s.notes.due(of, s.now()) {
		return
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), most)
		defer cancel()
		_ = s.DB.Write(ctx, write) // nothing depends on it, and the next minute will do as well
	}()
	enough := time.NewTimer(patience)
	defer enough.Stop()
	select {
	case <-written:
	case <-enough.C:
	}
}

// errSignedOut is what an unknown, ended or revoked token gets.
func errSignedOut() error { return errs.New(errs.Unauthenticated, "auth.signed_out") }
