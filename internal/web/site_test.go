package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/ui"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

func say(text string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, web.Page{Title: text, Body: ui.Text(text)})
	}
}

func fails(err error) web.Handler {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

// someRoutes are the pages of most tests here.
func someRoutes(s *web.Site) {
	s.Handle("GET /customers", org.CustomersRead, say("list"))
	s.Handle("GET /customers/new", org.CustomersWrite, say("new"))
	s.Handle("GET /customers/{customer}", org.CustomersRead, say("file"))
	s.Handle("POST /customers/{customer}/notes", org.CustomersWrite, func(w http.ResponseWriter, r *http.Request) error {
		web.SayUndo(r, "noted", "/customers/5/notes/1/undo")
		return web.Redirect(w, r, "/customers/5")
	})
	s.Handle("GET /settings", org.SettingsWrite, say("settings"))
	s.Handle("GET /open", web.Public, say("open"))
	s.Handle("GET /broken", web.SignedIn, fails(errors.New("pq: relation customer does not exist")))
	s.Handle("GET /panics", web.SignedIn, func(http.ResponseWriter, *http.Request) error { panic("aha") })
	s.Handle("GET /conflict", web.SignedIn, fails(errs.New(errs.Conflict, "web.foreign_form")))
	s.Handle("POST /upload", web.SignedIn, func(_ http.ResponseWriter, r *http.Request) error {
		_, err := web.Form(r)
		return err
	})
}

func TestEveryRouteHasARight(t *testing.T) {
	site := webtest.New(t, someRoutes)
	for _, rt := range site.Routes() {
		if rt.Right == "" {
			t.Errorf("%s has no right", rt.Pattern())
		}
	}
	for name, register := range map[string]func(s *web.Site){
		"no right":           func(s *web.Site) { s.Handle("GET /x", "", say("x")) },
		"an unknown right":   func(s *web.Site) { s.Handle("GET /x", "customers.eat", say("x")) },
		"another method":     func(s *web.Site) { s.Handle("PUT /x", org.CustomersRead, say("x")) },
		"a public customer":  func(s *web.Site) { s.Handle("GET /customers/{customer}/x", web.Public, say("x")) },
		"a pattern in words": func(s *web.Site) { s.Handle("the list", org.CustomersRead, say("x")) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("registered, want a panic at start")
				}
			}()
			register(site.Site)
		})
	}
}

func TestARouteIsForThoseWithItsRight(t *testing.T) {
	site := webtest.New(t, someRoutes)
	associate := site.As(webtest.Staff(org.Associate))
	associate.Get("/customers").Want(200).WantText("main", "list")
	associate.Get("/settings").Want(403).WantText("h1", "没有权限")
	site.As(webtest.Staff(org.Administrator)).Get("/settings").Want(200)
	gone := webtest.Staff(org.Associate, func(s *org.Staff) { s.Active = false })
	site.As(gone).Get("/customers").Want(403)
	executive := site.As(webtest.Staff(org.Executive))
	executive.Post("/customers/5/notes").Want(403)
}

func TestWhoeverIsNotSignedInIsSentToTheSignInAndBack(t *testing.T) {
	site := webtest.New(t, someRoutes)
	site.Get("/open").Want(200)
	site.Get("/customers?q=wang").WantRedirect("/sign-in?next=%2Fcustomers%3Fq%3Dwang")
	site.With("Referer", "http://example.com/customers/5").Post("/customers/5/notes").WantRedirect("/sign-in?next=%2Fcustomers%2F5")
	site.With("Referer", "http://elsewhere.com/trap").Post("/customers/5/notes").WantRedirect("/sign-in")
	fragment := site.HTMX().Get("/customers").Want(200)
	if got := fragment.Header().Get("HX-Redirect"); got != "/sign-in" {
		t.Errorf("a fragment's sign-in is at %q, want a redirect of the whole page", got)
	}
}

func TestACustomerOutOfReachIsNotFound(t *testing.T) {
	site := webtest.New(t, someRoutes, webtest.Reach(func(_ context.Context, a org.Actor, customer int64) error {
		if a.Reach == org.ReachOwn && customer != 5 {
			return errs.New(errs.NotFound, "web.not_found")
		}
		return nil
	}))
	associate := site.As(webtest.Staff(org.Associate))
	associate.Get("/customers/5").Want(200)
	associate.Get("/customers/6").Want(404)
	associate.Post("/customers/6/notes").Want(404)
	associate.Get("/customers/six").Want(404)
	associate.Get("/customers/-6").Want(404)
	site.As(webtest.Staff(org.Administrator)).Get("/customers/6").Want(200)
}

func TestFormsFromOtherSitesDoNothing(t *testing.T) {
	site := webtest.New(t, someRoutes).As(webtest.Staff(org.Associate))
	site.With("Sec-Fetch-Site", "cross-site").Post("/customers/5/notes").Want(403).WantText("main", "不是从本系统的页面发出")
	site.With("Origin", "https://evil.example").Post("/customers/5/notes").Want(403)
	site.With("Sec-Fetch-Site", "same-origin").Post("/customers/5/notes").Want(303)
}

func TestPagesAllowNothingInlineAndStayNowhere(t *testing.T) {
	site := webtest.New(t, someRoutes).As(webtest.Staff(org.Associate))
	a := site.Get("/customers").Want(200)
	policy := a.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'self'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy is %q", policy)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
	} {
		if got := a.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	a.WantNone("script:not([src])").WantNone("[style]").WantNone("style").WantNone("[onclick]")
}

func TestFaultsAreLoggedAndNotShown(t *testing.T) {
	site := webtest.New(t, someRoutes).As(webtest.Staff(org.Associate))
	for _, path := range []string{"/broken", "/panics"} {
		a := site.Get(path).Want(500)
		if strings.Contains(a.Body.String(), "pq:") || strings.Contains(a.Body.String(), "aha") {
			t.Errorf("%s shows the cause to the reader", path)
		}
		if len(a.Text("code")) != 12 {
			t.Errorf("%s has no number to tell an administrator: %q", path, a.Text("main"))
		}
	}
	site.Get("/nowhere").Want(404).WantText("h1", "找不到").WantNone("code")
	site.Get("/conflict").Want(409)
	webtest.New(t, someRoutes).Get("/nowhere").Want(404).WantNone("nav")
}

func TestErrorsOfAFragmentAppearOverThePage(t *testing.T) {
	site := webtest.New(t, someRoutes).As(webtest.Staff(org.Associate)).HTMX()
	a := site.Get("/conflict").Want(409).WantNone("main").WantText("[data-toast]", "不是从本系统的页面发出")
	if a.Header().Get("HX-Retarget") != "#toasts" || a.Header().Get("HX-Reswap") != "beforeend" {
		t.Errorf("the sentence is not put over the page: %v", a.Header())
	}
}

func TestAFragmentIsThePageWithoutItsFrame(t *testing.T) {
	site := webtest.New(t, func(s *web.Site) {
		s.Handle("GET /customers", org.CustomersRead, func(w http.ResponseWriter, r *http.Request) error {
			web.Say(r, ui.Success, "found")
			return web.Render(w, r, web.Page{Title: "x", Body: ui.Text("whole"), Fragment: ui.Text("rows")})
		})
	}).As(webtest.Staff(org.Associate))
	part := site.HTMX().Get("/customers").Want(200)
	if got := part.Body.String(); !strings.HasPrefix(got, "rows") || strings.Contains(got, "<html") {
		t.Errorf("the fragment is %q", got)
	}
	part.WantText("hx-partial [data-toast]", "found")
	site.Get("/customers").WantText("main", "whole").WantText("#toasts", "found")
	site.HTMX().With("HX-Request-Type", "full").Get("/customers").WantText("main", "whole")
	if got := part.Header().Get("Vary"); !strings.Contains(got, "HX-Request") {
		t.Errorf("Vary is %q", got)
	}
}

func TestWhatWasDoneIsSaidOnceAfterTheRedirect(t *testing.T) {
	site := webtest.New(t, someRoutes).As(webtest.Staff(org.Associate))
	site.Post("/customers/5/notes", "body", "likes tea").WantRedirect("/customers/5")
	next := site.Get("/customers/5").WantText("[data-toast]", "noted")
	if got := next.Attr("[data-toast] form", "action"); got != "/customers/5/notes/1/undo" {
		t.Errorf("undo posts to %q", got)
	}
	site.Get("/customers/5").WantNone("[data-toast]")
}

func TestTheLanguageIsThePersonsThenTheBrowsers(t *testing.T) {
	site := webtest.New(t, someRoutes)
	for _, c := range []struct {
		name string
		get  *webtest.Answer
		want string
	}{
		{"chosen by the person", site.As(webtest.Staff(org.Associate, func(s *org.Staff) { s.Locale = "zh-Hant" })).With("Accept-Language", "en").Get("/customers"), "zh-Hant"},
		{"as the browser wishes", site.With("Accept-Language", "en-GB").Get("/open"), "en"},
		{"nothing said", site.Get("/open"), "zh-Hans"},
	} {
		if got := c.get.Attr("html", "lang"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	stranger := webtest.New(t, someRoutes)
	stranger.Post("/language", "language", "zh-Hant", "next", "/open").WantRedirect("/open")
	if got := stranger.Get("/open").Attr("html", "lang"); got != "zh-Hant" {
		t.Errorf("a chosen language is forgotten: %s", got)
	}
	stranger.Post("/language", "language", "xx").Want(422)
	stranger.Post("/language", "language", "en", "next", "https://evil.example/").WantRedirect("/")
}

func TestNavigationShowsWhatIsThereAndAllowed(t *testing.T) {
	site := webtest.New(t, someRoutes)
	links := func(a org.Actor) (hrefs []string) {
		for _, n := range site.As(a).Get("/customers").Want(200).All("aside nav a") {
			hrefs = append(hrefs, webtest.Attr(n, "href"))
		}
		return hrefs
	}
	if d := cmp.Diff([]string{"/customers"}, links(webtest.Staff(org.Associate))); d != "" {
		t.Errorf("associate (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"/customers", "/settings"}, links(webtest.Staff(org.Administrator))); d != "" {
		t.Errorf("administrator (-want +got):\n%s", d)
	}
	a := site.As(webtest.Staff(org.Executive)).Get("/customers")
	a.WantNone(`a[href="/customers/new"]`) // executives do not edit files
	if got := a.Attr(`aside nav a[href="/customers"]`, "aria-current"); got != "page" {
		t.Errorf("the section shown is marked %q", got)
	}
	site.As(webtest.Staff(org.Associate)).Get("/").WantRedirect("/customers")
}

func TestBodiesAreLimited(t *testing.T) {
	site := webtest.New(t, someRoutes).As(webtest.Staff(org.Associate))
	site.Post("/upload", "x", strings.Repeat("a", 2<<20)).Want(422).WantText("main", "1 MB")
	r := httptest.NewRequest(http.MethodPost, "/upload", strings.NewReader("%zz=1"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	site.Do(r).Want(422)
}

func TestPagesAreCompressed(t *testing.T) {
	site := webtest.New(t, someRoutes).As(webtest.Staff(org.Associate))
	plain := site.Get("/customers").Want(200)
	packed := site.With("Accept-Encoding", "gzip, br").Get("/customers").Want(200)
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len()*2 > plain.Body.Len() {
		t.Errorf("%s of %d bytes, plain %d", packed.Header().Get("Content-Encoding"), packed.Body.Len(), plain.Body.Len())
	}
}

func TestARequestThatTakesTooLongIsStopped(t *testing.T) {
	site := webtest.New(t, func(s *web.Site) {
		s.Handle("GET /slow", web.SignedIn, func(_ http.ResponseWriter, r *http.Request) error {
			<-r.Context().Done()
			return r.Context().Err()
		}, func(rt *web.Route) { rt.Timeout = time.Millisecond })
	})
	site.As(webtest.Staff(org.Associate)).Get("/slow").Want(503).WantText("main", "已经停下")
}

func TestLocalKeepsPeopleOnThisSite(t *testing.T) {
	for path, want := range map[string]string{
		"/customers?q=1":       "/customers?q=1",
		"/":                    "/",
		"//evil.example":       "/fallback",
		"/\\evil.example":      "/fallback",
		"https://evil.example": "/fallback",
		"javascript:alert(1)":  "/fallback",
		"customers":            "/fallback",
		"":                     "/fallback",
		"/%zz":                 "/fallback",
	} {
		if got := web.Local(path, "/fallback"); got != want {
			t.Errorf("Local(%q) = %q, want %q", path, got, want)
		}
	}
}
