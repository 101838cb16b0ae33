package insight

import (
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/purchase"
)

// RefillBasis is what a refill date rests on.
type RefillBasis string

// The bases of a refill date.
const (
	ByJar    RefillBasis = "jar"    // how many eat from it, how much a day, and how much it holds
	ByRhythm RefillBasis = "rhythm" // of the customer's purchases of the product
)

// Refill is when a customer's jar of a product runs out.
type Refill struct {
	Product purchase.ProductID `json:"product"`
	SKU     string             `json:"sku"`
	Name    string             `json:"name"`
	Receipt purchase.ReceiptID `json:"receipt"` // of the last purchase
	Last    day.Day            `json:"last"`    // its day
	Due     day.Day            `json:"due"`
	Low     day.Day            `json:"low"` // four times in five it is between
	High    day.Day            `json:"high"`
	Chance  float64            `json:"chance"` // that they buy it within 14 days of the refresh
	Basis   RefillBasis        `json:"basis"`
}
