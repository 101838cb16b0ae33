package main

import (
	"bufio"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"

	"github.com/ricejar/ricejar/btyd"
)

// days is how long the made-up customers are watched; their first purchases are uniform over it.
const days = 728

// events are the purchases of customers who live by the BG/NBD with the parameters of the CDNOW sample, in
// whole days, in random order.
func events(customers int) btyd.Events {
	rng := rand.New(rand.NewPCG(1, 0))
	var e btyd.Events
	add := func(customer int, at float64) {
		e.Customer = append(e.Customer, int32(customer))
		e.Day = append(e.Day, int32(at))
	}
	for i := range customers {
		rate := gamma(rng, 0.2426) / (4.4136 * 7) // a day
		u, v := gamma(rng, 0.7929), gamma(rng, 2.4259)
		leaves := u / (u + v)
		at := rng.Float64() * days
		add(i, at)
		for {
			if at += rng.ExpFloat64() / rate; !(at < days) {
				break
			}
			add(i, at)
			if rng.Float64() < leaves {
				break
			}
		}
	}
	rng.Shuffle(len(e.Customer), func(i, j int) {
		e.Customer[i], e.Customer[j] = e.Customer[j], e.Customer[i]
		e.Day[i], e.Day[j] = e.Day[j], e.Day[i]
	})
	return e
}

// spend makes up what customers spent by the Gamma-Gamma model of the CDNOW sample.
func spend(h *btyd.Histories) (mean []float64, purchases []int32) {
	const p, q, g = 6.25, 3.74, 15.44
	rng := rand.New(rand.NewPCG(2, 0))
	mean = make([]float64, h.Len())
	for i, x := range h.X {
		if x > 0 {
			mean[i] = gamma(rng, p*float64(x)) / (float64(x) * gamma(rng, q) / g)
		}
	}
	return mean, h.X
}

// gamma draws from the gamma distribution with rate 1 (Marsaglia & Tsang 2000).
func gamma(rng *rand.Rand, shape float64) float64 {
	boost := 1.0
	if shape < 1 {
		boost = math.Pow(1-rng.Float64(), 1/shape)
		shape++
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		z := rng.NormFloat64()
		v := 1 + c*z
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-rng.Float64()) < z*z/2+d-d*v+d*math.Log(v) {
			return boost * d * v
		}
	}
}

// writeColumns writes columns one after the other, as they lie in memory of most machines.
func writeColumns[T int32 | float64](file string, columns ...[]T) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for _, column := range columns {
		if err := binary.Write(w, binary.LittleEndian, column); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// readColumns reads two columns of whole numbers without holding anything else.
func readColumns(file string) (one, two []int32, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	n := int(st.Size() / 8)
	one, two = make([]int32, n), make([]int32, n)
	r := bufio.NewReader(f)
	for _, column := range [][]int32{one, two} {
		var cell [4]byte
		for i := range column {
			for j := range cell {
				if cell[j], err = r.ReadByte(); err != nil {
					return nil, nil, err
				}
			}
			column[i] = int32(binary.LittleEndian.Uint32(cell[:]))
		}
	}
	return one, two, nil
}
