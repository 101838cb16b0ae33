package settings

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// Pages are the settings.
type Pages struct {
	Care      *care.Service
	Customers *customer.Service
	Org       *org.Service
	Auth      *auth.Service
	Audit     *audit.Service
	Jobs      *jobs.Queue
	Insight   *insight.Service
}

// Routes registers the pages to the site.
func (h Pages) Routes(s *web.Site) {
	s.Handle("GET /settings", org.KeysOwn, h.index)

	s.Handle("GET /settings/fields", org.SettingsWrite, h.fields)
	s.Handle("GET /settings/fields/new", org.SettingsWrite, h.newField)
	s.Handle("POST /settings/fields", org.SettingsWrite, h.createField)
	s.Handle("GET /settings/fields/{field}", org.SettingsWrite, h.editField)
	s.Handle("POST /settings/fields/{field}", org.SettingsWrite, h.saveField)
	s.Handle("POST /settings/fields/{field}/move", org.SettingsWrite, h.moveField)
	s.Handle("POST /settings/fields/{field}/use", org.SettingsWrite, h.useField)

	s.Handle("GET /settings/rules", org.SettingsWrite, h.rules)
	s.Handle("GET /settings/rules/new", org.SettingsWrite, h.newRule)
	s.Handle("POST /settings/rules", org.SettingsWrite, h.createRule, web.Slow())
	s.Handle("GET /settings/rules/{rule}", org.SettingsWrite, h.editRule)
	s.Handle("POST /settings/rules/{rule}", org.SettingsWrite, h.saveRule, web.Slow())

	s.Handle("GET /settings/staff", org.StaffWrite, h.staff)
	s.Handle("GET /settings/staff/new", org.StaffWrite, h.newStaff)
	s.Handle("POST /settings/staff", org.StaffWrite, h.createStaff)
	s.Handle("GET /settings/staff/{staff}", org.StaffWrite, h.editStaff)
	s.Handle("POST /settings/staff/{staff}", org.StaffWrite, h.saveStaff)
	s.Handle("POST /settings/staff/{staff}/password", org.StaffWrite, h.resetPassword)
	s.Handle("GET /settings/staff/{staff}/leave", org.StaffWrite, h.leavePage)
	s.Handle("POST /settings/staff/{staff}/leave", org.StaffWrite, h.leave, web.Slow())
	s.Handle("POST /settings/staff/{staff}/return", org.StaffWrite, h.comeBack)

	s.Handle("GET /settings/stores", org.SettingsWrite, h.stores)
	s.Handle("GET /settings/stores/new", org.SettingsWrite, h.newStore)
	s.Handle("POST /settings/stores", org.SettingsWrite, h.createStore)
	s.Handle("GET /settings/stores/{store}", org.SettingsWrite, h.editStore)
	s.Handle("POST /settings/stores/{store}", org.SettingsWrite, h.saveStore)
	s.Handle("POST /settings/regions", org.SettingsWrite, h.createRegion)
	s.Handle("POST /settings/regions/{region}", org.SettingsWrite, h.renameRegion)

	s.Handle("GET /settings/insight", org.ReportsRead, h.insight) // to change it takes more
	s.Handle("POST /settings/insight", org.SettingsWrite, h.saveInsight)

	s.Handle("GET /settings/jars", org.SettingsWrite, h.jars)
	s.Handle("GET /settings/jars/new", org.SettingsWrite, h.newJar)
	s.Handle("GET /settings/jars/example", org.SettingsWrite, h.jarExample)
	s.Handle("POST /settings/jars", org.SettingsWrite, h.createJar)
	s.Handle("POST /settings/jars/restore", org.SettingsWrite, h.restoreJar)
	s.Handle("GET /settings/jars/{jar}", org.SettingsWrite, h.editJar)
	s.Handle("POST /settings/jars/{jar}", org.SettingsWrite, h.saveJar)
	s.Handle("POST /settings/jars/{jar}/remove", org.SettingsWrite, h.removeJar)

	s.Handle("GET /settings/visits", org.VisitsWrite, h.visits)
	s.Handle("POST /settings/visits", org.VisitsWrite, h.saveVisits)

	s.Handle("GET /settings/audit", org.AuditRead, h.audit)
	s.Handle("GET /settings/audit/check", org.AuditRead, h.checkAudit, web.Slow())

	s.Handle("GET /settings/jobs", org.SettingsWrite, h.jobs)
	s.Handle("POST /settings/jobs/{job}/retry", org.SettingsWrite, h.retryJob)
	s.Handle("POST /settings/jobs/{job}/cancel", org.SettingsWrite, h.cancelJob)
}

// section is a page of the settings.
type section struct {
	Path, Icon string
	Key        string // settings.section.<key> and settings.about.<key>
	Right      org.Right
}

var sections = []section{
	{"/settings/staff", "users", "staff", org.StaffWrite},
	{"/settings/stores", "store", "stores", org.SettingsWrite},
	{"/settings/rules", "heart-handshake", "rules", org.SettingsWrite},
	{"/settings/fields", "list-checks", "fields", org.SettingsWrite},
	{"/settings/insight", "chart-spline", "insight", org.ReportsRead},
	{"/settings/jars", "package", "jars", org.SettingsWrite},
	{"/settings/visits", "footprints", "visits", org.VisitsWrite},
	{"/account/keys", "key-round", "keys", org.KeysOwn},
	{"/settings/audit", "scroll-text", "audit", org.AuditRead},
	{"/settings/jobs", "cog", "jobs", org.SettingsWrite},
}

// frame is what the settings' pages share.
type frame struct {
	Sections []section
	Current  string // path of the one shown; empty: the index
}

func frameOf(r *http.Request, current string) frame {
	actor := web.Actor(r)
	f := frame{Current: current}
	for _, s := range sections {
		if actor.May(s.Right) {
			f.Sections = append(f.Sections, s)
		}
	}
	return f
}

func (h Pages) index(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, web.Page{Title: web.T(r, "settings.title"), Body: indexBody(frameOf(r, ""))})
}

// show renders a page of the section within the settings' frame.
func show(w http.ResponseWriter, r *http.Request, current, title string, f *form.Form, body templ.Component) error {
	return web.Render(w, r, web.Page{Title: title, Body: within(frameOf(r, current), body), Form: f})
}

// names tells what stores, regions and people are called.
type names struct {
	stores  map[org.StoreID]org.Store
	staff   map[org.StaffID]org.Staff
	regions []org.Region
}

func (h Pages) names(ctx context.Context) (n names, err error) {
	if n.stores, err = h.Org.StoresByID(ctx); err != nil {
		return n, err
	}
	if n.staff, err = h.Org.StaffByID(ctx); err != nil {
		return n, err
	}
	n.regions, err = h.Org.Regions(ctx)
	return n, err
}

func (n names) store(s org.StoreID) string { return n.stores[s].Name }

func (n names) region(id org.RegionID) string {
	for _, r := range n.regions {
		if r.ID == id {
			return r.Name
		}
	}
	return ""
}

// storeOptions are the stores that are open, and the one that is chosen already.
func (n names) storeOptions(ctx context.Context, now org.StoreID) []ui.Option {
	var list []ui.Option
	for _, s := range n.stores {
		if s.Active || s.ID == now {
			list = append(list, ui.Option{Value: s.ID.String(), Label: s.Name})
		}
	}
	return sorted(list, i18n.T(ctx, "settings.no_store"))
}

func (n names) regionOptions(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, r := range n.regions {
		list = append(list, ui.Option{Value: r.ID.String(), Label: r.Name})
	}
	return sorted(list, i18n.T(ctx, "settings.no_region"))
}

// sorted are the options by name, the one for none of them first.
func sorted(list []ui.Option, none string) []ui.Option {
	slices.SortFunc(list, func(a, b ui.Option) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Value, b.Value)) })
	return slices.Insert(list, 0, ui.Option{Label: none})
}
