package insights_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"mime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web/insights"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

// now is a Sunday afternoon in Shanghai.
var now = time.Date(2026, 11, 22, 6, 30, 0, 0, time.UTC)

// shop is a company of two stores with its pages.
type shop struct {
	t         *testing.T
	site      webtest.Site
	insight   *insight.Service
	purchases *purchase.Service
	jobs      *jobs.Queue

	east, west                  org.Store
	staff                       map[org.Role]org.Actor
	admin, manager, boss, clerk org.Actor // some of them
	customers                   *customer.Service
	regular, gone, elsewhere    customer.ID
	kept                        customer.ID // by the clerk; has bought nothing
}

// run gives a company whose regular comes every two weeks to the east and is
// silent since September, and two who came last in winter, one of them in the west.
func run(t *testing.T, f func(t *testing.T, s shop)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		clock := func() time.Time { return now }
		d.Clock = clock
		o, c := &org.Service{DB: d, Now: clock}, customer.New(d)
		s := shop{t: t, insight: insight.New(d, o, c), purchases: purchase.New(d, c, o, clock), jobs: &jobs.Queue{DB: d, Now: clock}}
		s.insight.Now = clock
		for _, st := range []struct {
			name string
			to   *org.Store
		}{{"东店", &s.east}, {"西店", &s.west}} {
			made, err := o.CreateStore(t.Context(), org.System, org.Store{Code: st.name, Name: st.name, Currency: "CNY", Zone: "Asia/Shanghai"})
			if err != nil {
				t.Fatal(err)
			}
			*st.to = made
		}
		s.staff = map[org.Role]org.Actor{}
		for _, role := range org.Roles() {
			p, err := o.CreateStaff(t.Context(), org.System, org.Staff{Code: string(role), Name: string(role), Role: role, StoreID: s.east.ID, Locale: "zh-Hans"})
			if err != nil {
				t.Fatal(err)
			}
			s.staff[role] = org.NewActor(p, 0, nil)
		}
		s.admin, s.manager, s.boss, s.clerk = s.staff[org.Administrator], s.staff[org.Manager], s.staff[org.Executive], s.staff[org.Associate]
		s.customers = c
		s.regular, s.gone, s.elsewhere = s.customer(c, "王晓东", s.east), s.customer(c, "李淑芬", s.east), s.customer(c, "黄美玲", s.west)
		kept, err := c.Create(t.Context(), s.clerk, customer.NewCustomer{Name: "周建国", StoreID: s.east.ID, OwnerID: s.clerk.Staff.ID})
		if err != nil {
			t.Fatal(err)
		}
		s.kept = kept.ID
		for k := range 12 {
			s.buys(s.regular, s.east, 100, 70+14*k)
		}
		s.buys(s.gone, s.east, 900, 300)
		s.buys(s.elsewhere, s.west, 500, 310)
		h := insights.Pages{Insight: s.insight, Customers: c, Org: o, Jobs: s.jobs}
		s.site = webtest.New(t, h.Routes, webtest.At(now), webtest.Org(o), webtest.Reach(func(ctx context.Context, a org.Actor, id int64) error {
			return c.Reach(ctx, a, customer.ID(id))
		}))
		f(t, s)
	})
}

func (s shop) customer(c *customer.Service, name string, st org.Store) customer.ID {
	s.t.Helper()
	made, err := c.Create(s.t.Context(), org.System, customer.NewCustomer{Name: name, StoreID: st.ID})
	if err != nil {
		s.t.Fatal(err)
	}
	return made.ID
}

// buys records a purchase some days ago.
func (s shop) buys(c customer.ID, st org.Store, yuan int64, ago int) {
	s.t.Helper()
	amount := yuan * 100
	_, err := s.purchases.Record(s.t.Context(), org.System, purchase.NewReceipt{
		Store: st.ID, Number: fmt.Sprintf("%d-%d", c, ago), SoldAt: now.AddDate(0, 0, -ago), Customer: c,
		Lines: []purchase.NewLine{{SKU: "R1", Name: "米缸", Quantity: money.Quantity(1000), Amount: &amount}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// exec changes what a day of running would have.
func (s shop) exec(query string, args ...any) {
	s.t.Helper()
	err := s.insight.DB.Write(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s shop) refresh() {
	s.t.Helper()
	if _, err := s.insight.Refresh(s.t.Context(), org.System, day.Of(now, time.UTC)); err != nil {
		s.t.Fatal(err)
	}
}

// rooms are all pages that show a report, with something that each shows.
var rooms = map[string]string{
	"": "[data-measure]", "/concentration": "[data-told]", "/cohorts": "#cohorts td", "/model": "#missing", "/lost": "[data-lost]", "/stores": "#what-if form",
	"/rfm": "[data-told]", "/flow": "#flow svg path", "/distribution": "#frequency li", "/loyalty": "#loyal-signs li", "/economics": "[data-line]",
}

func TestRooms_before_the_first_refresh_say_so_and_offer_it_to_those_who_may(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		for room := range rooms {
			s.site.As(s.boss).Get("/insights"+room).Want(200).WantText("main", "还没有分析过").WantNone("main form[method=post]")
		}
		admin := s.site.As(s.admin)
		admin.Get("/insights").Want(200).WantText(`main form[action="/insights/refresh"]`, "现在计算")
		admin.Post("/insights/refresh", "as_of", "2026-13-45").Want(422)
		admin.Post("/insights/refresh", "as_of", "2026-11-20").WantRedirect("/insights/refresh")
		admin.Post("/insights/refresh").WantRedirect("/insights/refresh") // a second press asks for nothing more
		list, err := s.jobs.List(t.Context(), jobs.Filter{Kind: insight.RefreshJob{}.Kind()})
		if err != nil || len(list) != 1 || !strings.Contains(string(list[0].Args), "2026-11-20") {
			t.Fatalf("got the jobs %+v (%v), want one, as of the day asked for", list, err)
		}
		admin.Get("/insights/refresh").Want(200).WantText("#refresh", "正在排队")
		s.site.As(s.boss).Post("/insights/refresh").Want(403)
	})
}

func TestRooms_show_their_report_with_figures_to_take_along(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.refresh()
		for room, selector := range rooms {
			doc := s.site.As(s.boss).Get("/insights" + room).Want(200)
			if doc.Count(selector) == 0 {
				t.Errorf("%s shows no %s", room, selector)
			}
			if doc.Count("[data-stale]") != 1 || !strings.Contains(doc.Text("[data-stale]"), "早 70 天") {
				t.Errorf("%s does not say that the newest purchase is 70 days old", room)
			}
			if doc.Count("[data-told]") != 1 {
				t.Errorf("%s does not begin with what it says", room)
			}
			if room != "/flow" && doc.Count("[data-meaning]") == 0 && doc.Count("[data-chart]") > 0 {
				t.Errorf("%s explains nothing", room)
			}
			for _, a := range doc.All("a[download]") {
				file := s.site.As(s.boss).Get(webtest.Attr(a, "href")).Want(200)
				rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body.String(), "\uFEFF"))).ReadAll()
				if err != nil || len(rows) < 1 || file.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
					t.Errorf("%s is no table: %d rows, %v", webtest.Attr(a, "href"), len(rows), err)
				}
			}
		}
		s.site.As(s.boss).Get("/insights/download/overview?table=nothing").Want(404)
	})
}

func TestTheModel_says_how_much_is_missing(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.refresh()
		s.site.As(s.boss).Get("/insights/model").Want(200).WantText("#missing", "还差 497").WantText("[data-told]", "数据还不够")
	})
}

func TestAManager_sees_the_own_store_alone(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.refresh()
		m := s.site.As(s.manager)
		m.Get("/insights/lost").Want(200).WantText("main header", "东店").WantNone("select[name=store]")
		m.Get("/insights/lost?store=" + s.west.ID.String()).Want(403)
		m.Get("/insights/download/lost?table=months&store=" + s.west.ID.String()).Want(403)
		if n := s.site.As(s.boss).Get("/insights/lost").Want(200).Count("select[name=store] option"); n != 3 {
			t.Errorf("the executive chooses among %d, want all stores and each of two", n)
		}
		s.site.As(s.clerk).Get("/insights").Want(403)
	})
}

func TestAStoreWithoutSales_says_so(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		fresh, err := s.insight.Org.CreateStore(t.Context(), org.System, org.Store{Code: "N", Name: "新店", Currency: "CNY", Zone: "Asia/Shanghai"})
		if err != nil {
			t.Fatal(err)
		}
		s.refresh()
		s.site.As(s.boss).Get("/insights/rfm?store="+fresh.ID.String()).Want(200).WantText("main", "这家门店还没有")
	})
}

func TestWarnings_name_who_may_leave_and_why(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.buys(s.regular, s.east, 100, 30)
		s.refresh()
		doc := s.site.As(s.manager).Get("/insights/warnings").Want(200)
		doc.WantText("[data-person]", "王晓东").WantText("[data-person]", "已经 30 天没来")
		if got := doc.Attr("[data-person] a", "href"); got != "/customers/"+s.regular.String() {
			t.Errorf("leads to %s", got)
		}
	})
}

func TestWarnings_are_for_whoever_sees_the_customer(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		for role := range s.staff {
			s.site.As(s.staff[role]).Get("/insights/warnings").Want(200).WantText("main", "还没有分析过")
		}
		s.buys(s.regular, s.east, 100, 30)
		for k := range 5 { // another of the east, whom the clerk keeps; and one of the west
			s.buys(s.kept, s.east, 300, 60+20*k)
			s.buys(s.elsewhere, s.west, 50, 60+20*k)
		}
		s.refresh()
		everybody := []string{"周建国", "黄美玲", "王晓东"} // worth most first
		for role, want := range map[org.Role][]string{
			org.Associate: {"周建国"}, org.Manager: {"周建国", "王晓东"}, org.Technician: {"周建国", "王晓东"},
			org.Agent: everybody, org.Marketer: everybody, org.Executive: everybody, org.Administrator: everybody,
		} {
			doc := s.site.As(s.staff[role]).Get("/insights/warnings").Want(200)
			got := make([]string, 0, 3)
			for _, a := range doc.All("[data-person] a") {
				got = append(got, webtest.Text(a))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s sees the wrong customers (-want +got):\n%s", role, diff)
			}
			if nav := doc.Count("aside nav a[href='/insights/warnings']"); nav != 0 == s.staff[role].May(org.ReportsRead) {
				t.Errorf("%s has %d links in the navigation; it is for those who have no other pages of insight", role, nav)
			}
		}
		// Of a store that is out of reach nobody sees anything, whatever they type.
		s.site.As(s.clerk).Get("/insights/warnings?store="+s.west.ID.String()).Want(200).WantText("[data-person]", "周建国")
		s.site.As(s.staff[org.Technician]).Get("/insights/warnings?store="+s.west.ID.String()).Want(200).WantText("[data-person]", "周建国")
	})
}

func TestTheBest_are_named_to_whoever_sees_them(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.site.As(s.boss).Get("/insights/best").Want(200).WantText("main", "还没有分析过")
		for k := range 60 {
			s.buys(s.customer(s.customers, fmt.Sprintf("顾客%d", k), s.west), s.west, 10, 100)
		}
		s.buys(s.kept, s.east, 7000, 20)
		s.refresh()
		for role, n := range map[org.Role]int{org.Executive: 1, org.Manager: 1, org.Associate: 1} {
			doc := s.site.As(s.staff[role]).Get("/insights/best").Want(200).WantText("[data-person]", "周建国")
			if got := doc.Count("[data-person]"); got != n {
				t.Errorf("%s sees %d of the best, want %d", role, got, n)
			}
		}
		s.site.As(s.boss).Get("/insights/best").WantText("[data-told]", "1 位消费大户")
		s.site.As(s.boss).Get("/insights/best?store=" + s.west.ID.String()).Want(200).WantNone("[data-person]")
		s.site.As(s.boss).Get("/insights/best?after=nobody").Want(404)
	})
}

func TestQueries_that_nobody_types_do_no_harm(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.refresh()
		boss := s.site.As(s.boss)
		boss.Get("/insights?store=12345").Want(404)
		boss.Get("/insights?store=east").Want(404)
		boss.Get("/insights/download/lost?table=months&store=12345").Want(404)
		for _, from := range []string{"-7", "999999999999999999999", "many"} {
			boss.Get("/insights/lost?from="+from).Want(200).WantText("[data-lost]", "李淑芬")
		}
		boss.Get("/insights/cohorts?as=%3Cscript%3E").Want(200)
		boss.Get("/insights/download/flow?table=moves&from=2026-11-01&to=2026-03-01").Want(422)
		admin := s.site.As(s.admin)
		admin.Post("/insights/refresh", "as_of", "2027-01-01").Want(422).WantText("main [role=alert]", "还没有到")
	})
}

func TestDownloads_are_called_after_what_they_hold(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.refresh()
		for path, want := range map[string]string{
			"/insights/download/cohorts?table=cohorts":                                 "cohorts-2026-11-22.csv",
			"/insights/download/lost?table=months&store=" + s.east.ID.String():         "lost-months-东店-2026-11-22.csv",
			"/insights/download/economics?table=economics&store=" + s.west.ID.String(): "economics-西店-2026-11-22.csv",
		} {
			got := s.site.As(s.boss).Get(path).Want(200)
			_, params, err := mime.ParseMediaType(got.Header().Get("Content-Disposition"))
			if err != nil || params["filename"] != want {
				t.Errorf("%s is called %q (%v), want %q", path, params["filename"], err, want)
			}
		}
		file := s.site.As(s.boss).Get("/insights/download/economics?table=economics").Want(200).Body.String()
		if !strings.Contains(file, "可能流失的毛利,480.00,") {
			t.Errorf("a spreadsheet cannot add this up:\n%s", file)
		}
	})
}

func TestARefresh_that_ended_while_nobody_looked_is_not_called_failed(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		admin := s.site.As(s.admin)
		admin.Post("/insights/refresh").WantRedirect("/insights/refresh")
		s.exec(`UPDATE job SET state = 'done', finished_at = ?`, now.Add(-time.Hour).UnixMilli())
		if got := admin.HTMX().Get("/insights/refresh").Want(200).Header().Get("HX-Redirect"); got != "/insights" {
			t.Errorf("who waited is led to %q, want the results", got)
		}
		admin.Get("/insights/refresh").Want(200).WantText("main form", "现在计算").WantNone("[role=alert]")
		s.exec(`UPDATE job SET state = 'failed'`)
		admin.HTMX().Get("/insights/refresh").Want(200).WantText("#refresh [role=alert]", "没有算成").WantText("#refresh form", "现在计算")
	})
}

func TestTheLost_show_the_reason_that_was_told(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.refresh()
		m := s.site.As(s.manager)
		ask := m.Get("/insights/lost").Want(200).Attr("[data-lost] form", "action")
		if want := paths.NoteReason(s.gone); ask != want {
			t.Errorf("the reason is sent to %s, want %s", ask, want)
		}
		told, err := s.insight.RecordReason(t.Context(), s.manager, s.gone, insight.TooDear, "隔壁便宜一半", "")
		if err != nil {
			t.Fatal(err)
		}
		doc := m.Get("/insights/lost").Want(200).WantText("[data-told-reason]", "嫌贵 · 隔壁便宜一半")
		if got, want := doc.Attr("[data-lost] form", "action"), paths.With(paths.ForgetReason(s.gone, told), "next", "/insights/lost?store="+s.east.ID.String()+"#people"); got != want {
			t.Errorf("it is taken back at %s, want %s", got, want)
		}
		s.site.As(s.boss).Get("/insights/lost").Want(200).WantNone("[data-lost] form") // reads and does not write
	})
}

func TestWhatIf_gives_the_totals_of_the_example(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.refresh()
		query := "?by=visitors"
		for name, v := range map[string]string{
			"now_new_visitors": "4000", "now_new_conversion": "10", "now_new_ticket": "500", "now_old_visitors": "1000", "now_old_conversion": "60", "now_old_ticket": "1000",
			"then_new_visitors": "3500", "then_new_conversion": "8", "then_new_ticket": "500", "then_old_visitors": "1500", "then_old_conversion": "60", "then_old_ticket": "1000",
		} {
			query += "&" + name + "=" + v
		}
		doc := s.site.As(s.boss).Get("/insights/stores" + query).Want(200)
		doc.WantText("[data-what-if] p", "800,000.00").WantText("[data-what-if] p", "1,040,000.00").WantText("[data-what-if] p", "+¥240,000.00")
		if n := doc.Count("[data-what-if] [data-step]"); n != 8 {
			t.Errorf("%d steps, want six between two totals", n)
		}
		boss := s.site.As(s.boss)
		boss.Get("/insights/stores?by=visitors&then_new_visitors=-3&now_old_ticket=many").Want(200).WantText("#what-if-wrong", "不能小于零").WantNone("[data-what-if]")
		if got := boss.Get("/insights/stores?by=visitors&then_new_visitors=3,500&then_new_conversion=８%25&then_new_ticket=500").Want(200).WantText("[data-what-if] p", "140,000.00"); got.Count("#what-if-wrong") != 0 {
			t.Error("numbers as people write them are refused")
		}
		boss.Get("/insights/stores?by=visitors&then_new_visitors=1e12").Want(200).WantText("#what-if-wrong", "1e12")
		boss.Get("/insights/stores?by=visitors&then_new_visitors=999999999&then_new_conversion=99&then_new_ticket=999999999").Want(200).WantText("#what-if-wrong", "太大")
		boss.Get("/insights/stores?by=visitors&then_new_visitors=10&then_new_conversion=150&then_new_ticket=10").Want(200).WantText("#what-if-wrong", "100%").WantNone("[data-what-if]")
		// What nobody changed is as it is to the last penny, not to the digits shown.
		same := boss.Get("/insights/stores?by=customers&then_old_ticket=" + boss.Get("/insights/stores?by=customers").Attr("[name=then_old_ticket]", "value"))
		same.Want(200).WantText("[data-what-if] p", "¥0.00")
	})
}

func TestFlow_between_two_days_that_were_chosen(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.refresh()
		s.site.As(s.boss).Get("/insights/flow?from=2026-03-01&to=2026-11-01").Want(200).WantText("[data-told]", "2026年3月1日").WantNone("[role=alert]")
		wrong := s.site.As(s.boss).Get("/insights/flow?from=2026-11-01&to=2026-03-01").Want(200).WantText("[role=alert]", "起始日期要早于结束日期")
		if got := wrong.Attr("[name=from]", "value"); got != "2026-11-01" {
			t.Errorf("what was typed is replaced by %q", got)
		}
		s.site.As(s.boss).Get("/insights/flow?from=yesterday").Want(200).WantText("[role=alert]", "日期不对")
		s.site.As(s.boss).Get("/insights/flow?to=2026-11-01").Want(200).WantText("[role=alert]", "日期不对")
	})
}

func TestPages_say_what_the_purchases_cannot_tell(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.exec("UPDATE receipt SET currency = 'HKD' WHERE customer_id = ?", int64(s.elsewhere))
		s.refresh()
		boss := s.site.As(s.boss)
		boss.Get("/insights").Want(200).WantText("main", "最多这些：更早的购买没有记录")
		boss.Get("/insights/model").Want(200).WantText("main", "1 张 HKD 小票没有计入")
	})
}

func TestLists_of_people_go_forth_and_back_and_can_be_taken(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		for k := range 64 {
			store := s.west
			if k%2 == 0 {
				store = s.east
			}
			s.buys(s.customer(s.customers, fmt.Sprintf("顾客%02d", k), store), store, int64(100+10*k), 500+k)
		}
		s.refresh()
		at := "/insights/people?stage=lost"
		first := s.site.As(s.boss).Get(at).Want(200).WantText("h1", "已流失").WantText("section", "66 位")
		names := func(doc *webtest.Answer) (list []string) {
			for _, a := range doc.All("[data-person] a") {
				list = append(list, webtest.Text(a))
			}
			return list
		}
		second := s.site.As(s.boss).Get(first.Attr("a[rel=next]", "href")).Want(200)
		back := s.site.As(s.boss).Get(second.Attr("a[rel=prev]", "href")).Want(200).WantNone("a[rel=prev]")
		if got := names(first); len(got) != 30 || cmp.Diff(got, names(back)) != "" || cmp.Diff(got, names(second)) == "" {
			t.Errorf("the first page is %v, then %v, and back %v", got, names(second), names(back))
		}
		s.site.As(s.boss).Get(at+"&store="+s.west.ID.String()).WantText("section", "33 位")
		s.site.As(s.manager).Get(at + "&store=" + s.west.ID.String()).Want(403)
		s.site.As(s.manager).Get(at).WantText("section", "33 位")
		for _, other := range []string{"group=champions", "tenth=10", "top=2.5"} {
			if n := s.site.As(s.boss).Get("/insights/people?" + other).Want(200).Count("[data-person]"); n == 0 {
				t.Errorf("nobody is in %s", other)
			}
		}
		for _, wrong := range []string{"", "?group=rich", "?stage=sad", "?tenth=11", "?top=50", "?top=x"} {
			s.site.As(s.boss).Get("/insights/people" + wrong).Want(404)
		}

		s.site.As(s.clerk).Get("/insights/download/people?stage=lost").Want(403)
		file := s.site.As(s.admin).Get("/insights/download/people?stage=lost").Want(200)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body.String(), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 67 {
			t.Errorf("got %d rows, %v", len(rows), err)
		}
		kept, err := db.One(t.Context(), s.insight.DB, db.Value[string], `SELECT detail FROM audit_entry WHERE action = 'customer.export'`)
		if err != nil || !strings.Contains(kept, "已流失") {
			t.Errorf("on record is %q, %v", kept, err)
		}

		before := len(names(s.site.As(s.boss).Get("/insights/warnings").Want(200)))
		s.exec(`DELETE FROM customer WHERE customer_id = ?`, int64(s.regular)) // as the undoing of an import does
		if after := len(names(s.site.As(s.boss).Get("/insights/warnings").Want(200))); after != before-1 {
			t.Errorf("%d were warned of, and %d when a file was closed", before, after)
		}
	})
}
