package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
)

// TestRebuild_gives_the_rows_that_were_kept wipes out what follows from the files
// and the receipts, and has it made anew.
func TestRebuild_gives_the_rows_that_were_kept(t *testing.T) {
	url := dbtest.SQLiteURL(t)
	file := filepath.Join(t.TempDir(), "till.csv")
	till := "小票号,数量,销售时间,单价,会员卡号,手机号,姓名\n"
	for n := range 40 {
		till += fmt.Sprintf("R%d,1,2026-0%d-01 10:00,5.00,V%d,1381234560%d,顾客%d\n", n, 1+n/10, n%10, n%10, n%10)
	}
	if err := os.WriteFile(file, []byte(till), 0o600); err != nil {
		t.Fatal(err)
	}
	var report any
	mustRun(t, url, &report, "import", "receipts", file, "--store", "S1", "--currency", "CNY", "--tz", "Asia/Shanghai", "--json")
	app := &App{Context: t.Context(), URL: url, Out: io.Discard, Err: io.Discard, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	s, err := app.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range []struct{ what, table, wipe, says string }{
		{"search", "term || customer_id || store_id || owner_id FROM search_term", "DELETE FROM search_term", "Made anew what 10 customers are found by.\n"},
		{"statistics", "customer_id || net || receipts || days || last_day || median_gap || cool_on FROM purchase_stat", "DELETE FROM purchase_stat", "Made the statistics of 10 customers anew.\n"},
		{"completeness", "customer_id || completeness FROM customer", "UPDATE customer SET completeness = 0", "Counted anew how complete 10 files are.\n"},
	} {
		rows := func() []string {
			list, err := db.All(t.Context(), s.DB, db.Value[string], "SELECT "+c.table+" ORDER BY 1")
			if err != nil || len(list) < 10 {
				t.Fatalf("%d rows, %v", len(list), err)
			}
			return list
		}
		kept := rows()
		if err := s.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, c.wipe)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		var out, errOut bytes.Buffer
		if code := run([]string{"--db", url, "--lang", "en", "rebuild", c.what}, &out, &errOut); code != 0 || out.String() != c.says {
			t.Errorf("rebuild %s ends with %d, prints %q, %s", c.what, code, out.String(), errOut.String())
		}
		if diff := cmp.Diff(kept, rows()); diff != "" {
			t.Errorf("rebuild %s (-kept +rebuilt):\n%s", c.what, diff)
		}
	}
}
