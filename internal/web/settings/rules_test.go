package settings_test

import (
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

func (o office) rule(code string) care.Rule {
	o.t.Helper()
	r, err := o.care.RuleByCode(o.t.Context(), code)
	if err != nil {
		o.t.Fatal(err)
	}
	return r
}

// delivered has somebody receive a bed ten days ago.
func (o office) delivered() {
	o.t.Helper()
	c, err := o.customers.Create(o.t.Context(), org.System, customer.NewCustomer{Name: "王丽", StoreID: o.store.ID})
	if err != nil {
		o.t.Fatal(err)
	}
	bed := int64(300000)
	_, err = o.care.Purchases.Record(o.t.Context(), org.System, purchase.NewReceipt{
		Store: o.store.ID, SoldAt: now.AddDate(0, 0, -12), Customer: c.ID, DeliveredOn: "2026-11-12",
		Lines: []purchase.NewLine{{SKU: "BED", Name: "橡木床", Quantity: money.One, Amount: &bed}},
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o office) has(page *webtest.Answer, selector string) {
	o.t.Helper()
	if n := page.Count(selector); n != 1 {
		o.t.Errorf("%s: %d on the page, want 1", selector, n)
	}
}

// delivery is what the form of the rule for deliveries sends.
func delivery(version string, pairs ...string) []string {
	return append([]string{"trigger", "delivery", "version", version, "lookback", "3", "attempts", "3", "keep_days", "7", "weight", "120", "active", "1"}, pairs...)
}

func TestRules_are_listed_with_what_they_wait_for(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		doc := o.site.Get("/settings/rules").Want(200).WantText("#delivery_7", "送货后 7 天回访").WantText("#cooling", "1.5 倍")
		rules, err := o.care.Rules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := doc.Count("[data-rows] li"); n != len(rules) {
			t.Errorf("%d rules listed, want the %d there are", n, len(rules))
		}
		o.site.Get("/settings/rules/delivery_7").Want(200).WantText("main", "用着还顺手吗")
		o.site.Get("/settings/rules/no_such").Want(404)
	})
}

func TestRules_are_seen_before_they_are_saved(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		o.delivered()
		doc := o.site.Post("/settings/rules/delivery_7", delivery("1", "days", "9", "do", "save")...).Want(200)
		doc.WantText("[data-preview]", "会产生 1 项任务").WantText("[data-preview]", "现在是 1 项").WantText("[data-preview]", "王丽").WantText("[data-preview]", "橡木床")
		if got := o.rule("delivery_7").Params.Days; got != 7 {
			t.Errorf("saved before it was seen: %d days", got)
		}
		seen := doc.Attr("input[name=seen]", "value")
		o.has(o.site.Post("/settings/rules/delivery_7", delivery("1", "days", "8", "do", "save", "seen", seen)...).Want(200), "[data-preview]")
		o.site.Post("/settings/rules/delivery_7", delivery("1", "days", "9", "do", "save", "seen", seen)...).WantRedirect("/settings/rules")
		if got := o.rule("delivery_7"); got.Params.Days != 9 || got.Version != 2 {
			t.Errorf("got %+v", got)
		}
		o.site.Get("/settings/rules").Want(200).WantText("#delivery_7", "送货后 9 天回访")
		o.site.Post("/settings/rules/delivery_7", delivery("1", "days", "9", "do", "save", "script.en", "Hi", "weight", "90")...).Want(422).WantText("main", "刚刚被别人改过")
	})
}

func TestRules_other_words_are_saved_at_once(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		o.site.Post("/settings/rules/delivery_7", delivery("1", "days", "7", "do", "save", "name.zh-Hans", "满周回访", "script.zh-Hans", "{opening}床好睡吗？")...).
			WantRedirect("/settings/rules")
		o.site.Get("/settings/rules").Want(200).WantText("#delivery_7", "满周回访")
		bad := o.site.Post("/settings/rules/delivery_7", delivery("2", "days", "7", "do", "save", "script.zh-Hans", "{称呼}您好")...).Want(422)
		if got := bad.Text("[id='f-script.zh-Hans-error']"); !strings.Contains(got, "{称呼}") {
			t.Errorf("the script's fault says %q", got)
		}
		for _, days := range []string{"9999", "-1", "soon"} {
			if o.site.Post("/settings/rules/delivery_7", delivery("2", "days", days, "do", "save")...).Want(422).Text("#f-days-error") == "" {
				t.Errorf("%s days are not refused", days)
			}
		}
	})
}

func TestRules_of_ones_own_are_made_and_switched_off(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		o.delivered()
		o.has(o.site.Get("/settings/rules/new").Want(200), "a[href='/settings/rules/new?trigger=delivery']")
		o.has(o.site.Get("/settings/rules/new?trigger=delivery").Want(200), "input[name=code]")
		o.has(o.site.Get("/settings/rules/new?trigger=festival").Want(200), "input[value=mid_autumn][checked]")
		doc := o.site.Post("/settings/rules", delivery("0", "code", "delivery_30", "days", "30", "do", "save")...).Want(200)
		seen := doc.Attr("input[name=seen]", "value")
		o.site.Post("/settings/rules", delivery("0", "code", "delivery_7", "days", "30", "do", "save", "seen", seen)...).Want(422).WantText("#f-code-error", "delivery_7")
		o.site.Post("/settings/rules", delivery("0", "code", "delivery_30", "days", "30", "do", "save", "seen", seen)...).WantRedirect("/settings/rules")
		off := []string{"trigger", "delivery", "version", "1", "days", "30", "lookback", "3", "attempts", "3", "keep_days", "7", "weight", "120", "do", "save"}
		seen = o.site.Post("/settings/rules/delivery_30", off...).Want(200).Attr("input[name=seen]", "value")
		o.site.Post("/settings/rules/delivery_30", append(off, "seen", seen)...).WantRedirect("/settings/rules")
		if o.rule("delivery_30").Active {
			t.Error("the rule is still at work")
		}
		o.site.Post("/settings/rules/wants", "trigger", "outcome", "version", "1", "days", "2", "attempts", "3", "keep_days", "7", "weight", "200", "active", "1", "do", "save").
			WantRedirect("/settings/rules")
		if got := o.rule("wants").Params.Days; got != 2 {
			t.Errorf("a rule of outcomes: %d days", got)
		}
	})
}
