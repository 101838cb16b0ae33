package pinyin

import (
	"strings"
	"unicode"
)

// Fold brings what is stored and what is typed to one form for comparing: lower
// case, full-width characters as half-width, single blanks between words and none
// around, invisible characters gone. It does not touch Chinese characters.
func Fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r < 0x80:
			if r < ' ' {
				return ' '
			}
			return r
		case r >= '！' && r <= '～':
			return unicode.ToLower(r - '！' + '!')
		case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2064, r == 0xFEFF:
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return unicode.ToLower(r)
	}, s)
	s = strings.Trim(s, " ")
	if strings.Contains(s, "  ") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}
