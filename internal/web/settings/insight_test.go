package settings_test

import (
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/insight/refill"
	"github.com/ricejar/ricejar/internal/org"
)

// numbers are those of the settings' form as it is first shown, some changed.
func numbers(version string, change ...string) []string {
	usual := []string{"version", version, "horizon", "90", "discount", "10", "margin", "40", "cost_to_win", "0", "cost_to_contact", "5", "vip_share", "2.5",
		"new_days", "90", "old_days", "4", "own_gaps", "3", "least_gap", "7", "cool_factor", "1.5", "lost_factor", "3", "lost_least", "90",
		"lost_days", "365", "won_back_days", "180"}
	for i := 0; i+1 < len(change); i += 2 {
		for j := 0; j+1 < len(usual); j += 2 {
			if usual[j] == change[i] {
				usual[j+1] = change[i+1]
			}
		}
	}
	return usual
}

func TestInsight_shows_what_is_set_and_keeps_what_is_changed(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		ctx := t.Context()
		doc := o.site.Get("/settings/insight").Want(200).WantText("#refresh", "还没有计算过")
		usual := numbers("0")
		for i := 0; i+1 < len(usual); i += 2 {
			got := doc.Attr("input[name="+usual[i]+"]", "value")
			if got != usual[i+1] && got != usual[i+1]+".00" {
				t.Errorf("%s is %q, want %q", usual[i], got, usual[i+1])
			}
		}
		if at := doc.Attr("#refresh", "action"); at != "/insights/refresh" {
			t.Errorf("refresh leads to %q", at)
		}
		// What the page does not show is not lost.
		set := insight.DefaultSetting()
		set.Jars = []refill.Jar{{Category: "大米", PerPiece: 5, Daily: 0.15, People: "people"}}
		if err := o.insight.SaveSetting(ctx, o.admin, set, 0); err != nil {
			t.Fatal(err)
		}
		o.site.Post("/settings/insight", numbers("1", "horizon", "60", "margin", "45.5%", "cost_to_win", "1,200.50", "cool_factor", "2", "vip_share", "5")...).WantRedirect("/settings/insight")
		o.site.Get("/settings/insight").Want(200).WantText("#toasts", "下次计算")
		got, version, err := o.insight.Setting(ctx)
		if err != nil || version != 2 || got.Horizon != 60 || got.Margin != 455_000 || got.CostToWin != 120_050 || got.Rules.CoolFactor != 2 || got.VIPShare != 50_000 || len(got.Jars) != 1 {
			t.Errorf("got %+v, version %d, %v", got, version, err)
		}
		// Of two people who change it at once the second is told.
		o.site.Post("/settings/insight", numbers("1", "horizon", "30")...).Want(422).WantText("[role=alert]", "刚被别人改过")
		o.site.Get("/settings/audit?action=insight.setting").Want(200).WantText("[data-entry]", "改了顾客分析的设置")
		for _, who := range []org.Actor{o.li, o.staff("ma", "马店长", org.Manager)} {
			o.site.As(who).Post("/settings/insight", numbers("2")...).Want(403)
		}
		o.site.As(o.li).Get("/settings/insight").Want(403)
	})
}

func TestInsight_tells_who_may_not_change_it_what_is_set_and_whom_to_ask(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		for _, role := range []org.Role{org.Manager, org.Marketer, org.Executive} {
			doc := o.site.As(o.staff(string(role), "某人", role)).Get("/settings/insight").Want(200)
			doc.WantText("[role=status]", "请找：管理员").WantText("#money", "40%").WantText("#money", "¥5.00").WantText("#ahead", "90 天")
			doc.WantNone("main input").WantNone("#refresh")
		}
		o.site.Get("/settings/insight").Want(200).WantNone("main dl")
	})
}

func TestInsight_says_beside_each_number_what_is_wrong(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		for _, c := range []struct{ name, typed, want string }{
			{"horizon", "3", "7 到 365"},
			{"horizon", "ninety", "整数"},
			{"horizon", "", "这一项要填"},
			{"horizon", "99999999999999999999", "整数"},
			{"margin", "140", "0 到 100 "},
			{"margin", "-1", "0 到 100 "},
			{"margin", "NaN", "数字"},
			{"vip_share", "80", "0.1 到 50 "},
			{"cost_to_win", "-5", "¥0.00"},
			{"cost_to_contact", "five", ""},
			{"cool_factor", "0.5", "1 到 10"},
			{"lost_factor", "1.2", "1.5 到 20"},
			{"lost_days", "60", "90 到 3,650"},
			{"won_back_days", "-1", "0 到 730"},
		} {
			doc := o.site.Post("/settings/insight", numbers("0", c.name, c.typed)...).Want(422)
			if got := doc.Text("#f-" + c.name + "-error"); got == "" || !strings.Contains(got, c.want) {
				t.Errorf("%s %q: %q beside it, want %q", c.name, c.typed, got, c.want)
			}
			if got := doc.Attr("input[name="+c.name+"]", "value"); got != c.typed {
				t.Errorf("%s: %q is in the box, want what was typed, %q", c.name, got, c.typed)
			}
		}
		// All of them at once, those of reading and those of the rules.
		doc := o.site.Post("/settings/insight", numbers("0", "horizon", "3", "margin", "x", "old_days", "1")...).Want(422)
		if n := doc.Count("[aria-invalid=true]"); n != 3 {
			t.Errorf("%d fields are marked, want 3", n)
		}
		if _, version, err := o.insight.Setting(t.Context()); err != nil || version != 0 {
			t.Errorf("something was saved: version %d, %v", version, err)
		}
	})
}

func TestVisits_are_counted_month_by_month(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		ctx, store := t.Context(), o.store.ID.String()
		doc := o.site.Get("/settings/visits").Want(200).WantText("#month h2", "2026年10月").WantText("#month", "南京路店")
		if next := doc.Count("#month a"); next != 2 {
			t.Errorf("%d ways to other months, want one back and one to the running month", next)
		}
		o.site.Get("/settings/visits?month=2026-11").Want(200).WantText("#month h2", "2026年11月")
		o.site.Get("/settings/visits?month=2030-01").Want(200).WantText("#month h2", "2026年10月")
		o.site.Get("/settings/visits?month=rubbish").Want(200).WantText("#month h2", "2026年10月")
		save := func(month, fresh, old string) []string {
			return []string{"month", month, "new." + store, fresh, "old." + store, old}
		}
		o.site.Post("/settings/visits", save("2026-10", "1200", "340")...).WantRedirect("/settings/visits?month=2026-10")
		doc = o.site.Get("/settings/visits?month=2026-10").Want(200).WantText("#year [aria-current]", "2026年10月").WantText("#year [data-months]", "1,540").WantNone("#year table")
		if got := doc.Attr("input[name='new."+store+"']", "value"); got != "1200" {
			t.Errorf("the box holds %q", got)
		}
		o.site.Post("/settings/visits", save("2026-10", "1200", "340")...).WantRedirect("/settings/visits?month=2026-10") // nothing new
		for _, wrong := range [][2]string{{"-1", "5"}, {"many", "5"}, {"5", ""}, {"99999999", "1"}} {
			o.site.Post("/settings/visits", save("2026-10", wrong[0], wrong[1])...).Want(422).WantText("#wrong-"+store, "")
		}
		list, err := o.insight.VisitsOf(ctx, o.admin, o.store.ID)
		if err != nil || len(list) != 1 || list[0].New != 1200 || list[0].Old != 340 {
			t.Fatalf("got %+v, %v", list, err)
		}
		if n := o.site.Get("/settings/audit?action=insight.visits").Want(200).Count("[data-entry]"); n != 1 {
			t.Errorf("%d on record, want 1: the same again is no change", n)
		}
		o.site.Post("/settings/visits", save("2026-10", "", "")...).WantRedirect("/settings/visits?month=2026-10")
		if list, err := o.insight.VisitsOf(ctx, o.admin, o.store.ID); err != nil || len(list) != 0 {
			t.Errorf("an emptied month is still known: %+v, %v", list, err)
		}
		o.site.As(o.li).Post("/settings/visits", save("2026-10", "1", "1")...).Want(403)
	})
}

func TestVisits_are_entered_by_whoever_runs_the_store(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		ctx := t.Context()
		other, err := o.org.CreateStore(ctx, org.System, org.Store{Code: "E2", Name: "淮海路店", Currency: "CNY", Zone: "Asia/Shanghai"})
		if err != nil {
			t.Fatal(err)
		}
		of := func(s org.Store) []insight.Visits {
			list, err := o.insight.VisitsOf(ctx, org.System, s.ID)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		own, foreign := o.store.ID.String(), other.ID.String()
		for _, role := range org.Roles() {
			// Whoever writes another store's boxes into the form changes nothing there.
			form := []string{"month", "2026-10", "new." + own, "12", "old." + own, "3", "new." + foreign, "99", "old." + foreign, "99"}
			p := o.staff("as_"+string(role), "某人", role)
			site := o.site.As(p)
			switch role {
			case org.Manager:
				site.Get("/settings").Want(200).WantText("main", "进店人数")
				site.Get("/settings/visits").Want(200).WantText("#month", "南京路店").WantText("#year [data-months]", "2026年10月").WantNone("input[name='new." + foreign + "']")
				site.Post("/settings/visits", form...).WantRedirect("/settings/visits?month=2026-10")
				if mine, theirs := of(o.store), of(other); len(mine) != 1 || mine[0].Staff != p.ID() || len(theirs) != 0 {
					t.Errorf("own store: %+v, another's: %+v", mine, theirs)
				}
				site.Get("/settings/visits").Want(200).WantText("#year [data-months]", "15")
			case org.Marketer, org.Administrator: // all stores
				site.Get("/settings/visits").Want(200).WantText("#month", "淮海路店").WantText("#year [data-months]", "2 家门店已填 1 家").WantText("#year td.font-semibold", "15")
			default:
				site.Get("/settings/visits").Want(403)
				site.Post("/settings/visits", form...).Want(403)
			}
		}
		homeless, err := o.org.CreateStaff(ctx, org.System, org.Staff{Code: "new", Name: "新店长", Role: org.Manager, Reach: org.ReachStore, Locale: "zh-Hans", StoreID: other.ID})
		if err != nil {
			t.Fatal(err)
		}
		homeless.StoreID = 0
		o.site.As(org.NewActor(homeless, 0, nil)).Get("/settings/visits").Want(200).WantText("main", "请找：").WantNone("main form")
	})
}
