package day

import (
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/text"
)

// Parse reads YYYY-MM-DD and nothing else.
func Parse(s string) (Day, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, notADay(s)
	}
	year, ok1 := number(s[:4])
	month, ok2 := number(s[5:7])
	dom, ok3 := number(s[8:])
	if !ok1 || !ok2 || !ok3 {
		return 0, notADay(s)
	}
	return New(year, time.Month(month), dom)
}

// MustParse is Parse for constants in the source; it panics on a text that is no day.
func MustParse(s string) Day {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// ParseAny reads the ways a date with its year in front is written in forms and
// files: 2010-12-01, 2010/12/1, 2010.12.1, 20101201, 2010年12月1日, in full-width
// characters too, with the midnight a spreadsheet adds ("2010-12-01 00:00:00").
// Orders that could be read two ways (1/12/2010) and two-digit years are refused.
func ParseAny(s string) (Day, error) {
	if d, err := Parse(s); err == nil {
		return d, nil
	}
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000', r == '\u00a0':
			return ' '
		case r == '年', r == '月', r == '/', r == '.':
			return '-'
		case r == '号', r == '號':
			return '日'
		}
		return r
	}, s)
	plain = withoutMidnight(strings.TrimSpace(plain))
	plain = strings.TrimSuffix(plain, "日")
	if len(plain) == 8 {
		if n, ok := number(plain); ok {
			return checked(s, n/10000, n/100%100, n%100)
		}
	}
	parts := strings.Split(plain, "-")
	if len(parts) != 3 {
		return 0, notADay(s)
	}
	var n [3]int
	for i, part := range parts {
		var ok bool
		part = strings.TrimSpace(part)
		if n[i], ok = number(part); !ok || i == 0 && len(part) != 4 || i > 0 && len(part) > 2 {
			return 0, notADay(s)
		}
	}
	return checked(s, n[0], n[1], n[2])
}

// checked is New with the text as it was written in the error.
func checked(s string, year, month, dom int) (Day, error) {
	d, err := New(year, time.Month(month), dom)
	if err != nil {
		return 0, errs.New(errs.Invalid, "day.no_such_day", "value", text.Quote(strings.TrimSpace(s)))
	}
	return d, nil
}

func withoutMidnight(s string) string {
	for _, tail := range []string{"00:00:00-000", "00:00:00", "00:00", "0:00:00", "0:00"} { // "." is a dash by now
		rest, found := strings.CutSuffix(s, tail)
		if !found {
			continue
		}
		if cut := strings.TrimRight(rest, " T"); cut != rest {
			return cut
		}
	}
	return s
}

// number reads one to eight ASCII digits.
func number(s string) (n int, ok bool) {
	if s == "" || len(s) > 8 {
		return 0, false
	}
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	return n, true
}

func notADay(s string) error {
	return errs.New(errs.Invalid, "day.not_a_day", "value", text.Quote(s))
}
