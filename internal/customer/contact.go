package customer

import (
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/phone"
	"github.com/ricejar/ricejar/internal/text"
)

// Kind is a way to reach a customer, or the card they are known by.
type Kind string

// The kinds of contact. A card is a key like the others but stands in the file
// itself, not among the contacts.
const (
	Phone  Kind = "phone"
	Email  Kind = "email"
	WeChat Kind = "wechat"
	card   Kind = "card"
)

// ContactID is a contact's id within its customer.
type ContactID = id.Of[Contact]

// Contact is one way to reach a customer. Value is normalised: +8613812345678.
type Contact struct {
	ID    ContactID
	Kind  Kind
	Value string
	Label string
	Main  bool
}

// same reports whether two contacts are the same way to reach somebody.
func (c Contact) same(d Contact) bool { return c.Kind == d.Kind && c.Value == d.Value }

// DefaultRegion is where a phone number without a country code is from.
const DefaultRegion = "CN"

// ParseContact reads what was typed.
func ParseContact(kind Kind, raw string) (Contact, error) {
	raw = text.Line(raw)
	switch kind {
	case Phone:
		n, err := phone.Parse(raw, DefaultRegion)
		return Contact{Kind: Phone, Value: string(n)}, err
	case Email:
		a, err := mail.ParseAddress(raw)
		if err != nil || a.Name != "" || len(a.Address) > 254 || strings.ContainsAny(a.Address, " \"") {
			return Contact{}, errs.New(errs.Invalid, "customer.email_wrong")
		}
		if _, host, _ := strings.Cut(a.Address, "@"); !strings.Contains(strings.Trim(host, "."), ".") {
			return Contact{}, errs.New(errs.Invalid, "customer.email_wrong")
		}
		return Contact{Kind: Email, Value: strings.ToLower(a.Address)}, nil
	case WeChat:
		if raw == "" || len(raw) > 64 || strings.ContainsAny(raw, " \t") {
			return Contact{}, errs.New(errs.Invalid, "customer.wechat_wrong")
		}
		return Contact{Kind: WeChat, Value: raw}, nil
	default:
		return Contact{}, errs.New(errs.Invalid, "error.field_invalid")
	}
}

// cleanContacts are the contacts as they are kept: each once, with a clean label.
func cleanContacts(list []Contact, f *errs.Fields) []Contact {
	out := make([]Contact, 0, len(list))
	for _, k := range list {
		k.Label = text.Line(k.Label)
		switch {
		case takenKey[k.Kind] == "" || k.Kind == card || k.Value == "":
			f.Add("contacts", "error.field_invalid")
		case utf8.RuneCountInString(k.Label) > maxLabel:
			f.Add("contacts", "error.too_long", "max", maxLabel)
		case !slices.ContainsFunc(out, k.same):
			out = append(out, k)
		}
	}
	if len(out) > maxContacts {
		f.Add("contacts", "customer.too_many_contacts", "max", maxContacts)
	}
	return out
}

// Masked is the contact as those see it who need not know it.
func (c Contact) Masked() string {
	switch c.Kind {
	case Phone:
		return phone.Number(c.Value).Masked()
	case Email:
		name, host, _ := strings.Cut(c.Value, "@")
		return firstRune(name) + "***@" + host
	default:
		return firstRune(c.Value) + "***"
	}
}

// MaskAddress leaves the town of an address and takes away the door: enough to
// tell two addresses apart, and not to go there.
func MaskAddress(v string) string {
	const kept = 6
	runes := []rune(v)
	return string(runes[:min(kept, len(runes)/2)]) + "***"
}

// Shown is the contact in full, as people write it.
func (c Contact) Shown() string {
	if c.Kind == Phone {
		return phone.Number(c.Value).Format()
	}
	return c.Value
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}
