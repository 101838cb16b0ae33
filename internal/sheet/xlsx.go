package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/errs"
)

const (
	maxSpool   = 64 << 20 // a workbook that does not come as a file is held in memory
	maxStrings = 64 << 20 // the shared strings of a workbook
	maxPart    = 16 << 20 // each of the small parts
	maxEntries = 5000
)

// workbook is an open XLSX file.
type workbook struct {
	parts  map[string]*zip.File
	max    int64
	packed *counter
}

// openXLSX finds the sheet and prepares to read its rows.
func (r *Reader) openXLSX(src io.Reader, in *bufio.Reader) error {
	at, ok := src.(io.ReaderAt)
	if !ok || r.size == 0 {
		data, err := io.ReadAll(io.LimitReader(in, maxSpool+1))
		if err != nil {
			return errs.Wrap(err, errs.Invalid, "sheet.broken_workbook")
		}
		if len(data) > maxSpool {
			return errs.New(errs.Invalid, "sheet.too_big", "max", megabytes(maxSpool))
		}
		at, r.size = bytes.NewReader(data), int64(len(data))
	}
	r.count.n = 0
	zr, err := zip.NewReader(countingAt{at, r.count}, r.size)
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "sheet.broken_workbook")
	}
	wb := &workbook{parts: make(map[string]*zip.File, len(zr.File)), max: r.opts.MaxBytes, packed: r.count}
	var unpacked uint64
	for _, f := range zr.File {
		unpacked += f.UncompressedSize64
		wb.parts[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))] = f
	}
	switch {
	case unpacked > uint64(r.opts.MaxBytes):
		return errs.New(errs.Invalid, "sheet.too_big", "max", megabytes(r.opts.MaxBytes))
	case len(zr.File) > maxEntries, unpacked > ratioFrom && unpacked/uint64(max(r.size, 1)) > maxRatio:
		return errs.New(errs.Invalid, "sheet.bomb")
	}
	src2, err := wb.open(r.opts, func(c io.Closer) { r.closers = append(r.closers, c) })
	if err != nil {
		var known *errs.Error
		if errors.As(err, &known) {
			return err
		}
		return errs.Wrap(err, errs.Invalid, "sheet.broken_workbook")
	}
	r.src = src2
	return nil
}

// countingAt counts what is read at any place, for the progress.
type countingAt struct {
	r     io.ReaderAt
	count *counter
}

func (c countingAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.count.n += int64(n)
	return n, err
}

var errPart = errors.New("sheet: a part of the workbook is missing")

// small reads one of the small parts with f.
func (w *workbook) small(name string, f func(*xmlPull) error) error {
	z := w.parts[strings.ToLower(name)]
	if z == nil {
		return errPart
	}
	rc, err := z.Open()
	if err != nil {
		return err
	}
	defer rc.Close()
	return elements(newXMLPull(io.LimitReader(rc, maxPart)), f)
}

// elements calls f at every start tag.
func elements(x *xmlPull, f func(*xmlPull) error) error {
	for {
		if err := x.next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if x.kind == xmlStart {
			if err := f(x); err != nil {
				return err
			}
		}
	}
}

func (w *workbook) open(o Options, closeLater func(io.Closer)) (rowSource, error) {
	book, sheet, date1904, err := w.find(o.Sheet)
	if err != nil {
		return nil, err
	}
	s := &xlsxSource{date1904: date1904, maxCell: o.MaxCell, maxColumns: o.MaxColumns}
	rels := relations{}
	if err := w.small(relsOf(book), rels.read); err != nil {
		return nil, err
	}
	for _, rel := range rels {
		switch rel.kind {
		case "styles":
			if err := w.small(resolve(book, rel.target), s.styles.read); err != nil && !errors.Is(err, errPart) {
				return nil, err
			}
		case "sharedStrings":
			if err := w.readStrings(resolve(book, rel.target), &s.shared, kept(o.MaxCell)); err != nil {
				return nil, err
			}
		}
	}
	target := rels[sheet].target
	z := w.parts[strings.ToLower(resolve(book, target))]
	if z == nil {
		return nil, errPart
	}
	rc, err := z.Open()
	if err != nil {
		return nil, err
	}
	closeLater(rc)
	s.x = newXMLPull(&guard{r: rc, packed: w.packed, max: w.max, name: path.Base(target)})
	return s, nil
}

// find names the part of the workbook, the relation of the wanted sheet, and
// whether days are counted from 1904.
func (w *workbook) find(want string) (book, relation string, date1904 bool, err error) {
	root := relations{}
	if err := w.small("_rels/.rels", root.read); err != nil {
		return "", "", false, err
	}
	for _, rel := range root {
		if rel.kind == "officeDocument" {
			book = resolve("", rel.target)
		}
	}
	hidden, known := "", []string{}
	err = w.small(book, func(x *xmlPull) error {
		switch string(x.name) {
		case "workbookPr":
			v := x.attrString("date1904")
			date1904 = v == "1" || v == "true"
		case "sheet":
			name, state := x.attrString("name"), x.attrString("state")
			id := x.relation()
			known = append(known, name)
			switch {
			case relation != "":
			case want != "" && name == want, want == "" && (state == "" || state == "visible"):
				relation = id
			case hidden == "":
				hidden = id
			}
		}
		return nil
	})
	if relation == "" && want == "" {
		relation = hidden
	}
	if err == nil && relation == "" {
		err = errs.New(errs.Invalid, "sheet.no_sheet", "sheet", want, "sheets", strings.Join(known, ", "))
	}
	return book, relation, date1904, err
}

// relation is the r:id attribute, whatever its prefix.
func (x *xmlPull) relation() string {
	for _, part := range bytes.Fields(x.attrs) {
		if key, v, ok := bytes.Cut(part, []byte("=")); ok && len(v) > 2 && bytes.HasSuffix(key, []byte(":id")) {
			return string(v[1 : len(v)-1])
		}
	}
	return ""
}

type relation struct{ kind, target string }

type relations map[string]relation

func (r relations) read(x *xmlPull) error {
	if string(x.name) == "Relationship" {
		kind := x.attrString("Type")
		r[x.attrString("Id")] = relation{kind[strings.LastIndexByte(kind, '/')+1:], x.attrString("Target")}
	}
	return nil
}

func relsOf(part string) string {
	dir, file := path.Split(part)
	return dir + "_rels/" + file + ".rels"
}

func resolve(part, target string) string {
	if abs, ok := strings.CutPrefix(target, "/"); ok {
		return abs
	}
	return path.Join(path.Dir(part), target)
}

// shared are the workbook's strings, one after the other.
type shared struct {
	text []byte
	ends []uint32
}

func (s *shared) get(i int) ([]byte, bool) {
	if i < 0 || i >= len(s.ends) {
		return nil, false
	}
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.text[from:s.ends[i]], true
}

// kept is how much of a text is held: more than a cell may have even after
// unexcel has made one character of seven, so that a cell too long is still
// known as one, and no more than that, however much a part unpacks to.
func kept(maxCell int) int { return 8 * (maxCell + utf8.UTFMax) }

// clip drops what of the text from a place on is more than is kept.
func clip(text []byte, from, most int) []byte {
	if len(text)-from <= most {
		return text
	}
	end := from + most
	for end > from && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

func (w *workbook) readStrings(name string, s *shared, most int) error {
	z := w.parts[strings.ToLower(name)]
	if z == nil {
		return errPart
	}
	rc, err := z.Open()
	if err != nil {
		return err
	}
	defer rc.Close()
	return elements(newXMLPull(rc), func(x *xmlPull) error {
		if string(x.name) != "si" {
			return nil
		}
		from := len(s.text)
		text, err := richText(x, s.text, most)
		if err != nil {
			return err
		}
		s.text = append(text[:from], unexcel(text[from:])...)
		s.ends = append(s.ends, uint32(len(s.text)))
		if len(s.text)+4*len(s.ends) > maxStrings {
			return errs.New(errs.Invalid, "sheet.workbook_too_big")
		}
		return nil
	})
}

// richText appends the text of the element just started, as much as is kept: of
// its t elements, but not of phonetic guides.
func richText(x *xmlPull, dst []byte, most int) ([]byte, error) {
	from, in := len(dst), 0 // in: depth of the t element
	for depth := x.depth; x.depth >= depth; {
		if err := x.next(); err != nil {
			return dst, err
		}
		switch x.kind {
		case xmlStart:
			switch string(x.name) {
			case "t":
				in = x.depth
			case "rPh":
				if err := x.skip(); err != nil {
					return dst, err
				}
			}
		case xmlEnd:
			if x.depth < in {
				in = 0
			}
		case xmlText:
			if in > 0 {
				var err error
				if dst, err = unescape(dst, x.text); err != nil {
					return dst, err
				}
				dst = clip(dst, from, most)
			}
		}
	}
	return dst, nil
}

// xlsxSource yields the rows of a worksheet.
type xlsxSource struct {
	x          *xmlPull
	styles     styles
	shared     shared
	date1904   bool
	maxCell    int
	maxColumns int

	no     int // the row given out last
	ahead  int // the row whose tag has been read, 0: none
	cells  [][]byte
	bounds []int
	buf    []byte
	value  []byte
}

func (s *xlsxSource) next(row *Row) error {
	if s.ahead == 0 {
		if err := s.seek(); err != nil {
			return err
		}
	}
	s.no++
	row.No, row.Cells, row.Fault = s.no, nil, ""
	if s.no < s.ahead {
		return nil // a gap: blank rows are not written
	}
	s.ahead = 0
	return s.readRow(row)
}

// seek reads up to the next row's tag.
func (s *xlsxSource) seek() error {
	for {
		if err := s.x.next(); err != nil {
			return s.fail(err)
		}
		if s.x.kind == xmlStart && string(s.x.name) == "row" {
			s.ahead = s.no + 1
			if v, ok := s.x.attr("r"); ok {
				n, err := strconv.Atoi(string(v))
				if err != nil || n < s.ahead || n > maxRowsXLSX {
					return s.fail(errXML)
				}
				s.ahead = n
			}
			return nil
		}
	}
}

func (s *xlsxSource) fail(err error) error {
	var known *errs.Error
	if errors.Is(err, io.EOF) || errors.As(err, &known) {
		return err
	}
	return errs.Wrap(err, errs.Invalid, "sheet.broken_workbook")
}

func (s *xlsxSource) readRow(row *Row) error {
	s.buf, s.bounds = s.buf[:0], s.bounds[:0]
	column := 0
	for depth := s.x.depth; ; {
		if err := s.x.next(); err != nil {
			return s.fail(err)
		}
		if s.x.kind == xmlEnd && s.x.depth < depth {
			break
		}
		if s.x.kind != xmlStart {
			continue
		}
		if string(s.x.name) != "c" {
			if err := s.x.skip(); err != nil {
				return s.fail(err)
			}
			continue
		}
		if ref, ok := s.x.attr("r"); ok {
			n := columnOf(ref)
			if n < column {
				return s.fail(errXML)
			}
			column = n
		}
		if column >= s.maxColumns {
			row.Fault = "sheet.row_long"
			if err := s.x.skip(); err != nil {
				return s.fail(err)
			}
			continue
		}
		for len(s.bounds) < column {
			s.bounds = append(s.bounds, len(s.buf))
		}
		from := len(s.buf)
		if err := s.cell(); err != nil {
			return s.fail(err)
		}
		if len(s.buf)-from > s.maxCell {
			row.Fault = "sheet.row_long_cell"
			s.buf = clip(s.buf, from, s.maxCell)
		}
		s.bounds = append(s.bounds, len(s.buf))
		column++
	}
	s.cells = s.cells[:0]
	from := 0
	for _, to := range s.bounds {
		s.cells = append(s.cells, s.buf[from:to:to])
		from = to
	}
	row.Cells = s.cells
	if row.Fault == "" && (bytes.IndexByte(s.buf, 0) >= 0 || bytes.Contains(s.buf, replacement)) {
		row.Fault = "sheet.row_bad_text"
	}
	return nil
}

// columnOf is the column, from 0, of a reference such as AB12.
func columnOf(ref []byte) int {
	n := 0
	for _, c := range ref {
		if c < 'A' || c > 'Z' || n > 1<<20 {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// cell appends the text of the cell whose tag has just been read.
func (s *xlsxSource) cell() error {
	kind, _ := s.x.attr("t")
	var k byte
	switch string(kind) {
	case "s":
		k = 's'
	case "inlineStr", "str":
		k = 't'
	case "b":
		k = 'b'
	case "e", "d":
		k = 'e'
	}
	style := -1
	if v, ok := s.x.attr("s"); ok && k == 0 {
		style, _ = strconv.Atoi(string(v))
	}
	s.value = s.value[:0]
	inValue, inline := 0, false
	for depth := s.x.depth; s.x.depth >= depth; {
		if err := s.x.next(); err != nil {
			return err
		}
		switch s.x.kind {
		case xmlStart:
			switch string(s.x.name) {
			case "v":
				inValue = s.x.depth
			case "is":
				var err error
				if s.value, err = richText(s.x, s.value, kept(s.maxCell)); err != nil {
					return err
				}
				inline = true
			}
		case xmlEnd:
			if s.x.depth < inValue {
				inValue = 0
			}
		case xmlText:
			if inValue > 0 {
				var err error
				if s.value, err = unescape(s.value, s.x.text); err != nil {
					return err
				}
				s.value = clip(s.value, 0, kept(s.maxCell))
			}
		}
	}
	switch {
	case len(s.value) == 0:
	case k == 's' && !inline:
		n, err := strconv.Atoi(string(s.value))
		text, ok := s.shared.get(n)
		if err != nil || !ok {
			return errXML
		}
		s.buf = append(s.buf, text...)
	case k == 't' || inline:
		s.buf = append(s.buf, unexcel(s.value)...)
	case k == 'b':
		if string(s.value) == "1" {
			s.buf = append(s.buf, "TRUE"...)
		} else {
			s.buf = append(s.buf, "FALSE"...)
		}
	case k == 'e':
		s.buf = append(s.buf, s.value...)
	default:
		s.buf = appendNumber(s.buf, s.value, s.styles.kind(style), s.date1904)
	}
	return nil
}
