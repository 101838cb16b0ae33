package customers

import (
	"net/http"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	ids "github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// relativesForm is the search for somebody who lives with a customer or brought them.
type relativesForm struct {
	filePage

	Kind  string // household or referrer
	Query string
	Found []row
}

// relativesCardAt is where on a file its relatives are.
const relativesCardAt = "?tab=facts#relatives"

func (h Pages) relativesPage(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	p := relativesForm{Kind: "household", Query: web.Query(r).Text("q")}
	if web.Query(r).Text("kind") == "referrer" {
		p.Kind = "referrer"
	}
	if p.filePage, err = h.read(r, c); err != nil {
		return err
	}
	if p.Query != "" {
		hits, err := h.find(r.Context(), p.Actor, p.Query, suggested)
		if err != nil {
			return err
		}
		hits = slices.DeleteFunc(hits, func(x hit) bool {
			return x.ID == c || p.Kind == "household" && slices.ContainsFunc(p.Household, func(m customer.Summary) bool { return m.ID == x.ID })
		})
		if p.Found, err = h.rows(r.Context(), p.names, hits); err != nil {
			return err
		}
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "customers.add_kin."+p.Kind), Body: relativesBody(p), Fragment: relativesFound(p)})
}

// addToHousehold says that two customers live together.
func (h Pages) addToHousehold(w http.ResponseWriter, r *http.Request) error {
	c, with, err := pairOf(r)
	if err != nil {
		return err
	}
	if err := h.Customers.SetHousehold(r.Context(), web.Actor(r), c, with); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "customers.household_noted"))
	return web.Redirect(w, r, path(c, relativesCardAt))
}

// leaveHousehold says that the customer lives with the others no longer; the next
// page offers to take that back.
func (h Pages) leaveHousehold(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	left, err := h.Customers.LeaveHousehold(r.Context(), web.Actor(r), c)
	if err != nil {
		return err
	}
	if left != 0 {
		web.SayUndo(r, web.T(r, "customers.household_left"), path(c, "/household/"+left.String()+"/return"))
	}
	return web.Redirect(w, r, path(c, relativesCardAt))
}

func (h Pages) returnToHousehold(w http.ResponseWriter, r *http.Request) error {
	c, err := id(r)
	if err != nil {
		return err
	}
	home, err := web.ID[customer.Household](r, "household")
	if err != nil {
		return err
	}
	if err := h.Customers.ReturnToHousehold(r.Context(), web.Actor(r), c, home); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "customers.household_noted"))
	return web.Redirect(w, r, path(c, relativesCardAt))
}

// setReferrer says who brought the customer.
func (h Pages) setReferrer(w http.ResponseWriter, r *http.Request) error {
	c, by, err := pairOf(r)
	if err != nil {
		return err
	}
	actor := web.Actor(r)
	if err := h.Customers.Reach(r.Context(), actor, by); err != nil {
		return err
	}
	file, err := h.Customers.File(r.Context(), actor, c)
	if err != nil {
		return err
	}
	in := editOf(file)
	in.Referrer, in.Origin = by, customer.OriginReferral
	if _, err := h.Customers.Update(r.Context(), actor, c, in); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "customers.referrer_noted"))
	return web.Redirect(w, r, path(c, relativesCardAt))
}

// pairOf is the customer of the page and the one of the form.
func pairOf(r *http.Request) (c, with customer.ID, err error) {
	if c, err = id(r); err != nil {
		return 0, 0, err
	}
	f, err := web.Form(r)
	if err != nil {
		return 0, 0, err
	}
	if with, err = ids.Parse[customer.Customer](f.Text("with")); err != nil || with == c {
		return 0, 0, notFound
	}
	return c, with, nil
}
