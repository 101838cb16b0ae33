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

type noteListIn struct {
	CustomerPath
	Paging
}

func (a *API) listNotes(ctx context.Context, actor org.Actor, in *noteListIn) (*pageOut[note], error) {
	before, err := cursor[customer.NoteID](in.After)
	if err != nil {
		return nil, err
	}
	list, next, err := a.Customers.Notes(ctx, actor, in.Customer.Of, before, in.Limit)
	if err != nil {
		return nil, err
	}
	return newPage(each(list, newNote), next)
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
	list, _, err := a.Customers.Notes(ctx, actor, in.Customer.Of, made+1, 1)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || list[0].ID != made {
		return nil, errs.New(errs.NotFound, "api.gone")
	}
	return &one[note]{newNote(list[0])}, nil
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
