package api_test

import (
	"testing"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
)

func TestInsight_is_refreshed_and_read_by_who_may(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		s.as(org.Manager, "GET", "/insight/overview", nil).want(t, 404)
		s.as(org.Associate, "POST", "/receipts", s.receipt("A-1")).want(t, 201)
		today, err := s.opts.Care.Today(t.Context(), s.store.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.as(org.Manager, "POST", "/insight/refresh", object{"as_of": today.String()}).want(t, 403)
		s.as(org.Administrator, "POST", "/insight/refresh", object{"as_of": "soon"}).want(t, 422)
		done := s.as(org.Administrator, "POST", "/insight/refresh", object{"as_of": today.String()}).want(t, 200)
		if done.at("customers") != 1.0 {
			t.Errorf("got %s, want one customer", done.text)
		}
		for _, name := range append(insight.Reports(), "rhythm") {
			all := s.as(org.Administrator, "GET", "/insight/"+name, nil).want(t, 200)
			own := s.as(org.Manager, "GET", "/insight/"+name, nil).want(t, 200)
			if all.at("store") != nil || own.at("store") != s.store.ID.String() || all.at("as_of") != today.String() || all.at("report") == nil {
				t.Errorf("%s: got %s and %s, want that of all stores and of the manager's own", name, all.text, own.text)
			}
			s.as(org.Manager, "GET", "/insight/"+name+"?store="+s.other.ID.String(), nil).want(t, 403)
			s.as(org.Associate, "GET", "/insight/"+name, nil).want(t, 403)
		}
		if got := s.as(org.Administrator, "GET", "/insight/overview", nil); got.at("report", "customers") != 1.0 || got.at("report", "year", "sales") != "4013.85" || got.at("currency") != "CNY" {
			t.Errorf("got %s, want one customer", got.text)
		}
		between := "/insight/flow/between?from=" + today.AddDays(-3650).String() + "&to=" + today.String()
		if got := s.as(org.Administrator, "GET", between, nil).want(t, 200); got.at("moves", 0, "from") != "prospect" || got.at("moves", 0, "customers") != 1.0 {
			t.Errorf("got %s, want one who was a prospect", got.text)
		}
		s.as(org.Administrator, "GET", "/insight/flow/between?from=2026-02-31&to=2026-03-01", nil).want(t, 422)
		for _, list := range []string{"/insight/warned", "/insight/best"} {
			s.as(org.Associate, "GET", list, nil).want(t, 200)
			s.as(org.Associate, "GET", list+"?after=nobody", nil).want(t, 422)
		}
		for query, n := range map[string]int{"stage=new": 1, "stage=lost": 0, "tenth=1": 1, "group=gone": 0, "limit=1": 1} {
			got := s.as(org.Administrator, "GET", "/insight/people?"+query, nil).want(t, 200)
			if items, _ := got.at("items").([]any); len(items) != n {
				t.Errorf("%s: got %s, want %d", query, got.text, n)
			}
		}
		s.as(org.Administrator, "GET", "/insight/people?stage=sad", nil).want(t, 422)
		if got := s.as(org.Administrator, "GET", "/insight/rhythm", nil); got.at("report", "median_gap") != 0.0 || got.at("report", "value") != nil {
			t.Errorf("got %s, want the rhythm alone", got.text)
		}
		traffic := func(visitors, conversion float64, ticket string) object {
			return object{"visitors": visitors, "conversion": conversion, "ticket": ticket}
		}
		shops := object{"from": object{"new": traffic(4000, 0.1, "500.00"), "old": traffic(1000, 0.6, "1000")}, "to": object{"new": traffic(3500, 0.08, "500"), "old": traffic(1500, 0.6, "1000")}}
		if got := s.as(org.Manager, "POST", "/insight/what-if", shops).want(t, 200); got.at("from") != "800000.00" || got.at("to") != "1040000.00" {
			t.Errorf("got %s, want 800,000 and 1,040,000", got.text)
		}
		shops["to"] = object{"new": traffic(1e12, 1e12, "1e12"), "old": traffic(0, 0, "0")}
		s.as(org.Manager, "POST", "/insight/what-if", shops).want(t, 422)
		s.as(org.Associate, "POST", "/insight/what-if", shops).want(t, 403)

		own := s.as(org.Associate, "GET", "/customers/"+s.liNa.String()+"/insight", nil).want(t, 200)
		if own.at("score", "purchase_days") != 1.0 || own.at("as_of") != today.String() {
			t.Errorf("got %s", own.text)
		}
		loyal := s.as(org.Associate, "GET", "/customers/"+s.liNa.String()+"/loyalty", nil).want(t, 200)
		if loyal.at("purchase_days") != 1.0 || loyal.at("asked", 0, "field") != insight.LoyaltyFields[0] {
			t.Errorf("got %s", loyal.text)
		}
		for _, part := range []string{"/insight", "/loyalty", "/lost-reasons"} {
			s.as(org.Associate, "GET", "/customers/"+s.chen.String()+part, nil).want(t, 404)
		}
	})
}

func TestInsight_setting_is_changed_by_one_at_a_time(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		set := s.as(org.Administrator, "GET", "/insight/setting", nil).want(t, 200)
		if set.at("version") != 0.0 || set.at("horizon") != 90.0 {
			t.Errorf("got %s", set.text)
		}
		set.body["margin"] = 300_000
		if got := s.as(org.Administrator, "PUT", "/insight/setting", set.body).want(t, 200); got.at("margin") != 300_000.0 || got.at("version") != 1.0 {
			t.Errorf("got %s", got.text)
		}
		s.as(org.Administrator, "PUT", "/insight/setting", set.body).want(t, 409)
		s.as(org.Manager, "GET", "/insight/setting", nil).want(t, 403)
	})
}

func TestVisits_are_set_listed_and_removed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		visits := "/stores/" + s.store.ID.String() + "/visits"
		s.as(org.Administrator, "PUT", visits+"/2026-01", object{"new_visitors": 300, "old_visitors": 120}).want(t, 204)
		s.as(org.Administrator, "PUT", visits+"/2026-01", object{"new_visitors": 310, "old_visitors": 120}).want(t, 204)
		s.as(org.Administrator, "PUT", visits+"/2026-13", object{"new_visitors": 1, "old_visitors": 1}).want(t, 422)
		s.as(org.Associate, "PUT", visits+"/2026-01", object{"new_visitors": 1, "old_visitors": 1}).want(t, 403)
		s.as(org.Manager, "PUT", "/stores/"+s.other.ID.String()+"/visits/2026-01", object{"new_visitors": 1, "old_visitors": 1}).want(t, 403)
		s.as(org.Manager, "PUT", visits+"/2026-01", object{"new_visitors": 310, "old_visitors": 120}).want(t, 204)
		list := s.as(org.Manager, "GET", visits, nil).want(t, 200)
		if list.at("items", 0, "month") != "2026-01" || list.at("items", 0, "new_visitors") != 310.0 || list.at("items", 1) != nil {
			t.Errorf("got %s", list.text)
		}
		s.as(org.Manager, "GET", "/stores/"+s.other.ID.String()+"/visits", nil).want(t, 403)
		s.as(org.Administrator, "DELETE", visits+"/2026-01", nil).want(t, 204)
		if list := s.as(org.Manager, "GET", visits, nil).want(t, 200); list.at("items", 0) != nil {
			t.Errorf("got %s, want none", list.text)
		}
	})
}

func TestLost_reasons_are_noted_once_and_taken_back(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		reasons := "/customers/" + s.liNa.String() + "/lost-reasons"
		made := s.as(org.Associate, "POST", reasons, object{"reason": "do_not_disturb", "note": "too many calls"}, "Idempotency-Key", "k1").want(t, 201)
		again := s.as(org.Associate, "POST", reasons, object{"reason": "do_not_disturb", "note": "too many calls"}, "Idempotency-Key", "k1").want(t, 201)
		if made.at("id") == nil || made.at("id") != again.at("id") || made.at("note") != "too many calls" {
			t.Errorf("got %s and then %s", made.text, again.text)
		}
		if got := s.as(org.Associate, "GET", "/customers/"+s.liNa.String(), nil).want(t, 200); got.at("do_not_contact") != true {
			t.Errorf("got %s, want one who is not contacted", got.text)
		}
		s.as(org.Associate, "POST", reasons, object{"reason": "weather"}).want(t, 422)
		s.as(org.Executive, "POST", reasons, object{"reason": "price"}).want(t, 403)
		s.as(org.Associate, "DELETE", reasons+"/"+made.at("id").(string), nil).want(t, 204)
		s.as(org.Associate, "DELETE", reasons+"/"+made.at("id").(string), nil).want(t, 404)
		if got := s.as(org.Associate, "GET", "/customers/"+s.liNa.String(), nil).want(t, 200); got.at("do_not_contact") != false {
			t.Errorf("got %s, want one who is contacted again", got.text)
		}
	})
}
