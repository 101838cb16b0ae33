package web

import (
	"context"
	"net/http"
	"time"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// sections are the places of the navigation in their order. One appears when
// its page is registered and the reader has the page's right.
var sections = []struct {
	path, label, icon, key string
	dock                   bool
	unless                 string // not for those who have this place, which leads there as well
}{
	{path: "/today", label: "web.nav_today", icon: "list-checks", key: "t", dock: true},
	{path: "/customers", label: "web.nav_customers", icon: "users", key: "c", dock: true},
	{path: "/sales", label: "web.nav_sales", icon: "receipt-text", key: "s"},
	{path: "/imports", label: "web.nav_imports", icon: "file-up", key: "i"},
	{path: "/insights", label: "web.nav_insights", icon: "chart-spline", key: "a"},
	{path: "/insights/warnings", label: "web.nav_warnings", icon: "triangle-alert", key: "a", unless: "/insights"},
	{path: "/reports", label: "web.nav_reports", icon: "chart-column", key: "r"},
	{path: "/settings", label: "web.nav_settings", icon: "settings-2", key: "e"},
}

const addPath = "/customers/new"

// may reports whether the page at path is there and the actor may see it.
func (s *Site) may(a org.Actor, path string) bool {
	right, ok := s.has(path)
	return ok && (right == SignedIn || right == Public || a.May(right))
}

// frameFor fills the frame in for who is signed in.
func (s *Site) frameFor(ctx context.Context, st *state) {
	a, p, f := st.actor, st.printer, st.frame
	f.Nav = make([]ui.NavItem, 0, len(sections))
	for _, sec := range sections {
		if s.may(a, sec.path) && (sec.unless == "" || !s.may(a, sec.unless)) {
			f.Nav = append(f.Nav, ui.NavItem{Label: p.T(sec.label), Icon: sec.icon, Href: sec.path, Key: sec.key, Dock: sec.dock})
		}
	}
	if s.may(a, addPath) {
		f.Add = addPath
	}
	f.User = &ui.User{Name: a.Staff.Name}
	if a.Staff.Role.Valid() && a.Reach.Valid() {
		f.User.Role, f.User.Place = p.T("web.role."+string(a.Staff.Role)), p.T("web.reach."+string(a.Reach))
	}
	if store, ok := s.storeOf(ctx, a); ok {
		f.Zone = store.Location()
		if a.Reach == org.ReachOwn || a.Reach == org.ReachStore {
			f.User.Place = store.Name
		}
	}
}

// storeOf is the actor's store. Without one (head office) the reader's clock is
// that of the first store: a company is at home somewhere.
func (s *Site) storeOf(ctx context.Context, a org.Actor) (org.Store, bool) {
	if s.Org == nil {
		return org.Store{}, false
	}
	if a.Staff.StoreID != 0 {
		if st, err := s.Org.Store(ctx, a.Staff.StoreID); err == nil {
			return st, true
		}
	}
	stores, err := s.Org.Stores(ctx)
	if err != nil || len(stores) == 0 {
		return org.Store{}, false
	}
	return stores[0], true
}

// home leads to the first section the reader has.
func (s *Site) home(w http.ResponseWriter, r *http.Request) error {
	if nav := stateOf(r).frame.Nav; len(nav) > 0 {
		return Redirect(w, r, nav[0].Href)
	}
	return Redirect(w, r, "/more")
}

func (s *Site) more(w http.ResponseWriter, r *http.Request) error {
	return Render(w, r, Page{Title: T(r, "ui.more"), Body: ui.MorePage()})
}

// language remembers the language of a browser in which nobody is signed in.
func (s *Site) language(w http.ResponseWriter, r *http.Request) error {
	f, err := Form(r)
	if err != nil {
		return err
	}
	l, ok := i18n.ParseLocale(f.Text("language"))
	if !ok {
		return errs.New(errs.Invalid, "web.unreadable_form")
	}
	s.Remember(w, string(l), "")
	return Redirect(w, r, Local(f.Text("next"), "/"))
}

const (
	localeCookie = "ricejar_locale"
	themeCookie  = "ricejar_theme"
)

// Remember keeps the language and theme for this browser, so that the sign-in
// page has them too. Empty means: as it was.
func (s *Site) Remember(w http.ResponseWriter, locale, theme string) {
	for name, value := range map[string]string{localeCookie: locale, themeCookie: theme} {
		if value != "" {
			http.SetCookie(w, s.cookie(name, value, 365*24*time.Hour))
		}
	}
}

// cookie is a cookie of this site; no script reads it.
func (s *Site) cookie(name, value string, age time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(age / time.Second),
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	}
}
