package main

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

type userCmd struct {
	Add   userAddCmd   `cmd:"" help:"Create a person who may sign in."`
	Reset userResetCmd `cmd:"" help:"Give a person a new password."`
}

type userAddCmd struct {
	Login    string `arg:"" help:"What they sign in with."`
	Name     string `help:"Their name." required:""`
	Role     string `help:"associate, manager, agent, technician, marketer, executive or administrator." required:""`
	Store    string `help:"The code of their store."`
	Password string `help:"Their first password; made up and printed when left out." env:"RICEJAR_PASSWORD"`
}

// Run creates the person and prints the password they begin with. It may be the
// first person of a company, and so it may make the database.
func (c *userAddCmd) Run(app *App) error {
	s, err := app.OpenOrCreate()
	if err != nil {
		return err
	}
	defer s.Close()
	p := org.Staff{Code: c.Login, Name: c.Name, Role: org.Role(c.Role), Active: true}
	if c.Store != "" {
		store, err := s.Org.StoreByCode(app.Context, c.Store)
		if err != nil {
			return err
		}
		p.StoreID = store.ID
	}
	password, made := c.Password, ""
	if password == "" {
		password = rand.Text()[:16]
		made = password
	}
	ready, err := s.Auth.PrepareCredential(c.Login, password)
	if err != nil {
		return err
	}
	err = s.DB.Write(app.Context, func(ctx context.Context, tx *db.Tx) error {
		created, err := s.Org.CreateStaffTx(ctx, tx, org.System, p)
		if err != nil {
			return err
		}
		return s.Auth.CreateCredentialTx(ctx, tx, 0, int64(created.ID), ready, made != "")
	})
	if err != nil {
		return err
	}
	if made != "" {
		fmt.Fprintln(app.Out, app.Printer.T("cli.password", "login", c.Login, "password", made))
	}
	return nil
}

type userResetCmd struct {
	Code string `arg:"" help:"The person's code."`
}

// Run gives the person a password to be changed at the next sign-in, and ends
// their sessions.
func (c *userResetCmd) Run(app *App) error {
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	p, err := s.Org.StaffByCode(app.Context, c.Code)
	if err != nil {
		return err
	}
	credential, err := s.Auth.Credential(app.Context, int64(p.ID))
	if err != nil {
		return err
	}
	password := rand.Text()[:16]
	if err := s.Auth.ResetPassword(app.Context, 0, int64(p.ID), password); err != nil {
		return err
	}
	fmt.Fprintln(app.Out, app.Printer.T("cli.password", "login", credential.Login, "password", password))
	return nil
}

// firstAdmin lets somebody in when nobody can sign in yet, and says how.
func (s *Services) firstAdmin(app *App) error {
	const login = "admin"
	password, err := s.Auth.EnsureFirstAdmin(app.Context, login, func(ctx context.Context, tx *db.Tx) (int64, error) {
		p, err := s.Org.CreateStaffTx(ctx, tx, org.System, org.Staff{Code: login, Name: login, Role: org.Administrator, Active: true})
		return int64(p.ID), err
	})
	if err != nil {
		return errs.Wrap(err, errs.KindOf(err), "cli.first_admin")
	}
	if password != "" {
		fmt.Fprintln(app.Out, app.Printer.T("cli.password", "login", login, "password", password))
	}
	return nil
}
