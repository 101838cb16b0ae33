package api

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
)

// Problem is an error as the API answers it (RFC 9457).
type Problem struct {
	Title  string       `json:"title" doc:"What kind of problem it is, in the language asked for"`
	Status int          `json:"status" doc:"The HTTP status"`
	Detail string       `json:"detail" doc:"What is wrong and what to do, in the language asked for"`
	Kind   string       `json:"kind" doc:"The kind of problem, for programs: not_found, invalid, conflict, …"`
	Code   string       `json:"code" doc:"The problem itself, for programs: customer.phone_taken"`
	Errors []FieldError `json:"errors,omitempty" doc:"What is wrong with single fields"`
}

// FieldError is what is wrong with one field of a request.
type FieldError struct {
	Location string `json:"location" doc:"Where: body.name, query.limit"`
	Detail   string `json:"detail" doc:"What is wrong, in the language asked for"`
	Code     string `json:"code" doc:"The same for programs"`
}

// Error is for logs.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus tells huma the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders tells huma what to answer along: how to sign in, or when to try again.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="ricejar"`)
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", errs.Unavailable.RetryAfter())
	}
	return h
}

// ContentType tells huma the media type.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problemOf is the problem for an error, in the reader's language.
func problemOf(p i18n.Printer, err error) *Problem {
	kind := errs.KindOf(err)
	out := &Problem{Title: p.T("api.problem." + kind.String()), Status: kind.Status(), Detail: p.Err(err), Kind: kind.String(), Code: "error.internal"}
	var e *errs.Error
	if !errors.As(err, &e) {
		return out
	}
	out.Code = e.Key
	if e.Key == "error.check_fields" {
		out.Detail = p.T("api.check_request") // nothing is marked in red here
	}
	for _, f := range e.Fields {
		out.Errors = append(out.Errors, FieldError{Location: "body." + f.Name, Detail: p.Args(f.Key, f.Args), Code: f.Key})
	}
	return out
}

// huma asks these two for its own errors: those of the document's rules.
func init() {
	huma.NewError = func(status int, _ string, causes ...error) huma.StatusError {
		return ruleProblem(i18n.Printer{}, status, causes)
	}
	huma.NewErrorWithContext = func(hc huma.Context, status int, _ string, causes ...error) huma.StatusError {
		return ruleProblem(i18n.From(hc.Context()), status, causes)
	}
}

// byStatus is what huma's errors are called here.
var byStatus = map[int]struct {
	kind errs.Kind
	key  string
}{
	http.StatusBadRequest:            {errs.Invalid, "api.malformed"},
	http.StatusNotAcceptable:         {errs.Invalid, "api.only_json"},
	http.StatusRequestTimeout:        {errs.Invalid, "api.body_too_slow"},
	http.StatusRequestEntityTooLarge: {errs.Invalid, "api.body_too_large"},
	http.StatusUnsupportedMediaType:  {errs.Invalid, "api.only_json"},
	http.StatusUnprocessableEntity:   {errs.Invalid, "api.check_request"},
}

func ruleProblem(p i18n.Printer, status int, causes []error) *Problem {
	what, known := byStatus[status]
	if !known {
		what.kind, what.key = errs.Internal, "error.internal"
	}
	out := &Problem{Title: p.T("api.problem." + what.kind.String()), Status: status, Detail: p.T(what.key), Kind: what.kind.String(), Code: what.key}
	for _, err := range causes {
		var d huma.ErrorDetailer
		if !errors.As(err, &d) {
			continue
		}
		detail := d.ErrorDetail()
		key, args := broken(detail.Message)
		location := detail.Location
		if name, ok := args["name"].(string); ok { // huma names the object, not the missing property
			location = strings.TrimSuffix(location+"."+name, ".")
		}
		out.Errors = append(out.Errors, FieldError{Location: location, Detail: p.Args(key, args), Code: key})
	}
	return out
}

// rules recognises what huma says, to say it in the reader's language.
var rules = []struct {
	message *regexp.Regexp
	key     string
	args    []string
}{
	{regexp.MustCompile(`^expected required property (\S+) to be present`), "api.rule.required", []string{"name"}},
	{regexp.MustCompile(`^required \w+ parameter is missing`), "error.required", nil},
	{regexp.MustCompile(`^unexpected property`), "api.rule.unexpected", nil},
	{regexp.MustCompile(`^expected value to be one of "(.*)"`), "api.rule.one_of", []string{"list"}},
	{regexp.MustCompile(`^expected length <= (\d+)`), "error.too_long", []string{"max"}},
	{regexp.MustCompile(`^expected length >= 1$`), "error.required", nil},
	{regexp.MustCompile(`^expected (?:number|length|array length) >=? (\S+)`), "api.rule.at_least", []string{"min"}},
	{regexp.MustCompile(`^expected (?:number|array length) <=? (\S+)`), "api.rule.at_most", []string{"max"}},
	{regexp.MustCompile(`^(?:expected number|expected integer|invalid (?:integer|floating value))`), "error.not_a_number", nil},
	{regexp.MustCompile(`^(?:expected boolean|invalid boolean)`), "api.rule.boolean", nil},
	{regexp.MustCompile(`^expected string$`), "api.rule.string", nil},
	{regexp.MustCompile(`^expected array`), "api.rule.array", nil},
	{regexp.MustCompile(`^expected object`), "api.rule.object", nil},
	{regexp.MustCompile(`date-time|invalid date/time`), "api.rule.instant", nil},
	{regexp.MustCompile(`RFC 3339 date$`), "api.rule.day", nil},
}

// broken is the rule that huma says was broken, and what its sentence says of it.
func broken(message string) (key string, args map[string]any) {
	for _, r := range rules {
		m := r.message.FindStringSubmatch(message)
		if m == nil {
			continue
		}
		args = make(map[string]any, len(r.args))
		for i, name := range r.args {
			args[name] = m[i+1]
		}
		return r.key, args
	}
	return "error.field_invalid", nil
}
