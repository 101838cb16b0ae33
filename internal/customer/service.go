package customer

import (
	"context"
	"errors"
	"slices"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
)

// Service is everything that can be done with customers' files.
type Service struct {
	DB   *db.DB
	Jobs *jobs.Queue // counts files anew when the fields have changed; nil on the command line

	fields fieldCache

	onMoved            []func(ctx context.Context, tx *db.Tx, c ID, store org.StoreID, owner org.StaffID) error
	onContactForbidden []func(ctx context.Context, tx *db.Tx, c ID) error
}

// OnMoved has f called when a customer has got another home store or owner, in
// the transaction of the change.
func (s *Service) OnMoved(f func(ctx context.Context, tx *db.Tx, c ID, store org.StoreID, owner org.StaffID) error) {
	s.onMoved = append(s.onMoved, f)
}

// OnContactForbidden has f called when a customer wants no more contact, in the
// transaction that records it.
func (s *Service) OnContactForbidden(f func(ctx context.Context, tx *db.Tx, c ID) error) {
	s.onContactForbidden = append(s.onContactForbidden, f)
}

// New wires the service.
func New(d *db.DB) *Service { return &Service{DB: d} }

var errNotFound = errs.New(errs.NotFound, "customer.not_found")

// Get is the head of a file. A customer outside of the actor's reach is not found.
func (s *Service) Get(ctx context.Context, actor org.Actor, c ID) (Customer, error) {
	known := memoryOf(ctx)
	if head, ok := known.get(actor, c); ok {
		return head, nil
	}
	head, err := s.getFrom(ctx, s.DB, actor, c)
	if err == nil {
		known.put(actor, head)
	}
	return head, err
}

func (s *Service) getFrom(ctx context.Context, q db.Querier, actor org.Actor, c ID) (Customer, error) {
	head, err := head(ctx, q, c)
	if err != nil {
		return Customer{}, err
	}
	if !actor.Scope().Allows(head.OwnerID, head.StoreID) {
		return Customer{}, errNotFound
	}
	return head, nil
}

// Reach is nil when the actor may see the customer; otherwise the customer is
// not found, so that nobody learns by asking who exists.
func (s *Service) Reach(ctx context.Context, actor org.Actor, c ID) error {
	_, err := s.Get(ctx, actor, c)
	return err
}

// ReachTx is Reach as the transaction sees it.
func (s *Service) ReachTx(ctx context.Context, tx *db.Tx, actor org.Actor, c ID) error {
	_, err := s.getFrom(ctx, tx, actor, c)
	return err
}

// head reads a file's head whoever asks.
func head(ctx context.Context, q db.Querier, c ID) (Customer, error) {
	v, err := db.One(ctx, q, scanCustomer, sqlHead, int64(c))
	if errors.Is(err, db.ErrNoRows) {
		return v, errNotFound
	}
	return v, err
}

// LockTx makes other transactions that lock the same customers wait until this
// one ends: for what is computed from several of a customer's rows. Where there
// is only one writer anyway, nobody has to wait. A file that is gone, perhaps
// closed by the one that was waited for, is not found. The ids are distinct.
func (s *Service) LockTx(ctx context.Context, tx *db.Tx, ids []ID) error {
	for chunk := range slices.Chunk(ids, 200) {
		found, err := lockRows(ctx, tx, chunk)
		if err != nil {
			return err
		}
		if found != int64(len(chunk)) {
			return errNotFound
		}
	}
	return nil
}

func lockRows(ctx context.Context, tx *db.Tx, ids []ID) (found int64, err error) {
	if tx.Engine() == db.SQLite {
		return db.One(ctx, tx, db.Value[int64], `SELECT COUNT(*) FROM customer WHERE customer_id IN (`+db.In(len(ids))+`)`, db.Args(ids)...)
	}
	return tx.Exec(ctx, `UPDATE customer SET version = version WHERE customer_id IN (`+db.In(len(ids))+`)`, db.Args(ids)...)
}

// lock is the head of a file within the actor's reach, which nobody else changes
// until the transaction ends. Whoever writes into a file begins with it: of two
// at once, the second waits here and then reads what the first has written.
func (s *Service) lock(ctx context.Context, tx *db.Tx, actor org.Actor, c ID) (Customer, error) {
	if err := s.LockTx(ctx, tx, []ID{c}); err != nil {
		return Customer{}, err
	}
	return s.getFrom(ctx, tx, actor, c)
}

// write runs f in a transaction on a customer within the actor's reach.
func (s *Service) write(ctx context.Context, actor org.Actor, c ID, f func(context.Context, *db.Tx, Customer) error) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := s.lock(ctx, tx, actor, c)
		if err != nil {
			return err
		}
		return f(ctx, tx, before)
	})
}

// Cursor is where a list continues: after the row with this instant and id.
// The zero Cursor is the beginning.
type Cursor struct {
	At int64
	ID ID
}

// NewID makes a customer's id.
func NewID() ID { return id.New[Customer]() }

func (c Customer) insertArgs() []any {
	return []any{
		int64(c.ID), c.Name, string(c.Gender),
		string(c.Birth.Calendar), c.Birth.Year, c.Birth.Month, c.Birth.Day, c.Birth.Leap, c.Birth.Key(),
		c.Card, int64(c.StoreID), int64(c.OwnerID), int64(c.HouseholdID), int64(c.ReferrerID), string(c.Origin),
		c.VIP, c.DoNotContact, c.Completeness, c.ImportID, c.Version, db.Millis(c.CreatedAt), db.Millis(c.UpdatedAt),
	}
}

var customerColumns = []string{
	"customer_id", "name", "gender",
	"birth_calendar", "birth_year", "birth_month", "birth_day", "birth_leap", "birth_key",
	"card_no", "store_id", "owner_id", "household_id", "referrer_id", "origin",
	"vip", "do_not_contact", "completeness", "import_id", "version", "created_at", "updated_at",
}

// sqlCustomer are the columns scanCustomer reads, of a table called c.
const sqlCustomer = `c.customer_id, c.name, c.gender, c.birth_calendar, c.birth_year, c.birth_month, c.birth_day, c.birth_leap,
	c.card_no, c.store_id, c.owner_id, c.household_id, c.referrer_id, c.origin, c.vip, c.do_not_contact, c.completeness,
	c.import_id, c.version, c.created_at, c.updated_at`

const sqlHead = `SELECT ` + sqlCustomer + ` FROM customer c WHERE c.customer_id = ?`

func customerDest(c *Customer, created, updated *int64) []any {
	return []any{
		&c.ID, &c.Name, &c.Gender, &c.Birth.Calendar, &c.Birth.Year, &c.Birth.Month, &c.Birth.Day, &c.Birth.Leap,
		&c.Card, &c.StoreID, &c.OwnerID, &c.HouseholdID, &c.ReferrerID, &c.Origin, &c.VIP, &c.DoNotContact, &c.Completeness,
		&c.ImportID, &c.Version, created, updated,
	}
}

func scanCustomer(row db.Scanner) (Customer, error) {
	var c Customer
	var created, updated int64
	err := row.Scan(customerDest(&c, &created, &updated)...)
	c.CreatedAt, c.UpdatedAt = db.Time(created), db.Time(updated)
	return c, err
}

// touch notes an edit: the version counts up and the file moves to the top of the lists.
func touch(ctx context.Context, tx *db.Tx, c ID) error {
	_, err := tx.Exec(ctx, `UPDATE customer SET version = version + 1, updated_at = ? WHERE customer_id = ?`, db.Millis(tx.Now()), int64(c))
	return err
}
