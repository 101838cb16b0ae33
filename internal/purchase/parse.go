package purchase

import (
	"bytes"
	"time"

	"github.com/ricejar/ricejar/internal/day"
)

// decimal reads a plain decimal number ("6", "-1", "2.55") scaled by 10^digits,
// the way almost every cell is written; anything else is for package money. It
// refuses more decimals than digits unless they are zeros.
func decimal(b []byte, digits int) (v int64, ok bool) {
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 12 {
		return 0, false
	}
	point := -1
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			if point >= 0 && i-point > digits {
				if c != '0' {
					return 0, false
				}
				continue
			}
			v = v*10 + int64(c-'0')
		case c == '.' && point < 0 && i > 0:
			point = i
		default:
			return 0, false
		}
	}
	decimals := 0
	if point >= 0 {
		decimals = min(len(b)-point-1, digits)
	}
	for ; decimals < digits; decimals++ {
		v *= 10
	}
	if neg {
		v = -v
	}
	return v, true
}

// DateOrder says how 3/4/2024 is meant.
type DateOrder string

// The orders. Dates that begin with the year, or name the month, need none.
const (
	DayFirst   DateOrder = "dmy"
	MonthFirst DateOrder = "mdy"
)

// clock reads a till's dates in a zone. It remembers the last cell: the lines
// of a receipt repeat it.
type clock struct {
	zone  *time.Location
	order DateOrder

	cell []byte
	at   int64
	day  string
	ok   bool
}

// read returns the instant in Unix milliseconds and the business day.
func (c *clock) read(cell []byte) (at int64, day string, ok bool) {
	if c.cell != nil && bytes.Equal(cell, c.cell) {
		return c.at, c.day, c.ok
	}
	c.cell = append(c.cell[:0], cell...)
	c.at, c.day, c.ok = 0, "", false
	d, ok := parseStamp(cell, c.order)
	if !ok {
		return 0, "", false
	}
	zone := c.zone
	if d.hasOffset {
		zone = time.FixedZone("", d.offset)
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, zone)
	c.at, c.day, c.ok = t.UnixMilli(), t.In(c.zone).Format(time.DateOnly), true
	return c.at, c.day, true
}

// stamp is a date and a time of day as written.
type stamp struct {
	year, month, day, hour, minute, second int
	hasOffset                              bool
	offset                                 int // seconds east
}

// parseStamp reads the dates that tills write: 2010-12-01 08:26:00, 2010/12/1
// 8:26, 20101201082600, 2010年12月1日, 1.12.2010, 12/1/2010 8:26 AM,
// 2010-12-01T08:26:00.000Z. Impossible ones are refused.
func parseStamp(b []byte, order DateOrder) (s stamp, ok bool) {
	b = bytes.TrimSpace(b)
	p := digits{b: b}
	first, n := p.number()
	switch {
	case n == 8 && (p.done() || p.peek() == ' ' || p.peek() == 'T'):
		s.year, s.month, s.day = first/10000, first/100%100, first%100
	case n == 14 && p.done():
		day := first / 1000000
		s = stamp{year: day / 10000, month: day / 100 % 100, day: day % 100, hour: first / 10000 % 100, minute: first / 100 % 100, second: first % 100}
	case n == 4:
		s.year = first
		sep := p.separator()
		if sep == 0 {
			return s, false
		}
		if s.month, n = p.number(); n == 0 || n > 2 || p.separator() == 0 {
			return s, false
		}
		if s.day, n = p.number(); n == 0 || n > 2 {
			return s, false
		}
		p.skip("日")
	case n == 1 || n == 2:
		if p.separator() == 0 {
			return s, false
		}
		second, m := p.number()
		if m == 0 || m > 2 || p.separator() == 0 {
			return s, false
		}
		if s.year, n = p.number(); n != 4 {
			return s, false
		}
		s.day, s.month = first, second
		if order == MonthFirst {
			s.day, s.month = second, first
		}
	default:
		return s, false
	}
	if !p.done() && !s.clockOf(&p) {
		return s, false
	}
	if s.year < 1990 || s.year > 2199 || s.month < 1 || s.month > 12 || s.day < 1 || s.day > day.DaysIn(s.year, time.Month(s.month)) ||
		s.hour > 23 || s.minute > 59 || s.second > 59 {
		return s, false
	}
	return s, true
}

// clockOf reads the time of day behind the date.
func (s *stamp) clockOf(p *digits) bool {
	p.skip("T")
	p.blanks()
	afternoon, morning := p.skip("下午"), p.skip("上午")
	p.blanks()
	var n int
	if s.hour, n = p.number(); n == 0 || n > 2 || !(p.skip(":") || p.skip("时") || p.skip("時") || p.skip("点")) {
		return false
	}
	if s.minute, n = p.number(); n == 0 || n > 2 {
		return false
	}
	p.skip("分")
	if p.skip(":") || p.peek() >= '0' && p.peek() <= '9' {
		if s.second, n = p.number(); n == 0 || n > 2 {
			return false
		}
		p.skip("秒")
		if p.skip(".") {
			if _, n = p.number(); n == 0 {
				return false
			}
		}
	}
	p.blanks()
	switch {
	case p.fold("am"):
		morning = true
	case p.fold("pm"):
		afternoon = true
	}
	if (afternoon || morning) && (s.hour > 12 && morning || s.hour == 0 && afternoon) {
		return false
	}
	if afternoon && s.hour < 12 {
		s.hour += 12
	} else if morning && s.hour == 12 {
		s.hour = 0
	}
	switch {
	case p.skip("Z"):
		s.hasOffset = true
	case p.peek() == '+' || p.peek() == '-':
		sign := 1
		if p.peek() == '-' {
			sign = -1
		}
		p.b = p.b[1:]
		h, n := p.number()
		m := 0
		if n == 4 {
			h, m = h/100, h%100
		} else if n != 2 {
			return false
		} else if p.skip(":") {
			m, _ = p.number()
		}
		if h > 14 || m > 59 {
			return false
		}
		s.hasOffset, s.offset = true, sign*(h*3600+m*60)
	}
	return p.done()
}

// ParseDay reads the day of a till's date, in all the ways it may be written in a file to import.
func ParseDay(cell []byte, order DateOrder) (day.Day, bool) {
	s, ok := parseStamp(cell, order)
	if !ok {
		return 0, false
	}
	d, err := day.New(s.year, time.Month(s.month), s.day)
	return d, err == nil
}

// digits cuts a text into numbers and what stands between them.
type digits struct{ b []byte }

func (p *digits) done() bool { return len(p.b) == 0 }

func (p *digits) peek() byte {
	if len(p.b) == 0 {
		return 0
	}
	return p.b[0]
}

func (p *digits) number() (v, n int) {
	for n < len(p.b) && n < 15 && p.b[n] >= '0' && p.b[n] <= '9' {
		v = v*10 + int(p.b[n]-'0')
		n++
	}
	p.b = p.b[n:]
	return v, n
}

func (p *digits) skip(s string) bool {
	if len(p.b) >= len(s) && string(p.b[:len(s)]) == s {
		p.b = p.b[len(s):]
		return true
	}
	return false
}

func (p *digits) fold(s string) bool {
	if len(p.b) >= len(s) && bytes.EqualFold(p.b[:len(s)], []byte(s)) {
		p.b = p.b[len(s):]
		return true
	}
	return false
}

func (p *digits) blanks() {
	for len(p.b) > 0 && p.b[0] == ' ' {
		p.b = p.b[1:]
	}
}

func (p *digits) separator() byte {
	for _, s := range []string{"-", "/", ".", "年", "月"} {
		if p.skip(s) {
			return s[0]
		}
	}
	return 0
}

// orderOf looks through sample cells for one that can only be read one way.
func orderOf(samples [][]byte) DateOrder {
	for _, s := range samples {
		_, asDay := parseStamp(s, DayFirst)
		_, asMonth := parseStamp(s, MonthFirst)
		if asDay != asMonth {
			if asDay {
				return DayFirst
			}
			return MonthFirst
		}
	}
	return ""
}

func startOfDay(day string, zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// code trims what a till writes as a number and a spreadsheet turned into a
// fraction: 17850.0 is 17850.
func code(b []byte) []byte {
	b = bytes.TrimSpace(b)
	point := bytes.IndexByte(b, '.')
	if point <= 0 || point == len(b)-1 {
		return b
	}
	for _, c := range b[:point] {
		if c < '0' || c > '9' {
			return b
		}
	}
	for _, c := range b[point+1:] {
		if c != '0' {
			return b
		}
	}
	return b[:point]
}

// nobody are the words tills write where no member was named.
var nobody = map[string]bool{
	"0": true, "-": true, "--": true, "/": true, "null": true, "NULL": true, "nan": true, "NaN": true, "none": true, "None": true, "N/A": true, "n/a": true,
	"无": true, "無": true, "散客": true, "非会员": true, "非會員": true, "普通顾客": true, "walk-in": true, "Walk-in": true,
}
