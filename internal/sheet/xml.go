package sheet

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// errXML is what a worksheet that is not well-formed ends in. The reader here is
// our own because the row iterator of the workbook library takes a fault in the
// XML for the end of the sheet and drops the rows after it.
var errXML = errors.New("sheet: malformed XML")

type xmlKind uint8

const (
	xmlStart xmlKind = iota
	xmlEnd
	xmlText
)

// xmlPull reads the small part of XML that spreadsheets are made of: tags,
// attributes, text. Names come without their prefix. What it gives out is valid
// until the next call.
type xmlPull struct {
	in         io.Reader
	buf        []byte
	start, end int
	eof        bool

	kind  xmlKind
	name  []byte
	attrs []byte
	text  []byte
	empty bool // <c/>: next gives the end tag of itself
	depth int
}

const maxToken = 4 << 20 // bytes of one tag or text

func newXMLPull(in io.Reader) *xmlPull { return &xmlPull{in: in, buf: make([]byte, 32<<10)} }

func (x *xmlPull) fill() error {
	if x.eof {
		return errXML
	}
	if x.end == len(x.buf) {
		if x.start > 0 {
			copy(x.buf, x.buf[x.start:x.end])
			x.end -= x.start
			x.start = 0
		} else if len(x.buf) >= maxToken {
			return errXML
		} else {
			x.buf = append(x.buf, make([]byte, len(x.buf))...)
		}
	}
	n, err := x.in.Read(x.buf[x.end:])
	x.end += n
	if errors.Is(err, io.EOF) {
		x.eof = true
		return nil
	}
	return err
}

// next gives the next tag or text; io.EOF after the root is closed.
func (x *xmlPull) next() error {
	if x.empty {
		x.empty = false
		x.kind = xmlEnd
		x.depth--
		return nil
	}
	for {
		rest := x.buf[x.start:x.end]
		if len(rest) == 0 {
			if x.eof {
				if x.depth != 0 {
					return errXML
				}
				return io.EOF
			}
			if err := x.fill(); err != nil {
				return err
			}
			continue
		}
		if rest[0] != '<' {
			n := bytes.IndexByte(rest, '<')
			if n < 0 {
				if x.eof {
					if len(bytes.TrimSpace(rest)) > 0 || x.depth != 0 {
						return errXML
					}
					return io.EOF
				}
				if err := x.fill(); err != nil {
					return err
				}
				continue
			}
			x.kind, x.text = xmlText, rest[:n]
			x.start += n
			return nil
		}
		n, err := x.markup(rest)
		if err != nil {
			return err
		}
		if n == 0 {
			if err := x.fill(); err != nil {
				return err
			}
			continue
		}
		x.start += n
		tag := rest[1 : n-1]
		switch tag[0] {
		case '?':
			continue
		case '!':
			if text, ok := bytes.CutPrefix(tag, []byte("![CDATA[")); ok {
				x.kind, x.text = xmlText, escapeAmp(text[:len(text)-2])
				return nil
			}
			if !bytes.HasPrefix(tag, []byte("!--")) {
				return errXML // a document type: no spreadsheet has one, entity bombs do
			}
			continue
		case '/':
			x.kind, x.name = xmlEnd, local(bytes.TrimSpace(tag[1:]))
			if x.depth--; x.depth < 0 {
				return errXML
			}
			return nil
		}
		if x.empty = tag[len(tag)-1] == '/'; x.empty {
			tag = tag[:len(tag)-1]
		}
		x.kind, x.attrs = xmlStart, nil
		if i := bytes.IndexAny(tag, " \t\r\n"); i >= 0 {
			tag, x.attrs = tag[:i], tag[i:]
		}
		x.name = local(tag)
		x.depth++
		return nil
	}
}

// markup is the length of the markup at the beginning of b, 0 when it is not
// there yet.
func (x *xmlPull) markup(b []byte) (int, error) {
	if bytes.HasPrefix(b, []byte("<!--")) {
		if i := bytes.Index(b, []byte("-->")); i >= 0 {
			return i + 3, nil
		}
		return 0, nil
	}
	if bytes.HasPrefix(b, []byte("<![CDATA[")) {
		if i := bytes.Index(b, []byte("]]>")); i >= 0 {
			return i + 3, nil
		}
		return 0, nil
	}
	var quote byte
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<':
			return 0, errXML
		case c == '>':
			if i == 1 || (i < 9 && bytes.HasPrefix([]byte("<![CDATA["), b[:i])) {
				return 0, errXML
			}
			return i + 1, nil
		}
	}
	return 0, nil
}

func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// attr is the raw value of an attribute of the current start tag.
func (x *xmlPull) attr(name string) ([]byte, bool) {
	for b := x.attrs; ; {
		eq := bytes.IndexByte(b, '=')
		if eq < 0 {
			return nil, false
		}
		key := bytes.TrimSpace(b[:eq])
		b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
		if len(b) == 0 || (b[0] != '"' && b[0] != '\'') {
			return nil, false
		}
		n := bytes.IndexByte(b[1:], b[0])
		if n < 0 {
			return nil, false
		}
		if string(key) == name {
			return b[1 : 1+n], true
		}
		b = b[n+2:]
	}
}

func (x *xmlPull) attrString(name string) string {
	v, _ := x.attr(name)
	s, _ := unescape(nil, v)
	return string(s)
}

// skip passes over the content of the element just started.
func (x *xmlPull) skip() error {
	for depth := x.depth; x.depth >= depth; {
		if err := x.next(); err != nil {
			return err
		}
	}
	return nil
}

func escapeAmp(b []byte) []byte { return bytes.ReplaceAll(b, []byte("&"), []byte("&amp;")) }

// unescape appends the text with its entities replaced.
func unescape(dst, b []byte) ([]byte, error) {
	for {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			return append(dst, b...), nil
		}
		dst = append(dst, b[:i]...)
		b = b[i+1:]
		n := bytes.IndexByte(b, ';')
		if n < 1 || n > 10 {
			return dst, errXML
		}
		switch name := string(b[:n]); name {
		case "amp":
			dst = append(dst, '&')
		case "lt":
			dst = append(dst, '<')
		case "gt":
			dst = append(dst, '>')
		case "quot":
			dst = append(dst, '"')
		case "apos":
			dst = append(dst, '\'')
		default:
			if name[0] != '#' || len(name) < 2 {
				return dst, errXML
			}
			digits, base := name[1:], 10
			if digits[0] == 'x' {
				digits, base = digits[1:], 16
			}
			r, err := strconv.ParseUint(digits, base, 32)
			if err != nil || r > utf8.MaxRune {
				return dst, errXML
			}
			dst = utf8.AppendRune(dst, rune(r))
		}
		b = b[n+1:]
	}
}

// unexcel replaces _x000D_ and the like, which is how a workbook writes
// characters that XML cannot hold.
func unexcel(b []byte) []byte {
	i := bytes.Index(b, []byte("_x"))
	if i < 0 {
		return b
	}
	out := b[:i:i]
	for {
		if len(b) >= i+7 && b[i+6] == '_' {
			if r, err := strconv.ParseUint(string(b[i+2:i+6]), 16, 16); err == nil {
				out = utf8.AppendRune(out, rune(r))
				b = b[i+7:]
			} else {
				out = append(out, b[i:i+2]...)
				b = b[i+2:]
			}
		} else {
			out = append(out, b[i:i+2]...)
			b = b[i+2:]
		}
		if i = bytes.Index(b, []byte("_x")); i < 0 {
			return append(out, b...)
		}
		out = append(out, b[:i]...)
	}
}
