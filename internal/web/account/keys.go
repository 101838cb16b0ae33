package account

import (
	"net/http"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

const keysPath = paths.Account + "/keys"

// keyring is what the page of keys shows.
type keyring struct {
	keys   []auth.Key
	rights org.Rights // what a key may be given: what its owner may do
	secret string     // of the key just made: shown now and never again
}

func (p Pages) keys(w http.ResponseWriter, r *http.Request) error {
	return p.showKeys(w, r, form.Of(), "")
}

func (p Pages) showKeys(w http.ResponseWriter, r *http.Request, f *form.Form, secret string) error {
	actor := web.Actor(r)
	keys, err := p.Auth.Keys(r.Context(), int64(actor.ID()))
	if err != nil {
		return err
	}
	view := keyring{keys: keys, rights: actor.Rights, secret: secret}
	return web.Render(w, r, web.Page{Title: web.T(r, "account.keys"), Body: keysPage(f, view), Form: f})
}

// createKey answers with the page itself: a redirect would have to carry the
// secret somewhere.
func (p Pages) createKey(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	actor := web.Actor(r)
	var scopes []string
	for _, s := range f.All("scopes") {
		if actor.May(org.Right(s)) {
			scopes = append(scopes, s)
		}
	}
	if len(scopes) == 0 {
		f.Wrong("scopes", "account.scopes_missing")
		return p.showKeys(w, r, f, "")
	}
	_, secret, err := p.Auth.CreateKey(r.Context(), int64(actor.ID()), f.Text("name"), scopes)
	if err != nil {
		if f.Refused(err) {
			return p.showKeys(w, r, f, "")
		}
		return err
	}
	return p.showKeys(w, r, form.Of(), secret)
}

func (p Pages) revokeKey(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	key, err := id.Parse[auth.Key](f.Text("key"))
	if err != nil {
		return errs.Wrap(err, errs.NotFound, "web.not_found")
	}
	if err := p.Auth.RevokeKey(r.Context(), int64(web.Actor(r).ID()), key); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "account.key_revoked"))
	return web.Redirect(w, r, keysPath)
}
