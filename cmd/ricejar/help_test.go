package main

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/ricejar/ricejar/internal/i18n"
)

// helpTexts are the help of all commands and flags as it stands in the code.
func helpTexts() []string {
	var texts []string
	add := func(text string) {
		if text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	var node func(n *kong.Node)
	node = func(n *kong.Node) {
		add(n.Help)
		for text := range strings.SplitSeq(n.Detail, "\n\n") {
			add(text)
		}
		for _, f := range n.Flags {
			add(f.OrigHelp)
		}
		for _, v := range n.Positional {
			add(v.OrigHelp)
		}
		for _, child := range n.Children {
			node(child)
		}
	}
	node(newParser(new(cli), i18n.Printer{Locale: i18n.English}).Model.Node)
	return texts
}

func TestHelp_is_translated_whole_and_nothing_else_is(t *testing.T) {
	english := i18n.Printer{Locale: i18n.English}
	translated := map[string]string{}
	for _, key := range i18n.Keys("help.") {
		if !strings.HasPrefix(key, "help.word.") && !strings.HasPrefix(key, "help.wrong.") {
			translated[english.T(key, "enum", enum)] = key
		}
	}
	for _, text := range helpTexts() {
		if translated[text] == "" {
			t.Errorf("messages/help.json lacks a message whose English is %q", text)
		}
		delete(translated, text)
	}
	for text, key := range translated {
		t.Errorf("%s is the help of nothing: %q", key, text)
	}
}

func TestHelp_is_printed_in_the_language_of_the_reader(t *testing.T) {
	for _, c := range []struct {
		lang i18n.Locale
		says []string
	}{
		{i18n.English, []string{"Usage: ricejar btyd score", "Fit a model and write", "Flags:", "--no-header"}},
		{"zh-Hans", []string{"用法：ricejar btyd score", "拟合模型，把每位顾客的结果写成 CSV 文件。", "例如：ricejar btyd score", "选项：", "参数：", "只看金额"}},
		{"zh-Hant", []string{"用法：ricejar btyd score", "擬合模型，把每位顧客的結果寫成 CSV 檔案。", "例如：ricejar btyd score", "選項：", "參數：", "只看金額"}},
	} {
		var out bytes.Buffer
		parser := newParser(new(cli), i18n.Printer{Locale: c.lang}, kong.Writers(&out, io.Discard), kong.Exit(func(int) {}))
		_, _ = parser.Parse([]string{"btyd", "score", "--help"}) // help is printed and the program told to exit
		got := out.String()
		for _, want := range c.says {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in\n%s", c.lang, want, got)
			}
		}
		if strings.Contains(got, "\u2060") || strings.Contains(got, "Usage") != (c.lang == i18n.English) {
			t.Errorf("%s: got\n%s", c.lang, got)
		}
		for line := range strings.Lines(got) {
			if n := columnsOf(strings.TrimSpace(line)); n > 80 {
				t.Errorf("%s: a line takes %d columns: %s", c.lang, n, line)
			}
		}
	}
}

func TestFoldable_changes_nothing_but_where_lines_end(t *testing.T) {
	for _, text := range []string{"", "Plain.", "写 --limit 5 以后，列出（最多）五条。", "「一」“二”…"} {
		if got := unfold.Replace(foldable(text)); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
}

func TestComplaint_is_told_in_the_language_of_the_reader(t *testing.T) {
	han := regexp.MustCompile(`\p{Han}`)
	for _, c := range []struct {
		args []string
		en   string
		hans string
	}{
		{[]string{"--nope"}, "unknown flag --nope", "没有 --nope 这个选项。"},
		{[]string{"user", "add", "--rol=1"}, `unknown flag --rol, did you mean "--role"?`, `没有 --rol 这个选项，是不是 "--role"？`},
		{[]string{"bake"}, "unexpected argument bake", "不认识 bake。"},
		{[]string{"toda"}, `unexpected argument toda, did you mean "today"?`, `没有 toda 这个命令，是不是 "today"？`},
		{[]string{"user", "add", "x"}, "missing flags: --name=STRING, --role=STRING", "还要写上：--name=STRING, --role=STRING"},
		{[]string{"import"}, `expected one of "receipts", "customers", "undo", "list", "problems"`, `请写上其中一个："receipts", "customers", "undo", "list", "problems"`},
		{[]string{"import", "receipts"}, `expected "<file>"`, `还要写上 "<file>"。`},
		{[]string{"import", "receipts", "f", "--date-order", "ymd"}, `--date-order must be one of "","dmy","mdy" but got "ymd"`, `--date-order 只能是 "","dmy","mdy" 之一，不能是 "ymd"。`},
		{[]string{"today", "--limit", "many"}, `--limit: expected a number but got "many"`, `--limit 要写数字，不能是 "many"。`},
		{[]string{"today", "--json=maybe"}, `--json: expected true or false but got "maybe"`, `--json 只能是 true 或 false，不能是 "maybe"。`},
		{[]string{"today", "--date"}, "--date: expected a value", "--date 后面要写上值。"},
		{[]string{"today", "--date", "--json"}, "--date: expected a value", "--date 后面要写上值。"},
	} {
		for lang, want := range map[string]string{"en": c.en, "zh-Hans": c.hans} {
			var out, errOut bytes.Buffer
			code := run(append([]string{"--lang", lang}, c.args...), &out, &errOut)
			if lines := strings.Split(strings.TrimSpace(errOut.String()), "\n"); code != 2 || lines[len(lines)-1] != "ricejar: "+want {
				t.Errorf("%v in %s: exit %d, %q, want %q", c.args, lang, code, lines[len(lines)-1], want)
			}
			if han.MatchString(errOut.String()) == (lang == "en") {
				t.Errorf("%v in %s: got\n%s", c.args, lang, errOut.String())
			}
		}
	}
}

func TestLangOf_is_told_by_the_flag_and_then_by_the_surroundings(t *testing.T) {
	t.Setenv("LANG", "zh_TW.UTF-8")
	t.Setenv("RICEJAR_LANG", "")
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "zh_TW.UTF-8"},
		{[]string{"today", "--lang", "en"}, "en"},
		{[]string{"--lang=zh-Hans", "today", "--lang=en"}, "en"},
		{[]string{"today", "--lang"}, "zh_TW.UTF-8"},
		{[]string{"today", "--", "--lang=en"}, "zh_TW.UTF-8"},
	} {
		if got := langOf(c.args); got != c.want {
			t.Errorf("%v: got %q, want %q", c.args, got, c.want)
		}
	}
	t.Setenv("RICEJAR_LANG", "en")
	if got := langOf(nil); got != "en" {
		t.Errorf("RICEJAR_LANG: got %q", got)
	}
}
