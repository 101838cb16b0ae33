// Package web is the pages for people: the routes with the right each takes,
// what happens to every request on its way, and how a page is written.
package web
