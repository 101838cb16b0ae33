package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
)

type object = map[string]any

func TestCustomer_is_masked_unless_revealed_on_record(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	path := s.customerPath(s.liNa, "")
	got := s.as(org.Associate, "GET", path, nil).want(t, 200)
	if got.at("contacts", 0, "value") != "138****5678" || got.at("phone") != "138****5678" || got.at("facts", 0, "value") != "上海市南京路***" {
		t.Errorf("not masked: %s", got.text)
	}
	if list := s.as(org.Associate, "GET", "/customers", nil).want(t, 200); strings.Contains(list.text, "13812345678") || list.at("items", 0, "phone") != "138****5678" {
		t.Errorf("not masked: %s", list.text)
	}
	s.as(org.Marketer, "GET", path+"?reveal=true", nil).want(t, 403)
	got = s.as(org.Associate, "GET", path+"?reveal=true&why=delivery", nil).want(t, 200)
	if got.at("contacts", 0, "value") != "+8613812345678" || got.at("facts", 0, "value") != "上海市南京路一百零八号三单元" || got.at("revealed") != true {
		t.Errorf("not revealed: %s", got.text)
	}
	entries, err := s.opts.Audit.List(t.Context(), audit.Filter{Action: "customer.reveal"})
	if err != nil || len(entries) != 1 || entries[0].Staff != int64(s.people[org.Associate].ID) || entries[0].Subject != "customer:"+s.liNa.String() {
		t.Errorf("on record: %+v, %v; want one entry", entries, err)
	}
	page := s.as(org.Executive, "GET", "/audit?action=customer.reveal&limit=1", nil).want(t, 200)
	if page.at("items", 0, "detail", "why") != "delivery" || page.at("next") != nil {
		t.Errorf("got %s", page.text)
	}
	if whole := s.as(org.Executive, "GET", "/audit/verification", nil).want(t, 200); whole.at("broken_at") != nil {
		t.Errorf("got %s", whole.text)
	}
}

func TestFacts_that_are_sensitive_are_told_only_to_those_who_may_see_contacts(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	const income = "upper_middle"
	facts := s.customerPath(s.liNa, "/facts")
	s.as(org.Associate, "POST", facts, map[string]any{"facts": []any{map[string]any{"field": "income_band", "value": income}}})
	for _, path := range []string{facts, facts + "?field=income_band", s.customerPath(s.liNa, "")} {
		if got := s.as(org.Associate, "GET", path, nil).want(t, 200); !strings.Contains(got.text, income) {
			t.Errorf("%s hides it from who keeps the customer: %s", path, got.text)
		}
		if got := s.as(org.Marketer, "GET", path, nil).want(t, 200); strings.Contains(got.text, income) || !strings.Contains(got.text, "income_band") {
			t.Errorf("%s tells a marketer: %s", path, got.text)
		}
	}
}

func TestCustomer_is_created_once_however_often_the_request_is_sent(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		body := object{
			"name": "王小米", "contacts": []any{object{"kind": "phone", "value": "137 0000 1234", "label": "家"}},
			"birthday": object{"calendar": "lunar", "month": 8, "day": 15}, "facts": []any{object{"field": "hobby", "value": "钓鱼"}}, "note": "喜欢安静",
		}
		var wg sync.WaitGroup
		answers := make([]answer, 4)
		for i := range answers {
			wg.Go(func() {
				answers[i] = s.as(org.Associate, "POST", "/customers", body, "Idempotency-Key", "till-1")
			})
		}
		wg.Wait()
		for _, a := range answers {
			if a.want(t, 201); a.at("id") != answers[0].at("id") || a.at("owner_id") != s.people[org.Associate].ID.String() {
				t.Fatalf("got %s, want the file of %s", a.text, answers[0].text)
			}
		}
		body["name"] = "王大米"
		if got := s.as(org.Associate, "POST", "/customers", body, "Idempotency-Key", "till-1").want(t, 409); got.at("code") != "api.key_reused" {
			t.Errorf("got %s", got.text)
		}
		if got := s.as(org.Associate, "POST", "/customers", body, "Idempotency-Key", "till-2").want(t, 409); got.at("code") != "customer.phone_taken" {
			t.Errorf("another request with the same phone: got %s", got.text)
		}
		if got := s.as(org.Manager, "GET", "/customers/holder?value=%2B86-137-0000-1234", nil).want(t, 200); got.at("customer_id") != answers[0].at("id") {
			t.Errorf("holder: got %s", got.text)
		}
		if got := s.as(org.Manager, "GET", "/customers/search?q=wxm", nil).want(t, 200); got.at("items", 0, "id") != answers[0].at("id") {
			t.Errorf("search by initials: got %s", got.text)
		}
	})
}

func TestCustomer_patch_changes_what_it_names_and_minds_the_version(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	path := s.customerPath(s.liNa, "")
	before := s.as(org.Associate, "GET", path, nil).want(t, 200)
	keep := object{"id": before.at("contacts", 0, "id"), "label": "手机"}
	after := s.as(org.Associate, "PATCH", path, object{
		"gender": "female", "version": before.at("version"),
		"contacts": []any{keep, object{"kind": "email", "value": "Li.Na@Example.com"}}, "birthday": object{"calendar": "solar", "year": 1990, "month": 4, "day": 17},
	}).want(t, 200)
	if after.at("name") != "李娜" || after.at("gender") != "female" || after.at("contacts", 0, "value") != "138****5678" ||
		after.at("contacts", 0, "label") != "手机" || after.at("contacts", 1, "value") != "l***@example.com" || after.at("birthday", "month") != 4.0 {
		t.Errorf("got %s", after.text)
	}
	if got := s.as(org.Associate, "PATCH", path, object{"name": "李丽", "version": before.at("version")}).want(t, 409); got.at("code") != "customer.changed_meanwhile" {
		t.Errorf("got %s", got.text)
	}
	if got := s.as(org.Associate, "PATCH", path, object{"birthday": object{}}).want(t, 200); got.at("birthday") != nil || got.at("gender") != "female" {
		t.Errorf("taken back: got %s", got.text)
	}
	if got := s.as(org.Associate, "PATCH", path, object{"contacts": []any{object{"id": "99"}}}).want(t, 422); got.at("errors", 0, "code") != "api.contact_unknown" {
		t.Errorf("got %s", got.text)
	}
}

func TestNotes_facts_and_consents_are_kept_and_told_by_the_timeline(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	path := func(rest string) string { return s.customerPath(s.liNa, rest) }
	n := s.as(org.Associate, "POST", path("/notes"), object{"body": "搬了新家"}, "Idempotency-Key", "n1").want(t, 201)
	again := s.as(org.Associate, "POST", path("/notes"), object{"body": "搬了新家"}, "Idempotency-Key", "n1").want(t, 201)
	if n.at("id") != again.at("id") {
		t.Errorf("two notes: %s, %s", n.text, again.text)
	}
	note := fmt.Sprint(n.at("id"))
	s.as(org.Associate, "DELETE", path("/notes/"+note), nil).want(t, 204)
	if got := s.as(org.Associate, "GET", path("/notes"), nil).want(t, 200); got.at("items", 0) != nil {
		t.Errorf("got %s", got.text)
	}
	s.as(org.Associate, "POST", path("/notes/"+note+"/restoration"), nil).want(t, 204)

	s.as(org.Associate, "POST", path("/facts"), object{"facts": []any{object{"field": "household_size", "value": "3"}}}).want(t, 200)
	s.as(org.Associate, "POST", path("/facts"), object{"facts": []any{object{"field": "household_size", "value": "4"}}, "source": "phone"}).want(t, 200)
	history := s.as(org.Associate, "GET", path("/facts?field=household_size"), nil).want(t, 200)
	if history.at("items", 0, "value") != "4" || history.at("items", 0, "source") != "phone" || history.at("items", 1, "value") != "3" {
		t.Errorf("got %s", history.text)
	}
	s.as(org.Associate, "POST", path("/consents"), object{"purpose": "all", "channel": "all", "granted": false, "source": "talk"}).want(t, 200)
	if got := s.as(org.Associate, "GET", path(""), nil).want(t, 200); got.at("do_not_contact") != true {
		t.Errorf("got %s", got.text)
	}
	kinds := map[any]int{}
	next, pages := "", 0
	for {
		page := s.as(org.Associate, "GET", path("/timeline?limit=2&after="+next), nil).want(t, 200)
		for _, e := range page.at("items").([]any) {
			kinds[e.(object)["kind"]]++
		}
		if pages++; page.at("next") == nil {
			break
		}
		next = page.at("next").(string)
	}
	if kinds["note"] != 1 || kinds["consent"] != 1 || kinds["created"] != 1 || kinds["fact"] < 2 || pages < 3 {
		t.Errorf("the timeline tells %v on %d pages", kinds, pages)
	}
}

func TestCustomers_are_paged_and_limited_to_the_reach(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	for i := range 5 {
		_, err := s.opts.Customers.Create(t.Context(), org.System, customer.NewCustomer{Name: fmt.Sprintf("张%d", i), StoreID: s.store.ID})
		if err != nil {
			t.Fatal(err)
		}
	}
	counts := map[org.Role]int{org.Associate: 1, org.Manager: 6, org.Administrator: 7}
	for role, want := range counts {
		seen := map[any]bool{}
		next := ""
		for {
			page := s.as(role, "GET", "/customers?limit=2&after="+next, nil).want(t, 200)
			for _, c := range page.at("items").([]any) {
				seen[c.(object)["id"]] = true
			}
			if page.at("next") == nil {
				break
			}
			next = page.at("next").(string)
		}
		if len(seen) != want {
			t.Errorf("%s sees %d customers, want %d", role, len(seen), want)
		}
	}
}

func TestStaff_and_stores_are_managed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		admin := func(method, path string, body any, headers ...string) answer {
			return s.as(org.Administrator, method, path, body, headers...)
		}
		region := admin("POST", "/regions", object{"name": "华东"}).want(t, 201)
		admin("PATCH", "/regions/"+region.at("id").(string), object{"name": "华东区"}).want(t, 200)
		store := object{"code": "HZ1", "name": "杭州店", "currency": "cny", "tz": "Asia/Shanghai", "region_id": region.at("id")}
		made := admin("POST", "/stores", store, "Idempotency-Key", "s").want(t, 201)
		if again := admin("POST", "/stores", store, "Idempotency-Key", "s").want(t, 201); again.at("id") != made.at("id") || again.at("currency") != "CNY" {
			t.Errorf("got %s, want %s", again.text, made.text)
		}
		storeID := made.at("id").(string)
		if got := admin("PATCH", "/stores/"+storeID, object{"active": false, "region_id": ""}).want(t, 200); got.at("active") != false || got.at("region_id") != nil || got.at("name") != "杭州店" {
			t.Errorf("got %s", got.text)
		}
		admin("POST", "/stores", object{"code": "HZ2", "currency": "XXX", "tz": "Mars"}).want(t, 422)

		p := admin("POST", "/staff", object{"code": "zhao", "name": "赵敏", "role": "associate", "store_id": s.store.ID}).want(t, 201)
		id := p.at("id").(string)
		admin("POST", "/staff/"+id+"/login", object{"login": "zhao", "password": "12345678"}).want(t, 422)
		admin("POST", "/staff/"+id+"/login", object{"login": "zhao", "password": "green rice jar"}).want(t, 204)
		admin("POST", "/staff/"+id+"/password", object{"password": "yellow rice jar"}).want(t, 204)
		handed := admin("POST", "/staff/"+s.people[org.Associate].ID.String()+"/hand-over", object{"to": id}).want(t, 200)
		if handed.at("customers") != 1.0 {
			t.Errorf("got %s", handed.text)
		}
		admin("PATCH", "/staff/"+id, object{"active": false}).want(t, 200)
		admin("DELETE", "/staff/"+id+"/login", nil).want(t, 204)
		admin("PATCH", "/staff/"+s.people[org.Administrator].ID.String(), object{"role": "associate", "reach": "own"}).want(t, 409)
		if got := admin("GET", "/staff?limit=3", nil).want(t, 200); got.at("items", 0, "code") != "administrator" || got.at("next") == nil {
			t.Errorf("got %s", got.text)
		}
		if got := s.as(org.Associate, "PATCH", "/me", object{"locale": "zh-Hant"}).want(t, 200); got.at("locale") != "zh-Hant" {
			t.Errorf("got %s", got.text)
		}
	})
}

func TestField_of_ones_own_works_like_a_built_in_one(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	f := object{"labels": object{"zh-Hans": "鞋码", "en": "Shoe size"}, "group": "hard", "type": "number", "min": "20", "max": "50", "weight": 2, "position": 35}
	got := s.as(org.Administrator, "PUT", "/fields/shoe_size", f, "Accept-Language", "en").want(t, 200)
	if got.at("label") != "Shoe size" || got.at("active") != true {
		t.Errorf("got %s", got.text)
	}
	path := s.customerPath(s.liNa, "/facts")
	if bad := s.as(org.Associate, "POST", path, object{"facts": []any{object{"field": "shoe_size", "value": "60"}}}).want(t, 422); bad.at("errors", 0, "code") != "error.between" {
		t.Errorf("got %s", bad.text)
	}
	s.as(org.Associate, "POST", path, object{"facts": []any{object{"field": "shoe_size", "value": "38"}}}).want(t, 200)
	if list := s.as(org.Associate, "GET", "/fields", nil, "Accept-Language", "zh-TW").want(t, 200); !strings.Contains(list.text, `"鞋码"`) || !strings.Contains(list.text, `"birthday"`) {
		t.Errorf("got %s", list.text)
	}
}

func TestCustomer_names_no_relatives_out_of_reach(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	c := s.opts.Customers
	if err := c.SetHousehold(t.Context(), org.System, s.liNa, s.chen); err != nil {
		t.Fatal(err)
	}
	f, err := c.File(t.Context(), org.System, s.liNa)
	if err != nil {
		t.Fatal(err)
	}
	h := f.Customer
	if _, err := c.Update(t.Context(), org.System, s.liNa, customer.Edit{
		Name: h.Name, StoreID: h.StoreID, OwnerID: h.OwnerID, Contacts: f.Contacts, Referrer: s.chen, Version: h.Version,
	}); err != nil {
		t.Fatal(err)
	}
	path := s.customerPath(s.liNa, "")
	if got := s.as(org.Administrator, "GET", path, nil).want(t, 200); got.at("referrer_id") != s.chen.String() || got.at("household_id") == nil {
		t.Errorf("an administrator is told %s", got.text)
	}
	if got := s.as(org.Associate, "GET", path, nil).want(t, 200); got.at("referrer_id") != nil || got.at("household_id") != nil {
		t.Errorf("an associate is told of another store's customer: %s", got.text)
	}
}

func TestHousehold_is_joined_and_left(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	home := s.customerPath(s.liNa, "/household")
	s.as(org.Administrator, "PUT", home, object{"with": s.liNa.String()}).want(t, 422)
	s.as(org.Associate, "PUT", home, object{"with": s.chen.String()}).want(t, 404) // of another store
	if got := s.as(org.Administrator, "PUT", home, object{"with": s.chen.String()}).want(t, 200); got.at("household_id") == nil {
		t.Errorf("got %s", got.text)
	}
	s.as(org.Executive, "DELETE", home, nil).want(t, 403)
	s.as(org.Administrator, "DELETE", home, nil).want(t, 204)
	if got := s.as(org.Administrator, "GET", s.customerPath(s.liNa, ""), nil).want(t, 200); got.at("household_id") != nil {
		t.Errorf("got %s", got.text)
	}
}

func TestNotes_are_listed_to_the_last(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	notes := s.customerPath(s.liNa, "/notes")
	for n := range 23 {
		s.as(org.Associate, "POST", notes, object{"body": fmt.Sprintf("第 %d 条", n)}).want(t, 201)
	}
	var bodies []any
	for next := ""; ; {
		page := s.as(org.Associate, "GET", notes+"?limit=10&after="+next, nil).want(t, 200)
		for _, n := range page.at("items").([]any) {
			bodies = append(bodies, n.(object)["body"])
		}
		if page.at("next") == nil {
			break
		}
		next = page.at("next").(string)
	}
	if len(bodies) != 23 || bodies[0] != "第 22 条" || bodies[22] != "第 0 条" {
		t.Errorf("got %v, want 23 notes, the latest first", bodies)
	}
}
