package purchase

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
)

// TestANewCardOrPhoneOfAKnownCustomerIsRemembered imports receipts that name
// people by a card, a phone, or both, and takes it all back.
func TestANewCardOrPhoneOfAKnownCustomerIsRemembered(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		st, v1 := till(t, s) // has the card V1
		phoned, err := s.Customers.Create(ctxOf(t), org.System, customer.NewCustomer{Name: "李雷", StoreID: st.ID,
			Contacts: []customer.Contact{{Kind: customer.Phone, Value: "+8613900000001"}}})
		if err != nil {
			t.Fatal(err)
		}
		before := dump(t, s)
		sold := func(number, who string) string {
			return number + ",S1,沙发,1,2026-02-01 10:00:00,100," + who + ",\n"
		}
		f := file(t, "a.csv", head+
			sold("A1", "V1,13900000009")+ // a free phone: V1's from now on
			sold("A2", ",13900000009")+ // V1's
			sold("A3", "V2,13900000001")+ // a free card: Li Lei's from now on
			sold("A4", "V2,")+ // Li Lei's
			sold("A5", "V1,13900000001")+ // somebody else's phone: stays theirs
			sold("A6", "V3,13900000001")+ // a second card
			sold("A7", "V4,")+sold("A8", "V4,13900000008")+sold("A9", ",13900000008")+ // a new customer
			sold("A10", "V4,")+sold("A10", ",13900000008")) // one row tells the card, the next the phone
		dry, err := s.DryRun(ctxOf(t), org.System, f, shop, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := s.mustImport(t, f, shop)
		if diff := cmp.Diff(dry.Run.Counts, r.Run.Counts); diff != "" {
			t.Errorf("the dry run and the import count differently:\n%s", diff)
		}
		if c := r.Run.Counts; c.ReceiptsNew != 10 || c.CustomersNew != 1 || c.CustomersUpdated != 2 || c.Remarks != 2 || c.ProblemRows != 0 {
			t.Errorf("the import counts %+v", c)
		}
		want := []line{{6, "phone", customer.PhoneOfAnother}, {7, "customer", customer.HasOtherCard}}
		if diff := cmp.Diff(want, problemsOf(r.Problems), cmp.AllowUnexported(line{})); diff != "" {
			t.Errorf("listed (-want +got):\n%s", diff)
		}
		bought := func(c customer.ID) string {
			t.Helper()
			list, _, err := s.History(ctxOf(t), org.System, c, Cursor{}, 20)
			if err != nil {
				t.Fatal(err)
			}
			numbers := map[string]bool{}
			for _, r := range list {
				numbers[r.Number] = true
			}
			return fmt.Sprint(numbers)
		}
		if got, want := bought(v1), fmt.Sprint(map[string]bool{"A1": true, "A2": true, "A5": true}); got != want {
			t.Errorf("V1 bought %s, want %s", got, want)
		}
		if got, want := bought(phoned.ID), fmt.Sprint(map[string]bool{"A3": true, "A4": true, "A6": true}); got != want {
			t.Errorf("Li Lei bought %s, want %s", got, want)
		}
		if again := s.mustImport(t, f, shop); again.Run.Counts.Changed() || len(again.Problems) != 0 {
			t.Errorf("the second time counts %+v", again.Run.Counts)
		}
		if run, err := s.Undo(ctxOf(t), org.System, r.Run.ID, nil); err != nil || run.Counts.CustomersGone != 1 {
			t.Errorf("undo counts %+v, %v", run.Counts, err)
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("undo left (-before +after):\n%s", diff)
		}
	})
}

// TestAPhoneFilledInByOneRowIsKnownToTheNext is about rows of one chunk.
func TestAPhoneFilledInByOneRowIsKnownToTheNext(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		till(t, s)
		before := dump(t, s)
		f := file(t, "people.csv", "姓名,手机号,会员卡号,性别\n王小明,13900000001,V1,\n,13900000001,,女\n")
		f.Kind = Customers
		r := s.mustImport(t, f, Options{Store: "SH1"})
		if c := r.Run.Counts; c.CustomersUpdated != 2 || len(r.Problems) != 0 {
			t.Errorf("the import counts %+v, problems %v", c, problemsOf(r.Problems))
		}
		if _, err := s.Undo(ctxOf(t), org.System, r.Run.ID, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("undo left (-before +after):\n%s", diff)
		}
	})
}

// TestUndoClosesFilesThatTheImportItselfHasAddedTo opens files in one chunk and
// adds to them in the next, a minute later.
func TestUndoClosesFilesThatTheImportItselfHasAddedTo(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		till(t, s)
		before, now := dump(t, s), at
		d.Clock = func() time.Time { now = now.Add(time.Second); return now }
		var text strings.Builder
		text.WriteString("姓名,手机号,会员卡号,性别,household_size,备注\n")
		people := customerChunk + 20
		for i := range people {
			fmt.Fprintf(&text, "顾客%d,,P%04d,,,\n", i, i)
		}
		for i := range 10 {
			fmt.Fprintf(&text, ",1390000%04d,P%04d,女,3,第二行\n", i, i)
		}
		f := file(t, "people.csv", text.String())
		f.Kind = Customers
		r := s.mustImport(t, f, Options{Store: "SH1"})
		if c := r.Run.Counts; c.CustomersNew != people || c.CustomersUpdated != 10 {
			t.Fatalf("the import counts %+v, problems %v", c, problemsOf(r.Problems))
		}
		run, err := s.Undo(ctxOf(t), org.System, r.Run.ID, nil)
		if err != nil || run.Counts.CustomersGone != people || run.Counts.CustomersKept != 0 {
			t.Errorf("undo counts %+v, %v", run.Counts, err)
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("undo left (-before +after):\n%s", diff)
		}
	})
}

// TestUndoIsNotStoppedByWhatCannotBeSetBack has an import overwrite a card and a
// fact, gives the old card to somebody else and closes the field.
func TestUndoIsNotStoppedByWhatCannotBeSetBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		st, _ := till(t, s)
		ctx, field := ctxOf(t), customer.Field{Code: "shoe_size", Group: customer.Soft, Type: customer.Number, Labels: map[string]string{"en": "Shoe size"}, Active: true}
		if err := s.Customers.SaveField(ctx, org.System, field); err != nil {
			t.Fatal(err)
		}
		known, err := s.Customers.Create(ctx, org.System, customer.NewCustomer{Name: "李雷", Card: "OLD", StoreID: st.ID,
			Contacts: []customer.Contact{{Kind: customer.Phone, Value: "+8613900000001"}}, Answers: []customer.Answer{{Field: "shoe_size", Value: "42"}}})
		if err != nil {
			t.Fatal(err)
		}
		f := file(t, "people.csv", "姓名,手机号,会员卡号,shoe_size\n李小雷,13900000001,NEW,43\n")
		f.Kind = Customers
		r := s.mustImport(t, f, Options{Store: "SH1", Overwrite: true})
		if _, err := s.Customers.Create(ctx, org.System, customer.NewCustomer{Name: "韩梅梅", Card: "OLD", StoreID: st.ID}); err != nil {
			t.Fatal(err)
		}
		field.Active = false
		if err := s.Customers.SaveField(ctx, org.System, field); err != nil {
			t.Fatal(err)
		}
		run, err := s.Undo(ctx, org.System, r.Run.ID, nil)
		if err != nil || run.State != Undone {
			t.Fatalf("the undo ends %s, %v", run.State, err)
		}
		if c, err := s.Customers.Get(ctx, org.System, known.ID); err != nil || c.Name != "李雷" || c.Card != "NEW" {
			t.Errorf("the file is %+v, %v; want the old name, and the card that is theirs", c, err)
		}
	})
}

// TestTwoImportsOfTheSamePeopleAtOnceOpenEachFileOnce has two tills bring files
// of the same people in opposite order: one knows the cards, the other the
// phones, and some rows both.
func TestTwoImportsOfTheSamePeopleAtOnceOpenEachFileOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		till(t, s)
		const people = 60
		row := func(till string, n int, card, phone bool) string {
			c, p := "", ""
			if card {
				c = fmt.Sprintf("P%03d", n)
			}
			if phone {
				p = fmt.Sprintf("139000000%02d", n)
			}
			return fmt.Sprintf("%s%d%t%t,S1,沙发,1,2026-02-01 10:00:00,100,%s,%s,顾客%d\n", till, n, card, phone, c, p, n)
		}
		a, b := head, head
		for n := range people {
			a += row("A", n, true, true) + row("A", n, true, false)
			b += row("B", people-1-n, true, true) + row("B", people-1-n, false, true)
		}
		files := []File{file(t, "a.csv", a), file(t, "b.csv", b)}
		failed := make([]error, len(files))
		var wg sync.WaitGroup
		for i, f := range files {
			wg.Go(func() { _, failed[i] = s.Import(ctxOf(t), org.System, f, shop, nil) })
		}
		wg.Wait()
		for _, err := range failed {
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := s.statsAreRight(ctxOf(t)); err != nil {
			t.Error(err)
		}
		totals, err := s.Purchases(ctxOf(t), org.System)
		if err != nil || totals.Receipts != 4*people || totals.Customers != people {
			t.Errorf("%d receipts of %d customers, %v; want %d of %d", totals.Receipts, totals.Customers, err, 4*people, people)
		}
	})
}

// TestUndoWhileAnotherFileOfTheSamePeopleComesIn leaves nobody's receipt without
// a file.
func TestUndoWhileAnotherFileOfTheSamePeopleComesIn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		till(t, s)
		const people = 80
		text := func(till string) string {
			out := head
			for n := range people {
				out += fmt.Sprintf("%s%d,S1,沙发,1,2026-02-01 10:00:00,100,P%03d,,\n", till, n, n)
			}
			return out
		}
		for round := range 3 {
			first := s.mustImport(t, file(t, "a.csv", text(fmt.Sprintf("A%d-", round))), shop)
			second := file(t, "b.csv", text(fmt.Sprintf("B%d-", round)))
			var wg sync.WaitGroup
			var undone, imported error
			wg.Go(func() { _, undone = s.Undo(ctxOf(t), org.System, first.Run.ID, nil) })
			wg.Go(func() { _, imported = s.Import(ctxOf(t), org.System, second, shop, nil) })
			wg.Wait()
			if undone != nil || imported != nil {
				t.Fatalf("round %d: %v, %v", round, undone, imported)
			}
			orphans, err := db.One(ctxOf(t), d, db.Value[int], `SELECT COUNT(*) FROM receipt r WHERE r.customer_id > 0
				AND NOT EXISTS (SELECT 1 FROM customer c WHERE c.customer_id = r.customer_id)`)
			if err != nil || orphans != 0 {
				t.Errorf("round %d: %d receipts of nobody, %v", round, orphans, err)
			}
			if totals, err := s.Purchases(ctxOf(t), org.System); err != nil || totals.Receipts != int64((round+1)*people) {
				t.Errorf("round %d: %d receipts, %v; want %d", round, totals.Receipts, err, (round+1)*people)
			}
			if err := s.statsAreRight(ctxOf(t)); err != nil {
				t.Error(err)
			}
		}
	})
}
