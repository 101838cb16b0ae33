package api

import (
	"encoding/base64"
	"encoding/json"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
)

// Paging is what every list takes.
type Paging struct {
	After string `query:"after" maxLength:"300" doc:"The next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"How many at most"`
}

// page is what every list answers.
type page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"The after of the next page; missing on the last"`
}

// pageOut is a page as an operation's output.
type pageOut[T any] struct{ Body page[T] }

// newPage is a page; a zero cursor says that it is the last.
func newPage[T any, C comparable](items []T, next C) (*pageOut[T], error) {
	out := &pageOut[T]{Body: page[T]{Items: items}}
	if out.Body.Items == nil {
		out.Body.Items = []T{}
	}
	var zero C
	if next == zero {
		return out, nil
	}
	b, err := json.Marshal(next)
	out.Body.Next = base64.RawURLEncoding.EncodeToString(b)
	return out, err
}

// cursor reads where a page begins. Only we make cursors: what does not read
// back was not made by us.
func cursor[C any](after string) (C, error) {
	var c C
	if after == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(after)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		return c, errs.Wrap(err, errs.Invalid, "api.cursor_wrong")
	}
	return c, nil
}

// Ref is an id in a path or a query, which huma would read as a number.
type Ref[T any] struct{ id.Of[T] }

// ref wraps an id.
func ref[T any](v id.Of[T]) Ref[T] { return Ref[T]{v} }

// each maps a list.
func each[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

// nothing is the input or the output of an operation without any.
type nothing struct{}

// one is a single thing as an operation's output.
type one[T any] struct{ Body T }
