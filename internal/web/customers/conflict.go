package customers

import (
	"errors"
	"slices"

	"github.com/ricejar/ricejar/internal/errs"
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
