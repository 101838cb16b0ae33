package insight

import (
	"testing"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

func TestVisits_are_entered_by_who_has_the_right_in_the_stores_they_reach(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		may := map[org.Role]bool{org.Manager: true, org.Marketer: true, org.Administrator: true}
		try := func(name string, actor org.Actor, st org.Store, allowed bool) {
			t.Helper()
			// What somebody else has counted is neither changed nor taken back.
			there := Visits{Store: st.ID, Month: "2026-01", New: 7, Old: 8}
			if err := sh.SetVisits(t.Context(), org.System, there); err != nil {
				t.Fatal(err)
			}
			err := sh.SetVisits(t.Context(), actor, Visits{Store: st.ID, Month: "2026-01", New: 1, Old: 2})
			if forbidden := errs.Is(err, errs.Forbidden); forbidden == allowed || err != nil && !forbidden {
				t.Errorf("%s enters visitors of store %s: got %v, allowed: %v", name, st.Code, err, allowed)
			}
			err = sh.ForgetVisits(t.Context(), actor, st.ID, "2026-01")
			if forbidden := errs.Is(err, errs.Forbidden); forbidden == allowed || err != nil && !forbidden {
				t.Errorf("%s takes visitors of store %s back: got %v, allowed: %v", name, st.Code, err, allowed)
			}
			list, err := sh.VisitsOf(t.Context(), org.System, st.ID)
			if err != nil || !allowed && (len(list) != 1 || list[0].New != 7) || allowed && len(list) != 0 {
				t.Errorf("%s leaves %+v of store %s, %v", name, list, st.Code, err)
			}
		}
		for _, role := range org.Roles() {
			p := org.Staff{ID: 7, Role: role, StoreID: sh.a.ID, Active: true}
			for _, reach := range org.Reaches() {
				p.Reach = reach
				actor := org.NewActor(p, 5, []org.StoreID{sh.a.ID})
				name := string(role) + ", whose reach is " + string(reach)
				try(name, actor, sh.a, may[role])
				try(name, actor, sh.b, may[role] && reach == org.ReachAll)
			}
			p.Reach, p.StoreID = org.ReachRegion, 0
			try(string(role)+" of a region", org.NewActor(p, 5, []org.StoreID{sh.a.ID, sh.b.ID}), sh.b, may[role])
			p.Reach = org.ReachStore
			try(string(role)+" without a store", org.NewActor(p, 0, nil), sh.a, false)
			p.Reach, p.Active = org.ReachAll, false
			try(string(role)+", who has left", org.NewActor(p, 0, nil), sh.a, false)
		}
		narrowed := org.System.Only(org.Rights{org.ReportsRead, org.SettingsWrite})
		try("a key without the right", narrowed, sh.a, false)
	})
}
