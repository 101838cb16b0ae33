package i18n

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
)

// Printer writes in one language. The zero Printer writes in Default.
type Printer struct{ Locale Locale }

type contextKey struct{}

// With returns a context whose pages and messages are in p's language.
func With(ctx context.Context, p Printer) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From is the Printer of the context, the default one when there is none.
func From(ctx context.Context) Printer {
	p, _ := ctx.Value(contextKey{}).(Printer)
	return p
}

// T is From(ctx).T: templates call it as i18n.T(ctx, "customer.name").
func T(ctx context.Context, key string, pairs ...any) string {
	return From(ctx).T(key, pairs...)
}

var reported sync.Map // keys already logged as missing

// T is the sentence of the key with its arguments given in pairs:
// T("import.rows", "n", 12). An unknown key is returned as it is and logged once.
func (p Printer) T(key string, pairs ...any) string {
	return p.fill(key, func(name string) (any, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return nil, false
	})
}

// Args is T for arguments that come as a map: those of an error, or of a
// reason that was stored as JSON.
func (p Printer) Args(key string, args map[string]any) string {
	return p.fill(key, func(name string) (any, bool) { v, ok := args[name]; return v, ok })
}

func (p Printer) fill(key string, get func(name string) (any, bool)) string {
	e, ok := catalog()[key]
	if !ok {
		if _, seen := reported.LoadOrStore(key, true); !seen {
			slog.Warn("message key is missing", "key", key)
		}
		return key
	}
	m := e[p.Locale.index()]
	segments := m.other
	if m.one != nil {
		if n, ok := get("n"); ok && isOne(n) {
			segments = m.one
		}
	}
	if len(segments) == 1 && segments[0].arg == "" {
		return segments[0].text
	}
	var b strings.Builder
	for _, s := range segments {
		if s.arg == "" {
			b.WriteString(s.text)
			continue
		}
		v, ok := get(s.arg)
		if !ok {
			b.WriteString("{" + s.arg + "}")
			continue
		}
		if day, isText := v.(string); isText && s.format == "day" {
			b.WriteString(p.Day(day))
			continue
		}
		b.WriteString(p.Value(v))
	}
	return b.String()
}

func isOne(n any) bool {
	switch n := n.(type) {
	case int:
		return n == 1
	case int64:
		return n == 1
	case float64:
		return n == 1
	}
	return false
}

// Value writes an argument the way a sentence wants it: numbers grouped, amounts
// and days by language, a Key translated, text as it is.
func (p Printer) Value(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return p.Number(int64(v))
	case int64:
		return p.Number(v)
	case float64: // what JSON makes of every number
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return p.Number(int64(v))
		}
		return p.Decimal(v, 2)
	case money.Amount:
		return p.Money(v.Minor, string(v.Currency))
	case Day:
		return p.Day(string(v))
	case day.Day:
		return p.Day(v.String())
	case Key:
		return p.T(string(v))
	case error:
		return p.Err(v)
	case fmt.Stringer:
		return v.String()
	default:
		return fmt.Sprint(v)
	}
}

// Day and Key are arguments that are written by language: a YYYY-MM-DD day, and
// a word that is itself a message.
type (
	Day string
	Key string
)

// Err is the sentence for an error. What is not an *errs.Error is a fault of
// ours, and its details are not for the reader.
func (p Printer) Err(err error) string {
	var e *errs.Error
	if !errors.As(err, &e) || e.Key == "" {
		return p.T("error.internal")
	}
	return p.Args(e.Key, e.Args)
}

// Fields are the sentences for the wrong fields of an error, by field name. A
// field with two faults keeps the first: one thing to mend at a time.
func (p Printer) Fields(err error) map[string]string {
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return nil
	}
	out := make(map[string]string, len(e.Fields))
	for _, f := range e.Fields {
		if _, ok := out[f.Name]; !ok {
			out[f.Name] = p.Args(f.Key, f.Args)
		}
	}
	return out
}

// Explain is Err followed by one line for each wrong field, for a terminal.
func (p Printer) Explain(err error) string {
	var e *errs.Error
	text := p.Err(err)
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			text += "\n  " + f.Name + ": " + p.Args(f.Key, f.Args)
		}
	}
	return text
}

// Number writes an integer with its thousands grouped.
func (p Printer) Number(n int64) string { return group(strconv.FormatInt(n, 10)) }

// Sentence begins with a capital: what is said after a colon elsewhere stands by itself.
func Sentence(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// Decimal writes a number with at most the given decimals, without trailing zeros.
func (p Printer) Decimal(f float64, decimals int) string {
	s := strconv.FormatFloat(f, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return group(s)
}

// Percent writes a share: 0.4144 is 41.4%.
func (p Printer) Percent(share float64) string { return p.Decimal(share*100, 1) + "%" }

// group puts commas between the thousands of the integer part.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "−", s[1:]
	}
	whole, frac, hasFrac := strings.Cut(s, ".")
	if n := len(whole); n > 3 {
		var b strings.Builder
		for i, c := range whole {
			if i > 0 && (n-i)%3 == 0 {
				b.WriteByte(',')
			}
			b.WriteRune(c)
		}
		whole = b.String()
	}
	if hasFrac {
		whole += "." + frac
	}
	return sign + whole
}
