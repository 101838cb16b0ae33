package customers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	ids "github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/phone"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// places are the stores and people a customer can be given to.
type places struct {
	Stores []ui.Option
	Owners []ui.Option
}

func (h Pages) places(r *http.Request, now customer.Customer) (places, error) {
	n, err := h.names(r.Context())
	if err != nil {
		return places{}, err
	}
	actor := web.Actor(r)
	scope := actor.Scope()
	var p places
	for _, s := range n.stores {
		if scope.AllowsStore(s.ID) && s.Active || s.ID == now.StoreID {
			p.Stores = append(p.Stores, ui.Option{Value: s.ID.String(), Label: s.Name})
		}
	}
	for _, who := range n.staff {
		allowed := who.Active && (scope.AllowsStore(who.StoreID) || who.StoreID == 0 && actor.Reach == org.ReachAll)
		if actor.Reach == org.ReachOwn {
			allowed = who.ID == actor.ID()
		}
		if allowed || who.ID == now.OwnerID {
			p.Owners = append(p.Owners, ui.Option{Value: who.ID.String(), Label: who.Name})
		}
	}
	p.Stores = withAll(p.Stores, web.T(r, "customers.no_store"))
	p.Owners = withAll(p.Owners, web.T(r, "customers.no_owner"))
	return p, nil
}

// newPage is the form for a new file. What was searched for in vain stands in it
// already: a number as the phone, an address as the e-mail, a word as the name.
func (h Pages) newPage(w http.ResponseWriter, r *http.Request) error {
	q, actor := web.Query(r), web.Actor(r)
	start := []string{
		"name", q.Text("name"), "phone", q.Text("phone"),
		"store", actor.Staff.StoreID.String(), "calendar", string(customer.Solar), "origin", string(customer.OriginWalkIn),
	}
	if actor.Reach == org.ReachOwn || actor.Staff.Role == org.Associate {
		start = append(start, "owner", actor.ID().String())
	}
	f := form.Of(start...)
	if typed := q.Text("q"); typed != "" {
		f.Values.Set(guess(typed), typed)
	}
	if by, err := ids.Parse[customer.Customer](q.Text("referrer")); err == nil {
		f.Values.Set("referrer", by.String())
		f.Values.Set("origin", string(customer.OriginReferral))
	}
	var holder *customer.Holder
	if isPhone(f.Text("phone")) {
		var err error
		if holder, err = h.Customers.FindHolder(r.Context(), actor, customer.Phone, f.Text("phone")); err != nil {
			return err
		}
	}
	return h.showNew(w, r, f, holder)
}

// guess is the field that what was typed belongs to.
func guess(typed string) string {
	digits := 0
	for _, r := range typed {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	switch {
	case strings.Contains(typed, "@"):
		return "email"
	case digits >= 7, digits > 0 && digits == len(typed):
		return "phone"
	default:
		return "name"
	}
}

// newForm is the page of a new file.
type newForm struct {
	places
	Form     *form.Form
	Holder   *customer.Holder  // who has the phone already
	Referrer *customer.Summary // who brought them
	Unfolded bool              // something is wrong with what is folded away
}

func (h Pages) showNew(w http.ResponseWriter, r *http.Request, f *form.Form, holder *customer.Holder) error {
	p := newForm{Form: f, Holder: holder}
	var err error
	if p.places, err = h.places(r, customer.Customer{}); err != nil {
		return err
	}
	if p.Referrer, err = h.visible(r.Context(), web.Actor(r), f.Text("referrer")); err != nil {
		return err
	}
	for _, name := range []string{"birthday", "store", "owner", "card", "email", "wechat", "note", "gender"} {
		p.Unfolded = p.Unfolded || f.Error(name) != ""
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "customers.add"), Body: newBody(p), Form: f})
}

// visible is the customer with the id if the actor may see them, else nil.
func (h Pages) visible(ctx context.Context, actor org.Actor, id string) (*customer.Summary, error) {
	c, err := ids.Parse[customer.Customer](id)
	if err != nil {
		return nil, nil //nolint:nilerr // what is no id is nobody
	}
	list, err := h.Customers.Summaries(ctx, h.Customers.DB, []customer.ID{c})
	if err != nil || len(list) == 0 || !actor.Scope().Allows(list[0].OwnerID, list[0].StoreID) {
		return nil, err
	}
	return &list[0], nil
}

// checkPhone says under the field whose the number is that is being typed.
func (h Pages) checkPhone(w http.ResponseWriter, r *http.Request) error {
	raw := web.Query(r).Text("phone")
	n, err := phone.Parse(raw, customer.DefaultRegion)
	if err != nil {
		// Not a number yet: it is still being typed.
		return web.Render(w, r, web.Page{Title: web.T(r, "customers.add"), Body: phoneVerdict("", nil)})
	}
	holder, err := h.Customers.FindHolder(r.Context(), web.Actor(r), customer.Phone, raw)
	if err != nil {
		return err
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "customers.add"), Body: phoneVerdict(n, holder)})
}

func (h Pages) create(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	in := customer.NewCustomer{
		Name: f.Text("name"), Gender: customer.Gender(f.Text("gender")), Birth: birthOf(f), Card: f.Text("card"),
		Contacts: contactsOf(f), Origin: customer.Origin(f.Text("origin")), Note: f.Text("note"), Key: f.Text("request_key"),
		StoreID:  form.Parse(f, "store", ids.Parse[org.Store]),
		OwnerID:  form.Parse(f, "owner", ids.Parse[org.Staff]),
		Referrer: form.Parse(f, "referrer", ids.Parse[customer.Customer]),
	}
	if in.Origin != "" && !slices.Contains(customer.Origins(), in.Origin) {
		f.Wrong("origin", "error.field_invalid")
	}
	if !f.OK() {
		return h.showNew(w, r, f, nil)
	}
	c, err := h.Customers.Create(r.Context(), web.Actor(r), in)
	if err != nil {
		return h.notCreated(w, r, f, err)
	}
	web.Say(r, ui.Success, web.T(r, "customers.created", "name", title(r.Context(), c)))
	return web.Redirect(w, r, path(c.ID, ""))
}

// notCreated shows the form again, with whoever has one of the contacts already,
// if the reader may see that file.
func (h Pages) notCreated(w http.ResponseWriter, r *http.Request, f *form.Form, err error) error {
	if !f.Refused(err) {
		return err
	}
	if errs.Is(err, errs.Conflict) {
		for _, kind := range []customer.Kind{customer.Phone, customer.Email, customer.WeChat} {
			if f.Text(string(kind)) == "" {
				continue
			}
			holder, err := h.Customers.FindHolder(r.Context(), web.Actor(r), kind, f.Text(string(kind)))
			if err != nil {
				return err
			}
			if holder != nil && holder.InReach {
				return h.showNew(w, r, f, holder)
			}
		}
	}
	return h.showNew(w, r, f, nil)
}

// birthOf reads a birthday that may lack its year or be lunar.
func birthOf(f *form.Form) customer.Birth {
	whole := func(name string) int {
		s := f.Text(name)
		if s == "" {
			return 0
		}
		n, err := strconv.Atoi(s)
		if err != nil || n <= 0 {
			f.Wrong("birthday", "customer.birthday_wrong")
		}
		return n
	}
	b := customer.Birth{Year: whole("birth_year"), Month: whole("birth_month"), Day: whole("birth_day")}
	if b.Month == 0 && b.Day == 0 && b.Year == 0 {
		return customer.Birth{}
	}
	if b.Month == 0 || b.Day == 0 {
		f.Wrong("birthday", "customers.birthday_half")
		return customer.Birth{}
	}
	b.Calendar, b.Leap = customer.Solar, false
	if f.Text("calendar") == string(customer.Lunar) {
		b.Calendar, b.Leap = customer.Lunar, f.Bool("birth_leap")
	}
	return b
}

// contactsOf reads the phones, the e-mail and the messaging id of a form.
func contactsOf(f *form.Form) []customer.Contact {
	var list []customer.Contact
	for _, raw := range f.All("phone") {
		if raw = strings.TrimSpace(raw); raw == "" {
			continue
		}
		k, err := customer.ParseContact(customer.Phone, raw)
		if err != nil {
			wrong(f, "phone", err)
			continue
		}
		if !slices.ContainsFunc(list, func(x customer.Contact) bool { return x.Value == k.Value }) {
			list = append(list, k)
		}
	}
	for _, kind := range []customer.Kind{customer.Email, customer.WeChat} {
		if raw := f.Text(string(kind)); raw != "" {
			k, err := customer.ParseContact(kind, raw)
			if err != nil {
				wrong(f, string(kind), err)
				continue
			}
			list = append(list, k)
		}
	}
	return list
}

// wrong records what a parser says is wrong with a field.
func wrong(f *form.Form, name string, err error) {
	var e *errs.Error
	if !errors.As(err, &e) {
		f.Wrong(name, "error.field_invalid")
		return
	}
	pairs := make([]any, 0, 2*len(e.Args))
	for k, v := range e.Args {
		pairs = append(pairs, k, v)
	}
	f.Wrong(name, e.Key, pairs...)
}
