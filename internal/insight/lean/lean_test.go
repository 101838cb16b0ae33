package lean

import (
	"runtime/debug"
	"testing"
)

// setting is what the collector is set to; to ask is to set it.
func setting() int {
	now := debug.SetGCPercent(100)
	debug.SetGCPercent(now)
	return now
}

func TestTheCollectorIsSetBackOnceTheLastRefreshIsOver(t *testing.T) {
	usual := debug.SetGCPercent(80)
	defer debug.SetGCPercent(usual)
	first := Begin()
	second := Begin()
	same(t, "while two run", setting(), percent)
	first()
	first()
	same(t, "while one runs", setting(), percent)
	second()
	same(t, "afterwards", setting(), 80)

	debug.SetGCPercent(10)
	done := Begin()
	same(t, "leaner than that already", setting(), 10)
	done()
	same(t, "afterwards", setting(), 10)
}

func same(t *testing.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %d, want %d", what, got, want)
	}
}
