package replenish

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPairs_are_sorted_and_a_day_is_one_purchase(t *testing.T) {
	t.Parallel()
	p := pairsOf(t, Lines{
		Customer: []int32{2, 0, 2, 2, 0, 2},
		Product:  []int32{5, 1, 3, 5, 1, 5},
		Day:      []int32{9, -4, 9, 7, -4, 9},
	})
	type pair struct {
		Customer, Product int32
		Days              []int32
	}
	var got []pair
	for i := range p.Len() {
		c, q := p.Pair(i)
		got = append(got, pair{c, q, p.Days(i)})
	}
	want := []pair{{0, 1, []int32{-4}}, {2, 3, []int32{9}}, {2, 5, []int32{7, 9}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int32{7, 9}, p.visits(2)); diff != "" {
		t.Error(diff)
	}
	if i, ok := p.Find(2, 5); !ok || i != 2 {
		t.Errorf("Find: %d, %v", i, ok)
	}
	for _, absent := range [][2]int32{{1, 5}, {2, 4}, {3, 5}, {-1, 0}, {2, 99}} {
		if _, ok := p.Find(absent[0], absent[1]); ok {
			t.Errorf("found %v", absent)
		}
	}
}

func TestPairs_refuse_what_cannot_be(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]Lines{
		"columns of unequal length": {Customer: []int32{0}, Product: []int32{0, 1}, Day: []int32{0}},
		"a negative customer":       {Customer: []int32{-1}, Product: []int32{0}, Day: []int32{0}},
		"a negative product":        {Customer: []int32{0}, Product: []int32{-1}, Day: []int32{0}},
	} {
		if _, err := NewPairs(l); !errors.Is(err, ErrColumns) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}

func TestPairs_hold_every_line(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "n")
		small := func(name string) []int32 {
			return rapid.SliceOfN(rapid.Int32Range(0, 5), n, n).Draw(t, name)
		}
		l := Lines{Customer: small("customer"), Product: small("product"), Day: small("day")}
		p, err := NewPairs(l)
		if err != nil {
			t.Fatal(err)
		}
		want := map[[3]int32]bool{}
		for i := range n {
			want[[3]int32{l.Customer[i], l.Product[i], l.Day[i]}] = true
		}
		got := 0
		for i := range p.Len() {
			c, q := p.Pair(i)
			if !slices.IsSorted(p.Days(i)) || len(p.Days(i)) == 0 {
				t.Fatalf("pair %d: %v", i, p.Days(i))
			}
			for _, day := range p.Days(i) {
				if !want[[3]int32{c, q, day}] {
					t.Fatalf("made up: %d %d %d", c, q, day)
				}
				got++
			}
		}
		if got != len(want) {
			t.Fatalf("got %d purchases, want %d", got, len(want))
		}
	})
}

func FuzzDue(f *testing.F) {
	f.Add([]byte{0, 0, 1, 0, 0, 9, 1, 0, 3, 1, 0, 8}, int32(10), int32(3))
	f.Fuzz(func(t *testing.T, data []byte, asOf, within int32) {
		var l Lines
		for ; len(data) >= 3; data = data[3:] {
			l.Customer = append(l.Customer, int32(data[0]%8))
			l.Product = append(l.Product, int32(data[1]%8))
			l.Day = append(l.Day, int32(data[2]))
		}
		p := pairsOf(t, l)
		d, err := FitDue(p, asOf, within, DueOptions{Windows: 2})
		if err != nil {
			return
		}
		scores := make([]float64, p.Len())
		if err := d.Score(scores, p, asOf); err != nil {
			t.Fatal(err)
		}
		for i, s := range scores {
			if s < 0 || s > 1 || (s != s && len(upTo(p.Days(i), asOf)) >= leastPurchases) {
				t.Errorf("pair %d: %v", i, s)
			}
		}
	})
}
