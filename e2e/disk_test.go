package e2e_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/db/dbtest"
)

// disk is a file system of its own.
type disk struct{ dir string }

// mount makes a disk of so many MiB. It needs root, and a machine that lets root
// mount; the reason is returned where there is none to be had.
func mount(t *testing.T, mib int) (d disk, none error) {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "ricejar-disk-") // where PostgreSQL's user may look
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", mib), "ricejar-test", dir).CombinedOutput(); err != nil {
		return disk{}, fmt.Errorf("%w: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	return disk{dir}, nil
}

// grow makes the disk so many MiB large.
func (d disk) grow(t *testing.T, mib int) {
	t.Helper()
	if out, err := exec.Command("mount", "-o", fmt.Sprintf("remount,size=%dm", mib), d.dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// TestAnImportOnAFullDiskSaysSoAndGoesOnWhenThereIsRoom fills a real disk, and
// makes it larger again and again, until the import has found the room it needs.
func TestAnImportOnAFullDiskSaysSoAndGoesOnWhenThereIsRoom(t *testing.T) {
	const receipts = 30_000 // several chunks
	type engine struct {
		sizes []int // of the disk in MiB: enough for an empty database, for some chunks, for all
		open  func(t *testing.T, dir string) (url string)
	}
	engines := map[string]engine{
		"sqlite": {[]int{8, 16, 24, 1000}, func(_ *testing.T, dir string) string { return "sqlite:" + filepath.Join(dir, "shop.db") }},
		// The tables only: its journal is elsewhere. What a refused chunk has written stays
		// until it is vacuumed.
		"postgres": {[]int{44, 1000}, func(t *testing.T, dir string) string {
			cluster, err := dbtest.StartCluster()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { // before the disk goes
				if err := cluster.Stop(); err != nil {
					t.Error(err)
				}
				runtime.KeepAlive(cluster)
			})
			if err := errors.Join(cluster.Own(dir), cluster.Exec("CREATE TABLESPACE small LOCATION '"+dir+"'"),
				cluster.Exec("CREATE DATABASE shop TEMPLATE template0 ENCODING 'UTF8' TABLESPACE small")); err != nil {
				t.Fatal(err)
			}
			return cluster.URL("shop")
		}},
	}
	for name, e := range engines {
		t.Run(name, func(t *testing.T) {
			disk, none := mount(t, e.sizes[0])
			if none != nil {
				// internal/purchase fills a database up to a limit of its own, on every machine.
				t.Logf("NOT TESTED on a real disk: this machine mounts none (%v)", none)
				return
			}
			file := till(t, receipts)
			database := e.open(t, disk.dir)
			makeDatabase(t, database)
			var got struct {
				Lines    int64
				Receipts int64
				NetTotal string `json:"net_total"`
			}
			refused, halves := 0, 0
			for _, mib := range e.sizes {
				disk.grow(t, mib)
				cmd := exec.Command(builtProgram(t), "import", "receipts", file, "--store", "S1", "--currency", "CNY", "--tz", "Asia/Shanghai", "--db", database)
				cmd.Env = append(cmd.Environ(), "RICEJAR_LANG=en")
				out, err := cmd.CombinedOutput()
				if err == nil {
					break
				}
				refused++
				if cmd.ProcessState.ExitCode() != 6 || !strings.Contains(string(out), "The disk is full") {
					t.Fatalf("on the full disk: %v\n%s", err, out)
				}
				printed(t, database, &got, "report", "purchases")
				if got.Lines != 3*got.Receipts {
					t.Errorf("after the full disk: %+v, want whole receipts only", got)
				}
				if 0 < got.Receipts && got.Receipts < receipts {
					halves++
				}
			}
			if refused == 0 || halves == 0 {
				t.Errorf("refused %d times, %d of them on the way: choose other sizes", refused, halves)
			}
			printed(t, database, &got, "report", "purchases")
			if got.Receipts != receipts || got.Lines != 3*receipts || got.NetTotal != fmt.Sprintf("%d.00", receipts*3*5/2) {
				t.Errorf("with room again: %+v, want every receipt once", got)
			}
		})
	}
}
