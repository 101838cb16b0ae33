// Command load starts the built program on a database that bench/generate has
// filled, signs people in, and asks it for pages as they would: customers'
// pages, the search box letter by letter, today's list, the list of customers
// at its first and its thousandth page, while somebody keeps writing notes.
//
//	go run ./bench/load --db sqlite:/tmp/million.db --seconds 60
//	go run ./bench/load --db sqlite:/tmp/hundred.db --whole-pages
//	go run ./bench/load --import till.csv.gz
//
// Without --whole-pages it runs 8 readers and 1 writer without a pause between
// requests and prints the server's own time, from the Server-Timing header to
// the first byte. With it, it prints the whole time of whole pages as a client
// sees it, with 1 and with 8 clients. Server and clients share the machine. With
// --import it prints the memory of the program while and after it imports a file.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"time"

	"github.com/ricejar/ricejar/internal/db"
)

type options struct {
	url, binary, password string
	readers               int
	seconds               int
	pause                 time.Duration
	wholePages            bool
	requests              int
	file                  string
}

func main() {
	log.SetFlags(0)
	var o options
	flag.StringVar(&o.url, "db", "", "a database filled by bench/generate: sqlite:PATH or postgres://…")
	flag.StringVar(&o.binary, "binary", "bin/ricejar", "the built program")
	flag.StringVar(&o.password, "password", "jar-of-rice-bench", "of associate, manager and administrator, as given to bench/generate")
	flag.IntVar(&o.readers, "readers", 8, "how many ask for pages at once")
	flag.IntVar(&o.seconds, "seconds", 60, "how long")
	flag.DurationVar(&o.pause, "pause", 0, "what a reader and the writer wait after each answer; 0 asks for as much as the machine gives")
	flag.BoolVar(&o.wholePages, "whole-pages", false, "measure whole pages with 1 and with 8 clients")
	flag.IntVar(&o.requests, "requests", 1000, "how many of each page with --whole-pages")
	flag.StringVar(&o.file, "import", "", "measure memory while the program imports this file of receipts")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		log.Fatalf("load: %v", err)
	}
}

func run(ctx context.Context, o options) error {
	if o.file != "" {
		return importing(ctx, o)
	}
	people, err := sample(ctx, o.url)
	if err != nil {
		return err
	}
	// The first start makes up for the nights the database has missed; the second
	// is one as on any other day.
	first, err := start(ctx, o)
	if err != nil {
		return err
	}
	first.settle(ctx)
	first.stop()
	s, err := start(ctx, o)
	if err != nil {
		return err
	}
	defer s.stop()
	fmt.Printf("start to first answered request: %s\n", s.started.Round(time.Millisecond))
	s.settle(ctx)
	fmt.Printf("memory at rest: %d MB\n", s.memory()>>20)
	for i := range people {
		if err := people[i].signIn(ctx, s.url, o.password); err != nil {
			return err
		}
	}
	if o.wholePages {
		err = wholePages(ctx, people, o)
	} else {
		err = mixed(ctx, people, o)
	}
	fmt.Printf("memory after: %d MB\n", s.memory()>>20)
	return err
}

// sample reads from the database whose pages can be asked for.
func sample(ctx context.Context, url string) ([]person, error) {
	d, err := db.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return choosePeople(ctx, d)
}
