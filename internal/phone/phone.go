// Package phone reads telephone numbers as people write them and holds them in
// one form, E.164, so that the same number is the same text everywhere.
//
// Chinese mobiles are read here in well under a microsecond; all else goes
// through libphonenumber's rules. A land line's extension is kept behind the
// number as RFC 3966 writes it: "+862162345678;ext=801".
package phone

import (
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/text"
)

// Number is a telephone number in E.164 form, "+8613812345678", with the
// extension if it has one. The zero Number is none.
type Number string

const china = "+86"

// Parse reads a number written in any usual way: blanks, dashes, dots, brackets,
// full-width digits, +86 or 0086 in front, an extension behind a land line
// (转801, ext. 801, or a last group after a dash). The region (ISO 3166, "CN")
// is where a number without a country code belongs; empty means it must have one.
// Letters and numbers that nobody can have are refused.
func Parse(raw, region string) (Number, error) {
	if n, ok := chineseMobile(raw, region); ok {
		return n, nil
	}
	number, ext, ok := split(raw)
	if !ok {
		return "", notANumber(raw)
	}
	if ext == "" {
		if n, ok := chineseMobile(number, region); ok {
			return n, nil
		}
	}
	if n, ok := parse(number, ext, region); ok {
		return n, nil
	}
	// 021-62345678-801: only when the whole is no number is the last group an extension.
	if i := strings.LastIndexByte(number, '-'); i > 0 && ext == "" && len(number)-i > 2 && len(number)-i-1 <= maxExtension && onlyDigits(number[i+1:]) {
		if n, ok := parse(number[:i], number[i+1:], region); ok && n.chinese() {
			return n, nil
		}
	}
	return "", notANumber(raw)
}

func parse(number, ext, region string) (Number, bool) {
	p, err := phonenumbers.Parse(number, region)
	if err != nil && strings.HasPrefix(number, "00") {
		p, err = phonenumbers.Parse("+"+number[2:], region)
	}
	if err != nil || !phonenumbers.IsValidNumber(p) {
		return "", false
	}
	n := Number(phonenumbers.Format(p, phonenumbers.E164))
	if ext == "" {
		return n, true
	}
	if n.isChineseMobile() {
		return "", false // a mobile has no extension: more likely two numbers in one field
	}
	return n + extMark + Number(ext), true
}

func notANumber(raw string) error {
	return errs.New(errs.Invalid, "phone.not_a_number", "value", text.Quote(raw))
}

// chineseMobile recognises 1[3-9] and nine digits more, with or without the
// country code, allocating only the result.
func chineseMobile(raw, region string) (Number, bool) {
	var digits [16]byte
	n, plus := 0, false
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case c-'0' <= 9:
			i++
		case c == ' ', c == '-', c == '\t', c == '\'' && i == 0:
			i++
			continue
		case c == '+' && n == 0 && !plus:
			plus = true
			i++
			continue
		case strings.HasPrefix(raw[i:], "\uff0b") && n == 0 && !plus: // ＋
			plus = true
			i += 3
			continue
		case strings.HasPrefix(raw[i:], "\u3000"), strings.HasPrefix(raw[i:], "\uff0d"): // full-width blank and dash
			i += 3
			continue
		case strings.HasPrefix(raw[i:], "\u00a0"):
			i += 2
			continue
		case strings.HasPrefix(raw[i:], "\xef\xbc") && i+2 < len(raw) && raw[i+2]-0x90 <= 9: // ０ to ９
			c = '0' + raw[i+2] - 0x90
			i += 3
		default:
			if raw[i:] == ".0" { // a spreadsheet took it for a number
				i += 2
				continue
			}
			return "", false
		}
		if n == len(digits) {
			return "", false
		}
		digits[n] = c
		n++
	}
	d := digits[:n]
	switch {
	case plus && n == 13 && d[0] == '8' && d[1] == '6':
		d = d[2:]
	case plus:
		return "", false
	case n == 15 && string(d[:4]) == "0086":
		d = d[4:]
	case region == "CN" && n == 13 && d[0] == '8' && d[1] == '6':
		d = d[2:]
	case region == "CN" && n == 11:
	default:
		return "", false
	}
	if d[0] != '1' || d[1] < '3' {
		return "", false
	}
	if plus && len(raw) == len(china)+len(d) { // already in our form
		return Number(raw), true
	}
	return Number(china + string(d)), true
}
