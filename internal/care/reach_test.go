package care_test

import (
	"testing"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

// withNobodys is a shop with one task that is nobody's, about a customer whom no
// associate keeps.
func withNobodys(t *testing.T, f func(t *testing.T, s *shop, it care.Item)) {
	run(t, func(t *testing.T, s *shop) {
		s.only("delivery_7")
		c := s.customer(s.li, "没主的", nobodys, phone(t, "13812345678"))
		s.delivers(s.buys(c, today.AddDays(-9), "床", 90), today.AddDays(-7), "")
		s.plan()
		list := s.list(s.li)
		if len(list) != 1 {
			t.Fatalf("%d tasks, want 1", len(list))
		}
		f(t, s, list[0])
	})
}

func TestFile_of_nobodys_customer_is_open_to_the_manager_and_not_to_associates(t *testing.T) {
	withNobodys(t, func(t *testing.T, s *shop, it care.Item) {
		for _, tc := range []struct {
			name string
			as   org.Actor
			want bool
		}{{"an associate", s.li, false}, {"the manager", s.manager, true}, {"who sees everything", s.boss, true}} {
			if got := it.FileSeenBy(tc.as); got != tc.want {
				t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
			}
			// Whatever a list says, the file itself says the same.
			if err := s.Customers.Reach(t.Context(), tc.as, it.Task.Customer); (err == nil) != tc.want {
				t.Errorf("%s opens the file: %v", tc.name, err)
			}
		}
	})
}

func TestTask_that_is_closed_opens_nothing_beyond_ones_own_customers(t *testing.T) {
	withNobodys(t, func(t *testing.T, s *shop, it care.Item) {
		if _, err := s.Task(t.Context(), s.li, it.Task.Customer, it.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Tel(t.Context(), s.li, it.Task.Customer, it.ID); err != nil {
			t.Fatal(err)
		}
		s.record(s.li, outcome(it, care.Reached))
		if _, err := s.Task(t.Context(), s.li, it.Task.Customer, it.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("the brief of a customer out of reach, by a task that is done: %v", err)
		}
		if _, err := s.Task(t.Context(), s.manager, it.Task.Customer, it.ID); err != nil {
			t.Errorf("the manager: %v", err)
		}
		for _, as := range []org.Actor{s.li, s.manager} {
			if _, err := s.Tel(t.Context(), as, it.Task.Customer, it.ID); !errs.Is(err, errs.Conflict) {
				t.Errorf("%s sees the number by a task that is done: %v", as.Staff.Name, err)
			}
		}
	})
}

func TestDo_not_contact_counts_at_the_moment_of_showing(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		// As when a planner wrote the task while somebody noted the wish.
		s.exec("UPDATE customer SET do_not_contact = TRUE")
		if n := len(s.list(s.li)); n != 0 {
			t.Errorf("%d tasks on the list", n)
		}
		if open, err := s.Open(t.Context(), s.li, it.Task.Customer); err != nil || len(open) != 0 {
			t.Errorf("on the customer's page: %v, %v", told(open), err)
		}
		if _, err := s.Tel(t.Context(), s.li, it.Task.Customer, it.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("the number is shown to be dialled: %v", err)
		}
		if got := s.counts(s.li); got.ToDo != 0 {
			t.Errorf("counted: %+v", got)
		}
	})
}

func TestTask_of_a_file_that_was_taken_back_with_its_import_stands_on_no_list(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		s.only("birthday")
		_, month, dom := today.AddDays(2).Date()
		c := s.customer(s.li, "导入的", born("solar", int(month), dom))
		s.plan()
		if n := len(s.list(s.li)); n != 1 {
			t.Fatalf("%d tasks, want 1", n)
		}
		s.exec("DELETE FROM customer WHERE customer_id = " + c.ID.String())
		if list := s.list(s.li); len(list) != 0 {
			t.Errorf("on the list: %v", told(list))
		}
		if got := s.counts(s.li); got.ToDo != 0 {
			t.Errorf("counted: %+v", got)
		}
	})
}

func TestComplaint_stays_with_the_manager_when_the_customer_gets_another_owner(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		s.Customers.OnMoved(s.CustomerMovedTx)
		in := outcome(it, care.Unhappy)
		in.Text = "床板响"
		s.record(s.li, in)
		if _, err := s.Customers.HandOver(t.Context(), org.System, s.li.Staff, s.wu.Staff); err != nil {
			t.Fatal(err)
		}
		if got := s.list(s.manager); len(got) != 1 || got[0].Staff != s.manager.ID() {
			t.Errorf("the manager has %v", told(got))
		}
		if got := s.list(s.wu); len(got) != 0 {
			t.Errorf("the new owner has %v", told(got))
		}
	})
}

func TestUndo_of_do_not_contact_leaves_nothing_that_nobody_said(t *testing.T) {
	withTask(t, func(t *testing.T, s *shop, it care.Item) {
		c := it.Task.Customer
		s.must(s.Customers.SetConsent(t.Context(), s.li, c, customer.Consent{
			Purpose: customer.ForMarketing, Channel: "sms", Granted: false, Source: customer.FromTalk,
		}))
		before, err := s.Customers.File(t.Context(), s.li, c)
		s.must(err)
		r := s.record(s.li, outcome(it, care.DoNotContact))
		_, err = s.Undo(t.Context(), s.li, c, r.ID)
		s.must(err)
		f, err := s.Customers.File(t.Context(), s.li, c)
		s.must(err)
		if len(f.Consents) != len(before.Consents) || f.Consents[0].Channel != "sms" || f.Customer.DoNotContact {
			t.Errorf("consents %+v, not to be contacted: %v; want what was said before", f.Consents, f.Customer.DoNotContact)
		}
		if n := len(s.story(c, customer.EntryConsent)); n != 1 {
			t.Errorf("%d lines about consent on the timeline, want the one about messages", n)
		}
	})
}
