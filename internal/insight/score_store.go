package insight

import (
	"context"
	"encoding/json"
	"math"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

var scoreColumns = []string{"customer_id", "half", "model_id", "store_id", "owner_id", "stage", "stage_since", "vip", "recency", "frequency", "monetary",
	"days", "first_day", "last_day", "gap", "overdue", "active", "expected", "currency", "spent", "total", "value", "stake", "rfm", "warning", "warning_args"}

// keeper is who keeps a customer.
type keeper struct {
	store org.StoreID // 0: none
	owner org.StaffID
}

// keepers are those of the customers from one to another who still have a file:
// as of the transaction that writes, because a customer who is handed over while
// a refresh runs would else go back to whom they were taken from.
func keepers(ctx context.Context, q db.Querier, from, to customer.ID) (map[customer.ID]keeper, error) {
	m := make(map[customer.ID]keeper)
	err := db.Each(ctx, q, func(row db.Scanner) error {
		var c customer.ID
		var k keeper
		err := row.Scan(&c, &k.store, &k.owner)
		m[c] = k
		return err
	}, `SELECT customer_id, store_id, owner_id FROM customer WHERE customer_id >= ? AND customer_id <= ?`, int64(from), int64(to))
	return m, err
}

// writeScores writes rows of the half that nobody reads, of everybody who still
// has a file. from is the row of the first in the book.
func (v *version) writeScores(ctx context.Context, tx *db.Tx, b *Book, list []Score, from int) error {
	if len(list) == 0 {
		return nil
	}
	kept, err := keepers(ctx, tx, list[0].Customer, list[len(list)-1].Customer)
	if err != nil {
		return err
	}
	at := from - 1
	_, err = tx.Bulk(ctx, db.Bulk{Table: "insight_score", Columns: scoreColumns, Conflict: db.Replace, Key: []string{"customer_id", "half"}},
		func(yield func([]any, error) bool) {
			for i := range list {
				s := &list[i]
				at++
				k, here := kept[s.Customer]
				if !here {
					continue
				}
				if k.store == 0 { // nobody's in particular: that of the last purchase
					k.store = b.Stores[b.Store[b.Start[at+1]-1]].ID
				}
				args := "{}"
				if s.Warning.Sign != "" {
					text, err := json.Marshal(s.Warning)
					if err != nil {
						yield(nil, err)
						return
					}
					args = string(text)
				}
				if !yield([]any{int64(s.Customer), v.half, int64(v.id), int64(k.store), int64(k.owner),
					s.Stage.String(), s.Since.String(), s.VIP, int64(s.Recency), int64(s.Frequency), int64(s.Monetary),
					int64(s.Days), s.First.String(), s.Last.String(), int64(2 * s.Gap), thousandths(float64(s.Overdue)),
					int64(math.Round(s.Active * ppm)), thousandths(s.Expected), string(b.Currency), s.Spent, b.Total(at), s.Value, s.stake(), groupIn(s, b.Len()),
					string(s.Warning.Sign), args}, nil) {
					return
				}
			}
		})
	return err
}

// thousandths is how a ratio without a bound is kept.
func thousandths(v float64) int64 { return int64(math.Round(min(v, 1e12) * 1000)) }

// stake is what may be lost with a customer: what they are worth, times the chance
// that they do not come.
func (s *Score) stake() int64 { return money.Rough(int64(float64(s.Value) * (1 - s.Active))) }

// Scored is a score as it stands in the table, with who keeps the customer.
type Scored struct {
	Score
	Currency money.Currency
	Total    int64 // all they ever bought
	Stake    int64 // what may be lost: Value × the chance that they do not come within the horizon
	Store    org.StoreID
	Owner    org.StaffID
}

// SQLScore are the columns of insight_score s that ScanScore reads.
const SQLScore = `s.customer_id, s.store_id, s.owner_id, s.stage, s.stage_since, s.vip, s.recency, s.frequency, s.monetary,
	s.days, s.first_day, s.last_day, s.gap, s.overdue, s.active, s.expected, s.currency, s.spent, s.total, s.value, s.stake, s.warning_args`

// ScanScore reads a row of them.
func ScanScore(row db.Scanner) (Scored, error) {
	var k Scored
	var gap, overdue, active, expected int64
	var args string
	err := row.Scan(&k.Customer, &k.Store, &k.Owner, &k.Stage, &k.Since, &k.VIP, &k.Recency, &k.Frequency, &k.Monetary,
		&k.Days, &k.First, &k.Last, &gap, &overdue, &active, &expected, &k.Currency, &k.Spent, &k.Total, &k.Value, &k.Stake, &args)
	if err != nil {
		return k, err
	}
	k.Gap, k.Overdue = float32(gap)/2, float32(overdue)/1000
	k.Active, k.Expected = float64(active)/ppm, float64(expected)/1000
	return k, json.Unmarshal([]byte(args), &k.Warning)
}

const sqlOneScore = `SELECT ` + SQLScore + ` FROM insight_score s WHERE s.customer_id = ? AND s.half = ?`

// What some customers had in this half two refreshes ago: by the key, so no index of half.
var sqlForget = [...]string{
	`DELETE FROM insight_score WHERE customer_id > ? AND customer_id <= ? AND half + 0 = ? AND model_id <> ?`,
	`DELETE FROM insight_refill WHERE customer_id > ? AND customer_id <= ? AND half + 0 = ? AND model_id <> ?`,
}

// forget takes that out, a part at a time: the last transaction is to be short.
func (v *version) forget(ctx context.Context, tx *db.Tx, after, upTo customer.ID) error {
	for _, query := range sqlForget {
		if _, err := tx.Exec(ctx, query, int64(after), int64(upTo), v.half, int64(v.id)); err != nil {
			return err
		}
	}
	return nil
}

// CustomerMovedTx keeps who may see a score with who keeps the customer: a hook
// for the context that keeps owners and home stores.
func (s *Service) CustomerMovedTx(ctx context.Context, tx *db.Tx, c customer.ID, store org.StoreID, owner org.StaffID) error {
	_, err := tx.Exec(ctx, `UPDATE insight_score SET owner_id = ?, store_id = CASE WHEN CAST(? AS BIGINT) = 0 THEN store_id ELSE ? END
		WHERE customer_id = ?`, int64(owner), int64(store), int64(store), int64(c))
	return err
}

// step is a row of insight_stage.
type step struct {
	customer customer.ID
	Transition
}

const sqlSteps = `SELECT customer_id, day, stage, was FROM insight_stage WHERE customer_id > ? AND customer_id <= ? ORDER BY customer_id, day`

func scanStep(row db.Scanner) (st step, err error) {
	err = row.Scan(&st.customer, &st.Day, &st.Stage, &st.Was)
	return st, err
}

// writeSteps makes the transitions of the customers after one and up to another
// what they are now: only what differs is written.
func writeSteps(ctx context.Context, tx *db.Tx, after, upTo customer.ID, now []step) error {
	type key struct {
		customer customer.ID
		day      day.Day
	}
	old := make(map[key]Transition)
	err := db.Each(ctx, tx, func(row db.Scanner) error {
		st, err := scanStep(row)
		old[key{st.customer, st.Day}] = st.Transition
		return err
	}, sqlSteps, int64(after), int64(upTo))
	if err != nil {
		return err
	}
	changed := now[:0:0]
	for _, st := range now {
		k := key{st.customer, st.Day}
		if had, ok := old[k]; !ok || had != st.Transition {
			changed = append(changed, st)
		}
		delete(old, k)
	}
	for k := range old { // no more so: a receipt came late, or was taken out
		if _, err := tx.Exec(ctx, `DELETE FROM insight_stage WHERE customer_id = ? AND day = ?`, int64(k.customer), k.day.String()); err != nil {
			return err
		}
	}
	_, err = tx.Bulk(ctx, db.Bulk{Table: "insight_stage", Columns: []string{"customer_id", "day", "stage", "was"},
		Conflict: db.Replace, Key: []string{"customer_id", "day"}},
		db.Rows(changed, func(st step) []any {
			return []any{int64(st.customer), st.Day.String(), st.Stage.String(), st.Was.String()}
		}))
	return err
}

// Transitions are the dates on which a customer entered each stage, the earliest
// first. It asks for no rights: Customer does.
func transitions(ctx context.Context, q db.Querier, c customer.ID) ([]Transition, error) {
	return db.All(ctx, q, func(row db.Scanner) (Transition, error) {
		st, err := scanStep(row)
		return st.Transition, err
	}, `SELECT customer_id, day, stage, was FROM insight_stage WHERE customer_id = ? ORDER BY day`, int64(c))
}

// readTroubles finds who complained or brought something back of late.
func readTroubles(ctx context.Context, q db.Querier, asOf day.Day) (map[customer.ID]trouble, error) {
	m := make(map[customer.ID]trouble)
	from := asOf.AddDays(-troubleDays)
	err := db.Each(ctx, q, func(row db.Scanner) error {
		var c customer.ID
		var n int16
		var last day.Day
		err := row.Scan(&c, &n, &last)
		m[c] = trouble{complaints: n, lastComplaint: last}
		return err
	}, `SELECT customer_id, COUNT(*), MAX(day) FROM task_outcome WHERE outcome = 'unhappy' AND undone_at IS NULL AND day > ? AND day <= ?
		GROUP BY customer_id`, from, asOf)
	if err != nil {
		return nil, err
	}
	err = db.Each(ctx, q, func(row db.Scanner) error {
		var c customer.ID
		var n int16
		var last day.Day
		err := row.Scan(&c, &n, &last)
		m[c] = trouble{m[c].complaints, n, m[c].lastComplaint, last, false}
		return err
	}, `SELECT customer_id, COUNT(*), MAX(day) FROM receipt WHERE kind = 'return' AND customer_id > 0 AND day > ? AND day <= ?
		GROUP BY customer_id`, from, asOf)
	if err != nil {
		return nil, err
	}
	dead, err := db.All(ctx, q, db.Value[customer.ID], `SELECT customer_id FROM lost_reason WHERE reason = ?`, string(Died))
	for _, c := range dead {
		m[c] = trouble{dead: true}
	}
	return m, err
}
