// Package webtest lets tests of pages speak as people do: sign in as somebody,
// open a page, post a form, and look at what came back by CSS selector.
//
//	site := webtest.New(t, pages.Routes)
//	doc := site.As(actor).Get("/customers").Want(200)
//	doc.Text("h1")                          // "顾客"
//	doc.All("table.list tbody tr")          // nodes
//	site.As(actor).Post("/customers", "name", "王晓东").WantRedirect("/customers/1")
package webtest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
)

// Site is a site with the pages under test, and a browser's memory of it.
type Site struct {
	*web.Site

	t       *testing.T
	actor   *org.Actor // nil: nobody is signed in
	cookies map[string]*http.Cookie
	header  http.Header
}

// Change alters the usual options of a test's site: everybody reaches every
// customer, and the clock is the machine's.
type Change func(*web.Options)

// At sets the clock.
func At(now time.Time) Change {
	return func(o *web.Options) { o.Now = func() time.Time { return now } }
}

// Reach sets who may see which customer.
func Reach(f func(context.Context, org.Actor, int64) error) Change {
	return func(o *web.Options) { o.Reach = f }
}

// Authenticate lets the real sign-in say who asks; As then has no effect.
func Authenticate(f func(*http.Request) (org.Actor, error)) Change {
	return func(o *web.Options) { o.Authenticate = f }
}

// Browser is the site in another browser: without the cookies of this one.
func (s Site) Browser() Site {
	s.cookies = map[string]*http.Cookie{}
	return s
}

// Org gives readers their store's name and zone.
func Org(s *org.Service) Change { return func(o *web.Options) { o.Org = s } }

type actorKey struct{}

// New makes a site with the pages that routes registers.
func New(t *testing.T, routes func(*web.Site), changes ...Change) Site {
	t.Helper()
	o := web.Options{
		Authenticate: func(r *http.Request) (org.Actor, error) {
			if a, ok := r.Context().Value(actorKey{}).(*org.Actor); ok && a != nil {
				return *a, nil
			}
			return org.Actor{}, errs.New(errs.Unauthenticated, "web.sign_in_first")
		},
		Reach: func(context.Context, org.Actor, int64) error { return nil },
		Log:   slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelError})),
	}
	for _, c := range changes {
		c(&o)
	}
	site, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	routes(site)
	return Site{Site: site, t: t, cookies: map[string]*http.Cookie{}, header: http.Header{}}
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// Staff is an active person of the role with the role's usual reach; change
// what matters to the test.
func Staff(role org.Role, change ...func(*org.Staff)) org.Actor {
	s := org.Staff{ID: 7, Code: "wang", Name: "王店员", Role: role, Reach: role.DefaultReach(), StoreID: 1, Locale: "zh-Hans", Active: true}
	for _, c := range change {
		c(&s)
	}
	return org.NewActor(s, s.RegionID, nil)
}

// As is the site with somebody signed in, with a memory of their own.
func (s Site) As(a org.Actor) Site {
	s.actor, s.cookies = &a, map[string]*http.Cookie{}
	return s
}

// With is the site with a request header set, in the requests that follow.
func (s Site) With(name, value string) Site {
	s.header = s.header.Clone()
	s.header.Set(name, value)
	return s
}

// HTMX is the site asked for fragments.
func (s Site) HTMX() Site { return s.With("HX-Request", "true").With("HX-Request-Type", "partial") }

// Get opens a page.
func (s Site) Get(path string) *Answer {
	s.t.Helper()
	return s.Do(httptest.NewRequest(http.MethodGet, path, nil))
}

// Post sends a form of names and values in pairs.
func (s Site) Post(path string, pairs ...string) *Answer {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.Do(r)
}

// Do sends any request.
func (s Site) Do(r *http.Request) *Answer {
	s.t.Helper()
	for name := range s.header {
		r.Header.Set(name, s.header.Get(name))
	}
	for _, c := range s.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.Site.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), actorKey{}, s.actor)))
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(s.cookies, c.Name)
		} else {
			s.cookies[c.Name] = c
		}
	}
	return &Answer{ResponseRecorder: w, t: s.t, asked: r.Method + " " + r.URL.String()}
}

// Answer is what came back.
type Answer struct {
	*httptest.ResponseRecorder

	t     *testing.T
	asked string
	doc   *html.Node
}

// Want fails the test unless the status is this one.
func (a *Answer) Want(status int) *Answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("%s: got %d, want %d\n%s", a.asked, a.Code, status, a.Text("main"))
	}
	return a
}

// WantRedirect fails the test unless the answer leads to path.
func (a *Answer) WantRedirect(path string) *Answer {
	a.t.Helper()
	if got := a.Header().Get("Location"); a.Code != http.StatusSeeOther || got != path {
		a.t.Fatalf("%s: got %d to %q, want 303 to %q\n%s", a.asked, a.Code, got, path, a.Text("main"))
	}
	return a
}

// All are the elements the selector chooses.
func (a *Answer) All(selector string) []*html.Node {
	a.t.Helper()
	if a.doc == nil {
		doc, err := html.Parse(strings.NewReader(a.Body.String()))
		if err != nil {
			a.t.Fatal(err)
		}
		a.doc = doc
	}
	sel, err := cascadia.Parse(selector)
	if err != nil {
		a.t.Fatalf("selector %q: %v", selector, err)
	}
	return cascadia.QueryAll(a.doc, sel)
}

// Count is how many elements the selector chooses.
func (a *Answer) Count(selector string) int { a.t.Helper(); return len(a.All(selector)) }

// Text is the text of the first element the selector chooses, blanks folded; empty when there is none.
func (a *Answer) Text(selector string) string {
	a.t.Helper()
	if found := a.All(selector); len(found) > 0 {
		return Text(found[0])
	}
	return ""
}

// Attr is an attribute of the first element the selector chooses.
func (a *Answer) Attr(selector, name string) string {
	a.t.Helper()
	for _, n := range a.All(selector) {
		return Attr(n, name)
	}
	return ""
}

// WantText fails the test unless the first element the selector chooses contains the text.
func (a *Answer) WantText(selector, text string) *Answer {
	a.t.Helper()
	if got := a.Text(selector); !strings.Contains(got, text) {
		a.t.Errorf("%s: %s is %q, want it to contain %q", a.asked, selector, got, text)
	}
	return a
}

// WantNone fails the test when the selector chooses anything.
func (a *Answer) WantNone(selector string) *Answer {
	a.t.Helper()
	if n := a.Count(selector); n > 0 {
		a.t.Errorf("%s: %d elements match %s, want none; the first is %q", a.asked, n, selector, a.Text(selector))
	}
	return a
}

// Text is all text in a node, blanks folded.
func Text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "style" && d.Parent.Data != "noscript" {
			io.WriteString(&b, d.Data+" ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Attr is an attribute of a node; empty when it has none.
func Attr(n *html.Node, name string) string {
	for _, at := range n.Attr {
		if at.Key == name {
			return at.Val
		}
	}
	return ""
}
