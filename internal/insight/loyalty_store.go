package insight

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/insight/basket"
	"github.com/ricejar/ricejar/internal/insight/exchange"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// Loyalty is what shows how loyal a customer within the actor's reach is, as of
// the last refresh.
func (s *Service) Loyalty(ctx context.Context, actor org.Actor, c customer.ID) (Loyalty, error) {
	if err := actor.Need(org.CustomersRead); err != nil {
		return Loyalty{}, err
	}
	if err := s.Customers.Reach(ctx, actor, c); err != nil {
		return Loyalty{}, err
	}
	var l Loyalty
	err := s.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, h, err := currentModel(ctx, tx)
		if err != nil {
			return err
		}
		set, _, err := readSetting(ctx, tx)
		if err != nil {
			return err
		}
		own, err := ownLines(ctx, tx, c, &m, set.Rates)
		if err != nil {
			return err
		}
		l = Loyalty{AsOf: m.AsOf, Categories: []string{}, Signs: []LoyaltySign{}}
		f, err := l.faults(ctx, tx, c)
		if err != nil {
			return err
		}
		if l.Referred, err = sentBy(ctx, tx, c, m.AsOf); err != nil {
			return err
		}
		if l.Asked, err = ownAnswers(ctx, tx, c); err != nil || len(own) == 0 {
			return err
		}
		habits, err := l.habits(ctx, tx, h, own)
		if err != nil {
			return err
		}
		l.take(set.Rules, own, habits, f, int(m.Gap*2+0.5))
		return nil
	})
	return l, err
}

// ownLine is a clean line of one customer.
type ownLine struct {
	day      day.Day
	product  int64
	price    int64
	quantity money.Quantity
	category string
}

const sqlOwnLines = `SELECT r.day, l.product_id, l.unit_price, l.quantity, COALESCE(p.category, ''), r.currency
	FROM receipt_line l
	JOIN receipt r ON r.customer_id = l.customer_id AND r.id = l.receipt_id
	LEFT JOIN product p ON p.id = l.product_id
	WHERE l.customer_id = ? AND l.quantity > 0 AND l.unit_price > 0 AND r.day <= ?
	ORDER BY r.day`

func ownLines(ctx context.Context, q db.Querier, c customer.ID, m *Model, rates exchange.Rates) (own []ownLine, err error) {
	table := rates.In(m.Currency)
	err = db.Each(ctx, q, func(row db.Scanner) error {
		var x ownLine
		var currency money.Currency
		err := row.Scan(&x.day, &x.product, &x.price, &x.quantity, &x.category, &currency)
		if table.Known(currency) {
			x.price = table.Price(currency, x.price)
			own = append(own, x)
		}
		return err
	}, sqlOwnLines, int64(c), m.AsOf)
	return own, err
}

// habits are those of the lines, as the report of all customers has them.
func (l *Loyalty) habits(ctx context.Context, q db.Querier, h head, own []ownLine) (basket.Habit, error) {
	var out basket.Habit
	since := l.AsOf.AddDays(-habitDays)
	var products []int64
	for _, x := range own {
		if x.day > since && x.product != 0 {
			products = append(products, x.product)
		}
	}
	slices.Sort(products)
	usual, err := usualPrices(ctx, q, h, slices.Compact(products))
	if err != nil {
		return out, err
	}
	categories := make(map[string]int)
	for _, x := range own {
		if x.day <= since {
			continue
		}
		out.Quantity += int64(x.quantity)
		if x.category != "" {
			categories[x.category]++
		}
		price, known := usual[x.product]
		if !known {
			continue
		}
		out.Lines++
		if basket.IsLow(x.price, price) {
			out.Low++
		}
	}
	l.Categories = slices.SortedFunc(maps.Keys(categories), func(a, b string) int {
		return cmp.Or(cmp.Compare(categories[b], categories[a]), cmp.Compare(a, b))
	})
	out.Categories = 1<<min(len(categories), 63) - 1
	return out, nil
}

// take puts the signs together.
func (l *Loyalty) take(r Rules, own []ownLine, h basket.Habit, f fault, gap int) {
	var days []day.Day
	for _, x := range own {
		if n := len(days); n == 0 || days[n-1] != x.day {
			days = append(days, x.day)
		}
	}
	way := r.Replay(days, gap, l.AsOf)
	one := signsOf(r, days, way, h, f, l.Referred)
	l.Days, l.Repeats, l.Quantity, l.Lines = len(days), len(days)-1, money.Quantity(h.Quantity).String(), int(h.Lines)
	if low, ok := prices(h); ok {
		l.LowPrice = &low
	}
	last := days[len(days)-1]
	if l.Returns > 0 {
		again := last > f.returned
		l.Forgave = &again
	}
	if l.Complaints > 0 {
		again := last > f.complained
		l.Stayed = &again
	}
	if one.rhythm {
		l.Unbroken = &one.unbroken
	}
	l.Streak, l.Signs = streak(days, way), one.shown()
}

// streak is how many of the latest purchase days lie within the rhythm: none once
// somebody is silent for longer than it explains.
func streak(days []day.Day, way Way) int {
	var broken day.Day
	for i, t := range way.Transitions {
		if t.Stage.Kept() {
			continue
		}
		if broken = t.Day; i == len(way.Transitions)-1 {
			return 0
		}
	}
	n := 0
	for _, d := range days {
		if d > broken {
			n++
		}
	}
	return n
}

// faults counts what displeased the customer, and says when it was last.
func (l *Loyalty) faults(ctx context.Context, q db.Querier, c customer.ID) (fault, error) {
	var f fault
	one := func(n *int, on *day.Day) func(db.Scanner) (struct{}, error) {
		return func(row db.Scanner) (none struct{}, err error) {
			return none, row.Scan(n, on)
		}
	}
	_, err := db.One(ctx, q, one(&l.Complaints, &f.complained), `SELECT COUNT(*), COALESCE(MAX(day), '') FROM task_outcome
		WHERE customer_id = ? AND outcome = 'unhappy' AND undone_at IS NULL AND day <= ?`, int64(c), l.AsOf)
	if err != nil {
		return f, err
	}
	_, err = db.One(ctx, q, one(&l.Returns, &f.returned), `SELECT COUNT(*), COALESCE(MAX(day), '') FROM receipt
		WHERE customer_id = ? AND kind = 'return' AND day <= ?`, int64(c), l.AsOf)
	return f, err
}

// sentBy is how many customers somebody sent who have bought.
func sentBy(ctx context.Context, q db.Querier, c customer.ID, asOf day.Day) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM customer x JOIN purchase_stat s ON s.customer_id = x.customer_id
		WHERE x.referrer_id = ? AND x.referrer_id <> 0 AND s.receipts > 0 AND s.first_day <= ?`, int64(c), asOf)
}

// ownAnswers are the answers to LoyaltyFields; those never asked are there without one.
func ownAnswers(ctx context.Context, q db.Querier, c customer.ID) ([]AskedFact, error) {
	list := make([]AskedFact, len(LoyaltyFields))
	for i, code := range LoyaltyFields {
		list[i].Field = code
	}
	err := db.Each(ctx, q, func(row db.Scanner) error {
		var f AskedFact
		var status string
		if err := row.Scan(&f.Field, &f.Value, &status); err != nil {
			return err
		}
		f.Refused = status == "refused"
		list[slices.Index(LoyaltyFields, f.Field)] = f
		return nil
	}, `SELECT field, value, status FROM fact WHERE customer_id = ? AND current AND field IN (`+db.In(len(LoyaltyFields))+`)`,
		append([]any{int64(c)}, db.Args(LoyaltyFields)...)...)
	return list, err
}
