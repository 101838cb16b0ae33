package customers

import (
	"errors"
	"net/http"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
)

// hasFields reports whether an error says which field is wrong.
func hasFields(err error) bool {
	var e *errs.Error
	return errors.As(err, &e) && len(e.Fields) > 0
}

// factFields names the faults of facts as the form names their fields.
func factFields(err error) error {
	var e *errs.Error
	if !errors.As(err, &e) {
		return err
	}
	head := []string{"name", "gender", "birthday", "card", "phone", "email", "wechat", "store", "owner", "origin"}
	moved := *e
	moved.Fields = slices.Clone(e.Fields)
	for i, f := range moved.Fields {
		if !slices.Contains(head, f.Name) {
			moved.Fields[i].Name = factName(f.Name)
		}
	}
	return &moved
}

// hideHolders is hideHolder for every contact of a form.
func (h Pages) hideHolders(r *http.Request, err error, f *form.Form) error {
	for _, kind := range []customer.Kind{customer.Phone, customer.Email, customer.WeChat} {
		err = h.hideHolder(r, err, kind, f.Text(string(kind)))
	}
	return err
}

// hideHolder takes the name out of an error that says whose a contact is, unless
// the reader may see that file.
func (h Pages) hideHolder(r *http.Request, err error, kind customer.Kind, raw string) error {
	if !errs.Is(err, errs.Conflict) || !hasFields(err) || raw == "" {
		return err
	}
	holder, lost := h.Customers.FindHolder(r.Context(), web.Actor(r), kind, raw)
	if lost != nil || holder == nil || holder.InReach {
		return err
	}
	var hidden errs.Fields
	hidden.Add(string(kind), "customers.taken_elsewhere")
	return hidden.Err()
}
