package insight

// Economics is what it costs to win, to serve and to keep a customer, and what
// one is worth. Money is in minor units; margin is sales × the margin of the
// settings. What cannot be told is null.
type Economics struct {
	Currency string  `json:"currency"`
	Margin   float64 `json:"margin"`  // what is left of a sale, 0 to 1
	Settled  bool    `json:"settled"` // the company has said what it costs to win a customer

	Win   WinCost    `json:"win"`
	Serve ServeCost  `json:"serve"`
	Save  SaveWorth  `json:"save"`
	Refer ReferWorth `json:"refer"`
}

// WinCost is what a new customer costs and brings.
//
//	first purchase = margin × mean sales of the day of the first purchase
//	first year     = margin × mean sales of the first 365 days
//	purchases to break even = cost to win ÷ (margin × ticket)
//	days to break even: the first day on which the mean margin per customer since their first purchase has reached the cost to win
//
// The means are over the customers whose first purchase was between 730 and 365
// days ago: those whose first year is over, and not long over.
type WinCost struct {
	Cost          *int64   `json:"cost"`      // from the settings; null: not known
	Customers     int      `json:"customers"` // the means are of so many
	FirstPurchase int64    `json:"first_purchase"`
	FirstYear     int64    `json:"first_year"`
	Ticket        int64    `json:"ticket"` // mean sales per purchase in the last 365 days
	BreakEven     *float64 `json:"break_even_purchases"`
	BreakEvenDays *int     `json:"break_even_days"` // null as well where they have not reached it within their year
	PaysInYear    *bool    `json:"pays_in_year"`    // the first year's margin is at least the cost
	ReturnOfSpent *float64 `json:"return_of_spent"` // first year's margin ÷ cost to win
	NewPerYear    int      `json:"new_per_year"`    // customers won in the last 365 days
	SpentPerYear  *int64   `json:"spent_per_year"`  // cost to win × those
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
	Customers   int      `json:"customers"` // contacted or given something
	PerCustomer int64    `json:"per_customer"`
	Sales       int64    `json:"sales"` // of the year, to everybody
	OfMargin    *float64 `json:"of_margin"`
}

// SaveWorth is what it is worth to keep one who may be leaving.
//
//	worth = margin × (mean value of those who keep their rhythm − mean value of the lost)
//	calls that pay = worth ÷ cost of a contact: so many calls may be made per customer kept
//	costs to win = cost to win ÷ cost to serve a customer for a year
//
// Value is the sales to expect in the coming year, discounted.
type SaveWorth struct {
	Keeping  int      `json:"keeping"`       // customers who keep their rhythm: forming, old, won back
	Kept     int64    `json:"keeping_value"` // mean value of them
	Lost     int      `json:"lost"`
	LostMean int64    `json:"lost_value"` // mean value of the lost
	Worth    int64    `json:"worth"`
	Warned   int      `json:"warned"`         // who may be leaving
	AtStake  int64    `json:"at_stake"`       // margin × what the warned bought in the last 365 days
	Calls    *float64 `json:"calls_that_pay"` // null: a contact costs nothing
	WinRatio *float64 `json:"win_to_serve"`   // null: one of the two costs is not known
}

// ReferWorth is what customers bring who were sent by others.
//
//	worth of a referral = margin × mean sales of the first 365 days of those referred + cost to win, which was saved
//	per referrer = worth of a referral × referred ÷ referrers
type ReferWorth struct {
	Referred  int     `json:"referred"`          // customers who were sent by another and have bought
	Referrers int     `json:"referrers"`         // who sent them
	Sales     int64   `json:"sales"`             // to the referred, in the last 365 days
	Whole     int     `json:"whole"`             // of the referred, those whose first year is over
	FirstYear *int64  `json:"first_year"`        // margin of their mean first year; null: there are none
	Others    *int64  `json:"others_first_year"` // the same of those who came by themselves
	Worth     *int64  `json:"worth"`
	PerOne    *int64  `json:"per_referrer"`
	Share     float64 `json:"share"` // of the year's new customers, the referred
}

func economics(v *View, _ *Asked) Economics {
	return Economics{Currency: string(v.Book.Currency), Margin: float64(v.Setting.Margin) / ppm}
}
