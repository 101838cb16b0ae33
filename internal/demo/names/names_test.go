package names_test

import (
	"math/rand/v2"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/demo/names"
	"github.com/ricejar/ricejar/internal/phone"
)

func maker(seed uint64) names.Maker { return names.New(rand.New(rand.NewPCG(seed, 0))) }

func TestNames_follow_the_seed(t *testing.T) {
	a, b := maker(7), maker(7)
	for range 1000 {
		if x, y := a.Chinese(names.Female, 1988), b.Chinese(names.Female, 1988); x != y {
			t.Fatalf("the same seed makes %q and %q", x, y)
		}
	}
}

func TestNames_look_like_a_register(t *testing.T) {
	m := maker(1)
	const n = 20_000
	wang, compound, single := 0, 0, 0
	different := map[string]bool{}
	for i := range n {
		surname, given := m.Surname(), m.Given(m.Gender(60), 1945+i%65)
		if surname == "王" {
			wang++
		}
		if utf8.RuneCountInString(surname) == 2 {
			compound++
		}
		if utf8.RuneCountInString(given) == 1 {
			single++
		}
		for _, r := range surname + given {
			if !unicode.Is(unicode.Han, r) {
				t.Fatalf("%s%s holds %q", surname, given, r)
			}
		}
		different[surname+given] = true
	}
	for what, c := range map[string]struct{ got, from, to int }{
		"王 of 10,000":                 {wang * 10_000 / n, 600, 850},
		"compound surnames of 10,000": {compound * 10_000 / n, 5, 50},
		"short given names of 100":    {single * 100 / n, 15, 40},
		"different names of 100":      {len(different) * 100 / n, 60, 100},
	} {
		if c.got < c.from || c.got > c.to {
			t.Errorf("%s: %d, want %d to %d", what, c.got, c.from, c.to)
		}
	}
}

func TestPhones_are_different_readable_and_in_one_form(t *testing.T) {
	seen := map[string]bool{}
	check := func(s string) {
		if n, err := phone.Parse(s, "CN"); err != nil || string(n) != s {
			t.Fatalf("%s reads as %q, %v", s, n, err)
		}
		if seen[s] {
			t.Fatalf("%s twice", s)
		}
		seen[s] = true
	}
	for n := range int64(200_000) {
		check(names.Mobile(n))
	}
	for n := range 1000 {
		check(names.HongKongMobile(n))
		check(names.TaiwanMobile(n))
	}
}

func TestPeople_from_elsewhere_have_names_and_the_cities_addresses(t *testing.T) {
	m := maker(3)
	for _, g := range []names.Gender{names.Female, names.Male} {
		for _, name := range []string{m.Taiwanese(g), m.HongKong(g), m.Foreign(g)} {
			if utf8.RuneCountInString(name) < 2 {
				t.Errorf("%s: %q is no name", g, name)
			}
		}
	}
	for city := range names.Cities {
		if m.Address(city) == "" || m.Area(city) == "" {
			t.Errorf("%s has no addresses", city)
		}
	}
	if got := m.Address("Atlantis"); got != "" {
		t.Errorf("a city without estates has the address %q", got)
	}
}
