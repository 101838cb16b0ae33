package insight

import (
	"context"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
)

// Service is everything that can be asked about the customer base.
type Service struct {
	DB        *db.DB
	Org       *org.Service
	Customers *customer.Service
	Now       func() time.Time // nil: time.Now

	// Audit puts an act on record, in its transaction; nil records nothing.
	Audit func(ctx context.Context, tx *db.Tx, staff int64, action, subject string, detail any) error

	// Progress, when set, hears how far a refresh has come.
	Progress func(step string, done, all int64)
}

// New wires the service.
func New(d *db.DB, o *org.Service, c *customer.Service) *Service {
	return &Service{DB: d, Org: o, Customers: c}
}

func (s *Service) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func (s *Service) progress(step string, done, all int64) {
	if s.Progress != nil {
		s.Progress(step, done, all)
	}
}
