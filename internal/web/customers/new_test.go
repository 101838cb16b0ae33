package customers_test

import (
	"strings"
	"testing"
)

func TestNew_with_name_and_phone_alone(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		doc := s.site.As(s.li).Get("/customers/new").Want(200)
		key := doc.Attr("form[action='/customers'] input[name=request_key]", "value")
		to := s.site.As(s.li).Post("/customers", "name", "王晓东", "phone", "138-1234-5678", "request_key", key).Want(303).Header().Get("Location")
		page := s.site.As(s.li).Get(to).Want(200).WantText("h1", "王晓东").WantText("#contacts", "138****5678")
		page.WantText("#head", "南京路店").WantText("#head", "李敏")
		again := s.site.As(s.li).Post("/customers", "name", "王晓东", "phone", "138-1234-5678", "request_key", key).Want(303).Header().Get("Location")
		if again != to {
			t.Errorf("the second click opened %s, want %s", again, to)
		}
		s.site.As(s.executive).Get("/customers/new").Want(403)
		s.site.As(s.executive).Post("/customers", "name", "x").Want(403)
	})
}

func TestNew_says_whose_the_phone_is_while_it_is_typed(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		s.customer(s.wu, "赵敏", "13900001111")
		check := func(typed string) string { return "/customers/new/phone?phone=" + typed }
		for _, typed := range []string{"13812345678", "138+1234+5678", "%2B86138-1234-5678", "0086+138.1234.5678", "１３８１２３４５６７８"} {
			doc := s.site.As(s.li).HTMX().Get(check(typed)).Want(200).WantText("[data-taken]", "王晓东")
			if got := doc.Attr("[data-taken] a", "href"); got != pathOf(c.ID, "") {
				t.Errorf("%s leads to %q, want the file", typed, got)
			}
		}
		s.site.As(s.li).HTMX().Get(check("13812")).Want(200).WantNone("[data-taken]").WantNone("[data-free]")
		s.site.As(s.li).HTMX().Get(check("13712345678")).Want(200).WantText("[data-free]", "137 1234 5678")
		other := s.site.As(s.li).HTMX().Get(check("13900001111")).Want(200).WantText("[data-taken]", "不归您负责")
		if other.Count("[data-taken] a") != 0 || strings.Contains(other.Body.String(), "赵敏") {
			t.Errorf("a colleague's customer is named: %s", other.Body)
		}
		// What was searched for in vain is looked at before anything is typed.
		s.site.As(s.li).Get("/customers/new?q=13812345678").Want(200).WantText("[data-taken]", "王晓东")
	})
}

func TestNew_refused_keeps_what_was_typed(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		s.customer(s.wu, "赵敏", "13900001111")
		doc := s.site.As(s.li).Post("/customers", "name", `"><script>x`, "phone", "138 1234 5678").Want(422)
		doc.WantText("#f-phone-error", "王晓东").WantNone("main script")
		if got := doc.Attr("[data-taken] a", "href"); got != pathOf(c.ID, "") {
			t.Errorf("leads to %q, want the file", got)
		}
		if got := doc.Attr("input[name=name]", "value"); got != `"><script>x` {
			t.Errorf("the name is now %q", got)
		}
		hidden := s.site.As(s.li).Post("/customers", "name", "新人", "phone", "13900001111").Want(422).WantText("#f-phone-error", "不归您负责")
		if strings.Contains(hidden.Body.String(), "赵敏") {
			t.Error("a colleague's customer is named")
		}
		s.site.As(s.li).Post("/customers").Want(422).WantText("#f-name-error", "至少一样")
		s.site.As(s.li).Post("/customers", "name", "新人", "phone", "letters").Want(422).WantText("#f-phone-error", "")
		bad := s.site.As(s.li).Post("/customers", "name", "新人", "birth_month", "2", "birth_day", "30", "email", "nobody").Want(422)
		if bad.Text("#f-birthday-error") == "" && bad.Text("#f-email-error") == "" || bad.Count("details[open]") != 1 {
			t.Errorf("what is folded away and wrong is not shown: %s", bad.Text("main form"))
		}
		s.site.As(s.li).Post("/customers", "name", "新人", "birth_month", "2").Want(422).WantText("#f-birthday-error", "月和日都选上")
		if n := s.site.As(s.li).Get("/customers").Want(200).Count("[data-rows] tr"); n != 1 {
			t.Errorf("%d customers after refusals, want 1", n)
		}
		s.site.As(s.li).Post("/customers", "name", "新人", "store", s.west.ID.String(), "owner", s.wu.ID().String()).Want(403)
	})
}

func TestNew_with_all_the_rest(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		by := s.customer(s.li, "介绍人", "")
		s.site.As(s.li).Get("/customers/new?referrer="+by.ID.String()).Want(200).WantText("main", "由“介绍人”介绍")
		to := s.site.As(s.li).Post("/customers", "name", "王晓东", "phone", "13812345678", "gender", "female", "calendar", "lunar", "birth_year", "1985",
			"birth_month", "8", "birth_day", "15", "store", s.east.ID.String(), "owner", s.li.ID().String(), "card", "V88", "wechat", "wxd_85",
			"email", "W@Example.CN", "note", "喜欢原木色", "origin", "referral", "referrer", by.ID.String()).Want(303).Header().Get("Location")
		doc := s.site.As(s.li).Get(to).Want(200)
		doc.WantText("#head", "女士").WantText("#head", "卡号 V88").WantText("#facts-hard", "农历八月十五（1985年）").WantText("#notes", "喜欢原木色").WantText("#relatives", "介绍人")
		doc.WantText("#contacts", "w***@example.cn").WantText("#contacts", "w***")
		if got := s.site.As(s.li).Get("/customers/new?q=5551").Want(200).Attr("input[name=phone]", "value"); got != "5551" {
			t.Errorf("digits are taken for %q", got)
		}
	})
}
