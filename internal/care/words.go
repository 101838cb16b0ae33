package care

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/money"
)

// placeholders are what a script may be filled with.
var placeholders = []string{"opening", "name", "store", "staff", "product", "days", "day", "amount", "festival", "gap", "text"}

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

func unknownPlaceholder(text string) string {
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(placeholders, m[1]) {
			return m[0]
		}
	}
	return ""
}

// own is the company's own wording in the reader's language.
func own(words map[string]string, l i18n.Locale) string {
	if l == "" {
		l = i18n.Default
	}
	return words[string(l)]
}

// Name is what the rule is called.
func (r Rule) Name(p i18n.Printer) string {
	if text := own(r.Names, p.Locale); text != "" {
		return text
	}
	days := r.Params.Days
	if r.Trigger.ahead() {
		days = r.Params.Lead
	}
	return p.T("care.rule."+r.variant(), "days", days)
}

// variant names the rule's built-in wording: the trigger, or for outcomes the code.
func (r Rule) variant() string {
	if r.Trigger == Outcome {
		return r.Code
	}
	return string(r.Trigger)
}

// later is from when on a customer has lived with what they bought.
const later = 30

// BuiltInScript is the script the rule has when nobody wrote another, with its
// placeholders still in it.
func (r Rule) BuiltInScript(p i18n.Printer) string { return p.T(r.scriptKey(r.planned())) }

func (r Rule) scriptKey(when tense) string {
	if r.Trigger == Purchase && r.Params.Days > later {
		return "care.script.purchase_later"
	}
	return "care.script." + r.variant() + string(when)
}

// tense is when a script is spoken, for birthdays and festivals: "soon" is wrong
// on the day, and a promised call may come after it.
type tense string

const (
	ahead tense = "" // and of all that does not come ahead of anything
	onDay tense = "_today"
	after tense = "_after"
)

// tense is that of a contact for an event, made on a day.
func (r Rule) tense(event, on day.Day) tense {
	switch {
	case !r.Trigger.greets():
		return ahead
	case on == 0:
		return r.planned()
	case on < event:
		return ahead
	case on == event:
		return onDay
	}
	return after
}

// planned is the tense of contacts that are made when they are due, which is what
// a company's own script is written for.
func (r Rule) planned() tense {
	if r.Trigger.greets() && r.Params.Lead == 0 {
		return onDay
	}
	return ahead
}

// ReasonText says in one sentence why the customer is to be contacted. who
// names the colleague the reason speaks of.
func (r Rule) ReasonText(p i18n.Printer, why Reason, who string) string {
	key := "care.reason." + r.variant()
	switch {
	case r.Trigger == Birthday && why.Lunar:
		key = "care.reason.birthday_lunar"
	case r.Code == CodeUnhappy && why.Text == "":
		key = "care.reason.unhappy_bare"
	}
	args := why.args(p)
	args["who"] = who
	return p.Args(key, args)
}

func (why Reason) args(p i18n.Printer) map[string]any {
	product := why.Product
	if product == "" {
		product = p.T("care.product_unnamed")
	}
	festival := ""
	if why.Festival != "" {
		festival = p.T("day.festival." + why.Festival)
	}
	return map[string]any{
		"day": i18n.Day(why.Day.String()), "days": why.Days, "product": product, "festival": festival,
		"amount": money.Amount{Minor: why.Net, Currency: money.Currency(why.Currency)}, "top": why.Top,
		"n": why.Receipts, "gap": int(math.Round(why.Gap)), "text": why.Text,
	}
}

// Voice is who speaks to whom: what a script is filled with beside its reason.
type Voice struct {
	Name   string // the customer's; may be empty
	Gender customer.Gender
	Store  string
	Staff  string // who speaks; may be empty
	On     day.Day
}

// Script is what to say, filled in: by the day on which it is said.
func (r Rule) Script(p i18n.Printer, why Reason, v Voice) string {
	if v.On != 0 && why.Day != 0 {
		why.Days = max(v.On.Sub(why.Day), why.Day.Sub(v.On))
	}
	args := why.args(p)
	if why.Product == "" {
		args["product"] = p.T("care.product_yours")
	}
	args["store"], args["staff"] = v.Store, v.Staff
	name := Address(p, v.Name, v.Gender)
	key := "care.opening."
	if name == "" {
		args["name"] = p.T("care.name_unknown")
		key += "unnamed"
	} else {
		args["name"] = name
		key += "named"
	}
	if v.Staff == "" {
		key += "_store"
	}
	args["opening"] = p.Args(key, args)
	when := r.tense(why.Day, v.On)
	if text := own(r.Scripts, p.Locale); text != "" && when == r.planned() {
		return fill(p, text, args)
	}
	return p.Args(r.scriptKey(when), args)
}

func fill(p i18n.Printer, text string, args map[string]any) string {
	return placeholder.ReplaceAllStringFunc(text, func(m string) string {
		if v, ok := args[m[1:len(m)-1]]; ok {
			return p.Value(v)
		}
		return m
	})
}

// compounds are the surnames of two characters one meets.
const compounds = "欧阳歐陽司马司馬上官诸葛諸葛东方東方皇甫尉迟尉遲公孙公孫慕容令狐夏侯长孙長孫宇文司徒司空南宫南宮独孤獨孤西门西門百里端木呼延闻人聞人澹台澹臺万俟萬俟赫连赫連"

// Address is how a customer is spoken to: 王女士, 欧阳先生; the whole name where
// the gender is not known, the name is not Chinese or the speaker speaks English.
func Address(p i18n.Printer, name string, g customer.Gender) string {
	name = strings.TrimSpace(name)
	runes := []rune(name)
	if !p.Locale.Chinese() || g == "" || len(runes) < 2 || len(runes) > 4 ||
		slices.ContainsFunc(runes, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
		return name
	}
	surname := string(runes[:1])
	if two := string(runes[:2]); len(runes) > 2 {
		if i := strings.Index(compounds, two); i >= 0 && i%len(two) == 0 {
			surname = two
		}
	}
	if g == customer.Female {
		return p.T("care.address_female", "surname", surname)
	}
	return p.T("care.address_male", "surname", surname)
}

// wordsJSON stores wordings; an empty set is {}.
func wordsJSON(words map[string]string) (string, error) {
	b, err := json.Marshal(words)
	if words == nil {
		return "{}", err
	}
	return string(b), err
}
