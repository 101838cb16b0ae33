package purchase

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
)

// work runs the jobs that are due.
func work(t *testing.T, s *Service) {
	t.Helper()
	var w jobs.Workers
	s.RegisterJobs(&w)
	if _, err := (&jobs.Runner{Queue: s.Jobs, Workers: &w}).RunDue(ctxOf(t)); err != nil {
		t.Fatal(err)
	}
}

func (s *Service) mustRun(t *testing.T, id RunID, want RunState) Run {
	t.Helper()
	r, err := s.Run(ctxOf(t), org.System, id)
	if err != nil {
		t.Fatal(err)
	}
	if r.State != want {
		t.Fatalf("the run is %s (%v), want %s", r.State, r.Error, want)
	}
	return r
}

func TestAnUploadIsLookedAtCheckedImportedAndUndone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		s.UploadDir = t.TempDir()
		s.Jobs = &jobs.Queue{DB: d}
		text := head + "A1,S1,沙发,1,2026-02-01 10:00:00,100,V1,,\nA2,S1,沙发,x,2026-02-01,100,V2,,\n"
		up, err := s.Upload(ctxOf(t), org.System, Receipts, `C:\till.csv`, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		look, err := s.Look(ctxOf(t), org.System, up.ID, nil)
		if err != nil || look.Err == nil {
			t.Errorf("without a store: %v, %v", look.Err, err)
		}
		look, err = s.Look(ctxOf(t), org.System, up.ID, &shop)
		if err != nil || look.Err != nil || len(look.Preview) != 1 || len(look.Bad) != 1 || len(look.Sample) != 2 || look.Run.Options.Map["sku"] != "商品编码" {
			t.Fatalf("with one: %+v, %v", look, err)
		}
		if err := s.Check(ctxOf(t), org.System, up.ID, look.Run.Options); err != nil {
			t.Fatal(err)
		}
		if err := s.Start(ctxOf(t), org.System, up.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("starting while it is being checked: %v", err)
		}
		work(t, s)
		checked := s.mustRun(t, up.ID, Checked)
		if c := checked.Counts; c.ReceiptsNew != 1 || c.ProblemRows != 1 || c.Rows != 2 {
			t.Errorf("the check counts %+v", c)
		}
		bad, err := s.Problems(ctxOf(t), org.System, up.ID, 0, 10)
		if err != nil || len(bad) != 1 || bad[0].Row != 3 || bad[0].Cells[3] != "x" {
			t.Errorf("problems %+v, %v", bad, err)
		}
		if r, err := s.Purchases(ctxOf(t), org.System); err != nil || r.Receipts != 0 {
			t.Errorf("the check wrote %d receipts, %v", r.Receipts, err)
		}
		twin, err := s.Upload(ctxOf(t), org.System, Receipts, "twin.csv", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Start(ctxOf(t), org.System, twin.ID); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "import.check_first") {
			t.Errorf("starting what nobody has checked: %v", err)
		}
		if err := s.Check(ctxOf(t), org.System, twin.ID, look.Run.Options); err != nil {
			t.Fatal(err)
		}
		work(t, s)
		if err := s.Start(ctxOf(t), org.System, up.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Start(ctxOf(t), org.System, twin.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("the same file, while the first is under way: %v", err)
		}
		work(t, s)
		done := s.mustRun(t, up.ID, Done)
		if diff := cmp.Diff(checked.Counts, done.Counts); diff != "" {
			t.Errorf("the check and the import count differently:\n%s", diff)
		}
		if _, err := os.Stat(up.FilePath); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the upload is still there: %v", err)
		}
		if err := s.Discard(ctxOf(t), org.System, twin.ID); err != nil {
			t.Error(err)
		}
		// The next file of this shape is understood at once.
		next, err := s.Upload(ctxOf(t), org.System, Receipts, "next.csv", strings.NewReader(head+"A3,S1,沙发,1,2026-02-03,100,V1,,\n"))
		if err != nil || next.Options.Store != "SH1" || next.Options.Map["receipt"] != "小票号" {
			t.Errorf("the next upload has %+v, %v", next.Options, err)
		}
		if err := s.StartUndo(ctxOf(t), org.System, up.ID); err != nil {
			t.Fatal(err)
		}
		work(t, s)
		if r := s.mustRun(t, up.ID, Undone); r.Counts.Undone != 1 || r.Counts.CustomersGone != 1 {
			t.Errorf("the undo counts %+v", r.Counts)
		}
		if _, err := s.Upload(ctxOf(t), org.System, Receipts, "x.pdf", strings.NewReader("%PDF-1.7")); !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "x.pdf") {
			t.Errorf("a PDF: %v", err)
		}
		if left, err := os.ReadDir(s.UploadDir); err != nil || len(left) != 1 {
			t.Errorf("%d uploads are kept, %v", len(left), err)
		}
		associate := org.NewActor(org.Staff{ID: 7, Role: "associate", Reach: org.ReachOwn, Active: true}, 0, nil)
		if _, err := s.Upload(ctxOf(t), associate, Receipts, "a.csv", strings.NewReader(text)); !errs.Is(err, errs.Forbidden) {
			t.Errorf("an associate: %v", err)
		}
	})
}

func TestCustomersAreImportedMatchedAndUndone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		st, _ := till(t, s)
		known, err := s.Customers.Create(ctxOf(t), org.System, customer.NewCustomer{Name: "李雷", StoreID: st.ID,
			Contacts: []customer.Contact{{Kind: customer.Phone, Value: "+8613900000001"}}})
		if err != nil {
			t.Fatal(err)
		}
		before := dump(t, s)
		f := file(t, "people.csv", "姓名,手机号,会员卡号,性别,生日,邮箱,备注,household_size\n"+
			"韩梅梅,139 0000 0002,,女,1985-04-17,Mei@Example.com,喜欢原木,3\n"+ // new
			"李雷,13900000001,V9,男,农历八月十五,,,\n"+ // known by phone: filled in
			"李雷雷,13900000001,,,,,,\n"+ // known: another name is not taken
			"坏,abc,,,,,,\n"+ // bad phone
			"坏,,V8,外星,,,,\n"+ // bad gender
			"坏,,V7,,1985-02-30,,,\n"+ // bad birthday
			",,,,,,,4\n"+ // nobody
			"王,13900000001,V1,,,,,\n"+ // the card is one's, the phone another's
			"赵,13900000005,,,,mei@example.com,,\n") // somebody else's e-mail
		f.Kind = Customers
		o := Options{Store: "SH1"}
		dry, err := s.DryRun(ctxOf(t), org.System, f, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c := dry.Run.Counts; c.CustomersNew != 2 || c.CustomersUpdated != 2 || c.ProblemRows != 5 {
			t.Errorf("the dry run counts %+v: %v", c, problemsOf(dry.Problems))
		}
		r := s.mustImport(t, f, o)
		want := []line{{5, "phone", "phone.not_a_number"}, {6, "gender", "import.gender_wrong"}, {7, "birthday", "day.no_such_birthday"},
			{8, "name", "customer.name_or_phone"}, {9, "phone", "import.card_and_phone_differ"}, {10, "email", "customer.email_taken"}}
		if diff := cmp.Diff(want, problemsOf(r.Problems), cmp.AllowUnexported(line{})); diff != "" {
			t.Errorf("problems (-want +got):\n%s", diff)
		}
		if c := r.Run.Counts; c.CustomersNew != 1 || c.CustomersUpdated != 1 || c.CustomersUnchanged != 1 {
			t.Errorf("the import counts %+v", c)
		}
		file, err := s.Customers.File(ctxOf(t), org.System, known.ID)
		if err != nil || file.Customer.Name != "李雷" || file.Customer.Card != "V9" || file.Customer.Birth.Month != 8 || file.Customer.Birth.Calendar != customer.Lunar {
			t.Errorf("the known one's file is %+v, %v", file.Customer, err)
		}
		again := s.mustImport(t, f, o)
		if c := again.Run.Counts; c.Changed() || c.CustomersUnchanged != 3 {
			t.Errorf("the second time counts %+v", c)
		}
		run, err := s.Undo(ctxOf(t), org.System, r.Run.ID, nil)
		if err != nil || run.Counts.CustomersGone != 1 {
			t.Fatalf("undo counts %+v, %v", run.Counts, err)
		}
		after, _, _ := strings.Cut(dump(t, s), "SELECT customer_id, at, id")
		wantAfter, _, _ := strings.Cut(before, "SELECT customer_id, at, id") // the story keeps that there was an edit
		if diff := cmp.Diff(wantAfter, after); diff != "" {
			t.Errorf("undo left (-before +after):\n%s", diff)
		}
	})
}

func TestAnImportIsWorkedOnInTheNameOfWhoAskedAndAskedForAgainWhenItDied(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		s.UploadDir, s.Jobs = t.TempDir(), &jobs.Queue{DB: d}
		person := func(code string) org.Actor {
			p, err := s.Org.CreateStaff(ctxOf(t), org.System, org.Staff{Code: code, Name: code, Role: org.Marketer, Active: true})
			if err != nil {
				t.Fatal(err)
			}
			return org.NewActor(p, 0, nil)
		}
		brings, undoes := person("li"), person("wu")
		if _, err := s.Org.EnsureStore(ctxOf(t), org.System, "SH1", "CNY", "Asia/Shanghai"); err != nil {
			t.Fatal(err)
		}
		up, err := s.Upload(ctxOf(t), brings, Receipts, "a.csv", strings.NewReader(head+"A1,S1,沙发,1,2026-02-01 10:00:00,100,V1,,\n"))
		if err != nil {
			t.Fatal(err)
		}
		o := up.Options
		o.Store = "SH1"
		do := func(step error) {
			t.Helper()
			if step != nil {
				t.Fatal(step)
			}
			work(t, s)
		}
		do(s.Check(ctxOf(t), brings, up.ID, o))
		if err := s.Start(ctxOf(t), brings, up.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.StartUndo(ctxOf(t), undoes, up.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("undoing what waits to be imported: %v", err)
		}
		// Its worker dies each time, until the queue gives up.
		if err := d.Write(ctxOf(t), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE job SET state = 'failed'`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		do(s.Start(ctxOf(t), brings, up.ID))
		s.mustRun(t, up.ID, Done)
		do(s.StartUndo(ctxOf(t), undoes, up.ID))
		s.mustRun(t, up.ID, Undone)
		by, err := db.All(ctxOf(t), d, db.Value[org.StaffID], `SELECT staff_id FROM audit_entry WHERE action IN ('import.run', 'import.undo') ORDER BY id`)
		if err != nil || !cmp.Equal(by, []org.StaffID{brings.ID(), undoes.ID()}) {
			t.Errorf("on record: %v, %v; want who brought it and who undid it", by, err)
		}
	})
}

func TestAnUploadNobodyImportsIsForgotten(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		s.UploadDir = t.TempDir()
		up, err := s.Upload(ctxOf(t), org.System, Receipts, "a.csv", strings.NewReader(head+"A1,S1,沙发,1,2026-02-01 10:00:00,100,V1,,\n"))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			after time.Duration
			kept  int
		}{{KeepUploads - time.Hour, 1}, {KeepUploads + time.Hour, 0}} {
			s.Now = func() time.Time { return at.Add(c.after) }
			if err := s.Prune(ctxOf(t)); err != nil {
				t.Fatal(err)
			}
			if left, err := os.ReadDir(s.UploadDir); err != nil || len(left) != c.kept {
				t.Errorf("after %v %d uploads are kept, %v; want %d", c.after, len(left), err, c.kept)
			}
		}
		if _, err := s.Run(ctxOf(t), org.System, up.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("the run is there still: %v", err)
		}
	})
}
