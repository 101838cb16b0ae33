// Package refill foretells when customers run out of what they bought: from their
// jar, where they told how many eat from it, or from the rhythm of their purchases.
// It holds rules alone; internal/insight reads, writes and shows.
package refill
