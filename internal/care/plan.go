package care

import (
	"context"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
)

// Planned is what planning a day came to.
type Planned struct {
	Day    day.Day
	Rules  []PlannedRule
	Made   int64 // new tasks
	Missed int64 // tasks whose moment had passed
}

// PlannedRule is what came of one rule.
type PlannedRule struct {
	Code string
	Made int64
}

// usualChunk bounds a planning transaction to a few dozen milliseconds, so that
// people who write meanwhile do not wait.
const usualChunk = 1000

func (s *Service) chunk() int {
	if s.Chunk > 0 {
		return s.Chunk
	}
	return usualChunk
}

// PlanFor is Plan for a person who may.
func (s *Service) PlanFor(ctx context.Context, actor org.Actor, d day.Day) (Planned, error) {
	if err := actor.Need(org.PlanRun); err != nil {
		return Planned{}, err
	}
	return s.Plan(ctx, d)
}

// Plan makes the tasks of a day, in many short transactions. It may be killed
// and run again, by two at once, and after more receipts came in: each task is
// made once. Events of the last few days are looked at too, in case the nights
// after them were missed.
func (s *Service) Plan(ctx context.Context, d day.Day) (Planned, error) {
	out := Planned{Day: d}
	if err := s.EnsureDefaults(ctx); err != nil {
		return out, err
	}
	var err error
	if out.Missed, err = s.expire(ctx, d); err != nil {
		return out, err
	}
	rules, err := s.Rules(ctx)
	if err != nil {
		return out, err
	}
	p, err := s.planner(ctx, d)
	if err != nil {
		return out, err
	}
	if err := s.begin(ctx, d); err != nil {
		return out, err
	}
	for _, r := range rules {
		if !r.Active || r.Trigger == Outcome {
			continue
		}
		made, err := s.planRule(ctx, p, r)
		if err != nil {
			return out, err
		}
		out.Rules = append(out.Rules, PlannedRule{Code: r.Code, Made: made})
		out.Made += made
	}
	return out, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE plan_run SET finished = TRUE WHERE day = ? AND rule_id = ?`, d, wholeRun); err != nil {
			return err
		}
		// PostgreSQL takes a table that has just been filled for a small one, and
		// sorts all of it for every list until it has counted again by itself.
		if out.Made >= int64(s.chunk()) && tx.Engine() == db.PostgreSQL {
			_, err = tx.Exec(ctx, "ANALYZE task")
		}
		return err
	})
}

// wholeRun stands in plan_run for the run of all rules.
const wholeRun = 0

// begin finds an unfinished run of the day, which goes on, or begins one. A
// finished run begins anew, for what came in since.
func (s *Service) begin(ctx context.Context, d day.Day) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO plan_run (day, rule_id, version) VALUES (?, ?, 0)
			ON CONFLICT (day, rule_id) DO UPDATE SET finished = FALSE WHERE plan_run.finished`, d, wholeRun)
		if err != nil || n == 0 {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE plan_run SET cursor = '', finished = FALSE WHERE day = ?`, d)
		return err
	})
}

func (s *Service) planRule(ctx context.Context, p *planner, r Rule) (made int64, err error) {
	var finished bool
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		// A rule that was changed since begins anew.
		_, err := tx.Exec(ctx, `INSERT INTO plan_run (day, rule_id, version) VALUES (?, ?, ?)
			ON CONFLICT (day, rule_id) DO UPDATE SET version = excluded.version, cursor = '', finished = FALSE
			WHERE plan_run.version <> excluded.version`, p.day, int64(r.ID), r.Version)
		if err != nil {
			return err
		}
		finished, err = db.One(ctx, tx, db.Value[bool], `SELECT finished FROM plan_run WHERE day = ? AND rule_id = ?`, p.day, int64(r.ID))
		return err
	})
	if err != nil || finished {
		return 0, err
	}
	src, err := s.source(ctx, s.DB, p, r)
	if err != nil {
		return 0, err
	}
	for {
		n, last, err := s.planChunk(ctx, p, r, src)
		made += n
		if err != nil {
			return made, err
		}
		if s.Progress != nil {
			s.Progress(r.Code, n)
		}
		if last {
			return made, nil
		}
	}
}

// planChunk makes the tasks of the next candidates and notes how far it came, in
// one transaction. Of two planners the second waits for the row of the run, and
// then takes the chunk after the first one's.
func (s *Service) planChunk(ctx context.Context, p *planner, r Rule, src source) (made int64, last bool, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		made, last = 0, false
		n, err := tx.Exec(ctx, `UPDATE plan_run SET made = made WHERE day = ? AND rule_id = ? AND version = ? AND finished = FALSE`,
			p.day, int64(r.ID), r.Version)
		if err != nil {
			return err
		}
		if n == 0 { // the other planner is through with it
			last = true
			return nil
		}
		cursor, err := db.One(ctx, tx, db.Value[string], `SELECT cursor FROM plan_run WHERE day = ? AND rule_id = ?`, p.day, int64(r.ID))
		if err != nil {
			return err
		}
		var list []candidate
		if list, cursor, last, err = src.next(ctx, tx, cursor, s.chunk()); err != nil {
			return err
		}
		if err := nameProducts(ctx, tx, list); err != nil {
			return err
		}
		if made, err = insertTasks(ctx, tx, p.tasks(r, list, tx.Now())); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE plan_run SET cursor = ?, made = made + ?, finished = ? WHERE day = ? AND rule_id = ?`,
			cursor, made, last, p.day, int64(r.ID))
		return err
	})
	return made, last, err
}

// tasks are the tasks of the candidates for whom it is not too late, in the order
// of their keys: two who insert the same rows in the same order do not deadlock.
func (p *planner) tasks(r Rule, list []candidate, now time.Time) []Task {
	tasks := make([]Task, 0, len(list))
	for _, c := range list {
		if t := p.task(r, c, now); t.Until >= p.day {
			tasks = append(tasks, t)
		}
	}
	slices.SortFunc(tasks, func(a, b Task) int {
		return slices.Compare([]int64{int64(a.Customer), int64(a.ID)}, []int64{int64(b.Customer), int64(b.ID)})
	})
	return tasks
}

// expireChunk is how many tasks are given up in one transaction.
const expireChunk = 2000

// expire gives up open tasks whose last day has passed. The day is over in the
// planned zone, but perhaps not everywhere: what is given up is what has passed
// in every store.
func (s *Service) expire(ctx context.Context, d day.Day) (missed int64, err error) {
	stores, err := s.Org.Stores(ctx)
	if err != nil {
		return 0, err
	}
	before := d
	for _, st := range stores {
		before = min(before, day.Of(s.now(), st.Location()))
	}
	for {
		var n int64
		err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			// until is asked for twice: an outcome that came between the two looks may
			// have promised another call.
			n, err = tx.Exec(ctx, `UPDATE task SET state = 'missed' WHERE state = 'open' AND until < ? AND (customer_id, id) IN (
				SELECT t.customer_id, t.id FROM task t WHERE t.state = 'open' AND t.until < ?
				ORDER BY t.until, t.customer_id, t.id LIMIT ?)`, before, before, expireChunk)
			return err
		})
		missed += n
		if err != nil || n < expireChunk {
			return missed, err
		}
	}
}
