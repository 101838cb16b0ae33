package purchase

import (
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// The ids of this package. A receipt's is derived from its store and number, a
// product's from its SKU.
type (
	ReceiptID  = id.Of[Receipt]
	ProductID  = id.Of[Product]
	DeliveryID = id.Of[Delivery]
)

// Kind tells sales from returns.
type Kind string

// The kinds of receipt.
const (
	Sale   Kind = "sale"
	Return Kind = "return"
)

// KindOf is the rule: goods came back and money went out. A stock correction
// (no money) and a bad debt (no goods back) are no returns.
func KindOf(quantity money.Quantity, netMinor int64) Kind {
	if quantity < 0 && netMinor < 0 {
		return Return
	}
	return Sale
}

// Receipt is the head of a receipt.
type Receipt struct {
	Customer customer.ID // below zero: a walk-in
	ID       ReceiptID
	Store    org.StoreID
	Number   string
	Kind     Kind
	SoldAt   time.Time
	Day      string // business day in the store's zone
	Staff    org.StaffID
	Net      money.Amount
	Lines    int
	ImportID RunID // 0: by hand or API
}

// WalkIn reports whether nobody is known to have bought it.
func (r Receipt) WalkIn() bool { return r.Customer < 0 }

// walkIn is the customer id of a receipt without a customer.
func walkIn(r ReceiptID) customer.ID { return -customer.ID(r) }

func receiptID(store org.StoreID, number string) ReceiptID {
	return id.Derive[Receipt](store.String(), number)
}

// Line is one line of a receipt.
type Line struct {
	Line      int
	Product   ProductID // 0: the till named none
	SKU       string
	Text      string // the till's words on this receipt, else the product's name
	Quantity  money.Quantity
	UnitPrice money.Price
	Amount    money.Amount
}

// Product is something that is sold.
type Product struct {
	ID       ProductID
	SKU      string
	Name     string
	Category string
}

func productID(sku string) ProductID { return id.Derive[Product](sku) }

// Delivery is goods brought to a customer, or promised.
type Delivery struct {
	Customer    customer.ID
	ID          DeliveryID
	Receipt     ReceiptID
	PromisedOn  string // day; empty: none promised
	DeliveredOn string // day; empty: not yet
	What        string
	Gift        string
	GiftCost    money.Amount
	Key         string // a request to note one, sent twice with the same key, notes one; not kept
}

// mix scatters three numbers over 64 bits. It is part of stored digests: it
// must never change.
func mix(a, b, c uint64) uint64 {
	h := a*0x9E3779B97F4A7C15 ^ b*0xC2B2AE3D27D4EB4F ^ c*0x165667B19E3779F9
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	h ^= h >> 29
	h *= 0xFF51AFD7ED558CCD
	return h ^ h>>32
}

// lineDigest is a line's share in its receipt's digest. The till's words are
// left out: a product that is renamed does not make old receipts differ.
func lineDigest(p ProductID, q money.Quantity, amount int64) uint64 {
	return mix(uint64(p), uint64(q), uint64(amount))
}

// receiptDigest is the digest of a receipt: the sum of its lines' makes it
// independent of their order, and lines can be added later. Whose the receipt
// is, is compared by itself.
func receiptDigest(soldAt time.Time, c money.Currency, lines uint64) int64 {
	var code uint64
	for i := range len(c) {
		code = code<<8 | uint64(c[i])
	}
	return int64(mix(uint64(soldAt.UnixMilli()), code, 0) + lines)
}
