package settings

import (
	"context"
	"net/http"
	"strings"

	"github.com/ricejar/ricejar/internal/i18n"
	ids "github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

const jobsPath = "/settings/jobs"

const jobsSize = 30

// jobsPage is the background jobs, the newest first.
type jobsPage struct {
	List  []jobs.Info
	State string // the one chosen; empty: all
	Next  string
	First string
}

// jobStates are what one can look for, what needs a person first.
var jobStates = []jobs.State{jobs.Failed, jobs.Running, jobs.Queued, jobs.Done, jobs.Cancelled}

func (h Pages) jobs(w http.ResponseWriter, r *http.Request) error {
	q := web.Query(r)
	p := jobsPage{State: q.Text("state")}
	before, _ := ids.Parse[jobs.Info](q.Text("before")) // what is no id is the newest
	var err error
	if p.List, err = h.Jobs.List(r.Context(), jobs.Filter{State: jobs.State(p.State), Before: before, Limit: jobsSize + 1}); err != nil {
		return err
	}
	if len(p.List) > jobsSize {
		p.List = p.List[:jobsSize]
		p.Next = paths.With(jobsPath, "state", p.State, "before", p.List[jobsSize-1].ID.String())
	}
	if before != 0 {
		p.First = paths.With(jobsPath, "state", p.State)
	}
	return show(w, r, jobsPath, web.T(r, "settings.section.jobs"), nil, jobsBody(p))
}

func (h Pages) retryJob(w http.ResponseWriter, r *http.Request) error {
	job, err := web.ID[jobs.Info](r, "job")
	if err != nil {
		return err
	}
	if err := h.Jobs.Retry(r.Context(), job); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "settings.job_retried"))
	return web.Redirect(w, r, jobsPath)
}

func (h Pages) cancelJob(w http.ResponseWriter, r *http.Request) error {
	job, err := web.ID[jobs.Info](r, "job")
	if err != nil {
		return err
	}
	if err := h.Jobs.Cancel(r.Context(), job); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "settings.job_cancelled"))
	return web.Redirect(w, r, jobsPath)
}

// jobName is what a job does, in words; a kind nobody has named stands under its
// own code.
func jobName(ctx context.Context, kind string) string {
	if key := "settings.job." + strings.ReplaceAll(kind, ".", "_"); i18n.Has(key) {
		return i18n.T(ctx, key)
	}
	return kind
}

func stateTone(s jobs.State) ui.Tone {
	switch s {
	case jobs.Failed:
		return ui.Danger
	case jobs.Running:
		return ui.Info
	case jobs.Done:
		return ui.Success
	}
	return ui.Plain
}

func stateOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "settings.any_state")}}
	for _, s := range jobStates {
		list = append(list, ui.Option{Value: string(s), Label: i18n.T(ctx, "settings.state."+string(s))})
	}
	return list
}
