package learn

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/ricejar/ricejar/btyd/internal/parallel"
)

// Boosting says how trees are grown.
type Boosting struct {
	Rounds    int     // trees
	Rate      float64 // share of a tree's advice that is taken
	Leaves    int     // of a tree, at most
	Least     float64 // information (Σ p(1−p)) a leaf must hold
	Ridge     float64 // penalty on a leaf's value, in the same unit
	Rows      float64 // share of the rows a tree is grown on
	Features  float64 // share of the features a tree may ask
	SmallGain float64 // a split must gain this much log-likelihood
	Seed      uint64
}

// maxBins is the number of values a feature is cut to while trees are grown: enough for
// small trees, and few enough that the sums of one leaf stay in the processor's cache.
const maxBins = 64

// rowsAtOnce is the length of a stretch of rows for one processor.
const rowsAtOnce = 8192

// Boosted is a sum of small regression trees on the scale of log-odds, grown one after
// the other on the gradient of the log loss (Friedman 2001, Annals of Statistics 29(5)
// 1189-1232; second-order as in Chen & Guestrin 2016, KDD, eq. 6 and 7).
type Boosted struct {
	start float64
	trees []tree
}

// tree is a binary tree, its root first. left < 0 marks a leaf.
type tree []node

type node struct {
	feature     int
	threshold   float64 // greater goes right; a NaN, being greater than nothing, left
	left, right int
	value       float64 // of a leaf
}

func (t tree) value(row []float64) float64 {
	at := 0
	for t[at].left >= 0 {
		if row[t[at].feature] > t[at].threshold {
			at = t[at].right
		} else {
			at = t[at].left
		}
	}
	return t[at].value
}

// Margin are the log-odds of a row; an offset given in training is to be added.
func (b *Boosted) Margin(row []float64) float64 {
	m := b.start
	for _, t := range b.trees {
		m += t.value(row)
	}
	return m
}

// Probability is P(outcome = 1) of a row.
func (b *Boosted) Probability(row []float64) float64 { return Sigmoid(b.Margin(row)) }

// FitBoosted grows trees on s. The result depends on s and o alone, not on how many
// processors there are.
func FitBoosted(s *Samples, o Boosting) Boosted {
	n := s.Len()
	cut := cutBins(s)
	b := Boosted{start: s.Level()}
	margin := make([]float64, n)
	for i := range margin {
		margin[i] = b.start + s.offsetOf(i)
	}
	g := grower{Samples: s, Boosting: o, cut: cut, slope: make([]float64, n), curve: make([]float64, n)}
	random := rand.New(rand.NewPCG(o.Seed, 0x9e3779b97f4a7c15))
	taken := make([]int32, 0, n)
	for range o.Rounds {
		taken = taken[:0]
		for i := range n {
			p := Sigmoid(margin[i])
			w := s.weightOf(i)
			g.slope[i] = w * (s.Y[i] - p)
			g.curve[i] = w * p * (1 - p)
			if o.Rows >= 1 || random.Float64() < o.Rows {
				taken = append(taken, int32(i))
			}
		}
		asked := random.Perm(s.Width)
		asked = asked[:max(1, int(math.Ceil(o.Features*float64(s.Width))))]
		slices.Sort(asked)
		t := g.grow(taken, asked)
		if len(t) == 1 {
			continue // nothing to be gained from these rows
		}
		b.trees = append(b.trees, t)
		parallel.Do(n, rowsAtOnce, func(_, from, to int) {
			for i := from; i < to; i++ {
				margin[i] += t.value(s.Row(i))
			}
		})
	}
	return b
}

// bins are the features cut to small integers, row by row.
type bins struct {
	of    []uint8
	edges [][]float64 // of each feature, rising: bin k holds the values in (edges[k-1], edges[k]]
}

// cutBins cuts each feature so that its bins hold about as many rows each.
func cutBins(s *Samples) bins {
	n, p := s.Len(), s.Width
	b := bins{of: make([]uint8, n*p), edges: make([][]float64, p)}
	parallel.Do(p, 1, func(j, _, _ int) {
		values := make([]float64, 0, n)
		for i := range n {
			if v := s.X[i*p+j]; !math.IsNaN(v) {
				values = append(values, v)
			}
		}
		b.edges[j] = binEdges(values)
		for i := range n {
			k, _ := slices.BinarySearch(b.edges[j], s.X[i*p+j]) // NaN sorts first: bin 0
			b.of[i*p+j] = uint8(k)
		}
	})
	return b
}

// binEdges are at most maxBins−1 edges, midway between values next to each other. It sorts values.
func binEdges(values []float64) []float64 {
	slices.Sort(values)
	var edges []float64
	count, distinct := len(values), 1
	for i := 1; i < count; i++ {
		if values[i] != values[i-1] {
			distinct++
		}
	}
	from := 0 // first value not yet in a closed bin
	for i := 1; i < count && len(edges) < maxBins-1; i++ {
		if values[i] == values[i-1] {
			continue
		}
		left := maxBins - len(edges) // bins still to be filled, this one included
		if distinct <= maxBins || (i-from)*left >= count-from {
			if edge := values[i-1] + (values[i]-values[i-1])/2; edge < values[i] && !math.IsInf(edge, 0) {
				edges = append(edges, edge)
				from = i
			}
		}
	}
	return edges
}

// grower grows one tree after the other, keeping its memory.
type grower struct {
	*Samples
	Boosting
	cut          bins
	slope, curve []float64 // of the log-likelihood at the present margin of each row, curve negated
	spare        [][]sums
}

// sums are of the rows of one bin of one leaf.
type sums struct{ slope, curve float64 }

// leaf is a leaf that may still be split.
type leaf struct {
	node  int
	rows  []int32
	bins  []sums // maxBins for each feature asked
	total sums

	gain    float64 // of the best split; 0 if there is none
	feature int     // index into asked
	bin     int     // the last to go left
}

// grow splits, again and again, the leaf that gains the most. It reorders rows.
func (g *grower) grow(rows []int32, asked []int) tree {
	root := &leaf{rows: rows}
	t := tree{node{left: -1}}
	g.count(root, asked)
	g.choose(root, asked)
	open := []*leaf{root}
	for len(open) < g.Leaves {
		best := 0
		for i, l := range open {
			if l.gain > open[best].gain {
				best = i
			}
		}
		l := open[best]
		if !(l.gain > g.SmallGain) {
			break
		}
		feature := asked[l.feature]
		t[l.node].feature = feature
		t[l.node].threshold = g.cut.edges[feature][l.bin]
		t[l.node].left, t[l.node].right = len(t), len(t)+1
		middle := g.partition(l.rows, feature, uint8(l.bin))
		small := &leaf{node: len(t), rows: l.rows[:middle]}
		large := &leaf{node: len(t) + 1, rows: l.rows[middle:]}
		t = append(t, node{left: -1}, node{left: -1})
		left, right := small, large
		if len(small.rows) > len(large.rows) {
			small, large = large, small
		}
		g.count(small, asked)
		// The larger part is what remains of the whole.
		large.bins, l.bins = l.bins, nil
		for i := range large.bins {
			large.bins[i].slope -= small.bins[i].slope
			large.bins[i].curve -= small.bins[i].curve
		}
		large.total = sums{l.total.slope - small.total.slope, l.total.curve - small.total.curve}
		g.choose(left, asked)
		g.choose(right, asked)
		open[best] = left
		open = append(open, right)
	}
	for _, l := range open {
		t[l.node].value = g.Rate * l.total.slope / (l.total.curve + g.Ridge)
		g.spare = append(g.spare, l.bins)
	}
	return t
}

// count fills the sums of a leaf's bins from its rows, on each processor for some of the features.
func (g *grower) count(l *leaf, asked []int) {
	if k := len(g.spare); k > 0 {
		l.bins, g.spare = g.spare[k-1], g.spare[:k-1]
		clear(l.bins)
	} else {
		l.bins = make([]sums, len(asked)*maxBins)
	}
	for _, i := range l.rows {
		l.total.slope += g.slope[i]
		l.total.curve += g.curve[i]
	}
	part := func(_, from, to int) {
		for _, i := range l.rows {
			slope, curve := g.slope[i], g.curve[i]
			row := g.cut.of[int(i)*g.Width : (int(i)+1)*g.Width]
			for a := from; a < to; a++ {
				at := &l.bins[a*maxBins+int(row[asked[a]])]
				at.slope += slope
				at.curve += curve
			}
		}
	}
	if len(l.rows) < 2000 {
		part(0, 0, len(asked))
		return
	}
	parallel.Do(len(asked), (len(asked)+1)/2, part)
}

// choose finds the best split of a leaf: the gain is that of the quadratic
// approximation of the penalised log-likelihood.
func (g *grower) choose(l *leaf, asked []int) {
	score := func(s sums) float64 { return s.slope * s.slope / (s.curve + g.Ridge) / 2 }
	whole := score(l.total)
	l.gain = 0
	for a, feature := range asked {
		var left sums
		for k := range g.cut.edges[feature] {
			bin := l.bins[a*maxBins+k]
			left.slope += bin.slope
			left.curve += bin.curve
			right := sums{l.total.slope - left.slope, l.total.curve - left.curve}
			if left.curve < g.Least {
				continue
			}
			if right.curve < g.Least {
				break
			}
			if gain := score(left) + score(right) - whole; gain > l.gain {
				l.gain, l.feature, l.bin = gain, a, k
			}
		}
	}
}

// partition brings the rows up to and including bin before the others, and returns how many they are.
func (g *grower) partition(rows []int32, feature int, bin uint8) int {
	middle := 0
	for i, row := range rows {
		if g.cut.of[int(row)*g.Width+feature] <= bin {
			rows[i], rows[middle] = rows[middle], row
			middle++
		}
	}
	return middle
}
