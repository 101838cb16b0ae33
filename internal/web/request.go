package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// state is what is known about a request on its way through the site.
type state struct {
	site      *Site
	requestID string
	actor     org.Actor
	signedIn  bool
	printer   i18n.Printer
	frame     *ui.Frame
}

type stateKey struct{}

func stateOf(r *http.Request) *state {
	st, _ := r.Context().Value(stateKey{}).(*state)
	if st == nil {
		panic("web: the request did not come through a Site")
	}
	return st
}

// Actor is who asks; the zero Actor on a Public route when nobody is signed in.
func Actor(r *http.Request) org.Actor { return stateOf(r).actor }

// Printer writes in the reader's language.
func Printer(r *http.Request) i18n.Printer { return stateOf(r).printer }

// T is a sentence in the reader's language.
func T(r *http.Request, key string, pairs ...any) string {
	return stateOf(r).printer.T(key, pairs...)
}

// Now is the instant of the request: the same all through it.
func Now(r *http.Request) time.Time { return stateOf(r).frame.Now }

// Zone is the zone of the clock on the reader's wall: their store's.
func Zone(r *http.Request) *time.Location { return stateOf(r).frame.Zone }

// Today is the reader's day, as YYYY-MM-DD.
func Today(r *http.Request) string { return stateOf(r).frame.Today() }

// ID reads an id from the path: web.ID[customer.Customer](r, "customer"). What
// is no id names nothing, and so is not found.
func ID[T any](r *http.Request, name string) (id.Of[T], error) {
	v, err := id.Parse[T](r.PathValue(name))
	if err != nil {
		return 0, errs.New(errs.NotFound, "web.not_found")
	}
	return v, nil
}

// Form is what was posted.
func Form(r *http.Request) (*form.Form, error) {
	if err := r.ParseForm(); err != nil {
		return nil, bodyError(err)
	}
	return form.New(Printer(r), r.PostForm), nil
}

// Query is what stands behind the question mark.
func Query(r *http.Request) *form.Form { return form.New(Printer(r), r.URL.Query()) }

// bodyError says what is wrong with a body that could not be read.
func bodyError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errs.Wrap(err, errs.Invalid, "web.too_large", "megabytes", (large.Limit+1<<20-1)>>20)
	}
	return errs.Wrap(err, errs.Invalid, "web.unreadable_form")
}

// Fragment reports whether only the part that changed is wanted: htmx asks for
// it, and the same address answers a browser with the whole page.
func Fragment(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Request-Type") != "full"
}

// Local is a path of this site taken from a request, or fallback: nobody is sent
// to another site by a link made up by somebody else.
func Local(path, fallback string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || u.Opaque != "" || len(u.Path) == 0 || u.Path[0] != '/' ||
		len(path) > 1 && (path[1] == '/' || path[1] == '\\') {
		return fallback
	}
	return path
}

// withActor puts who asks into the request.
func (st *state) withActor(ctx context.Context, a org.Actor) {
	st.actor, st.signedIn = a, true
	st.site.frameFor(ctx, st)
}
