package care_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

func TestList_pages_by_key_and_shows_each_task_once(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7")
		owners := []func(*customer.NewCustomer){func(*customer.NewCustomer) {}, nobodys}
		for i := range 23 {
			c := s.customer(s.li, fmt.Sprintf("顾客%02d", i), owners[i%2])
			s.delivers(s.buys(c, today.AddDays(-9), "床", int64(100+i/3)), today.AddDays(-7), "") // equal values too
		}
		s.plan()
		for _, as := range []org.Actor{s.li, s.manager, s.boss} {
			var all []care.Item
			after, pages := care.Cursor{}, 0
			for {
				p, err := s.List(t.Context(), as, care.Filter{}, after, 5)
				s.must(err)
				all, pages = append(all, p.Items...), pages+1
				if after = p.Next; after == (care.Cursor{}) {
					break
				}
			}
			seen := map[care.TaskID]bool{}
			for i, it := range all {
				if seen[it.ID] {
					t.Errorf("%s: %s is shown twice", as.Staff.Name, it.Customer.Name)
				}
				seen[it.ID] = true
				if i > 0 && it.Value.Minor > all[i-1].Value.Minor {
					t.Errorf("%s: %s of %s comes after %s", as.Staff.Name, it.Customer.Name, it.Value, all[i-1].Value)
				}
			}
			if len(all) != 23 || pages != 5 {
				t.Errorf("%s: %d tasks on %d pages, want 23 on 5", as.Staff.Name, len(all), pages)
			}
		}
	})
}

func TestList_filters_by_store_and_person_within_reach_only(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7")
		for _, a := range []org.Actor{s.li, s.wu, s.chen} {
			c := s.customer(a, a.Staff.Name+"的顾客")
			s.delivers(s.buys(c, today.AddDays(-9), "床", 100+int64(a.ID()%7)), today.AddDays(-7), "")
		}
		free := s.customer(s.li, "没主的", nobodys)
		s.delivers(s.buys(free, today.AddDays(-9), "床", 1), today.AddDays(-7), "")
		s.plan()
		for _, tc := range []struct {
			name string
			as   org.Actor
			f    care.Filter
			want int // -1: refused
		}{
			{"everything", s.boss, care.Filter{}, 4},
			{"one store", s.boss, care.Filter{Store: s.home.ID}, 3},
			{"as a person has it", s.boss, care.Filter{Staff: s.wu.ID()}, 2},
			{"as a person has it in a store", s.boss, care.Filter{Staff: s.wu.ID(), Store: s.home.ID}, 2},
			{"the manager's own store", s.manager, care.Filter{Store: s.home.ID}, 3},
			{"the manager looks at an associate's", s.manager, care.Filter{Staff: s.li.ID()}, 2},
			{"another store", s.manager, care.Filter{Store: s.other.ID}, -1},
			{"a person of another store", s.manager, care.Filter{Staff: s.chen.ID()}, -1},
			{"an associate's own", s.li, care.Filter{Staff: s.li.ID()}, 2},
			{"a colleague's", s.li, care.Filter{Staff: s.wu.ID()}, -1},
			{"another store of an associate", s.li, care.Filter{Store: s.other.ID}, -1},
			{"tomorrow", s.boss, care.Filter{Day: today.AddDays(1)}, 4},
			{"yesterday", s.boss, care.Filter{Day: today.AddDays(-1)}, 0},
		} {
			p, err := s.List(t.Context(), tc.as, tc.f, care.Cursor{}, 50)
			if tc.want < 0 {
				if !errs.Is(err, errs.Forbidden) {
					t.Errorf("%s: %v, want it refused", tc.name, err)
				}
				continue
			}
			if err != nil || len(p.Items) != tc.want {
				t.Errorf("%s: %v, %v, want %d tasks", tc.name, told(p.Items), err, tc.want)
			}
			c, err := s.Counts(t.Context(), tc.as, tc.f)
			if err != nil || c.ToDo != tc.want {
				t.Errorf("%s: counted %+v, %v, want %d", tc.name, c, err, tc.want)
			}
		}
		if _, err := s.List(t.Context(), s.boss.Only(nil), care.Filter{}, care.Cursor{}, 5); !errs.Is(err, errs.Forbidden) {
			t.Errorf("without the right: %v", err)
		}
	})
}

func TestList_of_a_region_is_that_of_its_stores(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7")
		for _, a := range []org.Actor{s.li, s.chen} {
			s.delivers(s.buys(s.customer(a, a.Staff.Name+"的顾客"), today.AddDays(-9), "床", 100), today.AddDays(-7), "")
		}
		s.plan()
		p, err := s.Org.CreateStaff(t.Context(), org.System, org.Staff{Code: "qu", Name: "区经理", Role: org.Manager, Reach: org.ReachRegion, StoreID: s.home.ID, Active: true})
		s.must(err)
		as, err := s.Org.Actor(t.Context(), p.ID)
		s.must(err)
		if n := len(s.list(as)); n != 2 {
			t.Errorf("%d tasks, want those of both stores", n)
		}
	})
}

func TestBrief_says_what_to_know_before_calling(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7", "birthday")
		_, month, dom := today.AddDays(3).Date()
		c := s.customer(s.li, "王丽", born("solar", int(month), dom))
		for n := range 3 {
			s.buys(c, today.AddDays(-72+30*n), "茶叶", 100)
		}
		s.delivers(s.buys(c, today.AddDays(-9), "茶台", 2700), today.AddDays(-7), "")
		s.must(s.Customers.AddNote(t.Context(), s.li, c.ID, "不喜欢被催", ""))
		s.plan()
		it := s.list(s.li)[0]
		in := outcome(it, care.NoAnswer)
		s.record(s.li, in)
		s.clock = s.clock.Add(25 * time.Hour)
		it = s.list(s.li)[0]
		want := []string{
			"上次来是3月9日；一共买过 4 次，累计 ¥3,000.00。",
			"大约 30 天来一次。",
			"上次联系：昨天，李娜，没接通。",
			"一并问候——生日提前 3 天问候：2026年3月21日过生日。",
			"备注：不喜欢被催",
		}
		got := it.BriefLines(zh, today.AddDays(1))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBrief_tells_of_what_was_brought_back(t *testing.T) {
	it := care.Item{Stat: purchase.Stat{Receipts: 1, Returns: 1, LastDay: today.AddDays(-1).String(), Net: money.Amount{Currency: "CNY"}}}
	want := []string{"上次来是昨天；一共买过 1 次，退过 1 次，净额 ¥0.00。"}
	if diff := cmp.Diff(want, it.BriefLines(zh, today)); diff != "" {
		t.Error(diff)
	}
}

func TestOpen_shows_a_customers_tasks_on_their_page(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		list, err := s.Open(t.Context(), s.li, it.Task.Customer)
		s.must(err)
		if diff := cmp.Diff([]string{"delivery_7 王丽"}, told(list)); diff != "" {
			t.Error(diff)
		}
		if _, err := s.Open(t.Context(), s.wu, it.Task.Customer); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody else's customer: %v", err)
		}
	})
}
