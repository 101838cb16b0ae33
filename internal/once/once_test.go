package once_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/once"
)

func do(t *testing.T, d *db.DB, key string, f func() (string, error)) (result string, again bool, err error) {
	t.Helper()
	err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		result, again, err = once.Do(ctx, tx, key, f)
		return err
	})
	return result, again, err
}

func TestDo_by_many_at_once_happens_once(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var done, firsts atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				result, again, err := do(t, d, "11:note:k1", func() (string, error) { done.Add(1); return "42", nil })
				if err != nil || result != "42" {
					t.Errorf("got %q, %v; want the first's answer", result, err)
				}
				if !again {
					firsts.Add(1)
				}
			})
		}
		wg.Wait()
		if done.Load() != 1 || firsts.Load() != 1 {
			t.Errorf("the work was done %d times, %d were told to be the first; want 1 and 1", done.Load(), firsts.Load())
		}
	})
}

func TestDo_that_failed_may_be_tried_again(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		broken := errors.New("broken")
		if _, _, err := do(t, d, "k", func() (string, error) { return "", broken }); !errors.Is(err, broken) {
			t.Fatalf("got %v", err)
		}
		if result, again, err := do(t, d, "k", func() (string, error) { return "ok", nil }); result != "ok" || again || err != nil {
			t.Errorf("the second try: %q, again %v, %v", result, again, err)
		}
	})
}

func TestDo_without_a_key_always_happens(t *testing.T) {
	d := dbtest.SQLite(t)
	for range 2 {
		if _, again, err := do(t, d, "", func() (string, error) { return "", nil }); again || err != nil {
			t.Errorf("again %v, %v", again, err)
		}
	}
	if _, _, err := do(t, d, string(make([]byte, 300)), func() (string, error) { return "", nil }); !errs.Is(err, errs.Invalid) {
		t.Errorf("a huge key: got %v, want invalid", err)
	}
}

func TestPrune_forgets_old_keys_only(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		now := time.Now()
		for key, age := range map[string]time.Duration{"old": once.Keep + time.Hour, "new": time.Hour} {
			d.Clock = func() time.Time { return now.Add(-age) }
			if _, _, err := do(t, d, key, func() (string, error) { return key, nil }); err != nil {
				t.Fatal(err)
			}
		}
		d.Clock = func() time.Time { return now }
		if err := once.Prune(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		left, err := db.All(t.Context(), d, db.Value[string], "SELECT key FROM request_key")
		if err != nil || len(left) != 1 || left[0] != "new" {
			t.Errorf("left: %v, %v; want the new one", left, err)
		}
	})
}
