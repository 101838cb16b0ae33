package insight

import (
	"runtime/debug"
	"testing"
)

// percent is what the collector is set to; to ask is to set it.
func percent() int {
	now := debug.SetGCPercent(100)
	debug.SetGCPercent(now)
	return now
}

func TestTheCollectorIsSetBackOnceTheLastRefreshIsOver(t *testing.T) {
	usual := debug.SetGCPercent(80)
	defer debug.SetGCPercent(usual)
	first := lean()
	second := lean()
	same(t, "while two run", percent(), leanPercent)
	first()
	first()
	same(t, "while one runs", percent(), leanPercent)
	second()
	same(t, "afterwards", percent(), 80)

	debug.SetGCPercent(10)
	done := lean()
	same(t, "leaner than that already", percent(), 10)
	done()
	same(t, "afterwards", percent(), 10)
}
