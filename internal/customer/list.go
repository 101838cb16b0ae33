package customer

import (
	"context"
	"slices"
	"strconv"
	"strings"

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
	query, args := listQuery(actor.Scope().Narrow(f.Store, f.Owner), f.Owner != 0, after, limit+1)
	list, err := db.All(ctx, s.DB, scanSummary, query, args...)
	if err != nil || len(list) <= limit {
		return list, Cursor{}, err
	}
	list = list[:limit]
	last := list[limit-1]
	return list, Cursor{db.Millis(last.UpdatedAt), last.ID}, nil
}

// ListByID is a page of customers after the one given, in the order in which
// their files were opened: nobody moves in it while it is being read.
func (s *Service) ListByID(ctx context.Context, actor org.Actor, f Filter, after ID, limit int) ([]Summary, error) {
	where, args := actor.Scope().Narrow(f.Store, f.Owner).Where("c.owner_id", "c.store_id")
	args = append(append([]any{int64(after)}, args...), limit)
	return db.All(ctx, s.DB, scanSummary, `SELECT `+sqlCustomer+`, p.value FROM customer c`+sqlMainPhone+
		` WHERE c.customer_id > ? AND `+where+` ORDER BY c.customer_id LIMIT ?`, args...)
}

// mostParts is how many stores of a region are read one by one.
const mostParts = 16

// listQuery reads a page in the order of an index. A small region's stores are
// read each in its own order, no further than the page needs, and merged: in the
// order of all customers, its few lie far apart. A large region's lie close
// together there. One owner's stand in an index of their own.
func listQuery(scope org.Scope, oneOwner bool, after Cursor, limit int) (string, []any) {
	scopes, storeCol := []org.Scope{scope}, "c.store_id"
	if parts := scope.PerStore(); !oneOwner && len(parts) <= mostParts {
		scopes = parts
	} else if !oneOwner {
		storeCol = "+c.store_id" // the plus keeps SQLite from sorting the region by way of customer_store
	}
	var parts []string
	var args []any
	for i, scope := range scopes {
		where, more := scope.Where("c.owner_id", storeCol)
		if args = append(args, more...); after.ID != 0 {
			where += " AND (c.updated_at, c.customer_id) < (?, ?)"
			args = append(args, after.At, int64(after.ID))
		}
		args = append(args, limit)
		parts = append(parts, `SELECT * FROM (SELECT `+sqlCustomer+` FROM customer c WHERE `+where+
			` ORDER BY c.updated_at DESC, c.customer_id DESC LIMIT ?) AS part`+strconv.Itoa(i))
	}
	return `SELECT ` + sqlCustomer + `, p.value FROM (` + strings.Join(parts, " UNION ALL ") + `) AS c` + sqlMainPhone +
		` ORDER BY c.updated_at DESC, c.customer_id DESC LIMIT ?`, append(args, limit)
}
