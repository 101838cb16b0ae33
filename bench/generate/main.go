// Command generate fills an empty database with as many made-up customers and
// purchases as a figure needs: a million customers with ten million purchases
// in some minutes. Rows are what the services would have written (a test
// compares them), but written in bulk, sorted by their keys, with the secondary
// indexes made at the end.
//
//	go run ./bench/generate --db sqlite:/tmp/million.db --customers 1000000 --purchases 10000000
//
// A purchase is a receipt: one line in three of five, else two. One in twenty is
// a walk-in's, one in thirty a return.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime/debug"
	"time"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
)

// options are the command line.
type options struct {
	url                  string
	customers, purchases int
	seed                 uint64
	today                day.Day
	password             string
}

func main() {
	log.SetFlags(0)
	var o options
	loc, err := time.LoadLocation(zone)
	if err != nil {
		log.Fatalf("generate: %v", err)
	}
	today := flag.String("today", time.Now().In(loc).Format(time.DateOnly), "the day after the last purchase")
	flag.StringVar(&o.url, "db", "", "an empty database: sqlite:PATH or postgres://…")
	flag.IntVar(&o.customers, "customers", 100_000, "how many customers")
	flag.IntVar(&o.purchases, "purchases", 254_000, "how many receipts")
	flag.Uint64Var(&o.seed, "seed", 1, "of the random numbers")
	flag.StringVar(&o.password, "password", "jar-of-rice-bench", "of the people who can sign in: associate, manager, administrator")
	flag.Parse()
	if o.today, err = day.Parse(*today); err != nil {
		log.Fatalf("generate: --today: %v", err)
	}
	if o.url == "" || o.customers < 1 || o.purchases < 0 {
		log.Fatal("generate: --db is missing, or there is nothing to make up")
	}
	// Rows are garbage as soon as they are written; there is memory to spare.
	debug.SetGCPercent(400)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		log.Fatalf("generate: %v", err)
	}
}

func run(ctx context.Context, o options) error {
	d, err := db.Open(ctx, o.url)
	if err != nil {
		return err
	}
	defer d.Close()
	started := time.Now()
	if err := generate(ctx, d, o, log.Printf); err != nil {
		return err
	}
	log.Printf("%d customers and %d purchases on %s in %s", o.customers, o.purchases, d.Engine(), time.Since(started).Round(time.Second))
	return d.Close()
}

// generate fills the database; say hears how far it is.
func generate(ctx context.Context, d *db.DB, o options, say func(format string, args ...any)) error {
	some, err := db.All(ctx, d, db.Value[int64], "SELECT customer_id FROM customer ORDER BY customer_id LIMIT 1")
	if err != nil {
		return err
	}
	if len(some) > 0 {
		return fmt.Errorf("%s has customers already: give an empty database", o.url)
	}
	l := &loader{db: d, say: say}
	w := newWorld(o)
	if err := l.company(ctx, w, o); err != nil {
		return fmt.Errorf("company: %w", err)
	}
	if err := l.scoreFiles(ctx, w); err != nil {
		return fmt.Errorf("completeness: %w", err)
	}
	w.sell()
	tables := w.tables()
	if err := l.dropIndexes(ctx, tables); err != nil {
		return fmt.Errorf("indexes: %w", err)
	}
	for _, t := range tables {
		if err := l.fill(ctx, t); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	if err := l.makeIndexes(ctx); err != nil {
		return fmt.Errorf("indexes: %w", err)
	}
	return l.statistics(ctx)
}

// stream is the random numbers of one thing about one customer, so that each
// table can be made without the others.
func (w *world) stream(what uint64, i int) *rand.Rand {
	return rand.New(rand.NewPCG(w.seed<<8|what, uint64(i)))
}
