package customer

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
)

// ID is a customer's id. A negative one stands for a walk-in: see purchase.
type ID = id.Of[Customer]

// HouseholdID is shared by the people who live together.
type HouseholdID = id.Of[Household]

// Household is the people who live together; it has no data of its own.
type Household struct{}

// Gender is empty when it was not told.
type Gender string

// The genders a till or a form can tell.
const (
	Female Gender = "female"
	Male   Gender = "male"
)

// The calendars in which people keep their birthday.
const (
	Solar = day.SolarCalendar
	Lunar = day.LunarCalendar
)

// Birth is a birth date as the customer tells it: perhaps lunar, perhaps
// without the year. The zero Birth is unknown.
type Birth = day.Birth

// Customer is the head of a customer's file.
type Customer struct {
	ID           ID
	Name         string // may be empty: a till knows a card, not a name
	Gender       Gender
	Birth        Birth
	Card         string
	StoreID      org.StoreID // home store
	OwnerID      org.StaffID // owning associate
	HouseholdID  HouseholdID
	ReferrerID   ID
	Origin       Origin
	VIP          bool
	DoNotContact bool
	Completeness int // percent
	ImportID     int64
	Version      int64 // counts edits
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Origin is where a customer came from.
type Origin string

// The origins.
const (
	OriginWalkIn   Origin = "walk_in"
	OriginReferral Origin = "referral"
	OriginEvent    Origin = "event"
	OriginOnline   Origin = "online"
	OriginImport   Origin = "import"
	OriginOther    Origin = "other"
)

// Origins are those a person can choose from.
func Origins() []Origin {
	return []Origin{OriginWalkIn, OriginReferral, OriginEvent, OriginOnline, OriginOther}
}

// limits of text, in characters; they bound what a hostile form can store.
const (
	maxName  = 80
	maxCard  = 40
	maxLabel = 40
	maxNote  = 4000
	maxFact  = 1000

	maxContacts = 20
)

func (c Customer) check(f *errs.Fields) {
	if utf8.RuneCountInString(c.Name) > maxName {
		f.Add("name", "error.too_long", "max", maxName)
	}
	if utf8.RuneCountInString(c.Card) > maxCard {
		f.Add("card", "error.too_long", "max", maxCard)
	}
	if c.Gender != "" && c.Gender != Female && c.Gender != Male {
		f.Add("gender", "error.field_invalid")
	}
	if c.Origin != "" && c.Origin != OriginImport && !slices.Contains(Origins(), c.Origin) {
		f.Add("origin", "error.field_invalid")
	}
	if c.Birth != (Birth{}) {
		f.AddErr("birthday", c.Birth.Check())
	}
}
