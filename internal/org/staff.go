package org

import (
	"cmp"
	"context"
	"slices"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/text"
)

// StaffFilter chooses people from the directory.
type StaffFilter struct {
	StoreID    StoreID // zero: any
	ActiveOnly bool
	After      string // the code after which the page begins
	Limit      int    // zero: all
}

// ListStaff are the people who match, by code.
func (s *Service) ListStaff(ctx context.Context, f StaffFilter) ([]Staff, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	var list []Staff
	for _, p := range d.staff {
		if (f.StoreID == 0 || p.StoreID == f.StoreID) && (p.Active || !f.ActiveOnly) && p.Code > f.After {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b Staff) int { return cmp.Compare(a.Code, b.Code) })
	if f.Limit > 0 && len(list) > f.Limit {
		list = list[:f.Limit]
	}
	return list, nil
}

// CreateStaff adds a person. An empty reach is the role's default.
func (s *Service) CreateStaff(ctx context.Context, by Actor, p Staff) (made Staff, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { // perhaps more than once: p stays as it is
		made, err = s.CreateStaffTx(ctx, tx, by, p)
		return err
	})
	return made, err
}

// CreateStaffTx is CreateStaff within a transaction: usually the one that gives
// the person a password too.
func (s *Service) CreateStaffTx(ctx context.Context, tx *db.Tx, by Actor, p Staff) (Staff, error) {
	p.ID, p.Active = id.New[Staff](), true
	p, err := checkStaff(ctx, tx, p)
	if err != nil {
		return Staff{}, err
	}
	if err := insertStaff(ctx, tx, p); err != nil {
		return Staff{}, takenOr(err, p.Code)
	}
	return p, s.changed(ctx, tx, by, "staff.create", "staff:"+p.ID.String(), p)
}

// UpdateStaff changes a person. The last active administrator cannot be made
// anything else: nobody could undo it.
func (s *Service) UpdateStaff(ctx context.Context, by Actor, p Staff) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		// Touching every administrator makes two who dismiss each other take turns.
		if _, err := tx.Exec(ctx, "UPDATE staff SET active = active WHERE role = 'administrator'"); err != nil {
			return err
		}
		old, err := staffByID(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		p, err := checkStaff(ctx, tx, p)
		if err != nil {
			return err
		}
		if err := updateStaff(ctx, tx, p); err != nil {
			return takenOr(err, p.Code)
		}
		if old.Role == Administrator && old.Active {
			left, err := hasAdministrator(ctx, tx)
			if err != nil {
				return err
			}
			if !left {
				return errs.New(errs.Conflict, "org.last_administrator")
			}
		}
		return s.changed(ctx, tx, by, "staff.update", "staff:"+p.ID.String(), p)
	})
}

// SetPreferences stores the language and the theme a person chose for themselves,
// and leaves alone what somebody else may be changing of them at this moment.
func (s *Service) SetPreferences(ctx context.Context, by Actor, locale, theme string) error {
	var f errs.Fields
	checkPreferences(&f, locale, theme)
	if err := f.Err(); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE staff SET locale = ?, theme = ? WHERE id = ?", locale, theme, int64(by.ID()))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.NotFound, "org.staff_unknown", "staff", by.ID().String())
		}
		return s.changed(ctx, tx, by, "staff.preferences", "staff:"+by.ID().String(), map[string]string{"locale": locale, "theme": theme})
	})
}

func checkPreferences(f *errs.Fields, locale, theme string) {
	if _, known := i18n.ParseLocale(locale); locale != "" && !known {
		f.Add("locale", "error.field_invalid")
	}
	if theme != "" && theme != "light" && theme != "dark" {
		f.Add("theme", "org.theme_unknown")
	}
}

// HasAdministrator reports whether the company has an active administrator.
func (s *Service) HasAdministrator(ctx context.Context) (bool, error) {
	return hasAdministrator(ctx, s.DB)
}

func hasAdministrator(ctx context.Context, q db.Querier) (bool, error) {
	return exists(ctx, q, 0, "SELECT id FROM staff WHERE role = 'administrator' AND reach = 'all' AND active ORDER BY id LIMIT 1")
}

// checkStaff returns the person as they are to be written, or what is wrong.
func checkStaff(ctx context.Context, tx *db.Tx, p Staff) (Staff, error) {
	var f errs.Fields
	p.Code, p.Name = text.Line(p.Code), text.Line(p.Name)
	if p.Reach == "" {
		p.Reach = p.Role.DefaultReach()
	}
	checkCode(&f, p.Code)
	if p.Name == "" {
		f.Add("name", "org.name_missing")
	}
	checkLength(&f, "name", p.Name, maxName)
	if !p.Role.Valid() {
		f.Add("role", "org.role_unknown")
	} else if !p.Reach.Valid() {
		f.Add("reach", "org.reach_unknown")
	}
	checkPreferences(&f, p.Locale, p.Theme)
	taken, err := codeTaken(ctx, tx, sqlStaffCodes, int64(p.ID), p.Code)
	if err != nil {
		return p, err
	}
	if taken {
		f.Add("code", "org.code_taken", "code", p.Code)
	}
	if err := checkRegionID(ctx, tx, &f, p.RegionID); err != nil {
		return p, err
	}
	if err := checkPlace(ctx, tx, &f, p); err != nil {
		return p, err
	}
	return p, f.Err()
}

// checkPlace refuses a reach that points nowhere: a manager without a store
// would see nothing, and nobody would know why.
func checkPlace(ctx context.Context, tx *db.Tx, f *errs.Fields, p Staff) error {
	var region int64
	if p.StoreID != 0 {
		st, err := db.All(ctx, tx, db.Value[int64], "SELECT COALESCE(region_id, 0) FROM store WHERE id = ?", int64(p.StoreID))
		if err != nil {
			return err
		}
		if len(st) == 0 {
			f.Add("store", "org.store_unknown", "store", p.StoreID.String())
			return nil
		}
		region = st[0]
	}
	if p.Reach == ReachStore && p.StoreID == 0 {
		f.Add("store", "org.store_needed")
	}
	if p.Reach == ReachRegion && p.RegionID == 0 && region == 0 {
		f.Add("region", "org.region_needed")
	}
	return nil
}
