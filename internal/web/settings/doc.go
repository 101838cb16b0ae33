// Package settings is the administrator's pages: the care rules, the
// fields of a customer's file, the people and the stores, the audit trail and
// the background jobs. Whoever reads reports sees what these rest on, and
// whoever runs a store enters how many people came in.
//
// A password or a key is shown once, on the page that made it, and stands
// nowhere afterwards.
package settings
