package names

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// Gender is a made-up person's.
type Gender string

// The genders of made-up people; the words are those of the customer file.
const (
	Female Gender = "female"
	Male   Gender = "male"
)

// Maker makes people up.
type Maker struct{ rng *rand.Rand }

// New is a maker that draws from rng.
func New(rng *rand.Rand) Maker { return Maker{rng} }

// Gender is female with the given chance in percent.
func (m Maker) Gender(female int) Gender {
	if m.rng.IntN(100) < female {
		return Female
	}
	return Male
}

// Surname is a surname, as often as people bear it.
func (m Maker) Surname() string { return surnames.draw(m.rng) }

// Given is a given name as parents chose it in the year.
func (m Maker) Given(g Gender, year int) string {
	of := generations[0]
	for _, gen := range generations {
		// The fashion changes over some years, not on New Year's Eve.
		if year+m.rng.IntN(5)-2 >= gen.from {
			of = gen
		}
	}
	f := of.male
	if g == Female {
		f = of.female
	}
	if m.rng.IntN(100) < f.singles {
		c := pick(m.rng, f.single)
		if g == Female && year >= 1980 && m.rng.IntN(9) == 0 {
			return c + c // 婷婷
		}
		return c
	}
	first, second := pick(m.rng, f.first), pick(m.rng, f.second)
	for second == first {
		second = pick(m.rng, f.second)
	}
	return first + second
}

// Chinese is a full name from the mainland.
func (m Maker) Chinese(g Gender, year int) string { return m.Surname() + m.Given(g, year) }

// Taiwanese is a full name in Traditional script.
func (m Maker) Taiwanese(g Gender) string {
	return traditionalSurnames.draw(m.rng) + m.of(g, taiwan.female, taiwan.male)
}

// HongKong is a full name in Traditional script.
func (m Maker) HongKong(g Gender) string {
	return traditionalSurnames.draw(m.rng) + m.of(g, hongkong.female, hongkong.male)
}

// Foreign is a name in Latin letters.
func (m Maker) Foreign(g Gender) string {
	return strings.ReplaceAll(m.of(g, foreigners.female, foreigners.male), "_", " ")
}

func (m Maker) of(g Gender, female, male []string) string {
	if g == Female {
		return pick(m.rng, female)
	}
	return pick(m.rng, male)
}

// table draws words by their weight.
type table struct {
	words []string
	upto  []int // running total of the weights
}

// newTable reads "word weight word weight …"; it panics on anything else, which
// only a typing mistake in this package can be.
func newTable(text string) table {
	var t table
	fields, total := strings.Fields(text), 0
	for i := 0; i+1 < len(fields); i += 2 {
		weight, err := strconv.Atoi(fields[i+1])
		if err != nil {
			panic(err)
		}
		total += weight
		t.words, t.upto = append(t.words, fields[i]), append(t.upto, total)
	}
	return t
}

func (t table) draw(rng *rand.Rand) string {
	n := rng.IntN(t.upto[len(t.upto)-1])
	lo, hi := 0, len(t.upto)-1
	for lo < hi {
		if mid := (lo + hi) / 2; n < t.upto[mid] {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return t.words[lo]
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

func runes(s string) []string { return strings.Split(s, "") }

func words(s string) []string { return strings.Fields(s) }
