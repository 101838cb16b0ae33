package money

import (
	"math"
	"strings"
	"unicode/utf8"
)

// verdict says why a text is not a number, without allocating an error.
type verdict uint8

const (
	fine verdict = iota
	notNumber
	tooLarge
	tooFine // more decimals than the scale, where rounding is not wanted
)

// what to do with decimals beyond the scale.
const (
	exactly = false
	rounded = true
)

var pow10 = [...]uint64{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// read is fixed, and when that does not understand the text, fixed again on the
// text in plain ASCII without the signs of the currency.
func read(s string, c Currency, scale int, round bool) (int64, verdict) {
	v, verdict := fixed(s, scale, round)
	if verdict != notNumber {
		return v, verdict
	}
	plain := asciiOf(s)
	if c != "" {
		plain = withoutSign(plain, c)
	}
	if plain == s {
		return 0, notNumber
	}
	return fixed(plain, scale, round)
}

// fixed reads a plain ASCII decimal number as an integer of 10^-scale: blanks
// around it; a minus in front or behind, a plus in front, or brackets that mean minus;
// commas between groups of three; at least one digit.
func fixed(s string, scale int, round bool) (int64, verdict) {
	s, negative, ok := sign(s)
	if !ok {
		return 0, notNumber
	}
	var v uint64
	i, digits, commas, sinceComma := 0, 0, 0, 0
	for ; i < len(s); i++ {
		if d := s[i] - '0'; d <= 9 {
			if v > math.MaxInt64/10 {
				return 0, beyond(s[i:])
			}
			v = v*10 + uint64(d)
			digits++
			sinceComma++
			continue
		}
		if s[i] != ',' {
			break
		}
		if sinceComma == 0 || sinceComma > 3 || (commas > 0 && sinceComma != 3) {
			return 0, notNumber
		}
		commas++
		sinceComma = 0
	}
	if commas > 0 && sinceComma != 3 {
		return 0, notNumber
	}
	taken, up, over := 0, false, false
	if i < len(s) {
		if s[i] != '.' {
			return 0, notNumber
		}
		for i++; i < len(s); i++ {
			d := s[i] - '0'
			if d > 9 {
				return 0, notNumber
			}
			digits++
			switch {
			case taken < scale:
				if v > math.MaxInt64/10 {
					return 0, beyond(s[i:])
				}
				v = v*10 + uint64(d)
				taken++
			case !over && taken == scale:
				up = d >= 5
				over = d != 0
				taken++
			default:
				over = over || d != 0
			}
		}
	}
	if digits == 0 {
		return 0, notNumber
	}
	if over && !round {
		return 0, tooFine
	}
	if taken < scale {
		p := pow10[scale-taken]
		if v > math.MaxInt64/p {
			return 0, tooLarge
		}
		v *= p
	}
	if up && round {
		v++
	}
	if v > math.MaxInt64 {
		return 0, tooLarge
	}
	if negative {
		return -int64(v), fine
	}
	return int64(v), fine
}

// beyond tells a number that is too large from a text that starts like one.
func beyond(rest string) verdict {
	for i := range len(rest) {
		if c := rest[i]; c-'0' > 9 && c != ',' && c != '.' {
			return notNumber
		}
	}
	return tooLarge
}

// sign takes blanks, sign and brackets off.
func sign(s string) (rest string, negative, ok bool) {
	s = trim(s)
	if s == "" {
		return "", false, false
	}
	switch last := len(s) - 1; {
	case s[0] == '(':
		if s[last] != ')' {
			return "", false, false
		}
		return trim(s[1:last]), true, true
	case s[0] == '-':
		return trim(s[1:]), true, true
	case s[0] == '+':
		return trim(s[1:]), false, true
	case s[last] == '-':
		return trim(s[:last]), true, true
	}
	return s, false, true
}

func trim(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// asciiOf turns full-width characters, other minus signs and other blanks into
// the ASCII ones, letters into capitals, and leaves the rest.
func asciiOf(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '￥':
			return '¥'
		case r == '￡':
			return '£'
		case r == '￦':
			return '₩'
		case r == '−', r == '–', r == '﹣':
			return '-'
		case r == '\u3000', r == '\u00a0', r == '\u202f', r == '\u2009', r == '\ufeff':
			return ' '
		case r == utf8.RuneError:
			return '?' // never part of a number
		}
		return r
	}, s)
}

// withoutSign takes one sign or the code of the currency off, from the front
// (behind a minus or a bracket too) or from the end.
func withoutSign(s string, c Currency) string {
	s = trim(s)
	front := len(s) - len(strings.TrimLeft(s, "-+( "))
	end := len(strings.TrimRight(s, ") "))
	if end < front {
		return s
	}
	before, body, after := s[:front], s[front:end], s[end:]
	own := append([]string{string(c)}, signs[c]...)
	for _, sign := range own {
		if rest, ok := strings.CutPrefix(body, sign); ok {
			rest = trim(rest)
			if before == "" || rest == "" || rest[0] != '-' { // "-¥-5" has one minus too many and stays unreadable
				return before + rest + after
			}
		}
	}
	for _, sign := range own {
		if rest, ok := strings.CutSuffix(body, sign); ok {
			return before + trim(rest) + after
		}
	}
	return s
}

// appendFixed writes v × 10^-scale with at least `least` decimals.
func appendFixed(dst []byte, v int64, scale, least int) []byte {
	u := magnitude(v)
	if v < 0 {
		dst = append(dst, '-')
	}
	var buf [24]byte
	i := len(buf)
	decimals := scale
	for decimals > least && u%10 == 0 {
		u /= 10
		decimals--
	}
	for n := 0; u > 0 || n <= decimals; n++ {
		if n == decimals && decimals > 0 {
			i--
			buf[i] = '.'
		}
		i--
		buf[i] = byte('0' + u%10)
		u /= 10
	}
	return append(dst, buf[i:]...)
}
