package customers_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/demo/names"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/customers"
)

// crowd is how many customers the pages are measured with, and how often they
// bought.
const crowd, bought = 100_000, 254_000

// BenchmarkPages measures whole pages, from the request to the last byte, as the
// administrator asks for them. docs/performance.md says what is to be reached.
func BenchmarkPages(b *testing.B) {
	d := dbtest.SQLite(b)
	s := wire(b, d)
	ctx := b.Context()
	path := filepath.Join(b.TempDir(), "till.csv")
	if err := writeTill(path); err != nil {
		b.Fatal(err)
	}
	if _, err := s.purchases.Import(ctx, s.admin, purchase.File{Kind: purchase.Receipts, Path: path},
		purchase.Options{Store: "E1", Currency: "CNY", Zone: "Asia/Shanghai", Map: map[string]string{
			"receipt": "receipt", "sku": "sku",
			"product": "product", "quantity": "quantity", "unit_price": "price", "sold_at": "sold_at", "phone": "phone", "name": "name",
		}}, nil); err != nil {
		b.Fatal(err)
	}
	list, cursor, err := s.customers.List(ctx, s.admin, customer.Filter{}, customer.Cursor{}, 40)
	if err != nil || len(list) < 40 {
		b.Fatalf("%d customers, %v", len(list), err)
	}
	for _, c := range list[:20] { // files people have worked on
		for _, f := range [][2]string{{"hobby", "钓鱼"}, {"family", "女儿上小学"}, {"contact_way", "wechat"}, {"taste_furnishing", "原木"}, {"work", "老师"}} {
			if err := s.customers.Learn(ctx, s.admin, c.ID, []customer.Answer{{Field: f[0], Value: f[1]}}, customer.FromTalk); err != nil {
				b.Fatal(err)
			}
		}
	}
	h := customers.Pages{Customers: s.customers, Purchases: s.purchases, Care: care.New(d, s.org, s.customers, s.purchases), Org: s.org, Insight: s.insight}
	site, err := web.New(web.Options{
		Authenticate: func(*http.Request) (org.Actor, error) { return s.admin, nil },
		Reach: func(ctx context.Context, a org.Actor, c int64) error {
			return s.customers.Reach(ctx, a, customer.ID(c))
		},
		Org: s.org, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	h.Routes(site)
	for _, page := range []struct{ name, path string }{
		{"list", "/customers"},
		{"list, further on", fmt.Sprintf("/customers?after=%d-%s", cursor.At, cursor.ID)},
		{"list of a store", "/customers?store=" + s.east.ID.String()},
		{"search by initials", "/customers/search?q=wxd"},
		{"search by end of phone", "/customers/search?q=4321"},
		{"file", pathOf(list[3].ID, "")},
		{"peek", pathOf(list[4].ID, "/peek")},
		{"edit", pathOf(list[5].ID, "/edit")},
	} {
		b.Run(page.name, func(b *testing.B) {
			b.ReportAllocs()
			var took []time.Duration
			for b.Loop() {
				begun := time.Now()
				r := httptest.NewRequest(http.MethodGet, page.path, nil)
				r.Header.Set("HX-Request", "true")
				r.Header.Set("HX-Request-Type", "full")
				if page.name[0] == 's' || page.name == "peek" {
					r.Header.Set("HX-Request-Type", "partial")
				}
				w := httptest.NewRecorder()
				site.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatalf("%s: %d", page.path, w.Code)
				}
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs/p50")
		})
	}
}

// writeTill writes the export of a till with the crowd's purchases.
func writeTill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "receipt,sku,product,quantity,price,sold_at,phone,name")
	maker := names.New(rand.New(rand.NewPCG(1, 2)))
	called := make([]string, crowd)
	for i := range called {
		called[i] = maker.Chinese(maker.Gender(60), 1985)
	}
	for i := range bought {
		who := i % crowd
		fmt.Fprintf(w, "R%07d,S%d,椅子%d,1,%d,%s,138%08d,%s\n", i, i%500, i%500, 100+i%9000,
			now.AddDate(0, 0, -(i*7)%900).Format("2006-01-02 15:04:05"), who, called[who])
	}
	return w.Flush()
}
