package insight

import (
	"cmp"
	"iter"
	"slices"
	"sync"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight/basket"
	"github.com/ricejar/ricejar/internal/insight/winback"
	"github.com/ricejar/ricejar/internal/org"
)

// Asked is what reports need besides the book and the scores, read by the refresh
// beforehand. A customer's row is that in the book of all stores.
type Asked struct {
	Visits   map[visitKey][2]int64  // of new and of old visitors
	Contacts []contact              // of the last contactDays; by row, then by day; those of nobody who ever bought first
	Gifts    []gift                 // of the last year
	Faults   map[int32]fault        // by row
	Reasons  map[int32]toldReason   // by row: the latest of each customer
	Referrer map[int32]customer.ID  // by row: who sent them
	Habits   []basket.Habit         // of each row
	Answers  []answered             // to LoyaltyFields
	Usual    map[int64]basket.Price // by product
	Since    day.Day                // of the first refresh that is remembered: nobody was warned of anybody before; 0: there has been none

	indexed sync.Once
	served  map[org.StoreID]served // 0: all stores
	sent    map[customer.ID]int    // whom each has sent
}

// served is what a store did for its customers in the last year.
type served struct {
	contacts, customers int
	gifts               int64
}

// index looks at everything once, for the reports of every store.
func (a *Asked) index(asOf day.Day) {
	slices.SortStableFunc(a.Answers, func(x, y answered) int { return cmp.Compare(x.row, y.row) })
	a.sent = make(map[customer.ID]int)
	for _, by := range a.Referrer {
		a.sent[by]++
	}
	type pair struct {
		store    org.StoreID
		customer customer.ID
	}
	a.served = make(map[org.StoreID]served)
	seen := make(map[pair]bool)
	add := func(st org.StoreID, c customer.ID, contacts int, gifts int64) {
		for _, at := range [2]org.StoreID{0, st} {
			s := a.served[at]
			s.contacts += contacts
			s.gifts += gifts
			if !seen[pair{at, c}] {
				seen[pair{at, c}] = true
				s.customers++
			}
			if a.served[at] = s; st == 0 {
				break
			}
		}
	}
	since := asOf.AddDays(-year)
	for _, c := range a.Contacts {
		if c.day > since {
			add(c.store, c.customer, 1, 0)
		}
	}
	for _, g := range a.Gifts {
		add(g.store, g.customer, 0, g.cost)
	}
}

// servedBy is what was done in a store, or in all of them for store 0, in the year
// up to the day of the refresh.
func (a *Asked) servedBy(st org.StoreID, asOf day.Day) served {
	a.indexed.Do(func() { a.index(asOf) })
	return a.served[st]
}

// sentBy is whom each customer has sent.
func (a *Asked) sentBy(asOf day.Day) map[customer.ID]int {
	a.indexed.Do(func() { a.index(asOf) })
	return a.sent
}

// answersOf are the answers of one row.
func (a *Asked) answersOf(row int, asOf day.Day) []answered {
	a.indexed.Do(func() { a.index(asOf) })
	from, _ := slices.BinarySearchFunc(a.Answers, row, func(x answered, row int) int { return int(x.row) - row })
	to := from
	for to < len(a.Answers) && int(a.Answers[to].row) == row {
		to++
	}
	return a.Answers[from:to]
}

// visitKey names the visitors of a store in a month.
type visitKey struct {
	store org.StoreID
	month month
}

// contact is that somebody was called or visited, or that it was tried.
type contact struct {
	customer customer.ID
	row      int32 // -1: has never bought
	day      day.Day
	store    org.StoreID
	rule     string // code; empty: of no rule
	reached  bool
}

// gift is what was given to a customer with deliveries, in minor units.
type gift struct {
	customer customer.ID
	store    org.StoreID
	cost     int64
}

// fault is when a customer was last displeased.
type fault struct {
	complained, returned day.Day // 0: never
}

// last is the day of the latest fault; 0 for none.
func (f fault) last() day.Day { return max(f.complained, f.returned) }

// toldReason is why a customer stays away, as they told.
type toldReason struct {
	reason Reason
	warned bool
}

// answered is an answer to one of LoyaltyFields.
type answered struct {
	row   int32
	field int8 // index into LoyaltyFields
	value string
}

// How far back is looked, in days.
const (
	contactDays = 2*year + 2*winback.Days
	habitDays   = basket.Back
)

// contactsOf are the contacts of one row.
func (a *Asked) contactsOf(row int) []contact {
	from, _ := slices.BinarySearchFunc(a.Contacts, row, func(c contact, row int) int { return int(c.row) - row })
	to := from
	for to < len(a.Contacts) && int(a.Contacts[to].row) == row {
		to++
	}
	return a.Contacts[from:to]
}

// reachedOf are the contacts of one row in which they were reached.
func (a *Asked) reachedOf(row int) iter.Seq[winback.Contact] {
	return func(yield func(winback.Contact) bool) {
		for _, c := range a.contactsOf(row) {
			if c.reached && !yield(winback.Contact{Day: c.day, Rule: c.rule}) {
				return
			}
		}
	}
}

// habit is that of a row.
func (a *Asked) habit(row int) basket.Habit {
	if row < len(a.Habits) {
		return a.Habits[row]
	}
	return basket.Habit{}
}
