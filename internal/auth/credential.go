package auth

import (
	"context"
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/text"
)

// Credential is how a person signs in.
type Credential struct {
	Login      string
	StaffID    int64
	MustChange bool // at the next sign-in, before anything else

	hash string
}

func scanCredential(row db.Scanner) (c Credential, err error) {
	err = row.Scan(&c.Login, &c.StaffID, &c.hash, &c.MustChange)
	return c, err
}

const signInColumns = "login, staff_id, password_hash, must_change"

// Credential is the person's credential; NotFound when they cannot sign in.
func (s *Service) Credential(ctx context.Context, staff int64) (Credential, error) {
	return credentialOf(ctx, s.DB, staff)
}

func credentialOf(ctx context.Context, q db.Querier, staff int64) (Credential, error) {
	c, err := db.One(ctx, q, scanCredential, "SELECT "+signInColumns+" FROM credential WHERE staff_id = ?", staff)
	if errors.Is(err, db.ErrNoRows) {
		return c, errs.New(errs.NotFound, "auth.no_credential")
	}
	return c, err
}

// SignIn is an attempt to sign in.
type SignIn struct {
	Login    string
	Password string
	Device   string // what the person will know the device by in the list of sessions
	Addr     string // the client's address, without port
}

// Grant is a successful sign-in.
type Grant struct {
	Token   string // for the cookie; shown nowhere, stored nowhere
	Session Session
}

// maxAddr is enough for any address.
const maxAddr = 64

// SignIn opens a session for the right password. A wrong password and an
// unknown login give the same answer after the same time.
func (s *Service) SignIn(ctx context.Context, in SignIn) (Grant, error) {
	login := FoldLogin(in.Login)
	in.Addr = text.Clip(text.Line(in.Addr), maxAddr) // a proxy passes on what it was told
	if err := s.attempt(ctx, login, in.Addr); err != nil {
		return Grant{}, err
	}
	c, stale, err := s.check(ctx, login, in.Password)
	if err != nil {
		return Grant{}, err
	}
	var rehashed string
	if stale {
		if rehashed, err = s.Cost.hash(in.Password); err != nil {
			return Grant{}, err
		}
	}
	var g Grant
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.succeeded(ctx, tx, login, in.Addr); err != nil {
			return err
		}
		if rehashed != "" {
			// Unless the password was changed since it was read.
			if _, err := tx.Exec(ctx, "UPDATE credential SET password_hash = ? WHERE login = ? AND password_hash = ?",
				rehashed, login, c.hash); err != nil {
				return err
			}
		}
		if g.Token, g.Session, err = s.open(ctx, tx, c.StaffID, in.Device); err != nil {
			return err
		}
		g.Session.MustChange = c.MustChange
		return s.record(ctx, tx, c.StaffID, "auth.sign_in", staffSubject(c.StaffID), map[string]string{"addr": in.Addr, "device": g.Session.Device})
	})
	return g, err
}

// check finds the credential that login and password belong to. It takes as
// long for a login that does not exist.
func (s *Service) check(ctx context.Context, login, password string) (c Credential, stale bool, err error) {
	c, err = db.One(ctx, s.DB, scanCredential, "SELECT "+signInColumns+" FROM credential WHERE login = ?", login)
	known := err == nil
	if errors.Is(err, db.ErrNoRows) {
		c.hash, err = s.Cost.decoy()
	}
	if err != nil {
		return c, false, err
	}
	ok, stale, err := s.Cost.verify(password, c.hash)
	if err != nil {
		return c, false, err
	}
	if ok && known && s.Active != nil {
		if ok, err = s.Active(ctx, c.StaffID); err != nil {
			return c, false, err
		}
	}
	if !ok || !known {
		return Credential{}, false, errs.New(errs.Unauthenticated, "auth.wrong_password")
	}
	return c, stale, nil
}

// CreateCredential lets a person sign in. mustChange asks them for a password of
// their own first: somebody else knows this one.
func (s *Service) CreateCredential(ctx context.Context, by, staff int64, login, password string, mustChange bool) error {
	c, err := s.PrepareCredential(login, password)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.CreateCredentialTx(ctx, tx, by, staff, c, mustChange)
	})
}

// PreparedCredential is a login with a hashed password. Hashing takes its time
// and is done before the transaction begins.
type PreparedCredential struct{ login, hash string }

// PrepareCredential checks and hashes what CreateCredentialTx will write.
func (s *Service) PrepareCredential(login, password string) (PreparedCredential, error) {
	login = FoldLogin(login)
	var f errs.Fields
	if login == "" {
		f.Add("login", "auth.login_missing")
	}
	if utf8.RuneCountInString(login) > maxLogin {
		f.Add("login", "error.too_long", "max", maxLogin)
	}
	f.AddErr("password", CheckPassword(login, password))
	if err := f.Err(); err != nil {
		return PreparedCredential{}, err
	}
	hash, err := s.Cost.hash(password)
	return PreparedCredential{login, hash}, err
}

// CreateCredentialTx is CreateCredential within a transaction.
func (s *Service) CreateCredentialTx(ctx context.Context, tx *db.Tx, by, staff int64, c PreparedCredential, mustChange bool) error {
	n, err := tx.Exec(ctx, `INSERT INTO credential (login, staff_id, password_hash, must_change, changed_at)
		VALUES (?, ?, ?, ?, ?) ON CONFLICT (login) DO NOTHING`, c.login, staff, c.hash, mustChange, db.Millis(s.now()))
	if db.IsUnique(err) {
		return errs.New(errs.Conflict, "auth.has_credential")
	}
	if err != nil {
		return err
	}
	if n == 0 {
		var f errs.Fields
		f.Add("login", "auth.login_taken", "login", c.login)
		return f.Err()
	}
	return s.record(ctx, tx, by, "auth.credential_create", staffSubject(staff), map[string]string{"login": c.login})
}

// ChangePassword gives a person a new password after checking the old one, and
// ends all their sessions but the one with the ID keep.
func (s *Service) ChangePassword(ctx context.Context, staff int64, old, password, keep string) error {
	c, err := s.Credential(ctx, staff)
	if err != nil {
		return err
	}
	var f errs.Fields
	f.AddErr("password", CheckPassword(c.Login, password))
	if old == password {
		f.Add("password", "auth.password_same")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if err := s.attempt(ctx, c.Login, ""); err != nil {
		return err
	}
	ok, _, err := s.Cost.verify(old, c.hash)
	if err != nil {
		return err
	}
	if !ok {
		f.Add("old_password", "auth.old_password_wrong")
		return f.Err()
	}
	return s.setPassword(ctx, staff, c, password, false, keep, "auth.password_change")
}

// ResetPassword gives a person a new password without the old one, ends all
// their sessions, and asks them for another at the next sign-in. It also lifts
// the lock after too many failures: the administrator has looked.
func (s *Service) ResetPassword(ctx context.Context, by, staff int64, password string) error {
	c, err := s.Credential(ctx, staff)
	if err != nil {
		return err
	}
	var f errs.Fields
	f.AddErr("password", CheckPassword(c.Login, password))
	if err := f.Err(); err != nil {
		return err
	}
	return s.setPassword(ctx, by, c, password, true, "", "auth.password_reset")
}

func (s *Service) setPassword(ctx context.Context, by int64, c Credential, password string, mustChange bool, keep, action string) error {
	hash, err := s.Cost.hash(password)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE credential SET password_hash = ?, must_change = ?, changed_at = ? WHERE login = ? AND password_hash = ?",
			hash, mustChange, db.Millis(s.now()), c.Login, c.hash)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "auth.password_changed_meanwhile")
		}
		if err := s.succeeded(ctx, tx, c.Login, ""); err != nil {
			return err
		}
		if _, err := endSessions(ctx, tx, c.StaffID, keep); err != nil {
			return err
		}
		return s.record(ctx, tx, by, action, staffSubject(c.StaffID), nil)
	})
}

// RemoveCredential takes a person's password, sessions and keys away.
func (s *Service) RemoveCredential(ctx context.Context, by, staff int64) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM credential WHERE staff_id = ?", staff); err != nil {
			return err
		}
		if _, err := endSessions(ctx, tx, staff, ""); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE api_key SET revoked_at = ? WHERE staff_id = ? AND revoked_at IS NULL", db.Millis(s.now()), staff); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "auth.credential_remove", staffSubject(staff), nil)
	})
}

// EnsureFirstAdmin lets a first person in when nobody can sign in yet: create
// makes the administrator, in the same transaction. It returns the password it
// made up, to be shown once; empty when somebody could sign in already.
func (s *Service) EnsureFirstAdmin(ctx context.Context, login string, create func(context.Context, *db.Tx) (staff int64, err error)) (password string, err error) {
	some, err := anyCredential(ctx, s.DB)
	if err != nil || some {
		return "", err
	}
	secret, _ := token()
	secret = secret[:16]
	c, err := s.PrepareCredential(login, secret)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		some, err := anyCredential(ctx, tx)
		if err != nil {
			return err
		}
		if some {
			return errAlready
		}
		staff, err := create(ctx, tx)
		if err != nil {
			return err
		}
		return s.CreateCredentialTx(ctx, tx, 0, staff, c, true)
	})
	if errors.Is(err, errAlready) {
		return "", nil
	}
	if errs.Is(err, errs.Invalid) {
		// Another server started at the same moment and was first.
		if some, again := anyCredential(ctx, s.DB); again == nil && some {
			return "", nil
		}
	}
	if err != nil {
		return "", err
	}
	return secret, nil
}

var errAlready = errors.New("auth: somebody can sign in already")

func anyCredential(ctx context.Context, q db.Querier) (bool, error) {
	_, err := db.One(ctx, q, db.Value[string], "SELECT login FROM credential ORDER BY login LIMIT 1")
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func staffSubject(staff int64) string { return "staff:" + strconv.FormatInt(staff, 10) }
