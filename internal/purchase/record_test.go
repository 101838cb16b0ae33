package purchase

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// till is a store with one customer.
func till(t *testing.T, s *Service) (org.Store, customer.ID) {
	t.Helper()
	st, err := s.Org.EnsureStore(ctxOf(t), org.System, "SH1", "CNY", "Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Customers.Create(ctxOf(t), org.System, customer.NewCustomer{Name: "王小明", Card: "V1", StoreID: st.ID})
	if err != nil {
		t.Fatal(err)
	}
	return st, c.ID
}

func sofa(st org.Store, c customer.ID, number string) NewReceipt {
	return NewReceipt{Store: st.ID, Number: number, Customer: c, SoldAt: time.Date(2026, 3, 1, 16, 30, 0, 0, time.UTC),
		Lines: []NewLine{{SKU: "S1", Name: "沙发", Quantity: money.One, UnitPrice: 3_999_000_000}, {SKU: "S2", Name: "灯", Quantity: 2 * money.One, UnitPrice: 12_505_000}}}
}

func TestRecordWritesAReceiptOnceWithAllThatFollowsFromIt(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		st, c := till(t, s)
		var heard []Receipt
		s.OnRecorded(func(_ context.Context, _ *db.Tx, r Receipt) error { heard = append(heard, r); return nil })
		in := sofa(st, c, "T1")
		in.DeliveredOn = "2026-03-02"
		first, err := s.Record(ctxOf(t), org.System, in)
		if err != nil {
			t.Fatal(err)
		}
		if r := first.Receipt; !first.New || r.Net.String() != "4024.01" || r.Kind != Sale || r.Day != "2026-03-02" || r.Lines != 2 {
			t.Errorf("recorded %+v", first)
		}
		again, err := s.Record(ctxOf(t), org.System, in)
		if err != nil || again.New {
			t.Errorf("again: %+v, %v", again, err)
		}
		if diff := cmp.Diff(first.Receipt, again.Receipt); diff != "" {
			t.Error(diff)
		}
		in.Lines[0].UnitPrice += 10000
		var e *errs.Error
		if _, err := s.Record(ctxOf(t), org.System, in); !errors.As(err, &e) || e.Kind != errs.Conflict || e.Key != "purchase.receipt_differs" {
			t.Errorf("other content: %v", err)
		}
		if len(heard) != 1 {
			t.Errorf("the hook heard of %d receipts", len(heard))
		}
		w, err := s.Receipt(ctxOf(t), org.System, c, first.Receipt.ID)
		if err != nil || len(w.Items) != 2 || w.Items[1].Text != "灯" || w.Items[1].Amount.String() != "25.01" || len(w.Deliveries) != 1 {
			t.Errorf("the receipt is %+v, %v", w, err)
		}
		stats, err := s.Stats(ctxOf(t), d, []customer.ID{c})
		if err != nil || stats[c].Receipts != 1 || stats[c].Net.String() != "4024.01" {
			t.Errorf("statistics %+v, %v", stats, err)
		}
		story, _, err := s.Customers.Timeline(ctxOf(t), org.System, c, customer.TimelineCursor{}, 10)
		if err != nil || len(story) != 3 {
			t.Errorf("the story has %d lines, %v", len(story), err)
		}
		// A return, and a walk-in.
		back := sofa(st, c, "T2")
		for i := range back.Lines {
			back.Lines[i].Quantity = -back.Lines[i].Quantity
		}
		r, err := s.Record(ctxOf(t), org.System, back)
		if err != nil || r.Receipt.Kind != Return || r.Receipt.Net.String() != "-4024.01" {
			t.Errorf("the return is %+v, %v", r, err)
		}
		anon, err := s.Record(ctxOf(t), org.System, sofa(st, 0, ""))
		if err != nil || !anon.Receipt.WalkIn() || anon.Receipt.Number == "" {
			t.Errorf("the walk-in is %+v, %v", anon, err)
		}
		list, next, err := s.History(ctxOf(t), org.System, c, Cursor{}, 1)
		if err != nil || len(list) != 1 || next == (Cursor{}) {
			t.Fatalf("history %v %v %v", list, next, err)
		}
		rest, end, err := s.History(ctxOf(t), org.System, c, next, 1)
		if err != nil || len(rest) != 1 || end != (Cursor{}) || rest[0].ID == list[0].ID {
			t.Errorf("the next page is %v %v %v", rest, end, err)
		}
		found, err := s.FindByNumber(ctxOf(t), org.System, "T", 10)
		if err != nil || len(found) != 2 {
			t.Errorf("by number: %v %v", found, err)
		}
		if err := s.statsAreRight(ctxOf(t)); err != nil {
			t.Error(err)
		}
	})
}

func TestRecordRefusesWhatCannotBe(t *testing.T) {
	d := dbtest.SQLite(t)
	s := setup(t, d)
	st, c := till(t, s)
	for name, change := range map[string]func(*NewReceipt){
		"no lines":        func(r *NewReceipt) { r.Lines = nil },
		"the future":      func(r *NewReceipt) { r.SoldAt = at.AddDate(1, 0, 0) },
		"quantity 0":      func(r *NewReceipt) { r.Lines[0].Quantity = 0 },
		"a long number":   func(r *NewReceipt) { r.Number = strings.Repeat("9", 100) },
		"a long category": func(r *NewReceipt) { r.Lines[0].Category = strings.Repeat("长", 500) },
		"sold by nobody":  func(r *NewReceipt) { r.Staff = 77 },
		"more than is kept in all": func(r *NewReceipt) {
			most := int64(maxMinor)
			r.Lines = slices.Repeat([]NewLine{{Name: "金", Quantity: money.One, Amount: &most}}, 10000)
		},
		"no such currency": func(r *NewReceipt) { r.Currency = "XXX" },
		"no such day":      func(r *NewReceipt) { r.DeliveredOn = "2026-02-30" },
		"too large":        func(r *NewReceipt) { r.Lines[0].Quantity = 1 << 50 },
	} {
		in := sofa(st, c, "T1")
		change(&in)
		if _, err := s.Record(ctxOf(t), org.System, in); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	in := sofa(st, c, "T1\x00\u202e")
	in.Lines[0].Name = "沙\x00发\u202e"
	if r, err := s.Record(ctxOf(t), org.System, in); err != nil || r.Receipt.Number != "T1" {
		t.Errorf("what hides in a number and a name is left out: %q, %v", r.Receipt.Number, err)
	}
	in = sofa(st, c, "T2")
	in.Customer = customer.NewID()
	if _, err := s.Record(ctxOf(t), org.System, in); !errs.Is(err, errs.NotFound) {
		t.Errorf("nobody's: %v", err)
	}
}

func TestTheSameReceiptFromTwoTillsAtOnceIsRecordedOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		st, c := till(t, s)
		fresh, errors := make([]bool, 8), make([]error, 8)
		var wg sync.WaitGroup
		for i := range fresh {
			wg.Go(func() {
				r, err := s.Record(ctxOf(t), org.System, sofa(st, c, "T1"))
				fresh[i], errors[i] = r.New, err
			})
		}
		wg.Wait()
		n := 0
		for i, err := range errors {
			if err != nil {
				t.Error(err)
			}
			if fresh[i] {
				n++
			}
		}
		if n != 1 {
			t.Errorf("it was new %d times", n)
		}
	})
}

func TestADeliveryIsPromisedThenMade(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		st, c := till(t, s)
		r, err := s.Record(ctxOf(t), org.System, sofa(st, c, "T1"))
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.Deliver(ctxOf(t), org.System, Delivery{Customer: c, Receipt: r.Receipt.ID, PromisedOn: "2026-03-05", What: "沙发"})
		if err != nil {
			t.Fatal(err)
		}
		v.DeliveredOn, v.Gift, v.GiftCost.Minor = "2026-03-06", "靠垫", 1500
		if _, err := s.Deliver(ctxOf(t), org.System, v); err != nil {
			t.Fatal(err)
		}
		w, err := s.Receipt(ctxOf(t), org.System, c, r.Receipt.ID)
		if err != nil || len(w.Deliveries) != 1 || w.Deliveries[0].DeliveredOn != "2026-03-06" || w.Deliveries[0].GiftCost.String() != "15.00" {
			t.Errorf("deliveries %+v, %v", w.Deliveries, err)
		}
		if _, err := s.Deliver(ctxOf(t), org.System, Delivery{Customer: c, Receipt: 5, DeliveredOn: "2026-03-06"}); !errs.Is(err, errs.NotFound) {
			t.Errorf("of no receipt: %v", err)
		}
	})
}

// A reach looked up outside of the transaction does not see what the
// transaction has just done.
func TestRecordAndDeliverSeeTheirOwnTransaction(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		st, _ := till(t, s)
		var c customer.Customer
		err := d.Write(ctxOf(t), func(ctx context.Context, tx *db.Tx) (err error) {
			if c, err = s.Customers.CreateTx(ctx, tx, org.System, customer.NewCustomer{Name: "赵敏", StoreID: st.ID}); err != nil {
				return err
			}
			r, err := s.RecordTx(ctx, tx, org.System, sofa(st, c.ID, "T1"))
			if err != nil {
				return err
			}
			_, err = s.DeliverTx(ctx, tx, org.System, Delivery{Customer: c.ID, Receipt: r.Receipt.ID, DeliveredOn: "2026-03-02"})
			return err
		})
		if err != nil {
			t.Fatalf("a file opened in the same transaction: %v", err)
		}
	})
}

func TestAFormSentTwiceIsOneReceiptThoughTheClockGoesOn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		st, c := till(t, s)
		in := sofa(st, c, "")
		in.Key = "click-1"
		first, err := s.Record(ctxOf(t), org.System, in)
		if err != nil {
			t.Fatal(err)
		}
		in.SoldAt = in.SoldAt.Add(3 * time.Second)
		again, err := s.Record(ctxOf(t), org.System, in)
		if err != nil || again.New || again.Receipt.ID != first.Receipt.ID {
			t.Errorf("got %+v, %v; want the first", again, err)
		}
		in.Lines = in.Lines[:1] // somebody went back and changed it
		if _, err := s.Record(ctxOf(t), org.System, in); !errs.Is(err, errs.Conflict) {
			t.Errorf("other lines under the same key: %v", err)
		}
		v := Delivery{Customer: c, Receipt: first.Receipt.ID, DeliveredOn: "2026-03-02", What: "沙发", Key: "click-2"}
		one, err := s.Deliver(ctxOf(t), org.System, v)
		if err != nil {
			t.Fatal(err)
		}
		if two, err := s.Deliver(ctxOf(t), org.System, v); err != nil || two.ID != one.ID {
			t.Errorf("the second click notes %v, %v; want %v", two.ID, err, one.ID)
		}
	})
}
