// Package life is the rule by which a customer's life with the company is told in
// stages, from nothing but the days on which they bought: a rule that a clerk can
// check by hand. It holds rules alone; internal/insight reads, writes and shows.
package life
