package care

import (
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/i18n"
)

func TestScript_speaks_of_the_day_on_which_it_is_spoken(t *testing.T) {
	p := i18n.Printer{Locale: i18n.Hans}
	on := day.MustParse("2026-09-25")
	birthday, festival, delivery := byCodeOf(t, "birthday"), byCodeOf(t, "festival"), byCodeOf(t, "delivery_7")
	own := birthday
	own.Scripts = map[string]string{"zh-Hans": "{name}，还有 {days} 天就是您的生日啦！"}
	sameDay := own
	sameDay.Params.Lead, sameDay.Scripts = 0, map[string]string{"zh-Hans": "{name}，今天您最大！"}
	for _, tc := range []struct {
		name string
		rule Rule
		days int // after the event
		want string
		not  string
	}{
		{"a birthday ahead", birthday, -3, "您的生日快到了", ""},
		{"the birthday itself", birthday, 0, "今天是您的生日", "快到了"},
		{"a birthday gone by", birthday, 1, "您的生日刚过", "快到了"},
		{"a festival ahead", festival, -1, "中秋节快到了", ""},
		{"the festival itself", festival, 0, "今天是中秋节", "快到了"},
		{"a festival gone by", festival, 2, "中秋节刚过", "快到了"},
		{"own words ahead, counted from the day they are said", own, -2, "还有 2 天就是您的生日啦", ""},
		{"own words would be wrong on the day", own, 0, "今天是您的生日", "还有"},
		{"own words for the day itself", sameDay, 0, "今天您最大", ""},
		{"own words for the day, said too late", sameDay, 1, "您的生日刚过", "今天"},
		{"own words for the day, said too early", sameDay, -1, "您的生日快到了", "今天"},
		{"a delivery that is called about late", delivery, 10, "送到您家有 10 天了", ""},
	} {
		why := Reason{Day: on, Days: 3, Festival: "mid_autumn"}
		got := tc.rule.Script(p, why, Voice{Name: "王丽", Store: "静安店", Staff: "李娜", On: on.AddDays(tc.days)})
		if !strings.Contains(got, tc.want) || tc.not != "" && strings.Contains(got, tc.not) {
			t.Errorf("%s: %q, want %q in it and not %q", tc.name, got, tc.want, tc.not)
		}
	}
}

func byCodeOf(t *testing.T, code string) Rule {
	t.Helper()
	r, ok := byCode(defaults(), code)
	if !ok {
		t.Fatalf("no rule %s", code)
	}
	return r
}

func TestWords_leave_no_gap_where_something_is_not_known(t *testing.T) {
	on := day.MustParse("2026-03-18")
	why := Reason{Day: on, Currency: "CNY"}
	for _, l := range i18n.Locales {
		p := i18n.Printer{Locale: l}
		if got := byCodeOf(t, CodeUnhappy).ReasonText(p, why, "W"); strings.HasSuffix(got, "：") || strings.HasSuffix(got, ": ") {
			t.Errorf("%s: an unhappy customer without a word: %q", l, got)
		}
		for _, r := range defaults() {
			if got := r.Script(p, why, Voice{Store: "S", On: on}); strings.Contains(got, "they bought") || strings.Contains(got, "我们的东西") {
				t.Errorf("%s %s: speaks to the customer of %q", l, r.Code, got)
			}
		}
	}
}
