package customer_test

import (
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

func TestRemembering_keeps_what_one_reader_reaches_from_another(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.create(s.li, "周小雨", "13900001111")
		ctx := customer.Remembering(t.Context())
		for range 2 {
			if err := s.Reach(ctx, s.li, c.ID); err != nil {
				t.Errorf("the owner: %v", err)
			}
			if err := s.Reach(ctx, s.wu, c.ID); !errs.Is(err, errs.NotFound) {
				t.Errorf("a colleague who does not see it: %v, want not found", err)
			}
		}
	})
}

func TestRemembering_ends_with_its_request(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.create(s.li, "周小雨", "13900001111")
		if err := s.Reach(customer.Remembering(t.Context()), s.li, c.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.HandOver(t.Context(), org.System, s.li.Staff, s.wu.Staff); err != nil {
			t.Fatal(err)
		}
		if err := s.Reach(customer.Remembering(t.Context()), s.li, c.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("the former owner: %v, want not found", err)
		}
	})
}
