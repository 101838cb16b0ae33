package api_test

import (
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
)

func TestRules_are_listed_previewed_and_changed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		if err := s.opts.Care.EnsureDefaults(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.opts.Care.Now = func() time.Time { return time.Date(2026, 11, 12, 2, 0, 0, 0, time.UTC) }
		s.as(org.Associate, "POST", "/receipts", s.receipt("A-1")).want(t, 201)
		find := func(code string) answer {
			t.Helper()
			list := s.as(org.Administrator, "GET", "/rules", nil, "Accept-Language", "en").want(t, 200)
			for _, it := range list.at("items").([]any) {
				if it := (answer{body: it.(object)}); it.at("code") == code {
					return it
				}
			}
			t.Fatalf("no rule %s in %s", code, list.text)
			return answer{}
		}
		r := find("delivery_7")
		if r.at("name") != "7 days after delivery" || r.at("numbers", "days") != 7.0 || r.at("numbers", "lead") != nil {
			t.Errorf("got %v", r.body)
		}
		seen := s.as(org.Administrator, "POST", "/rules/delivery_7/preview", object{"days": 30}).want(t, 200)
		if seen.at("tasks") != 0.0 || seen.at("before") != 1.0 {
			t.Errorf("got %s, want none instead of one", seen.text)
		}
		changed := s.as(org.Administrator, "PATCH", "/rules/delivery_7", object{"days": 5, "names": object{"en": "Call"}, "version": r.at("version")}).want(t, 200)
		if changed.at("numbers", "days") != 5.0 || changed.at("weight") != r.at("weight") || changed.at("name") != "Call" {
			t.Errorf("got %s", changed.text)
		}
		s.as(org.Administrator, "PATCH", "/rules/delivery_7", object{"days": 6, "version": r.at("version")}).want(t, 409)
		s.as(org.Administrator, "PATCH", "/rules/delivery_7", object{"days": 6, "version": 0}).want(t, 409)
		if got := s.as(org.Administrator, "PATCH", "/rules/delivery_7", object{"lead": 6, "version": 2}).want(t, 422); got.at("errors", 0, "location") != "body.lead" {
			t.Errorf("got %s", got.text)
		}
		if got := s.as(org.Administrator, "PATCH", "/rules/delivery_7", object{"days": 9999, "version": 2}).want(t, 422); got.at("errors", 0, "location") != "body.days" {
			t.Errorf("got %s", got.text)
		}
		s.as(org.Administrator, "PATCH", "/rules/nothing", object{"version": 1}).want(t, 404)
		made := s.as(org.Administrator, "POST", "/rules", object{"code": "delivery_30", "trigger": "delivery", "days": 30}).want(t, 201)
		if made.at("numbers", "days") != 30.0 || made.at("active") != true || find("delivery_30").at("version") != 1.0 {
			t.Errorf("got %s", made.text)
		}
		s.as(org.Administrator, "POST", "/rules", object{"code": "delivery_30", "trigger": "delivery"}).want(t, 422)
		s.as(org.Administrator, "POST", "/rules", object{"code": "more", "trigger": "outcome"}).want(t, 422)
		s.as(org.Manager, "GET", "/rules", nil).want(t, 403)
	})
}
