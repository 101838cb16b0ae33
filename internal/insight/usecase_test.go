package insight

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// refresh refreshes as of the day of the tests.
func (sh *shop) refresh() Refreshed {
	sh.t.Helper()
	done, err := sh.Refresh(sh.t.Context(), org.System, on("2026-02-28"))
	if err != nil {
		sh.t.Fatal(err)
	}
	return done
}

// exec writes what another context would.
func (sh *shop) exec(query string, args ...any) {
	sh.t.Helper()
	err := sh.DB.Write(sh.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		sh.t.Fatal(err)
	}
}

// calls records that somebody was called, and what came of it.
func (sh *shop) calls(c customer.ID, st org.Store, rule, outcome, day string) {
	sh.t.Helper()
	sh.exec(`INSERT INTO care_rule (id, code, trigger, weight, keep_days) VALUES (?, ?, 'cooling', 1, 7) ON CONFLICT DO NOTHING`, int64(len(rule)), rule)
	sh.exec(`INSERT INTO task_outcome (customer_id, id, task_id, rule_id, outcome, at, day, store_id, staff_id, restore) VALUES (?, ?, 0, ?, ?, 0, ?, ?, 0, '{}')`,
		int64(c), int64(on(day)), int64(len(rule)), outcome, day, int64(st.ID))
}

func TestReportsKnowWhatOthersWroteDown(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		ann, ben, cat := sh.customer("Ann", sh.a, 0), sh.customer("Ben", sh.b, 0), sh.customer("Cat", sh.b, 0)
		sh.buys(ann, sh.a, 10_000, "2025-12-01", "2026-01-01")
		sh.buys(ann, sh.a, -10_000, "2026-01-03")
		sh.buys(ben, sh.b, 10_000, "2026-01-10")
		sh.exec(`UPDATE customer SET referrer_id = ? WHERE customer_id = ?`, int64(ann), int64(ben))
		sh.calls(ann, sh.a, "cooling", "done", "2026-02-01")
		sh.calls(ann, sh.a, "cooling", "no_answer", "2026-02-02")
		sh.calls(ann, sh.a, "cooling", "unhappy", "2026-02-03")
		sh.calls(cat, sh.b, "birthday", "done", "2026-02-04") // has never bought
		sh.exec(`UPDATE task_outcome SET undone_at = 1 WHERE customer_id = ? AND day = '2026-02-01'`, int64(ann))
		sh.exec(`INSERT INTO delivery (customer_id, id, receipt_id, delivered_on, gift_cost)
			SELECT customer_id, 1, id, '2026-01-05', 30 FROM receipt WHERE customer_id = ? AND kind = 'sale' AND day = '2026-01-01'`, int64(ann))
		if err := sh.Customers.Learn(t.Context(), org.System, ann, []customer.Answer{{Field: "wallet_share", Value: "most"}}, customer.FromTalk); err != nil {
			t.Fatal(err)
		}
		if _, err := sh.RecordReason(t.Context(), org.System, ben, TooDear, "", ""); err != nil {
			t.Fatal(err)
		}
		if err := sh.SetVisits(t.Context(), org.System, Visits{Store: sh.a.ID, Month: "2026-01", New: 40, Old: 20}); err != nil {
			t.Fatal(err)
		}
		var a *Asked
		err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			b, l, err := sh.readBook(ctx, tx, on("2026-02-28"), nil)
			if err != nil {
				return err
			}
			a, err = sh.ask(ctx, tx, b, l)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Contacts) != 3 || len(a.contactsOf(0)) != 2 || a.Contacts[0].row != -1 || a.Contacts[0].rule != "birthday" {
			t.Errorf("contacts are %+v, want Cat's and two of Ann's", a.Contacts)
		}
		if c := a.contactsOf(0); c[0].reached || !c[1].reached || c[0].store != sh.a.ID {
			t.Errorf("Ann's contacts are %+v", c)
		}
		if f := a.Faults[0]; f.complained != on("2026-02-03") || f.returned != on("2026-01-03") {
			t.Errorf("Ann's faults are %+v", f)
		}
		if len(a.Gifts) != 1 || a.Gifts[0].cost != 30 || a.Gifts[0].store != sh.a.ID {
			t.Errorf("gifts are %+v", a.Gifts)
		}
		if a.Referrer[1] != ann || a.Reasons[1] != (toldReason{reason: TooDear}) || len(a.Answers) != 1 || a.Answers[0].value != "most" {
			t.Errorf("got referrers %v, reasons %v, answers %v", a.Referrer, a.Reasons, a.Answers)
		}
		m, err := parseMonth("2026-01")
		if err != nil || a.Visits[visitKey{sh.a.ID, m}] != [2]int64{40, 20} {
			t.Errorf("visits are %v, %v", a.Visits, err)
		}
		if h := a.habit(0); h.Lines != 2 || h.Low != 0 || h.Quantity != 2000 {
			t.Errorf("Ann's habit is %+v", h)
		}
	})
}

func TestLoyaltyOfACustomerIsWhatTheReportCounts(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		ann, ben := sh.customer("Ann", sh.a, 0), sh.customer("Ben", sh.b, 0)
		if _, err := sh.Loyalty(t.Context(), org.System, ann); !errs.Is(err, errs.NotFound) {
			t.Errorf("before the first refresh: got %v, want not found", err)
		}
		sh.buys(ann, sh.a, 10_000, "2025-09-15", "2025-10-15", "2025-11-15", "2025-12-15", "2026-01-15", "2026-02-15")
		sh.buys(ben, sh.b, 8_000, "2026-01-10", "2026-01-20")
		sh.exec(`UPDATE customer SET referrer_id = ? WHERE customer_id = ?`, int64(ann), int64(ben))
		for i, category := range []string{"rice", "oil", "tea"} {
			if _, err := sh.purchases.Record(t.Context(), org.System, purchase.NewReceipt{Store: sh.a.ID, SoldAt: on("2026-02-15").Start(time.UTC).Add(time.Duration(11+i) * time.Hour), Customer: ann,
				Lines: []purchase.NewLine{{SKU: category, Name: category, Quantity: money.One, UnitPrice: 5_000_000}}}); err != nil {
				t.Fatal(err)
			}
			sh.exec(`UPDATE product SET category = ? WHERE sku = ?`, category, category)
		}
		if err := sh.Customers.Learn(t.Context(), org.System, ann, []customer.Answer{{Field: "competitors", Refused: true}}, customer.FromTalk); err != nil {
			t.Fatal(err)
		}
		sh.refresh()
		l, err := sh.Loyalty(t.Context(), org.System, ann)
		if err != nil {
			t.Fatal(err)
		}
		if l.Days != 6 || l.Repeats != 5 || l.Quantity != "9" || l.Lines != 9 || l.Referred != 1 || l.Streak != 6 || l.Unbroken == nil || !*l.Unbroken {
			t.Errorf("got %+v", l)
		}
		if l.LowPrice == nil || *l.LowPrice != 0 || l.Forgave != nil || l.Stayed != nil {
			t.Errorf("got %+v, want no low price and no faults", l)
		}
		same(t, "categories", l.Categories, []string{"oil", "rice", "tea"})
		same(t, "signs", l.Signs, []LoyaltySign{SignRepeat, SignUnbroken, SignWhole, SignRefers, SignPrice})
		same(t, "asked", l.Asked[2], AskedFact{Field: "competitors", Refused: true})
		total, _, err := ReportOf[LoyaltyTotal](t.Context(), sh.Service, org.System, "loyalty", 0)
		if err != nil {
			t.Fatal(err)
		}
		if total.BySigns[len(l.Signs)].Customers != 1 || total.Referrers.Count != 1 || total.Unbroken.Count != 1 {
			t.Errorf("the report says %+v", total)
		}
		// Ben bought the same rice for less than most did.
		if b, err := sh.Loyalty(t.Context(), org.System, ben); err != nil || b.LowPrice != nil || b.Lines != 2 || b.Unbroken != nil {
			t.Errorf("Ben: got %+v, %v; want too few lines to tell", b, err)
		}
		cat := sh.customer("Cat", sh.b, 0)
		if c, err := sh.Loyalty(t.Context(), org.System, cat); err != nil || c.Days != 0 || len(c.Asked) != len(LoyaltyFields) {
			t.Errorf("Cat, who has bought nothing: got %+v, %v", c, err)
		}
		stranger := org.NewActor(org.Staff{ID: 8, Role: org.Associate, Reach: org.ReachOwn, StoreID: sh.a.ID, Active: true}, 0, nil)
		if _, err := sh.Loyalty(t.Context(), stranger, ann); !errs.Is(err, errs.NotFound) {
			t.Errorf("a customer out of reach: got %v, want not found", err)
		}
	})
}

func TestFlowBetweenAnyTwoDaysIsThatOfTheReport(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		sh.buys(sh.customer("Ann", sh.a, 0), sh.a, 10_000, "2025-10-01", "2025-10-31", "2025-11-30", "2025-12-30")
		sh.buys(sh.customer("Ben", sh.b, 0), sh.b, 5_000, "2026-02-20")
		sh.buys(sh.customer("Cat", sh.b, 0), sh.b, 5_000, "2024-02-20")
		sh.refresh()
		for _, store := range []org.StoreID{0, sh.a.ID, sh.b.ID} {
			f, _, err := ReportOf[Flow](t.Context(), sh.Service, org.System, "flow", store)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range f.Spans {
				got, err := sh.FlowBetween(t.Context(), org.System, store, on(want.From), on("2026-12-31"))
				if err != nil {
					t.Fatal(err)
				}
				same(t, "store "+store.String()+" since "+want.From, got, want)
			}
		}
		got, err := sh.FlowBetween(t.Context(), org.System, 0, on("2025-10-15"), on("2025-12-01"))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "between two days of last year", got.Moves, []Move{
			{From: Newcomer, To: Forming, Customers: 1, Spent: 40_000}, {From: Lost, To: Lost, Customers: 1},
		})
		if _, err := sh.FlowBetween(t.Context(), org.System, 0, on("2026-03-01"), on("2026-03-02")); !errs.Is(err, errs.Invalid) {
			t.Errorf("days after the refresh: got %v, want invalid", err)
		}
		manager := org.NewActor(org.Staff{ID: 7, Role: org.Manager, Reach: org.ReachStore, StoreID: sh.a.ID, Active: true}, 0, nil)
		if _, err := sh.FlowBetween(t.Context(), manager, sh.b.ID, on("2025-10-15"), on("2025-12-01")); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a manager and another store: got %v, want forbidden", err)
		}
	})
}

func TestReasonsAreNotedWithTheWarningThatStood(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		var acts []string
		sh.Audit = func(_ context.Context, _ *db.Tx, _ int64, action, _ string, _ any) error {
			acts = append(acts, action)
			return nil
		}
		ann := sh.customer("Ann", sh.a, 0)
		sh.buys(ann, sh.a, 10_000, "2025-10-01", "2025-10-31", "2025-11-30", "2025-12-30")
		sh.refresh()
		price, err := sh.RecordReason(t.Context(), org.System, ann, TooDear, "  cheaper next door ", "sent")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := sh.RecordReason(t.Context(), org.System, ann, TooDear, "  cheaper next door ", "sent"); err != nil || again != price {
			t.Errorf("sent twice: got %v, %v; want the first", again, err)
		}
		gone, err := sh.RecordReason(t.Context(), org.System, ann, DoNotDisturb, "", "")
		if err != nil {
			t.Fatal(err)
		}
		forbidden := func() bool {
			c, err := sh.Customers.Get(t.Context(), org.System, ann)
			if err != nil {
				t.Fatal(err)
			}
			return c.DoNotContact
		}
		if !forbidden() {
			t.Error("who asks not to be disturbed is still contacted")
		}
		list, err := sh.ReasonsOf(t.Context(), org.System, ann)
		if err != nil || len(list) != 2 || list[0].ID != gone || list[1].ID != price {
			t.Fatalf("got %+v, %v; want both, the latest first", list, err)
		}
		same(t, "the warning and the note", []any{list[1].Warning, list[1].Note}, []any{Silent, "cheaper next door"})
		same(t, "the story", sh.story(ann, EntryReason), []map[string]any{{"reason": "do_not_disturb"}, {"reason": "price", "note": "cheaper next door"}})
		if err := sh.ForgetReason(t.Context(), org.System, ann, gone); err != nil {
			t.Fatal(err)
		}
		same(t, "the story without the one taken back", sh.story(ann, EntryReason), []map[string]any{{"reason": "price", "note": "cheaper next door"}})
		if forbidden() {
			t.Error("the reason is taken back, and the refusal that came with it is not")
		}
		if err := sh.ForgetReason(t.Context(), org.System, ann, gone); !errs.Is(err, errs.NotFound) {
			t.Errorf("taken back twice: got %v, want not found", err)
		}
		same(t, "acts on record", acts, []string{"insight.reason", "insight.reason", "insight.reason_forget"})
		if _, err := sh.RecordReason(t.Context(), org.System, ann, Died, "", ""); err != nil {
			t.Fatal(err)
		}
		sh.refresh()
		if w := sh.score(ann).Warning; w != (Warning{}) {
			t.Errorf("who has died may be leaving: %+v", w)
		}

		executive := org.NewActor(org.Staff{ID: 7, Role: org.Executive, Reach: org.ReachAll, Active: true}, 0, nil)
		other := org.NewActor(org.Staff{ID: 8, Role: org.Associate, Reach: org.ReachOwn, StoreID: sh.a.ID, Active: true}, 0, nil)
		for _, tc := range []struct {
			name   string
			actor  org.Actor
			reason Reason
			note   string
			want   errs.Kind
		}{
			{"no such reason", org.System, "weather", "", errs.Invalid},
			{"a note like a novel", org.System, OtherReason, strings.Repeat("x", 1001), errs.Invalid},
			{"who may not write", executive, TooDear, "", errs.Forbidden},
			{"a customer out of reach", other, TooDear, "", errs.NotFound},
		} {
			if _, err := sh.RecordReason(t.Context(), tc.actor, ann, tc.reason, tc.note, ""); !errs.Is(err, tc.want) {
				t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
			}
		}
	})
}

func TestTheLatestReasonsOfManyAreReadTogether(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		wang := sh.hire("W", sh.a)
		ann, ben, cat := sh.customer("Ann", sh.a, wang.ID), sh.customer("Ben", sh.b, 0), sh.customer("Cat", sh.a, wang.ID)
		for _, r := range []struct {
			who customer.ID
			why Reason
		}{{ann, TooDear}, {ben, Competitor}, {ann, Moved}} {
			if _, err := sh.RecordReason(t.Context(), org.System, r.who, r.why, "", ""); err != nil {
				t.Fatal(err)
			}
		}
		latest := func(actor org.Actor) map[customer.ID]Reason {
			list, err := sh.LatestReasons(t.Context(), actor, []customer.ID{ann, ben, cat})
			if err != nil {
				t.Fatal(err)
			}
			m := make(map[customer.ID]Reason)
			for c, told := range list {
				m[c] = told.Reason
			}
			return m
		}
		same(t, "all", latest(org.System), map[customer.ID]Reason{ann: Moved, ben: Competitor})
		same(t, "the owner's", latest(org.NewActor(wang, 0, nil)), map[customer.ID]Reason{ann: Moved})
	})
}

func TestARefusalSaidLaterStaysWhenTheReasonIsTakenBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		ann := sh.customer("Ann", sh.a, 0)
		told, err := sh.RecordReason(t.Context(), org.System, ann, DoNotDisturb, "", "")
		if err != nil {
			t.Fatal(err)
		}
		later := at.Add(time.Hour)
		d.Clock = func() time.Time { return later }
		err = sh.Customers.SetConsent(t.Context(), org.System, ann, customer.Consent{Purpose: customer.ForAll, Channel: customer.AllChannels, Source: customer.FromPhone})
		if err != nil {
			t.Fatal(err)
		}
		if err := sh.ForgetReason(t.Context(), org.System, ann, told); err != nil {
			t.Fatal(err)
		}
		if c, err := sh.Customers.Get(t.Context(), org.System, ann); err != nil || !c.DoNotContact {
			t.Errorf("got contacted again: %v, %v; what was said later counts", !c.DoNotContact, err)
		}
	})
}

func TestVisitsAreCountedByWhoMay(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		manager := org.NewActor(org.Staff{ID: 7, Role: org.Manager, Reach: org.ReachStore, StoreID: sh.a.ID, Active: true}, 0, nil)
		for _, tc := range []struct {
			name  string
			actor org.Actor
			v     Visits
			want  errs.Kind
		}{
			{"a month that does not exist", org.System, Visits{Store: sh.a.ID, Month: "2026-13"}, errs.Invalid},
			{"a month to come", org.System, Visits{Store: sh.a.ID, Month: "2026-04"}, errs.Invalid},
			{"fewer than none", org.System, Visits{Store: sh.a.ID, Month: "2026-01", New: -1}, errs.Invalid},
			{"a store that does not exist", org.System, Visits{Store: 99, Month: "2026-01"}, errs.NotFound},
			{"a manager and another store", manager, Visits{Store: sh.b.ID, Month: "2026-01"}, errs.Forbidden},
		} {
			if err := sh.SetVisits(t.Context(), tc.actor, tc.v); !errs.Is(err, tc.want) {
				t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
			}
		}
		for _, v := range []Visits{{Store: sh.a.ID, Month: "2026-01", New: 1, Old: 2}, {Store: sh.a.ID, Month: "2026-02", New: 3, Old: 4}, {Store: sh.a.ID, Month: "2026-01", New: 5, Old: 6}} {
			if err := sh.SetVisits(t.Context(), org.System, v); err != nil {
				t.Fatal(err)
			}
		}
		list, err := sh.VisitsOf(t.Context(), manager, sh.a.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the latest month first", list, []Visits{{sh.a.ID, "2026-02", 3, 4, 0, list[0].At}, {sh.a.ID, "2026-01", 5, 6, 0, list[1].At}})
		if _, err := sh.VisitsOf(t.Context(), manager, sh.b.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a manager and another store: got %v, want forbidden", err)
		}
		if err := sh.ForgetVisits(t.Context(), org.System, sh.a.ID, "2026-01"); err != nil {
			t.Fatal(err)
		}
		if list, err := sh.VisitsOf(t.Context(), manager, sh.a.ID); err != nil || len(list) != 1 {
			t.Errorf("got %+v, %v; want February alone", list, err)
		}
	})
}

func TestReportsAreNamedAndKeptForEachStore(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sh := setup(t, d)
		sh.buys(sh.customer("Ann", sh.a, 0), sh.a, 10_000, "2026-02-01")
		done := sh.refresh()
		same(t, "reports: of all stores, and of the one that sold", done.Reports, 2*len(Reports()))
		for _, name := range Reports() {
			if _, err := sh.Report(t.Context(), org.System, name, sh.a.ID); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := sh.Report(t.Context(), org.System, "weather", 0); !errs.Is(err, errs.NotFound) {
			t.Errorf("a report that does not exist: got %v, want not found", err)
		}
		if !slices.Contains(Reports(), "overview") {
			t.Error("there is no overview")
		}
	})
}
