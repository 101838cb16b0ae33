package insight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// Document is a report as it was kept.
type Document struct {
	Name     string          `json:"name"`
	Store    org.StoreID     `json:"store"` // 0: all stores
	AsOf     day.Day         `json:"as_of"`
	Newest   day.Day         `json:"newest"` // of the newest purchase in it
	Basis    Basis           `json:"basis"`
	Currency money.Currency  `json:"currency"`    // of all amounts in it
	Missing  Missing         `json:"missing"`     // what is missing for a model, and for shares that say much; all zero: nothing
	Behind   int             `json:"days_behind"` // how long before AsOf that was; 0: so lately that nothing need be said
	Body     json.RawMessage `json:"report"`
}

// Report is a report of one store, or of all of them for store 0: those are for
// people who see everything.
func (s *Service) Report(ctx context.Context, actor org.Actor, name string, store org.StoreID) (Document, error) {
	if err := actor.Need(org.ReportsRead); err != nil {
		return Document{}, err
	}
	if err := inReach(actor, store); err != nil {
		return Document{}, err
	}
	if reports[name] == nil {
		return Document{}, errs.New(errs.NotFound, "insight.no_report")
	}
	d, err := db.One(ctx, s.DB, func(row db.Scanner) (d Document, err error) {
		var body, missing string
		if err := row.Scan(&d.Name, &d.Store, &d.AsOf, &d.Newest, &body, &d.Currency, &d.Basis, &missing); err != nil {
			return d, err
		}
		d.Behind, d.Body = behind(d.Newest, d.AsOf), json.RawMessage(body)
		return d, json.Unmarshal([]byte(missing), &d.Missing)
	}, `SELECT r.name, r.store_id, r.as_of, r.newest, r.document, m.currency, m.kind, m.missing FROM insight_report r
		JOIN insight_model m ON m.id = r.model_id WHERE r.name = ? AND r.store_id = ?`, name, int64(store))
	if errors.Is(err, db.ErrNoRows) {
		return d, errNoVersion
	}
	return d, err
}

// ReportOf is Report, read into the report's own type.
func ReportOf[T any](ctx context.Context, s *Service, actor org.Actor, name string, store org.StoreID) (T, Document, error) {
	var v T
	d, err := s.Report(ctx, actor, name, store)
	if err != nil {
		return v, d, err
	}
	if err := json.Unmarshal(d.Body, &v); err != nil {
		return v, d, fmt.Errorf("read report %s: %w", name, err)
	}
	return v, d, nil
}

// Reports are the names of all reports.
func Reports() []string { return slices.Sorted(maps.Keys(reports)) }

// drawn is a report on its way into the table.
type drawn struct {
	name   string
	store  org.StoreID
	newest day.Day
	body   []byte
}

// writeReports replaces all reports.
func (v *version) writeReports(ctx context.Context, tx *db.Tx, list []drawn) error {
	if _, err := tx.Exec(ctx, `DELETE FROM insight_report`); err != nil {
		return err
	}
	_, err := tx.Bulk(ctx, db.Bulk{Table: "insight_report", Columns: []string{"name", "store_id", "model_id", "as_of", "newest", "document"}},
		db.Rows(list, func(d drawn) []any {
			return []any{d.name, int64(d.store), int64(v.id), v.asOf.String(), d.newest.String(), string(d.body)}
		}))
	return err
}
