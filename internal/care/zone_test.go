package care_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/org"
)

func TestToday_of_head_office_is_that_of_the_first_store(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.clock = today.Start(shanghai).Add(3 * time.Hour) // in London it is the evening before
		for _, store := range []org.StoreID{s.home.ID, 0} {
			if d, err := s.Today(t.Context(), store); err != nil || d != today {
				t.Errorf("store %d: %s, %v; want %s", store, d, err, today)
			}
		}
		p, err := s.Org.CreateStaff(t.Context(), org.System, org.Staff{Code: "ceo", Name: "总经理", Role: org.Executive, Active: true})
		s.must(err)
		page, err := s.List(t.Context(), org.NewActor(p, 0, nil), care.Filter{}, care.Cursor{}, 5)
		if err != nil || page.Day != today {
			t.Errorf("the list is that of %s, %v; want %s", page.Day, err, today)
		}
	})
}

func TestEach_store_has_its_tasks_on_its_own_day(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7")
		london, err := s.Org.CreateStore(t.Context(), org.System, org.Store{Code: "LON", Name: "London", Currency: "GBP", Zone: "Europe/London"})
		s.must(err)
		p, err := s.Org.CreateStaff(t.Context(), org.System, org.Staff{Code: "ann", Name: "Ann", Role: org.Associate, StoreID: london.ID, Active: true})
		s.must(err)
		ann, err := s.Org.Actor(t.Context(), p.ID)
		s.must(err)
		c := s.customer(ann, "Brown", func(in *customer.NewCustomer) { in.StoreID = london.ID })
		s.delivers(s.buysAt(london, c, today.AddDays(-9), "bed", 900), today.AddDays(-7), "")
		s.clock = today.Start(shanghai).Add(3 * time.Hour) // the night in Shanghai, seven in the evening in London
		if made := s.planOn(today).Made; made != 1 {
			t.Fatalf("made %d tasks, want 1", made)
		}
		if got := s.list(ann); len(got) != 0 {
			t.Errorf("on the list of the day before: %v", told(got))
		}
		s.clock = time.Date(2026, 3, 18, 0, 5, 0, 0, time.UTC) // five past midnight in London
		if diff := cmp.Diff([]string{"delivery_7 Brown"}, told(s.list(ann))); diff != "" {
			t.Error(diff)
		}
		// An outcome counts for the day of the store.
		s.record(ann, outcome(s.list(ann)[0], care.NoAnswer))
		if got := s.counts(ann); got.Done != 1 {
			t.Errorf("counted %+v", got)
		}
		london5 := day.MustParse("2026-03-19").Start(london.Location()).Add(5 * time.Minute)
		s.clock = london5
		if got := s.list(ann); len(got) != 1 || got[0].Due != day.MustParse("2026-03-19") {
			t.Errorf("the next day: %v", told(got))
		}
		if got := s.counts(ann); got.Done != 0 {
			t.Errorf("the next day counts yesterday's: %+v", got)
		}
	})
}
