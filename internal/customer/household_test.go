package customer_test

import (
	"slices"
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

func TestHouseholds_become_one_and_are_left(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		a, b, c, d := s.create(s.li, "甲", ""), s.create(s.li, "乙", ""), s.create(s.li, "丙", ""), s.create(s.wu, "丁", "")
		livesWith := func(who customer.Customer, want ...string) {
			t.Helper()
			f, err := s.File(ctx, org.System, who.ID)
			if got := names(f.Household); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s lives with %v, %v; want %v", who.Name, got, err, want)
			}
		}
		join := func(one, other customer.Customer) {
			t.Helper()
			if err := s.SetHousehold(ctx, org.System, one.ID, other.ID); err != nil {
				t.Fatal(err)
			}
		}
		join(a, b)
		join(c, d)
		livesWith(a, "乙")
		join(a, c) // whoever lived with either lives with both
		livesWith(a, "乙", "丙", "丁")
		livesWith(d, "甲", "乙", "丙")
		join(a, c)
		livesWith(a, "乙", "丙", "丁")

		home, err := s.LeaveHousehold(ctx, s.li, b.ID)
		if err != nil || home == 0 {
			t.Fatalf("left %v, %v", home, err)
		}
		livesWith(b)
		livesWith(a, "丙", "丁")
		if again, err := s.LeaveHousehold(ctx, s.li, b.ID); err != nil || again != 0 {
			t.Errorf("leaving nobody: %v, %v", again, err)
		}
		if _, err := s.LeaveHousehold(ctx, s.wu, a.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("for a customer of somebody else's: %v, want not found", err)
		}
		if err := s.ReturnToHousehold(ctx, s.li, b.ID, home); err != nil {
			t.Fatal(err)
		}
		livesWith(b, "甲", "丙", "丁")
		if err := s.ReturnToHousehold(ctx, s.li, b.ID, home+1); !errs.Is(err, errs.NotFound) {
			t.Errorf("to a household nobody is of: %v, want not found", err)
		}
	})
}
