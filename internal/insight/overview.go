package insight

// Overview is the state of the customer base on one screen. Money is in minor
// units; a year is 365 days.
type Overview struct {
	Currency   string  `json:"currency"`
	AsOf       string  `json:"as_of"`       // YYYY-MM-DD
	Customers  int     `json:"customers"`   // who have ever bought
	Repeaters  int     `json:"repeaters"`   // of them, on two days or more
	RepeatRate float64 `json:"repeat_rate"` // the share of those

	Year YearFigures  `json:"year"`        // the last year
	Last *YearFigures `json:"year_before"` // the one before; null: the purchases do not reach back so far

	Here    int       `json:"here"`     // customers whom the company has: not lost
	VIPs    int       `json:"vips"`     // the best by the purchases of a year
	VIPPart float64   `json:"vip_part"` // their share of the year's sales
	Stages  []InStage `json:"stages"`

	Value     int64 `json:"value"`      // sales to expect of all of them in the coming year
	Warned    int   `json:"warned"`     // who may be leaving
	AtRisk    int64 `json:"at_risk"`    // what those bought in the last year
	LostSpent int64 `json:"lost_spent"` // what the lost bought in the year up to their last purchase

	Months []MonthFigures `json:"months"` // the last of them, the earliest first; at most overviewMonths
	Said   *Said          `json:"said"`   // how right the forecast was; null: it has not been checked yet
}

// YearFigures are those of one year.
type YearFigures struct {
	From      string `json:"from"` // YYYY-MM-DD
	To        string `json:"to"`
	Sales     int64  `json:"sales"`
	Purchases int    `json:"purchases"`
	Active    int    `json:"active"`   // customers who bought
	New       int    `json:"new"`      // customers who bought for the first time, anywhere
	Lost      int    `json:"lost"`     // times that somebody was lost
	WonBack   int    `json:"won_back"` // times that somebody lost came back
	Ticket    int64  `json:"ticket"`   // sales per purchase
}

// MonthFigures are those of a month of the calendar.
type MonthFigures struct {
	Month     string `json:"month"` // YYYY-MM
	Sales     int64  `json:"sales"`
	New       int64  `json:"new_sales"` // of them, on the day of the customer's first purchase
	Customers int    `json:"customers"` // who bought
	Fresh     int    `json:"new_customers"`
	Partial   bool   `json:"partial"` // the month is not over, or began before the first purchase
}

// Said is what came of a forecast: of those whom it called likely to return, and of the others.
type Said struct {
	Cut      string  `json:"cut"`      // YYYY-MM-DD: nothing after it was known
	Days     int     `json:"days"`     // for which was foretold
	Likely   int     `json:"likely"`   // customers with a chance above a half …
	Came     float64 `json:"came"`     // … and the share of them who bought
	Unlikely int     `json:"unlikely"` // the others …
	Anyway   float64 `json:"anyway"`   // … and the share of them who bought all the same
}

// overviewMonths is how many months the report shows.
const overviewMonths = 24

func overview(v *View) Overview {
	return Overview{Currency: string(v.Book.Currency), AsOf: v.Book.AsOf.String(), Stages: []InStage{}, Months: []MonthFigures{}}
}
