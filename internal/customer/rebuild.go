package customer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/jobs"
)

// What is kept beside the files follows from them, and can be made anew: what
// they are found by, and how complete they are. It is done in small
// transactions; people go on working meanwhile, and stopped, it is begun again.

const (
	rebuildChunk = 200  // files in one transaction
	sweepChunk   = 2000 // terms looked at at once
)

// eachChunk calls f with all customers, so many at a time, each time in a
// transaction in which nobody else changes their files, and tell after it.
func (s *Service) eachChunk(ctx context.Context, tell func(done int) error, f func(ctx context.Context, tx *db.Tx, list []File) error) (done int, err error) {
	for last, n := ID(0), rebuildChunk; n == rebuildChunk; {
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			ids, err := db.All(ctx, tx, db.Value[ID], `SELECT customer_id FROM customer WHERE customer_id > ? ORDER BY customer_id LIMIT ?`,
				int64(last), rebuildChunk)
			if n = len(ids); err != nil || n == 0 {
				return err
			}
			if _, err := lockRows(ctx, tx, ids); err != nil { // one that is closed meanwhile is not read
				return err
			}
			list, err := heads(ctx, tx, ids)
			if err != nil {
				return err
			}
			if err := f(ctx, tx, list); err != nil {
				return err
			}
			next := ids[n-1]
			tx.AfterCommit(func() { last = next })
			return nil
		}); err != nil {
			return done, err
		}
		done += n
		if err := tell(done); err != nil {
			return done, err
		}
	}
	return done, nil
}

// heads are files with their contacts and nothing more.
func heads(ctx context.Context, q db.Querier, ids []ID) ([]File, error) {
	var list []File
	for chunk := range slices.Chunk(ids, rebuildChunk) {
		in, args := db.In(len(chunk)), db.Args(chunk)
		at := make(map[ID]int, len(chunk))
		err := db.Each(ctx, q, func(row db.Scanner) error {
			c, err := scanCustomer(row)
			at[c.ID] = len(list)
			list = append(list, File{Customer: c})
			return err
		}, `SELECT `+sqlCustomer+` FROM customer c WHERE c.customer_id IN (`+in+`)`, args...)
		if err != nil {
			return nil, err
		}
		err = db.Each(ctx, q, func(row db.Scanner) error {
			var c ID
			k, err := scanContact(behind(row, &c))
			if i, here := at[c]; here {
				list[i].Contacts = append(list[i].Contacts, k)
			}
			return err
		}, `SELECT customer_id, id, kind, value, label, main FROM contact WHERE customer_id IN (`+in+`)`, args...)
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// RebuildSearch makes search_term say what the files say, and returns how many
// files there are. First what is missing is added, so that everybody is found
// all the time; then what is too much is taken out.
func (s *Service) RebuildSearch(ctx context.Context) (files int, err error) {
	files, err = s.eachChunk(ctx, untold, func(ctx context.Context, tx *db.Tx, list []File) error {
		var rows [][]any
		for _, f := range list {
			for _, t := range f.terms() {
				rows = append(rows, []any{t, int64(f.Customer.ID), int64(f.Customer.StoreID), int64(f.Customer.OwnerID)})
			}
		}
		_, err := tx.Bulk(ctx, db.Bulk{
			Table: "search_term", Columns: []string{"term", "customer_id", "store_id", "owner_id"},
			Conflict: db.Replace, Key: []string{"term", "customer_id"},
		}, db.Rows(rows, func(row []any) []any { return row }))
		return err
	})
	if err != nil {
		return files, err
	}
	return files, s.sweepTerms(ctx)
}

func untold(int) error { return nil }

func (f File) terms() []string { return terms(f.Customer.Name, f.Customer.Card, f.Contacts) }

// sweepTerms takes out the terms that no file says.
func (s *Service) sweepTerms(ctx context.Context) error {
	for last := (match{}); ; {
		page, err := db.All(ctx, s.DB, func(row db.Scanner) (m match, err error) {
			err = row.Scan(&m.term, &m.customer)
			return m, err
		}, `SELECT term, customer_id FROM search_term WHERE (term, customer_id) > (?, ?) ORDER BY term, customer_id LIMIT ?`,
			last.term, int64(last.customer), sweepChunk)
		if err != nil || len(page) == 0 {
			return err
		}
		last = page[len(page)-1]
		astray, err := strays(ctx, s.DB, page)
		if err != nil {
			return err
		}
		if len(astray) == 0 {
			continue
		}
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if _, err := lockRows(ctx, tx, owners(astray)); err != nil {
				return err
			}
			still, err := strays(ctx, tx, astray) // somebody may just have made it right
			if err != nil {
				return err
			}
			for _, m := range still {
				if _, err := tx.Exec(ctx, `DELETE FROM search_term WHERE term = ? AND customer_id = ?`, m.term, int64(m.customer)); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
}

// strays are the terms that their customers' files do not say.
func strays(ctx context.Context, q db.Querier, list []match) ([]match, error) {
	files, err := heads(ctx, q, owners(list))
	if err != nil {
		return nil, err
	}
	says := make(map[ID][]string, len(files))
	for _, f := range files {
		says[f.Customer.ID] = f.terms()
	}
	return slices.DeleteFunc(slices.Clone(list), func(m match) bool { return slices.Contains(says[m.customer], m.term) }), nil
}

// owners are whose the terms are, each once.
func owners(list []match) []ID {
	ids := make([]ID, len(list))
	for i, m := range list {
		ids[i] = m.customer
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Recount is the job that brings the completeness of all files up to date when
// the fields count for something else.
type Recount struct {
	Fields string `json:"fields"` // what they counted for when the job was made
}

// Kind names the job.
func (Recount) Kind() string { return "customer.recount" }

// counted is what fields count for, in one text.
func counted(fields []Field) string {
	var b strings.Builder
	for _, f := range fields {
		if f.Active && f.Weight > 0 {
			fmt.Fprintf(&b, "%s:%s:%d ", f.Code, f.Group, f.Weight)
		}
	}
	return b.String()
}

// RegisterJobs tells the runner how completeness is recounted.
func (s *Service) RegisterJobs(w *jobs.Workers) {
	jobs.Register(w, func(ctx context.Context, job *jobs.Job[Recount]) error {
		_, err := s.recountAll(ctx, job.Args.Fields, func(done int) error {
			return job.Progress(ctx, int64(done), 0)
		})
		if errors.Is(err, errOvertaken) {
			return nil // whoever has changed the fields since has made a job of their own
		}
		return err
	})
}

// RebuildCompleteness counts the completeness of every file anew, and returns how
// many files there are.
func (s *Service) RebuildCompleteness(ctx context.Context) (files int, err error) {
	return s.recountAll(ctx, "", untold)
}

var errOvertaken = errors.New("customer: the fields count for something else by now")

// recountAll counts every file anew, as long as the fields count for what is
// wanted; empty: whatever they count for.
func (s *Service) recountAll(ctx context.Context, want string, tell func(done int) error) (files int, err error) {
	return s.eachChunk(ctx, tell, func(ctx context.Context, tx *db.Tx, list []File) error {
		fields, err := loadFields(ctx, tx)
		if err != nil {
			return err
		}
		if want != "" && counted(fields) != want {
			return errOvertaken
		}
		ids := make([]ID, len(list))
		for i, f := range list {
			ids[i] = f.Customer.ID
		}
		facts := make(map[ID][]Fact, len(list))
		if err := db.Each(ctx, tx, func(row db.Scanner) error {
			var c ID
			f, err := scanFact(behind(row, &c))
			facts[c] = append(facts[c], f)
			return err
		}, `SELECT customer_id, id, field, value, status, noted_by, noted_at, source FROM fact WHERE customer_id IN (`+db.In(len(ids))+`) AND current`,
			db.Args(ids)...); err != nil {
			return err
		}
		for _, f := range list {
			f.Facts = facts[f.Customer.ID]
			now := completeness(fields, f.Known)
			if now == f.Customer.Completeness {
				continue
			}
			if _, err := tx.Exec(ctx, `UPDATE customer SET completeness = ? WHERE customer_id = ?`, now, int64(f.Customer.ID)); err != nil {
				return err
			}
		}
		return nil
	})
}
