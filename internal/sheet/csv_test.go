package sheet

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	xunicode "golang.org/x/text/encoding/unicode"

	"github.com/ricejar/ricejar/internal/errs"
)

// got is a row as the tests compare it.
type got struct {
	No    int
	Cells []string
	Fault string
}

func readAll(t *testing.T, data []byte, o Options) (header []string, rows []got, err error) {
	t.Helper()
	r, err := NewReader(iotest.OneByteReader(bytes.NewReader(data)), "test.csv", int64(len(data)), o)
	if err != nil {
		return nil, nil, err
	}
	for r.Next() {
		row := r.Row()
		rows = append(rows, got{row.No, row.Strings(), row.Fault})
	}
	return r.Header(), rows, r.Err()
}

func TestCSVRowsAreCutAndNumberedAsTheFileCounts(t *testing.T) {
	cases := map[string]struct {
		in     string
		header []string
		rows   []got
	}{
		"plain":                  {"a,b\n1,2\n3,4\n", []string{"a", "b"}, []got{{2, []string{"1", "2"}, ""}, {3, []string{"3", "4"}, ""}}},
		"no line end at the end": {"a,b\r\n1,2", []string{"a", "b"}, []got{{2, []string{"1", "2"}, ""}}},
		"lone carriage returns":  {"a,b\r1,2\r", []string{"a", "b"}, []got{{2, []string{"1", "2"}, ""}}},
		"quotes, quotes in quotes, delimiters in quotes": {
			"a,b\n\"x,\"\"y\"\"\",\"\"\n", []string{"a", "b"}, []got{{2, []string{`x,"y"`, ""}, ""}},
		},
		"a cell of several lines is one row": {
			"a,b\n\"1\n2\r\n3\",x\n4,5\n", []string{"a", "b"}, []got{{2, []string{"1\n2\r\n3", "x"}, ""}, {3, []string{"4", "5"}, ""}},
		},
		"blank rows count and are left out": {
			"a,b\n\n , \n1,2\n", []string{"a", "b"}, []got{{4, []string{"1", "2"}, ""}},
		},
		"a title above the header": {
			"销售明细\n\n单号,金额\n1,2\n", []string{"单号", "金额"}, []got{{4, []string{"1", "2"}, ""}},
		},
		"one column": {"a\n1\n", []string{"a"}, []got{{2, []string{"1"}, ""}}},
		"ragged rows come as they are": {
			"a,b\n1\n1,2,3\n", []string{"a", "b"}, []got{{2, []string{"1"}, ""}, {3, []string{"1", "2", "3"}, ""}},
		},
		"inches in an open cell":     {"a,b\n6\" RULER,2\n", []string{"a", "b"}, []got{{2, []string{`6" RULER`, "2"}, ""}}},
		"inches after a quoted word": {"a,b\n\"x\" y,2\n", []string{"a", "b"}, []got{{2, []string{`x y`, "2"}, ""}}},
		"a quote never closed costs its own row alone": {
			"a,b\n\"1,2\n3,4\n", []string{"a", "b"}, []got{{2, []string{`"1`, "2"}, "sheet.row_open_quote"}, {3, []string{"3", "4"}, ""}},
		},
		"a quote closed in the middle of another row costs its own row alone": {
			"a,b\n1,\"2\n3,4\n5,\"6\"\n",
			[]string{"a", "b"},
			[]got{{2, []string{"1", `"2`}, "sheet.row_open_quote"}, {3, []string{"3", "4"}, ""}, {4, []string{"5", "6"}, ""}},
		},
		"semicolons":         {"a;b\n1,5;2\n", []string{"a", "b"}, []got{{2, []string{"1,5", "2"}, ""}}},
		"tabs":               {"a\tb\n1\t2\n", []string{"a", "b"}, []got{{2, []string{"1", "2"}, ""}}},
		"bars":               {"a|b\n1|2\n", []string{"a", "b"}, []got{{2, []string{"1", "2"}, ""}}},
		"text kept as text":  {"a,b\n'=1+1,'0012\n", []string{"a", "b"}, []got{{2, []string{"=1+1", "'0012"}, ""}}},
		"a broken character": {"a,b\n好好好好好好好好好好好好好好好好好好好好,2\n\xff,2\n", []string{"a", "b"}, []got{{2, []string{"好好好好好好好好好好好好好好好好好好好好", "2"}, ""}, {3, []string{"\xff", "2"}, "sheet.row_bad_text"}}},
		"a NUL":              {"a,b\n" + strings.Repeat("1,2\n", 20000) + "\x00,2\n", []string{"a", "b"}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			header, rows, err := readAll(t, []byte(c.in), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if c.rows == nil {
				if last := rows[len(rows)-1]; last.Fault != "sheet.row_bad_text" || last.No != 20002 {
					t.Fatalf("last row is %+v", last)
				}
				return
			}
			if diff := cmp.Diff(c.header, header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.rows, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEncodingsAreFoundOut(t *testing.T) {
	text := "单号,品名,数量\nA1,实木沙发（三人位）,2\nA2,“北欧”茶几,1\n"
	want := []got{{2, []string{"A1", "实木沙发（三人位）", "2"}, ""}, {3, []string{"A2", "“北欧”茶几", "1"}, ""}}
	late := strings.Repeat("x1,chair,5\n", 20000)
	encode := func(s string, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return []byte(s)
	}
	gbk, be := simplifiedchinese.GBK.NewEncoder(), xunicode.UTF16(xunicode.BigEndian, xunicode.UseBOM).NewEncoder()
	le := xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM).NewEncoder()
	trad := "單號,品名,數量\nA1,實木沙發（三人座）,2\n"
	files := map[string]struct {
		data []byte
		opts Options
		want []got
	}{
		"UTF-8":                      {[]byte(text), Options{}, want},
		"UTF-8 with BOM":             {[]byte("\xEF\xBB\xBF" + text), Options{}, want},
		"GBK":                        {encode(gbk.String(text)), Options{}, want},
		"UTF-16 LE":                  {encode(le.String(text)), Options{}, want},
		"UTF-16 BE":                  {encode(be.String(text)), Options{}, want},
		"GBK told":                   {encode(gbk.String(text)), Options{Encoding: "gb18030"}, want},
		"Big5 told":                  {encode(traditionalchinese.Big5.NewEncoder().String(trad)), Options{Encoding: "big5"}, []got{{2, []string{"A1", "實木沙發（三人座）", "2"}, ""}}},
		"GBK after a lot of ASCII":   {encode(gbk.String("no,name,n\n" + late + "A1,沙发,2\n")), Options{}, []got{{20002, []string{"A1", "沙发", "2"}, ""}}},
		"UTF-8 after a lot of ASCII": {[]byte("no,name,n\n" + late + "A1,沙发,2\n"), Options{}, []got{{20002, []string{"A1", "沙发", "2"}, ""}}},
	}
	for name, f := range files {
		t.Run(name, func(t *testing.T) {
			_, rows, err := readAll(t, f.data, f.opts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(f.want, rows[len(rows)-len(f.want):]); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func zipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// endless yields the same line over and over.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.n <= 0 {
		return 0, io.EOF
	}
	n := int64(len(p))
	for i := range p {
		p[i] = "12345678,abcdef\n"[i%16]
	}
	e.n -= n
	return int(n - n%16), nil
}

func TestFilesThatCannotBeReadEndInAKey(t *testing.T) {
	gz := zipped(t, []byte("a,b\n"+strings.Repeat("1,2\n", 100000)))
	cases := map[string]struct {
		data []byte
		opts Options
		key  string
	}{
		"empty":                      {nil, Options{}, "sheet.empty"},
		"blank":                      {[]byte("\n\n \n"), Options{}, "sheet.empty"},
		"old Excel":                  {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest"), Options{}, "sheet.old_excel"},
		"PDF":                        {[]byte("%PDF-1.4 ……"), Options{}, "sheet.not_a_table"},
		"binary":                     {bytes.Repeat([]byte{1, 0, 2, 3}, 1000), Options{}, "sheet.not_a_table"},
		"an archive cut short":       {gz[:len(gz)/2], Options{}, "sheet.broken"},
		"not really an archive":      {[]byte("\x1F\x8Bxxxxxxxxxxxxxxxx"), Options{}, "sheet.broken"},
		"a workbook cut short":       {[]byte("PK\x03\x04 and so on"), Options{}, "sheet.broken_workbook"},
		"Latin-1":                    {[]byte("Name,Stra\xDFe\nM\xFCller,G\xF6thestr\n"), Options{}, "sheet.encoding"},
		"an encoding nobody knows":   {[]byte("a,b\n"), Options{Encoding: "ebcdic"}, "sheet.unknown_encoding"},
		"no line ends":               {bytes.Repeat([]byte("x"), 3<<20), Options{}, "sheet.no_rows"},
		"more than it may unpack to": {[]byte("a,b\n" + strings.Repeat("1,2\n", 100000)), Options{MaxBytes: 100000}, "sheet.too_big"},
		"too many columns":           {[]byte(strings.Repeat("a,", 600) + "b\n"), Options{}, "sheet.too_many_columns"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, _, err := readAll(t, c.data, c.opts)
			var e *errs.Error
			if !errors.As(err, &e) || e.Kind != errs.Invalid || e.Key != c.key {
				t.Fatalf("error is %v, want %s", err, c.key)
			}
		})
	}
}

func TestACompressedBombIsRefused(t *testing.T) {
	pr, pw := io.Pipe()
	go func() {
		w := gzip.NewWriter(pw)
		io.Copy(w, &endless{n: 80 << 20})
		w.Close()
		pw.Close()
	}()
	defer pr.Close()
	r, err := NewReader(pr, "bomb.csv.gz", 0, Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for r.Next() {
		rows++
	}
	var e *errs.Error
	if !errors.As(r.Err(), &e) || e.Key != "sheet.bomb" {
		t.Fatalf("after %d rows the error is %v, want sheet.bomb", rows, r.Err())
	}
}

func TestReadingDoesNotAllocatePerRow(t *testing.T) {
	r, err := NewReader(&endless{n: 1 << 26}, "x.csv", 0, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		r.Next()
	}
	if n := testing.AllocsPerRun(1000, func() { r.Next() }); n > 0 {
		t.Errorf("a row costs %v allocations, want none", n)
	}
}

func TestProgressEndsAtTheSizeOfTheFile(t *testing.T) {
	gz := zipped(t, []byte("a,b\n"+strings.Repeat("1,2\n", 100000)))
	r, err := NewReader(bytes.NewReader(gz), "x.csv.gz", int64(len(gz)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
	}
	if done, all := r.Progress(); done != all || all != int64(len(gz)) {
		t.Errorf("progress is %d of %d, want %d", done, all, len(gz))
	}
}
