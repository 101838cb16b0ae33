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

// contactMark begins the terms that are made of ways to reach somebody, which
// are shown masked: who may not see them whole does not search in them, or they
// would come out character by character. Nobody can type it.
const contactMark = "\x01"

// shownDigits is how many digits at its end a masked number shows.
const shownDigits = 4

// Terms is everything a customer is found by, for programs that write files by
// the million (bench/generate); the service keeps search_term itself.
func Terms(name, cardNo string, contacts []Contact) []string { return terms(name, cardNo, contacts) }

// terms is everything a customer is found by. Each is a suffix, so that "any
// part of" becomes "begins with": one range of an index.
func terms(name, cardNo string, contacts []Contact) []string {
	list := cutAll(append(nameTerms(name), suffixes(pinyin.Fold(cardNo), minDigits)...))
	for _, c := range contacts {
		var of []string
		switch c.Kind {
		case Phone:
			of = suffixes(phone.Number(c.Value).National(), minDigits)
		case Email:
			local, _, _ := strings.Cut(c.Value, "@")
			of = []string{c.Value, squeeze(local)}
		case WeChat:
			of = []string{squeeze(pinyin.Fold(c.Value))}
		}
		for _, t := range cutAll(of) {
			list = append(list, contactMark+t)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// cutAll makes terms short, and leaves out those that are nothing.
func cutAll(list []string) []string {
	for i, t := range list {
		list[i] = cut(t)
	}
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

// span is a range of terms.
type span struct{ from, to string }

// beginning is the range of terms that begin with a text.
func beginning(q string) span { return span{q, q + string(utf8.MaxRune)} }

// exactly is the range of the one term. A longer one goes on with a character
// that is no control character: those are cleaned away.
func exactly(q string) span { return span{q, q + "\x01"} }

// spans are where to look for what was typed; none when nothing is left of it.
// Of ways to reach somebody a reader who sees them masked finds what they see:
// the last digits.
func spans(q string, reveal bool) []span {
	q = pinyin.Fold(text.Line(q))
	if n, err := phone.Parse(q, DefaultRegion); err == nil {
		q = n.National()
	} else if !strings.Contains(q, "@") {
		q = squeeze(q)
	}
	q = cut(q)
	digits := strings.Trim(q, "0123456789") == ""
	switch {
	case q == "":
		return nil
	case digits && len(q) < minDigits:
		return []span{exactly(q)} // half of all numbers hold it: only a card that is no longer is meant
	case reveal:
		return []span{beginning(q), beginning(contactMark + q)}
	case digits && len(q) == shownDigits:
		return []span{beginning(q), exactly(contactMark + q)}
	}
	return []span{beginning(q)}
}
