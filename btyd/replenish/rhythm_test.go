package replenish

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// withoutLast are lines without the last day of each pair, and that day's gap, in days, for each pair with
// two gaps or more.
func withoutLast(p *Pairs) (before Lines, held []heldGap) {
	for i := range p.Len() {
		customer, product := p.Pair(i)
		days := p.Days(i)
		n := len(days) - 1
		if n >= 2 {
			held = append(held, heldGap{customer, product, days[:n], float64(days[n] - days[n-1]), n})
		}
		for _, day := range days[:max(n, 1)] {
			before.Customer = append(before.Customer, customer)
			before.Product = append(before.Product, product)
			before.Day = append(before.Day, day)
		}
	}
	return before, held
}

type heldGap struct {
	customer, product int32
	days              []int32
	gap               float64
	gaps              int // with the one held out
}

func TestRhythm_of_Online_Retail_beats_the_medians(t *testing.T) {
	t.Parallel()
	before, held := withoutLast(pairsOf(t, retailLines(t)))
	r, err := FitRhythm(pairsOf(t, before), math.MaxInt32)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("mean %.3f, variance of products %.3f, customers %.3f, pairs %.3f, within %.3f", r.Mean, r.OfProduct, r.OfCustomer, r.OfPair, r.Within)
	for _, c := range []struct {
		gaps, pairs         int
		mean, median        float64 // days of error, at most: the better of shrinking to the product or to the customer
		inWeek, inFortnight float64 // share of errors up to 7 and 14 days, at least
	}{
		{2, 23_843, 40.8, 24.4, 0.176, 0.328},
		{3, 12_048, 31.2, 19.7, 0.209, 0.390},
		{5, 4_445, 21.4, 13.7, 0.285, 0.505},
	} {
		var off []float64
		sum, inWeek, inFortnight, covered := 0.0, 0.0, 0.0, 0.0
		for _, h := range held {
			if h.gaps < c.gaps {
				continue
			}
			g := r.Next(h.customer, h.product, h.days)
			e := math.Abs(g.Quantile(0.5) - h.gap)
			off = append(off, e)
			sum += e
			if e <= 7 {
				inWeek++
			}
			if e <= 14 {
				inFortnight++
			}
			if h.gap >= g.Quantile(0.1) && h.gap <= g.Quantile(0.9) {
				covered++
			}
		}
		slices.Sort(off)
		n := float64(len(off))
		mean, median := sum/n, off[len(off)/2]
		t.Logf("%d gaps or more: %d pairs, off by %.1f days, median %.1f, within 7 days %.3f, within 14 %.3f, in the 80 %% interval %.3f",
			c.gaps, len(off), mean, median, inWeek/n, inFortnight/n, covered/n)
		if len(off) != c.pairs {
			t.Errorf("%d gaps: %d pairs, want %d", c.gaps, len(off), c.pairs)
		}
		if mean > c.mean || median > c.median || inWeek/n < c.inWeek || inFortnight/n < c.inFortnight {
			t.Errorf("%d gaps: off by %.2f days, median %.2f, within 7 days %.3f, within 14 %.3f; want %+v",
				c.gaps, mean, median, inWeek/n, inFortnight/n, c)
		}
		if s := covered / n; s < 0.75 || s > 0.85 {
			t.Errorf("%d gaps: %.3f in the 80 %% interval", c.gaps, s)
		}
	}
}

func TestRhythm_recovers_the_variances(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(4, 4))
	const products, customers = 200, 400
	const mean, ofProduct, ofCustomer, ofPair, within = 3.0, 0.25, 0.36, 0.09, 0.16
	normal := func(variance float64) float64 { return math.Sqrt(variance) * random.NormFloat64() }
	product, customer := make([]float64, products), make([]float64, customers)
	for i := range product {
		product[i] = normal(ofProduct)
	}
	for i := range customer {
		customer[i] = normal(ofCustomer)
	}
	var all []gaps
	for c := range customers {
		for q := range products {
			if random.IntN(10) > 0 {
				continue
			}
			g := gaps{customer: int32(c), product: int32(q)}
			at := mean + product[q] + customer[c] + normal(ofPair)
			for range 1 + random.IntN(6) {
				g.add(at + normal(within))
			}
			all = append(all, g)
		}
	}
	r := fitRhythm(all, products, customers)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"mean", r.Mean, mean}, {"of products", r.OfProduct, ofProduct}, {"of customers", r.OfCustomer, ofCustomer},
		{"of pairs", r.OfPair, ofPair}, {"within", r.Within, within},
	} {
		if math.Abs(c.got-c.want) > 0.15*c.want {
			t.Errorf("%s: got %.4f, want about %v", c.name, c.got, c.want)
		}
	}
	off := 0.0
	for i, e := range r.customers {
		off += (e.mean - customer[i]) * (e.mean - customer[i]) / customers
	}
	if off > ofCustomer/8 {
		t.Errorf("customers are off by a variance of %.4f", off)
	}
}

func TestNext_leans_on_the_pair_as_its_gaps_grow_in_number(t *testing.T) {
	t.Parallel()
	r := &Rhythm{
		Mean: 3, OfProduct: 0.1, OfCustomer: 0.2, OfPair: 0.3, Within: 0.6,
		products: []effect{{0.5, 0}}, customers: []effect{{-0.25, 0}},
	}
	if g := r.Next(0, 0, []int32{10}); g.Log != 3.25 || math.Abs(g.Sigma-math.Sqrt(0.9)) > 1e-12 {
		t.Errorf("no gap: %+v", g)
	}
	// Two gaps of 8 days: (2·0.3·ln 8 + 0.6·3.25) / (2·0.3 + 0.6).
	if g := r.Next(0, 0, []int32{10, 18, 26}); math.Abs(g.Log-(math.Log(8)+3.25)/2) > 1e-12 {
		t.Errorf("two gaps: %+v", g)
	}
	// Whoever and whatever nobody has seen is like all others, and less sure.
	if g := r.Next(7, -1, nil); g.Log != 3 || math.Abs(g.Sigma-math.Sqrt(1.2)) > 1e-12 {
		t.Errorf("unknown: %+v", g)
	}
}

func TestGap_probabilities_and_quantiles_agree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := Gap{rapid.Float64Range(-1, 6).Draw(t, "log"), rapid.Float64Range(0.05, 2).Draw(t, "sigma")}
		q := rapid.Float64Range(0.01, 0.99).Draw(t, "q")
		days := g.Quantile(q)
		if s := g.Survival(days); math.Abs(s-(1-q)) > 1e-9 {
			t.Fatalf("survival of the %v quantile: %v", q, s)
		}
		silent := rapid.Float64Range(0, 2*math.Exp(g.Log)).Draw(t, "silent")
		then := g.QuantileAfter(silent, q)
		if then < silent {
			t.Fatalf("after %v days of silence, at %v", silent, then)
		}
		if p := g.Within(silent, then-silent); !math.IsInf(then, 1) && math.Abs(p-q) > 1e-6 {
			t.Fatalf("within the %v quantile: %v", q, p)
		}
		if p := g.Within(silent, 14); !(p >= 0 && p <= 1) {
			t.Fatalf("P = %v", p)
		}
	})
}

func TestRhythm_of_nothing(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]Lines{
		"nothing":     {},
		"bought once": {Customer: []int32{0, 1}, Product: []int32{0, 0}, Day: []int32{3, 4}},
		"twice later": {Customer: []int32{0, 0}, Product: []int32{0, 0}, Day: []int32{3, 40}},
	} {
		if _, err := FitRhythm(pairsOf(t, l), 10); !errors.Is(err, ErrNoGaps) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	// One gap is enough to say something.
	r, err := FitRhythm(pairsOf(t, Lines{Customer: []int32{0, 0}, Product: []int32{0, 0}, Day: []int32{3, 33}}), 40)
	if err != nil {
		t.Fatal(err)
	}
	if days := r.Next(0, 0, []int32{3, 33}).Quantile(0.5); math.Abs(days-30) > 1 {
		t.Errorf("after one gap of 30 days: %v", days)
	}
}
