package care

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

const sqlRules = `SELECT id, code, trigger, params, weight, keep_days, names, scripts, active, version FROM care_rule ORDER BY code`

func scanRule(row db.Scanner) (Rule, error) {
	var r Rule
	var params, names, scripts string
	if err := row.Scan(&r.ID, &r.Code, &r.Trigger, &params, &r.Weight, &r.KeepDays, &names, &scripts, &r.Active, &r.Version); err != nil {
		return r, err
	}
	for _, part := range []struct {
		text string
		into any
	}{{params, &r.Params}, {names, &r.Names}, {scripts, &r.Scripts}} {
		if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
			return r, fmt.Errorf("care rule %s: %w", r.Code, err)
		}
	}
	return r, nil
}

// EnsureDefaults writes those of the default rules that are missing. What a
// company changed stays as it is.
func (s *Service) EnsureDefaults(ctx context.Context) error {
	have, err := s.Rules(ctx)
	if err != nil {
		return err
	}
	var missing []Rule
	for _, r := range defaults() {
		if _, ok := byCode(have, r.Code); !ok {
			missing = append(missing, r)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, r := range missing {
			args, err := r.columns()
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, sqlInsertRule+" ON CONFLICT DO NOTHING", args...); err != nil {
				return err
			}
		}
		return nil
	})
}

const sqlInsertRule = `INSERT INTO care_rule (trigger, params, weight, keep_days, names, scripts, active, version, id, code)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// columns are a rule's values in the order of sqlInsertRule and sqlUpdateRule.
func (r Rule) columns() ([]any, error) {
	params, err1 := json.Marshal(r.Params)
	names, err2 := wordsJSON(r.Names)
	scripts, err3 := wordsJSON(r.Scripts)
	return []any{string(r.Trigger), string(params), r.Weight, r.KeepDays, names, scripts, r.Active, r.Version, int64(r.ID), r.Code},
		errors.Join(err1, err2, err3)
}

// Rules are all rules, by code.
func (s *Service) Rules(ctx context.Context) ([]Rule, error) {
	return db.All(ctx, s.DB, scanRule, sqlRules)
}

// RuleByCode is the rule with the code.
func (s *Service) RuleByCode(ctx context.Context, code string) (Rule, error) {
	rules, err := s.Rules(ctx)
	if err != nil {
		return Rule{}, err
	}
	if r, ok := byCode(rules, code); ok {
		return r, nil
	}
	return Rule{}, errs.New(errs.NotFound, "care.rule_unknown", "code", code)
}

func byCode(rules []Rule, code string) (Rule, bool) {
	for _, r := range rules {
		if r.Code == code {
			return r, true
		}
	}
	return Rule{}, false
}

func byRuleID(rules []Rule) map[RuleID]Rule {
	m := make(map[RuleID]Rule, len(rules))
	for _, r := range rules {
		m[r.ID] = r
	}
	return m
}

// NewRule is a rule to be filled in, with the usual numbers of its trigger.
func NewRule(t Trigger) Rule {
	for _, r := range defaults() {
		if r.Trigger == t {
			r.ID, r.Code, r.Version = 0, "", 0
			return r
		}
	}
	return Rule{Trigger: t, Active: true}
}

// SaveRule adds a rule (Version 0) or changes one, whose Version is the one the
// editor saw. Code and trigger of a rule never change: its tasks tell of them.
func (s *Service) SaveRule(ctx context.Context, actor org.Actor, r Rule) (Rule, error) {
	if err := actor.Need(org.SettingsWrite); err != nil {
		return Rule{}, err
	}
	r = r.clean()
	r.ID = ruleID(r.Code)
	if err := r.check(); err != nil {
		return Rule{}, err
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		have, err := db.All(ctx, tx, scanRule, sqlRules)
		if err != nil {
			return err
		}
		before, exists := byCode(have, r.Code)
		if err := checkEdit(before, exists, r); err != nil {
			return err
		}
		r.Version++
		args, err := r.columns()
		if err != nil {
			return err
		}
		query, action := sqlInsertRule, "care.rule_create"
		if exists {
			query, action, args = sqlUpdateRule, "care.rule_update", append(args, before.Version)
		}
		n, err := tx.Exec(ctx, query, args...)
		if err != nil {
			return takenOr(err, r.Code)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "care.rule_changed")
		}
		return audit.Record(ctx, tx, int64(actor.ID()), action, "care_rule:"+r.Code, map[string]any{"before": before, "after": r})
	})
	return r, err
}

const sqlUpdateRule = `UPDATE care_rule SET trigger = ?, params = ?, weight = ?, keep_days = ?, names = ?, scripts = ?, active = ?, version = ?
	WHERE id = ? AND code = ? AND version = ?`

// takenOr explains a code that somebody else took between our look and our write.
func takenOr(err error, code string) error {
	if !db.IsUnique(err) {
		return err
	}
	return codeTaken(code)
}

func codeTaken(code string) error {
	var f errs.Fields
	f.Add("code", "care.code_taken", "code", code)
	return f.Err()
}

func checkEdit(before Rule, exists bool, r Rule) error {
	switch {
	case r.Version == 0 && exists:
		return codeTaken(r.Code)
	case r.Version == 0 && r.Trigger == Outcome:
		var f errs.Fields
		f.Add("trigger", "error.field_invalid")
		return f.Err()
	case r.Version == 0:
		return nil
	case !exists:
		return errs.New(errs.NotFound, "care.rule_unknown", "code", r.Code)
	case before.Version != r.Version:
		return errs.New(errs.Conflict, "care.rule_changed")
	case before.Trigger != r.Trigger:
		return errs.New(errs.Conflict, "care.trigger_fixed")
	}
	return nil
}
