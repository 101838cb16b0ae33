package i18n

import (
	"math"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/money"
)

// symbols by locale: a reader's own currency goes without its country.
var symbols = [3]map[string]string{
	{"CNY": "¥", "TWD": "NT$", "HKD": "HK$", "MOP": "MOP$", "USD": "US$", "GBP": "£", "EUR": "€", "JPY": "JP¥", "KRW": "₩", "SGD": "S$"},
	{"CNY": "CN¥", "TWD": "$", "HKD": "HK$", "MOP": "MOP$", "USD": "US$", "GBP": "£", "EUR": "€", "JPY": "¥", "KRW": "₩", "SGD": "S$"},
	{"CNY": "¥", "TWD": "NT$", "HKD": "HK$", "MOP": "MOP$", "USD": "$", "GBP": "£", "EUR": "€", "JPY": "JP¥", "KRW": "₩", "SGD": "S$"},
}

// Symbol is what stands before an amount: ¥, HK$, or the code and a blank.
func (p Printer) Symbol(currency string) string {
	if s, ok := symbols[p.Locale.index()][currency]; ok {
		return s
	}
	if currency == "" {
		return ""
	}
	return currency + "\u00a0"
}

// Money writes an amount of minor units in full: ¥1,234.50.
func (p Printer) Money(minor int64, currency string) string {
	return signed(minor < 0, p.Symbol(currency)+group(major(minor, money.Currency(currency).Digits())))
}

// MoneyShort writes an amount for a tile or an axis, to three figures:
// ¥12.3万, ¥12.3萬, £123K. What is below ten thousand is written without its minor units.
func (p Printer) MoneyShort(minor int64, currency string) string {
	v := math.Abs(float64(minor)) / math.Pow10(money.Currency(currency).Digits())
	return signed(minor < 0, p.Symbol(currency)+p.short(v))
}

// Short writes a count to three figures: 1.2万, 12.3K.
func (p Printer) Short(n int64) string {
	return signed(n < 0, p.short(math.Abs(float64(n))))
}

func (p Printer) short(v float64) string {
	type unit struct {
		size float64
		name string
	}
	units := [3][]unit{
		{{1e8, "亿"}, {1e4, "万"}},
		{{1e8, "億"}, {1e4, "萬"}},
		{{1e9, "B"}, {1e6, "M"}, {1e4, "K"}},
	}[p.Locale.index()]
	for _, u := range units {
		if v < u.size {
			continue
		}
		size := u.size
		if u.name == "K" {
			size = 1e3 // thousands begin at ten thousand: 9,876 is short enough as it is
		}
		v /= size
		switch {
		case v >= 100:
			return p.Decimal(v, 0) + u.name
		case v >= 10:
			return p.Decimal(v, 1) + u.name
		default:
			return p.Decimal(v, 2) + u.name
		}
	}
	return p.Decimal(v, 0)
}

// major is the absolute amount in major units as digits and a point.
func major(minor int64, digits int) string {
	s := strings.TrimPrefix(strconv.FormatInt(minor, 10), "-")
	if digits == 0 {
		return s
	}
	if pad := digits + 1 - len(s); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	return s[:len(s)-digits] + "." + s[len(s)-digits:]
}

func signed(negative bool, s string) string {
	if negative {
		return "−" + s
	}
	return s
}
