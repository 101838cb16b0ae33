package api

import (
	"context"
	"net/http"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
)

// Person is a member of staff.
type Person struct {
	ID       org.StaffID  `json:"id"`
	Code     string       `json:"code" doc:"What the till calls them"`
	Name     string       `json:"name"`
	Role     org.Role     `json:"role"`
	Reach    org.Reach    `json:"reach" doc:"Whose customers they see: their own, their store's, their region's or all"`
	StoreID  org.StoreID  `json:"store_id,omitzero"`
	RegionID org.RegionID `json:"region_id,omitzero"`
	Locale   string       `json:"locale" doc:"Empty: what the browser asks for"`
	Active   bool         `json:"active"`
}

func newStaff(p org.Staff) Person {
	return Person{p.ID, p.Code, p.Name, p.Role, p.Reach, p.StoreID, p.RegionID, p.Locale, p.Active}
}

func (a *API) staffRoutes() {
	add(a, Route{ID: "list_staff", Method: http.MethodGet, Path: "/staff", Tag: "staff", Right: org.OrgRead}, a.listStaff)
	add(a, Route{ID: "get_staff", Method: http.MethodGet, Path: "/staff/{staff}", Tag: "staff", Right: org.OrgRead}, a.getStaff)
	add(a, Route{ID: "create_staff", Method: http.MethodPost, Path: "/staff", Tag: "staff", Right: org.StaffWrite, Status: http.StatusCreated}, a.createStaff)
	add(a, Route{ID: "update_staff", Method: http.MethodPatch, Path: "/staff/{staff}", Tag: "staff", Right: org.StaffWrite}, a.updateStaff)
	add(a, Route{ID: "set_staff_login", Method: http.MethodPost, Path: "/staff/{staff}/login", Tag: "staff", Right: org.StaffWrite, Status: http.StatusNoContent}, a.setLogin)
	add(a, Route{ID: "reset_staff_password", Method: http.MethodPost, Path: "/staff/{staff}/password", Tag: "staff", Right: org.StaffWrite, Status: http.StatusNoContent}, a.resetPassword)
	add(a, Route{ID: "remove_staff_login", Method: http.MethodDelete, Path: "/staff/{staff}/login", Tag: "staff", Right: org.StaffWrite, Status: http.StatusNoContent}, a.removeLogin)
	add(a, Route{ID: "hand_over", Method: http.MethodPost, Path: "/staff/{staff}/hand-over", Tag: "staff", Right: org.StaffWrite}, a.handOver)
}

type staffListIn struct {
	Paging
	Store    Ref[org.Store] `query:"store" doc:"Only those of this store"`
	Inactive bool           `query:"inactive" doc:"Those who left as well"`
}

func (a *API) listStaff(ctx context.Context, _ org.Actor, in *staffListIn) (*pageOut[Person], error) {
	after, err := cursor[string](in.After)
	if err != nil {
		return nil, err
	}
	list, err := a.Org.ListStaff(ctx, org.StaffFilter{StoreID: in.Store.Of, ActiveOnly: !in.Inactive, After: after, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	next := ""
	if len(list) > in.Limit {
		list = list[:in.Limit]
		next = list[in.Limit-1].Code
	}
	return newPage(each(list, newStaff), next)
}

// StaffPath names a member of staff.
type StaffPath struct {
	Staff Ref[org.Staff] `path:"staff"`
}

func (a *API) getStaff(ctx context.Context, _ org.Actor, in *StaffPath) (*one[Person], error) {
	p, err := a.Org.Person(ctx, in.Staff.Of)
	if err != nil {
		return nil, err
	}
	return &one[Person]{newStaff(p)}, nil
}

// StaffFields are those a person can be given or changed.
type StaffFields struct {
	Code     *string       `json:"code,omitempty" maxLength:"32"`
	Name     *string       `json:"name,omitempty" maxLength:"80"`
	Role     *org.Role     `json:"role,omitempty" enum:"associate,manager,agent,technician,marketer,executive,administrator"`
	Reach    *org.Reach    `json:"reach,omitempty" enum:"own,store,region,all" doc:"Left out with a new person: the role's usual one"`
	StoreID  *org.StoreID  `json:"store_id,omitempty" doc:"Empty: none"`
	RegionID *org.RegionID `json:"region_id,omitempty" doc:"Empty: none but the store's"`
	Active   *bool         `json:"active,omitempty" doc:"False when they have left: they are signed out at once"`
}

func (f StaffFields) apply(p *org.Staff) {
	set(&p.Code, f.Code)
	set(&p.Name, f.Name)
	set(&p.Role, f.Role)
	set(&p.Reach, f.Reach)
	set(&p.StoreID, f.StoreID)
	set(&p.RegionID, f.RegionID)
	set(&p.Active, f.Active)
}

type newStaffIn struct {
	Idempotent
	Body StaffFields
}

func (a *API) createStaff(ctx context.Context, actor org.Actor, in *newStaffIn) (*one[Person], error) {
	made, err := makeOnce(ctx, a, in.Idempotent, "create_staff", in.Body, func(ctx context.Context, tx *db.Tx) (org.StaffID, error) {
		var p org.Staff
		in.Body.apply(&p)
		p, err := a.Org.CreateStaffTx(ctx, tx, actor, p)
		return p.ID, err
	})
	if err != nil {
		return nil, err
	}
	return a.getStaff(ctx, actor, &StaffPath{ref(made)})
}

type staffIn struct {
	StaffPath
	Body StaffFields
}

func (a *API) updateStaff(ctx context.Context, actor org.Actor, in *staffIn) (*one[Person], error) {
	p, err := a.Org.Person(ctx, in.Staff.Of)
	if err != nil {
		return nil, err
	}
	was := p.Active
	in.Body.apply(&p)
	if err := a.Org.UpdateStaff(ctx, actor, p); err != nil {
		return nil, err
	}
	if was && !p.Active {
		if _, err := a.Auth.SignOutEverywhere(ctx, actorID(actor), int64(p.ID), ""); err != nil {
			return nil, err
		}
	}
	return a.getStaff(ctx, actor, &in.StaffPath)
}

type loginIn struct {
	StaffPath
	Body struct {
		Login    string `json:"login" maxLength:"80"`
		Password string `json:"password" maxLength:"200" doc:"The person is asked for another at the first sign-in"`
	}
}

func (a *API) setLogin(ctx context.Context, actor org.Actor, in *loginIn) (*nothing, error) {
	p, err := a.Org.Person(ctx, in.Staff.Of)
	if err != nil {
		return nil, err
	}
	return nil, a.Auth.CreateCredential(ctx, actorID(actor), int64(p.ID), in.Body.Login, in.Body.Password, true)
}

type resetIn struct {
	StaffPath
	Body struct {
		Password string `json:"password" maxLength:"200" doc:"The person is asked for another at the next sign-in"`
	}
}

func (a *API) resetPassword(ctx context.Context, actor org.Actor, in *resetIn) (*nothing, error) {
	return nil, a.Auth.ResetPassword(ctx, actorID(actor), int64(in.Staff.Of), in.Body.Password)
}

func (a *API) removeLogin(ctx context.Context, actor org.Actor, in *StaffPath) (*nothing, error) {
	return nil, a.Auth.RemoveCredential(ctx, actorID(actor), int64(in.Staff.Of))
}

type handOverIn struct {
	StaffPath
	Body struct {
		To org.StaffID `json:"to" doc:"Who gets all of their customers"`
	}
}

type handedOver struct {
	Customers int `json:"customers" doc:"How many were handed over"`
}

func (a *API) handOver(ctx context.Context, actor org.Actor, in *handOverIn) (*one[handedOver], error) {
	from, err := a.Org.Person(ctx, in.Staff.Of)
	if err != nil {
		return nil, err
	}
	to, err := a.Org.Person(ctx, in.Body.To)
	if err != nil {
		return nil, err
	}
	n, err := a.Customers.HandOver(ctx, actor, from, to)
	if err != nil {
		return nil, err
	}
	return &one[handedOver]{handedOver{n}}, nil
}
