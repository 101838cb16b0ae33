package customers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// factPanel is a fact with all there is to say of it: who noted it when and
// where, what was noted before, and the form to note something else.
type factPanel struct {
	Field   customer.Field
	Form    *form.Form
	History []customer.Fact
}

// hidden reports whether a field's value is kept from this reader.
func (p filePage) hidden(f customer.Field) bool { return f.Sensitive && !p.may(org.CustomersReveal) }

// shown is what the reader sees of a fact: an address only in part, and what is
// sensitive not at all without the right to it.
func (p filePage) shown(ctx context.Context, f customer.Field, fact customer.Fact) string {
	v := value(ctx, f, fact)
	switch {
	case v == "" || fact.Refused:
		return v
	case p.hidden(f):
		return i18n.T(ctx, "customers.hidden_value")
	case f.Code == customer.FieldAddress:
		return customer.MaskAddress(v)
	}
	return v
}

// headValue is a field that stands in the customer's head, in words.
func (p filePage) headValue(ctx context.Context, code string) string {
	switch code {
	case customer.FieldName:
		return p.Customer.Name
	case customer.FieldGender:
		return gender(ctx, p.Customer.Gender)
	case customer.FieldBirthday:
		b := birthday(ctx, p.Customer.Birth)
		if n := age(p.Customer.Birth, p.Now.In(zone(ctx))); n > 0 {
			b += i18n.T(ctx, "customers.aged", "n", n)
		}
		return b
	case customer.FieldPhone:
		for _, k := range p.Contacts {
			if k.Kind == customer.Phone {
				return k.Masked()
			}
		}
	}
	return ""
}

// group returns the fields of a group: those with an answer, and those to
// be asked yet. Phone and name stand at the head of the page.
func (p filePage) group(g customer.Group) (answered, open []customer.Field) {
	for _, f := range p.Fields {
		if f.Group != g || !f.Active && !p.Settled(f.Code) || f.Code == customer.FieldName || f.Code == customer.FieldPhone {
			continue
		}
		if p.Settled(f.Code) {
			answered = append(answered, f)
		} else if f.Active && !p.hidden(f) {
			open = append(open, f)
		}
	}
	return answered, open
}

// source is where a fact was learnt, in words.
func source(ctx context.Context, s customer.Source) string {
	return i18n.T(ctx, "customers.source."+string(s))
}

// fact is a field with its fact, its history and the form to change it.
func (h Pages) fact(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	return h.showFact(w, r, c, nil)
}

func (h Pages) showFact(w http.ResponseWriter, r *http.Request, c customer.ID, f *form.Form) error {
	read := h.readAll
	if web.Fragment(r) {
		read = h.read
	}
	p, err := read(r, c)
	if err != nil {
		return err
	}
	code := r.PathValue("field")
	field, ok := p.field(code)
	if !ok {
		return notFound
	}
	p.Tab, p.Open, p.Opened = "facts", code, factPanel{Field: field, Form: f}
	if f == nil {
		p.Opened.Form = p.factForm(field)
	}
	if !field.Head() && !p.hidden(field) {
		if p.Opened.History, err = h.Customers.FactHistory(r.Context(), p.Actor, c, code); err != nil {
			return err
		}
	}
	wrong := p.Opened.Form
	if web.Query(r).Text("close") != "" {
		return web.Render(w, r, web.Page{Title: p.Title, Body: fileBody(p), Fragment: factRow(p, field)})
	}
	return web.Render(w, r, web.Page{Title: p.Title, Body: fileBody(p), Fragment: factOpen(p), Form: wrong})
}

// factForm begins with what is known. An address is written anew: the one that
// is known is shown to nobody unasked.
func (p filePage) factForm(f customer.Field) *form.Form {
	c := p.Customer
	switch f.Code {
	case customer.FieldBirthday:
		return birthForm(c.Birth)
	case customer.FieldGender:
		return form.Of("fact", string(c.Gender))
	case customer.FieldName:
		return form.Of("fact", c.Name)
	case customer.FieldAddress, customer.FieldPhone:
		return form.Of()
	}
	fact, ok := p.Fact(f.Code)
	if !ok || fact.Refused || p.hidden(f) {
		return form.Of()
	}
	out := form.Of()
	for _, v := range f.Values(fact.Value) {
		out.Values.Add("fact", v)
	}
	return out
}

func birthForm(b customer.Birth) *form.Form {
	f := form.Of("calendar", string(b.Calendar))
	putBirth(f, b)
	return f
}

// learn notes a fact, a refusal, or that what was noted is no longer so.
func (h Pages) learn(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	code := r.PathValue("field")
	if err := h.note(r, c, code, "fact", f); err != nil {
		if !f.Refused(err) {
			return err
		}
	}
	if !f.OK() {
		return h.showFact(w, r, c, f)
	}
	web.Say(r, ui.Success, web.T(r, "customers.noted"))
	return web.Redirect(w, r, path(c, "?tab=facts#fact-"+code))
}

// answer notes the answer to the next best question.
func (h Pages) answer(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := h.note(r, c, f.Text("field"), "value", f); err != nil {
		if !f.Refused(err) {
			return err
		}
	}
	if !f.OK() {
		p, err := h.readAll(r, c)
		if err != nil {
			return err
		}
		p.Asked = f
		if asked, ok := p.field(f.Text("field")); ok {
			p.Question = &asked // the one that was answered, not the one after it
		}
		return h.showFile(w, r, p)
	}
	web.Say(r, ui.Success, web.T(r, "customers.noted"))
	return web.Redirect(w, r, path(c, ""))
}

// note writes the answer in the form's field name where it belongs: name, phone, birthday and gender
// stand in the head of the file, everything else among the facts.
func (h Pages) note(r *http.Request, c customer.ID, code, name string, f *form.Form) error {
	ctx, actor := r.Context(), web.Actor(r)
	fields, err := h.Customers.Fields(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(fields, func(x customer.Field) bool { return x.Code == code })
	if i < 0 {
		return notFound
	}
	refused, cleared := f.Bool("refused"), f.Bool("cleared")
	if !fields[i].Head() || refused {
		values := f.All(name)
		if cleared {
			values = nil
		}
		a := customer.Answer{Field: code, Value: strings.Join(values, ","), Refused: refused}
		if strings.TrimSpace(a.Value) == "" && !refused && !cleared {
			f.Wrong(name, "error.required")
			return nil
		}
		err := h.Customers.Learn(ctx, actor, c, []customer.Answer{a}, sourceOf(f))
		return asField(err, code, name)
	}
	file, err := h.Customers.File(ctx, actor, c)
	if err != nil {
		return err
	}
	in := editOf(file)
	switch code {
	case customer.FieldName:
		in.Name = f.Text(name)
	case customer.FieldGender:
		in.Gender = customer.Gender(f.Text(name))
	case customer.FieldBirthday:
		in.Birth = birthOf(f)
	case customer.FieldPhone:
		k, err := customer.ParseContact(customer.Phone, f.Text(name))
		if err != nil {
			wrong(f, name, err)
			return nil
		}
		in.Contacts = append([]customer.Contact{k}, in.Contacts...)
	}
	switch {
	case cleared:
	case code == customer.FieldBirthday && !known(in.Birth) && f.OK():
		f.Wrong("birthday", "error.required")
	case code != customer.FieldBirthday && f.Text(name) == "":
		f.Wrong(name, "error.required")
	}
	if !f.OK() {
		return nil
	}
	_, err = h.Customers.Update(ctx, actor, c, in)
	return asField(err, code, fieldOfForm(code, name))
}

// fieldOfForm is where a fault of a field is shown in its form.
func fieldOfForm(code, name string) string {
	if code == customer.FieldBirthday {
		return "birthday"
	}
	return name
}

// asField moves what is wrong with a field to its place in the form.
func asField(err error, from, to string) error {
	var e *errs.Error
	if !errors.As(err, &e) {
		return err
	}
	moved := *e
	moved.Fields = slices.Clone(e.Fields)
	for i := range moved.Fields {
		if moved.Fields[i].Name == from {
			moved.Fields[i].Name = to
		}
	}
	return &moved
}

// sourceOf is where it was learnt: said in person, unless the form tells otherwise.
func sourceOf(f *form.Form) customer.Source {
	if s := customer.Source(f.Text("source")); s == customer.FromPhone {
		return s
	}
	return customer.FromTalk
}
