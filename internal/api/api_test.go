package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/api"
	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// shop is a program with one store, one person per role, and two customers:
// Li Na is the associate's, Chen Wei belongs to another store.
type shop struct {
	t      *testing.T
	api    *api.API
	opts   api.Options
	store  org.Store
	other  org.Store
	people map[org.Role]org.Staff
	keys   map[org.Role]string
	liNa   customer.ID
	chen   customer.ID
}

func newShop(t *testing.T, d *db.DB) *shop {
	t.Helper()
	ctx := t.Context()
	record := func(ctx context.Context, tx *db.Tx, staff int64, action, subject string, detail any) error {
		return audit.Record(ctx, tx, staff, action, subject, detail)
	}
	o := api.Options{
		DB: d, Org: &org.Service{DB: d, Audit: record}, Audit: &audit.Service{DB: d}, Customers: customer.New(d),
		Auth: &auth.Service{DB: d, Cost: auth.Cost{Memory: 8, Passes: 1}, Audit: record},
		Log:  slog.New(slog.NewTextHandler(io.Discard, nil)), Version: "test",
	}
	o.Purchases = purchase.New(d, o.Customers, o.Org, time.Now)
	o.Care = care.New(d, o.Org, o.Customers, o.Purchases)
	o.Insight = insight.New(d, o.Org, o.Customers)
	s := &shop{t: t, opts: o, people: map[org.Role]org.Staff{}, keys: map[org.Role]string{}}
	var err error
	must := func() {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s.store, err = o.Org.CreateStore(ctx, org.System, org.Store{Code: "SH1", Currency: "CNY", Zone: "Asia/Shanghai"})
	must()
	s.other, err = o.Org.CreateStore(ctx, org.System, org.Store{Code: "BJ1", Currency: "CNY", Zone: "Asia/Shanghai"})
	must()
	for _, role := range org.Roles() {
		p, err := o.Org.CreateStaff(ctx, org.System, org.Staff{Code: string(role), Name: string(role), Role: role, StoreID: s.store.ID, Locale: "en"})
		if err != nil {
			t.Fatal(err)
		}
		scopes := make([]string, 0, len(role.Rights()))
		for _, r := range role.Rights() {
			scopes = append(scopes, string(r))
		}
		_, secret, err := o.Auth.CreateKey(ctx, int64(p.ID), "test", scopes)
		if err != nil {
			t.Fatal(err)
		}
		s.people[role], s.keys[role] = p, secret
	}
	phone := func(n string) []customer.Contact {
		k, err := customer.ParseContact(customer.Phone, n)
		if err != nil {
			t.Fatal(err)
		}
		return []customer.Contact{k}
	}
	c, err := o.Customers.Create(ctx, org.System, customer.NewCustomer{
		Name: "李娜", Contacts: phone("13812345678"), StoreID: s.store.ID,
		OwnerID: s.people[org.Associate].ID, Answers: []customer.Answer{{Field: "address", Value: "上海市南京路一百零八号三单元"}},
	})
	must()
	s.liNa = c.ID
	c, err = o.Customers.Create(ctx, org.System, customer.NewCustomer{Name: "陈伟", Contacts: phone("13900001111"), StoreID: s.other.ID})
	must()
	s.chen = c.ID
	s.api = api.New(o)
	return s
}

// answer is what the API answered.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// at reads a value of the body: at("items", 0, "name").
func (a answer) at(path ...any) any {
	var v any = a.body
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			list, _ := v.([]any)
			if p >= len(list) {
				return nil
			}
			v = list[p]
		}
	}
	return v
}

// as sends a request with the key of somebody in the role. body is a string,
// or a value that is sent as JSON.
func (s *shop) as(role org.Role, method, path string, body any, headers ...string) answer {
	s.t.Helper()
	return s.send(method, path, body, append([]string{"Authorization", "Bearer " + s.keys[role]}, headers...)...)
}

func (s *shop) send(method, path string, body any, headers ...string) answer {
	s.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		in = strings.NewReader(string(raw))
	}
	r := httptest.NewRequestWithContext(s.t.Context(), method, api.Prefix+path, in)
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header(), text: w.Body.String()}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil && !strings.Contains(a.header.Get("Content-Type"), "csv") {
			s.t.Fatalf("%s %s answers %q: %v", method, path, a.text, err)
		}
	}
	return a
}

// want fails the test unless the answer has the status.
func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("got %d %s, want %d", a.status, a.text, status)
	}
	return a
}

func (s *shop) customerPath(c customer.ID, rest string) string {
	return fmt.Sprintf("/customers/%s%s", c, rest)
}

func TestEveryOperation_declares_a_right_and_minds_it(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	s.send("GET", "/openapi.json", nil).want(t, 200)
	routes := slices.DeleteFunc(s.api.Routes(), func(rt api.Route) bool { return rt.Right == api.Public })
	if len(routes) < 30 {
		t.Fatalf("only %d operations found", len(routes))
	}
	// The document and the routes are the same operations.
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Summary     string `json:"summary"`
			Right       string `json:"x-right"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(s.api.Document(), &doc); err != nil || doc.OpenAPI != "3.1.0" {
		t.Fatalf("the document is not OpenAPI 3.1: %q, %v", doc.OpenAPI, err)
	}
	documented := 0
	for _, ops := range doc.Paths {
		documented += len(ops)
	}
	if documented != len(routes) {
		t.Errorf("%d operations are documented, %d exist", documented, len(routes))
	}
	for _, rt := range routes {
		op := doc.Paths[rt.Path][strings.ToLower(rt.Method)]
		if op.OperationID != rt.ID || op.Right != string(rt.Right) || !org.Right(op.Right).Valid() {
			t.Errorf("%s %s is documented as %+v", rt.Method, rt.Path, op)
		}
		if op.Summary == "" || strings.HasPrefix(op.Summary, "api.op.") {
			t.Errorf("%s has no summary", rt.ID)
		}
		t.Run(rt.ID, func(t *testing.T) {
			path := filled(rt.Path, s.liNa)
			if got := s.send(rt.Method, path, nil); got.status != http.StatusUnauthorized {
				t.Errorf("nobody: got %d %s, want 401", got.status, got.text)
			}
			for _, role := range org.Roles() {
				got := s.as(role, rt.Method, path, nil)
				if may := role.Rights().Has(rt.Right); may == (got.status == http.StatusForbidden) || got.status == http.StatusUnauthorized {
					t.Errorf("%s, whose right to %s is %v: got %d %s", role, rt.Right, may, got.status, got.text)
				}
			}
			if !strings.Contains(rt.Path, "{customer}") {
				return
			}
			// Chen Wei is a customer of another store: not to be found by those who reach no further.
			for _, role := range []org.Role{org.Associate, org.Manager, org.Technician} {
				if !role.Rights().Has(rt.Right) {
					continue
				}
				if got := s.as(role, rt.Method, filled(rt.Path, s.chen), "{}"); got.status != http.StatusNotFound {
					t.Errorf("%s and another store's customer: got %d %s, want 404", role, got.status, got.text)
				}
			}
		})
	}
}

// filled puts an id that nothing has into each {…} of a path, and the customer's
// into {customer}.
func filled(path string, c customer.ID) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		switch {
		case p == "{customer}":
			parts[i] = c.String()
		case strings.HasPrefix(p, "{"):
			parts[i] = "4242"
		}
	}
	return strings.Join(parts, "/")
}

func TestProblem_is_told_in_the_language_asked_for(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	cases := []struct {
		name    string
		method  string
		path    string
		body    any
		header  string
		status  int
		code    string
		detail  string
		field   string
		because string
	}{
		{"unknown address", "GET", "/nothing", nil, "en", 404, "api.no_operation", "There is no such operation", "", ""},
		{"not found, Traditional Chinese", "GET", "/customers/77", nil, "zh-TW", 404, "customer.not_found", "", "", ""},
		{"an id that is none", "GET", "/customers/x", nil, "en", 404, "api.no_operation", "", "", ""},
		{"missing property", "POST", "/keys", map[string]any{"name": "x"}, "en", 422, "api.check_request", "", "body.scopes", "api.rule.required"},
		{"unknown property", "POST", "/keys", map[string]any{"name": "x", "scopes": []string{"tasks.read"}, "nme": 1}, "zh-CN", 422, "api.check_request", "", "body.nme", "api.rule.unexpected"},
		{"wrong type", "PATCH", "/me", map[string]any{"theme": 3}, "en", 422, "api.check_request", "", "body.theme", "api.rule.string"},
		{"not one of", "PATCH", "/me", map[string]any{"theme": "pink"}, "en", 422, "api.check_request", "", "body.theme", "api.rule.one_of"},
		{"a rule of the domain", "POST", "/customers", map[string]any{"contacts": []any{map[string]any{"kind": "phone", "value": "12"}}}, "en", 422, "error.check_fields", "", "body.contacts", "phone.not_a_number"},
		{"not JSON", "POST", "/keys", "{", "en", 400, "api.malformed", "", "", ""},
		{"limit too large", "GET", "/customers?limit=1000", nil, "en", 422, "api.check_request", "", "query.limit", "api.rule.at_most"},
		{"a cursor of somebody else's", "GET", "/customers?after=xyz", nil, "en", 422, "api.cursor_wrong", "", "", ""},
		{"search for nothing", "GET", "/customers/search", nil, "en", 422, "api.check_request", "", "query.q", "error.required"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := s.as(org.Administrator, c.method, c.path, c.body, "Accept-Language", c.header).want(t, c.status)
			if ct := got.header.Get("Content-Type"); ct != "application/problem+json" {
				t.Errorf("content type %q", ct)
			}
			if got.at("code") != c.code || got.at("status") != float64(c.status) {
				t.Errorf("got %s, want the code %s", got.text, c.code)
			}
			if detail, _ := got.at("detail").(string); !strings.HasPrefix(detail, c.detail) || detail == "" || strings.Contains(detail, "{") {
				t.Errorf("got the detail %q, want %q…", detail, c.detail)
			}
			if c.field != "" && (got.at("errors", 0, "location") != c.field || got.at("errors", 0, "code") != c.because) {
				t.Errorf("got %s, want %s at %s", got.text, c.because, c.field)
			}
		})
	}
}

func TestSession_works_in_place_of_a_key_but_not_from_another_site(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	ctx := t.Context()
	staff := int64(s.people[org.Manager].ID)
	if err := s.opts.Auth.CreateCredential(ctx, 0, staff, "manager", "seven green jars", true); err != nil {
		t.Fatal(err)
	}
	g, err := s.opts.Auth.SignIn(ctx, auth.SignIn{Login: "manager", Password: "seven green jars"})
	if err != nil {
		t.Fatal(err)
	}
	cookie := []string{"Cookie", auth.CookieName + "=" + g.Token}
	if got := s.send("GET", "/me", nil, cookie...).want(t, 403); got.at("code") != "api.change_password_first" {
		t.Errorf("got %s", got.text)
	}
	change := map[string]any{"old_password": "seven green jars", "password": "eight new bowls"}
	s.send("POST", "/me/password", change, append(cookie, "Sec-Fetch-Site", "cross-site")...).want(t, 403)
	s.send("POST", "/me/password", change, append(cookie, "Sec-Fetch-Site", "same-origin")...).want(t, 204)
	if got := s.send("GET", "/me", nil, cookie...).want(t, 200); got.at("code") != "manager" {
		t.Errorf("got %s", got.text)
	}
	if got := s.send("GET", "/me/sessions", nil, cookie...).want(t, 200); got.at("items", 0, "current") != true {
		t.Errorf("got %s", got.text)
	}
	s.send("DELETE", "/me/sessions/"+g.Session.ID, nil, cookie...).want(t, 204)
	s.send("GET", "/me", nil, cookie...).want(t, 401)
}

func TestKey_is_narrowed_by_its_scopes_and_dies_with_its_owner(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	if got := s.as(org.Manager, "POST", "/keys", map[string]any{"name": "till", "scopes": []string{"staff.write"}}).want(t, 422); got.at("errors", 0, "code") != "api.scope_not_yours" {
		t.Errorf("got %s", got.text)
	}
	made := s.as(org.Manager, "POST", "/keys", map[string]any{"name": "till", "scopes": []string{"customers.read", "account.own"}}).want(t, 201)
	secret, _ := made.at("secret").(string)
	bearer := []string{"Authorization", "Bearer " + secret}
	s.send("GET", "/customers", nil, bearer...).want(t, 200)
	s.send("GET", "/stores", nil, bearer...).want(t, 403)
	if got := s.as(org.Manager, "GET", "/keys", nil).want(t, 200); strings.Contains(got.text, secret) {
		t.Error("the list shows the secret")
	}
	p := s.people[org.Manager]
	p.Active = false
	if err := s.opts.Org.UpdateStaff(t.Context(), org.System, p); err != nil {
		t.Fatal(err)
	}
	s.send("GET", "/customers", nil, bearer...).want(t, 403)
	id, _ := made.at("id").(string)
	s.as(org.Administrator, "DELETE", "/keys/"+id, nil).want(t, 404) // somebody else's
}
