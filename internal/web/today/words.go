package today

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

func ruleTone(it care.Item) ui.Tone {
	switch {
	case it.RuleOf.Code == care.CodeUnhappy:
		return ui.Danger
	case it.RuleOf.Trigger == care.Cooling:
		return ui.Warning
	case it.RuleOf.Trigger == care.Birthday || it.RuleOf.Trigger == care.Festival:
		return ui.Gold
	}
	return ui.Plain
}

// subtitle says where a customer is at home and, to those who see several
// people's lists, whose task it is.
func subtitle(ctx context.Context, p page, it care.Item) string {
	var parts []string
	if it.Customer.Phone != "" {
		parts = append(parts, it.Customer.Phone.Masked())
	}
	if p.Actor.Reach != org.ReachOwn {
		if p.Filter.Text("store") == "" && p.Actor.Reach != org.ReachStore {
			parts = append(parts, it.StoreOf.Name)
		}
		parts = append(parts, cmp.Or(it.StaffOf.Name, i18n.T(ctx, "today.anyone")))
	} else if it.Staff == 0 {
		parts = append(parts, i18n.T(ctx, "today.anyone"))
	}
	return strings.Join(parts, " · ")
}

// script is what to say, in the name of whoever reads it.
func script(ctx context.Context, p page, it care.Item) string {
	return it.Script(i18n.From(ctx), cmp.Or(it.StaffOf.Name, p.Actor.Staff.Name), p.Day)
}

// mostKnown bounds the soft facts of a brief: it is read while the phone rings.
const mostKnown = 4

// knownLines are the few facts about the customer that are worth knowing before
// the call.
func knownLines(ctx context.Context, fields []customer.Field, it care.Item) []string {
	p := i18n.From(ctx)
	var lines []string
	for _, fact := range it.Customer.Facts {
		i := slices.IndexFunc(fields, func(f customer.Field) bool { return f.Code == fact.Field })
		if i < 0 || fields[i].Code == customer.FieldAddress || fact.Value == "" || len(lines) == mostKnown {
			continue // where they live is shown to nobody unasked
		}
		lines = append(lines, p.T("today.known", "field", fields[i].Label(p), "value", fields[i].Tell(p, fact.Value)))
	}
	return lines
}

// mostTaps is how many answers can stand side by side to be tapped.
const mostTaps = 8

// tapAnswers are the answers of a question that is answered by a tap; none when
// it has to be written.
func tapAnswers(ctx context.Context, q customer.Field) []ui.Option {
	p := i18n.From(ctx)
	switch {
	case q.Code == customer.FieldGender && q.Head():
		return []ui.Option{{Value: string(customer.Female), Label: p.T("today.female")}, {Value: string(customer.Male), Label: p.T("today.male")}}
	case q.Type == customer.YesNo:
		return []ui.Option{{Value: "yes", Label: p.T("customer.yes")}, {Value: "no", Label: p.T("customer.no")}}
	case (q.Type == customer.Choice || q.Type == customer.Choices) && len(q.Choices) <= mostTaps:
		var list []ui.Option
		for _, c := range q.Choices {
			list = append(list, ui.Option{Value: c, Label: q.Choice(p, c)})
		}
		return list
	}
	return nil
}

func tapType(q customer.Field) string {
	if q.Type == customer.Choices {
		return "checkbox"
	}
	return "radio"
}

func inputType(q customer.Field) string {
	if q.Code == customer.FieldPhone {
		return "tel"
	}
	switch q.Type {
	case customer.Date:
		return "date"
	case customer.Number:
		return "number"
	}
	return "text"
}

// action is where something about a task is sent.
func action(it care.Item, what string) string {
	return paths.Today + "/" + it.Task.Customer.String() + "/" + it.ID.String() + "/" + what
}

// requestKey marks one showing of a form, so that sending it twice counts once.
func requestKey() string { return rand.Text() }

func itoa(n int) string     { return strconv.Itoa(n) }
func itoa64(n int64) string { return strconv.FormatInt(n, 10) }
