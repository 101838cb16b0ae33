package main

import (
	"bytes"
	"cmp"
	"runtime"
	"slices"
	"sync"

	"github.com/ricejar/ricejar/internal/customer"
)

// term is a search term of a customer. The words lie in one piece of memory, and
// are compared by their first eight bytes before the rest.
type term struct {
	head     uint64
	from     uint32
	len      uint16
	store    uint16
	customer int32
}

// terms are those of some customers, sorted.
type terms struct {
	text []byte
	list []term
}

func (t *terms) word(e term) []byte { return t.text[e.from : int(e.from)+int(e.len)] }

// makeTerms makes the terms of a range of customers.
func (w *world) makeTerms(from, to int) *terms {
	t := &terms{}
	for i := from; i < to; i++ {
		p := w.file(i)
		for _, word := range customer.Terms(p.name, p.card, p.contacts) {
			e := term{from: uint32(len(t.text)), len: uint16(len(word)), store: uint16(p.store), customer: int32(i)}
			for k := range 8 {
				e.head <<= 8
				if k < len(word) {
					e.head |= uint64(word[k])
				}
			}
			t.text = append(t.text, word...)
			t.list = append(t.list, e)
		}
	}
	slices.SortFunc(t.list, func(a, b term) int { return compare(t, a, t, b) })
	return t
}

func compare(ta *terms, a term, tb *terms, b term) int {
	if a.head != b.head {
		return cmp.Compare(a.head, b.head)
	}
	return cmp.Or(bytes.Compare(ta.word(a), tb.word(b)), cmp.Compare(a.customer, b.customer))
}

// termRows makes and sorts some twenty terms a customer, a share of the customers
// on each processor, and merges the shares.
func (w *world) termRows(put func(...any) bool) {
	parts := make([]*terms, runtime.NumCPU())
	people := make([][2]int64, w.customers)
	var wg sync.WaitGroup
	for k := range parts {
		from, to := w.customers*k/len(parts), w.customers*(k+1)/len(parts)
		wg.Go(func() {
			parts[k] = w.makeTerms(from, to)
			for i := from; i < to; i++ {
				p := w.file(i)
				people[i] = [2]int64{p.id, int64(p.owner)}
			}
		})
	}
	wg.Wait()
	for {
		var least *terms
		for _, t := range parts {
			if len(t.list) > 0 && (least == nil || compare(t, t.list[0], least, least.list[0]) < 0) {
				least = t
			}
		}
		if least == nil {
			return
		}
		e := least.list[0]
		least.list = least.list[1:]
		if !put(string(least.word(e)), people[e.customer][0], w.storeID(int(e.store)), people[e.customer][1]) {
			return
		}
	}
}
