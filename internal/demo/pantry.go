package demo

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/insight/refill"
	"github.com/ricejar/ricejar/internal/org"
)

// The furniture stores have a corner with what a home uses up, and bring it to
// those who live near by: rice, oil, coffee, filters, washing liquid.
const pantryShelf = `
大米 东北长粒香大米5kg/45/6 东北长粒香大米10kg/86/5 五常稻花香大米5kg/89/4
食用油 压榨菜籽油5L/89/6 山茶油1.8L/168/2
咖啡豆 中深烘拼配咖啡豆250g/68/5 埃塞俄比亚咖啡豆250g/98/2
净水滤芯 龙头净水滤芯/99/3
洗护 植物洗衣液2kg/42/6 厨房湿巾三包/29/3
`

// staple is something a home uses up.
type staple struct {
	category string
	share    int     // percent of the homes that buy it here
	daily    float64 // what one person, or where perHome a home, uses a day
	perHome  bool
	holds    float64 // of a piece whose name says no size
	size     refill.Unit
}

var staples = []staple{
	{"大米", 100, 0.15, false, 5, refill.Kilogram},
	{"食用油", 60, 0.03, false, 5, refill.Litre},
	{"净水滤芯", 45, 3, false, 1500, refill.Litre},
	{"咖啡豆", 28, 11, true, 250, refill.Gram},
	{"洗护", 40, 0.05, true, 2, refill.Kilogram},
}

const (
	sharePantry  = 11 // percent of the homes around a furniture store
	shareTurned  = 22 // of them, who have stopped
	shareTold    = 68 // of them, who said how many they are
	shareJarTold = 40 // of those, who said how much they eat and how large their jar is
	riceUse      = "rice_daily"
	riceJar      = "rice_jar"
	peopleAtHome = "household_size"
)

// pantryFields are what the stores ask of homes that buy rice. They are not
// proposed to everybody: a weight of 0 leaves them to who sells the rice.
func pantryFields() []customer.Field {
	return []customer.Field{
		{
			Code: riceUse, Group: customer.Soft, Type: customer.Number, Unit: "kg", Min: "0.01", Max: "2", Position: 81,
			Labels:    map[string]string{"zh-Hans": "一个人一天吃多少米", "zh-Hant": "一個人一天吃多少米", "en": "Rice a day for each"},
			Questions: map[string]string{"zh-Hans": "一个人一天大概吃多少米？（三两是 0.15 公斤）", "zh-Hant": "一個人一天大約吃多少米？", "en": "How much rice does each of you eat a day?"},
		},
		{
			Code: riceJar, Group: customer.Soft, Type: customer.Number, Unit: "kg", Min: "1", Max: "100", Position: 81,
			Labels:    map[string]string{"zh-Hans": "家里米缸能装多少", "zh-Hant": "家裡米缸能裝多少", "en": "Their rice jar holds"},
			Questions: map[string]string{"zh-Hans": "家里的米缸能装多少米？", "zh-Hant": "家裡的米缸能裝多少米？", "en": "How much rice does your jar hold?"},
		},
	}
}

// jars are what the chain reckons with. Coffee and washing liquid have none: they
// are foretold from how often somebody buys them.
func jars() []refill.Jar {
	var list []refill.Jar
	for _, s := range staples {
		if !s.perHome {
			list = append(list, refill.Jar{Category: s.category, Unit: s.size, PerPiece: s.holds, Daily: s.daily, People: peopleAtHome})
		}
	}
	list[0].Use, list[0].Capacity = riceUse, riceJar
	return list
}

// saveJars describes the jars to the program.
func (f *filler) saveJars(ctx context.Context) error {
	set := insight.DefaultSetting()
	set.Jars = jars()
	return f.Insight.SaveSetting(ctx, org.System, set, 0)
}

// pantry makes up what homes around the furniture stores buy again and again, and
// what they told about themselves. It draws its own numbers, so that the rest of
// the chain is the same with it and without.
func (p *planner) pantry() {
	rng := rand.New(rand.NewPCG(seed, 2))
	homes := map[int]bool{}
	for i := range p.people {
		c := &p.people[i]
		if stores[c.store].trade != org.Furniture || rng.IntN(100) >= sharePantry || homes[c.household] {
			continue
		}
		homes[c.household] = c.household != 0
		p.stockUp(rng, i)
	}
}

// atHome is how many live there.
func (l life) atHome() int {
	if len(l.kids) > 0 || l.couple {
		return 2 + len(l.kids)
	}
	return 1
}

// shelfLife is a staple at one home.
type shelfLife struct {
	product product
	pieces  int64
	lasts   float64 // days
	next    day.Day
}

// stockUp has one home buy from the pantry, each thing just before it runs out.
func (p *planner) stockUp(rng *rand.Rand, who int) {
	c := p.people[who]
	people := float64(c.life.atHome())
	// Their file is opened at the first visit, two weeks after they joined at the latest.
	from, to := max(c.joined.AddDays(20), p.from).AddDays(rng.IntN(40)), p.season.to
	if rng.IntN(100) < shareTurned {
		to = to.AddDays(-30 - rng.IntN(200))
	}
	grams := 0.0 // of rice that one of them eats a day
	var list []shelfLife
	for i, s := range staples {
		if rng.IntN(100) >= s.share {
			continue
		}
		use := s.daily * math.Exp(0.2*rng.NormFloat64())
		if i == 0 {
			grams = math.Round(use * 1000)
		}
		if !s.perHome {
			use *= people
		}
		item, pieces := p.sizeFor(rng, s, use)
		amount, _ := refill.Jar{Unit: s.size, PerPiece: s.holds}.Holds(item.name)
		l := shelfLife{product: item, pieces: pieces, lasts: amount * float64(pieces) / use}
		l.next = from.AddDays(rng.IntN(int(l.lasts) + 1))
		list = append(list, l)
	}
	first := day.Day(0)
	for {
		next := slices.MinFunc(list, func(a, b shelfLife) int { return cmp.Compare(a.next, b.next) }).next
		d, ok := p.season.between(rng, org.Furniture, next.AddDays(-1), next.AddDays(1))
		if !ok || d > to {
			break
		}
		var lines []line
		for i := range list {
			if l := &list[i]; l.next <= d.AddDays(4) { // what is nearly empty is bought along
				lines = append(lines, line{product: l.product, quantity: l.pieces * 1000, price: l.product.price})
				l.next = d.AddDays(max(3, int(math.Round(0.95*l.lasts*math.Exp(0.13*rng.NormFloat64())))))
			}
		}
		sellers := sellersOf(c.store)
		r := receipt{store: c.store, customer: who, staff: sellers[rng.IntN(len(sellers))], day: d, minute: minute(rng, org.Furniture), lines: lines, pantry: true}
		if c.owner >= 0 && rng.IntN(100) < 75 {
			r.staff = c.owner
		}
		p.receipts = append(p.receipts, r)
		if first == 0 {
			first = d
			p.tell(rng, r, grams)
		}
	}
}

// sizeFor is what a home takes of a staple, and how many of it: large bags for
// large homes, enough for some weeks.
func (p *planner) sizeFor(rng *rand.Rand, s staple, use float64) (item product, pieces int64) {
	var list []product
	for _, x := range pantry {
		if x.category == s.category {
			list = append(list, x)
		}
	}
	weights := 0
	for _, x := range list {
		weights += x.weight
	}
	n := rng.IntN(weights)
	for _, item = range list {
		if n -= item.weight; n < 0 {
			break
		}
	}
	amount, _ := refill.Jar{Unit: s.size, PerPiece: s.holds}.Holds(item.name)
	return item, int64(max(1, math.Round(20*use/amount)))
}

var pantry = shelf("S", pantryShelf)

// tell has them say at the till how many they are, and some how much rice they
// eat and how large their jar is.
func (p *planner) tell(rng *rand.Rand, r receipt, grams float64) {
	if rng.IntN(100) >= shareTold {
		return
	}
	people := p.people[r.customer].life.atHome()
	e := event{day: r.day, minute: r.minute + 3, store: r.store, who: r.customer, staff: r.staff, facts: []fact{{field: peopleAtHome, value: strconv.Itoa(people)}}}
	if rng.IntN(100) < shareJarTold {
		jar := []string{"10", "15", "25"}[min(people/2, 2)]
		e.facts = append(e.facts, fact{field: riceUse, value: strconv.FormatFloat(grams/1000, 'f', -1, 64)}, fact{field: riceJar, value: jar})
	}
	p.told = append(p.told, e)
}
