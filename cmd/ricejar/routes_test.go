package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/api"
	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
)

// address is a page's or an operation's address with what it takes to use it.
type address struct {
	method, path string
	right        org.Right
	api          bool
}

// company is the whole program over a database with one person per role, all of
// store A, a customer that each of them may see, and one of store B that only
// those who see everything may.
type company struct {
	*Services
	handler   http.Handler
	addresses []address
	seen      map[org.Role]customer.Customer
	unseen    customer.Customer
}

const testPassword = "rice-jar-2026"

func newCompany(t *testing.T) company {
	t.Helper()
	app := &App{
		Context: t.Context(), URL: dbtest.SQLiteURL(t), Out: io.Discard, Err: io.Discard, Now: time.Now,
		Log: slog.New(slog.DiscardHandler),
	}
	s, err := app.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Auth.Cost = auth.Cost{Memory: 8, Passes: 1}
	site, err := s.site(app, false)
	if err != nil {
		t.Fatal(err)
	}
	c := company{Services: s, seen: map[org.Role]customer.Customer{}}
	if c.handler, err = s.handler(app, false); err != nil {
		t.Fatal(err)
	}
	for _, r := range site.Routes() {
		if r.Path != "/static/" {
			c.addresses = append(c.addresses, address{r.Method, r.Path, r.Right, false})
		}
	}
	for _, r := range s.api(app).Routes() {
		c.addresses = append(c.addresses, address{r.Method, api.Prefix + r.Path, r.Right, true})
	}
	c.people(t)
	return c
}

// people makes the stores, one person per role, and the customers.
func (c *company) people(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	stores := make([]org.Store, 2)
	for i, code := range []string{"A", "B"} {
		var err error
		if stores[i], err = c.Org.EnsureStore(ctx, org.System, code, "CNY", "Asia/Shanghai"); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if c.unseen, err = c.Customers.Create(ctx, org.System, customer.NewCustomer{Name: "别家的顾客", StoreID: stores[1].ID}); err != nil {
		t.Fatal(err)
	}
	for _, role := range org.Roles() {
		p, err := c.Org.CreateStaff(ctx, org.System, org.Staff{Code: string(role), Name: string(role), Role: role, StoreID: stores[0].ID})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Auth.CreateCredential(ctx, 0, int64(p.ID), string(role), testPassword, false); err != nil {
			t.Fatal(err)
		}
		c.seen[role], err = c.Customers.Create(ctx, org.System, customer.NewCustomer{Name: "自家的顾客", StoreID: stores[0].ID, OwnerID: p.ID})
		if err != nil {
			t.Fatal(err)
		}
	}
}

var param = regexp.MustCompile(`\{(\w+)\}`)

// ask sends an empty request to the address, with the customer in its path, as
// the role; an empty role is a stranger. It returns the status and where the
// answer points.
func (c company) ask(t *testing.T, a address, role org.Role, who customer.ID) (status int, location string) {
	t.Helper()
	path := param.ReplaceAllStringFunc(strings.TrimSuffix(a.path, "{$}"), func(p string) string {
		switch p {
		case "{customer}":
			return who.String()
		case "{field}":
			return "hobby"
		}
		return "1"
	})
	body := ""
	if a.api {
		body = "{}"
	}
	r := httptest.NewRequestWithContext(t.Context(), a.method, path, strings.NewReader(body))
	if a.api {
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if role != "" {
		// A session of its own: some addresses end it.
		grant, err := c.Auth.SignIn(context.WithoutCancel(t.Context()), auth.SignIn{Login: string(role), Password: testPassword, Addr: "127.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		r.AddCookie(&http.Cookie{Name: auth.CookieName, Value: grant.Token})
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	if w.Code >= http.StatusInternalServerError {
		t.Errorf("%s %s as %q: %d\n%s", a.method, path, role, w.Code, bytes.TrimSpace(w.Body.Bytes()))
	}
	return w.Code, w.Header().Get("Location")
}

// TestEveryAddress_asks_for_its_right tries every page and every operation as a
// stranger and as every role, on a customer they see and on one they do not.
func TestEveryAddress_asks_for_its_right(t *testing.T) {
	c := newCompany(t)
	if len(c.addresses) < 50 {
		t.Fatalf("only %d addresses: is the site wired?", len(c.addresses))
	}
	for _, a := range c.addresses {
		t.Run(fmt.Sprintf("%s %s", a.method, a.path), func(t *testing.T) {
			open := a.right == web.Public
			status, location := c.ask(t, a, "", c.unseen.ID)
			turnedAway := status == http.StatusUnauthorized || strings.HasPrefix(location, "/sign-in")
			if open == turnedAway && a.path != "/sign-out" {
				t.Errorf("a stranger gets %d %s", status, location)
			}
			for _, role := range org.Roles() {
				c.asRole(t, a, role, open)
			}
		})
	}
}

func (c company) asRole(t *testing.T, a address, role org.Role, open bool) {
	t.Helper()
	may := open || a.right == web.SignedIn || role.Rights().Has(a.right)
	status, location := c.ask(t, a, role, c.seen[role].ID)
	refused := status == http.StatusForbidden
	if may && (refused || status == http.StatusUnauthorized) || !may && !refused {
		t.Errorf("%s, who may: %v, gets %d %s", role, may, status, location)
	}
	if !may || !strings.Contains(a.path, "{customer}") {
		return
	}
	status, _ = c.ask(t, a, role, c.unseen.ID)
	everything := role.DefaultReach() == org.ReachAll
	if !everything && status != http.StatusNotFound {
		t.Errorf("%s gets %d for a customer out of reach, want 404", role, status)
	}
}
