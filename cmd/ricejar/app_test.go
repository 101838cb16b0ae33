package main

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

func TestSignIn_knows_at_once_whom_another_program_has_hired_or_dismissed(t *testing.T) {
	app := &App{Context: t.Context(), URL: dbtest.SQLiteURL(t), Out: io.Discard, Err: io.Discard, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	open := func() *Services {
		s, err := app.Open()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		s.Auth.Cost = auth.Cost{Memory: 8, Passes: 1}
		return s
	}
	server, command := open(), open()
	if _, err := server.Org.ListStaff(t.Context(), org.StaffFilter{}); err != nil { // it has read the directory
		t.Fatal(err)
	}
	p, err := command.Org.CreateStaff(t.Context(), org.System, org.Staff{Code: "wang", Name: "王", Role: org.Marketer})
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Auth.CreateCredential(t.Context(), 0, int64(p.ID), "wang", testPassword, false); err != nil {
		t.Fatal(err)
	}
	signIn := func() error {
		_, err := server.Auth.SignIn(t.Context(), auth.SignIn{Login: "wang", Password: testPassword})
		return err
	}
	if err := signIn(); err != nil {
		t.Errorf("just hired: %v", err)
	}
	p.Active = false
	if err := command.Org.UpdateStaff(t.Context(), org.System, p); err != nil {
		t.Fatal(err)
	}
	if err := signIn(); !errs.Is(err, errs.Unauthenticated) {
		t.Errorf("just dismissed: got %v, want the answer to a wrong password", err)
	}
}
