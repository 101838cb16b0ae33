// Package text makes what people type and files hold fit to be kept and quoted.
package text

import (
	"strings"
	"unicode"
)

// Clean trims a text and leaves out what nobody types on purpose: bytes that are
// no UTF-8, control characters (PostgreSQL refuses a NUL), and invisible marks
// that turn the direction of writing or hide within a name.
func Clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r == '\u200b', r == '\ufeff', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}

// Line is Clean for what stands on one line, with one blank between words.
func Line(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

// Clip is the first characters of a text, with a mark where some were left out.
func Clip(s string, most int) string {
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// Quote is as much of what somebody wrote as an error tells them again.
func Quote(s string) string { return Clip(s, 40) }
