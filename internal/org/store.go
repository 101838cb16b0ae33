package org

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/text"
)

// limits of text, in characters: a code's is generous for a till and short
// enough for a column of a list.
const (
	maxCode    = 32
	maxName    = 80
	maxPhone   = 40
	maxAddress = 200
)

// CreateRegion adds a region.
func (s *Service) CreateRegion(ctx context.Context, by Actor, name string) (Region, error) {
	r := Region{ID: id.New[Region](), Name: text.Line(name)}
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := checkRegion(ctx, tx, r); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO region (id, name) VALUES (?, ?)", int64(r.ID), r.Name); err != nil {
			return err
		}
		return s.changed(ctx, tx, by, "region.create", "region:"+r.ID.String(), r)
	})
	return r, err
}

// UpdateRegion renames a region.
func (s *Service) UpdateRegion(ctx context.Context, by Actor, r Region) error {
	r.Name = text.Line(r.Name)
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := checkRegion(ctx, tx, r); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "UPDATE region SET name = ? WHERE id = ?", r.Name, int64(r.ID))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.NotFound, "org.region_unknown")
		}
		return s.changed(ctx, tx, by, "region.update", "region:"+r.ID.String(), r)
	})
}

func checkRegion(ctx context.Context, tx *db.Tx, r Region) error {
	var f errs.Fields
	if r.Name == "" {
		f.Add("name", "org.name_missing")
	}
	checkLength(&f, "name", r.Name, maxName)
	taken, err := exists(ctx, tx, int64(r.ID), "SELECT id FROM region WHERE name = ? ORDER BY id LIMIT 1", r.Name)
	if err != nil {
		return err
	}
	if taken {
		f.Add("name", "org.region_taken", "name", r.Name)
	}
	return f.Err()
}

// CreateStore adds a store. An empty kind is Other, an empty name the code.
func (s *Service) CreateStore(ctx context.Context, by Actor, st Store) (made Store, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { // perhaps more than once: st stays as it is
		made, err = s.CreateStoreTx(ctx, tx, by, st)
		return err
	})
	return made, err
}

// CreateStoreTx is CreateStore within a transaction.
func (s *Service) CreateStoreTx(ctx context.Context, tx *db.Tx, by Actor, st Store) (Store, error) {
	st.ID, st.Active = id.New[Store](), true
	st, err := checkStore(ctx, tx, st)
	if err != nil {
		return Store{}, err
	}
	if err := insertStore(ctx, tx, st); err != nil {
		return Store{}, takenOr(err, st.Code)
	}
	return st, s.changed(ctx, tx, by, "store.create", "store:"+st.ID.String(), st)
}

// UpdateStore changes all of a store but its currency.
func (s *Service) UpdateStore(ctx context.Context, by Actor, st Store) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		st, err := checkStore(ctx, tx, st)
		if err != nil {
			return err
		}
		n, err := updateStore(ctx, tx, st)
		if err != nil {
			return takenOr(err, st.Code)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "org.store_unknown", "store", st.Code)
		}
		return s.changed(ctx, tx, by, "store.update", "store:"+st.ID.String(), st)
	})
}

// EnsureStore finds the store with the code or creates it, for the importer.
// A currency or zone that is given and differs from the store's is a conflict;
// an empty one stands for the store's own.
func (s *Service) EnsureStore(ctx context.Context, by Actor, code, currency, zone string) (Store, error) {
	st, err := s.StoreByCode(ctx, code)
	if errs.Is(err, errs.NotFound) {
		created, refused := s.CreateStore(ctx, by, Store{Code: code, Currency: money.Currency(currency), Zone: zone})
		if refused == nil || !errs.Is(refused, errs.Invalid) {
			return created, refused
		}
		// Another import may have made it between the two steps.
		s.forget()
		if st, err = s.StoreByCode(ctx, code); errs.Is(err, errs.NotFound) {
			return Store{}, refused
		}
	}
	if err != nil {
		return Store{}, err
	}
	if currency != "" && !strings.EqualFold(currency, string(st.Currency)) {
		return Store{}, errs.New(errs.Conflict, "org.store_currency_differs", "store", st.Code, "has", string(st.Currency), "given", currency)
	}
	if zone != "" && zone != st.Zone {
		return Store{}, errs.New(errs.Conflict, "org.store_zone_differs", "store", st.Code, "has", st.Zone, "given", zone)
	}
	return st, nil
}

// checkStore returns the store as it is to be written, or what is wrong with it.
func checkStore(ctx context.Context, tx *db.Tx, st Store) (Store, error) {
	var f errs.Fields
	st.Code, st.Name = text.Line(st.Code), text.Line(st.Name)
	st.Phone, st.Address = text.Line(st.Phone), text.Clean(st.Address)
	if st.Name == "" {
		st.Name = st.Code
	}
	if st.Kind == "" {
		st.Kind = Other
	}
	checkCode(&f, st.Code)
	checkLength(&f, "name", st.Name, maxName)
	checkLength(&f, "phone", st.Phone, maxPhone)
	checkLength(&f, "address", st.Address, maxAddress)
	switch st.Kind {
	case Furniture, Fashion, Workshop, Other:
	default:
		f.Add("kind", "org.kind_unknown")
	}
	currency, err := money.ParseCurrency(string(st.Currency))
	f.AddErr("currency", err)
	st.Currency = currency
	if !knownZone(st.Zone) {
		f.Add("tz", "org.zone_unknown", "zone", st.Zone)
	}
	// Codes are unique in either case, as people and tills write them.
	taken, err := codeTaken(ctx, tx, sqlStoreCodes, int64(st.ID), st.Code)
	if err != nil {
		return st, err
	}
	if taken {
		f.Add("code", "org.code_taken", "code", st.Code)
	}
	if err := checkRegionID(ctx, tx, &f, st.RegionID); err != nil {
		return st, err
	}
	return st, f.Err()
}

// Codes are compared in Go: neither engine folds other letters than ASCII.
const (
	sqlStoreCodes = "SELECT id, code FROM store"
	sqlStaffCodes = "SELECT id, code FROM staff"
)

func codeTaken(ctx context.Context, tx *db.Tx, query string, self int64, code string) (taken bool, err error) {
	err = db.Each(ctx, tx, func(row db.Scanner) error {
		var other int64
		var has string
		if err := row.Scan(&other, &has); err != nil {
			return err
		}
		taken = taken || other != self && strings.EqualFold(has, code)
		return nil
	}, query)
	return taken, err
}

// takenOr explains a code that somebody else took between our look and our write.
func takenOr(err error, code string) error {
	if !db.IsUnique(err) {
		return err
	}
	var f errs.Fields
	f.Add("code", "org.code_taken", "code", code)
	return f.Err()
}

func checkCode(f *errs.Fields, code string) {
	switch {
	case code == "":
		f.Add("code", "org.code_missing")
	case utf8.RuneCountInString(code) > maxCode:
		f.Add("code", "org.code_too_long", "max", maxCode)
	}
}

func checkLength(f *errs.Fields, field, s string, most int) {
	if utf8.RuneCountInString(s) > most {
		f.Add(field, "error.too_long", "max", most)
	}
}

func checkRegionID(ctx context.Context, tx *db.Tx, f *errs.Fields, region RegionID) error {
	if region == 0 {
		return nil
	}
	found, err := exists(ctx, tx, 0, "SELECT id FROM region WHERE id = ?", int64(region))
	if err == nil && !found {
		f.Add("region", "org.region_unknown")
	}
	return err
}

// knownZone reports whether the IANA zone exists. "" and "Local" would mean
// whatever the machine is set to, and so are refused.
func knownZone(zone string) bool {
	if zone == "" || zone == "Local" {
		return false
	}
	_, err := time.LoadLocation(zone)
	return err == nil
}

// Location is the store's time zone.
func (s Store) Location() *time.Location {
	if loc, ok := zones.Load(s.Zone); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(s.Zone)
	if err != nil {
		loc = time.UTC // a store is never written with an unknown zone
	}
	zones.Store(s.Zone, loc)
	return loc
}

// zones are the locations by name: the library reads a file for each.
var zones sync.Map
