package insight

import (
	"context"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

// Visits is how many people came into a store in a month, as somebody counted
// them: those who had never bought, and those who had.
type Visits struct {
	Store org.StoreID `json:"store"`
	Month string      `json:"month"` // YYYY-MM
	New   int64       `json:"new_visitors"`
	Old   int64       `json:"old_visitors"`
	Staff org.StaffID `json:"staff"`
	At    time.Time   `json:"at"`
}

func scanVisits(row db.Scanner) (Visits, error) {
	var v Visits
	var at int64
	err := row.Scan(&v.Store, &v.Month, &v.New, &v.Old, &v.Staff, &at)
	v.At = db.Time(at)
	return v, err
}

// MostVisits is more than any store can hold in a month.
const MostVisits = 10_000_000

// SetVisits keeps how many people came into a store in a month, in place of what
// was kept before. It takes effect with the next refresh.
func (s *Service) SetVisits(ctx context.Context, actor org.Actor, v Visits) error {
	if err := s.mayCount(ctx, actor, v.Store); err != nil {
		return err
	}
	var bad errs.Fields
	m, err := parseMonth(v.Month)
	switch {
	case err != nil:
		bad.AddErr("month", err)
	case m.String() > s.now().AddDate(0, 0, 1).UTC().Format("2006-01"): // in some zone it has begun
		bad.Add("month", "insight.month_ahead")
	}
	for name, n := range map[string]int64{"new_visitors": v.New, "old_visitors": v.Old} {
		if n < 0 || n > MostVisits {
			bad.Add(name, "error.between", "min", 0, "max", MostVisits)
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO store_traffic (store_id, month, new_visitors, old_visitors, staff_id, at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (store_id, month) DO UPDATE SET new_visitors = excluded.new_visitors, old_visitors = excluded.old_visitors,
				staff_id = excluded.staff_id, at = excluded.at`,
			int64(v.Store), v.Month, v.New, v.Old, int64(actor.ID()), db.Millis(tx.Now()))
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, actor, "insight.visits", "store:"+v.Store.String(), map[string]any{"month": v.Month, "new": v.New, "old": v.Old})
	})
}

// ForgetVisits takes a store's count of a month back: it is not known any more.
func (s *Service) ForgetVisits(ctx context.Context, actor org.Actor, store org.StoreID, month string) error {
	if err := s.mayCount(ctx, actor, store); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM store_traffic WHERE store_id = ? AND month = ?`, int64(store), month)
		if err != nil || n == 0 {
			return err
		}
		return s.audit(ctx, tx, actor, "insight.visits_forget", "store:"+store.String(), map[string]any{"month": month})
	})
}

// mayCount reports whether the actor may say how many people came into a store.
func (s *Service) mayCount(ctx context.Context, actor org.Actor, store org.StoreID) error {
	if err := actor.Need(org.VisitsWrite); err != nil {
		return err
	}
	if _, err := s.Org.Store(ctx, store); err != nil {
		return err
	}
	return inReach(actor, store)
}

// inReach is nil where the actor may see the figures of a store, or of all for store 0.
func inReach(actor org.Actor, store org.StoreID) error {
	scope := actor.Scope()
	if store == 0 && !scope.All() || store != 0 && !scope.AllowsStore(store) {
		return errs.New(errs.Forbidden, "insight.store_out_of_reach")
	}
	return nil
}

// visitMonths is how many months of a store are listed.
const visitMonths = 60

// VisitsOf are the counts of a store, the latest month first.
func (s *Service) VisitsOf(ctx context.Context, actor org.Actor, store org.StoreID) ([]Visits, error) {
	if err := actor.Need(org.ReportsRead); err != nil {
		return nil, err
	}
	if _, err := s.Org.Store(ctx, store); err != nil {
		return nil, err
	}
	if err := inReach(actor, store); err != nil {
		return nil, err
	}
	return db.All(ctx, s.DB, scanVisits, `SELECT store_id, month, new_visitors, old_visitors, staff_id, at FROM store_traffic
		WHERE store_id = ? ORDER BY month DESC LIMIT ?`, int64(store), visitMonths)
}

// VisitsSince are the counts of the stores within the actor's reach from a month
// on, the earliest first.
func (s *Service) VisitsSince(ctx context.Context, actor org.Actor, month string) ([]Visits, error) {
	if err := actor.Need(org.ReportsRead); err != nil {
		return nil, err
	}
	if _, err := parseMonth(month); err != nil {
		return nil, err
	}
	list, err := db.All(ctx, s.DB, scanVisits, `SELECT store_id, month, new_visitors, old_visitors, staff_id, at FROM store_traffic
		WHERE month >= ? ORDER BY month, store_id`, month)
	scope := actor.Scope()
	return slices.DeleteFunc(list, func(v Visits) bool { return !scope.AllowsStore(v.Store) }), err
}

// audit puts an act on record, where somebody keeps one.
func (s *Service) audit(ctx context.Context, tx *db.Tx, actor org.Actor, action, subject string, detail any) error {
	if s.Audit == nil {
		return nil
	}
	return s.Audit(ctx, tx, int64(actor.ID()), action, subject, detail)
}
