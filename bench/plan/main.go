// Command plan measures how long planning a day takes: each rule, and the
// whole, on a database filled by bench/generate. It takes away the tasks and
// plans of the day first, so that the figure is that of a first run, and then
// plans the same day again, which makes nothing new.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"syscall"
	"time"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

func main() {
	url := flag.String("db", "", "a database filled by bench/generate: sqlite:PATH or postgres://…")
	date := flag.String("date", time.Now().Format(time.DateOnly), "the day to plan")
	profile := flag.String("cpuprofile", "", "write a profile of the processor's time to this file")
	flag.Parse()
	if err := run(context.Background(), *url, *date, *profile); err != nil {
		fmt.Fprintln(os.Stderr, "plan:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, url, date, profile string) error {
	d, err := day.Parse(date)
	if err != nil {
		return err
	}
	database, err := db.Open(ctx, url)
	if err != nil {
		return err
	}
	defer database.Close()
	if err := empty(ctx, database); err != nil {
		return err
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	o, c := &org.Service{DB: database}, customer.New(database)
	s := care.New(database, o, c, purchase.New(database, c, o, time.Now))
	for _, what := range []string{"first run", "again"} {
		if err := measure(ctx, s, d, what); err != nil {
			return err
		}
	}
	return nil
}

// empty takes away all tasks, as no program would.
func empty(ctx context.Context, d *db.DB) error {
	return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, statement := range []string{"DELETE FROM task", "DELETE FROM plan_run"} {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// measure plans the day and prints what each rule made and took.
func measure(ctx context.Context, s *care.Service, d day.Day, what string) error {
	begun, cpu := time.Now(), processorTime()
	last := begun
	took, longest := map[string]time.Duration{}, time.Duration(0)
	s.Progress = func(rule string, _ int64) {
		step := time.Since(last)
		took[rule] += step
		longest = max(longest, step)
		last = time.Now()
	}
	planned, err := s.Plan(ctx, d)
	if err != nil {
		return err
	}
	fmt.Printf("%s of %s: %d tasks made, %.1f s, %.1f s of the processor here, peak memory %d MB, longest step %d ms\n", what, d, planned.Made,
		time.Since(begun).Seconds(), (processorTime() - cpu).Seconds(), peakMemory()>>20, longest.Milliseconds())
	for _, r := range planned.Rules {
		fmt.Printf("  %-12s %8d  %6.1f s\n", r.Code, r.Made, took[r.Code].Seconds())
	}
	return nil
}

func usage() syscall.Rusage {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // the arguments are constants
	}
	return u
}

func processorTime() time.Duration {
	u := usage()
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakMemory is in bytes; Linux counts kilobytes.
func peakMemory() int64 { return usage().Maxrss << 10 }
