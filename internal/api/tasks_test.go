package api_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
)

// tasks has a day planned on which Li Na was delivered something a week ago, and
// is the associate's list.
func (s *shop) tasks() answer {
	s.t.Helper()
	s.opts.Care.Now = func() time.Time { return time.Date(2026, 11, 12, 2, 0, 0, 0, time.UTC) }
	s.as(org.Associate, "POST", "/receipts", s.receipt("A-1")).want(s.t, 201)
	s.as(org.Manager, "POST", "/plans", object{"day": "2026-11-12"}).want(s.t, 200)
	return s.as(org.Associate, "GET", "/tasks", nil).want(s.t, 200)
}

func TestTasks_tell_of_calls_promised_for_later(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		list := s.tasks()
		if later, ok := list.at("later").([]any); !ok || len(later) != 0 {
			t.Fatalf("later is %v, want an empty list", list.at("later"))
		}
		id, _ := list.at("items", 0, "id").(string)
		s.as(org.Associate, "POST", "/tasks/"+id+"/outcomes", object{"outcome": "call_back", "call_at": "2026-11-12T08:00:00Z"}).want(t, 200)
		list = s.as(org.Associate, "GET", "/tasks", nil).want(t, 200)
		if list.at("later", 0, "id") != id || list.at("later", 0, "call_at") != "2026-11-12T08:00:00Z" {
			t.Errorf("got %s, want the promised call", list.text)
		}
		s.opts.Care.Now = func() time.Time { return time.Date(2026, 11, 12, 8, 1, 0, 0, time.UTC) }
		list = s.as(org.Associate, "GET", "/tasks", nil).want(t, 200)
		if list.at("items", 0, "id") != id || list.at("later", 0) != nil {
			t.Errorf("at its time: %s", list.text)
		}
	})
}

func TestTask_says_whether_its_customers_file_is_to_be_found(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	ctx := t.Context()
	s.tasks()
	c, err := s.opts.Customers.Create(ctx, org.System, customer.NewCustomer{Name: "没主的", StoreID: s.store.ID,
		Birth: customer.Birth{Calendar: customer.Solar, Month: 11, Day: 15}})
	if err != nil {
		t.Fatal(err)
	}
	s.as(org.Manager, "POST", "/plans", object{"day": "2026-11-12"}).want(t, 200)
	for role, want := range map[org.Role]bool{org.Associate: false, org.Manager: true} {
		found := false
		list := s.as(role, "GET", "/tasks", nil).want(t, 200)
		for _, it := range list.at("items").([]any) {
			it := answer{body: it.(object)}
			if it.at("customer", "id") != c.ID.String() {
				if it.at("customer", "file") != true {
					t.Errorf("%s does not find the file of %v", role, it.at("customer"))
				}
				continue
			}
			found = true
			if it.at("customer", "file") != want {
				t.Errorf("%s: file %v, want %v", role, it.at("customer", "file"), want)
			}
			status := map[bool]int{true: 200, false: 404}[want]
			s.as(role, "GET", s.customerPath(c.ID, ""), nil).want(t, status)
			s.as(role, "GET", "/tasks/"+it.at("id").(string), nil).want(t, 200)
		}
		if !found {
			t.Errorf("%s has no task of the customer: %s", role, list.text)
		}
	}
}

func TestTask_reveals_the_phone_to_be_dialled_on_record(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	list := s.tasks()
	if strings.Contains(list.text, "13812345678") {
		t.Errorf("the list has the number in full: %s", list.text)
	}
	path := "/tasks/" + list.at("items", 0, "id").(string)
	if got := s.as(org.Associate, "POST", path+"/phone", nil).want(t, 200); got.at("phone") != "+8613812345678" {
		t.Errorf("got %s", got.text)
	}
	entries, err := s.opts.Audit.List(t.Context(), audit.Filter{Action: "customer.reveal"})
	if err != nil || len(entries) != 1 || entries[0].Staff != int64(s.people[org.Associate].ID) {
		t.Errorf("on record: %+v, %v; want one entry", entries, err)
	}
	s.as(org.Associate, "POST", path+"/outcomes", object{"outcome": "done"}).want(t, 200)
	if got := s.as(org.Associate, "POST", path+"/phone", nil).want(t, 409); got.at("code") != "care.task_closed" {
		t.Errorf("got %s", got.text)
	}
}

func TestOutcome_takes_the_phone_that_was_asked_for(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	path := "/tasks/" + s.tasks().at("items", 0, "id").(string) + "/outcomes"
	if got := s.as(org.Associate, "POST", path, object{"outcome": "done", "phone": "12"}).want(t, 422); got.at("errors", 0, "location") != "body.phone" {
		t.Errorf("got %s", got.text)
	}
	s.as(org.Associate, "POST", path, object{"outcome": "done", "phone": "136 1234 5678"}).want(t, 200)
	if got := s.as(org.Associate, "GET", s.customerPath(s.liNa, ""), nil).want(t, 200); got.at("contacts", 1, "value") != "136****5678" {
		t.Errorf("got %s", got.text)
	}
}

func TestKey_is_created_once_and_its_secret_told_once(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		body := object{"name": "till", "scopes": []string{"customers.read"}}
		first := s.as(org.Manager, "POST", "/keys", body, "Idempotency-Key", "k").want(t, 201)
		again := s.as(org.Manager, "POST", "/keys", body, "Idempotency-Key", "k").want(t, 201)
		if again.at("id") != first.at("id") || first.at("secret") == nil || again.at("secret") != nil {
			t.Errorf("got %s, then %s; want one key, and its secret once", first.text, again.text)
		}
		s.as(org.Manager, "POST", "/keys", object{"name": "another", "scopes": []string{"customers.read"}}, "Idempotency-Key", "k").want(t, 409)
		if other := s.as(org.Administrator, "POST", "/keys", body, "Idempotency-Key", "k").want(t, 201); other.at("id") == first.at("id") {
			t.Error("two people meet on one key")
		}
		s.send("GET", "/customers", nil, "Authorization", "Bearer "+first.at("secret").(string)).want(t, 200)
	})
}

func TestAnswers_tell_how_long_the_server_took(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	timing := regexp.MustCompile(`^app;dur=[0-9]+\.[0-9]{3}$`)
	for name, got := range map[string]answer{
		"a list": s.as(org.Associate, "GET", "/customers", nil), "a problem": s.as(org.Associate, "GET", "/customers/77", nil),
		"nobody": s.send("GET", "/customers", nil), "the document": s.send("GET", "/openapi.json", nil), "no operation": s.send("GET", "/nothing", nil),
	} {
		if h := got.header.Get("Server-Timing"); !timing.MatchString(h) {
			t.Errorf("%s: Server-Timing %q", name, h)
		}
	}
}
