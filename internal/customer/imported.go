package customer

import (
	"context"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/text"
)

// TouchTx moves files that were last changed before an instant to the top of
// the lists. It is no edit: the version stays. Walk-ins are passed over.
func (s *Service) TouchTx(ctx context.Context, tx *db.Tx, ids []ID, before time.Time) error {
	ids = slices.DeleteFunc(slices.Clone(ids), func(c ID) bool { return c < 0 })
	for chunk := range slices.Chunk(ids, 200) {
		args := append([]any{db.Millis(tx.Now()), db.Millis(before)}, db.Args(chunk)...)
		if _, err := tx.Exec(ctx, `UPDATE customer SET updated_at = ? WHERE updated_at < ? AND customer_id IN (`+db.In(len(chunk))+`)`, args...); err != nil {
			return err
		}
	}
	return nil
}

// Patch is what a file of customers tells about one who is known already.
type Patch struct {
	Name     string
	Gender   Gender
	Birth    Birth
	Card     string
	Contacts []Contact // added to those there are
	StoreID  org.StoreID
	OwnerID  org.StaffID
	Answers  []Answer
	Note     string
}

// Patched is what a patch changed, so that it can be taken back.
type Patched struct {
	Customer      ID
	Before, After PatchedHead
	Contacts      []Contact     `json:",omitempty"` // added
	Facts         []PatchedFact `json:",omitempty"`
	Note          NoteID        `json:",omitempty"`

	Lines []TimelineCursor `json:",omitempty"` // what the story tells of it
}

// PatchedHead are the parts of a head that a file can tell.
type PatchedHead struct {
	Name   string
	Gender Gender
	Birth  Birth
	Card   string
	Store  org.StoreID
	Owner  org.StaffID
}

// PatchedFact is a fact before and after.
type PatchedFact struct{ Field, Before, After string }

func patchable(c Customer) PatchedHead {
	return PatchedHead{c.Name, c.Gender, c.Birth, c.Card, c.StoreID, c.OwnerID}
}

func (h PatchedHead) onto(c Customer) Customer {
	c.Name, c.Gender, c.Birth, c.Card, c.StoreID, c.OwnerID = h.Name, h.Gender, h.Birth, h.Card, h.Store, h.Owner
	return c
}

// take gives v, when it tells anything and there is nothing yet or it may replace.
func take[T comparable](have, v T, replace bool) T {
	var none T
	if v == none || have != none && !replace {
		return have
	}
	return v
}

// told is what f adds to a customer's story.
func told(ctx context.Context, tx *db.Tx, c ID, f func() error) ([]TimelineCursor, error) {
	lines := func() ([]TimelineCursor, error) {
		return db.All(ctx, tx, func(row db.Scanner) (l TimelineCursor, err error) {
			err = row.Scan(&l.At, &l.Ref, &l.Kind)
			return l, err
		}, `SELECT at, id, kind FROM timeline WHERE customer_id = ? AND at = ?`, int64(c), db.Millis(tx.Now()))
	}
	before, err := lines()
	if err != nil {
		return nil, err
	}
	if err := f(); err != nil {
		return nil, err
	}
	after, err := lines()
	return slices.DeleteFunc(after, func(l TimelineCursor) bool { return slices.Contains(before, l) }), err
}

// untell takes lines out of a customer's story.
func untell(ctx context.Context, tx *db.Tx, c ID, lines []TimelineCursor) error {
	for _, l := range lines {
		if _, err := tx.Exec(ctx, `DELETE FROM timeline WHERE customer_id = ? AND at = ? AND id = ? AND kind = ?`,
			int64(c), l.At, l.Ref, string(l.Kind)); err != nil {
			return err
		}
	}
	return nil
}

// PatchTx fills what is empty in a file; with replace it also overwrites what
// differs. It returns nil when there was nothing to change.
func (s *Service) PatchTx(ctx context.Context, tx *db.Tx, actor org.Actor, c ID, in Patch, replace bool) (*Patched, error) {
	var p *Patched
	lines, err := told(ctx, tx, c, func() error {
		var err error
		p, err = s.patch(ctx, tx, actor, c, in, replace)
		return err
	})
	if p != nil {
		p.Lines = lines
	}
	return p, err
}

func (s *Service) patch(ctx context.Context, tx *db.Tx, actor org.Actor, c ID, in Patch, replace bool) (*Patched, error) {
	before, err := s.lock(ctx, tx, actor, c)
	if err != nil {
		return nil, err
	}
	had, err := contacts(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	facts, err := currentFacts(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	p := Patched{Customer: c, Before: patchable(before)}
	p.After = PatchedHead{
		take(before.Name, text.Line(in.Name), replace), take(before.Gender, in.Gender, replace), take(before.Birth, in.Birth, replace),
		take(before.Card, text.Line(in.Card), replace), take(before.StoreID, in.StoreID, replace), take(before.OwnerID, in.OwnerID, replace),
	}
	has := slices.Clone(had)
	for _, k := range in.Contacts {
		if !slices.ContainsFunc(has, k.same) {
			has, p.Contacts = append(has, k), append(p.Contacts, k)
		}
	}
	after := p.After.onto(before)
	if p.Before != p.After || len(p.Contacts) > 0 {
		if err := s.updateTx(ctx, tx, actor, before, after, has); err != nil {
			return nil, err
		}
	}
	var answers []Answer
	for _, a := range in.Answers {
		old := ""
		if i := slices.IndexFunc(facts, func(f Fact) bool { return f.Field == a.Field }); i >= 0 {
			old = facts[i].Value
		}
		if a.Value != "" && a.Value != old && (old == "" || replace) {
			answers, p.Facts = append(answers, a), append(p.Facts, PatchedFact{a.Field, old, a.Value})
		}
	}
	if len(answers) > 0 {
		if err := s.learn(ctx, tx, actor, after, answers, FromImport); err != nil {
			return nil, err
		}
	}
	if in.Note != "" {
		known, err := db.All(ctx, tx, db.Value[NoteID], `SELECT id FROM note WHERE customer_id = ? AND body = ?`, int64(c), text.Clean(in.Note))
		if err != nil {
			return nil, err
		}
		if len(known) == 0 {
			n, err := s.addNote(ctx, tx, actor, after, in.Note)
			if err != nil {
				return nil, err
			}
			p.Note = n.ID
		}
	}
	if p.Before == p.After && len(p.Contacts)+len(p.Facts) == 0 && p.Note == 0 {
		return nil, nil
	}
	return &p, nil
}

// UnpatchTx takes a patch back where nobody has changed the same since, and with
// it what the story tells of it: afterwards the file is as if it had never been.
func (s *Service) UnpatchTx(ctx context.Context, tx *db.Tx, actor org.Actor, p Patched) error {
	lines, err := told(ctx, tx, p.Customer, func() error { return s.unpatch(ctx, tx, actor, p) })
	if err != nil {
		return err
	}
	return untell(ctx, tx, p.Customer, slices.Concat(p.Lines, lines))
}

func (s *Service) unpatch(ctx context.Context, tx *db.Tx, actor org.Actor, p Patched) error {
	now, err := s.lock(ctx, tx, org.System, p.Customer)
	if err != nil {
		return err
	}
	had, err := contacts(ctx, tx, p.Customer)
	if err != nil {
		return err
	}
	h := patchable(now)
	back(&h.Name, p.Before.Name, p.After.Name)
	back(&h.Gender, p.Before.Gender, p.After.Gender)
	back(&h.Birth, p.Before.Birth, p.After.Birth)
	back(&h.Card, p.Before.Card, p.After.Card)
	back(&h.Store, p.Before.Store, p.After.Store)
	back(&h.Owner, p.Before.Owner, p.After.Owner)
	has := slices.DeleteFunc(slices.Clone(had), func(k Contact) bool {
		return slices.ContainsFunc(p.Contacts, k.same)
	})
	if h.Card != now.Card && h.Card != "" { // somebody else may have it by now
		switch other, err := holder(ctx, tx, card, h.Card); {
		case err != nil:
			return err
		case other != 0 && other != p.Customer:
			h.Card = now.Card
		}
	}
	after := h.onto(now)
	if h != patchable(now) || len(has) != len(had) {
		// Not checked again: it is what the file was, whoever undoes the import.
		if err := s.put(ctx, tx, actor, now, after, had, has); err != nil {
			return err
		}
	}
	facts, err := currentFacts(ctx, tx, p.Customer)
	if err != nil {
		return err
	}
	for _, f := range p.Facts {
		if !slices.ContainsFunc(facts, func(is Fact) bool { return is.Field == f.Field && is.Value == f.After }) {
			continue
		}
		err := s.learn(ctx, tx, actor, after, []Answer{{Field: f.Field, Value: f.Before}}, FromImport)
		if err != nil && !errs.Is(err, errs.Invalid) { // the field may not take any more what it was before
			return err
		}
	}
	if p.Note == 0 {
		return nil
	}
	written, err := db.All(ctx, tx, scanNote, `SELECT id, body, staff_id, at FROM note WHERE customer_id = ? AND id = ?`, int64(p.Customer), int64(p.Note))
	if err != nil || len(written) == 0 {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE note SET deleted_at = ? WHERE customer_id = ? AND id = ?`,
		db.Millis(tx.Now()), int64(p.Customer), int64(p.Note)); err != nil {
		return err
	}
	return s.RemoveTimelineTx(ctx, tx, p.Customer, written[0].At, int64(p.Note), EntryNote)
}

func back[T comparable](now *T, before, after T) {
	if before != after && *now == after {
		*now = before
	}
}

// ForgetImportedTx closes the files that an import opened and that nothing has
// happened to since: no purchase, note, edit or anything else in their story, and
// nobody whom they live with or brought.
// It looks at most at limit of them, after the one given, and returns those it
// closed, how many it kept, and the last it looked at (0 when there are no more).
func (s *Service) ForgetImportedTx(ctx context.Context, tx *db.Tx, importID int64, after ID, limit int) (gone []ID, kept int, last ID, err error) {
	list, err := db.All(ctx, tx, scanCustomer, `SELECT `+sqlCustomer+` FROM customer c WHERE c.import_id = ? AND c.import_id <> 0 AND c.customer_id > ?
		ORDER BY c.customer_id LIMIT ?`, importID, int64(after), limit)
	if err != nil {
		return nil, 0, 0, err
	}
	for _, c := range list {
		last = c.ID
		// Whoever is just writing something into the file is waited for.
		if c, err = s.lock(ctx, tx, org.System, c.ID); errs.Is(err, errs.NotFound) {
			continue
		} else if err != nil {
			return nil, 0, 0, err
		}
		since, err := db.All(ctx, tx, db.Value[int64], `SELECT at FROM timeline WHERE customer_id = ? AND at <> ? LIMIT 1`, int64(c.ID), db.Millis(c.CreatedAt))
		if err != nil {
			return nil, 0, 0, err
		}
		brought, err := db.All(ctx, tx, db.Value[ID], `SELECT customer_id FROM customer WHERE referrer_id = ? AND referrer_id <> 0 LIMIT 1`, int64(c.ID))
		if err != nil {
			return nil, 0, 0, err
		}
		if len(since)+len(brought) > 0 || c.HouseholdID != 0 {
			kept++
			continue
		}
		if err := s.forget(ctx, tx, c); err != nil {
			return nil, 0, 0, err
		}
		gone = append(gone, c.ID)
	}
	if len(list) < limit {
		last = 0
	}
	return gone, kept, last, nil
}

// forget removes a file and all that is found by it.
func (s *Service) forget(ctx context.Context, tx *db.Tx, c Customer) error {
	has, err := contacts(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	for _, t := range terms(c.Name, c.Card, has) {
		if _, err := tx.Exec(ctx, `DELETE FROM search_term WHERE term = ? AND customer_id = ?`, t, int64(c.ID)); err != nil {
			return err
		}
	}
	if c.Card != "" {
		has = append(has, Contact{Kind: card, Value: c.Card})
	}
	for _, k := range has {
		if err := release(ctx, tx, c.ID, k.Kind, k.Value); err != nil {
			return err
		}
	}
	for _, query := range []string{
		`DELETE FROM contact WHERE customer_id = ?`,
		`DELETE FROM fact WHERE customer_id = ?`,
		`DELETE FROM note WHERE customer_id = ?`,
		`DELETE FROM consent WHERE customer_id = ?`,
		`DELETE FROM timeline WHERE customer_id = ?`,
		`DELETE FROM customer WHERE customer_id = ?`,
	} {
		if _, err := tx.Exec(ctx, query, int64(c.ID)); err != nil {
			return err
		}
	}
	return nil
}
