package customer

import (
	"context"
	"slices"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
)

// reindex makes search_term say what the customer can be found by now.
func reindex(ctx context.Context, tx *db.Tx, before, after Customer, had, has []Contact) error {
	old, now := terms(before.Name, before.Card, had), terms(after.Name, after.Card, has)
	moved := before.StoreID != after.StoreID || before.OwnerID != after.OwnerID
	for _, t := range old {
		if !slices.Contains(now, t) {
			if _, err := tx.Exec(ctx, `DELETE FROM search_term WHERE term = ? AND customer_id = ?`, t, int64(after.ID)); err != nil {
				return err
			}
		}
	}
	for _, t := range now {
		if !moved && slices.Contains(old, t) {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO search_term (term, customer_id, store_id, owner_id) VALUES (?, ?, ?, ?)
			ON CONFLICT (term, customer_id) DO UPDATE SET store_id = excluded.store_id, owner_id = excluded.owner_id`,
			t, int64(after.ID), int64(after.StoreID), int64(after.OwnerID)); err != nil {
			return err
		}
	}
	return nil
}

// matchesPerHit is how many terms of one customer may match one search: a
// name's characters repeat, a phone's digits do.
const matchesPerHit = 4

// Search finds customers within the actor's scope by any part of a name, its
// pinyin or initials, a phone, a card, or by an e-mail; the closest first.
func (s *Service) Search(ctx context.Context, actor org.Actor, q string, limit int) ([]Summary, error) {
	from, to, ok := searchRange(q)
	if !ok {
		return nil, nil
	}
	query, args := searchQuery(actor, from, to, limit)
	matches, err := db.All(ctx, s.DB, db.Value[ID], query, args...)
	if err != nil {
		return nil, err
	}
	var ids []ID
	for _, c := range matches {
		if !slices.Contains(ids, c) && len(ids) < limit {
			ids = append(ids, c)
		}
	}
	return s.Summaries(ctx, s.DB, ids)
}

func searchQuery(actor org.Actor, from, to string, limit int) (string, []any) {
	where, args := actor.Scope().Where("t.owner_id", "t.store_id")
	if actor.Reach == org.ReachOwn {
		where += " AND t.owner_id <> 0" // which is what the index over owners holds
	}
	return `SELECT t.customer_id FROM search_term t WHERE t.term >= ? AND t.term < ? AND ` + where + ` ORDER BY t.term, t.customer_id LIMIT ?`,
		append(append([]any{from, to}, args...), limit*matchesPerHit)
}
