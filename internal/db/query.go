package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Querier runs queries: the database itself or a transaction.
type Querier interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Scanner is the current row of a result.
type Scanner interface{ Scan(dest ...any) error }

// ErrNoRows is returned by One when nothing was found.
var ErrNoRows = sql.ErrNoRows

// Each calls f for every row, as it arrives.
func Each(ctx context.Context, q Querier, f func(Scanner) error, query string, args ...any) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("query %.60q: %w", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	err = rows.Err()
	if d, ok := q.(*DB); ok { // a transaction explains what went wrong at its end
		return d.explain(err)
	}
	return err
}

// All returns every row, read by scan.
func All[T any](ctx context.Context, q Querier, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	var list []T
	err := Each(ctx, q, func(s Scanner) error {
		v, err := scan(s)
		list = append(list, v)
		return err
	}, query, args...)
	return list, err
}

// One returns the first row, or ErrNoRows.
func One[T any](ctx context.Context, q Querier, scan func(Scanner) (T, error), query string, args ...any) (T, error) {
	var v T
	found := errors.New("found")
	err := Each(ctx, q, func(s Scanner) error {
		var err error
		if v, err = scan(s); err != nil {
			return err
		}
		return found
	}, query, args...)
	switch {
	case errors.Is(err, found):
		return v, nil
	case err == nil:
		return v, ErrNoRows
	default:
		return v, err
	}
}

// Value scans a single column: db.One(ctx, q, db.Value[int64], "SELECT …").
func Value[T any](s Scanner) (T, error) {
	var v T
	err := s.Scan(&v)
	return v, err
}

// In is n placeholders: "?,?,?". Lists longer than a few hundred want a join.
func In(n int) string {
	if n == 0 {
		return "NULL"
	}
	return strings.Repeat("?,", n-1) + "?"
}

// Args turns a typed list into query arguments.
func Args[T any](list []T) []any {
	args := make([]any, len(list))
	for i, v := range list {
		args[i] = v
	}
	return args
}

// Millis is how an instant is stored: Unix milliseconds, 0 for the zero time.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Time reads a stored instant.
func Time(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// NullMillis reads an instant that may be missing.
func NullMillis(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return Time(ms.Int64)
}
