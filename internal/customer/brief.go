package customer

import (
	"context"
	"slices"

	"github.com/ricejar/ricejar/internal/db"
)

// Brief is what to know of a customer before speaking to them, in a few lines.
type Brief struct {
	Summary
	Facts    []Fact // the current ones, without refusals and without what is sensitive, in the order of their fields
	Note     *Note  // the latest
	Question *Field // the next best one; nil when nothing is left to ask
}

// Briefs are the briefs of the customers with these ids, read together. It asks
// for no rights: the ids come from a query that did.
func (s *Service) Briefs(ctx context.Context, q db.Querier, ids []ID) (map[ID]Brief, error) {
	fields, err := s.Fields(ctx)
	if err != nil {
		return nil, err
	}
	heads, err := s.Summaries(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	facts := make(map[ID][]Fact, len(ids))
	out := make(map[ID]Brief, len(ids))
	for part := range slices.Chunk(ids, 200) {
		in, args := db.In(len(part)), db.Args(part)
		err := db.Each(ctx, q, func(row db.Scanner) error {
			var c ID
			f, err := scanFact(behind(row, &c))
			facts[c] = append(facts[c], f)
			return err
		}, `SELECT customer_id, id, field, value, status, noted_by, noted_at, source FROM fact WHERE customer_id IN (`+in+`) AND current`, args...)
		if err != nil {
			return nil, err
		}
		err = db.Each(ctx, q, func(row db.Scanner) error {
			var c ID
			n, err := scanNote(behind(row, &c))
			out[c] = Brief{Note: &n}
			return err
		}, `SELECT n.customer_id, n.id, n.body, n.staff_id, n.at FROM note n
			WHERE n.customer_id IN (`+in+`) AND n.deleted_at IS NULL AND n.id = (
				SELECT MAX(x.id) FROM note x WHERE x.customer_id = n.customer_id AND x.deleted_at IS NULL)`, args...)
		if err != nil {
			return nil, err
		}
	}
	for _, head := range heads {
		f := File{Customer: head.Customer, Facts: facts[head.ID]}
		if head.Phone != "" {
			f.Contacts = []Contact{{Kind: Phone, Value: string(head.Phone)}}
		}
		b := out[head.ID]
		b.Summary, b.Facts = head, tellable(fields, f.Facts)
		if next, ok := NextQuestion(fields, f.Settled); ok {
			b.Question = &next
		}
		out[head.ID] = b
	}
	return out, nil
}

// tellable are the facts that may be shown to anyone who speaks to the customer.
func tellable(fields []Field, facts []Fact) []Fact {
	var list []Fact
	for _, field := range fields { // in their order
		if field.Sensitive || !field.Active {
			continue
		}
		for _, f := range facts {
			if f.Field == field.Code && !f.Refused && f.Value != "" {
				list = append(list, f)
			}
		}
	}
	return list
}

// behind is the row with one more column in front.
func behind(row db.Scanner, front any) db.Scanner { return prefixed{row, front} }

type prefixed struct {
	row   db.Scanner
	front any
}

func (p prefixed) Scan(dest ...any) error { return p.row.Scan(append([]any{p.front}, dest...)...) }
