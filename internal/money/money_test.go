package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
)

// key is the translation key of an error, "" for none.
func key(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Key
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestParse_reads_what_tills_and_people_write(t *testing.T) {
	tests := []struct {
		in       string
		currency money.Currency
		want     int64
	}{
		{"0", "CNY", 0},
		{"12", "CNY", 1200},
		{"12.", "CNY", 1200},
		{".5", "CNY", 50},
		{"1234.5", "CNY", 123450},
		{"1,234.50", "CNY", 123450},
		{"1,234,567", "CNY", 123456700},
		{"12.3400", "CNY", 1234},
		{"-12", "CNY", -1200},
		{"- 12", "CNY", -1200},
		{"12.00-", "CNY", -1200},
		{"+3.2", "CNY", 320},
		{"(12.00)", "CNY", -1200},
		{"( 1,200 )", "CNY", -120000},
		{"  7 ", "CNY", 700},
		{"¥12", "CNY", 1200},
		{"￥ 12.5", "CNY", 1250},
		{"-¥12", "CNY", -1200},
		{"¥-12", "CNY", -1200},
		{"(¥12)", "CNY", -1200},
		{"12元", "CNY", 1200},
		{"rmb 12", "CNY", 1200},
		{"CNY 12", "CNY", 1200},
		{"12 cny", "CNY", 1200},
		{"１，２３４．５０", "CNY", 123450},
		{"（１２）", "CNY", -1200},
		{"－１２", "CNY", -1200},
		{"−12", "CNY", -1200},
		{"\u00a012\u3000", "CNY", 1200},
		{"£2.55", "GBP", 255},
		{"$1", "USD", 100},
		{"US$1", "USD", 100},
		{"HK$1", "HKD", 100},
		{"NT$ 1,990", "TWD", 199000},
		{"€9.99", "EUR", 999},
		{"¥1500", "JPY", 1500},
		{"1500.00", "JPY", 1500},
		{"1.234", "KWD", 1234},
		{"92233720368547758.07", "CNY", math.MaxInt64},
		{"-92233720368547758.07", "CNY", -math.MaxInt64},
	}
	for _, tt := range tests {
		got, err := money.Parse(tt.in, tt.currency)
		if err != nil || got != (money.Amount{Minor: tt.want, Currency: tt.currency}) {
			t.Errorf("Parse(%q, %s) = %v, %v; want %d", tt.in, tt.currency, got.Minor, err, tt.want)
		}
	}
}

func TestParse_refuses_the_rest_and_says_why(t *testing.T) {
	tests := []struct {
		in       string
		currency money.Currency
		want     string
	}{
		{"", "CNY", "money.not_an_amount"},
		{"  ", "CNY", "money.not_an_amount"},
		{".", "CNY", "money.not_an_amount"},
		{"-", "CNY", "money.not_an_amount"},
		{"()", "CNY", "money.not_an_amount"},
		{"abc", "CNY", "money.not_an_amount"},
		{"12abc", "CNY", "money.not_an_amount"},
		{"12O", "CNY", "money.not_an_amount"},
		{"1e3", "CNY", "money.not_an_amount"},
		{"0x10", "CNY", "money.not_an_amount"},
		{"NaN", "CNY", "money.not_an_amount"},
		{"1.2.3", "CNY", "money.not_an_amount"},
		{"12,34", "CNY", "money.not_an_amount"}, // a decimal comma must not become 1234
		{"1234,567", "CNY", "money.not_an_amount"},
		{"1,,234", "CNY", "money.not_an_amount"},
		{",123", "CNY", "money.not_an_amount"},
		{"1,23.4", "CNY", "money.not_an_amount"},
		{"1.234,5", "CNY", "money.not_an_amount"},
		{"1 234", "CNY", "money.not_an_amount"},
		{"--12", "CNY", "money.not_an_amount"},
		{"-12-", "CNY", "money.not_an_amount"},
		{"(-12)", "CNY", "money.not_an_amount"},
		{"(12", "CNY", "money.not_an_amount"},
		{"12)", "CNY", "money.not_an_amount"},
		{"-¥-12", "CNY", "money.not_an_amount"},
		{"$12", "CNY", "money.not_an_amount"}, // another currency's sign
		{"£12", "USD", "money.not_an_amount"},
		{"USD 12", "GBP", "money.not_an_amount"},
		{"人民币 12 元", "CNY", "money.not_an_amount"}, // one sign is enough
		{"=1+1", "CNY", "money.not_an_amount"},
		{"12\x00", "CNY", "money.not_an_amount"},
		{"\xff12", "CNY", "money.not_an_amount"},
		{"99999999999999999999x", "CNY", "money.not_an_amount"},
		{"12.345", "CNY", "money.too_many_decimals"},
		{"0.5", "JPY", "money.too_many_decimals"},
		{"1.2345", "KWD", "money.too_many_decimals"},
		{"92233720368547758.08", "CNY", "money.too_large"},
		{"99999999999999999999", "CNY", "money.too_large"},
		{"9223372036854775807", "CNY", "money.too_large"},
		{"12", "XXX", "money.unknown_currency"},
		{"12", "", "money.unknown_currency"},
	}
	for _, tt := range tests {
		got, err := money.Parse(tt.in, tt.currency)
		if key(err) != tt.want || !errs.Is(err, errs.Invalid) || got != (money.Amount{}) {
			t.Errorf("Parse(%q, %q) = %v, %v; want %s", tt.in, tt.currency, got, err, tt.want)
		}
	}
}

func TestParse_quotes_a_long_text_shortened(t *testing.T) {
	_, err := money.Parse(strings.Repeat("钱", 5000), "CNY")
	var e *errs.Error
	if !errors.As(err, &e) || e.Args["value"] != strings.Repeat("钱", 40)+"…" {
		t.Errorf("got %.200v, want the first 40 characters", err)
	}
}

func TestParse_reads_back_what_String_writes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]money.Currency{"CNY", "JPY", "KWD"}).Draw(t, "currency")
		a := money.Amount{Minor: rapid.Int64Min(-math.MaxInt64).Draw(t, "minor"), Currency: c}
		got, err := money.Parse(a.String(), c)
		if err != nil || got != a {
			t.Fatalf("%s read back as %v, %v", a, got, err)
		}
	})
}

func TestParse_never_panics_and_never_invents_digits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("0123456789,.-+()¥$元 １．abCNY"))).Draw(t, "s")
		a, err := money.Parse(s, "CNY")
		if err != nil {
			return
		}
		digits := func(s string) string {
			return strings.Map(func(r rune) rune {
				switch {
				case r >= '0' && r <= '9':
					return r
				case r == '１':
					return '1'
				}
				return -1
			}, s)
		}
		if got, want := strings.Trim(digits(a.String()), "0"), strings.Trim(digits(s), "0"); got != want {
			t.Fatalf("Parse(%q) = %s: digits %s, want %s", s, a, got, want)
		}
	})
}

func TestString_has_the_decimals_of_the_currency(t *testing.T) {
	tests := []struct {
		minor    int64
		currency money.Currency
		want     string
	}{
		{0, "CNY", "0.00"},
		{5, "CNY", "0.05"},
		{-5, "CNY", "-0.05"},
		{123450, "CNY", "1234.50"},
		{1500, "JPY", "1500"},
		{0, "JPY", "0"},
		{1234, "KWD", "1.234"},
		{math.MaxInt64, "CNY", "92233720368547758.07"},
		{math.MinInt64, "CNY", "-92233720368547758.08"},
	}
	for _, tt := range tests {
		a := money.Amount{Minor: tt.minor, Currency: tt.currency}
		if got := a.String(); got != tt.want {
			t.Errorf("%d %s prints %q, want %q", tt.minor, tt.currency, got, tt.want)
		}
	}
	if b, err := json.Marshal(money.Amount{Minor: -950, Currency: "CNY"}); string(b) != `"-9.50"` || err != nil {
		t.Errorf("JSON is %s, %v; want a decimal string", b, err)
	}
}

func TestAdd_and_Neg_refuse_what_does_not_fit(t *testing.T) {
	cny := func(n int64) money.Amount { return money.Amount{Minor: n, Currency: "CNY"} }
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		want := new(big.Int).Add(big.NewInt(a), big.NewInt(b))
		got, err := cny(a).Add(cny(b))
		if want.IsInt64() != (err == nil) {
			t.Fatalf("%d + %d: got %v, %v", a, b, got, err)
		}
		if err == nil && got != cny(want.Int64()) {
			t.Fatalf("%d + %d = %d, want %s", a, b, got.Minor, want)
		}
	})
	if _, err := cny(1).Add(money.Amount{Minor: 1, Currency: "JPY"}); key(err) != "money.two_currencies" {
		t.Errorf("yuan + yen: %v", err)
	}
	if got, err := cny(7).Neg(); err != nil || got != cny(-7) {
		t.Errorf("Neg: %v, %v", got, err)
	}
	if _, err := cny(math.MinInt64).Neg(); key(err) != "money.too_large" {
		t.Errorf("Neg of the least amount: %v", err)
	}
}

func TestParsePrice_keeps_millionths_and_rounds_what_is_finer(t *testing.T) {
	tests := []struct {
		in   string
		want money.Price
		text string
	}{
		{"2.55", 2_550_000, "2.55"},
		{"0.001", 1_000, "0.001"},
		{"-11062.06", -11_062_060_000, "-11062.06"},
		{"0", 0, "0"},
		{"£2.10", 2_100_000, "2.1"},
		{"3.3333333333", 3_333_333, "3.333333"},
		{"0.0000005", 1, "0.000001"},
		{"-0.0000005", -1, "-0.000001"},
		{"0.00000049999", 0, "0"},
		{"1,000", 1_000_000_000, "1000"},
	}
	for _, tt := range tests {
		got, err := money.ParsePrice(tt.in, "GBP")
		if err != nil || got != tt.want || got.String() != tt.text {
			t.Errorf("ParsePrice(%q) = %d %q, %v; want %d %q", tt.in, got, got, err, tt.want, tt.text)
		}
	}
	for in, want := range map[string]string{
		"": "money.not_an_amount", "$1": "money.not_an_amount", "x": "money.not_an_amount", "1e-5": "money.not_an_amount",
		"9999999999999999": "money.too_large", "9223372036854.7758075": "money.too_large",
	} {
		if _, err := money.ParsePrice(in, "GBP"); key(err) != want {
			t.Errorf("ParsePrice(%q): %v, want %s", in, err, want)
		}
	}
}

func TestParseQuantity_reads_thousandths(t *testing.T) {
	tests := []struct {
		in   string
		want money.Quantity
		text string
	}{
		{"6", 6000, "6"},
		{"6.0", 6000, "6"},
		{"-12", -12000, "-12"},
		{"0.25", 250, "0.25"},
		{"1,200", 1_200_000, "1200"},
		{"2.4384", 2438, "2.438"},
		{"0.0005", 1, "0.001"},
		{"３", 3000, "3"},
		{"-80995", -80_995_000, "-80995"},
	}
	for _, tt := range tests {
		got, err := money.ParseQuantity(tt.in)
		if err != nil || got != tt.want || got.String() != tt.text {
			t.Errorf("ParseQuantity(%q) = %d %q, %v; want %d %q", tt.in, got, got, err, tt.want, tt.text)
		}
	}
	for in, want := range map[string]string{
		"": "money.not_a_quantity", "6件": "money.not_a_quantity", "¥6": "money.not_a_quantity", "99999999999999999": "money.too_large",
	} {
		if _, err := money.ParseQuantity(in); key(err) != want {
			t.Errorf("ParseQuantity(%q): %v, want %s", in, err, want)
		}
	}
}

func TestLineAmount_rounds_half_away_from_zero(t *testing.T) {
	tests := []struct {
		price, quantity string
		currency        money.Currency
		want            int64
	}{
		{"2.55", "6", "GBP", 1530},
		{"0.001", "1", "GBP", 0},
		{"0.005", "1", "GBP", 1},
		{"0.005", "-1", "GBP", -1},
		{"0.0049", "1", "GBP", 0},
		{"0.125", "1", "GBP", 13},
		{"-0.125", "1", "GBP", -13},
		{"-0.125", "-1", "GBP", 13},
		{"19.99", "0.333", "GBP", 666}, // 6.65667
		{"0.5", "1", "JPY", 1},
		{"0.0005", "1", "KWD", 1},
		{"3.35", "0", "GBP", 0},
	}
	for _, tt := range tests {
		p, err := money.ParsePrice(tt.price, tt.currency)
		if err != nil {
			t.Fatal(err)
		}
		q, err := money.ParseQuantity(tt.quantity)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := money.LineAmount(p, q, tt.currency); err != nil || got != tt.want {
			t.Errorf("%s × %s %s = %d, %v; want %d", tt.price, tt.quantity, tt.currency, got, err, tt.want)
		}
	}
	if _, err := money.LineAmount(1, 1, "???"); key(err) != "money.unknown_currency" {
		t.Errorf("unknown currency: %v", err)
	}
}

func TestLineAmount_is_exact_against_big_integers(t *testing.T) {
	divisors := map[money.Currency]int64{"JPY": 1e9, "CNY": 1e7, "KWD": 1e6}
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]money.Currency{"JPY", "CNY", "KWD"}).Draw(t, "currency")
		p := rapid.Int64().Draw(t, "price")
		q := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1e6, 1e6)).Draw(t, "quantity")
		div := big.NewInt(divisors[c])
		product := new(big.Int).Mul(big.NewInt(p), big.NewInt(q))
		negative := product.Sign() < 0
		product.Abs(product)
		// floor((2·product + div) / (2·div)) is half away from zero on a magnitude.
		product.Lsh(product, 1).Add(product, div).Quo(product, new(big.Int).Lsh(div, 1))
		fits := product.Cmp(big.NewInt(math.MaxInt64)) < 0
		if negative {
			product.Neg(product)
		}
		got, err := money.LineAmount(money.Price(p), money.Quantity(q), c)
		if fits != (err == nil) {
			t.Fatalf("%d × %d: got %d, %v; exact %s", p, q, got, err, product)
		}
		if err == nil && got != product.Int64() {
			t.Fatalf("%d × %d = %d, want %s", p, q, got, product)
		}
	})
}

func TestParseCurrency(t *testing.T) {
	for in, digits := range map[string]int{"CNY": 2, "cny": 2, " gbp ": 2, "JPY": 0, "KWD": 3, "CHF": 2, "ISK": 0, "TND": 3} {
		c, err := money.ParseCurrency(in)
		if err != nil || c.Digits() != digits {
			t.Errorf("ParseCurrency(%q) = %q with %d digits, %v; want %d", in, c, c.Digits(), err, digits)
		}
	}
	for _, in := range []string{"", "RMB", "US", "XXX", "人民币"} {
		if c, err := money.ParseCurrency(in); key(err) != "money.unknown_currency" {
			t.Errorf("ParseCurrency(%q) = %q, %v", in, c, err)
		}
	}
}

func TestReading_plain_digits_does_not_allocate(t *testing.T) {
	var buf [32]byte
	if n := testing.AllocsPerRun(100, func() {
		p, _ := money.ParsePrice("2.55", "GBP")
		q, _ := money.ParseQuantity("-12")
		m, _ := money.LineAmount(p, q, "GBP")
		a, _ := money.Parse("1,234.50", "CNY")
		a.Minor += m
		a.AppendDecimal(buf[:0])
	}); n != 0 {
		t.Errorf("%v allocations a line, want none", n)
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.Parse("1,234.50", "CNY"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLine(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		p, _ := money.ParsePrice("2.55", "GBP")
		q, _ := money.ParseQuantity("6")
		if _, err := money.LineAmount(p, q, "GBP"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse_full_width(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.Parse("￥１，２３４．５０", "CNY"); err != nil {
			b.Fatal(err)
		}
	}
}

func TestRough_keeps_two_digits(t *testing.T) {
	for minor, want := range map[int64]int64{0: 0, 7: 7, 99: 99, 104: 100, 105: 110, 995: 1000, 123_456: 120_000, -123_456: -120_000} {
		if got := money.Rough(minor); got != want {
			t.Errorf("%d: got %d, want %d", minor, got, want)
		}
	}
}
