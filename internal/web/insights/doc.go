// Package insights serves /insights: what the purchases say about the customers,
// on pages for people who have a shop to run.
//
// A page is a room: its name is that of the report of package insight it shows.
// What a room draws and what its downloads hold is made from the same figures by
// one function, so that they cannot differ. Charts are drawn by the server
// (docs/adr/0012-charts-by-the-server.md), every figure carries its meaning one
// tap away, and nothing here needs script.
//
// Which store a page is of is chosen among those the reader may see; all stores
// together are for those who see everything.
package insights
