package sheet

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/errs"
)

// delimiters are what a CSV file may be cut by, the likeliest first.
var delimiters = []byte{',', '\t', ';', '|'}

const (
	firstBuffer = 64 << 10
	maxRow      = 1 << 20 // bytes of one row; more is no table
)

// csvSource cuts text into rows without allocating: cells are slices of its
// buffer, or of scratch where quotes had to be taken out.
type csvSource struct {
	in      io.Reader
	delim   byte
	maxCell int

	buf        []byte
	start, end int // what is read and not yet cut
	eof        bool
	no         int
	cells      [][]byte
	scratch    []byte
}

// newCSV reads UTF-8 text and, when not told, guesses the delimiter.
func newCSV(in io.Reader, o Options) (*csvSource, error) {
	c := &csvSource{in: in, delim: o.Delimiter, maxCell: o.MaxCell, buf: make([]byte, firstBuffer)}
	for c.end < len(c.buf) && !c.eof {
		if err := c.fill(); err != nil {
			return nil, err
		}
	}
	if c.delim == 0 {
		c.delim = guessDelimiter(c.buf[:c.end])
	}
	return c, nil
}

// fill reads more text behind what is there; it makes room first when needed.
func (c *csvSource) fill() error {
	if c.end == len(c.buf) {
		switch {
		case c.start > 0:
			copy(c.buf, c.buf[c.start:c.end])
			c.end -= c.start
			c.start = 0
		case len(c.buf) >= maxRow:
			return errs.New(errs.Invalid, "sheet.no_rows")
		default:
			c.buf = append(c.buf, make([]byte, len(c.buf))...)
		}
	}
	n, err := c.in.Read(c.buf[c.end:])
	c.end += n
	if errors.Is(err, io.EOF) {
		c.eof = true
		return nil
	}
	return err
}

// next cuts the next row. Lines end in LF, CRLF or a lone CR.
func (c *csvSource) next(row *Row) error {
	seen := 0 // bytes of the line that are known to hold no line end
	for {
		rest := c.buf[c.start:c.end]
		n := lineEnd(rest, seen)
		if n < 0 || (rest[n] == '\r' && n+1 == len(rest) && !c.eof) {
			if !c.eof {
				if seen = len(rest); n >= 0 {
					seen = n
				}
				if err := c.fill(); err != nil {
					return err
				}
				continue
			}
			if len(rest) == 0 {
				return io.EOF
			}
			if n < 0 {
				n = len(rest)
			}
		}
		line := rest[:n]
		if bytes.IndexByte(line, '"') >= 0 {
			return c.quoted(row)
		}
		c.cells = c.cells[:0]
		for {
			i := bytes.IndexByte(line, c.delim)
			if i < 0 {
				break
			}
			c.cells = append(c.cells, line[:i])
			line = line[i+1:]
		}
		c.cells = append(c.cells, line)
		c.take(row, rest, n, "")
		return nil
	}
}

// lineEnd finds the first LF or CR at or after from.
func lineEnd(b []byte, from int) int {
	n := bytes.IndexByte(b[from:], '\n')
	line := b[from:]
	if n >= 0 {
		line = line[:n]
	}
	if cr := bytes.IndexByte(line, '\r'); cr >= 0 {
		return from + cr
	}
	if n < 0 {
		return -1
	}
	return from + n
}

// take gives the row out and steps over its line end, n bytes into rest.
func (c *csvSource) take(row *Row, rest []byte, n int, fault string) {
	used := n
	if used < len(rest) {
		if rest[used] == '\r' && used+1 < len(rest) && rest[used+1] == '\n' {
			used++
		}
		used++
	}
	if fault == "" {
		text := rest[:n]
		if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 || bytes.Contains(text, replacement) {
			fault = "sheet.row_bad_text"
		} else if n > c.maxCell {
			for _, cell := range c.cells {
				if len(cell) > c.maxCell {
					fault = "sheet.row_long_cell"
				}
			}
		}
	}
	c.start += used
	c.no++
	row.No, row.Cells, row.Fault = c.no, c.cells, fault
}

// replacement is what a decoder puts in the place of what it cannot read.
var replacement = []byte("\uFFFD")

// quoted cuts a row that has quotes in it. A quote that is opened by mistake
// would swallow the rows below, up to the next quote or the end of the file:
// then the line alone is yielded as it stands, with a fault.
func (c *csvSource) quoted(row *Row) error {
	for {
		rest := c.buf[c.start:c.end]
		n, st := c.cut(rest)
		switch {
		case st == cutDone || (st == cutMore && c.eof):
			c.take(row, rest, n, "")
			return nil
		case st == cutMore && len(rest) < maxRow:
			if err := c.fill(); err != nil {
				return err
			}
		case st == cutOpen && !c.eof && len(rest)-n < c.maxCell*2:
			if err := c.fill(); err != nil {
				return err
			}
		default:
			n := lineEnd(rest, 0)
			if n < 0 {
				n = len(rest)
			}
			c.cells = append(c.cells[:0], bytes.Split(rest[:n], []byte{c.delim})...)
			c.take(row, rest, n, "sheet.row_open_quote")
			return nil
		}
	}
}

type cutState uint8

const (
	cutDone   cutState = iota // a whole row
	cutMore                   // the text ended within the row
	cutOpen                   // the text ended within quotes, opened at n
	cutAstray                 // quotes opened in one line were closed in the middle of another's cell
)

// cut splits the row at the beginning of b; n is where its line end stands.
func (c *csvSource) cut(b []byte) (n int, st cutState) {
	c.cells, c.scratch = c.cells[:0], c.scratch[:0]
	if need := len(b); cap(c.scratch) < need {
		c.scratch = make([]byte, 0, max(need, 4<<10)) // cells point into it: it must not move
	}
	i := 0
	for {
		if i < len(b) && b[i] == '"' {
			from, opened := len(c.scratch), i
			i++
			for {
				q := bytes.IndexByte(b[i:], '"')
				if q < 0 {
					return opened, cutOpen
				}
				c.scratch = append(c.scratch, b[i:i+q]...)
				i += q + 1
				if i < len(b) && b[i] == '"' {
					c.scratch = append(c.scratch, '"')
					i++
					continue
				}
				break
			}
			// What stands between the closing quote and the delimiter belongs to the
			// cell; but a cell of several lines that goes on after its closing quote
			// was opened by mistake, and has swallowed rows.
			if i < len(b) && b[i] != c.delim && b[i] != '\n' && b[i] != '\r' && bytes.IndexByte(c.scratch[from:], '\n') >= 0 {
				return opened, cutAstray
			}
			for i < len(b) && b[i] != c.delim && b[i] != '\n' && b[i] != '\r' {
				c.scratch = append(c.scratch, b[i])
				i++
			}
			c.cells = append(c.cells, c.scratch[from:len(c.scratch):len(c.scratch)])
		} else {
			from := i
			for i < len(b) && b[i] != c.delim && b[i] != '\n' && b[i] != '\r' {
				i++
			}
			c.cells = append(c.cells, b[from:i:i])
		}
		if i >= len(b) {
			return i, cutMore
		}
		if b[i] != c.delim {
			if b[i] == '\r' && i+1 == len(b) {
				return i, cutMore // the LF may be yet to come
			}
			return i, cutDone
		}
		i++
	}
}

// guessDelimiter takes the one that cuts the first rows into the most columns,
// and into the same number each.
func guessDelimiter(text []byte) byte {
	best, bestScore := delimiters[0], 0
	for _, d := range delimiters {
		c := &csvSource{delim: d, maxCell: DefaultMaxCell, buf: text, end: len(text), eof: true}
		var row Row
		columns, same, rows := 0, 0, 0
		for rows < 20 && c.next(&row) == nil {
			if row.Blank() {
				continue
			}
			if rows++; len(row.Cells) > columns {
				columns, same = len(row.Cells), 1
			} else if len(row.Cells) == columns {
				same++
			}
		}
		if score := (columns - 1) * same; score > bestScore {
			best, bestScore = d, score
		}
	}
	return best
}
