package api

import (
	"context"
	"net/http"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

type note struct {
	ID      customer.NoteID `json:"id"`
	Body    string          `json:"body"`
	StaffID org.StaffID     `json:"staff_id,omitzero"`
	At      time.Time       `json:"at"`
}

func newNote(n customer.Note) note { return note{n.ID, n.Body, n.Staff, n.At} }

func (a *API) noteRoutes() {
	add(a, Route{ID: "list_notes", Method: http.MethodGet, Path: "/customers/{customer}/notes", Tag: "customers", Right: org.CustomersRead}, a.listNotes)
	add(a, Route{ID: "add_note", Method: http.MethodPost, Path: "/customers/{customer}/notes", Tag: "customers", Right: org.CustomersWrite, Status: http.StatusCreated}, a.addNote)
	add(a, Route{ID: "remove_note", Method: http.MethodDelete, Path: "/customers/{customer}/notes/{note}", Tag: "customers", Right: org.CustomersWrite, Status: http.StatusNoContent}, a.removeNote)
	add(a, Route{ID: "restore_note", Method: http.MethodPost, Path: "/customers/{customer}/notes/{note}/restoration", Tag: "customers", Right: org.CustomersWrite, Status: http.StatusNoContent}, a.restoreNote)
}

func (a *API) listNotes(ctx context.Context, actor org.Actor, in *CustomerPath) (*pageOut[note], error) {
	f, err := a.Customers.File(ctx, actor, in.Customer.Of)
	if err != nil {
		return nil, err
	}
	return newPage(each(f.Notes, newNote), "")
}

type newNoteIn struct {
	Idempotent
	CustomerPath
	Body struct {
		Body string `json:"body" maxLength:"4000"`
	}
}

func (a *API) addNote(ctx context.Context, actor org.Actor, in *newNoteIn) (*one[note], error) {
	asked := []any{in.Customer.Of, in.Body}
	made, err := makeOnce(ctx, a, in.Idempotent, "add_note", asked, func(ctx context.Context, tx *db.Tx) (customer.NoteID, error) {
		n, err := a.Customers.AddNoteTx(ctx, tx, actor, in.Customer.Of, in.Body.Body)
		return n.ID, err
	})
	if err != nil {
		return nil, err
	}
	f, err := a.Customers.File(ctx, actor, in.Customer.Of)
	if err != nil {
		return nil, err
	}
	for _, n := range f.Notes {
		if n.ID == made {
			return &one[note]{newNote(n)}, nil
		}
	}
	return nil, errs.New(errs.NotFound, "api.gone")
}

type notePath struct {
	CustomerPath
	Note Ref[customer.Note] `path:"note"`
}

func (a *API) removeNote(ctx context.Context, actor org.Actor, in *notePath) (*nothing, error) {
	return nil, a.Customers.RemoveNote(ctx, actor, in.Customer.Of, in.Note.Of)
}

func (a *API) restoreNote(ctx context.Context, actor org.Actor, in *notePath) (*nothing, error) {
	return nil, a.Customers.RestoreNote(ctx, actor, in.Customer.Of, in.Note.Of)
}
