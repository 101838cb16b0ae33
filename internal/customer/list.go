package customer

import (
	"context"
	"slices"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/phone"
)

// Summary is a customer as a list shows them.
type Summary struct {
	Customer
	Phone phone.Number // the main one; show it masked
}

// sqlMainPhone joins a customer's main phone, whose value may be missing.
const sqlMainPhone = ` LEFT JOIN contact p ON p.customer_id = c.customer_id AND p.kind = 'phone' AND p.main`

func scanSummary(row db.Scanner) (Summary, error) {
	var v Summary
	var created, updated int64
	var tel *string
	err := row.Scan(append(customerDest(&v.Customer, &created, &updated), &tel)...)
	v.CreatedAt, v.UpdatedAt = db.Time(created), db.Time(updated)
	if tel != nil {
		v.Phone = phone.Number(*tel)
	}
	return v, err
}

// Summaries are the customers with these ids, in their order; ids without a
// customer are left out. It asks for no rights: the ids come from a query that did.
func (s *Service) Summaries(ctx context.Context, q db.Querier, ids []ID) ([]Summary, error) {
	var list []Summary
	for chunk := range slices.Chunk(ids, 200) {
		args := make([]any, len(chunk))
		for i, c := range chunk {
			args[i] = int64(c)
		}
		part, err := db.All(ctx, q, scanSummary, `SELECT `+sqlCustomer+`, p.value FROM customer c`+sqlMainPhone+
			` WHERE c.customer_id IN (`+db.In(len(chunk))+`)`, args...)
		if err != nil {
			return nil, err
		}
		list = append(list, part...)
	}
	order := make(map[ID]int, len(ids))
	for i, c := range ids {
		order[c] = i
	}
	slices.SortFunc(list, func(a, b Summary) int { return order[a.ID] - order[b.ID] })
	return list, nil
}

// Filter narrows a list of customers. The zero Filter is everybody in reach.
type Filter struct {
	Store org.StoreID
	Owner org.StaffID
}

// List is a page of customers, the last changed first, and where the next page
// begins (the zero Cursor when this is the last).
func (s *Service) List(ctx context.Context, actor org.Actor, f Filter, after Cursor, limit int) ([]Summary, Cursor, error) {
	scope, storeCol := actor.Scope().Narrow(f.Store, f.Owner), "c.store_id"
	if scope.ManyStores() {
		storeCol = "+c.store_id" // the plus keeps SQLite from sorting a whole region by way of customer_store
	}
	where, args := scope.Where("c.owner_id", storeCol)
	if after.ID != 0 {
		where += " AND (c.updated_at, c.customer_id) < (?, ?)"
		args = append(args, after.At, int64(after.ID))
	}
	args = append(args, limit+1)
	list, err := db.All(ctx, s.DB, scanSummary, `SELECT `+sqlCustomer+`, p.value FROM customer c`+sqlMainPhone+
		` WHERE `+where+` ORDER BY c.updated_at DESC, c.customer_id DESC LIMIT ?`, args...)
	if err != nil || len(list) <= limit {
		return list, Cursor{}, err
	}
	list = list[:limit]
	last := list[limit-1]
	return list, Cursor{db.Millis(last.UpdatedAt), last.ID}, nil
}
