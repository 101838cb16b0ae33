package insight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/insight/basket"
	"github.com/ricejar/ricejar/internal/insight/lean"
	"github.com/ricejar/ricejar/internal/org"
)

// version is what a refresh makes: the half that nobody reads.
type version struct {
	id    ModelID
	asOf  day.Day
	half  int64
	begun time.Time
}

// sources is all that a refresh reads, as of one moment.
type sources struct {
	setting  Setting
	previous *Model // the version before; nil for the first
	book     *Book
	lines    *basket.Lines
	jars     []refillOf
	troubles map[customer.ID]trouble
	asked    *Asked
}

// Refreshed is what a refresh came to.
type Refreshed struct {
	Model     Model          `json:"model"`
	Customers int            `json:"customers"`
	Purchases int            `json:"purchases"`
	Stages    map[string]int `json:"stages"` // how many customers stand in each
	Warned    int            `json:"warned"`
	Refills   int            `json:"refills"`
	Reports   int            `json:"reports"`
	Seconds   float64        `json:"seconds"`
}

// chunk is how many customers one writing transaction holds: short enough for
// those who wait to write something else.
const chunk = 5000

// eastmost is where a day begins first: nobody has purchases of a later one.
var eastmost = time.FixedZone("", 14*60*60)

// Refresh computes everything anew from the purchases up to and including a day,
// and shows it once it is complete. Stopped at any point it has changed nothing
// that is read, and can be begun again.
func (s *Service) Refresh(ctx context.Context, actor org.Actor, asOf day.Day) (Refreshed, error) {
	if err := actor.Need(org.SettingsWrite); err != nil {
		return Refreshed{}, err
	}
	if asOf > day.Of(s.now(), eastmost) {
		var bad errs.Fields
		bad.Add("as_of", "insight.day_ahead")
		return Refreshed{}, bad.Err()
	}
	defer lean.Begin()()
	v, err := s.begin(ctx, asOf)
	if err != nil {
		return Refreshed{}, err
	}
	src, err := s.read(ctx, asOf)
	if err != nil {
		return Refreshed{}, err
	}
	b := src.book
	s.progress("fit", 0, int64(b.Len()))
	model, found := foretell(src)
	model.ID, model.FittedAt = v.id, v.begun
	list := scores(b, found)
	if err := s.writeScores(ctx, v, b, found, list); err != nil {
		return Refreshed{}, err
	}
	refills, err := s.writeRefills(ctx, v, src.lines, src.jars)
	if err != nil {
		return Refreshed{}, err
	}
	src.lines = nil
	if err := s.writePrices(ctx, v, src.asked.Usual); err != nil {
		return Refreshed{}, err
	}
	s.progress("report", 0, int64(len(b.Stores)))
	reports, err := draw(src, &model, list)
	if err != nil {
		return Refreshed{}, err
	}
	if err := s.publish(ctx, v, &model, reports); err != nil {
		return Refreshed{}, err
	}
	done := Refreshed{Model: model, Customers: b.Len(), Purchases: len(b.Day), Refills: refills, Reports: len(reports),
		Stages: make(map[string]int), Seconds: s.now().Sub(v.begun).Seconds()}
	for i := range list {
		done.Stages[list[i].Stage.String()]++
		if list[i].Warning.Sign != "" {
			done.Warned++
		}
	}
	return done, nil
}

// begin claims the half that nobody reads.
func (s *Service) begin(ctx context.Context, asOf day.Day) (*version, error) {
	v := &version{id: id.New[Model](), asOf: asOf, begun: s.now()}
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		half, err := db.One(ctx, tx, db.Value[int64], `UPDATE insight_head SET claim = ? WHERE id = 1 RETURNING half`, int64(v.id))
		v.half = 1 - half
		return err
	})
	return v, err
}

// holdTx makes sure that no other refresh has begun, and that none begins before
// the transaction ends.
func (v *version) holdTx(ctx context.Context, tx *db.Tx) error {
	n, err := tx.Exec(ctx, `UPDATE insight_head SET claim = claim WHERE id = 1 AND claim = ?`, int64(v.id))
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "insight.other_refresh")
	}
	return err
}

// read reads all sources as of one moment.
func (s *Service) read(ctx context.Context, asOf day.Day) (*sources, error) {
	src := &sources{}
	s.progress("read", 0, 0)
	err := s.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if src.setting, _, err = readSetting(ctx, tx); err != nil {
			return err
		}
		before, _, err := currentModel(ctx, tx)
		switch {
		case err == nil:
			src.previous = &before
		case !errors.Is(err, errNoVersion):
			return err
		}
		if src.book, src.lines, err = s.readBook(ctx, tx, asOf, src.setting.Rates); err != nil {
			return err
		}
		if src.jars, err = readJars(ctx, tx, src.setting.Jars, asOf); err != nil {
			return err
		}
		if src.troubles, err = readTroubles(ctx, tx, asOf); err != nil {
			return err
		}
		src.asked, err = s.ask(ctx, tx, src.book, src.lines)
		return err
	})
	return src, err
}

// writeScores writes the scores and the dates of the stages, some thousand
// customers at a time.
func (s *Service) writeScores(ctx context.Context, v *version, b *Book, f findings, list []Score) error {
	var steps []step
	var days []day.Day
	var way Way
	after := customer.ID(0)
	for from := 0; from == 0 || from < len(list); from += chunk {
		part := list[from:min(from+chunk, len(list))]
		steps = steps[:0]
		for i := range part {
			days = b.Days(days[:0], from+i)
			f.setting.Rules.Follow(&way, days, f.gap, b.AsOf)
			for _, t := range way.Transitions {
				steps = append(steps, step{part[i].Customer, t})
			}
		}
		upTo := customer.ID(1<<63 - 1) // at last, whoever has no purchase any more
		if from+chunk < len(list) {
			upTo = part[len(part)-1].Customer
		}
		err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := v.holdTx(ctx, tx); err != nil {
				return err
			}
			if err := v.writeScores(ctx, tx, b, part, from); err != nil {
				return err
			}
			if err := v.forget(ctx, tx, after, upTo); err != nil {
				return err
			}
			return writeSteps(ctx, tx, after, upTo, steps)
		})
		if err != nil {
			return err
		}
		after = upTo
		s.progress("write", int64(from+len(part)), int64(len(list)))
	}
	return nil
}

// draw makes all reports: of all stores, and of each that sold anything.
func draw(src *sources, m *Model, list []Score) ([]drawn, error) {
	var out []drawn
	names := slices.Sorted(maps.Keys(reports))
	add := func(v *View) error {
		for _, name := range names {
			body, err := json.Marshal(reports[name](v, src.asked))
			if err != nil {
				return fmt.Errorf("report %s: %w", name, err)
			}
			out = append(out, drawn{name, v.Store, v.Book.Ends(), body})
		}
		return nil
	}
	view := &View{Book: src.book, All: src.book, Scores: list, Setting: src.setting, Model: m}
	if err := add(view); err != nil {
		return nil, err
	}
	for i, st := range src.book.Stores {
		in := src.book.In(i)
		if in.Len() == 0 {
			continue
		}
		part := make([]Score, in.Len())
		for k, row := range in.Whole {
			part[k] = list[row]
		}
		if err := add(&View{Book: in, All: src.book, Store: st.ID, Scores: part, Setting: src.setting, Model: m}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// publish shows what was made, in one transaction.
func (s *Service) publish(ctx context.Context, v *version, m *Model, reports []drawn) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := v.holdTx(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlOldPrices, v.half, int64(v.id)); err != nil {
			return err
		}
		if err := writeModel(ctx, tx, m); err != nil {
			return err
		}
		if err := v.writeReports(ctx, tx, reports); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE insight_head SET half = ?, model_id = ? WHERE id = 1`, v.half, int64(v.id)); err != nil {
			return err
		}
		return forgetModels(ctx, tx)
	})
}
