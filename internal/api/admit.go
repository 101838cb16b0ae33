package api

import (
	"context"
	"maps"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
)

type (
	actorKey   struct{}
	sessionKey struct{}
)

// actorOf is who asks; admit has put it there.
func actorOf(ctx context.Context) org.Actor {
	actor, _ := ctx.Value(actorKey{}).(org.Actor)
	return actor
}

// sessionOf is the ID of the session the request came with; empty for a key.
func sessionOf(ctx context.Context) string {
	session, _ := ctx.Value(sessionKey{}).(string)
	return session
}

// admit lets a request through to its operation when the caller is known, has
// the right, and may see the customer whom the path names.
func (a *API) admit(rt Route) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		ctx := hc.Context()
		if !rt.Slow {
			limited, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			ctx = limited
		}
		ctx, err := a.enter(ctx, hc, rt)
		if err != nil {
			_, w := humago.Unwrap(hc)
			writeProblem(w, a.fail(ctx, rt, err))
			return
		}
		next(huma.WithContext(hc, ctx))
	}
}

func (a *API) enter(ctx context.Context, hc huma.Context, rt Route) (context.Context, error) {
	ctx, actor, err := a.authenticate(ctx, hc, rt)
	if err != nil {
		return ctx, err
	}
	if l, ok := i18n.ParseLocale(actor.Staff.Locale); ok && hc.Header("Accept-Language") == "" {
		ctx = i18n.With(ctx, i18n.Printer{Locale: l})
	}
	if err := actor.Need(rt.Right); err != nil {
		return ctx, err
	}
	if rt.ofCustomer() {
		c, err := id.Parse[customer.Customer](hc.Param("customer"))
		if err != nil {
			return ctx, errs.New(errs.NotFound, "api.no_operation")
		}
		if err := a.Customers.Reach(ctx, actor, c); err != nil {
			return ctx, err
		}
	}
	return context.WithValue(ctx, actorKey{}, actor), nil
}

// authenticate finds out who asks: the owner of the key in the header, with no
// more rights than the key has, or the person whose session the cookie is.
func (a *API) authenticate(ctx context.Context, hc huma.Context, rt Route) (context.Context, org.Actor, error) {
	if header := hc.Header("Authorization"); header != "" {
		key, err := a.Auth.Key(ctx, auth.Bearer(header))
		if err != nil {
			return ctx, org.Actor{}, err
		}
		actor, err := a.Org.Actor(ctx, org.StaffID(key.StaffID))
		if err != nil {
			return ctx, org.Actor{}, err
		}
		scopes := make(org.Rights, len(key.Scopes))
		for i, s := range key.Scopes {
			scopes[i] = org.Right(s)
		}
		return ctx, actor.Only(scopes), nil
	}
	cookie, err := huma.ReadCookie(hc, auth.CookieName)
	if err != nil {
		return ctx, org.Actor{}, errs.New(errs.Unauthenticated, "api.who_are_you")
	}
	session, err := a.Auth.Session(ctx, cookie.Value)
	if err != nil {
		return ctx, org.Actor{}, err
	}
	if session.MustChange && rt.ID != changePassword {
		return ctx, org.Actor{}, errs.New(errs.Forbidden, "api.change_password_first")
	}
	actor, err := a.Org.Actor(ctx, org.StaffID(session.StaffID))
	return context.WithValue(ctx, sessionKey{}, session.ID), actor, err
}

// writeProblem answers outside of an operation.
func writeProblem(w http.ResponseWriter, p *Problem) {
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = jsonFormat.Marshal(w, p) // a reader that went away is no fault
}
