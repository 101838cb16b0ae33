package org

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
)

func scanRegion(row db.Scanner) (r Region, err error) {
	err = row.Scan(&r.ID, &r.Name)
	return r, err
}

func allRegions(ctx context.Context, q db.Querier) ([]Region, error) {
	return db.All(ctx, q, scanRegion, "SELECT id, name FROM region ORDER BY id")
}

func scanStore(row db.Scanner) (s Store, err error) {
	var region sql.NullInt64
	err = row.Scan(&s.ID, &s.Code, &s.Name, &s.Kind, &region, &s.Currency, &s.Zone, &s.Phone, &s.Address, &s.Active)
	s.RegionID = RegionID(region.Int64)
	return s, err
}

func allStores(ctx context.Context, q db.Querier) ([]Store, error) {
	return db.All(ctx, q, scanStore,
		"SELECT id, code, name, kind, region_id, currency, tz, phone, address, active FROM store ORDER BY id")
}

func insertStore(ctx context.Context, tx *db.Tx, s Store) error {
	_, err := tx.Exec(ctx, `INSERT INTO store (id, code, name, kind, region_id, currency, tz, phone, address, active)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		int64(s.ID), s.Code, s.Name, string(s.Kind), orNull(s.RegionID), string(s.Currency), s.Zone, s.Phone, s.Address, s.Active)
	return err
}

// updateStore leaves the currency alone: see the invariants of the package.
func updateStore(ctx context.Context, tx *db.Tx, s Store) (int64, error) {
	return tx.Exec(ctx, `UPDATE store SET code = ?, name = ?, kind = ?, region_id = ?, tz = ?, phone = ?, address = ?, active = ?
		WHERE id = ?`,
		s.Code, s.Name, string(s.Kind), orNull(s.RegionID), s.Zone, s.Phone, s.Address, s.Active, int64(s.ID))
}

const staffColumns = "id, code, name, role, reach, store_id, region_id, locale, theme, active"

func scanStaff(row db.Scanner) (p Staff, err error) {
	var store, region sql.NullInt64
	err = row.Scan(&p.ID, &p.Code, &p.Name, &p.Role, &p.Reach, &store, &region, &p.Locale, &p.Theme, &p.Active)
	p.StoreID, p.RegionID = StoreID(store.Int64), RegionID(region.Int64)
	return p, err
}

func allStaff(ctx context.Context, q db.Querier) ([]Staff, error) {
	return db.All(ctx, q, scanStaff, "SELECT "+staffColumns+" FROM staff ORDER BY id")
}

func staffByID(ctx context.Context, q db.Querier, id StaffID) (Staff, error) {
	p, err := db.One(ctx, q, scanStaff, "SELECT "+staffColumns+" FROM staff WHERE id = ?", int64(id))
	if errors.Is(err, db.ErrNoRows) {
		return p, errs.New(errs.NotFound, "org.staff_unknown", "staff", id.String())
	}
	return p, err
}

func insertStaff(ctx context.Context, tx *db.Tx, p Staff) error {
	_, err := tx.Exec(ctx, "INSERT INTO staff ("+staffColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		int64(p.ID), p.Code, p.Name, string(p.Role), string(p.Reach), orNull(p.StoreID), orNull(p.RegionID), p.Locale, p.Theme, p.Active)
	return err
}

func updateStaff(ctx context.Context, tx *db.Tx, p Staff) error {
	_, err := tx.Exec(ctx, `UPDATE staff SET code = ?, name = ?, role = ?, reach = ?, store_id = ?, region_id = ?, locale = ?, theme = ?, active = ?
		WHERE id = ?`,
		p.Code, p.Name, string(p.Role), string(p.Reach), orNull(p.StoreID), orNull(p.RegionID), p.Locale, p.Theme, p.Active, int64(p.ID))
	return err
}

// exists reports whether the query, which selects one id, finds another row than self.
func exists(ctx context.Context, q db.Querier, self int64, query string, args ...any) (bool, error) {
	found, err := db.One(ctx, q, db.Value[int64], query, args...)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil && found != self, err
}

func orNull[T ~int64](id T) sql.NullInt64 {
	return sql.NullInt64{Int64: int64(id), Valid: id != 0}
}
