package sheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/ricejar/ricejar/internal/errs"
)

// Number is a decimal number in text form, 1234.50: a spreadsheet adds it up.
type Number string

// Writer writes a table row by row. A cell is a string, a Number, an int or an
// int64; strings that a spreadsheet would run as a formula are neutralised.
type Writer interface {
	Write(cells ...any) error
	Close() error // finishes the file; the writer underneath stays open
}

// Formats are what NewWriter writes.
var Formats = []string{"csv", "xlsx"}

// NewWriter writes a file of the format to w.
func NewWriter(w io.Writer, format string) (Writer, error) {
	switch format {
	case "csv":
		return NewCSVWriter(w)
	case "xlsx":
		return NewXLSXWriter(w)
	default:
		return nil, errs.New(errs.Invalid, "sheet.unknown_format", "format", format)
	}
}

type csvWriter struct {
	buf    *bufio.Writer
	csv    *csv.Writer
	record []string
}

// NewCSVWriter writes UTF-8 with a byte order mark: without it, Excel opens
// Chinese as gibberish.
func NewCSVWriter(w io.Writer) (Writer, error) {
	buf := bufio.NewWriter(w)
	if _, err := buf.WriteString("\uFEFF"); err != nil {
		return nil, err
	}
	return &csvWriter{buf: buf, csv: csv.NewWriter(buf)}, nil
}

func (w *csvWriter) Write(cells ...any) error {
	w.record = w.record[:0]
	for _, c := range cells {
		s, _, err := text(c)
		if err != nil {
			return err
		}
		w.record = append(w.record, s)
	}
	if len(w.record) == 1 && w.record[0] == "" {
		w.csv.Flush()
		_, err := w.buf.WriteString("\"\"\n") // encoding/csv would leave a blank line
		return err
	}
	return w.csv.Write(w.record)
}

func (w *csvWriter) Close() error {
	w.csv.Flush()
	if err := w.csv.Error(); err != nil {
		return err
	}
	return w.buf.Flush()
}

// text is a cell's text, and whether it is a number.
func text(cell any) (s string, number bool, err error) {
	switch c := cell.(type) {
	case string:
		return neutral(c), false, nil
	case Number:
		if !isNumber(string(c)) {
			return neutral(string(c)), false, nil
		}
		return string(c), true, nil
	case int:
		return strconv.Itoa(c), true, nil
	case int64:
		return strconv.FormatInt(c, 10), true, nil
	default:
		return "", false, fmt.Errorf("sheet: a cell cannot be a %T", cell)
	}
}

type xlsxWriter struct {
	out    io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	row    int
}

// maxRowsXLSX is how many rows a worksheet can have.
const maxRowsXLSX = excelize.TotalRows

// NewXLSXWriter writes a workbook of one sheet. Rows are kept in a temporary
// file until Close.
func NewXLSXWriter(w io.Writer) (Writer, error) {
	f := excelize.NewFile()
	s, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, err
	}
	return &xlsxWriter{out: w, file: f, stream: s}, nil
}

func (w *xlsxWriter) Write(cells ...any) error {
	if w.row++; w.row > maxRowsXLSX {
		return errs.New(errs.Invalid, "sheet.too_many_rows", "max", maxRowsXLSX)
	}
	values := make([]any, len(cells))
	for i, c := range cells {
		s, number, err := text(c)
		if err != nil {
			return err
		}
		values[i] = printable(s)
		if n := strings.TrimLeft(s, "+-"); number && len(n) <= 15 && !strings.ContainsAny(n, ",%") { // more digits than a spreadsheet keeps stay text
			if f, err := strconv.ParseFloat(s, 64); err == nil {
				values[i] = f
			}
		}
	}
	return w.stream.SetRow("A"+strconv.Itoa(w.row), values)
}

// printable leaves out the control characters that XML cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\uFFFE' || r == '\uFFFF' {
			return -1
		}
		return r
	}, s)
}

func (w *xlsxWriter) Close() error {
	defer w.file.Close()
	if err := w.stream.Flush(); err != nil {
		return err
	}
	return w.file.Write(w.out)
}
