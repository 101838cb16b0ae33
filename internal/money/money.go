// Package money holds amounts in the minor units of a currency, and the exact
// arithmetic from a till's price and quantity to an amount.
//
// Three integers, each with a fixed scale: an Amount counts minor units (fen,
// pence; none for yen), a Price millionths of the major unit (tills have prices
// below a penny), a Quantity thousandths of a piece. No floating point anywhere.
//
// Text is read by Parse, ParsePrice and ParseQuantity, which take what tills and
// people write and refuse the rest; plain ASCII digits are read without
// allocating. Showing money to a person, with its sign and by locale, is not
// done here.
package money

import (
	"math"
	"math/bits"
	"strconv"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/text"
)

// Amount is a sum of money. The zero Amount is nothing of no currency.
type Amount struct {
	Minor    int64
	Currency Currency
}

// Parse reads an amount as written: "1234.5", "1,234.50", "-12", "(12.00)" for
// a negative one, the currency's own sign or code in front ("¥12", "GBP 12"),
// 元 behind, full-width characters. A comma groups thousands and nothing else. More
// decimals than the currency has are refused rather than rounded.
func Parse(s string, c Currency) (Amount, error) {
	scale, ok := c.digits()
	if !ok {
		return Amount{}, unknownCurrency(string(c))
	}
	v, verdict := read(s, c, scale, exactly)
	if verdict != fine {
		return Amount{}, amountError(verdict, s, c)
	}
	return Amount{Minor: v, Currency: c}, nil
}

// String is the decimal form, always with the currency's decimals: "1234.50".
// It is what JSON and files carry; Parse reads it back.
func (a Amount) String() string { return Decimal(a.Minor, a.Currency) }

// AppendDecimal appends the decimal form.
func (a Amount) AppendDecimal(dst []byte) []byte {
	return appendFixed(dst, a.Minor, a.Currency.Digits(), a.Currency.Digits())
}

// MarshalText writes the decimal form, which makes JSON a string.
func (a Amount) MarshalText() ([]byte, error) { return a.AppendDecimal(nil), nil }

// Decimal is the decimal form of minor units, for those who hold the number as
// the database keeps it.
func Decimal(minor int64, c Currency) string {
	var buf [32]byte
	return string(appendFixed(buf[:0], minor, c.Digits(), c.Digits()))
}

// Rough is an amount rounded to its first two digits, half away from zero: for
// what is estimated.
func Rough(minor int64) int64 {
	unit := int64(1)
	for minor/unit >= 100 || minor/unit <= -100 {
		unit *= 10
	}
	first, rest := minor/unit, minor%unit
	if max(rest, -rest) >= unit-max(rest, -rest) {
		if first++; minor < 0 {
			first -= 2
		}
	}
	return first * unit
}

// Add is the sum of two amounts of one currency; a sum that does not fit is refused.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, errs.New(errs.Conflict, "money.two_currencies", "one", string(a.Currency), "other", string(b.Currency))
	}
	sum := a.Minor + b.Minor
	if (sum > a.Minor) != (b.Minor > 0) {
		return Amount{}, errs.New(errs.Invalid, "money.too_large")
	}
	return Amount{Minor: sum, Currency: a.Currency}, nil
}

// Neg is the amount with its sign turned.
func (a Amount) Neg() (Amount, error) {
	if a.Minor == math.MinInt64 {
		return Amount{}, errs.New(errs.Invalid, "money.too_large")
	}
	return Amount{Minor: -a.Minor, Currency: a.Currency}, nil
}

// Price is a unit price in millionths of the major unit.
type Price int64

const priceScale = 6

// ParsePrice reads a unit price as Parse reads an amount, but to a millionth of
// the major unit; what is finer is rounded half away from zero, since such
// decimals are a division some till made.
func ParsePrice(s string, c Currency) (Price, error) {
	if v, verdict := fixed(s, priceScale, rounded); verdict == fine {
		return Price(v), nil
	}
	if _, ok := c.digits(); !ok {
		return 0, unknownCurrency(string(c))
	}
	v, verdict := read(s, c, priceScale, rounded)
	if verdict != fine {
		return 0, amountError(verdict, s, c)
	}
	return Price(v), nil
}

// String is the shortest decimal form: "2.55", "0.001".
func (p Price) String() string {
	var buf [32]byte
	return string(appendFixed(buf[:0], int64(p), priceScale, 0))
}

// Quantity is a number of pieces, kilograms or metres in thousandths.
type Quantity int64

const quantityScale = 3

// One is a quantity of one piece.
const One Quantity = 1000

// ParseQuantity reads a quantity ("6", "-1", "0.250", "1,200") to a thousandth;
// what is finer is rounded half away from zero.
func ParseQuantity(s string) (Quantity, error) {
	v, verdict := read(s, "", quantityScale, rounded)
	switch verdict {
	case fine:
		return Quantity(v), nil
	case tooLarge:
		return 0, errs.New(errs.Invalid, "money.too_large")
	default:
		return 0, errs.New(errs.Invalid, "money.not_a_quantity", "value", text.Quote(s))
	}
}

// String is the shortest decimal form: "6", "0.25".
func (q Quantity) String() string {
	var buf [32]byte
	return string(appendFixed(buf[:0], int64(q), quantityScale, 0))
}

// LineAmount is price × quantity in minor units of the currency, exact until the
// one rounding, half away from zero, to the minor unit.
func LineAmount(p Price, q Quantity, c Currency) (minor int64, err error) {
	digits, ok := c.digits()
	if !ok {
		return 0, unknownCurrency(string(c))
	}
	divisor := pow10[priceScale+quantityScale-digits]
	hi, lo := bits.Mul64(magnitude(int64(p)), magnitude(int64(q)))
	if hi >= divisor {
		return 0, errs.New(errs.Invalid, "money.too_large")
	}
	quo, rem := bits.Div64(hi, lo, divisor)
	if quo >= math.MaxInt64 {
		return 0, errs.New(errs.Invalid, "money.too_large")
	}
	if rem >= divisor-rem {
		quo++
	}
	if (p < 0) != (q < 0) {
		return -int64(quo), nil
	}
	return int64(quo), nil
}

// magnitude is |v|, right for the least int64 too.
func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

func unknownCurrency(code string) error {
	return errs.New(errs.Invalid, "money.unknown_currency", "code", text.Quote(code))
}

func amountError(v verdict, s string, c Currency) error {
	switch v {
	case tooLarge:
		return errs.New(errs.Invalid, "money.too_large")
	case tooFine:
		return errs.New(errs.Invalid, "money.too_many_decimals",
			"value", text.Quote(s), "currency", string(c), "digits", strconv.Itoa(c.Digits()))
	default:
		return errs.New(errs.Invalid, "money.not_an_amount", "value", text.Quote(s), "currency", string(c))
	}
}
