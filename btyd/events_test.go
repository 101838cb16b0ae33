package btyd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// near lets sums taken in another order pass.
var near = cmpopts.EquateApprox(1e-12, 1e-12)

// byHand are the histories of e as the papers define them, the slow and plain way.
func byHand(e Events, customers int, w Window) *Histories {
	h := &Histories{X: []int32{}, Tx: []float64{}, T: []float64{}, LogGaps: []float64{}, Customer: []int32{}}
	if e.Spend != nil {
		h.Spend, h.Purchases = []float64{}, []int32{}
	}
	if e.Day != nil {
		h.Step = 1 / w.unit()
	}
	for c := range int32(customers) {
		spent := map[float64]float64{}
		for i, who := range e.Customer {
			var at float64
			if e.Day != nil {
				at = float64(e.Day[i])
			} else {
				at = e.Time[i]
			}
			if who != c || at > w.End || at < w.start() {
				continue
			}
			spent[at] += 0
			if e.Spend != nil {
				spent[at] += e.Spend[i]
			}
		}
		var times []float64
		for at := range spent {
			times = append(times, at)
		}
		if slices.Sort(times); len(times) == 0 {
			continue
		}
		first, last := times[0], times[len(times)-1]
		gaps, sum, count := 0.0, 0.0, int32(0)
		for i, at := range times {
			if i > 0 {
				gaps += math.Log((at - times[i-1]) / w.unit())
			}
			if i > 0 || w.FirstSpend {
				sum += spent[at]
				count++
			}
		}
		h.X = append(h.X, int32(len(times)-1))
		h.Tx = append(h.Tx, (last-first)/w.unit())
		h.T = append(h.T, (w.End-first)/w.unit())
		h.LogGaps = append(h.LogGaps, gaps)
		h.Customer = append(h.Customer, c)
		if e.Spend != nil {
			h.Spend = append(h.Spend, sum/max(1, float64(count)))
			h.Purchases = append(h.Purchases, count)
		}
	}
	return h
}

// drawEvents are some events of up to so many customers, on few enough days that some fall together.
func drawEvents(t *rapid.T) (e Events, customers int) {
	customers = rapid.IntRange(0, 40).Draw(t, "customers")
	n := 0
	if customers > 0 {
		n = rapid.IntRange(0, 300).Draw(t, "events")
	}
	byTime, spends := rapid.Bool().Draw(t, "by time"), rapid.Bool().Draw(t, "with spend")
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	e.Customer = make([]int32, n)
	if byTime {
		e.Time = make([]float64, n)
	} else {
		e.Day = make([]int32, n)
	}
	if spends {
		e.Spend = make([]float64, n)
	}
	for i := range n {
		e.Customer[i] = int32(random.IntN(customers))
		if random.IntN(3) == 0 {
			e.Customer[i] = 0 // one who comes very often
		}
		day := random.IntN(90) - 20
		if byTime {
			e.Time[i] = float64(day) / 3
		} else {
			e.Day[i] = int32(day)
		}
		if spends {
			e.Spend[i] = float64(random.IntN(100))
		}
	}
	return e, customers
}

func TestHistories_are_those_of_the_definition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, customers := drawEvents(t)
		w := Window{
			End:        rapid.SampledFrom([]float64{-30, -1, 0, 10, 30, 100}).Draw(t, "end"),
			Unit:       rapid.SampledFrom([]float64{0, 1, 7}).Draw(t, "unit"),
			FirstSpend: rapid.Bool().Draw(t, "first spend"),
		}
		if rapid.Bool().Draw(t, "started") {
			w.Start = w.End - 15
		}
		got, err := Summarize(e, customers, w)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(byHand(e, customers, w), got, near); diff != "" {
			t.Fatal(diff)
		}
		if err := got.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestLog_does_not_depend_on_the_order_of_events(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, customers := drawEvents(t)
		want, err := NewLog(e, customers)
		if err != nil {
			t.Fatal(err)
		}
		order := rapid.Permutation(make([]int, len(e.Customer))).Draw(t, "order")
		for i := range order {
			order[i] = i
		}
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 2)).Shuffle(len(order), func(i, j int) {
			order[i], order[j] = order[j], order[i]
		})
		var s Events
		for _, i := range order {
			s.Customer = append(s.Customer, e.Customer[i])
			if e.Day != nil {
				s.Day = append(s.Day, e.Day[i])
			} else {
				s.Time = append(s.Time, e.Time[i])
			}
			if e.Spend != nil {
				s.Spend = append(s.Spend, e.Spend[i])
			}
		}
		got, err := NewLog(s, customers)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Log{}), cmpopts.EquateEmpty(), near); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestLog_cut_at_a_date_has_only_what_was_known_then(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, customers := drawEvents(t)
		l, err := NewLog(e, customers)
		if err != nil {
			t.Fatal(err)
		}
		cut := float64(rapid.IntRange(-25, 75).Draw(t, "cut"))
		u := l.Until(cut)
		w := Window{End: 200}
		later := w
		later.Start = cut + 1e-9
		before, after := u.Histories(w), l.Counts(nil, cut, w.End)
		whole := l.Counts(nil, math.Inf(-1), math.Inf(1))
		known := make([]int32, customers)
		for i, c := range before.Customer {
			known[c] = before.X[i] + 1
		}
		for c := range customers {
			if known[c]+after[c] != whole[c] {
				t.Fatalf("customer %d: %d before %v, %d after, %d in all", c, known[c], cut, after[c], whole[c])
			}
			if times := u.Times(c, nil); len(times) != int(known[c]) || !slices.IsSorted(times) || (len(times) > 0 && times[len(times)-1] > cut) {
				t.Fatalf("customer %d until %v: %v", c, cut, times)
			}
		}
		if got, want := u.Len()+l.Histories(later).sumPurchases(), l.Len(); got != want {
			t.Fatalf("purchases before and after: got %d, want %d", got, want)
		}
	})
}

// sumPurchases are all purchases in the histories, the first ones included.
func (h *Histories) sumPurchases() (n int) {
	for _, x := range h.X {
		n += int(x) + 1
	}
	return n
}

func TestSummarizer_gives_the_same_as_the_columns(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	const n, customers = 700_000, 20_000 // more than it holds without merging
	e := Events{Customer: make([]int32, n), Day: make([]int32, n), Spend: make([]float64, n)}
	var s Summarizer
	for i := range n {
		e.Customer[i], e.Day[i], e.Spend[i] = int32(random.IntN(customers)), int32(random.IntN(20)), float64(random.IntN(50))
		if err := s.Add(e.Customer[i], e.Day[i], e.Spend[i]); err != nil {
			t.Fatal(err)
		}
	}
	if s.merged == 0 || len(s.events.Customer) > 600_000 {
		t.Errorf("the summarizer holds %d of %d rows, merged to %d", len(s.events.Customer), n, s.merged)
	}
	w := Window{End: 12, Unit: 7}
	want, err := Summarize(e, customers, w)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Histories(w)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Histories(Window{End: math.NaN()}); err == nil {
		t.Error("a window without an end was taken")
	}
}

func TestNewLog_refuses_what_cannot_be(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		e         Events
		customers int
	}{
		"customer out of range":  {Events{Customer: []int32{0, 2}, Day: []int32{1, 2}}, 2},
		"negative customer":      {Events{Customer: []int32{-1}, Day: []int32{1}}, 2},
		"columns differ":         {Events{Customer: []int32{0, 1}, Day: []int32{1}}, 2},
		"spend differs":          {Events{Customer: []int32{0}, Day: []int32{1}, Spend: []float64{1, 2}}, 2},
		"no time":                {Events{Customer: []int32{0}}, 2},
		"both days and times":    {Events{Customer: []int32{0}, Day: []int32{1}, Time: []float64{1}}, 2},
		"time that is no number": {Events{Customer: []int32{0}, Time: []float64{nan}}, 1},
		"infinite time":          {Events{Customer: []int32{0}, Time: []float64{math.Inf(1)}}, 1},
		"spend is no number":     {Events{Customer: []int32{0}, Day: []int32{1}, Spend: []float64{nan}}, 1},
		"negative customers":     {Events{}, -1},
	} {
		if _, err := NewLog(c.e, c.customers); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, w := range map[string]Window{
		"no end":            {End: nan},
		"start after end":   {Start: 2, End: 1},
		"negative unit":     {End: 1, Unit: -1},
		"unit is no number": {End: 1, Unit: nan},
	} {
		if _, err := Summarize(Events{}, 0, w); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSummarize_CDNOW_gives_the_known_figures(t *testing.T) {
	p := cdnowSample(t)
	l, err := NewLog(p.Events, p.Len())
	if err != nil {
		t.Fatal(err)
	}
	cut, end := float64(date("1997-09-30")), float64(date("1998-06-30"))
	h := l.Histories(Window{End: cut, Unit: 7})
	frequencies, sum := make([]int, 8), 0
	for _, x := range h.X {
		frequencies[min(x, 7)]++
		sum += int(x)
	}
	if diff := cmp.Diff([]int{1411, 439, 214, 100, 62, 38, 29, 64}, frequencies); diff != "" || sum != 2457 {
		t.Errorf("frequencies: %s, sum %d, want 2457", diff, sum)
	}
	if got := fmt.Sprintf("%d %.2f %.2f %.3f", h.X[0], h.Tx[0], h.T[0], h.Spend[0]); got != "2 30.43 38.86 22.345" {
		t.Errorf("first customer: got %s", got)
	}
	holdout := 0
	for _, n := range l.Counts(h.Customer, cut, end) {
		holdout += int(n)
	}
	if holdout != 1882 {
		t.Errorf("holdout purchases: got %d, want 1882", holdout)
	}
	mean, repeaters := 0.0, 0
	for i, m := range h.Spend {
		if h.Purchases[i] > 0 {
			mean += m
			repeaters++
		}
	}
	if mean /= float64(repeaters); repeaters != 946 || math.Abs(mean-35.078) > 0.001 {
		t.Errorf("mean repeat spend: got %.3f of %d customers, want 35.078 of 946", mean, repeaters)
	}
	// Cumulative repeat purchases by weeks from the start: those after each one's first.
	for week, want := range map[int]int{13: 828, 26: 1746, 39: 2457, 52: 3183, 65: 3844, 78: 4339} {
		got := l.Until(float64(date("1997-01-01") + int32(7*week) - 1)).repeats()
		if got != want {
			t.Errorf("repeat purchases to week %d: got %d, want %d", week, got, want)
		}
	}
}

// repeats are the purchases that are not a customer's first.
func (l *Log) repeats() (n int) {
	for i := range l.Customers() {
		n += max(0, int(l.offsets[i+1]-l.offsets[i])-1)
	}
	return n
}

func TestLog_tells_its_first_and_last_purchase(t *testing.T) {
	for name, e := range map[string]Events{
		"by day":  {Customer: []int32{1, 0, 1}, Day: []int32{7, 9, 3}, Spend: []float64{1, 2, 3}},
		"by time": {Customer: []int32{1, 0, 1}, Time: []float64{7, 9, 3}, Spend: []float64{1, 2, 3}},
	} {
		l, err := NewLog(e, 3)
		if err != nil {
			t.Fatal(err)
		}
		if l.First() != 3 || l.Last() != 9 || l.Customers() != 3 || l.Len() != 3 {
			t.Errorf("%s: %d purchases of %d customers from %v to %v", name, l.Len(), l.Customers(), l.First(), l.Last())
		}
		if diff := cmp.Diff([]float64{3, 1}, l.Spends(1)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	var none Summarizer
	l, err := none.Log()
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(l.First()) || !math.IsNaN(l.Last()) || l.Customers() != 0 || l.Histories(Window{End: 1}).Len() != 0 {
		t.Error("an empty log has purchases")
	}
	if err := none.Add(-1, 0, 0); err == nil {
		t.Error("a negative customer was taken")
	}
	if err := none.Add(0, 0, math.NaN()); err == nil {
		t.Error("a spend that is no number was taken")
	}
}

// However the columns look, a log is refused or keeps every purchase, and its histories are possible.
func FuzzNewLog(f *testing.F) {
	f.Add([]byte{0, 1, 2, 0, 1, 3, 5, 9, 1}, uint8(6), float64(3), float64(7))
	f.Add([]byte{}, uint8(0), 0.0, 1.0)
	f.Add([]byte{255, 255, 255}, uint8(3), math.Inf(1), math.NaN())
	f.Fuzz(func(t *testing.T, data []byte, customers uint8, end, unit float64) {
		var e Events
		for ; len(data) >= 3; data = data[3:] {
			e.Customer = append(e.Customer, int32(int8(data[0])))
			e.Day = append(e.Day, int32(int8(data[1]))*int32(data[2])<<10)
			e.Spend = append(e.Spend, float64(data[2]))
		}
		l, err := NewLog(e, int(customers))
		if err != nil {
			return
		}
		paid, kept := 0.0, 0.0
		for i := range e.Spend {
			paid += e.Spend[i]
		}
		for c := range l.Customers() {
			for _, s := range l.Spends(c) {
				kept += s
			}
		}
		if paid != kept {
			t.Fatalf("%v of %v kept", kept, paid)
		}
		h := l.Histories(Window{End: end, Unit: unit})
		if err := h.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSummarizer_names_the_row_that_it_refuses(t *testing.T) {
	var s Summarizer
	for i := range mergeFrom + 3 { // so many that they were merged meanwhile
		if err := s.Add(int32(i%7), 5, 1); err != nil {
			t.Fatal(err)
		}
	}
	err := s.Add(-1, 5, 1)
	if want := fmt.Sprintf("btyd: event %d: customer -1", mergeFrom+3); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := s.Add(1, 5, math.Inf(1)); err == nil {
		t.Error("an infinite spend was taken")
	}
}
