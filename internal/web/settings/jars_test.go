package settings_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/insight/refill"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

// rice is what the form of a jar sends, some of it changed.
func rice(version string, change ...string) []string {
	pairs := []string{"version", version, "category", "大米", "unit", "kg", "per_piece", "5", "daily", "0.15", "people", "household_size", "use", "", "capacity", ""}
	for i := 0; i+1 < len(change); i += 2 {
		for j := 0; j+1 < len(pairs); j += 2 {
			if pairs[j] == change[i] {
				pairs[j+1] = change[i+1]
			}
		}
	}
	return pairs
}

func (o office) jars() []refill.Jar {
	o.t.Helper()
	set, _, err := o.insight.Setting(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return set.Jars
}

func TestJars_begin_with_an_example_and_are_added_changed_and_removed(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		doc := o.site.Get("/settings/jars").Want(200).WantText("main", "还没有米缸")
		if n := doc.Count("#like a"); n != 4 {
			t.Errorf("%d examples, want 4", n)
		}
		doc = o.site.Get("/settings/jars/new?like=rice").Want(200).WantText("#example", "一家 4 口，买一件 5 公斤：大约够用 8 天").WantText("[data-unknown]", "大米")
		for name, want := range map[string]string{"category": "大米", "per_piece": "5", "daily": "0.15", "version": "0"} {
			if got := doc.Attr("#jar input[name="+name+"]", "value"); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		o.has(doc, "input[name=unit][value=kg][checked]")
		o.has(doc, "select[name=people] option[value=household_size][selected]")
		o.site.Post("/settings/jars", rice("0")...).WantRedirect("/settings/jars")
		o.site.Get("/settings/jars").Want(200).WantText("[data-rows]", "大米").WantText("[data-rows]", "4 口人大约够用 8 天").WantNone("#like")
		o.site.Post("/settings/jars", rice("1", "category", "食用油", "unit", "l", "daily", "0.03")...).WantRedirect("/settings/jars")
		o.site.Get("/settings/jars/1").Want(200).WantText("h1", "大米")
		o.site.Post("/settings/jars/1", rice("2", "per_piece", "10", "use", "age")...).WantRedirect("/settings/jars")
		oil := refill.Jar{Category: "食用油", Unit: refill.Litre, PerPiece: 5, Daily: 0.03, People: "household_size"}
		want := []refill.Jar{{Category: "大米", Unit: refill.Kilogram, PerPiece: 10, Daily: 0.15, People: "household_size", Use: "age"}, oil}
		if diff := cmp.Diff(want, o.jars()); diff != "" {
			t.Fatal(diff)
		}
		// What the other page keeps is not lost, and the other way round.
		o.site.Post("/settings/insight", numbers("3", "horizon", "60")...).WantRedirect("/settings/insight")
		if set, _, err := o.insight.Setting(t.Context()); err != nil || len(set.Jars) != 2 || set.Horizon != 60 {
			t.Errorf("got %+v, %v", set, err)
		}

		o.site.Post("/settings/jars/1/remove", "version", "3").Want(409)
		browser := o.site.Browser()
		browser.Post("/settings/jars/1/remove", "version", "4").WantRedirect("/settings/jars")
		if diff := cmp.Diff([]refill.Jar{oil}, o.jars()); diff != "" {
			t.Fatal(diff)
		}
		doc = browser.Get("/settings/jars").Want(200).WantText("#toasts", "“大米”已删除")
		undo := doc.Attr("#toasts form", "action")
		browser.Post(undo).WantRedirect("/settings/jars")
		if diff := cmp.Diff(want, o.jars()); diff != "" {
			t.Error(diff)
		}
		browser.Post(undo).Want(422) // it is back already
		if n := len(o.jars()); n != 2 {
			t.Errorf("%d jars, want 2", n)
		}
		for _, path := range []string{"/settings/jars/0", "/settings/jars/3", "/settings/jars/x"} {
			o.site.Get(path).Want(404)
		}
		ma := o.site.As(o.staff("ma", "马店长", org.Manager))
		for _, post := range []string{"/settings/jars", "/settings/jars/1", "/settings/jars/1/remove", "/settings/jars/restore"} {
			ma.Post(post, rice("5")...).Want(403)
		}
	})
}

func TestJars_say_beside_each_box_what_is_wrong(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		o.site.Post("/settings/jars", rice("0", "category", "面粉")...).WantRedirect("/settings/jars")
		for _, c := range []struct{ name, typed, want string }{
			{"category", "", "这一项要填"},
			{"category", " 面粉 ", "已经有一个米缸"},
			{"unit", "bags", ""},
			{"per_piece", "", "这一项要填"},
			{"per_piece", "0", "大于 0"},
			{"per_piece", "five", "数字"},
			{"per_piece", "99999999", "1,000,000"},
			{"daily", "-1", "大于 0"},
			{"people", "", "这一项要填"},
			{"people", "name", ""}, // holds no number
			{"use", "no_such", ""},
			{"capacity", "household_size", "已经用了"},
		} {
			doc := o.site.Post("/settings/jars", rice("1", c.name, c.typed)...).Want(422)
			if got := doc.Text("#f-" + c.name + "-error"); got == "" || !strings.Contains(got, c.want) {
				t.Errorf("%s %q: %q beside it, want %q", c.name, c.typed, got, c.want)
			}
			if n := doc.Count("[id$=-error]"); n != 1 {
				t.Errorf("%s %q: %d faults shown, want 1", c.name, c.typed, n)
			}
		}
		o.site.Post("/settings/jars", rice("0")...).Want(422).WantText("[role=alert]", "刚被别人改过")
		if n := len(o.jars()); n != 1 {
			t.Errorf("%d jars, want 1", n)
		}
		// A field that was retired since stays where it is used.
		o.site.Post("/settings/fields/household_size/use").WantRedirect("/settings/fields")
		o.has(o.site.Get("/settings/jars/1").Want(200), "select[name=people] option[value=household_size][selected]")
		o.site.Post("/settings/jars/1", rice("1", "daily", "0.2")...).WantRedirect("/settings/jars")
		o.site.Post("/settings/jars", rice("2", "category", "米线")...).Want(422)
	})
}

func TestJars_are_worked_out_as_they_are_typed(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		price := int64(10000)
		_, err := o.care.Purchases.Record(t.Context(), org.System, purchase.NewReceipt{Store: o.store.ID, SoldAt: now.AddDate(0, 0, -1), Lines: []purchase.NewLine{
			{SKU: "R10", Name: "东北大米10kg", Category: "大米", Quantity: money.One, Amount: &price},
			{SKU: "R", Name: "散装大米", Category: "大米", Quantity: money.One, Amount: &price},
		}})
		if err != nil {
			t.Fatal(err)
		}
		o.has(o.site.Get("/settings/jars/new").Want(200), "datalist option[value=大米]")
		example := func(query string) *webtest.Answer {
			return o.site.HTMX().Get("/settings/jars/example?" + query).Want(200)
		}
		doc := example("category=大米&unit=kg&per_piece=5&daily=0.25").WantText("[data-lasts]", "大约够用 5 天").WantText("[data-lasts]", "2 个人：大约够用 10 天").WantNone("[data-strange]")
		doc.WantText("[data-products] li:first-child", "公斤")
		if got := doc.Text("[data-products]"); !strings.Contains(got, "10 公斤") || !strings.Contains(got, "5 公斤 （按上面的数）") {
			t.Errorf("the products: %q", got)
		}
		example("category=大米&unit=kg&per_piece=5&daily=150").WantText("[data-lasts]", "一天都不够用").WantText("[data-strange]", "单位")
		example("category=茶&unit=g&per_piece=99999&daily=1").WantText("[data-lasts]", "3 年以上").WantText("[data-unknown]", "茶")
		for _, q := range []string{"", "per_piece=x&daily=1", "per_piece=5&daily=", "unit=bag&per_piece=5&daily=1", "per_piece=-1&daily=1"} {
			if n := example(q).Count("[data-lasts]"); n != 0 {
				t.Errorf("%q is worked out", q)
			}
		}
		set := insight.DefaultSetting()
		set.Jars = []refill.Jar{{Category: "维生素", PerPiece: 60, Daily: 1, People: "household_size"}}
		if err := o.insight.SaveSetting(t.Context(), o.admin, set, 0); err != nil {
			t.Fatal(err)
		}
		o.site.Get("/settings/jars").Want(200).WantText("[data-rows]", "一件 60 个 · 一人一天 1 个 · 4 口人大约够用 15 天")
		o.has(o.site.Get("/settings/jars/1").Want(200), "input[name=unit][value=''][checked]")
	})
}
