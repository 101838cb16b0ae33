package api_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
)

func (s *shop) receipt(number string) object {
	return object{
		"store": "sh1", "number": number, "sold_at": "2026-11-01T10:30:00+08:00", "staff": "associate", "customer_id": s.liNa,
		"lines": []any{
			object{"sku": "SOFA-3", "name": "三人沙发", "quantity": "1", "unit_price": "3999.00"},
			object{"sku": "CLOTH", "name": "窗帘布", "quantity": "1.5", "unit_price": "9.90"},
		}, "delivered_on": "2026-11-05",
	}
}

func TestReceipt_is_recorded_once_and_read_back(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		var wg sync.WaitGroup
		answers := make([]answer, 4)
		for i := range answers {
			wg.Go(func() { answers[i] = s.as(org.Associate, "POST", "/receipts", s.receipt("A-1")) })
		}
		wg.Wait()
		created := 0
		for _, a := range answers {
			if a.status == 201 {
				created++
			} else {
				a.want(t, 200)
			}
			if a.at("id") != answers[0].at("id") || a.at("net") != "4013.85" || a.at("currency") != "CNY" || a.at("items", 1, "quantity") != "1.5" ||
				a.at("day") != "2026-11-01" || a.at("deliveries", 0, "delivered_on") != "2026-11-05" || a.at("staff_id") != s.people[org.Associate].ID.String() {
				t.Fatalf("got %s", a.text)
			}
		}
		if created != 1 {
			t.Errorf("%d answers say that it was new, want one", created)
		}
		other := s.receipt("A-1")
		other["lines"] = []any{object{"name": "别的", "amount": "5.00"}}
		s.as(org.Associate, "POST", "/receipts", other).want(t, 409)

		path := s.customerPath(s.liNa, "/receipts")
		list := s.as(org.Associate, "GET", path, nil).want(t, 200)
		id, _ := list.at("items", 0, "id").(string)
		if list.at("items", 0, "number") != "A-1" || list.at("next") != nil {
			t.Errorf("got %s", list.text)
		}
		gift := s.as(org.Associate, "POST", path+"/"+id+"/deliveries", object{"delivered_on": "2026-11-08", "what": "靠垫", "gift": "茶叶", "gift_cost": "20"}, "Idempotency-Key", "d").want(t, 201)
		again := s.as(org.Associate, "POST", path+"/"+id+"/deliveries", object{"delivered_on": "2026-11-08", "what": "靠垫", "gift": "茶叶", "gift_cost": "20"}, "Idempotency-Key", "d").want(t, 201)
		if n := len(again.at("deliveries").([]any)); n != 2 || !strings.Contains(gift.text, `"gift_cost":"20.00"`) {
			t.Errorf("%d deliveries: %s", n, again.text)
		}
		if got := s.as(org.Manager, "GET", "/receipts?number=A", nil).want(t, 200); got.at("items", 0, "id") != id {
			t.Errorf("by number: got %s", got.text)
		}
		report := s.as(org.Executive, "GET", "/reports/purchases", nil).want(t, 200)
		if report.at("net_total") != "4013.85" || report.at("receipts") != 1.0 || report.at("clean", "total") != "4013.85" {
			t.Errorf("got %s", report.text)
		}
	})
}

func TestReceipt_of_a_walk_in_and_what_is_wrong_with_others(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	walkIn := s.receipt("W-1")
	delete(walkIn, "customer_id")
	delete(walkIn, "delivered_on")
	made := s.as(org.Manager, "POST", "/receipts", walkIn).want(t, 201)
	if got := s.as(org.Manager, "GET", "/receipts/"+made.at("id").(string), nil).want(t, 200); got.at("customer_id") != nil || got.at("number") != "W-1" {
		t.Errorf("got %s", got.text)
	}
	unnumbered := s.receipt("")
	first := s.as(org.Manager, "POST", "/receipts", unnumbered, "Idempotency-Key", "r").want(t, 201)
	if again := s.as(org.Manager, "POST", "/receipts", unnumbered, "Idempotency-Key", "r").want(t, 200); again.at("id") != first.at("id") {
		t.Errorf("got %s, want %s", again.text, first.text)
	}
	cases := []struct {
		name   string
		change func(object)
		status int
		code   string
	}{
		{"unknown store", func(r object) { r["store"] = "XX" }, 404, "org.store_unknown"},
		{"unknown seller", func(r object) { r["staff"] = "nobody" }, 404, "org.staff_unknown"},
		{"store out of reach", func(r object) { r["store"] = "BJ1"; delete(r, "customer_id") }, 403, "purchase.store_out_of_reach"},
		{"customer out of reach", func(r object) { r["customer_id"] = s.chen }, 404, "customer.not_found"},
		{"letters in an amount", func(r object) { r["lines"] = []any{object{"amount": "12x"}} }, 422, "money.not_an_amount"},
		{"no price", func(r object) { r["lines"] = []any{object{"name": "x"}} }, 422, "api.price_or_amount"},
		{"no lines", func(r object) { r["lines"] = []any{} }, 422, "api.rule.at_least"},
		{"a day that is none", func(r object) { r["delivered_on"] = "2026-02-30" }, 422, "api.rule.day"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := s.receipt("E-1")
			c.change(r)
			got := s.as(org.Manager, "POST", "/receipts", r).want(t, c.status)
			if got.at("code") != c.code && got.at("errors", 0, "code") != c.code {
				t.Errorf("got %s, want %s", got.text, c.code)
			}
		})
	}
}

func TestTask_is_planned_listed_done_and_undone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		s.opts.Care.Now = func() time.Time { return time.Date(2026, 11, 12, 2, 0, 0, 0, time.UTC) }
		s.as(org.Associate, "POST", "/receipts", s.receipt("A-1")).want(t, 201)
		plan := s.as(org.Manager, "POST", "/plans", object{"day": "2026-11-12"}).want(t, 200)
		if made, _ := plan.at("made").(float64); made < 1 {
			t.Fatalf("got %s, want a task seven days after the delivery", plan.text)
		}
		if again := s.as(org.Manager, "POST", "/plans", object{"day": "2026-11-12"}).want(t, 200); again.at("made") != 0.0 {
			t.Errorf("planned twice: %s", again.text)
		}
		list := s.as(org.Associate, "GET", "/tasks?date=2026-11-12", nil, "Accept-Language", "zh-CN").want(t, 200)
		var id string
		var version any
		for _, it := range list.at("items").([]any) {
			it := answer{body: it.(object)}
			if it.at("customer", "id") != s.liNa.String() || it.at("customer", "phone") != "138****5678" || it.at("script") == "" || it.at("reason") == "" {
				t.Errorf("got %v", it.body)
			}
			if it.at("rule", "code") == "delivery_7" {
				id, version = it.at("id").(string), it.at("version")
				if !strings.Contains(it.at("reason").(string), "三人沙发") || it.at("question", "text") == "" {
					t.Errorf("got %v", it.body)
				}
			}
		}
		if id == "" {
			t.Fatalf("no task after the delivery: %s", list.text)
		}
		if got := s.as(org.Manager, "GET", "/tasks/"+id, nil).want(t, 200); got.at("id") != id {
			t.Errorf("got %s", got.text)
		}
		if got := s.as(org.Associate, "GET", s.customerPath(s.liNa, "/tasks"), nil).want(t, 200); got.at("items", 0) == nil {
			t.Errorf("got %s", got.text)
		}
		s.as(org.Associate, "GET", "/tasks/12", nil).want(t, 404)

		done := object{"outcome": "done", "text": "很满意", "version": version, "answer": object{"field": "hobby", "value": "养花"}}
		out := s.as(org.Associate, "POST", "/tasks/"+id+"/outcomes", done, "Idempotency-Key", "o").want(t, 200)
		again := s.as(org.Associate, "POST", "/tasks/"+id+"/outcomes", done, "Idempotency-Key", "o").want(t, 200)
		if out.at("task", "state") != "done" || again.at("id") != out.at("id") || again.at("repeated") != true {
			t.Errorf("got %s, then %s", out.text, again.text)
		}
		s.as(org.Manager, "POST", "/tasks/"+id+"/outcomes", object{"outcome": "no_answer", "version": version}).want(t, 409)
		if facts := s.as(org.Associate, "GET", s.customerPath(s.liNa, "/facts?field=hobby"), nil).want(t, 200); facts.at("items", 0, "value") != "养花" {
			t.Errorf("got %s", facts.text)
		}
		undone := s.as(org.Associate, "DELETE", "/tasks/"+id+"/outcomes/"+out.at("id").(string), nil).want(t, 200)
		if undone.at("state") != "open" {
			t.Errorf("got %s", undone.text)
		}
	})
}
