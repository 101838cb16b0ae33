// Package paths is the addresses of the pages, so that none is spelled twice:
// whoever links to a customer writes paths.Customer(id), and cannot put a
// receipt's id there.
package paths

import (
	"net/url"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/purchase"
)

// Places without an id.
const (
	Today          = "/today"
	Customers      = "/customers"
	NewCustomer    = "/customers/new"
	CustomerSearch = "/customers/search" // the suggestions of the search box
	Imports        = "/imports"
	NewImport      = "/imports/new"
	Insights       = "/insights"
	Account        = "/account"
	API            = "/api" // the page that describes the API
	SignIn         = "/sign-in"
	SignOut        = "/sign-out"
)

// Customer is a customer's own page.
func Customer(id customer.ID) string { return Customers + "/" + id.String() }

// CustomerPart is a page or an action below a customer's page: edit, notes, reveal.
// Such routes are registered as /customers/{customer}/…, where the site itself
// checks that the reader may see the customer.
func CustomerPart(id customer.ID, part string) string { return Customer(id) + "/" + part }

// NoteReason takes down why a customer stays away; the form's field "next" says where to go on.
func NoteReason(id customer.ID) string { return CustomerPart(id, "reasons") }

// ForgetReason takes a noted reason back; the query's "next" says where to go on.
func ForgetReason(id customer.ID, reason insight.ReasonID) string {
	return CustomerPart(id, "reasons/"+reason.String()+"/forget")
}

// Insight is a page below that of insight, by the name of its report.
func Insight(name string) string { return Insights + "/" + name }

// Import is the page of an import.
func Import(run purchase.RunID) string { return Imports + "/" + run.String() }

// ImportPart is a page or an action below an import's page: check, undo.
func ImportPart(run purchase.RunID, part string) string { return Import(run) + "/" + part }

// With adds a query of names and values in pairs to a path; empty values are left out.
func With(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
