package insight

// Rhythm tells how many come again, and after how long.
type Rhythm struct {
	Repeaters  int      `json:"repeaters"`   // who bought on two days or more
	RepeatRate float64  `json:"repeat_rate"` // the share of them among all customers
	MedianGap  float64  `json:"median_gap"`  // the usual gap, in days; 0: nobody has come back
	Gaps       []Bucket `json:"gaps"`        // by the days between one purchase and the next
}

// Rhythm is the part of the report that tells it.
func (d Distribution) Rhythm() Rhythm {
	return Rhythm{Repeaters: d.Repeaters, RepeatRate: d.RepeatRate, MedianGap: d.MedianGap, Gaps: d.Gaps}
}
