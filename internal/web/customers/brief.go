package customers

import (
	"context"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/text"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// line is one line of the brief: what a clerk reads before the call.
type line struct {
	Icon string
	Tone ui.Tone
	Text string
	Note string // quieter, behind it
	Href string
}

// brief is the few lines to read before a contact: what is promised first, for
// that must not be forgotten; then what went wrong, what they bought and how
// often they come, what to know about them, and the last contact.
func (p filePage) brief(ctx context.Context) []line {
	var list []line
	add := func(l line, ok bool) {
		if ok {
			list = append(list, l)
		}
	}
	for _, t := range p.Tasks {
		add(p.taskLine(ctx, t), true)
	}
	add(p.fieldLine(ctx, "displeased", "frown", ui.Danger))
	add(p.lastBought(ctx))
	add(p.rhythm(ctx))
	add(p.fieldLine(ctx, "family", "house", ui.Plain))
	add(p.taste(ctx))
	add(p.birthdayLine(ctx))
	add(p.reachLine(ctx))
	add(p.lastContact(ctx))
	return list[:min(len(list), briefLines)]
}

// briefLines is as much as one reads with the telephone in the hand.
const briefLines = 6

// fieldLine is a soft fact in words.
func (p filePage) fieldLine(ctx context.Context, code, icon string, tone ui.Tone) (line, bool) {
	f, ok := p.field(code)
	fact, known := p.Fact(code)
	if !ok || !known || fact.Refused || fact.Value == "" || f.Sensitive {
		return line{}, false
	}
	return line{Icon: icon, Tone: tone, Text: text.Clip(label(ctx, f)+i18n.T(ctx, "customers.colon")+value(ctx, f, fact), 80)}, true
}

// taste is what they like: enough to begin a conversation with.
func (p filePage) taste(ctx context.Context) (line, bool) {
	for _, code := range []string{"taste_furnishing", "taste_dress", "hobby"} {
		if l, ok := p.fieldLine(ctx, code, "heart", ui.Plain); ok {
			return l, true
		}
	}
	return line{}, false
}

// reachLine is how and when they like to be reached, and how to be served.
func (p filePage) reachLine(ctx context.Context) (line, bool) {
	var parts []string
	for _, code := range []string{"contact_way", "contact_time", "service_style"} {
		if f, ok := p.field(code); ok && p.Known(code) {
			fact, _ := p.Fact(code)
			parts = append(parts, value(ctx, f, fact))
		}
	}
	if len(parts) == 0 {
		return line{}, false
	}
	return line{Icon: "message-circle", Text: strings.Join(parts, i18n.T(ctx, "customer.comma"))}, true
}

func (p filePage) lastBought(ctx context.Context) (line, bool) {
	if p.Last.ID == 0 {
		return line{}, false
	}
	l := line{Icon: "shopping-bag", Href: receiptPath(p.Customer.ID, p.Last.ID)}
	when := i18n.From(ctx).DayNear(p.Last.Day, p.Today)
	what := text.Clip(p.Last.MainItem(), 40)
	switch {
	case what == "":
		l.Text = i18n.T(ctx, "customers.bought_on", "when", when, "amount", p.Last.Net)
	case p.Last.Lines == 1:
		l.Text = i18n.T(ctx, "customers.bought_one", "when", when, "what", what, "amount", p.Last.Net)
	default:
		l.Text = i18n.T(ctx, "customers.bought_what", "when", when, "what", what, "n", p.Last.Lines, "amount", p.Last.Net)
	}
	return l, true
}

// rhythm says how often they come, and whether they are late.
func (p filePage) rhythm(ctx context.Context) (line, bool) {
	if p.Stat.Receipts == 0 {
		return line{Icon: "sprout", Text: i18n.T(ctx, "customers.never_bought")}, p.may(org.PurchasesRead)
	}
	text := i18n.T(ctx, "customers.bought_so_far", "n", p.Stat.Receipts, "amount", p.Stat.Net)
	if p.Stat.Returns > 0 {
		text = i18n.T(ctx, "customers.bought_less_returns", "n", p.Stat.Receipts, "returns", p.Stat.Returns, "amount", p.Stat.Net)
	}
	if !regular(p.Stat) {
		return line{Icon: "repeat", Text: text}, true
	}
	gap := usualGap(p.Stat)
	l := line{Icon: "repeat", Text: text, Note: i18n.T(ctx, "customers.comes_every", "n", gap)}
	if late := daysBetween(p.Stat.LastDay, p.Today); p.Stat.CoolOn != "" && p.Today >= p.Stat.CoolOn {
		l.Icon, l.Tone = "hourglass", ui.Warning
		l.Note = i18n.T(ctx, "customers.comes_late", "n", gap, "late", late)
	}
	return l, true
}

// regular reports whether they came often enough to speak of a gap that is usual
// for them: the rule of the panel and of the warnings.
func regular(s purchase.Stat) bool {
	_, own := insight.DefaultRules().Usual(s.MedianGap, s.Days-1, 0)
	return own
}

// usualGap is how many days usually lie between purchases, in whole days: half
// a day more or less is nothing anybody would say.
func usualGap(s purchase.Stat) int { return (s.MedianGap + 1) / 2 }

func daysBetween(from, to string) int {
	a, err1 := day.Parse(from)
	b, err2 := day.Parse(to)
	if err1 != nil || err2 != nil {
		return 0
	}
	return b.Sub(a)
}

// soon is how many days ahead a birthday is worth a line.
const soon = 30

func (p filePage) birthdayLine(ctx context.Context) (line, bool) {
	b := p.Customer.Birth
	today, err := day.Parse(p.Today)
	if err != nil || !known(b) {
		return line{}, false
	}
	next, ok := b.Next(today)
	if !ok || next.Sub(today) > soon {
		return line{}, false
	}
	text := i18n.T(ctx, "customers.birthday_near", "when", i18n.From(ctx).DayNear(next.String(), p.Today))
	l := line{Icon: "cake", Tone: ui.Gold, Text: text}
	if b.Calendar == customer.Lunar {
		l.Note = birthday(ctx, b)
	}
	return l, true
}

// lastContact is what came of the last time somebody spoke with them.
func (p filePage) lastContact(ctx context.Context) (line, bool) {
	for _, e := range p.Story.Entries {
		if e.Kind != care.EntryContact {
			continue
		}
		words := i18n.T(ctx, "customers.last_contact", "when", i18n.From(ctx).DayNear(e.At.In(zone(ctx)).Format(time.DateOnly), p.Today),
			"who", p.person(e.Staff), "outcome", care.OutcomeKind(asText(e.Data["outcome"])).Key())
		return line{Icon: "phone-call", Text: words, Note: text.Clip(asText(e.Data["text"]), 40)}, true
	}
	return line{}, false
}

func asText(v any) string {
	s, _ := v.(string)
	return s
}

// taskLine is something that is still to be done for them; a promised call is
// what must not be forgotten.
func (p filePage) taskLine(ctx context.Context, it care.Item) line {
	pr := i18n.From(ctx)
	l := line{Icon: "list-checks", Tone: ui.Primary, Text: text.Clip(it.ReasonText(pr), 80), Note: it.StaffOf.Name}
	if !it.CallAt.IsZero() {
		l.Icon, l.Tone = "phone-call", ui.Warning
		l.Text = i18n.T(ctx, "customers.promised_call", "when", pr.Time(it.CallAt, zone(ctx)))
	}
	return l
}

func zone(ctx context.Context) *time.Location { return ui.From(ctx).Zone }
