package customers

import (
	"context"
	"net/http"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// What a customer can say yes or no to.
var (
	purposes = []customer.Purpose{customer.ForCare, customer.ForMarketing, customer.ForAll}
	channels = []string{"phone", "wechat", "sms", "email", customer.AllChannels}
	sources  = []customer.Source{customer.FromTalk, customer.FromPhone}
)

// consentWords say what somebody agreed to or refused.
func consentWords(ctx context.Context, purpose customer.Purpose, channel string, granted bool) string {
	all := purpose == customer.ForAll && channel == customer.AllChannels
	key := "customers.consent_no"
	switch {
	case granted && all:
		key = "customers.consent_yes_all"
	case granted:
		key = "customers.consent_yes"
	case all:
		key = "customers.consent_no_all"
	}
	return i18n.T(ctx, key, "purpose", i18n.Key("customers.purpose."+string(purpose)), "channel", i18n.Key("customers.channel."+channel))
}

// consentForm is the page on which it is written down what a customer said.
type consentForm struct {
	filePage

	Form *form.Form
}

func (h Pages) consentPage(w http.ResponseWriter, r *http.Request) error {
	q := web.Query(r)
	f := form.Of("purpose", string(customer.ForCare), "channel", "phone", "source", string(customer.FromTalk))
	for _, name := range []string{"purpose", "channel", "granted"} {
		if v := q.Text(name); v != "" {
			f.Values.Set(name, v)
		}
	}
	return h.showConsent(w, r, f)
}

func (h Pages) showConsent(w http.ResponseWriter, r *http.Request, f *form.Form) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	p, err := h.read(r, c)
	if err != nil {
		return err
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "customers.consent"), Body: consentBody(consentForm{p, f}), Form: f})
}

func (h Pages) consent(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	said := f.Text("granted")
	if said != "yes" && said != "no" {
		f.Wrong("granted", "customers.yes_or_no")
	}
	if f.OK() {
		err = h.Customers.SetConsent(r.Context(), web.Actor(r), c, customer.Consent{
			Purpose: customer.Purpose(f.Text("purpose")), Channel: f.Text("channel"), Granted: said == "yes",
			Source: customer.Source(f.Text("source")), Wording: f.Text("wording"),
		})
		if err != nil && !f.Refused(err) {
			return err
		}
	}
	if !f.OK() {
		return h.showConsent(w, r, f)
	}
	web.Say(r, ui.Success, web.T(r, "customers.consent_noted"))
	return web.Redirect(w, r, path(c, "?tab=facts#consent"))
}
