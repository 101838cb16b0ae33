package id_test

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/ricejar/ricejar/internal/id"
)

type thing struct{}

func TestNew_is_unique_and_positive_across_goroutines(t *testing.T) {
	const workers, each = 8, 20000
	var mu sync.Mutex
	seen := make(map[id.Of[thing]]bool, workers*each)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			made := make([]id.Of[thing], each)
			for i := range made {
				made[i] = id.New[thing]()
			}
			mu.Lock()
			defer mu.Unlock()
			for i, v := range made {
				if v <= 0 || seen[v] || (i > 0 && v <= made[i-1]) {
					t.Errorf("id %d is not new, positive and later than the one before", v)
					return
				}
				seen[v] = true
			}
		})
	}
	wg.Wait()
}

func TestJSON_is_a_string_and_round_trips(t *testing.T) {
	in := id.New[thing]()
	b, err := json.Marshal(map[string]id.Of[thing]{"id": in})
	if err != nil || b[6] != '"' {
		t.Fatalf("got %s, %v; want a quoted id", b, err)
	}
	var out map[string]id.Of[thing]
	if err := json.Unmarshal(b, &out); err != nil || out["id"] != in {
		t.Fatalf("read back %v, %v; want %v", out, err, in)
	}
}

func TestDerive_is_a_function_of_all_parts(t *testing.T) {
	if id.Derive[thing]("a", "b") != id.Derive[thing]("a", "b") {
		t.Error("same parts, different ids")
	}
	if id.Derive[thing]("a", "b") == id.Derive[thing]("ab", "") {
		t.Error("different parts, same id")
	}
}

func TestParse_refuses_what_is_no_id(t *testing.T) {
	for _, s := range []string{"", "0", "-1", "x", "9223372036854775808"} {
		if _, err := id.Parse[thing](s); err == nil {
			t.Errorf("Parse(%q) succeeded", s)
		}
	}
}
