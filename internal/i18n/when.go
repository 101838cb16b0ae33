package i18n

import (
	"strconv"
	"time"
)

var (
	englishMonths = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	weekdayKeys   = [...]string{"i18n.sunday", "i18n.monday", "i18n.tuesday", "i18n.wednesday", "i18n.thursday", "i18n.friday", "i18n.saturday"}
)

// Day writes a YYYY-MM-DD day in full: 2026年11月22日, 22 Nov 2026. Anything
// that is not a day is returned as it is.
func (p Printer) Day(day string) string {
	t, ok := parseDay(day)
	if !ok {
		return day
	}
	if p.Locale.Chinese() {
		return strconv.Itoa(t.Year()) + "年" + p.monthDay(t)
	}
	return p.monthDay(t) + " " + strconv.Itoa(t.Year())
}

// DayShort is Day without the year when it is the year of today.
func (p Printer) DayShort(day, today string) string {
	t, ok := parseDay(day)
	if ok && len(today) >= 4 && day[:4] == today[:4] {
		return p.monthDay(t)
	}
	return p.Day(day)
}

// DayLong is Day with its weekday, for headings: 11月22日 星期日, Sunday 22 November.
func (p Printer) DayLong(day string) string {
	t, ok := parseDay(day)
	if !ok {
		return day
	}
	if p.Locale.Chinese() {
		return p.monthDay(t) + " " + p.Weekday(day)
	}
	return t.Format("Monday 2 January")
}

// Weekday is the day's weekday: 星期日, Sunday.
func (p Printer) Weekday(day string) string {
	t, ok := parseDay(day)
	if !ok {
		return ""
	}
	return p.T(weekdayKeys[t.Weekday()])
}

// Month writes a YYYY-MM month: 2026年11月, Nov 2026.
func (p Printer) Month(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	if p.Locale.Chinese() {
		return strconv.Itoa(t.Year()) + "年" + strconv.Itoa(int(t.Month())) + "月"
	}
	return englishMonths[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// DayNear writes a day as people speak of it, seen from today: 昨天, in 3 days;
// beyond a week as DayShort.
func (p Printer) DayNear(day, today string) string {
	d, ok1 := parseDay(day)
	t, ok2 := parseDay(today)
	if !ok1 || !ok2 {
		return p.Day(day)
	}
	switch n := int(d.Sub(t) / (24 * time.Hour)); {
	case n == 0:
		return p.T("i18n.today")
	case n == -1:
		return p.T("i18n.yesterday")
	case n == 1:
		return p.T("i18n.tomorrow")
	case n < 0 && n >= -7:
		return p.T("i18n.days_ago", "n", -n)
	case n > 0 && n <= 7:
		return p.T("i18n.in_days", "n", n)
	default:
		return p.DayShort(day, today)
	}
}

// Time writes an instant as the clock of the zone shows it: 2026年11月22日 14:05.
func (p Printer) Time(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(zone)
	if p.Locale.Chinese() {
		return p.Day(t.Format(time.DateOnly)) + " " + t.Format("15:04")
	}
	return p.Day(t.Format(time.DateOnly)) + ", " + t.Format("15:04")
}

// Clock writes only the time of day: 14:05.
func (p Printer) Clock(t time.Time, zone *time.Location) string { return t.In(zone).Format("15:04") }

// Ago writes an instant as seen from now: 刚刚, 5 分钟前, 今天 14:05, 昨天 09:30,
// 3 天前, and then the day.
func (p Printer) Ago(t, now time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	gone := now.Sub(t)
	day, today := t.In(zone).Format(time.DateOnly), now.In(zone).Format(time.DateOnly)
	switch {
	case gone >= 0 && gone < time.Minute:
		return p.T("i18n.just_now")
	case gone >= 0 && gone < time.Hour:
		return p.T("i18n.minutes_ago", "n", int(gone/time.Minute))
	case day == today, day == now.In(zone).AddDate(0, 0, -1).Format(time.DateOnly), day == now.In(zone).AddDate(0, 0, 1).Format(time.DateOnly):
		return p.DayNear(day, today) + " " + p.Clock(t, zone)
	default:
		return p.DayNear(day, today)
	}
}

func (p Printer) monthDay(t time.Time) string {
	if p.Locale.Chinese() {
		return strconv.Itoa(int(t.Month())) + "月" + strconv.Itoa(t.Day()) + "日"
	}
	return strconv.Itoa(t.Day()) + " " + englishMonths[t.Month()-1]
}

func parseDay(day string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, day)
	return t, err == nil
}
