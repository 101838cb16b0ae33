package api_test

import (
	"os"
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/api"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
)

const till = "单号,编码,品名,数量,时间,单价,会员卡\n" +
	"T1,RICE,大米,2,2026-11-01 10:00,30.50,C001\n" +
	"T1,OIL,油,1,2026-11-01 10:00,99.00,C001\n" +
	"T2,RICE,大米,many,2026-11-02 11:00,30.50,C002\n" +
	"T3,RICE,大米,1,yesterday,cheap,C002\n" +
	"T4,RICE,大米,1,2026-11-03 09:00,30.50,\n"

// work runs the jobs that wait.
func (s *shop) work() {
	s.t.Helper()
	w := &jobs.Workers{}
	s.opts.Purchases.RegisterJobs(w)
	if _, err := (&jobs.Runner{Queue: s.opts.Purchases.Jobs, Workers: w, Log: s.opts.Log}).RunDue(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func TestImport_is_uploaded_tried_run_and_undone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		s.opts.Purchases.Jobs, s.opts.Purchases.UploadDir = &jobs.Queue{DB: d}, t.TempDir()
		admin := func(method, path string, body any) answer { return s.as(org.Administrator, method, path, body) }

		admin("POST", "/imports?kind=bricks&name=x.csv", till).want(t, 422)
		up := s.as(org.Administrator, "POST", "/imports?kind=receipts&name=till.csv", till, "Content-Type", "application/octet-stream").want(t, 201)
		if up.at("state") != "waiting" || up.at("header", 0) != "单号" || up.at("options", "map", "receipt") != "单号" {
			t.Fatalf("got %s", up.text)
		}
		run := "/imports/" + up.at("id").(string)
		options := object{"store": "SH1", "map": up.at("options", "map")}

		look := admin("POST", run+"/preview", object{"map": object{"receipt": "没有这列"}}).want(t, 200)
		if look.at("error", "detail") == nil {
			t.Errorf("a column that is not there: got %s", look.text)
		}
		look = admin("POST", run+"/preview", options).want(t, 200)
		if look.at("error") != nil || look.at("rows", 0, "fields", "product") != "大米" {
			t.Errorf("got %s", look.text)
		}
		if got := admin("POST", run+"/run", nil).want(t, 409); got.at("code") != "import.check_first" {
			t.Errorf("running it without a check: got %s", got.text)
		}
		admin("POST", run+"/check", options).want(t, 202)
		s.work()
		checked := admin("GET", run, nil).want(t, 200)
		if checked.at("state") != "checked" || checked.at("counts", "receipts_new") != 2.0 || checked.at("counts", "problem_rows") != 2.0 {
			t.Fatalf("got %s", checked.text)
		}
		if got := s.as(org.Administrator, "GET", "/customers/search?q=C001", nil).want(t, 200); got.at("items", 0) != nil {
			t.Errorf("the dry run has written: %s", got.text)
		}

		admin("POST", run+"/run", nil).want(t, 202)
		admin("POST", run+"/run", nil).want(t, 409) // twice at once
		s.work()
		done := admin("GET", run, nil).want(t, 200)
		if done.at("state") != "done" || done.at("counts", "net", "CNY") != "190.50" || done.at("counts", "customers_new") != 1.0 || done.at("counts", "walk_ins") != 1.0 {
			t.Fatalf("got %s", done.text)
		}
		rows := map[any]int{}
		next := ""
		for {
			page := s.as(org.Administrator, "GET", run+"/problems?limit=1&after="+next, nil, "Accept-Language", "en").want(t, 200)
			for _, p := range page.at("items").([]any) {
				rows[p.(object)["row"]]++
				if p.(object)["detail"] == "" || strings.Contains(page.text, "C002") {
					t.Errorf("got %s, want a reason and no cells", page.text)
				}
			}
			if page.at("next") == nil {
				break
			}
			next = page.at("next").(string)
		}
		if rows[4.0] == 0 || rows[5.0] == 0 || len(rows) != 2 {
			t.Errorf("problems by row: %v, want rows 4 and 5", rows)
		}
		csv := admin("GET", run+"/problems.csv", nil).want(t, 200)
		if !strings.HasPrefix(csv.header.Get("Content-Type"), "text/csv") || !strings.Contains(csv.text, "many") || !strings.Contains(csv.text, "ricejar_reason") {
			t.Errorf("got %q", csv.text)
		}
		if list := admin("GET", "/imports?limit=1", nil).want(t, 200); list.at("items", 0, "id") != up.at("id") || list.at("next") != nil {
			t.Errorf("got %s", list.text)
		}

		admin("POST", run+"/undo", nil).want(t, 202)
		s.work()
		if undone := admin("GET", run, nil).want(t, 200); undone.at("state") != "undone" || undone.at("counts", "receipts_undone") != 2.0 {
			t.Errorf("got %s", undone.text)
		}

		other := s.as(org.Administrator, "POST", "/imports?kind=customers&name=people.csv", "姓名,手机\n王小米,13700001234\n", "Content-Type", "application/octet-stream").want(t, 201)
		admin("DELETE", "/imports/"+other.at("id").(string), nil).want(t, 204)
		admin("GET", "/imports/"+other.at("id").(string), nil).want(t, 404)
	})
}

func TestImport_of_what_is_no_file_is_refused(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	s.opts.Purchases.UploadDir = t.TempDir()
	for name, content := range map[string]string{"empty.csv": "", "picture.xlsx": "\x89PNG\r\n\x1a\n\x00\x00"} {
		got := s.as(org.Administrator, "POST", "/imports?kind=receipts&name="+name, content, "Content-Type", "application/octet-stream").want(t, 422)
		if got.at("detail") == "" || strings.HasPrefix(got.at("code").(string), "error.") {
			t.Errorf("%s: got %s", name, got.text)
		}
	}
}

func TestImport_tells_what_rows_say_only_to_whom_it_may(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t))
	s.opts.Purchases.Jobs, s.opts.Purchases.UploadDir = &jobs.Queue{DB: s.opts.DB}, t.TempDir()
	s.api = api.New(s.opts)
	text := "单号,数量,时间,单价,会员卡\nT1,1,2026-11-01 10:00,30.50,13812345678\nT2,1,2026-11-32 10:00,30.50,13912345678\n"
	up := s.as(org.Administrator, "POST", "/imports?kind=receipts&name=till.csv", text, "Content-Type", "application/octet-stream").want(t, 201)
	run := "/imports/" + up.at("id").(string)
	options := object{"store": "SH1", "map": object{"receipt": "单号", "quantity": "数量", "sold_at": "时间", "unit_price": "单价", "customer": "会员卡"}}
	s.as(org.Administrator, "POST", run+"/check", options).want(t, 202)
	s.work()
	paths := map[string]any{run + "/preview": options, run + "/problems": nil}
	for path, body := range paths {
		method := "GET"
		if body != nil {
			method = "POST"
		}
		if got := s.as(org.Administrator, method, path, body).want(t, 200); !strings.Contains(got.text, "2026-11-32") {
			t.Errorf("%s tells an administrator %s", path, got.text)
		}
		if got := s.as(org.Marketer, method, path, body).want(t, 200); strings.Contains(got.text, "13812345678") || strings.Contains(got.text, "2026-11-32") {
			t.Errorf("%s tells a marketer %s", path, got.text)
		}
	}
	if got := s.as(org.Marketer, "GET", run+"/problems.csv", nil).want(t, 403); got.at("code") != "import.rows_hidden" {
		t.Errorf("got %s", got.text)
	}
	s.as(org.Administrator, "GET", run+"/problems.csv", nil).want(t, 200)
}

func TestImport_uploaded_twice_with_one_key_waits_once(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		folder := t.TempDir()
		s.opts.Purchases.UploadDir = folder
		send := func(name, content, key string) answer {
			return s.as(org.Administrator, "POST", "/imports?kind=receipts&name="+name, content, "Content-Type", "application/octet-stream", "Idempotency-Key", key)
		}
		first := send("till.csv", till, "k1").want(t, 201)
		if again := send("till.csv", till, "k1").want(t, 201); again.at("id") != first.at("id") {
			t.Errorf("got %v, want the first's %v", again.at("id"), first.at("id"))
		}
		send("till.csv", till+"T5,RICE,大米,1,2026-11-03 09:00,30.50,\n", "k1").want(t, 409)
		if other := send("till.csv", till, "k2").want(t, 201); other.at("id") == first.at("id") {
			t.Error("another key is answered with the first's upload")
		}
		if kept, err := os.ReadDir(folder); err != nil || len(kept) != 2 {
			t.Errorf("%d files are kept, %v; want 2", len(kept), err)
		}
	})
}
