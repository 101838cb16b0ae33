package customer

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/once"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/text"
)

// NoteID is a note's id within its customer.
type NoteID = id.Of[Note]

// Note is what somebody wrote down about a customer. It belongs to the
// customer, not to the writer.
type Note struct {
	ID    NoteID
	Body  string
	Staff org.StaffID
	At    time.Time
}

func scanNote(row db.Scanner) (Note, error) {
	var n Note
	var at int64
	err := row.Scan(&n.ID, &n.Body, &n.Staff, &at)
	n.At = db.Time(at)
	return n, err
}

func notes(ctx context.Context, q db.Querier, c ID, limit int) ([]Note, error) {
	return db.All(ctx, q, scanNote, `SELECT id, body, staff_id, at FROM note
		WHERE customer_id = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT ?`, int64(c), limit)
}

// Notes is a page of a customer's notes, the latest first, from before the one
// given (0: the latest), and before which the next page begins; 0: this is the last.
func (s *Service) Notes(ctx context.Context, actor org.Actor, c ID, before NoteID, limit int) ([]Note, NoteID, error) {
	if err := s.Reach(ctx, actor, c); err != nil {
		return nil, 0, err
	}
	if before == 0 {
		before = 1<<63 - 1
	}
	list, err := db.All(ctx, s.DB, scanNote, `SELECT id, body, staff_id, at FROM note
		WHERE customer_id = ? AND id < ? AND deleted_at IS NULL ORDER BY id DESC LIMIT ?`, int64(c), int64(before), limit+1)
	if err != nil || len(list) <= limit {
		return list, 0, err
	}
	return list[:limit], list[limit-1].ID, nil
}

// AddNote writes a note into the file and onto the timeline. Sent twice with the
// same key (see package once) it is written once.
func (s *Service) AddNote(ctx context.Context, actor org.Actor, c ID, body, key string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, _, err := once.Do(ctx, tx, ownKey(actor, "note", key), func() (string, error) {
			n, err := s.AddNoteTx(ctx, tx, actor, c, body)
			return n.ID.String(), err
		})
		return err
	})
}

// ownKey is a request's key among those of the actor for one kind of request.
func ownKey(actor org.Actor, what, key string) string {
	if key == "" {
		return ""
	}
	return actor.ID().String() + ":" + what + ":" + key
}

// AddNoteTx is AddNote within a transaction.
func (s *Service) AddNoteTx(ctx context.Context, tx *db.Tx, actor org.Actor, c ID, body string) (Note, error) {
	who, err := s.lock(ctx, tx, actor, c)
	if err != nil {
		return Note{}, err
	}
	return s.addNote(ctx, tx, actor, who, body)
}

func (s *Service) addNote(ctx context.Context, tx *db.Tx, actor org.Actor, c Customer, body string) (Note, error) {
	n := Note{ID: id.New[Note](), Body: text.Clean(body), Staff: actor.ID(), At: tx.Now()}
	var bad errs.Fields
	if n.Body == "" {
		bad.Add("note", "error.required")
	} else if utf8.RuneCountInString(n.Body) > maxNote {
		bad.Add("note", "error.too_long", "max", maxNote)
	}
	if err := bad.Err(); err != nil {
		return Note{}, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO note (customer_id, id, body, staff_id, at) VALUES (?, ?, ?, ?, ?)`,
		int64(c.ID), int64(n.ID), n.Body, int64(n.Staff), db.Millis(n.At)); err != nil {
		return Note{}, err
	}
	if err := touch(ctx, tx, c.ID); err != nil {
		return Note{}, err
	}
	return n, appendTimeline(ctx, tx, noteEntry(c, n))
}

func noteEntry(c Customer, n Note) Entry {
	return Entry{
		Customer: c.ID, At: n.At, Ref: int64(n.ID), Kind: EntryNote, Store: c.StoreID, Staff: n.Staff,
		Data: map[string]any{"body": n.Body},
	}
}

// RemoveNote takes a note out of the file; RestoreNote brings it back.
func (s *Service) RemoveNote(ctx context.Context, actor org.Actor, c ID, note NoteID) error {
	return s.setNoteRemoved(ctx, actor, c, note, true)
}

// RestoreNote undoes RemoveNote.
func (s *Service) RestoreNote(ctx context.Context, actor org.Actor, c ID, note NoteID) error {
	return s.setNoteRemoved(ctx, actor, c, note, false)
}

func (s *Service) setNoteRemoved(ctx context.Context, actor org.Actor, c ID, note NoteID, removed bool) error {
	return s.write(ctx, actor, c, func(ctx context.Context, tx *db.Tx, who Customer) error {
		var at any
		if removed {
			at = db.Millis(tx.Now())
		}
		changed, err := tx.Exec(ctx, `UPDATE note SET deleted_at = ? WHERE customer_id = ? AND id = ?`, at, int64(c), int64(note))
		if err != nil {
			return err
		}
		if changed == 0 {
			return errs.New(errs.NotFound, "customer.note_not_found")
		}
		n, err := db.One(ctx, tx, scanNote, `SELECT id, body, staff_id, at FROM note WHERE customer_id = ? AND id = ?`, int64(c), int64(note))
		if err != nil {
			return err
		}
		if removed {
			return s.RemoveTimelineTx(ctx, tx, c, n.At, int64(n.ID), EntryNote)
		}
		return appendTimeline(ctx, tx, noteEntry(who, n))
	})
}
