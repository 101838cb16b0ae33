package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/demo/names"
	"github.com/ricejar/ricejar/internal/org"
)

// person is a customer before they have an id.
type person struct {
	name    string
	gender  names.Gender
	born    int            // year
	birth   customer.Birth // as far as they told
	phones  []string
	email   string
	wechat  string
	card    string
	address string // empty: not told
	city    string

	store     int // home store, index into stores
	owner     int // index into staff, -1: nobody's yet
	household int // people with the same number live together; 0: alone as far as the stores know
	referrer  int // index of the person who brought them, -1: came by themselves
	origin    customer.Origin
	vip       bool
	joined    day.Day

	rhythm rhythm
	life   life
	second int // another store of the city they go to, -1: none
}

// rhythm is how a customer comes back.
type rhythm uint8

// The rhythms. Project buyers furnish a home and are then seen seldom.
const (
	once rhythm = iota
	occasional
	regular
	lapsing
	seasonal
	project
)

// perStore is how many customers each store begins with; their families come on top.
var perStore = map[trade]int{org.Furniture: 520, org.Fashion: 690, org.Workshop: 540}

// mix is the share of each rhythm in percent, in the order of the constants.
var mix = map[trade][6]int{
	org.Furniture: {15, 14, 18, 7, 2, 44},
	org.Fashion:   {36, 29, 20, 9, 6, 0},
	org.Workshop:  {16, 30, 44, 10, 0, 0},
}

// planner makes up a chain.
type planner struct {
	rng    *rand.Rand
	names  names.Maker
	today  day.Day
	scale  int     // percent of the usual number of customers
	from   day.Day // first day of receipts
	season season

	phones int64 // how many were given away
	abroad int   // the same for the few from elsewhere
	people []person
	homes  int

	receipts []receipt
	told     []event // at the till of the pantry
}

// population makes up all customers, in the order in which they joined.
func (p *planner) population() {
	for s := range stores {
		for range perStore[stores[s].trade] * p.scale / 100 {
			p.household(s)
		}
	}
	slices.SortStableFunc(p.people, func(a, b person) int { return a.joined.Sub(b.joined) })
	p.refer()
}

// household adds a customer of the store and sometimes those who live with them.
func (p *planner) household(s int) {
	first := p.person(s, p.adultBorn(stores[s].trade))
	members := []person{first}
	switch n := p.rng.IntN(100); {
	case n < 13 && first.life.spouse():
		members = append(members, p.relative(first, otherGender(first.gender), first.born+p.rng.IntN(7)-3, ""))
	case n < 18 && first.born < p.today.Year()-46:
		g := p.names.Gender(55)
		members = append(members, p.relative(first, g, first.born+23+p.rng.IntN(8), surnameOf(first)))
	}
	if len(members) > 1 {
		p.homes++
		address := p.names.Address(first.city)
		for i := range members {
			members[i].household = p.homes
			if members[i].address != "" || i == 0 {
				members[i].address = address
			}
		}
	}
	p.people = append(p.people, members...)
}

// relative is somebody who lives with p: a spouse, or with p's surname a child.
func (p *planner) relative(of person, g names.Gender, born int, surname string) person {
	s := of.store
	if p.rng.IntN(100) < 40 {
		if near := p.neighbours(s); len(near) > 0 {
			s = near[p.rng.IntN(len(near))]
		}
	}
	r := p.person(s, min(born, p.today.Year()-19))
	r.gender = g
	if r.phones[0][:3] == "+86" && !latin(r.name) {
		if surname == "" {
			surname = p.names.Surname()
		}
		r.name = surname + p.names.Given(g, r.born)
	}
	r.life = p.makeLife(g, r.born)
	if surname == "" {
		r.life.kids = of.life.kids
	}
	return r
}

// neighbours are the other stores of the same city.
func (p *planner) neighbours(s int) []int {
	var list []int
	for i := range stores {
		if i != s && stores[i].city == stores[s].city {
			list = append(list, i)
		}
	}
	return list
}

// adultBorn is a year of birth as the trade's customers have them.
func (p *planner) adultBorn(t trade) int {
	mean, spread := 36.0, 11.0
	switch t {
	case org.Furniture:
		mean, spread = 39, 12
	case org.Workshop:
		mean, spread = 41, 10
	}
	age := min(max(int(mean+spread*p.rng.NormFloat64()), 19), 82)
	return p.today.Year() - age
}

func (p *planner) person(s, born int) person {
	t := stores[s].trade
	c := person{store: s, city: stores[s].city, born: born, owner: -1, referrer: -1, second: -1, origin: customer.OriginWalkIn}
	c.gender = p.names.Gender(map[trade]int{org.Furniture: 62, org.Fashion: 84, org.Workshop: 33}[t])
	p.nameAndPhone(&c)
	c.life = p.makeLife(c.gender, born)
	c.rhythm = p.drawRhythm(t)
	if p.rng.IntN(100) < 90 {
		sellers := sellersOf(s)
		c.owner = pickOne(p.rng, sellers)
		if p.rng.IntN(3) == 0 { // who has been there longest has the most
			c.owner = sellers[0]
		}
	}
	if n := p.rng.IntN(100); n < 6 {
		c.origin = customer.OriginOnline
	} else if n < 10 {
		c.origin = customer.OriginEvent
	}
	// A third were customers before the receipts at hand begin.
	if p.rng.IntN(100) < 33 {
		c.joined = p.from.AddDays(-1 - p.rng.IntN(900))
	} else {
		c.joined, _ = p.season.between(p.rng, t, p.from, p.season.to)
	}
	p.birthday(&c)
	if p.rng.IntN(100) < 38 || c.rhythm == project && p.rng.IntN(100) < 80 {
		c.address = p.names.Address(c.city)
	}
	if near := p.neighbours(s); len(near) > 0 && p.rng.IntN(100) < 8 {
		c.second = near[p.rng.IntN(len(near))]
	}
	p.phones++
	if p.rng.IntN(100) < 72 {
		c.card = fmt.Sprintf("66%07d", 1200+p.phones*7)
	}
	if p.rng.IntN(100) < 9 {
		c.email = fmt.Sprintf("%s%d@example.com", []string{"lan", "xiaoyu", "hello", "river", "sunny", "tea", "moon"}[p.rng.IntN(7)], 100+p.phones)
	}
	if p.rng.IntN(100) < 24 {
		c.wechat = fmt.Sprintf("wx_%x", 0x5a000+p.phones*13)
	}
	return c
}

// nameAndPhone makes nearly everybody a mainlander, some with a second number.
func (p *planner) nameAndPhone(c *person) {
	n := p.phones + 1
	switch k := p.rng.IntN(1000); {
	case k < 6:
		p.abroad += 7
		c.name, c.phones = p.names.Taiwanese(c.gender), []string{names.TaiwanMobile(p.abroad)}
	case k < 11:
		p.abroad += 7
		c.name, c.phones = p.names.HongKong(c.gender), []string{names.HongKongMobile(p.abroad)}
	case k < 15:
		c.name, c.phones = p.names.Foreign(c.gender), []string{names.Mobile(n)}
	default:
		c.name, c.phones = p.names.Chinese(c.gender, c.born), []string{names.Mobile(n)}
		if k > 970 {
			c.phones = append(c.phones, names.Mobile(n+500_000))
		}
	}
}

// birthday is told by a little more than half, by older people often in the
// lunar calendar, by some without the year.
func (p *planner) birthday(c *person) {
	if p.rng.IntN(100) >= 57 {
		return
	}
	b := customer.Birth{Calendar: day.SolarCalendar, Year: c.born, Month: 1 + p.rng.IntN(12), Day: 1 + p.rng.IntN(28)}
	lunar := 4
	if c.born < 1975 {
		lunar = 42
	} else if c.born < 1990 {
		lunar = 14
	}
	if p.rng.IntN(100) < lunar {
		b.Calendar = day.LunarCalendar
	}
	if p.rng.IntN(100) < 18 {
		b.Year = 0
	}
	c.birth = b
}

func (p *planner) drawRhythm(t trade) rhythm {
	n := p.rng.IntN(100)
	for r, share := range mix[t] {
		if n -= share; n < 0 {
			return rhythm(r)
		}
	}
	return once
}

// refer says who brought whom: somebody of the same store who was there before.
func (p *planner) refer() {
	byStore := map[int][]int{}
	for i := range p.people {
		c := &p.people[i]
		if before := byStore[c.store]; len(before) > 20 && p.rng.IntN(100) < 9 {
			c.referrer, c.origin = before[p.rng.IntN(len(before))], customer.OriginReferral
		}
		byStore[c.store] = append(byStore[c.store], i)
	}
}

// sellersOf are the staff of a store whose name stands on receipts.
func sellersOf(s int) []int {
	var list []int
	for i, m := range staff {
		if m.store == s && m.sells() {
			list = append(list, i)
		}
	}
	return list
}

func otherGender(g names.Gender) names.Gender {
	if g == names.Female {
		return names.Male
	}
	return names.Female
}

func surnameOf(c person) string {
	r := []rune(c.name)
	if len(r) == 4 || len(r) == 3 && (string(r[:2]) == "欧阳" || string(r[:2]) == "诸葛") {
		return string(r[:2])
	}
	return string(r[:1])
}

func latin(name string) bool { return name != "" && name[0] < 0x80 }
