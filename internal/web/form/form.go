// Package form carries what a person typed from the request to the domain and,
// when something is wrong, back to the page: every value is kept as it was
// typed, and every wrong field has its sentence.
package form

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
)

// Form is what was typed and what is wrong with it. A new page's form is
// Empty, or Of the values to begin with.
type Form struct {
	Values url.Values

	printer i18n.Printer
	errors  map[string]string // field → sentence
	summary string            // what is wrong with the whole
}

// New is a form as it came with a request.
func New(p i18n.Printer, values url.Values) *Form { return &Form{Values: values, printer: p} }

// Of is a form filled in before anybody typed: Of("name", c.Name, "gender", c.Gender).
func Of(pairs ...string) *Form {
	v := make(url.Values, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return &Form{Values: v}
}

// Text is the field's value without blanks around it.
func (f *Form) Text(name string) string {
	if f == nil {
		return ""
	}
	return strings.TrimSpace(f.Values.Get(name))
}

// All is every value of a field that may be given more than once.
func (f *Form) All(name string) []string {
	if f == nil {
		return nil
	}
	return f.Values[name]
}

// Has reports whether one of the field's values is v: a box that is ticked.
func (f *Form) Has(name, v string) bool {
	for _, have := range f.All(name) {
		if have == v {
			return true
		}
	}
	return false
}

// Bool reports whether the field's box is ticked.
func (f *Form) Bool(name string) bool { return f.Text(name) != "" && f.Text(name) != "0" }

// Int reads a whole number; anything else is wrong, and empty is zero.
func (f *Form) Int(name string) int64 {
	s := f.Text(name)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		f.Wrong(name, "web.not_a_number")
	}
	return n
}

// Parse reads a field with the parser of its type, and records what the parser
// says is wrong: form.Parse(f, "phone", phone.Parse). Empty is the zero T;
// whether a field is needed is the domain's to say.
func Parse[T any](f *Form, name string, parse func(string) (T, error)) T {
	var zero T
	s := f.Text(name)
	if s == "" {
		return zero
	}
	v, err := parse(s)
	if err != nil {
		var e *errs.Error
		if errors.As(err, &e) {
			f.set(name, f.printer.Args(e.Key, e.Args))
		} else {
			f.Wrong(name, "error.field_invalid")
		}
		return zero
	}
	return v
}

// Wrong records that a field is wrong, by the key of a message.
func (f *Form) Wrong(name, key string, pairs ...any) { f.set(name, f.printer.T(key, pairs...)) }

// set keeps the first fault of a field.
func (f *Form) set(name, sentence string) {
	if f.errors == nil {
		f.errors = map[string]string{}
	}
	if _, ok := f.errors[name]; !ok {
		f.errors[name] = sentence
	}
}

// OK reports whether nothing is wrong so far.
func (f *Form) OK() bool { return len(f.errors) == 0 && f.summary == "" }

// Refused takes in an error the domain answered with. It reports true when the
// form is to be shown again: the person can mend it. Anything else (a fault of
// ours, a missing right, something that is not there) is for the error page.
func (f *Form) Refused(err error) bool {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Conflict, errs.TooMany, errs.Unauthenticated:
	default:
		return false
	}
	if err == nil {
		return false
	}
	for name, sentence := range f.printer.Fields(err) {
		f.set(name, sentence)
	}
	f.summary = f.printer.Err(err)
	return true
}

// Error is the sentence of a wrong field, or empty.
func (f *Form) Error(name string) string {
	if f == nil {
		return ""
	}
	return f.errors[name]
}

// Summary says what is wrong with the whole form, or is empty. Wrong fields
// without a sentence for the whole get the usual one.
func (f *Form) Summary() string {
	switch {
	case f == nil || f.OK():
		return ""
	case f.summary != "":
		return f.summary
	default:
		return f.printer.T("error.check_fields")
	}
}
