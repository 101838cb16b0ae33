package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"sync"
	"time"
)

// page is a kind of request.
type page string

// The kinds of request.
const (
	customerPage page = "customer page"
	searchPage   page = "search as one types"
	todayPage    page = "today's list"
	listPage     page = "list, page 1"
	deepListPage page = "list, page 1,000"
	writeNote    page = "note written"
)

var pages = []page{customerPage, searchPage, todayPage, listPage, deepListPage, writeNote}

// results collects times by kind; it is safe for concurrent use.
type results struct {
	mu   sync.Mutex
	took map[page][]took
}

func (r *results) add(kind page, t took) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.took[kind] = append(r.took[kind], t)
}

// mixed is the figure of 8 readers and 1 writer.
func mixed(ctx context.Context, people []person, o options) error {
	const warmUp = 5 * time.Second
	r := &results{took: map[page][]took{}}
	begun := time.Now()
	end := begun.Add(warmUp + time.Duration(o.seconds)*time.Second)
	ctx, stop := context.WithDeadline(ctx, end)
	defer stop()
	var wg sync.WaitGroup
	failed := make(chan error, o.readers+1)
	worker := func(n int, step func(*person, *rand.Rand, func(page, took, error) bool)) {
		// Half of the readers are the administrator, whose customers are everywhere.
		p := &people[[]int{2, 0, 2, 1}[n%4]]
		rng := rand.New(rand.NewPCG(7, uint64(n)))
		wg.Go(func() {
			for ok := true; ok && time.Now().Before(end); {
				step(p, rng, func(kind page, t took, err error) bool {
					if ctx.Err() != nil {
						ok = false
					} else if err != nil {
						failed <- err
						ok = false
					} else if time.Since(begun) > warmUp {
						r.add(kind, t)
					}
					time.Sleep(o.pause)
					return ok
				})
			}
		})
	}
	for n := range o.readers {
		worker(n, func(p *person, rng *rand.Rand, done func(page, took, error) bool) { p.read(ctx, rng, done) })
	}
	worker(0, func(p *person, rng *rand.Rand, done func(page, took, error) bool) {
		c := p.customers[rng.IntN(len(p.customers))]
		t, err := p.post(ctx, "/customers/"+c.id+"/notes", url.Values{
			"note": {"电话里说下周来店里看新款。"}, "request_key": {fmt.Sprintf("load-%x-%x", begun.UnixNano(), rng.Uint64())},
		})
		done(writeNote, t, err)
	})
	wg.Wait()
	close(failed)
	for err := range failed {
		return errors.Join(err, ctx.Err())
	}
	fmt.Printf("\n%d readers and 1 writer for %d s, each pausing %s after an answer, server time in ms\n\n", o.readers, o.seconds, o.pause)
	fmt.Println("| page | requests | p50 | p95 | p99 | most |\n|---|---:|---:|---:|---:|---:|")
	for _, kind := range pages {
		times := sorted(r.took[kind], func(t took) time.Duration { return t.server })
		fmt.Printf("| %s | %d | %s | %s | %s | %s |\n", kind, len(times), at(times, 50), at(times, 95), at(times, 99), at(times, 100))
	}
	return nil
}

// read is one thing that a reader does.
func (p *person) read(ctx context.Context, rng *rand.Rand, done func(page, took, error) bool) {
	get := func(kind page, path string) bool {
		t, err := p.get(ctx, path)
		return done(kind, t, err)
	}
	c := p.customers[rng.IntN(len(p.customers))]
	switch n := rng.IntN(100); {
	case n < 50:
		get(customerPage, "/customers/"+c.id)
	case n < 70:
		for _, q := range c.typed(rng) {
			if !get(searchPage, suggestions+"?q="+url.QueryEscape(q)) {
				return
			}
		}
	case n < 85:
		get(todayPage, "/today")
	case n < 95 || p.deep == "":
		get(listPage, "/customers")
	default:
		get(deepListPage, p.deep)
	}
}

// wholePages is the figure of whole pages, each kind by itself.
func wholePages(ctx context.Context, people []person, o options) error {
	admin := people[len(people)-1]
	kinds := []struct {
		name string
		path func(customer) string
	}{
		{"list", func(customer) string { return "/customers" }},
		{"list, page 1,000", func(customer) string { return admin.deep }},
		{"search by part of a name", func(c customer) string { return "/customers?q=" + url.QueryEscape(c.name[len(c.name)-3:]) }},
		{"search by pinyin initials", func(c customer) string { return "/customers?q=" + url.QueryEscape(initials(c.name)) }},
		{"search by end of a phone", func(c customer) string { return "/customers?q=" + c.phone[len(c.phone)-4:] }},
		{"search box", func(c customer) string { return suggestions + "?q=" + url.QueryEscape(c.name[:6]) }},
		{"customer", func(c customer) string { return "/customers/" + c.id }},
	}
	fmt.Printf("\n%d requests of each, whole pages as the client sees them, in ms\n\n", o.requests)
	fmt.Println("| page | p50, 1 client | p95 | p50, 8 clients | p95 |\n|---|---:|---:|---:|---:|")
	for _, k := range kinds {
		fmt.Printf("| %s |", k.name)
		for _, clients := range []int{1, 8} {
			if k.path(admin.customers[0]) == "" {
				fmt.Print(" – | – |") // the list is not so long
				continue
			}
			times, err := ask(ctx, &admin, clients, o.requests, k.path)
			if err != nil {
				return err
			}
			fmt.Printf(" %s | %s |", at(times, 50), at(times, 95))
		}
		fmt.Println()
	}
	return nil
}

// ask sends so many requests from so many clients.
func ask(ctx context.Context, p *person, clients, requests int, path func(customer) string) ([]time.Duration, error) {
	r := &results{took: map[page][]took{}}
	next := make(chan customer)
	failed := make(chan error, clients)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for c := range next {
				t, err := p.get(ctx, path(c))
				if err != nil {
					failed <- err
					for range next { // let the others come to their end
					}
					return
				}
				r.add("", t)
			}
		})
	}
	for i := range requests {
		next <- p.customers[i%len(p.customers)]
	}
	close(next)
	wg.Wait()
	close(failed)
	for err := range failed {
		return nil, err
	}
	return sorted(r.took[""], func(t took) time.Duration { return t.whole }), nil
}

func sorted(list []took, of func(took) time.Duration) []time.Duration {
	out := make([]time.Duration, len(list))
	for i, t := range list {
		out[i] = of(t)
	}
	slices.Sort(out)
	return out
}

// at is the time that so many percent of the requests took at most, in milliseconds.
func at(times []time.Duration, percent int) string {
	if len(times) == 0 {
		return "–"
	}
	i := min((len(times)*percent+99)/100, len(times)) - 1
	return fmt.Sprintf("%.1f", float64(times[max(i, 0)].Microseconds())/1000)
}
