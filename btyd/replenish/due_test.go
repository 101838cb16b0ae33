package replenish

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/ricejar/ricejar/btyd"
)

func pairsOf(t testing.TB, l Lines) *Pairs {
	t.Helper()
	p, err := NewPairs(l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// forecast are scores of candidates, with what happened.
type forecast struct {
	customer []int32
	score    []float64
	bought   []int32
}

func forecastOf(p *Pairs, scores []float64, day, within int32) (f forecast) {
	for i, score := range scores {
		if math.IsNaN(score) {
			continue
		}
		customer, _ := p.Pair(i)
		f.customer = append(f.customer, customer)
		f.score = append(f.score, score)
		f.bought = append(f.bought, int32(min(1, since(upTo(p.Days(i), day+within), day))))
	}
	return f
}

// ranked are the candidates, the likeliest first.
func (f forecast) ranked() []int32 {
	order := make([]int32, len(f.score))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(f.score[b], f.score[a]) })
	return order
}

// averagePrecision is the mean, over what was bought, of the share bought among those ranked as high.
func (f forecast) averagePrecision() float64 {
	sum, found := 0.0, 0.0
	for rank, i := range f.ranked() {
		if f.bought[i] > 0 {
			found++
			sum += found / float64(rank+1)
		}
	}
	return sum / found
}

// atTen are, over customers with ten candidates or more who bought one, the mean recall (of ten at most)
// and the mean normalised discounted gain of their ten best candidates.
func (f forecast) atTen() (recall, gain float64, customers int) {
	of := map[int32][]int32{}
	for _, i := range f.ranked() {
		of[f.customer[i]] = append(of[f.customer[i]], i)
	}
	for _, mine := range of {
		hits := 0
		for _, i := range mine {
			hits += int(f.bought[i])
		}
		if hits == 0 || len(mine) < 10 {
			continue
		}
		customers++
		got, discounted, ideal := 0.0, 0.0, 0.0
		for rank, i := range mine[:10] {
			discount := 1 / math.Log2(float64(rank+2))
			got += float64(f.bought[i])
			discounted += float64(f.bought[i]) * discount
			if rank < hits {
				ideal += discount
			}
		}
		recall += got / float64(min(10, hits))
		gain += discounted / ideal
	}
	return recall / float64(customers), gain / float64(customers), customers
}

func TestDue_of_Online_Retail_beats_what_is_published(t *testing.T) {
	t.Parallel()
	p := pairsOf(t, retailLines(t))
	day := december1 + 345
	d, err := FitDue(p, day, 14, DueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	scores := make([]float64, p.Len())
	if err := d.Score(scores, p, day); err != nil {
		t.Fatal(err)
	}
	for _, w := range d.Windows {
		t.Logf("learnt from day %d: %d pairs, %.2f %% bought", w.Day-december1, w.Pairs, 100*float64(w.Bought)/float64(w.Pairs))
	}
	f := forecastOf(p, scores, day, 14)
	q, err := btyd.Assess(f.score, f.score, f.bought)
	if err != nil {
		t.Fatal(err)
	}
	ap := f.averagePrecision()
	recall, gain, customers := f.atTen()
	t.Logf("AUC %.4f AP %.4f log loss %.4f predicted/actual %.3f recall@10 %.4f NDCG@10 %.4f ECE %.4f", q.AUC, ap, q.LogLoss, 1+q.Bias, recall, gain, q.ECE)
	if len(f.score) != 48_450 || math.Abs(q.Active-0.1147) > 0.0001 || customers != 400 {
		t.Errorf("another protocol: %d pairs, %.2f %% bought, %d customers ranked", len(f.score), 100*q.Active, customers)
	}
	for _, c := range []struct {
		name             string
		got, least, most float64
	}{
		{"AUC", q.AUC, 0.76, 1},
		{"AP", ap, 0.37, 1},
		{"log loss", q.LogLoss, 0, 0.305},
		{"recall@10", recall, 0.60, 1},
		{"NDCG@10", gain, 0.50, 1},
		{"predicted / actual", 1 + q.Bias, 0.85, 1.15},
		{"ECE", q.ECE, 0, 0.025},
	} {
		if !(c.got >= c.least && c.got <= c.most) {
			t.Errorf("%s: got %.4f, want %v to %v", c.name, c.got, c.least, c.most)
		}
	}
}

// household are made-up customers of whom each buys each of its products at its own rhythm: a product has
// a usual gap, a customer is quicker or slower, and a pair's gaps vary by a fifth.
func household(customers, products int, days int32, seed uint64) Lines {
	random := rand.New(rand.NewPCG(seed, 11))
	usual := make([]float64, products)
	for q := range usual {
		usual[q] = 3 + 0.3*random.NormFloat64()
	}
	var l Lines
	for c := range customers {
		pace := 0.4 * random.NormFloat64()
		for q := range products {
			if random.IntN(3) > 0 {
				continue
			}
			at := float64(random.IntN(40))
			log := usual[q] + pace + 0.2*random.NormFloat64()
			for at < float64(days) {
				l.Customer = append(l.Customer, int32(c))
				l.Product = append(l.Product, int32(q))
				l.Day = append(l.Day, int32(at))
				at += max(1, math.Exp(log+0.2*random.NormFloat64()))
			}
		}
	}
	return l
}

func TestDue_knows_a_regular_customer(t *testing.T) {
	t.Parallel()
	p := pairsOf(t, household(400, 10, 300, 1))
	q, err := CheckDue(p, 240, 7, DueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("AUC %.3f log loss %.3f bias %.3f ECE %.3f", q.AUC, q.LogLoss, q.Bias, q.ECE)
	if q.AUC < 0.85 || math.Abs(q.Bias) > 0.1 || q.ECE > 0.05 {
		t.Errorf("AUC %.3f bias %.3f ECE %.3f", q.AUC, q.Bias, q.ECE)
	}
}

func TestDue_does_not_see_what_comes_later(t *testing.T) {
	t.Parallel()
	l := household(200, 8, 300, 2)
	whole := pairsOf(t, l)
	var early Lines
	for i, day := range l.Day {
		if day <= 200 {
			early.Customer = append(early.Customer, l.Customer[i])
			early.Product = append(early.Product, l.Product[i])
			early.Day = append(early.Day, day)
		}
	}
	past := pairsOf(t, early)
	score := func(p *Pairs) []float64 {
		d, err := FitDue(p, 200, 14, DueOptions{})
		if err != nil {
			t.Fatal(err)
		}
		scores := make([]float64, p.Len())
		if err := d.Score(scores, p, 200); err != nil {
			t.Fatal(err)
		}
		return scores
	}
	known, told := score(past), score(whole)
	for i, want := range known {
		k, ok := whole.Find(past.Pair(i))
		if got := told[k]; !ok || (got != want && !(math.IsNaN(got) && math.IsNaN(want))) {
			t.Fatalf("pair %d: %v with the future in the log, %v without", i, got, want)
		}
	}
}

func TestDue_is_the_same_on_any_number_of_processors_and_in_any_order(t *testing.T) {
	l := household(150, 8, 250, 3)
	score := func(l Lines) []float64 {
		p := pairsOf(t, l)
		d, err := FitDue(p, 200, 14, DueOptions{Rows: 4000, Windows: 4})
		if err != nil {
			t.Fatal(err)
		}
		scores := make([]float64, p.Len())
		if err := d.Score(scores, p, 200); err != nil {
			t.Fatal(err)
		}
		return scores
	}
	want := score(l)
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	slices.Reverse(l.Customer)
	slices.Reverse(l.Product)
	slices.Reverse(l.Day)
	for i, got := range score(l) {
		if got != want[i] && !(math.IsNaN(got) && math.IsNaN(want[i])) {
			t.Fatalf("pair %d: %v and %v", i, want[i], got)
		}
	}
}

func TestDue_says_when_there_is_too_little(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]Lines{
		"nothing":      {},
		"one line":     {Customer: []int32{0}, Product: []int32{0}, Day: []int32{5}},
		"one pair":     {Customer: []int32{0, 0, 0}, Product: []int32{0, 0, 0}, Day: []int32{5, 9, 12}},
		"all in a day": {Customer: []int32{0, 1, 2}, Product: []int32{0, 0, 0}, Day: []int32{5, 5, 5}},
	} {
		if _, err := FitDue(pairsOf(t, l), 30, 7, DueOptions{}); !errors.Is(err, btyd.ErrTooFew) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	if _, err := FitDue(pairsOf(t, Lines{}), 30, 0, DueOptions{}); err == nil || errors.Is(err, btyd.ErrTooFew) {
		t.Errorf("due within 0 days: got error %v", err)
	}
}

func TestScoring_what_is_due_allocates_nothing_per_pair(t *testing.T) {
	p := pairsOf(t, household(400, 10, 200, 4))
	d, err := FitDue(p, 150, 14, DueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := newView(p, 150)
	if err != nil {
		t.Fatal(err)
	}
	row := make([]float64, dueFeatures)
	if n := testing.AllocsPerRun(10, func() {
		for i := range p.Len() {
			if v.candidate(i) {
				v.features(row, i, 14)
				d.relative(row)
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkDue_of_Online_Retail(b *testing.B) {
	p := pairsOf(b, retailLines(b))
	day := december1 + 345
	d, err := FitDue(p, day, 14, DueOptions{})
	if err != nil {
		b.Fatal(err)
	}
	scores := make([]float64, p.Len())
	b.Run("fit", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := FitDue(p, day, 14, DueOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("score", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := d.Score(scores, p, day); err != nil {
				b.Fatal(err)
			}
		}
	})
}
