package purchase

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/money"
)

// goods makes lines that differ in amount: a letter each.
func goods(letters string) []draftLine {
	var list []draftLine
	for _, r := range letters {
		list = append(list, draftLine{quantity: 1000, amount: int64(r)})
	}
	return list
}

func sumOf(lines []draftLine) (n uint64) {
	for i := range lines {
		n += lineDigest(0, money.Quantity(lines[i].quantity), lines[i].amount)
	}
	return n
}

func counted(lines []draftLine) func() (map[uint64]int, error) {
	return func() (map[uint64]int, error) {
		m := map[uint64]int{}
		for i := range lines {
			m[sumOf(lines[i:i+1])]++
		}
		return m, nil
	}
}

func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		recorded string // lines of the receipt; "": nobody knows it
		parts    int
		missing  int
		in       string
		bad      int
		same     bool
		want     ruling
	}{
		"a new receipt":                           {in: "AB", bad: 1, want: ruling{verdict: record, parts: 1, missing: 1}},
		"the same again":                          {recorded: "AB", parts: 1, in: "BA", want: ruling{verdict: unchanged}},
		"a line more":                             {recorded: "AB", parts: 1, in: "ABC", want: ruling{verdict: differs}},
		"a line less":                             {recorded: "AB", parts: 1, in: "A", want: ruling{verdict: differs}},
		"the same file with the same bad row":     {recorded: "AB", parts: 1, missing: 1, in: "AB", bad: 1, want: ruling{verdict: unchanged}},
		"the same file without the bad row":       {recorded: "AB", parts: 1, missing: 1, in: "AB", want: ruling{verdict: unchanged}},
		"the mended row alone":                    {recorded: "AB", parts: 1, missing: 1, in: "C", want: ruling{verdict: extend, add: []int{0}, parts: 2}},
		"one of two rows mended":                  {recorded: "AB", parts: 1, missing: 2, in: "C", bad: 1, want: ruling{verdict: extend, add: []int{0}, parts: 2, missing: 1}},
		"the whole receipt, mended":               {recorded: "AB", parts: 1, missing: 1, in: "ACB", want: ruling{verdict: extend, add: []int{1}, parts: 2}},
		"the mended row again":                    {recorded: "ABC", parts: 1, in: "C", want: ruling{verdict: differs}},
		"the mended row again, another missing":   {recorded: "ABC", parts: 2, missing: 1, in: "C", want: ruling{verdict: extend, list: []int{0}, parts: 2, missing: 1}},
		"mended into what is there":               {recorded: "A", parts: 1, missing: 1, in: "A", want: ruling{verdict: extend, list: []int{0}, parts: 1, missing: 1}},
		"more rows than are missing":              {recorded: "AB", parts: 1, missing: 1, in: "CD", want: ruling{verdict: differs}},
		"something else altogether":               {recorded: "AB", parts: 1, missing: 2, in: "AC", want: ruling{verdict: differs}},
		"a further part in the same file":         {recorded: "AB", parts: 1, same: true, in: "CD", bad: 1, want: ruling{verdict: extend, add: []int{0, 1}, parts: 2, missing: 1}},
		"the same line further down":              {recorded: "AB", parts: 1, same: true, in: "BC", want: ruling{verdict: extend, add: []int{1}, list: []int{0}, parts: 2}},
		"the whole receipt twice in a file":       {recorded: "AB", parts: 1, same: true, in: "AB", want: ruling{verdict: extend, list: []int{0, 1}, parts: 2}},
		"a scattered receipt again, first part":   {recorded: "ABCD", parts: 2, in: "AB", want: ruling{verdict: unchanged}},
		"a scattered receipt again, all of it":    {recorded: "ABCD", parts: 2, in: "DABC", want: ruling{verdict: unchanged}},
		"a scattered receipt with another line":   {recorded: "ABCD", parts: 2, in: "AE", want: ruling{verdict: differs}},
		"a scattered receipt with bad rows again": {recorded: "ABCD", parts: 2, missing: 1, in: "AB", bad: 1, want: ruling{verdict: unchanged}},
	} {
		var k *keyRow
		has := goods(c.recorded)
		if c.recorded != "" {
			k = &keyRow{digest: int64(sumOf(has)), parts: c.parts, missing: c.missing}
		}
		lines := goods(c.in)
		got, err := judge(k, told{int64(sumOf(lines)), lines, c.bad, c.same}, counted(has))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(ruling{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestNoLineIsLostOrDoubled scatters a receipt over a file with a window of any
// size, reads the file twice, mends what was listed, and counts.
func TestNoLineIsLostOrDoubled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := goods(rapid.StringMatching(`[A-F]{1,8}`).Draw(t, "lines"))
		readable := make([]bool, len(all))
		for i := range readable {
			readable[i] = rapid.IntRange(0, 3).Draw(t, "readable") > 0
		}
		var k *keyRow
		var recorded []draftLine
		var listed, bad int
		run := func(same bool, stretch []draftLine, unread int) {
			bad += unread
			if len(stretch) == 0 {
				return
			}
			r, err := judge(k, told{int64(sumOf(stretch)), stretch, unread, same && k != nil}, counted(recorded))
			if err != nil {
				t.Fatal(err)
			}
			switch r.verdict {
			case record:
				recorded = slices.Clone(stretch)
				k = &keyRow{parts: r.parts, missing: r.missing}
			case extend:
				for _, i := range r.add {
					recorded = append(recorded, stretch[i])
				}
				listed += len(r.list)
				k.parts, k.missing = r.parts, r.missing
			case differs:
				listed += len(stretch)
			}
			k.digest = int64(sumOf(recorded))
		}
		cuts := rapid.SliceOfN(rapid.IntRange(0, len(all)), 0, 3).Draw(t, "cuts")
		cuts = append(cuts, 0, len(all))
		slices.Sort(cuts)
		pass := func(same bool) {
			listed, bad = 0, 0
			for i := 1; i < len(cuts); i++ {
				var stretch []draftLine
				unread := 0
				for n := cuts[i-1]; n < cuts[i]; n++ {
					if readable[n] {
						stretch = append(stretch, all[n])
					} else {
						unread++
					}
				}
				run(same, stretch, unread)
			}
		}
		pass(true)
		if len(recorded)+listed+bad != len(all) {
			t.Fatalf("of %d lines %d were recorded, %d listed, %d unreadable", len(all), len(recorded), listed, bad)
		}
		before := slices.Clone(recorded)
		rand.Shuffle(len(recorded), func(i, j int) { recorded[i], recorded[j] = recorded[j], recorded[i] })
		pass(false)
		if len(recorded) != len(before) || sumOf(recorded) != sumOf(before) {
			t.Fatalf("the second time %d lines became %d", len(before), len(recorded))
		}
	})
}
