package customer

import (
	"context"
	"errors"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/once"
	"github.com/ricejar/ricejar/internal/org"
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
		c, err = head(ctx, tx, first)
		return err
	})
	return c, err
}

// CreateTx is Create within a transaction.
func (s *Service) CreateTx(ctx context.Context, tx *db.Tx, actor org.Actor, in NewCustomer) (Customer, error) {
	c := Customer{
		ID: NewID(), Name: cleanLine(in.Name), Gender: in.Gender, Birth: in.Birth, Card: cleanLine(in.Card),
		StoreID: in.StoreID, OwnerID: in.OwnerID, ReferrerID: in.Referrer, Origin: in.Origin, ImportID: in.ImportID,
		Version: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
	}
	if c.StoreID == 0 {
		c.StoreID = actor.Staff.StoreID
	}
	if c.OwnerID == 0 && actor.Reach == org.ReachOwn {
		c.OwnerID = actor.ID()
	}
	var bad errs.Fields
	if c.Name == "" && len(in.Contacts) == 0 && c.Card == "" {
		bad.Add("name", "customer.name_or_phone")
	}
	c.check(&bad)
	if err := errors.Join(bad.Err(), s.checkPlace(actor, c)); err != nil {
		return Customer{}, err
	}
	if err := s.insert(ctx, tx, c, in.Contacts); err != nil {
		return Customer{}, err
	}
	if err := appendTimeline(ctx, tx, Entry{Customer: c.ID, At: tx.Now(), Ref: int64(c.ID), Kind: EntryCreated,
		Store: c.StoreID, Staff: actor.ID(), Data: map[string]any{"origin": string(c.Origin)}}); err != nil {
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

// checkPlace refuses to give a customer to a store or person out of the actor's reach.
func (s *Service) checkPlace(actor org.Actor, c Customer) error {
	if actor.Scope().Allows(c.OwnerID, c.StoreID) {
		return nil
	}
	return errs.New(errs.Forbidden, "customer.place_out_of_reach")
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, c Customer, contacts []Contact) error {
	if _, err := tx.Bulk(ctx, db.Bulk{Table: "customer", Columns: customerColumns},
		db.Rows([]Customer{c}, Customer.insertArgs)); err != nil {
		return err
	}
	if c.Card != "" {
		if err := claim(ctx, tx, c.ID, card, c.Card); err != nil {
			return err
		}
	}
	if err := setContacts(ctx, tx, c.ID, nil, contacts); err != nil {
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
	c, err := head(ctx, s.DB, owner)
	if err != nil {
		return nil, err
	}
	if !actor.Scope().Allows(c.OwnerID, c.StoreID) {
		return &Holder{}, nil
	}
	return &Holder{ID: c.ID, Name: c.Name, InReach: true}, nil
}
