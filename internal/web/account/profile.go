package account

import (
	"net/http"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// profile is what the account page shows.
type profile struct {
	person      org.Staff
	login       string
	preferences *form.Form
	sessions    []auth.Session
	here        string // id of the session the page is read in
	keys        bool   // may have keys
}

func (p Pages) account(w http.ResponseWriter, r *http.Request) error {
	actor := web.Actor(r)
	here, err := p.session(r)
	if err != nil {
		return err
	}
	credential, err := p.Auth.Credential(r.Context(), int64(actor.ID()))
	if err != nil {
		return err
	}
	sessions, err := p.Auth.Sessions(r.Context(), int64(actor.ID()))
	if err != nil {
		return err
	}
	view := profile{
		person: actor.Staff, login: credential.Login, sessions: sessions, here: here.ID, keys: actor.May(org.KeysOwn),
		preferences: form.Of("locale", string(web.Printer(r).Locale), "theme", actor.Staff.Theme),
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "ui.account"), Body: accountPage(view)})
}

// prefer stores the language and the theme, for the person and for the browser.
func (p Pages) prefer(s *web.Site, w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	locale, ok := i18n.ParseLocale(f.Text("locale"))
	theme := f.Text("theme")
	if !ok || theme != "" && theme != "light" && theme != "dark" {
		return errs.New(errs.Invalid, "web.unreadable_form")
	}
	if err := p.Org.SetPreferences(r.Context(), web.Actor(r), string(locale), theme); err != nil {
		return err
	}
	remembered := theme
	if remembered == "" {
		remembered = "device" // empty would mean: as it was
	}
	s.Remember(w, string(locale), remembered)
	web.Say(r, ui.Success, i18n.Printer{Locale: locale}.T("account.preferences_saved"))
	return web.Redirect(w, r, paths.Account)
}

func (p Pages) passwordPage(w http.ResponseWriter, r *http.Request) error {
	return p.showPassword(w, r, form.Of())
}

func (p Pages) showPassword(w http.ResponseWriter, r *http.Request, f *form.Form) error {
	session, err := p.session(r)
	if err != nil {
		return err
	}
	credential, err := p.Auth.Credential(r.Context(), session.StaffID)
	if err != nil {
		return err
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "account.new_password"), Form: f, Body: passwordPage(f, credential.Login, session.MustChange), Bare: session.MustChange})
}

func (p Pages) changePassword(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	here, err := p.session(r)
	if err != nil {
		return err
	}
	old, chosen := f.Values.Get("old"), f.Values.Get("password")
	if chosen != f.Values.Get("again") {
		f.Wrong("again", "account.passwords_differ")
	}
	if f.OK() {
		err := p.Auth.ChangePassword(r.Context(), int64(web.Actor(r).ID()), old, chosen, here.ID)
		if err == nil {
			web.Say(r, ui.Success, web.T(r, "account.password_changed"))
			if here.MustChange {
				return web.Redirect(w, r, "/")
			}
			return web.Redirect(w, r, paths.Account)
		}
		if !f.Refused(err) {
			return err
		}
	}
	return p.showPassword(w, r, f)
}

func (p Pages) endSession(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := p.Auth.EndSession(r.Context(), int64(web.Actor(r).ID()), f.Text("session")); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "account.session_ended"))
	return web.Redirect(w, r, paths.Account)
}

func (p Pages) endOthers(w http.ResponseWriter, r *http.Request) error {
	here, err := p.session(r)
	if err != nil {
		return err
	}
	self := int64(web.Actor(r).ID())
	ended, err := p.Auth.SignOutEverywhere(r.Context(), self, self, here.ID)
	if err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "account.others_ended", "n", ended))
	return web.Redirect(w, r, paths.Account)
}
