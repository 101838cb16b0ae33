package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/demo/names"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// loader writes a world into a database.
type loader struct {
	db      *db.DB
	say     func(format string, args ...any)
	indexes []index
}

// perStore and perSeller are how many customers a store and a member of its
// staff look after.
const (
	perStore  = 2000
	perSeller = 250
	perRegion = 50 // stores
)

// company makes stores, staff and the people who sign in: an associate and the
// manager of the first store, and an administrator.
func (l *loader) company(ctx context.Context, w *world, o options) error {
	company := &org.Service{DB: l.db}
	m := names.New(w.stream(8, 0))
	var regions []org.RegionID
	var staff []org.Staff
	for s := range max(3, o.customers/perStore) {
		if s%perRegion == 0 {
			r, err := company.CreateRegion(ctx, org.System, fmt.Sprintf("第%d大区", len(regions)+1))
			if err != nil {
				return err
			}
			regions = append(regions, r.ID)
		}
		st := org.Store{
			ID: id.New[org.Store](), Code: fmt.Sprintf("S%04d", s), Name: fmt.Sprintf("%04d 号店", s), Kind: org.Fashion,
			RegionID: regions[len(regions)-1], Currency: "CNY", Zone: zone, Active: true,
		}
		w.stores = append(w.stores, st)
		person := func(role org.Role, k int) org.Staff {
			p := org.Staff{
				ID: id.New[org.Staff](), Code: fmt.Sprintf("%04d%02d", s, k), Name: m.Chinese(m.Gender(70), 1990), Role: role,
				Reach: role.DefaultReach(), StoreID: st.ID, Active: true,
			}
			staff = append(staff, p)
			return p
		}
		person(org.Manager, 0)
		var sellers []org.StaffID
		for k := range perStore / perSeller {
			sellers = append(sellers, person(org.Associate, k+1).ID)
		}
		w.sellers = append(w.sellers, sellers)
	}
	if err := l.writeCompany(ctx, w.stores, staff); err != nil {
		return err
	}
	admin, err := company.CreateStaff(ctx, org.System, org.Staff{Code: "admin", Name: m.Chinese(names.Male, 1985), Role: org.Administrator})
	if err != nil {
		return err
	}
	in := &auth.Service{DB: l.db}
	for login, who := range map[string]org.StaffID{"manager": staff[0].ID, "associate": staff[1].ID, "administrator": admin.ID} {
		if err := in.CreateCredential(ctx, 0, int64(who), login, o.password, false); err != nil {
			return err
		}
	}
	return nil
}

// writeCompany writes at once what the service would check one by one against
// all others.
func (l *loader) writeCompany(ctx context.Context, stores []org.Store, staff []org.Staff) error {
	return l.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Bulk(ctx, db.Bulk{Table: "store", Columns: []string{"id", "code", "name", "kind", "region_id", "currency", "tz", "active"}},
			db.Rows(stores, func(s org.Store) []any {
				return []any{int64(s.ID), s.Code, s.Name, string(s.Kind), int64(s.RegionID), string(s.Currency), s.Zone, s.Active}
			})); err != nil {
			return err
		}
		_, err := tx.Bulk(ctx, db.Bulk{Table: "staff", Columns: []string{"id", "code", "name", "role", "reach", "store_id", "active"}},
			db.Rows(staff, func(p org.Staff) []any {
				return []any{int64(p.ID), p.Code, p.Name, string(p.Role), string(p.Reach), int64(p.StoreID), p.Active}
			}))
		return err
	})
}

// scoreFiles asks the customer service, on a scratch database, how complete a
// file is with each set of things known.
func (l *loader) scoreFiles(ctx context.Context, w *world) (err error) {
	dir, err := os.MkdirTemp("", "ricejar-generate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(dir, "scratch.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	customers := customer.New(d)
	sets := map[known]person{}
	for i := range min(w.customers, 20_000) {
		p := w.file(i)
		sets[p.known()] = p
	}
	for k, p := range sets {
		in := customer.NewCustomer{Name: p.name, Gender: customer.Gender(p.gender), Birth: p.birth, Contacts: p.contacts}
		for _, f := range p.facts {
			in.Answers = append(in.Answers, customer.Answer{Field: f.field, Value: f.value})
		}
		c, err := customers.Create(ctx, org.System, in)
		if err != nil {
			return err
		}
		w.complete[k] = c.Completeness
	}
	return nil
}

// Rows per message between who makes and who writes them, and per transaction.
const (
	perBatch       = 1000
	perTransaction = 500_000
)

// fill writes a table; its rows are made by another goroutine meanwhile.
func (l *loader) fill(ctx context.Context, t table) error {
	started := time.Now()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	batches := make(chan [][]any, 16)
	go func() {
		defer close(batches)
		batch := make([][]any, 0, perBatch)
		send := func() bool {
			select {
			case batches <- batch:
				batch = make([][]any, 0, perBatch)
				return true
			case <-ctx.Done():
				return false
			}
		}
		t.rows(func(row ...any) bool {
			batch = append(batch, row)
			return len(batch) < perBatch || send()
		})
		send()
	}()
	var written int64
	for more := true; more; {
		err := l.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			n := 0
			k, err := tx.Bulk(ctx, db.Bulk{Table: t.name, Columns: t.columns}, func(yield func([]any, error) bool) {
				for n < perTransaction {
					batch, ok := <-batches
					if !ok {
						more = false
						return
					}
					n += len(batch)
					for _, row := range batch {
						if !yield(row, nil) {
							return
						}
					}
				}
			})
			written += k
			return err
		})
		if err != nil {
			return err
		}
	}
	l.say("%-13s %9d rows in %s", t.name, written, time.Since(started).Round(time.Millisecond))
	return ctx.Err()
}

// index is an index taken off while its table is filled.
type index struct{ name, create string }

// dropIndexes takes the secondary indexes off the tables, to be made after the rows.
func (l *loader) dropIndexes(ctx context.Context, tables []table) error {
	const (
		onSQLite   = "SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
		onPostgres = `SELECT i.indexname, i.indexdef, i.tablename FROM pg_indexes i WHERE i.schemaname = current_schema()
			AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)`
	)
	query := onSQLite
	if l.db.Engine() == db.PostgreSQL {
		query = onPostgres
	}
	err := db.Each(ctx, l.db, func(row db.Scanner) error {
		var x index
		var of string
		if err := row.Scan(&x.name, &x.create, &of); err != nil {
			return err
		}
		if slices.ContainsFunc(tables, func(t table) bool { return t.name == of }) {
			l.indexes = append(l.indexes, x)
		}
		return nil
	}, query)
	if err != nil {
		return err
	}
	return l.exec(ctx, func(x index) string { return "DROP INDEX " + x.name })
}

func (l *loader) makeIndexes(ctx context.Context) error {
	started := time.Now()
	err := l.exec(ctx, func(x index) string { return x.create })
	l.say("%-13s %9d made in %s", "indexes", len(l.indexes), time.Since(started).Round(time.Millisecond))
	return err
}

func (l *loader) exec(ctx context.Context, statement func(index) string) error {
	for _, x := range l.indexes {
		err := l.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, statement(x))
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", x.name, err)
		}
	}
	return nil
}

// statistics has the program compute them from the receipts.
func (l *loader) statistics(ctx context.Context) error {
	started := time.Now()
	s := purchase.New(l.db, customer.New(l.db), &org.Service{DB: l.db}, time.Now)
	n, err := s.RebuildStats(ctx)
	l.say("%-13s %9d rows in %s", "purchase_stat", n, time.Since(started).Round(time.Millisecond))
	return err
}
