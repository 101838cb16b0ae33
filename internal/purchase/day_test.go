package purchase

import (
	"slices"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

func TestDay_pages_through_a_stores_receipts_within_sight(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		ctx := t.Context()
		st, err := s.Org.CreateStore(ctx, org.System, org.Store{Code: "S1", Currency: "CNY", Zone: "Asia/Shanghai"})
		if err != nil {
			t.Fatal(err)
		}
		who := func(code string, role org.Role) org.Actor {
			p, err := s.Org.CreateStaff(ctx, org.System, org.Staff{Code: code, Name: code, Role: role, StoreID: st.ID})
			if err != nil {
				t.Fatal(err)
			}
			return org.NewActor(p, 0, nil)
		}
		li, wu, manager := who("li", org.Associate), who("wu", org.Associate), who("m", org.Manager)
		amount := int64(1000)
		sell := func(of org.Actor, seller org.StaffID, minute int) {
			t.Helper()
			in := NewReceipt{Store: st.ID, SoldAt: at.Add(time.Duration(minute) * time.Minute), Staff: seller,
				Lines: []NewLine{{Name: "椅子", Quantity: 1000, Amount: &amount}}}
			if of.ID() != 0 {
				c, err := s.Customers.Create(ctx, of, customer.NewCustomer{Name: "王晓东"})
				if err != nil {
					t.Fatal(err)
				}
				in.Customer = c.ID
			}
			if _, err := s.Record(ctx, org.System, in); err != nil {
				t.Fatal(err)
			}
		}
		sell(li, 0, 1)
		sell(wu, 0, 2)
		sell(wu, li.ID(), 3)
		sell(org.Actor{}, 0, 4)
		sell(li, 0, -24*60) // the day before
		for name, c := range map[string]struct {
			actor org.Actor
			want  int
		}{"the manager": {manager, 4}, "Li": {li, 3}, "Wu": {wu, 3}, "the program": {org.System, 4}} {
			var after Cursor
			seen := map[ReceiptID]bool{}
			for range 10 {
				list, next, err := s.Day(ctx, c.actor, st.ID, "2026-03-02", after, 2)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range list {
					seen[r.ID] = true
				}
				if after = next; after == (Cursor{}) {
					break
				}
			}
			total, err := s.DayTotal(ctx, c.actor, st.ID, "2026-03-02")
			if len(seen) != c.want || err != nil || total.Receipts != int64(c.want) || len(total.Net) != 1 || total.Net[0].Minor != amount*int64(c.want) {
				t.Errorf("%s: saw %d, total %+v, %v; want %d", name, len(seen), total, err, c.want)
			}
		}
		far := org.NewActor(org.Staff{ID: 14, Role: org.Manager, Reach: org.ReachStore, StoreID: st.ID + 1, Active: true}, 0, nil)
		for name, c := range map[string]struct {
			actor org.Actor
			want  int64
		}{"the program": {org.System, 5}, "the manager": {manager, 5}, "another's manager": {far, 0}} {
			if total, err := s.Purchases(ctx, c.actor); err != nil || total.Receipts != c.want || total.Clean.Lines != max(0, c.want-1) {
				t.Errorf("report for %s: %+v, %v; want %d receipts", name, total, err, c.want)
			}
		}
		abroad := NewReceipt{Store: st.ID, SoldAt: at, Currency: "USD", Lines: []NewLine{{Name: "椅子", Quantity: 1000, Amount: &amount}}}
		if _, err := s.Record(ctx, org.System, abroad); err != nil {
			t.Fatal(err)
		}
		total, err := s.DayTotal(ctx, manager, st.ID, "2026-03-02")
		want := []money.Amount{{Minor: 4 * amount, Currency: "CNY"}, {Minor: amount, Currency: "USD"}}
		if err != nil || !slices.Equal(total.Net, want) {
			t.Errorf("with a receipt in dollars the day comes to %v, %v; want %v", total.Net, err, want)
		}
		if _, _, err := s.Day(ctx, manager, st.ID+1, "2026-03-02", Cursor{}, 2); !errs.Is(err, errs.NotFound) {
			t.Errorf("another store: got %v, want not found", err)
		}
	})
}
