package customers_test

import (
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
)

// refresh computes everything up to yesterday.
func (s shop) refresh() {
	s.t.Helper()
	if _, err := s.insight.Refresh(s.t.Context(), org.System, day.Of(now, now.Location()).AddDays(-1)); err != nil {
		s.t.Fatal(err)
	}
}

// silent is a customer who came every 30 days and has not come for 80.
func (s shop) silent() customer.Customer {
	c := s.customer(s.li, "王晓东", "13812345678")
	for i, ago := range []int{230, 200, 170, 140, 110, 80} {
		s.sell(c.ID, "S"+string(rune('0'+i)), ago, 1000, "大米")
	}
	return c
}

func TestInsight_is_one_quiet_line_before_the_first_refresh(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.silent()
		s.site.As(s.li).Get(pathOf(c.ID, "")).Want(200).WantText("#insight", "还没有分析过").WantNone("#insight dl").WantNone("#insight details")
		s.site.As(s.li).HTMX().Get(pathOf(c.ID, "/loyalty")).Want(200)
	})
}

func TestInsight_tells_where_a_customer_stands(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.silent()
		fresh := s.customer(s.li, "赵敏", "")
		s.refresh()
		at := pathOf(c.ID, "")
		doc := s.site.As(s.li).Get(at).Want(200).WantText("#insight h2", "顾客动向").WantText("#insight", "截至11月21日").WantText("[data-stage]", "渐渐疏远")
		doc.WantText("[data-warning]", "通常每 30 天来一次，已经 80 天没来").WantText("#brief", "80").WantText("#insight dl", "90 天内再来的机会").WantText("#insight dl", "今后一年预计买").WantText("#insight dl", "每 30 天一次")
		if doc.Count("#insight input[name=reason]") != len(insight.Reasons()) {
			t.Error("the reasons are not offered")
		}
		// Nothing bought: nothing to tell, and nobody to win back.
		s.site.As(s.li).Get(pathOf(fresh.ID, "")).Want(200).WantText("[data-stage]", "潜在顾客").WantNone("#insight dl").WantNone("[data-reasons]").WantNone("[data-warning]")
		// An executive reads it and writes nothing.
		s.site.As(s.executive).Get(at).Want(200).WantText("[data-warning]", "80").WantNone("#insight form")
		// Who has come since is not said to stay away.
		s.sell(c.ID, "S9", 0, 500, "大米")
		s.site.As(s.li).Get(at).Want(200).WantText("#insight", "之后又来买过").WantNone("[data-warning]").WantNone("[data-reasons]")
	})
}

func TestInsight_notes_why_they_stay_away_and_takes_it_back(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.silent()
		s.refresh()
		at := pathOf(c.ID, "")
		li := s.site.As(s.li)
		li.Post(at+"/reasons", "note", "x").Want(422).WantText("#f-reason-error", "请选一个原因").WantText("#insight details[open]", "记下")
		li.Post(at+"/reasons", "reason", "boredom").Want(422)
		li.Post(at+"/reasons", "reason", "price", "note", "<b>太贵了", "request_key", "k1").WantRedirect(at + "#stands")
		doc := li.Get(at).Want(200).WantText("[data-reasons] li", "嫌贵").WantText("[data-reasons] li", "<b>太贵了").WantText("[data-reasons] li", "李敏")
		doc.WantText("#story", "为什么不来了：嫌贵").WantText("#story", "<b>太贵了")
		undo := doc.Attr("#toasts form", "action")
		if !strings.HasPrefix(undo, at+"/reasons/") {
			t.Fatalf("undo leads to %q", undo)
		}
		li.Post(at+"/reasons", "reason", "price", "note", "<b>太贵了", "request_key", "k1").WantRedirect(at + "#stands") // pressed twice
		if n := li.Get(at).Want(200).Count("[data-reasons] li"); n != 1 {
			t.Errorf("%d reasons, want 1", n)
		}
		li.Post(undo).WantRedirect(at + "#stands")
		li.Get(at).Want(200).WantNone("[data-reasons] li")

		// From the list of the lost one comes back to it, and to nowhere else.
		li.Post(at+"/reasons", "reason", "moved", "next", "/insights/lost#people").WantRedirect("/insights/lost#people")
		li.Post(li.Get(at).Attr("#toasts form", "action")).WantRedirect("/insights/lost#people")
		li.Post(at+"/reasons", "reason", "moved", "next", "https://elsewhere.example/").WantRedirect(at + "#stands")
		li.Post(li.Get(at).Attr("#toasts form", "action")).WantRedirect(at + "#stands")
		li.Post(undo).Want(404)

		// Who does not want to be contacted is not, until that is taken back.
		li.Post(at+"/reasons", "reason", "do_not_disturb").WantRedirect(at + "#stands")
		doc = li.Get(at).Want(200)

		if doc.Count("[data-do-not-contact]") != 1 {
			t.Error("nothing says that they are not to be contacted")
		}
		li.Post(doc.Attr("#toasts form", "action")).WantRedirect(at + "#stands")
		li.Get(at).Want(200).WantNone("[data-do-not-contact]")

		s.site.As(s.executive).Post(at+"/reasons", "reason", "price").Want(403)
		s.site.As(s.wu).Post(at+"/reasons", "reason", "price").Want(404)
	})
}

func TestLoyalty_is_told_on_request(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.silent()
		s.refresh()
		at := pathOf(c.ID, "/loyalty")
		s.site.As(s.li).HTMX().Get(at).Want(200).WantNone("h1").WantText(".tag", "常来常买").WantText("dl", "5 次").WantText("dl", "眼下断了")
		s.site.As(s.li).Get(at).Want(200).WantText("h1", "忠诚的表现").WantText("main", "王晓东")
		s.learn(c.ID, "competitors", "隔壁的粮店")
		s.site.As(s.li).HTMX().Get(at).Want(200).WantText("dl", "隔壁的粮店")
		s.site.As(s.wu).Get(at).Want(404)
	})
}

func TestInsight_takes_few_reads_of_the_page(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.silent()
		s.refresh()
		var asked []string
		s.db.Trace = func(query string) {
			if strings.Contains(query, "insight_") || strings.Contains(query, "lost_reason") {
				asked = append(asked, query)
			}
		}
		defer func() { s.db.Trace = nil }()
		s.site.As(s.li).Get(pathOf(c.ID, "")).Want(200)
		if len(asked) > 4 {
			t.Errorf("%d statements for the panel of somebody who may be leaving, want no more than 4:\n%s", len(asked), strings.Join(asked, "\n"))
		}
	})
}
