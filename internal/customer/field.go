package customer

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/text"
)

// Group says whether a field belongs to the hard file (who they are) or the
// soft one (what they are like).
type Group string

// The groups and their weight in the completeness of a file.
const (
	Hard Group = "hard" // 20 %
	Soft Group = "soft" // 80 %
)

const hardShare, softShare = 20, 80

// Type is the kind of value a field holds.
type Type string

// The types. Birthday, gender, phone and name stand in the customer's head and
// not among the facts; they are fields so that they are asked for and counted.
const (
	Text     Type = "text"
	Number   Type = "number"
	Date     Type = "date"
	Choice   Type = "choice"
	Choices  Type = "choices"
	YesNo    Type = "yes_no"
	headData Type = "head"
)

// Types are those an administrator can give a field.
func Types() []Type { return []Type{Text, Number, Date, Choice, Choices, YesNo} }

// Field is something worth knowing about a customer: built in, or of the
// trade's own. Both work the same everywhere.
type Field struct {
	Code      string
	Group     Group
	Type      Type
	Unit      string
	Choices   []string          // codes of a built-in field, words of one's own
	Min, Max  string            // of a number or a date; empty: no bound
	Pattern   string            // a regular expression a text must match whole
	Labels    map[string]string // locale → label; a built-in field's is the message field.<code>
	Questions map[string]string // locale → how to ask; a built-in field's is the message question.<code>
	Weight    int               // share within its group's completeness; 0: not counted
	Sensitive bool              // not proposed as a question, shown by right only
	Position  int               // order in forms, and in which things are asked
	Builtin   bool
	Active    bool
}

// Head reports whether the value stands in the customer's head, not among the facts.
func (f Field) Head() bool { return f.Type == headData }

// Codes of the fields in the customer's head.
const (
	FieldName     = "name"
	FieldPhone    = "phone"
	FieldBirthday = "birthday"
	FieldGender   = "gender"
	FieldAddress  = "address"
)

// builtin are the fields every file has. Positions leave room between them.
var builtin = []Field{
	{Code: FieldName, Group: Hard, Type: headData, Weight: 3, Position: 10},
	{Code: FieldPhone, Group: Hard, Type: headData, Weight: 3, Position: 20},
	{Code: FieldBirthday, Group: Hard, Type: headData, Weight: 3, Position: 30},
	{Code: FieldAddress, Group: Hard, Type: Text, Weight: 2, Position: 40},
	{Code: FieldGender, Group: Hard, Type: headData, Weight: 1, Position: 50},
	{Code: "contact_way", Group: Soft, Type: Choice, Choices: []string{"phone", "wechat", "sms", "email", "visit"}, Weight: 2, Position: 60},
	{Code: "contact_time", Group: Soft, Type: Choice, Choices: []string{"morning", "noon", "afternoon", "evening", "weekend"}, Weight: 1, Position: 70},
	{Code: "household_size", Group: Soft, Type: Number, Min: "1", Max: "20", Weight: 2, Position: 80},
	{Code: "family", Group: Soft, Type: Text, Weight: 3, Position: 90},
	{Code: "taste_dress", Group: Soft, Type: Text, Weight: 2, Position: 100},
	{Code: "taste_furnishing", Group: Soft, Type: Text, Weight: 2, Position: 110},
	{Code: "hobby", Group: Soft, Type: Text, Weight: 2, Position: 120},
	{Code: "service_style", Group: Soft, Type: Choice, Choices: []string{"left_alone", "advised", "accompanied", "quick"}, Weight: 2, Position: 130},
	{Code: "attitude_promotion", Group: Soft, Type: Choice, Choices: []string{"keen", "open", "indifferent", "averse"}, Weight: 1, Position: 140},
	{Code: "personality", Group: Soft, Type: Text, Weight: 1, Position: 150},
	{Code: "habit", Group: Soft, Type: Text, Weight: 1, Position: 160},
	{Code: "work", Group: Soft, Type: Text, Weight: 1, Position: 170},
	{Code: "displeased", Group: Soft, Type: Text, Weight: 2, Position: 180},
	{Code: "choosing_time", Group: Soft, Type: Choice, Choices: []string{"at_once", "some", "long"}, Weight: 1, Position: 182},
	{Code: "wallet_share", Group: Soft, Type: Choice, Choices: []string{"nearly_all", "most", "half", "little"}, Weight: 1, Position: 184},
	{Code: "competitors", Group: Soft, Type: Text, Weight: 1, Position: 186},
	{Code: "brand_attention", Group: Soft, Type: Choice, Choices: []string{"only_ours", "prefers", "compares", "indifferent"}, Weight: 1, Position: 188},
	{Code: "occupation", Group: Hard, Type: Text, Weight: 1, Position: 190},
	{Code: "education", Group: Hard, Type: Choice, Choices: []string{"school", "college", "bachelor", "master", "doctor"}, Weight: 1, Position: 200, Sensitive: true},
	{Code: "income_band", Group: Hard, Type: Choice, Choices: []string{"low", "middle", "upper_middle", "high"}, Weight: 1, Position: 210, Sensitive: true},
	{Code: "ethnicity", Group: Hard, Type: Text, Weight: 0, Position: 220, Sensitive: true},
	{Code: "age", Group: Hard, Type: Number, Min: "1", Max: "120", Weight: 0, Position: 230, Sensitive: true},
}

var fieldCode = regexp.MustCompile(`^[a-z][a-z0-9_]{1,39}$`)

// limits of what an administrator writes about a field, in characters.
const (
	maxUnit    = 20
	maxWords   = 400 // of a label, a question, a choice
	maxPattern = 200
)

// separators stand between choices where several are written in one text.
const separators = ",，、;；\n"

// clean brings what was typed about a field to the form in which it is kept.
func (f *Field) clean() {
	choices := make([]string, 0, len(f.Choices))
	for _, c := range f.Choices {
		if c = text.Line(c); c != "" && !slices.Contains(choices, c) {
			choices = append(choices, c)
		}
	}
	f.Choices, f.Unit, f.Pattern = choices, text.Line(f.Unit), text.Line(f.Pattern)
	f.Labels, f.Questions = cleanWords(f.Labels), cleanWords(f.Questions)
}

func cleanWords(words map[string]string) map[string]string {
	out := map[string]string{}
	for locale, w := range words {
		if w = text.Line(w); w != "" {
			out[locale] = w
		}
	}
	return out
}

// check says what is wrong with a clean field, and normalises its bounds.
func (f *Field) check() error {
	var bad errs.Fields
	if !fieldCode.MatchString(f.Code) {
		bad.Add("code", "customer.field_code_wrong")
	}
	if f.Group != Hard && f.Group != Soft {
		bad.Add("group", "error.field_invalid")
	}
	if !slices.Contains(Types(), f.Type) && !f.Builtin {
		bad.Add("type", "error.field_invalid")
	}
	if (f.Type == Choice || f.Type == Choices) && len(f.Choices) < 2 {
		bad.Add("choices", "customer.field_needs_choices")
	}
	if len(f.Choices) > 100 || utf8.RuneCountInString(strings.Join(f.Choices, "")) > maxNote {
		bad.Add("choices", "error.too_long", "max", 100)
	}
	if f.Type == Choices && slices.ContainsFunc(f.Choices, func(c string) bool { return strings.ContainsAny(c, separators) }) {
		bad.Add("choices", "error.field_invalid")
	}
	f.checkBounds(&bad)
	f.checkWords(&bad)
	if _, err := regexp.Compile(f.Pattern); err != nil || utf8.RuneCountInString(f.Pattern) > maxPattern {
		bad.Add("pattern", "customer.field_pattern_wrong")
	}
	if f.Weight < 0 || f.Weight > 10 {
		bad.Add("weight", "error.between", "min", 0, "max", 10)
	}
	if !f.Builtin && f.Labels["zh-Hans"] == "" && f.Labels["zh-Hant"] == "" && f.Labels["en"] == "" {
		bad.Add("label", "error.required")
	}
	return bad.Err()
}

func (f *Field) checkBounds(bad *errs.Fields) {
	if f.Type != Number && f.Type != Date {
		f.Min, f.Max = "", ""
	}
	for _, b := range []struct {
		name  string
		bound *string
	}{{"min", &f.Min}, {"max", &f.Max}} {
		if *b.bound = text.Line(*b.bound); *b.bound == "" {
			continue
		}
		var err error
		if *b.bound, err = f.parseBounded(*b.bound); err != nil {
			bad.Add(b.name, "error.field_invalid")
		}
	}
	if f.Min != "" && f.Max != "" && f.inBounds(f.Min) != nil {
		bad.Add("max", "error.field_invalid") // nothing would lie between them
	}
}

func (f *Field) checkWords(bad *errs.Fields) {
	if utf8.RuneCountInString(f.Unit) > maxUnit {
		bad.Add("unit", "error.too_long", "max", maxUnit)
	}
	for name, words := range map[string]map[string]string{"label": f.Labels, "question": f.Questions} {
		for locale, w := range words {
			if _, known := i18n.ParseLocale(locale); !known {
				bad.Add(name, "error.field_invalid")
			} else if utf8.RuneCountInString(w) > maxWords {
				bad.Add(name, "error.too_long", "max", maxWords)
			}
		}
	}
}

// Parse reads and normalises a value for the field. Choices are written
// separated by commas or line breaks and kept as a JSON array.
func (f Field) Parse(raw string) (string, error) {
	raw = text.Clean(raw)
	if raw == "" {
		return "", errs.New(errs.Invalid, "error.required")
	}
	if utf8.RuneCountInString(raw) > maxFact {
		return "", errs.New(errs.Invalid, "error.too_long", "max", maxFact)
	}
	switch f.Type {
	case Number, Date:
		v, err := f.parseBounded(raw)
		if err != nil {
			return "", err
		}
		return v, f.inBounds(v)
	case Choice:
		if !slices.Contains(f.Choices, raw) {
			return "", errs.New(errs.Invalid, "customer.not_a_choice", "choices", strings.Join(f.Choices, ", "))
		}
		return raw, nil
	case Choices:
		return f.parseChoices(raw)
	case YesNo:
		return parseYesNo(raw)
	default:
		if f.Pattern != "" {
			if ok, err := regexp.MatchString("^(?:"+f.Pattern+")$", raw); err != nil || !ok {
				return "", errs.New(errs.Invalid, "customer.pattern_mismatch")
			}
		}
		return raw, nil
	}
}

func (f Field) parseBounded(raw string) (string, error) {
	if f.Type == Date {
		d, err := day.ParseAny(raw)
		return d.String(), err
	}
	if len(raw) > 30 || !decimal.MatchString(raw) {
		return "", errs.New(errs.Invalid, "error.not_a_number")
	}
	n, ok := new(big.Rat).SetString(strings.ReplaceAll(raw, ",", ""))
	if !ok {
		return "", errs.New(errs.Invalid, "error.not_a_number")
	}
	return strings.TrimSuffix(strings.TrimRight(n.FloatString(6), "0"), "."), nil
}

// decimal is a number as people write it. A comma stands between thousands and
// nowhere else: 38,5 is not 385.
var decimal = regexp.MustCompile(`^[-+]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?(\.[0-9]*)?$`)

func (f Field) inBounds(v string) error {
	below := func(a, b string) bool { return a < b }
	if f.Type == Number {
		below = func(a, b string) bool {
			x, _ := new(big.Rat).SetString(a)
			y, ok := new(big.Rat).SetString(b)
			return ok && x.Cmp(y) < 0
		}
	}
	if f.Min != "" && below(v, f.Min) || f.Max != "" && below(f.Max, v) {
		return errs.New(errs.Invalid, "error.between", "min", f.Min, "max", f.Max)
	}
	return nil
}

func (f Field) parseChoices(raw string) (string, error) {
	var picked []string
	if json.Unmarshal([]byte(raw), &picked) != nil {
		picked = strings.FieldsFunc(raw, func(r rune) bool { return strings.ContainsRune(separators, r) })
	}
	if len(picked) == 0 {
		return "", errs.New(errs.Invalid, "error.required")
	}
	for i, p := range picked {
		if picked[i] = strings.TrimSpace(p); !slices.Contains(f.Choices, picked[i]) {
			return "", errs.New(errs.Invalid, "customer.not_a_choice", "choices", strings.Join(f.Choices, ", "))
		}
	}
	slices.SortFunc(picked, func(a, b string) int { return slices.Index(f.Choices, a) - slices.Index(f.Choices, b) })
	b, err := json.Marshal(slices.Compact(picked))
	return string(b), err
}

func parseYesNo(raw string) (string, error) {
	switch strings.ToLower(raw) {
	case "yes", "y", "true", "1", "是", "有", "对", "對":
		return "yes", nil
	case "no", "n", "false", "0", "否", "无", "無", "没有", "沒有", "不":
		return "no", nil
	}
	return "", errs.New(errs.Invalid, "customer.not_yes_or_no")
}

// Values splits a stored value into what was picked: one element but for Choices.
func (f Field) Values(stored string) []string {
	if f.Type != Choices {
		return []string{stored}
	}
	var picked []string
	if json.Unmarshal([]byte(stored), &picked) != nil {
		return []string{stored}
	}
	return picked
}
