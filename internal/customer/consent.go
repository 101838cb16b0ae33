package customer

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/text"
)

// ConsentID is a consent entry's id within its customer.
type ConsentID = id.Of[Consent]

// Purpose is what a customer agreed to be contacted for.
type Purpose string

// The purposes. All stands for every purpose.
const (
	ForCare      Purpose = "care"
	ForMarketing Purpose = "marketing"
	ForAll       Purpose = "all"
)

// AllChannels stands for every way of contact.
const AllChannels = "all"

// Consent is what a customer said about being contacted; the newest entry for a
// purpose and channel counts.
type Consent struct {
	ID      ConsentID
	Purpose Purpose
	Channel string // phone, sms, email, wechat, all
	Granted bool
	Source  Source
	Wording string
	Staff   org.StaffID
	At      time.Time
}

func scanConsent(row db.Scanner) (Consent, error) {
	var c Consent
	var at int64
	err := row.Scan(&c.ID, &c.Purpose, &c.Channel, &c.Granted, &c.Source, &c.Wording, &c.Staff, &at)
	c.At = db.Time(at)
	return c, err
}

// consents are the entries that count now, one per purpose and channel.
func consents(ctx context.Context, q db.Querier, c ID) ([]Consent, error) {
	list, err := db.All(ctx, q, scanConsent, `SELECT id, purpose, channel, granted, source, wording, staff_id, at FROM consent
		WHERE customer_id = ? ORDER BY id DESC`, int64(c))
	if err != nil {
		return nil, err
	}
	var now []Consent
	for _, e := range list {
		if !slices.ContainsFunc(now, func(x Consent) bool { return x.Purpose == e.Purpose && x.Channel == e.Channel }) {
			now = append(now, e)
		}
	}
	return now, nil
}

// SetConsent records what the customer said, with its wording and source.
// Withdrawing everything makes the customer one who is not contacted.
func (s *Service) SetConsent(ctx context.Context, actor org.Actor, c ID, in Consent) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.SetConsentTx(ctx, tx, actor, c, in)
	})
}

// SetConsentTx is SetConsent within a transaction.
func (s *Service) SetConsentTx(ctx context.Context, tx *db.Tx, actor org.Actor, c ID, in Consent) error {
	who, err := s.lock(ctx, tx, actor, c)
	if err != nil {
		return err
	}
	if !slices.Contains([]Purpose{ForCare, ForMarketing, ForAll}, in.Purpose) ||
		!slices.Contains([]string{"phone", "sms", "email", "wechat", AllChannels}, in.Channel) || !in.Source.Valid() {
		return errs.New(errs.Invalid, "error.field_invalid")
	}
	in.ID, in.Staff, in.At, in.Wording = id.New[Consent](), actor.ID(), tx.Now(), text.Clean(in.Wording)
	if utf8.RuneCountInString(in.Wording) > maxNote {
		return errs.New(errs.Invalid, "error.too_long", "max", maxNote)
	}
	// The newest counts, even where the clock of the server before was ahead.
	newest, err := db.One(ctx, tx, db.Value[int64], `SELECT COALESCE(MAX(id), 0) FROM consent WHERE customer_id = ?`, int64(c))
	if err != nil {
		return err
	}
	in.ID = max(in.ID, ConsentID(newest+1))
	if _, err := tx.Exec(ctx, `INSERT INTO consent (customer_id, id, purpose, channel, granted, source, wording, staff_id, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, int64(c), int64(in.ID), string(in.Purpose), in.Channel, in.Granted, string(in.Source),
		in.Wording, int64(in.Staff), db.Millis(in.At)); err != nil {
		return err
	}
	if in.Purpose == ForAll && in.Channel == AllChannels {
		if _, err := tx.Exec(ctx, `UPDATE customer SET do_not_contact = ? WHERE customer_id = ?`, !in.Granted, int64(c)); err != nil {
			return err
		}
		for _, hook := range s.onContactForbidden {
			if in.Granted {
				break
			}
			if err := hook(ctx, tx, c); err != nil {
				return err
			}
		}
	}
	if err := touch(ctx, tx, c); err != nil {
		return err
	}
	return appendTimeline(ctx, tx, Entry{
		Customer: c, At: in.At, Ref: int64(in.ID), Kind: EntryConsent, Store: who.StoreID, Staff: in.Staff,
		Data: map[string]any{"purpose": string(in.Purpose), "channel": in.Channel, "granted": in.Granted},
	})
}

// TakeBackRefusalTx removes the latest refusal of all contact, which somebody
// noted by mistake: nobody said it, and nobody is said to have agreed instead.
// What the customer had said before counts again.
func (s *Service) TakeBackRefusalTx(ctx context.Context, tx *db.Tx, c ID) error {
	if err := s.LockTx(ctx, tx, []ID{c}); err != nil {
		return err
	}
	list, err := db.All(ctx, tx, scanConsent, `SELECT id, purpose, channel, granted, source, wording, staff_id, at FROM consent
		WHERE customer_id = ? AND purpose = 'all' AND channel = 'all' ORDER BY id DESC LIMIT 2`, int64(c))
	if err != nil || len(list) == 0 || list[0].Granted {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM consent WHERE customer_id = ? AND id = ?`, int64(c), int64(list[0].ID)); err != nil {
		return err
	}
	refusedBefore := len(list) > 1 && !list[1].Granted
	if _, err := tx.Exec(ctx, `UPDATE customer SET do_not_contact = ? WHERE customer_id = ?`, refusedBefore, int64(c)); err != nil {
		return err
	}
	if err := touch(ctx, tx, c); err != nil {
		return err
	}
	return s.RemoveTimelineTx(ctx, tx, c, list[0].At, int64(list[0].ID), EntryConsent)
}
