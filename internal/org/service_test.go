package org_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

// fieldKeys are the names and keys an error complains about.
func fieldKeys(err error) map[string]string {
	keys := map[string]string{}
	var e *errs.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			keys[f.Name] = f.Key
		}
	}
	return keys
}

func mustStore(t *testing.T, s *org.Service, code string, region org.RegionID) org.Store {
	t.Helper()
	st, err := s.CreateStore(t.Context(), org.System, org.Store{Code: code, Kind: org.Fashion, Currency: "CNY", Zone: "Asia/Shanghai", RegionID: region})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func mustStaff(t *testing.T, s *org.Service, p org.Staff) org.Staff {
	t.Helper()
	if p.Name == "" {
		p.Name = p.Code
	}
	p, err := s.CreateStaff(t.Context(), org.System, p)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestStore_is_created_read_and_changed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), &org.Service{DB: d}
		region, err := s.CreateRegion(ctx, org.System, " 华东 ")
		if err != nil {
			t.Fatal(err)
		}
		want := org.Store{
			Code: "SH1", Name: "南京路店", Kind: org.Furniture, RegionID: region.ID, Currency: "CNY",
			Zone: "Asia/Shanghai", Phone: "021-1234", Address: "南京路 1 号", Active: true,
		}
		got, err := s.CreateStore(ctx, org.System, want)
		if err != nil {
			t.Fatal(err)
		}
		want.ID = got.ID
		read, err := s.StoreByCode(ctx, "sh1")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, read); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}

		want.Name, want.Active, want.RegionID = "人民广场店", false, 0
		changed := want
		changed.Currency = "USD" // must not stick: its receipts are in yuan
		if err := s.UpdateStore(ctx, org.System, changed); err != nil {
			t.Fatal(err)
		}
		if read, err = s.Store(ctx, want.ID); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, read); diff != "" {
			t.Errorf("after the change (-want +got):\n%s", diff)
		}
		if err := s.UpdateRegion(ctx, org.System, org.Region{ID: region.ID, Name: "华东一区"}); err != nil {
			t.Fatal(err)
		}
		regions, err := s.Regions(ctx)
		if diff := cmp.Diff([]org.Region{{ID: region.ID, Name: "华东一区"}}, regions); diff != "" || err != nil {
			t.Errorf("regions (-want +got):\n%s %v", diff, err)
		}
	})
}

func TestStore_refuses_what_is_wrong_field_by_field(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &org.Service{DB: d}
		mustStore(t, s, "UK1", 0)
		cases := []struct {
			name  string
			store org.Store
			want  map[string]string
		}{
			{"code of another in other letters", org.Store{Code: "uk1", Currency: "GBP", Zone: "Europe/London"}, map[string]string{"code": "org.code_taken"}},
			{"nothing given", org.Store{}, map[string]string{"code": "org.code_missing", "currency": "money.unknown_currency", "tz": "org.zone_unknown"}},
			{"the machine's zone", org.Store{Code: "A", Currency: "gbp", Zone: "Local"}, map[string]string{"tz": "org.zone_unknown"}},
			{"unknown kind and region", org.Store{Code: "A", Kind: "bank", Currency: "GBP", Zone: "UTC", RegionID: 9}, map[string]string{"kind": "org.kind_unknown", "region": "org.region_unknown"}},
		}
		for _, c := range cases {
			_, err := s.CreateStore(t.Context(), org.System, c.store)
			if diff := cmp.Diff(c.want, fieldKeys(err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
	})
}

func TestEnsureStore_creates_once_and_minds_currency_and_zone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		// Two servers, each with its own cache, import for the same new store at once.
		servers := []*org.Service{{DB: d}, {DB: d}}
		var ids [2]org.StoreID
		var wg sync.WaitGroup
		for i, s := range servers {
			wg.Go(func() {
				st, err := s.EnsureStore(ctx, org.System, "UK1", "GBP", "Europe/London")
				if err != nil {
					t.Error(err)
				}
				ids[i] = st.ID
			})
		}
		wg.Wait()
		if ids[0] == 0 || ids[0] != ids[1] {
			t.Fatalf("got stores %v, want one and the same", ids)
		}
		s := servers[0]
		if st, err := s.EnsureStore(ctx, org.System, "uk1", "", ""); err != nil || st.ID != ids[0] {
			t.Errorf("without currency: got %v, %v", st, err)
		}
		if _, err := s.EnsureStore(ctx, org.System, "UK1", "EUR", ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("other currency: got %v, want a conflict", err)
		}
		if _, err := s.EnsureStore(ctx, org.System, "UK1", "gbp", "Europe/Paris"); !errs.Is(err, errs.Conflict) {
			t.Errorf("other zone: got %v, want a conflict", err)
		}
		if _, err := s.EnsureStore(ctx, org.System, "UK2", "", ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("new store without currency: got %v, want invalid", err)
		}
	})
}

func TestStaff_refuses_a_reach_that_points_nowhere(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &org.Service{DB: d}
		region, err := s.CreateRegion(t.Context(), org.System, "North")
		if err != nil {
			t.Fatal(err)
		}
		lone, grouped := mustStore(t, s, "A", 0), mustStore(t, s, "B", region.ID)
		cases := []struct {
			name  string
			staff org.Staff
			want  map[string]string
		}{
			{"manager without a store", org.Staff{Code: "m", Name: "M", Role: org.Manager}, map[string]string{"store": "org.store_needed"}},
			{"region reach without a region", org.Staff{Code: "m", Name: "M", Role: org.Manager, Reach: org.ReachRegion, StoreID: lone.ID}, map[string]string{"region": "org.region_needed"}},
			{"region by way of the store", org.Staff{Code: "r", Name: "R", Role: org.Manager, Reach: org.ReachRegion, StoreID: grouped.ID}, map[string]string{}},
			{"unknown everything", org.Staff{Code: "x", Role: "king", Theme: "pink", StoreID: 99}, map[string]string{"name": "org.name_missing", "role": "org.role_unknown", "theme": "org.theme_unknown", "store": "org.store_unknown"}},
			{"code taken", org.Staff{Code: "R", Name: "R", Role: org.Marketer}, map[string]string{"code": "org.code_taken"}},
		}
		for _, c := range cases {
			_, err := s.CreateStaff(t.Context(), org.System, c.staff)
			if diff := cmp.Diff(c.want, fieldKeys(err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
	})
}

func TestActor_is_read_from_the_database_and_reaches_the_region(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, s, other := t.Context(), &org.Service{DB: d}, &org.Service{DB: d}
		region, err := s.CreateRegion(ctx, org.System, "North")
		if err != nil {
			t.Fatal(err)
		}
		a, b, c := mustStore(t, s, "A", region.ID), mustStore(t, s, "B", region.ID), mustStore(t, s, "C", 0)
		p := mustStaff(t, s, org.Staff{Code: "m", Role: org.Manager, Reach: org.ReachRegion, StoreID: a.ID})

		actor, err := s.Actor(ctx, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !actor.Scope().Allows(0, b.ID) || actor.Scope().Allows(0, c.ID) {
			t.Error("a region's manager must see its stores and no other")
		}
		// The same answer in SQL.
		cond, args := actor.Scope().Where("0", "id")
		codes, err := db.All(ctx, d, db.Value[string], "SELECT code FROM store WHERE "+cond+" ORDER BY code", args...)
		if diff := cmp.Diff([]string{"A", "B"}, codes); diff != "" || err != nil {
			t.Errorf("stores in reach (-want +got):\n%s %v", diff, err)
		}

		// Dismissed on another server: this one knows at once.
		p.Active = false
		if err := other.UpdateStaff(ctx, org.System, p); err != nil {
			t.Fatal(err)
		}
		if actor, err = s.Actor(ctx, p.ID); err != nil || actor.May(org.CustomersRead) {
			t.Errorf("a dismissed person may still read, %v", err)
		}
		if _, err := s.Actor(ctx, 12345); !errs.Is(err, errs.NotFound) {
			t.Errorf("unknown person: got %v, want not found", err)
		}
	})
}

func TestDirectory_is_cached_until_a_change_commits_or_time_passes(t *testing.T) {
	d := dbtest.SQLite(t)
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	here := &org.Service{DB: d, Now: func() time.Time { return now }}
	other := &org.Service{DB: d}
	names := func(s *org.Service) (codes []string) {
		list, err := s.Stores(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range list {
			codes = append(codes, st.Code)
		}
		return codes
	}
	mustStore(t, here, "A", 0)
	if diff := cmp.Diff([]string{"A"}, names(here)); diff != "" {
		t.Error(diff)
	}
	mustStore(t, other, "B", 0)
	if diff := cmp.Diff([]string{"A"}, names(here)); diff != "" {
		t.Errorf("not cached:\n%s", diff)
	}
	boom := errors.New("boom")
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if _, err := here.CreateStoreTx(ctx, tx, org.System, org.Store{Code: "C", Currency: "CNY", Zone: "UTC"}); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"A"}, names(here)); diff != "" {
		t.Errorf("a rolled back change dropped the cache:\n%s", diff)
	}
	now = now.Add(time.Minute)
	if diff := cmp.Diff([]string{"A", "B"}, names(here)); diff != "" {
		t.Errorf("another server's change stays unseen:\n%s", diff)
	}
}

func TestUpdateStaff_keeps_one_administrator_even_when_two_dismiss_each_other(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), &org.Service{DB: d}
		people := []org.Staff{
			mustStaff(t, s, org.Staff{Code: "a", Role: org.Administrator}),
			mustStaff(t, s, org.Staff{Code: "b", Role: org.Administrator}),
		}
		results := make([]error, 2)
		var wg sync.WaitGroup
		for i, p := range people {
			wg.Go(func() {
				p.Active = false
				results[i] = s.UpdateStaff(ctx, org.System, p)
			})
		}
		wg.Wait()
		if (results[0] == nil) == (results[1] == nil) {
			t.Errorf("got %v and %v, want exactly one to succeed", results[0], results[1])
		}
		if left, err := s.HasAdministrator(ctx); err != nil || !left {
			t.Errorf("administrator left: %v, %v", left, err)
		}
	})
}

func TestSetPreferences_leaves_alone_what_is_changed_meanwhile(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), &org.Service{DB: d}
		mustStaff(t, s, org.Staff{Code: "boss", Role: org.Administrator})
		for n := range 10 {
			p := mustStaff(t, s, org.Staff{Code: fmt.Sprint("p", n), Role: org.Administrator})
			actor, err := s.Actor(ctx, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			demoted := p
			demoted.Role, demoted.Reach = org.Marketer, ""
			var wg sync.WaitGroup
			for _, do := range []func() error{
				func() error { return s.UpdateStaff(ctx, org.System, demoted) },
				func() error { return s.SetPreferences(ctx, actor, "en", "dark") },
				func() error { return s.SetPreferences(ctx, actor, "en", "light") },
			} {
				wg.Go(func() {
					if err := do(); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if actor, err = s.Actor(ctx, p.ID); err != nil || actor.Staff.Role != org.Marketer {
				t.Fatalf("choosing a theme undid the demotion: %+v, %v", actor.Staff, err)
			}
		}
		for _, wrong := range [][2]string{{"klingon", ""}, {"", "pink"}} {
			if err := s.SetPreferences(ctx, org.NewActor(org.Staff{ID: 1, Active: true}, 0, nil), wrong[0], wrong[1]); !errs.Is(err, errs.Invalid) {
				t.Errorf("%v: got %v, want invalid", wrong, err)
			}
		}
	})
}

func TestText_is_cleaned_and_bounded(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), &org.Service{DB: d}
		long := strings.Repeat("长", 201)
		for name, do := range map[string]func() error{
			"region": func() error { _, err := s.CreateRegion(ctx, org.System, long); return err },
			"store": func() error {
				_, err := s.CreateStore(ctx, org.System, org.Store{Code: "A", Currency: "CNY", Zone: "UTC", Address: long})
				return err
			},
			"staff": func() error {
				_, err := s.CreateStaff(ctx, org.System, org.Staff{Code: "a", Name: long, Role: org.Marketer})
				return err
			},
		} {
			if err := do(); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: got %v, want invalid", name, err)
			}
		}
		p := mustStaff(t, s, org.Staff{Code: "a\x00b", Name: "王\x00\xff小", Role: org.Marketer})
		if p.Code != "ab" || p.Name != "王小" {
			t.Errorf("got %q %q, want clean text", p.Code, p.Name)
		}
	})
}

func TestCode_is_taken_once_in_any_letters_by_two_servers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for round := range 5 {
			made := make([]error, 4)
			var wg sync.WaitGroup
			for i, code := range []string{"uk", "UK", "Uk", "uK"} {
				wg.Go(func() {
					_, made[i] = (&org.Service{DB: d}).CreateStore(t.Context(), org.System, org.Store{Code: fmt.Sprint(code, round), Currency: "GBP", Zone: "UTC"})
				})
			}
			wg.Wait()
			n := 0
			for _, err := range made {
				if err == nil {
					n++
				} else if !errs.Is(err, errs.Invalid) {
					t.Errorf("got %v, want the code taken", err)
				}
			}
			if n != 1 {
				t.Errorf("%d stores of one code were made, want 1", n)
			}
		}
	})
}

func TestListStaff_pages_by_code(t *testing.T) {
	d := dbtest.SQLite(t)
	s := &org.Service{DB: d}
	a, b := mustStore(t, s, "A", 0), mustStore(t, s, "B", 0)
	for _, code := range []string{"s3", "s1", "s2"} {
		mustStaff(t, s, org.Staff{Code: code, Role: org.Associate, StoreID: a.ID})
	}
	mustStaff(t, s, org.Staff{Code: "s4", Role: org.Associate, StoreID: b.ID})
	var got []string
	after := ""
	for {
		page, err := s.ListStaff(t.Context(), org.StaffFilter{StoreID: a.ID, After: after, Limit: 2, ActiveOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, p := range page {
			got = append(got, p.Code)
		}
		after = page[len(page)-1].Code
	}
	if diff := cmp.Diff([]string{"s1", "s2", "s3"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChanges_are_put_on_record_in_their_own_transaction(t *testing.T) {
	d := dbtest.SQLite(t)
	var record []string
	s := &org.Service{DB: d, Audit: func(_ context.Context, tx *db.Tx, staff int64, action, subject string, _ any) error {
		if tx == nil || staff != 0 || subject == "" {
			t.Errorf("got %v, %d, %q", tx, staff, subject)
		}
		record = append(record, action)
		return nil
	}}
	st := mustStore(t, s, "A", 0)
	p := mustStaff(t, s, org.Staff{Code: "m", Role: org.Manager, StoreID: st.ID})
	actor, err := s.Actor(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.Audit = func(_ context.Context, _ *db.Tx, staff int64, action, _ string, _ any) error {
		if staff != int64(p.ID) {
			t.Errorf("recorded for %d, want %d", staff, p.ID)
		}
		record = append(record, action)
		return nil
	}
	if err := s.SetPreferences(t.Context(), actor, "zh-Hant", "dark"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"store.create", "staff.create", "staff.preferences"}, record); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p, err = s.Person(t.Context(), p.ID); err != nil || p.Locale != "zh-Hant" || p.Theme != "dark" {
		t.Errorf("got %v, %v", p, err)
	}
}
