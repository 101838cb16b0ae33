package org

import (
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
)

// RegionID, StoreID and StaffID identify regions, stores and people.
type (
	RegionID = id.Of[Region]
	StoreID  = id.Of[Store]
	StaffID  = id.Of[Staff]
)

// Region is a group of stores that one person looks after.
type Region struct {
	ID   RegionID
	Name string
}

// StoreKind is the trade a store is in.
type StoreKind string

// The kinds of store.
const (
	Furniture StoreKind = "furniture"
	Fashion   StoreKind = "fashion"
	Workshop  StoreKind = "workshop"
	Other     StoreKind = "other"
)

// StoreKinds are all kinds of store.
func StoreKinds() []StoreKind { return []StoreKind{Furniture, Fashion, Workshop, Other} }

// Store is a shop, a dealer or a workshop.
type Store struct {
	ID       StoreID
	Code     string // what the till and the command line call it: UK1
	Name     string
	Kind     StoreKind
	RegionID RegionID       // zero: belongs to no region
	Currency money.Currency // never changes
	Zone     string         // IANA: the store's business days are days of this zone
	Phone    string
	Address  string
	Active   bool
}

// Staff is a person who works for the company.
type Staff struct {
	ID       StaffID
	Code     string // what the till calls them
	Name     string
	Role     Role
	Reach    Reach
	StoreID  StoreID  // zero: belongs to no store
	RegionID RegionID // zero: belongs to no region but their store's
	Locale   string   // empty: what the browser asks for
	Theme    string   // empty: what the device says; light, dark
	Active   bool
}
