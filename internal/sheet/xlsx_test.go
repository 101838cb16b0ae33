package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/ricejar/ricejar/internal/errs"
)

func readXLSX(data []byte, o Options) (header []string, rows []got, err error) {
	r, err := NewReader(bytes.NewReader(data), "test.xlsx", int64(len(data)), o)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	for r.Next() {
		row := r.Row()
		rows = append(rows, got{row.No, row.Strings(), row.Fault})
	}
	return r.Header(), rows, r.Err()
}

// book makes a workbook with the library people use.
func book(t *testing.T, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestXLSXCellsReadAsAPersonSeesThem(t *testing.T) {
	at := time.Date(2010, 12, 1, 8, 26, 0, 0, time.UTC)
	cases := []struct {
		name   string
		value  any
		format string // number format
		want   string
	}{
		{"whole number", 17850, "", "17850"},
		{"number as till text", "17850.0", "", "17850.0"},
		{"fraction", 2.55, "", "2.55"},
		{"binary noise", 0.1 + 0.2, "", "0.3"},
		{"money format keeps the number", 1234.5, "#,##0.00", "1234.5"},
		{"percent keeps the number", 0.15, "0%", "0.15"},
		{"long number without an exponent", 1.5e15, "", "1500000000000000"},
		{"date and time", at, "yyyy-mm-dd hh:mm:ss", "2010-12-01 08:26:00"},
		{"Chinese date", at.Truncate(24 * time.Hour), `yyyy"年"m"月"d"日";@`, "2010-12-01"},
		{"American date", at, "m/d/yy h:mm", "2010-12-01 08:26:00"},
		{"day and month only", at.Truncate(24 * time.Hour), "d-mmm", "2010-12-01"},
		{"time of day", 0.5, "hh:mm", "12:00:00"},
		{"red negatives are no date", -5.5, `#,##0.00;[Red]-#,##0.00`, "-5.5"},
		{"text", "实木 & <沙发>", "", "实木 & <沙发>"},
		{"yes", true, "", "TRUE"},
		{"leading zeros", "00123", "", "00123"},
		{"line break", "a\nb", "", "a\nb"},
		{"formula lookalike as text", "=1+1", "", "=1+1"},
	}
	data := book(t, func(f *excelize.File) {
		f.SetSheetRow("Sheet1", "A1", &[]any{"what", "value"})
		for i, c := range cases {
			f.SetCellValue("Sheet1", fmt.Sprintf("A%d", i+2), c.name)
			cell := fmt.Sprintf("B%d", i+2)
			f.SetCellValue("Sheet1", cell, c.value)
			if c.format != "" {
				style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &c.format})
				if err != nil {
					t.Fatal(err)
				}
				f.SetCellStyle("Sheet1", cell, cell, style)
			}
		}
	})
	_, rows, err := readXLSX(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		if rows[i].No != i+2 || rows[i].Cells[1] != c.want {
			t.Errorf("%s: row %d reads %q, want %q", c.name, rows[i].No, rows[i].Cells[1], c.want)
		}
	}
}

func TestXLSXSheetsGapsAndMissingCells(t *testing.T) {
	data := book(t, func(f *excelize.File) {
		f.SetSheetVisible("Sheet1", true)
		f.NewSheet("明细")
		f.SetSheetRow("Sheet1", "A1", &[]any{"x", "y"})
		f.SetSheetRow("明细", "A1", &[]any{"日报"})
		f.SetSheetRow("明细", "A3", &[]any{"单号", "品名", "金额"})
		f.SetSheetRow("明细", "A4", &[]any{"1", nil, 5})
		f.SetSheetRow("明细", "C9", &[]any{7})
	})
	header, rows, err := readXLSX(data, Options{Sheet: "明细"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"单号", "品名", "金额"}, header); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]got{{4, []string{"1", "", "5"}, ""}, {9, []string{"", "", "7"}, ""}}, rows); diff != "" {
		t.Error(diff)
	}
	_, _, err = readXLSX(data, Options{Sheet: "没有"})
	var e *errs.Error
	if !errors.As(err, &e) || e.Key != "sheet.no_sheet" || e.Args["sheets"] != "Sheet1, 明细" {
		t.Errorf("error is %v", err)
	}
}

// parts makes a workbook of the parts given, the usual ones added.
func parts(t *testing.T, sheet string, more ...string) []byte {
	t.Helper()
	list := append([]string{
		"_rels/.rels", `<Relationships xmlns="x"><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<x:workbook xmlns:x="m" xmlns:r="r"><x:workbookPr date1904="1"/><x:sheets><x:sheet name="S" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="/xl/worksheets/s.xml"/></Relationships>`,
		"xl/worksheets/s.xml", sheet,
	}, more...)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(list); i += 2 {
		p, err := w.Create(list[i])
		if err != nil {
			t.Fatal(err)
		}
		p.Write([]byte(list[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestXLSXOfOtherProgramsIsRead(t *testing.T) {
	data := parts(t, `<?xml version="1.0"?><x:worksheet xmlns:x="m"><!-- <row> --><x:cols><x:col min="1"/></x:cols><x:sheetData>
<x:row><x:c t="inlineStr"><x:is><x:r><x:t>n</x:t></x:r><x:r><x:t>o&#10;</x:t></x:r><x:rPh><x:t>kana</x:t></x:rPh></x:is></x:c><x:c t="str"><x:f>A1&amp;"&lt;"</x:f><x:v>b_x0041_</x:v></x:c></x:row>
<x:row r="3" ><x:c r="B3"><x:v>1.0000000000000001E-2</x:v></x:c><x:c r='D3'/></x:row></x:sheetData></x:worksheet>`)
	header, rows, err := readXLSX(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"no", "bA"}, header); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]got{{3, []string{"", "0.01", "", ""}, ""}}, rows); diff != "" {
		t.Error(diff)
	}
}

func TestBrokenWorkbooksAreRefusedAndNeverReadShort(t *testing.T) {
	row := `<row><c><v>1</v></c><c><v>2</v></c></row>`
	good := `<worksheet><sheetData>` + row + row + `</sheetData></worksheet>`
	if _, rows, err := readXLSX(parts(t, good), Options{}); err != nil || len(rows) != 1 {
		t.Fatalf("the good one: %v %v", rows, err)
	}
	for name, xml := range map[string]string{
		"cut short":        good[:len(good)-20],
		"a stray <":        strings.Replace(good, "<v>2</v>", "<v>2<</v>", 1),
		"no such string":   strings.Replace(good, "<c><v>2</v>", `<c t="s"><v>7</v>`, 1),
		"an open entity":   strings.Replace(good, "<v>2", "<v>&nope;2", 1),
		"a document type":  `<!DOCTYPE x [<!ENTITY a "b">]>` + good,
		"rows backwards":   `<worksheet><sheetData><row r="5"><c><v>1</v></c><c><v>2</v></c></row><row r="4"/></sheetData></worksheet>`,
		"columns backward": strings.Replace(good, "<c><v>1</v></c><c>", `<c r="B1"><v>1</v></c><c r="A1">`, 1),
	} {
		_, rows, err := readXLSX(parts(t, xml), Options{})
		var e *errs.Error
		if !errors.As(err, &e) || e.Key != "sheet.broken_workbook" {
			t.Errorf("%s: %d rows, error %v", name, len(rows), err)
		}
	}
	whole := parts(t, good)
	for n := 2; n < len(whole); n++ {
		if _, rows, err := readXLSX(whole[:n], Options{}); err == nil {
			t.Fatalf("the first %d of %d bytes read as %v", n, len(whole), rows)
		}
	}
}

func TestAZipBombIsRefused(t *testing.T) {
	bomb := `<worksheet><sheetData>` + strings.Repeat(" ", 80<<20) + `</sheetData></worksheet>`
	_, _, err := readXLSX(parts(t, bomb), Options{})
	var e *errs.Error
	if !errors.As(err, &e) || e.Key != "sheet.bomb" {
		t.Errorf("error is %v, want sheet.bomb", err)
	}
	// The same with a header that tells less than there is.
	data := parts(t, bomb)
	size := []byte{0, 0, 0, 0}
	n := uint32(len(bomb))
	for i := range size {
		size[i] = byte(n >> (8 * i))
	}
	lie := bytes.ReplaceAll(data, size, []byte{0, 1, 0, 0})
	if bytes.Equal(lie, data) {
		t.Fatal("the size was not found")
	}
	if _, rows, err := readXLSX(lie, Options{}); err == nil {
		t.Errorf("a lying header read as %d rows", len(rows))
	}
}

// repeated repeats a piece of XML so often, between a beginning and an end.
func repeated(begin, piece string, times int, end string) *xmlPull {
	readers := []io.Reader{strings.NewReader(begin)}
	block := strings.Repeat(piece, 1000)
	for range times / 1000 {
		readers = append(readers, strings.NewReader(block))
	}
	return newXMLPull(io.MultiReader(append(readers, strings.NewReader(end))...))
}

func TestOneTextDoesNotFillTheMemory(t *testing.T) {
	const pieces, maxCell = 2_000_000, 100
	for name, s := range map[string]*xlsxSource{
		"inline": {x: repeated("<sheetData><row><c t='inlineStr'><is>", "<t>饭饭饭</t>", pieces, "</is></c></row></sheetData>"), maxCell: maxCell, maxColumns: 5},
		"value":  {x: repeated("<sheetData><row><c t='str'><v>", "饭<!-- -->", pieces, "</v></c></row></sheetData>"), maxCell: maxCell, maxColumns: 5},
		"escape": {x: repeated("<sheetData><row><c t='str'><v>", "_x0041_<!-- -->", pieces, "</v></c></row></sheetData>"), maxCell: maxCell, maxColumns: 5},
	} {
		var row Row
		if err := s.next(&row); err != nil || row.Fault != "sheet.row_long_cell" || len(row.Cells) != 1 {
			t.Errorf("%s: got %d cells, fault %q, %v", name, len(row.Cells), row.Fault, err)
		}
		if !utf8.Valid(s.buf) || cap(s.buf)+cap(s.value) > 1<<16 {
			t.Errorf("%s: %d bytes are held for a cell that may have %d", name, cap(s.buf)+cap(s.value), maxCell)
		}
	}
	x := repeated("<si>", "<t>饭饭饭</t>", pieces, "</si>")
	if err := x.next(); err != nil {
		t.Fatal(err)
	}
	if text, err := richText(x, nil, kept(maxCell)); err != nil || cap(text) > 1<<16 || len(text) <= maxCell {
		t.Errorf("a shared string: %d bytes are held, %v", cap(text), err)
	}
}

func FuzzXLSXSheet(f *testing.F) {
	f.Add(`<worksheet><sheetData><row r="2"><c r="B2" t="str"><v>a&amp;</v></c></row></sheetData></worksheet>`)
	f.Add(`<worksheet><sheetData><row><c t="inlineStr"><is><t><![CDATA[x]]></t></is></c></row></sheetData></worksheet>`)
	f.Add(`<a`)
	f.Fuzz(func(t *testing.T, xml string) {
		s := &xlsxSource{x: newXMLPull(strings.NewReader(xml)), maxCell: 100, maxColumns: 10}
		var row Row
		for last := 0; s.next(&row) == nil; last = row.No {
			if row.No != last+1 {
				t.Fatalf("row %d follows row %d", row.No, last)
			}
			if row.No > 1000 {
				return
			}
		}
	})
}
