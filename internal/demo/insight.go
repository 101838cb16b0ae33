package demo

import (
	"context"
	"math"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
)

// conversion is what part of those who come in buy, of a trade: of people who have
// never bought and of old customers.
var conversion = map[trade][2]float64{
	org.Furniture: {0.09, 0.38},
	org.Fashion:   {0.13, 0.55},
	org.Workshop:  {0.42, 0.85},
}

// countedMonths is for how many months the stores have counted who came in.
const countedMonths = 26

const sqlBought = `SELECT r.store_id, substr(r.day, 1, 7), COUNT(CASE WHEN r.day = s.first_day THEN 1 END), COUNT(*)
	FROM receipt r
	JOIN purchase_stat s ON s.customer_id = r.customer_id
	WHERE r.kind = 'sale' AND r.day >= ? AND r.day < ?
	GROUP BY r.store_id, substr(r.day, 1, 7) ORDER BY r.store_id, substr(r.day, 1, 7)`

// visits has the stores count who came in, month by month, until the last whole one.
func (f *filler) visits(ctx context.Context) error {
	first := f.plan.today.AddDays(-30 * countedMonths).String()[:7] + "-01"
	months, err := db.All(ctx, f.DB, func(row db.Scanner) (v insight.Visits, err error) {
		err = row.Scan(&v.Store, &v.Month, &v.New, &v.Old)
		v.Old -= v.New // of all purchases
		return v, err
	}, sqlBought, first, f.plan.today.String()[:7]+"-01")
	if err != nil {
		return err
	}
	share := func(bought int64, part float64) int64 {
		noise := 0.9 + 0.2*f.plan.rng.Float64()
		return max(bought, int64(math.Round(float64(bought)/part*noise))) + 1
	}
	for _, v := range months {
		part := conversion[stores[f.storeIndex(v.Store)].trade]
		v.New, v.Old = share(v.New, part[0]), share(v.Old, part[1])
		if err := f.Insight.SetVisits(ctx, org.System, v); err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) storeIndex(id org.StoreID) int {
	for i, st := range f.stores {
		if st.ID == id {
			return i
		}
	}
	return 0
}

// farewells are why customers stay away, in the words of who asked, and how often.
var farewells = []struct {
	often int
	why   insight.Reason
	notes []string
}{
	{24, insight.Moved, []string{"搬到外地去了", "换了工作，离得远了", "住到儿子那边去了"}},
	{22, insight.TooDear, []string{"说网上便宜不少", "最近手头紧，等活动", "嫌比以前贵了"}},
	{16, insight.Competitor, []string{"小区门口新开了一家", "朋友开了店，去朋友那儿了"}},
	{12, insight.NeedEnded, []string{"房子装修好了，用不着了", "车卖了", "孩子大了，不穿这些了"}},
	{10, insight.BadService, []string{"上次等太久，没人招呼", "打电话一直没回，心里不痛快"}},
	{8, insight.BadProduct, []string{"买回去没多久就坏了", "洗了几次就变形"}},
	{5, insight.DoNotDisturb, []string{"不想再接电话"}},
	{3, insight.OtherReason, []string{"家里老人病了，没心思逛"}},
}

const (
	silentDays  = 300 // after so much silence somebody asks
	shareAsked  = 14  // percent of those who are asked and answer
	askedWithin = 150 // days ago at the most
)

// asked has the staff ask some of those who stay away for the reason.
func (f *filler) asked(ctx context.Context) error {
	type away struct {
		who   customer.ID
		store org.StoreID
	}
	list, err := db.All(ctx, f.DB, func(row db.Scanner) (a away, err error) {
		err = row.Scan(&a.who, &a.store)
		return a, err
	}, `SELECT c.customer_id, c.store_id FROM customer c JOIN purchase_stat s ON s.customer_id = c.customer_id
		WHERE s.last_day < ? AND c.store_id <> 0 AND c.do_not_contact = FALSE ORDER BY c.customer_id`, f.plan.today.AddDays(-silentDays))
	if err != nil {
		return err
	}
	rng := f.plan.rng
	for _, a := range list {
		if rng.IntN(100) >= shareAsked {
			continue
		}
		n, why := rng.IntN(100), 0
		for n >= farewells[why].often {
			n, why = n-farewells[why].often, why+1
		}
		f.at(f.plan.today.AddDays(-1-rng.IntN(askedWithin)), 10*60+rng.IntN(7*60))
		who := pickOne(rng, sellersOf(f.storeIndex(a.store)))
		if _, err := f.Insight.RecordReason(ctx, f.as(who), a.who, farewells[why].why, pickOne(rng, farewells[why].notes), ""); err != nil {
			return err
		}
	}
	return nil
}
