package care

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/i18n"
)

func TestFloor_is_what_the_top_percent_reach(t *testing.T) {
	for _, tc := range []struct {
		name    string
		nets    []int64
		percent int
		want    int64
		ok      bool
	}{
		{"ten sales, ten percent: the best one", []int64{10, 20, 30, 40, 50, 60, 70, 80, 90, 100}, 10, 100, true},
		{"eleven: two", []int64{10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110}, 10, 100, true},
		{"one sale is the best there is", []int64{5}, 10, 5, true},
		{"a price that many paid does not stand out", []int64{10, 10, 10, 10, 90}, 40, 90, true},
		{"where all pay the same, nobody stands out", []int64{10, 10, 10}, 10, 0, false},
		{"everything", []int64{3, 1, 2}, 100, 1, true},
	} {
		if got, ok := floor(tc.nets, tc.percent); got != tc.want || ok != tc.ok {
			t.Errorf("%s: got %d, %v, want %d, %v", tc.name, got, ok, tc.want, tc.ok)
		}
	}
}

func TestFloor_never_takes_more_than_the_share(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nets := rapid.SliceOfN(rapid.Int64Range(1, 50), 1, 60).Draw(t, "nets")
		percent := rapid.IntRange(1, 100).Draw(t, "percent")
		least, ok := floor(nets, percent)
		high := 0
		for _, n := range nets {
			if ok && n >= least {
				high++
			}
		}
		if most := (len(nets)*percent + 99) / 100; high > most {
			t.Fatalf("%d of %d are high, want at most %d", high, len(nets), most)
		}
	})
}

func TestYearly_net_spreads_what_was_bought_over_the_years(t *testing.T) {
	on := day.MustParse("2026-03-18")
	for _, tc := range []struct {
		name  string
		net   int64
		first string
		want  int64
	}{
		{"less than a year counts as one", 1000_00, "2026-03-01", 1000_00},
		{"two years", 7300, "2024-03-19", 3650},
		{"more came back than was bought", -500, "2025-01-01", 0},
		{"never bought", 0, "", 0},
		{"more than fits when multiplied", 9_000_000_000_000_000_00, "2025-09-01", 9_000_000_000_000_000_00},
	} {
		first, err := dayOrNone(tc.first)
		if err != nil {
			t.Fatal(err)
		}
		if got := yearlyNet(tc.net, first, on); got != tc.want {
			t.Errorf("%s: got %d, want %d", tc.name, got, tc.want)
		}
	}
}

func TestAddress_is_how_one_speaks_to_a_customer(t *testing.T) {
	hans, hant, en := i18n.Printer{Locale: i18n.Hans}, i18n.Printer{Locale: i18n.Hant}, i18n.Printer{Locale: i18n.English}
	for _, tc := range []struct {
		p      i18n.Printer
		name   string
		gender customer.Gender
		want   string
	}{
		{hans, "王晓东", customer.Male, "王先生"},
		{hans, "王丽", customer.Female, "王女士"},
		{hant, "王麗", customer.Female, "王小姐"},
		{hans, "欧阳娜娜", customer.Female, "欧阳女士"},
		{hant, "歐陽修", customer.Male, "歐陽先生"},
		{hans, "王晓东", "", "王晓东"},
		{hans, "Mary Smith", customer.Female, "Mary Smith"},
		{hans, "王", customer.Male, "王"},
		{hans, "", customer.Male, ""},
		{en, "王丽", customer.Female, "王丽"},
	} {
		if got := Address(tc.p, tc.name, tc.gender); got != tc.want {
			t.Errorf("%s %q %s: got %q, want %q", tc.p.Locale, tc.name, tc.gender, got, tc.want)
		}
	}
}

func TestEvery_rule_has_words_in_every_language(t *testing.T) {
	why := Reason{Day: day.MustParse("2026-03-18"), Days: 7, Product: "P", Net: 100, Currency: "CNY", Top: 10, Festival: "mid_autumn", Receipts: 3, Gap: 12.5, Text: "T"}
	for _, l := range i18n.Locales {
		p := i18n.Printer{Locale: l}
		for _, r := range append(defaults(), Rule{Trigger: Purchase, Params: Params{Days: 3}}) {
			for what, text := range map[string]string{
				"name": r.Name(p), "reason": r.ReasonText(p, why, "W"), "script": r.Script(p, why, Voice{Name: "N", Store: "S", Staff: "F"}),
				"script for a stranger": r.Script(p, why, Voice{Store: "S"}),
			} {
				if unknown := placeholder.FindString(text); text == "" || unknown != "" || text[:min(5, len(text))] == "care." {
					t.Errorf("%s %s %s: %q", l, r.Code, what, text)
				}
			}
			if bad := unknownPlaceholder(r.BuiltInScript(p)); bad != "" {
				t.Errorf("%s %s: the script has %s, which an own script may not have", l, r.Code, bad)
			}
		}
	}
}

func TestThe_default_rules_are_valid(t *testing.T) {
	for _, r := range defaults() {
		if err := r.check(); err != nil {
			t.Errorf("%s: %v", r.Code, err)
		}
		if got, _ := r.clean().columns(); len(got) != 10 {
			t.Errorf("%s: %v", r.Code, got)
		}
	}
}
