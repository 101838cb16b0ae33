package customers

import (
	"net/http"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// addNote writes a note into the file.
func (h Pages) addNote(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.Customers.AddNote(r.Context(), web.Actor(r), c, f.Text("note"), f.Text("request_key"))
	if err != nil {
		if !f.Refused(err) {
			return err
		}
		p, err := h.readAll(r, c)
		if err != nil {
			return err
		}
		p.Noted = f
		return h.showFile(w, r, p)
	}
	web.Say(r, ui.Success, web.T(r, "customers.noted"))
	return web.Redirect(w, r, path(c, ""))
}

// removeNote takes a note out; the next page offers to bring it back.
func (h Pages) removeNote(w http.ResponseWriter, r *http.Request) error {
	c, note, err := noteOf(r)
	if err != nil {
		return err
	}
	if err := h.Customers.RemoveNote(r.Context(), web.Actor(r), c, note); err != nil {
		return err
	}
	web.SayUndo(r, web.T(r, "customers.note_removed"), path(c, "/notes/"+note.String()+"/restore"))
	return web.Redirect(w, r, path(c, ""))
}

func (h Pages) restoreNote(w http.ResponseWriter, r *http.Request) error {
	c, note, err := noteOf(r)
	if err != nil {
		return err
	}
	if err := h.Customers.RestoreNote(r.Context(), web.Actor(r), c, note); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "customers.note_restored"))
	return web.Redirect(w, r, path(c, ""))
}

func noteOf(r *http.Request) (customer.ID, customer.NoteID, error) {
	c, err := id(r)
	if err != nil {
		return 0, 0, err
	}
	note, err := web.ID[customer.Note](r, "note")
	return c, note, err
}
