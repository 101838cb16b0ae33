package purchase

import (
	"context"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
)

var statColumns = []string{"customer_id", "currency", "receipts", "returns", "net", "days", "first_day", "last_day", "last_receipt", "median_gap", "cool_on"}

// refreshStats brings the statistics of customers up to date, within the
// transaction that changed their receipts. Two transactions with receipts of one
// customer would each count without the other's: they wait for one another.
func (s *Service) refreshStats(ctx context.Context, tx *db.Tx, customers []customer.ID) error {
	slices.Sort(customers)
	customers = slices.Compact(customers)
	first, _ := slices.BinarySearch(customers, 1) // walk-ins have none
	customers = customers[first:]
	if err := s.Customers.LockTx(ctx, tx, customers); err != nil {
		return err
	}
	var stats []Stat
	var buf []sold
	var of customer.ID
	done := func() {
		if len(buf) > 0 {
			stats = append(stats, statOf(of, buf))
			buf = buf[:0]
		}
	}
	for chunk := range slices.Chunk(customers, 100) {
		err := db.Each(ctx, tx, func(row db.Scanner) error {
			var c customer.ID
			var r sold
			if err := row.Scan(&c, &r.id, &r.kind, &r.at, &r.day, &r.currency, &r.net); err != nil {
				return err
			}
			if c != of {
				done()
				of = c
			}
			buf = append(buf, r)
			return nil
		}, `SELECT customer_id, id, kind, sold_at, day, currency, net FROM receipt WHERE customer_id IN (`+db.In(len(chunk))+`) ORDER BY customer_id`,
			db.Args(chunk)...)
		if err != nil {
			return err
		}
		done()
	}
	if _, err := tx.Bulk(ctx, db.Bulk{Table: "purchase_stat", Columns: statColumns, Conflict: db.Replace, Key: []string{"customer_id"}},
		db.Rows(stats, func(st Stat) []any {
			return []any{int64(st.Customer), string(st.Currency), st.Receipts, st.Returns, st.Net.Minor, st.Days, st.FirstDay, st.LastDay,
				int64(st.LastReceipt), st.MedianGap, st.CoolOn}
		})); err != nil {
		return err
	}
	if len(stats) == len(customers) {
		return nil
	}
	for _, c := range customers { // those whose receipts are all gone
		if len(stats) > 0 && stats[0].Customer == c {
			stats = stats[1:]
		} else if _, err := tx.Exec(ctx, `DELETE FROM purchase_stat WHERE customer_id = ?`, int64(c)); err != nil {
			return err
		}
	}
	return nil
}

const sqlStatColumns = `customer_id, currency, receipts, returns, net, days, first_day, last_day, last_receipt, median_gap, cool_on`

func scanStat(row db.Scanner) (st Stat, err error) {
	err = row.Scan(&st.Customer, &st.Currency, &st.Receipts, &st.Returns, &st.Net.Minor, &st.Days, &st.FirstDay, &st.LastDay,
		&st.LastReceipt, &st.MedianGap, &st.CoolOn)
	st.Net.Currency = st.Currency
	return st, err
}

// Stats are the statistics of the customers that have any.
func (s *Service) Stats(ctx context.Context, q db.Querier, customers []customer.ID) (map[customer.ID]Stat, error) {
	m := make(map[customer.ID]Stat, len(customers))
	for chunk := range slices.Chunk(customers, 200) {
		err := db.Each(ctx, q, func(row db.Scanner) error {
			st, err := scanStat(row)
			m[st.Customer] = st
			return err
		}, `SELECT `+sqlStatColumns+` FROM purchase_stat WHERE customer_id IN (`+db.In(len(chunk))+`)`, db.Args(chunk)...)
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

const rebuildChunk = 500

// RebuildStats computes all statistics anew from the receipts: the same values
// as were kept along the way. It can be stopped and begun again.
func (s *Service) RebuildStats(ctx context.Context) (customers int, err error) {
	last := customer.ID(0)
	for {
		var list []customer.ID
		err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			var err error
			list, err = db.All(ctx, tx, db.Value[customer.ID], `SELECT customer_id FROM receipt WHERE customer_id > ?
				GROUP BY customer_id ORDER BY customer_id LIMIT ?`, int64(last), rebuildChunk)
			if err != nil {
				return err
			}
			stale, err := db.All(ctx, tx, db.Value[customer.ID], `SELECT s.customer_id FROM purchase_stat s WHERE s.customer_id > ? AND s.customer_id <= ?
				AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.customer_id = s.customer_id) ORDER BY s.customer_id`, int64(last), int64(upTo(list)))
			if err != nil {
				return err
			}
			for _, c := range stale { // their files may be gone as well
				if _, err := tx.Exec(ctx, `DELETE FROM purchase_stat WHERE customer_id = ?`, int64(c)); err != nil {
					return err
				}
			}
			return s.refreshStats(ctx, tx, slices.Clone(list))
		})
		if err != nil {
			return customers, err
		}
		customers += len(list)
		if len(list) < rebuildChunk {
			return customers, nil
		}
		last = list[len(list)-1]
	}
}

// upTo is how far a chunk of the rebuild reaches: the last one to the end.
func upTo(list []customer.ID) customer.ID {
	if len(list) < rebuildChunk {
		return 1<<63 - 1
	}
	return list[len(list)-1]
}
