// Command ricejar keeps a retailer's customers: it serves the pages and the
// API, imports the till's exports, and plans whom to contact today.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // stores have time zones, and a small container knows none

	"github.com/alecthomas/kong"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
)

// version is set by the build.
var version = "dev"

// cli is the command line: the flags every command takes, and the commands.
type cli struct {
	DB      string           `help:"The database: sqlite:PATH or postgres://…" default:"sqlite:ricejar.db" env:"RICEJAR_DB" placeholder:"URL"`
	Lang    string           `help:"Language of what is printed: zh-Hans, zh-Hant, en." env:"RICEJAR_LANG,LANG" placeholder:"LANG"`
	Verbose bool             `help:"Log more." short:"v"`
	Version kong.VersionFlag `help:"Print the version."`

	Import  importCmd  `cmd:"" help:"Read a till's export into the database, or undo it."`
	Plan    planCmd    `cmd:"" help:"Make a day's tasks; it can be stopped and run again."`
	Today   todayCmd   `cmd:"" help:"Print whom to contact, and why."`
	Report  reportCmd  `cmd:"" help:"Print figures."`
	Insight insightCmd `cmd:"" help:"Find out what the purchases say about the customers."`
	Btyd    btydCmd    `cmd:"" help:"Fit customer-base models to any file of purchases, without a database."`
	Rebuild rebuildCmd `cmd:"" help:"Rebuild what is derived from the files and receipts and kept beside them."`
	Serve   serveCmd   `cmd:"" help:"Serve the pages and the API."`
	Demo    demoCmd    `cmd:"" help:"Serve a made-up chain to look around in."`
	User    userCmd    `cmd:"" help:"Create people who may sign in, and reset their passwords."`
}

// newParser reads the command line and explains it in the reader's language.
func newParser(c *cli, p i18n.Printer, more ...kong.Option) *kong.Kong {
	parser := kong.Must(c, append(more, kong.Name("ricejar"), kong.Description("Ricejar keeps customers."),
		kong.Vars{"version": version}, kong.Help(helpPrinter(p)))...)
	translate(parser.Model, p)
	return parser
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the program: it returns the exit code of errs.Kind.
func run(args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	printer := i18n.Printer{Locale: locale(langOf(args))}
	parser := newParser(&c, printer, kong.Writers(out, errOut))
	cmd, err := parser.Parse(args)
	if err != nil {
		if wrong := new(kong.ParseError); errors.As(err, &wrong) {
			parser.Stdout = errOut
			_ = wrong.Context.PrintUsage(len(args) > 0) // whoever typed nothing asks what there is
		}
		fmt.Fprintln(errOut, "ricejar:", complaint(printer, err))
		return errs.Invalid.Exit()
	}
	level := slog.LevelInfo
	if c.Verbose {
		level = slog.LevelDebug
	}
	app := &App{
		Context: ctx, URL: c.DB, Out: out, Err: errOut, Now: time.Now,
		Printer: printer,
		Log:     slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: level})),
	}
	slog.SetDefault(app.Log)
	if err := cmd.Run(app); err != nil {
		return app.fail(err)
	}
	return 0
}

// locale reads RICEJAR_LANG, or the terminal's LANG: zh_TW.UTF-8. A terminal
// that names no language, such as C, gets the default.
func locale(lang string) i18n.Locale {
	lang, _, _ = strings.Cut(lang, ".")
	return i18n.Match(strings.ReplaceAll(lang, "_", "-"))
}

// fail prints an error as a sentence, or as one for each field that is wrong,
// logs the cause where it is a fault of ours or of the machine, and returns the
// exit code.
func (a *App) fail(err error) int {
	var e *errs.Error
	if ours := errors.As(err, &e); ours && len(e.Fields) > 0 {
		for _, f := range e.Fields {
			fmt.Fprintf(a.Err, "ricejar: %s: %s\n", f.Name, a.Printer.Args(f.Key, f.Args))
		}
	} else {
		fmt.Fprintln(a.Err, "ricejar:", a.Printer.Explain(err))
	}
	if kind := errs.KindOf(err); kind == errs.Internal || kind == errs.Unavailable && e.Err != nil {
		a.Log.Error("failed", "error", err)
	}
	return errs.KindOf(err).Exit()
}
