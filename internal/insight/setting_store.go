package insight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

// Setting is what the company decided, and which version of it this is: 0 when
// nobody has decided anything yet.
func (s *Service) Setting(ctx context.Context) (Setting, int64, error) {
	return readSetting(ctx, s.DB)
}

func readSetting(ctx context.Context, q db.Querier) (Setting, int64, error) {
	set := DefaultSetting()
	var version int64
	text, err := db.One(ctx, q, func(row db.Scanner) (text string, err error) {
		err = row.Scan(&text, &version)
		return text, err
	}, `SELECT document, version FROM insight_setting WHERE id = 1`)
	if errors.Is(err, db.ErrNoRows) {
		return set, 0, nil
	}
	if err != nil {
		return set, 0, err
	}
	if err := json.Unmarshal([]byte(text), &set); err != nil {
		return set, 0, fmt.Errorf("read the settings of insight: %w", err)
	}
	return set, version, nil
}

// SaveSetting keeps what the company decided. version is that of the setting it
// was made from: of two people who change it at once, the second is told. It takes
// effect with the next refresh.
func (s *Service) SaveSetting(ctx context.Context, actor org.Actor, set Setting, version int64) error {
	if err := actor.Need(org.SettingsWrite); err != nil {
		return err
	}
	if err := set.Check(); err != nil {
		return err
	}
	text, err := json.Marshal(set)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var n int64
		var err error
		if version == 0 {
			n, err = tx.Exec(ctx, `INSERT INTO insight_setting (id, document, version) VALUES (1, ?, 1) ON CONFLICT DO NOTHING`, string(text))
		} else {
			n, err = tx.Exec(ctx, `UPDATE insight_setting SET document = ?, version = version + 1 WHERE id = 1 AND version = ?`, string(text), version)
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "insight.setting_changed")
		}
		if s.Audit == nil {
			return nil
		}
		return s.Audit(ctx, tx, int64(actor.ID()), "insight.setting", "insight", set)
	})
}
