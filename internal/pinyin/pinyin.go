// Package pinyin spells names as people type them into a search box.
//
// The readings are go-pinyin's, without tones and with v for ü; on top lie our
// own tables for what its first reading gets wrong in names: surnames (单 is
// Shan, not dan), surnames of two characters (万俟 is Moqi), and characters that
// are read differently in a given name. Simplified and traditional alike.
package pinyin

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	gopinyin "github.com/mozillazg/go-pinyin"
)

// longestName is the most Chinese characters a personal name has; a longer run
// is a company or a remark, in which the first character is no surname.
const longestName = 4

// Syllables spells a name: one syllable for each Chinese character, words in
// other letters and numbers whole and in lower case. 单雄信 is shan xiong xin,
// "Amy 王" is amy wang. A character nobody knows the sound of stays as it is.
func Syllables(name string) []string {
	out := make([]string, 0, utf8.RuneCountInString(name))
	name = Fold(name)
	surnameSeen := false
	for name != "" {
		r, size := utf8.DecodeRuneInString(name)
		switch {
		case unicode.Is(unicode.Han, r):
			run := hanPrefix(name)
			out = appendHan(out, run, !surnameSeen)
			surnameSeen = true
			size = len(run)
		case inWord(r):
			size = wordPrefix(name)
			out = append(out, withoutApostrophe(name[:size]))
		}
		name = name[size:]
	}
	return out
}

// Full is the syllables written together: shanxiongxin.
func Full(name string) string { return strings.Join(Syllables(name), "") }

// Initials is the first letter of each syllable and word: sxx.
func Initials(name string) string {
	var b strings.Builder
	for _, s := range Syllables(name) {
		_, size := utf8.DecodeRuneInString(s)
		b.WriteString(s[:size])
	}
	return b.String()
}

// appendHan spells a run of Chinese characters, which starts with a surname if
// it is the first of the name and short enough to be one.
func appendHan(out []string, run string, first bool) []string {
	chars := []rune(run)
	if first {
		for _, c := range compounds {
			if strings.HasPrefix(run, c.han) {
				out = append(out, c.syllables...)
				chars = chars[len(c.syllables):]
				first = false
				break
			}
		}
	}
	for i, r := range chars {
		if first && i == 0 && len(chars) <= longestName {
			if s, ok := surnames[r]; ok {
				out = append(out, s)
				continue
			}
		}
		out = append(out, reading(r))
	}
	return out
}

// reading is how a character is read in a name, outside of the surname.
func reading(r rune) string {
	if s, ok := inNames[r]; ok {
		return s
	}
	t := readings()
	if i := r - tableFirst; i >= 0 && int(i) < len(t.index) && t.index[i] != 0 {
		return t.syllables[t.index[i]]
	}
	if s, ok := gopinyin.PinyinDict[int(r)]; ok {
		return toneless(s)
	}
	return string(r)
}

// The table covers the usual blocks of Chinese characters, so that a look-up
// neither hashes nor allocates; it is made at the first use.
const (
	tableFirst = 0x3400
	tableLast  = 0x9FFF
)

type table struct {
	index     [tableLast - tableFirst + 1]uint16 // into syllables; 0: none
	syllables []string
}

var readings = sync.OnceValue(func() *table {
	t := &table{syllables: []string{""}}
	known := make(map[string]uint16, 512)
	for r, s := range gopinyin.PinyinDict {
		if r < tableFirst || r > tableLast {
			continue
		}
		s = toneless(s)
		n, ok := known[s]
		if !ok {
			n = uint16(len(t.syllables))
			t.syllables = append(t.syllables, s)
			known[s] = n
		}
		t.index[r-tableFirst] = n
	}
	return t
})

// toneless is the first of several readings without its tone mark.
func toneless(readings string) string {
	first, _, _ := strings.Cut(readings, ",")
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return r
		}
		if plain, ok := tones[r]; ok {
			return plain
		}
		return -1 // a combining tone mark
	}, first)
}

var tones = func() map[rune]rune {
	m := make(map[rune]rune)
	for plain, marked := range map[rune]string{
		'a': "āáǎà", 'e': "ēéěèếề", 'i': "īíǐì", 'o': "ōóǒò", 'u': "ūúǔù", 'v': "üǖǘǚǜ", 'm': "ḿ", 'n': "ńňǹ",
	} {
		for _, r := range marked {
			m[r] = plain
		}
	}
	return m
}()

func hanPrefix(s string) string {
	for i, r := range s {
		if !unicode.Is(unicode.Han, r) {
			return s[:i]
		}
	}
	return s
}

// inWord reports whether a character belongs to a word that is not Chinese.
func inWord(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) && !unicode.Is(unicode.Han, r)
}

func wordPrefix(s string) int {
	for i, r := range s {
		if !inWord(r) && r != '\'' && r != '’' {
			return i
		}
	}
	return len(s)
}

// withoutApostrophe makes o'neil and xi'an findable as they are typed in a hurry.
func withoutApostrophe(s string) string {
	if !strings.ContainsAny(s, "'’") {
		return s
	}
	return strings.NewReplacer("'", "", "’", "").Replace(s)
}
