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
	c.mu.Lock()
	defer c.mu.Unlock()
	if stmt := c.m[query]; stmt != nil {
		return stmt, nil
	}
	if len(c.m) >= maxStmts {
		return nil, nil
	}
	stmt, err := c.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.m[query] = stmt
	return stmt, nil
}

func (c *stmtCache) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all error
	for _, stmt := range c.m {
		all = errors.Join(all, stmt.Close())
	}
	c.m = nil
	return all
}
