package insight

import "github.com/ricejar/ricejar/internal/customer"

// LostCustomers tells who is lost, since when, what they were worth, why, and
// what has won others back. Worth is what somebody bought in the 365 days up to
// their last purchase, in minor units.
type LostCustomers struct {
	Currency string        `json:"currency"`
	Count    int           `json:"count"`    // lost now
	Worth    int64         `json:"worth"`    // all of theirs
	Asked    int           `json:"asked"`    // of them, those who told why
	List     []LostOne     `json:"list"`     // worth most first; at most lostListed
	Reasons  []LostBecause `json:"reasons"`  // as they told, the most frequent first
	Signs    []LostSign    `json:"signs"`    // as the purchases tell, of all the lost
	Months   []LostMonth   `json:"months"`   // the earliest first; at most overviewMonths
	WonBack  []WonBackBy   `json:"won_back"` // contacts while somebody was lost, by rule; the most contacts first
}

// LostOne is a lost customer. The page asks for the name, by who may see it.
type LostOne struct {
	Customer customer.ID `json:"customer"`
	Since    string      `json:"since"` // YYYY-MM-DD: the day they were lost
	Last     string      `json:"last"`  // of their last purchase
	Days     int         `json:"purchase_days"`
	Worth    int64       `json:"worth"`
	Total    int64       `json:"total"`            // of all they ever bought
	Active   float64     `json:"active"`           // chance that they come back within the horizon
	Sign     LostCode    `json:"sign"`             // as the purchases tell
	Reason   Reason      `json:"reason,omitempty"` // as they told, the latest; empty: not asked
}

// LostCode is what the purchases tell of why somebody stays away.
type LostCode string

// The signs, the gravest first: a customer's is the first that is true.
const (
	LostUnhappy  LostCode = "unhappy"  // complained, and has not bought since
	LostReturned LostCode = "returned" // brought something back, and has not bought since
	LostOnce     LostCode = "once"     // bought on one day and never again
	LostFading   LostCode = "fading"   // came more and more seldom before
	LostSudden   LostCode = "sudden"   // kept the rhythm, and then no more: nothing is to be seen
)

var lostCodes = []LostCode{LostUnhappy, LostReturned, LostOnce, LostFading, LostSudden}

// LostBecause is how many told one reason.
type LostBecause struct {
	Reason    Reason `json:"reason"`
	Customers int    `json:"customers"`
	Worth     int64  `json:"worth"`
	Warned    int    `json:"warned"` // of them, those whom a warning stood against when they were asked
}

// LostSign is how many show one sign.
type LostSign struct {
	Sign      LostCode `json:"sign"`
	Customers int      `json:"customers"`
	Worth     int64    `json:"worth"`
}

// LostMonth is what came and went in a month.
type LostMonth struct {
	Month   string `json:"month"` // YYYY-MM
	Lost    int    `json:"lost"`
	WonBack int    `json:"won_back"`
}

// WonBackBy is what came of the contacts of one rule with the lost: how many
// bought within winBackDays of the first contact, against how many would have
// anyway. The base are those nobody contacted, after as long a silence; it is no
// experiment, because whom to call was not left to chance.
type WonBackBy struct {
	Rule     string  `json:"rule"`     // code of the rule; empty: all rules together
	Contacts int     `json:"contacts"` // times that somebody lost was reached
	Returned int     `json:"returned"` // of them, who bought within the days
	Share    float64 `json:"share"`
	Base     float64 `json:"base"`  // the share to expect without a contact
	Extra    float64 `json:"extra"` // how many more than that came
}

// lostListed is how many lost customers are named.
const lostListed = 500

// winBackDays is how long after a contact a purchase counts as its doing.
const winBackDays = 60

func lost(v *View, _ *Asked) LostCustomers {
	return LostCustomers{Currency: string(v.Book.Currency), List: []LostOne{}, Reasons: []LostBecause{}, Signs: []LostSign{}, Months: []LostMonth{}, WonBack: []WonBackBy{}}
}
