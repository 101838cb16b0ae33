package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web/static"
)

// Handler answers a request, or says why it cannot: what it returns becomes an
// error page, a message over the page, or the way to the sign-in.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Beside the rights of package org, which name what one may do, a route can be
// open to everybody, or to everybody who is signed in.
const (
	Public   org.Right = "public"
	SignedIn org.Right = "signed_in"
)

// Route is one address of the site and what it takes to use it.
type Route struct {
	Method  string
	Path    string // as registered: /customers/{customer}/notes
	Right   org.Right
	MaxBody int64         // bytes a request may carry
	Timeout time.Duration // zero: none

	handler Handler
}

// Pattern is the route as net/http writes it.
func (rt Route) Pattern() string { return rt.Method + " " + rt.Path }

// Option changes what is usual for a route.
type Option func(*Route)

// MaxBody lets a route take more than the usual megabyte, and as long as that takes.
func MaxBody(bytes int64) Option {
	return func(rt *Route) { rt.MaxBody, rt.Timeout = bytes, 0 }
}

// Slow lets a route take as long as it needs: downloads.
func Slow() Option { return func(rt *Route) { rt.Timeout = 0 } }

// Options are what a Site is made of.
type Options struct {
	// Authenticate says who asks; an Unauthenticated error when nobody does.
	Authenticate func(r *http.Request) (org.Actor, error)

	// Reach is nil when the actor may see the customer; a NotFound error otherwise.
	// It is asked for every route whose path has {customer}.
	Reach func(ctx context.Context, actor org.Actor, customer int64) error

	Org    *org.Service     // for the reader's store and its zone; nil: UTC
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: slog.Default()
	Secure bool             // cookies travel over https only
}

// Site is the pages: the routes, and what happens to every request on its way.
type Site struct {
	Options

	routes []Route
	mux    *http.ServeMux
	chain  http.Handler
}

// New makes a Site without pages. It fails when the program was compiled
// without its styles and scripts, and says how to build them.
func New(o Options) (*Site, error) {
	if err := static.Check(); err != nil {
		return nil, err
	}
	return newSite(o), nil
}

func newSite(o Options) *Site {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Site{Options: o, mux: http.NewServeMux()}
	s.chain = s.middleware(s.mux)
	s.Handle("GET /static/", Public, func(w http.ResponseWriter, r *http.Request) error {
		static.Handler().ServeHTTP(w, r)
		return nil
	})
	s.Handle("GET /{$}", SignedIn, s.home)
	s.Handle("GET /more", SignedIn, s.more)
	s.Handle("POST /language", Public, s.language)
	s.mux.Handle("/", s.wrap(Route{Right: Public, MaxBody: usualBody, handler: nowhere}))
	return s
}

const (
	usualBody    = 1 << 20
	usualTimeout = 20 * time.Second
)

var pattern = regexp.MustCompile(`^(GET|POST) (/\S*)$`)

// Handle adds a route. right is what it takes to use it: a right of package org,
// SignedIn or Public; there is no route without one. A wrong pattern or right is
// a programming error and panics at start.
func (s *Site) Handle(pat string, right org.Right, h Handler, options ...Option) {
	m := pattern.FindStringSubmatch(pat)
	if m == nil {
		panic(fmt.Sprintf("web: the pattern %q is not GET or POST and a path", pat))
	}
	if right != Public && right != SignedIn && !right.Valid() {
		panic(fmt.Sprintf("web: %s declares %q, which is no right", pat, right))
	}
	rt := Route{Method: m[1], Path: m[2], Right: right, MaxBody: usualBody, Timeout: usualTimeout, handler: h}
	if rt.ofCustomer() && (s.Reach == nil || right == Public) {
		panic(fmt.Sprintf("web: %s names a customer, and nothing checks who may see them", pat))
	}
	for _, o := range options {
		o(&rt)
	}
	s.routes = append(s.routes, rt)
	s.mux.Handle(pat, s.wrap(rt))
}

// ofCustomer reports whether the route's path names a customer.
func (rt Route) ofCustomer() bool { return strings.Contains(rt.Path, "{customer}") }

// Routes are all addresses with the right each declares, for the test that
// tries every one of them as every role.
func (s *Site) Routes() []Route { return slices.Clone(s.routes) }

// has reports whether a page is registered at the path.
func (s *Site) has(path string) (org.Right, bool) {
	for _, rt := range s.routes {
		if rt.Method == http.MethodGet && rt.Path == path {
			return rt.Right, true
		}
	}
	return "", false
}

// ServeHTTP answers with the page of the request's address.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.chain.ServeHTTP(w, r) }

// Server is an http.Server for h with limits on how long anybody may keep it waiting.
func Server(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}
