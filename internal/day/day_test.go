package day_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
)

func key(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Key
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestDays_agree_with_the_standard_library_for_all_ten_thousand_years(t *testing.T) {
	at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := day.MustParse("0001-01-01"); d <= day.MustParse("9999-12-31"); d++ {
		y, m, dom := d.Date()
		wy, wm, wd := at.Date()
		if y != wy || m != wm || dom != wd || d.Weekday() != at.Weekday() {
			t.Fatalf("day %d is %04d-%02d-%02d %s, want %s", d, y, m, dom, d.Weekday(), at.Format("2006-01-02 Monday"))
		}
		if back, err := day.New(y, m, dom); err != nil || back != d {
			t.Fatalf("New(%d, %d, %d) = %d, %v; want %d", y, m, dom, back, err, d)
		}
		at = at.AddDate(0, 0, 1)
	}
}

func TestParse_takes_one_form_only(t *testing.T) {
	for _, s := range []string{"2010-12-01", "0001-01-01", "9999-12-31", "2024-02-29", "2000-02-29"} {
		if d, err := day.Parse(s); err != nil || d.String() != s {
			t.Errorf("Parse(%q) = %v, %v", s, d, err)
		}
	}
	for s, want := range map[string]string{
		"": "day.not_a_day", "2010-12-1": "day.not_a_day", "2010/12/01": "day.not_a_day",
		"20101201": "day.not_a_day", "2010-12-0x": "day.not_a_day",
		"2010-12-01 ": "day.not_a_day", "-010-12-01": "day.not_a_day",
		"2023-02-29": "day.no_such_day", "1900-02-29": "day.no_such_day", "2010-13-01": "day.no_such_day", "2010-00-01": "day.no_such_day",
		"2010-04-31": "day.no_such_day", "2010-01-00": "day.no_such_day", "0000-01-01": "day.no_such_day",
	} {
		if d, err := day.Parse(s); key(err) != want || d != 0 || !errs.Is(err, errs.Invalid) {
			t.Errorf("Parse(%q) = %v, %v; want %s", s, d, err, want)
		}
	}
}

func TestParseAny_reads_the_usual_ways(t *testing.T) {
	for _, s := range []string{
		"2010-12-01", "2010-12-1", "2010/12/1", "2010/12/01", "2010.12.1", "20101201", "2010年12月1日", "2010年12月01号", "2010 年 12 月 1 日",
		"２０１０－１２－０１", "２０１０年１２月１日", " 2010-12-01\t", "2010-12-01 00:00:00", "2010-12-01T00:00:00",
		"2010/12/1 0:00", "2010-12-01 00:00:00.000",
		"2010年12月1日 00:00",
	} {
		if d, err := day.ParseAny(s); err != nil || d.String() != "2010-12-01" {
			t.Errorf("ParseAny(%q) = %v, %v; want 2010-12-01", s, d, err)
		}
	}
	for s, want := range map[string]string{
		"": "day.not_a_day", "1/12/2010": "day.not_a_day", "10-12-01": "day.not_a_day", "2010-12": "day.not_a_day", "2010-12-01 08:26": "day.not_a_day",
		"2010-12-010": "day.not_a_day", "2010--1": "day.not_a_day", "40513": "day.not_a_day", "yesterday": "day.not_a_day", "2010-12-0100:00": "day.not_a_day",
		"2010年2月30日": "day.no_such_day", "20101301": "day.no_such_day", "99999999": "day.no_such_day",
	} {
		if d, err := day.ParseAny(s); key(err) != want || d != 0 {
			t.Errorf("ParseAny(%q) = %v, %v; want %s", s, d, err, want)
		}
	}
}

func TestParseAny_never_panics_and_gives_days_that_print(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("0123456789-/.年月日号 T:")))).Draw(t, "s")
		d, err := day.ParseAny(s)
		if err != nil {
			return
		}
		if back, err := day.Parse(d.String()); err != nil || back != d {
			t.Fatalf("%q is %d, printed %s, read back %v, %v", s, d, d, back, err)
		}
	})
}

func TestOf_cuts_the_day_in_the_zone(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 21, 16, 0, 0, 0, time.UTC)
	if got := day.Of(at, shanghai).String(); got != "2026-11-22" {
		t.Errorf("midnight in Shanghai is on %s", got)
	}
	if got := day.Of(at.Add(-time.Millisecond), shanghai).String(); got != "2026-11-21" {
		t.Errorf("a moment before midnight is on %s", got)
	}
	if got := day.MustParse("2026-11-22").Start(shanghai); !got.Equal(at) {
		t.Errorf("the day starts at %s, want %s", got, at)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := day.MustParse("2000-01-01").AddDays(rapid.IntRange(-40000, 40000).Draw(t, "n"))
		if got := day.Of(d.Start(shanghai), shanghai); got != d {
			t.Fatalf("the start of %s is on %s", d, got)
		}
	})
}

func TestAddDays_and_Sub_are_each_other(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := day.MustParse("2026-11-22")
		n := rapid.IntRange(-700000, 2900000).Draw(t, "n")
		if got := d.AddDays(n).Sub(d); got != n {
			t.Fatalf("%d days later is %d days away", n, got)
		}
	})
	d := day.MustParse("2026-11-22")
	if got := d.AddDays(math.MaxInt); got.String() != "9999-12-31" {
		t.Errorf("far in the future is %s", got)
	}
	if got := d.AddDays(math.MinInt32); got.String() != "0001-01-01" {
		t.Errorf("far in the past is %s", got)
	}
	if got := day.Day(0).AddDays(5); got != 0 {
		t.Errorf("five days after no day is %s", got)
	}
}

func TestAddYears_turns_the_leap_day_into_the_28th(t *testing.T) {
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{
		{"2024-02-29", 1, "2025-02-28"},
		{"2024-02-29", 4, "2028-02-29"},
		{"2000-02-29", 100, "2100-02-28"},
		{"2025-02-28", -1, "2024-02-28"},
		{"2026-11-22", 10, "2036-11-22"},
		{"9990-01-01", 20, "9999-01-01"},
	} {
		if got := day.MustParse(tt.from).AddYears(tt.n).String(); got != tt.want {
			t.Errorf("%s + %d years = %s, want %s", tt.from, tt.n, got, tt.want)
		}
	}
	if day.Day(0).AddYears(1) != 0 {
		t.Error("a year after no day is a day")
	}
}

func TestDay_in_JSON_and_in_the_database(t *testing.T) {
	type form struct {
		On   day.Day `json:"on"`
		None day.Day `json:"none"`
	}
	in := form{On: day.MustParse("2026-11-22")}
	b, err := json.Marshal(in)
	if err != nil || string(b) != `{"on":"2026-11-22","none":""}` {
		t.Fatalf("JSON is %s, %v", b, err)
	}
	var out form
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Fatalf("read back %v, %v", out, err)
	}
	for _, tt := range []struct {
		src  any
		want string
	}{{"2026-11-22", "2026-11-22"}, {[]byte("2026-11-22"), "2026-11-22"}, {"", ""}, {nil, ""}} {
		d := day.MustParse("1999-09-09")
		if err := d.Scan(tt.src); err != nil || d.String() != tt.want {
			t.Errorf("Scan(%v) gives %q, %v; want %q", tt.src, d, err, tt.want)
		}
	}
	var d day.Day
	if err := d.Scan(int64(3)); err == nil {
		t.Error("a number was read as a day")
	}
	if v, err := in.On.Value(); v != "2026-11-22" || err != nil {
		t.Errorf("stored as %v, %v", v, err)
	}
}

func TestParse_and_Append_do_not_allocate(t *testing.T) {
	var buf [10]byte
	if n := testing.AllocsPerRun(100, func() {
		d, _ := day.Parse("2026-11-22")
		d.Append(buf[:0])
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := day.Parse("2026-11-22"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDate(b *testing.B) {
	d := day.MustParse("2026-11-22")
	for b.Loop() {
		d.Date()
	}
}

func TestStart_is_the_first_instant_where_midnight_is_left_out(t *testing.T) {
	for _, c := range []struct{ zone, day, want string }{
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"}, // summer time began at midnight
		{"America/Sao_Paulo", "2018-02-18", "2018-02-18T00:00:00-03:00"}, // and ends there: an hour of the day before comes twice
		{"Asia/Beirut", "2022-03-27", "2022-03-27T01:00:00+03:00"},
		{"Africa/Cairo", "2023-04-28", "2023-04-28T01:00:00+03:00"},
		{"America/Havana", "2023-11-05", "2023-11-05T00:00:00-04:00"}, // and ends an hour after it, which comes twice
		{"Asia/Shanghai", "2026-11-22", "2026-11-22T00:00:00+08:00"},
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		d := day.MustParse(c.day)
		start := d.Start(loc)
		if got := start.Format(time.RFC3339); got != c.want {
			t.Errorf("%s begins in %s at %s, want %s", c.day, c.zone, got, c.want)
		}
		if day.Of(start, loc) != d || day.Of(start.Add(-time.Nanosecond), loc) != d.AddDays(-1) {
			t.Errorf("%s in %s: its start is in %s, the instant before in %s", c.day, c.zone, day.Of(start, loc), day.Of(start.Add(-time.Nanosecond), loc))
		}
	}
}
