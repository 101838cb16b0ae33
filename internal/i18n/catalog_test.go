package i18n

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/money"
)

// withMessages makes T see a catalog of the test's own for its duration.
func withMessages(t *testing.T, json string) {
	t.Helper()
	c, err := load(fstest.MapFS{"messages/test.json": {Data: []byte(json)}})
	if err != nil {
		t.Fatal(err)
	}
	before := catalog
	catalog = func() map[string]entry { return c }
	t.Cleanup(func() { catalog = before })
}

func TestArgumentsAreFilledIn(t *testing.T) {
	withMessages(t, `{
		"test.plain": {"zh-Hans": "好", "zh-Hant": "好", "en": "Fine"},
		"test.rows": {"zh-Hans": "{n} 行", "zh-Hant": "{n} 行", "en": {"one": "{n} row", "other": "{n} rows"}},
		"test.mix": {"zh-Hans": "{who}于{on:day}花了{sum}（{what}）", "zh-Hant": "{who}於{on:day}花了{sum}（{what}）", "en": "{who} spent {sum} on {on:day} ({what})"}
	}`)
	en, hans := Printer{English}, Printer{Hans}
	aDay, err := day.Parse("2026-01-02")
	if err != nil {
		t.Fatal(err)
	}
	pairs := []any{"who", "王", "on", "2026-11-22", "sum", money.Amount{Minor: 1250, Currency: "CNY"}, "what", Key("test.plain")}
	for _, c := range []struct{ got, want string }{
		{en.T("test.plain"), "Fine"},
		{en.T("test.rows", "n", 1), "1 row"},
		{en.T("test.rows", "n", int64(1234)), "1,234 rows"},
		{en.Args("test.rows", map[string]any{"n": 1.0}), "1 row"},
		{en.T("test.rows"), "{n} rows"},
		{hans.T("test.rows", "n", 1), "1 行"},
		{en.T("test.mix", pairs...), "王 spent ¥12.50 on 22 Nov 2026 (Fine)"},
		{hans.T("test.mix", pairs...), "王于2026年11月22日花了¥12.50（好）"},
		{en.Value(aDay), "2 Jan 2026"},
		{en.Value(Day("2026-01-02")), "2 Jan 2026"},
		{en.Value(2.50), "2.5"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestACatalogWithGapsDoesNotLoad(t *testing.T) {
	for name, json := range map[string]string{
		"a language missing":    `{"test.a": {"zh-Hans": "好", "en": "Fine"}}`,
		"a language too many":   `{"test.a": {"zh-Hans": "好", "zh-Hant": "好", "en": "Fine", "fr": "Bien"}}`,
		"an empty text":         `{"test.a": {"zh-Hans": "好", "zh-Hant": "", "en": "Fine"}}`,
		"another owner's key":   `{"other.a": {"zh-Hans": "好", "zh-Hant": "好", "en": "Fine"}}`,
		"not JSON":              `{"test.a"`,
		"a plural without rest": `{"test.a": {"zh-Hans": "好", "zh-Hant": "好", "en": {"one": "Fine"}}}`,
	} {
		if _, err := load(fstest.MapFS{"messages/test.json": {Data: []byte(json)}}); err == nil {
			t.Errorf("%s: loaded, want an error", name)
		}
	}
}

func TestEveryMessageHasTheSameArgumentsInEveryLanguage(t *testing.T) {
	for key, e := range catalog() {
		want := arguments(e[0].other)
		for i, l := range Locales {
			if d := cmp.Diff(want, arguments(e[i].other)); d != "" {
				t.Errorf("%s: %s has other arguments than %s (-%s +%s):\n%s", key, l, Locales[0], Locales[0], l, d)
			}
			// "one message" may spell the number out, and so leave {n} away.
			for _, a := range arguments(e[i].one) {
				if !slices.Contains(want, a) {
					t.Errorf("%s: the singular of %s has the argument %s, which %s lacks", key, l, a, Locales[0])
				}
			}
			if strings.ContainsAny(literals(e[i].other)+literals(e[i].one), "{}") {
				t.Errorf("%s: %s has a brace that is not an argument", key, l)
			}
		}
	}
}

func arguments(segments []segment) []string {
	var out []string
	for _, s := range segments {
		if s.arg != "" && !slices.Contains(out, s.arg) {
			out = append(out, s.arg)
		}
	}
	slices.Sort(out)
	return out
}

func literals(segments []segment) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString(s.text)
	}
	return b.String()
}
