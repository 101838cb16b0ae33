package care_test

import (
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
)

// leap is a birthday in a leap month.
func leap(month, dom int) func(*customer.NewCustomer) {
	return func(in *customer.NewCustomer) {
		in.Birth = day.Birth{Calendar: day.LunarCalendar, Month: month, Day: dom, Leap: true}
	}
}

func TestPlan_greets_rare_birthdays_once_in_every_year(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("birthday")
		leapling := s.customer(s.li, "二月二十九", born(day.SolarCalendar, 2, 29))
		sixth := s.customer(s.li, "六月", born(day.LunarCalendar, 6, 15))
		leapSixth := s.customer(s.li, "闰六月", leap(6, 15))
		lastDay := s.customer(s.li, "腊月三十", born(day.LunarCalendar, 12, 30))
		// 2025 has a leap sixth month, 2026 and 2027 none; 2028 is a solar leap year. The
		// twelfth month of 2026 has no thirtieth: it ends on the twenty-ninth.
		want := map[customer.ID][]string{
			leapling.ID:  {"2026-02-28", "2027-02-28", "2028-02-29"},
			sixth.ID:     {"2025-07-09", "2026-07-28", "2027-07-18"},
			leapSixth.ID: {"2025-08-08", "2026-07-28", "2027-07-18"},
			lastDay.ID:   {"2026-02-16", "2027-02-05"},
		}
		for c, days := range want {
			for _, on := range days {
				event := day.MustParse(on)
				// Planned on the day the contact is due, the day after, and on the day itself.
				for _, before := range []int{3, 2, 0} {
					s.clock = event.AddDays(-before).Start(shanghai).Add(4 * time.Hour)
					s.planOn(event.AddDays(-before))
				}
				if n := count(t, s.db, "customer_id = "+c.String()+" AND until = '"+on+"'"); n != 1 {
					t.Errorf("%s has %d tasks for %s, want 1", c, n, on)
				}
			}
			if n := count(t, s.db, "customer_id = "+c.String()); n != len(days) {
				t.Errorf("%s has %d tasks, want %d", c, n, len(days))
			}
		}
	})
}
