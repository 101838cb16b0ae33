package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// numberKind is what a number format makes of a number.
type numberKind uint8

const (
	plainNumber numberKind = iota
	dateNumber             // a day, perhaps with a time of day
	timeNumber             // a time of day or a duration
)

// styles tells which cell styles show dates.
type styles struct {
	codes map[int]string
	byXf  []numberKind
	inXfs bool
}

func (s *styles) read(x *xmlPull) error {
	switch string(x.name) {
	case "numFmt":
		if s.codes == nil {
			s.codes = make(map[int]string)
		}
		if n, err := strconv.Atoi(x.attrString("numFmtId")); err == nil {
			s.codes[n] = x.attrString("formatCode")
		}
	case "cellXfs":
		s.inXfs = true
	case "cellStyles", "cellStyleXfs", "dxfs":
		s.inXfs = false
	case "xf":
		if s.inXfs {
			n, _ := strconv.Atoi(x.attrString("numFmtId"))
			s.byXf = append(s.byXf, s.kindOf(n))
		}
	}
	return nil
}

func (s *styles) kind(xf int) numberKind {
	if xf < 0 || xf >= len(s.byXf) {
		return plainNumber
	}
	return s.byXf[xf]
}

func (s *styles) kindOf(format int) numberKind {
	if code, ok := s.codes[format]; ok {
		return kindOfCode(code)
	}
	switch { // the built-in formats, with those of East Asian versions
	case format >= 14 && format <= 17, format == 22, format >= 27 && format <= 31, format == 36, format >= 50 && format <= 54, format >= 57 && format <= 58:
		return dateNumber
	case format >= 18 && format <= 21, format >= 32 && format <= 35, format >= 45 && format <= 47, format >= 55 && format <= 56:
		return timeNumber
	}
	return plainNumber
}

// kindOfCode reads a format code such as yyyy"年"m"月"d"日";@ or [h]:mm.
func kindOfCode(code string) numberKind {
	code = strings.ToLower(code)
	date, clock := false, false
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			n := strings.IndexByte(code[i+1:], '"')
			if n < 0 {
				return plainNumber
			}
			i += n + 1
		case '\\', '_', '*':
			i++
		case '[':
			n := strings.IndexByte(code[i:], ']')
			if n < 0 {
				return plainNumber
			}
			switch code[i+1 : i+n] {
			case "h", "hh", "m", "mm", "s", "ss":
				clock = true
			}
			i += n
		case 'g': // General, or a Japanese era
			if strings.HasPrefix(code[i:], "general") {
				return plainNumber
			}
			date = true
		case 'y', 'd':
			date = true
		case 'h', 's':
			clock = true
		case 'm':
			if !clock { // minutes stand beside hours or seconds
				rest := strings.TrimLeft(code[i:], "m")
				if !strings.HasPrefix(rest, ":s") {
					date = true
				}
			}
		case ';': // the sections for negative numbers and text say no more
			i = len(code)
		}
	}
	switch {
	case date:
		return dateNumber
	case clock:
		return timeNumber
	}
	return plainNumber
}

// appendNumber writes a number as a person would: a date as 2006-01-02, with
// its time of day if it has one; other numbers without the noise of binary
// fractions and without exponents. What is plain already stays as told.
func appendNumber(dst, v []byte, kind numberKind, date1904 bool) []byte {
	if kind == plainNumber && len(v) <= 15 && isPlain(v) {
		return append(dst, v...)
	}
	f, err := strconv.ParseFloat(string(v), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return append(dst, v...)
	}
	switch {
	case kind == dateNumber && f >= 0 && f < 2958466: // 9999-12-31
		return appendDate(dst, f, date1904)
	case kind == timeNumber && f >= 0 && f < 1:
		return appendClock(dst, int(math.Round(f*86400)))
	}
	if math.Abs(f) >= 1e21 {
		return append(dst, v...)
	}
	// Fifteen digits are what a spreadsheet keeps; the rest is noise.
	f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

func isPlain(v []byte) bool {
	for i, c := range v {
		if (c < '0' || c > '9') && c != '.' && (c != '-' || i > 0) {
			return false
		}
	}
	return true
}

func appendDate(dst []byte, f float64, date1904 bool) []byte {
	days, seconds := int(f), int(math.Round((f-math.Floor(f))*86400))
	if seconds == 86400 {
		days, seconds = days+1, 0
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 61: // the spreadsheet believes in a 29 February 1900
		base = base.AddDate(0, 0, 1)
	}
	if days == 0 && !date1904 {
		return appendClock(dst, seconds)
	}
	dst = base.AddDate(0, 0, days).AppendFormat(dst, "2006-01-02")
	if seconds > 0 {
		dst = appendClock(append(dst, ' '), seconds)
	}
	return dst
}

func appendClock(dst []byte, seconds int) []byte {
	return time.Unix(int64(seconds), 0).UTC().AppendFormat(dst, "15:04:05")
}
