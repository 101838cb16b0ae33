package customer

import (
	"context"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
)

// People live together who have the same household number. It says nothing else.

// SetHouseholdTx says that the customers live together; 0 makes a new household.
func (s *Service) SetHouseholdTx(ctx context.Context, tx *db.Tx, h HouseholdID, members ...ID) (HouseholdID, error) {
	if h == 0 {
		h = id.New[Household]()
	}
	for _, c := range members {
		if _, err := tx.Exec(ctx, `UPDATE customer SET household_id = ? WHERE customer_id = ?`, int64(h), int64(c)); err != nil {
			return h, err
		}
	}
	return h, nil
}

// SetHousehold says that two customers live together. Whoever lived with either
// of them lives with both: two households become one.
func (s *Service) SetHousehold(ctx context.Context, actor org.Actor, c, with ID) error {
	return s.write(ctx, actor, c, func(ctx context.Context, tx *db.Tx, a Customer) error {
		b, err := s.lock(ctx, tx, actor, with)
		if err != nil {
			return err
		}
		members := []ID{a.ID, b.ID}
		if h := b.HouseholdID; h != 0 && h != a.HouseholdID && a.HouseholdID != 0 {
			others, err := db.All(ctx, tx, db.Value[ID], `SELECT customer_id FROM customer WHERE household_id = ? AND household_id <> 0
				AND customer_id <> ? ORDER BY customer_id`, int64(h), int64(b.ID))
			if err != nil {
				return err
			}
			members = append(members, others...)
		}
		h := a.HouseholdID
		if h == 0 {
			h = b.HouseholdID
		}
		_, err = s.SetHouseholdTx(ctx, tx, h, members...)
		return err
	})
}

// LeaveHousehold says that a customer no longer lives with the others. It returns
// the household they left, to be undone by ReturnToHousehold; 0 when they lived alone.
func (s *Service) LeaveHousehold(ctx context.Context, actor org.Actor, c ID) (HouseholdID, error) {
	var left HouseholdID
	err := s.write(ctx, actor, c, func(ctx context.Context, tx *db.Tx, before Customer) error {
		left = before.HouseholdID
		_, err := tx.Exec(ctx, `UPDATE customer SET household_id = 0 WHERE customer_id = ?`, int64(c))
		return err
	})
	return left, err
}

// ReturnToHousehold undoes LeaveHousehold, unless they have moved elsewhere
// since, or nobody whom the actor may see lives there any more.
func (s *Service) ReturnToHousehold(ctx context.Context, actor org.Actor, c ID, h HouseholdID) error {
	return s.write(ctx, actor, c, func(ctx context.Context, tx *db.Tx, now Customer) error {
		where, args := actor.Scope().Where("c.owner_id", "c.store_id")
		there, err := db.All(ctx, tx, db.Value[ID], `SELECT c.customer_id FROM customer c WHERE c.household_id = ? AND c.household_id <> 0 AND `+where+
			` LIMIT 1`, append([]any{int64(h)}, args...)...)
		if err != nil {
			return err
		}
		if len(there) == 0 || now.HouseholdID != 0 && now.HouseholdID != h {
			return errNotFound
		}
		_, err = s.SetHouseholdTx(ctx, tx, h, c)
		return err
	})
}
