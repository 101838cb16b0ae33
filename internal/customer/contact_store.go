package customer

import (
	"context"
	"errors"
	"slices"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
)

const sqlContacts = `SELECT id, kind, value, label, main FROM contact WHERE customer_id = ? ORDER BY main DESC, id`

func scanContact(row db.Scanner) (Contact, error) {
	var c Contact
	err := row.Scan(&c.ID, &c.Kind, &c.Value, &c.Label, &c.Main)
	return c, err
}

func contacts(ctx context.Context, q db.Querier, c ID) ([]Contact, error) {
	return db.All(ctx, q, scanContact, sqlContacts, int64(c))
}

// holder is whose key it is; 0 when nobody's.
func holder(ctx context.Context, q db.Querier, kind Kind, value string) (ID, error) {
	c, err := db.One(ctx, q, db.Value[ID], `SELECT customer_id FROM contact_key WHERE kind = ? AND value = ?`, string(kind), value)
	if errors.Is(err, db.ErrNoRows) {
		return 0, nil
	}
	return c, err
}

// claim takes a phone, e-mail or card for a customer. If it is another's, that
// is a conflict, which names them by name and id to an actor who may see them.
func (s *Service) claim(ctx context.Context, tx *db.Tx, actor org.Actor, c ID, kind Kind, value string) error {
	n, err := tx.Exec(ctx, `INSERT INTO contact_key (kind, value, customer_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
		string(kind), value, int64(c))
	if err != nil || n == 1 {
		return err
	}
	owner, err := holder(ctx, tx, kind, value)
	if err != nil || owner == c {
		return err
	}
	e := errs.New(errs.Conflict, "customer.taken_elsewhere")
	switch other, err := s.getFrom(ctx, tx, actor, owner); {
	case err == nil:
		e = errs.New(errs.Conflict, takenKey[kind], "name", other.Name, "customer", owner.String())
	case !errs.Is(err, errs.NotFound):
		return err
	}
	e.Fields = []errs.Field{{Name: string(kind), Key: e.Key, Args: e.Args}}
	return e
}

var takenKey = map[Kind]string{
	Phone: "customer.phone_taken", Email: "customer.email_taken", WeChat: "customer.wechat_taken", card: "customer.card_taken",
}

func release(ctx context.Context, tx *db.Tx, c ID, kind Kind, value string) error {
	_, err := tx.Exec(ctx, `DELETE FROM contact_key WHERE kind = ? AND value = ? AND customer_id = ?`, string(kind), value, int64(c))
	return err
}

// setContacts makes the customer's contacts exactly these; the first of a kind
// is the main one. One that they had keeps its id.
func (s *Service) setContacts(ctx context.Context, tx *db.Tx, actor org.Actor, c ID, before, after []Contact) error {
	for _, old := range before {
		if slices.ContainsFunc(after, old.same) {
			continue
		}
		if err := release(ctx, tx, c, old.Kind, old.Value); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM contact WHERE customer_id = ? AND id = ?`, int64(c), int64(old.ID)); err != nil {
			return err
		}
	}
	main := map[Kind]bool{}
	for _, k := range after {
		k.ID, k.Main = id.New[Contact](), !main[k.Kind]
		main[k.Kind] = true
		if i := slices.IndexFunc(before, k.same); i >= 0 {
			if k.ID = before[i].ID; k == before[i] {
				continue
			}
		} else if err := s.claim(ctx, tx, actor, c, k.Kind, k.Value); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO contact (customer_id, id, kind, value, label, main) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (customer_id, id) DO UPDATE SET label = excluded.label, main = excluded.main`,
			int64(c), int64(k.ID), string(k.Kind), k.Value, k.Label, k.Main); err != nil {
			return err
		}
	}
	return nil
}
