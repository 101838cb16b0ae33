package i18n_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
)

func TestMatchPicksTheLanguageTheBrowserWishesMost(t *testing.T) {
	for header, want := range map[string]i18n.Locale{
		"":                                  i18n.Hans,
		"zh-CN,zh;q=0.9,en;q=0.8":           i18n.Hans,
		"zh-TW,zh;q=0.9,en-US;q=0.8":        i18n.Hant,
		"zh-HK":                             i18n.Hant,
		"zh-MO;q=0.7, en;q=0.6":             i18n.Hant,
		"zh-Hans-HK":                        i18n.Hans,
		"zh-Hant-CN":                        i18n.Hant,
		"en-GB,en;q=0.9":                    i18n.English,
		"en;q=0.5, zh-TW;q=0.9":             i18n.Hant,
		"fr-FR, de;q=0.9":                   i18n.Hans,
		"fr, en;q=0.3":                      i18n.English,
		"en;q=0, zh-TW;q=0.1":               i18n.Hant,
		"ZH_tw":                             i18n.Hant,
		"en;q=nonsense, zh-HK;q=0.2, *;q=1": i18n.Hant,
	} {
		if got := i18n.Match(header); got != want {
			t.Errorf("Match(%q) = %s, want %s", header, got, want)
		}
	}
}

func TestParseLocaleRefusesWhatItDoesNotSpeak(t *testing.T) {
	if l, ok := i18n.ParseLocale("zh-Hant"); !ok || l != i18n.Hant {
		t.Errorf("ParseLocale(zh-Hant) = %s, %v", l, ok)
	}
	if l, ok := i18n.ParseLocale("fr"); ok || l != i18n.Default {
		t.Errorf("ParseLocale(fr) = %s, %v; want the default and false", l, ok)
	}
}

// each runs f for the three languages and compares.
func each(t *testing.T, what string, want [3]string, f func(i18n.Printer) string) {
	t.Helper()
	var got [3]string
	for i, l := range i18n.Locales {
		got[i] = f(i18n.Printer{Locale: l})
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestAmountsAreWrittenForTheReader(t *testing.T) {
	for _, c := range []struct {
		minor    int64
		currency string
		full     [3]string
		short    [3]string
	}{
		{123456789, "CNY", [3]string{"¥1,234,567.89", "CN¥1,234,567.89", "¥1,234,567.89"}, [3]string{"¥123万", "CN¥123萬", "¥1.23M"}},
		{-5, "GBP", [3]string{"−£0.05", "−£0.05", "−£0.05"}, [3]string{"−£0", "−£0", "−£0"}},
		{1500, "JPY", [3]string{"JP¥1,500", "¥1,500", "JP¥1,500"}, [3]string{"JP¥1,500", "¥1,500", "JP¥1,500"}},
		{1234567, "KWD", [3]string{"KWD\u00a01,234.567", "KWD\u00a01,234.567", "KWD\u00a01,234.567"}, [3]string{"KWD\u00a01,235", "KWD\u00a01,235", "KWD\u00a01,235"}},
		{2345000, "TWD", [3]string{"NT$23,450.00", "$23,450.00", "NT$23,450.00"}, [3]string{"NT$2.35万", "$2.35萬", "NT$23.4K"}},
		{0, "USD", [3]string{"US$0.00", "US$0.00", "$0.00"}, [3]string{"US$0", "US$0", "$0"}},
	} {
		each(t, "Money", c.full, func(p i18n.Printer) string { return p.Money(c.minor, c.currency) })
		each(t, "MoneyShort", c.short, func(p i18n.Printer) string { return p.MoneyShort(c.minor, c.currency) })
	}
}

func TestNumbersAreGroupedAndShortened(t *testing.T) {
	each(t, "Number", [3]string{"−1,234,567", "−1,234,567", "−1,234,567"}, func(p i18n.Printer) string { return p.Number(-1234567) })
	each(t, "Short", [3]string{"9,876", "9,876", "9,876"}, func(p i18n.Printer) string { return p.Short(9876) })
	each(t, "Short", [3]string{"4.12亿", "4.12億", "412M"}, func(p i18n.Printer) string { return p.Short(412_000_000) })
	each(t, "Percent", [3]string{"41.4%", "41.4%", "41.4%"}, func(p i18n.Printer) string { return p.Percent(0.4144) })
	each(t, "Decimal", [3]string{"1,234.5", "1,234.5", "1,234.5"}, func(p i18n.Printer) string { return p.Decimal(1234.5, 3) })
}

func TestDaysAndInstantsAreWrittenForTheReader(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 6, 30, 0, 0, time.UTC) // 14:30 in Shanghai
	each(t, "Day", [3]string{"2026年11月2日", "2026年11月2日", "2 Nov 2026"}, func(p i18n.Printer) string { return p.Day("2026-11-02") })
	each(t, "Day of nonsense", [3]string{"soon", "soon", "soon"}, func(p i18n.Printer) string { return p.Day("soon") })
	each(t, "DayShort", [3]string{"11月2日", "11月2日", "2 Nov"}, func(p i18n.Printer) string { return p.DayShort("2026-11-02", "2026-11-22") })
	each(t, "DayLong", [3]string{"11月22日 星期日", "11月22日 星期日", "Sunday 22 November"}, func(p i18n.Printer) string { return p.DayLong("2026-11-22") })
	each(t, "Month", [3]string{"2026年2月", "2026年2月", "Feb 2026"}, func(p i18n.Printer) string { return p.Month("2026-02") })
	each(t, "Time", [3]string{"2026年11月22日 14:30", "2026年11月22日 14:30", "22 Nov 2026, 14:30"}, func(p i18n.Printer) string { return p.Time(now, shanghai) })
	each(t, "Time zero", [3]string{}, func(p i18n.Printer) string { return p.Time(time.Time{}, shanghai) })
	for _, c := range []struct {
		day  string
		want [3]string
	}{
		{"2026-11-22", [3]string{"今天", "今天", "today"}},
		{"2026-11-21", [3]string{"昨天", "昨天", "yesterday"}},
		{"2026-11-23", [3]string{"明天", "明天", "tomorrow"}},
		{"2026-11-19", [3]string{"3 天前", "3 天前", "3 days ago"}},
		{"2026-11-27", [3]string{"5 天后", "5 天後", "in 5 days"}},
		{"2026-10-01", [3]string{"10月1日", "10月1日", "1 Oct"}},
		{"2025-10-01", [3]string{"2025年10月1日", "2025年10月1日", "1 Oct 2025"}},
	} {
		each(t, "DayNear "+c.day, c.want, func(p i18n.Printer) string { return p.DayNear(c.day, "2026-11-22") })
	}
	for _, c := range []struct {
		ago  time.Duration
		want [3]string
	}{
		{20 * time.Second, [3]string{"刚刚", "剛剛", "just now"}},
		{90 * time.Second, [3]string{"1 分钟前", "1 分鐘前", "1 minute ago"}},
		{2 * time.Hour, [3]string{"今天 12:30", "今天 12:30", "today 12:30"}},
		{15 * time.Hour, [3]string{"昨天 23:30", "昨天 23:30", "yesterday 23:30"}},
		{72 * time.Hour, [3]string{"3 天前", "3 天前", "3 days ago"}},
		{-3 * time.Hour, [3]string{"今天 17:30", "今天 17:30", "today 17:30"}},
	} {
		each(t, "Ago "+c.ago.String(), c.want, func(p i18n.Printer) string { return p.Ago(now.Add(-c.ago), now, shanghai) })
	}
}

func TestErrorsBecomeSentences(t *testing.T) {
	p := i18n.Printer{Locale: i18n.English}
	var fields errs.Fields
	fields.Add("name", "error.field_invalid")
	fields.Add("name", "error.check_fields")
	err := fields.Err()
	if got, want := p.Err(err), p.T("error.check_fields"); got != want {
		t.Errorf("Err = %q, want %q", got, want)
	}
	want := map[string]string{"name": p.T("error.field_invalid")}
	if d := cmp.Diff(want, p.Fields(err)); d != "" {
		t.Errorf("Fields keeps the first fault of a field (-want +got):\n%s", d)
	}
	if got := p.Err(errors.New("pq: relation does not exist")); got != p.T("error.internal") {
		t.Errorf("Err of a foreign error shows %q: its details are not for the reader", got)
	}
}

func TestAMissingKeyShowsItself(t *testing.T) {
	if got := (i18n.Printer{}).T("nobody.wrote_this"); got != "nobody.wrote_this" {
		t.Errorf("got %q", got)
	}
}
