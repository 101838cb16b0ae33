package sheet

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestFormulasAreNeutralisedAndNumbersAreNot(t *testing.T) {
	for in, want := range map[string]string{
		`=HYPERLINK("http://x","y")`: `'=HYPERLINK("http://x","y")`,
		"+1+2":                       "'+1+2",
		"-2+3":                       "'-2+3",
		"@SUM(A1)":                   "'@SUM(A1)",
		"\t=1":                       "'\t=1",
		"\r=1":                       "'\r=1",
		"＝1+1":                       "'＝1+1",
		"-12.50":                     "-12.50",
		"+8613812345678":             "+8613812345678",
		"-1,234.5":                   "-1,234.5",
		"-15%":                       "-15%",
		"-":                          "'-",
		"'=1":                        "''=1",
		"'quoted'":                   "'quoted'",
		"王小明":                        "王小明",
		"":                           "",
	} {
		if got := neutral(in); got != want {
			t.Errorf("neutral(%q) = %q, want %q", in, got, want)
		}
		if got := string(plain([]byte(neutral(in)))); got != in {
			t.Errorf("%q comes back as %q", in, got)
		}
	}
}

func TestCSVBeginsWithABOMAndXLSXHoldsNumbers(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, "csv")
	if err != nil {
		t.Fatal(err)
	}
	w.Write("姓名", "金额")
	w.Write("=cmd|x", Number("-1.50"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "\uFEFF姓名,金额\n'=cmd|x,-1.50\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	b.Reset()
	if w, err = NewWriter(&b, "xlsx"); err != nil {
		t.Fatal(err)
	}
	w.Write("姓名", "金额", "卡号")
	w.Write("=cmd|x", Number("-1.50"), "0012")
	w.Write("x\x01y", int64(12), Number("=1+1"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, rows, err := readXLSX(b.Bytes(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []got{{2, []string{"=cmd|x", "-1.5", "0012"}, ""}, {3, []string{"xy", "12", "=1+1"}, ""}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

// FuzzRoundTrip writes two rows and reads them back, as CSV and as XLSX.
func FuzzRoundTrip(f *testing.F) {
	f.Add("a", "b", "1", "2")
	f.Add("单号", "品名", "=1+1", "\"x\",\r\n'y")
	f.Add("h\rh", "x", "", "''-5")
	f.Add(" a", "b ", "_x0041_", "a_xZZZZ_\n")
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		for _, s := range []string{a, b, c, d} {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\uFFFD") || len(s) > 1000 {
				return
			}
		}
		if strings.TrimSpace(a) == "" || strings.TrimSpace(b) == "" || strings.TrimSpace(c+d) == "" {
			return
		}
		for _, format := range Formats {
			if format == "xlsx" && printable(a+b+c+d) != a+b+c+d {
				continue
			}
			var buf bytes.Buffer
			w, err := NewWriter(&buf, format)
			if err != nil {
				t.Fatal(err)
			}
			w.Write(a, b)
			w.Write(c, d)
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			r, err := NewReader(bytes.NewReader(buf.Bytes()), "x."+format, int64(buf.Len()), Options{Delimiter: ','})
			if err != nil {
				t.Fatal(err)
			}
			if !r.Next() {
				t.Fatalf("%s: no row: %v", format, r.Err())
			}
			if diff := cmp.Diff([]string{c, d}, r.Row().Strings()); diff != "" {
				t.Fatalf("%s (-written +read):\n%s", format, diff)
			}
			if r.Row().Fault != "" || r.Row().No != 2 {
				t.Fatalf("%s: row %d has the fault %q", format, r.Row().No, r.Row().Fault)
			}
			if r.Next() || r.Err() != nil {
				t.Fatalf("%s: a third row, or %v", format, r.Err())
			}
		}
	})
}
