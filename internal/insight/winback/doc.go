// Package winback tells what won lost customers back: those who were contacted
// against those nobody contacted. It holds rules alone; internal/insight reads and shows.
package winback
