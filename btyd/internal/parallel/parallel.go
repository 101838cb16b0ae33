// Package parallel spreads loops over the processors.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Do calls f for the stretches [from, to) that together are [0, n), each at most
// size long, on all processors. part numbers the stretches, of which there are
// Stretches(n, size): what f adds up per part and its caller adds up in their order comes out
// the same on any number of processors.
func Do(n, size int, f func(part, from, to int)) {
	parts := Stretches(n, size)
	workers := min(runtime.GOMAXPROCS(0), parts)
	if workers <= 1 {
		for part := range parts {
			f(part, part*size, min(n, (part+1)*size))
		}
		return
	}
	var next atomic.Int64
	var done sync.WaitGroup
	for range workers {
		done.Go(func() {
			for {
				part := int(next.Add(1)) - 1
				if part >= parts {
					return
				}
				f(part, part*size, min(n, (part+1)*size))
			}
		})
	}
	done.Wait()
}

// Stretches is how many stretches of at most size make up n.
func Stretches(n, size int) int { return (n + size - 1) / size }
