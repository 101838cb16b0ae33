package insights

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// refreshKey keeps two people from asking for the same refresh at once.
const refreshKey = "insight.refresh.asked"

// refreshing is how far a refresh has come that somebody asked for.
type refreshing struct {
	Job   jobs.Info
	Ended bool
}

// refresh asks for everything to be computed anew, as of the day given or of
// yesterday: the last day that is over.
func (h Pages) refresh(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	asOf := form.Parse(f, "as_of", day.Parse)
	if today, err := day.Parse(web.Today(r)); err == nil && asOf > today {
		f.Wrong("as_of", "insight.day_ahead")
	}
	if !f.OK() {
		return web.Render(w, r, web.Page{Title: web.T(r, "insights.refresh"), Body: refreshPage(f), Form: f})
	}
	args := insight.RefreshJob{Zone: web.Zone(r).String(), AsOf: asOf}
	if _, err := h.Jobs.Enqueue(r.Context(), args, jobs.Options{UniqueKey: refreshKey, MaxAttempts: 1}); err != nil {
		return err
	}
	return web.Redirect(w, r, paths.Insight("refresh"))
}

// progress shows how far the refresh has come; when it is done, it leads to the
// overview.
func (h Pages) progress(w http.ResponseWriter, r *http.Request) error {
	list, err := h.Jobs.List(r.Context(), jobs.Filter{Kind: insight.RefreshJob{}.Kind(), Limit: 1})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return web.Render(w, r, web.Page{Title: web.T(r, "insights.refresh"), Body: refreshPage(nil)})
	}
	v := refreshing{Job: list[0], Ended: list[0].State.Finished()}
	waiting := web.Fragment(r) // a page that saw it run asks how it went, however long ago that was
	switch {
	case v.Job.State == jobs.Done && (waiting || web.Now(r).Sub(v.Job.FinishedAt) < time.Minute):
		web.Say(r, ui.Success, web.T(r, "insights.refreshed"))
		return web.Redirect(w, r, paths.Insights)
	case v.Ended && v.Job.State != jobs.Failed && !waiting:
		return web.Render(w, r, web.Page{Title: web.T(r, "insights.refresh"), Body: refreshPage(nil)})
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "insights.refresh"), Body: workingPage(v), Fragment: working(v), Again: !v.Ended})
}

// notYet is a room before the first refresh, or of a store that had sold nothing
// by the last one.
func (h Pages) notYet(w http.ResponseWriter, r *http.Request, o *opened) error {
	body := emptyRoom(o)
	switch _, err := h.Insight.Model(r.Context(), o.Actor); {
	case err == nil:
		body = emptyStore(o)
	case !errs.Is(err, errs.NotFound):
		return err
	}
	return web.Render(w, r, web.Page{Title: o.title(), Body: body})
}

func (o *opened) mayRefresh() bool { return o.Actor.May(org.SettingsWrite) }

func usualDay(ctx context.Context, f *form.Form) string {
	today, err := day.Parse(ui.From(ctx).Today())
	if err != nil {
		return ""
	}
	return cmp.Or(f.Text("as_of"), today.AddDays(-1).String())
}

// step says what a refresh is doing.
func (v refreshing) step(ctx context.Context) string {
	switch {
	case v.Job.State == jobs.Queued:
		return i18n.T(ctx, "insights.refresh_waits")
	case v.Job.All > 0 && v.Job.Done < v.Job.All:
		return i18n.T(ctx, "insights.refresh_at", "done", v.Job.Done, "all", v.Job.All)
	}
	return i18n.T(ctx, "insights.refresh_runs")
}
