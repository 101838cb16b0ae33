package i18n

import (
	"slices"
	"strconv"
	"strings"
)

// Locale is a language the program speaks, as a BCP 47 tag.
type Locale string

// The languages. The zero Locale prints as Default.
const (
	Hans    Locale = "zh-Hans"
	Hant    Locale = "zh-Hant"
	English Locale = "en"

	Default = Hans
)

// Locales lists the languages in the order a person chooses from.
var Locales = []Locale{Hans, Hant, English}

// index is the locale's place in Locales, Default for anything unknown.
func (l Locale) index() int {
	switch l {
	case Hant:
		return 1
	case English:
		return 2
	default:
		return 0
	}
}

// Chinese reports whether the locale is one of the two Chinese ones.
func (l Locale) Chinese() bool { return l != English }

// Name is what speakers call the language: it is not translated, because it is
// read by someone who may not read the language of the page around it.
func (l Locale) Name() string {
	return [...]string{"简体中文", "繁體中文", "English"}[l.index()]
}

// ParseLocale reads a stored or chosen locale; ok is false for anything that is not one of Locales.
func ParseLocale(s string) (l Locale, ok bool) {
	if l = Locale(s); slices.Contains(Locales, l) {
		return l, true
	}
	return Default, false
}

// Match picks the language for an Accept-Language header: the wish with the
// highest weight that we speak, else Default. Taiwan, Hong Kong and Macau read
// Traditional Chinese.
func Match(acceptLanguage string) Locale {
	best, bestQ := Default, 0.0
	for wish := range strings.SplitSeq(acceptLanguage, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(wish), ";")
		q := 1.0
		if w, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			var err error
			if q, err = strconv.ParseFloat(w, 64); err != nil {
				continue
			}
		}
		if l, ok := matchTag(strings.ToLower(strings.TrimSpace(tag))); ok && q > bestQ {
			best, bestQ = l, q
		}
	}
	return best
}

func matchTag(tag string) (Locale, bool) {
	parts := strings.Split(strings.ReplaceAll(tag, "_", "-"), "-")
	switch parts[0] {
	case "en":
		return English, true
	case "zh", "cmn", "yue":
	default:
		return "", false
	}
	// The script decides; without one, the region does: zh-Hans-HK is Simplified.
	for _, p := range parts[1:] {
		switch p {
		case "hans":
			return Hans, true
		case "hant":
			return Hant, true
		}
	}
	for _, p := range parts[1:] {
		if p == "tw" || p == "hk" || p == "mo" {
			return Hant, true
		}
	}
	return Hans, true
}
