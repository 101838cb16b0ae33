package customers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/i18n"
	ids "github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// storySize is how many lines of the timeline are shown at once.
const storySize = 15

// storyPart is a page of the customer's timeline.
type storyPart struct {
	names

	Customer customer.ID
	Home     org.StoreID // the customer's own store, which goes without saying
	Fields   []customer.Field
	Entries  []customer.Entry
	Next     string // address of the next part; empty: this is the last
}

func (h Pages) readStory(r *http.Request, head customer.Customer, fields []customer.Field, after customer.TimelineCursor) (storyPart, error) {
	c := head.ID
	s := storyPart{Customer: c, Home: head.StoreID, Fields: fields}
	var err error
	if s.names, err = h.names(r.Context()); err != nil {
		return s, err
	}
	var next customer.TimelineCursor
	s.Entries, next, err = h.Customers.Timeline(r.Context(), web.Actor(r), c, after, storySize)
	if next != (customer.TimelineCursor{}) {
		s.Next = path(c, fmt.Sprintf("/timeline?after=%d-%d-%s", next.At, next.Ref, next.Kind))
	}
	return s, err
}

// timeline is a further part of the story.
func (h Pages) timeline(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	head, err := h.Customers.Get(r.Context(), web.Actor(r), c)
	if err != nil {
		return err
	}
	fields, err := h.Customers.Fields(r.Context())
	if err != nil {
		return err
	}
	s, err := h.readStory(r, head, fields, storyCursor(web.Query(r)))
	if err != nil {
		return err
	}
	name := title(r.Context(), head)
	return web.Render(w, r, web.Page{Title: name, Body: partPage(c, name, i18n.T(r.Context(), "customers.story"), storyLines(s)), Fragment: storyLines(s)})
}

// storyCursor reads what readStory wrote; anything else is the beginning.
func storyCursor(f *form.Form) customer.TimelineCursor {
	part := strings.SplitN(f.Text("after"), "-", 3)
	var c customer.TimelineCursor
	if len(part) != 3 {
		return c
	}
	if _, err := fmt.Sscan(part[0], &c.At); err != nil {
		return customer.TimelineCursor{}
	}
	if _, err := fmt.Sscan(part[1], &c.Ref); err != nil {
		return customer.TimelineCursor{}
	}
	c.Kind = customer.EntryKind(part[2])
	return c
}

// moments are the entries as the timeline shows them.
func (s storyPart) moments(ctx context.Context) ui.Story {
	list := make(ui.Story, 0, len(s.Entries))
	for _, e := range s.Entries {
		m := s.moment(ctx, e)
		m.At = e.At
		m.By = joinWords(s.person(e.Staff), s.elsewhere(s.Home, e.Store))
		list = append(list, m)
	}
	return list
}

func joinWords(words ...string) string { return strings.Join(said(words), " · ") }

// said are the words that are not empty.
func said(words []string) []string {
	var list []string
	for _, w := range words {
		if w != "" {
			list = append(list, w)
		}
	}
	return list
}

// moment tells an entry in words. What a later version wrote and this one does
// not know still has its line.
func (s storyPart) moment(ctx context.Context, e customer.Entry) ui.Moment {
	text := func(name string) string { return asText(e.Data[name]) }
	switch e.Kind {
	case customer.EntryCreated:
		m := ui.Moment{Icon: "user-plus", Title: i18n.T(ctx, "timeline.created")}
		if key := "customers.origin_is." + text("origin"); i18n.Has(key) {
			m.Body = quiet(i18n.T(ctx, key))
		}
		return m
	case customer.EntryEdited:
		return ui.Moment{Icon: "pencil", Title: i18n.T(ctx, "timeline.edited")}
	case customer.EntryFact:
		return ui.Moment{Icon: "lightbulb", Tone: ui.Gold, Title: i18n.T(ctx, "timeline.fact", "fields", s.labels(ctx, e.Data["fields"]))}
	case customer.EntryNote:
		return ui.Moment{Icon: "notebook-pen", Tone: ui.Gold, Title: i18n.T(ctx, "customers.note"), Body: words(text("body"))}
	case customer.EntryConsent:
		return ui.Moment{Icon: "shield-check", Tone: ui.Info, Title: consentWords(ctx, customer.Purpose(text("purpose")), text("channel"), e.Data["granted"] == true)}
	case customer.EntryOwner:
		return ui.Moment{Icon: "arrow-right-left", Title: i18n.T(ctx, "customers.handed_over", "from", s.personText(ctx, text("from")), "to", s.personText(ctx, text("to")))}
	case purchase.EntryPurchase, purchase.EntryReturn:
		return s.receiptMoment(ctx, e)
	case purchase.EntryDelivery:
		m := ui.Moment{Icon: "truck", Tone: ui.Success, Title: i18n.T(ctx, "customers.delivered", "what", text("what"))}
		if text("gift") != "" {
			m.Body = quiet(i18n.T(ctx, "customers.with_gift", "gift", text("gift")))
		}
		return m
	case care.EntryContact:
		return s.contactMoment(ctx, e)
	case insight.EntryReason:
		return reasonMoment(ctx, text("reason"), text("note"))
	}
	if key := "timeline." + string(e.Kind); i18n.Has(key) {
		return ui.Moment{Icon: "circle-dot", Title: i18n.From(ctx).Args(key, e.Data)}
	}
	return ui.Moment{Icon: "circle-dot", Title: string(e.Kind)}
}

func (s storyPart) receiptMoment(ctx context.Context, e customer.Entry) ui.Moment {
	m := ui.Moment{Icon: "shopping-bag", Tone: ui.Primary, Href: receiptPath(s.Customer, purchase.ReceiptID(e.Ref))}
	amount := asText(e.Data["net"])
	if a, err := money.Parse(amount, money.Currency(asText(e.Data["currency"]))); err == nil {
		amount = i18n.From(ctx).Money(a.Minor, string(a.Currency))
	}
	key := "customers.bought"
	if e.Kind == purchase.EntryReturn {
		m.Icon, m.Tone, key = "undo-2", ui.Danger, "customers.returned"
	}
	lines, _ := e.Data["lines"].(float64)
	m.Title = i18n.T(ctx, key, "amount", amount, "n", int(lines))
	return m
}

func (s storyPart) contactMoment(ctx context.Context, e customer.Entry) ui.Moment {
	outcome := care.OutcomeKind(asText(e.Data["outcome"]))
	m := ui.Moment{Icon: "phone-call", Tone: ui.Success, Title: i18n.T(ctx, "customers.contact", "outcome", outcome.Key())}
	switch outcome {
	case care.NoAnswer:
		m.Icon, m.Tone = "phone-missed", ui.Plain
	case care.Unhappy, care.DoNotContact:
		m.Tone = ui.Danger
	case care.CallBack, care.Wants:
		m.Tone = ui.Warning
	}
	if at := asText(e.Data["call_at"]); at != "" {
		m.Body = quiet(i18n.T(ctx, "customers.call_at", "when", at))
	}
	if text := asText(e.Data["text"]); text != "" {
		m.Body = words(text)
	}
	return m
}

func reasonMoment(ctx context.Context, reason, note string) ui.Moment {
	if key := "insight.reason." + reason; i18n.Has(key) {
		reason = i18n.T(ctx, key)
	}
	m := ui.Moment{Icon: "user-minus", Tone: ui.Warning, Title: i18n.T(ctx, "timeline.lost_reason", "reason", reason)}
	if note != "" {
		m.Body = words(note)
	}
	return m
}

// labels are the names of the fields that were learnt.
func (s storyPart) labels(ctx context.Context, v any) string {
	var codes, list []string
	raw, err := json.Marshal(v)
	if err != nil || json.Unmarshal(raw, &codes) != nil {
		return ""
	}
	for _, code := range codes {
		name := code
		for _, f := range s.Fields {
			if f.Code == code {
				name = label(ctx, f)
			}
		}
		list = append(list, name)
	}
	return strings.Join(list, i18n.T(ctx, "customer.comma"))
}

// personText names a person by the id that a line of the timeline keeps.
func (s storyPart) personText(ctx context.Context, raw string) string {
	who, err := ids.Parse[org.Staff](raw)
	if err != nil || s.person(who) == "" {
		return i18n.T(ctx, "customers.no_owner")
	}
	return s.person(who)
}
