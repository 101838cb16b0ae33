package account_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/account"
	"github.com/ricejar/ricejar/internal/web/ui"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

const password = "four unrelated words"

// house is a site with an associate (wang) and an administrator whose password
// somebody else chose (boss).
type house struct {
	webtest.Site
	auth *auth.Service
	org  *org.Service
}

func newHouse(t *testing.T) house {
	t.Helper()
	d := dbtest.SQLite(t)
	h := house{
		auth: &auth.Service{DB: d, Cost: auth.Cost{Memory: 8, Passes: 1}},
		org:  &org.Service{DB: d},
	}
	ctx := context.Background()
	store, err := h.org.CreateStore(ctx, org.System, org.Store{Code: "NJ", Name: "南京路店", Kind: org.Furniture, Currency: "CNY", Zone: "Asia/Shanghai", Active: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		login string
		role  org.Role
		due   bool
	}{{"wang", org.Associate, false}, {"boss", org.Administrator, true}} {
		person, err := h.org.CreateStaff(ctx, org.System, org.Staff{Code: p.login, Name: "王店员", Role: p.role, StoreID: store.ID, Active: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.auth.CreateCredential(ctx, 0, int64(person.ID), p.login, password, p.due); err != nil {
			t.Fatal(err)
		}
	}
	pages := account.Pages{Auth: h.auth, Org: h.org}
	h.Site = webtest.New(t, func(s *web.Site) {
		pages.Routes(s)
		s.Handle("GET /today", org.TasksRead, func(w http.ResponseWriter, r *http.Request) error {
			return web.Render(w, r, web.Page{Body: ui.Text("today's list")})
		})
	}, webtest.Authenticate(pages.Authenticate), webtest.Org(h.org))
	return h
}

func (h house) signIn(login string) webtest.Site {
	site := h.Browser()
	site.Post("/sign-in", "login", login, "password", password)
	return site
}

func TestSigningInLeadsWhereOneWantedToGo(t *testing.T) {
	h := newHouse(t)
	h.Get("/today?day=2026-11-22").WantRedirect("/sign-in?next=%2Ftoday%3Fday%3D2026-11-22")
	page := h.Get("/sign-in?next=%2Ftoday%3Fday%3D2026-11-22").Want(200)
	if got := page.Attr("main input[name=next]", "value"); got != "/today?day=2026-11-22" {
		t.Errorf("the form forgets where to go: %q", got)
	}
	page.WantNone("aside").WantNone("nav")

	wrong := h.Post("/sign-in", "login", "wang", "password", "guess", "next", "/today").Want(422)
	wrong.WantText("[role=alert]", "账号或密码不对")
	if got := wrong.Attr("input[name=login]", "value"); got != "wang" {
		t.Errorf("the login has to be typed again: %q", got)
	}
	if wrong.Attr("input[name=password]", "value") != "" {
		t.Error("the password is sent back")
	}

	h.Post("/sign-in", "login", "Wang", "password", password, "next", "/today?day=2026-11-22").WantRedirect("/today?day=2026-11-22")
	h.Get("/today").Want(200).WantText("main", "today's list").WantText("aside", "南京路店")
	h.Get("/sign-in").WantRedirect("/")
	h.Post("/sign-in", "login", "wang", "password", password, "next", "https://evil.example").WantRedirect("/")
}

func TestSigningOutEndsTheSession(t *testing.T) {
	h := newHouse(t)
	site := h.signIn("wang")
	site.Get("/today").Want(200)
	out := site.Post("/sign-out")
	out.WantRedirect("/sign-in")
	if !strings.Contains(out.Header().Get("Clear-Site-Data"), "cache") {
		t.Error("the next person can go back to the pages of this one")
	}
	site.Get("/sign-in").WantText("[data-toast]", "已退出登录")
	site.Get("/today").WantRedirect("/sign-in?next=%2Ftoday")
	site.Post("/sign-out").WantRedirect("/sign-in")
}

func TestGuessingIsStoppedWithASentence(t *testing.T) {
	h := newHouse(t)
	var last *webtest.Answer
	for range 12 {
		last = h.Post("/sign-in", "login", "wang", "password", "guess")
	}
	last.Want(422).WantText("[role=alert]", "错误次数太多")
	h.Post("/sign-in", "login", "wang", "password", password).Want(422)
}

func TestAPasswordSomebodyElseChoseIsChangedFirst(t *testing.T) {
	h := newHouse(t)
	site := h.signIn("boss")
	site.Get("/today").WantRedirect("/account/password")
	site.Get("/").WantRedirect("/account/password")
	site.Get("/account/password").Want(200).WantText("main", "别人为您设的").WantNone("aside")
	site.Post("/account/password", "old", password, "password", "a longer one of my own", "again", "another").Want(422).
		WantText("#f-again-error", "不一样")
	site.Post("/account/password", "old", "wrong", "password", "a longer one of my own", "again", "a longer one of my own").Want(422)
	site.Post("/account/password", "old", password, "password", "a longer one of my own", "again", "a longer one of my own").WantRedirect("/")
	site.Get("/today").Want(200)
}

func TestLanguageAndThemeStayWithThePersonAndTheBrowser(t *testing.T) {
	h := newHouse(t)
	site := h.signIn("wang")
	site.Get("/account").Want(200).WantText("h1", "我的账号")
	site.Post("/account/preferences", "locale", "zh-Hant", "theme", "dark").WantRedirect("/account")
	page := site.Get("/account").WantText("[data-toast]", "已儲存")
	if page.Attr("html", "lang") != "zh-Hant" || page.Attr("html", "data-theme") != "rice-dark" {
		t.Errorf("the page is in %s and %s", page.Attr("html", "lang"), page.Attr("html", "data-theme"))
	}
	if page.Attr("input[name=theme][value=dark]", "checked") != "" || page.Count("input[name=theme][value=dark][checked]") != 1 {
		t.Error("the chosen theme is not marked")
	}
	site.Post("/sign-out")
	if out := site.Get("/sign-in"); out.Attr("html", "lang") != "zh-Hant" || out.Attr("html", "data-theme") != "rice-dark" {
		t.Error("the sign-in page forgets the browser's language and theme")
	}
	again := h.signIn("wang")
	if got := again.Get("/account").Attr("html", "lang"); got != "zh-Hant" {
		t.Errorf("on another device the language is %s", got)
	}
	again.Post("/account/preferences", "locale", "en", "theme", "").WantRedirect("/account")
	if page := again.Get("/account"); page.Attr("html", "data-theme") != "" {
		t.Errorf("as the device says, the theme is %q", page.Attr("html", "data-theme"))
	}
	again.Post("/account/preferences", "locale", "xx", "theme", "").Want(422)
}

func TestOtherDevicesCanBeSignedOut(t *testing.T) {
	h := newHouse(t)
	desk, phone, tablet := h.signIn("wang"), h.Browser(), h.signIn("wang")
	phone.With("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1").
		Post("/sign-in", "login", "wang", "password", password)
	page := desk.Get("/account").Want(200)
	if got := page.Count("table.list tbody tr"); got != 3 {
		t.Fatalf("%d devices, want 3", got)
	}
	page.WantText("table.list", "iPhone, Safari")
	if got := page.Count(`form[action="/account/sessions/end"]`); got != 2 {
		t.Errorf("%d devices can be signed out, want 2: not this one", got)
	}
	desk.Post("/account/sessions/end", "session", page.Attr(`input[name=session]`, "value")).WantRedirect("/account")
	if got := desk.Get("/account").Count("table.list tbody tr"); got != 2 {
		t.Errorf("%d devices left, want 2", got)
	}
	desk.Post("/account/sessions/end-others").WantRedirect("/account")
	desk.Get("/account").Want(200).WantText("[data-toast]", "1")
	phone.Get("/account").Want(303)
	tablet.Get("/account").Want(303)
}

func TestAKeyIsShownOnceAndDoesNoMoreThanItsOwner(t *testing.T) {
	h := newHouse(t)
	h.signIn("wang").Get("/account/keys").Want(403) // associates have no keys
	site := h.signIn("boss")
	site.Post("/account/password", "old", password, "password", "a longer one of my own", "again", "a longer one of my own")
	site.Get("/account/keys").Want(200).WantText("main", "还没有密钥").WantText("a[href='/api']", "接口说明")
	site.Post("/account/keys", "name", "till").Want(422).WantText("#f-scopes-error", "至少选一项")
	site.Post("/account/keys", "name", "till", "scopes", "customers.eat").Want(422)
	made := site.Post("/account/keys", "name", "till", "scopes", "customers.read").Want(200)
	secret := made.Text("[data-secret]")
	key, err := h.auth.Key(context.Background(), secret)
	if err != nil || len(key.Scopes) != 1 || key.Scopes[0] != "customers.read" {
		t.Fatalf("the key %q is %+v, %v", secret, key, err)
	}
	list := site.Get("/account/keys").WantText("table.list", "till").WantNone("[data-secret]")
	site.Post("/account/keys/revoke", "key", list.Attr("input[name=key]", "value")).WantRedirect("/account/keys")
	if _, err := h.auth.Key(context.Background(), secret); err == nil {
		t.Error("a revoked key still works")
	}
	site.Post("/account/keys/revoke", "key", "x").Want(404)
}
