package care_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
)

// runsOut has a customer buy something every thirty days, the last time 28 days
// ago, and finds out what that means.
func (s *shop) runsOut(a org.Actor, name, what string) customer.Customer {
	s.t.Helper()
	c := s.customer(a, name)
	for n := range 8 {
		s.buys(c, today.AddDays(-28-30*n), what, 60)
	}
	s.refreshInsight()
	return c
}

func (s *shop) refreshInsight() {
	s.t.Helper()
	in := insight.New(s.db, s.Org, s.Customers)
	in.Now = s.Now
	_, err := in.Refresh(s.t.Context(), org.System, today.AddDays(-1))
	s.must(err)
}

func TestPlan_reminds_before_something_runs_out(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("refill")
		c := s.runsOut(s.li, "快没了", "洗衣液")
		s.plan()
		items := s.list(s.li)
		if diff := cmp.Diff([]string{"refill 快没了"}, told(items)); diff != "" {
			t.Fatal(diff)
		}
		if got := items[0].ReasonText(zh); !strings.HasPrefix(got, "洗衣液大约2026年3月") || !strings.HasSuffix(got, "用完，上次买是 28 天前。") {
			t.Errorf("reason %q", got)
		}
		if got, want := items[0].Script(zh, "李娜", today), "您家的洗衣液大概快用完了"; !strings.Contains(got, want) {
			t.Errorf("script %q, want %q in it", got, want)
		}
		s.buys(c, today, "洗衣液", 60)
		s.refreshInsight()
		if p := s.planOn(today.AddDays(1)); p.Made != 0 {
			t.Errorf("after the next purchase made %d tasks, want none", p.Made)
		}
	})
}

func TestPlan_leaves_alone_who_is_not_likely_to_buy_again(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("refill")
		c := s.customer(s.li, "说不准")
		for _, ago := range []int{28, 78, 88, 128, 158, 170} {
			s.buys(c, today.AddDays(-ago), "洗衣液", 60)
		}
		s.refreshInsight()
		for _, tc := range []struct {
			chance int
			made   int64
		}{{95, 0}, {5, 1}} {
			r := s.rule("refill")
			r.Params.Chance, r.Params.Lookback = tc.chance, 30
			_, err := s.SaveRule(t.Context(), org.System, r)
			s.must(err)
			if p := s.plan(); p.Made != tc.made {
				t.Errorf("of those likely by %d %%: made %d tasks, want %d", tc.chance, p.Made, tc.made)
			}
		}
	})
}
