package insight

import (
	"context"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
)

// AsOf is the day of the last refresh, for those who see customers; 0: there has been none.
func (s *Service) AsOf(ctx context.Context, actor org.Actor) (day.Day, error) {
	if err := actor.Need(org.CustomersRead); err != nil {
		return 0, err
	}
	list, err := db.All(ctx, s.DB, db.Value[day.Day],
		`SELECT m.as_of FROM insight_head h JOIN insight_model m ON m.id = h.model_id WHERE h.id = 1`)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

// BestCursor is where a page of the best ended.
type BestCursor struct {
	Spent    int64
	Customer customer.ID
}

// Best are those within the actor's reach who bought most in the last year, in a
// store or, for store 0, in all; whoever bought most comes first. Who counts as
// best is decided among the customers of the whole company.
func (s *Service) Best(ctx context.Context, actor org.Actor, store org.StoreID, after BestCursor, limit int) ([]Scored, BestCursor, error) {
	if err := actor.Need(org.CustomersRead); err != nil {
		return nil, BestCursor{}, err
	}
	var list []Scored
	err := s.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		h, err := readHead(ctx, tx)
		if err != nil {
			return err
		}
		where, args := actor.Scope().Narrow(store, 0).Where("s.owner_id", "s.store_id")
		args = append([]any{h.half}, args...)
		if after.Customer != 0 {
			where += ` AND (s.spent, s.customer_id) < (?, ?)`
			args = append(args, after.Spent, int64(after.Customer))
		}
		list, err = db.All(ctx, tx, scanScore, `SELECT `+sqlScore+` FROM insight_score s WHERE s.half = ? AND s.vip AND `+sqlOnFile+` AND `+where+
			` ORDER BY s.spent DESC, s.customer_id DESC LIMIT ?`, append(args, limit+1)...)
		return err
	})
	if err != nil || len(list) <= limit {
		return list, BestCursor{}, err
	}
	end := list[limit-1]
	return list[:limit], BestCursor{end.Spent, end.Customer}, nil
}
