package insight

import "github.com/ricejar/ricejar/internal/insight/factors"

// What sales are made of, and a difference of them taken apart: see package factors.
type (
	Traffic   = factors.Traffic
	Mix       = factors.Mix
	Part      = factors.Part
	Explained = factors.Explained
)

// TrafficOf is the traffic that gave these sales (in minor units), of which the
// product is they.
func TrafficOf(visitors, purchases, sales int64) Traffic {
	return factors.TrafficOf(visitors, purchases, sales)
}

// Explain takes the difference of two mixes apart, without residue.
func Explain(from, to Mix) Explained { return factors.Explain(from, to) }
