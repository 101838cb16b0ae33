// Package factors takes the difference between two stores or two periods apart: into
// what visitors, the part of them who bought, and what they paid contribute. It
// holds rules alone; internal/insight reads, writes and shows.
package factors
