package btyd

// Events are purchases in any order, column by column: row i of every column is
// the same purchase.
type Events struct {
	// Customer numbers the customers from 0.
	Customer []int32
	// Day is the day of the purchase, counted from anywhere (days since 1970-01-01, say).
	// Rows of one customer on one day are one purchase, as in the papers.
	Day []int32
	// Time stands instead of Day where days are too coarse: a time in any unit. Rows
	// of one customer at one instant are one purchase.
	Time []float64
	// Spend is what was spent; nil where nobody asks.
	Spend []float64
}
