package db

import (
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
)

// PostgreSQL's binary COPY, written here for the four types our columns have
// (bigint, text, boolean, bytea): the driver's own encoder looks up how to write
// each value, and that cost more than all else the client does in an import.

var copyHeader = []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")

const copyChunk = 64 << 10

// copyRows encodes rows in pieces of about copyChunk. A piece is valid until
// the next is asked for.
func copyRows(columns int, rows iter.Seq2[[]any, error]) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		buf := append(make([]byte, 0, copyChunk+4096), copyHeader...)
		for row, err := range rows {
			if err == nil && len(row) != columns {
				err = fmt.Errorf("a row has %d values for %d columns", len(row), columns)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			buf = binary.BigEndian.AppendUint16(buf, uint16(columns))
			for _, v := range row {
				if buf, err = appendCopy(buf, v); err != nil {
					yield(nil, err)
					return
				}
			}
			if len(buf) >= copyChunk {
				if !yield(buf, nil) {
					return
				}
				buf = buf[:0]
			}
		}
		yield(append(buf, 0xff, 0xff), nil)
	}
}

// appendCopy appends one value: its length and its bytes.
func appendCopy(buf []byte, v any) ([]byte, error) {
	switch x := v.(type) {
	case nil:
		return append(buf, 0xff, 0xff, 0xff, 0xff), nil
	case int64:
		return appendInt(buf, x), nil
	case int:
		return appendInt(buf, int64(x)), nil
	case string:
		return append(binary.BigEndian.AppendUint32(buf, uint32(len(x))), x...), nil
	case []byte:
		return append(binary.BigEndian.AppendUint32(buf, uint32(len(x))), x...), nil
	case bool:
		if x {
			return append(buf, 0, 0, 0, 1, 1), nil
		}
		return append(buf, 0, 0, 0, 1, 0), nil
	}
	plain, err := driver.DefaultParameterConverter.ConvertValue(v)
	if err != nil {
		return buf, err
	}
	switch plain.(type) {
	case nil, int64, string, []byte, bool:
		return appendCopy(buf, plain)
	}
	return buf, fmt.Errorf("no column of ours holds a %T", v)
}

func appendInt(buf []byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(append(buf, 0, 0, 0, 8), uint64(v))
}

// pieces reads what next gives out, one piece after the other.
type pieces struct {
	next func() ([]byte, error, bool)
	rest []byte
	err  error // of the rows; the server's answer tells it as a text only
}

// Read copies as much as fits.
func (p *pieces) Read(dst []byte) (int, error) {
	for len(p.rest) == 0 {
		piece, err, ok := p.next()
		switch {
		case err != nil:
			p.err = err
			return 0, err
		case !ok:
			return 0, io.EOF
		}
		p.rest = piece
	}
	n := copy(dst, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
