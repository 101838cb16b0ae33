package demo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/org"
)

// walkIn stands for the customer of a receipt nobody gave a card or phone for.
const walkIn = -1

// receipt is a sale or, with negative quantities, a return.
type receipt struct {
	store    int
	number   string
	customer int // index into people, or walkIn
	staff    int // index into staff
	day      day.Day
	minute   int // since midnight
	lines    []line
	delivery *delivery
	pantry   bool // of what is used up at home
}

type line struct {
	product  product
	quantity int64 // thousandths
	price    int64 // fen a piece, after discount
}

// delivery of what was too large to carry.
type delivery struct {
	promised, done day.Day // done is zero while it is on its way
	what           string
	gift           string
	giftCost       int64 // fen
}

// trading makes up every receipt.
func (p *planner) trading() {
	for i := range p.people {
		c := &p.people[i]
		p.vip(c)
		p.visits(i, c.store, c.rhythm)
		if c.second >= 0 {
			p.visits(i, c.second, min(c.rhythm, occasional))
		}
	}
	p.walkIns()
	p.pantry()
	p.number()
}

func (p *planner) vip(c *person) {
	c.vip = c.rhythm == regular && p.rng.IntN(100) < 14 || c.rhythm == project && p.rng.IntN(100) < 6
}

// visits makes up the purchases of a customer at a store.
func (p *planner) visits(who, s int, r rhythm) {
	t, c := stores[s].trade, p.people[who]
	var days []day.Day
	start := max(c.joined, p.from)
	switch r {
	case once:
		// Whoever joined before the receipts begin bought then, and is only known by file.
		if c.joined >= p.from {
			days = []day.Day{c.joined}
		} else if p.rng.IntN(3) == 0 {
			days = p.scatter(t, start, p.season.to, 1)
		}
	case occasional:
		days = p.steps(t, c, start, p.season.to, gap(t)*(2+2*p.rng.Float64()), 2)
	case regular:
		days = p.steps(t, c, start, p.season.to, gap(t)*(0.5+0.8*p.rng.Float64()), 5)
	case lapsing:
		stop := p.season.to.AddDays(-40 - p.rng.IntN(300))
		days = p.steps(t, c, start, stop, gap(t)*(0.5+0.6*p.rng.Float64()), 5)
	case seasonal:
		days = p.peaks(t, start)
	case project:
		p.furnish(who, s)
		return
	}
	for _, d := range days {
		p.buy(who, s, d, p.basket(t, d, false))
	}
}

// gap is the usual number of days between two visits of a regular.
func gap(t trade) float64 {
	return map[trade]float64{org.Furniture: 48, org.Fashion: 38, org.Workshop: 95}[t]
}

// steps walks from visit to visit, mean days apart; a larger shape keeps the
// beat better. The last step is not forced: some are due, some overdue.
func (p *planner) steps(t trade, c person, from, to day.Day, mean float64, shape int) []day.Day {
	var days []day.Day
	at := from
	if c.joined < from {
		at = from.AddDays(p.rng.IntN(int(mean) + 1))
	}
	for at <= to {
		// People come on a busy day near the day that it is time.
		if d, ok := p.season.between(p.rng, t, at.AddDays(-3), min(at.AddDays(3), to)); ok && (len(days) == 0 || d > days[len(days)-1]) {
			days = append(days, d)
		}
		sum := 0.0
		for range shape {
			sum += p.rng.ExpFloat64()
		}
		at = at.AddDays(max(1, int(math.Round(mean*sum/float64(shape)))))
	}
	return days
}

// scatter is n days of the range, busy ones more often.
func (p *planner) scatter(t trade, from, to day.Day, n int) []day.Day {
	var days []day.Day
	for range n {
		if d, ok := p.season.between(p.rng, t, from, to); ok {
			days = append(days, d)
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// peaks are visits before Spring Festival and around Double 11 only.
func (p *planner) peaks(t trade, from day.Day) []day.Day {
	var days []day.Day
	for d := from; d <= p.season.to; d = d.AddDays(1) {
		_, month, dom := d.Date()
		double11 := month == 11 && dom == 1
		festival := untilSpringFestival(d) == 20
		if double11 || festival {
			days = append(days, p.scatter(t, d, d.AddDays(14), 1+p.rng.IntN(2))...)
		}
	}
	return days
}

// furnish is a home being furnished: a few large purchases within weeks, later
// perhaps something small.
func (p *planner) furnish(who, s int) {
	c := p.people[who]
	at := c.joined
	if at < p.from {
		// They furnished before; what is left is small.
		for _, d := range p.scatter(org.Furniture, p.from, p.season.to, p.rng.IntN(3)) {
			p.buy(who, s, d, p.basket(org.Furniture, d, false))
		}
		return
	}
	for n := 1 + p.rng.IntN(3); n > 0; n-- {
		if d, ok := p.season.between(p.rng, org.Furniture, at, at.AddDays(12)); ok {
			p.buy(who, s, d, p.basket(org.Furniture, d, true))
			at = d.AddDays(1)
		}
		at = at.AddDays(7 + p.rng.IntN(25))
	}
	if later := at.AddDays(30); later <= p.season.to {
		for _, d := range p.scatter(org.Furniture, later, min(later.AddDays(400), p.season.to), p.rng.IntN(4)) {
			p.buy(who, s, d, p.basket(org.Furniture, d, false))
		}
	}
}

// basket is what somebody buys on a day; big is furniture or a repaired car.
func (p *planner) basket(t trade, d day.Day, big bool) []line {
	n := 1
	for n < 5 && p.rng.IntN(100) < 38 {
		n++
	}
	if big {
		n = 1 + p.rng.IntN(3)
	} else if t == org.Workshop && p.rng.IntN(100) < 6 {
		big, n = true, 1
	}
	var lines []line
	for range n {
		item := p.choose(t, d, big)
		if slices.ContainsFunc(lines, func(l line) bool { return l.product.sku == item.sku }) {
			continue
		}
		l := line{product: item, quantity: 1000, price: discounted(item.price, p.discount(t, d))}
		switch {
		case item.metres:
			l.quantity = int64(20+5*p.rng.IntN(17)) * 100 // 2 to 10 m
		case item.category == "轮胎" && item.price > 40_000:
			l.quantity = int64(2+2*p.rng.IntN(2)) * 1000
		case item.price < 20_000 && t != org.Workshop && p.rng.IntN(5) == 0:
			l.quantity = 2000
		}
		lines = append(lines, l)
	}
	return lines
}

func (p *planner) choose(t trade, d day.Day, big bool) product {
	shelf := shelves[t]
	upto, total := make([]float64, len(shelf)), 0.0
	for i, item := range shelf {
		if item.big == big {
			total += item.chance(d)
		}
		upto[i] = total
	}
	return shelf[min(sort.SearchFloat64s(upto, p.rng.Float64()*total), len(shelf)-1)]
}

// discount is the percent paid.
func (p *planner) discount(t trade, d day.Day) int64 {
	_, month, dom := d.Date()
	switch {
	case t == org.Workshop:
		return 100
	case month == 11 && dom <= 11, month == 6 && dom >= 10 && dom <= 18:
		return int64(80 + 5*p.rng.IntN(3))
	case p.rng.IntN(100) < 18:
		return 95
	}
	return 100
}

// discounted is rounded down to a whole yuan, as tills do.
func discounted(price, percent int64) int64 { return price * percent / 100 / 100 * 100 }

func (p *planner) buy(who, s int, d day.Day, lines []line) {
	r := receipt{store: s, customer: who, day: d, minute: minute(p.rng, stores[s].trade), lines: lines}
	sellers := sellersOf(s)
	r.staff = sellers[p.rng.IntN(len(sellers))]
	if who != walkIn {
		if own := p.people[who].owner; own >= 0 && staff[own].store == s && p.rng.IntN(100) < 75 {
			r.staff = own
		}
		p.deliver(&r)
	}
	p.receipts = append(p.receipts, r)
	p.maybeReturn(r)
}

var gifts = []struct {
	what string
	cost int64
}{{"桂花扩香石一枚", 3200}, {"手工皂礼盒", 2800}, {"小盆绿萝", 1800}, {"香薰蜡烛", 4500}, {"杯垫四片", 1500}, {"茶巾两条", 1600}}

func (p *planner) deliver(r *receipt) {
	var what []string
	wardrobe := false
	for _, l := range r.lines {
		if l.product.delivered {
			what = append(what, l.product.name)
			wardrobe = wardrobe || l.product.name == "定制衣柜"
		}
	}
	if len(what) == 0 {
		return
	}
	wait := 5 + p.rng.IntN(16)
	if wardrobe {
		wait = 28 + p.rng.IntN(15)
	}
	v := &delivery{promised: r.day.AddDays(wait), what: what[0]}
	for _, w := range what[1:] {
		v.what += "、" + w
	}
	late := 0
	if n := p.rng.IntN(100); n < 12 {
		late = 1 + p.rng.IntN(4)
	} else if n < 22 {
		late = -1
	}
	if done := v.promised.AddDays(late); done <= p.season.to {
		v.done = done
		if p.rng.IntN(100) < 35 {
			g := pickOne(p.rng, gifts)
			v.gift, v.giftCost = g.what, g.cost
		}
	}
	r.delivery = v
}

// maybeReturn brings one line back some days later.
func (p *planner) maybeReturn(r receipt) {
	if p.rng.IntN(1000) >= map[trade]int{org.Furniture: 15, org.Fashion: 48, org.Workshop: 4}[stores[r.store].trade] {
		return
	}
	back := r
	back.delivery = nil
	back.day = r.day.AddDays(1 + p.rng.IntN(10))
	back.minute = minute(p.rng, stores[r.store].trade)
	l := pickOne(p.rng, r.lines)
	l.quantity = -l.quantity
	back.lines = []line{l}
	if back.day <= p.season.to && !l.product.delivered {
		p.receipts = append(p.receipts, back)
	}
}

// walkIns are sales to people who left neither card nor phone.
func (p *planner) walkIns() {
	perDay := map[trade]float64{org.Furniture: 0.5, org.Fashion: 3.2, org.Workshop: 0.8}
	for s := range stores {
		t := stores[s].trade
		for d := p.from; d <= p.season.to; d = d.AddDays(1) {
			for range p.poisson(perDay[t] * busy(t, d) / 1.3 * float64(p.scale) / 100) {
				p.buy(walkIn, s, d, p.basket(t, d, false))
			}
		}
	}
}

func (p *planner) poisson(mean float64) int {
	limit, n, x := math.Exp(-mean), 0, p.rng.Float64()
	for x > limit {
		n++
		x *= p.rng.Float64()
	}
	return n
}

// number puts the receipts into the order of the tills and numbers them per store and day.
func (p *planner) number() {
	slices.SortStableFunc(p.receipts, func(a, b receipt) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.store, b.store), cmp.Compare(a.minute, b.minute))
	})
	n := 0
	for i := range p.receipts {
		r := &p.receipts[i]
		if i == 0 || p.receipts[i-1].day != r.day || p.receipts[i-1].store != r.store {
			n = 0
		}
		n++
		year, month, dom := r.day.Date()
		r.number = fmt.Sprintf("%s-%02d%02d%02d-%03d", stores[r.store].code, year%100, month, dom, n)
	}
}
