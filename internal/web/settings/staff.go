package settings

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	ids "github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

const staffPath = "/settings/staff"

func personPath(p org.StaffID, rest string) string { return staffPath + "/" + p.String() + rest }

// staffSize is how many people are listed at once.
const staffSize = 50

// staffPage is the people who work here, and those who did.
type staffPage struct {
	names

	List   []org.Staff
	Stores []ui.Option
	Store  string // id of the one chosen; empty: all
	Gone   bool   // those who left are shown too
	Next   string
	First  string
	Me     org.StaffID
}

func (h Pages) staff(w http.ResponseWriter, r *http.Request) error {
	q := web.Query(r)
	p := staffPage{Store: q.Text("store"), Gone: q.Bool("gone"), Me: web.Actor(r).ID()}
	var err error
	if p.names, err = h.names(r.Context()); err != nil {
		return err
	}
	store, _ := ids.Parse[org.Store](p.Store) // what is no id chooses nothing
	p.Stores = p.storeOptions(r.Context(), store)
	p.Stores[0].Label = web.T(r, "settings.all_stores")
	list, err := h.Org.ListStaff(r.Context(), org.StaffFilter{StoreID: store, ActiveOnly: !p.Gone, After: q.Text("after"), Limit: staffSize + 1})
	if err != nil {
		return err
	}
	if len(list) > staffSize {
		list = list[:staffSize]
		p.Next = paths.With(staffPath, "store", p.Store, "gone", q.Text("gone"), "after", list[staffSize-1].Code)
	}
	if q.Text("after") != "" {
		p.First = paths.With(staffPath, "store", p.Store, "gone", q.Text("gone"))
	}
	p.List = list
	return show(w, r, staffPath, web.T(r, "settings.section.staff"), nil, staffBody(p))
}

// personForm is somebody being added or changed.
type personForm struct {
	names

	Form     *form.Form
	Person   org.Staff // as they are; zero: a new one
	New      bool
	Login    string // empty: cannot sign in
	Password string // made just now, shown this once
	Me       bool
	Has      bool // they left, and customers are still theirs
}

func (h Pages) newStaff(w http.ResponseWriter, r *http.Request) error {
	f := form.Of("role", string(org.Associate), "store", web.Query(r).Text("store"), "signs_in", "1")
	return h.showPerson(w, r, personForm{Form: f, New: true})
}

func (h Pages) editStaff(w http.ResponseWriter, r *http.Request) error {
	p, err := h.person(r)
	if err != nil {
		return err
	}
	s := p.Person
	p.Form = form.Of("code", s.Code, "name", s.Name, "role", string(s.Role), "reach", string(s.Reach), "store", s.StoreID.String(), "region", s.RegionID.String())
	return h.showPerson(w, r, p)
}

// person is the somebody of the path.
func (h Pages) person(r *http.Request) (personForm, error) {
	id, err := web.ID[org.Staff](r, "staff")
	if err != nil {
		return personForm{}, err
	}
	p := personForm{Me: id == web.Actor(r).ID()}
	if p.Person, err = h.Org.Person(r.Context(), id); err != nil {
		return p, err
	}
	c, err := h.Auth.Credential(r.Context(), int64(id))
	if err != nil && !errs.Is(err, errs.NotFound) {
		return p, err
	}
	p.Login = c.Login
	return p, nil
}

func (h Pages) showPerson(w http.ResponseWriter, r *http.Request, p personForm) error {
	var err error
	if p.names, err = h.names(r.Context()); err != nil {
		return err
	}
	title := web.T(r, "settings.new_staff")
	if !p.New {
		title = p.Person.Name
	}
	if !p.New && !p.Person.Active {
		if p.Has, err = h.hasCustomers(r, p.Person); err != nil {
			return err
		}
	}
	return show(w, r, staffPath, title, p.Form, personBody(p, title))
}

// readPerson puts what was typed into the person.
func readPerson(f *form.Form, s org.Staff) org.Staff {
	s.Code, s.Name, s.Role, s.Reach = f.Text("code"), f.Text("name"), org.Role(f.Text("role")), org.Reach(f.Text("reach"))
	s.StoreID = form.Parse(f, "store", ids.Parse[org.Store])
	s.RegionID = form.Parse(f, "region", ids.Parse[org.Region])
	return s
}

// createStaff adds somebody and, unless they are not to sign in, gives them a
// password that they must change. It answers with the page that shows the
// password: a redirect would have to carry it somewhere.
func (h Pages) createStaff(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	p := personForm{Form: f, New: true}
	s := readPerson(f, org.Staff{})
	login := f.Text("login")
	if login == "" {
		login = s.Code
	}
	if !f.OK() {
		return h.showPerson(w, r, p)
	}
	password := makePassword()
	credential := func(context.Context, *db.Tx, org.StaffID) error { return nil }
	if f.Bool("signs_in") && login != "" {
		prepared, err := h.Auth.PrepareCredential(login, password)
		if err != nil {
			if !f.Refused(err) {
				return err
			}
			return h.showPerson(w, r, p)
		}
		credential = func(ctx context.Context, tx *db.Tx, id org.StaffID) error {
			return h.Auth.CreateCredentialTx(ctx, tx, int64(web.Actor(r).ID()), int64(id), prepared, true)
		}
	} else {
		password = ""
	}
	err = h.Org.DB.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		var err error
		if p.Person, err = h.Org.CreateStaffTx(ctx, tx, web.Actor(r), s); err != nil {
			return err
		}
		return credential(ctx, tx, p.Person.ID)
	})
	if err != nil {
		if !f.Refused(err) {
			return err
		}
		return h.showPerson(w, r, p)
	}
	if password == "" {
		web.Say(r, ui.Success, web.T(r, "settings.staff_added", "name", p.Person.Name))
		return web.Redirect(w, r, staffPath)
	}
	return h.showPassword(w, r, p.Person, login, password)
}

// showPassword is the page on which a password is seen once.
func (h Pages) showPassword(w http.ResponseWriter, r *http.Request, s org.Staff, login, password string) error {
	return show(w, r, staffPath, s.Name, nil, passwordBody(personForm{Person: s, Login: login, Password: password}))
}

// makePassword makes up a password one can read out over the telephone.
func makePassword() string {
	t := strings.ToLower(rand.Text())
	return t[:5] + "-" + t[5:10] + "-" + t[10:15]
}

func (h Pages) saveStaff(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	p, err := h.person(r)
	if err != nil {
		return err
	}
	p.Form = f
	s := readPerson(f, p.Person)
	if f.OK() {
		if err := h.Org.UpdateStaff(r.Context(), web.Actor(r), s); err != nil && !f.Refused(err) {
			return err
		}
	}
	if !f.OK() {
		return h.showPerson(w, r, p)
	}
	web.Say(r, ui.Success, web.T(r, "settings.saved"))
	return web.Redirect(w, r, staffPath)
}

// resetPassword makes up a new password, or a first one for somebody who could
// not sign in.
func (h Pages) resetPassword(w http.ResponseWriter, r *http.Request) error {
	p, err := h.person(r)
	if err != nil {
		return err
	}
	if !p.Person.Active {
		return errs.New(errs.Conflict, "settings.has_left")
	}
	password, by := makePassword(), int64(web.Actor(r).ID())
	if p.Login == "" {
		p.Login = p.Person.Code
		err = h.Auth.CreateCredential(r.Context(), by, int64(p.Person.ID), p.Login, password, true)
	} else {
		err = h.Auth.ResetPassword(r.Context(), by, int64(p.Person.ID), password)
	}
	if err != nil {
		return err
	}
	return h.showPassword(w, r, p.Person, p.Login, password)
}

// leaveForm asks who takes over the customers of somebody who leaves.
type leaveForm struct {
	Form      *form.Form
	Person    org.Staff
	Has       bool // customers
	Takers    []ui.Option
	StoreName string
}

func (h Pages) leavePage(w http.ResponseWriter, r *http.Request) error {
	p, err := h.person(r)
	if err != nil {
		return err
	}
	return h.showLeave(w, r, p, form.Of())
}

func (h Pages) showLeave(w http.ResponseWriter, r *http.Request, p personForm, f *form.Form) error {
	n, err := h.names(r.Context())
	if err != nil {
		return err
	}
	v := leaveForm{Form: f, Person: p.Person, StoreName: n.store(p.Person.StoreID)}
	if v.Has, err = h.hasCustomers(r, p.Person); err != nil {
		return err
	}
	for _, s := range n.staff {
		if s.Active && s.ID != p.Person.ID {
			label := s.Name
			if where := n.store(s.StoreID); where != "" {
				label += " · " + where
			}
			v.Takers = append(v.Takers, ui.Option{Value: s.ID.String(), Label: label})
		}
	}
	v.Takers = sorted(v.Takers, web.T(r, "settings.choose_taker"))
	return show(w, r, staffPath, p.Person.Name, f, leaveBody(v))
}

func (h Pages) hasCustomers(r *http.Request, s org.Staff) (bool, error) {
	list, _, err := h.Customers.List(r.Context(), web.Actor(r), customer.Filter{Owner: s.ID}, customer.Cursor{}, 1)
	return len(list) > 0, err
}

// leave lets somebody go in one step: their customers are handed over, their
// password, sessions and keys end, and they may do nothing any more. Broken in
// the middle, it goes on where it stopped when it is asked for again.
func (h Pages) leave(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), web.Actor(r)
	p, err := h.person(r)
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	if p.Me {
		return errs.New(errs.Conflict, "settings.not_yourself")
	}
	has, err := h.hasCustomers(r, p.Person)
	if err != nil {
		return err
	}
	var taker org.Staff
	if has {
		to, _ := ids.Parse[org.Staff](f.Text("to")) // what is no id is nobody
		taker, err = h.Org.Person(ctx, to)
		if errs.Is(err, errs.NotFound) || err == nil && (!taker.Active || to == p.Person.ID) {
			f.Wrong("to", "settings.choose_taker")
			return h.showLeave(w, r, p, f)
		}
		if err != nil {
			return err
		}
	}
	// The person goes first: nobody signs in while their customers move, and the
	// last administrator is refused before anything has happened.
	gone := p.Person
	gone.Active = false
	if err := h.Org.UpdateStaff(ctx, actor, gone); err != nil {
		if !f.Refused(err) {
			return err
		}
		return h.showLeave(w, r, p, f)
	}
	n := 0
	if has {
		if n, err = h.Customers.HandOver(ctx, actor, p.Person, taker); err != nil {
			return err
		}
	}
	if err := h.Auth.RemoveCredential(ctx, int64(actor.ID()), int64(p.Person.ID)); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "settings.staff_left", "name", p.Person.Name, "n", n))
	return web.Redirect(w, r, staffPath)
}

// comeBack takes somebody back. They get a new password when it is asked for.
func (h Pages) comeBack(w http.ResponseWriter, r *http.Request) error {
	p, err := h.person(r)
	if err != nil {
		return err
	}
	p.Person.Active = true
	if err := h.Org.UpdateStaff(r.Context(), web.Actor(r), p.Person); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "settings.staff_back", "name", p.Person.Name))
	return web.Redirect(w, r, personPath(p.Person.ID, ""))
}

func roleOptions(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, role := range org.Roles() {
		list = append(list, ui.Option{Value: string(role), Label: i18n.T(ctx, "web.role."+string(role))})
	}
	return list
}

func reachOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "settings.usual_reach")}}
	for _, reach := range org.Reaches() {
		list = append(list, ui.Option{Value: string(reach), Label: i18n.T(ctx, "web.reach."+string(reach))})
	}
	return list
}
