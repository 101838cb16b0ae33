package insight

import (
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
)

// Score is what was found out about one customer. Money is in minor units of the
// book's currency.
type Score struct {
	Customer  customer.ID `json:"customer"`
	Stage     Stage       `json:"stage"`
	Since     day.Day     `json:"stage_since"`
	VIP       bool        `json:"vip"`       // among the best by the purchases of a year
	Recency   int8        `json:"recency"`   // 1 to 5: how lately, compared with the others
	Frequency int8        `json:"frequency"` // 1 to 5: on how many days
	Monetary  int8        `json:"monetary"`  // 1 to 5: for how much in all
	Days      int32       `json:"days"`      // distinct days with a purchase
	First     day.Day     `json:"first"`
	Last      day.Day     `json:"last"`
	Gap       int32       `json:"gap2"`     // own median gap, times two; 0: fewer than two days
	Overdue   int64       `json:"overdue"`  // silence in thousandths of the gap that counts
	Active    int64       `json:"active"`   // chance of a purchase within the horizon, in millionths
	Expected  int64       `json:"expected"` // purchases to expect within the horizon, in thousandths
	Spent     int64       `json:"spent"`    // in the last 365 days
	Value     int64       `json:"value"`    // sales to expect in the next 365 days, discounted
	Warning   Warning     `json:"warning"`  // why they may be leaving; the zero Warning: they are not
}
