package phone_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/phone"
)

func TestParse_gives_one_form_for_every_way_of_writing(t *testing.T) {
	tests := []struct {
		raw, region string
		want        phone.Number
	}{
		{"13812345678", "CN", "+8613812345678"},
		{"+8613812345678", "CN", "+8613812345678"},
		{"+8613812345678", "", "+8613812345678"},
		{"+8613812345678", "GB", "+8613812345678"},
		{"008613812345678", "CN", "+8613812345678"},
		{"0086 138 1234 5678", "HK", "+8613812345678"},
		{"8613812345678", "CN", "+8613812345678"},
		{"138 1234 5678", "CN", "+8613812345678"},
		{"138-1234-5678", "CN", "+8613812345678"},
		{"(+86) 138-1234-5678", "CN", "+8613812345678"},
		{"138.1234.5678", "CN", "+8613812345678"},
		{" 13812345678\t", "CN", "+8613812345678"},
		{"１３８１２３４５６７８", "CN", "+8613812345678"},
		{"＋８６　１３８－１２３４－５６７８", "CN", "+8613812345678"},
		{"\u202a13812345678\u202c", "CN", "+8613812345678"},
		{"13812345678.0", "CN", "+8613812345678"},
		{"'13812345678", "CN", "+8613812345678"},
		{"tel:+8613812345678", "CN", "+8613812345678"},
		{"19912345678", "CN", "+8619912345678"},
		{"021-62345678", "CN", "+862162345678"},
		{"(021) 6234 5678", "CN", "+862162345678"},
		{"2162345678", "CN", "+862162345678"}, // a spreadsheet ate the 0
		{"+86 21 6234 5678", "CN", "+862162345678"},
		{"0571-87654321", "CN", "+8657187654321"},
		{"021-62345678-801", "CN", "+862162345678;ext=801"},
		{"021-62345678转801", "CN", "+862162345678;ext=801"},
		{"021-62345678 ext. 801", "CN", "+862162345678;ext=801"},
		{"02162345678x801", "CN", "+862162345678;ext=801"},
		{"+862162345678;ext=801", "", "+862162345678;ext=801"},
		{"400-820-8820", "CN", "+864008208820"},
		{"91234567", "HK", "+85291234567"},
		{"+852 9123 4567", "CN", "+85291234567"},
		{"00852 91234567", "CN", "+85291234567"},
		{"0912-345-678", "TW", "+886912345678"},
		{"020 7946 0018", "GB", "+442079460018"},
		{"(650) 253-0000", "US", "+16502530000"},
		{"1 650 253 0000", "US", "+16502530000"},
	}
	for _, tt := range tests {
		got, err := phone.Parse(tt.raw, tt.region)
		if err != nil || got != tt.want {
			t.Errorf("Parse(%q, %q) = %q, %v; want %q", tt.raw, tt.region, got, err, tt.want)
		}
	}
}

func TestParse_refuses_what_cannot_be_dialled(t *testing.T) {
	for _, tt := range []struct{ raw, region string }{
		{"", "CN"},
		{"   ", "CN"},
		{"-", "CN"},
		{"+", "CN"},
		{"王小明", "CN"},
		{"1381234567", "CN"},   // a digit short
		{"138123456789", "CN"}, // a digit over
		{"12812345678", "CN"},
		{"13812345678", ""}, // no country and no region
		{"13812345678", "ZZ"},
		{"138I2345678", "CN"},
		{"1-800-FLOWERS", "US"},
		{"call 13812345678", "CN"},
		{"13812345678/13912345678", "CN"},
		{"13812345678转2", "CN"},
		{"021-62345678转", "CN"},
		{"021-62345678-8", "CN"}, // more likely a digit over than a desk
		{"138-1234-5678-801", "CN"},
		{"021-62345678转12345678", "CN"},
		{"62345678", "CN"}, // no area code
		{"1.3812345678E+10", "CN"},
		{"+999 123456", "CN"},
		{strings.Repeat("1", 3000), "CN"},
	} {
		n, err := phone.Parse(tt.raw, tt.region)
		var e *errs.Error
		if n != "" || !errors.As(err, &e) || e.Kind != errs.Invalid || e.Key != "phone.not_a_number" {
			t.Errorf("Parse(%.40q, %q) = %q, %v; want phone.not_a_number", tt.raw, tt.region, n, err)
		} else if v := e.Args["value"].(string); len(v) > 200 {
			t.Errorf("the error quotes %d bytes", len(v))
		}
	}
}

func TestParse_reads_its_own_form_and_what_it_shows(t *testing.T) {
	for _, n := range []phone.Number{
		"+8613812345678", "+862162345678", "+862162345678;ext=801", "+8657187654321", "+864008208820",
		"+85291234567", "+16502530000", "+442079460018", "+442079460018;ext=12",
	} {
		for _, s := range []string{string(n), n.Format(), n.Tel()} {
			if got, err := phone.Parse(s, "CN"); err != nil || got != n {
				t.Errorf("%q read back as %q, %v; want %q", s, got, err, n)
			}
		}
	}
}

func TestNumber_shown_to_people(t *testing.T) {
	tests := []struct {
		n                              phone.Number
		national, masked, format, link string
	}{
		{"+8613812345678", "13812345678", "138****5678", "138 1234 5678", "tel:+8613812345678"},
		{"+862162345678", "02162345678", "021****5678", "021 6234 5678", "tel:+862162345678"},
		{"+862162345678;ext=801", "02162345678", "021****5678", "021 6234 5678-801", "tel:+862162345678;ext=801"},
		{"+8657187654321", "057187654321", "0571****4321", "0571 8765 4321", "tel:+8657187654321"},
		{"+85291234567", "91234567", "+852 ****4567", "+852 9123 4567", "tel:+85291234567"},
		{"+886912345678", "0912345678", "+886 09****5678", "+886 912 345 678", "tel:+886912345678"},
		{"+16502530000", "6502530000", "+1 65****0000", "+1 650-253-0000", "tel:+16502530000"},
		{"+442079460018", "02079460018", "+44 020****0018", "+44 20 7946 0018", "tel:+442079460018"},
		{"", "", "", "", ""},
	}
	for _, tt := range tests {
		if got := tt.n.National(); got != tt.national {
			t.Errorf("%q.National() = %q, want %q", tt.n, got, tt.national)
		}
		if got := tt.n.Masked(); got != tt.masked {
			t.Errorf("%q.Masked() = %q, want %q", tt.n, got, tt.masked)
		}
		if got := tt.n.Format(); got != tt.format {
			t.Errorf("%q.Format() = %q, want %q", tt.n, got, tt.format)
		}
		if got := tt.n.Tel(); got != tt.link {
			t.Errorf("%q.Tel() = %q, want %q", tt.n, got, tt.link)
		}
	}
}

func TestChinese_mobiles_with_any_decoration_are_one_number(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`1[3-9][0-9]{9}`).Draw(t, "digits")
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", "+86", "0086", "86", "＋86 ", "+86-"}).Draw(t, "prefix"))
		for _, d := range digits {
			if rapid.Bool().Draw(t, "wide") {
				d += '０' - '0'
			}
			b.WriteRune(d)
			b.WriteString(rapid.SampledFrom([]string{"", "", " ", "-", "　"}).Draw(t, "gap"))
		}
		got, err := phone.Parse(b.String(), "CN")
		if err != nil || got != phone.Number("+86"+digits) {
			t.Fatalf("Parse(%q) = %q, %v", b.String(), got, err)
		}
		if m := got.Masked(); len(m) != 11 || strings.Contains(m, digits[3:7]) && digits[3:7] != "****" {
			t.Fatalf("mask %q of %q", m, digits)
		}
	})
}

func TestParse_never_panics_and_gives_stable_numbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("0123456789+-() .转x#８＋")))).Draw(t, "raw")
		n, err := phone.Parse(raw, rapid.SampledFrom([]string{"CN", "HK", "US", ""}).Draw(t, "region"))
		if err != nil {
			return
		}
		if again, err := phone.Parse(string(n), ""); err != nil || again != n {
			t.Fatalf("%q gives %q, which reads as %q, %v", raw, n, again, err)
		}
		n.Masked()
		n.Format()
	})
}

func TestParse_of_a_stored_mobile_does_not_allocate(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _, _ = phone.Parse("+8613812345678", "CN") }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkParse_mobile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := phone.Parse("138-1234-5678", "CN"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse_land_line(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := phone.Parse("021-62345678", "CN"); err != nil {
			b.Fatal(err)
		}
	}
}
