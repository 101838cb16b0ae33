package replenish

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/ricejar/ricejar/btyd"
	"github.com/ricejar/ricejar/btyd/internal/learn"
	"github.com/ricejar/ricejar/btyd/internal/parallel"
)

// Due tells how likely each customer is to buy each product within the next days: a
// calibrated probability, to be shown as one and to rank by. It predicts pairs bought at least
// twice.
//
// It learns from windows that are complete: what was known on a day, and what was bought in the days after it.
// The latest window ends today, the one before it on the day that one begins, and so on. A logistic regression
// on features of the pair, the customer and the product is followed by small boosted trees on
// what it leaves unexplained. How much is bought in all rises and falls with the season; a
// level of each window's own keeps that apart, and predictions are made at the level of the
// latest window, as the best guess of the next. It knows no calendar: ahead of a season (the Spring Festival, December) it
// foretells too few purchases in all, after it too many, until a window has seen the change, though whom to
// ask first remains right. The same weeks of last year are not made use of: on made-up years they made
// predictions better where a festival keeps its date, and as much worse where it moves by weeks as the Spring Festival does. [CheckDue] tells how far the last window was off.
//
// Everything is fixed by the data: the same purchases give the same probabilities, on any
// number of processors.
type Due struct {
	Within  int32       // days
	Windows []DueWindow // what it has learnt from, the latest first

	line  learn.Logistic
	trees learn.Boosted
	level float64
}

// DueWindow is a window that a [Due] has learnt from.
type DueWindow struct {
	Day    int32 // what was known at the end of this day
	Pairs  int   // pairs that had been bought at least twice
	Bought int   // of which bought again within the days after it
}

// DueOptions change how a [Due] is fitted. The zero value is right for most.
type DueOptions struct {
	Windows int // at most so many; 0 takes 8
	Rows    int // at most so many rows to learn from, drawn alike from all windows; 0 takes 200,000
}

const (
	// rowsTogether is the length of a stretch of rows for one processor.
	rowsTogether = 8192
	// leastBought is the number of purchases in all windows below which nothing is learnt. The level is
	// taken from as many of the latest windows as hold twice that.
	leastBought = 100
	// dueRidge is the penalty of the regression, in units of information: next to nothing where there are
	// thousands of purchases, and a strong hand where there are hundreds.
	dueRidge = 100
	// dueTreeRows is the number of rows that a tree is grown on. Pairs of one customer resemble
	// each other: few at a time keep trees from learning customers by heart.
	dueTreeRows = 30_000
)

// dueTrees are few and small: the regression has said most of it.
var dueTrees = learn.Boosting{Rounds: 60, Rate: 0.08, Leaves: 8, Least: 30, Ridge: 5, Features: 0.6, SmallGain: 0.5, Seed: 1}

// FitDue learns, from the purchases up to and including the day asOf, who buys what within so many days.
// It returns [btyd.ErrTooFew] when fewer than 100 purchases can be learnt from: say how much
// is missing, and go by the [Rhythm] meanwhile.
func FitDue(p *Pairs, asOf, within int32, o DueOptions) (*Due, error) {
	if within < 1 || within > farDay {
		return nil, fmt.Errorf("replenish: due within %d days", within)
	}
	if o.Windows <= 0 {
		o.Windows = 8
	}
	if o.Rows <= 0 {
		o.Rows = 200_000
	}
	asOf = max(-farDay, min(farDay, asOf))
	d := &Due{Within: within}
	lessons := make([]dueLesson, o.Windows)
	parallel.Do(o.Windows, 1, func(k, _, _ int) {
		if day := int64(asOf) - int64(k+1)*int64(within); day >= int64(p.first) {
			lessons[k] = newDueLesson(p, int32(day), within, o.Rows/o.Windows)
		}
	})
	rows := 0
	for _, l := range lessons {
		rows += len(l.y)
	}
	s := learn.Samples{Width: dueFeatures, X: make([]float64, 0, rows*dueFeatures)}
	all, bought := 0, 0
	for k, l := range lessons {
		if l.Pairs == 0 {
			break // before the beginning
		}
		d.Windows = append(d.Windows, l.DueWindow)
		all += l.Pairs
		bought += l.Bought
		s.X, s.Y = append(s.X, l.x...), append(s.Y, l.y...)
		lessons[k].x = nil
		level := learn.Logit((float64(l.Bought) + 0.5) / (float64(l.Pairs) + 1))
		for range l.y {
			s.Offset = append(s.Offset, level)
		}
	}
	if bought < leastBought || bought == all {
		return nil, btyd.ErrTooFew
	}
	d.line = learn.FitLogistic(&s, dueRidge)
	parallel.Do(s.Len(), rowsTogether, func(_, from, to int) {
		for i := from; i < to; i++ {
			s.Offset[i] += d.line.Margin(s.Row(i))
		}
	})
	trees := dueTrees
	trees.Rows = min(1, dueTreeRows/float64(s.Len()))
	d.trees = learn.FitBoosted(&s, trees)
	d.setLevel(lessons, &s)
	return d, nil
}

// setLevel makes predictions agree in total with what was bought in the latest windows.
func (d *Due) setLevel(lessons []dueLesson, s *learn.Samples) {
	rows, bought := 0, 0
	for k := 0; k < len(d.Windows) && bought < 2*leastBought; k++ {
		rows += len(lessons[k].y)
		bought += lessons[k].Bought
	}
	latest := learn.Samples{Width: s.Width, X: s.X[:rows*s.Width], Y: s.Y[:rows], Offset: make([]float64, rows)}
	parallel.Do(rows, rowsTogether, func(_, from, to int) {
		for i := from; i < to; i++ {
			latest.Offset[i] = d.relative(latest.Row(i))
		}
	})
	d.level = latest.Level()
}

// relative are the log-odds of a row but for the level.
func (d *Due) relative(row []float64) float64 { return d.line.Margin(row) + d.trees.Margin(row) }

// dueLesson is a window with its rows, or some of them.
type dueLesson struct {
	DueWindow
	x, y []float64
}

// newDueLesson draws about so many rows of a window.
func newDueLesson(p *Pairs, day, within int32, rows int) dueLesson {
	l := dueLesson{DueWindow: DueWindow{Day: day}}
	v, err := newView(p, day)
	if err != nil {
		return l // nothing bought twice yet
	}
	for i := range p.Len() {
		if v.candidate(i) {
			l.Pairs++
		}
	}
	share := min(1, float64(rows)/float64(max(1, l.Pairs)))
	l.x = make([]float64, 0, int(1.05*share*float64(l.Pairs)+10)*dueFeatures)
	row := make([]float64, dueFeatures)
	random := rand.New(rand.NewPCG(uint64(l.Pairs), 0x6a09e667f3bcc909))
	for i := range p.Len() {
		if !v.candidate(i) {
			continue
		}
		again := 0.0
		if since(upTo(p.Days(i), day+within), day) > 0 {
			again = 1
			l.Bought++
		}
		if share < 1 && random.Float64() >= share {
			continue
		}
		v.features(row, i, float64(within))
		l.x = append(l.x, row...)
		l.y = append(l.y, again)
	}
	return l
}

// Score fills dst, as long as p, with the probability that each pair is bought within the
// days after asOf, from the purchases up to and including asOf; NaN for pairs that had not been
// bought twice by then. p may be newer than what d was fitted to: features are of today, what they mean is as learnt.
// It uses all processors and allocates nothing per pair.
func (d *Due) Score(dst []float64, p *Pairs, asOf int32) error {
	if len(dst) != p.Len() {
		return fmt.Errorf("%w: %d scores for %d pairs", ErrColumns, len(dst), p.Len())
	}
	v, err := newView(p, asOf)
	if err != nil {
		return err
	}
	parallel.Do(len(dst), rowsTogether, func(_, from, to int) {
		row := make([]float64, dueFeatures)
		for i := from; i < to; i++ {
			if !v.candidate(i) {
				dst[i] = math.NaN()
				continue
			}
			v.features(row, i, float64(d.Within))
			dst[i] = learn.Sigmoid(d.level + d.relative(row))
		}
	})
	return nil
}

// CheckDue tells how good the probabilities are on this data, as they would have been
// given within days ago: fitted to what was known then, compared with what was bought since.
// Only what concerns probabilities is measured.
func CheckDue(p *Pairs, asOf, within int32, o DueOptions) (btyd.Quality, error) {
	if within < 1 || within > farDay {
		return btyd.Quality{}, fmt.Errorf("replenish: due within %d days", within)
	}
	then := max(-farDay, asOf) - within
	d, err := FitDue(p, then, within, o)
	if err != nil {
		return btyd.Quality{}, err
	}
	scores := make([]float64, p.Len())
	if err := d.Score(scores, p, then); err != nil {
		return btyd.Quality{}, err
	}
	kept := scores[:0]
	var bought []int32
	for i, score := range scores {
		if math.IsNaN(score) {
			continue
		}
		kept = append(kept, score)
		again := min(1, since(upTo(p.Days(i), asOf), then))
		bought = append(bought, int32(again))
	}
	return btyd.Assess(kept, kept, bought)
}
