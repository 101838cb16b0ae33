package day_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/day"
)

// What testdata/oracle.mjs prints for both of its sources.
const (
	digestOfDays  = "f5e8ba0d37166b4660ced937f6a669d81ee13742b54a8f7c0a9629f53f960a7f"
	digestOfTerms = "3479935ad519ff5efd52482c2f1f2788ff1a2c469c497d4fdf38150c3d3f4edf"
)

func TestLunar_agrees_with_two_other_programs_on_all_73384_days(t *testing.T) {
	h := sha256.New()
	n := 0
	for d := day.MustParse("1900-01-31"); d <= day.MustParse("2100-12-31"); d++ {
		l, ok := d.Lunar()
		if !ok {
			t.Fatalf("%s is not in the tables", d)
		}
		fmt.Fprintf(h, "%s %s\n", d, l)
		n++
	}
	if got := hex.EncodeToString(h.Sum(nil)); n != 73384 || got != digestOfDays {
		t.Errorf("%d days have digest %s, want 73384 and %s; lunar_sample.txt narrows it down", n, got, digestOfDays)
	}
}

func TestLunar_on_leap_months_and_in_the_years_others_get_wrong(t *testing.T) {
	b, err := os.ReadFile("testdata/lunar_sample.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		solar, want, _ := strings.Cut(strings.TrimSpace(line), " ")
		d := day.MustParse(solar)
		l, ok := d.Lunar()
		if !ok || l.String() != want {
			t.Errorf("%s is %s, want %s", d, l, want)
		}
		if back, err := l.Solar(); err != nil || back != d {
			t.Errorf("%s is %s, %v; want %s", l, back, err, d)
		}
		n++
	}
	if n < 60 {
		t.Errorf("the sample has %d lines", n)
	}
}

func TestSolar_terms_agree_with_two_other_programs(t *testing.T) {
	h := sha256.New()
	for year := 1900; year <= 2100; year++ {
		on := make(map[string]day.Day)
		for _, f := range day.Festivals(year) {
			on[f.Code] = f.Day
		}
		fmt.Fprintf(h, "%d %s %s\n", year, on["qingming"], on["winter_solstice"])
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != digestOfTerms {
		t.Errorf("清明 and 冬至 have digest %s, want %s", got, digestOfTerms)
	}
}
