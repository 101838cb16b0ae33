package customer

import (
	"context"
	"errors"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
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

// claim takes a phone, e-mail or card for a customer. If it is another's, the
// conflict names them by id, and by name where the field error is shown.
func claim(ctx context.Context, tx *db.Tx, c ID, kind Kind, value string) error {
	n, err := tx.Exec(ctx, `INSERT INTO contact_key (kind, value, customer_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
		string(kind), value, int64(c))
	if err != nil || n == 1 {
		return err
	}
	owner, err := holder(ctx, tx, kind, value)
	if err != nil || owner == c {
		return err
	}
	name, err := db.One(ctx, tx, db.Value[string], `SELECT name FROM customer WHERE customer_id = ?`, int64(owner))
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return err
	}
	e := errs.New(errs.Conflict, takenKey[kind], "name", name, "customer", owner.String())
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
// is the main one.
func setContacts(ctx context.Context, tx *db.Tx, c ID, before, after []Contact) error {
	has := func(list []Contact, k Contact) bool {
		for _, x := range list {
			if x.Kind == k.Kind && x.Value == k.Value {
				return true
			}
		}
		return false
	}
	for _, old := range before {
		if !has(after, old) {
			if err := release(ctx, tx, c, old.Kind, old.Value); err != nil {
				return err
			}
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM contact WHERE customer_id = ?`, int64(c)); err != nil {
		return err
	}
	main := map[Kind]bool{}
	for _, k := range after {
		if !has(before, k) {
			if err := claim(ctx, tx, c, k.Kind, k.Value); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO contact (customer_id, id, kind, value, label, main) VALUES (?, ?, ?, ?, ?, ?)`,
			int64(c), int64(id.New[Contact]()), string(k.Kind), k.Value, k.Label, !main[k.Kind]); err != nil {
			return err
		}
		main[k.Kind] = true
	}
	return nil
}
