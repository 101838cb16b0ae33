package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/demo"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

type demoCmd struct {
	Dir      string `help:"Folder of the demo's database; made and filled when it is not there." default:"demo" type:"path"`
	Addr     string `help:"Where to listen." default:"127.0.0.1:8080" env:"RICEJAR_ADDR"`
	Reset    bool   `help:"Delete the folder's database and fill it again."`
	Password string `help:"Of everybody who signs in; made up when left out. At least 10 characters."`
	Today    string `help:"Pretend that today is this day: YYYY-MM-DD." placeholder:"DAY"`
	Serve    bool   `help:"Serve it, after it is filled." default:"true" negatable:""`
	Scale    int    `help:"Percent of the usual number of customers." default:"100" hidden:""`
}

// demoCard is what a filled demo remembers about itself, beside its database.
type demoCard struct {
	Day      day.Day       `json:"day"`
	Password string        `json:"password"`
	SignIns  []demo.SignIn `json:"sign_ins"`
}

// Run fills the folder unless it is filled, prints who can sign in, and serves.
func (c *demoCmd) Run(app *App) error {
	today, err := c.pretend(app)
	if err != nil {
		return err
	}
	if c.Reset {
		if err := c.remove(); err != nil {
			return errs.Wrap(err, errs.Unavailable, "demo.cannot_write", "dir", c.Dir)
		}
	}
	card, err := c.read()
	if errors.Is(err, fs.ErrNotExist) {
		card, err = c.fill(app, today)
	}
	if err != nil {
		return err
	}
	s, err := app.OpenURL("sqlite:" + c.path("ricejar.db"))
	if err != nil {
		return err
	}
	defer s.Close()
	// A demo that was filled some days ago has no list for today yet.
	if _, err := s.Insight.Refresh(app.Context, org.System, today.AddDays(-1)); err != nil { // the plan reads it
		return err
	}
	if _, err := s.Care.Plan(app.Context, today); err != nil {
		return err
	}
	c.introduce(app, card)
	if !c.Serve {
		return nil
	}
	return app.serve(s, c.Addr, false, func(string) {})
}

func (c *demoCmd) path(name string) string { return filepath.Join(c.Dir, name) }

// pretend sets the program's clock to the day that was asked for and returns
// the day it is at the stores.
func (c *demoCmd) pretend(app *App) (day.Day, error) {
	loc, err := time.LoadLocation(demo.Zone)
	if err != nil {
		return 0, err
	}
	real := day.Of(app.Now(), loc)
	if c.Today == "" {
		return real, nil
	}
	today, err := day.Parse(c.Today)
	if err != nil {
		return 0, err
	}
	now, ahead := app.Now, time.Duration(today.Sub(real))*24*time.Hour
	app.Now = func() time.Time { return now().Add(ahead) }
	return today, nil
}

// files are what a demo leaves in its folder. The card is written last: without
// it, what lies there is not whole.
var demoFiles = []string{"demo.json", "ricejar.db", "ricejar.db-wal", "ricejar.db-shm", "ricejar.db.uploads"}

func (c *demoCmd) remove() error {
	for _, name := range demoFiles {
		if err := os.RemoveAll(c.path(name)); err != nil {
			return err
		}
	}
	return nil
}

func (c *demoCmd) read() (demoCard, error) {
	var card demoCard
	if _, err := os.Stat(c.path("ricejar.db")); errors.Is(err, fs.ErrNotExist) {
		return card, err
	}
	text, err := os.ReadFile(c.path("demo.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return card, err
	}
	if err != nil {
		return card, errs.Wrap(err, errs.Unavailable, "demo.cannot_write", "dir", c.Dir)
	}
	if err := json.Unmarshal(text, &card); err != nil {
		return card, errs.Wrap(err, errs.Invalid, "demo.unreadable", "file", c.path("demo.json"))
	}
	if c.Password != "" && c.Password != card.Password {
		return card, errs.New(errs.Conflict, "demo.other_password", "dir", c.Dir)
	}
	return card, nil
}

func (c *demoCmd) fill(app *App, today day.Day) (card demoCard, err error) {
	card = demoCard{Day: today, Password: c.Password}
	if card.Password == "" {
		card.Password = easyPassword()
	}
	fmt.Fprintln(app.Err, app.Printer.T("demo.filling"))
	if err := errors.Join(os.MkdirAll(c.Dir, 0o750), c.remove()); err != nil {
		return card, errs.Wrap(err, errs.Unavailable, "demo.cannot_write", "dir", c.Dir)
	}
	s, err := app.OpenURL("sqlite:" + c.path("ricejar.db"))
	if err != nil {
		return card, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	into := demo.Into{DB: s.DB, Org: s.Org, Auth: s.Auth, Customers: s.Customers, Purchases: s.Purchases, Care: s.Care, Insight: s.Insight}
	card.SignIns, err = demo.Fill(app.Context, into, demo.Options{Today: today, Password: card.Password, Scale: c.Scale})
	if err != nil {
		return card, err
	}
	text, err := json.MarshalIndent(card, "", "  ")
	if err != nil {
		return card, err
	}
	// It holds a password.
	return card, os.WriteFile(c.path("demo.json"), append(text, '\n'), 0o600)
}

// easyPassword is a password that is typed without looking twice.
func easyPassword() string {
	t := strings.ToLower(rand.Text())
	return t[:4] + "-" + t[4:8] + "-" + t[8:12]
}

// introduce prints who can sign in.
func (c *demoCmd) introduce(app *App, card demoCard) {
	t := app.Printer.T
	fmt.Fprintln(app.Out, t("demo.introduction", "day", app.Printer.Day(card.Day.String())))
	rows := [][]string{{t("demo.role"), t("demo.name"), t("demo.store"), t("demo.login"), t("demo.password")}}
	for _, in := range card.SignIns {
		store := in.Store
		if store == "" {
			store = t("demo.head_office")
		}
		rows = append(rows, []string{t("web.role." + string(in.Role)), in.Name, store, in.Login, card.Password})
	}
	fmt.Fprint(app.Out, table(rows))
}

// table lays rows out in columns, as a terminal shows them.
func table(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columnsOf(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			b.WriteString("  " + cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-columnsOf(cell)))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// columnsOf is how wide a terminal shows the text: Chinese takes two columns a character.
func columnsOf(s string) int {
	n := 0
	for _, r := range s {
		if n++; r >= 0x1100 {
			n++
		}
	}
	return n
}
