package customer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/phone"
	"github.com/ricejar/ricejar/internal/pinyin"
	"github.com/ricejar/ricejar/internal/text"
)

// Lengths of search terms: shorter tails would match too much to be of use,
// longer ones would only take room.
const (
	minDigits  = 3
	maxTerm    = 24
	maxInitial = 8
)

// Terms is everything a customer is found by, for programs that write files by
// the million (bench/generate); the service keeps search_term itself.
func Terms(name, cardNo string, contacts []Contact) []string { return terms(name, cardNo, contacts) }

// terms is everything a customer is found by. Each is a suffix, so that "any
// part of" becomes "begins with": one range of an index.
func terms(name, cardNo string, contacts []Contact) []string {
	var list []string
	list = append(list, nameTerms(name)...)
	list = append(list, suffixes(pinyin.Fold(cardNo), minDigits)...)
	for _, c := range contacts {
		switch c.Kind {
		case Phone:
			list = append(list, suffixes(phone.Number(c.Value).National(), minDigits)...)
		case Email:
			local, _, _ := strings.Cut(c.Value, "@")
			list = append(list, c.Value, squeeze(local))
		case WeChat:
			list = append(list, pinyin.Fold(c.Value))
		}
	}
	for i, t := range list {
		list[i] = cut(t)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return slices.DeleteFunc(list, func(t string) bool { return t == "" })
}

// nameTerms are the name's own suffixes (by character where it is written in
// Chinese, by word elsewhere), its pinyin from each syllable on, and its initials.
func nameTerms(name string) []string {
	folded := pinyin.Fold(name)
	var list []string
	atStart := true
	for i, r := range folded {
		if unicode.IsSpace(r) {
			atStart = true
			continue
		}
		if atStart || unicode.Is(unicode.Han, r) {
			list = append(list, squeeze(folded[i:]))
		}
		atStart = false
	}
	syllables := pinyin.Syllables(name)
	for i := range syllables {
		list = append(list, strings.Join(syllables[i:], ""))
	}
	initials := []rune(pinyin.Initials(name))
	return append(list, suffixes(string(initials[:min(maxInitial, len(initials))]), 2)...)
}

// suffixes are the tails of s that are at least shortest characters long; s
// itself counts however short it is.
func suffixes(s string, shortest int) []string {
	s = squeeze(s)
	if s == "" {
		return nil
	}
	list := []string{s}
	for i := range s {
		if i > 0 && utf8.RuneCountInString(s[i:]) >= shortest {
			list = append(list, s[i:])
		}
	}
	return list
}

// squeeze drops what people write between the parts of a name or number.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-_.·•()（）'’+", r) {
			return -1
		}
		return r
	}, s)
}

func cut(s string) string {
	if utf8.RuneCountInString(s) <= maxTerm {
		return s
	}
	return string([]rune(s)[:maxTerm])
}

// searchRange turns what was typed into the range of terms that begin with it;
// ok is false when nothing is left to search for.
func searchRange(q string) (from, to string, ok bool) {
	q = pinyin.Fold(text.Line(q))
	if n, err := phone.Parse(q, DefaultRegion); err == nil {
		q = n.National()
	} else if !strings.Contains(q, "@") {
		q = squeeze(q)
	}
	q = cut(q)
	switch {
	case q == "":
		return "", "", false
	case len(q) < minDigits && strings.Trim(q, "0123456789") == "":
		return q, q + "\x01", true // half of all numbers hold it: only a card that is no longer is meant
	}
	return q, after(q), true
}

// after is the least string above everything that begins with q. Bytes compare
// as characters do in UTF-8, and no character is U+10FFFF.
func after(q string) string { return q + string(utf8.MaxRune) }
