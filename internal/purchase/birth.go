package purchase

import (
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
)

// parseBirth reads a birthday as people keep it in lists: 1985-04-17, 4月17日,
// 04-17, 农历八月十五, 1985年闰四月初三.
func parseBirth(raw string, lunar bool, order DateOrder) (customer.Birth, error) {
	text := strings.TrimSpace(raw)
	b := customer.Birth{Calendar: customer.Solar}
	for _, word := range []string{"农历", "農曆", "阴历", "陰曆", "旧历", "(农)", "（农）"} {
		if t := strings.ReplaceAll(text, word, ""); t != text {
			text, lunar = strings.TrimSpace(t), true
		}
	}
	for _, word := range []string{"公历", "公曆", "国历", "國曆", "阳历", "陽曆", "新历", "新曆"} {
		text = strings.TrimSpace(strings.ReplaceAll(text, word, ""))
	}
	if lunar {
		b.Calendar = customer.Lunar
	}
	wrong := errs.New(errs.Invalid, "import.birthday_wrong", "value", raw)
	if s, ok := parseStamp([]byte(text), order); ok && !lunar {
		b.Year, b.Month, b.Day = s.year, s.month, s.day
		return b, nil
	}
	for _, leap := range []string{"闰", "閏"} {
		if t := strings.ReplaceAll(text, leap, ""); t != text {
			text, b.Leap = t, true
		}
	}
	if i := strings.IndexByte(text, ' '); i > 0 {
		text = text[:i] // the midnight a spreadsheet adds
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("-/.年月", r) })
	if len(parts) == 1 && len(parts[0]) == 8 {
		parts = []string{parts[0][:4], parts[0][4:6], parts[0][6:]}
	} else if len(parts) == 1 && len(parts[0]) == 4 {
		parts = []string{parts[0][:2], parts[0][2:]}
	}
	var n []int
	for _, p := range parts {
		v, ok := chineseNumber(strings.TrimRight(strings.TrimSpace(p), "日号號生"))
		if !ok {
			return b, wrong
		}
		n = append(n, v)
	}
	switch len(n) {
	case 2:
		b.Month, b.Day = n[0], n[1]
	case 3:
		b.Year, b.Month, b.Day = n[0], n[1], n[2]
	default:
		return b, wrong
	}
	if err := b.Check(); err != nil {
		return b, err
	}
	return b, nil
}

var chineseDigits = map[rune]int{'〇': 0, '零': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
	'正': 1, '冬': 11, '腊': 12, '臘': 12, '元': 1}

// chineseNumber reads 17, 十七, 初三, 廿五, 正 (the first month), 腊 (the twelfth).
func chineseNumber(s string) (int, bool) {
	if s == "" {
		return 0, false
	}
	v, tens := 0, false
	for _, r := range strings.TrimPrefix(s, "初") {
		d, isDigit := chineseDigits[r]
		switch {
		case r >= '0' && r <= '9' && !tens:
			v = v*10 + int(r-'0')
		case r == '廿' && v == 0:
			v, tens = 20, true
		case r == '卅' && v == 0:
			v, tens = 30, true
		case r == '十' && !tens && v < 10:
			v, tens = max(v, 1)*10, true
		case isDigit && tens:
			v += d
		case isDigit:
			v = v*10 + d
		default:
			return 0, false
		}
		if v >= 10000 {
			return 0, false
		}
	}
	return v, true
}
