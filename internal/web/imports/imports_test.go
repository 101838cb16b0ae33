package imports_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web/imports"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

// desk is the pages over a real service, and a marketer at them.
type desk struct {
	webtest.Site
	t         *testing.T
	purchases *purchase.Service
}

func newDesk(t *testing.T) desk {
	t.Helper()
	d := dbtest.SQLite(t)
	o := &org.Service{DB: d}
	people := customer.New(d)
	p := purchase.New(d, people, o, d.Clock)
	p.Jobs, p.UploadDir = &jobs.Queue{DB: d}, t.TempDir()
	store, err := o.CreateStore(t.Context(), org.System, org.Store{Code: "NJ", Name: "南京路店", Kind: org.Furniture, Currency: "CNY", Zone: "Asia/Shanghai", Active: true})
	if err != nil {
		t.Fatal(err)
	}
	person, err := o.CreateStaff(t.Context(), org.System, org.Staff{Code: "li", Name: "李运营", Role: org.Marketer, Reach: org.ReachAll, StoreID: store.ID, Active: true})
	if err != nil {
		t.Fatal(err)
	}
	site := webtest.New(t, imports.Pages{Purchases: p, Customers: people, Org: o}.Routes, webtest.Org(o))
	return desk{Site: site.As(org.NewActor(person, 0, nil)), t: t, purchases: p}
}

// upload sends a file through the form and returns the path of its import.
func (d desk) upload(kind, name, content string) *webtest.Answer {
	d.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	m.WriteField("kind", kind)
	f, err := m.CreateFormFile("file", name)
	if err != nil {
		d.t.Fatal(err)
	}
	f.Write([]byte(content))
	m.Close()
	r := httptest.NewRequest(http.MethodPost, "/imports", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return d.Do(r)
}

// work does what the job would do.
func (d desk) work(at string) {
	d.t.Helper()
	run, err := id.Parse[purchase.Run](path.Base(at))
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.purchases.Work(d.t.Context(), purchase.RunJob{Run: run}, func(purchase.Run) {}); err != nil {
		d.t.Fatal(err)
	}
}

// till is an export with one row that cannot be right.
func till(receipts int) string {
	var b strings.Builder
	b.WriteString("小票号,商品编码,商品名称,数量,销售时间,单价,会员卡号\n")
	for i := range receipts {
		fmt.Fprintf(&b, "R%03d,S%d,茶几%d,1,2026-03-%02d 10:00,%d.50,C%d\n", i, i%7, i%7, 1+i%28, 100+i, i%9)
	}
	b.WriteString("R999,S1,茶几,一张,2026-03-01 10:00,5.00,C1\n")
	return b.String()
}

// chosen are the columns of till as the form sends them.
var chosen = []string{
	"store", "NJ", "map.receipt", "小票号", "map.sku", "商品编码", "map.product", "商品名称", "map.quantity", "数量",
	"map.sold_at", "销售时间", "map.unit_price", "单价", "map.customer", "会员卡号",
}

func TestAFileGoesFromUploadToReportAndBack(t *testing.T) {
	d := newDesk(t)
	d.Get("/imports").Want(200).WantText("main", "还没有导入过文件")
	d.Get("/imports/new").Want(200)
	at := d.upload("receipts", "三月.csv", till(40)).Want(303).Header().Get("Location")

	columns := d.Get(at).Want(200).WantText("h1", "哪一列是什么")
	if got := columns.Text(`select[name="map.sold_at"] option[selected]`); !strings.HasPrefix(got, "销售时间: 2026-03-01 10:00") {
		t.Errorf("the column of the time is guessed as %q", got)
	}
	if got := columns.Attr("select[name=store] option[selected]", "value"); got != "NJ" {
		t.Errorf("the reader's own store is not proposed, but %q", got)
	}
	columns.WantNone("[role=alert]").WantText(".sheet-table", "2026-03-01 10:00:00")

	look := d.HTMX().Post(at+"/look", chosen...).Want(200).WantNone("aside").WantNone("form")
	look.WantText("[role=status]", "前 41 行里有 1 行读不懂").WantText("[role=status]", "数量")
	look.WantText(".sheet-table", "2026-03-01 10:00:00")

	d.Post(at+"/check", "store", "NJ", "map.receipt", "小票号", "map.quantity", "数量").Want(422).
		WantText("[role=alert]", "没有指定哪一列是“销售时间”")
	d.Post(at+"/check", chosen...).WantRedirect(at)
	d.Get(at).Want(200).WantText("#working", "还没有写入任何数据")
	d.Post(at+"/check", chosen...).WantRedirect(at) // pressed twice
	d.work(at)

	checked := d.Get(at).Want(200).WantText("[role=status]", "有 1 行有问题").WantText("#problems", "第 42 行")
	checked.WantText("[data-figures]", "40")
	file := d.Get(at + "/problems.csv").Want(200)
	if got := file.Body.String(); !strings.Contains(got, "R999,S1,茶几,一张") || !strings.Contains(got, "数量") {
		t.Errorf("the file of problems is:\n%s", got)
	}
	if got := file.Header().Get("Content-Disposition"); !strings.Contains(got, "%E4%B8%89%E6%9C%88-problems.csv") {
		t.Errorf("it is called %s", got)
	}

	d.Post(at + "/start").WantRedirect(at)
	d.Post(at + "/start").WantRedirect(at)
	d.Get(at).Want(200).WantText("#working", "正在导入")
	if bar := d.HTMX().Get(at + "/progress").Want(200); bar.Attr("#working", "hx-get") != at+"/progress" {
		t.Error("the progress does not ask for its successor")
	}
	d.work(at)
	if got := d.HTMX().Get(at + "/progress").Header().Get("HX-Redirect"); got != at {
		t.Errorf("when it is done, the bar leads to %q", got)
	}
	d.Get(at).Want(200).WantText("[role=status]", "新增 40 张小票").WantText("#undo", "撤销")
	d.Get("/imports").WantText("table.list", "三月.csv").WantText("table.list", "李运营").WantText("table.list", "已导入")
	d.Post(at + "/discard").Want(409)

	d.Post(at + "/undo").WantRedirect(at)
	d.work(at)
	d.Get(at).Want(200).WantText("[role=status]", "收回 40 张小票").WantNone("#undo")
	totals, err := d.purchases.Purchases(t.Context(), org.System)
	if err != nil || totals.Receipts != 0 {
		t.Errorf("after the undo %d receipts are left, %v", totals.Receipts, err)
	}
}

func TestTheSameFileAgainIsUnderstoodAndChangesNothing(t *testing.T) {
	d := newDesk(t)
	for i, want := range []string{"新增 3 张小票", "都已经有了"} {
		at := d.upload("receipts", "a.csv", till(3)).Want(303).Header().Get("Location")
		page := d.Get(at).Want(200)
		if i > 0 && page.Attr("select[name=store] option[selected]", "value") != "NJ" {
			t.Error("the store of the last file of this shape is forgotten")
		}
		d.Post(at+"/check", chosen...).WantRedirect(at)
		d.work(at)
		if i > 0 {
			d.Get(at).WantNone(`form[action$="/start"]`)
			d.Post(at + "/discard").WantRedirect("/imports")
			d.Get(at).Want(404)
			return
		}
		d.Post(at + "/start").WantRedirect(at)
		d.work(at)
		d.Get(at).WantText("main", want)
	}
}

func TestAKnownFileWithBadRowsIsNotBlamedOnItsColumns(t *testing.T) {
	d := newDesk(t)
	for _, want := range []string{"有 1 行有问题，不会导入", "有 1 行有问题，其余的都已经有了"} {
		at := d.upload("receipts", "a.csv", till(40)).Want(303).Header().Get("Location")
		d.Post(at+"/check", chosen...).WantRedirect(at)
		d.work(at)
		d.Get(at).WantText("[role=status]", want)
		d.Post(at + "/start")
		d.work(at)
	}
}

func TestAFileThatCannotBeReadSaysWhy(t *testing.T) {
	d := newDesk(t)
	for name, c := range map[string]struct{ kind, file, content, want string }{
		"nothing in it":    {"receipts", "empty.csv", "", ""},
		"no file chosen":   {"receipts", "", "", "请选一个文件"},
		"not said what":    {"", "a.csv", till(1), "请选文件里是什么"},
		"no workbook":      {"receipts", "a.xlsx", "PK\x03\x04 broken", ""},
		"another question": {"guests", "a.csv", till(1), "请选文件里是什么"},
	} {
		t.Run(name, func(t *testing.T) {
			answer := d.upload(c.kind, c.file, c.content).Want(422)
			if text := answer.Text("main form"); !strings.Contains(text, c.want) {
				t.Errorf("the form says %q, want %q in it", text, c.want)
			}
			if answer.Count("[role=alert]") == 0 {
				t.Error("nothing says what is wrong")
			}
		})
	}
}

func TestANewStoreIsMadeOnTheWay(t *testing.T) {
	d := newDesk(t)
	at := d.upload("receipts", "a.csv", till(2)).Want(303).Header().Get("Location")
	fields := append([]string{"store", "+", "new_store", "XJH", "currency", "cny", "tz", "Asia/Shanghai"}, chosen[2:]...)
	d.Post(at+"/check", fields...).WantRedirect(at)
	d.work(at)
	d.Post(at + "/start").WantRedirect(at)
	d.work(at)
	d.Get(at).WantText("main", "新增 2 张小票")
	again := d.upload("receipts", "b.csv", till(3)).Header().Get("Location")
	if got := d.Get(again).Attr("select[name=store] option[selected]", "value"); got != "XJH" {
		t.Errorf("the store that exists by now is %q", got)
	}
}

func TestALookAtACheckedFileReadsItsFirstRowsOnly(t *testing.T) {
	d := newDesk(t)
	at := d.upload("receipts", "a.csv", till(300)).Want(303).Header().Get("Location")
	d.Get(at).WantText("[role=status]", "前 200 行")
	d.Post(at+"/check", chosen...).WantRedirect(at)
	d.work(at)
	d.Get(at+"?columns=1").Want(200).WantText("[role=status]", "前 200 行")
}

func TestCustomersComeFromAFileToo(t *testing.T) {
	d := newDesk(t)
	at := d.upload("customers", "c.csv", "姓名,手机,生日\n王晓东,13812341234,1980-05-06\n李淑芬,13912341234,\n").Want(303).Header().Get("Location")
	page := d.Get(at).Want(200)
	if page.Attr(`select[name="map.phone"] option[selected]`, "value") != "手机" || page.Count("select[name=date_order]") != 0 {
		t.Error("the columns of a file of customers are not understood")
	}
	d.Post(at+"/check", "store", "NJ", "map.name", "姓名", "map.phone", "手机", "map.birthday", "生日").WantRedirect(at)
	d.work(at)
	d.Get(at).WantText("[data-figures]", "2").WantText(".sheet-table", "138****1234")
	d.Post(at + "/start").WantRedirect(at)
	d.work(at)
	d.Get(at).WantText("[role=status]", "新增 2 位顾客")
}

func TestOnlyThoseWhoImportSeeImports(t *testing.T) {
	d := newDesk(t)
	d.Site.As(webtest.Staff(org.Associate)).Get("/imports").Want(403)
	d.Get("/imports/17").Want(404)
	d.Get("/imports/x").Want(404)
	d.Get("/imports?after=x").Want(404)
	d.Post("/imports/17/start").Want(404)
}

// rows are what a file says of people.
const rows = "小票号,数量,销售时间,单价,手机号,姓名\nR1,1,2026-03-01 10:00,5.00,13812345678,王晓东\nR2,一张,2026-03-01 10:00,5.00,13912345678,李四光\nR3,1,2026-03-01 10:00,5.00,139123456,李四光\n"

func TestRowsAreShownToWhoBroughtThemAndToWhoMaySeeNumbers(t *testing.T) {
	d := newDesk(t)
	other, keeper := d.person("chen", org.Marketer), d.person("admin", org.Administrator)
	at := d.upload("receipts", "三月.csv", rows).Want(303).Header().Get("Location")
	columns := []string{
		"store", "NJ", "map.receipt", "小票号", "map.quantity", "数量", "map.sold_at", "销售时间", "map.unit_price", "单价",
		"map.phone", "手机号", "map.name", "姓名",
	}
	// Somebody who calls the phone a name would read it where names are shown.
	trick := append(slices.Clone(columns), "map.product", "手机号")
	told := func(who webtest.Site) bool {
		t.Helper()
		said := who.Get(at).Want(200).Body.String() + who.HTMX().Post(at+"/look", trick...).Want(200).Body.String() +
			who.Get(at+"/problems.csv").Body.String()
		return strings.Contains(said, "139123456") || strings.Contains(said, "13812345678") || strings.Contains(said, "李四光")
	}
	for range 2 { // as it waits, and when it is checked
		for name, c := range map[string]struct {
			who  webtest.Site
			want bool
		}{"who brought it": {d.Site, true}, "an administrator": {keeper, true}, "another marketer": {other, false}} {
			if got := told(c.who); got != c.want {
				t.Errorf("%s reads the rows: %v, want %v", name, got, c.want)
			}
		}
		other.Get(at + "/problems.csv").Want(403)
		other.Get(at).Want(200).WantText("main", "只给导入的人和有权查看完整号码的人看")
		d.Post(at+"/check", columns...).WantRedirect(at)
		d.work(at)
	}
	other.Get(at).WantText("#problems", "第 3 行").WantText("#problems", "***").WantNone("#problems a")
}

// person is the same pages with another at them.
func (d desk) person(code string, role org.Role) webtest.Site {
	d.t.Helper()
	p, err := d.purchases.Org.CreateStaff(d.t.Context(), org.System, org.Staff{Code: code, Name: code, Role: role, Reach: org.ReachAll, Active: true})
	if err != nil {
		d.t.Fatal(err)
	}
	return d.As(org.NewActor(p, 0, nil))
}
