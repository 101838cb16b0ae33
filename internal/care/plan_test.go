package care_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
)

var zh = i18n.Printer{Locale: i18n.Hans}

func TestPlan_finds_those_who_had_something_delivered_a_week_ago(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7")
		wang := s.customer(s.li, "王晓东", func(in *customer.NewCustomer) { in.Gender = customer.Male })
		s.delivers(s.buys(wang, today.AddDays(-12), "橡木床", 3000), today.AddDays(-7), "")
		early := s.customer(s.li, "早一天")
		s.delivers(s.buys(early, today.AddDays(-9), "茶几", 500), today.AddDays(-6), "")
		s.plan()
		items := s.list(s.li)
		if diff := cmp.Diff([]string{"delivery_7 王晓东"}, told(items)); diff != "" {
			t.Fatal(diff)
		}
		it := items[0]
		if it.Due != today || it.Until != today.AddDays(7) {
			t.Errorf("due %s until %s, want %s until %s", it.Due, it.Until, today, today.AddDays(7))
		}
		// 3000 in less than a year, times 120 percent.
		if got := it.Value.String(); got != "3600.00" {
			t.Errorf("value %s, want 3600.00", got)
		}
		if got := it.Yearly(today).String(); got != "3000.00" {
			t.Errorf("yearly %s, want 3000.00", got)
		}
		if got, want := it.ReasonText(zh), "2026年3月11日送到的橡木床，满 7 天了，问问用得怎么样。"; got != want {
			t.Errorf("reason %q, want %q", got, want)
		}
		if got, want := it.Script(zh, "李娜", today), "王先生，您好！我是静安店的李娜。橡木床送到您家有 7 天了，用着还顺手吗？"; got[:len(want)] != want {
			t.Errorf("script %q, want it to begin with %q", got, want)
		}
		if got := it.Script(zh, "", today); got[:len("王先生，您好！这里是静安店。")] != "王先生，您好！这里是静安店。" {
			t.Errorf("without a speaker the script begins %q", got)
		}
	})
}

func TestPlan_follows_up_a_high_value_purchase_after_7_and_90_days(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("purchase_7", "purchase_90")
		s.crowd(today.AddDays(-7))
		s.crowd(today.AddDays(-90))
		week, quarter := s.customer(s.li, "上周"), s.customer(s.li, "上季")
		s.buys(week, today.AddDays(-7), "真皮沙发", 8000)
		s.buys(quarter, today.AddDays(-90), "餐桌", 5000)
		s.buys(s.customer(s.li, "小额"), today.AddDays(-7), "毛巾", 30)
		s.plan()
		items := s.list(s.li)
		if diff := cmp.Diff([]string{"purchase_7 上周", "purchase_90 上季"}, told(items)); diff != "" {
			t.Fatal(diff)
		}
		want := "2026年3月11日买了真皮沙发，这一单 ¥8,000.00，在本店近期属前 10%；满 7 天回访。"
		if got := items[0].ReasonText(zh); got != want {
			t.Errorf("reason %q, want %q", got, want)
		}
		if floor := items[0].Reason.Floor; floor <= 30_00 || floor > 8000_00 {
			t.Errorf("the floor kept in the reason is %d", floor)
		}
	})
}

func TestPlan_does_not_ask_how_something_is_that_was_brought_back(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("purchase_7", "delivery_7")
		s.crowd(today.AddDays(-7))
		back, part, before := s.customer(s.li, "退了"), s.customer(s.li, "退了一点"), s.customer(s.li, "以前退过")
		s.buys(back, today.AddDays(-7), "沙发", 8000)
		s.returns(back, today.AddDays(-5), "沙发", 8000)
		s.delivers(s.buys(back, today.AddDays(-12), "床", 500), today.AddDays(-7), "")
		bench := s.customer(s.li, "送到就退")
		s.delivers(s.buys(bench, today.AddDays(-12), "长凳", 400), today.AddDays(-7), "")
		s.returns(bench, today.AddDays(-6), "长凳", 400)
		s.buys(part, today.AddDays(-7), "沙发", 7000)
		s.returns(part, today.AddDays(-6), "靠垫", 100)
		s.returns(before, today.AddDays(-20), "柜子", 9000)
		s.buys(before, today.AddDays(-7), "沙发", 6000)
		s.plan()
		if diff := cmp.Diff([]string{"purchase_7 退了一点", "delivery_7 退了", "purchase_7 以前退过"}, told(s.list(s.li))); diff != "" {
			t.Error(diff)
		}
	})
}

func TestPlan_draws_a_sample_that_anyone_can_draw_again(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		r := s.rule("sample_1")
		r.Params.SamplePercent, r.Params.Lookback = 40, 0
		_, err := s.SaveRule(t.Context(), org.System, r)
		s.must(err)
		s.only("sample_1")
		want := 0
		for range 40 {
			sold := s.buys(s.customer(s.li, "客人"), today.AddDays(-1), "袜子", 10)
			if care.Drawn(s.home.ID, today.AddDays(-1), int64(sold.ID), 40) {
				want++
			}
		}
		s.buys(s.customer(s.li, "大额"), today.AddDays(-1), "床", 9000)
		for range 2 { // the same draw again
			if p := s.plan(); p.Made != int64(want) {
				t.Errorf("%d were drawn, want %d", p.Made, want)
			}
			for _, it := range s.list(s.li) {
				if it.Customer.Name == "大额" {
					t.Error("a high-value purchase is in the sample of small ones")
				}
			}
			if p := s.plan(); p.Made != 0 {
				t.Errorf("a second plan made %d more", p.Made)
			}
			s.exec("DELETE FROM task")
		}
	})
}

func TestPlan_greets_birthdays_of_both_calendars_ahead(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("birthday")
		in3 := today.AddDays(3)
		_, month, dom := in3.Date()
		lunar, _ := in3.Lunar()
		s.customer(s.li, "阳历", born(day.SolarCalendar, int(month), dom))
		s.customer(s.li, "农历", born(day.LunarCalendar, lunar.Month, lunar.Day))
		s.customer(s.li, "明天", born(day.SolarCalendar, 3, 19)) // its day was missed: still in time
		s.customer(s.li, "昨天", born(day.SolarCalendar, 3, 17))
		s.plan()
		items := s.list(s.li)
		got := map[string]string{}
		for _, it := range items {
			got[it.Customer.Name] = it.Due.String() + " " + it.Until.String() + " " + it.ReasonText(zh)
		}
		want := map[string]string{
			"阳历": "2026-03-18 2026-03-21 2026年3月21日过生日。",
			"农历": "2026-03-18 2026-03-21 2026年3月21日过农历生日。",
			"明天": "2026-03-16 2026-03-19 2026年3月19日过生日。",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestPlan_greets_the_best_old_customers_of_a_store_before_a_festival(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		r := s.rule("festival")
		r.Params.PerStore, r.Params.Festivals = 2, []string{"qingming"}
		_, err := s.SaveRule(t.Context(), org.System, r)
		s.must(err)
		s.only("festival")
		for i, name := range []string{"第三", "第二", "第一"} {
			c := s.customer(s.li, name)
			for n := range 3 {
				s.buys(c, today.AddDays(-30*(n+1)), "茶叶", int64(100*(i+1)))
			}
		}
		s.buys(s.customer(s.li, "新客"), today.AddDays(-20), "茶叶", 9000)
		before := day.MustParse("2026-04-05").AddDays(-3) // 清明 is on 5 April 2026
		s.clock = before.Start(shanghai).Add(9 * time.Hour)
		s.plan()
		items := s.list(s.li)
		if diff := cmp.Diff([]string{"festival 第一", "festival 第二"}, told(items)); diff != "" {
			t.Fatal(diff)
		}
		if got, want := items[0].ReasonText(zh), "2026年4月5日是清明节，这位熟客来过 3 次，问候一声。"; got != want {
			t.Errorf("reason %q, want %q", got, want)
		}
	})
}

func TestPlan_notices_who_is_silent_for_longer_than_their_rhythm_explains(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("cooling")
		// Gaps of 20 days: silent for more than 30.
		due, silent := s.customer(s.li, "刚好"), s.customer(s.li, "还早")
		for n := range 4 {
			s.buys(due, today.AddDays(-31-20*n), "咖啡", 60)
			s.buys(silent, today.AddDays(-29-20*n), "咖啡", 60)
		}
		few := s.customer(s.li, "两次间隔")
		for n := range 3 {
			s.buys(few, today.AddDays(-31-20*n), "咖啡", 60)
		}
		s.plan()
		items := s.list(s.li)
		if diff := cmp.Diff([]string{"cooling 刚好"}, told(items)); diff != "" {
			t.Fatal(diff)
		}
		if got, want := items[0].ReasonText(zh), "平时大约 20 天来一次，上次是2026年2月15日，已经比往常久了。"; got != want {
			t.Errorf("reason %q, want %q", got, want)
		}
		if p := s.planOn(today.AddDays(2)); p.Made != 1 {
			t.Errorf("two days later made %d tasks, want 1: 还早", p.Made)
		}
	})
}

func TestPlan_run_twice_makes_nothing_new(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.fillAll()
		first := s.plan()
		if first.Made < 10 {
			t.Fatalf("made %d tasks, want at least 10", first.Made)
		}
		if again := s.plan(); again.Made != 0 {
			t.Errorf("the second run made %d tasks", again.Made)
		}
		for _, r := range first.Rules {
			if r.Made == 0 && r.Code != "festival" {
				t.Errorf("rule %s made nothing", r.Code)
			}
		}
	})
}

// fillAll has something for every rule. The sample takes all: ids differ from run
// to run, and with them the draw.
func (s *shop) fillAll() {
	r := s.rule("sample_1")
	r.Params.SamplePercent = 100
	_, err := s.SaveRule(s.t.Context(), org.System, r)
	s.must(err)
	s.runsOut(s.li, "快用完", "洗衣液")
	s.crowd(today.AddDays(-7))
	s.crowd(today.AddDays(-90))
	for i, a := range []org.Actor{s.li, s.wu, s.li} {
		c := s.customer(a, "顾客"+string(rune('甲'+i)), born(day.SolarCalendar, 3, 21))
		s.delivers(s.buys(c, today.AddDays(-7), "沙发", int64(5000+i)), today.AddDays(-7), "")
		s.buys(c, today.AddDays(-90), "床", int64(7000+i))
		d := s.customer(a, "淡了"+string(rune('甲'+i)))
		for n := range 4 {
			s.buys(d, today.AddDays(-31-20*n), "咖啡", 60)
		}
	}
	for range 20 {
		s.buys(s.customer(s.wu, "昨天来的"), today.AddDays(-1), "袜子", 10)
	}
}

func TestPlan_catches_up_with_missed_nights_and_with_receipts_that_came_late(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7")
		wang := s.customer(s.li, "周末送的")
		s.delivers(s.buys(wang, today.AddDays(-12), "床", 3000), today.AddDays(-10), "") // due three days ago
		old := s.customer(s.li, "太久了")
		s.delivers(s.buys(old, today.AddDays(-14), "床", 3000), today.AddDays(-11), "")
		if p := s.plan(); p.Made != 1 {
			t.Errorf("made %d, want the one whose night was missed", p.Made)
		}
		late := s.customer(s.li, "后导入的")
		s.delivers(s.buys(late, today.AddDays(-9), "床", 3000), today.AddDays(-7), "")
		if p := s.plan(); p.Made != 1 {
			t.Errorf("made %d, want the one that came in after the first run", p.Made)
		}
	})
}

func TestPlan_leaves_alone_who_does_not_want_to_be_contacted(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7")
		c := s.customer(s.li, "请勿打扰")
		s.delivers(s.buys(c, today.AddDays(-12), "床", 3000), today.AddDays(-7), "")
		s.must(s.Customers.SetConsent(t.Context(), org.System, c.ID, customer.Consent{
			Purpose: customer.ForAll, Channel: customer.AllChannels, Source: customer.FromTalk,
		}))
		if p := s.plan(); p.Made != 0 {
			t.Errorf("made %d tasks", p.Made)
		}
	})
}

func TestPlan_gives_tasks_to_the_home_store_and_its_owner_else_to_where_the_purchase_was(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7")
		mine := s.customer(s.li, "有主的")
		s.delivers(s.buysAt(s.other, mine, today.AddDays(-9), "床", 100), today.AddDays(-7), "")
		free := s.customer(s.li, "没主的", nobodys)
		s.delivers(s.buys(free, today.AddDays(-9), "床", 90), today.AddDays(-7), "")
		stray := s.customer(org.Actor{}, "没有门店的", nobodys)
		s.delivers(s.buysAt(s.other, stray, today.AddDays(-9), "床", 80), today.AddDays(-7), "")
		s.plan()
		for _, tc := range []struct {
			who  string
			as   org.Actor
			want []string
		}{
			{"the owner: their own and the store's", s.li, []string{"delivery_7 有主的", "delivery_7 没主的"}},
			{"a colleague: the store's", s.wu, []string{"delivery_7 没主的"}},
			{"the other store", s.chen, []string{"delivery_7 没有门店的"}},
			{"the manager: all of the store", s.manager, []string{"delivery_7 有主的", "delivery_7 没主的"}},
			{"who sees everything", s.boss, []string{"delivery_7 有主的", "delivery_7 没主的", "delivery_7 没有门店的"}},
		} {
			if diff := cmp.Diff(tc.want, told(s.list(tc.as))); diff != "" {
				t.Errorf("%s: %s", tc.who, diff)
			}
		}
	})
}

func TestPlan_gives_up_what_has_passed_everywhere(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("sample_1", "delivery_7")
		c := s.customer(s.li, "王")
		s.delivers(s.buys(c, today.AddDays(-9), "床", 3000), today.AddDays(-7), "")
		s.plan()
		s.clock = s.clock.AddDate(0, 0, 7)
		if p := s.plan(); p.Missed != 0 {
			t.Errorf("missed %d on the last day", p.Missed)
		}
		// A store in London: there the day before has not ended yet.
		_, err := s.Org.CreateStore(t.Context(), org.System, org.Store{Code: "LON", Currency: "GBP", Zone: "Europe/London"})
		s.must(err)
		s.clock = today.AddDays(8).Start(shanghai).Add(3 * time.Hour)
		if p := s.plan(); p.Missed != 0 {
			t.Errorf("missed %d while it is yesterday in London", p.Missed)
		}
		s.clock = s.clock.Add(9 * time.Hour)
		if p := s.plan(); p.Missed != 1 {
			t.Errorf("missed %d, want 1", p.Missed)
		}
		if n := count(t, s.db, "state = 'missed'"); n != 1 {
			t.Errorf("%d tasks are missed, want 1", n)
		}
	})
}

func TestPlan_by_two_at_once_makes_each_task_once(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.fillAll()
		want := s.plan().Made
		s.exec("DELETE FROM task")
		s.exec("DELETE FROM plan_run")
		s.Chunk = 3
		var all sync.WaitGroup
		var made [3]int64
		for i := range made {
			all.Go(func() {
				p, err := s.Plan(context.Background(), today)
				if err != nil {
					t.Error(err)
				}
				made[i] = p.Made
			})
		}
		all.Wait()
		if got := made[0] + made[1] + made[2]; got != want {
			t.Errorf("three planners made %v, together %d, want %d", made, got, want)
		}
		if n := count(t, s.db, "TRUE"); int64(n) != want {
			t.Errorf("there are %d tasks, want %d", n, want)
		}
	})
}

func TestPlan_needs_the_right(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	if _, err := s.PlanFor(t.Context(), s.li, today); !errs.Is(err, errs.Forbidden) {
		t.Errorf("an associate plans the day: %v", err)
	}
	if _, err := s.PlanFor(t.Context(), s.manager, today); err != nil {
		t.Errorf("a manager may not plan the day: %v", err)
	}
}

func TestPlan_goes_on_where_it_was_stopped(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.fillAll()
		want := s.plan().Made
		s.exec("DELETE FROM task")
		s.exec("DELETE FROM plan_run")
		s.Chunk = 2
		var total int64
		for runs := 1; ; runs++ {
			ctx, stop := context.WithCancel(t.Context())
			steps := 0
			s.Progress = func(_ string, made int64) {
				total += made
				if steps++; steps == 5 {
					stop()
				}
			}
			_, err := s.Plan(ctx, today)
			stop()
			if err == nil {
				if runs < 3 {
					t.Errorf("%d runs: the test does not stop what it should", runs)
				}
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if runs == 200 {
				t.Fatal("the plan gets no further: it begins anew instead of going on")
			}
		}
		if n := count(t, s.db, "TRUE"); int64(n) != want || total != want {
			t.Errorf("%d tasks exist, %d were reported, want %d", n, total, want)
		}
	})
}

func (s *shop) exec(query string) {
	s.t.Helper()
	s.must(s.db.Write(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query)
		return err
	}))
}
