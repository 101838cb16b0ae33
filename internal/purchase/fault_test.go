package purchase

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

// bigFile has enough lines for several chunks.
func bigFile(t *testing.T) File {
	t.Helper()
	return file(t, "big.csv", head+strings.Join(tillText(9, 40000), "\n"))
}

var undisturbed struct {
	once   sync.Once
	totals Totals
	counts Counts
}

// whole is what the big file comes to when nothing goes wrong.
func whole(t *testing.T, f File) (Totals, Counts) {
	t.Helper()
	undisturbed.once.Do(func() {
		s := setup(t, dbtest.SQLite(t))
		r, err := s.Import(ctxOf(t), org.System, f, shop, nil)
		if err != nil {
			t.Fatal(err)
		}
		undisturbed.counts = r.Run.Counts
		if undisturbed.totals, err = s.Purchases(ctxOf(t), org.System); err != nil {
			t.Fatal(err)
		}
	})
	return undisturbed.totals, undisturbed.counts
}

func (s *Service) mustBe(t *testing.T, want Totals) {
	t.Helper()
	got, err := s.Purchases(ctxOf(t), org.System)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("totals (-undisturbed +disturbed):\n%s", diff)
	}
	if err := s.statsAreRight(ctxOf(t)); err != nil {
		t.Error(err)
	}
	if err := s.receiptsAreWhole(ctxOf(t)); err != nil {
		t.Error(err)
	}
}

// receiptsAreWhole looks for anything that is half there.
func (s *Service) receiptsAreWhole(ctx context.Context) error {
	for what, q := range map[string]string{
		"receipts whose lines do not sum up": `SELECT COUNT(*) FROM receipt r WHERE r.net <> (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM receipt_line l
			WHERE l.customer_id = r.customer_id AND l.receipt_id = r.id)`,
		"lines without a receipt": `SELECT COUNT(*) FROM receipt_line l WHERE NOT EXISTS (SELECT 1 FROM receipt r WHERE r.customer_id = l.customer_id AND r.id = l.receipt_id)`,
		"keys without a receipt":  `SELECT COUNT(*) FROM receipt_key k WHERE NOT EXISTS (SELECT 1 FROM receipt r WHERE r.customer_id = k.customer_id AND r.id = k.receipt_id)`,
		"receipts without a key":  `SELECT COUNT(*) FROM receipt r WHERE NOT EXISTS (SELECT 1 FROM receipt_key k WHERE k.number = r.number AND k.store_id = r.store_id)`,
		"receipts without a line of the story": `SELECT COUNT(*) FROM receipt r WHERE r.customer_id > 0 AND NOT EXISTS (SELECT 1 FROM timeline t WHERE t.customer_id = r.customer_id
			AND t.at = r.sold_at AND t.id = r.id)`,
	} {
		if n, err := db.One(ctx, s.DB, db.Value[int64], q); err != nil || n > 0 {
			return fmt.Errorf("%d %s, %w", n, what, err)
		}
	}
	return nil
}

func TestAnImportThatIsBrokenOffGoesOnWhereItStopped(t *testing.T) {
	f := bigFile(t)
	want, counts := whole(t, f)
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		breaks, last := 0, ""
		for {
			ctx, cancel := context.WithCancel(ctxOf(t))
			r, err := s.Import(ctx, org.System, f, shop, func(r Run) {
				if r.checkpoint != last {
					last = r.checkpoint
					cancel() // after one chunk each time
				}
			})
			cancel()
			if err == nil {
				if !r.Resumed || breaks < 2 {
					t.Errorf("it ended after %d breaks, resumed: %v", breaks, r.Resumed)
				}
				if diff := cmp.Diff(counts, r.Run.Counts); diff != "" {
					t.Errorf("counts (-undisturbed +disturbed):\n%s", diff)
				}
				break
			}
			if breaks++; !errs.Is(err, errs.Unavailable) || breaks > 20 {
				t.Fatal(err)
			}
			if err := s.receiptsAreWhole(ctxOf(t)); err != nil {
				t.Fatal(err)
			}
		}
		s.mustBe(t, want)
		n, err := db.One(ctxOf(t), d, db.Value[int], `SELECT COUNT(*) FROM import_problem`)
		if err != nil || n != counts.ProblemRows {
			t.Errorf("%d problems are listed, want %d (%v)", n, counts.ProblemRows, err)
		}
	})
}

func TestAFullDiskEndsInASentenceAndIsGoneOnFrom(t *testing.T) {
	f := bigFile(t)
	want, _ := whole(t, f)
	d := dbtest.SQLite(t)
	s := setup(t, d)
	pages := func(n int) {
		t.Helper()
		if err := d.Write(ctxOf(t), func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.Query(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", n))
			if err != nil {
				return err
			}
			return errors.Join(rows.Err(), rows.Close())
		}); err != nil {
			t.Fatal(err)
		}
	}
	pages(2500) // 10 MB
	_, err := s.Import(ctxOf(t), org.System, f, shop, nil)
	var e *errs.Error
	if !errors.As(err, &e) || e.Key != "db.disk_full" {
		t.Fatalf("error is %v, want db.disk_full", err)
	}
	if err := s.receiptsAreWhole(ctxOf(t)); err != nil {
		t.Fatal(err)
	}
	pages(1 << 30)
	r, err := s.Import(ctxOf(t), org.System, f, shop, nil)
	if err != nil || !r.Resumed {
		t.Fatalf("resumed: %v, %v", r.Resumed, err)
	}
	s.mustBe(t, want)
}

func TestAnImportOutlivesARestartOfPostgreSQL(t *testing.T) {
	f := bigFile(t)
	want, counts := whole(t, f)
	cluster, err := dbtest.StartCluster()
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.KeepAlive(cluster) // it ends when it is collected
	// The cluster starts with commits that a crash may lose, for speed; restarted,
	// it has PostgreSQL's own settings.
	if err := cluster.Restart(); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(ctxOf(t), cluster.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s := setup(t, d)
	var restarts sync.WaitGroup
	var busy atomic.Bool
	r, err := s.Import(ctxOf(t), org.System, f, shop, func(r Run) {
		if r.checkpoint != "" && busy.CompareAndSwap(false, true) {
			restarts.Go(func() { // while the next chunk is on its way
				if err := cluster.Restart(); err != nil {
					t.Error(err)
				}
				busy.Store(false)
			})
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	restarts.Wait()
	if diff := cmp.Diff(counts, r.Run.Counts); diff != "" {
		t.Errorf("counts (-undisturbed +disturbed):\n%s", diff)
	}
	fresh, err := db.Open(ctxOf(t), cluster.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	setup(t, fresh).mustBe(t, want)
}

func TestAnAbandonedRunOfAnotherMachineIsTakenOverWhenItsLeaseHasRunOut(t *testing.T) {
	run := Run{ID: 1, LeasedBy: "elsewhere:12", LeasedTill: at.Add(leaseTime)}
	if run.abandoned(at) {
		t.Error("it was taken for dead within its lease")
	}
	if !run.abandoned(at.Add(2 * leaseTime)) {
		t.Error("it was not taken for dead after its lease")
	}
	host, _, _ := strings.Cut(ourName(), ":")
	if run.LeasedBy = host + ":999999999"; !run.abandoned(at) {
		t.Error("a process of this machine that is gone was taken to live")
	}
	if run.LeasedBy = host + ":1"; run.abandoned(at) {
		t.Error("a process of this machine that lives was taken for dead")
	}
	run.LeasedBy = ourName()
	active.Store(run.ID, struct{}{})
	if run.abandoned(at) {
		t.Error("our own work was taken for abandoned")
	}
	active.Delete(run.ID)
	if !run.abandoned(at) {
		t.Error("what our own process left behind was not taken up")
	}
}

func TestAnArchiveCutShortLeavesWholeReceiptsAndTheWholeFileGoesOn(t *testing.T) {
	f := bigFile(t)
	want, _ := whole(t, f)
	text, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s := setup(t, dbtest.SQLite(t))
	_, err = s.Import(ctxOf(t), org.System, file(t, "cut.csv.gz", packed.String()[:packed.Len()*9/10]), shop, nil)
	var e *errs.Error
	if !errors.As(err, &e) || e.Key != "sheet.broken" {
		t.Fatalf("error is %v, want sheet.broken", err)
	}
	if err := s.receiptsAreWhole(ctxOf(t)); err != nil {
		t.Error(err)
	}
	r, err := s.Import(ctxOf(t), org.System, file(t, "whole.csv.gz", packed.String()), shop, nil)
	if err != nil || r.Run.Counts.ReceiptsUnchanged == 0 || r.Run.Counts.ReceiptsDiffering != 0 {
		t.Errorf("the whole file counts %+v, %v", r.Run.Counts, err)
	}
	s.mustBe(t, want)
}

func TestTwoFilesWithTheSameCustomersCanBeImportedAtOnce(t *testing.T) {
	one, two := file(t, "one.csv", head+strings.Join(tillText(11, 3000), "\n")),
		file(t, "two.csv", head+strings.ReplaceAll(strings.Join(tillText(12, 3000), "\n"), "R0", "Q0"))
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		if _, err := s.Org.EnsureStore(ctxOf(t), org.System, shop.Store, string(shop.Currency), shop.Zone); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for _, f := range []File{one, two} {
			wg.Go(func() {
				if _, err := s.Import(ctxOf(t), org.System, f, shop, nil); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := errors.Join(s.statsAreRight(ctxOf(t)), s.receiptsAreWhole(ctxOf(t))); err != nil {
			t.Error(err)
		}
		r, err := s.Purchases(ctxOf(t), org.System)
		if err != nil || r.Customers != 40 {
			t.Errorf("%d customers, %v", r.Customers, err)
		}
	})
}
