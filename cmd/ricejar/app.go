package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/jobs"
	"github.com/ricejar/ricejar/internal/once"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// App is what a command runs with.
type App struct {
	Context context.Context
	URL     string // of the database
	Uploads string // where uploads wait for their import; empty: beside the database
	Out     io.Writer
	Err     io.Writer
	Now     func() time.Time
	Printer i18n.Printer // the language of the person at the terminal
	Log     *slog.Logger
}

// Services is the whole program, wired: each context once, the hooks between
// them, and nothing that listens or runs yet.
type Services struct {
	DB        *db.DB
	Org       *org.Service
	Auth      *auth.Service
	Audit     *audit.Service
	Jobs      *jobs.Queue
	Customers *customer.Service
	Purchases *purchase.Service
	Insight   *insight.Service
	Care      *care.Service
}

// Open opens and migrates the database that is there and wires the program onto
// it. A file that is not there is told, and not made: its name was mistyped. The
// caller closes it.
func (a *App) Open() (*Services, error) {
	if file := a.missing(); file != "" {
		return nil, errs.New(errs.NotFound, "cli.no_database", "file", file)
	}
	return a.OpenOrCreate()
}

// OpenOrCreate is Open for the commands with which a company begins.
func (a *App) OpenOrCreate() (*Services, error) { return a.OpenURL(a.URL) }

// missing is the file that the command line names as the database and that is not
// there; empty: it is, or another program keeps the database.
func (a *App) missing() string {
	file, ok := sqliteFile(a.URL)
	if !ok {
		return ""
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return file
}

// sqliteFile is the file of a database that is one.
func sqliteFile(url string) (string, bool) {
	file, ok := strings.CutPrefix(url, "sqlite:")
	return strings.TrimPrefix(file, "//"), ok
}

// OpenURL is OpenOrCreate for another database than the one named on the command line.
func (a *App) OpenURL(url string) (*Services, error) {
	d, err := db.Open(a.Context, url)
	if err != nil {
		return nil, err
	}
	d.Clock = a.Now
	s := wire(d, a.Now)
	s.Purchases.UploadDir = cmp.Or(a.Uploads, uploadsBeside(url))
	if err := s.prepare(a.Context); err != nil {
		_ = d.Close() // the first error says what is wrong
		return nil, err
	}
	return s, nil
}

// uploadsBeside is where uploads are kept when nobody says where: beside
// SQLite's file, or in the folder the program runs in.
func uploadsBeside(url string) string {
	if file, ok := sqliteFile(url); ok {
		return file + ".uploads"
	}
	return "ricejar.uploads"
}

// wire makes the services and ties them together.
func wire(d *db.DB, now func() time.Time) *Services {
	s := &Services{DB: d, Audit: &audit.Service{DB: d}, Jobs: &jobs.Queue{DB: d, Now: now}, Customers: customer.New(d)}
	s.Org = &org.Service{DB: d, Now: now, Audit: audit.Record}
	s.Auth = &auth.Service{DB: d, Now: now, Audit: audit.Record, Active: s.active}
	s.Purchases = purchase.New(d, s.Customers, s.Org, now)
	s.Purchases.Audit, s.Purchases.Jobs = audit.Record, s.Jobs
	s.Customers.Jobs = s.Jobs
	s.Insight = insight.New(d, s.Org, s.Customers)
	s.Insight.Now, s.Insight.Audit = now, audit.Record
	s.Care = care.New(d, s.Org, s.Customers, s.Purchases)
	s.Care.Now = now
	s.Purchases.OnUndone(s.Care.ReceiptsUndoneTx)
	s.Customers.OnMoved(s.Care.CustomerMovedTx)
	s.Customers.OnMoved(s.Insight.CustomerMovedTx)
	s.Customers.OnContactForbidden(s.Care.ContactForbiddenTx)
	return s
}

// active reports whether somebody works for the company at this moment, whoever
// has hired or dismissed them: the directory may be some seconds old.
func (s *Services) active(ctx context.Context, staff int64) (bool, error) {
	who, err := s.Org.Actor(ctx, org.StaffID(staff))
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	return who.Staff.Active, err
}

// prepare puts in place what the program expects in every database.
func (s *Services) prepare(ctx context.Context) error { return s.Care.EnsureDefaults(ctx) }

// tidyUp is the nightly job that forgets what nobody needs any more.
type tidyUp struct{}

// Kind names the job for good.
func (tidyUp) Kind() string { return "tidy.up" }

// keepJobs is how long a finished job stays to be looked at.
const keepJobs = 30 * 24 * time.Hour

// workers know how to run every kind of job.
func (s *Services) workers(now func() time.Time) *jobs.Workers {
	w := &jobs.Workers{}
	s.Care.Register(w)
	s.Insight.Register(w)
	s.Purchases.RegisterJobs(w)
	s.Customers.RegisterJobs(w)
	jobs.Register(w, func(ctx context.Context, _ *jobs.Job[tidyUp]) error {
		return errors.Join(once.Prune(ctx, s.DB), s.Auth.Prune(ctx), s.Jobs.Prune(ctx, now().Add(-keepJobs)), s.Purchases.Prune(ctx))
	})
	return w
}

// periodic is the work done every day, whatever the stores.
var periodic = []jobs.Periodic{{Name: "tidy.up", At: "04:20", Zone: "UTC", Args: tidyUp{}}}

// nights is the work done every night where the stores are.
func (s *Services) nights(ctx context.Context) ([]jobs.Periodic, error) {
	plans, err := s.Care.Nights(ctx)
	if err != nil {
		return nil, err
	}
	refresh, err := s.Insight.Nights(ctx)
	return append(plans, refresh...), err
}

// Close closes the database.
func (s *Services) Close() error { return s.DB.Close() }

// PrintJSON writes v for scripts: indented, without HTML escapes.
func (a *App) PrintJSON(v any) error {
	enc := json.NewEncoder(a.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
