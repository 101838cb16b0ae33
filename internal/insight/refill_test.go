package insight

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/insight/refill"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

func TestRefillsAreToldFromJarsAndRhythms(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		sh.Now = func() time.Time { return at.AddDate(2, 0, 0) }
		ann, ben := sh.customer("Ann", sh.a, 0), sh.customer("Ben", sh.a, 0)
		if err := sh.Customers.Learn(t.Context(), org.System, ann, []customer.Answer{{Field: "household_size", Value: "4"}}, customer.FromTalk); err != nil {
			t.Fatal(err)
		}
		set := DefaultSetting()
		set.Jars = []refill.Jar{{Category: "rice", PerPiece: 5, Daily: 0.25, People: "household_size"}}
		if err := sh.SaveSetting(t.Context(), org.System, set, 0); err != nil {
			t.Fatal(err)
		}
		buy := func(c customer.ID, sku, category string, pieces money.Quantity, day string) {
			_, err := sh.purchases.Record(t.Context(), org.System, purchase.NewReceipt{Store: sh.a.ID, Customer: c, SoldAt: on(day).Start(time.UTC),
				Lines: []purchase.NewLine{{SKU: sku, Name: sku, Category: category, Quantity: pieces * money.One, UnitPrice: 1_000_000}}})
			if err != nil {
				t.Fatal(err)
			}
		}
		buy(ann, "RICE5", "rice", 2, "2026-02-20")
		for _, day := range []string{"2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"} {
			buy(ben, "SOAP", "home", 1, day)
		}
		done, err := sh.Refresh(t.Context(), org.System, on("2026-02-25"))
		if err != nil {
			t.Fatal(err)
		}
		if done.Refills != 2 {
			t.Errorf("got %d refills, want 2", done.Refills)
		}
		v, err := sh.Customer(t.Context(), org.System, ann)
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Refills) != 1 || v.Refills[0].SKU != "RICE5" || v.Refills[0].Due != on("2026-03-02") || v.Refills[0].Basis != refill.ByJar {
			t.Errorf("Ann's refills are %+v, want rice on 2026-03-02 by the jar", v.Refills)
		}
		if v, err = sh.Customer(t.Context(), org.System, ben); err != nil {
			t.Fatal(err)
		}
		if len(v.Refills) != 1 || v.Refills[0].SKU != "SOAP" || v.Refills[0].Due < on("2026-02-26") || v.Refills[0].Due > on("2026-03-08") ||
			v.Refills[0].Basis != refill.ByRhythm {
			t.Errorf("Ben's refills are %+v, want soap about 2026-03-03 by the rhythm", v.Refills)
		}
		buy(ben, "SOAP", "home", 1, "2026-03-01")
		for _, asOf := range []string{"2026-03-01", "2027-01-01"} { // soon again, and long gone
			if done, err = sh.Refresh(t.Context(), org.System, on(asOf)); err != nil {
				t.Fatal(err)
			}
		}
		if done.Refills != 0 {
			t.Errorf("a year later: got %d refills, want none", done.Refills)
		}
		if v, err = sh.Customer(t.Context(), org.System, ben); err != nil || len(v.Refills) != 0 {
			t.Errorf("a year later: Ben's refills are %+v, %v, want none", v.Refills, err)
		}
	})
}

func TestEachJarIsToldWhatIsWrongWithIt(t *testing.T) {
	rice := refill.Jar{Category: "rice", Unit: refill.Kilogram, PerPiece: 5, Daily: 0.15, People: "household_size"}
	for _, tc := range []struct {
		field  string
		change func(j *refill.Jar)
	}{
		{"category", func(j *refill.Jar) { j.Category = "" }},
		{"category", func(j *refill.Jar) { j.Category = "rice" }}, // as the first
		{"unit", func(j *refill.Jar) { j.Unit = "bags" }},
		{"per_piece", func(j *refill.Jar) { j.PerPiece = 0 }},
		{"per_piece", func(j *refill.Jar) { j.PerPiece = math.NaN() }},
		{"daily", func(j *refill.Jar) { j.Daily = -1 }},
		{"people", func(j *refill.Jar) { j.People = "" }},
		{"use", func(j *refill.Jar) { j.Use = "household_size" }},
		{"capacity", func(j *refill.Jar) { j.Use, j.Capacity = "a", "a" }},
	} {
		set, oil := DefaultSetting(), rice
		oil.Category = "oil"
		tc.change(&oil)
		set.Jars = []refill.Jar{rice, oil}
		var e *errs.Error
		if err := set.Check(); !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Name != "jars.1."+tc.field {
			t.Errorf("%s: got %v", tc.field, err)
		}
	}
}

func TestTheNameOfWhatWasBoughtTellsHowMuch(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		ann := sh.customer("Ann", sh.a, 0)
		if err := sh.Customers.Learn(t.Context(), org.System, ann, []customer.Answer{{Field: "household_size", Value: "4"}}, customer.FromTalk); err != nil {
			t.Fatal(err)
		}
		set := DefaultSetting()
		set.Jars = []refill.Jar{{Category: "rice", Unit: refill.Kilogram, PerPiece: 5, Daily: 0.25, People: "household_size"}}
		if err := sh.SaveSetting(t.Context(), org.System, set, 0); err != nil {
			t.Fatal(err)
		}
		for _, l := range []struct{ sku, name string }{{"R20", "大米20kg"}, {"RX", "散装大米"}} {
			_, err := sh.purchases.Record(t.Context(), org.System, purchase.NewReceipt{Store: sh.a.ID, Customer: ann, SoldAt: on("2026-02-20").Start(time.UTC),
				Lines: []purchase.NewLine{{SKU: l.sku, Name: l.name, Category: "rice", Quantity: money.One, UnitPrice: 1_000_000}}})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := sh.Refresh(t.Context(), org.System, on("2026-02-25")); err != nil {
			t.Fatal(err)
		}
		v, err := sh.Customer(t.Context(), org.System, ann)
		if err != nil || len(v.Refills) != 1 || v.Refills[0].Due != on("2026-03-17") {
			t.Errorf("20 kg and 5 kg that four eat up: got %+v, %v, want 2026-03-17", v.Refills, err)
		}
		// The smaller bags that came before tell that they eat less; what has a rhythm
		// of its own then has no date beside the jar's.
		for _, day := range []string{"2025-10-01", "2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"} {
			_, err := sh.purchases.Record(t.Context(), org.System, purchase.NewReceipt{Store: sh.a.ID, Customer: ann, SoldAt: on(day).Start(time.UTC),
				Lines: []purchase.NewLine{{SKU: "R10", Name: "大米10kg", Category: "rice", Quantity: money.One, UnitPrice: 1_000_000}}})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := sh.Refresh(t.Context(), org.System, on("2026-02-25")); err != nil {
			t.Fatal(err)
		}
		v, err = sh.Customer(t.Context(), org.System, ann)
		if err != nil || len(v.Refills) != 0 {
			t.Errorf("25 kg that last for long: got %+v, %v, want no date yet, by the rhythm neither", v.Refills, err)
		}
		list, err := sh.JarProducts(t.Context(), set.Jars[0], 10)
		if err != nil || len(list) != 3 {
			t.Fatalf("got %+v, %v", list, err)
		}
		for _, p := range list {
			if want := map[string]float64{"大米20kg": 20, "大米10kg": 10, "散装大米": 5}[p.Name]; p.Amount != want || p.Told != (want > 5) {
				t.Errorf("got %+v, want %v", p, want)
			}
		}
		categories, err := sh.Categories(t.Context())
		if err != nil || len(categories) != 1 || categories[0] != "rice" {
			t.Errorf("got %v, %v", categories, err)
		}
	})
}

func TestOneCustomersInsightIsForThoseWhoReachThem(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		sh.Now = func() time.Time { return at.AddDate(0, 1, 0) }
		wang, li := sh.hire("W", sh.a), sh.hire("L", sh.b)
		ann, ben := sh.customer("Ann", sh.a, wang.ID), sh.customer("Ben", sh.b, li.ID)
		sh.buys(ann, sh.a, 100, "2025-11-01", "2025-12-01", "2025-12-31", "2026-01-20")
		sh.buys(ben, sh.b, 900, "2025-11-01", "2025-12-01", "2025-12-31", "2026-01-20")
		if _, err := sh.Refresh(t.Context(), org.System, on("2026-03-15")); err != nil {
			t.Fatal(err)
		}
		owner := org.NewActor(wang, 0, nil)
		v, err := sh.Customer(t.Context(), owner, ann)
		if err != nil || v.Stage != Cooling || v.Score == nil || v.Score.Silent != 54 {
			t.Errorf("the owner sees %+v, %v", v, err)
		}
		if _, err := sh.Customer(t.Context(), owner, ben); err == nil {
			t.Error("the owner sees somebody else's customer")
		}
		err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return sh.CustomerMovedTx(ctx, tx, ben, 0, wang.ID) })
		if err != nil {
			t.Fatal(err)
		}
		kept, err := db.All(t.Context(), d, db.Value[org.StaffID], `SELECT owner_id FROM insight_score WHERE customer_id = ?`, int64(ben))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "who keeps the score after a hand-over", kept, []org.StaffID{wang.ID})
	})
}
