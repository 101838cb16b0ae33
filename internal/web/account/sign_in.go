package account

import (
	"net/http"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

func (p Pages) signInPage(w http.ResponseWriter, r *http.Request) error {
	next := web.Local(web.Query(r).Text("next"), "/")
	if web.Actor(r).ID() != 0 {
		return web.Redirect(w, r, next)
	}
	return p.showSignIn(w, r, form.Of("next", next))
}

func (p Pages) showSignIn(w http.ResponseWriter, r *http.Request, f *form.Form) error {
	return web.Render(w, r, web.Page{Title: web.T(r, "account.sign_in"), Body: signInPage(f), Form: f, Bare: true})
}

func (p Pages) signIn(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	// The password is taken as it was typed: a blank at its end belongs to it.
	grant, err := p.Auth.SignIn(r.Context(), auth.SignIn{
		Login: f.Text("login"), Password: f.Values.Get("password"), Device: device(r.UserAgent()), Addr: p.addr(r),
	})
	if err != nil {
		if f.Refused(err) {
			return p.showSignIn(w, r, f)
		}
		return err
	}
	http.SetCookie(w, p.cookie(grant.Token, int(grant.Session.ExpiresAt.Sub(grant.Session.CreatedAt).Seconds())))
	return web.Redirect(w, r, web.Local(f.Text("next"), "/"))
}

// signOut is public: whoever is signed out already gets what they want.
func (p Pages) signOut(w http.ResponseWriter, r *http.Request) error {
	if cookie, err := r.Cookie(auth.CookieName); err == nil {
		if err := p.Auth.SignOut(r.Context(), cookie.Value); err != nil {
			return err
		}
	}
	http.SetCookie(w, p.cookie("", -1))
	// Tablets are shared: the next person must not go back to the pages of this one.
	w.Header().Set("Clear-Site-Data", `"cache"`)
	web.Say(r, ui.Success, web.T(r, "account.signed_out"))
	return web.Redirect(w, r, paths.SignIn)
}
