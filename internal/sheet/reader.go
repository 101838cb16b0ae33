package sheet

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ricejar/ricejar/internal/errs"
)

// Options say how a file is to be read. The zero value guesses everything.
type Options struct {
	Name      string // for messages; empty: the name under which the file lies
	Encoding  string // one of Encodings; empty: found out from the bytes
	Delimiter byte   // CSV only; 0: guessed from the first rows
	Sheet     string // XLSX only; empty: the first one that is not hidden

	MaxBytes   int64 // unpacked; 0: DefaultMaxBytes
	MaxColumns int   // 0: DefaultMaxColumns
	MaxCell    int   // bytes of one cell; 0: DefaultMaxCell
}

// What a file may measure at most unless Options say otherwise.
const (
	DefaultMaxBytes   = 8 << 30
	DefaultMaxColumns = 500
	DefaultMaxCell    = 32 << 10

	maxRatio   = 200      // a till's export packs 5 to 30 times; a bomb 1,000 times
	ratioFrom  = 64 << 20 // below this an honest file may be that repetitive
	headerRows = 20       // a title or a blank line may stand above the header
)

// Row is one row of the file.
type Row struct {
	// No counts as a spreadsheet does: the first row of the file is 1, blank
	// rows count, and a cell with line breaks in it is still one row.
	No int
	// Cells are valid until the next row is asked for.
	Cells [][]byte
	// Fault is a translation key when the row was read but cannot be trusted.
	Fault string
}

// Blank reports whether no cell says anything.
func (r *Row) Blank() bool {
	for _, c := range r.Cells {
		if len(bytes.TrimSpace(c)) > 0 {
			return false
		}
	}
	return true
}

// Strings copies the cells.
func (r *Row) Strings() []string {
	list := make([]string, len(r.Cells))
	for i, c := range r.Cells {
		list[i] = string(c)
	}
	return list
}

// rowSource yields rows, blank ones too; io.EOF ends it.
type rowSource interface {
	next(*Row) error
}

// Reader yields the rows of a file below its header.
type Reader struct {
	opts    Options
	src     rowSource
	format  string
	header  []string
	row     Row
	pending []Row // rows read in search of the header
	err     error

	count   *counter
	size    int64
	closers []io.Closer
}

// Open opens a file. What it is, is told by its bytes, not by its name.
func Open(path string, o Options) (*Reader, error) {
	name := cmp.Or(o.Name, filepath.Base(path))
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, errs.Wrap(err, errs.Invalid, "sheet.no_file", "file", name)
		}
		return nil, errs.Wrap(err, errs.Invalid, "sheet.cannot_open", "file", name)
	}
	r, err := func() (*Reader, error) {
		st, err := f.Stat()
		if err != nil {
			return nil, err
		}
		if st.IsDir() {
			return nil, errs.New(errs.Invalid, "sheet.cannot_open", "file", name)
		}
		return NewReader(f, name, st.Size(), o)
	}()
	if err != nil {
		f.Close()
		return nil, err
	}
	r.closers = append(r.closers, f)
	return r, nil
}

// NewReader reads a file from src; name is for messages, size (0: not known)
// for the progress and, where src is an io.ReaderAt, for XLSX.
func NewReader(src io.Reader, name string, size int64, o Options) (*Reader, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.MaxColumns == 0 {
		o.MaxColumns = DefaultMaxColumns
	}
	if o.MaxCell == 0 {
		o.MaxCell = DefaultMaxCell
	}
	r := &Reader{opts: o, size: size, count: &counter{r: src}}
	if err := r.open(src, name); err != nil {
		r.Close()
		return nil, err
	}
	if err := r.findHeader(); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Reader) open(src io.Reader, name string) error {
	in := bufio.NewReaderSize(r.count, 64<<10)
	head, err := in.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		return errs.Wrap(err, errs.Invalid, "sheet.cannot_open", "file", name)
	}
	switch {
	case len(head) == 0:
		return errs.New(errs.Invalid, "sheet.empty")
	case bytes.HasPrefix(head, []byte("PK")):
		r.format = "xlsx"
		return r.openXLSX(src, in)
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		return errs.New(errs.Invalid, "sheet.old_excel")
	case bytes.HasPrefix(head, []byte("%PDF")), bytes.HasPrefix(head, []byte("Rar!")), bytes.HasPrefix(head, []byte("7z\xBC\xAF")):
		return errs.New(errs.Invalid, "sheet.not_a_table", "file", name)
	case bytes.HasPrefix(head, []byte("\x1F\x8B")):
		zr, err := gzip.NewReader(in)
		if err != nil {
			return errs.Wrap(err, errs.Invalid, "sheet.broken", "file", name)
		}
		r.format = "csv.gz"
		return r.openCSV(&guard{r: zr, packed: r.count, max: r.opts.MaxBytes, ratio: true, name: name}, name)
	default:
		r.format = "csv"
		return r.openCSV(&guard{r: in, packed: r.count, max: r.opts.MaxBytes, name: name}, name)
	}
}

func (r *Reader) openCSV(in io.Reader, name string) error {
	text, err := decode(in, r.opts.Encoding, name)
	if err != nil {
		return err
	}
	c, err := newCSV(text, r.opts)
	if err != nil {
		return err
	}
	r.src = c
	return nil
}

// findHeader takes the first row with two or more filled cells as the header,
// so that a title above it does no harm; a file of one column has its first
// filled row there.
func (r *Reader) findHeader() error {
	at := -1
	for len(r.pending) < headerRows {
		var row Row
		if err := r.src.next(&row); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		row.Cells = cloneCells(row.Cells)
		r.pending = append(r.pending, row)
		filled := 0
		for _, c := range row.Cells {
			if len(bytes.TrimSpace(c)) > 0 {
				filled++
			}
		}
		if filled > 0 && at < 0 {
			at = len(r.pending) - 1
		}
		if filled > 1 {
			at = len(r.pending) - 1
			break
		}
	}
	if at < 0 {
		return errs.New(errs.Invalid, "sheet.empty")
	}
	head := r.pending[at]
	if head.Fault != "" {
		return errs.New(errs.Invalid, head.Fault)
	}
	r.header = head.Strings()
	for i, h := range r.header {
		r.header[i] = strings.TrimSpace(h)
	}
	if len(r.header) > r.opts.MaxColumns {
		return errs.New(errs.Invalid, "sheet.too_many_columns", "n", len(r.header), "max", r.opts.MaxColumns)
	}
	r.pending = r.pending[at+1:]
	return nil
}

// Header is the header row, trimmed.
func (r *Reader) Header() []string { return r.header }

// Format is csv, csv.gz or xlsx.
func (r *Reader) Format() string { return r.format }

// Next reads the next row that is not blank; false at the end and on failure.
func (r *Reader) Next() bool {
	for r.err == nil {
		if len(r.pending) > 0 {
			r.row, r.pending = r.pending[0], r.pending[1:]
		} else if err := r.src.next(&r.row); err != nil {
			r.err = err
			return false
		}
		for i, c := range r.row.Cells {
			if len(c) > 1 && c[0] == '\'' {
				r.row.Cells[i] = plain(c)
			}
		}
		if r.row.Fault != "" || !r.row.Blank() {
			return true
		}
	}
	return false
}

// Row is the current row. It and its cells are valid until Next.
func (r *Reader) Row() *Row { return &r.row }

// Err is what ended the reading, nil at the end of the file.
func (r *Reader) Err() error {
	if errors.Is(r.err, io.EOF) {
		return nil
	}
	return r.err
}

// Progress is how many bytes of the file, as it lies on disk, have been read,
// and how many there are (0: not known).
func (r *Reader) Progress() (done, all int64) { return min(r.count.n, max(r.size, r.count.n)), r.size }

// Close closes what Open opened.
func (r *Reader) Close() error {
	var all error
	for i := len(r.closers) - 1; i >= 0; i-- {
		all = errors.Join(all, r.closers[i].Close())
	}
	r.closers = nil
	return all
}

// counter counts what is read of the file on disk.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// guard refuses what unpacks to more than it may, and turns a broken archive
// into an error for people.
type guard struct {
	r      io.Reader
	packed *counter
	n, max int64
	ratio  bool
	name   string
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.n += int64(n)
	switch {
	case g.n > g.max:
		return 0, errs.New(errs.Invalid, "sheet.too_big", "max", megabytes(g.max))
	case g.ratio && g.n > ratioFrom && g.n/max(g.packed.n, 1) > maxRatio:
		return 0, errs.New(errs.Invalid, "sheet.bomb")
	case err != nil && !errors.Is(err, io.EOF):
		return n, errs.Wrap(err, errs.Invalid, "sheet.broken", "file", g.name)
	}
	return n, err
}

func megabytes(n int64) int64 { return n >> 20 }

func cloneCells(cells [][]byte) [][]byte {
	list := make([][]byte, len(cells))
	for i, c := range cells {
		list[i] = bytes.Clone(c)
	}
	return list
}
