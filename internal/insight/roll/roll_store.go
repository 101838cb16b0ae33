package roll

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
)

// AsOf is the day of the last refresh, for those who see customers; 0: there has been none.
func AsOf(ctx context.Context, d *db.DB, actor org.Actor) (day.Day, error) {
	if err := actor.Need(org.CustomersRead); err != nil {
		return 0, err
	}
	list, err := db.All(ctx, d, db.Value[day.Day],
		`SELECT m.as_of FROM insight_head h JOIN insight_model m ON m.id = h.model_id WHERE h.id = 1`)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

// Signs are what somebody may be listed for as leaving, the gravest first.
var Signs = []insight.Sign{insight.Unhappy, insight.Returned, insight.Silent, insight.Fading}

var groups = []string{insight.Champions, insight.Loyal, insight.AlmostLoyal, insight.Promising, insight.Fresh, insight.NeedsAttention, insight.CannotLose,
	insight.AtRisk, insight.AboutToSleep, insight.Sleeping, insight.Gone}

// Among chooses who is on a list of customers: what is not given does not matter.
// Fifths, tenths and shares are of the customers of the whole company.
type Among struct {
	Warned bool         // who may be leaving; by what may be lost with them
	Sign   insight.Sign // of those, whom this says it of
	Best   bool         // who bought most in the last year
	Stage  insight.Stage
	Group  string  // of the grid of recency against frequency and value
	Tenth  int     // by the sales to expect: 1 (the most) to 10
	Top    float64 // by all they ever bought: the first so many percent, at most 20
	Store  org.StoreID
}

// Check refuses what does not name a list.
func (a Among) Check() error {
	top := a.Top == 0 || slices.Contains(Tops, a.Top)
	if a.Sign != "" && !slices.Contains(Signs, a.Sign) || a.Group != "" && !slices.Contains(groups, a.Group) ||
		a.Tenth < 0 || a.Tenth > 10 || !top {
		return errs.New(errs.NotFound, "insight.no_list")
	}
	return nil
}

// Tops are the shares there is a list of, in percent: more is nobody's list.
var Tops = []float64{1, 2.5, 5, 10, 20}

// order is what the list is read by, its largest first.
func (a Among) order() string {
	switch {
	case a.Top != 0:
		return "s.total"
	case a.Best:
		return "s.spent"
	case a.Warned:
		return "s.stake"
	}
	return "s.value"
}

// Cursor is where a page of a list begins, after somebody or, back, before
// them; the zero one is the beginning.
type Cursor struct {
	At       int64
	Customer customer.ID
	Back     bool
}

// Page is a page of a list.
type Page struct {
	List []insight.Scored
	Prev Cursor // zero: this is the first page
	Next Cursor // zero: this is the last
}

// Read gives the customers of a list within the actor's reach, whoever is worth
// most first.
func Read(ctx context.Context, d *db.DB, actor org.Actor, among Among, at Cursor, limit int) (Page, error) {
	if err := cmp.Or(actor.Need(org.CustomersRead), among.Check()); err != nil {
		return Page{}, err
	}
	var list []insight.Scored
	err := d.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, scope := range actor.Scope().Narrow(among.Store, 0).PerStore() { // each in its own order: see Scope.PerStore
			for _, among := range among.perStage(scope) {
				query, args, err := among.page(ctx, tx, scope, at, limit)
				if err != nil {
					return err
				}
				part, err := db.All(ctx, tx, insight.ScanScore, query, args...)
				if err != nil {
					return err
				}
				list = append(list, part...)
			}
		}
		return nil
	})
	if err != nil {
		return Page{}, err
	}
	slices.SortFunc(list, func(x, y insight.Scored) int {
		c := cmp.Or(cmp.Compare(among.Worth(y), among.Worth(x)), cmp.Compare(y.Customer, x.Customer))
		if at.Back {
			return -c
		}
		return c
	})
	p := Page{List: list[:min(len(list), limit)]}
	if at.Back {
		slices.Reverse(p.List)
	}
	if len(p.List) == 0 {
		return p, nil
	}
	first, last := p.List[0], p.List[len(p.List)-1]
	if at.Back && len(list) > limit || !at.Back && at.Customer != 0 {
		p.Prev = Cursor{among.Worth(first), first.Customer, true}
	}
	if at.Back || len(list) > limit {
		p.Next = Cursor{among.Worth(last), last.Customer, false}
	}
	return p, nil
}

// Worth is what the list is ordered by: minor units of a customer.
func (a Among) Worth(k insight.Scored) int64 {
	switch {
	case a.Top != 0:
		return k.Total
	case a.Best:
		return k.Spent
	case a.Warned:
		return k.Stake
	}
	return k.Value
}

// CountedTo is how far a list is counted.
const CountedTo = 10000

// Count is how many are on a list within the actor's reach, counted to
// CountedTo and no further: one more says that there are more.
func Count(ctx context.Context, d *db.DB, actor org.Actor, among Among) (int, error) {
	if err := cmp.Or(actor.Need(org.CustomersRead), among.Check()); err != nil {
		return 0, err
	}
	var n int
	err := d.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		scope := actor.Scope().Narrow(among.Store, 0)
		from, args, err := among.from(ctx, tx, scope)
		if err != nil {
			return err
		}
		where, more := scope.Where("s.owner_id", "s.store_id")
		n, err = db.One(ctx, tx, db.Value[int], `SELECT COUNT(*) FROM (SELECT 1 AS one `+from+` AND `+where+` LIMIT ?) x`,
			append(append(slices.Clone(args), more...), CountedTo+1)...)
		return err
	})
	return n, err
}

// perStage is a tenth of all customers as one list for each stage, because that is
// how they stand in an index; any other list comes back alone.
func (a Among) perStage(scope org.Scope) []Among {
	if a.Tenth == 0 || a.Stage != insight.Prospect || a.Group != "" || !scope.All() {
		return []Among{a}
	}
	var list []Among
	for _, stage := range insight.Stages() {
		if stage != insight.Prospect {
			one := a
			one.Stage = stage
			list = append(list, one)
		}
	}
	return list
}

// narrowed is a column without its index unless the scope is everybody: the customers
// of a store or of a person are few enough to be read by the index of these.
func narrowed(scope org.Scope, column, neutral string) string {
	if scope.All() {
		return column
	}
	return "(" + column + neutral + ")"
}

// from is the list as SQL, but for who sees it and from where on.
func (a Among) from(ctx context.Context, tx *db.Tx, scope org.Scope) (string, []any, error) {
	half, err := db.One(ctx, tx, db.Value[int64], `SELECT half FROM insight_head WHERE id = 1`)
	if err != nil {
		return "", nil, err
	}
	query, args := `FROM insight_score s WHERE s.half = ? AND `+insight.SQLOnFile, []any{half}
	and := func(cond string, more ...any) {
		query += " AND " + cond
		args = append(args, more...)
	}
	if a.Warned {
		and("s.warning <> ''")
	}
	if a.Sign != "" {
		and("s.warning = ?", string(a.Sign))
	}
	if a.Best {
		and("s.vip")
	}
	if a.Stage != insight.Prospect {
		and(narrowed(scope, "s.stage", " || ''")+" = ?", a.Stage.String())
	}
	if a.Group != "" {
		and(narrowed(scope, "s.rfm", " || ''")+" = ?", a.Group)
	}
	if a.Tenth != 0 {
		var d insight.Distribution
		if err := wholeReport(ctx, tx, "distribution", &d); err != nil {
			return "", nil, err
		}
		if len(d.Value) < a.Tenth {
			and("FALSE")
		} else if least := d.Value[a.Tenth-1].Least; a.Tenth == 1 {
			and("s.value >= ?", least)
		} else { // whoever is worth as much as the last above stands there already, unless a tenth is all the same
			and("s.value BETWEEN ? AND ?", least, max(least, d.Value[a.Tenth-2].Least-1))
		}
	}
	if a.Top != 0 {
		var c insight.Concentration
		if err := wholeReport(ctx, tx, "concentration", &c); err != nil {
			return "", nil, err
		}
		least := int64(1) << 62 // fewer customers than would make one
		for _, t := range c.Top {
			if t.Percent == a.Top && t.Customers > 0 {
				least = t.Least
			}
		}
		and(narrowed(scope, "s.total", " + 0")+" >= ?", least)
	}
	return query, args, nil
}

// page is a page of the list for one scope; one more than fit, so that we see
// whether there are more.
func (a Among) page(ctx context.Context, tx *db.Tx, scope org.Scope, at Cursor, limit int) (string, []any, error) {
	from, args, err := a.from(ctx, tx, scope)
	if err != nil {
		return "", nil, err
	}
	where, more := scope.Where("s.owner_id", "s.store_id")
	query, args := `SELECT `+insight.SQLScore+` `+from+` AND `+where, append(args, more...)
	by, order, than := narrowed(scope, a.order(), " + 0"), " DESC", "<"
	if at.Back {
		order, than = "", ">"
	}
	if at.Customer != 0 {
		query += ` AND (` + by + `, s.customer_id) ` + than + ` (?, ?)`
		args = append(args, at.At, int64(at.Customer))
	}
	return query + ` ORDER BY ` + by + order + `, s.customer_id` + order + ` LIMIT ?`, append(args, limit+1), nil
}

// wholeReport reads the report of all stores for its bounds. It asks for no rights:
// they narrow nobody's reach.
func wholeReport(ctx context.Context, tx *db.Tx, name string, v any) error {
	body, err := db.One(ctx, tx, db.Value[string], `SELECT document FROM insight_report WHERE name = ? AND store_id = 0`, name)
	if errors.Is(err, db.ErrNoRows) {
		return errs.New(errs.NotFound, "insight.not_yet")
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(body), v); err != nil {
		return fmt.Errorf("read report %s: %w", name, err)
	}
	return nil
}
