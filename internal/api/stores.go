package api

import (
	"context"
	"net/http"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

type store struct {
	ID       org.StoreID   `json:"id"`
	Code     string        `json:"code" doc:"What the till calls it"`
	Name     string        `json:"name"`
	Kind     org.StoreKind `json:"kind"`
	RegionID org.RegionID  `json:"region_id,omitzero"`
	Currency string        `json:"currency" doc:"ISO 4217"`
	Zone     string        `json:"tz" doc:"IANA time zone: its business days are days of this zone"`
	Phone    string        `json:"phone"`
	Address  string        `json:"address"`
	Active   bool          `json:"active"`
}

func newStore(s org.Store) store {
	return store{s.ID, s.Code, s.Name, s.Kind, s.RegionID, string(s.Currency), s.Zone, s.Phone, s.Address, s.Active}
}

type region struct {
	ID   org.RegionID `json:"id"`
	Name string       `json:"name"`
}

func (a *API) storeRoutes() {
	add(a, Route{ID: "list_stores", Method: http.MethodGet, Path: "/stores", Tag: "stores", Right: org.OrgRead}, a.listStores)
	add(a, Route{ID: "get_store", Method: http.MethodGet, Path: "/stores/{store}", Tag: "stores", Right: org.OrgRead}, a.getStore)
	add(a, Route{ID: "create_store", Method: http.MethodPost, Path: "/stores", Tag: "stores", Right: org.SettingsWrite, Status: http.StatusCreated}, a.createStore)
	add(a, Route{ID: "update_store", Method: http.MethodPatch, Path: "/stores/{store}", Tag: "stores", Right: org.SettingsWrite}, a.updateStore)
	add(a, Route{ID: "list_regions", Method: http.MethodGet, Path: "/regions", Tag: "stores", Right: org.OrgRead}, a.listRegions)
	add(a, Route{ID: "create_region", Method: http.MethodPost, Path: "/regions", Tag: "stores", Right: org.SettingsWrite, Status: http.StatusCreated}, a.createRegion)
	add(a, Route{ID: "update_region", Method: http.MethodPatch, Path: "/regions/{region}", Tag: "stores", Right: org.SettingsWrite}, a.updateRegion)
}

func (a *API) listStores(ctx context.Context, _ org.Actor, _ *nothing) (*pageOut[store], error) {
	list, err := a.Org.Stores(ctx)
	if err != nil {
		return nil, err
	}
	return newPage(each(list, newStore), "")
}

// StorePath names a store.
type StorePath struct {
	Store Ref[org.Store] `path:"store"`
}

func (a *API) getStore(ctx context.Context, _ org.Actor, in *StorePath) (*one[store], error) {
	s, err := a.Org.Store(ctx, in.Store.Of)
	if err != nil {
		return nil, err
	}
	return &one[store]{newStore(s)}, nil
}

// StoreFields are those a store can be given and, but for the currency, can change.
type StoreFields struct {
	Code     *string        `json:"code,omitempty" maxLength:"32"`
	Name     *string        `json:"name,omitempty" maxLength:"80"`
	Kind     *org.StoreKind `json:"kind,omitempty" enum:"furniture,fashion,workshop,other"`
	RegionID *org.RegionID  `json:"region_id,omitempty" doc:"Empty: none"`
	Zone     *string        `json:"tz,omitempty" maxLength:"60"`
	Phone    *string        `json:"phone,omitempty" maxLength:"40"`
	Address  *string        `json:"address,omitempty" maxLength:"200"`
	Active   *bool          `json:"active,omitempty"`
}

func (f StoreFields) apply(s *org.Store) {
	set(&s.Code, f.Code)
	set(&s.Name, f.Name)
	set(&s.Kind, f.Kind)
	set(&s.RegionID, f.RegionID)
	set(&s.Zone, f.Zone)
	set(&s.Phone, f.Phone)
	set(&s.Address, f.Address)
	set(&s.Active, f.Active)
}

type newStoreIn struct {
	Idempotent
	Body struct {
		StoreFields
		Currency string `json:"currency" doc:"ISO 4217; it never changes: receipts are written in it"`
	}
}

func (a *API) createStore(ctx context.Context, actor org.Actor, in *newStoreIn) (*one[store], error) {
	made, err := makeOnce(ctx, a, in.Idempotent, "create_store", in.Body, func(ctx context.Context, tx *db.Tx) (org.StoreID, error) {
		s := org.Store{Currency: money.Currency(in.Body.Currency)}
		in.Body.apply(&s)
		s, err := a.Org.CreateStoreTx(ctx, tx, actor, s)
		return s.ID, err
	})
	if err != nil {
		return nil, err
	}
	return a.getStore(ctx, actor, &StorePath{ref(made)})
}

type storeIn struct {
	StorePath
	Body StoreFields
}

func (a *API) updateStore(ctx context.Context, actor org.Actor, in *storeIn) (*one[store], error) {
	s, err := a.Org.Store(ctx, in.Store.Of)
	if err != nil {
		return nil, err
	}
	in.Body.apply(&s)
	if err := a.Org.UpdateStore(ctx, actor, s); err != nil {
		return nil, err
	}
	return a.getStore(ctx, actor, &in.StorePath)
}

func (a *API) listRegions(ctx context.Context, _ org.Actor, _ *nothing) (*pageOut[region], error) {
	list, err := a.Org.Regions(ctx)
	if err != nil {
		return nil, err
	}
	return newPage(each(list, func(r org.Region) region { return region(r) }), "")
}

type regionBody struct {
	Name string `json:"name" maxLength:"80"`
}

type newRegionIn struct{ Body regionBody }

// A region's name is taken once: a request that is sent twice is refused the
// second time, and needs no key.
func (a *API) createRegion(ctx context.Context, actor org.Actor, in *newRegionIn) (*one[region], error) {
	r, err := a.Org.CreateRegion(ctx, actor, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &one[region]{region(r)}, nil
}

type regionIn struct {
	Region Ref[org.Region] `path:"region"`
	Body   regionBody
}

func (a *API) updateRegion(ctx context.Context, actor org.Actor, in *regionIn) (*one[region], error) {
	r := org.Region{ID: in.Region.Of, Name: in.Body.Name}
	if err := a.Org.UpdateRegion(ctx, actor, r); err != nil {
		return nil, err
	}
	return &one[region]{region(r)}, nil
}
