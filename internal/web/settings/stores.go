package settings

import (
	"context"
	"net/http"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	ids "github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

const storesPath = "/settings/stores"

// storesPage is the stores and the regions they belong to.
type storesPage struct {
	names

	List   []org.Store
	Region *form.Form // of the region being added or renamed
	Which  org.Region // the one being renamed; zero: a new one
}

func (h Pages) stores(w http.ResponseWriter, r *http.Request) error {
	return h.showStores(w, r, storesPage{Region: form.Of()})
}

func (h Pages) showStores(w http.ResponseWriter, r *http.Request, p storesPage) error {
	var err error
	if p.names, err = h.names(r.Context()); err != nil {
		return err
	}
	if p.List, err = h.Org.Stores(r.Context()); err != nil {
		return err
	}
	return show(w, r, storesPath, web.T(r, "settings.section.stores"), p.Region, storesBody(p))
}

// storeForm is a store being added or changed.
type storeForm struct {
	names

	Form  *form.Form
	Store org.Store // as it is; zero: a new one
	New   bool
}

func (h Pages) newStore(w http.ResponseWriter, r *http.Request) error {
	f := form.Of("kind", string(org.Furniture), "currency", "CNY", "tz", "Asia/Shanghai", "active", "1")
	return h.showStore(w, r, storeForm{Form: f, New: true})
}

func (h Pages) store(r *http.Request) (storeForm, error) {
	id, err := web.ID[org.Store](r, "store")
	if err != nil {
		return storeForm{}, err
	}
	st, err := h.Org.Store(r.Context(), id)
	return storeForm{Store: st}, err
}

func (h Pages) editStore(w http.ResponseWriter, r *http.Request) error {
	p, err := h.store(r)
	if err != nil {
		return err
	}
	s := p.Store
	p.Form = form.Of("code", s.Code, "name", s.Name, "kind", string(s.Kind), "region", s.RegionID.String(), "currency", string(s.Currency),
		"tz", s.Zone, "phone", s.Phone, "address", s.Address)
	if s.Active {
		p.Form.Values.Set("active", "1")
	}
	return h.showStore(w, r, p)
}

func (h Pages) showStore(w http.ResponseWriter, r *http.Request, p storeForm) error {
	var err error
	if p.names, err = h.names(r.Context()); err != nil {
		return err
	}
	title := web.T(r, "settings.new_store")
	if !p.New {
		title = p.Store.Name
	}
	return show(w, r, storesPath, title, p.Form, storeBody(p, title))
}

// readStore puts what was typed into the store; its currency never changes.
func readStore(f *form.Form, s org.Store) org.Store {
	s.Code, s.Name, s.Kind, s.Zone = f.Text("code"), f.Text("name"), org.StoreKind(f.Text("kind")), f.Text("tz")
	s.Phone, s.Address, s.Active = f.Text("phone"), f.Text("address"), f.Bool("active")
	s.RegionID = form.Parse(f, "region", ids.Parse[org.Region])
	if s.ID == 0 {
		s.Currency = money.Currency(f.Text("currency"))
	}
	return s
}

func (h Pages) createStore(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	return h.putStore(w, r, storeForm{Form: f, New: true}, func(ctx context.Context, s org.Store) error {
		_, err := h.Org.CreateStore(ctx, web.Actor(r), s)
		return err
	})
}

func (h Pages) saveStore(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	p, err := h.store(r)
	if err != nil {
		return err
	}
	p.Form = f
	return h.putStore(w, r, p, func(ctx context.Context, s org.Store) error { return h.Org.UpdateStore(ctx, web.Actor(r), s) })
}

func (h Pages) putStore(w http.ResponseWriter, r *http.Request, p storeForm, put func(context.Context, org.Store) error) error {
	s := readStore(p.Form, p.Store)
	if p.Form.OK() {
		if err := put(r.Context(), s); err != nil && !p.Form.Refused(err) {
			return err
		}
	}
	if !p.Form.OK() {
		return h.showStore(w, r, p)
	}
	web.Say(r, ui.Success, web.T(r, "settings.saved"))
	return web.Redirect(w, r, storesPath)
}

func (h Pages) createRegion(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	if _, err := h.Org.CreateRegion(r.Context(), web.Actor(r), f.Text("name")); err != nil {
		if !f.Refused(err) {
			return err
		}
		return h.showStores(w, r, storesPage{Region: f})
	}
	web.Say(r, ui.Success, web.T(r, "settings.saved"))
	return web.Redirect(w, r, storesPath+"#regions")
}

func (h Pages) renameRegion(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID[org.Region](r, "region")
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	region := org.Region{ID: id, Name: f.Text("name")}
	if err := h.Org.UpdateRegion(r.Context(), web.Actor(r), region); err != nil {
		if errs.Is(err, errs.NotFound) || !f.Refused(err) {
			return err
		}
		return h.showStores(w, r, storesPage{Region: f, Which: region})
	}
	web.Say(r, ui.Success, web.T(r, "settings.saved"))
	return web.Redirect(w, r, storesPath+"#regions")
}

func kindOptions(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, k := range org.StoreKinds() {
		list = append(list, ui.Option{Value: string(k), Label: i18n.T(ctx, "settings.kind."+string(k))})
	}
	return list
}
