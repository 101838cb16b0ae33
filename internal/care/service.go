package care

import (
	"context"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// Service is everything that can be done with rules, plans, tasks and outcomes.
type Service struct {
	DB        *db.DB
	Org       *org.Service
	Customers *customer.Service
	Purchases *purchase.Service
	Now       func() time.Time // nil: time.Now

	// Progress, when set, hears of each committed step of a plan: the rule's code
	// and how many tasks the step made.
	Progress func(rule string, made int64)

	// Chunk is how many candidates a planning transaction looks at; 0 is usual.
	Chunk int
}

// New wires the service.
func New(d *db.DB, o *org.Service, c *customer.Service, p *purchase.Service) *Service {
	return &Service{DB: d, Org: o, Customers: c, Purchases: p}
}

func (s *Service) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// zone is the time zone of a store; without one that of the first store there is,
// which is the only one in most companies.
func (s *Service) zone(ctx context.Context, store org.StoreID) (*time.Location, error) {
	if store == 0 {
		stores, err := s.Org.Stores(ctx)
		if err != nil || len(stores) == 0 {
			return time.UTC, err
		}
		return stores[0].Location(), nil
	}
	stores, err := s.Org.StoresByID(ctx)
	return stores[store].Location(), err
}

// Today is the business day it is now in the store, for who has none in the first.
func (s *Service) Today(ctx context.Context, store org.StoreID) (day.Day, error) {
	zone, err := s.zone(ctx, store)
	if err != nil {
		return 0, err
	}
	return day.Of(s.now(), zone), nil
}

// staffName is a colleague's name; empty for nobody in particular.
func (s *Service) staffName(ctx context.Context, who org.StaffID) (string, error) {
	if who == 0 {
		return "", nil
	}
	people, err := s.Org.StaffByID(ctx)
	return people[who].Name, err
}
