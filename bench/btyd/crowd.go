package main

import (
	"bufio"
	"encoding/binary"
	"math/rand/v2"
	"os"

	"github.com/ricejar/ricejar/btyd"
	"github.com/ricejar/ricejar/btyd/btydtest"
)

// days is how long the made-up customers are watched.
const days = 728

// events are the purchases of made-up customers with the parameters of the CDNOW sample, in whole days, in random order.
func events(customers int) btyd.Events {
	c := btydtest.CDNOW(customers)
	return btyd.Events{Customer: c.Customer, Day: c.Day}
}

// spend makes up what customers spent by the Gamma-Gamma model of the CDNOW sample.
func spend(h *btyd.Histories) (mean []float64, purchases []int32) {
	const p, q, g = 6.25, 3.74, 15.44
	rng := rand.New(rand.NewPCG(2, 0))
	mean = make([]float64, h.Len())
	for i, x := range h.X {
		if x > 0 {
			mean[i] = btydtest.Gamma(rng, p*float64(x)) / (float64(x) * btydtest.Gamma(rng, q) / g)
		}
	}
	return mean, h.X
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
