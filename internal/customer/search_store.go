package customer

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
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
// pinyin or initials, a phone, a card, or by an e-mail; the closest first. Who may
// not see contacts whole finds by the last digits of a phone, or by all of it.
func (s *Service) Search(ctx context.Context, actor org.Actor, q string, limit int) ([]Summary, error) {
	reveal := actor.May(org.CustomersReveal)
	var found []match
	for _, sp := range spans(q, reveal) {
		query, args := searchQuery(actor, sp, limit)
		part, err := db.All(ctx, s.DB, scanMatch, query, args...)
		if err != nil {
			return nil, err
		}
		found = append(found, part...)
	}
	slices.SortStableFunc(found, func(a, b match) int { return cmp.Or(cmp.Compare(a.term, b.term), cmp.Compare(a.customer, b.customer)) })
	var ids []ID
	if !reveal {
		whole, err := s.holderOfWhole(ctx, actor, q)
		if err != nil {
			return nil, err
		}
		if whole != 0 {
			ids = append(ids, whole)
		}
	}
	for _, m := range found {
		if !slices.Contains(ids, m.customer) && len(ids) < limit {
			ids = append(ids, m.customer)
		}
	}
	return s.Summaries(ctx, s.DB, ids)
}

// match is a term that fits, without its mark, and whose it is.
type match struct {
	term     string
	customer ID
}

func scanMatch(row db.Scanner) (m match, err error) {
	err = row.Scan(&m.term, &m.customer)
	m.term = strings.TrimPrefix(m.term, contactMark)
	return m, err
}

// holderOfWhole is the customer in reach who has this very phone, e-mail or
// messaging id; 0: nobody.
func (s *Service) holderOfWhole(ctx context.Context, actor org.Actor, q string) (ID, error) {
	for _, kind := range []Kind{Phone, Email, WeChat} {
		k, err := ParseContact(kind, q)
		if err != nil {
			continue // it is none
		}
		c, err := holder(ctx, s.DB, k.Kind, k.Value)
		if err != nil {
			return 0, err
		}
		if c == 0 {
			continue
		}
		if err := s.Reach(ctx, actor, c); err == nil {
			return c, nil
		} else if !errs.Is(err, errs.NotFound) {
			return 0, err
		}
	}
	return 0, nil
}

func searchQuery(actor org.Actor, sp span, limit int) (string, []any) {
	where, args := actor.Scope().Where("t.owner_id", "t.store_id")
	if actor.Reach == org.ReachOwn {
		where += " AND t.owner_id <> 0" // which is what the index over owners holds
	}
	return `SELECT t.term, t.customer_id FROM search_term t WHERE t.term >= ? AND t.term < ? AND ` + where + ` ORDER BY t.term, t.customer_id LIMIT ?`,
		append(append([]any{sp.from, sp.to}, args...), limit*matchesPerHit)
}
