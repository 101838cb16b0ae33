package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/demo/names"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// history is how far back purchases go, in days: three years.
const history = 1095

// zone is where all stores are; it has no summer time, so days are 24 hours.
const zone = "Asia/Shanghai"

// world is all that is made up. Customers are numbered from 0; everything about
// one follows from the seed and the number, and is made anew for each table.
type world struct {
	seed      uint64
	customers int
	purchases int
	today     day.Day
	from      int64 // start of the first day with purchases, Unix milliseconds
	opened    int64 // when the first customer's file was opened

	stores   []org.Store
	sellers  [][]org.StaffID // of each store
	products []product
	complete map[known]int // completeness by what is known

	first   []int32 // number of the first receipt of each customer, and the end
	walkIns []receipt
	seqs    []uint16 // number of each receipt within its store and day
	ids     []int64
}

type product struct {
	id    int64
	sku   string
	name  string
	group string
	price int64 // fen
}

func newWorld(o options) *world {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic(err) // the zone is ours
	}
	w := &world{
		seed: o.seed, customers: o.customers, purchases: o.purchases, today: o.today,
		from:     db.Millis(o.today.AddDays(-history).Start(loc)),
		opened:   db.Millis(time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC)),
		complete: map[known]int{},
	}
	rng := w.stream(1, 0)
	kinds := []string{"大衣", "衬衫", "连衣裙", "牛仔裤", "羊绒衫", "围巾", "单鞋", "四件套", "台灯", "沙发", "餐桌", "机油套餐"}
	colours := []string{"燕麦", "藏青", "米白", "驼色", "墨绿", "浅灰", "烟粉", "原木"}
	for i := range 2000 {
		p := product{sku: fmt.Sprintf("SKU%05d", i), group: kinds[i%len(kinds)]}
		p.name = colours[rng.IntN(len(colours))] + p.group + strconv.Itoa(100+i)
		p.price = int64(math.Exp(5.2+1.0*rng.NormFloat64())) * 100
		p.id = int64(id.Derive[product](p.sku))
		w.products = append(w.products, p)
	}
	return w
}

// person is a customer's file.
type person struct {
	id       int64
	name     string
	gender   names.Gender
	birth    customer.Birth
	card     string
	contacts []customer.Contact
	store    int // index into stores
	owner    org.StaffID
	vip      bool
	created  int64
	updated  int64 // of the last thing that was noted or bought
	facts    []fact
	consent  int64 // when they agreed to be called; 0: never asked
	note     int64 // when the note was written; 0: none
}

type fact struct {
	field, value string
	at           int64
}

// file makes up a customer's file; whole with their receipts, which say when it
// was last changed.
func (w *world) file(i int) person {
	rng := w.stream(2, i)
	m := names.New(rng)
	span := db.Millis(w.today.Start(time.UTC)) - w.opened - 10*24*3600_000
	p := person{gender: m.Gender(64), store: w.homeStore(i), vip: rng.IntN(100) < 3}
	p.created = w.opened + int64(float64(span)*float64(i)/float64(w.customers))
	// The shape of the program's own ids: milliseconds, then a tail that counts.
	p.id = (p.created-epoch)<<22 | int64(i)&(1<<21-1)
	p.owner = w.sellers[p.store][i/len(w.stores)%len(w.sellers[p.store])]
	born := w.today.Year() - 19 - min(int(rng.ExpFloat64()*18), 65)
	p.name = m.Chinese(p.gender, born)
	if rng.IntN(100) < 55 {
		p.birth = customer.Birth{Calendar: day.SolarCalendar, Year: born, Month: 1 + rng.IntN(12), Day: 1 + rng.IntN(28)}
		if rng.IntN(100) < 12 {
			p.birth.Calendar = day.LunarCalendar
		}
	}
	if rng.IntN(100) < 60 {
		p.card = fmt.Sprintf("66%08d", int64(i)*61_803_399%100_000_000)
	}
	p.contacts = []customer.Contact{{Kind: customer.Phone, Value: names.Mobile(int64(i) + 1), Main: true}}
	if rng.IntN(100) < 8 {
		p.contacts = append(p.contacts, customer.Contact{Kind: customer.Email, Value: "c" + strconv.Itoa(i) + "@example.com", Main: true})
	}
	p.updated = p.created
	later := func() int64 {
		at := p.created + 1 + rng.Int64N(9*24*3600_000)
		p.updated = max(p.updated, at)
		return at
	}
	if rng.IntN(100) < 40 {
		at := later()
		for n, k := range rng.Perm(len(askable)) {
			if n > rng.IntN(4) {
				break
			}
			a := askable[k]
			value := a.values[rng.IntN(len(a.values))]
			if a.field == customer.FieldAddress {
				value = m.Address("杭州")
			}
			p.facts = append(p.facts, fact{a.field, value, at})
		}
	}
	if rng.IntN(100) < 60 {
		p.consent = later()
	}
	if rng.IntN(100) < 10 {
		p.note = later()
	}
	return p
}

// epoch is where the program's ids begin to count.
const epoch = 1735689600000

// homeStore spreads customers unevenly: the first stores are the large ones.
func (w *world) homeStore(i int) int {
	u := w.stream(3, i).Float64()
	return int(u * (0.4 + 0.6*u) * float64(len(w.stores)))
}

// askable are the facts that are made up.
var askable = []struct {
	field  string
	values []string
}{
	{customer.FieldAddress, []string{""}},
	{"contact_way", []string{"phone", "wechat", "sms"}},
	{"contact_time", []string{"morning", "evening", "weekend"}},
	{"family", []string{"孩子刚上小学", "和先生两个人住，没有孩子", "女儿在上海工作，一个月回来一次"}},
	{"taste_dress", []string{"偏爱素色，不穿大花", "只穿棉麻真丝", "怕冷，里子要厚"}},
	{"hobby", []string{"喝龙井，懂茶", "练瑜伽", "跑马拉松"}},
}

// known is a set of what is known about a customer: the birthday, and the facts
// by their place in askable.
type known struct {
	birthday bool
	facts    uint8
}

func (p person) known() known {
	k := known{birthday: p.birth.Month != 0}
	for _, f := range p.facts {
		for i, a := range askable {
			if a.field == f.field {
				k.facts |= 1 << i
			}
		}
	}
	return k
}

// receipt is a purchase.
type receipt struct {
	customer int64 // below zero: a walk-in
	id       int64
	store    int
	day      int // since the first
	seq      uint16
	at       int64
	staff    org.StaffID
	back     bool // a return
	net      int64
	lines    [2]line
	n        int // of lines
}

type line struct {
	product  *product
	quantity int64
	amount   int64
}

// sell decides how many receipts everybody has, and numbers them.
func (w *world) sell() {
	walkIns := w.purchases / 20
	w.first = make([]int32, w.customers+1)
	weights, total := make([]float64, w.customers), 0.0
	for i := range weights {
		rng := w.stream(4, i)
		weights[i] = math.Exp(1.15 * rng.NormFloat64())
		total += weights[i]
	}
	sum := 0.0
	for i, x := range weights {
		sum += x
		w.first[i+1] = int32(math.Round(sum / total * float64(w.purchases-walkIns)))
	}
	w.seqs = make([]uint16, w.purchases-walkIns)
	w.ids = make([]int64, len(w.seqs))
	counters := make([]uint16, len(w.stores)*history)
	number := func(r *receipt) {
		n := &counters[r.store*history+r.day]
		*n++
		r.seq = *n
		r.id = int64(id.Derive[receipt](w.stores[r.store].ID.String(), r.number(w)))
	}
	for i := range w.customers {
		for k, r := range w.draft(i) {
			number(&r)
			w.seqs[int(w.first[i])+k], w.ids[int(w.first[i])+k] = r.seq, r.id
		}
	}
	w.walkIns = make([]receipt, walkIns)
	rng := w.stream(5, 0)
	for i := range w.walkIns {
		r := w.one(rng, rng.IntN(len(w.stores)), rng.IntN(history))
		number(&r)
		r.customer = -r.id
		w.walkIns[i] = r
	}
	slices.SortFunc(w.walkIns, func(a, b receipt) int { return cmp.Compare(a.customer, b.customer) })
}

// draft makes up a customer's receipts, without id and number.
func (w *world) draft(i int) []receipt {
	n := int(w.first[i+1] - w.first[i])
	if n == 0 {
		return nil
	}
	rng := w.stream(6, i)
	home := w.homeStore(i)
	list := make([]receipt, n)
	// Half are still coming; the others stopped some time ago.
	begin := rng.IntN(history * 3 / 4)
	end := history
	if rng.IntN(2) == 0 {
		end = begin + 1 + rng.IntN(history-begin)
	}
	for k := range list {
		s := home
		if rng.IntN(20) == 0 {
			s = rng.IntN(len(w.stores))
		}
		// Evenly apart with a jitter: people have a rhythm.
		at := float64(begin) + (float64(k)+rng.Float64())*float64(end-begin)/float64(n)
		list[k] = w.one(rng, s, min(int(at), history-1))
	}
	return list
}

func (w *world) one(rng *rand.Rand, store, d int) receipt {
	r := receipt{store: store, day: d, n: 1, at: w.from + int64(d)*24*3600_000 + int64(36_000+rng.IntN(41_400))*1000}
	r.staff = w.sellers[store][rng.IntN(len(w.sellers[store]))]
	if rng.IntN(5) >= 3 {
		r.n = 2
	}
	r.back = rng.IntN(30) == 0
	for i := range r.n {
		p := &w.products[rng.IntN(len(w.products))]
		l := line{product: p, quantity: 1000}
		if rng.IntN(6) == 0 {
			l.quantity = 2000
		}
		if r.back {
			l.quantity = -l.quantity
		}
		l.amount = p.price * l.quantity / 1000
		r.lines[i] = l
		r.net += l.amount
	}
	return r
}

// receipts are a customer's, with ids, in the order of the ids.
func (w *world) receipts(i int, c int64) []receipt {
	list := w.draft(i)
	for k := range list {
		n := int(w.first[i]) + k
		list[k].customer, list[k].seq, list[k].id = c, w.seqs[n], w.ids[n]
	}
	slices.SortFunc(list, func(a, b receipt) int { return cmp.Compare(a.id, b.id) })
	return list
}

// number is four digits of the store, six of the day, five of the till.
func (r *receipt) number(w *world) string {
	n := r.key(w)
	var b [15]byte
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b[:])
}

// key is the number as a number: it sorts in the same order.
func (r *receipt) key(w *world) uint64 {
	year, month, dom := w.today.AddDays(r.day - history).Date()
	return uint64(r.store)*100_000_000_000 + uint64(year%100*10_000+int(month)*100+dom)*100_000 + uint64(r.seq)
}

func (r *receipt) kind() string {
	if r.back {
		return "return"
	}
	return "sale"
}

// digest is what package purchase keeps to tell the same receipt from another;
// a stored digest never changes its meaning, so it may be repeated here.
func (r *receipt) digest() int64 {
	mix := func(a, b, c uint64) uint64 {
		h := a*0x9E3779B97F4A7C15 ^ b*0xC2B2AE3D27D4EB4F ^ c*0x165667B19E3779F9
		h ^= h >> 32
		h *= 0xD6E8FEB86659FD93
		h ^= h >> 29
		h *= 0xFF51AFD7ED558CCD
		return h ^ h>>32
	}
	var lines uint64
	for _, l := range r.lines[:r.n] {
		lines += mix(uint64(l.product.id), uint64(l.quantity), uint64(l.amount))
	}
	return int64(mix(uint64(r.at), 'C'<<16|'N'<<8|'Y', 0) + lines)
}

// decimal is an amount as the timeline tells it.
func decimal(fen int64) string { return money.Decimal(fen, "CNY") }
