package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// Prefix is where the API is found.
const Prefix = "/api/v1"

// Options are what the API is made of.
type Options struct {
	DB        *db.DB
	Org       *org.Service
	Auth      *auth.Service
	Audit     *audit.Service
	Customers *customer.Service
	Purchases *purchase.Service
	Care      *care.Service
	Insight   *insight.Service

	Version string           // of the program, for the document
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: slog.Default()
}

// API answers everything below Prefix.
type API struct {
	Options

	mux      *http.ServeMux
	huma     huma.API
	routes   []Route
	guarded  http.Handler
	document func() []byte
}

// Public is what the document itself takes: nothing.
const Public org.Right = "public"

// Route is an operation with the right it takes.
type Route struct {
	ID     string // the operation's name in the document: list_customers
	Method string
	Path   string // below Prefix
	Tag    string // the resource it belongs to
	Right  org.Right
	Status int    // of success; 0: 200
	Slow   bool   // works through everything there is: no time limit
	Takes  string // media type of a body that is a file; empty: JSON, if anything
	Gives  string // media type of an answer that is a file; empty: JSON, if anything
}

// tags are the resources in the order in which one reads about them.
var tags = []string{"customers", "tasks", "rules", "receipts", "imports", "reports", "insight", "fields", "stores", "staff", "me", "keys", "audit"}

// New makes the API.
func New(o Options) *API {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	a := &API{Options: o, mux: http.NewServeMux()}
	config := huma.DefaultConfig("Ricejar", o.Version)
	config.Info.Description = "Ids are strings. Amounts are decimal strings (\"168.50\") with as many decimals as their currency has, which stands beside them; " +
		"the costs in the settings of insight alone are whole minor units. Days are YYYY-MM-DD in the zone of the store, instants RFC 3339, shares and chances 0 to 1."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", "" // served below, and by the site
	config.CreateHooks = nil                                             // no $schema in every answer
	config.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer", BearerFormat: "rj_…"},
		"session": {Type: "apiKey", In: "cookie", Name: auth.CookieName},
	}
	for _, tag := range tags {
		config.Tags = append(config.Tags, &huma.Tag{Name: tag})
	}
	a.huma = humago.NewWithPrefix(a.mux, Prefix, config)

	a.meRoutes()
	a.keyRoutes()
	a.customerRoutes()
	a.factRoutes()
	a.noteRoutes()
	a.receiptRoutes()
	a.taskRoutes()
	a.ruleRoutes()
	a.importRoutes()
	a.reportRoutes()
	a.insightRoutes()
	a.fieldRoutes()
	a.storeRoutes()
	a.staffRoutes()
	a.auditRoutes()

	a.document = sync.OnceValue(func() []byte {
		b, err := json.Marshal(a.huma.OpenAPI())
		if err != nil {
			panic("api: the OpenAPI document cannot be written: " + err.Error())
		}
		return b
	})
	a.routes = append(a.routes, Route{ID: "openapi", Method: http.MethodGet, Path: "/openapi.json", Right: Public})
	a.mux.HandleFunc("GET "+Prefix+"/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(a.Document()) // a reader that went away is no fault
	})
	a.mux.HandleFunc(Prefix+"/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, problemOf(i18n.From(r.Context()), errs.New(errs.NotFound, "api.no_operation")))
	})
	protect := http.NewCrossOriginProtection()
	protect.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, problemOf(i18n.From(r.Context()), errs.New(errs.Forbidden, "api.foreign")))
	}))
	a.guarded = protect.Handler(a.mux)
	return a
}

// jsonFormat leaves <, > and & as they are: an answer is no HTML.
var jsonFormat = huma.DefaultJSONFormat

// Document is the OpenAPI 3.1 document.
func (a *API) Document() []byte { return a.document() }

// Routes are all operations with their rights, for the test that tries every
// one of them as every role.
func (a *API) Routes() []Route { return slices.Clone(a.routes) }

// timeout is how long an operation may take, unless it is a slow one.
const timeout = 30 * time.Second

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store") // people's data stays out of everybody's cache
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	begun := time.Now()
	rec := &recorder{ResponseWriter: w, begun: begun}
	w = rec
	r = r.WithContext(i18n.With(r.Context(), i18n.Printer{Locale: i18n.Match(r.Header.Get("Accept-Language"))}))
	defer func() {
		if fault := recover(); fault != nil {
			if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(fault)
			}
			a.Log.Error("API request failed", "method", r.Method, "path", r.URL.Path, "error", fmt.Sprintf("panic: %v\n%s", fault, debug.Stack()))
			if rec.status == 0 {
				writeProblem(w, problemOf(i18n.From(r.Context()), errs.New(errs.Internal, "error.internal")))
			}
		}
		a.Log.LogAttrs(r.Context(), slog.LevelInfo, "API request", slog.String("method", r.Method),
			slog.String("path", r.URL.Path), slog.Int("status", rec.status), slog.Duration("took", time.Since(begun)))
	}()
	// Another site can make a browser send its cookie, but not a key.
	if r.Header.Get("Authorization") == "" {
		a.guarded.ServeHTTP(w, r)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// recorder remembers what was answered, for the log, and tells the caller how
// long the server took to the first byte.
type recorder struct {
	http.ResponseWriter
	begun  time.Time
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
		r.Header().Set("Server-Timing", fmt.Sprintf("app;dur=%.3f", float64(time.Since(r.begun).Microseconds())/1000))
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.WriteHeader(http.StatusOK)
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// add registers an operation. Its summary is the message api.op.<id>, in
// English in the document and in the reader's language on the page about it.
func add[I, O any](a *API, rt Route, handle func(ctx context.Context, actor org.Actor, in *I) (*O, error)) {
	if !rt.Right.Valid() {
		panic(fmt.Sprintf("api: %s declares %q, which is no right", rt.ID, rt.Right))
	}
	if !slices.Contains(tags, rt.Tag) {
		panic(fmt.Sprintf("api: %s belongs to %q, which is no resource", rt.ID, rt.Tag))
	}
	if rt.Status == 0 {
		rt.Status = http.StatusOK
	}
	a.routes = append(a.routes, rt)
	english := i18n.Printer{Locale: i18n.English}
	op := huma.Operation{
		OperationID: rt.ID, Method: rt.Method, Path: rt.Path, Tags: []string{rt.Tag},
		Summary:       english.T("api.op." + rt.ID),
		DefaultStatus: rt.Status,
		Security:      []map[string][]string{{"key": {}}, {"session": {}}},
		Extensions:    map[string]any{"x-right": string(rt.Right)},
		Middlewares:   huma.Middlewares{a.admit(rt)},
	}
	if rt.Takes != "" {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{rt.Takes: {Schema: binary}}}
	}
	if rt.Gives != "" {
		op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{rt.Gives: {Schema: binary}}}}
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, actorOf(ctx), in)
		if err != nil {
			return nil, a.fail(ctx, rt, err)
		}
		return out, nil
	})
}

// binary is a file as the document describes it.
var binary = &huma.Schema{Type: "string", Format: "binary"}

// fail turns an error into the problem that is answered, and logs it where it
// is a fault of ours or of the machine.
func (a *API) fail(ctx context.Context, rt Route, err error) *Problem {
	if errors.Is(err, context.DeadlineExceeded) {
		err = errs.Wrap(err, errs.Unavailable, "api.took_too_long")
	}
	if kind := errs.KindOf(err); kind == errs.Internal || kind == errs.Unavailable {
		a.Log.Error("API request failed", "operation", rt.ID, "error", err)
	}
	return problemOf(i18n.From(ctx), err)
}

// ofCustomer reports whether the operation's path names a customer.
func (rt Route) ofCustomer() bool { return strings.Contains(rt.Path, "{customer}") }
