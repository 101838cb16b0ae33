package customers

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	ids "github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// editOf is the head of a file as an edit that changes nothing.
func editOf(f customer.File) customer.Edit {
	c := f.Customer
	return customer.Edit{
		Name: c.Name, Gender: c.Gender, Birth: c.Birth, Card: c.Card, Contacts: slices.Clone(f.Contacts), StoreID: c.StoreID,
		OwnerID: c.OwnerID, Referrer: c.ReferrerID, Origin: c.Origin, VIP: c.VIP, Version: c.Version,
	}
}

// editForm is the page on which a whole file is edited.
type editForm struct {
	filePage
	places

	Form    *form.Form
	Was     string   // the form as it began, to tell whose change is whose
	Clashes []clash  // what two people changed at once
	Theirs  []string // what only the other one changed, and is kept
	Editor  string   // who the other one was
}

// clash is a field that two people changed, each in another way.
type clash struct {
	Name   string // in the form
	Label  string
	Mine   string
	Theirs string
	Value  string // theirs, as the form holds it
}

// factName is the form's name of a fact.
func factName(code string) string { return "fact." + code }

// editable are the fields that stand in the form beside the head: all that are
// in use and that the reader may see. An address is left out: it is written anew.
func (p filePage) editable() []customer.Field {
	var list []customer.Field
	for _, f := range p.Fields {
		if f.Active && !f.Head() && !p.hidden(f) {
			list = append(list, f)
		}
	}
	return list
}

// values are the file as the form shows it.
func (p filePage) values() url.Values {
	c := p.Customer
	v := url.Values{}
	v.Set("name", c.Name)
	v.Set("gender", string(c.Gender))
	v.Set("card", c.Card)
	v.Set("store", c.StoreID.String())
	v.Set("owner", c.OwnerID.String())
	v.Set("origin", string(c.Origin))
	if c.VIP {
		v.Set("vip", "1")
	}
	f := form.Form{Values: v}
	v.Set("calendar", string(c.Birth.Calendar))
	putBirth(&f, c.Birth)
	for _, k := range p.Contacts {
		v.Add("keep", k.ID.String())
	}
	for _, field := range p.editable() {
		fact, ok := p.Fact(field.Code)
		if !ok || fact.Refused || fact.Value == "" || field.Code == customer.FieldAddress {
			continue
		}
		for _, x := range field.Values(fact.Value) {
			v.Add(factName(field.Code), x)
		}
	}
	return v
}

func putBirth(f *form.Form, b customer.Birth) {
	put := func(name string, n int) {
		if n != 0 {
			f.Values.Set(name, strconv.Itoa(n))
		}
	}
	put("birth_year", b.Year)
	put("birth_month", b.Month)
	put("birth_day", b.Day)
	if b.Leap {
		f.Values.Set("birth_leap", "1")
	}
}

func (h Pages) editPage(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	p, err := h.read(r, c)
	if err != nil {
		return err
	}
	v := p.values()
	was, err := json.Marshal(v)
	if err != nil {
		return err
	}
	v.Set("version", strconv.FormatInt(p.Customer.Version, 10))
	return h.showEdit(w, r, editForm{filePage: p, Form: &form.Form{Values: v}, Was: string(was)})
}

func (h Pages) showEdit(w http.ResponseWriter, r *http.Request, p editForm) error {
	var err error
	if p.places, err = h.places(r, p.Customer); err != nil {
		return err
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "customers.edit_title", "name", p.Title), Body: editBody(p), Form: p.Form})
}

func (h Pages) edit(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	p, err := h.read(r, c)
	if err != nil {
		return err
	}
	in := p.editFrom(f)
	page := editForm{filePage: p, Form: f, Was: f.Text("was")}
	if in.Version != p.Customer.Version {
		return h.clash(w, r, page)
	}
	if f.OK() {
		_, err = h.Customers.Update(r.Context(), p.Actor, c, in)
		switch {
		case errs.Is(err, errs.Conflict) && !hasFields(err):
			if page.filePage, err = h.read(r, c); err != nil { // changed since it was read, a moment ago
				return err
			}
			return h.clash(w, r, page)
		case err != nil:
			if !f.Refused(factFields(err)) {
				return err
			}
		}
	}
	if !f.OK() {
		return h.showEdit(w, r, page)
	}
	web.Say(r, ui.Success, web.T(r, "customers.saved"))
	return web.Redirect(w, r, path(c, ""))
}

// editFrom reads the form into an edit of the file.
func (p filePage) editFrom(f *form.Form) customer.Edit {
	in := editOf(p.File)
	in.Name, in.Gender, in.Card = f.Text("name"), customer.Gender(f.Text("gender")), f.Text("card")
	in.Birth, in.Origin, in.VIP = birthOf(f), customer.Origin(f.Text("origin")), f.Bool("vip")
	in.StoreID = form.Parse(f, "store", ids.Parse[org.Store])
	in.OwnerID = form.Parse(f, "owner", ids.Parse[org.Staff])
	in.Version = f.Int("version")
	in.Contacts = p.contactsFrom(f)
	for _, field := range p.editable() {
		a := customer.Answer{Field: field.Code, Value: strings.Join(f.All(factName(field.Code)), ",")}
		fact, ok := p.Fact(field.Code)
		switch {
		case field.Code == customer.FieldAddress && strings.TrimSpace(a.Value) == "":
			continue // it is written anew or left as it is
		case strings.TrimSpace(a.Value) == "" && (!ok || fact.Refused):
			continue // nothing noted, nothing said
		}
		in.Answers = append(in.Answers, a)
	}
	return in
}

// contactsFrom are the contacts that are kept, the main phone first, and the new ones.
func (p filePage) contactsFrom(f *form.Form) []customer.Contact {
	var list []customer.Contact
	for _, k := range p.Contacts {
		if f.Has("keep", k.ID.String()) {
			list = append(list, k)
		}
	}
	list = append(list, contactsOf(f)...)
	if main := f.Text("main"); main != "" {
		slices.SortStableFunc(list, func(a, b customer.Contact) int {
			return boolInt(b.ID.String() == main) - boolInt(a.ID.String() == main)
		})
	}
	return slices.CompactFunc(list, func(a, b customer.Contact) bool { return a.Kind == b.Kind && a.Value == b.Value })
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// clash shows what somebody else changed meanwhile. What only they changed is
// taken over; what both changed is for the reader to decide.
func (h Pages) clash(w http.ResponseWriter, r *http.Request, p editForm) error {
	ctx := r.Context()
	var was url.Values
	if json.Unmarshal([]byte(p.Was), &was) != nil {
		was = url.Values{}
	}
	theirs, mine := p.values(), p.Form.Values
	names := make([]string, 0, len(theirs)+len(was))
	for name := range theirs {
		names = append(names, name)
	}
	for name := range was {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if slices.Equal(was[name], theirs[name]) || slices.Equal(mine[name], theirs[name]) || name == "keep" {
			continue
		}
		if sameText(mine[name], was[name]) {
			mine[name] = theirs[name]
			p.Theirs = append(p.Theirs, p.nameOf(ctx, name))
			continue
		}
		p.Clashes = append(p.Clashes, clash{
			Name: name, Label: p.nameOf(ctx, name), Mine: p.wordsOf(ctx, name, mine), Theirs: p.wordsOf(ctx, name, theirs),
			Value: strings.Join(theirs[name], ","),
		})
	}
	mine.Set("version", strconv.FormatInt(p.Customer.Version, 10))
	raw, err := json.Marshal(theirs)
	if err != nil {
		return err
	}
	p.Was = string(raw)
	p.Theirs = slices.Compact(p.Theirs)
	p.Editor = h.lastEditor(ctx, p.filePage)
	if !p.Form.Refused(errs.New(errs.Conflict, "customer.changed_meanwhile")) {
		return nil
	}
	return h.showEdit(w, r, p)
}

func sameText(a, b []string) bool {
	return strings.Join(a, ",") == strings.Join(b, ",")
}

// lastEditor is who changed the file last, as its timeline tells.
func (h Pages) lastEditor(ctx context.Context, p filePage) string {
	list, _, err := h.Customers.Timeline(ctx, p.Actor, p.Customer.ID, customer.TimelineCursor{}, 1)
	if err != nil || len(list) == 0 {
		return ""
	}
	return p.person(list[0].Staff)
}

// nameOf is what a field of the form is called.
func (p filePage) nameOf(ctx context.Context, name string) string {
	if code, ok := strings.CutPrefix(name, "fact."); ok {
		if f, ok := p.field(code); ok {
			return label(ctx, f)
		}
		return code
	}
	if strings.HasPrefix(name, "birth_") || name == "calendar" {
		return i18n.T(ctx, "field.birthday")
	}
	return i18n.T(ctx, formNames[name])
}

// formNames are what the fields of the head are called.
var formNames = map[string]string{
	"name": "field.name", "gender": "field.gender", "card": "customers.card", "store": "customers.store", "owner": "customers.owner",
	"origin": "customers.origin", "vip": "customers.vip",
}

// wordsOf is a value of the form in words.
func (p filePage) wordsOf(ctx context.Context, name string, v url.Values) string {
	value := strings.Join(v[name], i18n.T(ctx, "customer.comma"))
	switch name {
	case "store":
		if id, err := ids.Parse[org.Store](value); err == nil {
			return p.store(id)
		}
	case "owner":
		if id, err := ids.Parse[org.Staff](value); err == nil {
			return p.person(id)
		}
	case "gender":
		return gender(ctx, customer.Gender(value))
	case "calendar":
		if value != "" {
			return i18n.T(ctx, "customers.calendar."+value)
		}
	case "origin":
		if key := "customers.origin_is." + value; i18n.Has(key) {
			return i18n.T(ctx, key)
		}
	case "vip":
		if value != "" {
			return i18n.T(ctx, "customer.yes")
		}
		return i18n.T(ctx, "customer.no")
	}
	if code, ok := strings.CutPrefix(name, "fact."); ok {
		if f, ok := p.field(code); ok {
			var words []string
			for _, x := range v[name] {
				words = append(words, f.Choice(i18n.From(ctx), x))
			}
			return strings.Join(words, i18n.T(ctx, "customer.comma"))
		}
	}
	return value
}
