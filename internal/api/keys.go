package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

type key struct {
	ID        auth.KeyID `json:"id"`
	Name      string     `json:"name"`
	Prefix    string     `json:"prefix" doc:"The beginning of the key, to recognise it by"`
	Scopes    []string   `json:"scopes" doc:"The rights it has, if its owner has them"`
	CreatedAt time.Time  `json:"created_at"`
	UsedAt    *time.Time `json:"used_at,omitempty" doc:"To the minute"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	Secret    string     `json:"secret,omitempty" doc:"The key itself: only in the answer that creates it. A request that is sent again gets the key without it: if the first answer was lost, revoke the key and create another"`
}

func newKey(k auth.Key) key {
	return key{ID: k.ID, Name: k.Name, Prefix: k.Prefix, Scopes: k.Scopes, CreatedAt: k.CreatedAt, UsedAt: instant(k.UsedAt), RevokedAt: instant(k.RevokedAt)}
}

// instant leaves out what has not happened.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (a *API) keyRoutes() {
	add(a, Route{ID: "list_keys", Method: http.MethodGet, Path: "/keys", Tag: "keys", Right: org.KeysOwn}, a.listKeys)
	add(a, Route{ID: "create_key", Method: http.MethodPost, Path: "/keys", Tag: "keys", Right: org.KeysOwn, Status: http.StatusCreated}, a.createKey)
	add(a, Route{ID: "revoke_key", Method: http.MethodDelete, Path: "/keys/{key}", Tag: "keys", Right: org.KeysOwn, Status: http.StatusNoContent}, a.revokeKey)
}

func (a *API) listKeys(ctx context.Context, actor org.Actor, _ *nothing) (*pageOut[key], error) {
	list, err := a.Auth.Keys(ctx, actorID(actor))
	if err != nil {
		return nil, err
	}
	return newPage(each(list, newKey), "")
}

type newKeyIn struct {
	Idempotent
	Body struct {
		Name   string   `json:"name" maxLength:"80" doc:"Which system uses it"`
		Scopes []string `json:"scopes" doc:"The rights it gets; see rights of /me"`
	}
}

func (a *API) createKey(ctx context.Context, actor org.Actor, in *newKeyIn) (*one[key], error) {
	for _, s := range in.Body.Scopes {
		if !actor.May(org.Right(s)) {
			var f errs.Fields
			f.Add("scopes", "api.scope_not_yours", "right", s)
			return nil, f.Err()
		}
	}
	var fresh auth.Key
	var secret string
	made, err := makeOnce(ctx, a, in.Idempotent, "create_key", in.Body, func(ctx context.Context, tx *db.Tx) (_ auth.KeyID, err error) {
		fresh, secret, err = a.Auth.CreateKeyTx(ctx, tx, actorID(actor), in.Body.Name, in.Body.Scopes)
		return fresh.ID, err
	})
	if err != nil {
		return nil, err
	}
	list, err := a.Auth.Keys(ctx, actorID(actor))
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(k auth.Key) bool { return k.ID == made })
	if i < 0 {
		return nil, errs.New(errs.NotFound, "auth.key_unknown")
	}
	body := newKey(list[i])
	if fresh.ID == made {
		body.Secret = secret
	}
	return &one[key]{body}, nil
}

type keyPath struct {
	Key Ref[auth.Key] `path:"key"`
}

func (a *API) revokeKey(ctx context.Context, actor org.Actor, in *keyPath) (*nothing, error) {
	return nil, a.Auth.RevokeKey(ctx, actorID(actor), in.Key.Of)
}
