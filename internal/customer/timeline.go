package customer

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
)

// EntryKind is what a line of the timeline tells of; the message
// timeline.<kind> is its sentence.
type EntryKind string

// The kinds this package writes; other contexts add their own.
const (
	EntryCreated EntryKind = "created"
	EntryEdited  EntryKind = "edited"
	EntryFact    EntryKind = "fact"
	EntryNote    EntryKind = "note"
	EntryConsent EntryKind = "consent"
	EntryOwner   EntryKind = "owner"
)

// Entry is one line of a customer's story. Ref is the id of the fact it tells
// of, so that undoing the fact can take the line along. Data holds the
// arguments of its sentence, plain JSON values.
type Entry struct {
	Customer ID
	At       time.Time
	Ref      int64
	Kind     EntryKind
	Store    org.StoreID
	Staff    org.StaffID
	Data     map[string]any
}

var timelineColumns = []string{"customer_id", "at", "id", "kind", "store_id", "staff_id", "data"}

// AppendTimelineTx adds lines to customers' stories, in the transaction of the
// facts they tell of. Adding a line again changes nothing.
func (s *Service) AppendTimelineTx(ctx context.Context, tx *db.Tx, entries ...Entry) error {
	return appendTimeline(ctx, tx, entries...)
}

func appendTimeline(ctx context.Context, tx *db.Tx, entries ...Entry) error {
	for _, e := range entries {
		row, err := e.row()
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO timeline (customer_id, at, id, kind, store_id, staff_id, data)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, row...); err != nil {
			return err
		}
	}
	return nil
}

// BulkTimelineTx is AppendTimelineTx for an import's thousands. They tell of
// facts recorded in the same transaction, so none of the lines is there yet.
func (s *Service) BulkTimelineTx(ctx context.Context, tx *db.Tx, entries iter.Seq[Entry]) error {
	_, err := tx.Bulk(ctx, db.Bulk{Table: "timeline", Columns: timelineColumns}, func(yield func([]any, error) bool) {
		for e := range entries {
			if !yield(e.row()) {
				return
			}
		}
	})
	return err
}

func (e Entry) row() ([]any, error) {
	data := []byte("{}")
	if len(e.Data) > 0 {
		var err error
		if data, err = json.Marshal(e.Data); err != nil {
			return nil, fmt.Errorf("timeline entry %s: %w", e.Kind, err)
		}
	}
	return []any{int64(e.Customer), db.Millis(e.At), e.Ref, string(e.Kind), int64(e.Store), int64(e.Staff), string(data)}, nil
}

// RemoveTimelineTx takes a fact's line out of the story, when the fact is undone.
func (s *Service) RemoveTimelineTx(ctx context.Context, tx *db.Tx, c ID, at time.Time, ref int64, kind EntryKind) error {
	_, err := tx.Exec(ctx, `DELETE FROM timeline WHERE customer_id = ? AND at = ? AND id = ? AND kind = ?`,
		int64(c), db.Millis(at), ref, string(kind))
	return err
}

// TimelineCursor is where a story continues: before this line.
type TimelineCursor struct {
	At   int64
	Ref  int64
	Kind EntryKind
}

// Timeline is a page of the customer's story, the latest first, and where the
// next page begins (the zero cursor when this is the last).
func (s *Service) Timeline(ctx context.Context, actor org.Actor, c ID, after TimelineCursor, limit int) ([]Entry, TimelineCursor, error) {
	if err := s.Reach(ctx, actor, c); err != nil {
		return nil, TimelineCursor{}, err
	}
	query := `SELECT customer_id, at, id, kind, store_id, staff_id, data FROM timeline WHERE customer_id = ?`
	args := []any{int64(c)}
	if after != (TimelineCursor{}) {
		query += ` AND (at, id, kind) < (?, ?, ?)`
		args = append(args, after.At, after.Ref, string(after.Kind))
	}
	list, err := db.All(ctx, s.DB, scanEntry, query+` ORDER BY at DESC, id DESC, kind DESC LIMIT ?`, append(args, limit+1)...)
	if err != nil || len(list) <= limit {
		return list, TimelineCursor{}, err
	}
	list = list[:limit]
	last := list[limit-1]
	return list, TimelineCursor{db.Millis(last.At), last.Ref, last.Kind}, nil
}

func scanEntry(row db.Scanner) (Entry, error) {
	var e Entry
	var at int64
	var data string
	if err := row.Scan(&e.Customer, &at, &e.Ref, &e.Kind, &e.Store, &e.Staff, &data); err != nil {
		return e, err
	}
	e.At = db.Time(at)
	return e, json.Unmarshal([]byte(data), &e.Data)
}
