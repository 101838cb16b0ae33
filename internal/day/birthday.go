package day

import (
	"fmt"
	"time"

	"github.com/ricejar/ricejar/internal/errs"
)

// Calendar is the one a birthday is kept in.
type Calendar string

// The calendars a birthday is kept in.
const (
	SolarCalendar Calendar = "solar"
	LunarCalendar Calendar = "lunar"
)

// Birth is a birthday as a person tells it. It is celebrated every year, and a
// year that lacks the very day has this one instead:
//
//   - 29 February: the 28th in a common year;
//   - the 30th of a lunar month: the 29th when the month has 29 days;
//   - a leap month: the ordinary month of the same number in a year that does not
//     have that leap month. An ordinary month's birthday is never celebrated
//     again in the leap month after it.
type Birth struct {
	Calendar Calendar
	Year     int // 0: not told
	Month    int
	Day      int
	Leap     bool // lunar leap month
}

// Check reports a birthday no calendar has. Without a year, any year may have it.
func (b Birth) Check() error {
	days := 0
	switch {
	case b.Month < 1 || b.Month > 12:
	case b.Calendar == SolarCalendar && !b.Leap:
		year := b.Year
		if year == 0 {
			year = 2000 // a leap year
		}
		days = DaysIn(year, time.Month(b.Month))
	case b.Calendar == LunarCalendar && b.Year == 0:
		days = 30
	case b.Calendar == LunarCalendar:
		days = LunarMonthDays(b.Year, b.Month, b.Leap)
	}
	if b.Year < 0 || b.Year > 9999 || b.Day < 1 || b.Day > days {
		return errs.New(errs.Invalid, "day.no_such_birthday")
	}
	return nil
}

// Key is what birthdays are looked up by: "s-04-17" for the solar calendar,
// "l-08-15" for the lunar, "l-06-15x" for a lunar leap month. It is empty for a
// birthday that is not known.
func (b Birth) Key() string { return BirthKey(b.Calendar, b.Month, b.Day, b.Leap) }

// BirthKey is the Key of a birthday whose year does not matter.
func BirthKey(c Calendar, month, dom int, leap bool) string {
	if (Birth{Calendar: c, Month: month, Day: dom, Leap: leap}).Check() != nil {
		return ""
	}
	s := fmt.Sprintf("%c-%02d-%02d", c[0], month, dom)
	if leap {
		s += leapMark
	}
	return s
}

// BirthKeys is the keys of all birthdays celebrated on a day.
func BirthKeys(d Day) []string {
	if d < first {
		return nil
	}
	year, month, dom := d.Date()
	keys := []string{BirthKey(SolarCalendar, int(month), dom, false)}
	if month == time.February && dom == 28 && !IsLeap(year) {
		keys = append(keys, BirthKey(SolarCalendar, 2, 29, false))
	}
	l, ok := d.Lunar()
	if !ok {
		return keys
	}
	doms := []int{l.Day}
	if l.Day == 29 && LunarMonthDays(l.Year, l.Month, l.Leap) == 29 {
		doms = append(doms, 30)
	}
	for _, dom := range doms {
		if !l.Leap {
			keys = append(keys, BirthKey(LunarCalendar, l.Month, dom, false))
		}
		if l.Leap || LeapMonth(l.Year) != l.Month {
			keys = append(keys, BirthKey(LunarCalendar, l.Month, dom, true))
		}
	}
	return keys
}

// Next is the first day on or after from on which the birthday is celebrated;
// not ok for a birthday that is not known and outside the lunar tables.
func (b Birth) Next(from Day) (d Day, ok bool) {
	if b.Key() == "" || from < first {
		return 0, false
	}
	in, year := b.inYear, from.Year()
	if b.Calendar == LunarCalendar {
		l, ok := from.Lunar()
		if !ok {
			return 0, false
		}
		in, year = b.inLunarYear, l.Year
	}
	for range 2 {
		if d, ok := in(year); ok && d >= from {
			return d, true
		}
		year++
	}
	return 0, false
}

func (b Birth) inYear(year int) (Day, bool) {
	if year > 9999 {
		return 0, false
	}
	month := time.Month(b.Month)
	return civil(year, month, min(b.Day, DaysIn(year, month))), true
}

func (b Birth) inLunarYear(year int) (Day, bool) {
	leap := b.Leap && LeapMonth(year) == b.Month
	days := LunarMonthDays(year, b.Month, leap)
	d, err := Lunar{Year: year, Month: b.Month, Day: min(b.Day, days), Leap: leap}.Solar()
	return d, err == nil
}
