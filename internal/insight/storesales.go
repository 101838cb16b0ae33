package insight

import "github.com/ricejar/ricejar/internal/org"

// Stores compares what stores sold to new and to old customers, with each other
// and with themselves in earlier months. Money is in minor units.
//
// A purchase is a new customer's on the day of their first purchase anywhere, and
// an old customer's ever after: so a door counter would tell them apart, too.
// Walk-ins are in none of it.
type Stores struct {
	Currency string      `json:"currency"`
	Now      Months      `json:"now"`      // the last full months
	Before   Months      `json:"before"`   // as many before them
	YearAgo  Months      `json:"year_ago"` // the same a year before
	Stores   []StoreLine `json:"stores"`   // those that sold anything in any of them; the most sales first
	All      *StoreLine  `json:"all"`      // of the stores together; null when it is one store that was asked for
}

// Months are some months in a row, both inclusive.
type Months struct {
	From string `json:"from"` // YYYY-MM
	To   string `json:"to"`
	Full bool   `json:"full"` // the purchases reach back to all of them
}

// StoreLine is one store.
type StoreLine struct {
	Store  org.StoreID `json:"store"` // 0: all together
	Code   string      `json:"code"`
	Name   string      `json:"name"`
	Now    StorePeriod `json:"now"`
	Before StorePeriod `json:"before"`
	Year   StorePeriod `json:"year_ago"`

	SinceBefore *Comparison `json:"since_before"`  // why it sells more or less than before; null: those months are not full
	SinceYear   *Comparison `json:"since_year"`    // and than a year ago
	Usual       *Comparison `json:"against_usual"` // and than the mean of all stores; null for one store alone, and for all together
}

// StorePeriod is what was sold in some months.
type StorePeriod struct {
	New       Sold `json:"new"`
	Old       Sold `json:"old"`
	Customers Mix  `json:"customers"` // the sales as customers × purchases per customer × ticket
	Visitors  *Mix `json:"visitors"`  // the sales as visitors × conversion × ticket; null: the visitors of some month are not known
}

// Sold is sales to a group of customers.
type Sold struct {
	Visitors  int64 `json:"visitors"`  // as they were counted; 0 where they are not known
	Customers int64 `json:"customers"` // who bought
	Purchases int64 `json:"purchases"`
	Sales     int64 `json:"sales"`
}

// Comparison is a difference of sales, taken apart.
type Comparison struct {
	Counted bool `json:"counted"` // by visitors; else by customers, because some visitors are not known
	Explained
}

// Compare takes the difference between two stores or two periods apart: by
// visitors where both know them, else by customers.
func Compare(from, to StorePeriod) Comparison {
	if from.Visitors != nil && to.Visitors != nil {
		return Comparison{Counted: true, Explained: Explain(*from.Visitors, *to.Visitors)}
	}
	return Comparison{Explained: Explain(from.Customers, to.Customers)}
}

// Mix is what the sales are made of: visitors where they are known, else
// customers. A what-if changes a copy of it and asks Explain for the difference.
func (p StorePeriod) Mix() (m Mix, counted bool) {
	if p.Visitors != nil {
		return *p.Visitors, true
	}
	return p.Customers, false
}

// storeMonths is how many months are compared.
const storeMonths = 3

func stores(v *View, _ *Asked) Stores {
	return Stores{Currency: string(v.Book.Currency), Stores: []StoreLine{}}
}
