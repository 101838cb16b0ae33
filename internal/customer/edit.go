package customer

import (
	"context"
	"errors"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/text"
)

// Edit is a changed head of a file. Version is the one the editor saw.
type Edit struct {
	Name     string
	Gender   Gender
	Birth    Birth
	Card     string
	Contacts []Contact
	StoreID  org.StoreID
	OwnerID  org.StaffID
	Referrer ID
	Origin   Origin
	VIP      bool
	Answers  []Answer
	Version  int64
}

// Update changes a file. If somebody else changed it meanwhile, that is a
// conflict and nothing is overwritten.
func (s *Service) Update(ctx context.Context, actor org.Actor, c ID, in Edit) (Customer, error) {
	var after Customer
	err := s.write(ctx, actor, c, func(ctx context.Context, tx *db.Tx, before Customer) error {
		if in.Version != before.Version {
			return errs.New(errs.Conflict, "customer.changed_meanwhile")
		}
		after = before
		after.Name, after.Gender, after.Birth, after.Card = text.Line(in.Name), in.Gender, in.Birth, text.Line(in.Card)
		after.StoreID, after.OwnerID, after.ReferrerID, after.Origin, after.VIP = in.StoreID, in.OwnerID, in.Referrer, in.Origin, in.VIP
		if err := s.updateTx(ctx, tx, actor, before, after, in.Contacts); err != nil {
			return err
		}
		if err := s.learn(ctx, tx, actor, after, in.Answers, FromTalk); err != nil {
			return err
		}
		var err error
		after, err = head(ctx, tx, c)
		return err
	})
	return after, err
}

func (s *Service) updateTx(ctx context.Context, tx *db.Tx, actor org.Actor, before, after Customer, has []Contact) error {
	has, err := s.check(ctx, tx, actor, before, after, has)
	if err != nil {
		return err
	}
	had, err := contacts(ctx, tx, after.ID)
	if err != nil {
		return err
	}
	return s.put(ctx, tx, actor, before, after, had, has)
}

// put writes a changed file with all that follows from it.
func (s *Service) put(ctx context.Context, tx *db.Tx, actor org.Actor, before, after Customer, had, has []Contact) error {
	if before.Card != after.Card {
		if before.Card != "" {
			if err := release(ctx, tx, after.ID, card, before.Card); err != nil {
				return err
			}
		}
		if after.Card != "" {
			if err := s.claim(ctx, tx, actor, after.ID, card, after.Card); err != nil {
				return err
			}
		}
	}
	if err := s.setContacts(ctx, tx, actor, after.ID, had, has); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE customer SET name = ?, gender = ?, birth_calendar = ?, birth_year = ?, birth_month = ?, birth_day = ?,
		birth_leap = ?, birth_key = ?, card_no = ?, store_id = ?, owner_id = ?, referrer_id = ?, origin = ?, vip = ? WHERE customer_id = ?`,
		after.Name, string(after.Gender), string(after.Birth.Calendar), after.Birth.Year, after.Birth.Month, after.Birth.Day,
		after.Birth.Leap, after.Birth.Key(), after.Card, int64(after.StoreID), int64(after.OwnerID), int64(after.ReferrerID),
		string(after.Origin), after.VIP, int64(after.ID)); err != nil {
		return err
	}
	if err := reindex(ctx, tx, before, after, had, has); err != nil {
		return err
	}
	if before.StoreID != after.StoreID || before.OwnerID != after.OwnerID {
		for _, hook := range s.onMoved {
			if err := hook(ctx, tx, after.ID, after.StoreID, after.OwnerID); err != nil {
				return err
			}
		}
	}
	kind, data := EntryEdited, map[string]any(nil)
	if before.OwnerID != after.OwnerID {
		kind, data = EntryOwner, map[string]any{"from": before.OwnerID.String(), "to": after.OwnerID.String()}
	}
	return errors.Join(
		touch(ctx, tx, after.ID),
		s.recount(ctx, tx, after, has),
		appendTimeline(ctx, tx, Entry{
			Customer: after.ID, At: tx.Now(), Ref: int64(id.New[Entry]()), Kind: kind,
			Store: after.StoreID, Staff: actor.ID(), Data: data,
		}))
}

// HandOver gives all customers of one associate to another, in one step; it
// returns how many. Nothing leaves with the person who goes: notes and facts
// belong to the customer.
func (s *Service) HandOver(ctx context.Context, actor org.Actor, from, to org.Staff) (int, error) {
	if from.ID == 0 || to.ID == 0 || from.ID == to.ID || !to.Active {
		return 0, errs.New(errs.Invalid, "customer.hand_over_wrong")
	}
	total := 0
	for after, last := ID(0), false; !last; {
		n, next, err := s.handOverChunk(ctx, actor, from, to, after)
		if err != nil {
			return total, err
		}
		total, after, last = total+n, next, next == 0
	}
	return total, nil
}

// handOverChunk is small enough for one transaction; what is done is no longer
// the leaver's, so that a broken hand-over goes on where it stopped.
const handOverChunk = 500

// handOverChunk hands over the customers after one, and returns how many and
// the last; 0 when there are no more.
func (s *Service) handOverChunk(ctx context.Context, actor org.Actor, from, to org.Staff, after ID) (n int, last ID, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, last = 0, 0
		where, args := actor.Scope().Where("c.owner_id", "c.store_id")
		args = append(append([]any{int64(from.ID), int64(after)}, args...), handOverChunk)
		list, err := db.All(ctx, tx, db.Value[ID], `SELECT c.customer_id FROM customer c WHERE c.owner_id = ? AND c.customer_id > ? AND `+where+
			` ORDER BY c.customer_id LIMIT ?`, args...)
		if err != nil {
			return err
		}
		for _, c := range list {
			before, err := s.lock(ctx, tx, actor, c)
			if errs.Is(err, errs.NotFound) || err == nil && before.OwnerID != from.ID {
				continue // somebody else has just given them away
			}
			if err != nil {
				return err
			}
			after := before
			after.OwnerID = to.ID
			if to.StoreID != 0 {
				after.StoreID = to.StoreID
			}
			has, err := contacts(ctx, tx, before.ID)
			if err != nil {
				return err
			}
			if err := s.updateTx(ctx, tx, actor, before, after, has); err != nil {
				return err
			}
			n++
		}
		if len(list) == handOverChunk {
			last = list[len(list)-1]
		}
		if n == 0 {
			return nil
		}
		return audit.Append(ctx, tx, audit.Entry{
			Staff: int64(actor.ID()), Action: "customer.hand_over", Subject: "staff:" + from.ID.String(),
			Detail: map[string]any{"to": to.ID.String(), "customers": n},
		})
	})
	return n, last, err
}
