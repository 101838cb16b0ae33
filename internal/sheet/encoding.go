package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/ricejar/ricejar/internal/errs"
)

// Encodings are the names Options.Encoding may have.
var Encodings = []string{"utf-8", "gb18030", "big5", "utf-16le", "utf-16be"}

var decoders = map[string]encoding.Encoding{
	"gb18030":  simplifiedchinese.GB18030, // also reads GBK and GB2312
	"big5":     traditionalchinese.Big5,
	"utf-16le": xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM),
	"utf-16be": xunicode.UTF16(xunicode.BigEndian, xunicode.UseBOM),
}

const sample = 64 << 10

// decode gives the text of in as UTF-8. Unless the encoding is told, it is
// found out from a sample that begins with the first byte that is not ASCII,
// wherever in the file that stands.
func decode(in io.Reader, enc, name string) (io.Reader, error) {
	br := bufio.NewReaderSize(in, sample)
	head, err := br.Peek(sample)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case enc != "":
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		enc = "utf-16le"
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		enc = "utf-16be"
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		enc = "utf-8"
	case bytes.IndexByte(head, 0) >= 0:
		return nil, errs.New(errs.Invalid, "sheet.not_a_table", "file", name)
	default:
		return &late{in: br}, nil
	}
	if enc == "utf-8" {
		if bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")) {
			br.Discard(3) //nolint:errcheck // three bytes have just been peeked
		}
		return br, nil
	}
	e, ok := decoders[enc]
	if !ok {
		return nil, errs.New(errs.Invalid, "sheet.unknown_encoding", "encoding", enc)
	}
	return transform.NewReader(br, e.NewDecoder()), nil
}

// late passes ASCII through and decides on an encoding when the first other
// byte comes.
type late struct {
	in      *bufio.Reader
	decided io.Reader
}

func (l *late) Read(p []byte) (int, error) {
	if l.decided != nil {
		return l.decided.Read(p)
	}
	// Peek what is there anyway, and only then a whole sample.
	if _, err := l.in.Peek(1); err != nil {
		return 0, err
	}
	head, _ := l.in.Peek(min(l.in.Buffered(), len(p)))
	n := 0
	for n < len(head) && head[n] < utf8.RuneSelf {
		n++
	}
	if n > 0 {
		return l.in.Read(p[:n])
	}
	text, err := l.in.Peek(sample)
	switch enc := guess(text, err == nil); enc {
	case "":
		return 0, errs.New(errs.Invalid, "sheet.encoding")
	case "utf-8":
		l.decided = l.in
	default:
		l.decided = transform.NewReader(l.in, decoders[enc].NewDecoder())
	}
	return l.decided.Read(p)
}

// guess names the encoding of a sample that begins with a byte beyond ASCII;
// cut says that the file goes on after it.
func guess(text []byte, cut bool) string {
	good, bad := 0, 0
	for b := text; len(b) > 0; {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			if cut && !utf8.FullRune(b) {
				b = nil // the sample ends within a character
				continue
			}
			bad++
		case n > 1:
			good++
		}
		b = b[n:]
	}
	// A few broken characters in a UTF-8 file are rows to be listed, not another encoding.
	if bad*20 <= good {
		return "utf-8"
	}
	if likelyChinese(text, cut) {
		return "gb18030"
	}
	return ""
}

// likelyChinese reports whether the bytes are GB18030 as people write it: they
// decode, and most of what they decode to are the characters and the
// punctuation of the core set, both of whose bytes are high.
func likelyChinese(b []byte, cut bool) bool {
	core, rare, bad := 0, 0, 0
	for len(b) > 0 {
		switch {
		case b[0] < utf8.RuneSelf:
			b = b[1:]
		case len(b) == 1:
			if !cut {
				bad++
			}
			b = nil
		case b[0] >= 0xA1 && b[0] <= 0xF7 && b[1] >= 0xA1 && b[1] != 0xFF:
			core++
			b = b[2:]
		default:
			n := 2
			if b[1] >= '0' && b[1] <= '9' {
				n = min(4, len(b))
			}
			r, _ := simplifiedchinese.GB18030.NewDecoder().Bytes(b[:n])
			if c, _ := utf8.DecodeRune(r); c == utf8.RuneError || !unicode.IsGraphic(c) {
				if len(b) <= 4 && cut {
					return core > 0 && bad*50 <= core && rare*2 <= core
				}
				bad++
				n = 1
			} else {
				rare++
			}
			b = b[n:]
		}
	}
	return core+rare > 0 && bad*50 <= core && rare*2 <= core+1
}
