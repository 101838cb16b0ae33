package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ricejar/ricejar/btyd"
	"github.com/ricejar/ricejar/internal/i18n"
)

// runBtyd runs the command with English messages.
func runBtyd(t *testing.T, want int, args ...string) (out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	if got := run(append([]string{"--lang", "en", "btyd"}, args...), &o, &e); got != want {
		t.Fatalf("btyd %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, want, o.String(), e.String())
	}
	return o.String(), e.String()
}

// UnmarshalJSON reads null as NaN.
func (f *figure) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*f = figure(math.NaN())
		return nil
	}
	return json.Unmarshal(b, (*float64)(f))
}

func fitOf(t *testing.T, args ...string) (f fitJSON) {
	t.Helper()
	out, _ := runBtyd(t, 0, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &f); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return f
}

// shopFile is a made-up shop of so many customers over two years, line by line in random order, with rows that
// no model can use. It returns the path and the numbers of the bad rows.
func shopFile(t *testing.T, customers int) (path string, bad []int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 7))
	first := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	var rows []string
	for c := range customers {
		rate, leaves := rng.ExpFloat64()/40, 0.15+0.3*rng.Float64()
		for d := rng.Float64() * 200; d < 730; d += rng.ExpFloat64() / rate {
			rows = append(rows, fmt.Sprintf("C%d,%s,%.2f", c, first.AddDate(0, 0, int(d)).Format("2006/1/2 15:04"), 20+30*rng.ExpFloat64()))
			if rng.Float64() < leaves {
				break
			}
		}
	}
	rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	rows = append(rows[:3:3], append([]string{"C1,yesterday,5", ",2024-05-05,5", "C2,2024-05-05,dear", "C3,2024-05-05,-5", "C4,2024-05-05,NaN"}, rows[3:]...)...)
	path = filepath.Join(t.TempDir(), "shop.csv")
	if err := os.WriteFile(path, []byte("who,when,paid\n"+strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, []int{5, 7, 9}
}

func TestBtyd_fits_scores_and_evaluates_any_file_without_a_database(t *testing.T) {
	path, bad := shopFile(t, 1500)
	file := []string{path, "--customer", "who", "--date", "when", "--spend", "paid", "--calibration-end", "2025-06-30", "--unit", "day"}
	names := map[string]string{
		"bgnbd": "r alpha a b", "mbgnbd": "r alpha a b", "paretonbd": "r alpha s beta", "bgcnbdk": "k r alpha a b",
		"mbgcnbdk": "k r alpha a b", "gammagamma": "p q gamma", "return": "",
	}
	for model, params := range names {
		f := fitOf(t, append([]string{"fit", "--model", model}, file...)...)
		if f.Model != model || f.Customers < 500 || f.CalibrationEnd.String() != "2025-06-30" {
			t.Errorf("%s: %+v", model, f)
		}
		for _, name := range strings.Fields(params) {
			if v := float64(f.Params[name]); !(v > 0) {
				t.Errorf("%s: %s is %v", model, name, v)
			}
			if se := float64(f.SE[name]); (name == "k") != math.IsNaN(se) && len(f.Warnings) == 0 {
				t.Errorf("%s: the standard error of %s is %v", model, name, se)
			}
		}
		if r := f.Rows; r.Anonymous != 1 || r.Returns != 1 || r.Bad != len(bad) || len(r.Problems) != len(bad) {
			t.Fatalf("%s: rows %+v", model, r)
		}
		for i, p := range f.Rows.Problems {
			if p.Row != bad[i] || p.Message == "" {
				t.Errorf("%s: problem %+v, want row %d", model, p, bad[i])
			}
		}
	}

	check := fitOf(t, append([]string{"evaluate", "--model", "return", "--holdout-end", "2025-12-30"}, file...)...)
	if h := check.Holdout; h == nil || !(h.AUC > 0.6 && h.LogLoss < 0.6) || len(check.Baselines) != 3 || check.Baselines[1].Model != "hiatus" {
		t.Errorf("evaluation: %+v", check)
	}
	text, _ := runBtyd(t, 0, append([]string{"evaluate"}, file...)...) // to the end of the file
	for _, want := range []string{"mbgnbd: ", "alpha", "Log-likelihood", "last_window", "log_loss", "Row 5: “yesterday”"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}

	out, errOut := runBtyd(t, 0, append([]string{"score", "--horizon", "60"}, file...)...)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) != check.Customers+1 {
		t.Fatalf("%d rows of scores for %d customers, %v", len(rows), check.Customers, err)
	}
	if got, want := strings.Join(rows[0], ","), "customer,x,t_x,T,p_alive,p_active,expected,spend,clv"; got != want {
		t.Errorf("header: got %s, want %s", got, want)
	}
	for _, row := range rows[1:] {
		if len(row) != 9 || strings.Contains(strings.Join(row, ","), ",,") || strings.Contains(out, "NaN") {
			t.Fatalf("row %v", row)
		}
	}
	if !strings.Contains(errOut, "1 return,") {
		t.Errorf("beside the scores: %q", errOut)
	}
	to := filepath.Join(t.TempDir(), "scores.csv")
	said, _ := runBtyd(t, 0, append([]string{"score", "--model", "return", "-o", to}, file...)...)
	written, err := os.ReadFile(to)
	if err != nil || !strings.HasPrefix(string(written), "customer,") || !strings.Contains(said, "A correction of") {
		t.Errorf("%v\n%s\n%.200s", err, said, written)
	}
}

func TestBtyd_says_what_is_wrong(t *testing.T) {
	path, _ := shopFile(t, 300)
	few := filepath.Join(t.TempDir(), "few.csv")
	if err := os.WriteFile(few, []byte("who;when\na;2024-01-01\nb;2024-01-02\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	twice := file("twice.csv", "who,when,who\na,2024-01-01,b\n")
	slashes := file("slashes.csv", "who,when\na,13/4/2024\nb,3/4/2024\n")
	empty := file("empty.csv", "")
	headless := file("headless.txt", " 00004 2 19970101  2  29.33\n 00004 2 19970118  2  29.73\n 00021 3 19970101  3  63.34\n")
	american := file("american.csv", "a,12/25/2024,5\nb,12/26/2024,5\n")
	who := func(args ...string) []string { return append(args, "--customer", "who", "--date", "when") }
	for want, args := range map[string][]string{
		"nowhere.csv":                 who("fit", "nowhere.csv"),
		"no column “whom”":            {"fit", path, "--customer", "whom", "--date", "when"},
		"no purchase that can be use": {"fit", path, "--customer", "who", "--date", "who"},
		"“soon” is not a date":        who("fit", path, "--calibration-end", "soon"),
		"Too little is known":         who("fit", few),
		"--customer":                  {"fit", path},
		"fortnight":                   who("fit", path, "--unit", "fortnight"),
		"must end after":              who("evaluate", path, "--calibration-end", "2025-06-30", "--holdout-end", "2025-06-01"),
		"--calibration-end D":         who("evaluate", path),
		"The file ends on":            who("evaluate", path, "--calibration-end", "2025-06-30", "--holdout-end", "2027-06-30"),
		"what a purchase is worth":    who("evaluate", path, "--model", "gammagamma"),
		"with --spend":                who("score", path, "--model", "gammagamma"),
		"--discount":                  who("score", path, "--discount", "-2"),
		"1 to 1200":                   who("score", path, "--months", "100000000"),
		"--horizon must":              who("fit", path, "--horizon=-1"),
		"30 Jun 2025 is not after":    who("score", path, "--holdout-end", "2025-06-30"), // nor is it after the file's last day
		"only for bgcnbdk":            who("fit", path, "--k", "3"),
		"--k is 1 to 50":              who("fit", path, "--model", "bgcnbdk", "--k", "51"),
		"named “who”":                 who("fit", twice),
		"1, 3":                        who("fit", twice),
		"may be 3 Apr 2024 or 4 Mar":  who("fit", slashes),
		"-o names the file":           who("score", path, "-o", path),
		"gammagamma needs to know":    who("fit", path, "--model", "gammagamma"),
		"holds nothing":               who("fit", empty),
		"(“19970101”), not like":      {"fit", headless, "--customer", "2", "--date", "3"}, // 2 is the name of two columns, by chance
		"(“12/25/2024”), not like":    {"fit", american, "--customer", "1", "--date", "2"},
		"(“29.33”), not like":         {"fit", headless, "--customer", "1", "--date", "2", "--spend", "5"},
		"--paid-only needs to know":   who("fit", path, "--paid-only"),
		"--model must be one of":      who("fit", path, "--model", "nbd"),
	} {
		if _, errOut := runBtyd(t, 2, args...); !strings.Contains(errOut, want) {
			t.Errorf("%v: got %q, want %q", args, errOut, want)
		}
	}
}

// shopOf rewrites a file made by shopFile, by the cells of each row.
func shopOf(t *testing.T, header, path string, row func(who, day, paid string) string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{header}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		cells := strings.Split(line, ",")
		on, err := time.Parse("2006/1/2 15:04", cells[1])
		if err != nil { // one of the bad rows
			continue
		}
		out = append(out, row(cells[0], on.Format(time.DateOnly), cells[2]))
	}
	to := filepath.Join(t.TempDir(), "again.csv")
	if err := os.WriteFile(to, []byte(strings.Join(out, "\r\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// One shop, however its file is written, is one shop.
func TestBtyd_reads_files_as_others_write_them(t *testing.T) {
	path, _ := shopFile(t, 400)
	args := func(path, customer, date, spend string) []string {
		return []string{"fit", path, "--customer", customer, "--date", date, "--spend", spend, "--model", "mbgnbd"}
	}
	want := fitOf(t, args(path, "who", "when", "paid")...)
	american := func(iso string) string { return iso[5:7] + "/" + iso[8:] + "/" + iso[:4] }
	for name, again := range map[string][]string{
		"BOM, CRLF, quotes": args(shopOf(t, "\ufeff\"Who\",when,\"paid, in all\"", path, func(who, on, paid string) string {
			return "\"" + who + "\",\"" + on + "\"," + paid
		}), "who", "when", "paid, in all"),
		"GBK": args(shopOf(t, "\xb9\xcb\xbf\xcd;\xc8\xd5\xc6\xda;\xbd\xf0\xb6\xee", path, func(who, on, paid string) string {
			return who + ";" + on[:4] + "\xc4\xea" + on[5:7] + "\xd4\xc2" + on[8:] + "\xc8\xd5;" + paid
		}), "顾客", "日期", "金额"),
		"American dates": append(args(shopOf(t, "who\twhen\tpaid", path, func(who, on, paid string) string {
			return who + "\t" + american(on) + "\t" + paid
		}), "who", "when", "paid"), "--date-order", "mdy"),
		"a column twice, by number": args(shopOf(t, "who,when,paid,who", path, func(who, on, paid string) string {
			return who + "," + on + "," + paid + ",somebody"
		}), "1", "when", "paid"),
		"a product": args(shopOf(t, "who,when,n,paid", path, func(who, on, paid string) string {
			return who + "," + on + ",2," + paid
		}), "who", "when", "n*paid"),
		"numbers for names": args(shopOf(t, "0,1,2", path, func(who, on, paid string) string {
			return who + "," + on + "," + paid
		}), "0", "1", "2"),
		"without a header": append(args(shopOf(t, "", path, func(who, on, paid string) string {
			return who + "," + on + "," + paid
		}), "1", "2", "3"), "--no-header"),
	} {
		got := fitOf(t, again...)
		for _, param := range []string{"r", "alpha", "a", "b"} {
			if d := math.Abs(float64(got.Params[param]/want.Params[param]) - 1); d > 0.02 { // less the rows that are refused
				t.Errorf("%s: %s is %v, want %v", name, param, got.Params[param], want.Params[param])
			}
		}
		if got.Rows.Bad != 0 || got.Customers < want.Customers-1 || got.Customers > want.Customers {
			t.Errorf("%s: %d customers, want %d; rows %+v", name, got.Customers, want.Customers, got.Rows)
		}
	}
}

func TestBtyd_says_that_days_after_the_file_count_as_silent(t *testing.T) {
	path, _ := shopFile(t, 300)
	for end, want := range map[string]bool{"2026-01-05": false, "2026-06-30": true} {
		f := fitOf(t, "fit", path, "--customer", "who", "--date", "when", "--calibration-end", end)
		said := false
		for _, w := range f.Warnings {
			said = said || w.Code == afterData
		}
		if said != want {
			t.Errorf("calibrated to %s: %+v", end, f.Warnings)
		}
	}
}

// A date as the command does not know it, all down the file, leaves little: the rows say so, the sum of what is left does not.
func TestBtyd_tells_the_rows_it_cannot_read_before_it_gives_up(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.csv")
	if err := os.WriteFile(path, []byte("who,when\na,2024-01-01\nb,13-Feb-24\nb,14-Feb-24\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, args := range map[string][]string{
		"the file has 1 customer and 1 purchase in all": {"fit", path},
		"too early to check":                            {"evaluate", path, "--calibration-end", "2024-01-01"},
		"must end after":                                {"score", path, "--holdout-end", "2023-12-31"},
	} {
		_, errOut := runBtyd(t, 2, append(args, "--customer", "who", "--date", "when")...)
		row, end := strings.Index(errOut, "Row 3: “13-Feb-24” is not a date"), strings.Index(errOut, what)
		if row < 0 || end < row {
			t.Errorf("%s: got %q", args[0], errOut)
		}
	}
}

func TestBtyd_counts_a_row_of_nothing_as_a_purchase_unless_told_not_to(t *testing.T) {
	path, _ := shopFile(t, 400)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, "C1,2025-12-30,0\nnobody else,2025-12-30,0.00\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"fit", path, "--customer", "who", "--date", "when", "--spend", "paid"}
	all, paid := fitOf(t, args...), fitOf(t, append(args, "--paid-only")...)
	if all.Customers != paid.Customers+1 || all.Rows.Free != 2 || paid.Rows.Free != 2 {
		t.Errorf("%d customers with and %d without; rows %+v", all.Customers, paid.Customers, all.Rows)
	}
	for want, args := range map[string][]string{
		"2 rows of 0 count as purchases": args, "2 rows of 0 were left out": append(args, "--paid-only"),
	} {
		if out, _ := runBtyd(t, 0, args...); !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestBtyd_knows_a_model_however_its_name_is_written(t *testing.T) {
	path, _ := shopFile(t, 400)
	for name, want := range map[string]string{"MBGNBD": "mbgnbd", "BG/NBD": "bgnbd", "Pareto-NBD": "paretonbd", "Return": "return"} {
		f := fitOf(t, "fit", path, "--customer", "who", "--date", "when", "--model", name, "--unit", "Day", "--date-order", "DMY")
		if f.Model != want || f.Unit != "day" {
			t.Errorf("%s: got %s by the %s", name, f.Model, f.Unit)
		}
	}
}

func TestAmount_reads_what_has_one_meaning(t *testing.T) {
	for cell, want := range map[string]float64{
		"12.5": 12.5, "1,234.50": 1234.5, "$1,234.50": 1234.5, "12.50 €": 12.5, "￥88": 88, "1e3": 1000, "-5": -5, "(5.00)": -5, "0": 0,
		"": math.NaN(), "12,50": math.NaN(), "1.234,56": math.NaN(), "dear": math.NaN(), "NaN": math.NaN(), "Inf": math.NaN(), "1e999": math.NaN(),
	} {
		got, ok := amount([]byte(cell))
		if ok == math.IsNaN(want) || ok && got != want {
			t.Errorf("%q: got %v, %v, want %v", cell, got, ok, want)
		}
	}
}

func TestBtyd_says_once_what_concerns_several_parameters(t *testing.T) {
	warnings := []btyd.Warning{
		{Code: btyd.Boundary, Param: "s", Text: "one way"}, {Code: btyd.Boundary, Param: "beta", Text: "one way"},
		{Code: btyd.Boundary, Param: "r", Text: "another"}, {Code: btyd.Dropped, Text: "some"},
	}
	for locale, want := range map[i18n.Locale]string{
		i18n.English: "! s, beta: one way\n! r: another\n! some\n",
		i18n.Hans:    "! s, beta, r: 这个参数",
	} {
		var out strings.Builder
		printWarnings(&out, i18n.Printer{Locale: locale}, warnings)
		if !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s: got %q, want %q", locale, out.String(), want)
		}
	}
}

func TestBtyd_names_the_model_underneath_that_a_warning_is_about(t *testing.T) {
	for want, one := range map[string]btyd.Warning{
		"! alpha: 这两个参数": {Code: btyd.Boundary, Param: "alpha"},
		"! paretonbd.s: return 依据两个模型，这是其中 paretonbd 的参数":   {Code: btyd.Boundary, Param: "paretonbd.s"},
		"! mbgcnbdk: return 依据两个模型，其中 mbgcnbdk 没有收敛":        {Code: btyd.NotConverged, Param: "mbgcnbdk"},
		"! gamma: 这个参数跑到了边界：数据里看不出它描述的消费额差异（顾客之间，或每次之间）。不要": {Code: btyd.Boundary, Param: "gamma"},
		"! 搜索没有到达最优点": {Code: btyd.NotConverged},
	} {
		var out strings.Builder
		printWarnings(&out, i18n.Printer{Locale: i18n.Hans}, []btyd.Warning{one})
		if !strings.HasPrefix(out.String(), want) {
			t.Errorf("got %q, want %q", out.String(), want)
		}
	}
}

// TestBtyd_gives_the_published_numbers reads the files of CDNOW as they are: columns parted by blanks, one
// with a header and one without.
func TestBtyd_gives_the_published_numbers(t *testing.T) {
	file := filepath.Join("..", "..", "..", "shared", "data", "cdnow", "CDNOW_sample.txt")
	if _, err := os.Stat(file); err != nil {
		t.Skipf("the real data are absent: %v", err)
	}
	sample := []string{file, "--no-header", "--customer", "2", "--date", "3", "--spend", "5", "--calibration-end", "1997-09-30",
		"--holdout-end", "1998-06-30", "--unit", "week"}
	for model, want := range map[string]string{ // as printed by Fader, Hardie & Lee 2005 and in Hardie's note 025
		"bgnbd":      "r 0.243 alpha 4.414 a 0.793 b 2.426 ll -9582.4",
		"mbgnbd":     "r 0.525 alpha 6.183 a 0.891 b 1.614",
		"paretonbd":  "r 0.553 alpha 10.578 s 0.606 beta 11.669 ll -9595.0",
		"gammagamma": "p 6.25 q 3.74 gamma 15.44",
		"mbgcnbdk":   "k 1 r 0.525",
	} {
		f := fitOf(t, append([]string{"fit", "--model", model}, sample...)...)
		f.Params["ll"] = f.LL
		words := strings.Fields(want)
		for i := 0; i < len(words); i += 2 {
			_, decimals, _ := strings.Cut(words[i+1], ".")
			if got := fmt.Sprintf("%.*f", len(decimals), float64(f.Params[words[i]])); got != words[i+1] {
				t.Errorf("%s: %s is %s, want %s", model, words[i], got, words[i+1])
			}
		}
	}
	retail := filepath.Join(filepath.Dir(file), "..", "online-retail", "online-retail.csv.gz")
	if f := fitOf(t, "fit", retail, "--customer", "CustomerID", "--date", "InvoiceDate", "--spend", "Quantity*UnitPrice", "--paid-only",
		"--unit", "day", "--model", "bgnbd"); f.Customers != 4338 || fmt.Sprintf("%.6f %.4f", f.Params["r"], f.Params["alpha"]) != "0.826542 68.9051" {
		t.Errorf("Online Retail: %+v", f)
	}
	master := filepath.Join(filepath.Dir(file), "CDNOW_master.txt")
	f := fitOf(t, "evaluate", master, "--customer", "customer_id", "--date", "date", "--calibration-end", "1997-12-31",
		"--holdout-end", "1998-06-30", "--model", "paretonbd")
	if got := fmt.Sprintf("%d %.4f %.4f %.4f %.3f %.3f", f.Customers, f.Holdout.AUC, f.Holdout.LogLoss, f.Holdout.Brier, f.Holdout.Gini, f.Holdout.ECE); got != "23570 0.7998 0.4208 0.1305 0.714 0.035" {
		t.Errorf("holdout of the master file: %s", got)
	}
}
