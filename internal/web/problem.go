package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// nowhere answers for addresses that lead nowhere.
func nowhere(http.ResponseWriter, *http.Request) error {
	return errs.New(errs.NotFound, "web.not_found")
}

// foreign answers a form that was sent from another site.
func foreign(http.ResponseWriter, *http.Request) error {
	return errs.New(errs.Forbidden, "web.foreign_form")
}

// fail turns an error into what the reader sees: the sign-in, a sentence over the
// page that asked for a fragment, or a page of its own. It is the one place
// where errors of pages are logged.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	st := stateOf(r)
	kind := errs.KindOf(err)
	switch {
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		return // the reader went away
	case errors.Is(err, context.DeadlineExceeded):
		err, kind = errs.Wrap(err, errs.Unavailable, "web.took_too_long"), errs.Unavailable
	}
	var detour *Detour
	if errors.As(err, &detour) {
		redirect(w, r, detour.Path)
		return
	}
	if kind == errs.Unauthenticated {
		toSignIn(w, r)
		return
	}
	if after := kind.RetryAfter(); after != "" {
		w.Header().Set("Retry-After", after)
	}
	if kind == errs.Internal || kind == errs.Unavailable {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "request failed",
			slog.String("id", st.requestID), slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	// What went wrong may be that the time is over: the answer is written all the same.
	r = r.WithContext(context.WithoutCancel(r.Context()))
	if Fragment(r) {
		h := w.Header()
		h.Set("HX-Retarget", "#toasts")
		h.Set("HX-Reswap", "beforeend")
		h.Set("HX-Push-Url", "false")
		toast := ui.Toast{Tone: ui.Danger, Text: st.printer.Err(err)}
		s.last(w, r, Page{Status: kind.Status(), Body: toast})
		return
	}
	p := ui.Problem{Status: kind.Status(), Title: st.printer.T("web.problem." + kind.String()), Text: st.printer.Err(err)}
	if kind == errs.Internal || kind == errs.Unavailable {
		p.ID = st.requestID
	}
	s.last(w, r, Page{Title: p.Title, Status: p.Status, Body: p, Bare: !st.signedIn})
}

// last renders where an error would have nowhere to go.
func (s *Site) last(w http.ResponseWriter, r *http.Request, p Page) {
	if err := Render(w, r, p); err != nil {
		s.Log.Error("the error page failed", "id", stateOf(r).requestID, "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}
