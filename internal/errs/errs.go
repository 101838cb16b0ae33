// Package errs holds the one error type the whole program speaks.
//
// An Error says what kind of failure it is (which decides the HTTP status and
// the exit code) and carries a translation key instead of a sentence: the
// domain never holds a sentence, the edges translate. It imports nothing of ours.
package errs

import (
	"errors"
	"fmt"
	"strings"
)

// Kind classifies a failure. The edges turn it into a status: see Kind.Status and Kind.Exit.
type Kind uint8

// The kinds, from the most to the least expected.
const (
	Internal        Kind = iota // a fault of ours or of the machine; details are logged, never shown
	Invalid                     // the input is wrong; Fields may say where
	Unauthenticated             // nobody is signed in
	Forbidden                   // somebody is, without the right
	NotFound                    // it does not exist, or may not be known to exist
	Conflict                    // it is at odds with what is already recorded
	TooMany                     // throttled; try again later
	Unavailable                 // a part we depend on does not answer; trying again may help
)

var kinds = map[Kind]struct {
	name   string
	status int
	exit   int
}{
	Internal:        {"internal", 500, 1},
	Invalid:         {"invalid", 422, 2},
	Unauthenticated: {"unauthenticated", 401, 3},
	Forbidden:       {"forbidden", 403, 3},
	NotFound:        {"not_found", 404, 4},
	Conflict:        {"conflict", 409, 5},
	TooMany:         {"too_many", 429, 6},
	Unavailable:     {"unavailable", 503, 6},
}

// String is the kind's name as the API prints it.
func (k Kind) String() string { return kinds[k].name }

// Status is the HTTP status of the kind.
func (k Kind) Status() int { return kinds[k].status }

// Exit is the process exit code of the kind.
func (k Kind) Exit() int { return kinds[k].exit }

// RetryAfter is how many seconds to wait before trying again, as HTTP writes it;
// empty where nothing is gained by waiting, or nobody knows how long.
func (k Kind) RetryAfter() string {
	if k == Unavailable {
		return "5"
	}
	return ""
}

// Args are the named values a translated sentence is filled with.
type Args map[string]any

// Field is what is wrong with one field of a form or one column of a row.
type Field struct {
	Name string // the field's name in the form, the API or the file
	Key  string // translation key
	Args Args
}

// Error is a failure that can be shown to a person.
type Error struct {
	Kind   Kind
	Key    string // translation key of the sentence to show
	Args   Args
	Fields []Field
	Err    error // the cause, for the log only
}

// Error is for logs; people read the translation of Key.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Key)
	if len(e.Args) > 0 {
		fmt.Fprintf(&b, " %v", map[string]any(e.Args))
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Name, f.Key)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a kind with a translation key and named arguments in
// pairs: New(NotFound, "customer.not_found", "id", id).
func New(kind Kind, key string, pairs ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: Pairs(pairs...)}
}

// Wrap is New with the cause kept for the log.
func Wrap(err error, kind Kind, key string, pairs ...any) *Error {
	e := New(kind, key, pairs...)
	e.Err = err
	return e
}

// Pairs turns "name", value, … into Args. An odd number is a programming error.
func Pairs(pairs ...any) Args {
	if len(pairs) == 0 {
		return nil
	}
	args := make(Args, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return args
}

// Fields collects what is wrong with a form; the zero value is ready to use.
type Fields []Field

// Add records that a field is wrong.
func (f *Fields) Add(name, key string, pairs ...any) {
	*f = append(*f, Field{Name: name, Key: key, Args: Pairs(pairs...)})
}

// AddErr records err against a field when it is an *Error, and does nothing on nil.
func (f *Fields) AddErr(name string, err error) {
	var e *Error
	if errors.As(err, &e) {
		*f = append(*f, Field{Name: name, Key: e.Key, Args: e.Args})
	} else if err != nil {
		f.Add(name, "error.field_invalid")
	}
}

// Err is nil when nothing was added, else an Invalid error with the fields.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "error.check_fields", Fields: f}
}

// KindOf is the kind of err, Internal for anything that is not an *Error.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is an *Error of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
