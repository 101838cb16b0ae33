package btyd

import "github.com/ricejar/ricejar/btyd/internal/parallel"

// inParallel is [parallel.Do].
func inParallel(n, size int, f func(part, from, to int)) { parallel.Do(n, size, f) }

// stretches is [parallel.Stretches].
func stretches(n, size int) int { return parallel.Stretches(n, size) }
