package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// policy is what a page may load and where it may send: this site, and nothing
// inline. A page that needs an exception needs another design.
const policy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// middleware is what happens to every request, whatever its route.
func (s *Site) middleware(next http.Handler) http.Handler {
	protect := http.NewCrossOriginProtection()
	protect.SetDenyHandler(s.wrap(Route{Right: Public, MaxBody: usualBody, handler: foreign}))
	guarded := protect.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		begun := time.Now()
		rec := &recorder{ResponseWriter: w, begun: begun}
		st := s.begin(r)
		r = r.WithContext(context.WithValue(ui.With(i18n.With(r.Context(), st.printer), st.frame), stateKey{}, st))
		guarded.ServeHTTP(rec, r)
		// No query: people search for telephone numbers.
		s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("id", st.requestID), slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", rec.status()), slog.Int64("bytes", rec.bytes), slog.Duration("took", time.Since(begun)),
			slog.Int64("staff", int64(st.actor.ID())))
	})
}

// begin is what is known before anybody is asked who they are.
func (s *Site) begin(r *http.Request) *state {
	st := &state{site: s, requestID: rand.Text()[:12]}
	st.frame = &ui.Frame{Path: r.URL.Path, Now: s.Now(), Zone: time.UTC}
	st.printer.Locale = i18n.Match(r.Header.Get("Accept-Language"))
	if c, err := r.Cookie(localeCookie); err == nil {
		if l, ok := i18n.ParseLocale(c.Value); ok {
			st.printer.Locale = l
		}
	}
	if c, err := r.Cookie(themeCookie); err == nil {
		st.frame.Theme = knownTheme(c.Value)
	}
	return st
}

func knownTheme(theme string) string {
	if theme == "light" || theme == "dark" {
		return theme
	}
	return ""
}

// wrap turns a route into an http.Handler: who asks, may they, how much and how
// long, and what becomes of an error or a panic.
func (s *Site) wrap(rt Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if fault := recover(); fault != nil {
				if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(fault)
				}
				s.fail(w, r, fmt.Errorf("panic: %v\n%s", fault, debug.Stack()))
			}
		}()
		if rt.Timeout > 0 {
			ctx, cancel := context.WithTimeout(r.Context(), rt.Timeout)
			defer cancel()
			r = r.WithContext(ctx)
		}
		r.Body = http.MaxBytesReader(w, r.Body, rt.MaxBody)
		r, err := s.admit(r, rt)
		if err == nil {
			err = rt.handler(w, r)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// Detour is what Authenticate answers about somebody who must do something else
// before anything: they are signed in, and get the public pages and those of
// their own account, and Path in place of every other.
type Detour struct {
	Actor org.Actor
	Path  string
}

func (d *Detour) Error() string { return "first to " + d.Path }

// admit finds out who asks and whether they may. On a public page an unknown
// visitor is welcome, and a known one sees it in their language.
func (s *Site) admit(r *http.Request, rt Route) (*http.Request, error) {
	st := stateOf(r)
	if s.Authenticate != nil && rt.Path != "/static/" {
		actor, err := s.Authenticate(r)
		var detour *Detour
		if errors.As(err, &detour) {
			actor, err = detour.Actor, nil
			if rt.Right == Public || rt.Right == org.AccountOwn {
				detour = nil
			}
		}
		switch {
		case detour != nil:
			return r, detour
		case err == nil:
			if l, ok := i18n.ParseLocale(actor.Staff.Locale); ok {
				st.printer.Locale = l
			}
			if actor.Staff.Theme != "" {
				st.frame.Theme = knownTheme(actor.Staff.Theme)
			}
			st.withActor(r.Context(), actor)
			r = r.WithContext(i18n.With(r.Context(), st.printer))
		case rt.Right != Public || !errs.Is(err, errs.Unauthenticated):
			return r, err
		}
	}
	switch {
	case rt.Right == Public:
		return r, nil
	case !st.signedIn:
		return r, errs.New(errs.Unauthenticated, "web.sign_in_first")
	case rt.Right != SignedIn:
		if err := st.actor.Need(rt.Right); err != nil {
			return r, err
		}
	}
	if rt.ofCustomer() {
		customer, err := ID[struct{}](r, "customer")
		if err != nil {
			return r, err
		}
		return r, s.Reach(r.Context(), st.actor, int64(customer))
	}
	return r, nil
}

// toSignIn sends a visitor to the sign-in and remembers where they wanted to go.
func toSignIn(w http.ResponseWriter, r *http.Request) {
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet || Fragment(r) {
		// Back to the page the form or the fragment was on.
		next = "/"
		if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host {
			next = u.RequestURI()
		}
	}
	if next == "/" {
		redirect(w, r, "/sign-in")
		return
	}
	redirect(w, r, "/sign-in?next="+url.QueryEscape(next))
}

// recorder remembers what was answered, for the log, and tells the browser (and
// bench/load) how long the server took to the first byte.
type recorder struct {
	http.ResponseWriter
	begun time.Time
	code  int
	bytes int64
}

func (r *recorder) WriteHeader(code int) {
	if r.code == 0 {
		r.code = code
		r.Header().Set("Server-Timing", fmt.Sprintf("app;dur=%.3f", float64(time.Since(r.begun).Microseconds())/1000))
	}
	r.ResponseWriter.WriteHeader(code)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.code == 0 {
		r.WriteHeader(http.StatusOK)
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) status() int {
	if r.code == 0 {
		return http.StatusOK
	}
	return r.code
}
