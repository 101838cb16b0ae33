package org_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

func TestMatrix_names_every_role_reach_and_right(t *testing.T) {
	want := []org.Role{org.Associate, org.Manager, org.Agent, org.Technician, org.Marketer, org.Executive, org.Administrator}
	if diff := cmp.Diff(want, org.Roles()); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	wantRights := org.Rights{
		org.AccountOwn, org.OrgRead, org.CustomersRead, org.CustomersWrite, org.CustomersReveal, org.CustomersExport, org.PurchasesRead,
		org.PurchasesWrite, org.TasksRead, org.TasksWrite, org.PlanRun, org.ImportsRun, org.ReportsRead,
		org.VisitsWrite, org.SettingsWrite, org.StaffWrite, org.AuditRead, org.KeysOwn,
	}
	if diff := cmp.Diff(wantRights, org.AllRights()); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
	for _, r := range org.Roles() {
		if !r.DefaultReach().Valid() {
			t.Errorf("%s reaches %q, which is no reach", r, r.DefaultReach())
		}
		if !r.Rights().Has(org.AccountOwn) {
			t.Errorf("%s may not change their own password", r)
		}
	}
	if diff := cmp.Diff(org.AllRights(), org.Administrator.Rights()); diff != "" {
		t.Errorf("an administrator lacks a right (-want +got):\n%s", diff)
	}
}

func TestActor_may_do_what_the_role_may_and_no_more(t *testing.T) {
	cases := []struct {
		role org.Role
		may  org.Right
		not  org.Right
	}{
		{org.Associate, org.CustomersReveal, org.ReportsRead},
		{org.Manager, org.CustomersExport, org.SettingsWrite},
		{org.Agent, org.CustomersReveal, org.CustomersExport},
		{org.Manager, org.PlanRun, org.StaffWrite},
		{org.Agent, org.PurchasesWrite, org.ImportsRun},
		{org.Technician, org.TasksWrite, org.PurchasesWrite},
		{org.Marketer, org.ImportsRun, org.CustomersReveal},
		{org.Executive, org.AuditRead, org.CustomersWrite},
		{org.Manager, org.VisitsWrite, org.SettingsWrite},
		{org.Executive, org.ReportsRead, org.VisitsWrite},
		{org.Associate, org.CustomersRead, org.VisitsWrite},
	}
	for _, c := range cases {
		a := org.NewActor(org.Staff{ID: 1, Role: c.role, Reach: org.ReachAll, Active: true}, 0, nil)
		if err := a.Need(c.may); err != nil {
			t.Errorf("%s needs %s: got %v, want allowed", c.role, c.may, err)
		}
		if err := a.Need(c.not); !errs.Is(err, errs.Forbidden) {
			t.Errorf("%s needs %s: got %v, want forbidden", c.role, c.not, err)
		}
	}
}

func TestActor_of_somebody_inactive_may_nothing_and_sees_nothing(t *testing.T) {
	a := org.NewActor(org.Staff{ID: 1, Role: org.Administrator, Reach: org.ReachAll}, 0, nil)
	for _, r := range org.AllRights() {
		if a.May(r) {
			t.Errorf("inactive person may %s", r)
		}
	}
	if a.Scope().Allows(1, 1) || a.Scope().All() {
		t.Error("inactive person sees something")
	}
}

func TestActor_Only_narrows_and_never_adds(t *testing.T) {
	a := org.NewActor(org.Staff{ID: 1, Role: org.Associate, Reach: org.ReachOwn, Active: true}, 0, nil)
	got := a.Only(org.Rights{org.CustomersRead, org.StaffWrite})
	if diff := cmp.Diff(org.Rights{org.CustomersRead}, got.Rights); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !a.May(org.CustomersWrite) {
		t.Error("narrowing a copy changed the original")
	}
}

// actors are one person per reach, and those whose reach points nowhere.
var (
	own      = org.NewActor(org.Staff{ID: 7, Role: org.Associate, Reach: org.ReachOwn, StoreID: 1, Active: true}, 0, nil)
	inStore  = org.NewActor(org.Staff{ID: 8, Role: org.Manager, Reach: org.ReachStore, StoreID: 1, Active: true}, 0, nil)
	inRegion = org.NewActor(org.Staff{ID: 9, Role: org.Manager, Reach: org.ReachRegion, Active: true}, 5, []org.StoreID{1, 2})
	nowhere  = org.NewActor(org.Staff{ID: 9, Role: org.Manager, Reach: org.ReachStore, Active: true}, 0, nil)
)

func TestScope_Where_is_a_condition_with_its_arguments(t *testing.T) {
	cases := []struct {
		name  string
		scope org.Scope
		sql   string
		args  []any
	}{
		{"everything", org.System.Scope(), "TRUE", nil},
		{"own", own.Scope(), "o = ?", []any{int64(7)}},
		{"store", inStore.Scope(), "s = ?", []any{int64(1)}},
		{"region", inRegion.Scope(), "s IN (?,?)", []any{int64(1), int64(2)}},
		{"a manager without a store", nowhere.Scope(), "FALSE", nil},
		{"nobody", org.Scope{}, "FALSE", nil},
		{"everything of a store", org.System.Scope().Narrow(3, 0), "s = ?", []any{int64(3)}},
		{"own, of a store and a person", own.Scope().Narrow(3, 4), "o = ? AND s = ? AND o = ?", []any{int64(7), int64(3), int64(4)}},
		{"two stores at once", org.System.Scope().Narrow(3, 0).Narrow(4, 0), "FALSE", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			sql, args := c.scope.Where("o", "s")
			if sql != c.sql {
				t.Errorf("got %q, want %q", sql, c.sql)
			}
			if diff := cmp.Diff(c.args, args); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
		})
	}
}

func TestScope_Narrow_never_shows_more(t *testing.T) {
	actors := []org.Actor{own, inStore, inRegion, nowhere, org.System, {}}
	rapid.Check(t, func(t *rapid.T) {
		scope := rapid.SampledFrom(actors).Draw(t, "actor").Scope()
		narrow := scope.Narrow(org.StoreID(rapid.Int64Range(0, 4).Draw(t, "store")), org.StaffID(rapid.Int64Range(0, 9).Draw(t, "staff")))
		owner, store := org.StaffID(rapid.Int64Range(0, 9).Draw(t, "owner")), org.StoreID(rapid.Int64Range(0, 4).Draw(t, "in"))
		if narrow.Allows(owner, store) && !scope.Allows(owner, store) {
			t.Fatalf("owner %d, store %d is seen only after narrowing", owner, store)
		}
	})
}

func TestScope_AllowsStore(t *testing.T) {
	cases := []struct {
		name   string
		scope  org.Scope
		stores []org.StoreID
	}{
		{"everything", org.System.Scope(), []org.StoreID{1, 2, 3}},
		{"own", own.Scope(), []org.StoreID{1}},
		{"store", inStore.Scope(), []org.StoreID{1}},
		{"region", inRegion.Scope(), []org.StoreID{1, 2}},
		{"region, of one store", inRegion.Scope().Narrow(2, 0), []org.StoreID{2}},
		{"nobody", org.Scope{}, nil},
	}
	for _, c := range cases {
		var got []org.StoreID
		for s := org.StoreID(1); s <= 3; s++ {
			if c.scope.AllowsStore(s) {
				got = append(got, s)
			}
		}
		if diff := cmp.Diff(c.stores, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestSystem_may_do_everything(t *testing.T) {
	for _, r := range org.AllRights() {
		if !org.System.May(r) {
			t.Errorf("the program itself may not %s", r)
		}
	}
}
