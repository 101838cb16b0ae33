package sales_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web/sales"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

// now is a Sunday afternoon in Shanghai.
var now = time.Date(2026, 11, 22, 6, 30, 0, 0, time.UTC)

const today = "2026-11-22"

// shop is a company of two stores with its pages. Li and Wu are associates of
// the first who see only their own customers.
type shop struct {
	t         *testing.T
	site      webtest.Site
	customers *customer.Service
	purchases *purchase.Service
	org       *org.Service

	east, west                      org.Store
	li, wu, manager, admin, watcher org.Actor
}

func run(t *testing.T, f func(t *testing.T, s shop)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		d.Clock = func() time.Time { return now }
		s := shop{t: t, org: &org.Service{DB: d}, customers: customer.New(d)}
		s.purchases = purchase.New(d, s.customers, s.org, d.Clock)
		s.east, s.west = s.store("E1", "南京路店"), s.store("W1", "静安店")
		s.li, s.wu = s.staff("li", "李敏", org.Associate), s.staff("wu", "吴强", org.Associate)
		s.manager, s.admin = s.staff("ma", "马店长", org.Manager), s.staff("admin", "管理员", org.Administrator)
		s.watcher = s.staff("ex", "总经理", org.Executive)
		h := sales.Pages{Customers: s.customers, Purchases: s.purchases, Org: s.org}
		s.site = webtest.New(t, h.Routes, webtest.At(now), webtest.Org(s.org),
			webtest.Reach(func(ctx context.Context, a org.Actor, c int64) error {
				return s.customers.Reach(ctx, a, customer.ID(c))
			}))
		f(t, s)
	})
}

func (s shop) store(code, name string) org.Store {
	s.t.Helper()
	st, err := s.org.CreateStore(s.t.Context(), org.System, org.Store{Code: code, Name: name, Currency: "CNY", Zone: "Asia/Shanghai"})
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

func (s shop) staff(code, name string, role org.Role) org.Actor {
	s.t.Helper()
	p, err := s.org.CreateStaff(s.t.Context(), org.System, org.Staff{Code: code, Name: name, Role: role, StoreID: s.east.ID, Locale: "zh-Hans"})
	if err != nil {
		s.t.Fatal(err)
	}
	return org.NewActor(p, 0, nil)
}

func (s shop) customer(of org.Actor, name string) customer.Customer {
	s.t.Helper()
	c, err := s.customers.Create(s.t.Context(), of, customer.NewCustomer{Name: name, OwnerID: of.ID(), StoreID: s.east.ID})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// sell records a receipt of one line; no customer is a walk-in.
func (s shop) sell(c customer.ID, number, item string, yuan int64) purchase.Receipt {
	s.t.Helper()
	amount, quantity := yuan*100, money.Quantity(1000)
	if yuan < 0 {
		quantity = -quantity
	}
	r, err := s.purchases.Record(s.t.Context(), s.admin, purchase.NewReceipt{
		Store: s.east.ID, Number: number, SoldAt: now.Add(-time.Hour), Customer: c,
		Lines: []purchase.NewLine{{SKU: "S-" + number, Name: item, Quantity: quantity, Amount: &amount}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return r.Receipt
}

func (s shop) history(c customer.ID) []purchase.Receipt {
	s.t.Helper()
	list, _, err := s.purchases.History(s.t.Context(), s.admin, c, purchase.Cursor{}, 20)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func receiptOf(c customer.ID, r purchase.ReceiptID) string {
	return "/customers/" + c.String() + "/receipts/" + r.String()
}

func TestDay_of_a_store_without_receipts_says_so(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		doc := s.site.As(s.manager).Get("/sales").Want(200)
		doc.WantText("main", "这一天没有小票").WantNone("table.list")
		if got := doc.Attr("input[name=day]", "value"); got != today {
			t.Errorf("opens on %q, want today", got)
		}
		doc.WantNone("select[name=store]") // a manager has one store
		if n := s.site.As(s.admin).Get("/sales").Want(200).Count("select[name=store] option"); n != 2 {
			t.Errorf("an administrator chooses from %d stores, want 2", n)
		}
		s.site.As(s.watcher).Get("/sales").Want(200).WantNone("main a.btn-primary")
		for _, hostile := range []string{"day=2026-13-45", "day=%22%3E%3Cscript%3E", "store=0", "store=" + s.west.ID.String(), "after=x"} {
			s.site.As(s.manager).Get("/sales?"+hostile).Want(200).WantText("main", "南京路店").WantNone("main script")
		}
	})
}

func TestDay_lists_a_stores_receipts_with_what_it_took(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		wang, zhao := s.customer(s.li, "王晓东"), s.customer(s.wu, "赵敏")
		r := s.sell(wang.ID, "N1", "沙发", 3000)
		s.sell(zhao.ID, "N2", "茶几", 800)
		s.sell(zhao.ID, "N3", "茶几", -800)
		walkIn := s.sell(0, "N4", "抱枕", 99)
		doc := s.site.As(s.manager).Get("/sales").Want(200)
		if n := doc.Count("[data-rows] tr"); n != 4 {
			t.Errorf("%d receipts, want 4", n)
		}
		doc.WantText("dl", "¥3,099.00").WantText("#r-"+r.ID.String(), "王晓东").WantText("#r-"+walkIn.ID.String(), "散客")
		if n := doc.Count("[data-rows] .tag"); n != 1 {
			t.Errorf("%d receipts are marked as returns, want 1", n)
		}
		if got := doc.Attr("#r-"+r.ID.String()+" a", "href"); got != receiptOf(wang.ID, r.ID) {
			t.Errorf("the row leads to %q", got)
		}
		own := s.site.As(s.li).Get("/sales").Want(200)
		if strings.Contains(own.Body.String(), "赵敏") || own.Count("[data-rows] tr") != 2 {
			t.Errorf("an associate sees %d receipts: %s", own.Count("[data-rows] tr"), own.Text("[data-rows]"))
		}
		s.site.As(s.manager).Get("/sales?day=2026-11-21").Want(200).WantText("main", "这一天没有小票")
	})
}

func TestReceipt_shows_its_lines_whole_and_as_a_part(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东")
		r := s.sell(c.ID, "N1", "<script>alert(1)</script>", 3000)
		doc := s.site.As(s.li).Get(receiptOf(c.ID, r.ID)).Want(200)
		doc.WantText("h1", "小票 N1").WantText("[data-items]", "<script>alert(1)</script>").WantText("[data-items]", "¥3,000.00").WantText("main", "南京路店")
		doc.WantNone("main script")
		part := s.site.As(s.li).HTMX().Get(receiptOf(c.ID, r.ID)).Want(200)
		part.WantText("[data-items]", "¥3,000.00").WantNone("h1")
		s.site.As(s.wu).Get(receiptOf(c.ID, r.ID)).Want(404)
		s.site.As(s.li).Get(receiptOf(c.ID, 12345)).Want(404)
		walkIn := s.sell(0, "N2", "抱枕", 99)
		s.site.As(s.li).Get("/sales/walk-ins/"+walkIn.ID.String()).Want(200).WantText("main", "散客")
		s.site.As(s.li).Get("/sales/walk-ins/" + r.ID.String()).Want(404)
	})
}

func TestDelivery_is_promised_and_then_made(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东")
		r := s.sell(c.ID, "N1", "沙发", 3000)
		at := receiptOf(c.ID, r.ID)
		bad := s.site.As(s.li).Post(at+"/deliveries", "delivered_on", "soon", "gift_cost", "many").Want(422)
		bad.WantText("#f-delivered_on-error", "不是日期").WantNone("#f-what-error")
		if bad.Text("#f-gift_cost-error") == "" {
			t.Error("a cost in letters is not refused")
		}
		s.site.As(s.li).Post(at+"/deliveries", "delivered_on", "", "what", "沙发").Want(422)
		s.site.As(s.li).Post(at+"/deliveries", "when", "promised", "delivered_on", "2026-11-25", "what", "沙发", "gift", "抱枕", "gift_cost", "19.9").WantRedirect(at + "#deliveries")
		doc := s.site.As(s.li).Get(at).Want(200).WantText("#deliveries", "约好2026年11月25日送到").WantText("#deliveries", "附带抱枕，成本 ¥19.90")
		id := doc.Attr("#deliveries input[name=delivery]", "value")
		s.site.As(s.li).Post(at+"/deliveries", "delivery", id, "delivered_on", today).WantRedirect(at + "#deliveries")
		s.site.As(s.li).Get(at).Want(200).WantText("#deliveries li", "2026年11月22日送到").WantNone("#deliveries input[name=delivery]")
		whole, err := s.purchases.Receipt(t.Context(), s.li, c.ID, r.ID)
		if err != nil || len(whole.Deliveries) != 1 || whole.Deliveries[0].PromisedOn != "2026-11-25" || whole.Deliveries[0].What != "沙发" ||
			whole.Deliveries[0].Gift != "抱枕" || whole.Deliveries[0].GiftCost.Minor != 1990 {
			t.Errorf("got %+v, %v", whole.Deliveries, err)
		}
		s.site.As(s.watcher).Post(at+"/deliveries", "delivered_on", today).Want(403)
		s.site.As(s.wu).Post(at+"/deliveries", "delivered_on", today).Want(404)
	})
}

func TestRecord_begins_with_who_bought(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东")
		s.customer(s.wu, "王敏")
		s.site.As(s.li).Get("/sales/new").Want(200).WantNone("#found a")
		found := s.site.As(s.li).HTMX().Get("/sales/new?q=wang").Want(200)
		if n, at := found.Count("a"), found.Attr("a", "href"); n != 1 || at != "/sales/new?customer="+c.ID.String() {
			t.Errorf("%d found, the first leads to %q", n, at)
		}
		s.site.As(s.li).Get("/sales/new?q=nobody").Want(200).WantText("#found", "没有找到“nobody”")
		s.site.As(s.li).Get("/sales/new?customer="+c.ID.String()).Want(200).WantText("main", "王晓东")
		s.site.As(s.wu).Get("/sales/new?customer=" + c.ID.String()).Want(404)
		s.site.As(s.watcher).Get("/sales/new").Want(403)
	})
}

func TestRecord_writes_a_receipt_once(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东")
		form := []string{
			"customer", c.ID.String(), "store", s.east.ID.String(), "staff", s.li.ID().String(), "day", today, "request_key", "CLICK-1",
			"name", "沙发", "quantity", "1", "price", "2,999", "name", "抱枕", "quantity", "2", "price", "49.5", "name", "", "quantity", "1", "price", "",
			"delivered_on", "2026-11-20",
		}
		first := s.site.As(s.li).Post("/sales", form...).Want(303).Header().Get("Location")
		again := s.site.As(s.li).Post("/sales", form...).Want(303).Header().Get("Location")
		list := s.history(c.ID)
		if len(list) != 1 || first != again || list[0].Net.Minor != 309800 || list[0].Lines != 2 || list[0].Staff != s.li.ID() {
			t.Fatalf("got %+v at %q and %q, want one receipt of 3098.00", list, first, again)
		}
		s.site.As(s.li).Get(first).Want(200).WantText("#deliveries", "2026年11月20日送到")
		back := s.site.As(s.li).Post("/sales", "customer", c.ID.String(), "store", s.east.ID.String(), "request_key", "CLICK-2", "back", "1",
			"name", "抱枕", "quantity", "1", "price", "49.5").Want(303).Header().Get("Location")
		s.site.As(s.li).Get(back).Want(200).WantText("header .tag", "退货").WantNone("#deliveries")
		if list := s.history(c.ID); len(list) != 2 || list[0].Kind != purchase.Return && list[1].Kind != purchase.Return {
			t.Errorf("got %+v, want a return", list)
		}
		walkIn := s.site.As(s.li).Post("/sales", "store", s.east.ID.String(), "name", "抱枕", "price", "49.5", "number", "T-77").Want(303).Header().Get("Location")
		if !strings.HasPrefix(walkIn, "/sales/walk-ins/") {
			t.Errorf("a walk-in's receipt is at %q", walkIn)
		}
	})
}

func TestRecord_keeps_what_was_typed_and_says_what_is_wrong(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东")
		base := []string{"customer", c.ID.String(), "store", s.east.ID.String()}
		doc := s.site.As(s.li).Post("/sales", append(base, "name", `"><img>`, "quantity", "x", "price", "12", "name", "抱枕", "quantity", "1", "price", "")...).Want(422)
		if n := doc.Count("[data-line] .text-error"); n != 2 {
			t.Errorf("%d lines are marked wrong, want 2: %s", n, doc.Text("#lines"))
		}
		if got := doc.Attr("#lines input[name=name]", "value"); got != `"><img>` {
			t.Errorf("what was typed is now %q", got)
		}
		doc.WantNone("main img")
		s.site.As(s.li).Post("/sales", append(base, "name", "", "quantity", "1", "price", "")...).Want(422).WantText("[role=alert]", "")
		s.site.As(s.li).Post("/sales", append(base, "name", "a", "price", "1", "day", "2199-01-01")...).Want(422)
		s.site.As(s.li).Post("/sales", "customer", c.ID.String(), "store", s.west.ID.String(), "name", "a", "price", "1").Want(403)
		s.site.As(s.wu).Post("/sales", append(base, "name", "a", "price", "1")...).Want(404)
		if list := s.history(c.ID); len(list) != 0 {
			t.Errorf("%d receipts were written", len(list))
		}
		more := s.site.As(s.li).Post("/sales", append(base, "name", "沙发", "quantity", "1", "price", "12", "more", "1")...).Want(200)
		if n := more.Count("[data-line]"); n != 2 || more.Attr("#lines input[name=name]", "value") != "沙发" {
			t.Errorf("%d lines after asking for one more, want 2 with the first kept", n)
		}
		sum := s.site.As(s.li).HTMX().Get("/sales/sum?name=a&quantity=2&price=10.5&name=b&quantity=1&price=").Want(200)
		if got := strings.TrimSpace(sum.Body.String()); got != "¥21.00" {
			t.Errorf("comes to %q, want ¥21.00", got)
		}
		if n := s.site.As(s.li).HTMX().Get("/sales/line").Want(200).Count("[data-line]"); n != 1 {
			t.Errorf("one more line is %d", n)
		}
	})
}

func TestReport_is_of_what_the_reader_reaches(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.site.As(s.manager).Get("/sales/report").Want(200).WantText("main", "还没有小票").WantNone("[data-figure]")
		c := s.customer(s.li, "王晓东")
		s.sell(c.ID, "N1", "沙发", 3000)
		s.sell(0, "N2", "抱枕", 99)
		doc := s.site.As(s.manager).Get("/reports").Want(200)
		if n := doc.Count("[data-figure]"); n != 14 {
			t.Errorf("%d figures, want 14", n)
		}
		doc.WantText("[data-figure]", "¥3,099.00")
		csv := s.site.As(s.admin).Get("/sales/report/download?format=csv").Want(200).Body.String()
		if !strings.Contains(csv, "净额合计,3099.00,销售减去退货") {
			t.Errorf("got %s", csv)
		}
		if xlsx := s.site.As(s.admin).Get("/sales/report/download?format=xlsx").Want(200); !strings.HasPrefix(xlsx.Body.String(), "PK") {
			t.Error("the workbook is no zip file")
		}
		s.site.As(s.admin).Get("/sales/report/download?format=pdf").Want(422)
		s.site.As(s.li).Get("/sales/report").Want(403)
		far := org.NewActor(org.Staff{ID: 99, Role: org.Manager, Reach: org.ReachStore, StoreID: s.west.ID, Locale: "zh-Hans", Active: true}, 0, nil)
		s.site.As(far).Get("/sales/report").Want(200).WantNone("[data-figure]")
	})
}
