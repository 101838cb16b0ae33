package customer_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
)

// atOnce runs all of do side by side and returns what became of each.
func atOnce(do ...func() error) []error {
	results := make([]error, len(do))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, f := range do {
		wg.Go(func() {
			<-start
			results[i] = f()
		})
	}
	close(start)
	wg.Wait()
	return results
}

func TestUpdate_by_many_at_once_overwrites_nothing(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.create(s.li, "王晓东", "13812345678")
		for round := range 5 {
			var do []func() error
			for n := range 6 {
				do = append(do, func() error {
					_, err := s.Update(t.Context(), s.li, c.ID, customer.Edit{Name: fmt.Sprintf("王%d", n), StoreID: c.StoreID, OwnerID: c.OwnerID, Version: c.Version})
					return err
				})
			}
			saved := 0
			for _, err := range atOnce(do...) {
				if err == nil {
					saved++
				} else if !errs.Is(err, errs.Conflict) {
					t.Errorf("got %v, want a conflict", err)
				}
			}
			if saved != 1 {
				t.Errorf("round %d: %d were told that their change was saved, want 1", round, saved)
			}
			var err error
			if c, err = s.Get(t.Context(), s.li, c.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestLearn_by_many_at_once_forgets_nothing(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		learn := func(c customer.Customer, field, value string) func() error {
			return func() error {
				return s.Learn(ctx, s.li, c.ID, []customer.Answer{{Field: field, Value: value}}, customer.FromTalk)
			}
		}
		one, other := s.create(s.li, "王晓东", ""), s.create(s.li, "王晓西", "")
		fields := []string{"family", "hobby", "work", "habit", "personality", "taste_dress"}
		var do []func() error
		for i, f := range fields {
			do = append(do, learn(one, f, "一"), learn(one, "displeased", fmt.Sprint(i)))
		}
		for i, err := range atOnce(do...) {
			if err != nil {
				t.Errorf("answer %d: %v", i, err)
			}
		}
		for _, f := range append(fields, "displeased") { // the same, one after the other
			if err := learn(other, f, "一")(); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Get(ctx, s.li, one.ID)
		want, err2 := s.Get(ctx, s.li, other.ID)
		if err != nil || err2 != nil || got.Completeness != want.Completeness {
			t.Errorf("complete to %d %%, want %d; %v %v", got.Completeness, want.Completeness, err, err2)
		}
	})
}

func TestConsent_given_and_withdrawn_at_once_says_one_thing(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.create(s.li, "王晓东", "13812345678")
		for range 10 {
			set := func(granted bool) func() error {
				return func() error {
					return s.SetConsent(t.Context(), s.li, c.ID, customer.Consent{
						Purpose: customer.ForAll, Channel: customer.AllChannels,
						Granted: granted, Source: customer.FromPhone,
					})
				}
			}
			for _, err := range atOnce(set(false), set(true), set(false), set(true)) {
				if err != nil {
					t.Error(err)
				}
			}
			f, err := s.File(t.Context(), s.li, c.ID)
			if err != nil || len(f.Consents) != 1 || f.Customer.DoNotContact == f.Consents[0].Granted {
				t.Fatalf("do not contact: %v, but the latest consent is %+v; %v", f.Customer.DoNotContact, f.Consents, err)
			}
		}
	})
}

func TestHandOver_keeps_what_is_edited_meanwhile(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		var list []customer.Customer
		for n := range 10 {
			list = append(list, s.create(s.li, fmt.Sprintf("顾客%d", n), ""))
		}
		handOver := func() error {
			_, err := s.HandOver(ctx, s.manager, s.li.Staff, s.wu.Staff)
			return err
		}
		saved := make([]bool, len(list))
		do := []func() error{handOver}
		for i, c := range list {
			do = append(do, func() error {
				_, err := s.Update(ctx, s.manager, c.ID, customer.Edit{Name: "新名字", StoreID: c.StoreID, OwnerID: c.OwnerID, Version: c.Version})
				saved[i] = err == nil
				if errs.Is(err, errs.Conflict) {
					return nil // the hand-over was first
				}
				return err
			})
		}
		for _, err := range atOnce(do...) {
			if err != nil {
				t.Error(err)
			}
		}
		for i, c := range list {
			got, err := s.Get(ctx, s.manager, c.ID)
			if err != nil || got.OwnerID != s.wu.ID() || saved[i] != (got.Name == "新名字") {
				t.Errorf("saved: %v, but the file has name %q and owner %v, %v", saved[i], got.Name, got.OwnerID, err)
			}
		}
		n, err := db.One(ctx, s.db, db.Value[int], `SELECT COUNT(*) FROM search_term WHERE owner_id = 11`)
		if err != nil || n != 0 {
			t.Errorf("the leaver still finds %d terms, %v", n, err)
		}
	})
}

func TestContact_keeps_its_id_through_edits(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "13812345678")
		before, err := s.File(ctx, s.li, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		kept := before.Contacts[0]
		kept.Label = " 家里\x00 "
		if _, err := s.Update(ctx, s.li, c.ID, customer.Edit{
			Name: "王晓东", StoreID: c.StoreID, OwnerID: c.OwnerID, Version: c.Version,
			Contacts: []customer.Contact{s.phone("13700000001"), kept, s.phone("138 1234 5678")},
		}); err != nil {
			t.Fatal(err)
		}
		after, err := s.File(ctx, s.li, c.ID)
		if err != nil || len(after.Contacts) != 2 {
			t.Fatalf("got %+v, %v; want each number once", after.Contacts, err)
		}
		first, second := after.Contacts[0], after.Contacts[1]
		if !first.Main || first.Value != "+8613700000001" || second.Main || second.ID != kept.ID || second.Label != "家里" {
			t.Errorf("got %+v, want the new one first and the old one under its id", after.Contacts)
		}
	})
}

func TestLockTx_of_a_file_that_is_gone_finds_nobody(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		here := s.create(s.li, "王晓东", "")
		lock := func(ids ...customer.ID) error {
			return s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.LockTx(ctx, tx, ids) })
		}
		if err := lock(here.ID); err != nil {
			t.Error(err)
		}
		if err := lock(here.ID, customer.NewID()); !errs.Is(err, errs.NotFound) {
			t.Errorf("got %v, want not found", err)
		}
	})
}
