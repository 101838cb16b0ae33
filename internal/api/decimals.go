package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ricejar/ricejar/internal/insight/outward"
	"github.com/ricejar/ricejar/internal/money"
)

// decimals is a report of insight as others see it: with money as decimal strings,
// like everywhere else (see package outward).
type decimals[T any] struct {
	report   T
	currency money.Currency
}

// MarshalJSON writes the report.
func (d decimals[T]) MarshalJSON() ([]byte, error) { return outward.JSON(d.report, d.currency) }

// Schema describes it.
func (decimals[T]) Schema(r huma.Registry) *huma.Schema {
	t := reflect.TypeFor[T]()
	s := r.Schema(t, true, "")
	asDecimals(r, t, make(map[reflect.Type]bool))
	return s
}

// asDecimals makes the money of a report, and of whatever it is made of, strings.
func asDecimals(r huma.Registry, t reflect.Type, seen map[reflect.Type]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return
	}
	seen[t] = true
	s := r.Schema(t, true, "")
	if s.Ref != "" {
		s = r.SchemaFromRef(s.Ref)
	}
	for f := range outward.Fields(t) {
		p := s.Properties[f.Name]
		if p == nil || !f.Money {
			asDecimals(r, f.Type, seen)
			continue
		}
		if p.Type == huma.TypeArray {
			p = p.Items
		}
		p.Type, p.Format, p.Minimum = huma.TypeString, "", nil
		p.Examples = []any{"168.50"}
	}
}
