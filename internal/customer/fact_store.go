package customer

import (
	"context"
	"slices"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
)

const statusKnown, statusRefused = "known", "refused"

func scanFact(row db.Scanner) (Fact, error) {
	var f Fact
	var status string
	var at int64
	err := row.Scan(&f.ID, &f.Field, &f.Value, &status, &f.NotedBy, &at, &f.Source)
	f.Refused, f.NotedAt = status == statusRefused, db.Time(at)
	return f, err
}

func currentFacts(ctx context.Context, q db.Querier, c ID) ([]Fact, error) {
	return db.All(ctx, q, scanFact, `SELECT id, field, value, status, noted_by, noted_at, source FROM fact
		WHERE customer_id = ? AND current`, int64(c))
}

// FactHistory is all that was ever noted in one field, the latest first.
func (s *Service) FactHistory(ctx context.Context, actor org.Actor, c ID, field string) ([]Fact, error) {
	if err := s.Reach(ctx, actor, c); err != nil {
		return nil, err
	}
	return db.All(ctx, s.DB, scanFact, `SELECT id, field, value, status, noted_by, noted_at, source FROM fact
		WHERE customer_id = ? AND field = ? ORDER BY id DESC LIMIT 100`, int64(c), field)
}

// Learn notes answers in a customer's file.
func (s *Service) Learn(ctx context.Context, actor org.Actor, c ID, answers []Answer, source Source) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.LearnTx(ctx, tx, actor, c, answers, source)
	})
}

// LearnTx is Learn within a transaction.
func (s *Service) LearnTx(ctx context.Context, tx *db.Tx, actor org.Actor, c ID, answers []Answer, source Source) error {
	who, err := s.lock(ctx, tx, actor, c)
	if err != nil {
		return err
	}
	return s.learn(ctx, tx, actor, who, answers, source)
}

func (s *Service) learn(ctx context.Context, tx *db.Tx, actor org.Actor, c Customer, answers []Answer, source Source) error {
	fields, err := loadFields(ctx, tx)
	if err != nil {
		return err
	}
	facts, err := currentFacts(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if source == "" {
		source = FromTalk
	}
	var bad errs.Fields
	changed := map[string]any{}
	for _, a := range answers {
		done, err := s.learnOne(ctx, tx, actor, c, fields, facts, a, source)
		if err != nil && errs.Is(err, errs.Invalid) {
			bad.AddErr(a.Field, err)
		} else if err != nil {
			return err
		}
		if done {
			changed[a.Field] = a.Value
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	has, err := contacts(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if err := s.recount(ctx, tx, c, has); err != nil || len(changed) == 0 {
		return err
	}
	// What was learnt is told by the field's name alone: the value of a
	// sensitive field would stand in the story for everyone to read.
	names := make([]string, 0, len(changed))
	for _, a := range answers {
		if _, ok := changed[a.Field]; ok {
			names = append(names, a.Field)
		}
	}
	if err := touch(ctx, tx, c.ID); err != nil {
		return err
	}
	return appendTimeline(ctx, tx, Entry{
		Customer: c.ID, At: tx.Now(), Ref: int64(id.New[Entry]()), Kind: EntryFact,
		Store: c.StoreID, Staff: actor.ID(), Data: map[string]any{"fields": names},
	})
}

// learnOne notes one answer unless it says what is known already.
func (s *Service) learnOne(ctx context.Context, tx *db.Tx, actor org.Actor, c Customer, fields []Field, facts []Fact, a Answer, source Source) (changed bool, err error) {
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Code == a.Field })
	if i < 0 || !fields[i].Active || (fields[i].Head() && !a.Refused) {
		return false, errs.New(errs.Invalid, "customer.no_such_field", "field", a.Field)
	}
	value, status := "", statusRefused
	if !a.Refused {
		status = statusKnown
		if a.Value != "" {
			if value, err = fields[i].Parse(a.Value); err != nil {
				return false, err
			}
		}
	}
	old := slices.IndexFunc(facts, func(f Fact) bool { return f.Field == a.Field })
	if old >= 0 && facts[old].Value == value && facts[old].Refused == a.Refused || old < 0 && value == "" && !a.Refused {
		return false, nil
	}
	if _, err := tx.Exec(ctx, `UPDATE fact SET current = FALSE WHERE customer_id = ? AND field = ? AND current`, int64(c.ID), a.Field); err != nil {
		return false, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO fact (customer_id, id, field, value, status, noted_by, noted_at, source, current)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, TRUE)`,
		int64(c.ID), int64(id.New[Fact]()), a.Field, value, status, int64(actor.ID()), db.Millis(tx.Now()), string(source))
	return true, err
}

// recount brings the completeness up to date.
func (s *Service) recount(ctx context.Context, tx *db.Tx, c Customer, has []Contact) error {
	fields, err := loadFields(ctx, tx)
	if err != nil {
		return err
	}
	facts, err := currentFacts(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	f := File{Customer: c, Contacts: has, Facts: facts}
	_, err = tx.Exec(ctx, `UPDATE customer SET completeness = ? WHERE customer_id = ?`, completeness(fields, f.Known), int64(c.ID))
	return err
}
