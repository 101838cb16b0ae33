package sheet

// A spreadsheet runs what begins with = + - @, a tab or a carriage return as a
// formula, also from a CSV file; the fullwidth forms count in East Asian
// versions. An apostrophe before it keeps it text.

// neutral puts an apostrophe before what would be run, unless it is a number.
// An apostrophe that stands there already is doubled, so that plain can tell.
func neutral(s string) string {
	i := 0
	for i < len(s) && s[i] == '\'' {
		i++
	}
	if !risky(s[i:]) || (i == 0 && isNumber(s)) {
		return s
	}
	return "'" + s
}

// plain takes away what neutral put there.
func plain(c []byte) []byte {
	i := 0
	for i < len(c) && c[i] == '\'' {
		i++
	}
	if i > 0 && risky(string(c[i:min(len(c), i+3)])) {
		return c[1:]
	}
	return c
}

func risky(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r':
		return true
	}
	if len(s) >= 3 {
		switch s[:3] {
		case "＝", "＋", "－", "＠":
			return true
		}
	}
	return false
}

// isNumber reports whether s is a plain number: a sign, digits with at most one
// point and with commas between them, perhaps a percent sign.
func isNumber(s string) bool {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	if s != "" && s[len(s)-1] == '%' {
		s = s[:len(s)-1]
	}
	digits, points := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		case c == ',' && i > 0 && i < len(s)-1 && points == 0:
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}
