package customer

import (
	"context"
	"errors"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/once"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/text"
)

// NewCustomer is what a file begins with. A name or a phone is enough; a person
// who notes somebody down is asked for both.
type NewCustomer struct {
	Name     string
	Gender   Gender
	Birth    Birth
	Card     string
	Contacts []Contact // parsed by ParseContact
	StoreID  org.StoreID
	OwnerID  org.StaffID
	Referrer ID
	Origin   Origin
	Answers  []Answer
	Note     string
	ImportID int64
	Source   Source // of the answers
	Key      string // a request sent twice with the same key opens one file
}

// Create opens a file. Without a store or owner it is the actor's own. A phone
// that is another's is a conflict that names them.
func (s *Service) Create(ctx context.Context, actor org.Actor, in NewCustomer) (Customer, error) {
	var c Customer
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		made, again, err := once.Do(ctx, tx, ownKey(actor, "customer", in.Key), func() (string, error) {
			var err error
			c, err = s.CreateTx(ctx, tx, actor, in)
			return c.ID.String(), err
		})
		if err != nil || !again {
			return err
		}
		first, err := id.Parse[Customer](made)
		if err != nil {
			return err
		}
		c, err = s.getFrom(ctx, tx, actor, first)
		return err
	})
	return c, err
}

// CreateTx is Create within a transaction.
func (s *Service) CreateTx(ctx context.Context, tx *db.Tx, actor org.Actor, in NewCustomer) (Customer, error) {
	c := Customer{
		ID: NewID(), Name: text.Line(in.Name), Gender: in.Gender, Birth: in.Birth, Card: text.Line(in.Card),
		StoreID: in.StoreID, OwnerID: in.OwnerID, ReferrerID: in.Referrer, Origin: in.Origin, ImportID: in.ImportID,
		Version: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
	}
	if c.StoreID == 0 {
		c.StoreID = actor.Staff.StoreID
	}
	if c.OwnerID == 0 && actor.Reach == org.ReachOwn {
		c.OwnerID = actor.ID()
	}
	has, err := s.check(ctx, tx, actor, Customer{}, c, in.Contacts)
	if err != nil {
		return Customer{}, err
	}
	if err := s.insert(ctx, tx, actor, c, has); err != nil {
		return Customer{}, err
	}
	if err := appendTimeline(ctx, tx, Entry{
		Customer: c.ID, At: tx.Now(), Ref: int64(c.ID), Kind: EntryCreated,
		Store: c.StoreID, Staff: actor.ID(), Data: map[string]any{"origin": string(c.Origin)},
	}); err != nil {
		return Customer{}, err
	}
	if in.Note != "" {
		if _, err := s.addNote(ctx, tx, actor, c, in.Note); err != nil {
			return Customer{}, err
		}
	}
	if err := s.learn(ctx, tx, actor, c, in.Answers, in.Source); err != nil {
		return Customer{}, err
	}
	return head(ctx, tx, c.ID)
}

// check says what is wrong with a file as it is to be, and returns its contacts
// as they are kept. What stays as it was is not looked at again.
func (s *Service) check(ctx context.Context, tx *db.Tx, actor org.Actor, before, after Customer, contacts []Contact) ([]Contact, error) {
	var bad errs.Fields
	has := cleanContacts(contacts, &bad)
	if after.Name == "" && len(has) == 0 && after.Card == "" {
		bad.Add("name", "customer.name_or_phone")
	}
	after.check(&bad)
	if r := after.ReferrerID; r != 0 && r != before.ReferrerID {
		_, err := s.getFrom(ctx, tx, actor, r)
		if errs.Is(err, errs.NotFound) || r == after.ID {
			bad.Add("referrer", "customer.not_found")
		} else if err != nil {
			return nil, err
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	return has, checkPlace(ctx, tx, actor, before, after)
}

// checkPlace refuses to give a customer to a store or person out of the actor's
// reach, or to one that does not exist: nobody would find the file again.
func checkPlace(ctx context.Context, tx *db.Tx, actor org.Actor, before, after Customer) error {
	scope := actor.Scope()
	toStore, toOwner := after.StoreID != before.StoreID && after.StoreID != 0, after.OwnerID != before.OwnerID && after.OwnerID != 0
	if before.ID != 0 && before.StoreID == after.StoreID && before.OwnerID == after.OwnerID {
		return nil
	}
	if !scope.Allows(after.OwnerID, after.StoreID) || toStore && !scope.AllowsStore(after.StoreID) {
		return errs.New(errs.Forbidden, "customer.place_out_of_reach")
	}
	var bad errs.Fields
	for _, x := range []struct {
		field, query string
		id           int64
		look         bool
	}{
		{"store", `SELECT id FROM store WHERE id = ?`, int64(after.StoreID), toStore && after.StoreID != actor.Staff.StoreID},
		{"owner", `SELECT id FROM staff WHERE id = ?`, int64(after.OwnerID), toOwner && after.OwnerID != actor.ID()},
	} {
		if !x.look {
			continue
		}
		_, err := db.One(ctx, tx, db.Value[int64], x.query, x.id)
		if errors.Is(err, db.ErrNoRows) {
			bad.Add(x.field, "error.field_invalid")
		} else if err != nil {
			return err
		}
	}
	return bad.Err()
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, actor org.Actor, c Customer, contacts []Contact) error {
	if _, err := tx.Bulk(ctx, db.Bulk{Table: "customer", Columns: customerColumns},
		db.Rows([]Customer{c}, Customer.insertArgs)); err != nil {
		return err
	}
	if c.Card != "" {
		if err := s.claim(ctx, tx, actor, c.ID, card, c.Card); err != nil {
			return err
		}
	}
	if err := s.setContacts(ctx, tx, actor, c.ID, nil, contacts); err != nil {
		return err
	}
	return reindex(ctx, tx, Customer{}, c, nil, contacts)
}

// Holder is somebody who already has a contact that is being typed.
type Holder struct {
	ID      ID
	Name    string
	InReach bool // whether the actor may open the file
}

// FindHolder says whose contact this is, in whatever form it was typed; nil when
// it is nobody's yet. Outside of the actor's reach only the fact is told.
func (s *Service) FindHolder(ctx context.Context, actor org.Actor, kind Kind, raw string) (*Holder, error) {
	k, err := ParseContact(kind, raw)
	if err != nil {
		return nil, err
	}
	owner, err := holder(ctx, s.DB, k.Kind, k.Value)
	if err != nil || owner == 0 {
		return nil, err
	}
	c, err := s.Get(ctx, actor, owner)
	if errs.Is(err, errs.NotFound) {
		return &Holder{}, nil
	}
	if err != nil {
		return nil, err
	}
	return &Holder{ID: c.ID, Name: c.Name, InReach: true}, nil
}
