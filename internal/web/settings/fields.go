package settings

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

const fieldsPath = "/settings/fields"

func fieldPath(code, rest string) string { return fieldsPath + "/" + code + rest }

// fieldsPage is all fields, in the order in which they are asked for.
type fieldsPage struct {
	Used, Retired []customer.Field
}

func (h Pages) fields(w http.ResponseWriter, r *http.Request) error {
	list, err := h.Customers.Fields(r.Context())
	if err != nil {
		return err
	}
	var p fieldsPage
	for _, f := range list {
		if f.Active {
			p.Used = append(p.Used, f)
		} else {
			p.Retired = append(p.Retired, f)
		}
	}
	return show(w, r, fieldsPath, web.T(r, "settings.section.fields"), nil, fieldsBody(p))
}

// fieldForm is a field being made or changed.
type fieldForm struct {
	Form  *form.Form
	Field customer.Field // as it is kept; zero: a new one
	New   bool
}

func (h Pages) newField(w http.ResponseWriter, r *http.Request) error {
	f := form.Of("group", string(customer.Soft), "type", string(customer.Text), "weight", "1")
	return h.showField(w, r, fieldForm{Form: f, New: true})
}

func (h Pages) editField(w http.ResponseWriter, r *http.Request) error {
	field, err := h.field(r)
	if err != nil {
		return err
	}
	f := form.Of("group", string(field.Group), "type", string(field.Type), "unit", field.Unit, "min", field.Min, "max", field.Max,
		"pattern", field.Pattern, "weight", strconv.Itoa(field.Weight), "choices", strings.Join(field.Choices, "\n"))
	if field.Sensitive {
		f.Values.Set("sensitive", "1")
	}
	for _, l := range i18n.Locales {
		f.Values.Set("label."+string(l), field.Labels[string(l)])
		f.Values.Set("question."+string(l), field.Questions[string(l)])
	}
	return h.showField(w, r, fieldForm{Form: f, Field: field})
}

func (h Pages) showField(w http.ResponseWriter, r *http.Request, p fieldForm) error {
	title := web.T(r, "settings.new_field")
	if !p.New {
		title = p.Field.Label(web.Printer(r))
	}
	return show(w, r, fieldsPath, title, p.Form, fieldBody(p, title))
}

// field is the field of the path.
func (h Pages) field(r *http.Request) (customer.Field, error) {
	list, err := h.Customers.Fields(r.Context())
	if err != nil {
		return customer.Field{}, err
	}
	i := slices.IndexFunc(list, func(f customer.Field) bool { return f.Code == r.PathValue("field") })
	if i < 0 {
		return customer.Field{}, errs.New(errs.NotFound, "web.not_found")
	}
	return list[i], nil
}

// read puts what was typed into the field.
func read(f *form.Form, field customer.Field) customer.Field {
	field.Weight, field.Sensitive = int(f.Int("weight")), f.Bool("sensitive")
	field.Labels, field.Questions = map[string]string{}, map[string]string{}
	for _, l := range i18n.Locales {
		if v := f.Text("label." + string(l)); v != "" {
			field.Labels[string(l)] = v
		}
		if v := f.Text("question." + string(l)); v != "" {
			field.Questions[string(l)] = v
		}
	}
	if field.Builtin {
		return field
	}
	field.Group, field.Type, field.Unit = customer.Group(f.Text("group")), customer.Type(f.Text("type")), f.Text("unit")
	field.Min, field.Max, field.Pattern, field.Choices = "", "", "", nil
	switch field.Type {
	case customer.Number, customer.Date:
		field.Min, field.Max = f.Text("min"), f.Text("max")
	case customer.Choice, customer.Choices:
		field.Choices = strings.FieldsFunc(f.Text("choices"), func(r rune) bool { return r == '\n' || r == '\r' })
	case customer.Text:
		field.Pattern = f.Text("pattern")
	}
	return field
}

func (h Pages) createField(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	all, err := h.Customers.Fields(r.Context())
	if err != nil {
		return err
	}
	field := read(f, customer.Field{Code: f.Text("code"), Active: true, Position: 10})
	for _, x := range all {
		field.Position = max(field.Position, x.Position+10)
		if x.Code == field.Code {
			f.Wrong("code", "settings.field_exists")
		}
	}
	return h.putField(w, r, fieldForm{Form: f, New: true}, field)
}

func (h Pages) saveField(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	field, err := h.field(r)
	if err != nil {
		return err
	}
	return h.putField(w, r, fieldForm{Form: f, Field: field}, read(f, field))
}

func (h Pages) putField(w http.ResponseWriter, r *http.Request, p fieldForm, field customer.Field) error {
	if p.Form.OK() {
		if err := h.Customers.SaveField(r.Context(), web.Actor(r), field); err != nil && !p.Form.Refused(err) {
			return err
		}
	}
	if !p.Form.OK() {
		return h.showField(w, r, p)
	}
	web.Say(r, ui.Success, web.T(r, "settings.saved"))
	return web.Redirect(w, r, fieldsPath)
}

// useField retires a field or takes it back into use. What was noted stays.
func (h Pages) useField(w http.ResponseWriter, r *http.Request) error {
	field, err := h.field(r)
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	field.Active = f.Bool("active")
	if err := h.Customers.SaveField(r.Context(), web.Actor(r), field); err != nil {
		return err
	}
	label := field.Label(web.Printer(r))
	if field.Active {
		web.Say(r, ui.Success, web.T(r, "settings.field_used", "field", label))
	} else {
		web.Say(r, ui.Success, web.T(r, "settings.field_retired", "field", label))
	}
	return web.Redirect(w, r, fieldsPath)
}

// moveField changes places with the field before or after it.
func (h Pages) moveField(w http.ResponseWriter, r *http.Request) error {
	field, err := h.field(r)
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	all, err := h.Customers.Fields(r.Context())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(x customer.Field) bool { return !x.Active })
	i := slices.IndexFunc(all, func(x customer.Field) bool { return x.Code == field.Code })
	j := i + 1
	if f.Text("to") == "up" {
		j = i - 1
	}
	if i < 0 || j < 0 || j >= len(all) {
		return web.Redirect(w, r, fieldsPath)
	}
	a, b := all[i], all[j]
	a.Position, b.Position = b.Position, a.Position
	if a.Position == b.Position { // two that were never told apart
		a.Position += cmp.Compare(j, i)
	}
	for _, x := range []customer.Field{a, b} {
		if err := h.Customers.SaveField(r.Context(), web.Actor(r), x); err != nil {
			return err
		}
	}
	return web.Redirect(w, r, fieldsPath+"#"+field.Code)
}

// about is what kind of answer a field takes, in words.
func about(ctx context.Context, f customer.Field) string {
	text := i18n.T(ctx, "settings.group."+string(f.Group)) + " · "
	if f.Head() {
		text += i18n.T(ctx, "settings.type.head")
	} else {
		text += i18n.T(ctx, "settings.type."+string(f.Type))
	}
	if f.Unit != "" {
		text += " · " + f.Unit
	}
	return text
}

func typeOptions(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, t := range customer.Types() {
		list = append(list, ui.Option{Value: string(t), Label: i18n.T(ctx, "settings.type."+string(t))})
	}
	return list
}
