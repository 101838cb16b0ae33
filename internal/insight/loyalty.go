package insight

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight/basket"
)

// LoyaltyTotal is how loyal the customers are, sign by sign, all of them together.
type LoyaltyTotal struct {
	Currency  string  `json:"currency"`
	Customers int     `json:"customers"`
	Repeaters int     `json:"repeaters"`     // bought on two days or more
	Rate      float64 `json:"repeat_rate"`   // the share of those
	MeanDays  float64 `json:"mean_days"`     // purchase days per customer
	Quantity  float64 `json:"mean_quantity"` // pieces (or metres, or kilos) per customer in the last two years

	Often     Counted `json:"often"`      // who buy again and again, on as many days as an old customer, of all: the sign SignRepeat
	LowPrice  float64 `json:"low_price"`  // the share of the lines of the last two years that were bought below the usual price
	PriceCalm Counted `json:"price_calm"` // who hardly ever buy below it, of those with enough lines to tell
	PriceKeen Counted `json:"price_keen"` // who mostly do, of the same
	Forgave   Counted `json:"forgave"`    // who bought again after they had complained or brought something back, of those who had
	Unbroken  Counted `json:"unbroken"`   // who never left their rhythm, of those with enough purchases to have one
	WholeSets Counted `json:"whole_sets"` // who buy of many categories, of those who bought anything that has one
	Referrers Counted `json:"referrers"`  // who sent another who bought, of all
	Referred  int     `json:"referred"`   // whom they sent

	BySigns []SignCount  `json:"by_signs"` // customers by how many signs of loyalty they show, from none to all
	Asked   []AskedField `json:"asked"`    // what they told, of the fields in LoyaltyFields
}

// SignCount is how many customers show so many signs of loyalty.
type SignCount struct {
	Signs     int `json:"signs"`
	Customers int `json:"customers"`
}

// Counted is some of a group.
type Counted struct {
	Count int     `json:"count"`
	Of    int     `json:"of"`
	Share float64 `json:"share"` // 0 of none
}

// AskedField is what the customers answered to one question.
type AskedField struct {
	Field   string        `json:"field"`   // code; its label is the field's own
	Known   int           `json:"known"`   // who answered
	Answers []AskedAnswer `json:"answers"` // the most frequent first; at most ten, and of words of their own those of two or more
}

// AskedAnswer is one answer.
type AskedAnswer struct {
	Value     string `json:"value"` // a code of the field's choices, or words
	Customers int    `json:"customers"`
}

// LoyaltyFields are the fields that ask for what purchases cannot tell: how long
// they take to choose, what share of what they need they buy here, where else
// they buy, and whether they look for the brand.
var LoyaltyFields = []string{"choosing_time", "wallet_share", "competitors", "brand_attention"}

// Loyalty is what shows how loyal one customer is.
type Loyalty struct {
	AsOf       day.Day       `json:"as_of"` // the day of the last refresh
	Days       int           `json:"purchase_days"`
	Repeats    int           `json:"repeats"`   // purchase days after the first
	Quantity   string        `json:"quantity"`  // of the last two years, in the products' units
	Lines      int           `json:"lines"`     // of the last two years whose product has a usual price
	LowPrice   *float64      `json:"low_price"` // the share of them below it; null: too few lines to tell
	Returns    int           `json:"returns"`
	Forgave    *bool         `json:"forgave"` // bought again after the last return; null: brought nothing back
	Complaints int           `json:"complaints"`
	Stayed     *bool         `json:"stayed"`     // bought again after the last complaint; null: there is none
	Referred   int           `json:"referred"`   // customers they sent
	Unbroken   *bool         `json:"unbroken"`   // never left the rhythm; null: too few purchases for one
	Streak     int           `json:"streak"`     // latest purchases in a row within the rhythm
	Categories []string      `json:"categories"` // they bought of in the last two years, the most lines first
	Signs      []LoyaltySign `json:"signs"`      // of loyalty that they show
	Asked      []AskedFact   `json:"asked"`      // of LoyaltyFields, in their order
}

// AskedFact is what a customer answered. The zero Value: not asked yet.
type AskedFact struct {
	Field   string `json:"field"`
	Value   string `json:"value"`
	Refused bool   `json:"refused"`
}

// LoyaltySign is a sign that a customer is loyal.
type LoyaltySign string

// The signs.
const (
	SignRepeat   LoyaltySign = "repeat"   // buys again and again: as many purchase days as an old customer
	SignUnbroken LoyaltySign = "unbroken" // has never left the rhythm
	SignWhole    LoyaltySign = "whole"    // buys of many categories
	SignRefers   LoyaltySign = "refers"   // sends others
	SignPrice    LoyaltySign = "price"    // does not wait for a low price
	SignForgives LoyaltySign = "forgives" // came back after a fault
)

var loyaltySigns = []LoyaltySign{SignRepeat, SignUnbroken, SignWhole, SignRefers, SignPrice, SignForgives}

// When a sign can be told.
const (
	enoughLines    = 5   // lines before anything is said about prices
	calmShare      = 0.2 // of lines at a low price, at most
	keenShare      = 0.5 // at least
	manyCategories = 3
)

// spokenField is answered in words of one's own, which may name somebody: an answer
// is listed once a few gave it.
const (
	spokenField  = "competitors"
	spokenListed = 2
)

// answersListed is how many different answers to a question are listed.
const answersListed = 10

func loyalty(v *View, a *Asked) LoyaltyTotal {
	b := v.Book
	out := LoyaltyTotal{Currency: string(b.Currency), Customers: b.Len(), Asked: []AskedField{}, BySigns: make([]SignCount, len(loyaltySigns)+1)}
	for i := range out.BySigns {
		out.BySigns[i].Signs = i
	}
	sent := a.sentBy(b.AsOf)
	var quantity, lines, low, days64 int64
	var way Way
	var days []day.Day
	for i := range b.Customers {
		row := b.whole(i)
		days = v.All.Days(days[:0], row)
		v.Setting.Rules.Follow(&way, days, v.shopGap(), b.AsOf)
		one := signsOf(v.Setting.Rules, days, way, a.habit(row), a.Faults[int32(row)], sent[b.Customers[i]])
		out.count(one)
		h := one.habit
		quantity, lines, low, days64 = quantity+h.Quantity, lines+int64(h.Lines), low+int64(h.Low), days64+int64(len(days))
	}
	n := float64(max(b.Len(), 1))
	out.Rate = share(int64(out.Repeaters), int64(b.Len()))
	out.MeanDays, out.Quantity, out.LowPrice = float64(days64)/n, float64(quantity)/1000/n, share(low, lines)
	for _, c := range []*Counted{&out.Often, &out.PriceCalm, &out.PriceKeen, &out.Forgave, &out.Unbroken, &out.WholeSets, &out.Referrers} {
		c.Share = share(int64(c.Count), int64(c.Of))
	}
	out.Asked = askedFields(v, a)
	return out
}

// signs is what shows the loyalty of one customer.
type signs struct {
	days     int
	habit    basket.Habit
	faulty   bool // complained or brought something back
	forgave  bool // bought again after it
	rhythm   bool // enough purchases to have one
	unbroken bool
	sent     int
	oldDays  int
}

func signsOf(r Rules, days []day.Day, way Way, h basket.Habit, f fault, sent int) signs {
	s := signs{days: len(days), habit: h, sent: sent, oldDays: r.OldDays}
	if s.faulty = f.last() != 0; s.faulty {
		s.forgave = days[len(days)-1] > f.last()
	}
	s.rhythm = len(days) >= r.OldDays
	s.unbroken = s.rhythm && !slices.ContainsFunc(way.Transitions, func(t Transition) bool { return !t.Stage.Kept() })
	return s
}

// prices reports whether there are enough lines to say anything about prices, and
// the share of those at a low one.
func prices(h basket.Habit) (low float64, ok bool) {
	return share(int64(h.Low), int64(h.Lines)), h.Lines >= enoughLines
}

// shown are the signs of loyalty.
func (s signs) shown() []LoyaltySign {
	low, ok := prices(s.habit)
	list := []LoyaltySign{}
	for i, is := range [...]bool{
		s.days >= s.oldDays, s.unbroken, bits.OnesCount64(s.habit.Categories) >= manyCategories, s.sent > 0, ok && low <= calmShare, s.forgave,
	} {
		if is {
			list = append(list, loyaltySigns[i])
		}
	}
	return list
}

// count puts a customer into the totals.
func (t *LoyaltyTotal) count(s signs) {
	if s.days > 1 {
		t.Repeaters++
	}
	t.Often.put(true, s.days >= s.oldDays)
	low, ok := prices(s.habit)
	t.PriceCalm.put(ok, low <= calmShare)
	t.PriceKeen.put(ok, low >= keenShare)
	t.Forgave.put(s.faulty, s.forgave)
	t.Unbroken.put(s.rhythm, s.unbroken)
	t.WholeSets.put(s.habit.Categories != 0, bits.OnesCount64(s.habit.Categories) >= manyCategories)
	t.Referrers.put(true, s.sent > 0)
	t.Referred += s.sent
	t.BySigns[len(s.shown())].Customers++
}

// put counts one of a group.
func (c *Counted) put(in, yes bool) {
	if in {
		c.Of++
	}
	if in && yes {
		c.Count++
	}
}

// askedFields sums up what the customers of the view answered.
func askedFields(v *View, a *Asked) []AskedField {
	counts := make([]map[string]int, len(LoyaltyFields))
	for i := range counts {
		counts[i] = make(map[string]int)
	}
	for i := range v.Book.Customers {
		for _, x := range a.answersOf(v.Book.whole(i), v.Book.AsOf) {
			counts[x.field][x.value]++
		}
	}
	list := make([]AskedField, len(LoyaltyFields))
	for i, code := range LoyaltyFields {
		f := AskedField{Field: code, Answers: []AskedAnswer{}}
		for value, n := range counts[i] {
			f.Known += n
			if code != spokenField || n >= spokenListed {
				f.Answers = append(f.Answers, AskedAnswer{value, n})
			}
		}
		slices.SortFunc(f.Answers, func(x, y AskedAnswer) int {
			return cmp.Or(cmp.Compare(y.Customers, x.Customers), cmp.Compare(x.Value, y.Value))
		})
		f.Answers = f.Answers[:min(len(f.Answers), answersListed)]
		list[i] = f
	}
	return list
}
