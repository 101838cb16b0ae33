package insight

import (
	"context"
	"testing"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/insight/exchange"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

func TestTheBookHoldsCleanPurchasesOfKnownCustomers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		ann, ben := sh.customer("Ann", sh.b, 0), sh.customer("Ben", org.Store{}, 0)
		sh.buys(ann, sh.a, 100, "2026-01-05", "2026-01-02")
		sh.buys(ann, sh.b, 300, "2026-01-05")
		sh.buys(ann, sh.a, -100, "2026-01-07") // brought back
		sh.buys(ben, sh.b, 700, "2026-01-03", "2026-02-20")
		sh.buys(0, sh.a, 900, "2026-01-04") // a walk-in
		var b *Book
		err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			b, _, err = sh.readBook(ctx, tx, on("2026-01-31"), nil)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if b.Len() != 2 || b.Customers[0] != ann || b.Currency != "CNY" {
			t.Fatalf("the book has customers %v in %s, want Ann and Ben in CNY", b.Customers, b.Currency)
		}
		same(t, "Ann's days", b.Days(nil, 0), ons("2026-01-02", "2026-01-05"))
		same(t, "days", b.Day, ons("2026-01-02", "2026-01-05", "2026-01-05", "2026-01-03"))
		same(t, "stores", b.Store, []int32{0, 0, 1, 1})
		same(t, "amounts", b.Amount, []int64{100, 100, 300, 700})
		same(t, "total", b.Total(0), int64(500))
		same(t, "brought back ever", b.Returned, []int64{100, 0})
		same(t, "brought back within a year", b.ReturnedYear, []int64{100, 0})
		same(t, "net", []int64{b.Net(0), b.SpentYear(0), b.SpentYear(1)}, []int64{400, 400, 700})
		same(t, "spent in a while", b.Spent(0, on("2026-01-03"), on("2026-01-05")), int64(400))
		in := b.In(1)
		same(t, "in store B: days", in.Day, ons("2026-01-05", "2026-01-03"))
		same(t, "in store B: starts", in.Start, []int32{0, 1, 2})
		same(t, "in store B: rows of the whole book", in.Whole, []int32{0, 1})
	})
}

func TestARefreshShowsOneWholeVersion(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		ann, ben := sh.customer("Ann", sh.a, 0), sh.customer("Ben", sh.b, 0)
		sh.buys(ann, sh.a, 10_000, "2025-10-01", "2025-10-31", "2025-11-30", "2025-12-30")
		sh.buys(ben, sh.b, 5_000, "2026-02-20")
		if _, err := sh.Model(t.Context(), org.System); !errs.Is(err, errs.NotFound) {
			t.Errorf("before the first refresh: got %v, want not found", err)
		}
		done, err := sh.Refresh(t.Context(), org.System, on("2026-02-28"))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "stages", done.Stages, map[string]int{"cooling": 1, "new": 1})
		same(t, "missing", done.Model.Missing, Missing{Customers: 498, Repeaters: 99, Days: 37})
		m, err := sh.Model(t.Context(), org.System)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the model as it was written", m, done.Model)
		a := sh.score(ann)
		if a.Stage != Cooling || a.Since != on("2026-02-14") || a.Days != 4 || a.Gap != 30 || a.Spent != 40_000 || a.Overdue != 2 || a.Store != sh.a.ID {
			t.Errorf("Ann's score is %+v", a)
		}
		same(t, "Ann's warning", a.Warning, Warning{Sign: Silent, Gap: 30, Days: 60})
		if a.Active <= 0 || a.Active >= 1 {
			t.Errorf("Ann's chance is %v, want one between 0 and 1", a.Active)
		}
		same(t, "Ben's warning", sh.score(ben).Warning, Warning{})

		sh.buys(ann, sh.a, 10_000, "2026-03-01")
		if done, err = sh.Refresh(t.Context(), org.System, on("2026-03-01")); err != nil {
			t.Fatal(err)
		}
		same(t, "stages of the next day", done.Stages, map[string]int{"old": 1, "new": 1})
		steps, err := transitions(t.Context(), d, ann)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "Ann's way", steps, []Transition{
			entered("2025-10-01", Newcomer, Prospect), entered("2025-10-31", Forming, Newcomer), entered("2025-12-30", Old, Forming),
			entered("2026-02-14", Cooling, Old), entered("2026-03-01", Old, Cooling),
		})
	})
}

func TestOfTwoRefreshesAtOnceTheLaterWins(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		sh.buys(sh.customer("Ann", sh.a, 0), sh.a, 10_000, "2026-02-01")
		early, err := sh.begin(t.Context(), on("2026-02-28"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sh.Refresh(t.Context(), org.System, on("2026-02-28")); err != nil {
			t.Fatal(err)
		}
		if err := sh.publish(t.Context(), early, &Model{ID: early.id}, nil); !errs.Is(err, errs.Conflict) {
			t.Errorf("the one begun earlier: got %v, want a conflict", err)
		}
	})
}

func TestLateReceiptsChangeThePast(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		ann := sh.customer("Ann", sh.a, 0)
		sh.buys(ann, sh.a, 100, "2025-11-01")
		refresh := func() []Transition {
			if _, err := sh.Refresh(t.Context(), org.System, on("2026-02-28")); err != nil {
				t.Fatal(err)
			}
			steps, err := transitions(t.Context(), d, ann)
			if err != nil {
				t.Fatal(err)
			}
			return steps
		}
		same(t, "before", refresh(), []Transition{entered("2025-11-01", Newcomer, Prospect)})
		sh.buys(ann, sh.a, 100, "2025-10-01")
		same(t, "after", refresh(), []Transition{entered("2025-10-01", Newcomer, Prospect), entered("2025-11-01", Forming, Newcomer), entered("2025-12-18", Cooling, Forming), entered("2026-02-03", Lost, Cooling)})
	})
}

func TestOnlyWhoMaySeesReportsAndSettings(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		manager := org.NewActor(org.Staff{ID: 7, Role: org.Manager, Reach: org.ReachStore, StoreID: sh.a.ID, Active: true}, 0, nil)
		associate := org.NewActor(org.Staff{ID: 8, Role: org.Associate, Reach: org.ReachOwn, StoreID: sh.a.ID, Active: true}, 0, nil)
		for _, tc := range []struct {
			name  string
			actor org.Actor
			store org.StoreID
			want  errs.Kind
		}{
			{"a manager of the own store", manager, sh.a.ID, errs.NotFound}, // there is no report of this name
			{"a manager of another store", manager, sh.b.ID, errs.Forbidden},
			{"a manager of all stores", manager, 0, errs.Forbidden},
			{"an associate", associate, sh.a.ID, errs.Forbidden},
			{"the company", org.System, 0, errs.NotFound},
		} {
			if _, err := sh.Report(t.Context(), tc.actor, "none", tc.store); !errs.Is(err, tc.want) {
				t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
			}
		}
		if _, err := sh.Refresh(t.Context(), manager, on("2026-02-28")); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a manager refreshes: got %v, want forbidden", err)
		}
		if err := sh.SaveSetting(t.Context(), manager, DefaultSetting(), 0); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a manager changes settings: got %v, want forbidden", err)
		}
	})
}

func TestSettingsAreKeptAndTwoEditorsDoNotOverwriteEachOther(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		set, version, err := sh.Setting(t.Context())
		if err != nil || version != 0 {
			t.Fatalf("got version %d, %v", version, err)
		}
		set.Margin, set.Rules.OldDays = 250_000, 6
		if err := sh.SaveSetting(t.Context(), org.System, set, version); err != nil {
			t.Fatal(err)
		}
		if err := sh.SaveSetting(t.Context(), org.System, set, version); !errs.Is(err, errs.Conflict) {
			t.Errorf("the second editor: got %v, want a conflict", err)
		}
		got, version, err := sh.Setting(t.Context())
		if err != nil || version != 1 {
			t.Fatalf("got version %d, %v", version, err)
		}
		same(t, "the setting", got, set)
		set.Rules.LostFactor = 1
		if err := sh.SaveSetting(t.Context(), org.System, set, 1); !errs.Is(err, errs.Invalid) {
			t.Errorf("lost before cooling: got %v, want invalid", err)
		}
	})
}

func TestAVersionSaysHowOldItsNewestPurchaseIs(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		sh.buys(sh.customer("Ann", sh.a, 0), sh.a, 10_000, "2025-11-01", "2026-01-05")
		sh.buys(sh.customer("Ben", sh.b, 0), sh.b, 10_000, "2026-02-20")
		done, err := sh.Refresh(t.Context(), org.System, on("2026-02-28"))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "a week ago: nothing to say", []any{done.Model.Newest, done.Model.Behind()}, []any{on("2026-02-20"), 0})
		for _, tc := range []struct {
			store  org.StoreID
			newest string
			behind int
		}{{0, "2026-02-20", 0}, {sh.a.ID, "2026-01-05", 54}, {sh.b.ID, "2026-02-20", 0}} {
			o, doc, err := ReportOf[Overview](t.Context(), sh.Service, org.System, "overview", tc.store)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "store "+tc.store.String(), []any{doc.Newest, doc.Behind, o.Newest, o.Behind}, []any{on(tc.newest), tc.behind, tc.newest, tc.behind})
		}
		for _, day := range []string{"2026-03-04", "2030-01-01"} {
			if _, err := sh.Refresh(t.Context(), org.System, on(day)); !errs.Is(err, errs.Invalid) {
				t.Errorf("as of %s, which has not come: got %v, want invalid", day, err)
			}
		}
	})
}

func entered(day string, s, was Stage) Transition {
	return Transition{Day: on(day), Stage: s, Was: was}
}

func TestARefreshThatDiesHalfWayIsNotSeen(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		ann := sh.customer("Ann", sh.a, 0)
		sh.buys(ann, sh.a, 10_000, "2025-12-30")
		if _, err := sh.Refresh(t.Context(), org.System, on("2026-01-10")); err != nil {
			t.Fatal(err)
		}
		before := sh.score(ann)
		sh.buys(ann, sh.a, 90_000, "2026-02-01")
		sh.buys(sh.customer("Ben", sh.b, 0), sh.b, 5_000, "2026-02-20")
		for _, step := range []string{"fit", "write", "refill", "report"} {
			ctx, kill := context.WithCancel(t.Context())
			dying := *sh.Service
			dying.Progress = func(at string, _, _ int64) {
				if at == step {
					kill()
				}
			}
			if _, err := dying.Refresh(ctx, org.System, on("2026-02-28")); err == nil {
				t.Fatalf("killed at %q it went on", step)
			}
			m, err := sh.Model(t.Context(), org.System)
			if err != nil || m.AsOf != on("2026-01-10") || m.Customers != 1 {
				t.Errorf("killed at %q: the version is %+v, %v", step, m, err)
			}
			same(t, "killed at "+step+": Ann's score", sh.score(ann), before)
		}
		done, err := sh.Refresh(t.Context(), org.System, on("2026-02-28"))
		if err != nil || done.Customers != 2 || sh.score(ann).Spent != 100_000 {
			t.Errorf("afterwards: %+v, %v", done, err)
		}
	})
}

func TestWhoIsHandedOverDuringARefreshStaysHandedOver(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		sh.Customers.OnMoved(sh.CustomerMovedTx)
		wang, li := sh.hire("W", sh.a), sh.hire("L", sh.b)
		ann := sh.customer("Ann", sh.a, wang.ID)
		sh.buys(ann, sh.a, 10_000, "2025-10-01", "2025-10-31", "2025-11-30", "2025-12-30")
		nobody := sh.customer("Ben", org.Store{}, 0)
		sh.buys(nobody, sh.a, 10_000, "2025-10-01")
		sh.buys(nobody, sh.b, 10_000, "2025-12-01")
		sh.Progress = func(step string, _, _ int64) {
			if step != "fit" { // everything was read
				return
			}
			if _, err := sh.Customers.HandOver(t.Context(), org.System, wang, li); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := sh.Refresh(t.Context(), org.System, on("2026-02-28")); err != nil {
			t.Fatal(err)
		}
		if k := sh.score(ann); k.Owner != li.ID || k.Store != sh.b.ID {
			t.Errorf("Ann is kept by %s in store %s, want by Li in B", k.Owner, k.Store)
		}
		if k := sh.score(nobody); k.Owner != 0 || k.Store != sh.b.ID {
			t.Errorf("Ben, whom nobody keeps, is kept by %s in store %s, want the store of the last purchase", k.Owner, k.Store)
		}
	})
}

func TestOtherCurrenciesCountAtTheirRate(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		kong, err := sh.Org.CreateStore(t.Context(), org.System, org.Store{Code: "K", Currency: "HKD", Zone: "UTC"})
		if err != nil {
			t.Fatal(err)
		}
		ann, kit := sh.customer("Ann", sh.a, 0), sh.customer("Kit", kong, 0)
		sh.buys(ann, sh.a, 10_000, "2026-01-05", "2026-02-05")
		sh.buys(kit, kong, 10_000, "2026-02-01")
		done, err := sh.Refresh(t.Context(), org.System, on("2026-02-28"))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "without a rate they are left out, and it is said", []any{done.Customers, done.Model.Currency, done.Model.LeftOut},
			[]any{1, money.Currency("CNY"), []LeftOut{{"HKD", 1}}})
		q, _, err := ReportOf[Quality](t.Context(), sh.Service, org.System, "model", 0)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "also in the report", q.LeftOut, done.Model.LeftOut)
		set := DefaultSetting()
		set.Rates = exchange.Rates{"HKD": 910_000}
		if err := sh.SaveSetting(t.Context(), org.System, set, 0); err != nil {
			t.Fatal(err)
		}
		if done, err = sh.Refresh(t.Context(), org.System, on("2026-02-28")); err != nil {
			t.Fatal(err)
		}
		same(t, "with one everybody is there", []any{done.Customers, len(done.Model.LeftOut)}, []any{2, 0})
		same(t, "what Kit spent", sh.score(kit).Spent, int64(9_100))
		if l, err := sh.Loyalty(t.Context(), org.System, kit); err != nil || l.Days != 1 {
			t.Errorf("Kit's loyalty: got %+v, %v", l, err)
		}
		set.Rates = exchange.Rates{"HKD": 0}
		if err := sh.SaveSetting(t.Context(), org.System, set, 1); !errs.Is(err, errs.Invalid) {
			t.Errorf("a rate of nothing: got %v, want invalid", err)
		}
	})
}

func TestTheSmallestShopsAreRefreshedToo(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		yesterday := on("2026-03-01")
		check := func(what string, customers int) {
			done, err := sh.Refresh(t.Context(), org.System, yesterday)
			if err != nil || done.Customers != customers || done.Model.Basis != ByRule {
				t.Fatalf("%s: got %+v, %v", what, done, err)
			}
			o, _, err := ReportOf[Overview](t.Context(), sh.Service, org.System, "overview", 0)
			if err != nil || o.Customers != customers || o.Behind != 0 {
				t.Errorf("%s: the overview is %+v, %v", what, o, err)
			}
		}
		check("nobody", 0)
		ann := sh.customer("Ann", sh.a, 0)
		check("a prospect", 0)
		if p, err := sh.Panel(t.Context(), org.System, ann); err != nil || p.Stage != Prospect || p.Score != nil {
			t.Errorf("a prospect: got %+v, %v", p, err)
		}
		sh.buys(ann, sh.a, 100, "2026-03-01")
		check("one who bought yesterday", 1)
		k := sh.score(ann)
		if k.Stage != Newcomer || k.Recency != 5 || GroupOf(&k.Score) != Fresh || k.Warning.Sign != "" {
			t.Errorf("one who bought yesterday: got %+v", k)
		}
		sh.buys(sh.customer("Ben", sh.a, 0), sh.a, 100, "2026-03-01")
		sh.buys(sh.customer("Cat", sh.b, 0), sh.b, 100, "2026-02-01", "2026-03-01")
		check("three", 3)
	})
}
