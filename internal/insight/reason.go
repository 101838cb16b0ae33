package insight

import (
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
)

// Reason is why a customer stays away, as they told somebody.
type Reason string

// The reasons.
const (
	Moved        Reason = "moved"
	TooDear      Reason = "price"
	BadService   Reason = "service_fault"
	BadProduct   Reason = "product_fault"
	Competitor   Reason = "competitor"
	NeedEnded    Reason = "need_ended"
	Died         Reason = "died"
	DoNotDisturb Reason = "do_not_disturb"
	OtherReason  Reason = "other"
)

// Reasons are all reasons, in the order in which they are offered.
func Reasons() []Reason {
	return []Reason{TooDear, BadService, BadProduct, Competitor, Moved, NeedEnded, DoNotDisturb, Died, OtherReason}
}

// Valid reports whether r is a reason.
func (r Reason) Valid() bool { return slices.Contains(Reasons(), r) }

// ReasonID identifies a told reason within its customer.
type ReasonID = id.Of[Told]

// Told is a reason that a customer told.
type Told struct {
	ID       ReasonID    `json:"id"`
	Customer customer.ID `json:"customer"`
	Reason   Reason      `json:"reason"`
	Note     string      `json:"note"` // in the words of who asked
	Staff    org.StaffID `json:"staff"`
	At       time.Time   `json:"at"`
	Warning  Sign        `json:"warning,omitempty"` // that stood when it was asked
}

// EntryReason is the timeline's line of a told reason.
const EntryReason customer.EntryKind = "lost_reason"

// entry is its line in the story of a customer with a home store.
func (t Told) entry(home org.StoreID) customer.Entry {
	data := map[string]any{"reason": string(t.Reason)}
	if t.Note != "" {
		data["note"] = t.Note
	}
	return customer.Entry{Customer: t.Customer, At: t.At, Ref: int64(t.ID), Kind: EntryReason, Store: home, Staff: t.Staff, Data: data}
}
