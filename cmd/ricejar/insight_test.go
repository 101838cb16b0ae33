package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// insightShop is a database with two stores' purchases, refreshed.
func insightShop(t *testing.T) (url string) {
	t.Helper()
	app := &App{Context: t.Context(), URL: dbtest.SQLiteURL(t), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	s, err := app.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i, code := range []string{"A", "B"} {
		store, err := s.Org.CreateStore(t.Context(), org.System, org.Store{Code: code, Name: "Store " + code, Currency: "CNY", Zone: "UTC"})
		if err != nil {
			t.Fatal(err)
		}
		who, err := s.Customers.Create(t.Context(), org.System, customer.NewCustomer{Name: code, Card: "C" + code, StoreID: store.ID})
		if err != nil {
			t.Fatal(err)
		}
		for month := range 12 - 6*i {
			_, err := s.Purchases.Record(t.Context(), org.System, purchase.NewReceipt{Store: store.ID, Customer: who.ID,
				SoldAt: time.Date(2025, time.Month(1+month+3*i), 5, 10, 0, 0, 0, time.UTC),
				Lines:  []purchase.NewLine{{SKU: "R1", Name: "Rice", Quantity: money.One, UnitPrice: 100_000_000}}})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := s.Insight.RecordReason(t.Context(), org.System, mustFind(t, s, app, "CB"), insight.TooDear, "", ""); err != nil {
		t.Fatal(err)
	}
	return app.URL
}

func mustFind(t *testing.T, s *Services, app *App, card string) customer.ID {
	t.Helper()
	c, err := s.customer(app, card)
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

// says runs a command in the test's own process and gives what it printed.
func says(t *testing.T, url, lang string, args ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	if code := run(append([]string{"--db", url, "--lang", lang}, args...), &out, &errOut); code != 0 {
		t.Fatalf("ricejar %s: exit %d\n%s", strings.Join(args, " "), code, errOut.String())
	}
	return out.String()
}

func TestInsight_prints_every_report(t *testing.T) {
	url := insightShop(t)
	says(t, url, "en", "insight", "visits", "A", "2025-12", "--new", "40", "--old", "10")
	says(t, url, "en", "insight", "refresh", "--as-of", "2025-12-31")
	for _, name := range append(insight.Reports(), "rhythm") {
		if name == "model" {
			continue // prints the model itself, of which the report is a summary
		}
		var d insight.Document
		text := says(t, url, "en", "insight", name, "--json")
		if err := json.Unmarshal([]byte(text), &d); err != nil || d.Body == nil || d.AsOf.String() != "2025-12-31" {
			t.Errorf("%s --json: %v\n%s", name, err, text)
		}
		for _, l := range i18n.Locales {
			text := says(t, url, string(l), "insight", name, "--store", "A")
			if strings.Contains(text, "insight.") || strings.Contains(text, "{") {
				t.Errorf("%s in %s has a message without words:\n%s", name, l, text)
			}
		}
	}
	for _, tc := range []struct {
		want string
		args []string
	}{
		{"¥1,200.00  sales of the last year, to one customer", []string{"overview", "--store", "A"}},
		{"66.67%  by the top 50% (one customer", []string{"concentration"}},
		{"2025-01       1 |     1     1     1", []string{"cohorts"}},
		{"−¥300.00      returning customers · customers", []string{"stores"}},
		{"1  Too expensive", []string{"lost"}},
		{"1  Prospect → Regular", []string{"flow", "--from", "2024-12-31"}},
		{"100%  has never left the rhythm", []string{"loyalty", "--store", "A"}},
		{"gaps of 31–60 days", []string{"rhythm"}},
		{"800,000.00  Now", []string{"what-if", "--new", "4000,10,500", "--old", "1000,60,1000", "--to-new", "3500,8,500", "--to-old", "1500,60,1000"}},
		{"1,040,000.00  If", []string{"what-if", "--new", "4000,10,500", "--old", "1000,60,1000", "--to-new", "3500,8,500", "--to-old", "1500,60,1000"}},
		{"300,000.00      Returning visitors", []string{"what-if", "--new", "4000,10,500", "--old", "1000,60,1000", "--to-new", "3500,8,500", "--to-old", "1500,60,1000"}},
		{"2025-12: 40 new visitors, 10 returning", []string{"visits", "A"}},
	} {
		if text := says(t, url, "en", append([]string{"insight"}, tc.args...)...); !strings.Contains(text, tc.want) {
			t.Errorf("%s: got\n%s\nwant %q in it", strings.Join(tc.args, " "), text, tc.want)
		}
	}
	var out, errOut bytes.Buffer
	if code := run([]string{"--db", url, "insight", "overview", "--store", "Z"}, &out, &errOut); code == 0 {
		t.Error("an unknown store is taken for something")
	}
}

func TestInsight_lists_who_may_be_leaving(t *testing.T) {
	url := insightShop(t)
	says(t, url, "en", "insight", "refresh", "--as-of", "2025-11-15")
	if text := says(t, url, "en", "insight", "warned", "--store", "B"); !strings.Contains(text, "B  came every 31 days, silent for 71") {
		t.Errorf("got %q", text)
	}
	var list []struct {
		Name, Text, Spent string
	}
	if err := json.Unmarshal([]byte(says(t, url, "en", "insight", "warned", "--json")), &list); err != nil || len(list) != 1 || list[0].Name != "B" || list[0].Spent != "600.00" {
		t.Errorf("got %+v (%v), want B alone", list, err)
	}
	if text := says(t, url, "en", "insight", "warned", "--store", "A") + says(t, url, "en", "insight", "best"); text != "" {
		t.Errorf("got %q, want nobody", text)
	}
}

func TestInsight_notes_why_somebody_stays_away(t *testing.T) {
	url := insightShop(t)
	out := says(t, url, "en", "insight", "reason", "CA", "competitor", "--note", "the mill next door")
	if !strings.Contains(out, "Buys elsewhere · the mill next door") {
		t.Errorf("after noting it, it prints %q", out)
	}
	var told []insight.Told
	if err := json.Unmarshal([]byte(says(t, url, "en", "insight", "reason", "CA", "--json")), &told); err != nil || len(told) != 1 {
		t.Fatalf("got %+v, %v; want one", told, err)
	}
	if out := says(t, url, "en", "insight", "reason", "CA", "--forget", told[0].ID.String()); out != "" {
		t.Errorf("taken back, it still prints %q", out)
	}
}
