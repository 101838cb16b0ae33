package insight

import (
	"context"
	"errors"
	"math"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/insight/refill"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// Insight is what is known of one customer, for the page and the API.
type Insight struct {
	AsOf        day.Day         `json:"as_of"` // the day of the last refresh
	Basis       Basis           `json:"basis"`
	Missing     Missing         `json:"missing"` // what a model would need besides; all zero: nothing
	Horizon     int             `json:"horizon"` // days ahead that Active and Expected are about
	Stage       Stage           `json:"stage"`
	Since       day.Day         `json:"stage_since"` // none for a prospect
	Transitions []Transition    `json:"transitions"`
	Refills     []refill.Refill `json:"refills"`
	Score       *Figures        `json:"score"` // null: has bought nothing yet
	Warning     Warning         `json:"warning"`
}

// Figures are the numbers of a customer who has bought something.
type Figures struct {
	VIP       bool         `json:"vip"`
	Recency   int8         `json:"recency"`
	Frequency int8         `json:"frequency"`
	Monetary  int8         `json:"monetary"`
	Days      int32        `json:"purchase_days"`
	First     day.Day      `json:"first_day"`
	Last      day.Day      `json:"last_day"`
	Usual     float64      `json:"usual_gap"` // days between purchases: their own median, or the company's; 0: not known yet
	Own       bool         `json:"own_gap"`   // it is their own
	Silent    int          `json:"silent"`    // days since the last purchase
	Overdue   float64      `json:"overdue"`   // silence in gaps: 1 is just now
	Active    float64      `json:"active"`    // chance of a purchase within the horizon
	Expected  float64      `json:"expected"`  // purchases within the horizon
	Spent     money.Amount `json:"spent"`     // in the last 365 days, less what was brought back
	Value     money.Amount `json:"value"`     // sales to expect in the next 365 days, discounted
	Currency  string       `json:"currency"`
}

// Customer is what is known of a customer within the actor's reach, as of the last
// refresh.
func (s *Service) Customer(ctx context.Context, actor org.Actor, c customer.ID) (Insight, error) {
	if err := actor.Need(org.CustomersRead); err != nil {
		return Insight{}, err
	}
	if err := s.Customers.Reach(ctx, actor, c); err != nil {
		return Insight{}, err
	}
	var v Insight
	err := s.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, h, err := currentModel(ctx, tx)
		if err != nil {
			return err
		}
		set, _, err := readSetting(ctx, tx)
		if err != nil {
			return err
		}
		v = Insight{AsOf: m.AsOf, Basis: m.Basis, Missing: m.Missing, Horizon: set.Horizon}
		if v.Transitions, err = transitions(ctx, tx, c); err != nil {
			return err
		}
		if v.Refills, err = refills(ctx, tx, h, c); err != nil {
			return err
		}
		k, err := db.One(ctx, tx, ScanScore, sqlOneScore, int64(c), h.half)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		v.Stage, v.Since, v.Warning, v.Score = k.Stage, k.Since, k.Warning, k.figures(m.AsOf, set.Rules, m.shopGap())
		return err
	})
	return v, err
}

// figures are those of a score; shop is the company's median gap, times two.
func (k Scored) figures(asOf day.Day, r Rules, shop int) *Figures {
	usual, own := r.Usual(int(2*k.Gap), int(k.Days)-1, shop)
	amount := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: k.Currency} }
	return &Figures{
		VIP: k.VIP, Recency: k.Recency, Frequency: k.Frequency, Monetary: k.Monetary, Days: k.Days, First: k.First, Last: k.Last,
		Usual: float64(usual) / 2, Own: own, Silent: asOf.Sub(k.Last), Overdue: math.Round(float64(k.Overdue)*1000) / 1000,
		Active: k.Active, Expected: k.Expected, Spent: amount(k.Spent), Value: amount(k.Value), Currency: string(k.Currency),
	}
}

// SQLOnFile leaves out whose file was closed since the refresh, with the import that
// opened it.
const SQLOnFile = `EXISTS (SELECT 1 FROM customer c WHERE c.customer_id = s.customer_id)`
