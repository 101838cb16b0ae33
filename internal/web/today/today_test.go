package today_test

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web/today"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

// now is a Sunday afternoon in Shanghai; in three days it is the 25th.
var now = time.Date(2026, 11, 22, 6, 30, 0, 0, time.UTC)

// shop is a store whose associate Li has two customers with a birthday ahead.
type shop struct {
	t         *testing.T
	site      webtest.Site
	db        *db.DB
	care      *care.Service
	customers *customer.Service

	li, wu, manager org.Actor
	wang            customer.Customer
}

func run(t *testing.T, f func(t *testing.T, s shop)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		d.Clock = func() time.Time { return now }
		s := shop{t: t, db: d, customers: customer.New(d)}
		people := &org.Service{DB: d}
		s.care = care.New(d, people, s.customers, purchase.New(d, s.customers, people, d.Clock))
		s.care.Now = d.Clock
		store, err := people.CreateStore(t.Context(), org.System, org.Store{Code: "E1", Name: "南京路店", Kind: org.Furniture, Currency: "CNY", Zone: "Asia/Shanghai"})
		if err != nil {
			t.Fatal(err)
		}
		staff := func(code string, role org.Role) org.Actor {
			p, err := people.CreateStaff(t.Context(), org.System, org.Staff{Code: code, Name: code, Role: role, StoreID: store.ID, Locale: "zh-Hans"})
			if err != nil {
				t.Fatal(err)
			}
			return org.NewActor(p, 0, nil)
		}
		s.li, s.wu, s.manager = staff("li", org.Associate), staff("wu", org.Associate), staff("ma", org.Manager)
		s.wang = s.born("王晓东", "13812345678", 25)
		s.born("<script>alert(1)</script>", "13900001111", 25)
		s.site = webtest.New(t, today.Pages{Care: s.care, Customers: s.customers, Org: people}.Routes, webtest.At(now), webtest.Org(people),
			webtest.Reach(func(ctx context.Context, a org.Actor, c int64) error {
				return s.customers.Reach(ctx, a, customer.ID(c))
			}))
		f(t, s)
	})
}

// born opens a file of Li's with a birthday in November.
func (s shop) born(name, phone string, dom int) customer.Customer {
	s.t.Helper()
	k, err := customer.ParseContact(customer.Phone, phone)
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := s.customers.Create(s.t.Context(), s.li, customer.NewCustomer{Name: name, Contacts: []customer.Contact{k},
		Birth: customer.Birth{Calendar: customer.Solar, Month: 11, Day: dom}})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s shop) plan() {
	s.t.Helper()
	if _, err := s.care.Plan(s.t.Context(), day.MustParse("2026-11-22")); err != nil {
		s.t.Fatal(err)
	}
}

// task is Wang's task.
func (s shop) task() care.Item {
	s.t.Helper()
	list, err := s.care.Open(s.t.Context(), s.li, s.wang.ID)
	if err != nil || len(list) != 1 {
		s.t.Fatalf("open tasks: %v, %v; want one", list, err)
	}
	return list[0]
}

func (s shop) at(what string) string {
	return "/today/" + s.wang.ID.String() + "/" + s.task().ID.String() + "/" + what
}

func TestToday_leads_to_who_may_be_leaving(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		for _, who := range []org.Actor{s.li, s.manager} {
			if got := s.site.As(who).Get("/today").Want(200).Attr("main header a", "href"); got != "/insights/warnings" {
				t.Errorf("%s is led to %q", who.Staff.Name, got)
			}
		}
	})
}

func TestToday_before_the_plan_says_what_to_do(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.site.As(s.li).Get("/today").Want(200).WantText("main", "今天没有要联系的顾客").WantNone("form[action='/today/plan']")
		s.site.As(s.manager).Post("/today/plan").WantRedirect("/today")
		if n := s.site.As(s.manager).Get("/today").Want(200).Count("[data-task]"); n != 2 {
			t.Errorf("after planning %d tasks, want 2", n)
		}
		s.site.As(s.li).Post("/today/plan").Want(403)
	})
}

func TestToday_shows_who_why_what_to_say_and_what_to_ask(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.plan()
		doc := s.site.As(s.li).Get("/today").Want(200)
		if n := doc.Count("[data-task]"); n != 2 {
			t.Fatalf("%d tasks, want 2", n)
		}
		wang := "#t-" + s.task().ID.String()
		doc.WantText(wang, "138****5678").WantText(wang+" [data-reason]", "生日").WantText(wang+" [data-script]", "王晓东").WantText(wang+" [data-question]", "地址")
		if body := doc.Body.String(); strings.Contains(body, "13812345678") || strings.Contains(body, "<script>alert") {
			t.Error("a number in full or a script stands on the page")
		}
		if n := s.site.As(s.wu).Get("/today").Want(200).Count("[data-task]"); n != 0 {
			t.Errorf("a colleague sees %d of Li's tasks", n)
		}
		if n := s.site.As(s.manager).Get("/today?staff=" + s.li.ID().String()).Want(200).Count("[data-task]"); n != 2 {
			t.Errorf("the manager sees %d of Li's tasks, want 2", n)
		}
	})
}

func TestOutcome_moves_the_list_on_learns_the_answer_and_can_be_undone(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.plan()
		address := s.at("outcome")
		doc := s.site.As(s.li).HTMX().Post(address, "outcome", "done", "field", "address", "answer", "南京路 1 号", "request_key", "click").Want(200)
		if n := doc.Count("[data-task]"); n != 1 {
			t.Errorf("%d tasks left, want 1", n)
		}
		doc.WantText("[data-counts]", "已联系 1，还有 1")
		f, err := s.customers.File(t.Context(), s.li, s.wang.ID)
		if err != nil {
			t.Fatal(err)
		}
		if fact, _ := f.Fact("address"); fact.Value != "南京路 1 号" {
			t.Errorf("learnt %q", fact.Value)
		}
		// A double click is one outcome.
		s.site.As(s.li).Post(address, "outcome", "done", "request_key", "click").WantRedirect("/today")
		undo := doc.Attr("form[action*='/undo']", "action")
		s.site.As(s.li).Post(undo).WantRedirect("/today")
		if n := s.site.As(s.li).Get("/today").Want(200).Count("[data-task]"); n != 2 {
			t.Errorf("%d tasks after undoing, want 2", n)
		}
	})
}

func TestOutcome_that_lacks_something_comes_back_with_what_is_wrong(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.plan()
		address := s.at("outcome")
		s.site.As(s.li).Post(address, "outcome", "wants").Want(422).WantText("[data-outcome=wants][open]", "请写下顾客想要什么")
		s.site.As(s.li).Post(address, "outcome", "call_back", "call_at_own", "昨天").Want(422).WantText("[data-outcome=call_back][open]", "什么时候")
		s.site.As(s.li).Post(address, "outcome", "call_back", "call_at_own", "2026-11-01T10:00").Want(422).WantText("[data-outcome=call_back][open]", "过了")
		s.site.As(s.li).Post(address, "outcome", "nonsense").Want(422)
		s.site.As(s.wu).Post(address, "outcome", "done").Want(404)
		if it := s.task(); it.State != care.Open || it.Attempts != 0 {
			t.Errorf("a wrong outcome changed the task: %+v", it.Task)
		}
	})
}

func TestOutcome_unhappy_reaches_the_manager_and_call_back_its_time(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.plan()
		s.site.As(s.li).Post(s.at("outcome"), "outcome", "call_back", "call_at_own", "2026-11-22T18:00").WantRedirect("/today")
		s.site.As(s.li).Get("/today").Want(200).WantText("main", "晚些时候要打的")
		s.site.As(s.li).Post(s.at("outcome"), "outcome", "unhappy", "text_unhappy", "柜门关不上").WantRedirect("/today")
		doc := s.site.As(s.manager).Get("/today?" + url.Values{"staff": {s.manager.ID().String()}}.Encode()).Want(200)
		doc.WantText("[data-task]", "柜门关不上")
	})
}

func TestOutcome_of_a_task_that_somebody_else_settled_says_so_and_keeps_the_words(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.plan()
		address, seen := s.at("outcome"), s.task()
		if _, err := s.care.Record(t.Context(), s.manager, care.NewOutcome{Customer: s.wang.ID, Task: seen.ID, Kind: care.Reached}); err != nil {
			t.Fatal(err)
		}
		doc := s.site.As(s.li).HTMX().Post(address, "outcome", "unhappy", "text_unhappy", "柜门关不上", "version", "1").Want(422)
		doc.WantText("[data-lost]", "ma在").WantText("[data-lost]", "柜门关不上")
		if n := doc.Count("[data-task]"); n != 1 {
			t.Errorf("%d tasks beside it, want the other one", n)
		}
	})
}

func TestToday_leads_to_the_file_only_where_it_may_be_opened(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		nobodys := s.orphan()
		file := "a[href='/customers/" + nobodys.String() + "']"
		doc := s.site.As(s.li).Get("/today").Want(200).WantText("[data-task] h2", "没主的")
		if doc.Count(file) != 0 {
			t.Error("the list leads to a file that is not found")
		}
		if doc := s.site.As(s.manager).Get("/today").Want(200); doc.Count(file) != 1 {
			t.Error("the manager is not led to the file")
		}
	})
}

// orphan is a customer of the store whom nobody keeps, with a task.
func (s shop) orphan() customer.ID {
	s.t.Helper()
	c, err := s.customers.Create(s.t.Context(), org.System, customer.NewCustomer{Name: "没主的", StoreID: s.li.Staff.StoreID,
		Birth: customer.Birth{Calendar: customer.Solar, Month: 11, Day: 25}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.plan()
	return c.ID
}

func TestToday_asks_the_database_as_often_for_a_long_list_as_for_a_short_one(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		p, err := s.care.Org.CreateStaff(t.Context(), org.System, org.Staff{Code: "he", Name: "he", Role: org.Manager, Reach: org.ReachAll, StoreID: s.li.Staff.StoreID, Locale: "zh-Hans"})
		if err != nil {
			t.Fatal(err)
		}
		everywhere := org.NewActor(p, 0, nil)
		s.plan()
		var asked []string
		statements := func(as org.Actor, tasks int) []string {
			t.Helper()
			site := s.site.As(as)
			site.Get("/today").Want(200) // what is kept for a while is read
			asked = nil
			if n := site.Get("/today").Want(200).Count("[data-task]"); n != tasks {
				t.Fatalf("%d tasks, want %d", n, tasks)
			}
			return asked
		}
		s.db.Trace = func(query string) { asked = append(asked, query) }
		defer func() { s.db.Trace = nil }()
		people := []org.Actor{s.li, s.manager, everywhere}
		var short [3][]string
		for i, as := range people {
			short[i] = statements(as, 2)
		}
		for i := range 7 {
			c := s.born("顾客", "1370000000"+strconv.Itoa(i), 25)
			if err := s.customers.AddNote(t.Context(), s.li, c.ID, "喜欢安静", ""); err != nil {
				t.Fatal(err)
			}
		}
		s.plan()
		for i, as := range people {
			if long := statements(as, 9); len(long) != len(short[i]) || len(long) > 10 {
				t.Errorf("%s: %d statements for 2 tasks, %d for 9; want the same number, and no more than 10:\n%s",
					as.Staff.Code, len(short[i]), len(long), strings.Join(long, "\n"))
			}
		}
	})
}

func TestOutcome_unhappy_in_a_store_without_a_manager_says_where_it_went(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.plan()
		boss := s.manager.Staff
		boss.Active = false
		if err := s.care.Org.UpdateStaff(t.Context(), org.System, boss); err != nil {
			t.Fatal(err)
		}
		doc := s.site.As(s.li).HTMX().Post(s.at("outcome"), "outcome", "unhappy").Want(200)
		if body := doc.Body.String(); !strings.Contains(body, "已放进全店的名单") || strings.Contains(body, "已转给店长") {
			t.Error("it is said to be with a manager whom the store does not have")
		}
		s.site.As(s.wu).Get("/today").Want(200).WantText("[data-reason]", "没写原因")
	})
}

func TestToday_lets_head_office_choose_a_person_where_there_is_one_store(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		p, err := s.care.Org.CreateStaff(t.Context(), org.System, org.Staff{Code: "he", Name: "何总", Role: org.Executive, Locale: "zh-Hans"})
		if err != nil {
			t.Fatal(err)
		}
		doc := s.site.As(org.NewActor(p, 0, nil)).Get("/today").Want(200)
		if doc.Count("select[name=staff]") != 1 || doc.Count("select[name=store]") != 0 {
			t.Errorf("%d choices of a person, %d of a store; want 1 and 0", doc.Count("select[name=staff]"), doc.Count("select[name=store]"))
		}
	})
}

func TestPhone_is_shown_to_dial_and_on_record(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		s.plan()
		doc := s.site.As(s.li).HTMX().Post(s.at("phone")).Want(200)
		if got := doc.Attr("a[href^='tel:']", "href"); got != "tel:+8613812345678" {
			t.Errorf("the call goes to %q", got)
		}
		n, err := db.One(t.Context(), s.db, db.Value[int], `SELECT count(*) FROM audit_entry WHERE action = 'customer.reveal' AND staff_id = ?`, int64(s.li.ID()))
		if err != nil || n != 1 {
			t.Errorf("%d reveals on record, %v; want 1", n, err)
		}
	})
}
