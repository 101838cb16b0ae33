package insight

// RFM is the grid of how lately customers bought against how often and how much,
// each in fifths of the customers, with a name for every part of it.
type RFM struct {
	Currency string     `json:"currency"`
	Missing  int        `json:"customers_missing"` // customers missing for fifths that say anything; 0: enough. Until then nobody is in a group
	Cells    []RFMCell  `json:"cells"`             // 25: recency 5 first, in it frequency and value 5 first
	Groups   []RFMGroup `json:"groups"`            // in the order of their names below, the best first
}

// RFMCell is one field of the grid.
type RFMCell struct {
	Recency   int    `json:"recency"`         // 1 to 5, 5: the latest
	Weight    int    `json:"frequency_value"` // 1 to 5: the mean of frequency and value, rounded up
	Group     string `json:"group"`           // code of its group
	Customers int    `json:"customers"`
	Spent     int64  `json:"spent"` // in the last 365 days, minor units
}

// RFMGroup is the fields of one name together.
type RFMGroup struct {
	Group     string  `json:"group"`
	Customers int     `json:"customers"`
	Share     float64 `json:"share"`  // of the customers
	Spent     int64   `json:"spent"`  // in the last 365 days, minor units
	Active    float64 `json:"active"` // mean chance of a purchase within the horizon
	Value     int64   `json:"value"`  // sales to expect in the next 365 days, minor units
}

// The groups of the grid, the best first. The names of most shop programs, whose
// readers know them; recency against the mean of frequency and value.
const (
	Champions      = "champions"       // bought lately, often and much
	Loyal          = "loyal"           // regular and good
	AlmostLoyal    = "almost_loyal"    // lately here, on the way to regular
	Promising      = "promising"       // lately here, few purchases
	Fresh          = "fresh"           // just begun
	NeedsAttention = "needs_attention" // the middle: neither here nor gone
	CannotLose     = "cannot_lose"     // were among the best, and stay away
	AtRisk         = "at_risk"         // bought often, not for a while
	AboutToSleep   = "about_to_sleep"  // little, and not for a while
	Sleeping       = "sleeping"        // little, and long ago
	Gone           = "gone"            // long ago, once
)

// rfmGroups are all groups in order.
var rfmGroups = []string{Champions, Loyal, AlmostLoyal, Promising, Fresh, NeedsAttention, CannotLose, AtRisk, AboutToSleep, Sleeping, Gone}

// rfmGrid names the fields: a row for each recency from 5 to 1, in it the weight
// from 5 to 1.
var rfmGrid = [5][5]string{
	{Champions, Champions, AlmostLoyal, Promising, Fresh},
	{Loyal, Loyal, AlmostLoyal, Promising, Fresh},
	{Loyal, NeedsAttention, NeedsAttention, AboutToSleep, AboutToSleep},
	{CannotLose, AtRisk, AtRisk, Sleeping, Sleeping},
	{CannotLose, AtRisk, Sleeping, Gone, Gone},
}

// enoughGrouped is how many customers make fifths: of three who all keep their
// rhythm, one would be in the lowest of each, and be called asleep.
const enoughGrouped = 25

// groupIn is GroupOf among so many customers; empty where they are too few.
func groupIn(s *Score, customers int) string {
	if customers < enoughGrouped {
		return ""
	}
	return GroupOf(s)
}

// GroupOf names the group of a score.
func GroupOf(s *Score) string {
	return rfmGrid[5-s.Recency][5-rfmWeight(s)]
}

// rfmWeight is the mean of frequency and value, a half rounded up.
func rfmWeight(s *Score) int { return (int(s.Frequency) + int(s.Monetary) + 1) / 2 }

func rfm(v *View) RFM {
	out := RFM{Currency: string(v.Book.Currency), Cells: make([]RFMCell, 25), Groups: make([]RFMGroup, len(rfmGroups))}
	at := make(map[string]*RFMGroup, len(rfmGroups))
	for i, name := range rfmGroups {
		out.Groups[i].Group = name
		at[name] = &out.Groups[i]
	}
	for k := range out.Cells {
		out.Cells[k] = RFMCell{Recency: 5 - k/5, Weight: 5 - k%5, Group: rfmGrid[k/5][k%5]}
	}
	if out.Missing = max(0, enoughGrouped-v.All.Len()); out.Missing > 0 {
		return out
	}
	for i := range v.Scores {
		s := &v.Scores[i]
		c := &out.Cells[int(5-s.Recency)*5+5-rfmWeight(s)]
		g := at[c.Group]
		c.Customers++
		c.Spent += s.Spent
		g.Customers++
		g.Spent += s.Spent
		g.Active += s.Active
		g.Value += s.Value
	}
	for i := range out.Groups {
		g := &out.Groups[i]
		g.Share = share(int64(g.Customers), int64(len(v.Scores)))
		g.Active /= float64(max(g.Customers, 1))
	}
	return out
}
