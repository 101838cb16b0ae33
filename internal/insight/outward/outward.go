// Package outward writes the reports of insight as JSON for others: money as decimal
// strings, like everywhere else. Kept in the database, and read by the pages, they
// hold whole minor units, which can be added.
//
// In a report an int64 is money, unless it is tagged `count:"true"`; a float64 is
// where it is tagged `money:"true"`. How many there are of something is an int.
package outward

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/money"
)

// JSON is a report whose money is of a currency.
func JSON(report any, c money.Currency) ([]byte, error) {
	w := writer{currency: c}
	if err := w.value(reflect.ValueOf(report), false); err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

type writer struct {
	bytes.Buffer
	currency money.Currency
}

var marshaler = reflect.TypeFor[json.Marshaler]()

// texter is what names and days write themselves as.
type texter interface{ MarshalText() ([]byte, error) }

func (w *writer) value(v reflect.Value, amount bool) error {
	if !v.IsValid() {
		w.WriteString("null")
		return nil
	}
	if _, own := v.Interface().(texter); own || v.Type().Implements(marshaler) {
		return w.plain(v)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return w.value(v.Elem(), amount)
	case reflect.Struct:
		return w.object(v)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return w.plain(v)
		}
		w.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				w.WriteByte(',')
			}
			if err := w.value(v.Index(i), amount); err != nil {
				return err
			}
		}
		w.WriteByte(']')
		return nil
	case reflect.Int64:
		if amount {
			w.WriteString(strconv.Quote(money.Decimal(v.Int(), w.currency)))
			return nil
		}
	case reflect.Float64:
		if amount {
			major := v.Float() / math.Pow10(w.currency.Digits())
			w.WriteString(strconv.Quote(strconv.FormatFloat(major, 'f', -1, 64)))
			return nil
		}
	}
	return w.plain(v)
}

func (w *writer) plain(v reflect.Value) error {
	text, err := json.Marshal(v.Interface())
	w.Write(text)
	return err
}

func (w *writer) object(v reflect.Value) error {
	w.WriteByte('{')
	first := true
	for f := range Fields(v.Type()) {
		x := v.FieldByIndex(f.Index)
		if f.OmitEmpty && x.IsZero() {
			continue
		}
		if !first {
			w.WriteByte(',')
		}
		first = false
		w.WriteString(strconv.Quote(f.Name) + ":")
		if err := w.value(x, f.Money); err != nil {
			return err
		}
	}
	w.WriteByte('}')
	return nil
}

// Field is a field of a report as others see it.
type Field struct {
	Name      string
	Type      reflect.Type
	Index     []int
	Money     bool
	OmitEmpty bool
}

// Fields are those of a struct, embedded ones among them.
func Fields(t reflect.Type) func(yield func(Field) bool) {
	return func(yield func(Field) bool) {
		for _, f := range reflect.VisibleFields(t) {
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !f.IsExported() || f.Anonymous && name == "" || name == "-" {
				continue
			}
			of := f.Type
			for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
				of = of.Elem()
			}
			amount := of == reflect.TypeFor[int64]() && f.Tag.Get("count") == "" || f.Tag.Get("money") != ""
			if name == "" {
				name = f.Name
			}
			if !yield(Field{name, f.Type, f.Index, amount, strings.Contains(options, "omit")}) {
				return
			}
		}
	}
}
