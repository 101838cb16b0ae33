package apidocs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web/apidocs"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

// document is what the API writes, of two operations.
const document = `{"openapi":"3.1.0","servers":[{"url":"/api/v1"}],"tags":[{"name":"customers"},{"name":"tasks"},{"name":"keys"}],
"paths":{
 "/customers/{customer}/notes":{
  "post":{"operationId":"add_note","tags":["customers"],"x-right":"customers.write",
   "parameters":[{"name":"Idempotency-Key","in":"header","schema":{"type":"string"}},
                 {"name":"customer","in":"path","required":true,"schema":{"type":"string"}}],
   "requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Body"}}}},
   "responses":{"201":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Note"}}}},"default":{}}}},
 "/keys":{
  "get":{"operationId":"list_keys","tags":["keys"],"x-right":"keys.own",
   "parameters":[{"name":"limit","in":"query","description":"How many","schema":{"type":"integer","default":50}}],
   "responses":{"200":{"content":{"application/json":{"schema":{"type":"object","properties":{
     "items":{"type":["array","null"],"items":{"$ref":"#/components/schemas/Key"}}}}}}}}}}},
"components":{"schemas":{
 "Body":{"type":"object","required":["body"],"properties":{"body":{"type":"string"},"at":{"type":"string","readOnly":true}}},
 "Note":{"type":"object","properties":{"at":{"type":"string","format":"date-time","description":"When"}}},
 "Key":{"type":"object","properties":{"scopes":{"type":"array","items":{"type":"string"}},"state":{"type":"string","enum":["on","off"]}}}}}}`

func TestRead_unfolds_what_each_operation_takes_and_answers(t *testing.T) {
	got, err := apidocs.Read([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	want := apidocs.Document{Base: "/api/v1", Groups: []apidocs.Group{
		{Tag: "customers", Operations: []apidocs.Operation{{
			ID: "add_note", Method: "POST", Path: "/customers/{customer}/notes", Right: "customers.write", Status: "201",
			Params: []apidocs.Value{
				{Name: "Idempotency-Key", In: "header", Type: "string"},
				{Name: "customer", In: "path", Type: "string", Required: true},
			},
			Body:   []apidocs.Value{{Name: "body", Type: "string", Required: true}},
			Answer: []apidocs.Value{{Name: "at", Type: "string (date-time)", Doc: "When"}},
		}}},
		{Tag: "keys", Operations: []apidocs.Operation{{
			ID: "list_keys", Method: "GET", Path: "/keys", Right: "keys.own", Status: "200",
			Params: []apidocs.Value{{Name: "limit", In: "query", Type: "integer = 50", Doc: "How many"}},
			Answer: []apidocs.Value{
				{Name: "items", Type: "object[]"},
				{Name: "items[].scopes", Type: "string[]"},
				{Name: "items[].state", Type: `"on" | "off"`},
			},
		}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPage_shows_every_operation_in_the_readers_language(t *testing.T) {
	site := webtest.New(t, apidocs.Pages{Document: func() []byte { return []byte(document) }}.Routes)
	site.Get("/api").WantRedirect("/sign-in?next=%2Fapi")
	page := site.As(webtest.Staff(org.Associate)).Get("/api").Want(200)
	page.WantText("#add_note", "添加备注").WantText("#add_note", "Idempotency-Key").WantText("#keys", "items[].state").WantText("#list_keys", "管理自己的密钥")
	if got := page.Attr("header a.btn", "href"); got != "/api/v1/openapi.json" {
		t.Errorf("the document is linked as %q", got)
	}
	english := site.As(webtest.Staff(org.Associate, func(s *org.Staff) { s.Locale = "en" })).Get("/api").Want(200)
	english.WantText("#add_note", "Add a note").WantText("h1", "API")
}

func TestPage_without_a_document_is_an_error_not_an_empty_page(t *testing.T) {
	site := webtest.New(t, apidocs.Pages{Document: func() []byte { return []byte("{") }}.Routes)
	site.As(webtest.Staff(org.Associate)).Get("/api").Want(500)
}
