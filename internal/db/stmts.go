package db

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// maxStmts bounds the cache; a program's queries are fewer, and filters put
// together at run time repeat. Past it, a text is prepared for one use.
const maxStmts = 1000

// stmtCache keeps prepared statements of the read pool: the SQLite driver
// itself prepares anew on every call.
type stmtCache struct {
	db *sql.DB
	mu sync.RWMutex
	m  map[string]*sql.Stmt
}

func newStmtCache(d *sql.DB) *stmtCache { return &stmtCache{db: d, m: make(map[string]*sql.Stmt)} }

// get returns the statement, or nil when the cache is full.
func (c *stmtCache) get(ctx context.Context, query string) (*sql.Stmt, error) {
	c.mu.RLock()
	stmt := c.m[query]
	c.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	// To prepare may take waiting for a connection: others must not wait along.
	stmt, err := c.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	other, full := c.m[query], len(c.m) >= maxStmts
	if other == nil && !full {
		c.m[query] = stmt
	}
	c.mu.Unlock()
	switch {
	case other != nil: // somebody was quicker
		return other, stmt.Close()
	case full:
		return nil, stmt.Close()
	}
	return stmt, nil
}

func (c *stmtCache) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all error
	for _, stmt := range c.m {
		all = errors.Join(all, stmt.Close())
	}
	clear(c.m)
	return all
}
