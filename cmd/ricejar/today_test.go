package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
)

func TestToday_prints_calls_promised_for_later_last_and_their_time(t *testing.T) {
	now := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC) // nine in the morning in Shanghai
	var out bytes.Buffer
	app := &App{
		Context: t.Context(), URL: dbtest.SQLiteURL(t), Out: &out, Err: &out, Now: func() time.Time { return now },
		Log: slog.New(slog.DiscardHandler), Printer: i18n.Printer{Locale: i18n.Hans},
	}
	s, err := app.Open()
	if err != nil {
		t.Fatal(err)
	}
	store, err := s.Org.CreateStore(t.Context(), org.System, org.Store{Code: "S1", Name: "一店", Currency: "CNY", Zone: "Asia/Shanghai"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"甲", "乙", "丙"} {
		if _, err := s.Customers.Create(t.Context(), org.System, customer.NewCustomer{Name: name, Card: name, StoreID: store.ID,
			Birth: customer.Birth{Calendar: customer.Solar, Month: 11, Day: 25}}); err != nil {
			t.Fatal(err)
		}
	}
	d, err := s.Care.Today(t.Context(), store.ID)
	if err == nil {
		_, err = s.Care.Plan(t.Context(), d)
	}
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.Care.List(t.Context(), org.System, care.Filter{Store: store.ID}, care.Cursor{}, 10)
	if err != nil || len(page.Items) != 3 {
		t.Fatalf("%d tasks, %v; want 3", len(page.Items), err)
	}
	first := page.Items[0]
	if _, err := s.Care.Record(t.Context(), org.System, care.NewOutcome{Customer: first.Task.Customer, Task: first.ID, Kind: care.CallBack,
		CallAt: now.Add(6 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := (&todayCmd{Store: "S1", Limit: 1000}).Run(app); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if at := strings.Index(text, "3. "+first.Customer.Name); at < 0 || !strings.Contains(text[at:], "约好 15:00 再打") {
		t.Errorf("the promised call does not stand last with its time:\n%s", text)
	}
	if !strings.Contains(text, "您的生日快到了") {
		t.Errorf("no script:\n%s", text)
	}
}
