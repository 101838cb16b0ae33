package api

import (
	"context"
	"net/http"
	"time"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/org"
)

// changePassword is the one operation open to those who must change theirs.
const changePassword = "change_my_password"

type me struct {
	Person

	Rights org.Rights `json:"rights" doc:"What this caller may do: with a key, no more than its scopes"`
}

type session struct {
	ID        string    `json:"id"`
	Device    string    `json:"device"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Current   bool      `json:"current" doc:"Whether this request came with it"`
}

func (a *API) meRoutes() {
	add(a, Route{ID: "get_me", Method: http.MethodGet, Path: "/me", Tag: "me", Right: org.AccountOwn}, a.getMe)
	add(a, Route{ID: "update_me", Method: http.MethodPatch, Path: "/me", Tag: "me", Right: org.AccountOwn}, a.updateMe)
	add(a, Route{ID: changePassword, Method: http.MethodPost, Path: "/me/password", Tag: "me", Right: org.AccountOwn, Status: http.StatusNoContent}, a.changeMyPassword)
	add(a, Route{ID: "list_my_sessions", Method: http.MethodGet, Path: "/me/sessions", Tag: "me", Right: org.AccountOwn}, a.listMySessions)
	add(a, Route{ID: "end_my_session", Method: http.MethodDelete, Path: "/me/sessions/{session}", Tag: "me", Right: org.AccountOwn, Status: http.StatusNoContent}, a.endMySession)
	add(a, Route{ID: "end_my_sessions", Method: http.MethodDelete, Path: "/me/sessions", Tag: "me", Right: org.AccountOwn, Status: http.StatusNoContent}, a.endMySessions)
}

func (a *API) getMe(_ context.Context, actor org.Actor, _ *nothing) (*one[me], error) {
	return &one[me]{me{newStaff(actor.Staff), actor.Rights}}, nil
}

type preferencesIn struct {
	Body struct {
		Locale *string `json:"locale,omitempty" enum:",zh-Hans,zh-Hant,en" doc:"Empty: what the browser asks for"`
		Theme  *string `json:"theme,omitempty" enum:",light,dark" doc:"Empty: what the device says"`
	}
}

func (a *API) updateMe(ctx context.Context, actor org.Actor, in *preferencesIn) (*one[me], error) {
	locale, theme := actor.Staff.Locale, actor.Staff.Theme
	set(&locale, in.Body.Locale)
	set(&theme, in.Body.Theme)
	if err := a.Org.SetPreferences(ctx, actor, locale, theme); err != nil {
		return nil, err
	}
	actor.Staff.Locale, actor.Staff.Theme = locale, theme
	return a.getMe(ctx, actor, nil)
}

type passwordIn struct {
	Body struct {
		Old string `json:"old_password" maxLength:"200"`
		New string `json:"password" maxLength:"200"`
	}
}

func (a *API) changeMyPassword(ctx context.Context, actor org.Actor, in *passwordIn) (*nothing, error) {
	return nil, a.Auth.ChangePassword(ctx, actorID(actor), in.Body.Old, in.Body.New, sessionOf(ctx))
}

func (a *API) listMySessions(ctx context.Context, actor org.Actor, _ *nothing) (*pageOut[session], error) {
	list, err := a.Auth.Sessions(ctx, actorID(actor))
	if err != nil {
		return nil, err
	}
	current := sessionOf(ctx)
	return newPage(each(list, func(s auth.Session) session {
		return session{s.ID, s.Device, s.CreatedAt, s.SeenAt, s.ExpiresAt, s.ID == current}
	}), "")
}

type sessionPath struct {
	Session string `path:"session" maxLength:"100"`
}

func (a *API) endMySession(ctx context.Context, actor org.Actor, in *sessionPath) (*nothing, error) {
	return nil, a.Auth.EndSession(ctx, actorID(actor), in.Session)
}

func (a *API) endMySessions(ctx context.Context, actor org.Actor, _ *nothing) (*nothing, error) {
	_, err := a.Auth.SignOutEverywhere(ctx, actorID(actor), actorID(actor), sessionOf(ctx))
	return nil, err
}

// set changes a value when a request gives another: what a PATCH leaves out
// stays as it is.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
