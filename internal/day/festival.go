package day

import (
	"slices"
	"time"
)

// Festival is a day on which a shop writes to its customers. Its name in the
// reader's language is the translation of Key.
type Festival struct {
	Code string
	Day  Day
}

// Key is the translation key of the festival's name.
func (f Festival) Key() string { return "day.festival." + f.Code }

// festivals in the order in which they fall in most years.
var festivals = []struct {
	code string
	in   func(year int) (Day, bool)
}{
	{"new_year", solarDay(time.January, 1)},         // 元旦
	{"new_years_eve", newYearsEve},                  // 除夕
	{"spring_festival", lunarDay(1, 1)},             // 春节
	{"valentines_day", solarDay(time.February, 14)}, // 情人节
	{"lantern", lunarDay(1, 15)},                    // 元宵
	{"womens_day", solarDay(time.March, 8)},         // 妇女节
	{"qingming", qingming},                          // 清明
	{"labour_day", solarDay(time.May, 1)},           // 劳动节
	{"mothers_day", nth(2, time.Sunday, time.May)},  // 母亲节
	{"childrens_day", solarDay(time.June, 1)},       // 儿童节
	{"dragon_boat", lunarDay(5, 5)},                 // 端午
	{"fathers_day", nth(3, time.Sunday, time.June)}, // 父亲节
	{"qixi", lunarDay(7, 7)},                        // 七夕
	{"teachers_day", solarDay(time.September, 10)},  // 教师节
	{"mid_autumn", lunarDay(8, 15)},                 // 中秋
	{"national_day", solarDay(time.October, 1)},     // 国庆
	{"double_ninth", lunarDay(9, 9)},                // 重阳
	{"winter_solstice", winterSolstice},             // 冬至
	{"christmas", solarDay(time.December, 25)},      // 圣诞
}

// FestivalCodes is the codes of all festivals.
func FestivalCodes() []string {
	codes := make([]string, len(festivals))
	for i, f := range festivals {
		codes[i] = f.code
	}
	return codes
}

// Festivals is the festivals of a civil year in the order of their days. Outside
// the years 1900 to 2100 those of the lunar calendar and the solar terms are missing.
func Festivals(year int) []Festival {
	if year < 1 || year > 9999 {
		return nil
	}
	out := make([]Festival, 0, len(festivals))
	for _, f := range festivals {
		if d, ok := f.in(year); ok {
			out = append(out, Festival{Code: f.code, Day: d})
		}
	}
	slices.SortStableFunc(out, func(a, b Festival) int { return a.Day.Sub(b.Day) })
	return out
}

func solarDay(month time.Month, dom int) func(int) (Day, bool) {
	return func(year int) (Day, bool) { return civil(year, month, dom), true }
}

// lunarDay is a day of the lunar year that begins in the civil year; all but the
// end of its twelfth month falls into the same civil year.
func lunarDay(month, dom int) func(int) (Day, bool) {
	return func(year int) (Day, bool) {
		d, err := Lunar{Year: year, Month: month, Day: dom}.Solar()
		return d, err == nil
	}
}

// nth is the n-th weekday of a month.
func nth(n int, weekday time.Weekday, month time.Month) func(int) (Day, bool) {
	return func(year int) (Day, bool) {
		d := civil(year, month, 1)
		return d.AddDays((int(weekday-d.Weekday())+7)%7 + 7*(n-1)), true
	}
}

// newYearsEve is the last day of the lunar year that ends in the civil year.
func newYearsEve(year int) (Day, bool) {
	d, ok := lunarDay(1, 1)(year)
	return d.AddDays(-1), ok
}

func qingming(year int) (Day, bool) {
	n, ok := solarTerm(year)
	return civil(year, time.April, 4+n/3), ok
}

func winterSolstice(year int) (Day, bool) {
	n, ok := solarTerm(year)
	return civil(year, time.December, 21+n%3), ok
}

func solarTerm(year int) (digit int, ok bool) {
	i := year - FirstLunarYear
	if i < 0 || i >= len(solarTerms) {
		return 0, false
	}
	return int(solarTerms[i] - '0'), true
}
