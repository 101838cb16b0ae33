package customers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// label is what a field is called.
func label(ctx context.Context, f customer.Field) string { return f.Label(i18n.From(ctx)) }

// options are a field's choices.
func options(ctx context.Context, f customer.Field) []ui.Option {
	list := make([]ui.Option, 0, len(f.Choices))
	for _, c := range f.Choices {
		list = append(list, ui.Option{Value: c, Label: f.Choice(i18n.From(ctx), c)})
	}
	return list
}

// value is a fact in words.
func value(ctx context.Context, f customer.Field, fact customer.Fact) string {
	switch {
	case fact.Refused:
		return i18n.T(ctx, "customers.would_not_say")
	case fact.Value == "":
		return ""
	}
	return f.Tell(i18n.From(ctx), fact.Value)
}

// gender is how a customer is spoken of.
func gender(ctx context.Context, g customer.Gender) string {
	if g == "" {
		return ""
	}
	return i18n.T(ctx, "customers.gender."+string(g))
}

// known reports whether a birthday was told.
func known(b customer.Birth) bool { return b != (customer.Birth{}) }

// birthday is a birth date in words, in the calendar in which it is kept.
func birthday(ctx context.Context, b customer.Birth) string {
	p := i18n.From(ctx)
	switch {
	case !known(b):
		return ""
	case b.Calendar == customer.Lunar:
		text := i18n.T(ctx, "customers.lunar", "date", lunarDate(p.Locale, b))
		if b.Year != 0 {
			text = i18n.T(ctx, "customers.lunar_year", "date", text, "year", fmt.Sprint(b.Year))
		}
		return text
	case b.Year != 0:
		return p.Day(fmt.Sprintf("%04d-%02d-%02d", b.Year, b.Month, b.Day))
	default:
		const leap = "2000" // 29 February is a birthday
		return p.DayShort(fmt.Sprintf("%s-%02d-%02d", leap, b.Month, b.Day), leap)
	}
}

// lunarDate is a day of the lunar calendar as Chinese readers write it: 闰八月十五.
func lunarDate(l i18n.Locale, b customer.Birth) string {
	if !l.Chinese() {
		s := fmt.Sprintf("%d/%d", b.Month, b.Day)
		if b.Leap {
			s += "+"
		}
		return s
	}
	months, leap := []rune("正二三四五六七八九十冬腊"), "闰"
	if l == i18n.Hant {
		months, leap = []rune("正二三四五六七八九十冬臘"), "閏"
	}
	s := string(months[b.Month-1]) + "月" + lunarDay(b.Day)
	if b.Leap {
		s = leap + s
	}
	return s
}

func lunarDay(n int) string {
	digit := func(n int) string { return string([]rune("一二三四五六七八九十")[n-1]) }
	switch {
	case n <= 10:
		return "初" + digit(n)
	case n < 20:
		return "十" + digit(n-10)
	case n == 20:
		return "二十"
	case n < 30:
		return "廿" + digit(n-20)
	default:
		return "三十"
	}
}

// age is how old somebody is on a day, by the year alone where the calendar is
// the lunar one; 0 when nobody knows.
func age(b customer.Birth, now time.Time) int {
	if b.Year == 0 || b.Year > now.Year() {
		return 0
	}
	years := now.Year() - b.Year
	if b.Calendar == customer.Solar && (now.Month() < time.Month(b.Month) || now.Month() == time.Month(b.Month) && now.Day() < b.Day) {
		years--
	}
	return years
}

// title is what a customer is called on a page: a till knows a card, not a name.
func title(ctx context.Context, c customer.Customer) string {
	switch {
	case c.Name != "":
		return c.Name
	case c.Card != "":
		return i18n.T(ctx, "customers.card_no", "card", c.Card)
	default:
		return i18n.T(ctx, "customers.nameless")
	}
}

// labelsOf are the names of fields in one line.
func labelsOf(ctx context.Context, fields []customer.Field) string {
	var list []string
	for _, f := range fields {
		list = append(list, label(ctx, f))
	}
	return joinList(ctx, list)
}

func joinList(ctx context.Context, words []string) string {
	return strings.Join(words, i18n.T(ctx, "customer.comma"))
}

// cardWords is the card's number with what it is, where the page is not called so.
func cardWords(ctx context.Context, c customer.Customer) string {
	if c.Card == "" || c.Name == "" {
		return ""
	}
	return i18n.T(ctx, "customers.card_no", "card", c.Card)
}

// returnsWords is how often they brought something back.
func returnsWords(ctx context.Context, s purchase.Stat) string {
	if s.Returns == 0 {
		return ""
	}
	return i18n.T(ctx, "customers.and_returns", "n", s.Returns)
}

// gapWords is how many days usually lie between purchases.
func gapWords(ctx context.Context, s purchase.Stat) string {
	if !regular(s) {
		return "–"
	}
	return i18n.T(ctx, "customers.days", "n", usualGap(s))
}

// unset puts the answer that says nothing behind the others.
func unset(ctx context.Context, list []ui.Option) []ui.Option {
	return append(list, ui.Option{Label: i18n.T(ctx, "customers.not_known")})
}

func has(list []customer.Contact, kind customer.Kind) bool {
	return slices.ContainsFunc(list, func(k customer.Contact) bool { return k.Kind == kind })
}

func phones(list []customer.Contact) int {
	n := 0
	for _, k := range list {
		n += boolInt(k.Kind == customer.Phone)
	}
	return n
}
