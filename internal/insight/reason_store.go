package insight

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/once"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/text"
)

func scanTold(row db.Scanner) (Told, error) {
	var t Told
	var at int64
	err := row.Scan(&t.Customer, &t.ID, &t.Reason, &t.Note, &t.Staff, &at, &t.Warning)
	t.At = db.Time(at)
	return t, err
}

// maxReasonNote is how much may be written about a reason, in characters.
const maxReasonNote = 1000

// RecordReason notes why a customer stays away, as they told somebody, with the
// warning that stands against them now: so the warnings can be judged. Somebody
// who asks not to be disturbed, or has died, is not contacted any more. Sent twice
// with the same key (see package once) it is noted once.
func (s *Service) RecordReason(ctx context.Context, actor org.Actor, c customer.ID, why Reason, note, key string) (ReasonID, error) {
	if key != "" {
		key = actor.ID().String() + ":reason:" + key
	}
	var noted string
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		noted, _, err = once.Do(ctx, tx, key, func() (string, error) {
			t, err := s.RecordReasonTx(ctx, tx, actor, c, why, note)
			return t.ID.String(), err
		})
		return err
	})
	if err != nil {
		return 0, err
	}
	return id.Parse[Told](noted)
}

// RecordReasonTx is RecordReason within a transaction.
func (s *Service) RecordReasonTx(ctx context.Context, tx *db.Tx, actor org.Actor, c customer.ID, why Reason, note string) (Told, error) {
	var bad errs.Fields
	note = text.Clean(note)
	if !why.Valid() {
		bad.Add("reason", "error.field_invalid")
	}
	if utf8.RuneCountInString(note) > maxReasonNote {
		bad.Add("note", "error.too_long", "max", maxReasonNote)
	}
	if err := bad.Err(); err != nil {
		return Told{}, err
	}
	if err := s.writable(ctx, tx, actor, c); err != nil {
		return Told{}, err
	}
	t := Told{ID: id.New[Told](), Customer: c, Reason: why, Note: note, Staff: actor.ID(), At: tx.Now()}
	var err error
	if t.Warning, err = warningOf(ctx, tx, c); err != nil {
		return Told{}, err
	}
	var home org.StoreID
	refused, err := db.One(ctx, tx, func(row db.Scanner) (refused bool, err error) {
		err = row.Scan(&home, &refused)
		return refused, err
	}, `SELECT store_id, do_not_contact FROM customer WHERE customer_id = ?`, int64(c))
	if err != nil {
		return Told{}, err
	}
	refuses := (why == DoNotDisturb || why == Died) && !refused
	_, err = tx.Exec(ctx, `INSERT INTO lost_reason (customer_id, id, reason, note, staff_id, at, warning, refused) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		int64(c), int64(t.ID), string(why), note, int64(t.Staff), db.Millis(t.At), string(t.Warning), refuses)
	if err != nil {
		return Told{}, err
	}
	if err := s.Customers.AppendTimelineTx(ctx, tx, t.entry(home)); err != nil {
		return Told{}, err
	}
	if refuses {
		err := s.Customers.SetConsentTx(ctx, tx, actor, c, customer.Consent{Purpose: customer.ForAll, Channel: customer.AllChannels, Source: customer.FromTalk})
		if err != nil {
			return Told{}, err
		}
	}
	return t, s.audit(ctx, tx, actor, "insight.reason", "customer:"+c.String(), map[string]any{"reason": string(why), "refused": refuses})
}

// ForgetReason takes a reason back that was noted by mistake, and the refusal of
// contact that was noted with it.
func (s *Service) ForgetReason(ctx context.Context, actor org.Actor, c customer.ID, reason ReasonID) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.writable(ctx, tx, actor, c); err != nil {
			return err
		}
		var at int64
		refused, err := db.One(ctx, tx, func(row db.Scanner) (refused bool, err error) {
			err = row.Scan(&refused, &at)
			return refused, err
		}, `DELETE FROM lost_reason WHERE customer_id = ? AND id = ? RETURNING refused, at`, int64(c), int64(reason))
		if errors.Is(err, db.ErrNoRows) {
			return errs.New(errs.NotFound, "insight.reason_not_found")
		}
		if err != nil {
			return err
		}
		if err := s.Customers.RemoveTimelineTx(ctx, tx, c, db.Time(at), int64(reason), EntryReason); err != nil {
			return err
		}
		if refused {
			if err := s.takeBackRefusal(ctx, tx, c, at); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, actor, "insight.reason_forget", "customer:"+c.String(), map[string]any{"reason": reason.String()})
	})
}

// takeBackRefusal takes back the refusal that was noted then, unless the customer
// has said something about contact since.
func (s *Service) takeBackRefusal(ctx context.Context, tx *db.Tx, c customer.ID, at int64) error {
	since, err := db.One(ctx, tx, db.Value[int], `SELECT COUNT(*) FROM consent
		WHERE customer_id = ? AND purpose = 'all' AND channel = 'all' AND at > ?`, int64(c), at)
	if err != nil || since > 0 {
		return err
	}
	return s.Customers.TakeBackRefusalTx(ctx, tx, c)
}

// writable locks a customer in whose file the actor may write.
func (s *Service) writable(ctx context.Context, tx *db.Tx, actor org.Actor, c customer.ID) error {
	if err := actor.Need(org.CustomersWrite); err != nil {
		return err
	}
	if err := s.Customers.LockTx(ctx, tx, []customer.ID{c}); err != nil {
		return err
	}
	return s.Customers.ReachTx(ctx, tx, actor, c)
}

// warningOf is the warning that stands against a customer.
func warningOf(ctx context.Context, q db.Querier, c customer.ID) (Sign, error) {
	h, err := readHead(ctx, q)
	if err != nil {
		return "", err
	}
	sign, err := db.One(ctx, q, db.Value[Sign], `SELECT warning FROM insight_score WHERE customer_id = ? AND half = ?`, int64(c), h.half)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return sign, err
}

// LatestReasons are the latest reasons of those among some customers who are
// within the actor's reach and told one.
func (s *Service) LatestReasons(ctx context.Context, actor org.Actor, customers []customer.ID) (map[customer.ID]Told, error) {
	if err := actor.Need(org.CustomersRead); err != nil {
		return nil, err
	}
	m := make(map[customer.ID]Told)
	where, scope := actor.Scope().Where("c.owner_id", "c.store_id")
	for part := range slices.Chunk(customers, 200) {
		err := db.Each(ctx, s.DB, func(row db.Scanner) error {
			t, err := scanTold(row)
			m[t.Customer] = t // the later overwrites the earlier
			return err
		}, `SELECT t.customer_id, t.id, t.reason, t.note, t.staff_id, t.at, t.warning FROM lost_reason t
			JOIN customer c ON c.customer_id = t.customer_id
			WHERE t.customer_id IN (`+db.In(len(part))+`) AND `+where+` ORDER BY t.customer_id, t.id`, append(db.Args(part), scope...)...)
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

// ReasonsOf are the reasons a customer told, the latest first.
func (s *Service) ReasonsOf(ctx context.Context, actor org.Actor, c customer.ID) ([]Told, error) {
	if err := actor.Need(org.CustomersRead); err != nil {
		return nil, err
	}
	if err := s.Customers.Reach(ctx, actor, c); err != nil {
		return nil, err
	}
	return db.All(ctx, s.DB, scanTold, sqlReasonsOf, int64(c))
}

const sqlReasonsOf = `SELECT customer_id, id, reason, note, staff_id, at, warning FROM lost_reason
	WHERE customer_id = ? ORDER BY id DESC LIMIT 100`
