package settings

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/i18n"
	ids "github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

const auditPath = "/settings/audit"

const auditSize = 50

// actions are the acts one can look for; another one stands in the list under
// its own code.
var actions = []string{
	"customer.reveal", "customer.export", "customer.hand_over", "import.run", "import.undo", "import.problems", "field.save", "care.rule_create", "care.rule_update",
	"staff.create", "staff.update", "staff.preferences", "store.create", "store.update", "region.create", "region.update",
	"insight.setting", "insight.visits", "insight.visits_forget", "insight.reason", "insight.reason_forget",
	"auth.sign_in", "auth.sign_out_everywhere", "auth.password_change", "auth.password_reset", "auth.credential_create",
	"auth.credential_remove", "auth.key_create", "auth.key_revoke",
}

// auditPage is a part of the audit trail.
type auditPage struct {
	names

	Entries []audit.Entry
	Staff   string // the filters, as they stand in the query
	Action  string
	Subject string
	Next    string
	First   string
	Checked *audit.Report // nil: nobody asked
}

func (h Pages) audit(w http.ResponseWriter, r *http.Request) error {
	return h.showAudit(w, r, nil)
}

// checkAudit follows the whole chain from its beginning.
func (h Pages) checkAudit(w http.ResponseWriter, r *http.Request) error {
	report, err := h.Audit.Verify(r.Context())
	if err != nil {
		return err
	}
	return h.showAudit(w, r, &report)
}

func (h Pages) showAudit(w http.ResponseWriter, r *http.Request, checked *audit.Report) error {
	q := web.Query(r)
	p := auditPage{Staff: q.Text("staff"), Action: q.Text("action"), Subject: q.Text("subject"), Checked: checked}
	var err error
	if p.names, err = h.names(r.Context()); err != nil {
		return err
	}
	staff, _ := ids.Parse[org.Staff](p.Staff)               // what is no id chooses nobody
	before, _ := strconv.ParseInt(q.Text("before"), 10, 64) // what is no number is the newest
	f := audit.Filter{Staff: int64(staff), Action: p.Action, Subject: p.Subject, Before: max(0, before), Limit: auditSize + 1}
	if p.Entries, err = h.Audit.List(r.Context(), f); err != nil {
		return err
	}
	at := func(before string) string {
		return paths.With(auditPath, "staff", p.Staff, "action", p.Action, "subject", p.Subject, "before", before)
	}
	if len(p.Entries) > auditSize {
		p.Entries = p.Entries[:auditSize]
		p.Next = at(strconv.FormatInt(p.Entries[auditSize-1].ID, 10))
	}
	if before > 0 {
		p.First = at("")
	}
	return show(w, r, auditPath, web.T(r, "settings.section.audit"), nil, auditBody(p))
}

// who did it, in words.
func (p auditPage) who(ctx context.Context, staff int64) string {
	if staff == 0 {
		return i18n.T(ctx, "settings.the_program")
	}
	if name := p.staff[org.StaffID(staff)].Name; name != "" {
		return name
	}
	return i18n.T(ctx, "settings.somebody", "id", strconv.FormatInt(staff, 10))
}

// act is what was done, in words.
func act(ctx context.Context, action string) string {
	if key := "settings.action." + action; i18n.Has(key) {
		return i18n.T(ctx, key)
	}
	return action
}

func actionOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "settings.any_action")}}
	for _, a := range actions {
		list = append(list, ui.Option{Value: a, Label: act(ctx, a)})
	}
	return list
}

func (p auditPage) staffOptions(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, s := range p.staff {
		list = append(list, ui.Option{Value: s.ID.String(), Label: s.Name})
	}
	return sorted(list, i18n.T(ctx, "settings.anybody"))
}

// subject is what it was done to, and where that can be seen.
func (p auditPage) subject(ctx context.Context, s string) (text, href string) {
	kind, id, _ := strings.Cut(s, ":")
	switch kind {
	case "customer":
		return i18n.T(ctx, "settings.subject.customer", "id", id), "/customers/" + id
	case "staff":
		if who, err := ids.Parse[org.Staff](id); err == nil && p.staff[who].Name != "" {
			return p.staff[who].Name, ""
		}
	case "store":
		if which, err := ids.Parse[org.Store](id); err == nil && p.store(which) != "" {
			return p.store(which), ""
		}
	case "region":
		if which, err := ids.Parse[org.Region](id); err == nil && p.region(which) != "" {
			return p.region(which), ""
		}
	case "care_rule":
		return id, rulesPath + "/" + id
	case "import":
		return i18n.T(ctx, "settings.subject.import", "id", id), "/imports/" + id
	}
	return s, ""
}

// detail is what was kept of it beside, as name: value; of a change, what is
// different now.
func detail(e audit.Entry) []string {
	raw, ok := e.Detail.(json.RawMessage)
	if !ok {
		return nil
	}
	var m map[string]any
	read := json.NewDecoder(bytes.NewReader(raw))
	read.UseNumber() // a million is not 1e+06
	if read.Decode(&m) != nil {
		return nil
	}
	before, after := map[string]string{}, map[string]string{}
	if old, now := m["before"], m["after"]; now != nil {
		flatten(before, "", old)
		m, _ = now.(map[string]any)
	}
	flatten(after, "", m)
	var list []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		switch was, is := before[name], after[name]; {
		case was == is:
		case was == "":
			list = append(list, name+": "+is)
		default:
			list = append(list, name+": "+was+" → "+is)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, kept := after[name]; !kept {
			list = append(list, name+": "+before[name]+" → ∅")
		}
	}
	return list
}

// flatten puts the values of nested objects under one name each: Params.days.
func flatten(into map[string]string, name string, v any) {
	switch v := v.(type) {
	case nil:
	case map[string]any:
		for key, inner := range v {
			flatten(into, strings.TrimPrefix(name+"."+key, "."), inner)
		}
	case []any:
		parts := make([]string, len(v))
		for i, inner := range v {
			parts[i] = fmt.Sprint(inner)
		}
		into[name] = strings.Join(parts, ", ")
	default:
		if text := fmt.Sprint(v); text != "" {
			into[name] = text
		}
	}
}
