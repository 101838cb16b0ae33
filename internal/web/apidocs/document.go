package apidocs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Document is the API as a person reads it.
type Document struct {
	Base   string // before every path
	Groups []Group
}

// Group is the operations on one resource.
type Group struct {
	Tag        string
	Operations []Operation
}

// Operation is one thing the API can do.
type Operation struct {
	ID     string // its sentence is the message api.op.<ID>
	Method string
	Path   string
	Right  string
	Params []Value
	Body   []Value
	Status string
	Answer []Value
}

// Value is a parameter, or a property of a body: contacts[].value.
type Value struct {
	Name     string
	In       string // path, query, header; empty in a body
	Type     string // string, integer, boolean, string[]; with what it is limited to
	Required bool
	Doc      string
}

// openAPI is what is read of the document.
type openAPI struct {
	Servers    []struct{ URL string }
	Tags       []struct{ Name string } // in the order in which one reads about them
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]schema }
}

type operation struct {
	OperationID string
	Tags        []string
	Right       string `json:"x-right"`
	Parameters  []struct {
		Name, In, Description string
		Required              bool
		Schema                schema
	}
	RequestBody struct{ Content map[string]media }
	Responses   map[string]struct{ Content map[string]media }
}

type media struct{ Schema schema }

type schema struct {
	Ref         string `json:"$ref"`
	Type        types
	Format      string
	Description string
	Enum        []any
	Properties  map[string]schema
	Required    []string
	Items       *schema
	ReadOnly    bool
	Default     any
}

// types is one type, or several, of which "null" says that it may be missing.
type types []string

func (t *types) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*t = types{one}
		return nil
	}
	var many []string
	err := json.Unmarshal(b, &many)
	*t = slices.DeleteFunc(many, func(s string) bool { return s == "null" })
	return err
}

func (t types) first() string {
	if len(t) == 0 {
		return ""
	}
	return t[0]
}

// Read makes a Document of an OpenAPI document.
func Read(raw []byte) (Document, error) {
	var in openAPI
	if err := json.Unmarshal(raw, &in); err != nil {
		return Document{}, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	var out Document
	if len(in.Servers) > 0 {
		out.Base = in.Servers[0].URL
	}
	groups := map[string][]Operation{}
	for path, methods := range in.Paths {
		for method, op := range methods {
			tag := ""
			if len(op.Tags) > 0 {
				tag = op.Tags[0]
			}
			groups[tag] = append(groups[tag], in.operation(strings.ToUpper(method), path, op))
		}
	}
	order := []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	for _, tag := range in.Tags {
		ops := groups[tag.Name]
		if len(ops) == 0 {
			continue
		}
		slices.SortFunc(ops, func(a, b Operation) int {
			if c := strings.Compare(a.Path, b.Path); c != 0 {
				return c
			}
			return slices.Index(order, a.Method) - slices.Index(order, b.Method)
		})
		out.Groups = append(out.Groups, Group{tag.Name, ops})
	}
	return out, nil
}

func (in openAPI) operation(method, path string, op operation) Operation {
	out := Operation{ID: op.OperationID, Method: method, Path: path, Right: op.Right}
	for _, p := range op.Parameters {
		out.Params = append(out.Params, Value{Name: p.Name, In: p.In, Type: in.typeOf(p.Schema), Required: p.Required, Doc: p.Description})
	}
	for kind, m := range op.RequestBody.Content {
		out.Body = in.values(m.Schema, kind, true)
	}
	for status, r := range op.Responses {
		if status >= "3" {
			continue // problems are the same everywhere, and told once
		}
		out.Status = status
		for kind, m := range r.Content {
			out.Answer = in.values(m.Schema, kind, false)
		}
	}
	return out
}

// deepest is how far a body is unfolded: ours are two levels deep.
const deepest = 4

func (in openAPI) values(s schema, kind string, asked bool) []Value {
	if s = in.resolve(s); len(s.Properties) == 0 {
		return []Value{{Name: kind, Type: in.typeOf(s), Doc: s.Description}}
	}
	return in.unfold(nil, "", s, asked, 0)
}

func (in openAPI) unfold(list []Value, prefix string, s schema, asked bool, depth int) []Value {
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		if asked && p.ReadOnly {
			continue
		}
		list = append(list, Value{
			Name: prefix + name, Type: in.typeOf(p), Doc: p.Description,
			Required: asked && slices.Contains(s.Required, name),
		})
		inner, dots := in.resolve(p), "."
		if inner.Items != nil {
			inner, dots = in.resolve(*inner.Items), "[]."
		}
		if len(inner.Properties) > 0 && depth < deepest {
			list = in.unfold(list, prefix+name+dots, inner, asked, depth+1)
		}
	}
	return list
}

func (in openAPI) resolve(s schema) schema {
	name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/")
	if !ok {
		return s
	}
	return in.Components.Schemas[name]
}

// typeOf is a type in a few words: string (date-time), one of its values, string[].
func (in openAPI) typeOf(s schema) string {
	s = in.resolve(s)
	if s.Items != nil {
		return in.typeOf(*s.Items) + "[]"
	}
	if len(s.Enum) > 0 {
		words := make([]string, 0, len(s.Enum))
		for _, v := range s.Enum {
			words = append(words, fmt.Sprintf("%q", fmt.Sprint(v)))
		}
		return strings.Join(words, " | ")
	}
	switch {
	case s.Format == "date-time", s.Format == "date", s.Format == "binary":
		return s.Type.first() + " (" + s.Format + ")"
	case s.Default != nil:
		return fmt.Sprintf("%s = %v", s.Type.first(), s.Default)
	}
	return s.Type.first()
}
