package insight

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

// head is which version is read.
type head struct {
	half  int64
	model ModelID // 0: there is none yet
	claim int64
}

const sqlHead = `SELECT half, model_id, claim FROM insight_head WHERE id = 1`

func readHead(ctx context.Context, q db.Querier) (head, error) {
	return db.One(ctx, q, func(row db.Scanner) (h head, err error) {
		err = row.Scan(&h.half, &h.model, &h.claim)
		return h, err
	}, sqlHead)
}

const modelColumns = `id, as_of, fitted_at, kind, chosen, currency, customers, repeaters, days, newest, gap, parameters, holdout, warnings, missing, left_out`

func scanModel(row db.Scanner) (Model, error) {
	var m Model
	var at, gap int64
	var parameters, holdout, warnings, missing, leftOut string
	err := row.Scan(&m.ID, &m.AsOf, &at, &m.Basis, &m.Chosen, &m.Currency, &m.Customers, &m.Repeaters, &m.Days, &m.Newest, &gap,
		&parameters, &holdout, &warnings, &missing, &leftOut)
	if err != nil {
		return m, err
	}
	m.FittedAt, m.Gap = db.Time(at), float64(gap)/2
	return m, errors.Join(json.Unmarshal([]byte(parameters), &m.Parameters), json.Unmarshal([]byte(holdout), &m.Holdout),
		json.Unmarshal([]byte(warnings), &m.Warnings), json.Unmarshal([]byte(missing), &m.Missing), json.Unmarshal([]byte(leftOut), &m.LeftOut))
}

func writeModel(ctx context.Context, tx *db.Tx, m *Model) error {
	args := []any{int64(m.ID), m.AsOf.String(), db.Millis(m.FittedAt), string(m.Basis), m.Chosen, string(m.Currency),
		m.Customers, m.Repeaters, m.Days, m.Newest.String(), int64(2 * m.Gap)}
	for _, v := range []any{m.Parameters, m.Holdout, m.Warnings, m.Missing, m.LeftOut} {
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		args = append(args, string(text))
	}
	_, err := tx.Exec(ctx, `INSERT INTO insight_model (`+modelColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
	return err
}

var errNoVersion = errs.New(errs.NotFound, "insight.not_yet")

// currentModel is the version that is read; an error says that there is none yet.
func currentModel(ctx context.Context, q db.Querier) (Model, head, error) {
	h, err := readHead(ctx, q)
	if err != nil {
		return Model{}, h, err
	}
	if h.model == 0 {
		return Model{}, h, errNoVersion
	}
	m, err := db.One(ctx, q, scanModel, `SELECT `+modelColumns+` FROM insight_model WHERE id = ?`, int64(h.model))
	return m, h, err
}

// Model is the version that is read.
func (s *Service) Model(ctx context.Context, actor org.Actor) (Model, error) {
	if err := actor.Need(org.ReportsRead); err != nil {
		return Model{}, err
	}
	m, _, err := currentModel(ctx, s.DB)
	return m, err
}

// keepModels is how many versions are remembered: two years of nights.
const keepModels = 730

// forgetModels drops the versions nobody asks for any more.
func forgetModels(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM insight_model WHERE id < (SELECT MIN(id) FROM (SELECT id FROM insight_model ORDER BY id DESC LIMIT ?) AS kept)`, keepModels)
	return err
}
