package customers_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

func TestList_without_customers_says_how_to_begin(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		doc := s.site.As(s.li).Get("/customers").Want(200)
		doc.WantText("main", "还没有顾客").WantNone("table.list")
		if got := doc.Attr("main a.btn-primary", "href"); got != "/customers/new" {
			t.Errorf("the button leads to %q, want the form for a new customer", got)
		}
		s.site.As(s.executive).Get("/customers").Want(200).WantNone("main a.btn-primary")
	})
}

func TestList_shows_who_is_in_reach_and_no_more(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		s.sell(c.ID, "N1", 3, 1280, "布艺沙发")
		s.customer(s.wu, "赵敏", "13900001111")
		doc := s.site.As(s.li).Get("/customers").Want(200)
		if n := doc.Count("[data-rows] tr"); n != 1 {
			t.Errorf("an associate sees %d customers, want 1", n)
		}
		doc.WantText("[data-rows]", "王晓东").WantText("[data-rows]", "138****5678").WantText("[data-rows]", "¥1,280").WantText("[data-rows]", "3 天前")
		if strings.Contains(doc.Body.String(), "13812345678") {
			t.Error("the phone is not masked")
		}
		if n := s.site.As(s.manager).Get("/customers").Want(200).Count("[data-rows] tr"); n != 2 {
			t.Errorf("the manager sees %d customers, want 2", n)
		}
	})
}

func TestList_filters_and_pages(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		for i := range 45 {
			s.customer(s.li, "顾客"+string(rune('甲'+i)), "")
		}
		s.customer(s.wu, "赵敏", "")
		seen := map[string]bool{}
		at := "/customers"
		pages := 0
		for ; at != "" && pages < 5; pages++ {
			doc := s.site.As(s.manager).Get(at).Want(200)
			for _, a := range doc.All("[data-rows] .row-link") {
				if href := webtest.Attr(a, "href"); seen[href] {
					t.Errorf("%s is on two pages", href)
				} else {
					seen[href] = true
				}
			}
			at = doc.Attr("nav a[rel=next]", "href")
		}
		if len(seen) != 46 || pages != 2 {
			t.Errorf("got %d customers on %d pages, want 46 on 2", len(seen), pages)
		}
		doc := s.site.As(s.manager).Get("/customers?owner=" + s.wu.ID().String()).Want(200)
		if n := doc.Count("[data-rows] tr"); n != 1 {
			t.Errorf("of one associate: got %d, want 1", n)
		}
		doc.WantText("select[name=owner] option[selected]", "吴强")
		s.site.As(s.manager).Get("/customers?store="+s.west.ID.String()).Want(200).WantText("main", "这个条件下没有顾客")
		s.site.As(s.manager).Get("/customers?store=%00&after=x-1&owner=-5").Want(200)
	})
}

func TestSearch_finds_by_any_part(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "欧阳晓东", "138 1234 5678", func(in *customer.NewCustomer) { in.Card = "VIP88001" })
		s.sell(c.ID, "SN-20261119-77", 3, 500, "茶几")
		s.customer(s.wu, "欧阳娜", "13900005678")
		for _, q := range []string{"欧阳", "晓东", "ouyang", "oyxd", "5678", "1234", "88001", "SN-2026"} {
			doc := s.site.As(s.li).HTMX().Get("/customers/search?q=" + url.QueryEscape(q)).Want(200)
			if got := doc.Attr("a[role=option]", "href"); got != pathOf(c.ID, "") {
				t.Errorf("%q leads to %q, want the customer: %s", q, got, doc.Body)
			}
			if n := doc.Count("a[role=option]"); n != 1 {
				t.Errorf("%q: %d found, want 1: a colleague's customer is not for this reader", q, n)
			}
		}
		doc := s.site.As(s.li).HTMX().Get("/customers/search?q=SN-2026").Want(200)
		doc.WantText("a[role=option]", "小票 SN-20261119-77")
		doc = s.site.As(s.li).HTMX().Get("/customers/search?q=5678").Want(200)
		doc.WantText("a[role=option]", "138****5678").WantText("a[role=option]", "南京路店").WantText("a[role=option]", "3 天前")
	})
}

func TestSearch_for_nobody_offers_to_add_them(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		for q, want := range map[string][2]string{
			"13712345678":  {"phone", "13712345678"},
			"钱进":           {"name", "钱进"},
			"a@example.cn": {"email", "a@example.cn"},
			`"><script>`:   {"name", `"><script>`},
		} {
			doc := s.site.As(s.li).HTMX().Get("/customers/search?q=" + url.QueryEscape(q)).Want(200)
			at := doc.Attr("a[role=option]", "href")
			page := s.site.As(s.li).Get(at).Want(200)
			if got := page.Attr("input[name="+want[0]+"]", "value"); got != want[1] {
				t.Errorf("%q: %s is %q", q, want[0], got)
			}
			doc.WantNone("script")
		}
		s.site.As(s.executive).HTMX().Get("/customers/search?q=xx").Want(200).WantNone("a[role=option]")
	})
}

func TestSearch_without_script_is_a_page(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		doc := s.site.As(s.li).Get("/customers?q=wxd").Want(200)
		doc.WantText("[data-rows]", "王晓东")
		if got := doc.Attr("input[name=q]", "value"); got != "wxd" {
			t.Errorf("the search box holds %q, want what was typed", got)
		}
		s.site.As(s.li).Get("/customers?q=%2B86+138-1234-5678").WantRedirect(pathOf(c.ID, ""))
		s.site.As(s.li).Get("/customers?q=nobody").Want(200).WantText("main", "没有找到“nobody”")
		s.site.As(s.li).Get("/customers/search?q=wxd").WantRedirect("/customers?q=wxd")
	})
}

func TestPeek_is_a_part_for_the_list(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		s.site.As(s.li).HTMX().Get(pathOf(c.ID, "/peek")).Want(200).WantText("h2", "王晓东").WantNone("main")
		s.site.As(s.li).Get(pathOf(c.ID, "/peek")).WantRedirect(pathOf(c.ID, ""))
		s.site.As(s.wu).HTMX().Get(pathOf(c.ID, "/peek")).Want(404)
	})
}

func TestExport_is_on_record_and_harmless(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.customer(s.li, "=HYPERLINK(1)", "13812345678")
		s.customer(s.wu, "赵敏", "13900001111")
		got := s.site.As(s.manager).Get("/customers/export?format=csv&owner=" + s.li.ID().String()).Want(200)
		body := got.Body.String()
		if !strings.Contains(body, "'=HYPERLINK(1)") || !strings.Contains(body, "138 1234 5678") || strings.Contains(body, "赵敏") {
			t.Errorf("got %s", body)
		}
		if diff := cmp.Diff(1, s.onRecord("customer.export")); diff != "" {
			t.Errorf("on record (-want +got):\n%s", diff)
		}
		if xlsx := s.site.As(s.manager).Get("/customers/export?format=xlsx").Want(200); !strings.HasPrefix(xlsx.Body.String(), "PK") {
			t.Error("the workbook is no zip file")
		}
		for _, a := range []org.Actor{s.li, s.marketer} {
			s.site.As(a).Get("/customers/export?format=csv").Want(403)
		}
		s.site.As(s.manager).Get("/customers/export?format=exe").Want(422)
		if n := s.onRecord("customer.export"); n != 2 {
			t.Errorf("%d exports on record, want 2", n)
		}
		s.site.As(s.marketer).Get("/customers").Want(200).WantNone("a[href*=export]")
	})
}
