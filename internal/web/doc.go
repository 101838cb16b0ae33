// Package web is the pages for people: the routes with the right each takes,
// what happens to every request on its way, and how a page is written.
//
// A section of pages is a package beside this one (web/customers serves
// /customers) with a struct of the services it needs and one Routes method,
// which cmd calls; sections never import each other, links between them come
// from package paths:
//
//	type Pages struct{ Customers *customer.Service }
//
//	func (p Pages) Routes(s *web.Site) {
//		s.Handle("GET /customers", org.CustomersRead, p.list)
//		s.Handle("POST /customers/{customer}/notes", org.CustomersWrite, p.addNote)
//	}
//
// A route without a right does not exist. For a path with {customer} the site
// itself checks that the reader may see that customer. GET shows, POST changes;
// there are no other methods, so that everything works without script.
//
//	func (p Pages) list(w http.ResponseWriter, r *http.Request) error {
//		q := web.Query(r)                                        // ?q=…&after=…
//		found, err := p.Customers.List(r.Context(), web.Actor(r), …)
//		if err != nil {
//			return err                                       // 403, 404, 500 … pages, in the reader's language
//		}
//		page := listPage(…)                                      // a templ component of typed arguments
//		return web.Render(w, r, web.Page{Title: web.T(r, "customers.title"), Body: page, Fragment: rows(…)})
//	}
//
//	func (p Pages) addNote(w http.ResponseWriter, r *http.Request) error {
//		customer, err := web.ID[customer.Customer](r, "customer")
//		f, err := web.Form(r)
//		body, due := f.Text("body"), form.Parse(f, "due", day.Parse) // a wrong field is remembered with its sentence
//		if f.OK() {
//			note, err := p.Customers.AddNote(r.Context(), web.Actor(r), customer, body)
//			if err == nil {
//				web.SayUndo(r, web.T(r, "customers.noted"), paths.CustomerPart(customer, "notes/"+note.String()+"/undo"))
//				return web.Redirect(w, r, paths.Customer(customer)) // 303
//			}
//			if !f.Refused(err) {                             // not something the person can mend
//				return err
//			}
//		}
//		return web.Render(w, r, web.Page{Title: …, Form: f, Body: notePage(f, …)}) // 422, as typed, faults in place
//	}
//
// The .templ file beside the handler is built from package ui, which says how
// its components are used. In it, i18n.T(ctx, key, pairs…) is a sentence,
// ui.From(ctx) knows the clock, the zone and the reader. Handlers have
// web.Actor, web.T, web.Printer, web.Now, web.Today, web.Zone; web.Fragment
// says whether htmx asked for a part. Messages of a section lie in
// i18n/messages/<section>.json. Uploads and downloads pass web.MaxBody or
// web.Slow to Handle. A new section appears in the navigation by its line in
// nav.go.
//
// Tests use package webtest: requests through the whole site, as somebody of a
// role, asserted by CSS selector.
package web
