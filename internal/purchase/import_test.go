package purchase

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

// shop are the options of a Chinese shop's files.
var shop = Options{Store: "SH1", Currency: "CNY", Zone: "Asia/Shanghai"}

const head = "小票号,商品编码,商品名称,数量,销售时间,单价,会员卡号,手机号,姓名\n"

func (s *Service) mustImport(t *testing.T, f File, o Options) Report {
	t.Helper()
	r, err := s.Import(ctxOf(t), org.System, f, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.statsAreRight(ctxOf(t)); err != nil {
		t.Fatal(err)
	}
	return r
}

// statsAreRight compares what was kept along the way with a rebuild.
func (s *Service) statsAreRight(ctx context.Context) error {
	all := func() ([]Stat, error) {
		return db.All(ctx, s.DB, scanStat, `SELECT `+sqlStatColumns+` FROM purchase_stat ORDER BY customer_id`)
	}
	kept, err := all()
	if err != nil {
		return err
	}
	if _, err := s.RebuildStats(ctx); err != nil {
		return err
	}
	rebuilt, err := all()
	if err != nil {
		return err
	}
	if diff := cmp.Diff(rebuilt, kept); diff != "" {
		return fmt.Errorf("statistics (-rebuilt +kept):\n%s", diff)
	}
	return nil
}

// dump is everything an import writes, in order: what undo must bring back.
func dump(t *testing.T, s *Service) string {
	t.Helper()
	var b strings.Builder
	for _, q := range []string{
		`SELECT customer_id, id, number, kind, sold_at, day, net, lines FROM receipt ORDER BY number, store_id`,
		`SELECT customer_id, receipt_id, line, product_id, quantity, unit_price, amount, text FROM receipt_line ORDER BY receipt_id, line`,
		`SELECT number, customer_id, receipt_id, digest, parts, missing FROM receipt_key ORDER BY number, store_id`,
		`SELECT customer_id, receipt_id, first_line, lines FROM receipt_addition ORDER BY receipt_id, first_line`,
		`SELECT receipt_id, delivered_on, what FROM delivery ORDER BY receipt_id, delivered_on`,
		`SELECT customer_id, receipts, returns, net, days, first_day, last_day, last_receipt, median_gap, cool_on FROM purchase_stat ORDER BY customer_id`,
		`SELECT customer_id, name, card_no FROM customer ORDER BY customer_id`,
		`SELECT kind, value, customer_id FROM contact_key ORDER BY kind, value`,
		`SELECT term, customer_id FROM search_term ORDER BY term, customer_id`,
		`SELECT customer_id, at, id, kind, data FROM timeline ORDER BY customer_id, at, id, kind`,
	} {
		fmt.Fprintln(&b, q)
		err := db.Each(ctxOf(t), s.DB, func(row db.Scanner) error {
			cells := make([]any, strings.Count(strings.SplitN(q, "FROM", 2)[0], ",")+1)
			dest := make([]any, len(cells))
			for i := range cells {
				dest[i] = &cells[i]
			}
			err := row.Scan(dest...)
			fmt.Fprintln(&b, cells...)
			return err
		}, q)
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

type line struct {
	row           int
	field, reason string
}

func problemsOf(list []Problem) (out []line) {
	for _, p := range list {
		out = append(out, line{p.Row, p.Field, p.Reason})
	}
	return out
}

func TestABadRowIsListedAndBlocksNobody(t *testing.T) {
	rows := []struct {
		text          string
		field, reason string // "": a good row
	}{
		{"A1,S1,沙发,1,2026-02-01 10:00:00,3999.00,V001,13812345678,王小明", "", ""},
		{"A1,S2,茶几,2,2026-02-01 10:00:00,abc,V001,13812345678,王小明", "unit_price", "money.not_an_amount"},
		{"A2,S1,沙发,1,2026-02-30,3999.00,,,", "sold_at", "import.date_impossible"},
		{"A3,S1,沙发,0,2026-02-02,3999.00,,,", "quantity", "purchase.quantity_zero"},
		{",S1,沙发,1,2026-02-02,3999.00,,,", "receipt", "import.no_number"},
		{"A4,S1,沙发,1,2026-02-02,3999.00", "", "import.ragged"},
		{"A4,S1,沙发,1,2026-02-02,3999.00,,,,多了", "", "import.ragged"},
		{"A5,S1,沙发,一,2026-02-02,3999.00,,,", "quantity", "money.not_a_quantity"},
		{"A6,S1,沙发,1,2026-02-02,,,,", "unit_price", "import.no_amount"},
		{"A7,S1,沙发,1,2027-02-02,10,,,", "sold_at", "import.date_ahead"},
		{"A8,S1,沙发,1,2026-02-02,10,,12,", "phone", "phone.not_a_number"},
		{"A9,S1,沙发,1,2026-02-02,10,17850.0,,", "", ""},
		{"A9,S3,椅子,-1,2026-02-02,5,17851,,", "customer", "import.two_customers"},
		{"A10,S1,沙发,1,2026-02-02,99999999999999999999,,,", "unit_price", "money.too_large"},
		{"A11,S1,\"沙发", "", "sheet.row_open_quote"},
		{"A12,S4,灯,3,2026/2/3 8:05,12.5,散客,,", "", ""},
		{"A13,S5,=1+1,x,2026-02-02,5,,,", "quantity", "money.not_a_quantity"},
	}
	var want []line
	text := head
	for i, r := range rows {
		text += r.text + "\n"
		if r.reason != "" {
			want = append(want, line{i + 2, r.field, r.reason})
		}
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		f := file(t, "till.csv", text)
		dry, err := s.DryRun(ctxOf(t), org.System, f, shop, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, problemsOf(dry.Problems), cmp.AllowUnexported(line{})); diff != "" {
			t.Errorf("problems of the dry run (-want +got):\n%s", diff)
		}
		if dry.Run.Counts.ReceiptsNew != 3 || dry.Run.Counts.CustomersNew != 2 || dry.NewStore != "SH1" || len(dry.Preview) != 3 {
			t.Errorf("the dry run counts %+v, preview %v", dry.Run.Counts, dry.Preview)
		}
		if p := dry.Preview[0].Fields; p["phone"] == "13812345678" || p["product"] != "沙发" || p["sold_at"] != "2026-02-01 10:00:00" || p["amount"] != "3999.00" {
			t.Errorf("the preview shows %v", p)
		}
		if runs, err := s.Runs(ctxOf(t), org.System, Run{}, 10); err != nil || len(runs) > 0 {
			t.Errorf("a dry run left %v, %v", runs, err)
		}
		r := s.mustImport(t, f, shop)
		if diff := cmp.Diff(want, problemsOf(r.Problems), cmp.AllowUnexported(line{})); diff != "" {
			t.Errorf("problems (-want +got):\n%s", diff)
		}
		c, dc := r.Run.Counts, dry.Run.Counts
		if diff := cmp.Diff(dc, c); diff != "" {
			t.Errorf("the dry run and the import count differently:\n%s", diff)
		}
		if c.Rows != len(rows) || c.ProblemRows != len(want) || c.Lines != 3 {
			t.Errorf("counts %+v", c)
		}
		var out bytes.Buffer
		if err := s.WriteProblems(ctxOf(t), org.System, r.Run.ID, &out, "csv", func(p Problem) string { return p.Reason }); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.Contains(got, "\n3,money.not_an_amount,A1,S2,茶几,2,2026-02-01 10:00:00,abc,V001,13812345678,王小明\n") ||
			strings.Count(got, "\n") != len(want)+1 {
			t.Errorf("the file of problems:\n%s", got)
		}
		if !strings.Contains(out.String(), ",'=1+1,") {
			t.Errorf("a formula goes out as one:\n%s", out.String())
		}
		again := s.mustImport(t, f, shop)
		if again.Run.Counts.Changed() || again.Run.Counts.ReceiptsUnchanged != 3 || again.Run.Counts.ProblemRows != len(want) {
			t.Errorf("the second time counts %+v", again.Run.Counts)
		}
		// The file of problems, two of its rows mended, goes in as it is.
		mended := strings.NewReplacer(",abc,", ",500,", "2026-02-30", "2026-02-03").Replace(out.String())
		m := s.mustImport(t, file(t, "mended.csv", mended), shop)
		if c := m.Run.Counts; c.ReceiptsCompleted != 1 || c.ReceiptsNew != 1 || c.Lines != 2 {
			t.Errorf("the mended rows count %+v, problems %v", c, problemsOf(m.Problems))
		}
		m = s.mustImport(t, file(t, "mended.csv", mended), shop)
		if c := m.Run.Counts; c.Changed() || c.ReceiptsUnchanged != 2 {
			t.Errorf("the mended rows again count %+v, problems %v", c, problemsOf(m.Problems))
		}
	})
}

func TestFilesThatCannotBeReadEndBeforeAnythingIsWritten(t *testing.T) {
	d := dbtest.SQLite(t)
	s := setup(t, d)
	good := head + "A1,S1,沙发,1,2026-02-01,10,,,\n"
	for name, c := range map[string]struct {
		text string
		opts Options
		key  string
	}{
		"a column that is not there":  {good, Options{Store: "SH1", Map: map[string]string{"receipt": "Nope"}}, "import.column_missing"},
		"a required column not found": {strings.ReplaceAll(good, "小票号", "序"), shop, "import.field_unmapped"},
		"another delimiter":           {strings.ReplaceAll(good, ",", "^"), Options{Store: "SH1", Map: map[string]string{"receipt": "小票号"}}, "import.one_column"},
		"an unknown field":            {good, Options{Store: "SH1", Map: map[string]string{"receit": "小票号"}}, "import.no_such_field"},
		"no store":                    {good, Options{}, "import.store_needed"},
		"a store without a currency":  {good, Options{Store: "SH9"}, "error.check_fields"},
		"nothing":                     {"", shop, "sheet.empty"},
		"no table":                    {"%PDF-1.7", shop, "sheet.not_a_table"},
		"a delimiter nobody knows":    {good, Options{Store: "SH1", Delimiter: "x"}, "import.delimiter_wrong"},
	} {
		_, err := s.Import(ctxOf(t), org.System, file(t, "x.csv", c.text), c.opts, nil)
		var e *errs.Error
		if !errors.As(err, &e) || e.Kind != errs.Invalid || e.Key != c.key {
			t.Errorf("%s: error is %v, want %s", name, err, c.key)
		}
	}
	if _, err := s.Import(ctxOf(t), org.System, File{Kind: Receipts, Path: "nowhere.csv"}, shop, nil); !errs.Is(err, errs.Invalid) {
		t.Errorf("no file: %v", err)
	}
	if runs, err := s.Runs(ctxOf(t), org.System, Run{}, 10); err != nil || len(runs) > 0 {
		t.Errorf("runs were left: %v, %v", runs, err)
	}
}

// tillText makes the rows of a file: receipts of several lines, some customers,
// some walk-ins, some returns, some bad rows.
func tillText(seed uint64, receipts int) []string {
	rng := rand.New(rand.NewPCG(seed, 1))
	var rows []string
	for r := range receipts {
		card, phone := "", ""
		if rng.IntN(4) > 0 {
			card = fmt.Sprintf("V%03d", rng.IntN(40))
		}
		sign := ""
		if rng.IntN(10) == 0 {
			sign = "-"
		}
		for l := range 1 + rng.IntN(6) {
			price := fmt.Sprintf("%d.%02d", rng.IntN(500), rng.IntN(100))
			if rng.IntN(40) == 0 {
				price = "?"
			}
			rows = append(rows, fmt.Sprintf("R%05d,S%d,物品%d,%s%d,2025-%02d-%02d 1%d:00:00,%s,%s,%s,",
				r, rng.IntN(50), l, sign, 1+rng.IntN(3), 1+r*12/receipts, 1+rng.IntN(28), rng.IntN(10), price, card, phone))
		}
	}
	return rows
}

func TestUndoTakesEverythingBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		s.mustImport(t, file(t, "before.csv", head+strings.Join(tillText(1, 50), "\n")), shop)
		before := dump(t, s)
		other := strings.ReplaceAll(strings.Join(tillText(2, 300), "\n"), "R0", "Q0")
		r := s.mustImport(t, file(t, "after.csv", head+other), shop)
		var gone []Receipt
		s.OnUndone(func(_ context.Context, _ *db.Tx, list []Receipt) error { gone = append(gone, list...); return nil })
		run, err := s.Undo(ctxOf(t), org.System, r.Run.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		if run.State != Undone || run.Counts.Undone != r.Run.Counts.ReceiptsNew || len(gone) != run.Counts.Undone || run.Counts.CustomersGone != r.Run.Counts.CustomersNew {
			t.Errorf("undo counts %+v after %+v", run.Counts, r.Run.Counts)
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("undo left (-before +after):\n%s", diff)
		}
		if _, err := s.Undo(ctxOf(t), org.System, r.Run.ID, nil); !errs.Is(err, errs.Conflict) {
			t.Errorf("undoing twice: %v", err)
		}
	})
}

func TestUndoKeepsCustomersThatWereTouchedAndReceiptsOfOthers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		f := file(t, "a.csv", head+"A1,S1,沙发,1,2026-02-01,100,V1,,\nA2,S1,沙发,1,2026-02-01,100,V2,,\nA2,S2,灯,1,2026-02-01,x,V2,,\n")
		first := s.mustImport(t, f, shop)
		before := dump(t, s)
		second := s.mustImport(t, file(t, "b.csv", head+"A2,S2,灯,1,2026-02-01,30,V2,,\nA3,S1,沙发,1,2026-02-02,100,V1,,\n"), shop)
		if c := second.Run.Counts; c.ReceiptsCompleted != 1 || c.ReceiptsNew != 1 {
			t.Fatalf("the second file counts %+v", c)
		}
		if _, err := s.Undo(ctxOf(t), org.System, second.Run.ID, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, dump(t, s)); diff != "" {
			t.Errorf("undoing the second left (-before +after):\n%s", diff)
		}
		people, key := customer.NewMatcher(), customer.ImportKey{Card: "V1"}
		if err := people.Load(ctxOf(t), d, []customer.ImportKey{key}); err != nil {
			t.Fatal(err)
		}
		v1, _ := people.Holders(key)
		d.Clock = func() time.Time { return at.Add(time.Hour) }
		if err := s.Customers.AddNote(ctxOf(t), org.System, v1, "喜欢原木", ""); err != nil {
			t.Fatal(err)
		}
		run, err := s.Undo(ctxOf(t), org.System, first.Run.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		if run.Counts.CustomersGone != 1 || run.Counts.CustomersKept != 1 || run.Counts.Undone != 2 {
			t.Errorf("undo counts %+v", run.Counts)
		}
	})
}

func TestLinesOfAReceiptNeedNotStandTogether(t *testing.T) {
	rows := tillText(3, 400)
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		together := s.mustImport(t, file(t, "a.csv", head+strings.Join(rows, "\n")), shop)
		want, err := s.Purchases(ctxOf(t), org.System)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Undo(ctxOf(t), org.System, together.Run.ID, nil); err != nil {
			t.Fatal(err)
		}
		shuffled := append([]string(nil), rows...)
		rand.New(rand.NewPCG(7, 7)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		f := file(t, "b.csv", head+strings.Join(shuffled, "\n"))
		apart := s.mustImport(t, f, shop)
		got, err := s.Purchases(ctxOf(t), org.System)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("shuffled, the totals differ (-together +shuffled):\n%s", diff)
		}
		if diff := cmp.Diff(together.Run.Counts.ProblemRows, apart.Run.Counts.ProblemRows); diff != "" {
			t.Error(diff)
		}
		if again := s.mustImport(t, f, shop); again.Run.Counts.Changed() {
			t.Errorf("the second time counts %+v", again.Run.Counts)
		}
	})
}

func TestASecondUploadOfAFileThatIsBeingImportedIsAConflict(t *testing.T) {
	f := file(t, "a.csv", head+strings.Join(tillText(4, 300), "\n"))
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		var wg sync.WaitGroup
		results := make([]error, 6)
		for i := range results {
			wg.Go(func() { _, results[i] = s.Import(ctxOf(t), org.System, f, shop, nil) })
		}
		wg.Wait()
		done := 0
		for _, err := range results {
			var e *errs.Error
			switch {
			case err == nil:
				done++
			case !errors.As(err, &e) || e.Kind != errs.Conflict:
				t.Errorf("one of them ended with %v", err)
			}
		}
		if done == 0 {
			t.Error("none of them got through")
		}
		if err := s.statsAreRight(ctxOf(t)); err != nil {
			t.Error(err)
		}
		r, err := s.Purchases(ctxOf(t), org.System)
		if err != nil || r.Receipts != 300 {
			t.Errorf("%d receipts, %v", r.Receipts, err)
		}
	})
}
