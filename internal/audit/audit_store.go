package audit

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/ricejar/ricejar/internal/db"
)

// Append puts an act on record, at the instant of the transaction. The ID and
// the instant of e are not looked at.
func Append(ctx context.Context, tx *db.Tx, e Entry) error {
	detail := []byte("{}")
	if e.Detail != nil {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return fmt.Errorf("audit %s: %w", e.Action, err)
		}
	}
	e.At = tx.Now()
	// The first step locks the end of the chain for everybody else.
	prev, err := db.One(ctx, tx, func(row db.Scanner) (hash []byte, err error) {
		err = row.Scan(&e.ID, &hash)
		return hash, err
	}, "UPDATE audit_head SET entries = entries + 1 WHERE id = 1 RETURNING entries, hash")
	if err != nil {
		return fmt.Errorf("append to the audit trail: %w", err)
	}
	hash := e.sum(prev, detail)
	if _, err := tx.Exec(ctx, "UPDATE audit_head SET hash = ? WHERE id = 1", hash); err != nil {
		return fmt.Errorf("append to the audit trail: %w", err)
	}
	_, err = tx.Exec(ctx, "INSERT INTO audit_entry (id, at, staff_id, action, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
		e.ID, db.Millis(e.At), e.Staff, e.Action, e.Subject, string(detail), hash)
	if err != nil {
		return fmt.Errorf("append to the audit trail: %w", err)
	}
	return nil
}

// Record is Append for the hooks of packages that do not know this one.
func Record(ctx context.Context, tx *db.Tx, staff int64, action, subject string, detail any) error {
	return Append(ctx, tx, Entry{Staff: staff, Action: action, Subject: subject, Detail: detail})
}

// Service reads the record.
type Service struct {
	DB *db.DB
}

func scanEntry(row db.Scanner) (e Entry, detail, hash []byte, err error) {
	var at int64
	var text string
	err = row.Scan(&e.ID, &at, &e.Staff, &e.Action, &e.Subject, &text, &hash)
	e.At, e.Detail = db.Time(at), json.RawMessage(text)
	return e, []byte(text), hash, err
}

const entryColumns = "id, at, staff_id, action, subject, detail, hash"

// Filter chooses entries.
type Filter struct {
	Staff   int64  // 0: anybody
	Action  string // empty: any
	Subject string // empty: any
	Before  int64  // the ID before which the page begins; 0: the newest
	Limit   int    // 0: 50
}

// List is a page of the record, the newest first. The next page begins before
// the last ID of this one.
func (s *Service) List(ctx context.Context, f Filter) ([]Entry, error) {
	cond, args := []string{"id > 0"}, []any(nil)
	add := func(c string, arg any) {
		cond, args = append(cond, c), append(args, arg)
	}
	if f.Staff != 0 {
		add("staff_id = ?", f.Staff)
	}
	if f.Action != "" {
		add("action = ?", f.Action)
	}
	if f.Subject != "" {
		add("subject = ?", f.Subject)
	}
	if f.Before != 0 {
		add("id < ?", f.Before)
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	return db.All(ctx, s.DB, func(row db.Scanner) (Entry, error) {
		e, _, _, err := scanEntry(row)
		return e, err
	}, "SELECT "+entryColumns+" FROM audit_entry WHERE "+strings.Join(cond, " AND ")+" ORDER BY id DESC LIMIT ?",
		append(args, f.Limit)...)
}

// Report is what Verify found.
type Report struct {
	Entries int64  // that hold together, from the first
	Hash    string // at their end, to be kept outside
	Broken  int64  // the ID at which the chain breaks; 0: it is whole
}

// errBroken ends the reading at the first broken link.
var errBroken = errors.New("audit: the chain is broken")

// Verify follows the chain from its beginning to its end. A broken link is a
// finding, not an error.
func (s *Service) Verify(ctx context.Context) (r Report, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		r = Report{}
		var prev []byte
		whole := true
		err := db.Each(ctx, tx, func(row db.Scanner) error {
			e, detail, hash, err := scanEntry(row)
			if err != nil {
				return err
			}
			if e.ID != r.Entries+1 || !bytes.Equal(e.sum(prev, detail), hash) {
				whole = false
				return errBroken
			}
			r.Entries, prev = e.ID, hash
			return nil
		}, "SELECT "+entryColumns+" FROM audit_entry ORDER BY id")
		if err != nil && !errors.Is(err, errBroken) {
			return err
		}
		if whole {
			whole, err = db.One(ctx, tx, func(row db.Scanner) (bool, error) {
				var entries int64
				var hash []byte
				err := row.Scan(&entries, &hash)
				return entries == r.Entries && bytes.Equal(hash, prev), err
			}, "SELECT entries, hash FROM audit_head WHERE id = 1")
			if err != nil {
				return err
			}
		}
		if r.Hash = hex.EncodeToString(prev); !whole {
			r.Broken = r.Entries + 1
		}
		return nil
	})
	return r, err
}
