package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed messages/*.json
var files embed.FS

// message is one sentence in one language, cut into literal text and arguments.
type message struct {
	other []segment
	one   []segment // nil: the same as other
}

type segment struct {
	text   string // literal text, when arg is empty
	arg    string
	format string // how to write arg: "", "day"
}

// entry is a message in every language, in the order of Locales.
type entry [3]message

var catalog = sync.OnceValue(func() map[string]entry {
	c, err := load(files)
	if err != nil {
		panic("i18n: the embedded messages cannot be read: " + err.Error())
	}
	return c
})

// Keys are those that begin with a prefix, in no order.
func Keys(prefix string) []string {
	var keys []string
	for key := range catalog() {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys
}

func load(fsys fs.FS) (map[string]entry, error) {
	names, err := fs.Glob(fsys, "messages/*.json")
	if err != nil {
		return nil, err
	}
	out := make(map[string]entry)
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		if err := loadFile(out, name, raw); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return out, nil
}

func loadFile(out map[string]entry, name string, raw []byte) error {
	var keys map[string]map[Locale]text
	if err := json.Unmarshal(raw, &keys); err != nil {
		return err
	}
	owner := strings.TrimSuffix(path.Base(name), ".json")
	for key, langs := range keys {
		if !strings.HasPrefix(key, owner+".") {
			return fmt.Errorf("key %q does not begin with its owner %q", key, owner)
		}
		var e entry
		for i, l := range Locales {
			t, ok := langs[l]
			if !ok || t.Other == "" {
				return fmt.Errorf("key %q has no %s text", key, l)
			}
			e[i].other = parse(t.Other)
			if t.One != "" {
				e[i].one = parse(t.One)
			}
		}
		if len(langs) != len(Locales) {
			return fmt.Errorf("key %q has a language that is not one of %v", key, Locales)
		}
		out[key] = e
	}
	return nil
}

// text is a message as the file has it: a string, or {"one", "other"}.
type text struct{ One, Other string }

func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &t.Other)
	}
	type plain text
	return json.Unmarshal(b, (*plain)(t))
}

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_]*)(?::([a-z]+))?\}`)

func parse(s string) []segment {
	var out []segment
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(s, -1) {
		if m[0] > at {
			out = append(out, segment{text: s[at:m[0]]})
		}
		seg := segment{arg: s[m[2]:m[3]]}
		if m[4] >= 0 {
			seg.format = s[m[4]:m[5]]
		}
		out = append(out, seg)
		at = m[1]
	}
	if at < len(s) {
		out = append(out, segment{text: s[at:]})
	}
	return out
}

// Has reports whether the catalog knows the key.
func Has(key string) bool {
	_, ok := catalog()[key]
	return ok
}
