package org

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
)

// Service is the company's directory.
type Service struct {
	DB  *db.DB
	Now func() time.Time // nil: time.Now

	// Audit, when set, puts a change on record in the change's own transaction.
	Audit func(ctx context.Context, tx *db.Tx, staff int64, action, subject string, detail any) error

	mu    sync.Mutex
	cache *directory
	edits int // counts changes, so that a directory read before one is not kept after it
}

// directory is all of the company at once: a few hundred rows that every page
// wants the names of.
type directory struct {
	read    time.Time
	regions map[RegionID]Region
	stores  map[StoreID]Store
	staff   map[StaffID]Staff
	byCode  []Store // every page asks for the first, or for all
}

// cacheFor is how long another server's changes may stay unseen. Rights are not
// cached: see Actor.
const cacheFor = 15 * time.Second

func (s *Service) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// directory returns the cached directory, reading it first when it is old.
func (s *Service) directory(ctx context.Context) (*directory, error) {
	s.mu.Lock()
	d, edits := s.cache, s.edits
	s.mu.Unlock()
	now := s.now()
	if d != nil && now.Sub(d.read).Abs() < cacheFor {
		return d, nil
	}
	regions, err := allRegions(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	stores, err := allStores(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	staff, err := allStaff(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	d = &directory{
		read:    now,
		regions: byID(regions, func(r Region) RegionID { return r.ID }),
		stores:  byID(stores, func(st Store) StoreID { return st.ID }),
		staff:   byID(staff, func(p Staff) StaffID { return p.ID }),
		byCode:  stores,
	}
	slices.SortFunc(d.byCode, func(a, b Store) int { return strings.Compare(a.Code, b.Code) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.edits == edits {
		s.cache = d
	}
	return d, nil
}

func byID[K comparable, T any](list []T, id func(T) K) map[K]T {
	m := make(map[K]T, len(list))
	for _, v := range list {
		m[id(v)] = v
	}
	return m
}

// forget drops the cache.
func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cache = nil
	s.edits++
}

// changed drops the cache once the transaction is committed, and puts the
// change on record.
func (s *Service) changed(ctx context.Context, tx *db.Tx, by Actor, action, subject string, detail any) error {
	tx.AfterCommit(s.forget)
	if s.Audit == nil {
		return nil
	}
	return s.Audit(ctx, tx, int64(by.ID()), action, subject, detail)
}

// Regions are all regions, by name.
func (s *Service) Regions(ctx context.Context) ([]Region, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Values(d.regions), func(a, b Region) int { return strings.Compare(a.Name, b.Name) }), nil
}

// Stores are all stores, by code. The slice is shared: it is only for reading.
func (s *Service) Stores(ctx context.Context) ([]Store, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clip(d.byCode), nil
}

// StoresByID are all stores by id. The map is shared: it is only for reading.
func (s *Service) StoresByID(ctx context.Context) (map[StoreID]Store, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return d.stores, nil
}

// StaffByID are all people by id, active or not, for their names. The map is
// shared: it is only for reading.
func (s *Service) StaffByID(ctx context.Context) (map[StaffID]Staff, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return d.staff, nil
}

// Store is the store with the id.
func (s *Service) Store(ctx context.Context, id StoreID) (Store, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return Store{}, err
	}
	st, ok := d.stores[id]
	if !ok {
		return Store{}, errs.New(errs.NotFound, "org.store_unknown", "store", id.String())
	}
	return st, nil
}

// StoreByCode is the store the till calls so, in either case.
func (s *Service) StoreByCode(ctx context.Context, code string) (Store, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return Store{}, err
	}
	for _, st := range d.stores {
		if strings.EqualFold(st.Code, strings.TrimSpace(code)) {
			return st, nil
		}
	}
	return Store{}, errs.New(errs.NotFound, "org.store_unknown", "store", code)
}

// StaffByCode is the person the till calls so, in either case.
func (s *Service) StaffByCode(ctx context.Context, code string) (Staff, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return Staff{}, err
	}
	for _, p := range d.staff {
		if strings.EqualFold(p.Code, strings.TrimSpace(code)) {
			return p, nil
		}
	}
	return Staff{}, errs.New(errs.NotFound, "org.staff_unknown", "staff", code)
}

// Person is the person with the id.
func (s *Service) Person(ctx context.Context, id StaffID) (Staff, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return Staff{}, err
	}
	p, ok := d.staff[id]
	if !ok {
		return Staff{}, errs.New(errs.NotFound, "org.staff_unknown", "staff", id.String())
	}
	return p, nil
}

// Actor is what the person may do and see at this moment. It reads the person's
// row each time: somebody who was dismissed a second ago, by any server, may do
// nothing any more.
func (s *Service) Actor(ctx context.Context, id StaffID) (Actor, error) {
	p, err := staffByID(ctx, s.DB, id)
	if err != nil {
		return Actor{}, err
	}
	if p.Reach != ReachRegion {
		return NewActor(p, 0, nil), nil
	}
	d, err := s.directory(ctx)
	if err != nil {
		return Actor{}, err
	}
	region := p.RegionID
	if region == 0 {
		region = d.stores[p.StoreID].RegionID
	}
	var stores []StoreID
	for _, st := range d.stores {
		if region != 0 && st.RegionID == region {
			stores = append(stores, st.ID)
		}
	}
	return NewActor(p, region, stores), nil
}
