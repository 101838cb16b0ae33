package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/text"
)

func TestClean_leaves_out_what_nobody_types(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"  王 晓东 ":                  "王 晓东",
		"a\x00b\x07c\x7fd\u0085e":  "abcde",
		"第一行\r\n\t第二行":             "第一行\n\t第二行",
		"\xff王\xfe":                "王",
		"\ufeff王\u200b晓东\u202egnp": "王晓东gnp",
		"👩\u200d👧":                 "👩\u200d👧", // one person, of two
	} {
		if got := text.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := text.Line(" 一\n\t 二　三 "); got != "一 二 三" {
		t.Errorf("Line: got %q", got)
	}
}

func TestClean_of_clean_text_changes_nothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := text.Clean(string(rapid.SliceOf(rapid.Byte()).Draw(t, "s")) + rapid.String().Draw(t, "more"))
		if again := text.Clean(s); again != s || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			t.Fatalf("%q, then %q", s, again)
		}
	})
}

func TestClip_counts_characters(t *testing.T) {
	for in, want := range map[string]string{"": "", "钱钱": "钱钱", "钱钱钱": "钱钱钱", "钱钱钱钱": "钱钱钱…"} {
		if got := text.Clip(in, 3); got != want {
			t.Errorf("Clip(%q, 3) = %q, want %q", in, got, want)
		}
	}
}
