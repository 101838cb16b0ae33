package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/once"
	"github.com/ricejar/ricejar/internal/org"
)

// Idempotent is what every POST takes that makes something.
type Idempotent struct {
	Key string `header:"Idempotency-Key" maxLength:"200" doc:"Sent again within a week with the same key, the request changes nothing and gets the first answer"`
}

// answered is what is kept of a request: what it asked for, and the id of what
// it made. The answer is read anew, so that no personal data lies with the keys.
type answered struct {
	Asked string `json:"asked"`
	Made  string `json:"made"`
}

// makeOnce runs f in a transaction and keeps the id of what it made under the
// caller's key. Asked again, it returns the id without running f; asked for
// something else under the same key, it refuses.
func makeOnce[T any](ctx context.Context, a *API, in Idempotent, operation string, asked any, f func(ctx context.Context, tx *db.Tx) (id.Of[T], error)) (made id.Of[T], err error) {
	raw, err := json.Marshal(asked)
	if err != nil {
		return 0, fmt.Errorf("fingerprint of a request: %w", err)
	}
	key, fingerprint := "", digest(string(raw))
	if in.Key != "" {
		key = digest(actorOf(ctx).ID().String(), operation, in.Key)
	}
	run := func(ctx context.Context, tx *db.Tx) error {
		kept, again, err := once.Do(ctx, tx, key, func() (string, error) {
			if made, err = f(ctx, tx); err != nil {
				return "", err
			}
			b, err := json.Marshal(answered{Asked: fingerprint, Made: made.String()})
			return string(b), err
		})
		if err != nil || !again {
			return err
		}
		var was answered
		if err := json.Unmarshal([]byte(kept), &was); err != nil {
			return fmt.Errorf("read an earlier answer: %w", err)
		}
		if was.Asked != fingerprint {
			return errs.New(errs.Conflict, "api.key_reused")
		}
		made, err = id.Parse[T](was.Made)
		return err
	}
	if err = a.DB.Write(ctx, run); db.IsUnique(err) {
		err = a.DB.Write(ctx, run) // another request was faster by a hair: see what it made
	}
	return made, err
}

// digest is one short text for several, of which any may be long or secret.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// actorID is who asks, as the packages want it that do not know package org.
func actorID(actor org.Actor) int64 { return int64(actor.ID()) }
