// Package day holds civil days, the Chinese lunar calendar from 1900 to 2100,
// birthdays in either calendar, and the festivals of a shop's year.
//
// A Day has no time and no zone: Of cuts it out of an instant in a zone, Start
// turns it back into one. It is kept and sent as YYYY-MM-DD. Days compare, sort
// and subtract as numbers (<, ==), and serve as map keys.
package day

import (
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/ricejar/ricejar/internal/errs"
)

// Day is a day of the Gregorian calendar between 0001-01-01 and 9999-12-31,
// counted from 0001-01-01 = 1. The zero Day is none, and earlier than any.
type Day int32

// the first and the last day there are.
const (
	first Day = 1
	last  Day = 3652059
)

// New is the day of a year, month and day of month, or an error if the calendar
// has no such day.
func New(year int, month time.Month, dom int) (Day, error) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || dom < 1 || dom > DaysIn(year, month) {
		return 0, errs.New(errs.Invalid, "day.no_such_day", "value", fmt.Sprintf("%d-%02d-%02d", year, int(month), dom))
	}
	return civil(year, month, dom), nil
}

// Of is the day on which an instant falls in a zone.
func Of(t time.Time, loc *time.Location) Day {
	year, month, dom := t.In(loc).Date()
	if year < 1 || year > 9999 {
		return 0
	}
	return civil(year, month, dom)
}

// Start is the first instant of the day in a zone: where clocks go forward at
// midnight, that is one o'clock.
func (d Day) Start(loc *time.Location) time.Time {
	year, month, dom := d.Date()
	t := time.Date(year, month, dom, 0, 0, 0, 0, loc)
	if _, _, got := t.Date(); got != dom {
		_, t = t.ZoneBounds()
	}
	return t
}

// civil counts the days of a valid date; years start in March, so that the leap
// day is the last of its year.
func civil(year int, month time.Month, dom int) Day {
	y, m := year, int(month)-3
	if m < 0 {
		y, m = y-1, m+12
	}
	return Day(y*365 + y/4 - y/100 + y/400 + (153*m+2)/5 + dom - 306)
}

// Date is the year, month and day of month; zeros for no day.
func (d Day) Date() (year int, month time.Month, dom int) {
	if d < first {
		return 0, 0, 0
	}
	n := int(d) + 305 // days since 0000-03-01
	era := n / 146097
	n %= 146097
	y := (n - n/1460 + n/36524 - n/146096) / 365
	n -= 365*y + y/4 - y/100
	m := (5*n + 2) / 153
	dom = n - (153*m+2)/5 + 1
	year = y + era*400
	if m += 3; m > 12 {
		m -= 12
		year++
	}
	return year, time.Month(m), dom
}

// Year is the year.
func (d Day) Year() int {
	year, _, _ := d.Date()
	return year
}

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return time.Weekday(d % 7) }

// AddDays is the day n days later, or earlier for a negative n; it stops at the
// first and the last day there are. No day stays no day.
func (d Day) AddDays(n int) Day {
	if d < first {
		return 0
	}
	n = min(max(n, -int(last)), int(last))
	return Day(min(max(int(d)+n, int(first)), int(last)))
}

// Sub is the number of days from e to d.
func (d Day) Sub(e Day) int { return int(d) - int(e) }

// AddYears is the same date n years later; 29 February becomes the 28th in a
// common year. It stops at the years 1 and 9999.
func (d Day) AddYears(n int) Day {
	if d < first {
		return 0
	}
	year, month, dom := d.Date()
	year = min(max(year+min(max(n, -9999), 9999), 1), 9999)
	return civil(year, month, min(dom, DaysIn(year, month)))
}

// DaysIn is the number of days of a month.
func DaysIn(year int, month time.Month) int {
	switch month {
	case time.February:
		if IsLeap(year) {
			return 29
		}
		return 28
	case time.April, time.June, time.September, time.November:
		return 30
	}
	return 31
}

// IsLeap reports whether a year has a 29 February.
func IsLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// String is YYYY-MM-DD, and nothing for no day.
func (d Day) String() string {
	var buf [10]byte
	return string(d.Append(buf[:0]))
}

// Append appends YYYY-MM-DD, and nothing for no day.
func (d Day) Append(dst []byte) []byte {
	if d < first {
		return dst
	}
	y, m, dom := d.Date()
	return append(dst,
		byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-',
		byte('0'+dom/10), byte('0'+dom%10))
}

// MarshalText writes YYYY-MM-DD.
func (d Day) MarshalText() ([]byte, error) { return d.Append(nil), nil }

// UnmarshalText reads YYYY-MM-DD; empty is no day.
func (d *Day) UnmarshalText(b []byte) error { return d.set(string(b)) }

func (d *Day) set(s string) (err error) {
	*d = 0
	if s != "" {
		*d, err = Parse(s)
	}
	return err
}

// Value stores the day as text, no day as the empty text.
func (d Day) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads what Value stored.
func (d *Day) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return d.set(v)
	case []byte:
		return d.set(string(v))
	case nil:
		return d.set("")
	}
	return fmt.Errorf("day: cannot read a day from %T", src)
}
