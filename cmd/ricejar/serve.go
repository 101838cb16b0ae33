package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/ricejar/ricejar/internal/api"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/account"
	"github.com/ricejar/ricejar/internal/web/apidocs"
	"github.com/ricejar/ricejar/internal/web/customers"
	"github.com/ricejar/ricejar/internal/web/imports"
	"github.com/ricejar/ricejar/internal/web/insights"
	"github.com/ricejar/ricejar/internal/web/sales"
	"github.com/ricejar/ricejar/internal/web/settings"
	"github.com/ricejar/ricejar/internal/web/today"
)

type serveCmd struct {
	Addr    string `help:"Where to listen." default:"127.0.0.1:8080" env:"RICEJAR_ADDR"`
	Uploads string `help:"Where uploads wait for their import: beside the database when left out. Several servers of one database share it." env:"RICEJAR_UPLOADS" placeholder:"DIR"`
	Secure  bool   `help:"Served over HTTPS by a proxy in front: cookies travel over HTTPS only." env:"RICEJAR_SECURE"`
}

// Run serves until the program is told to stop.
func (c *serveCmd) Run(app *App) error {
	app.Uploads = c.Uploads
	s, err := app.OpenOrCreate()
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.firstAdmin(app); err != nil {
		return err
	}
	return app.serve(s, c.Addr, c.Secure, func(string) {})
}

// grace is how long requests and jobs under way may take when the program is
// told to stop.
const grace = 15 * time.Second

// serve listens, tells ready the address people can open, and runs the jobs
// until the program is told to stop.
func (a *App) serve(s *Services, addr string, secure bool, ready func(url string)) error {
	handler, err := s.handler(a, secure)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(a.Context, "tcp", addr)
	if err != nil {
		return errs.Wrap(err, errs.Unavailable, "cli.cannot_listen", "addr", addr)
	}
	url := "http://" + listener.Addr().String()
	fmt.Fprintln(a.Out, a.Printer.T("cli.serving", "url", url))
	ready(url)

	ctx, stop := context.WithCancel(a.Context)
	defer stop()
	jobsEnded := make(chan struct{})
	go func() {
		defer close(jobsEnded)
		runner := &jobs.Runner{Queue: s.Jobs, Workers: s.workers(a.Now), Periodic: periodic, PeriodicNow: s.nights, Log: a.Log, Grace: grace}
		runner.Run(ctx)
	}()
	server := web.Server(addr, handler)
	serverEnded := make(chan error, 1)
	go func() { serverEnded <- server.Serve(listener) }()

	select {
	case err = <-serverEnded:
	case <-ctx.Done():
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		err = server.Shutdown(closing)
	}
	stop()
	<-jobsEnded
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// handler is all that is served: pages, API and health.
func (s *Services) handler(a *App, secure bool) (http.Handler, error) {
	site, err := s.site(a, secure)
	if err != nil {
		return nil, err
	}
	rest := s.api(a)
	apidocs.Pages{Document: rest.Document}.Routes(site)
	mux := http.NewServeMux()
	mux.Handle(api.Prefix+"/", rest)
	mux.Handle("/", site)
	return remembering(mux), nil
}

// remembering lets a request that only reads read a customer's head once.
func remembering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			r = r.WithContext(customer.Remembering(r.Context()))
		}
		next.ServeHTTP(w, r)
	})
}

// site is the pages.
func (s *Services) site(a *App, secure bool) (*web.Site, error) {
	people := account.Pages{Auth: s.Auth, Org: s.Org, Secure: secure}
	site, err := web.New(web.Options{
		Authenticate: people.Authenticate,
		Reach: func(ctx context.Context, actor org.Actor, c int64) error {
			return s.Customers.Reach(ctx, actor, customer.ID(c))
		},
		Org: s.Org, Now: a.Now, Log: a.Log, Secure: secure,
	})
	if err != nil {
		return nil, err
	}
	site.Handle("GET /healthz", web.Public, s.health)
	people.Routes(site)
	today.Pages{Care: s.Care, Customers: s.Customers, Org: s.Org}.Routes(site)
	customers.Pages{Customers: s.Customers, Purchases: s.Purchases, Care: s.Care, Org: s.Org, Insight: s.Insight}.Routes(site)
	sales.Pages{Purchases: s.Purchases, Customers: s.Customers, Org: s.Org}.Routes(site)
	imports.Pages{Purchases: s.Purchases, Customers: s.Customers, Org: s.Org}.Routes(site)
	insights.Pages{Insight: s.Insight, Customers: s.Customers, Org: s.Org, Jobs: s.Jobs}.Routes(site)
	settings.Pages{Care: s.Care, Customers: s.Customers, Org: s.Org, Auth: s.Auth, Audit: s.Audit, Jobs: s.Jobs, Insight: s.Insight}.Routes(site)
	return site, nil
}

// api is the REST interface.
func (s *Services) api(a *App) *api.API {
	return api.New(api.Options{
		DB: s.DB, Org: s.Org, Auth: s.Auth, Audit: s.Audit, Customers: s.Customers, Purchases: s.Purchases, Care: s.Care, Insight: s.Insight,
		Version: version, Now: a.Now, Log: a.Log,
	})
}

// health says whether this server can do its work.
func (s *Services) health(w http.ResponseWriter, r *http.Request) error {
	if err := s.DB.Ping(r.Context()); err != nil {
		return errs.Wrap(err, errs.Unavailable, "db.lost")
	}
	w.Header().Set("Content-Type", "application/json")
	_, err := fmt.Fprintf(w, "{\"status\":\"ok\",\"version\":%q,\"database\":%q}\n", version, s.DB.Engine())
	return err
}
