package factors

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The two stores of the example that courses on retention use: fewer new visitors
// and more old customers. With one new visitor in ten buying in both, the second
// sells 1,075,000; the 1,040,000 that the example is often given with are those of 8 %.
var (
	storeA = Mix{New: Traffic{4000, 0.10, 500}, Old: Traffic{1000, 0.60, 1000}}
	storeB = Mix{New: Traffic{3500, 0.10, 500}, Old: Traffic{1500, 0.60, 1000}}
)

func TestExplain_gives_the_totals_of_the_example(t *testing.T) {
	eight := storeB
	eight.New.Conversion = 0.08
	e := Explain(storeA, eight)
	same(t, "the totals", []int64{e.From, e.To, e.Difference}, []int64{800_000, 1_040_000, 240_000})
	same(t, "the split", e.Parts, []Part{
		{"new", "visitors", -22_500}, {"new", "conversion", -37_500}, {"new", "ticket", 0},
		{"old", "visitors", 300_000}, {"old", "conversion", 0}, {"old", "ticket", 0},
	})
}

func TestExplain_shares_the_difference_of_two_stores_without_residue(t *testing.T) {
	got := Explain(storeA, storeB)
	same(t, "the split", got, Explained{From: 800_000, To: 1_075_000, Difference: 275_000, Parts: []Part{
		{"new", "visitors", -25_000}, {"new", "conversion", 0}, {"new", "ticket", 0},
		{"old", "visitors", 300_000}, {"old", "conversion", 0}, {"old", "ticket", 0},
	}})
}

func TestExplain_of_numbers_nobody_has_ends(t *testing.T) {
	huge := Mix{New: Traffic{1e12, 1e12, 1e12}, Old: Traffic{1e12, 1e10, 1e14}}
	e := Explain(storeA, huge)
	var sum int64
	for _, p := range e.Parts {
		sum += p.Amount
	}
	if sum != e.Difference || e.Difference <= 0 {
		t.Errorf("parts of %d for a difference of %d", sum, e.Difference)
	}
}

func TestExplain_lays_a_loss_of_everybody_to_the_visitors(t *testing.T) {
	none, few := Mix{}, Mix{Old: Traffic{Visitors: 100}}
	same(t, "nobody came", Explain(Mix{Old: Traffic{100, 0.5, 200}}, none).Parts[3:], []Part{{"old", "visitors", -10_000}, {"old", "conversion", 0}, {"old", "ticket", 0}})
	same(t, "nobody bought", Explain(Mix{Old: Traffic{100, 0.5, 200}}, few).Parts[3:], []Part{{"old", "visitors", 0}, {"old", "conversion", -10_000}, {"old", "ticket", 0}})
}

func TestExplain_has_no_residue_whatever_the_factors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		traffic := func(name string) Traffic {
			return TrafficOf(rapid.Int64Range(0, 100_000).Draw(t, name+" visitors"), rapid.Int64Range(0, 100_000).Draw(t, name+" purchases"),
				rapid.Int64Range(0, 1e11).Draw(t, name+" sales"))
		}
		a, b := Mix{traffic("a new"), traffic("a old")}, Mix{traffic("b new"), traffic("b old")}
		e, back := Explain(a, b), Explain(b, a)
		var sum int64
		for i, p := range e.Parts {
			sum += p.Amount
			if d := p.Amount + back.Parts[i].Amount; d < -2 || d > 2 {
				t.Errorf("%s %s: %d one way, %d the other", p.Group, p.Factor, p.Amount, back.Parts[i].Amount)
			}
		}
		if sum != e.Difference || e.Difference != b.Sales()-a.Sales() {
			t.Errorf("the parts give %d of a difference of %d", sum, e.Difference)
		}
	})
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
