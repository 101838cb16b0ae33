// Package once makes a request that may be sent twice happen once: a double
// click, a till that lost the answer, a phone that came back from a tunnel.
//
// Table: request_key. Invariant: of all transactions that carry a key, one does
// the work, and the others return what it returned.
package once

import (
	"context"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
)

// maxKey bounds what a client may send as its key.
const maxKey = 200

// Keep is how long a key is remembered: longer than anybody retries.
const Keep = 7 * 24 * time.Hour

// Do runs f, within the transaction, unless the key did so before: then it
// returns what f returned then, and again is true. The key names who asks and
// what for, so that two people never meet on one. An empty key always runs f.
func Do(ctx context.Context, tx *db.Tx, key string, f func() (result string, err error)) (result string, again bool, err error) {
	if key == "" {
		result, err = f()
		return result, false, err
	}
	if len(key) > maxKey {
		return "", false, errs.New(errs.Invalid, "once.key_too_long", "max", maxKey)
	}
	// A second transaction waits here until the first has ended.
	fresh, err := tx.Exec(ctx, `INSERT INTO request_key (key, result, at) VALUES (?, '', ?) ON CONFLICT DO NOTHING`, key, db.Millis(tx.Now()))
	if err != nil {
		return "", false, err
	}
	if fresh == 0 {
		result, err = db.One(ctx, tx, db.Value[string], `SELECT result FROM request_key WHERE key = ?`, key)
		return result, true, err
	}
	if result, err = f(); err != nil {
		return "", false, err
	}
	_, err = tx.Exec(ctx, `UPDATE request_key SET result = ? WHERE key = ?`, result, key)
	return result, false, err
}

// Prune forgets the keys nobody will send again; it is run every night.
func Prune(ctx context.Context, d *db.DB) error {
	return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM request_key WHERE at < ?`, db.Millis(tx.Now().Add(-Keep)))
		return err
	})
}
