package refill

import (
	"slices"
	"testing"

	"github.com/ricejar/ricejar/internal/day"
)

func TestAJarLastsAsLongAsThoseAtHomeMakeIt(t *testing.T) {
	rice := Jar{Category: "rice", PerPiece: 10, Daily: 0.25, People: "household_size"}
	refills := []Filling{{day.MustParse("2026-01-01"), 7, 10}}
	for _, tc := range []struct {
		name    string
		home    Home
		refills []Filling
		due     string
		ok      bool
	}{
		{"four people eat 10 kg in ten days", Home{People: 4}, refills, "2026-01-11", true},
		{"two of them in twenty", Home{People: 2}, refills, "2026-01-21", true},
		{"and in ten if they told that they eat twice as much", Home{People: 2, Daily: 0.5}, refills, "2026-01-11", true},
		{"a jar of 5 kg holds no more", Home{People: 2, Capacity: 5}, refills, "2026-01-11", true},
		{"nobody asked how many they are", Home{}, refills, "", false},
		{"nothing was bought yet", Home{People: 2}, nil, "", false},
	} {
		r, ok := rice.Refill(tc.home, tc.refills, day.MustParse("2026-01-05"))
		if ok != tc.ok || ok && (r.Due.String() != tc.due || r.Basis != ByJar || r.Product != 7 || r.Low >= r.Due || r.High <= r.Due) {
			t.Errorf("%s: got %+v, %v, want %s, %v", tc.name, r, ok, tc.due, tc.ok)
		}
	}
	// Four people said so, but they come for 10 kg every twenty days: the jar learns it.
	var slow []Filling
	for d := day.MustParse("2025-10-01"); d < day.MustParse("2026-01-02"); d = d.AddDays(20) {
		slow = append(slow, Filling{d, 7, 10})
	}
	r, ok := rice.Refill(Home{People: 4}, slow, day.MustParse("2026-01-02"))
	if last := slow[len(slow)-1].Day; !ok || r.Due.Sub(last) < 18 || r.Due.Sub(last) > 22 {
		t.Errorf("after five refills twenty days apart: got %s after %s, want about twenty days", r.Due, last)
	}
}

func TestWhatIsBroughtBackFillsNoJar(t *testing.T) {
	on := day.MustParse
	for _, tc := range []struct {
		name string
		list []Filling
		want []Filling
	}{
		{"one of two bags", []Filling{{on("2026-01-01"), 7, 20}, {on("2026-01-03"), 7, -10}}, []Filling{{on("2026-01-01"), 7, 10}}},
		{"the last bag, and then another", []Filling{{on("2026-01-01"), 7, 10}, {on("2026-01-05"), 7, 10}, {on("2026-01-06"), 7, -10}, {on("2026-01-07"), 7, 5}},
			[]Filling{{on("2026-01-01"), 7, 10}, {on("2026-01-07"), 7, 5}}},
		{"more than the last", []Filling{{on("2026-01-01"), 7, 10}, {on("2026-01-05"), 7, 10}, {on("2026-01-06"), 7, -15}}, []Filling{{on("2026-01-01"), 7, 5}}},
		{"of another product", []Filling{{on("2026-01-01"), 7, 10}, {on("2026-01-03"), 8, -10}}, []Filling{{on("2026-01-01"), 7, 10}}},
		{"all of it", []Filling{{on("2026-01-01"), 7, 10}, {on("2026-01-03"), 7, -10}}, []Filling{}},
	} {
		if got := kept(tc.list); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
		}
	}
	rice := Jar{Category: "rice", PerPiece: 10, Daily: 0.25, People: "household_size"}
	if r, ok := rice.Refill(Home{People: 4}, []Filling{{on("2026-01-01"), 7, 10}, {on("2026-01-03"), 7, -10}}, on("2026-01-05")); ok || r.Last != 0 {
		t.Errorf("who brought everything back runs out on %s", r.Due)
	}
}
