package customers_test

import (
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
)

func TestFile_of_somebody_nobody_knows_much_of(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		doc := s.site.As(s.li).Get(pathOf(c.ID, "")).Want(200)
		doc.WantText("h1", "王晓东").WantText("#contacts", "138****5678").WantText("#brief", "还没有买过东西").WantText("#purchases", "还没有购买记录")
		doc.WantText("#question", "生日").WantText("#story", "建档").WantText("#consent", "还没有问过")
		if strings.Contains(doc.Body.String(), "13812345678") || strings.Contains(doc.Body.String(), "138 1234 5678") {
			t.Error("the phone is not masked")
		}
		s.site.As(s.wu).Get(pathOf(c.ID, "")).Want(404)
		s.site.As(s.li).Get("/customers/12345").Want(404)
		s.site.As(s.li).Get("/customers/x").Want(404)
		// An executive reads and reveals, but changes nothing.
		reader := s.site.As(s.executive).Get(pathOf(c.ID, "")).Want(200)
		reader.WantNone("#question").WantNone("#notes form").WantNone("a[href$='/edit']").WantNone("a[href*='/sales/new']")
		if reader.Count("#contacts form") != 4 {
			t.Errorf("%d reasons to reveal, want 4", reader.Count("#contacts form"))
		}
		s.site.As(s.marketer).Get(pathOf(c.ID, "")).Want(200).WantNone("#contacts form")
	})
}

func TestFile_with_a_life_in_it(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678", func(in *customer.NewCustomer) {
			in.Gender, in.Birth = customer.Female, customer.Birth{Calendar: customer.Solar, Year: 1985, Month: 11, Day: 25}
		})
		for i, ago := range []int{400, 360, 320, 280} {
			s.sell(c.ID, "N"+string(rune('0'+i)), ago, 1000, "椅子")
		}
		s.sell(c.ID, "R1", 270, -300, "椅子")
		s.sell(c.ID, "N9", 200, 12800, "<img src=x>", "抱枕")
		s.learn(c.ID, "displeased", "<script>送货迟到两次</script>")
		s.learn(c.ID, "family", "女儿上小学")
		s.learn(c.ID, "contact_way", "wechat")
		s.learn(c.ID, "income_band", "high")
		doc := s.site.As(s.li).Get(pathOf(c.ID, "")).Want(200)
		doc.WantText("#brief", "5月6日买了<img src=x>等 2 件，¥12,800.00").WantText("#brief", "一共买过 5 次").WantText("#brief", "这次已经 200 天没来了")
		doc.WantText("#brief", "送货迟到两次").WantText("#brief", "女儿上小学").WantText("#brief", "3 天后过生日").WantNone("main img").WantNone("main script")
		if n := doc.Count("#brief li"); n < 3 || n > 6 {
			t.Errorf("the brief has %d lines, want 3 to 6", n)
		}
		if n := doc.Count("[data-receipts] details"); n != 6 {
			t.Errorf("%d receipts, want 6", n)
		}
		doc.WantText("[data-receipts] .tag", "退货").WantText("#purchases", "退 1 次").WantText("#facts-soft", "微信").WantText("#facts-hard", "1985年11月25日（40 岁）")
		// What is sensitive is for those who may reveal.
		doc.WantText("#facts-hard", "高")
		s.site.As(s.marketer).Get(pathOf(c.ID, "")).Want(200).WantText("#fact-income_band", "已隐藏")
	})
}

func TestFile_masks_and_reveal_is_on_record(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		s.learn(c.ID, "address", "上海市静安区南京西路1266号2栋301室")
		at := pathOf(c.ID, "")
		doc := s.site.As(s.li).Get(at).Want(200).WantText("#facts-hard", "上海市静安区***")
		if strings.Contains(doc.Body.String(), "1266") {
			t.Error("the address is not masked")
		}
		s.site.As(s.li).HTMX().Get(at+"/facts/address").Want(200).WantText("[data-open]", "上海市静安区***").WantNone("textarea:not(:empty)")
		s.site.As(s.li).Get(at + "/edit").Want(200).WantNone("input[value*='1381234']")
		s.site.As(s.marketer).Post(at+"/reveal", "why", "call").Want(403)
		s.site.As(s.wu).Post(at+"/reveal", "why", "call").Want(404)
		s.site.As(s.li).Post(at+"/reveal", "why", "curious").Want(422)
		if n := s.onRecord("customer.reveal"); n != 0 {
			t.Errorf("%d on record although nobody saw anything", n)
		}
		part := s.site.As(s.li).HTMX().Post(at+"/reveal", "why", "call").Want(200).WantNone("h1")
		if got := part.Attr("[data-revealed] a", "href"); got != "tel:+8613812345678" {
			t.Errorf("the number leads to %q", got)
		}
		s.site.As(s.li).Post(at+"/reveal", "why", "delivery").Want(200).WantText("main", "138 1234 5678").WantText("main", "1266号2栋301室")
		if n := s.onRecord("customer.reveal"); n != 2 {
			t.Errorf("%d on record, want 2", n)
		}
	})
}

func TestTimeline_and_purchases_go_on(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "")
		for i := range 30 {
			s.sell(c.ID, "N"+string(rune('A'+i)), 100-i, 100, "椅子")
		}
		for part, want := range map[string]struct {
			lines, first int
			pick         string
		}{"/timeline": {31, 15, ".story li"}, "/purchases": {30, 8, "[data-receipts] details"}} {
			doc := s.site.As(s.li).Get(pathOf(c.ID, "")).Want(200)
			if n := doc.Count(want.pick); n != want.first {
				t.Errorf("%s: %d at first, want %d", part, n, want.first)
			}
			n, pages := doc.Count(want.pick), 1
			next := doc.Attr("a[href*='"+part+"']", "href")
			for ; next != "" && pages < 9; pages++ {
				more := s.site.As(s.li).HTMX().Get(next).Want(200).WantNone("h1")
				n += more.Count(want.pick)
				s.site.As(s.li).Get(next).Want(200).WantText("h1", "").WantText("main", "王晓东")
				next = more.Attr("a[href*='"+part+"']", "href")
			}
			if n != want.lines {
				t.Errorf("%s: %d lines on %d pages, want %d", part, n, pages, want.lines)
			}
			s.site.As(s.wu).Get(pathOf(c.ID, part)).Want(404)
			s.site.As(s.li).Get(pathOf(c.ID, part+"?after=rubbish-%27")).Want(200)
		}
	})
}

func TestFile_names_nobody_out_of_reach(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "", func(in *customer.NewCustomer) { in.StoreID = s.east.ID })
		z := s.customer(s.wu, "赵敏", "")
		if err := s.customers.SetHousehold(t.Context(), s.admin, c.ID, z.ID); err != nil {
			t.Fatal(err)
		}
		s.site.As(s.manager).Get(pathOf(c.ID, "")).Want(200).WantText("#relatives", "赵敏")
		if strings.Contains(s.site.As(s.li).Get(pathOf(c.ID, "")).Want(200).Body.String(), "赵敏") {
			t.Error("a colleague's customer is named")
		}
	})
}
