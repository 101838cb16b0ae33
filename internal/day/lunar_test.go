package day_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
)

func TestLunar_days_turn_solar_and_back_for_two_centuries(t *testing.T) {
	var before day.Lunar
	for d := day.MustParse("1900-01-31"); d <= day.MustParse("2101-01-28"); d++ {
		l, ok := d.Lunar()
		if !ok {
			t.Fatalf("%s is not in the tables", d)
		}
		if back, err := l.Solar(); err != nil || back != d {
			t.Fatalf("%s is %s is %s, %v", d, l, back, err)
		}
		if l.Day != before.Day+1 && l.Day != 1 {
			t.Fatalf("%s follows %s", l, before)
		}
		before = l
	}
}

func TestLunar_stops_at_the_ends_of_the_tables(t *testing.T) {
	for _, s := range []string{"0001-01-01", "1900-01-30", "2101-01-29", "9999-12-31"} {
		if l, ok := day.MustParse(s).Lunar(); ok || l != (day.Lunar{}) {
			t.Errorf("%s is %s", s, l)
		}
	}
	if l, ok := day.Day(0).Lunar(); ok {
		t.Errorf("no day is %s", l)
	}
}

func TestSolar_refuses_days_the_lunar_calendar_does_not_have(t *testing.T) {
	for _, l := range []day.Lunar{
		{Year: 1899, Month: 12, Day: 1},
		{Year: 2101, Month: 1, Day: 1},
		{Year: 2026, Month: 0, Day: 1},
		{Year: 2026, Month: 13, Day: 1},
		{Year: 2026, Month: 1, Day: 0},
		{Year: 2026, Month: 1, Day: 31},
		{Year: 2026, Month: 12, Day: 30},            // a month of 29 days
		{Year: 2026, Month: 6, Day: 1, Leap: true},  // no leap month this year
		{Year: 2025, Month: 5, Day: 1, Leap: true},  // its leap month is the sixth
		{Year: 2025, Month: 6, Day: 30, Leap: true}, // which has 29 days
	} {
		if d, err := l.Solar(); key(err) != "day.no_such_lunar_day" || !errs.Is(err, errs.Invalid) {
			t.Errorf("%s is %s, %v", l, d, err)
		}
	}
}

func TestBirthday_next_follows_the_rules(t *testing.T) {
	solar := func(month, dom int) day.Birth {
		return day.Birth{Calendar: day.SolarCalendar, Month: month, Day: dom}
	}
	lunar := func(month, dom int, leap bool) day.Birth {
		return day.Birth{Calendar: day.LunarCalendar, Month: month, Day: dom, Leap: leap}
	}
	tests := []struct {
		why   string
		birth day.Birth
		from  string
		want  string
	}{
		{"today counts", solar(11, 22), "2026-11-22", "2026-11-22"},
		{"yesterday was this year's", solar(11, 21), "2026-11-22", "2027-11-21"},
		{"29 February in a leap year", solar(2, 29), "2028-01-01", "2028-02-29"},
		{"29 February in a common year", solar(2, 29), "2026-01-01", "2026-02-28"},
		{"mid-autumn", lunar(8, 15, false), "2026-01-01", "2026-09-25"},
		{"before the lunar new year", lunar(12, 23, false), "2026-01-01", "2026-02-10"},
		{"twelfth month, the year after", lunar(12, 23, false), "2026-02-11", "2027-01-30"},
		{"a leap month in a year that has it", lunar(6, 15, true), "2025-01-29", "2025-08-08"},
		{"the ordinary month beside it", lunar(6, 15, false), "2025-01-29", "2025-07-09"},
		{"and not again in the leap month", lunar(6, 15, false), "2025-07-10", "2026-07-28"},
		{"a leap month in a year without", lunar(6, 15, true), "2026-02-17", "2026-07-28"},
		{"a leap month in a year with another", lunar(4, 1, true), "2025-01-29", "2025-04-28"},
		{"the 30th of a month of 29 days", lunar(12, 30, false), "2026-02-17", "2027-02-05"},
		{"the 30th of a month of 30 days", lunar(12, 30, false), "2029-03-01", "2030-02-02"},
	}
	for _, tt := range tests {
		got, ok := tt.birth.Next(day.MustParse(tt.from))
		if !ok || got.String() != tt.want {
			t.Errorf("%s: %s from %s is %s, want %s", tt.why, tt.birth.Key(), tt.from, got, tt.want)
		}
	}
	for _, b := range []day.Birth{{}, solar(2, 30), lunar(13, 1, false), {Calendar: "maya", Month: 1, Day: 1}} {
		if d, ok := b.Next(day.MustParse("2026-11-22")); ok {
			t.Errorf("%v is celebrated on %s", b, d)
		}
	}
	if d, ok := lunar(1, 1, false).Next(day.MustParse("2100-12-31")); ok {
		t.Errorf("after the tables end: %s", d)
	}
}

// anyBirth draws a birthday some year has.
func anyBirth(t *rapid.T) day.Birth {
	if rapid.Bool().Draw(t, "solar") {
		d := day.MustParse("2000-01-01").AddDays(rapid.IntRange(0, 365).Draw(t, "day of the year"))
		_, month, dom := d.Date()
		return day.Birth{Calendar: day.SolarCalendar, Month: int(month), Day: dom}
	}
	return day.Birth{
		Calendar: day.LunarCalendar, Month: rapid.IntRange(1, 12).Draw(t, "month"), Day: rapid.IntRange(1, 30).Draw(t, "day"),
		Leap: rapid.Bool().Draw(t, "leap"),
	}
}

func TestBirthKeys_of_a_day_are_exactly_the_birthdays_on_it(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := anyBirth(t)
		from := day.MustParse("1901-01-01").AddDays(rapid.IntRange(0, 72000).Draw(t, "from"))
		next, ok := b.Next(from)
		if !ok || next.Sub(from) > 13*30 {
			t.Fatalf("%s from %s is %s", b.Key(), from, next)
		}
		for d := from; d <= next; d++ {
			found := 0
			for _, k := range day.BirthKeys(d) {
				if k == b.Key() {
					found++
				}
			}
			if want := map[bool]int{true: 1}[d == next]; found != want {
				t.Fatalf("%s is %d times in the keys %q of %s; its next day is %s", b.Key(), found, day.BirthKeys(d), d, next)
			}
		}
	})
}

func TestBirthKeys_in_each_case(t *testing.T) {
	for _, tt := range []struct{ on, want string }{
		{"2026-11-22", "s-11-22 l-10-14 l-10-14x"},
		{"2028-02-28", "s-02-28 l-02-04 l-02-04x"},
		{"2026-02-28", "s-02-28 s-02-29 l-01-12 l-01-12x"},
		{"2025-07-09", "s-07-09 l-06-15"},
		{"2025-08-08", "s-08-08 l-06-15x"},
		{"2025-08-22", "s-08-22 l-06-29x l-06-30x"},
		{"2027-02-05", "s-02-05 l-12-29 l-12-29x l-12-30 l-12-30x"},
		{"1850-02-28", "s-02-28 s-02-29"},
	} {
		got := ""
		for i, k := range day.BirthKeys(day.MustParse(tt.on)) {
			if i > 0 {
				got += " "
			}
			got += k
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.on, got, tt.want)
		}
	}
	if keys := day.BirthKeys(0); keys != nil {
		t.Errorf("no day has %q", keys)
	}
}

func TestBirthKey_and_Check(t *testing.T) {
	const none = ""
	for _, tt := range []struct {
		b    day.Birth
		want string
		err  bool
	}{
		{day.Birth{Calendar: "solar", Month: 4, Day: 17}, "s-04-17", false},
		{day.Birth{Calendar: "solar", Month: 2, Day: 29}, "s-02-29", false},
		{day.Birth{Calendar: "solar", Year: 1992, Month: 2, Day: 29}, "s-02-29", false},
		{day.Birth{Calendar: "lunar", Month: 8, Day: 15}, "l-08-15", false},
		{day.Birth{Calendar: "lunar", Month: 6, Day: 15, Leap: true}, "l-06-15x", false},
		{day.Birth{Calendar: "lunar", Year: 1987, Month: 6, Day: 15, Leap: true}, "l-06-15x", false},
		{day.Birth{Calendar: "solar", Year: 1991, Month: 2, Day: 29}, "s-02-29", true},
		{day.Birth{Calendar: "lunar", Year: 1988, Month: 6, Day: 15, Leap: true}, "l-06-15x", true},
		{day.Birth{Calendar: "lunar", Year: 1850, Month: 6, Day: 15}, "l-06-15", true},
		{day.Birth{Calendar: "solar", Month: 4, Day: 31}, none, true},
		{day.Birth{Calendar: "solar", Month: 4, Day: 3, Leap: true}, none, true},
		{day.Birth{Calendar: "lunar", Month: 4, Day: 31}, none, true},
		{day.Birth{Calendar: "lunar", Month: 0, Day: 1}, none, true},
		{day.Birth{Month: 4, Day: 1}, none, true},
		{day.Birth{}, none, true},
	} {
		if got := tt.b.Key(); got != tt.want {
			t.Errorf("%+v has key %q, want %q", tt.b, got, tt.want)
		}
		err := tt.b.Check()
		if (err != nil) != tt.err || tt.err && key(err) != "day.no_such_birthday" {
			t.Errorf("%+v: %v, want an error: %v", tt.b, err, tt.err)
		}
	}
}

func TestFestivals_of_a_year(t *testing.T) {
	for year, want := range map[int]map[string]string{
		2025: {"spring_festival": "2025-01-29", "qingming": "2025-04-04", "qixi": "2025-08-29", "mid_autumn": "2025-10-06"},
		2026: {
			"new_year": "2026-01-01", "new_years_eve": "2026-02-16", "spring_festival": "2026-02-17", "lantern": "2026-03-03", "womens_day": "2026-03-08",
			"qingming": "2026-04-05", "labour_day": "2026-05-01", "mothers_day": "2026-05-10", "dragon_boat": "2026-06-19", "fathers_day": "2026-06-21",
			"qixi": "2026-08-19", "mid_autumn": "2026-09-25", "national_day": "2026-10-01", "double_ninth": "2026-10-18", "winter_solstice": "2026-12-22",
		},
		2020: {"mid_autumn": "2020-10-01", "national_day": "2020-10-01", "dragon_boat": "2020-06-25"},
		2033: {"mid_autumn": "2033-09-08", "spring_festival": "2033-01-31"},
		2034: {"spring_festival": "2034-02-19"},
	} {
		got := make(map[string]string)
		before := day.Day(0)
		for _, f := range day.Festivals(year) {
			if f.Day < before || f.Day.Year() != year || f.Key() != "day.festival."+f.Code {
				t.Errorf("%d: %s on %s is out of order or place", year, f.Code, f.Day)
			}
			before = f.Day
			got[f.Code] = f.Day.String()
		}
		if len(got) != len(day.FestivalCodes()) {
			t.Errorf("%d has %d festivals of %d", year, len(got), len(day.FestivalCodes()))
		}
		for code, on := range want {
			if got[code] != on {
				t.Errorf("%d: %s is on %s, want %s", year, code, got[code], on)
			}
		}
	}
	for _, f := range day.Festivals(2200) {
		if f.Code == "spring_festival" || f.Code == "qingming" {
			t.Errorf("%s of 2200 is guessed as %s", f.Code, f.Day)
		}
	}
	if got := day.Festivals(0); got != nil {
		t.Errorf("the year 0 has %v", got)
	}
}

func BenchmarkLunar(b *testing.B) {
	d := day.MustParse("2026-11-22")
	for b.Loop() {
		d.Lunar()
	}
}
