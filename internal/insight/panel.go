package insight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/insight/refill"
	"github.com/ricejar/ricejar/internal/org"
)

// Panel is what the page of a customer shows: as much as a handful of short
// reads gives, because it is opened for every contact.
type Panel struct {
	AsOf    day.Day // the day of the last refresh; 0: there has been none
	Basis   Basis
	Missing Missing // what a model would need besides; all zero: nothing
	Horizon int     // days ahead that the chance and the purchases are about
	Stage   Stage
	Since   day.Day  // none for a prospect
	Score   *Figures // nil: had bought nothing by then
	Warning Warning
	Refills []refill.Refill // the next first
	Told    []Told          // why they stay away, the latest first; read where they may be leaving
}

// Leaving reports whether it is time to ask why they stay away.
func (p Panel) Leaving() bool { return p.Stage == Lost || p.Warning.Sign != "" }

// On is the panel as it reads on a later day: see Warning.On. Whether they have
// bought in the meantime it does not know.
func (p Panel) On(today day.Day) Panel {
	p.Warning = p.Warning.On(p.AsOf, today)
	if p.Score != nil {
		score := *p.Score
		score.Silent += grown(p.AsOf, today)
		p.Score = &score
	}
	return p
}

const sqlPanel = `SELECT h.half, m.as_of, m.kind, m.gap, m.repeaters, m.missing, COALESCE(g.document, '')
	FROM insight_head h
	JOIN insight_model m ON m.id = h.model_id
	LEFT JOIN insight_setting g ON g.id = 1
	WHERE h.id = 1`

// Panel is what is known of a customer within the actor's reach, in short. Before
// the first refresh it is empty.
func (s *Service) Panel(ctx context.Context, actor org.Actor, c customer.ID) (Panel, error) {
	var p Panel
	if err := actor.Need(org.CustomersRead); err != nil {
		return p, err
	}
	if err := s.Customers.Reach(ctx, actor, c); err != nil {
		return p, err
	}
	err := s.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		set := DefaultSetting()
		var m Model // as much of it as is read here
		h, err := db.One(ctx, tx, func(row db.Scanner) (h head, err error) {
			var text, missing string
			var gap int64
			if err := row.Scan(&h.half, &p.AsOf, &p.Basis, &gap, &m.Repeaters, &missing, &text); err != nil {
				return h, err
			}
			m.Gap = float64(gap) / 2
			if err := json.Unmarshal([]byte(missing), &p.Missing); err != nil || text == "" {
				return h, err
			}
			if err := json.Unmarshal([]byte(text), &set); err != nil {
				return h, fmt.Errorf("read the settings of insight: %w", err)
			}
			return h, nil
		}, sqlPanel)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		p.Horizon = set.Horizon
		k, err := db.One(ctx, tx, ScanScore, sqlOneScore, int64(c), h.half)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		p.Stage, p.Since, p.Warning, p.Score = k.Stage, k.Since, k.Warning, k.figures(p.AsOf, set.Rules, m.shopGap())
		if p.Refills, err = refills(ctx, tx, h, c); err != nil || !p.Leaving() {
			return err
		}
		p.Told, err = db.All(ctx, tx, scanTold, sqlReasonsOf, int64(c))
		return err
	})
	return p, err
}
