package care

import (
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// TaskID is a task's id within its customer.
type TaskID = id.Of[Task]

// State is where a task stands.
type State string

// The states.
const (
	Open      State = "open"
	Done      State = "done"
	Missed    State = "missed"    // its moment passed
	Cancelled State = "cancelled" // the customer does not want to be contacted
)

// Task says: contact this customer, for this reason, by then.
type Task struct {
	ID       TaskID
	Customer customer.ID
	Rule     RuleID
	Anchor   string
	Store    org.StoreID
	Staff    org.StaffID // zero: anyone of the store
	Due      day.Day
	Until    day.Day
	Value    money.Amount
	Reason   Reason
	State    State

	// The last outcome; empty before the first.
	Outcome   OutcomeKind
	OutcomeAt time.Time
	OutcomeBy org.StaffID
	Attempts  int
	CallAt    time.Time // zero: no call was promised
	Version   int64
	CreatedAt time.Time
}

// Reason holds what the sentence that explains a task says. It is kept with the
// task, so that the explanation is that of the day the task was made.
type Reason struct {
	Day      day.Day `json:"day,omitempty"`  // of the event
	Days     int     `json:"days,omitempty"` // from the event to the contact
	Product  string  `json:"product,omitempty"`
	Net      int64   `json:"net,omitempty"` // of the purchase, minor units
	Currency string  `json:"currency,omitempty"`
	Top      int     `json:"top,omitempty"`   // percent: the purchase is among the store's largest
	Floor    int64   `json:"floor,omitempty"` // what a purchase had to reach for that
	Lunar    bool    `json:"lunar,omitempty"` // a birthday by the lunar calendar
	Festival string  `json:"festival,omitempty"`
	Receipts int64   `json:"receipts,omitempty"` // how often they have bought
	Gap      float64 `json:"gap,omitempty"`      // days between purchases, the median
	Text     string  `json:"text,omitempty"`     // what the customer said
	Staff    int64   `json:"staff,omitempty"`    // to whom
}

// yearlyNet is what a customer brings in a year, in minor units: the net of all
// their purchases over the years since the first, at least one.
func yearlyNet(net int64, first, on day.Day) int64 {
	days := int64(365)
	if first != 0 {
		days = max(days, int64(on.Sub(first))+1)
	}
	whole, rest := net/days, net%days
	return max(0, whole*365+rest*365/days)
}

// value is what a task is ranked by.
func (r Rule) value(yearly int64) int64 {
	return yearly/100*r.Weight + yearly%100*r.Weight/100
}
