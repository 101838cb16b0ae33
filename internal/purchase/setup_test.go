package purchase

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
)

// at is when the tests take place.
var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// setup wires the service onto a fresh database.
func setup(t *testing.T, d *db.DB) *Service {
	t.Helper()
	d.Clock = func() time.Time { return at }
	now := func() time.Time { return at }
	s := New(d, customer.New(d), &org.Service{DB: d, Now: now}, now)
	s.Audit = audit.Record
	return s
}

func ctxOf(t *testing.T) context.Context { return t.Context() }

// file writes a file to be imported.
func file(t *testing.T, name, content string) File {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return File{Kind: Receipts, Path: path}
}

// realFile is the export of a British shop, where it is at hand.
func realFile(t testing.TB) File {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "online-retail", "online-retail.csv.gz")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the real data are not here: %v", err)
	}
	return File{Kind: Receipts, Path: path}
}

// realOptions are how it is to be understood.
var realOptions = Options{Store: "UK1", Currency: "GBP", Zone: "Europe/London", Map: map[string]string{
	"receipt": "InvoiceNo", "sku": "StockCode", "product": "Description", "quantity": "Quantity", "sold_at": "InvoiceDate",
	"unit_price": "UnitPrice", "customer": "CustomerID"}}
