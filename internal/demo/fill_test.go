package demo_test

import (
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/demo"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

func services(d *db.DB) demo.Into {
	into := demo.Into{DB: d, Org: &org.Service{DB: d}, Auth: &auth.Service{DB: d}, Customers: customer.New(d)}
	into.Purchases = purchase.New(d, into.Customers, into.Org, time.Now)
	into.Care = care.New(d, into.Org, into.Customers, into.Purchases)
	into.Insight = insight.New(d, into.Org, into.Customers)
	return into
}

func TestFill_gives_everybody_who_signs_in_something_to_do(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, today := t.Context(), day.MustParse("2026-11-22")
		into := services(d)
		clock := func() time.Time { return time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC) }
		into.Care.Now, d.Clock = clock, clock
		signIns, err := demo.Fill(ctx, into, demo.Options{Today: today, Password: "a-jar-of-rice", Scale: 25})
		if err != nil {
			t.Fatal(err)
		}
		if len(signIns) != len(org.Roles()) {
			t.Errorf("%d people sign in, want one for each of %d roles", len(signIns), len(org.Roles()))
		}
		if got := into.Care.Now(); !got.Equal(clock()) || !d.Clock().Equal(clock()) {
			t.Errorf("it is still %s for the services", got)
		}
		for _, in := range signIns {
			grant, err := into.Auth.SignIn(ctx, auth.SignIn{Login: in.Login, Password: "a-jar-of-rice"})
			if err != nil {
				t.Fatalf("%s: %v", in.Login, err)
			}
			actor, err := into.Org.Actor(ctx, org.StaffID(grant.Session.StaffID))
			if err != nil {
				t.Fatal(err)
			}
			if actor.Staff.Role != in.Role || actor.Staff.Name != in.Name {
				t.Errorf("%s signs in as %s, %s", in.Login, actor.Staff.Role, actor.Staff.Name)
			}
			page, err := into.Care.List(ctx, actor, care.Filter{Day: today}, care.Cursor{}, 50)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Items) < 3 {
				t.Errorf("%s has %d tasks", in.Login, len(page.Items))
			}
		}
		refills(t, into, today)
		kept := stats(t, into)
		if _, err := into.Purchases.RebuildStats(ctx); err != nil {
			t.Fatal(err)
		}
		if stats(t, into) != kept {
			t.Error("statistics made anew differ from those kept along the way")
		}
	})
}

// refills has the night of a filled chain computed, and wants dates of both kinds
// and somebody to call before something runs out.
func refills(t *testing.T, into demo.Into, today day.Day) {
	t.Helper()
	if _, err := into.Insight.Refresh(t.Context(), org.System, today.AddDays(-1)); err != nil {
		t.Fatal(err)
	}
	if _, err := into.Care.Plan(t.Context(), today); err != nil {
		t.Fatal(err)
	}
	count := func(least int64, what, query string, args ...any) {
		n, err := db.One(t.Context(), into.DB, db.Value[int64], query, args...)
		if err != nil || n < least {
			t.Errorf("%d %s, %v, want at least %d", n, what, err, least)
		}
	}
	for _, basis := range []string{"jar", "rhythm"} {
		count(3, "dates by "+basis, `SELECT COUNT(*) FROM insight_refill f JOIN product p ON p.id = f.product_id
			WHERE f.basis = ? AND p.category IN ('大米', '食用油', '净水滤芯', '咖啡豆')`, basis)
	}
	count(1, "tasks before something runs out", `SELECT COUNT(*) FROM task t JOIN care_rule r ON r.id = t.rule_id WHERE r.code = 'refill' AND t.state = 'open'`)
}

// stats sums up the statistics of all customers.
func stats(t *testing.T, into demo.Into) (sum [4]int64) {
	t.Helper()
	sum, err := db.One(t.Context(), into.DB, func(row db.Scanner) (s [4]int64, err error) {
		err = row.Scan(&s[0], &s[1], &s[2], &s[3])
		return s, err
	}, `SELECT COUNT(*), CAST(SUM(net) AS BIGINT), CAST(SUM(median_gap) AS BIGINT), CAST(SUM(days) AS BIGINT) FROM purchase_stat`)
	if err != nil || sum[0] == 0 {
		t.Fatalf("statistics of %d customers, %v", sum[0], err)
	}
	return sum
}
