package demo

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/demo/names"
	"github.com/ricejar/ricejar/internal/org"
)

// event is something the staff of a store wrote into a customer's file.
type event struct {
	day    day.Day
	minute int
	store  int
	who    int // index into people
	staff  int // index into staff

	joins   bool   // opens the file; facts and note are part of it
	facts   []fact // learnt
	note    string
	consent *customer.Consent
}

// careWording is what customers of the chain are told when they are asked.
const careWording = "加入会员时口头询问：同意购买后的回访和关怀联系，可随时取消。"

// stories makes up what was written down about everybody, in order of time.
func (p *planner) stories() []event {
	visits := make([][]*receipt, len(p.people))
	for i := range p.receipts {
		if r := &p.receipts[i]; r.customer != walkIn && r.lines[0].quantity > 0 && !r.pantry {
			visits[r.customer] = append(visits[r.customer], r)
		}
	}
	var list []event
	for i := range p.people {
		list = append(list, p.story(i, visits[i])...)
	}
	list = append(list, p.told...)
	slices.SortStableFunc(list, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.store, b.store), cmp.Compare(a.minute, b.minute))
	})
	return list
}

func (p *planner) story(who int, visits []*receipt) []event {
	c := &p.people[who]
	known := p.facts(*c, stores[c.store].trade, p.acquaintance(c, len(visits)))
	join := event{day: c.joined, minute: minute(p.rng, stores[c.store].trade), store: c.store, who: who, staff: p.writer(c), joins: true}
	// The file is opened at the till, with the first receipt in front of it.
	if len(visits) > 0 && visits[0].day <= c.joined.AddDays(14) {
		join.day, join.minute = visits[0].day, visits[0].minute-4
		if visits[0].store == c.store {
			join.staff = visits[0].staff
		}
	}
	// What they say on the first day is little; the rest comes up at later visits.
	n := min(len(known), p.rng.IntN(3))
	join.facts, known = known[:n], known[n:]
	list := []event{join}
	later := func(i int) event {
		e := event{day: join.day.AddDays(3 + 20*i + p.rng.IntN(20)), minute: minute(p.rng, stores[c.store].trade), store: c.store, who: who, staff: p.writer(c)}
		if i+1 < len(visits) && visits[i+1].store == c.store && visits[i+1].day > join.day {
			e.day, e.minute = visits[i+1].day, visits[i+1].minute+6
		}
		return e
	}
	for i := 0; len(known) > 0; i++ {
		e := later(i)
		n := min(len(known), 1+p.rng.IntN(4))
		e.facts, known = known[:n], known[n:]
		list = append(list, e)
	}
	for i, v := range visits {
		if v.store == c.store && p.rng.IntN(100) < 9 && i < 40 {
			list = append(list, event{day: v.day, minute: v.minute + 12, store: c.store, who: who, staff: p.writer(c), note: p.note(*c, v.lines[0].product.name)})
		}
	}
	list = append(list, p.consents(join)...)
	for i, e := range list[1:] {
		if e.day < join.day || e.day == join.day && e.minute <= join.minute {
			list[i+1].day, list[i+1].minute = join.day, join.minute+1
		}
	}
	return slices.DeleteFunc(list, func(e event) bool { return e.day > p.season.to })
}

// acquaintance is how many facts the store knows: regulars are known well, most
// others hardly.
func (p *planner) acquaintance(c *person, visits int) int {
	most := 2
	switch {
	case c.owner >= 0 && staff[c.owner].role == org.Associate && staff[c.owner].login != "":
		return 2 + p.rng.IntN(7) // whoever looks around should find a well-kept notebook
	case c.vip:
		return 6 + p.rng.IntN(7)
	case c.rhythm == regular || c.rhythm == lapsing || visits > 6:
		most = 9
	case c.rhythm == project || c.rhythm == occasional:
		most = 6
	}
	if c.owner < 0 {
		most = 2
	}
	if p.rng.IntN(100) < 30 {
		return 0
	}
	return p.rng.IntN(most + 1)
}

// writer is who notes something: the owner, or for nobody's customers anyone.
func (p *planner) writer(c *person) int {
	if c.owner >= 0 {
		return c.owner
	}
	return pickOne(p.rng, sellersOf(c.store))
}

func (p *planner) consents(join event) []event {
	at := join
	at.joins, at.facts = false, nil
	say := func(purpose customer.Purpose, channel string, granted bool, wording string) event {
		e := at
		e.consent = &customer.Consent{Purpose: purpose, Channel: channel, Granted: granted, Source: customer.FromTalk, Wording: wording}
		return e
	}
	var list []event
	if p.rng.IntN(100) < 74 {
		list = append(list, say(customer.ForCare, customer.AllChannels, true, careWording))
	}
	switch n := p.rng.IntN(100); {
	case n < 40:
		list = append(list, say(customer.ForMarketing, "wechat", true, "愿意在微信上收到新品和活动消息。"))
	case n < 52:
		list = append(list, say(customer.ForMarketing, "sms", false, "不要发短信。"))
	}
	if p.rng.IntN(1000) < 22 {
		e := say(customer.ForAll, customer.AllChannels, false, "请不要再联系我。")
		e.day = e.day.AddDays(20 + p.rng.IntN(200))
		list = append(list, e)
	}
	return list
}

// note is what an associate would write down after a visit; notes that would
// not fit the person are passed over.
func (p *planner) note(c person, bought string) string {
	for {
		text := pickOne(p.rng, notes[stores[c.store].trade])
		if p.suits(text, c) {
			return strings.ReplaceAll(text, "%s", bought)
		}
	}
}

func (p *planner) suits(text string, c person) bool {
	has := func(s string) bool { return strings.Contains(text, s) }
	switch {
	case has("女儿十月结婚"):
		return len(c.life.kids) > 0 && c.life.kids[0].gender == names.Female && c.life.kids[0].born < p.today.Year()-23
	case has("婆婆"), has("闺蜜"):
		return c.gender == names.Female && (c.life.couple || has("闺蜜"))
	case has("装修"):
		return c.life.stage != "已入住"
	}
	return true
}
