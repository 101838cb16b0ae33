package auth

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/text"
)

// KeyID identifies an API key.
type KeyID = id.Of[Key]

// Key is an API key: it may do what its owner may, narrowed by its scopes.
type Key struct {
	ID        KeyID
	Name      string
	Prefix    string // the beginning of the secret, to recognise it by
	StaffID   int64
	Scopes    []string  // rights, as package org names them
	CreatedAt time.Time // and the rest, zero for not yet
	UsedAt    time.Time
	RevokedAt time.Time
}

// keyMark makes a key that lies about where it should not easy to find.
const (
	keyMark    = "rj_"
	keyShown   = len(keyMark) + 6
	maxKeyName = 80
	keyColumns = "id, name, prefix, staff_id, scopes, created_at, used_at, revoked_at"
)

func scanKey(row db.Scanner) (Key, error) {
	var k Key
	var scopes string
	var created int64
	var used, revoked sql.NullInt64
	err := row.Scan(&k.ID, &k.Name, &k.Prefix, &k.StaffID, &scopes, &created, &used, &revoked)
	k.Scopes = strings.Fields(scopes)
	k.CreatedAt, k.UsedAt, k.RevokedAt = db.Time(created), db.NullMillis(used), db.NullMillis(revoked)
	return k, err
}

// CreateKey makes a key for a person and returns its secret, which is never
// shown again. The caller has checked that the scopes are rights of theirs.
func (s *Service) CreateKey(ctx context.Context, staff int64, name string, scopes []string) (k Key, secret string, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		k, secret, err = s.CreateKeyTx(ctx, tx, staff, name, scopes)
		return err
	})
	return k, secret, err
}

// CreateKeyTx is CreateKey within a transaction.
func (s *Service) CreateKeyTx(ctx context.Context, tx *db.Tx, staff int64, name string, scopes []string) (Key, string, error) {
	var f errs.Fields
	if name = text.Line(name); name == "" || utf8.RuneCountInString(name) > maxKeyName {
		f.Add("name", "auth.key_name", "max", maxKeyName)
	}
	if len(scopes) == 0 {
		f.Add("scopes", "auth.key_scopes")
	}
	if err := f.Err(); err != nil {
		return Key{}, "", err
	}
	secret, _ := token()
	secret = keyMark + secret
	k := Key{ID: id.New[Key](), Name: name, Prefix: secret[:keyShown], StaffID: staff, Scopes: scopes, CreatedAt: s.now()}
	if _, err := tx.Exec(ctx, `INSERT INTO api_key (id, name, prefix, key_hash, staff_id, scopes, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,
		int64(k.ID), k.Name, k.Prefix, hashToken(secret), staff, strings.Join(scopes, " "), db.Millis(k.CreatedAt)); err != nil {
		return Key{}, "", err
	}
	err := s.record(ctx, tx, staff, "auth.key_create", "key:"+k.ID.String(), map[string]any{"name": name, "scopes": scopes})
	return k, secret, err
}

// Keys are a person's keys, revoked ones too, the newest first.
func (s *Service) Keys(ctx context.Context, staff int64) ([]Key, error) {
	return db.All(ctx, s.DB, scanKey, "SELECT "+keyColumns+" FROM api_key WHERE staff_id = ? ORDER BY id DESC", staff)
}

// RevokeKey ends a key of the person's for good.
func (s *Service) RevokeKey(ctx context.Context, staff int64, key KeyID) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE api_key SET revoked_at = ? WHERE id = ? AND staff_id = ? AND revoked_at IS NULL",
			db.Millis(s.now()), int64(key), staff)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.NotFound, "auth.key_unknown")
		}
		return s.record(ctx, tx, staff, "auth.key_revoke", "key:"+key.String(), nil)
	})
}

// Bearer is the key in an Authorization header; empty when there is none.
func Bearer(header string) string {
	scheme, secret, ok := strings.Cut(header, " ")
	if secret = strings.TrimSpace(secret); !ok || !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(secret, keyMark) {
		return ""
	}
	return secret
}

// Key is the living key with the secret, marked as used.
func (s *Service) Key(ctx context.Context, secret string) (Key, error) {
	k, err := db.One(ctx, s.DB, scanKey, "SELECT "+keyColumns+" FROM api_key WHERE key_hash = ?", hashToken(secret))
	if errors.Is(err, db.ErrNoRows) || err == nil && !k.RevokedAt.IsZero() {
		return Key{}, errs.New(errs.Unauthenticated, "auth.key_invalid")
	}
	if err != nil {
		return Key{}, err
	}
	now := s.now()
	if now.Sub(k.UsedAt) < touchEvery {
		return k, nil
	}
	k.UsedAt = now
	s.seen(ctx, "key:"+k.ID.String(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE api_key SET used_at = ? WHERE id = ?", db.Millis(now), int64(k.ID))
		return err
	})
	return k, nil
}
