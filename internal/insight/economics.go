package insight

import (
	"math"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
)

// Economics is what it costs to win, to serve and to keep a customer, and what
// one is worth. Money is in minor units; margin is sales × the margin of the
// settings. What cannot be told is null.
type Economics struct {
	Currency string  `json:"currency"`
	Margin   float64 `json:"margin"`  // what is left of a sale, 0 to 1
	Settled  bool    `json:"settled"` // the company has said what it costs to win a customer

	Win    WinCost     `json:"win"`
	Serve  ServeCost   `json:"serve"`
	Save   SaveWorth   `json:"save"`
	Refer  ReferWorth  `json:"refer"`
	Wallet WalletWorth `json:"wallet"`
}

// WinCost is what a new customer costs and brings.
//
//	first purchase = margin × mean sales of the day of the first purchase
//	first year     = margin × mean sales of the first 365 days
//	purchases to break even = cost to win ÷ (margin × ticket)
//	days to break even: the first day on which the mean margin per customer since their first purchase has reached the cost to win
//
// The means are over the customers whose first purchase was between 730 and 365
// days ago: those whose first year is over, and not long over. Whoever came in the
// first 90 days of all the purchases is left out: they may be old customers. While
// there is nobody whose first year is over, SoFar says what can be said; breaking
// even and paying are told from it once they have been reached.
type WinCost struct {
	Cost          *int64   `json:"cost"`           // from the settings; null: not known
	Customers     int      `json:"customers"`      // the means are of so many; 0: nobody's first year is over
	SoFar         *SoFar   `json:"so_far"`         // null: the first year is told, or nothing can be yet
	Missing       int      `json:"days_missing"`   // days of purchases still missing for a whole first year; 0 besides: nobody was won long enough ago
	FirstPurchase *int64   `json:"first_purchase"` // null, as the next: nobody's first year is over
	FirstYear     *int64   `json:"first_year"`
	Ticket        *int64   `json:"ticket"` // mean sales per purchase in the last 365 days; null: there was none
	BreakEven     *float64 `json:"break_even_purchases"`
	BreakEvenDays *int     `json:"break_even_days"` // null as well where they have not reached it within their year
	PaysInYear    *bool    `json:"pays_in_year"`    // the first year's margin is at least the cost
	ReturnOfSpent *float64 `json:"return_of_spent"` // first year's margin ÷ cost to win
	NewPerYear    int      `json:"new_per_year"`    // customers won in the last 365 days
	NewKnown      bool     `json:"new_known"`       // the purchases reach back far enough to tell; else some of them are old
	SpentPerYear  *int64   `json:"spent_per_year"`  // cost to win × those; null: some of them may have been old customers
}

// SoFar is what customers brought in the first days after they were won, where
// nobody's first year is over.
type SoFar struct {
	Days      int   `json:"days"`      // of the 365
	Customers int   `json:"customers"` // won at least so long ago; the means are of them
	First     int64 `json:"first_purchase"`
	Margin    int64 `json:"margin"` // of those days
}

// ServeCost is what the care of the last 365 days cost.
//
//	cost = contacts × cost of a contact + gifts
//	per customer = cost ÷ customers contacted or given something
//	share of margin = cost ÷ (margin × the year's sales)
//
// A contact is an outcome that somebody recorded, answered or not: it took their time.
type ServeCost struct {
	PerContact  int64    `json:"per_contact"` // from the settings
	Contacts    int      `json:"contacts"`
	Gifts       int64    `json:"gifts"` // what was given with deliveries
	Cost        int64    `json:"cost"`
	Customers   int      `json:"customers"`    // contacted or given something
	PerCustomer *int64   `json:"per_customer"` // null: there was nobody
	Sales       int64    `json:"sales"`        // of the year, to everybody
	OfMargin    *float64 `json:"of_margin"`
}

// SaveWorth is what it is worth to keep one who may be leaving.
//
//	worth = margin × (mean value of those who keep their rhythm − mean value of the lost)
//	calls that pay = worth ÷ cost of a contact: so many calls may be made per customer kept
//	costs to win = cost to win ÷ cost to serve a customer for a year
//
// Value is the sales to expect in the coming year, discounted. Of fewer than 100
// customers in the two groups nothing is said.
type SaveWorth struct {
	Keeping  int      `json:"keeping"`       // customers who keep their rhythm: forming, old, won back
	Kept     *int64   `json:"keeping_value"` // mean value of them; null: there are none
	Lost     int      `json:"lost"`
	LostMean *int64   `json:"lost_value"`        // mean value of the lost; null: there are none
	Worth    *int64   `json:"worth"`             // null: one of the two is not known, or Missing
	Missing  int      `json:"customers_missing"` // customers missing for a mean that says anything; 0: enough
	Warned   int      `json:"warned"`            // who may be leaving
	AtStake  int64    `json:"at_stake"`          // margin × what the warned bought in the last 365 days
	Calls    *float64 `json:"calls_that_pay"`    // null: a contact costs nothing, or Worth is not known or nothing
	WinRatio *float64 `json:"win_to_serve"`      // null: one of the two costs is not known
}

// ReferWorth is what customers bring who were sent by others.
//
//	worth of a referral = margin × mean sales of the first 365 days of those referred + cost to win, which was saved
//	per referrer = worth of a referral × referred ÷ referrers
type ReferWorth struct {
	Referred  int      `json:"referred"`          // customers who were sent by another and have bought
	Referrers int      `json:"referrers"`         // who sent them
	Sales     int64    `json:"sales"`             // to the referred, in the last 365 days
	Whole     int      `json:"whole"`             // of the referred, those whose first year is over
	FirstYear *int64   `json:"first_year"`        // margin of their mean first year; null: there are none
	Others    *int64   `json:"others_first_year"` // the same of those who came by themselves
	Worth     *int64   `json:"worth"`
	PerOne    *int64   `json:"per_referrer"`
	Share     *float64 `json:"share"` // of the year's new customers, the referred; null: there are none, or some may be old
}

// WalletWorth is what customers who are here already buy elsewhere, by what they
// told of the share of their needs that they buy here.
//
//	share = mean of what was told: nearly all 95 %, most 70 %, half 50 %, little 20 %
//	elsewhere = the last 365 days' sales to each × (1 ÷ their share − 1)
type WalletWorth struct {
	Customers int      `json:"customers"` // who told
	Share     *float64 `json:"share"`     // null: nobody has told
	Sales     int64    `json:"sales"`     // to them, in the last 365 days
	Elsewhere int64    `json:"elsewhere"`
	Margin    int64    `json:"margin"` // margin × elsewhere: what is to be won without winning anybody new
}

func economics(v *View, a *Asked) Economics {
	margin := float64(v.Setting.Margin) / ppm
	e := Economics{Currency: string(v.Book.Currency), Margin: margin, Settled: v.Setting.CostToWin > 0}
	now := v.yearTo(v.Book.AsOf)
	e.Win = winCost(v, margin, now, firstYears(v, nil))
	e.Serve = serveCost(v, a, margin, now)
	e.Save = saveWorth(v, margin, e.Win, e.Serve)
	e.Refer = referWorth(v, a, margin, e.Win)
	e.Wallet = walletWorth(v, a, margin)
	return e
}

// firstYear is what some customers bought in the first days from their first
// purchase on: in 365 of them, or fewer where nobody's year is over.
type firstYear struct {
	customers int
	days      int
	day       int64       // sales of the first day
	sales     int64       // of all the days
	by        [year]int64 // of each day since the first
}

// mean is the margin of the mean first year.
func (f *firstYear) mean(margin float64) int64 { return per(f.sales, f.customers, margin) }

// per is a share of an amount for each of n.
func per(amount int64, n int, margin float64) int64 {
	if n == 0 {
		return 0
	}
	return int64(math.Round(float64(amount) / float64(n) * margin))
}

// unknownDays is how long the purchases have to be known before somebody's first
// can be told: at their beginning everybody looks new.
const unknownDays = 90

// firstYears are those of the customers who began between two years and one year
// ago, in the store if the view is of one. only, when given, chooses among them.
func firstYears(v *View, only func(row int) bool) *firstYear { return firstDays(v, year, only) }

// firstDays are the first days of the customers who began at least so long ago,
// but at most a year longer.
func firstDays(v *View, days int, only func(row int) bool) *firstYear {
	b := v.Book
	f := &firstYear{days: days}
	known := v.All.Begins().AddDays(unknownDays)
	for i := range b.Customers {
		began := v.began(i)
		age := v.All.Ends().Sub(began) + 1 // not to the day looked at: what came since nobody knows, perhaps
		if began < known || age < days || age >= days+year || b.First(i) != began || only != nil && !only(b.whole(i)) {
			continue
		}
		f.customers++
		from, to := b.Purchases(i)
		for k := from; k < to && b.Day[k].Sub(began) < days; k++ {
			f.by[b.Day[k].Sub(began)] += b.Amount[k]
			f.sales += b.Amount[k]
		}
	}
	f.day = f.by[0]
	return f
}

// soFarDays are the spans of first days that are looked at where nobody's first
// year is over, and soFarCustomers how many make a mean worth more than that of a
// shorter span.
var soFarDays = []int{270, 180, 90, 30}

const soFarCustomers = 30

// soFar are the longest first days that enough customers are through; without
// those, the longest that anybody is. nil: there is nobody.
func soFar(v *View) *firstYear {
	var any *firstYear
	for _, days := range soFarDays {
		f := firstDays(v, days, nil)
		if f.customers >= soFarCustomers {
			return f
		}
		if f.customers > 0 && any == nil {
			any = f
		}
	}
	return any
}

func winCost(v *View, margin float64, now YearFigures, first *firstYear) WinCost {
	w := WinCost{Customers: first.customers, NewPerYear: now.New, NewKnown: now.NewKnown}
	if now.Purchases > 0 {
		w.Ticket = &now.Ticket
	}
	if first.customers > 0 {
		day, sum := per(first.day, first.customers, margin), first.mean(margin)
		w.FirstPurchase, w.FirstYear = &day, &sum
	} else {
		if w.Missing = unknownDays + year; v.All.Len() > 0 {
			w.Missing = max(0, w.Missing-v.All.Ends().Sub(v.All.Begins())-1)
		}
		if first = soFar(v); first != nil {
			w.SoFar = &SoFar{Days: first.days, Customers: first.customers, First: per(first.day, first.customers, margin), Margin: first.mean(margin)}
		}
	}
	cost := v.Setting.CostToWin
	if cost == 0 {
		return w
	}
	w.Cost = &cost
	if spent := cost * int64(now.New); now.NewKnown {
		w.SpentPerYear = &spent
	}
	if ticket := margin * float64(now.Ticket); ticket > 0 {
		n := float64(cost) / ticket
		w.BreakEven = &n
	}
	if first == nil {
		return w
	}
	if pays := first.mean(margin) >= cost; pays || first.days == year {
		w.PaysInYear = &pays
	}
	if first.days == year {
		back := float64(first.mean(margin)) / float64(cost)
		w.ReturnOfSpent = &back
	}
	var sum int64
	for d, sales := range first.by {
		if sum += sales; per(sum, first.customers, margin) >= cost {
			w.BreakEvenDays = &d
			break
		}
	}
	return w
}

func serveCost(v *View, a *Asked, margin float64, now YearFigures) ServeCost {
	s := ServeCost{PerContact: v.Setting.CostPerContact, Sales: now.Sales}
	one := a.servedBy(v.Store, v.Book.AsOf)
	s.Contacts, s.Gifts, s.Customers = one.contacts, one.gifts, one.customers
	s.Cost = int64(s.Contacts)*s.PerContact + s.Gifts
	s.PerCustomer = meanOf(s.Cost, s.Customers)
	if m := margin * float64(s.Sales); m > 0 {
		part := float64(s.Cost) / m
		s.OfMargin = &part
	}
	return s
}

// enoughWorth is how many customers make the difference of two means worth a
// sentence: of fewer, one large order is the whole of it.
const enoughWorth = 100

// meanOf is an amount for each of n; nil of none.
func meanOf(amount int64, n int) *int64 {
	if n == 0 {
		return nil
	}
	mean := per(amount, n, 1)
	return &mean
}

func saveWorth(v *View, margin float64, w WinCost, s ServeCost) SaveWorth {
	var out SaveWorth
	var kept, lost, stake int64
	for i := range v.Scores {
		k := &v.Scores[i]
		switch k.Stage {
		case Forming, Old, WonBack:
			out.Keeping++
			kept += k.Value
		case Lost:
			out.Lost++
			lost += k.Value
		}
		if k.Warning.Sign != "" {
			out.Warned++
			stake += k.Spent
		}
	}
	out.Kept, out.LostMean = meanOf(kept, out.Keeping), meanOf(lost, out.Lost)
	out.Missing = max(0, enoughWorth-out.Keeping-out.Lost)
	if out.Kept != nil && out.LostMean != nil && out.Missing == 0 {
		worth := int64(math.Round(margin * float64(*out.Kept-*out.LostMean)))
		out.Worth = &worth
	}
	out.AtStake = int64(math.Round(margin * float64(stake)))
	if s.PerContact > 0 && out.Worth != nil && *out.Worth > 0 {
		calls := float64(*out.Worth) / float64(s.PerContact)
		out.Calls = &calls
	}
	if w.Cost != nil && s.PerCustomer != nil && *s.PerCustomer > 0 {
		ratio := float64(*w.Cost) / float64(*s.PerCustomer)
		out.WinRatio = &ratio
	}
	return out
}

func referWorth(v *View, a *Asked, margin float64, w WinCost) ReferWorth {
	var out ReferWorth
	b := v.Book
	since := b.AsOf.AddDays(1 - year)
	by := make(map[customer.ID]bool)
	fresh := 0
	for i := range b.Customers {
		who, sent := a.Referrer[int32(b.whole(i))]
		if sent {
			out.Referred++
			by[who] = true
			out.Sales += v.spentYear(i)
		}
		if sent && v.began(i) >= since && b.First(i) == v.began(i) {
			fresh++
		}
	}
	out.Referrers = len(by)
	if w.NewKnown && w.NewPerYear > 0 {
		part := share(int64(fresh), int64(w.NewPerYear))
		out.Share = &part
	}
	isSent := func(row int) bool { return a.Referrer[int32(row)] != 0 }
	sent, others := firstYears(v, isSent), firstYears(v, func(row int) bool { return !isSent(row) })
	if others.customers > 0 {
		mean := others.mean(margin)
		out.Others = &mean
	}
	if out.Whole = sent.customers; out.Whole == 0 {
		return out
	}
	mean := sent.mean(margin)
	worth := mean + v.Setting.CostToWin
	one := per(worth*int64(out.Referred), out.Referrers, 1)
	out.FirstYear, out.Worth, out.PerOne = &mean, &worth, &one
	return out
}

// wallet is what part of what they need customers say they buy here, by their answer.
var wallet = map[string]float64{"nearly_all": 0.95, "most": 0.7, "half": 0.5, "little": 0.2}

// walletField is the field of that answer.
const walletField = "wallet_share"

func walletWorth(v *View, a *Asked, margin float64) WalletWorth {
	var out WalletWorth
	field := int8(slices.Index(LoyaltyFields, walletField))
	told, elsewhere := 0.0, 0.0
	for i := range v.Book.Customers {
		for _, x := range a.answersOf(v.Book.whole(i), v.Book.AsOf) {
			part := wallet[x.value]
			if x.field != field || part == 0 {
				continue
			}
			spent := v.spentYear(i)
			out.Customers++
			out.Sales += spent
			told += part
			elsewhere += float64(spent) * (1/part - 1)
		}
	}
	if out.Customers > 0 {
		mean := told / float64(out.Customers)
		out.Share = &mean
	}
	out.Elsewhere, out.Margin = int64(math.Round(elsewhere)), int64(math.Round(elsewhere*margin))
	return out
}
