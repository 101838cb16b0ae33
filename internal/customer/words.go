package customer

import (
	"strings"

	"github.com/ricejar/ricejar/internal/i18n"
)

// Label is what the field is called: the company's own word, else the program's.
func (f Field) Label(p i18n.Printer) string {
	if w := inWords(p, f.Labels); w != "" {
		return w
	}
	if key := "field." + f.Code; f.Builtin && i18n.Has(key) {
		return p.T(key)
	}
	return f.Code
}

// Ask is how to ask for the field.
func (f Field) Ask(p i18n.Printer) string {
	if w := inWords(p, f.Questions); w != "" {
		return w
	}
	if key := "question." + f.Code; f.Builtin && i18n.Has(key) {
		return p.T(key)
	}
	return p.T("customer.ask_for", "field", f.Label(p))
}

// Choice is one of the field's choices in words.
func (f Field) Choice(p i18n.Printer, code string) string {
	if key := "field." + f.Code + "." + code; f.Builtin && i18n.Has(key) {
		return p.T(key)
	}
	return code
}

// Tell is a stored value in words.
func (f Field) Tell(p i18n.Printer, value string) string {
	switch f.Type {
	case Choice, Choices:
		var words []string
		for _, v := range f.Values(value) {
			words = append(words, f.Choice(p, v))
		}
		return strings.Join(words, p.T("customer.comma"))
	case YesNo:
		if value == "yes" {
			return p.T("customer.yes")
		}
		return p.T("customer.no")
	case Date:
		return p.Day(value)
	}
	if f.Unit != "" {
		return value + " " + f.Unit
	}
	return value
}

// inWords is the wording in the reader's language, else in the first there is.
func inWords(p i18n.Printer, words map[string]string) string {
	if w := words[string(p.Locale)]; w != "" {
		return w
	}
	for _, l := range i18n.Locales {
		if w := words[string(l)]; w != "" {
			return w
		}
	}
	return ""
}
