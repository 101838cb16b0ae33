package care

import (
	"context"
	"errors"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
)

// Preview is what a rule would do, before it is saved.
type Preview struct {
	From, To day.Day // the days that were looked at
	Tasks    int     // what the rule would make on them
	Before   int     // what the saved rule makes; the same number for a new rule means nothing changes
	More     bool    // there are more than were counted
	Sample   []Sampled
}

// Sampled is one of the tasks a rule would make.
type Sampled struct {
	Name string // the customer's; may be empty
	Task Task
}

const (
	previewDays   = 7       // a week has every kind of day
	previewSample = 10      // so many tasks are shown
	previewMost   = 100_000 // beyond that the number is no help
)

// errEnough ends a count that has come far enough.
var errEnough = errors.New("enough")

// Preview says how many tasks the rule would make in the week up to a day, and
// shows some, without writing anything. A festival is looked at when it comes.
func (s *Service) Preview(ctx context.Context, actor org.Actor, r Rule, on day.Day) (Preview, error) {
	if err := actor.Need(org.SettingsWrite); err != nil {
		return Preview{}, err
	}
	r = r.clean()
	if r.Code == "" {
		r.Code = "preview"
	}
	if err := r.check(); err != nil {
		return Preview{}, err
	}
	if next, ok := nextFestival(r, on); ok {
		on = next
	}
	out := Preview{From: on.AddDays(1 - previewDays), To: on}
	rules, err := s.Rules(ctx)
	if err != nil {
		return Preview{}, err
	}
	// One moment of the database: a count that moved while it was counted would
	// blame the rule for it.
	err = s.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		if out.Tasks, err = s.count(ctx, tx, r, on, &out.Sample); err != nil {
			return err
		}
		if saved, ok := byCode(rules, r.Code); ok && saved.Active {
			out.Before, err = s.count(ctx, tx, saved, on, nil)
		}
		return err
	})
	out.More = out.Tasks == previewMost
	return out, err
}

// nextFestival is the day on which a rule for festivals next makes tasks.
func nextFestival(r Rule, from day.Day) (day.Day, bool) {
	if r.Trigger != Festival {
		return 0, false
	}
	for year := from.Year(); year <= from.Year()+1; year++ {
		for _, f := range day.Festivals(year) {
			for _, code := range r.Params.Festivals {
				if due, _ := r.due(f.Day); f.Code == code && due >= from {
					return due, true
				}
			}
		}
	}
	return 0, false
}

func (s *Service) count(ctx context.Context, q *db.Tx, r Rule, on day.Day, sample *[]Sampled) (n int, err error) {
	if !r.Active {
		return 0, nil
	}
	p, err := s.planner(ctx, on)
	if err != nil {
		return 0, err
	}
	r.Params.Lookback = previewDays - 1
	src, err := s.source(ctx, q, p, r)
	if err != nil {
		return 0, err
	}
	err = s.eachCandidate(ctx, q, src, func(list []candidate) error {
		n += len(list)
		if sample != nil && len(*sample) < previewSample {
			list = list[:min(len(list), previewSample-len(*sample))]
			if err := nameProducts(ctx, q, list); err != nil {
				return err
			}
			for _, c := range list {
				*sample = append(*sample, Sampled{Name: c.name, Task: p.task(r, c, q.Now())})
			}
		}
		if n >= previewMost {
			n = previewMost
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return n, err
}

func (s *Service) eachCandidate(ctx context.Context, q db.Querier, src source, f func([]candidate) error) error {
	cursor, last := "", false
	for !last {
		var list []candidate
		var err error
		if list, cursor, last, err = src.next(ctx, q, cursor, s.chunk()); err != nil {
			return err
		}
		if err := f(list); err != nil {
			return err
		}
	}
	return nil
}
