package settings_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web/settings"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

var now = time.Date(2026, 11, 22, 6, 30, 0, 0, time.UTC)

// office is a company of one store with its settings; the site is the
// administrator's unless somebody else is named.
type office struct {
	t         *testing.T
	db        *db.DB
	site      webtest.Site
	customers *customer.Service
	org       *org.Service
	auth      *auth.Service
	jobs      *jobs.Queue
	care      *care.Service
	insight   *insight.Service

	store     org.Store
	admin, li org.Actor
}

func run(t *testing.T, f func(t *testing.T, o office)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		d.Clock = func() time.Time { return now }
		o := office{t: t, db: d, customers: customer.New(d), org: &org.Service{DB: d, Now: d.Clock, Audit: audit.Record}, jobs: &jobs.Queue{DB: d, Now: d.Clock}}
		o.auth = &auth.Service{DB: d, Now: d.Clock, Cost: auth.Cost{Memory: 64, Passes: 1}, Audit: audit.Record}
		o.care = care.New(d, o.org, o.customers, purchase.New(d, o.customers, o.org, d.Clock))
		o.care.Now = d.Clock
		o.insight = insight.New(d, o.org, o.customers)
		o.insight.Now, o.insight.Audit = d.Clock, audit.Record
		if err := o.care.EnsureDefaults(t.Context()); err != nil {
			t.Fatal(err)
		}
		st, err := o.org.CreateStore(t.Context(), org.System, org.Store{Code: "E1", Name: "南京路店", Currency: "CNY", Zone: "Asia/Shanghai"})
		if err != nil {
			t.Fatal(err)
		}
		o.store = st
		o.admin, o.li = o.staff("admin", "管理员", org.Administrator), o.staff("li", "李敏", org.Associate)
		h := settings.Pages{Care: o.care, Customers: o.customers, Org: o.org, Auth: o.auth, Audit: &audit.Service{DB: d}, Jobs: o.jobs, Insight: o.insight}
		o.site = webtest.New(t, h.Routes, webtest.At(now), webtest.Org(o.org)).As(o.admin)
		f(t, o)
	})
}

func (o office) staff(code, name string, role org.Role) org.Actor {
	o.t.Helper()
	p, err := o.org.CreateStaff(o.t.Context(), org.System, org.Staff{Code: code, Name: name, Role: role, StoreID: o.store.ID, Locale: "zh-Hans"})
	if err != nil {
		o.t.Fatal(err)
	}
	return org.NewActor(p, 0, nil)
}

func (o office) field(code string) (found customer.Field) {
	o.t.Helper()
	list, err := o.customers.Fields(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, f := range list {
		if f.Code == code {
			found = f
		}
	}
	return found
}

func TestIndex_shows_what_the_reader_may_open(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		if n := o.site.Get("/settings").Want(200).Count("main h2 a"); n != 10 {
			t.Errorf("an administrator sees %d pages, want 10", n)
		}
		doc := o.site.As(o.staff("ma", "马店长", org.Manager)).Get("/settings").Want(200)
		for _, path := range []string{"/settings/insight", "/settings/visits", "/account/keys"} {
			if doc.Count("main h2 a[href='"+path+"']") != 1 {
				t.Errorf("a manager does not see %s", path)
			}
		}
		if n := doc.Count("main h2 a"); n != 3 {
			t.Errorf("a manager sees %d pages", n)
		}
		o.site.As(o.li).Get("/settings").Want(403)
		for _, path := range []string{"/settings/staff", "/settings/stores", "/settings/fields", "/settings/rules", "/settings/insight", "/settings/jars", "/settings/visits", "/settings/audit", "/settings/jobs"} {
			o.site.As(o.li).Get(path).Want(403)
		}
	})
}

func TestFields_are_added_changed_moved_and_retired(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		bad := o.site.Post("/settings/fields", "code", "Shoe Size", "group", "soft", "type", "choice", "choices", "一个", "weight", "99").Want(422)
		for _, name := range []string{"code", "choices", "weight"} {
			if bad.Text("#f-"+name+"-error") == "" {
				t.Errorf("%s is not refused: %s", name, bad.Text("main"))
			}
		}
		bad.WantText("main", "这一项要填") // a name in one language at least
		o.site.Post("/settings/fields", "code", "shoe_size", "label.zh-Hans", "鞋码", "group", "hard", "type", "number", "unit", "码", "min", "30", "max", "50", "weight", "2",
			"question.zh-Hans", "平时穿几码的鞋？").WantRedirect("/settings/fields")
		got := o.field("shoe_size")
		if got.Unit != "码" || got.Max != "50" || got.Questions["zh-Hans"] != "平时穿几码的鞋？" || !got.Active {
			t.Errorf("got %+v", got)
		}
		doc := o.site.Get("/settings/fields").Want(200).WantText("#shoe_size", "鞋码").WantText("#shoe_size", "自定义")
		if n := doc.Count("ol li"); n < 20 {
			t.Errorf("%d fields listed, want the built-in ones too", n)
		}
		o.site.Post("/settings/fields", "code", "shoe_size", "label.en", "again", "group", "hard", "type", "text").Want(422).WantText("#f-code-error", "已经有这个代码了")
		o.site.Get("/settings/fields/shoe_size").Want(200).WantNone("input[name=code]")
		o.site.Post("/settings/fields/shoe_size", "label.zh-Hans", `<b>鞋`, "group", "hard", "type", "number", "weight", "1").WantRedirect("/settings/fields")
		o.site.Get("/settings/fields").Want(200).WantText("#shoe_size", "<b>鞋").WantNone("#shoe_size b")
		o.site.Post("/settings/fields/shoe_size", "label.zh-Hans", "鞋码", "group", "hard", "type", "text").Want(422)

		before := o.field("shoe_size").Position
		o.site.Post("/settings/fields/shoe_size/move", "to", "up").WantRedirect("/settings/fields#shoe_size")
		if after := o.field("shoe_size").Position; after >= before {
			t.Errorf("moved up from %d to %d", before, after)
		}
		o.site.Post("/settings/fields/name/move", "to", "up").WantRedirect("/settings/fields")

		o.site.Post("/settings/fields/shoe_size/use").WantRedirect("/settings/fields")
		if o.field("shoe_size").Active {
			t.Error("the field is still in use")
		}
		o.site.Post("/settings/fields/shoe_size/use", "active", "1").WantRedirect("/settings/fields")
		if !o.field("shoe_size").Active {
			t.Error("the field is not in use again")
		}
	})
}

func TestFields_built_in_keep_their_kind(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		o.site.Get("/settings/fields/hobby").Want(200).WantNone("input[name=type]")
		o.site.Post("/settings/fields/hobby", "weight", "5", "sensitive", "1", "type", "number", "group", "hard").WantRedirect("/settings/fields")
		if f := o.field("hobby"); f.Weight != 5 || !f.Sensitive || f.Type != customer.Text || f.Group != customer.Soft {
			t.Errorf("got %+v", f)
		}
		o.site.Get("/settings/fields/nothing").Want(404)
	})
}

func TestStaff_is_added_with_a_password_shown_once(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		o.site.Post("/settings/staff", "name", "", "code", "", "role", "king").Want(422).WantText("#f-name-error", "请填写").WantText("#f-code-error", "请填写")
		o.site.Post("/settings/staff", "name", "重名", "code", "li", "role", "associate", "store", o.store.ID.String()).Want(422).WantText("#f-code-error", "已经有人用了")
		doc := o.site.Post("/settings/staff", "name", "<i>新人", "code", "new1", "role", "associate", "store", o.store.ID.String(), "signs_in", "1").Want(200)
		password := doc.Text("[data-secret]")
		doc.WantText("h1", "<i>新人").WantNone("main i")
		grant, err := o.auth.SignIn(t.Context(), auth.SignIn{Login: "new1", Password: password})
		if err != nil || !grant.Session.MustChange {
			t.Fatalf("signing in with the password shown: %+v, %v; want it to be changed first", grant, err)
		}
		list := o.site.Get("/settings/staff").Want(200).WantText("[data-rows]", "<i>新人")
		if n := list.Count("[data-rows] tr"); n != 3 {
			t.Errorf("%d people, want 3", n)
		}
		o.site.Post("/settings/staff", "name", "不登录", "code", "new2", "role", "technician", "store", o.store.ID.String()).WantRedirect("/settings/staff")
		if _, err := o.auth.Credential(t.Context(), 0); err == nil {
			t.Error("somebody without a person has a credential")
		}
	})
}

func TestStaff_is_changed_and_gets_a_new_password(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		at := "/settings/staff/" + o.li.ID().String()
		o.site.Get(at).Want(200).WantText("main", "还不能登录")
		first := o.site.Post(at + "/password").Want(200).Text("[data-secret]")
		if _, err := o.auth.SignIn(t.Context(), auth.SignIn{Login: "li", Password: first}); err != nil {
			t.Fatalf("the first password: %v", err)
		}
		second := o.site.Post(at + "/password").Want(200).Text("[data-secret]")
		if _, err := o.auth.SignIn(t.Context(), auth.SignIn{Login: "li", Password: second}); err != nil || first == second {
			t.Fatalf("the second password: %v", err)
		}
		o.site.Post(at, "name", "李敏敏", "code", "li", "role", "manager", "reach", "store", "store", o.store.ID.String()).WantRedirect("/settings/staff")
		if p, err := o.org.Person(t.Context(), o.li.ID()); err != nil || p.Name != "李敏敏" || p.Role != org.Manager {
			t.Errorf("got %+v, %v", p, err)
		}
		o.site.Post(at, "name", "李敏敏", "code", "li", "role", "manager", "reach", "region", "store", o.store.ID.String()).Want(422).WantText("#f-region-error", "大区")
		me := "/settings/staff/" + o.admin.ID().String()
		o.site.Post(me, "name", "管理员", "code", "admin", "role", "associate", "store", o.store.ID.String()).Want(422).WantText("[role=alert]", "最后一位管理员")
		o.site.Get("/settings/staff/12345").Want(404)
	})
}

func TestStaff_leaves_and_hands_over_in_one_step(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		ctx := t.Context()
		wu := o.staff("wu", "吴强", org.Associate)
		at := "/settings/staff/" + o.li.ID().String()
		o.site.Get(at + "/leave").Want(200).WantNone("select[name=to]")
		for _, name := range []string{"王晓东", "赵敏"} {
			if _, err := o.customers.Create(ctx, o.li, customer.NewCustomer{Name: name}); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.auth.CreateCredential(ctx, 0, int64(o.li.ID()), "li", "purple-rice-jar", false); err != nil {
			t.Fatal(err)
		}
		o.site.Get(at+"/leave").Want(200).WantText("select[name=to]", "吴强")
		o.site.Post(at+"/leave").Want(422).WantText("#f-to-error", "请选择接手的同事")
		o.site.Post(at+"/leave", "to", o.li.ID().String()).Want(422)
		if p, err := o.org.Person(ctx, o.li.ID()); err != nil || !p.Active {
			t.Fatalf("a refused form let somebody go: %+v, %v", p, err)
		}
		o.site.Post(at+"/leave", "to", wu.ID().String()).WantRedirect("/settings/staff")
		list, _, err := o.customers.List(ctx, wu, customer.Filter{}, customer.Cursor{}, 10)
		if err != nil || len(list) != 2 {
			t.Errorf("the taker has %d customers, %v; want 2", len(list), err)
		}
		if _, err := o.auth.Credential(ctx, int64(o.li.ID())); err == nil {
			t.Error("who left can still sign in")
		}
		o.site.Get("/settings/staff").Want(200).WantNone("#p-" + o.li.ID().String())
		o.site.Get("/settings/staff?gone=1").Want(200).WantText("#p-"+o.li.ID().String(), "已离职")
		o.site.Get(at).Want(200).WantText("main", "已离职")
		o.site.Post(at + "/password").Want(409)
		o.site.Post(at + "/return").WantRedirect(at)
		o.site.Post("/settings/staff/" + o.admin.ID().String() + "/leave").Want(409)
	})
}

func TestStores_and_regions(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		o.site.Post("/settings/stores", "code", "e1", "currency", "XXQ", "tz", "Mars/Base").Want(422).WantText("#f-code-error", "已经有人用了").WantText("#f-tz-error", "Mars/Base")
		o.site.Post("/settings/regions", "name", "").Want(422).WantText("#regions", "请填写名称")
		o.site.Post("/settings/regions", "name", "华东").WantRedirect("/settings/stores#regions")
		o.site.Post("/settings/regions", "name", "华东").Want(422).WantText("#regions", "已经有一个大区叫")
		doc := o.site.Get("/settings/stores").Want(200)
		region := doc.Attr("#regions form", "action")
		o.site.Post(region, "name", "华东大区").WantRedirect("/settings/stores#regions")
		o.site.Post(region, "name", "").Want(422).WantText("#regions", "请填写名称")
		o.site.Post("/settings/regions/12345", "name", "x").Want(404)
		id := strings.TrimPrefix(region, "/settings/regions/")
		o.site.Post("/settings/stores", "code", "W1", "name", "静安店", "kind", "fashion", "currency", "cny", "tz", "Asia/Shanghai", "region", id, "active", "1").WantRedirect("/settings/stores")
		st, err := o.org.StoreByCode(t.Context(), "W1")
		if err != nil || st.Currency != "CNY" || st.RegionID.String() != id {
			t.Fatalf("got %+v, %v", st, err)
		}
		at := "/settings/stores/" + st.ID.String()
		o.site.Post(at, "code", "W1", "name", "静安寺店", "kind", "fashion", "currency", "USD", "tz", "Asia/Shanghai").WantRedirect("/settings/stores")
		if st, err = o.org.Store(t.Context(), st.ID); err != nil || st.Name != "静安寺店" || st.Currency != "CNY" || st.Active {
			t.Errorf("got %+v, %v; want another name, closed, the same currency", st, err)
		}
		o.site.Get("/settings/stores").Want(200).WantText("#s-"+st.ID.String(), "已停用").WantText("#regions input", "")
		o.site.Get(at).Want(200).WantNone("input[name=currency]:not([type=hidden])")
		o.site.Get("/settings/stores/12345").Want(404)
	})
}

func TestAudit_is_read_filtered_and_checked(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		ctx := t.Context()
		err := o.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for i := range 60 {
				if err := audit.Append(ctx, tx, audit.Entry{Staff: int64(o.li.ID()), Action: "customer.reveal", Subject: "customer:77",
					Detail: map[string]any{"why": "<script>", "n": i}}); err != nil {
					return err
				}
			}
			return audit.Append(ctx, tx, audit.Entry{Action: "something.new", Subject: "moon"})
		})
		if err != nil {
			t.Fatal(err)
		}
		doc := o.site.Get("/settings/audit").Want(200)
		if n := doc.Count("[data-entry]"); n != 50 {
			t.Errorf("%d entries on the first page, want 50", n)
		}
		doc.WantText("[data-entry]", "系统 something.new moon").WantNone("main script")
		next := o.site.Get(doc.Attr("nav a[rel=next]", "href")).Want(200)
		if n := next.Count("[data-entry]"); n < 11 || n > 20 {
			t.Errorf("%d entries on the second page", n)
		}
		only := o.site.Get("/settings/audit?action=customer.reveal&staff=" + o.li.ID().String()).Want(200)
		only.WantText("[data-entry]", "李敏 查看了完整号码 顾客 77")
		if got := only.Attr("[data-entry] a", "href"); got != "/customers/77" {
			t.Errorf("leads to %q", got)
		}
		o.site.Get("/settings/audit?staff=x&before=-9&action=nothing").Want(200).WantText("main", "没有符合的记录")
		o.site.Get("/settings/audit/check").Want(200).WantText("[data-checked]", "完好无缺")
		err = o.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE audit_entry SET detail = '{}' WHERE id = 40")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		o.site.Get("/settings/audit/check").Want(200).WantText("[data-checked]", "从第 40 条起对不上")
	})
}

func TestAudit_says_what_is_different_after_a_change(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		rule, err := o.care.RuleByCode(t.Context(), "delivery_7")
		if err != nil {
			t.Fatal(err)
		}
		rule.Params.Days, rule.Scripts = 9, map[string]string{"zh-Hans": "您好"}
		if _, err := o.care.SaveRule(t.Context(), o.admin, rule); err != nil {
			t.Fatal(err)
		}
		if err := o.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return audit.Append(ctx, tx, audit.Entry{Action: "customer.export", Subject: "customers", Detail: map[string]any{"n": 1_000_000, "columns": []string{"name", "card"}}})
		}); err != nil {
			t.Fatal(err)
		}
		doc := o.site.Get("/settings/audit?action=care.rule_update").Want(200)
		doc.WantText("[data-entry]", "Params.days: 7 → 9").WantText("[data-entry]", "Scripts.zh-Hans: 您好")
		if text := doc.Text("[data-entry]"); strings.Contains(text, "map[") || strings.Contains(text, "KeepDays") {
			t.Errorf("got %q, want only what is different", text)
		}
		o.site.Get("/settings/audit?action=customer.export").Want(200).WantText("[data-entry]", "columns: name, card · n: 1000000")
	})
}

type errand struct{}

func (errand) Kind() string { return "test.errand" }

func TestJobs_that_failed_are_retried(t *testing.T) {
	run(t, func(t *testing.T, o office) {
		ctx := t.Context()
		o.site.Get("/settings/jobs").Want(200).WantText("main", "没有后台任务")
		id, err := o.jobs.Enqueue(ctx, errand{}, jobs.Options{})
		if err != nil {
			t.Fatal(err)
		}
		at, row := "/settings/jobs/"+id.String(), "#j-"+id.String()
		o.site.Get("/settings/jobs").Want(200).WantText(row, "test.errand").WantText(row, "等待中")
		o.site.Post(at + "/retry").Want(409)
		o.site.Post(at + "/cancel").WantRedirect("/settings/jobs")
		o.site.Get("/settings/jobs?state=cancelled").Want(200).WantText(row, "已取消")
		o.site.Get("/settings/jobs?state=failed").Want(200).WantNone(row)
		err = o.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.Exec(ctx, "UPDATE job SET state = 'failed', error = '<b>disk full' WHERE id = ?", int64(id))
			if err == nil && n != 1 {
				err = errors.New("no such job")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		o.site.Get("/settings/jobs").Want(200).WantText(row, "<b>disk full").WantNone(row + " b")
		o.site.Post(at + "/retry").WantRedirect("/settings/jobs")
		if j, err := o.jobs.Get(ctx, id); err != nil || j.State != jobs.Queued {
			t.Errorf("got %+v, %v", j, err)
		}
		o.site.Post("/settings/jobs/12345/retry").Want(409)
	})
}
