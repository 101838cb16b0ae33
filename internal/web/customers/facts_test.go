package customers_test

import (
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
)

func TestQuestion_is_answered_with_one_tap(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		at := pathOf(c.ID, "/answer")
		asked := func() string {
			return s.site.As(s.li).Get(pathOf(c.ID, "")).Want(200).Attr("#question input[name=field]", "value")
		}
		if got := asked(); got != customer.FieldBirthday {
			t.Fatalf("asks for %q first, want the birthday", got)
		}
		s.site.As(s.li).Post(at, "field", "birthday", "birth_month", "", "birth_day", "").Want(422).WantText("#question", "这一项要填")
		s.site.As(s.li).Post(at, "field", "birthday", "calendar", "lunar", "birth_month", "8", "birth_day", "15").WantRedirect(pathOf(c.ID, ""))
		if got := asked(); got != customer.FieldAddress {
			t.Fatalf("asks for %q next, want the address", got)
		}
		s.site.As(s.li).Post(at, "field", "address", "refused", "1").WantRedirect(pathOf(c.ID, ""))
		s.site.As(s.li).Get(pathOf(c.ID, "")).Want(200).WantText("#fact-address", "不愿透露")
		s.site.As(s.li).Post(at, "field", "gender", "value", "female").WantRedirect(pathOf(c.ID, ""))
		s.site.As(s.li).Post(at, "field", "contact_way", "value", "wechat").WantRedirect(pathOf(c.ID, ""))
		s.site.As(s.li).Post(at, "field", "contact_way", "value", "pigeon").Want(422)
		s.site.As(s.li).Post(at, "field", "household_size", "value", "99").Want(422).WantText("#question", "1 到 20")
		f := s.file(c.ID)
		if f.Customer.Gender != customer.Female || f.Customer.Birth.Month != 8 || !f.Known("contact_way") || !f.Settled("address") || f.Known("household_size") {
			t.Errorf("got %+v, facts %+v", f.Customer, f.Facts)
		}
		s.site.As(s.executive).Post(at, "field", "gender", "value", "male").Want(403)
		s.site.As(s.wu).Post(at, "field", "gender", "value", "male").Want(404)
		s.site.As(s.li).Post(at, "field", "nothing", "value", "x").Want(404)
	})
}

func TestQuestion_for_the_phone_names_nobody_out_of_reach(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "")
		s.customer(s.wu, "赵敏", "13900001111")
		at := pathOf(c.ID, "/answer")
		s.site.As(s.li).Post(at, "field", "phone", "value", "").Want(422)
		doc := s.site.As(s.li).Post(at, "field", "phone", "value", "139 0000 1111").Want(422)
		doc.WantText("#question", "不归您负责")
		s.site.As(s.li).Post(at, "field", "phone", "value", "138 1234 5678").WantRedirect(pathOf(c.ID, ""))
		s.site.As(s.li).Post(at, "field", "name", "value", "王东").WantRedirect(pathOf(c.ID, ""))
		if f := s.file(c.ID); len(f.Contacts) != 1 || f.Customer.Name != "王东" {
			t.Errorf("got %+v, %+v", f.Customer, f.Contacts)
		}
	})
}

func TestFact_unfolds_with_who_said_so_and_what_was_before(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		s.learn(c.ID, "hobby", "钓鱼")
		at := pathOf(c.ID, "/facts/hobby")
		part := s.site.As(s.li).HTMX().Get(at).Want(200).WantNone("h1")
		part.WantText("[data-open]", "李敏 · 当面聊到").WantText("textarea", "钓鱼")
		s.site.As(s.li).HTMX().Get(at+"?close=1").Want(200).WantText("#fact-hobby", "钓鱼").WantNone("[data-open]")
		whole := s.site.As(s.li).Get(at).Want(200).WantText("h1", "王晓东").WantText("#facts-soft [data-open]", "钓鱼")
		if whole.Attr("#tab-facts", "id") == "" {
			t.Error("no tab for the facts")
		}
		s.site.As(s.manager).Post(at, "fact", "<b>登山").WantRedirect(pathOf(c.ID, "?tab=facts#fact-hobby"))
		s.site.As(s.li).HTMX().Get(at).Want(200).WantText("[data-open]", "马店长").WantText("[data-open] ol", "钓鱼").WantNone("b")
		s.site.As(s.li).Post(at, "cleared", "1").WantRedirect(pathOf(c.ID, "?tab=facts#fact-hobby"))
		if f := s.file(c.ID); f.Known("hobby") {
			t.Error("a fact that is no longer so is still known")
		}
		s.site.As(s.li).Post(at, "fact", "").Want(422).WantText("[data-open]", "这一项要填")
		s.site.As(s.li).Get(pathOf(c.ID, "/facts/nothing")).Want(404)
		s.site.As(s.marketer).HTMX().Get(pathOf(c.ID, "/facts/income_band")).Want(200).WantNone("form").WantText("[data-open]", "没有查看的权限")
		s.site.As(s.executive).HTMX().Get(at).Want(200).WantNone("form")
	})
}

func TestNotes_are_written_removed_and_brought_back(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		site := s.site.As(s.li)
		site.Post(pathOf(c.ID, "/notes"), "note", " ").Want(422).WantText("#note-error", "这一项要填")
		for range 2 { // a double click
			site.Post(pathOf(c.ID, "/notes"), "note", "<script>女儿九月上小学</script>", "request_key", "K1").WantRedirect(pathOf(c.ID, ""))
		}
		doc := site.Get(pathOf(c.ID, "")).Want(200).WantText("#notes li", "女儿九月上小学").WantNone("main script")
		doc.WantText("#story", "女儿九月上小学").WantText("[data-toast]", "记下了")
		if n := doc.Count("#notes li"); n != 1 {
			t.Fatalf("%d notes, want 1", n)
		}
		remove := doc.Attr("#notes li form", "action")
		site.Post(remove).WantRedirect(pathOf(c.ID, ""))
		gone := site.Get(pathOf(c.ID, "")).Want(200).WantNone("#notes li").WantText("[data-toast]", "备注已删除")
		site.Post(gone.Attr("[data-toast] form", "action")).WantRedirect(pathOf(c.ID, ""))
		site.Get(pathOf(c.ID, "")).Want(200).WantText("#notes li", "女儿九月上小学")
		site.Post(pathOf(c.ID, "/notes/12345/remove")).Want(404)
		s.site.As(s.executive).Post(remove).Want(403)
	})
}

func TestConsent_is_kept_by_purpose_and_channel(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		at := pathOf(c.ID, "/consent")
		s.site.As(s.li).Get(at).Want(200).WantText("h1", "联系意愿")
		s.site.As(s.li).Post(at, "purpose", "care", "channel", "phone", "source", "talk").Want(422).WantText("main", "请选择同意还是不同意")
		s.site.As(s.li).Post(at, "purpose", "war", "channel", "phone", "source", "talk", "granted", "yes").Want(422)
		s.site.As(s.li).Post(at, "purpose", "marketing", "channel", "wechat", "source", "phone", "granted", "yes", "wording", "<b>微信告诉我").WantRedirect(pathOf(c.ID, "?tab=facts#consent"))
		doc := s.site.As(s.li).Get(pathOf(c.ID, "")).Want(200).WantText("#consent", "同意微信联系（活动和优惠）").WantText("#consent", "“<b>微信告诉我”").WantNone("main b")
		doc.WantText("#consent", "李敏 · 电话里说的").WantNone("[data-do-not-contact]")
		s.site.As(s.li).Post(at, "purpose", "all", "channel", "all", "source", "talk", "granted", "no", "wording", "别再打了").WantRedirect(pathOf(c.ID, "?tab=facts#consent"))
		s.site.As(s.li).Get(pathOf(c.ID, "")).Want(200).WantText("[data-do-not-contact]", "别再打了")
		s.site.As(s.executive).Post(at, "granted", "yes").Want(403)
		s.site.As(s.executive).Get(pathOf(c.ID, "")).Want(200).WantNone("[data-do-not-contact] a")
	})
}

func TestRelatives_are_found_and_noted(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c, d := s.customer(s.li, "王晓东", "13812345678"), s.customer(s.li, "李晓红", "13812345679")
		far := s.customer(s.wu, "赵敏", "")
		page := pathOf(c.ID, "/relatives?kind=household")
		s.site.As(s.li).Get(page).Want(200).WantText("main", "谁和王晓东住在一起").WantNone("#found li")
		found := s.site.As(s.li).HTMX().Get(page + "&q=xiao").Want(200)
		if n := found.Count("li"); n != 1 {
			t.Errorf("%d found, want the other one and not oneself", n)
		}
		s.site.As(s.li).Get(page+"&q=zhaomin").Want(200).WantText("#found", "没有找到")
		s.site.As(s.li).Post(pathOf(c.ID, "/household"), "with", d.ID.String()).WantRedirect(pathOf(c.ID, "?tab=facts#relatives"))
		leave := pathOf(c.ID, "/household/leave")
		s.site.As(s.li).Get(pathOf(c.ID, "")).Want(200).WantText("form[action='"+leave+"']", "不再住在一起了")
		s.site.As(s.executive).Get(pathOf(c.ID, "")).Want(200).WantNone("form[action='" + leave + "']")
		s.site.As(s.wu).Post(leave).Want(404)
		home := s.file(c.ID).Customer.HouseholdID
		s.site.As(s.li).Post(leave).WantRedirect(pathOf(c.ID, "?tab=facts#relatives"))
		if f := s.file(c.ID); len(f.Household) != 0 {
			t.Errorf("still lives with %v", f.Household)
		}
		s.site.As(s.li).Post(pathOf(c.ID, "/household/"+home.String()+"/return")).WantRedirect(pathOf(c.ID, "?tab=facts#relatives"))
		s.site.As(s.li).Get(pathOf(d.ID, "")).Want(200).WantText("#relatives", "王晓东")
		s.site.As(s.li).Post(pathOf(c.ID, "/referrer"), "with", d.ID.String()).WantRedirect(pathOf(c.ID, "?tab=facts#relatives"))
		s.site.As(s.li).Get(pathOf(d.ID, "")).Want(200).WantText("#relatives", "介绍来的朋友 王 王晓东")
		for _, kind := range []string{"/household", "/referrer"} {
			s.site.As(s.li).Post(pathOf(c.ID, kind), "with", far.ID.String()).Want(404)
			s.site.As(s.li).Post(pathOf(c.ID, kind), "with", c.ID.String()).Want(404)
			s.site.As(s.li).Post(pathOf(c.ID, kind), "with", "x").Want(404)
		}
	})
}
