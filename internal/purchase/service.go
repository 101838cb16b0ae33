package purchase

import (
	"context"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
)

// Service records purchases and runs imports.
type Service struct {
	DB        *db.DB
	Customers *customer.Service
	Org       *org.Service
	Now       func() time.Time

	Jobs      *jobs.Queue // runs uploaded imports; nil on the command line
	UploadDir string      // where uploads are kept until they are imported

	// Audit puts an act on record, in its transaction; nil records nothing.
	Audit func(ctx context.Context, tx *db.Tx, staff int64, action, subject string, detail any) error

	onRecorded []func(ctx context.Context, tx *db.Tx, r Receipt) error
	onUndone   []func(ctx context.Context, tx *db.Tx, gone []Receipt) error
}

// New wires the service.
func New(d *db.DB, customers *customer.Service, o *org.Service, now func() time.Time) *Service {
	return &Service{DB: d, Customers: customers, Org: o, Now: now}
}

// OnRecorded has f called for every receipt that Record writes, in its
// transaction. Imports do not call it: their receipts are history, and what
// follows from them is planned by the day.
func (s *Service) OnRecorded(f func(ctx context.Context, tx *db.Tx, r Receipt) error) {
	s.onRecorded = append(s.onRecorded, f)
}

// OnUndone has f called with the receipts an undone import takes out, in the
// transaction that takes them.
func (s *Service) OnUndone(f func(ctx context.Context, tx *db.Tx, gone []Receipt) error) {
	s.onUndone = append(s.onUndone, f)
}

func (s *Service) audit(ctx context.Context, tx *db.Tx, actor org.Actor, action, subject string, detail any) error {
	if s.Audit == nil {
		return nil
	}
	return s.Audit(ctx, tx, int64(actor.ID()), action, subject, detail)
}
