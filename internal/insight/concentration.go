package insight

import "slices"

// Concentration tells what share of the sales the best customers bring.
type Concentration struct {
	Currency  string     `json:"currency"`
	Customers int        `json:"customers"`
	Total     int64      `json:"total"` // minor units
	Top       []TopShare `json:"top"`   // the smallest group first
	Gini      float64    `json:"gini"`  // 0: all buy the same; near 1: one buys all
	Lorenz    []Point    `json:"lorenz"`
}

// TopShare is what a share of the customers, those who bought most, bring.
type TopShare struct {
	Percent   float64 `json:"percent"`   // of the customers
	Customers int     `json:"customers"` // rounded down
	Total     int64   `json:"total"`     // what they bought, minor units
	Share     float64 `json:"share"`     // of all sales, 0 to 1
	Least     int64   `json:"least"`     // what the last of them bought, minor units; 0: nobody
}

// Point is a point of a curve.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// topPercents are the groups that are looked at, in percent of the customers.
var topPercents = []float64{1, 2.5, 5, 10, 20, 50}

// lorenzPoints is how finely the curve is drawn.
const lorenzPoints = 100

// concentration is the report: the Lorenz curve (M. O. Lorenz 1905), customers
// from the one who bought least, and the Gini coefficient, twice the area between
// the curve and the diagonal.
func concentration(v *View) Concentration {
	n := v.Book.Len()
	spent := make([]int64, n)
	for i := range spent {
		spent[i] = v.Book.Total(i)
	}
	slices.Sort(spent)
	below := make([]int64, n+1) // what the k who bought least bought
	for k, s := range spent {
		below[k+1] = below[k] + s
	}
	total := below[n]
	c := Concentration{Currency: string(v.Book.Currency), Customers: n, Total: total, Lorenz: []Point{}}
	for _, p := range topPercents {
		k := int(float64(n) * p * 10 / 1000)
		t := TopShare{Percent: p, Customers: k, Total: total - below[n-k], Share: share(total-below[n-k], total)}
		if k > 0 {
			t.Least = spent[n-k]
		}
		c.Top = append(c.Top, t)
	}
	if n == 0 {
		return c
	}
	var area float64 // under the curve, by trapezoids, times 2n
	for k := range n {
		area += share(below[k]+below[k+1], total)
	}
	c.Gini = max(0, 1-area/float64(n))
	for i := range lorenzPoints + 1 {
		k := i * n / lorenzPoints
		c.Lorenz = append(c.Lorenz, Point{X: float64(k) / float64(n), Y: share(below[k], total)})
	}
	return c
}

// share is a part of a whole; 0 of nothing.
func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
