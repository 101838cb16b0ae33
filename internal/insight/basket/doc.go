// Package basket keeps what customers bought line by line, in columns, for what only
// lines can tell: what a product usually costs, who waits for a low price, and what
// they run out of. It holds rules alone; internal/insight reads, writes and shows.
package basket
