package day

import (
	"fmt"
	"time"

	"github.com/ricejar/ricejar/internal/errs"
)

// The lunar years the tables know. The first begins on 1900-01-31, the last ends on 2101-01-28.
const (
	FirstLunarYear = 1900
	LastLunarYear  = FirstLunarYear + len(lunarYears) - 1
)

// leapMark stands behind a day of a leap month in text.
const leapMark = "x"

// Lunar is a day of the Chinese calendar. Leap marks the second of two months of
// the same number.
type Lunar struct {
	Year, Month, Day int
	Leap             bool
}

// lunarStarts is the first day of each lunar year and the day after the last.
var lunarStarts = func() (starts [len(lunarYears) + 1]Day) {
	d := civil(1900, time.January, 31)
	for i := range lunarYears {
		starts[i] = d
		year := FirstLunarYear + i
		for month := 1; month <= 12; month++ {
			d += Day(LunarMonthDays(year, month, false) + LunarMonthDays(year, month, true))
		}
	}
	starts[len(lunarYears)] = d
	return starts
}()

// LeapMonth is the number of the month a lunar year has twice, 0 for none and
// for a year outside the tables.
func LeapMonth(year int) int {
	if year < FirstLunarYear || year > LastLunarYear {
		return 0
	}
	return int(lunarYears[year-FirstLunarYear] & 0xf)
}

// LunarMonthDays is 29 or 30, and 0 for a month the year does not have.
func LunarMonthDays(year, month int, leap bool) int {
	if year < FirstLunarYear || year > LastLunarYear || month < 1 || month > 12 {
		return 0
	}
	if leap && month != LeapMonth(year) {
		return 0
	}
	bit := 16 - month
	if leap {
		bit = 16
	}
	return 29 + int(lunarYears[year-FirstLunarYear]>>bit&1)
}

// Lunar is the day in the Chinese calendar; not ok outside the tables.
func (d Day) Lunar() (l Lunar, ok bool) {
	if d < lunarStarts[0] || d >= lunarStarts[len(lunarYears)] {
		return Lunar{}, false
	}
	// A lunar year begins in January or February of the year with its number.
	l.Year = d.Year()
	if i := l.Year - FirstLunarYear; i >= len(lunarYears) || d < lunarStarts[i] {
		l.Year--
	}
	rest := d.Sub(lunarStarts[l.Year-FirstLunarYear])
	leapMonth := LeapMonth(l.Year)
	for l.Month = 1; ; l.Month++ {
		days := LunarMonthDays(l.Year, l.Month, false)
		if rest < days {
			break
		}
		rest -= days
		if l.Month == leapMonth {
			days = LunarMonthDays(l.Year, l.Month, true)
			if rest < days {
				l.Leap = true
				break
			}
			rest -= days
		}
	}
	l.Day = rest + 1
	return l, true
}

// Solar is the lunar day in the civil calendar, or an error if that year has no
// such month or the month no such day, or the tables do not know the year.
func (l Lunar) Solar() (Day, error) {
	if l.Day < 1 || l.Day > LunarMonthDays(l.Year, l.Month, l.Leap) {
		return 0, errs.New(errs.Invalid, "day.no_such_lunar_day", "value", l.String())
	}
	d := lunarStarts[l.Year-FirstLunarYear]
	leapMonth := LeapMonth(l.Year)
	for month := 1; month < l.Month; month++ {
		d += Day(LunarMonthDays(l.Year, month, false))
		if month == leapMonth {
			d += Day(LunarMonthDays(l.Year, month, true))
		}
	}
	if l.Leap {
		d += Day(LunarMonthDays(l.Year, l.Month, false))
	}
	return d + Day(l.Day-1), nil
}

// String is 2020-04-01, with an x behind a leap month: 2020-04-01x.
func (l Lunar) String() string {
	s := fmt.Sprintf("%04d-%02d-%02d", l.Year, l.Month, l.Day)
	if l.Leap {
		s += leapMark
	}
	return s
}
