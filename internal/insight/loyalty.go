package insight

import "github.com/ricejar/ricejar/internal/day"

// LoyaltyTotal is how loyal the customers are, sign by sign, all of them together.
type LoyaltyTotal struct {
	Currency  string  `json:"currency"`
	Customers int     `json:"customers"`
	Repeaters int     `json:"repeaters"`     // bought on two days or more
	Rate      float64 `json:"repeat_rate"`   // the share of those
	MeanDays  float64 `json:"mean_days"`     // purchase days per customer
	Quantity  float64 `json:"mean_quantity"` // pieces (or metres, or kilos) per customer

	LowPrice  float64 `json:"low_price"`  // the share of lines bought below the usual price
	PriceCalm Counted `json:"price_calm"` // who hardly ever buy below it, of those with enough lines to tell
	PriceKeen Counted `json:"price_keen"` // who mostly do, of the same
	Forgave   Counted `json:"forgave"`    // who bought again after they had brought something back, of those who had
	Unbroken  Counted `json:"unbroken"`   // who never left their rhythm, of those with enough purchases to have one
	WholeSets Counted `json:"whole_sets"` // who buy of many categories, of all; of none while products have no categories
	Referrers Counted `json:"referrers"`  // who sent another who bought, of all
	Referred  int     `json:"referred"`   // whom they sent

	BySigns []Bucket     `json:"by_signs"` // customers by how many signs of loyalty they show, from none to all
	Asked   []AskedField `json:"asked"`    // what they told, of the fields in LoyaltyFields
}

// Counted is some of a group.
type Counted struct {
	Count int     `json:"count"`
	Of    int     `json:"of"`
	Share float64 `json:"share"` // 0 of none
}

// AskedField is what the customers answered to one question.
type AskedField struct {
	Field   string        `json:"field"`   // code; its label is the field's own
	Known   int           `json:"known"`   // who answered
	Answers []AskedAnswer `json:"answers"` // the most frequent first; at most ten
}

// AskedAnswer is one answer.
type AskedAnswer struct {
	Value     string `json:"value"` // a code of the field's choices, or words
	Customers int    `json:"customers"`
}

// LoyaltyFields are the fields that ask for what purchases cannot tell: how long
// they take to choose, what share of what they need they buy here, where else
// they buy, and whether they look for the brand.
var LoyaltyFields = []string{"choosing_time", "wallet_share", "competitors", "brand_attention"}

// Loyalty is what shows how loyal one customer is.
type Loyalty struct {
	AsOf       day.Day       `json:"as_of"` // of the usual prices; the purchases are those of now
	Days       int           `json:"purchase_days"`
	Repeats    int           `json:"repeats"`   // purchase days after the first
	Quantity   string        `json:"quantity"`  // of all lines, in the products' units
	Lines      int           `json:"lines"`     // with a known usual price
	LowPrice   *float64      `json:"low_price"` // the share of them below it; null: too few lines to tell
	Returns    int           `json:"returns"`
	Forgave    *bool         `json:"forgave"` // bought again after the last return; null: brought nothing back
	Complaints int           `json:"complaints"`
	Stayed     *bool         `json:"stayed"`     // bought again after the last complaint; null: there is none
	Referred   int           `json:"referred"`   // customers they sent
	Unbroken   *bool         `json:"unbroken"`   // never left the rhythm; null: too few purchases for one
	Streak     int           `json:"streak"`     // latest purchases in a row within the rhythm
	Categories []string      `json:"categories"` // they bought of, the most lines first
	Signs      []LoyaltySign `json:"signs"`      // of loyalty that they show
	Asked      []AskedFact   `json:"asked"`      // of LoyaltyFields, in their order
}

// AskedFact is what a customer answered. The zero Value: not asked yet.
type AskedFact struct {
	Field   string `json:"field"`
	Value   string `json:"value"`
	Refused bool   `json:"refused"`
}

// LoyaltySign is a sign that a customer is loyal.
type LoyaltySign string

// The signs.
const (
	SignRepeat   LoyaltySign = "repeat"   // buys again and again: as many purchase days as an old customer
	SignUnbroken LoyaltySign = "unbroken" // has never left the rhythm
	SignWhole    LoyaltySign = "whole"    // buys of many categories
	SignRefers   LoyaltySign = "refers"   // sends others
	SignPrice    LoyaltySign = "price"    // does not wait for a low price
	SignForgives LoyaltySign = "forgives" // came back after a fault
)

var loyaltySigns = []LoyaltySign{SignRepeat, SignUnbroken, SignWhole, SignRefers, SignPrice, SignForgives}

// When a sign can be told.
const (
	lowPrice       = 0.95 // of the usual price: below it a price is low
	enoughLines    = 5    // lines before anything is said about prices
	calmShare      = 0.2  // of lines at a low price, at most
	keenShare      = 0.5  // at least
	manyCategories = 3
)

func loyalty(v *View, _ *Asked) LoyaltyTotal {
	return LoyaltyTotal{Currency: string(v.Book.Currency), Customers: v.Book.Len(), BySigns: []Bucket{}, Asked: []AskedField{}}
}
