package customer

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
)

// fieldCache keeps the fields, which every page reads and hardly anybody
// writes. Another server's change is seen when its generation is older than
// maxFieldAge.
type fieldCache struct {
	mu    sync.Mutex
	list  []Field
	until int64
	edits int // counts changes of this server
}

const maxFieldAge = 10_000 // milliseconds

// Fields are all fields, in the order in which they are asked for.
func (s *Service) Fields(ctx context.Context) ([]Field, error) {
	now := s.DB.Clock().UnixMilli()
	list, edits := s.fields.get(now)
	if list != nil {
		return list, nil
	}
	// Nobody waits on the lock for the database.
	list, err := loadFields(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	s.fields.put(list, now+maxFieldAge, edits)
	return slices.Clone(list), nil
}

// get is the list, unless it is too old; edits is to be given back to put.
func (c *fieldCache) get(now int64) (list []Field, edits int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now >= c.until {
		return nil, c.edits
	}
	return slices.Clone(c.list), c.edits
}

// put keeps a list, unless a field was changed since it was read.
func (c *fieldCache) put(list []Field, until int64, edits int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.edits == edits {
		c.list, c.until = list, until
	}
}

func (c *fieldCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = 0
	c.edits++
}

func loadFields(ctx context.Context, q db.Querier) ([]Field, error) {
	list, err := db.All(ctx, q, scanField, `SELECT code, grp, type, unit, choices, min_value, max_value, pattern, labels, question,
		weight, sensitive, position, builtin, active FROM field ORDER BY position, code`)
	if err != nil {
		return nil, err
	}
	for _, b := range builtin {
		if !slices.ContainsFunc(list, func(f Field) bool { return f.Code == b.Code }) {
			b.Builtin, b.Active = true, true
			list = append(list, b)
		}
	}
	slices.SortStableFunc(list, func(a, b Field) int { return a.Position - b.Position })
	return list, nil
}

func scanField(row db.Scanner) (Field, error) {
	var f Field
	var choices, labels, questions string
	if err := row.Scan(&f.Code, &f.Group, &f.Type, &f.Unit, &choices, &f.Min, &f.Max, &f.Pattern, &labels, &questions,
		&f.Weight, &f.Sensitive, &f.Position, &f.Builtin, &f.Active); err != nil {
		return f, err
	}
	for text, into := range map[string]any{choices: &f.Choices, labels: &f.Labels, questions: &f.Questions} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return f, err
		}
	}
	return f, nil
}

// SaveField adds a field of the trade's own or changes one. Of a built-in field
// only its weight, position, question, sensitivity and use can be changed. A
// type cannot be changed once there are answers: make a new field.
func (s *Service) SaveField(ctx context.Context, actor org.Actor, f Field) error {
	if err := actor.Need(org.SettingsWrite); err != nil {
		return err
	}
	for _, b := range builtin {
		if b.Code == f.Code {
			f.Group, f.Type, f.Choices, f.Min, f.Max, f.Pattern, f.Unit, f.Labels, f.Builtin = b.Group, b.Type, b.Choices, b.Min, b.Max, b.Pattern, b.Unit, nil, true
		}
	}
	f.clean()
	if err := f.check(); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := loadFields(ctx, tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(x Field) bool { return x.Code == f.Code })
		if i >= 0 && all[i].Type != f.Type {
			return errs.New(errs.Conflict, "customer.field_type_fixed")
		}
		if i < 0 && len(all) >= maxFields {
			return errs.New(errs.Conflict, "customer.too_many_fields", "max", maxFields)
		}
		if err := putField(ctx, tx, f); err != nil {
			return err
		}
		if err := s.recountLater(ctx, tx, all); err != nil {
			return err
		}
		tx.AfterCommit(s.fields.forget)
		return audit.Append(ctx, tx, audit.Entry{Staff: int64(actor.ID()), Action: "field.save", Subject: "field:" + f.Code, Detail: f})
	})
}

// recountLater has every file's completeness counted anew, if the fields count
// for something else than before.
func (s *Service) recountLater(ctx context.Context, tx *db.Tx, before []Field) error {
	after, err := loadFields(ctx, tx)
	if err != nil || s.Jobs == nil || counted(after) == counted(before) {
		return err
	}
	_, err = s.Jobs.EnqueueTx(ctx, tx, Recount{Fields: counted(after)}, jobs.Options{})
	return err
}

// maxFields bounds the forms.
const maxFields = 200

func putField(ctx context.Context, tx *db.Tx, f Field) error {
	var texts [3]string
	for i, v := range []any{f.Choices, f.Labels, f.Questions} {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		texts[i] = string(b)
	}
	_, err := tx.Exec(ctx, `INSERT INTO field (code, grp, type, unit, choices, labels, question, min_value, max_value, pattern,
			weight, sensitive, position, builtin, active)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (code) DO UPDATE SET grp = excluded.grp, unit = excluded.unit, choices = excluded.choices, labels = excluded.labels,
			question = excluded.question, min_value = excluded.min_value, max_value = excluded.max_value, pattern = excluded.pattern,
			weight = excluded.weight, sensitive = excluded.sensitive, position = excluded.position, active = excluded.active`,
		f.Code, string(f.Group), string(f.Type), f.Unit, texts[0], texts[1], texts[2], f.Min, f.Max, f.Pattern,
		f.Weight, f.Sensitive, f.Position, f.Builtin, f.Active)
	return err
}
