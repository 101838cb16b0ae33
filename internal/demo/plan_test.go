package demo

import (
	"reflect"
	"slices"
	"testing"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/org"
)

var someDay = day.MustParse("2026-11-22")

func TestPlan_of_a_day_is_always_the_same(t *testing.T) {
	a, b := newPlan(someDay, 30), newPlan(someDay, 30)
	if !reflect.DeepEqual(a.stories(), b.stories()) || !reflect.DeepEqual(a.receipts, b.receipts) || !reflect.DeepEqual(a.people, b.people) {
		t.Error("two plans of one day differ")
	}
	if c := newPlan(someDay.AddDays(1), 30); reflect.DeepEqual(a.receipts, c.receipts) {
		t.Error("another day has the same receipts")
	}
}

func TestPlan_is_a_chain_one_can_believe(t *testing.T) {
	p := newPlan(someDay, 100)
	perCustomer := make([]int, len(p.people))
	returns, walkIns, deliveries := 0, 0, 0
	for _, r := range p.receipts {
		switch {
		case r.customer == walkIn:
			walkIns++
		case r.lines[0].quantity < 0:
			returns++
		default:
			perCustomer[r.customer]++
		}
		if r.delivery != nil {
			deliveries++
		}
	}
	share := func(n int, of int) int { return 100 * n / of }
	count := func(is func(person) bool) (n int) {
		for _, c := range p.people {
			if is(c) {
				n++
			}
		}
		return n
	}
	atLeast := func(least int) (n int) {
		for _, k := range perCustomer {
			if k >= least {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		what       string
		got        int
		from, upTo int
	}{
		{"customers", len(p.people), 3500, 4500},
		{"receipts", len(p.receipts), 25_000, 40_000},
		{"% returns", share(returns*10, len(p.receipts)), 10, 60},
		{"% walk-ins", share(walkIns, len(p.receipts)), 20, 40},
		{"deliveries", deliveries, 400, 1200},
		{"% who bought once or not", share(len(p.people)-atLeast(2), len(p.people)), 25, 45},
		{"% who bought ten times", share(atLeast(10), len(p.people)), 12, 35},
		{"% with a birthday", share(count(func(c person) bool { return c.birth.Month != 0 }), len(p.people)), 45, 70},
		{"lunar birthdays", count(func(c person) bool { return c.birth.Calendar == day.LunarCalendar }), 150, 700},
		{"% in households", share(count(func(c person) bool { return c.household != 0 }), len(p.people)), 10, 35},
		{"% brought by somebody", share(count(func(c person) bool { return c.referrer >= 0 }), len(p.people)), 5, 14},
	} {
		if c.got < c.from || c.got > c.upTo {
			t.Errorf("%s: %d, want %d to %d", c.what, c.got, c.from, c.upTo)
		}
	}
}

func TestPlan_holds_together(t *testing.T) {
	p := newPlan(someDay, 100)
	yesterday := someDay.AddDays(-1)
	phones, numbers := map[string]bool{}, map[string]bool{}
	for i, c := range p.people {
		for _, n := range c.phones {
			if phones[n] {
				t.Errorf("%s has the phone of somebody else", c.name)
			}
			phones[n] = true
		}
		if c.referrer >= 0 && p.people[c.referrer].joined > c.joined || c.referrer == i {
			t.Errorf("%s was brought by somebody who came later", c.name)
		}
		if c.owner >= 0 && staff[c.owner].store != c.store {
			t.Errorf("%s belongs to a colleague of another store", c.name)
		}
	}
	for _, r := range p.receipts {
		if r.day < p.from || r.day > yesterday || numbers[r.number] || len(r.lines) == 0 {
			t.Fatalf("receipt %s of %s is doubled, empty or out of time", r.number, r.day)
		}
		numbers[r.number] = true
		for _, l := range r.lines {
			if l.quantity == 0 || l.price <= 0 {
				t.Errorf("%s: %d of %s at %d", r.number, l.quantity, l.product.name, l.price)
			}
		}
		if d := r.delivery; d != nil && (d.done > yesterday || d.done != 0 && d.done < r.day) {
			t.Errorf("%s was sold on %s and delivered on %s", r.number, r.day, d.done)
		}
	}
	joined := map[int]bool{}
	for _, e := range p.stories() {
		if e.day > yesterday {
			t.Errorf("somebody wrote on %s", e.day)
		}
		if e.joins == joined[e.who] {
			t.Errorf("%s: the file of %s is opened twice, or late", e.day, p.people[e.who].name)
		}
		joined[e.who] = true
	}
}

func TestSeason_has_its_peaks(t *testing.T) {
	festival := day.MustParse("2026-02-17")
	for _, c := range []struct {
		trade      trade
		busy, calm day.Day
	}{
		{org.Fashion, festival.AddDays(-10), festival.AddDays(-45)},
		{org.Fashion, festival.AddDays(-45), festival},
		{org.Fashion, day.MustParse("2026-11-10"), day.MustParse("2026-09-08")},
		{org.Furniture, day.MustParse("2026-10-02"), day.MustParse("2026-09-04")},
		{org.Workshop, festival.AddDays(-12), festival.AddDays(-40)},
	} {
		if busy(c.trade, c.busy) <= busy(c.trade, c.calm) {
			t.Errorf("%s: %s is not busier than %s", c.trade, c.busy, c.calm)
		}
	}
}

func TestStaff_fill_every_role_and_one_of_each_signs_in(t *testing.T) {
	for _, role := range org.Roles() {
		signsIn := 0
		for _, m := range staff {
			if m.role == role && m.login != "" {
				signsIn++
			}
		}
		if signsIn != 1 {
			t.Errorf("%d people sign in as %s, want 1", signsIn, role)
		}
	}
	for s := range stores {
		if len(sellersOf(s)) == 0 {
			t.Errorf("nobody sells at %s", stores[s].name)
		}
	}
}

func TestFields_and_facts_fit_each_other(t *testing.T) {
	p := newPlan(someDay, 100)
	byCode := map[string]int{}
	all := append(fields(), pantryFields()...)
	for i, f := range all {
		byCode[f.Code] = i
	}
	check := func(k fact) {
		if i, own := byCode[k.field]; own {
			if _, err := all[i].Parse(k.value); err != nil {
				t.Errorf("%s = %q: %v", k.field, k.value, err)
			}
		}
	}
	if len(p.told) < 50 {
		t.Errorf("%d homes told how many they are, want at least 50", len(p.told))
	}
	for _, e := range p.told {
		for _, k := range e.facts {
			check(k)
		}
	}
	for _, c := range p.people[:1500] {
		for _, k := range p.facts(c, stores[c.store].trade, 20) {
			check(k)
		}
	}
	if !slices.IsSortedFunc(p.people, func(a, b person) int { return a.joined.Sub(b.joined) }) {
		t.Error("people are not in the order in which they joined")
	}
}
