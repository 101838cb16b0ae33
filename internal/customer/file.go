package customer

import (
	"context"
	"slices"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/text"
)

// File is all that the customer's own page shows of them.
type File struct {
	Customer  Customer
	Contacts  []Contact
	Facts     []Fact // the current ones
	Consents  []Consent
	Notes     []Note // the latest ones
	Household []Summary
	Referrer  *Summary
	Brought   []Summary // whom they brought, the latest ones
	Fields    []Field
	Question  *Field // the next best one; nil when nothing is left to ask
}

// Fact is the current fact of a field; ok is false when there is none.
func (f File) Fact(code string) (Fact, bool) {
	i := slices.IndexFunc(f.Facts, func(x Fact) bool { return x.Field == code })
	if i < 0 {
		return Fact{}, false
	}
	return f.Facts[i], true
}

// Known reports whether a field is filled.
func (f File) Known(code string) bool {
	if known, head := headKnown(f.Customer, f.Contacts)[code]; head {
		return known
	}
	fact, ok := f.Fact(code)
	return ok && !fact.Refused && fact.Value != ""
}

// Settled reports whether a field need not be asked for: known or refused.
func (f File) Settled(code string) bool {
	fact, ok := f.Fact(code)
	return f.Known(code) || ok && fact.Refused
}

// recent bounds the lists of a file that have a page of their own.
const recent = 20

// File reads a whole file.
func (s *Service) File(ctx context.Context, actor org.Actor, c ID) (File, error) {
	var f File
	fields, err := s.Fields(ctx)
	if err != nil {
		return f, err
	}
	f.Fields = fields
	if f.Customer, err = s.Get(ctx, actor, c); err != nil {
		return f, err
	}
	if f.Contacts, err = contacts(ctx, s.DB, c); err != nil {
		return f, err
	}
	if f.Facts, err = currentFacts(ctx, s.DB, c); err != nil {
		return f, err
	}
	if f.Consents, err = consents(ctx, s.DB, c); err != nil {
		return f, err
	}
	if f.Notes, err = notes(ctx, s.DB, c, recent); err != nil {
		return f, err
	}
	if err := s.relatives(ctx, actor, &f); err != nil {
		return f, err
	}
	if q, ok := NextQuestion(fields, f.Settled); ok {
		f.Question = &q
	}
	return f, nil
}

// relatives fills in who lives with them, who brought them and whom they
// brought, as far as the actor may see those.
func (s *Service) relatives(ctx context.Context, actor org.Actor, f *File) error {
	c := f.Customer
	where, args := actor.Scope().Where("c.owner_id", "c.store_id")
	var err error
	if c.HouseholdID != 0 {
		f.Household, err = db.All(ctx, s.DB, scanSummary, `SELECT `+sqlCustomer+`, p.value FROM customer c`+sqlMainPhone+
			` WHERE c.household_id = ? AND c.household_id <> 0 AND c.customer_id <> ? AND `+where+` ORDER BY c.customer_id LIMIT ?`,
			append(append([]any{int64(c.HouseholdID), int64(c.ID)}, args...), recent)...)
		if err != nil {
			return err
		}
	}
	f.Brought, err = db.All(ctx, s.DB, scanSummary, `SELECT `+sqlCustomer+`, p.value FROM customer c`+sqlMainPhone+
		` WHERE c.referrer_id = ? AND c.referrer_id <> 0 AND `+where+` ORDER BY c.customer_id DESC LIMIT ?`,
		append(append([]any{int64(c.ID)}, args...), recent)...)
	if err != nil || c.ReferrerID == 0 {
		return err
	}
	list, err := s.Summaries(ctx, s.DB, []ID{c.ReferrerID})
	if err == nil && len(list) == 1 && actor.Scope().Allows(list[0].OwnerID, list[0].StoreID) {
		f.Referrer = &list[0]
	}
	return err
}

// Reveal returns the customer's contacts to be shown in full, and puts on
// record who saw them and why.
func (s *Service) Reveal(ctx context.Context, actor org.Actor, c ID, why string) ([]Contact, error) {
	if err := actor.Need(org.CustomersReveal); err != nil {
		return nil, err
	}
	var list []Contact
	err := s.write(ctx, actor, c, func(ctx context.Context, tx *db.Tx, _ Customer) error {
		var err error
		if list, err = contacts(ctx, tx, c); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Staff: int64(actor.ID()), Action: "customer.reveal", Subject: "customer:" + c.String(),
			Detail: map[string]any{"why": text.Line(why)},
		})
	})
	return list, err
}
