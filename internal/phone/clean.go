package phone

import "strings"

const (
	extMark      = ";ext="
	maxExtension = 6
)

// marks before an extension, as people and RFC 3966 write them.
var extMarks = []string{extMark, "转", "轉", "分机", "分機", "内线", "內線", "ext.", "ext", "x", "#"}

// split turns a written number into ASCII digits and punctuation and takes a
// marked extension off; it is not ok when anything else is left in it.
func split(raw string) (number, ext string, ok bool) {
	s := strings.TrimSpace(strings.Map(plain, raw))
	s = strings.TrimPrefix(s, "'")
	s = strings.TrimPrefix(s, "tel:")
	s = strings.TrimSuffix(s, ".0")
	for _, mark := range extMarks {
		before, after, found := strings.Cut(s, mark)
		if !found {
			continue
		}
		after = strings.TrimLeft(after, " :-")
		if before == "" || after == "" || len(after) > maxExtension || !onlyDigits(after) {
			return "", "", false
		}
		s, ext = before, after
		break
	}
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c-'0' <= 9:
			digits++
		case c == '+' && digits == 0:
		case strings.IndexByte(" -./()", c) >= 0:
		default:
			return "", "", false
		}
	}
	return strings.TrimRight(s, " -./"), ext, digits > 0 && digits < 24
}

// plain is the ASCII counterpart of a full-width character, dash or blank.
func plain(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		r = r - '！' + '!'
	case r == '\u3000', r == '\u00a0', r == '\u2009', r == '\u202f', r == '\t':
		return ' '
	case r >= '\u2010' && r <= '\u2015', r == '−':
		return '-'
	case r == '\u200b', r == '\u200e', r == '\u202a', r == '\u202c', r == '\ufeff':
		return -1 // invisible marks that come along when copying from a phone
	}
	if r >= 'A' && r <= 'Z' {
		return r - 'A' + 'a'
	}
	return r
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return s != ""
}
