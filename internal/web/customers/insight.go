package customers

import (
	"context"
	"net/http"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/insight/refill"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// readInsight adds what the purchases say about them. The signs of loyalty are
// read when somebody asks for them: they take more than this page has time for.
func (h Pages) readInsight(ctx context.Context, p *filePage) error {
	panel, err := h.Insight.Panel(ctx, p.Actor, p.Customer.ID)
	if err != nil {
		return err
	}
	today, err := day.Parse(p.Today)
	p.Insight = panel.On(today) // as the brief above counts
	return err
}

// readSilence adds why nobody may contact them. Whoever has died is asked nothing.
func (h Pages) readSilence(ctx context.Context, p *filePage) error {
	if !p.Customer.DoNotContact {
		return nil
	}
	told, err := h.Insight.LatestReasons(ctx, p.Actor, []customer.ID{p.Customer.ID})
	if err != nil {
		return err
	}
	if t := told[p.Customer.ID]; t.Reason == insight.Died || t.Reason == insight.DoNotDisturb {
		p.Silence = t
	}
	if p.died() {
		p.Question = nil
	}
	return nil
}

// died reports whether they have died.
func (p filePage) died() bool { return p.Silence.Reason == insight.Died }

// newer reports whether they bought after the day that the panel is as of, so
// that what it says of their silence is no longer so.
func (p filePage) newer() bool {
	if p.Stat.Receipts == 0 {
		return false
	}
	s := p.Insight.Score
	return s == nil || p.Stat.LastDay > s.Last.String()
}

// mayAsk reports whether to ask why they stay away.
func (p filePage) mayAsk() bool { return p.Insight.Leaving() && !p.newer() && !p.died() }

// measure is one of the figures of the panel.
type measure struct{ Label, Meaning, Value, Note string }

// measures are what is to be expected of them.
func (p filePage) measures(ctx context.Context) []measure {
	pr, s := i18n.From(ctx), p.Insight.Score
	list := []measure{
		{pr.T("customers.chance_within", "n", p.Insight.Horizon), pr.T("customers.means.chance"), chanceWords(pr, s.Active), pr.T("customers.purchases_expected", "times", pr.Decimal(s.Expected, 1))},
		{pr.T("customers.worth_ahead"), pr.T("customers.means.worth"), pr.MoneyShort(s.Value.Minor, s.Currency), pr.T("customers.worth_behind", "amount", pr.MoneyShort(s.Spent.Minor, s.Currency))},
	}
	switch {
	case s.Own:
		list = append(list, measure{pr.T("customers.usual_gap"), pr.T("customers.means.gap"), pr.T("customers.every_days", "n", int(s.Usual+0.5)), p.silence(pr)})
	case s.Usual > 0:
		list = append(list, measure{pr.T("customers.usual_gap_here"), pr.T("customers.means.gap_here"), pr.T("customers.every_days", "n", int(s.Usual+0.5)), p.silence(pr)})
	default:
		list = append(list, measure{pr.T("customers.usual_gap"), pr.T("customers.means.gap"), pr.T("customers.once_only"), p.silence(pr)})
	}
	return list
}

// silence is how long they have not come, unless they have since.
func (p filePage) silence(pr i18n.Printer) string {
	if p.newer() {
		return ""
	}
	return pr.T("customers.silent_for", "n", p.Insight.Score.Silent)
}

// chanceWords is a chance without the look of more exactness than there is.
func chanceWords(pr i18n.Printer, chance float64) string {
	switch {
	case chance > 0 && chance < 0.01:
		return pr.T("customers.chance_hardly")
	case chance > 0.99 && chance < 1:
		return pr.T("customers.chance_nearly")
	}
	return pr.Decimal(chance*100, 0) + "%"
}

// reasonOptions are why somebody may stay away.
func reasonOptions(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, r := range insight.Reasons() {
		list = append(list, ui.Option{Value: string(r), Label: i18n.T(ctx, "insight.reason."+string(r))})
	}
	return list
}

// noteReason writes down why they stay away, as they told somebody, and goes on
// where it was asked for: on their page, or on the list of the lost.
func (h Pages) noteReason(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	if f.Text("reason") == "" {
		f.Wrong("reason", "customers.choose_reason")
	}
	if f.Text("reason") == string(insight.Died) && f.Text("sure") == "" { // no slip of a finger
		f.Wrong("reason", "customers.died_sure")
	}
	var noted insight.ReasonID
	if f.OK() {
		noted, err = h.Insight.RecordReason(r.Context(), web.Actor(r), c, insight.Reason(f.Text("reason")), f.Text("note"), f.Text("request_key"))
		if err != nil && !f.Refused(err) {
			return err
		}
	}
	if !f.OK() {
		p, err := h.readAll(r, c)
		if err != nil {
			return err
		}
		p.Why = f
		return h.showFile(w, r, p)
	}
	next := web.Local(f.Text("next"), path(c, "#stands"))
	web.SayUndo(r, web.T(r, "customers.reason_noted"), paths.With(paths.ForgetReason(c, noted), "next", next))
	return web.Redirect(w, r, next)
}

// forgetReason takes back a reason that was noted by mistake.
func (h Pages) forgetReason(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	reason, err := web.ID[insight.Told](r, "reason")
	if err != nil {
		return err
	}
	if err := h.Insight.ForgetReason(r.Context(), web.Actor(r), c, reason); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "customers.reason_forgotten"))
	return web.Redirect(w, r, web.Local(web.Query(r).Text("next"), path(c, "#stands")))
}

// loyaltyPage is what shows how loyal they are.
type loyaltyPage struct {
	filePage

	Loyalty insight.Loyalty
}

// loyalty shows the signs of loyalty; before the first refresh there are none.
func (h Pages) loyalty(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	var p loyaltyPage
	if p.filePage, err = h.read(r, c); err != nil {
		return err
	}
	p.Loyalty, err = h.Insight.Loyalty(r.Context(), p.Actor, c)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	heading := web.T(r, "customers.loyalty")
	return web.Render(w, r, web.Page{Title: heading, Body: partPage(c, p.Title, heading, loyaltyPart(p)), Fragment: loyaltyPart(p)})
}

// told are the facts behind the signs, those that say something.
func (p loyaltyPage) told(ctx context.Context) []ui.Fact {
	pr, l := i18n.From(ctx), p.Loyalty
	var list []ui.Fact
	add := func(key, value, note string) {
		if value != "" {
			list = append(list, ui.Fact{Label: pr.T("customers.loyalty." + key), Value: value, Note: note})
		}
	}
	if l.Days > 0 {
		add("repeats", pr.T("customers.times", "n", l.Repeats), pr.T("customers.pieces", "quantity", l.Quantity))
	}
	switch {
	case l.Unbroken == nil:
	case *l.Unbroken:
		add("streak", pr.T("customers.never_broke"), "")
	case l.Streak == 0:
		add("streak", pr.T("customers.out_of_rhythm"), "")
	default:
		add("streak", pr.T("customers.days_in_rhythm", "n", l.Streak), "")
	}
	if l.LowPrice != nil {
		add("low_price", chanceWords(pr, *l.LowPrice), pr.T("customers.of_lines", "n", l.Lines))
	}
	add("categories", joinList(ctx, l.Categories), "")
	if l.Referred > 0 {
		add("referred", strconv.Itoa(l.Referred), "")
	}
	if l.Forgave != nil {
		add("returns", pr.T("customers.times", "n", l.Returns), afterwards(pr, *l.Forgave))
	}
	if l.Stayed != nil {
		add("complaints", pr.T("customers.times", "n", l.Complaints), afterwards(pr, *l.Stayed))
	}
	for _, code := range insight.LoyaltyFields { // as the file may show them, not as they stand in the table
		f, ok := p.field(code)
		if fact, known := p.Fact(code); ok && known && f.Active {
			list = append(list, ui.Fact{Label: label(ctx, f), Value: value(ctx, f, fact)})
		}
	}
	return list
}

func afterwards(pr i18n.Printer, bought bool) string {
	if bought {
		return pr.T("customers.bought_again")
	}
	return pr.T("customers.not_since")
}

// refillDays are the days between which something probably runs out, or that
// nobody knows when they lie far apart; and what that rests on.
func refillDays(ctx context.Context, r refill.Refill) string {
	pr, today := i18n.From(ctx), ui.Today(ctx)
	by := " · " + pr.T("customers.refill_by."+string(r.Basis))
	if r.High.Sub(r.Low) > vague {
		return pr.T("customers.refill_vague") + by
	}
	return pr.T("customers.refill_between", "low", pr.DayShort(r.Low.String(), today), "high", pr.DayShort(r.High.String(), today)) + by
}

// vague is how many days apart the ends of a guess are no longer worth telling.
const vague = 90

// insightNote says as of when the panel is.
func insightNote(ctx context.Context, p filePage) string {
	if p.Insight.AsOf == 0 {
		return ""
	}
	pr := i18n.From(ctx)
	return pr.T("customers.insight_as_of", "day", pr.DayShort(p.Insight.AsOf.String(), p.Today))
}
